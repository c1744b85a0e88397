"""The map's vectors: districts, rivers, settlements, nodes of the grid, plants, zones and routes.

Comes in: the files of a run. Goes out: plain lists for JSON, coordinates as whole hundred-thousandths of a degree.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
import shapely.geometry

from greenzone.economics.nodes import read_nodes
from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.outputs.report.files import RunFiles
from greenzone.outputs.report.sites import SCALE

PLANTS = {"hydro_plants": "hydro", "bioenergy_plants": "bioenergy", "geothermal_prospects": "geothermal"}
PLANT_NAMES = ("name", "plant", "prospect")
SMALLEST_RIVER = 1  # Strahler order that is still drawn
LABELLED_PERSONS = 5000

Feature = dict[str, Any]


def vector_layers(run: RunFiles) -> dict[str, list[Feature]]:
    """All vector layers of the map, each a list of `{p: properties, g: [[x, y, x, y, …], …], k: kind}`."""
    return {
        "districts": _kept(run.features.get("districts", ()), ("district",)),
        "rivers": _kept(_rivers(run), ("river", "mean_flow_m3s", "strahler")),
        "settlements": settlements(run),
        "nodes": nodes(run),
        "plants": plants(run),
        "zones": _kept(run.features.get("zones", ()), None),
        "routes": _kept(run.features.get("connection_routes", ()), None),
    }


def _kept(features: Iterable[Feature], columns: tuple[str, ...] | None) -> list[Feature]:
    """Features with the named properties, or all of them."""
    found = []
    for feature in features:
        if feature["geometry"] is None:
            continue
        properties = feature["properties"]
        chosen = properties if columns is None else {name: properties.get(name) for name in columns}
        found.append({"p": chosen, **_parts(feature["geometry"])})
    return found


def _parts(geometry: dict[str, Any]) -> dict[str, Any]:
    """Kind of a GeoJSON geometry, and its rings or lines as flat whole numbers."""
    shape = shapely.geometry.shape(geometry)
    parts = shapely.get_parts(shape)
    kind = {0: "point", 1: "line", 3: "polygon"}.get(int(shapely.get_type_id(parts[0])) if len(parts) else 0, "point")
    if kind == "polygon":
        parts = shapely.get_rings(parts)
    rounded = [np.rint(shapely.get_coordinates(part) * SCALE).astype(int) for part in parts]
    return {"k": kind, "g": [part.ravel().tolist() for part in rounded]}


def _rivers(run: RunFiles) -> list[Feature]:
    rivers = run.features.get("rivers", ())
    return [river for river in rivers if (river["properties"].get("strahler") or 0) >= SMALLEST_RIVER]


def plants(run: RunFiles) -> list[Feature]:
    """Plants and prospects of every technology, with `technology` and `title` added to their properties."""
    found = []
    for file, technology in PLANTS.items():
        for feature in _kept(run.features.get(file, ()), None):
            properties = feature["p"]
            title = next((str(properties[key]) for key in PLANT_NAMES if properties.get(key)), "")
            x, y = feature["g"][0][:2]
            found.append({"p": {**properties, "technology": technology, "title": title}, "k": "point", "g": [[x, y]]})
    return found


def settlements(run: RunFiles) -> list[Feature]:
    """Populated places of the embedded list inside the zone; district seats and larger ones carry a label."""
    zone = shapely.union_all(
        [shapely.geometry.shape(f["geometry"]) for f in run.features["districts"] if f["geometry"]]
    )
    names = {str(feature["properties"].get("district")) for feature in run.features["districts"]}
    places = catalogue.load_settlements()
    places = places[shapely.contains_xy(zone, places.lon, places.lat)]
    return [
        {
            "p": {
                "name": place.name,
                "population": None if np.isnan(place.population) else int(place.population),
                "seat": place.name in names,
                "label": place.name in names or place.population >= LABELLED_PERSONS,
            },
            "k": "point",
            "g": [[round(place.lon * SCALE), round(place.lat * SCALE)]],
        }
        for place in places.itertuples()
    ]


def nodes(run: RunFiles) -> list[Feature]:
    """Nodes of the grid that the run used: the user's file where it can still be read, else the embedded table."""
    file = ((run.config.get("economics") or {}).get("connection") or {}).get("nodes")
    frame = _embedded_nodes(run)
    if file:
        try:
            frame = read_nodes(file)
        except GreenzoneError:
            frame = frame.iloc[:0]
    at = frame.geometry.representative_point()
    return [
        {
            "p": {
                "node": str(row.node),
                "voltage_kv": float(row.voltage_kv) if row.voltage_kv == row.voltage_kv else None,
                "approximate": bool(row.approximate),
            },
            "k": "point",
            "g": [[round(point.x * SCALE), round(point.y * SCALE)]],
        }
        for row, point in zip(frame.itertuples(), at, strict=True)
    ]


def _embedded_nodes(run: RunFiles) -> gpd.GeoDataFrame:
    table = catalogue.read_table("grid_nodes")
    near = run.sites["grid_node"].dropna().unique() if "grid_node" in run.sites else ()
    table = table[table.district.isin(run.sites.district.dropna().unique()) | table.node.isin(near)]
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table.lon, table.lat), crs=4326)
