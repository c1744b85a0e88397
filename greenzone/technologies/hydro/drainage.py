"""Drainage of a terrain: where water flows, what drains to a point.

Comes in: a `schema.Raster` of elevation in longitude and latitude, and the table of rivers that flow in over its edge.
Goes out: `Drainage`, the flow network of all cells with their upstream areas and a river bed that never rises. It is
kept lean, 20 bytes a cell, so that a 30 m terrain of the whole zone fits; `streams.py` works on the rivers alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from scipy import ndimage

from greenzone.errors import GreenzoneError
from greenzone.schema import Raster
from greenzone.technologies.hydro import kernel_terrain

SMALL_HOLE = 25  # cells; smaller gaps inside the terrain are filled, water ends at larger ones
GEOD = Geod(ellps="WGS84")
LOWEST, HIGHEST = -500.0, 9000.0  # m; the Dead Sea's shore and Mount Everest, with room
KM_PER_DEGREE = 111.2  # of latitude; only for search distances


@dataclass(frozen=True)
class Drainage:
    """The flow network of a raster; arrays are flat over its cells, row by row.

    `downstream` is the index of the next cell, itself where water leaves, -1 where elevation is missing. `order` lists
    the cells with elevation from the sources down. `bed` is the elevation with pits and bars taken out, never rising
    downstream [m]. `row_area_km2` is the ellipsoidal area of a cell of each row, `upstream_km2` that of the cell and of
    all that drains to and through it inside the raster.
    """

    raster: Raster
    downstream: NDArray[np.int32]
    order: NDArray[np.int32]
    bed: NDArray[np.float32]
    row_area_km2: NDArray[np.float64]
    upstream_km2: NDArray[np.float32]

    @property
    def area_km2(self) -> NDArray[np.float64]:
        """Ellipsoidal area of every cell."""
        return np.repeat(self.row_area_km2, self.raster.values.shape[1])

    @property
    def lon(self) -> NDArray[np.float64]:
        """Longitude of every cell centre."""
        return np.tile(self.raster.lon, self.raster.values.shape[0])

    @property
    def lat(self) -> NDArray[np.float64]:
        """Latitude of every cell centre."""
        return np.repeat(self.raster.lat, self.raster.values.shape[1])

    def accumulate(self, values: ArrayLike) -> NDArray[np.float64]:
        """Sum of `values` `(…, cell)` over each cell and all that drains to it; NaN outside the terrain."""
        array = np.asarray(values, dtype=float)
        flat = array.reshape(-1, array.shape[-1])
        return kernel_terrain.accumulate(self.downstream, self.order, flat).reshape(array.shape)

    def catchment(self, cell: int) -> NDArray[np.bool_]:
        """Which cells drain to `cell`, itself included."""
        return kernel_terrain.upstream_of(self.downstream, self.order, cell)

    def touches_edge(self, catchment: NDArray[np.bool_]) -> bool:
        """Whether a catchment reaches the raster's edge or a gap, so that part of it may lie outside."""
        shaped = catchment.reshape(self.raster.values.shape)
        return bool((shaped & ~ndimage.binary_erosion(np.isfinite(self.raster.values))).any())

    def window(self, lon: float, lat: float, radius_km: float) -> NDArray[np.int64]:
        """Cells with elevation within `radius_km` of a point."""
        raster = self.raster
        across = radius_km / KM_PER_DEGREE / np.cos(np.radians(lat))
        columns = np.flatnonzero(np.abs(raster.lon - lon) <= across + raster.step_lon / 2)
        rows = np.flatnonzero(np.abs(raster.lat - lat) <= radius_km / KM_PER_DEGREE + raster.step_lat / 2)
        cells = (rows[:, None] * raster.values.shape[1] + columns).ravel()
        return cells[self.downstream[cells] >= 0]

    def snap(self, lon: float, lat: float, area_km2: float | None = None, radius_km: float = 5.0) -> int:
        """Cell of the river a point stands on; see `best_match`.

        Raises
        ------
        GreenzoneError
            If no terrain lies within the radius, or no river of such a catchment.
        """
        cells = self.window(lon, lat, radius_km)
        rows, columns = np.divmod(cells, self.raster.values.shape[1])
        place = (self.raster.lon[columns], self.raster.lat[rows])
        return int(cells[best_match(self.upstream_km2[cells], *place, lon, lat, area_km2, radius_km)])


def best_match(
    upstream_km2: NDArray[np.floating],
    lons: NDArray[np.float64],
    lats: NDArray[np.float64],
    lon: float,
    lat: float,
    area_km2: float | None,
    radius_km: float,
) -> int:
    """Which of the cells near a point carries its river, though its coordinates or the terrain are a little off.

    Parameters
    ----------
    upstream_km2, lons, lats : ndarray
        Catchments [km2] and coordinates [degree] of the cells within the radius.
    lon, lat : float
        The point. [degree]
    area_km2 : float, optional
        Known catchment area: the cell that agrees best is taken, nearer ones first where several do. Without it (or
        NaN) the cell with the largest catchment is taken. [km2]
    radius_km : float
        How far was looked. [km]

    Returns
    -------
    int
        Position of the cell.

    Raises
    ------
    GreenzoneError
        If there is no cell, or none whose catchment is within a factor of 2 of the known one: the point stands off
        its river.
    """
    if upstream_km2.size == 0:
        raise GreenzoneError(f"no terrain within {radius_km} km of {lat:.3f} N {lon:.3f} E: is the point inside?")
    if area_km2 is None or np.isnan(area_km2):
        return int(upstream_km2.argmax())
    away = np.abs(np.log(upstream_km2 / area_km2))
    if away.min() > np.log(2.0):
        raise GreenzoneError(
            f"no river of about {area_km2:g} km2 within {radius_km} km of {lat:.3f} N {lon:.3f} E, the nearest match "
            f"has {upstream_km2[away.argmin()]:.0f} km2: check the point's coordinates and its catchment area"
        )
    # A kilometre of distance weighs as much as 3 % of area: coordinates are off by a few 30" cells, areas by 5 %.
    distance = KM_PER_DEGREE * np.hypot((lons - lon) * np.cos(np.radians(lat)), lats - lat)
    return int((away + 0.03 * distance).argmin())


def derive(elevation: Raster, inflow: pd.DataFrame | None = None) -> Drainage:
    """Drainage of a terrain.

    Parameters
    ----------
    elevation : Raster
        Elevation [m], NaN where missing. Gaps of at most 25 cells inside the terrain are filled from their rim; water
        that reaches a larger gap or the raster's edge leaves there.
    inflow : DataFrame, optional
        Rivers that enter over the edge: `lon, lat, closed_km`. The edge within `closed_km` of the point lets no water
        out, so that a valley cut by the edge keeps its direction.

    Returns
    -------
    Drainage

    Raises
    ------
    GreenzoneError
        If the raster is not in degrees, has no elevation, or is flat.
    """
    check(elevation)
    elevation = replace(elevation, values=fill_small_holes(elevation.values.astype(np.float32)))
    valid = np.isfinite(elevation.values)
    outlets = outlet_cells(elevation, valid, inflow)
    downstream = np.where(valid, np.int32(-2), np.int32(-1)).ravel()
    order = kernel_terrain.flood(rank(elevation.values), valid.shape[1], downstream, outlets)[::-1]
    downstream[downstream == -2] = -1
    row_area = cell_area_km2(elevation)
    upstream = np.repeat(row_area, valid.shape[1])
    kernel_terrain.gather(downstream, order, upstream)
    upstream[downstream < 0] = np.nan
    bed = kernel_terrain.river_bed(downstream, order, elevation.values.ravel())
    return Drainage(elevation, downstream, order, bed, row_area, upstream.astype(np.float32))


def rank(elevation: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Unsigned integers that sort as the elevations do, flat."""
    bits = elevation.ravel().view(np.uint32)
    # The bits of positive floats sort as integers; those of negative ones the other way round, and above.
    return np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))


def check(elevation: Raster) -> None:
    """Raise GreenzoneError for a raster that cannot drain: not in degrees, empty or flat."""
    rows, columns = elevation.values.shape
    east, south = elevation.west + columns * elevation.step_lon, elevation.north - rows * elevation.step_lat
    if elevation.west < -180 or east > 360 or elevation.north > 90 or south < -90:
        raise GreenzoneError(
            f"elevation spans {elevation.west:g}…{east:g} by {south:g}…{elevation.north:g}, which is not longitude and "
            "latitude: reproject it to EPSG:4326"
        )
    if elevation.values.size > kernel_terrain.MAX_CELLS:
        raise GreenzoneError(
            f"elevation has {elevation.values.size / 1e6:.0f} million cells, at most "
            f"{kernel_terrain.MAX_CELLS / 1e6:.0f} million can be drained: clip it to the basins or take a coarser one"
        )
    if not np.isfinite(elevation.values).any():
        raise GreenzoneError("elevation holds no value: check its nodata value")
    low, high = np.nanmin(elevation.values), np.nanmax(elevation.values)
    if low == high:
        raise GreenzoneError(f"elevation is flat ({low:g} m everywhere): no rivers can be found on it")
    if low < LOWEST or high > HIGHEST:
        raise GreenzoneError(
            f"elevation reaches from {low:g} to {high:g} m, which no land does: check its nodata value and its unit"
        )


def fill_small_holes(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill gaps of at most `SMALL_HOLE` cells that do not touch the edge with the mean of their rim."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values
    labels, _ = ndimage.label(missing, structure=np.ones((3, 3)))
    filled = values.copy()
    edge = set(np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])))
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        grown = tuple(slice(max(side.start - 1, 0), side.stop + 1) for side in box)
        hole = labels[grown] == number
        if number in edge or hole.sum() > SMALL_HOLE:
            continue
        rim = ndimage.binary_dilation(hole, np.ones((3, 3))) & ~hole
        filled[grown][hole] = np.nanmean(values[grown][rim])
    return filled


def outlet_cells(elevation: Raster, valid: NDArray[np.bool_], inflow: pd.DataFrame | None) -> NDArray[np.int64]:
    """Flat indices of the cells at the edge of the terrain where water may leave."""
    edge = valid & ~ndimage.binary_erosion(valid, np.ones((3, 3)))
    rows, columns = np.nonzero(edge)
    for river in () if inflow is None else inflow.itertuples():
        east = (elevation.lon[columns] - river.lon) * np.cos(np.radians(river.lat))
        open_ = KM_PER_DEGREE * np.hypot(east, elevation.lat[rows] - river.lat) > river.closed_km
        rows, columns = rows[open_], columns[open_]
    if rows.size == 0:
        raise GreenzoneError("the whole edge of the terrain is closed by inflowing rivers: no water can leave")
    return rows * elevation.values.shape[1] + columns


def cell_area_km2(raster: Raster) -> NDArray[np.float64]:
    """Area of a cell of each row on the WGS 84 ellipsoid, `(row,)`."""
    edges = raster.north - np.arange(raster.values.shape[0] + 1) * raster.step_lat
    sine, ecc = np.sin(np.radians(edges)), np.sqrt(GEOD.es)
    # Area between equator and latitude per radian of longitude, Snyder (1987), USGS Professional Paper 1395, eq. 3-12.
    zone = GEOD.b**2 / 2 * (np.arctanh(ecc * sine) / ecc + sine / (1 - GEOD.es * sine**2))
    return -np.diff(zone) * np.radians(raster.step_lon) / 1e6


def link_length_km(raster: Raster, cells: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.float64]:
    """Distance from each of `cells` to its neighbour `target`, on the ellipsoid."""
    rows, columns = np.divmod(cells, raster.values.shape[1])
    next_rows, next_columns = np.divmod(target, raster.values.shape[1])
    lat = np.radians(raster.lat)[rows]
    curve = 1 - GEOD.es * np.sin(lat) ** 2
    north = np.radians(raster.step_lat) * GEOD.a * (1 - GEOD.es) / curve**1.5
    east = np.radians(raster.step_lon) * GEOD.a * np.cos(lat) / np.sqrt(curve)
    return np.hypot(north * (next_rows - rows), east * (next_columns - columns)) / 1000


def inflow_by_month(drainage: Drainage, inflow: pd.DataFrame) -> dict[int, NDArray[np.float64]]:
    """Cell and twelve monthly flows [m3/s] of each river that enters over the raster's edge and lies on it.

    `inflow` has the columns `river, lon, lat, m01 … m12`; rivers outside the raster are passed over.
    """
    raster, entering = drainage.raster, {}
    rows, columns = raster.values.shape
    east, south = raster.west + columns * raster.step_lon, raster.north - rows * raster.step_lat
    for row in inflow.to_dict("records"):
        if raster.west <= row["lon"] <= east and south <= row["lat"] <= raster.north:
            monthly = np.array([row[f"m{month:02d}"] for month in range(1, 13)], dtype=float)
            entering[drainage.snap(row["lon"], row["lat"])] = monthly
    return entering
