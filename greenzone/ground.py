"""Layers of the sites: everything known of them.

Comes in: the scenario's files, the zone, the site grid. Goes out: the `Ground`, which averages
the `schema.Layers` that the technologies look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from greenzone.config import Scenario
from greenzone.config.layers import LayerFiles
from greenzone.config.weather import Weather
from greenzone.grid import SiteGrid
from greenzone.layers import catalogue, horizon
from greenzone.layers.rasters import read_elevation, read_raster
from greenzone.layers.surface import Surface, build_surface, land_cover_codes
from greenzone.layers.weather import generate, link_sites, needed_cells, read_weather
from greenzone.layers.weather.sites import nearest_cells
from greenzone.layers.wind_field import coefficients, wind_field, without_exposure
from greenzone.schema import Layers, Raster, Variable, label
from greenzone.zone import check_inside_data

SITE_LAYERS = {
    "elevation": Variable("m", "mean elevation"),
    "slope": Variable("degree", "mean slope, carried from the elevation model's resolution to 100 m"),
    "aspect": Variable("degree", "direction the site faces, clockwise from north"),
    "relief": Variable("m", "highest less lowest elevation within 5 km"),
    "exposure": Variable("m", "elevation above the mean within 5 km"),
    "distance_settlement": Variable("km", "distance to the nearest populated place"),
    "land_cover_fraction": Variable("1", "share of the site in a land-cover class"),
    "wind_speed_100m": Variable("m s-1", "mean wind speed at 100 m, good to about a half either way"),
    "wind_speed_100m_all_land": Variable(
        "m s-1", "mean wind speed at 100 m over all land of the site, eligible or not"
    ),
    "wind_exposure": Variable("1", "mean wind speed over that of the same ground without its ridges and valleys"),
    "weibull_k": Variable("1", "Weibull shape of the wind speed at 100 m"),
    "wind_factor": Variable("1", "mean wind speed of the site over that of its weather cell"),
}


class Mountains(NamedTuple):
    """What hides the sun: `seen` from the pixels at flat positions `pixel`, as `horizon.seen_from_pixels` has it."""

    pixel: np.ndarray
    seen: np.ndarray


@dataclass(frozen=True)
class Ground:
    """The whole box as rasters and weather, from which the layers of the sites are averaged."""

    zone: gpd.GeoDataFrame
    grid: SiteGrid
    surface: Surface
    climate: xr.Dataset
    wind: xr.Dataset
    weather: xr.Dataset
    raster_units: Mapping[str, str]
    mountains: Mountains | None
    tables: Mapping[str, pd.DataFrame]

    def layers(self, weight: np.ndarray | None = None) -> Layers:
        """Everything known of the sites, averaged over their land.

        Parameters
        ----------
        weight : ndarray, optional
            Share of each pixel of the surface that counts, such as the land where a technology may stand; terrain,
            climate and wind are then those of that land. A site without any takes the mean of all its land.

        Returns
        -------
        Layers
            Land cover and distances are always those of the whole site.
        """
        site = terrain_layers(self.grid, self.surface, weight)
        where = (self.grid.sites.lon.to_numpy(), self.grid.sites.lat.to_numpy(), site.elevation.to_numpy())
        linked = link_sites(*where, self.weather, self.climate, self.surface.elevation)
        site = site.merge(linked.assign_coords(site=site.site))
        site = site.merge(link_wind(site, self.surface, self.weather, self.wind, weight))
        for name, units in self.raster_units.items():
            site[name].attrs["units"] = units
        if self.mountains is not None:
            seen, pixel = self.mountains.seen, self.mountains.pixel
            site = site.merge(horizon.horizon_layers(seen, pixel, self.surface.coverage, site.site, weight))
        return Layers(site, self.weather, self.surface.elevation, self.tables, self.zone)


def survey(scenario: Scenario, zone: gpd.GeoDataFrame, grid: SiteGrid) -> Ground:
    """Gather the rasters and the weather of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Its sections `layers` and `weather` are used.
    zone : GeoDataFrame
        The districts' polygons in WGS 84.
    grid : SiteGrid
        Where the sites are.

    Returns
    -------
    Ground
        What the layers of the sites are averaged from.

    Raises
    ------
    GreenzoneError
        A file cannot be used, or the zone reaches outside the elevation data.
    """
    elevation = read_terrain(scenario.layers, zone)
    climate = catalogue.load_climate()
    wind = wind_field(elevation, climate)
    if not scenario.layers.wind_exposure:
        wind = without_exposure(wind)
    weather = read_or_generate(scenario.weather, grid.sites, elevation, climate, wind)
    surface = read_surface(scenario.layers, elevation, wind["wind_speed_100m"].to_numpy(), grid)
    units = {name: raster.units for name, raster in scenario.layers.rasters.items()}
    mountains = None
    if scenario.layers.horizon:
        skylines = horizon.pixel_horizons(elevation, surface.coverage)
        cell, _ = nearest_cells(grid.sites.lon.to_numpy(), grid.sites.lat.to_numpy(), weather)
        seen = horizon.seen_from_pixels(skylines, surface.coverage, horizon.beam_below(weather), cell)
        mountains = Mountains(skylines.pixel, seen)
    return Ground(zone, grid, surface, climate, wind, weather, units, mountains, catalogue.read_tables())


def read_terrain(files: LayerFiles, zone: gpd.GeoDataFrame) -> Raster:
    """The scenario's elevation, or the embedded one, which must hold the zone."""
    elevation = read_elevation(files.elevation) if files.elevation else catalogue.load_elevation()
    rows, columns = elevation.values.shape
    south, east = elevation.north - rows * elevation.step_lat, elevation.west + columns * elevation.step_lon
    check_inside_data(zone, (elevation.west, south, east, elevation.north))
    return elevation


def read_surface(files: LayerFiles, elevation: Raster, wind_speed: np.ndarray, grid: SiteGrid) -> Surface:
    """The scenario's rasters, or the embedded ones, on the pixels of its elevation."""
    if files.land_cover:
        land_cover = read_raster(files.land_cover, elevation, resampling="nearest")
    else:
        land_cover = catalogue.load_land_cover()
    extra = {name: read_raster(raster.file, elevation, raster.band).values for name, raster in files.rasters.items()}
    return build_surface(elevation, land_cover, catalogue.load_settlements(), wind_speed, grid.geometry, extra)


def read_or_generate(
    section: Weather, sites: xr.Dataset, elevation: Raster, climate: xr.Dataset, wind: xr.Dataset
) -> xr.Dataset:
    """Hourly weather from the user's file, or drawn for the climate cells under the sites."""
    if section.file is not None:
        return read_weather(section.file, lat=section.lat, lon=section.lon, elevation=section.elevation)
    cells = needed_cells(sites.lon.to_numpy(), sites.lat.to_numpy(), elevation, wind)
    daily = catalogue.load_daily_ghi()
    return generate(climate, daily, cells, section.years, section.seed, section.first_year)


def link_wind(
    site: xr.Dataset, surface: Surface, weather: xr.Dataset, wind: xr.Dataset, weight: np.ndarray | None
) -> xr.Dataset:
    """Mean wind at 100 m of each site, and how it relates to its weather cell's.

    The wind field gives the pattern between the sites; the level is that of the weather, brought to 100 m. With
    generated weather both agree, and the sites' mean is the field's.
    """
    shear = coefficients()["shear"]
    field = surface.coverage.mean(surface.wind_speed, weight)
    place = (weather.lon.to_numpy(), weather.lat.to_numpy())
    around = needed_cells(*place, surface.elevation, wind)
    at_cell = around["wind_speed_100m"].to_numpy()[nearest_cells(*place, around)[0]]
    level = weather["wind_speed"].mean("time", dtype="float64").to_numpy()
    level = level * (100.0 / weather["wind_speed"].attrs["height"]) ** shear
    cell = site.cell.to_numpy()
    factor = np.where(
        np.isnan(at_cell[cell]), 1.0, field / at_cell[cell]
    )  # a cell beyond the terrain is taken as it is
    linked = {
        "wind_speed_100m": ("site", level[cell] * factor),
        "wind_speed_100m_all_land": ("site", level[cell] * factor * surface.coverage.mean(surface.wind_speed) / field),
        "wind_factor": ("site", factor),
        "wind_exposure": ("site", surface.coverage.mean(wind["exposure"].to_numpy(), weight)),
        "weibull_k": ("site", surface.coverage.mean(wind["weibull_k"].to_numpy(), weight)),
    }
    return label(xr.Dataset(linked, {"site": site.site}), SITE_LAYERS)


def terrain_layers(grid: SiteGrid, surface: Surface, weight: np.ndarray | None = None) -> xr.Dataset:
    """Terrain, land cover and settlements averaged exactly over each site.

    Parameters
    ----------
    grid : SiteGrid
        Where the sites are.
    surface : Surface
        Rasters of the box and their coverage by the sites.
    weight : ndarray, optional
        Share of each pixel that counts for the terrain; land cover and distances are those of the whole site.

    Returns
    -------
    Dataset
        The variables of `SITE_LAYERS` over `site`, plus the user's rasters by their names. NaN where a site lies
        outside a raster; `aspect` is NaN on level ground.
    """
    mean, whole = surface.coverage.mean, surface.whole_sites
    east, north, relief, exposure = (
        mean(surface.terrain[name], weight) for name in ("east", "north", "relief", "exposure")
    )
    values = {
        "elevation": mean(surface.elevation.values, weight),
        "slope": mean(surface.slope, weight),
        "aspect": np.where((east == 0) & (north == 0), np.nan, np.degrees(np.arctan2(-east, -north)) % 360),
        "relief": relief,
        "exposure": exposure,
        "distance_settlement": whole["distance_settlement"],
    }
    site = xr.Dataset({name: ("site", value) for name, value in values.items()}, {"site": grid.sites.site})
    site["land_cover_fraction"] = (("site", "land_cover"), whole["land_cover_fraction"])
    site = label(site.assign_coords(land_cover=list(land_cover_codes())), SITE_LAYERS)
    for name in surface.extra:
        site[name] = ("site", whole[name], {"units": "1", "long_name": f"user raster {name}"})
    return site
