"""Where plants may connect, and along what: nodes of the grid, existing lines, roads.

Comes in: the user's files, or the embedded table of approximate nodes. Goes out: GeoDataFrames in WGS 84, checked.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors
import shapely

from greenzone.errors import GreenzoneError

COLUMNS = ["node", "voltage_kv", "spare_capacity_mw", "approximate", "geometry"]
NAMES = ("node", "name")
HIGH_VOLTAGE = 220.0  # kV from which a node counts as one of the 330 kV class


def read_features(path: str | Path, what: str) -> gpd.GeoDataFrame:
    """Read a vector file, or a CSV with `lon` and `lat`, into WGS 84; features without geometry are left out.

    Raises
    ------
    GreenzoneError
        The file is missing, unreadable, empty, or has no CRS; `what` names it in the message.
    """
    path = Path(path)
    if not path.exists():
        raise GreenzoneError(f"{what} {path} does not exist")
    try:
        frame = _read_points(path, what) if path.suffix.lower() == ".csv" else gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, pd.errors.ParserError, ValueError, UnicodeDecodeError) as error:
        raise GreenzoneError(f"{what} {path} cannot be read: {str(error).splitlines()[0]}") from None
    if frame.crs is None:
        raise GreenzoneError(f"{what} {path} has no CRS: write it with one, for example EPSG:4326")
    frame = gpd.GeoDataFrame(frame[~(frame.geometry.isna() | frame.geometry.is_empty)])
    if frame.empty:
        raise GreenzoneError(f"{what} {path} holds no features")
    return frame.to_crs(4326).reset_index(drop=True)


def read_lines(path: str | Path, what: str) -> gpd.GeoDataFrame:
    """Read lines, such as existing power lines or roads; errors as in `read_features`, and where none is a line."""
    frame = read_features(path, what)
    lines = frame[frame.geom_type.isin(["LineString", "MultiLineString"])]
    if lines.empty:
        raise GreenzoneError(f"{what} {path} holds {frame.geom_type.iloc[0]} features: lines are needed")
    return lines.reset_index(drop=True)


def read_nodes(path: str | Path) -> gpd.GeoDataFrame:
    """Read the user's nodes: points, substation areas (their middle counts) or lines that may be tapped.

    Parameters
    ----------
    path : path
        Any vector file, or a CSV with `lon` and `lat`. Columns `node` or `name`, `voltage_kv` and `spare_capacity_mw`
        are used where they are there.

    Returns
    -------
    GeoDataFrame
        `COLUMNS`; `spare_capacity_mw` and `voltage_kv` NaN where not told.

    Raises
    ------
    GreenzoneError
        As `read_features`; a name is there twice, or a capacity is negative or no number.
    """
    frame = read_features(path, "grid nodes")
    named = next((name for name in NAMES if name in frame), None)
    numbered = [f"node {number}" for number in range(1, len(frame) + 1)]
    names = pd.Series(numbered) if named is None else frame[named].astype("string").fillna(pd.Series(numbered))
    twice = names[names.duplicated()]
    if len(twice):
        raise GreenzoneError(f"grid nodes {path} name '{twice.iloc[0]}' twice: give each node its own name")
    nodes = gpd.GeoDataFrame({"node": names.astype(object)}, geometry=frame.geometry, crs=4326)
    for column in ("voltage_kv", "spare_capacity_mw"):
        nodes[column] = _numbers(frame, column, path)
    nodes["approximate"] = False
    areas = nodes.geom_type.isin(["Polygon", "MultiPolygon"])
    nodes.loc[areas, "geometry"] = shapely.point_on_surface(nodes.geometry[areas].to_numpy())
    return nodes[COLUMNS]


def embedded_nodes(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """The nodes of the table `grid_nodes`, one near each district centre, as `read_nodes` gives them."""
    nodes = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326)
    spare = table.get("spare_capacity_mw", np.nan)
    return nodes.assign(spare_capacity_mw=spare)[COLUMNS]


def spare_capacity(nodes: gpd.GeoDataFrame, assumed: float | None, figures: pd.Series) -> np.ndarray:
    """Spare capacity of each node [MW]: its own, else `assumed`, else that of its voltage in `figures`."""
    high = nodes["voltage_kv"].to_numpy(float) >= HIGH_VOLTAGE
    by_voltage = np.where(high, figures["spare_capacity_330kv_mw"], figures["spare_capacity_110kv_mw"])
    own = nodes["spare_capacity_mw"].to_numpy(float)
    return np.where(np.isnan(own), by_voltage if assumed is None else assumed, own)


def _read_points(path: Path, what: str) -> gpd.GeoDataFrame:
    table = pd.read_csv(path)
    if not {"lon", "lat"} <= set(table):
        raise GreenzoneError(f"{what} {path} needs the columns 'lon' and 'lat'")
    lon, lat = (pd.to_numeric(table[name], errors="coerce") for name in ("lon", "lat"))
    if not (lon.between(-180, 180) & lat.between(-90, 90)).all():
        row = int((~(lon.between(-180, 180) & lat.between(-90, 90))).to_numpy().argmax())
        raise GreenzoneError(f"{what} {path}: row {row + 2} is no place in degrees of longitude and latitude")
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs=4326)


def _numbers(frame: gpd.GeoDataFrame, column: str, path: str | Path) -> np.ndarray:
    if column not in frame:
        return np.full(len(frame), np.nan)
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
    wrong = (np.isnan(values) & frame[column].notna().to_numpy()) | (values < 0)
    if wrong.any():
        raise GreenzoneError(
            f"grid nodes {path}: {column} '{frame[column].iloc[int(wrong.argmax())]}' must be a number of 0 or more"
        )
    return values
