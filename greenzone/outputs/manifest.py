"""The manifest: what was run, on which data, with which versions, and what to know before using the figures.

Comes in: a run and the files it wrote. Goes out: a plain mapping, written as JSON.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from greenzone.outputs.notes import technology_notes, uncertainty, weather_label
from greenzone.outputs.summary import ladder, published_comparison
from greenzone.outputs.view import RunView

PACKAGES = (
    "greenzone", "numpy", "xarray", "pandas", "scipy", "numba", "pvlib", "windpowerlib", "geopandas", "shapely",
    "pyproj", "rasterio", "pyflwdir", "h5netcdf", "pyarrow", "pydantic",
)  # fmt: skip


def manifest(run: RunView, files: Mapping[str, str]) -> dict[str, Any]:
    """What there is to tell of a run.

    Parameters
    ----------
    run : RunView
        A finished run.
    files : mapping
        SHA-256 by name of every file written.

    Returns
    -------
    dict
        Plain values, ready for JSON; only `timings_s` and `versions` differ between two runs of one config.
    """
    sites = run.grid.sites
    return {
        "config": run.config,
        "seed": (run.config.get("weather") or {}).get("seed"),
        "weather": {"source": weather_label(run), **_weather_period(run)},
        "grid": {"crs": run.grid.crs, "sites": sites.sizes["site"], "area_km2": float(sites.area_km2.sum())},
        "totals": {name: dict(potential.totals) for name, potential in run.potentials.items()},
        "ladder": ladder(run).to_dict("records"),
        "published": published_comparison(run).to_dict("records"),
        "notes": technology_notes(run),
        "uncertainty": uncertainty(run),
        "data": data_checksums(run),
        "versions": versions(),
        "timings_s": {step: round(seconds, 3) for step, seconds in run.timings.items()},
        "files": dict(files),
    }


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide results; those not installed are left out."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def data_checksums(run: RunView) -> dict[str, str]:
    """SHA-256 of every embedded file, from the table of sources."""
    sources = run.layers.tables.get("sources")
    if sources is None:
        return {}
    return dict(zip(sources["file"].astype(str), sources["sha256"].astype(str), strict=True))


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write plain values as UTF-8 JSON, NaN as null, keys in their order."""
    text = json.dumps(plain(content), ensure_ascii=False, allow_nan=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _weather_period(run: RunView) -> dict[str, Any]:
    time = run.layers.weather.time.to_numpy()
    if not len(time):
        return {"hours": 0}
    return {
        "first": str(time[0].astype("datetime64[m]")),
        "last": str(time[-1].astype("datetime64[m]")),
        "hours": len(time),
    }


def plain(value: Any) -> Any:
    """Values as JSON knows them: NaN and infinities are None, arrays are lists, whatever else is text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return None if value is pd.NaT else str(value)
