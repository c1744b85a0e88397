"""Where may each technology stand, and which sites are best: every technology's rules and criteria, applied."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from greenzone.config.scoring import ScoringByTechnology
from greenzone.schema import Potential, Variable, label
from greenzone.siting.eligibility import assess
from greenzone.siting.frame import Frame
from greenzone.siting.land import Eligibility, eligibility_of
from greenzone.siting.robustness import top_probability
from greenzone.siting.scoring import Ranking, contributions, linear_value, rank, score
from greenzone.siting.zones import zones_of

__all__ = [
    "Eligibility",
    "Frame",
    "Ranking",
    "assess",
    "contributions",
    "eligibility_of",
    "linear_value",
    "rank",
    "score",
    "scores_of",
    "top_probability",
    "zones_of",
]


def scores_of(
    section: ScoringByTechnology,
    potentials: Mapping[str, Potential],
    lcoe: Mapping[str, xr.DataArray],
    site: xr.Dataset,
) -> dict[str, Ranking]:
    """Score of every site by technology, its parts, and how robust the ranks are."""
    return {
        technology: rank(
            known_of(potential, lcoe[technology], site),
            section.criteria(technology),
            potential.sites["capacity_mw"],
            section,
            technology,
        )
        for technology, potential in potentials.items()
    }


def known_of(potential: Potential, lcoe: xr.DataArray, site: xr.Dataset) -> xr.Dataset:
    """Everything that a criterion may name: layers of the sites, results of the technology, its LCOE."""
    known = site.assign({name: potential.sites[name] for name in potential.sites if name != "group"})
    return label(known.assign(lcoe=lcoe), {"lcoe": Variable("USD MWh-1", "levelised cost of energy")})
