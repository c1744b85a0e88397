"""Sites take their weather cell's weather, moved to their own place and height."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.layers.weather import generate, link_sites, needed_cells
from greenzone.layers.weather.interpolation import at, fill_gaps
from greenzone.layers.wind_field import wind_field
from greenzone.schema import Raster

LON, LAT = np.array([46.75, 47.03, 46.93, 45.96]), np.array([39.76, 39.40, 39.99, 39.95])  # Shusha ... Istisu
HEIGHT = np.array([1370.0, 600.0, 370.0, 2225.0])


@pytest.fixture(scope="module")
def weather() -> xr.Dataset:
    cells = needed_cells(LON, LAT, catalogue.load_elevation())
    return generate(catalogue.load_climate(), catalogue.load_daily_ghi(), cells)


@pytest.fixture(scope="module")
def site(weather: xr.Dataset) -> xr.Dataset:
    return link_sites(LON, LAT, HEIGHT, weather, catalogue.load_climate(), catalogue.load_elevation())


def test_cells_contain_their_places() -> None:
    terrain = catalogue.load_elevation()
    cells = needed_cells(LON, LAT, terrain, wind_field(terrain, catalogue.load_climate()))
    for lon, lat in zip(LON, LAT, strict=True):
        assert ((np.abs(cells.lon - lon) <= 0.125) & (np.abs(cells.lat - lat) <= 0.125)).sum() == 1
    inside = (np.abs(terrain.lat[:, None] - 39.375) < 0.125) & (np.abs(terrain.lon - 47.125) < 0.125)
    here = cells.isel(cell=int(np.flatnonzero((cells.lat == 39.375) & (cells.lon == 47.125))[0]))
    assert float(here.elevation) == pytest.approx(terrain.values[inside].mean())
    assert float(here.wind_speed_100m) > 0


def test_irradiation_is_the_bilinear_field(site: xr.Dataset) -> None:
    climate = catalogue.load_climate()
    expected = climate.ghi.interp(lat=xr.DataArray(LAT, dims="site"), lon=xr.DataArray(LON, dims="site"))
    np.testing.assert_allclose(site.ghi, expected, rtol=1e-4)


def test_temperature_falls_with_height(site: xr.Dataset, weather: xr.Dataset) -> None:
    climate, terrain = catalogue.load_climate(), catalogue.load_elevation()
    higher = link_sites(LON, LAT, HEIGHT + 1000, weather, climate, terrain)
    np.testing.assert_allclose(higher.temp_air - site.temp_air, -5.96, atol=0.01)  # GLDAS between neighbouring cells
    np.testing.assert_allclose(higher.temp_offset - site.temp_offset, -5.96, atol=0.01)
    assert (higher.pressure < site.pressure).all()


def test_temperature_of_a_site_on_its_cell_is_the_climates(weather: xr.Dataset) -> None:
    lon, lat, height = (weather[name].values for name in ("lon", "lat", "elevation"))
    site = link_sites(lon, lat, height, weather, catalogue.load_climate(), catalogue.load_elevation())
    np.testing.assert_allclose(site.temp_offset, 0, atol=1e-6)
    np.testing.assert_allclose(site.ghi_factor, 1, atol=1e-6)
    assert (site.cell == np.arange(len(lon))).all()


def test_rain_of_a_year(site: xr.Dataset) -> None:
    # ITU-R P.837-7, nearest cells: Shusha 501, Jabrayil 392, Aghdam 424 mm.
    np.testing.assert_allclose(site.rain.sum("month").values[:3], [501, 392, 424], rtol=0.1)
    assert site.rain.dims == ("month", "site")


def test_pressure_is_the_standard_atmospheres(site: xr.Dataset) -> None:
    # ISO 2533: 101325 (1 - 2.25577e-5 h)^5.25588
    np.testing.assert_allclose(site.pressure, 101325 * (1 - 2.25577e-5 * HEIGHT) ** 5.25588, rtol=1e-3)


def test_maps_have_no_steps_at_cell_edges(weather: xr.Dataset) -> None:
    lon = np.linspace(46.7, 46.8, 101)  # over the cell edge at 46.75
    site = link_sites(
        lon, np.full(101, 39.76), np.full(101, 1370.0), weather, catalogue.load_climate(), catalogue.load_elevation()
    )
    for name in ("ghi", "temp_air"):
        steps = np.abs(np.diff(site[name].values))
        assert steps.max() < 3 * np.median(steps) + 1e-4


def test_units_and_names(site: xr.Dataset) -> None:
    for name in ("cell", "ghi", "ghi_factor", "temp_air", "temp_offset", "rain", "pressure"):
        assert {"units", "long_name"} <= site[name].attrs.keys()


def test_weather_of_another_country_is_refused(weather: xr.Dataset) -> None:
    away = weather.assign_coords(lon=("cell", weather.lon.values - 30))
    with pytest.raises(GreenzoneError, match="is it the weather of this zone"):
        link_sites(LON, LAT, HEIGHT, away, catalogue.load_climate(), catalogue.load_elevation())


def test_gaps_take_their_neighbours() -> None:
    field = xr.DataArray([[1.0, np.nan], [3.0, 4.0]], {"lat": [0.0, 1.0], "lon": [0.0, 1.0]}, ("lat", "lon"))
    assert np.isfinite(fill_gaps(field)).all()
    value = at(field, xr.DataArray([0.5, 5.0], dims="site"), xr.DataArray([0.0, 0.0], dims="site"))
    np.testing.assert_allclose(value, [2.0, 3.0])  # between centres, and beyond the outermost


def test_cell_elevation_outside_the_terrain_is_zero() -> None:
    terrain = Raster(np.full((30, 30), 100.0), 46.0, 39.25, 1 / 120, 1 / 120)
    cells = needed_cells(np.array([46.1, 49.0]), np.array([39.1, 39.1]), terrain)
    np.testing.assert_allclose(cells.elevation, [100, 0])
