"""GeoJSON by RFC 7946, fast: WGS 84, right-hand rule, six digits, null for what is missing.

Comes in: any GeoDataFrame. Goes out: UTF-8 text, the same bytes for the same frame.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greenzone.errors import GreenzoneError

DIGITS = 6  # 0.1 m on the ground
SIGNIFICANT = 6
CHUNK = 20_000  # features turned into text at a time, to bound memory
TYPES = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}


def round_significant(values: np.ndarray, digits: int = SIGNIFICANT) -> np.ndarray:
    """Floats rounded to significant digits, each the nearest double to its decimal; NaN, infinities and 0 stay."""
    values = np.asarray(values, float)
    usable = np.isfinite(values) & (values != 0)
    magnitude = np.floor(np.log10(np.abs(values, where=usable, out=np.ones_like(values))))
    places = np.clip(digits - 1 - magnitude, -300, 300)
    # Both powers are whole numbers where they matter, so one division or product rounds only once.
    up, down = 10.0 ** np.clip(places, 0, None), 10.0 ** np.clip(-places, 0, None)
    return np.asarray(np.where(usable, np.rint(values * up / down) / up * down, values))


def prepare(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame as every output shows it: WGS 84, coordinates on six digits, rings by the right-hand rule.

    Parameters
    ----------
    frame : GeoDataFrame
        Any geometry and CRS.

    Returns
    -------
    GeoDataFrame
        Same rows and order; floats with six significant digits; a geometry that vanishes when rounded is None.

    Raises
    ------
    GreenzoneError
        The frame has no CRS.
    """
    if frame.crs is None:
        raise GreenzoneError("a layer without CRS cannot be written as GeoJSON: set its CRS")
    frame = gpd.GeoDataFrame(frame if frame.crs.equals("EPSG:4326") else frame.to_crs("EPSG:4326"))
    frame = frame.set_geometry(gpd.GeoSeries(round_geometry(frame.geometry.to_numpy()), frame.index, "EPSG:4326"))
    floats = frame.select_dtypes("floating").columns
    return frame.assign(**{name: round_significant(frame[name].to_numpy()) for name in floats})


def round_geometry(shapes: np.ndarray) -> np.ndarray:
    """Geometries on a grid of six digits, valid, exterior rings counter-clockwise; None where nothing is left."""
    shapes = shapely.force_2d(np.asarray(shapes, object))
    snapped = shapely.orient_polygons(shapely.set_precision(shapes, 10.0**-DIGITS))
    clean = shapely.transform(snapped, lambda points: np.round(points, DIGITS))
    clean[shapely.is_empty(clean)] = None
    return clean


def write_geojson(frame: gpd.GeoDataFrame, path: str | Path) -> None:
    """Write any frame as an RFC 7946 feature collection, one feature a line.

    Parameters
    ----------
    frame : GeoDataFrame
        Any CRS. Columns become properties in their order; NaN, infinities and missing values become null.
    path : path
        File to write.

    Raises
    ------
    GreenzoneError
        The frame has no CRS, or holds geometry collections.
    """
    write_prepared(prepare(frame), path)


def write_prepared(frame: gpd.GeoDataFrame, path: str | Path) -> None:
    """Write a frame that `prepare` has made."""
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type":"FeatureCollection",')
        if len(box := frame.geometry.dropna()):
            file.write(f'"bbox":[{",".join(map(repr, box.total_bounds.tolist()))}],')
        file.write('"features":[')
        separator = "\n"
        for start in range(0, len(frame), CHUNK):
            file.write(separator + ",\n".join(_features(frame.iloc[start : start + CHUNK])))
            separator = ",\n"
        file.write("\n]}\n")


def _features(frame: gpd.GeoDataFrame) -> Iterator[str]:
    columns = [name for name in frame.columns if name != frame.geometry.name]
    keys = ",".join(json.dumps(str(name), ensure_ascii=False).replace("%", "%%") + ":%s" for name in columns)
    template = '{"type":"Feature","geometry":%s,"properties":{' + keys + "}}"
    geometry = geometry_tokens(frame.geometry.to_numpy())
    properties = [property_tokens(frame[name]) for name in columns]
    return (template % row for row in zip(geometry, *properties, strict=True))


def property_tokens(column: pd.Series) -> list[str]:
    """JSON text of each value of a column."""
    if column.dtype.kind == "f":
        values = column.to_numpy(float)
        tokens = list(map(repr, values.tolist()))
        for index in np.flatnonzero(~np.isfinite(values)):
            tokens[index] = "null"
        return tokens
    if column.dtype.kind in "iu":
        return list(map(str, column.tolist()))
    return [_json(value) for value in column.tolist()]


def _json(value: object) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else "null"
    if value is None or value is pd.NaT or value is pd.NA:
        return "null"
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)


def geometry_tokens(shapes: np.ndarray) -> list[str]:
    """GeoJSON text of each geometry, null for None."""
    kinds = shapely.get_type_id(shapes)
    tokens = np.full(len(shapes), "null", object)
    for kind in np.unique(kinds[kinds >= 0]):
        if kind not in TYPES:
            raise GreenzoneError("geometry collections cannot be written: split them by type")
        rows = np.flatnonzero(kinds == kind)
        _, points, offsets = shapely.to_ragged_array(shapes[rows])
        parts = [f"[{x!r},{y!r}]" for x, y in points.tolist()]
        for level in offsets:
            parts = ["[" + ",".join(parts[start:end]) + "]" for start, end in pairwise(level.tolist())]
        tokens[rows] = [f'{{"type":"{TYPES[kind]}","coordinates":{part}}}' for part in parts]
    return tokens.tolist()
