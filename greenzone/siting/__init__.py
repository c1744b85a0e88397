"""Where may each technology stand, and which sites are best: every technology's rules and criteria, applied."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from greenzone.config.scoring import ScoringByTechnology
from greenzone.schema import Potential
from greenzone.siting.development import Contenders, zone_routes, zones_of
from greenzone.siting.dual_use import dual_uses_of
from greenzone.siting.eligibility import assess
from greenzone.siting.frame import Frame
from greenzone.siting.land import Eligibility, eligibility_of
from greenzone.siting.robustness import top_probability
from greenzone.siting.scoring import Ranking, contributions, known_of, linear_value, rank, score

__all__ = [
    "Contenders",
    "Eligibility",
    "Frame",
    "Ranking",
    "assess",
    "contributions",
    "dual_uses_of",
    "eligibility_of",
    "linear_value",
    "rank",
    "score",
    "scores_of",
    "top_probability",
    "zone_routes",
    "zones_of",
]


def scores_of(
    section: ScoringByTechnology,
    potentials: Mapping[str, Potential],
    lcoe: Mapping[str, xr.DataArray],
    on_grid: Mapping[str, xr.DataArray],
    site: xr.Dataset,
) -> dict[str, Ranking]:
    """Score of every site by technology, its parts, and how robust the ranks are."""
    return {
        technology: rank(
            known_of(potential, lcoe[technology], on_grid[technology], site),
            section.criteria(technology),
            potential.sites["capacity_mw"],
            section,
            technology,
        )
        for technology, potential in potentials.items()
    }
