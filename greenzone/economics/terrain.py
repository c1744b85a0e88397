"""What steep and high ground adds to the capital of a plant.

Comes in: slope and altitude of the sites, shares of the capital that feel them. Goes out: a multiplier per site. The
cost tables are of plants on level ground near the sea, so nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def slope_multiplier(slope: ArrayLike, routes: pd.DataFrame) -> NDArray[np.float64]:
    """Multiplier on civil works and lines by slope.

    Parameters
    ----------
    slope : array_like
        Slope of the ground. [degree]
    routes : DataFrame
        The table `economics_routes`: its rows of kind "slope" hold `value` [per cent] and `multiplier` [1].

    Returns
    -------
    ndarray
        Linear between the rows, level beyond them; NaN slope gives NaN. [1]

    References
    ----------
    Black & Veatch (2014), Capital Costs for Transmission and Substations, report to the Western Electricity
    Coordinating Council: terrain multipliers.
    """
    rows = routes[routes["kind"] == "slope"].sort_values("value")
    percent = 100 * np.tan(np.radians(np.asarray(slope, float)))
    return np.interp(percent, rows["value"].astype(float), rows["multiplier"].astype(float))


def altitude_multiplier(elevation: ArrayLike, start: float, scale: float) -> NDArray[np.float64]:
    r"""Multiplier on electrical equipment by altitude: what more insulation the thin air asks for.

    Parameters
    ----------
    elevation : array_like
        Altitude of the site. [m]
    start : float
        Altitude up to which equipment is rated. [m]
    scale : float
        Scale height of the correction. [m]

    Returns
    -------
    ndarray
        1 up to `start`; NaN where the altitude is NaN. [1]

    Notes
    -----
    .. math:: K = e^{(H - H_0)/h}

    References
    ----------
    IEC 62271-1:2017, altitude correction with m = 1.
    """
    return np.exp(np.maximum(np.asarray(elevation, float) - start, 0.0) / scale)


def terrain_multiplier(
    technology: str, slope: ArrayLike, elevation: ArrayLike, tables: Mapping[str, pd.DataFrame]
) -> NDArray[np.float64]:
    """Capital of a plant over that of the same plant on level, low ground.

    Parameters
    ----------
    technology : str
        Name of the technology; one without rows in the table is 1 everywhere.
    slope : array_like
        Slope of the site. [degree]
    elevation : array_like
        Altitude of the site. [m]
    tables : mapping
        `economics_terrain` (shares of the capital) and `economics_routes` (multipliers by slope).

    Returns
    -------
    ndarray
        Multiplier, 1 where slope or altitude is NaN. [1]
    """
    table = tables["economics_terrain"]
    figure = table.set_index(["technology", "parameter"])["value"].astype(float)
    civil = figure.get((technology, "civil_share"), 0.0)
    electrical = figure.get((technology, "electrical_share"), 0.0)
    altitude = altitude_multiplier(elevation, figure["all", "altitude_start"], figure["all", "altitude_scale"])
    added = civil * (slope_multiplier(slope, tables["economics_routes"]) - 1) + electrical * (altitude - 1)
    return 1.0 + np.nan_to_num(added)
