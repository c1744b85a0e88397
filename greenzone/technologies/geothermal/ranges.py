"""Ranges of what prospects give: of every site, of every district.

Comes in: draws of each prospect, the share of each that falls on each site. Goes out: percentiles of the yearly energy,
a reservoir that is not there counting as 0.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

PERCENTILES = (10, 50, 90)


def weighted_percentiles(draws: Array, weight: Array) -> Array:
    """Percentiles of weighted sums of prospects.

    Parameters
    ----------
    draws : ndarray (prospect, draw)
        What each prospect gives.
    weight : ndarray (prospect, place)
        Share of each that falls on a place.

    Returns
    -------
    ndarray (percentile, place)
        10th, 50th and 90th, in the units of `draws`; 0 where nothing falls.
    """
    result = np.zeros((len(PERCENTILES), weight.shape[1]))
    alone = np.percentile(draws, PERCENTILES, axis=1) if len(draws) else np.zeros((len(PERCENTILES), 0))
    number = (weight > 0).sum(0)
    single = number == 1
    result[:, single] = alone[:, weight[:, single].argmax(0)] * weight[:, single].max(0) if single.any() else 0.0
    for place in np.flatnonzero(number > 1):
        result[:, place] = np.percentile(weight[:, place] @ draws, PERCENTILES)
    return result


def district_ranges(
    zone: gpd.GeoDataFrame, district: ArrayLike, weight: Array, draws: dict[str, Array]
) -> gpd.GeoDataFrame:
    """Districts of the zone with the range of what their prospects give.

    Parameters
    ----------
    zone : GeoDataFrame
        `district` and geometry, WGS 84.
    district : array_like of str (site,)
        District of each site.
    weight : ndarray (prospect, site)
        Share of each prospect that falls on each site.
    draws : dict of ndarray (prospect, draw)
        What each prospect gives, by the name of the quantity with `{}` in the place of the percentile.

    Returns
    -------
    GeoDataFrame
        One row per district of the zone.
    """
    names, labels = zone["district"].to_numpy().astype(str), np.asarray(district).astype(str)
    shares = np.stack([weight[:, labels == name].sum(1) for name in names], axis=1)
    frame = gpd.GeoDataFrame({"district": names}, geometry=zone.geometry.to_numpy(), crs=zone.crs)
    for pattern, values in draws.items():
        for percentile, row in zip(PERCENTILES, weighted_percentiles(values, shares), strict=True):
            frame[pattern.format(f"p{percentile}")] = row
    return frame
