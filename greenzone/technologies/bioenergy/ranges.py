"""How much the feedstocks may give: random draws between their lower and upper ends, carried to sites and districts.

Comes in: rows of feedstocks with a range, the share of each that falls on each site. Goes out: percentiles.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from greenzone.technologies.bioenergy.feedstocks import FEEDSTOCKS
from greenzone.technologies.bioenergy.options import Options

Array = NDArray[np.float64]

PERCENTILES = (10, 50, 90)


AVAILABLE = ("low_gwh", "available_gwh", "high_gwh")
RESOURCE = ("resource_low_gwh", "resource_gwh", "resource_high_gwh")


def draw(supply: pd.DataFrame, options: Options, columns: tuple[str, str, str] = AVAILABLE) -> Array:
    """Draws of what may be taken of each row, triangular between its lower end, likely value and upper end.

    What is uncertain is the share that can be had, which is alike everywhere: the rows of one feedstock rise and fall
    together, different feedstocks on their own.

    Parameters
    ----------
    supply : DataFrame
        `feedstock` and the columns.
    options : Options
        `draws`, `seed`.
    columns : tuple
        Lower end, likely value and upper end: of what may be taken, or of the resource itself.

    Returns
    -------
    ndarray (draw, row)
        [GWh]
    """
    uniform = np.random.default_rng(options.seed).random((options.draws, len(FEEDSTOCKS)))
    p = uniform[:, [FEEDSTOCKS.index(name) for name in supply.feedstock]]
    low, likely, high = (supply[name].to_numpy(float) for name in columns)
    likely = np.clip(likely, low, high)
    width = high - low
    fold = np.divide(likely - low, width, out=np.zeros(width.shape), where=width > 0)
    rising = low + np.sqrt(p * width * (likely - low))
    falling = high - np.sqrt((1.0 - p) * width * (high - likely))
    return np.where(p < fold, rising, falling)


def percentiles_of(draws: Array, weight: Array) -> Array:
    """Percentiles of weighted sums of rows.

    Parameters
    ----------
    draws : ndarray (draw, row)
        What each row gives.
    weight : ndarray (row, place)
        What a place gets of each.

    Returns
    -------
    ndarray (percentile, place)
        10th, 50th and 90th; in single precision, as the sums themselves.
    """
    sums = weight.T.astype(np.float32) @ draws.T.astype(np.float32)
    sums.sort(axis=1)
    place = np.array(PERCENTILES) / 100.0 * (sums.shape[1] - 1)
    below, part = place.astype(int), place % 1
    above = np.minimum(below + 1, sums.shape[1] - 1)
    return np.asarray((sums[:, below] * (1 - part) + sums[:, above] * part).T, dtype=float)
