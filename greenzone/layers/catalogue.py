"""What ships with the package: where the embedded layers and tables lie, and how to read them.

Comes in: the files of `data/`, or of `greenzone/_data` once installed. Goes out: `schema.Raster`, datasets and tables.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.schema import Raster

PACKAGE = Path(__file__).parent.parent


def data_path(name: str = "") -> Path:
    """Path of an embedded file, such as `layers/elevation.tif`, or of the data folder itself.

    Parameters
    ----------
    name : str
        Path below the data folder; empty for the folder.

    Raises
    ------
    GreenzoneError
        There is no such file.
    """
    return _existing(_folder("data") / name)


def configs_path(name: str = "") -> Path:
    """Path of an example scenario, such as `baseline.yaml`, or of their folder; errors as in `data_path`."""
    return _existing(_folder("configs") / name)


def _folder(name: str) -> Path:
    """The folder inside an installed package, else the one of the checkout."""
    installed = PACKAGE / f"_{name}"
    return installed if installed.is_dir() else PACKAGE.parent / name


def _existing(path: Path) -> Path:
    if not path.exists():
        raise GreenzoneError(f"{path} does not exist: this file ships with greenzone, install the package again")
    return path


def read_table(name: str) -> pd.DataFrame:
    """A curated table, `data/tables/<name>.csv`; a fresh copy that may be changed. Blank cells are missing.

    Raises
    ------
    GreenzoneError
        There is no such table.

    Examples
    --------
    >>> read_table("districts").set_index("district").area_published_km2["Shusha"]
    296.0
    """
    return _table(data_path(f"tables/{name}.csv")).copy()


def read_sources() -> pd.DataFrame:
    """One row per embedded layer: publisher, package, version, licence, units, years, checks and SHA-256."""
    return _table(data_path("sources.csv")).copy()


def read_tables() -> dict[str, pd.DataFrame]:
    """All curated tables by name, and the table of layer sources as `sources`."""
    names = sorted(path.stem for path in data_path("tables").glob("*.csv"))
    return {name: read_table(name) for name in names} | {"sources": read_sources()}


@cache
def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def load_elevation() -> Raster:
    """Elevation [m] of the box, 30 arc-seconds, (360, 432); NaN where missing."""
    return _read_raster("layers/elevation.tif")


def load_land_cover() -> Raster:
    """IGBP land-cover codes of the box, 0.05 degree, (60, 72); NaN where missing."""
    return _read_raster("layers/land_cover.tif")


def _read_raster(name: str) -> Raster:
    with rasterio.open(data_path(name)) as source:
        values = source.read(1, masked=True).astype(np.float64).filled(np.nan)
        return Raster(values, source.bounds.left, source.bounds.top, source.res[0], source.res[1])


def load_climate() -> xr.Dataset:
    """Climate means over `(lat, lon)` and `(month, lat, lon)`, 0.25 degree; NaN where the source has no land."""
    return _netcdf(data_path("layers/climate.nc")).copy(deep=True)


def load_daily_ghi() -> xr.Dataset:
    """`daily_ghi_ratio` over `(lat, lon, month, quantile)`: daily over monthly mean GHI [1], 3 degree cells."""
    return _netcdf(data_path("layers/daily_ghi.nc")).copy(deep=True)


@cache
def _netcdf(path: Path) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf") as source:
        return source.load()


def load_districts() -> gpd.GeoDataFrame:
    """Districts of the zone in WGS 84: `district`, `name_az`, `geometry`."""
    return gpd.read_file(data_path("layers/districts.geojson"))[["district", "name_az", "geometry"]]


def load_settlements() -> pd.DataFrame:
    """Populated places of the box: `name`, `country`, `lat`, `lon`, `population` (missing where not known)."""
    return pd.read_csv(data_path("layers/settlements.csv"), keep_default_na=False, na_values=[""])
