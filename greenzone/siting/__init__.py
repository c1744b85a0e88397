"""Where may each technology stand, and which sites are best: every technology's rules and criteria, applied."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.config.eligibility import EligibilityRules
from greenzone.config.scoring import Criterion
from greenzone.layers.surface import Surface
from greenzone.schema import POTENTIAL, Potential, Variable, label
from greenzone.siting.eligibility import account, eligible_fraction, eligible_weight, rule_weights
from greenzone.siting.scoring import contributions, linear_value, score

__all__ = [
    "account",
    "contributions",
    "eligibility_of",
    "eligible_fraction",
    "eligible_weight",
    "linear_value",
    "rule_weights",
    "score",
    "scores_of",
]


def eligibility_of(
    rules: Mapping[str, EligibilityRules], surface: Surface, area_km2: xr.DataArray, classes: Mapping[str, int]
) -> tuple[dict[str, xr.DataArray], dict[str, np.ndarray], pd.DataFrame]:
    """Eligible share by technology, of every site and of every pixel, and what each rule removes [km2]."""
    fractions, pixels, removed = {}, {}, []
    for technology, technology_rules in rules.items():
        weights = rule_weights(surface, technology_rules, classes)
        share = xr.DataArray(eligible_fraction(surface, weights), {"site": area_km2.site}, ("site",))
        fractions[technology] = label(share.to_dataset(name="eligible_fraction"), POTENTIAL)["eligible_fraction"]
        pixels[technology] = eligible_weight(surface, weights)
        removed.append(account(surface, weights, area_km2.to_numpy()).assign(technology=technology))
    return fractions, pixels, pd.concat(removed, ignore_index=True)


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
