"""A STAC item of a run: one JSON file that catalogues find its files by.

Comes in: a run and the folder of its files. Goes out: the item by STAC 1.1 and its projection extension.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely

from greenzone.outputs.geojson import round_geometry
from greenzone.outputs.notes import uncertainty, weather_label
from greenzone.outputs.view import RunView

VERSION = "1.1.0"
PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
MEDIA_TYPES = {
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".tif": "image/tiff; application=geotiff; profile=cloud-optimized",
    ".nc": "application/netcdf",
    ".csv": "text/csv",
    ".png": "image/png",
    ".json": "application/json",
    ".html": "text/html",
}
ROLES = {".png": ["overview"], ".json": ["metadata"], ".html": ["overview"]}


def stac_item(run: RunView, folder: Path) -> dict[str, Any]:
    """Describe a run and its files.

    Parameters
    ----------
    run : RunView
        A finished run.
    folder : path
        Where its files lie; those that are there become assets.

    Returns
    -------
    dict
        A STAC item, ready for JSON. Its time is the period of the weather; nothing in it depends on when or where it
        is made.
    """
    districts = round_geometry(np.array([shapely.union_all(run.layers.zone.geometry.to_numpy())]))[0]
    files = sorted(path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES)
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [PROJECTION],
        "id": str(run.config.get("name", "greenzone")),
        "geometry": shapely.geometry.mapping(districts),
        "bbox": list(districts.bounds),
        "properties": {
            "title": f"Renewable energy potential: {run.config.get('name', 'greenzone')}",
            "description": " ".join([f"Weather: {weather_label(run)}.", *uncertainty(run)[1:]]),
            "datetime": None,
            **_period(run),
            "license": "other",
        },
        "links": [],
        "assets": {path.relative_to(folder).as_posix(): _asset(path, folder) for path in files},
    }


def _period(run: RunView) -> dict[str, str]:
    """First and last hour of the weather, in UTC."""
    time = run.layers.weather.time.to_numpy()
    ends = (time[0], time[-1]) if len(time) else (np.datetime64("1970-01-01"),) * 2
    first, last = (f"{end.astype('datetime64[s]')}Z" for end in ends)
    return {"start_datetime": first, "end_datetime": last}


def _asset(path: Path, folder: Path) -> dict[str, Any]:
    asset: dict[str, Any] = {
        "href": f"./{path.relative_to(folder).as_posix()}",
        "title": path.stem.replace("_", " "),
        "type": MEDIA_TYPES[path.suffix],
        "roles": ROLES.get(path.suffix, ["data"]),
    }
    return asset | (_raster(path) if path.suffix == ".tif" else {})


def _raster(path: Path) -> dict[str, Any]:
    with rasterio.open(path) as file:
        missing = file.nodata
        band = {
            "name": path.stem,
            "description": file.descriptions[0] or path.stem,
            "data_type": file.dtypes[0],
            "nodata": "nan" if missing is not None and np.isnan(missing) else missing,
        }
        if file.units[0]:
            band["unit"] = file.units[0]
        code = file.crs.to_epsg()
        return {
            "proj:code": None if code is None else f"EPSG:{code}",
            "proj:shape": [file.height, file.width],
            "proj:transform": list(file.transform)[:6],
            "bands": [band],
        }
