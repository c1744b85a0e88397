"""Vector features that rules look at: roads, lines, protected land, mine fields, read from the user's files.

Comes in: any file that geopandas reads, an attribute filter, a year. Goes out: valid shapes in the CRS of a frame, or
one clear error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from greenzone.config.eligibility import FeatureFile
from greenzone.errors import GreenzoneError, nearest
from greenzone.siting.frame import Frame

SURROUNDINGS = 100_000.0  # metres around the zone in which a layer must have something
NEVER = 9999


@dataclass(frozen=True, eq=False)
class Features:
    """Shapes in the CRS of a frame; `until` is the first year in which each no longer counts."""

    shapes: np.ndarray
    until: np.ndarray

    def in_year(self, year: int | None) -> np.ndarray:
        """Shapes that still count in a year; without a year, all of them."""
        return self.shapes if year is None else self.shapes[self.until > year]


def read_features(name: str, source: FeatureFile, frame: Frame) -> Features:
    """Read the features of one layer.

    Parameters
    ----------
    name : str
        Name of the layer, for messages.
    source : FeatureFile
        File, filter, and the column of years.
    frame : Frame
        Its CRS is that of the result.

    Returns
    -------
    Features
        Invalid polygons are mended; empty geometries left out.

    Raises
    ------
    GreenzoneError
        The file is missing, unreadable, has no CRS or coordinates outside it, holds nothing, nothing passes the
        filter, a column is missing, or nothing lies within 100 km of the zone.
    """
    where = f"features '{name}' ({source.file})"
    frame_ = _read(where, source.file, source.layer)
    frame_ = frame_[~(frame_.geometry.isna() | frame_.geometry.is_empty)]
    if frame_.empty:
        raise GreenzoneError(f"{where} are empty: the file holds no features")
    frame_ = _filtered(where, frame_, source.where)
    until = _years(where, frame_, source.until)
    shapes = _moved(where, frame_, frame)
    return Features(shapes, until)


def embedded_reservoirs(table: pd.DataFrame, frame: Frame) -> Features:
    """Reservoirs of the table `reservoirs`: discs of their area about their place, for their shores are not known."""
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(frame.crs).to_numpy()
    discs = shapely.buffer(points, 1000 * np.sqrt(table["area_km2"].to_numpy(float) / np.pi), quad_segs=32)
    return Features(discs, np.full(len(discs), NEVER))


def _read(where: str, path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if not Path(path).exists():
        raise GreenzoneError(f"{where}: the file does not exist")
    try:
        frame = gpd.read_file(path) if layer is None else gpd.read_file(path, layer=layer)
    except pyogrio.errors.DataLayerError:
        layers = [str(row[0]) for row in pyogrio.list_layers(path)]
        raise GreenzoneError(f"{where}: no layer '{layer}': {nearest(layer or '', layers)}") from None
    except (pyogrio.errors.DataSourceError, ValueError, UnicodeDecodeError) as error:
        raise GreenzoneError(f"{where} cannot be read as a vector file: {error}") from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise GreenzoneError(f"{where} have no geometry: name a file of points, lines or polygons")
    if frame.crs is None:
        raise GreenzoneError(f"{where} have no CRS: write the file with one, for example EPSG:4326")
    return frame


def _filtered(where: str, frame: gpd.GeoDataFrame, wanted: Mapping[str, object]) -> gpd.GeoDataFrame:
    for column, values in wanted.items():
        found = _column(where, frame, column)
        listed = [str(value) for value in values] if isinstance(values, tuple | list) else [str(values)]
        known = sorted(set(found.dropna().astype(str)))
        frame = frame[found.astype(str).isin(listed)]
        if frame.empty:
            shown = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
            raise GreenzoneError(f"{where}: no feature has {column} = {' or '.join(listed)}; the file has {shown}")
    return frame


def _column(where: str, frame: gpd.GeoDataFrame, column: str) -> pd.Series:
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    if column not in names:
        raise GreenzoneError(f"{where} have no column '{column}': {nearest(column, names)}")
    return frame[column]


def _years(where: str, frame: gpd.GeoDataFrame, column: str | None) -> np.ndarray:
    """First year in which each feature no longer counts; blank cells never come."""
    if column is None:
        return np.full(len(frame), NEVER)
    text = _column(where, frame, column).astype("string").str.strip().replace("", pd.NA)
    years = pd.to_numeric(text.str.extract(r"^(\d{4})(?:\D|$)")[0], errors="coerce")
    if (wrong := text.notna() & years.isna()).any():
        raise GreenzoneError(f"{where}: '{text[wrong].iloc[0]}' in column '{column}' is no year or date: write 2030")
    return years.fillna(NEVER).astype(int).to_numpy()


def _moved(where: str, features: gpd.GeoDataFrame, frame: Frame) -> np.ndarray:
    box = features.total_bounds
    if features.crs.is_geographic and (np.abs(box[[0, 2]]) > 360).any() | (np.abs(box[[1, 3]]) > 90).any():
        raise GreenzoneError(f"{where}: coordinates up to {np.abs(box).max():.4g} are no degrees: its CRS is wrong")
    valid = shapely.make_valid(shapely.force_2d(features.geometry.to_numpy()))
    shapes = gpd.GeoSeries(valid, crs=features.crs).to_crs(frame.crs).to_numpy()
    surroundings = shapely.buffer(shapely.box(*frame.bounds), SURROUNDINGS)
    finite = np.isfinite(shapely.bounds(shapes)).all(1)
    if not finite.any() or not shapely.intersects(shapely.box(*shapely.total_bounds(shapes[finite])), surroundings):
        raise GreenzoneError(f"{where} do not meet the zone's surroundings: is the CRS right?")
    return shapes
