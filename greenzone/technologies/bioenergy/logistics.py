"""Fuel on the road: sites joined to blocks, and how far the blocks are from each other over hills.

Comes in: sites with their fuel and slope. Goes out: blocks with their supply, candidate places, distances by road.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

Array = NDArray[np.float64]
Index = NDArray[np.int64]

KM_PER_DEGREE = 111.2
DIAGONAL = 1.5  # steps of this many blocks count as neighbours: the eight around


class Blocks(NamedTuple):
    """Square blocks that hold sites: the block of each site, middle of each [km, degree], mean slope [degree], width
    [km], and the degrees of longitude in a kilometre."""

    of_site: Index
    x: Array
    y: Array
    lon: Array
    lat: Array
    slope: Array
    width: float
    lon_per_km: float


def make_blocks(sites: xr.Dataset, slope: ArrayLike, width: float) -> Blocks:
    """Blocks of a width [km], or of the sites' own where these are larger.

    Parameters
    ----------
    sites : Dataset
        `lon`, `lat`, `area_km2` over `site`.
    slope : array_like (site,)
        NaN counts as level. [degree]
    width : float
        [km]

    Returns
    -------
    Blocks
        Those that hold a site.
    """
    lon, lat, area = (sites[name].to_numpy().astype(float) for name in ("lon", "lat", "area_km2"))
    width = max(width, 1.5 * float(np.sqrt(area.max())))
    km = KM_PER_DEGREE * np.cos(np.radians(lat.mean()))
    east, north = (lon - lon.min()) * km, (lat - lat.min()) * KM_PER_DEGREE
    cell = np.column_stack([np.floor(east / width), np.floor(north / width)]).astype(np.int64)
    squares, of_site = np.unique(cell, axis=0, return_inverse=True)
    of_site = of_site.ravel()
    total = np.bincount(of_site, area)
    steep = np.bincount(of_site, area * np.nan_to_num(np.asarray(slope, float))) / np.where(total > 0, total, 1.0)
    x, y = (np.asarray((squares[:, axis] + 0.5) * width, dtype=np.float64) for axis in (0, 1))
    return Blocks(of_site, x, y, lon.min() + x / km, lat.min() + y / KM_PER_DEGREE, steep, width, 1.0 / km)


def road_distance(blocks: Blocks, places: Index, winding: float, per_degree: float, limit: float) -> Array:
    """Shortest way from every block to some of them, over neighbouring blocks.

    Parameters
    ----------
    blocks : Blocks
        All blocks.
    places : ndarray of int
        Those to which the way leads.
    winding : float
        Length of a road over the straight line on level ground. [1]
    per_degree : float
        What each degree of slope adds to that length, as a share of it. [1/degree]
    limit : float
        Longer ways are infinite. [km]

    Returns
    -------
    ndarray (block, place)
        A third of a block's width within a block itself; infinite where no way leads. [km]
    """
    points = np.column_stack([blocks.x, blocks.y])
    pairs = cKDTree(points).query_pairs(DIAGONAL * blocks.width, output_type="ndarray")
    one, other = pairs[:, 0], pairs[:, 1]
    steep = (blocks.slope[one] + blocks.slope[other]) / 2
    length = np.hypot(*(points[one] - points[other]).T) * winding * (1.0 + per_degree * steep)
    graph = coo_array((length, (one, other)), shape=(len(points), len(points))).tocsr()
    inside = blocks.width / 3.0 * winding * (1.0 + per_degree * blocks.slope)
    if not places.size:
        return np.zeros((len(points), 0))
    way = dijkstra(graph, directed=False, indices=places, limit=limit).T
    return np.maximum(way, inside[:, None])


def candidate_places(blocks: Blocks, supply: Array, apart: float, most: int) -> Index:
    """Blocks where a plant may stand: of each square of a width `apart` [km] that with most supply, the best `most`.

    They do not depend on the transport radius.
    """
    coarse = np.column_stack([np.floor(blocks.x / apart), np.floor(blocks.y / apart)]).astype(np.int64)
    _, square = np.unique(coarse, axis=0, return_inverse=True)
    order = np.lexsort((np.arange(supply.size), -supply, square.ravel()))
    first = np.unique(square.ravel()[order], return_index=True)[1]
    best = order[first]
    best = best[supply[best] > 0]
    return np.sort(best[np.argsort(-supply[best], kind="stable")][:most]).astype(np.int64)
