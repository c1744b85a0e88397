"""Eligibility: on which share of a site a technology may stand.

Comes in: the surface and the rules of one technology. Goes out: a weight from 0 to 1 for each pixel and rule, their
product averaged exactly over each site, and an account of what each rule removes.
A pixel on which a rule knows nothing (no data) is left as it is by that rule: what is unknown is not excluded.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from greenzone.config.eligibility import EligibilityRules
from greenzone.errors import GreenzoneError
from greenzone.layers.surface import Surface
from greenzone.layers.terrain import share_below_slope


def rule_weights(surface: Surface, rules: EligibilityRules, classes: Mapping[str, int]) -> dict[str, np.ndarray]:
    """Share of each pixel that each rule leaves, by the rule's name.

    Parameters
    ----------
    surface : Surface
        The rasters the rules look at.
    rules : EligibilityRules
        Limits of one technology.
    classes : mapping of str to int
        Code of each land-cover class.

    Returns
    -------
    dict of str to ndarray
        Weights 0 to 1 on the pixels of the surface; 1 where the rule's layer has no data.

    Raises
    ------
    GreenzoneError
        A rule names a raster that the scenario does not define.
    """
    weights = {
        "land_cover": _class_shares(surface.land_cover, rules, classes),
        "elevation": _within(surface.elevation.values, rules.min_elevation, rules.max_elevation),
        "settlement": _within(
            surface.distance_settlement, rules.min_distance_settlement, rules.max_distance_settlement
        ),
    }
    if rules.max_slope is not None:
        weights["slope"] = np.nan_to_num(share_below_slope(surface.slope, rules.max_slope), nan=1.0)
    if rules.min_wind_speed is not None:
        weights["wind_speed"] = _within(surface.wind_speed, rules.min_wind_speed, None)
    for name, limits in rules.rasters.items():
        if name not in surface.extra:
            raise GreenzoneError(f"eligibility names the raster '{name}', which 'layers.rasters' does not define")
        weights[name] = _within(surface.extra[name], limits.min, limits.max)
    return weights


def _within(values: np.ndarray, lower: float | None, upper: float | None) -> np.ndarray:
    outside = np.zeros(values.shape, bool)
    if lower is not None:
        outside |= values < lower
    if upper is not None:
        outside |= values > upper
    return np.where(outside, 0.0, 1.0)


def _class_shares(land_cover: np.ndarray, rules: EligibilityRules, classes: Mapping[str, int]) -> np.ndarray:
    shares = np.full(256, rules.default_share)
    shares[255] = 1.0
    for name, share in rules.land_cover.items():
        shares[classes[name]] = share
    return shares[np.nan_to_num(land_cover, nan=255).astype(int)]


def eligible_weight(surface: Surface, weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """Share of each pixel that all rules leave, 0 to 1."""
    return np.prod([np.ones(surface.slope.shape), *weights.values()], axis=0)


def eligible_fraction(surface: Surface, weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """Share of each site that all rules leave, 0 to 1."""
    return np.clip(np.nan_to_num(surface.coverage.mean(eligible_weight(surface, weights)), nan=1.0), 0, 1)


def account(surface: Surface, weights: Mapping[str, np.ndarray], area_km2: np.ndarray) -> pd.DataFrame:
    """What each rule removes [km2]: on its own, and when it comes last.

    Returns
    -------
    DataFrame
        Columns `rule`, `removed_alone_km2`, `removed_last_km2`; the last row, `all rules`, is what they remove
        together.
    """
    rows = []
    left = float(eligible_fraction(surface, weights) @ area_km2)
    for rule in weights:
        alone = float(eligible_fraction(surface, {rule: weights[rule]}) @ area_km2)
        others = {name: weight for name, weight in weights.items() if name != rule}
        without = float(eligible_fraction(surface, others) @ area_km2)
        rows.append((rule, area_km2.sum() - alone, without - left))
    rows.append(("all rules", area_km2.sum() - left, area_km2.sum() - left))
    return pd.DataFrame(rows, columns=["rule", "removed_alone_km2", "removed_last_km2"])
