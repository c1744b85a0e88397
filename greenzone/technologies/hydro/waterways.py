"""The way of the water from intake to powerhouse: canal or tunnel along the contour, then the penstock.

Comes in: the terrain and the ends of each plant. Goes out: lines on the map. They show where the waterway could run;
its length in the plants' figures is that along the river.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from greenzone.schema import Raster
from greenzone.technologies.hydro import kernel_terrain
from greenzone.technologies.hydro.drainage import KM_PER_DEGREE

Array = NDArray[np.float64]

MARGIN = 0.35  # of the distance between intake and powerhouse, how far beside it is looked
COARSEST = 90.0  # m, cells finer than this are passed over
DEPARTURE = 20.0  # m off the contour that double the cost of a metre of canal, at least
DROP = 0.25  # share of the head below the intake where the penstock begins


def trace(raster: Raster, intake: tuple[float, float], outlet: tuple[float, float]) -> tuple[Array, Array]:
    """Way from `intake` to `outlet` (longitude, latitude) that keeps to the intake's contour while it can.

    Returns its points `(point, 2)` [degree], ends included, and the ground's elevation on it [m].
    """
    row, column = (cells_of(raster, *intake), cells_of(raster, *outlet))
    north = KM_PER_DEGREE * 1000.0 * raster.step_lat
    east = KM_PER_DEGREE * 1000.0 * raster.step_lon * np.cos(np.radians(intake[1]))
    stride = max(int(COARSEST // min(north, east)), 1)
    reach = int(MARGIN * max(abs(row[0] - column[0]), abs(row[1] - column[1]))) + 3 * stride
    top, left = max(min(row[0], column[0]) - reach, 0), max(min(row[1], column[1]) - reach, 0)
    bottom, right = max(row[0], column[0]) + reach, max(row[1], column[1]) + reach
    part = np.ascontiguousarray(raster.values[top : bottom + 1 : stride, left : right + 1 : stride], dtype=float)
    ends = [((r - top) // stride) * part.shape[1] + (c - left) // stride for r, c in (row, column)]
    rise = np.abs(np.diff(part, axis=0))
    rise = rise[np.isfinite(rise)]
    scale = max(DEPARTURE, float(np.median(rise)) if rise.size else 0.0)
    level = float(part.ravel()[ends[0]])
    path = kernel_terrain.contour_path(part, east * stride, north * stride, *ends, level, scale)
    if path.size < 2:
        return np.array([intake, outlet]), np.array([level, np.nan])
    rows, columns = np.divmod(path, part.shape[1])
    points = np.column_stack([raster.lon[left + columns * stride], raster.lat[top + rows * stride]])
    points[0], points[-1] = intake, outlet
    return points, part.ravel()[path]


def cells_of(raster: Raster, lon: float, lat: float) -> tuple[int, int]:
    """Row and column of the cell a point lies in."""
    rows, columns = raster.values.shape
    row, column = int((raster.north - lat) / raster.step_lat), int((lon - raster.west) / raster.step_lon)
    return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


def lines(raster: Raster, plants: pd.DataFrame, outlet_lon: Array, outlet_lat: Array) -> gpd.GeoDataFrame:
    """Headrace and penstock of each plant as lines.

    Parameters
    ----------
    raster : Raster
        The terrain. [m]
    plants : DataFrame
        `name, status, intake_lon, intake_lat, gross_head_m`.
    outlet_lon, outlet_lat : ndarray
        Where each plant returns the water. [degree]

    Returns
    -------
    GeoDataFrame
        Two rows per plant: `name, status, part` ("headrace", "penstock"), `length_km`. The headrace ends at the last
        point that lies no deeper than a quarter of the head below the intake.
    """
    records, shapes = [], []
    for plant, lon, lat in zip(plants.itertuples(), outlet_lon, outlet_lat, strict=True):
        points, ground = trace(raster, (plant.intake_lon, plant.intake_lat), (lon, lat))
        high = np.flatnonzero(ground >= ground[0] - DROP * plant.gross_head_m)
        forebay = min(int(high[-1]), len(points) - 2) if high.size else 0
        for part, line in {"headrace": points[: forebay + 1], "penstock": points[forebay:]}.items():
            if len(line) > 1:
                length = line_km(line)
                records.append(
                    {"name": plant.name, "status": plant.status, "part": part, "length_km": round(length, 3)}
                )
                shapes.append(shapely.linestrings(line))
    table = pd.DataFrame(records, columns=["name", "status", "part", "length_km"])
    return gpd.GeoDataFrame(table, geometry=np.array(shapes, dtype=object), crs=4326)


def line_km(points: Array) -> float:
    """Length of a line of longitudes and latitudes. [km]"""
    east = np.diff(points[:, 0]) * np.cos(np.radians(points[:, 1].mean()))
    return float(KM_PER_DEGREE * np.hypot(east, np.diff(points[:, 1])).sum())


def intakes(plants: pd.DataFrame) -> gpd.GeoDataFrame:
    """Intakes of the plants as points: `name, status, river, design_flow_m3s`."""
    table = plants[["name", "status", "river", "design_flow_m3s"]].round(4).reset_index(drop=True)
    where = gpd.points_from_xy(plants["intake_lon"], plants["intake_lat"])
    return gpd.GeoDataFrame(table, geometry=where, crs=4326)
