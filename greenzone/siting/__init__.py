"""Where may each technology stand, and which sites are best: every technology's rules and criteria, applied."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from greenzone.config.scoring import Criterion
from greenzone.schema import Potential, Variable, label
from greenzone.siting.eligibility import assess
from greenzone.siting.frame import Frame
from greenzone.siting.land import Eligibility, eligibility_of
from greenzone.siting.scoring import contributions, linear_value, score

__all__ = [
    "Eligibility",
    "Frame",
    "assess",
    "contributions",
    "eligibility_of",
    "linear_value",
    "score",
    "scores_of",
]


def scores_of(
    criteria: Mapping[str, tuple[Criterion, ...]],
    potentials: Mapping[str, Potential],
    lcoe: Mapping[str, xr.DataArray],
    site: xr.Dataset,
) -> tuple[dict[str, xr.DataArray], dict[str, xr.DataArray]]:
    """Score of every site by technology, and each criterion's contribution to it."""
    scores, parts = {}, {}
    for technology, potential in potentials.items():
        known = site.assign({name: potential.sites[name] for name in potential.sites if name != "group"})
        known = label(known.assign(lcoe=lcoe[technology]), {"lcoe": Variable("USD MWh-1", "levelised cost of energy")})
        parts[technology] = contributions(known, criteria[technology])
        scores[technology] = score(parts[technology], potential.sites["capacity_mw"])
    return scores, parts
