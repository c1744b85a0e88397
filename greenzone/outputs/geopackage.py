"""One GeoPackage with all vector layers of a run, each with styles that QGIS finds by itself.

Comes in: layers by name, as the GeoJSON files hold them. Goes out: one file, the same bytes for the same layers.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from greenzone.outputs import qml
from greenzone.outputs.columns import COLOURS, OTHER_COLOUR, bounds, classes, meaning, ramp, rgb

GEOMETRY = "geom"
VERSION = {"VERSION": "1.2"}  # read without a warning by QGIS of 2018 and later
BROKEN = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
# A GeoPackage stamps its layers with the time of writing; a fixed one keeps the bytes the same.
FIXED_DATE = "2000-01-01T00:00:00.000Z"
STYLED = ("score", "capacity_factor", "capacity_mw", "energy_gwh", "lcoe", "lcoe_connected")
WATER, BORDER = (86, 165, 216), (35, 35, 35)
STATUS = {"existing": (0, 114, 178), "candidate": (230, 159, 0)}

Style = tuple[str, str]  # its name and its QML


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame], path: Path, currency: str = "USD") -> None:
    """Write all layers with their styles into one file.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        In WGS 84, as `prepare` makes them; layers without features are kept.
    path : path
        File to write.
    currency : str
        That of the scenario.

    Raises
    ------
    OSError
        The disk is full, or the file cannot be written.
    """
    with _reproducible(), _as_system_error(path):
        for name, frame in layers.items():
            kind = _geometry_type(frame)
            pyogrio.write_dataframe(
                frame, path, layer=name, driver="GPKG", geometry_type=kind, promote_to_multi=kind.startswith("Multi"),
                layer_options={"GEOMETRY_NAME": GEOMETRY, "DESCRIPTION": name.replace("_", " ")},
                dataset_options=VERSION,
            )  # fmt: skip
        table = style_table(layers, currency)
        options = {"FID": "id", "DATETIME_PRECISION": "MILLISECOND"}
        pyogrio.write_dataframe(table, path, layer="layer_styles", driver="GPKG", layer_options=options)


def style_table(layers: Mapping[str, gpd.GeoDataFrame], currency: str = "USD") -> pd.DataFrame:
    """The table in which QGIS looks for styles: one row for each style, the first of a layer is its default."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer,
            "f_geometry_column": GEOMETRY,
            "styleName": name,
            "styleQML": text,
            "styleSLD": "",
            "useAsDefault": number == 0,
            "description": name,
            "owner": "greenzone",
            "ui": "",
            "update_time": pd.Timestamp(FIXED_DATE),
        }
        for layer, frame in layers.items()
        for number, (name, text) in enumerate(styles(layer, frame, currency))
    ]
    return pd.DataFrame(rows)


def styles(layer: str, frame: gpd.GeoDataFrame, currency: str = "USD") -> list[Style]:
    """Styles of a layer, the default first."""
    if layer in ("sites", "districts"):
        return _of_areas(layer, frame, currency)
    kind = _kind(frame)
    technologies = {name: rgb(colour) for name, colour in COLOURS.items()}
    if "technology" in frame:
        return [("technology", qml.categorised("technology", technologies, kind))]
    if "status" in frame and set(frame["status"]) <= set(STATUS):
        return [("status", qml.categorised("status", STATUS, kind))]
    if layer == "rivers":
        return [("rivers", qml.single(WATER, kind))]
    technology = layer.split("_")[0]
    colour = technologies.get(technology, rgb(OTHER_COLOUR))
    return [(layer.replace("_", " "), qml.outline(colour) if kind == "Polygon" else qml.single(colour, kind))]


def _of_areas(layer: str, frame: gpd.GeoDataFrame, currency: str) -> list[Style]:
    """Sites and districts: the best technology or the borders, then every number worth a map."""
    found: list[Style] = []
    if "best_technology" in frame:
        used = {
            name: rgb(COLOURS.get(name, OTHER_COLOUR)) for name in sorted(frame["best_technology"].dropna().unique())
        }
        found.append(("best technology", qml.categorised("best_technology", used, "Polygon")))
    else:
        found.append((layer, qml.outline(BORDER)))
    for technology in COLOURS:
        for variable in STYLED:
            column = f"{technology}_{variable}"
            if column in frame and frame[column].notna().any():
                known = meaning(column, currency)
                edges = classes(*bounds(frame[column].to_numpy(float), known))
                # What lies beyond the round edges belongs to the classes at the ends.
                edges[0], edges[-1] = min(edges[0], frame[column].min()), max(edges[-1], frame[column].max())
                style = qml.graduated(column, edges, ramp(known.ramp, len(edges) - 1), "Polygon")
                found.append((known.label, style))
    return found


def _kind(frame: gpd.GeoDataFrame) -> str:
    kinds = frame.geom_type.dropna().str.removeprefix("Multi").unique()
    return str(kinds[0]) if len(kinds) else "Polygon"


def _geometry_type(frame: gpd.GeoDataFrame) -> str:
    """The layer's own type where all features share it, else the multiple of it."""
    found = frame.geom_type.dropna().unique()
    if len(found) == 1:
        return str(found[0])
    single = {str(name).removeprefix("Multi") for name in found}
    return f"Multi{single.pop()}" if len(single) == 1 else "Unknown"


@contextmanager
def _reproducible() -> Iterator[None]:
    before: dict[str, Any] = {"OGR_CURRENT_DATE": pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")}
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


@contextmanager
def _as_system_error(path: Path) -> Iterator[None]:
    """GDAL's errors of writing as the system's own, so that they end in the same clear line."""
    try:
        yield
    except BROKEN as error:
        full = "disk is full" in str(error) or "disk I/O" in str(error)
        raise OSError(errno.ENOSPC if full else errno.EIO, f"{path.name}: {error}") from error
