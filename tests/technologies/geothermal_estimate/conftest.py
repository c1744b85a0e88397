"""The zone and its layers for the tests of the geothermal potential."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone import schema
from greenzone.grid import SiteGrid
from greenzone.layers import catalogue
from greenzone.technologies import geothermal
from greenzone.technologies.geothermal import Options
from greenzone.zone import embedded_zone


def layers_of(sites, zone):
    """Air that is colder away from the plain, one weather cell with a warm and a cold half-year."""
    number = sites.sizes["site"]
    air = 14.0 - 6.0 * (47.5 - sites.lon.to_numpy())
    site = xr.Dataset(
        {"temp_air": ("site", air), "cell": ("site", np.zeros(number, int)), "temp_offset": ("site", air - 10.0)},
        {"site": sites.site},
    )
    times = pd.date_range("2019-01-01", periods=8760, freq="h")
    yearly = 10.0 - 12.0 * np.cos(2 * np.pi * np.arange(8760) / 8760)
    weather = xr.Dataset({"temp_air": (("time", "cell"), yearly[:, None].astype("float32"))}, {"time": times})
    raster = schema.Raster(np.zeros((1, 1)), 45.0, 41.0, 1.0, 1.0)
    return schema.Layers(site, weather, raster, catalogue.read_tables(), zone)


def sites_and_layers(cell_size=5000.0, zone=None, eligible=1.0):
    zone = embedded_zone() if zone is None else zone
    sites = SiteGrid.square(zone, cell_size).sites
    return sites.assign(eligible_fraction=xr.full_like(sites.area_km2, eligible)), layers_of(sites, zone)


@pytest.fixture(scope="session")
def case():
    """What makes sites and layers of a zone: `case(cell_size=5000.0, zone=None, eligible=1.0)`."""
    return sites_and_layers


@pytest.fixture(scope="session")
def whole_zone():
    return sites_and_layers()


@pytest.fixture
def zone_case(whole_zone):
    """The whole zone; layers that a test adds are its own."""
    sites, layers = whole_zone
    return sites, replace(layers, site=layers.site.copy())


@pytest.fixture(scope="session")
def kalbajar():
    return sites_and_layers(zone=embedded_zone(["Kalbajar"]))


@pytest.fixture(scope="session")
def potential(whole_zone):
    return geothermal.estimate(*whole_zone, Options())
