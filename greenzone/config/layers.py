"""The `layers` section: the user's own rasters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from greenzone.schema import POTENTIAL, SITES, Options

SITE_LAYERS = [
    "elevation", "slope", "aspect", "relief", "exposure", "distance_settlement", "temp_air", "pressure", "ghi",
    "wind_speed_100m", "weibull_k", "distance_grid", "connection_cost", "wind_exposure",
]  # fmt: skip
LINKS = [
    "land_cover_fraction",
    "rain",
    "cell",
    "ghi_factor",
    "temp_offset",
    "wind_factor",
    "group",
    "azimuth",
    "horizon",
]
SKYLINE = ["sky_view", "beam_shaded"]
RESULTS = [*POTENTIAL, "lcoe", "lcoe_connected"]
OUTPUTS = ["connection_om", "distance_road", "grid_node"]


def free_name(name: str) -> str:
    """A name for a raster that no layer or result of the package bears."""
    if name in {*SITES, *SITE_LAYERS, *LINKS, *SKYLINE, *RESULTS, *OUTPUTS}:
        raise ValueError(f"'{name}' is a layer of the package: choose another name for your raster")
    return name


RasterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$"), AfterValidator(free_name)]


class UserRaster(Options):
    """A raster of the user's own, which becomes a layer of the sites."""

    file: Path
    """Any raster that GDAL reads, with a CRS and north up; path from this file."""
    units: str = "1"
    """Units of the values, written into the outputs, such as `km` or `m s-1`."""
    band: int = Field(default=1, ge=1)
    """Band of the file, counted from 1 [1]."""


class LayerFiles(Options):
    """Rasters of the user's own, in place of embedded layers or beside them."""

    elevation: Path | None = None
    """Raster of elevation [m] that covers the zone, with a CRS; the embedded 30 arc-second model by default."""
    land_cover: Path | None = None
    """Raster of IGBP land-cover codes 0-16 (MODIS numbering, 0 water) [1]; the embedded 0.05 degree map by default."""
    horizon: bool = True
    """Whether the skyline of each site is looked for in 32 directions: `horizon`, `sky_view`, `beam_shaded`."""
    wind_exposure: bool = True
    """Whether ridges speed the wind up and valleys calm it down within a climate cell; its mean stays either way."""
    rasters: dict[RasterName, UserRaster] = Field(default={})
    """More rasters by name (small letters, digits, `_`), for use in `eligibility` and `scoring`."""
