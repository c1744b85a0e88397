"""Scoring: how good a site is for a technology, between 0 and 1.

Comes in: layers and results of the sites, criteria with weights and fixed bounds. Goes out: the score and each
criterion's contribution to it. The bounds are fixed, so a site's score never depends on which others are in view.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from greenzone.config.scoring import Criterion
from greenzone.errors import GreenzoneError, nearest


def linear_value(values: np.ndarray, lower: float, upper: float) -> np.ndarray:
    """Value 0 at `lower` and 1 at `upper`, straight between, clipped beyond; lower may exceed upper. NaN stays."""
    return np.clip((np.asarray(values, float) - lower) / (upper - lower), 0.0, 1.0)


def contributions(known: xr.Dataset, criteria: Sequence[Criterion]) -> xr.DataArray:
    """Part of the score that each criterion brings, weights scaled to sum to 1.

    Parameters
    ----------
    known : Dataset
        Layers and results over `site`, by the names that criteria use.
    criteria : sequence of Criterion
        Layer, weight and bounds of each.

    Returns
    -------
    DataArray (criterion, site)
        Contributions, 0 to the criterion's weight; an unknown value (NaN) contributes nothing.

    Raises
    ------
    GreenzoneError
        A criterion names a layer that is not known, or no weight is above 0.
    """
    weights = np.array([criterion.weight for criterion in criteria], float)
    if (weights < 0).any() or not weights.sum() > 0:
        raise GreenzoneError("scoring weights must not be negative, and at least one must be above 0")
    scalars = [str(name) for name, values in known.data_vars.items() if values.dims == ("site",)]
    for criterion in criteria:
        if criterion.layer not in scalars:
            raise GreenzoneError(f"scoring names the layer '{criterion.layer}': {nearest(criterion.layer, scalars)}")
    parts = [
        weight * np.nan_to_num(linear_value(known[criterion.layer].to_numpy(), criterion.lower, criterion.upper))
        for criterion, weight in zip(criteria, weights / weights.sum(), strict=True)
    ]
    return xr.DataArray(
        np.array(parts),
        dims=("criterion", "site"),
        coords={"criterion": [criterion.layer for criterion in criteria], "site": known.site},
        attrs={"units": "1", "long_name": "contribution of a criterion to the score"},
    )


def score(parts: xr.DataArray, capacity_mw: xr.DataArray) -> xr.DataArray:
    """Sum of the contributions, 0 to 1; NaN where no capacity fits."""
    total = parts.sum("criterion").clip(0, 1).where(capacity_mw > 0)
    return total.assign_attrs(units="1", long_name="score of the site")
