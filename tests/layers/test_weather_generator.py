"""The embedded weather keeps to the climate, to physics, to its seed, and to what was measured at Jabrayil."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import pytest
import xarray as xr
from scipy.stats import ks_2samp

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.layers.weather import generate, ghi_spread, link_sites, needed_cells, read_weather
from greenzone.layers.weather.clearness import daily_sum
from greenzone.layers.weather.generator import clear_year, hours_of_year
from greenzone.layers.weather.interpolation import at_places

JABRAYIL = {"lat": 39.330, "lon": 47.052}  # place of ../shared/data/pvgis_tmy_jabrayil.csv
YEARS = 10
MONTH = hours_of_year(2019).month.to_numpy()


def cells_at(lat: list[float], lon: list[float], elevation: list[float]) -> xr.Dataset:
    return xr.Dataset(coords={"lat": ("cell", lat), "lon": ("cell", lon), "elevation": ("cell", elevation)})


def draw(cells: xr.Dataset, **given: int) -> xr.Dataset:
    return generate(catalogue.load_climate(), catalogue.load_daily_ghi(), cells, **given)


@pytest.fixture(scope="module")
def cells() -> xr.Dataset:
    """Plain, foothills and mountains of the zone; neighbours and cells far apart."""
    return cells_at(
        [39.375, 39.375, 39.625, 40.125, 38.875], [47.125, 47.375, 46.625, 46.125, 46.625], [390, 420, 1400, 2400, 700]
    )


@pytest.fixture(scope="module")
def weather(cells: xr.Dataset) -> xr.Dataset:
    return draw(cells, seed=3)


@pytest.fixture(scope="module")
def sky(cells: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Cosine of the zenith by pvlib itself `(time, cell)` at mid-hour, and extraterrestrial irradiance."""
    moments = hours_of_year(2019).tz_localize("UTC") + pd.Timedelta(minutes=30)
    zenith = [
        pvlib.solarposition.get_solarposition(moments, lat, lon)["zenith"].to_numpy()
        for lat, lon in zip(cells.lat.values, cells.lon.values, strict=True)
    ]
    return np.cos(np.radians(np.column_stack(zenith))), pvlib.irradiance.get_extra_radiation(moments).to_numpy()


def test_same_seed_gives_the_same_bytes_and_another_seed_other_weather(cells: xr.Dataset, weather: xr.Dataset) -> None:
    again, other = draw(cells, seed=3), draw(cells, seed=4)
    for name in weather.data_vars:
        assert again[name].values.tobytes() == weather[name].values.tobytes()
        assert np.mean(other[name].values != weather[name].values) > 0.3


@pytest.mark.parametrize("kept", [[0], [3], [4, 2], [1, 0, 3]])
def test_a_cells_weather_does_not_depend_on_the_other_cells(
    cells: xr.Dataset, weather: xr.Dataset, kept: list[int]
) -> None:
    cropped = draw(cells.isel(cell=kept), seed=3)
    for name in weather.data_vars:
        assert cropped[name].values.tobytes() == weather[name].values[:, kept].tobytes()


def test_global_is_diffuse_plus_direct_on_the_horizontal(
    weather: xr.Dataset, sky: tuple[np.ndarray, np.ndarray]
) -> None:
    rebuilt = weather.dhi.values + weather.dni.values * np.maximum(sky[0], 0)
    assert np.abs(rebuilt - weather.ghi.values).max() < 0.5  # W m-2, float32 and two computations of the sun


def test_no_light_at_night_and_no_more_than_comes_from_the_sun(
    weather: xr.Dataset, sky: tuple[np.ndarray, np.ndarray]
) -> None:
    cos_z, extra = sky
    night = cos_z < -0.001
    for name in ("ghi", "dni", "dhi"):
        values = weather[name].values
        assert values.min() >= 0
        assert values[night].max() == 0
    assert (weather.dni.values <= extra[:, None]).all()
    assert (weather.ghi.values <= 1.2 * extra[:, None] * np.maximum(cos_z, 0) + 1).all()


def test_sun_stands_at_mid_hour(weather: xr.Dataset) -> None:
    # A year's mean morning and afternoon mirror each other about the true noon; a half-hour slip shows as 30 minutes.
    times = pd.DatetimeIndex(weather.time.values)
    minutes = times.hour.to_numpy() * 60 + 30
    for cell in range(weather.sizes["cell"]):
        ghi = weather.ghi.values[:, cell].astype(float)
        noon = 720 - 4 * float(weather.lon[cell])  # UTC minutes of mean solar noon; the equation of time averages out
        assert (minutes * ghi).sum() / ghi.sum() == pytest.approx(noon, abs=12)


def test_each_cell_keeps_its_climate(cells: xr.Dataset, weather: xr.Dataset) -> None:
    climate = catalogue.load_climate().sel(
        lat=xr.DataArray(cells.lat.values, dims="cell"), lon=xr.DataArray(cells.lon.values, dims="cell")
    )
    mean = weather.mean("time", dtype="float64")
    np.testing.assert_allclose(mean.ghi * 24 / 1000, climate.ghi, rtol=1e-4)  # GLDAS field
    np.testing.assert_allclose(mean.temp_air, climate.temp_air, atol=0.05)
    assert (weather.temp_air >= climate.temp_air_min - 1e-3).all()
    assert (weather.temp_air <= climate.temp_air_max + 1e-3).all()


def test_wind_keeps_the_mean_and_the_shape_it_is_given() -> None:
    cells = cells_at([39.375, 40.125], [47.125, 46.125], [390, 2400])
    cells["wind_speed_100m"], cells["weibull_k"] = ("cell", [3.0, 6.5]), ("cell", [1.6, 2.1])
    speed = draw(cells, years=2).wind_speed
    assert speed.attrs["height"] == 100
    np.testing.assert_allclose(speed.mean("time", dtype="float64"), [3.0, 6.5], rtol=1e-4)
    # k = (sigma / mean)^-1.086: Justus et al. 1978; the courses of year and day widen the spread a little.
    shape = (speed.std("time") / speed.mean("time")) ** -1.086
    np.testing.assert_allclose(shape, [1.6, 2.1], rtol=0.1)


def test_neighbours_share_their_weather_more_than_cells_far_apart(weather: xr.Dataset) -> None:
    clear = weather.ghi.values.reshape(365, 24, -1).sum(1)
    season = pd.DataFrame(clear).rolling(31, center=True, min_periods=1).mean().to_numpy()
    for values in (clear / season, weather.wind_speed.values):
        with_neighbour = np.corrcoef(values[:, 0], values[:, 1])[0, 1]
        with_far = np.corrcoef(values[:, 0], values[:, 3])[0, 1]
        assert with_neighbour > max(with_far, 0.6)


def test_years_differ_but_keep_the_climate_together(cells: xr.Dataset) -> None:
    several = draw(cells.isel(cell=[0, 2]), years=4, first_year=2019)
    assert several.sizes["time"] == 4 * 8760
    assert not ((several.time.dt.month == 2) & (several.time.dt.day == 29)).any()  # 2020 is a leap year
    yearly = several.ghi.values.astype(float).reshape(4, 8760, 2).sum(1) / 1000
    spread = yearly.std(0) / yearly.mean(0)
    assert ((spread > 0.003) & (spread < 0.06)).all()  # interannual spread of GHI is 2-5 % at mid latitudes


def test_contract_of_the_dataset(weather: xr.Dataset) -> None:
    assert weather.attrs["interval"] == "start"
    assert "stochastic" in weather.attrs["source"]
    assert "times the embedded field" in weather.attrs["ghi_spread"]
    for name in ("ghi", "dni", "dhi", "temp_air", "wind_speed"):
        assert weather[name].dims == ("time", "cell")
        assert weather[name].dtype == np.float32
        assert {"units", "long_name"} <= weather[name].attrs.keys()
        assert np.isfinite(weather[name].values).all()


def test_published_irradiation_stands_beside_the_embedded() -> None:
    table = ghi_spread(catalogue.load_climate()).set_index("place")
    # Global Solar Atlas 3.81 against GLDAS 4.24 at Shusha (0.25 degree means): the mountains differ most.
    assert table.ratio["Shusha"] == pytest.approx(3.81 / 4.24, abs=0.03)
    assert table.ratio.idxmin() == "Shusha"


@pytest.mark.parametrize(("years", "seed"), [(0, 1), (1, -1)])
def test_years_and_seed_out_of_range_are_told(cells: xr.Dataset, years: int, seed: int) -> None:
    with pytest.raises(GreenzoneError, match="at least one cell, one year, and a seed"):
        draw(cells, years=years, seed=seed)


@pytest.fixture(scope="module")
def measured(shared_data: Path) -> xr.Dataset:
    """PVGIS-SARAH3 typical year at Jabrayil."""
    return read_weather(shared_data / "pvgis_tmy_jabrayil.csv", **JABRAYIL)


@pytest.fixture(scope="module")
def drawn(measured: xr.Dataset) -> xr.Dataset:
    """Ten years at the same place, with the place's irradiance and temperature."""
    terrain = catalogue.load_elevation()
    lon, lat, elevation = measured.lon.values, measured.lat.values, measured.elevation.values
    weather = draw(needed_cells(lon, lat, terrain), years=YEARS, seed=1)
    site = link_sites(lon, lat, elevation, weather, catalogue.load_climate(), terrain)
    for name in ("ghi", "dni", "dhi"):
        weather[name] = weather[name] * float(site.ghi_factor[0])
    return weather.assign_coords(elevation=("cell", elevation))


def test_annual_and_monthly_irradiation_at_jabrayil(measured: xr.Dataset, drawn: xr.Dataset) -> None:
    truth = measured.ghi.values[:, 0].astype(float) / 1000
    found = drawn.ghi.values[:, 0].astype(float).reshape(YEARS, 8760).mean(0) / 1000
    assert truth.sum() == pytest.approx(1612, abs=1)  # PVGIS, as published
    assert found.sum() == pytest.approx(truth.sum(), rel=0.08)
    for month in range(1, 13):
        assert found[month == MONTH].sum() == pytest.approx(truth[month == MONTH].sum(), rel=0.15), month


def test_annual_direct_irradiation_at_jabrayil(measured: xr.Dataset, drawn: xr.Dataset) -> None:
    assert float(drawn.dni.sum()) / YEARS == pytest.approx(float(measured.dni.sum()), rel=0.12)


def test_mean_temperature_at_jabrayil_on_the_reanalysis_own_height(measured: xr.Dataset) -> None:
    # ERA5, from which PVGIS takes it, has the mean height of a 0.25 degree pixel, not that of the place.
    terrain, climate = catalogue.load_elevation(), catalogue.load_climate()
    lon, lat = measured.lon.values, measured.lat.values
    around = terrain.values[np.abs(terrain.lat - lat) < 0.125][:, np.abs(terrain.lon - lon) < 0.125].mean()
    weather = draw(needed_cells(lon, lat, terrain))
    site = link_sites(lon, lat, np.array([around]), weather, climate, terrain)
    assert float(site.temp_air[0]) == pytest.approx(float(measured.temp_air.mean()), abs=1.0)


def day_clearness(weather: xr.Dataset) -> np.ndarray:
    place = at_places(catalogue.load_climate(), catalogue.load_daily_ghi(), weather)
    clear = daily_sum(clear_year(place, hours_of_year(2019)).clear.ghi)
    return (daily_sum(weather.ghi.values.astype(float)) / np.tile(clear, (weather.sizes["time"] // 8760, 1)))[:, 0]


def test_distribution_of_daily_clearness_at_jabrayil(measured: xr.Dataset, drawn: xr.Dataset) -> None:
    # 0.09 is the 1 % bound of the two-sample test for 365 against 3650 days.
    assert ks_2samp(day_clearness(measured), day_clearness(drawn)).statistic < 0.09


def test_one_drawn_year_is_a_typical_year(drawn: xr.Dataset) -> None:
    # Ranks within months leave one year the month means of ten, up to what the order of days does within a month.
    one = draw(cells_at([39.375], [47.125], [390.0]), seed=11).ghi.values[:, 0].astype(float)
    ten = draw(cells_at([39.375], [47.125], [390.0]), seed=12, years=YEARS).ghi.values[:, 0].astype(float)
    ten = ten.reshape(YEARS, 8760).mean(0)
    for month in range(1, 13):
        assert one[month == MONTH].sum() == pytest.approx(ten[month == MONTH].sum(), rel=0.005)
