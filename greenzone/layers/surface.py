"""The surface: what is known of the land on one raster, before any site is cut out of it.

Comes in: elevation, land cover, settlements and the user's own rasters. Goes out: `Surface`, all on the pixels of
the elevation, with the coverage that turns pixels into sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from greenzone.layers import catalogue, terrain
from greenzone.layers.rasters import Coverage, onto
from greenzone.schema import Raster


def land_cover_codes() -> dict[str, int]:
    """Code of each land-cover class, by its name."""
    table = catalogue.read_table("land_cover_classes")
    return dict(zip(table["land_cover"], table["code"], strict=True))


@dataclass(frozen=True)
class Surface:
    """Rasters of the whole box, all (row, column) on the pixels of `elevation`, NaN where unknown.

    `slope` [degree] is carried to 100 m; `land_cover` holds IGBP codes; `distance_settlement` [km]; `wind_speed` is
    the mean at 100 m [m s-1]; `extra` are the user's rasters by name; `settlements` are points with `lon` and `lat`.
    """

    elevation: Raster
    slope: np.ndarray
    aspect: np.ndarray
    land_cover: np.ndarray
    distance_settlement: np.ndarray
    wind_speed: np.ndarray
    coverage: Coverage
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)
    settlements: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"lon": [], "lat": []}, dtype=float))

    @cached_property
    def terrain(self) -> dict[str, np.ndarray]:
        """What only the elevation decides: `east` and `north` rise [m/m], `relief` and `exposure` [m]."""
        east, north = terrain.gradient(self.elevation)
        around = {"relief": terrain.relief(self.elevation), "exposure": terrain.exposure(self.elevation)}
        return {"east": east, "north": north, **around}

    @cached_property
    def whole_sites(self) -> dict[str, np.ndarray]:
        """Means over all land of each site: `distance_settlement`, `land_cover_fraction` (site, class), the user's."""
        mean = self.coverage.mean
        known = ~np.isnan(self.land_cover)
        shares = [mean(np.where(known, self.land_cover == code, np.nan)) for code in land_cover_codes().values()]
        extra = {name: mean(raster) for name, raster in self.extra.items()}
        land_cover = np.nan_to_num(np.array(shares).T)
        return {"distance_settlement": mean(self.distance_settlement), "land_cover_fraction": land_cover, **extra}


def build_surface(
    elevation: Raster,
    land_cover: Raster,
    settlements: pd.DataFrame,
    wind_speed: np.ndarray,
    geometry: np.ndarray,
    extra: Mapping[str, np.ndarray],
) -> Surface:
    """Bring everything onto the pixels of `elevation` and measure how sites (`geometry`, WGS 84) cover them."""
    slope, aspect = terrain.slope_and_aspect(elevation)
    return Surface(
        elevation=elevation,
        slope=terrain.scale_slope(slope, elevation),
        aspect=aspect,
        land_cover=onto(land_cover, elevation).values,
        distance_settlement=terrain.distance_km(elevation, settlements.lon.to_numpy(), settlements.lat.to_numpy()),
        wind_speed=wind_speed,
        coverage=Coverage.of(geometry, elevation),
        extra=dict(extra),
        settlements=settlements,
    )
