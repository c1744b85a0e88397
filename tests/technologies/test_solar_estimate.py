"""Labels, broadcasting, chunks and refusals of the solar functions; snow and dirt over time."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pvlib
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.technologies import solar


@pytest.fixture
def weather() -> xr.Dataset:
    """Ten winter days on four sites near 40 N 46.5 E, clear-sky light of the middle dimmed day by day."""
    random = np.random.default_rng(2)
    times = pd.date_range("2019-02-01", periods=240, freq="h")
    clear = pvlib.location.Location(40.0, 46.5, altitude=1500).get_clearsky(
        times.tz_localize("UTC"), linke_turbidity=3.0
    )
    dim = np.repeat(random.uniform(0.3, 1.0, (10, 4)), 24, axis=0)
    values = {name: clear[name].to_numpy()[:, None] * dim for name in ("ghi", "dni", "dhi")}
    values |= {"temp_air": random.normal(0, 6, (240, 4)), "wind_speed": random.gamma(2, 2, (240, 4))}
    return xr.Dataset(
        {name: (("time", "site"), value.astype("float32")) for name, value in values.items()},
        {
            "time": times,
            "site": ["a", "b", "c", "d"],
            "lat": ("site", [39.5, 40.0, 40.2, 40.5]),
            "lon": ("site", [46.0, 46.5, 46.7, 47.0]),
            "elevation": ("site", [400.0, 1500.0, 2500.0, 1000.0]),
        },
    )


def test_labels(weather):
    factor = solar.capacity_factor(weather, 30)
    assert factor.dims == ("time", "site")
    assert factor.dtype == np.float32
    assert factor.attrs["units"] == "1"
    xr.testing.assert_equal(factor["elevation"], weather["elevation"])
    assert solar.mean_capacity_factor(weather, 30).dims == ("site",)
    assert solar.climatology(weather, 30).dims == ("month", "hour", "site")
    assert solar.plane_of_array(weather, 30).attrs["units"] == "W m-2"
    assert solar.optimal_tilt(weather).attrs["units"] == "degree"


def test_one_angle_for_all_or_one_for_each(weather):
    each = solar.mean_capacity_factor(weather, [20, 30, 40, 50], [170, 180, 190, 200])
    for i, (tilt, azimuth) in enumerate([(20, 170), (30, 180), (40, 190), (50, 200)]):
        alone = solar.mean_capacity_factor(weather.isel(site=[i]), tilt, azimuth)
        assert float(alone[0]) == pytest.approx(float(each[i]), rel=1e-6)


def test_without_azimuth_panels_face_the_equator(weather):
    south = weather.assign_coords(lat=-weather["lat"])
    xr.testing.assert_equal(solar.capacity_factor(south, 30), solar.capacity_factor(south, 30, 0.0))
    xr.testing.assert_equal(solar.capacity_factor(weather, 30), solar.capacity_factor(weather, 30, 180.0))


def test_without_elevation_the_sites_are_at_sea_level(weather):
    low = weather.assign_coords(elevation=("site", np.zeros(4)))
    np.testing.assert_array_equal(solar.capacity_factor(low, 30), solar.capacity_factor(low.drop_vars("elevation"), 30))


def test_wind_is_brought_to_ten_metres(weather):
    """Power law with 1/7: wind of 100 m is 0.72 of itself at 10 m."""
    high = weather.copy(deep=True)
    high["wind_speed"] = high["wind_speed"] * 10.0 ** (1 / 7)
    high["wind_speed"].attrs["height"] = 100.0
    np.testing.assert_allclose(solar.capacity_factor(high, 30), solar.capacity_factor(weather, 30), atol=2e-6)


@pytest.mark.parametrize("chunks", [{"time": 100}, {"site": 3}, {"time": 70, "site": 1}])
def test_chunks_give_lazy_results_of_the_same_values(weather, chunks):
    tilt, lazy = [10.0, 20.0, 30.0, 40.0], weather.chunk(chunks)
    factor = solar.capacity_factor(lazy, tilt)
    assert factor.chunks == lazy["ghi"].chunks
    np.testing.assert_allclose(factor, solar.capacity_factor(weather, tilt), atol=1e-6)
    mean = solar.mean_capacity_factor(lazy, mount=solar.SingleAxis(axis_tilt=tilt))
    assert mean.chunks is not None
    np.testing.assert_allclose(
        mean, solar.mean_capacity_factor(weather, mount=solar.SingleAxis(axis_tilt=tilt)), rtol=1e-6
    )


def test_a_file_is_read_block_by_block(weather, tmp_path, monkeypatch):
    """A file that is opened but not read stays so, and gives what the same weather in memory gives."""
    monkeypatch.setattr(importlib.import_module("greenzone.technologies.solar.blocks"), "BLOCK", 200)
    path = tmp_path / "weather.nc"
    weather.assign_attrs(interval="end").to_netcdf(path, engine="h5netcdf")
    held = weather.assign_attrs(interval="end")
    with xr.open_dataset(path, engine="h5netcdf") as opened:
        mean, factor = solar.mean_capacity_factor(opened, 30), solar.capacity_factor(opened, 30)
        assert not opened["ghi"].variable._in_memory
    np.testing.assert_allclose(mean, solar.mean_capacity_factor(held, 30), rtol=1e-6)
    np.testing.assert_allclose(factor, solar.capacity_factor(held, 30), atol=1e-6)


def test_a_series_is_written_where_one_wants_it(weather):
    room = np.full((weather.sizes["time"], weather.sizes["site"]), np.nan, dtype=np.float32)
    expected = solar.capacity_factor(weather, 30.0).values
    assert np.shares_memory(solar.capacity_factor(weather, 30.0, out=room).values, room)
    np.testing.assert_array_equal(room, expected)
    with pytest.raises(GreenzoneError, match="out must be"):
        solar.capacity_factor(weather, 30.0, out=room[1:])
    with pytest.raises(GreenzoneError, match="lazy"):
        solar.capacity_factor(weather.chunk(time=24), 30.0, out=room)


def test_optimal_tilt_beats_every_other(weather):
    best = solar.mean_capacity_factor(weather)
    for tilt in range(0, 91, 5):
        assert (solar.mean_capacity_factor(weather, tilt) <= best + 1e-6).all()


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 0.5), st.floats(0.01, 0.2))
def test_losses_never_raise_the_yield(losses, more):
    weather = small()
    less = solar.mean_capacity_factor(weather, 30, losses=losses + more)
    assert (less <= solar.mean_capacity_factor(weather, 30, losses=losses)).all()


def small() -> xr.Dataset:
    """One sunny day at one site."""
    times = pd.date_range("2019-06-20", periods=24, freq="h")
    clear = pvlib.location.Location(40.0, 46.5).get_clearsky(times.tz_localize("UTC"), linke_turbidity=3.0)
    values = {name: clear[name].to_numpy() for name in ("ghi", "dni", "dhi")}
    values |= {"temp_air": np.full(24, 20.0), "wind_speed": np.full(24, 2.0)}
    return xr.Dataset(
        {name: (("time", "site"), value[:, None]) for name, value in values.items()},
        {"time": times, "lat": ("site", [40.0]), "lon": ("site", [46.5])},
    )


def test_age_costs_half_the_degradation_over_life():
    """Linear loss of 0.5 % a year averages to 6.25 % over 25 years; power at noon is linear enough to show it."""
    new = solar.capacity_factor(small(), 30, dc_ac_ratio=0.5, lifetime=0).max()
    old = solar.capacity_factor(small(), 30, dc_ac_ratio=0.5, lifetime=25).max()
    assert float(old / new) == pytest.approx(1 - 0.0625, abs=2e-3)


def test_better_temperature_coefficient_gives_more_in_the_heat():
    hot = small().assign(temp_air=small()["temp_air"] + 20)
    yields = [
        float(solar.mean_capacity_factor(hot, 30, module=name)[0]) for name in ("standard", "premium", "thin_film")
    ]
    assert yields == sorted(yields) and yields[0] < yields[2]


def test_trackers_follow_the_slope():
    """On ground falling to the west the axis stays level and the plane of the rows leans with it, as pvlib says."""
    mount = solar.SingleAxis.on_slope(slope=10.0, aspect=270.0, axis_azimuth=180.0)
    assert float(mount.axis_tilt) == pytest.approx(0.0, abs=1e-9)
    assert abs(float(mount.cross_axis_tilt)) == pytest.approx(10.0, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tilt": 200}, "tilt must lie between 0 and 180"),
        ({"tilt": [1, 2]}, "one per site \\(4,\\)"),
        ({"tilt": "steep"}, "tilt must be a number"),
        ({"azimuth": 400}, "azimuth must lie between"),
        ({"loses": 0.1}, "no 'loses': did you mean 'losses'"),
        ({"losses": 3}, "losses: Input should be less than 1"),
        ({"sky": "perez2"}, "sky: Input should be"),
        ({"module": "standart"}, "no module 'standart': did you mean 'standard'"),
        ({"module": "Trina_Solar_TSM_330PD1405U"}, "did you mean 'Trina_Solar_TSM_330PD14"),
        ({"cooling": "sapm_open_rack"}, "no cooling 'sapm_open_rack': did you mean 'sapm_open_rack_glass"),
        ({"tilt": 30, "bifaciality": 0.7}, "bifaciality needs gcr"),
        ({"tilt": 90, "gcr": 0.4}, "touch the ground at 90 degrees: raise row_height above 2.00 m"),
        ({"tilt": 30, "gcr": 0.4, "sky": "perez"}, "perez sky is not defined for rows"),
        ({"mount": solar.DualAxis(), "gcr": 0.4}, "not defined for dual-axis"),
        ({"mount": solar.DualAxis(), "tilt": 30}, "not both"),
        ({"mount": solar.SingleAxis(axis_tilt=[1.0, 2.0])}, "axis_tilt has shape"),
    ],
)
def test_refusals_name_the_thing_and_the_way_out(weather, arguments, message):
    with pytest.raises(GreenzoneError, match=message):
        solar.capacity_factor(weather, **arguments)


def test_bad_weather_is_refused(weather):
    with pytest.raises(GreenzoneError, match="no variable 'dni'"):
        solar.capacity_factor(weather.drop_vars("dni"))
    with pytest.raises(GreenzoneError, match="multiply kW by 1000"):
        solar.mean_capacity_factor(weather.assign(ghi=weather["ghi"] / 1000))


def test_mountains_take_the_low_sun(weather):
    azimuths = np.arange(0, 360, 15.0)
    wall = xr.DataArray(np.full((24, 4), 30.0), {"azimuth": azimuths}, ("azimuth", "site"))
    free, closed = (solar.plane_of_array(weather, 30, 180, horizon=h, albedo=0.0) for h in (None, wall))
    position = pvlib.solarposition.get_solarposition(weather.indexes["time"], 40.0, 46.5, altitude=1500.0)
    low = ((position["apparent_elevation"] > 2) & (position["apparent_elevation"] < 28)).to_numpy()
    high = (position["apparent_elevation"] > 31).to_numpy()
    beamless = weather["dhi"].values[low, 1] * 0.75 * (1 + np.cos(np.radians(30))) / 2
    assert closed.values[low, 1] == pytest.approx(beamless, rel=1e-4)  # a wall of 30 degrees leaves cos2(30) of the sky
    assert (closed.values[high, 1] > 0.8 * free.values[high, 1]).all()


def test_horizon_in_another_shape_is_refused(weather):
    wall = xr.DataArray(np.zeros((24, 3)), {"azimuth": np.arange(0, 360, 15.0)}, ("azimuth", "site"))
    with pytest.raises(GreenzoneError, match="horizon must be over \\(azimuth, site\\)"):
        solar.capacity_factor(weather, 30, horizon=wall)


def test_snow_is_that_of_pvlib(weather):
    """pvlib.snow.coverage_nrel and dc_loss_nrel: Marion et al. (2013), site by site."""
    random = np.random.default_rng(4)
    snowfall = random.gamma(0.5, 3.0, (240, 4)) * (random.random((240, 4)) < 0.05)
    weather["snowfall"] = (("time", "site"), snowfall)
    tilts = [20.0, 30.0, 45.0, 60.0]
    loss = solar.snow_loss(weather, tilts, strings=4)
    poa = solar.plane_of_array(weather, tilts)
    for i, tilt in enumerate(tilts):
        site = weather.isel(site=i).to_dataframe()
        coverage = pvlib.snow.coverage_nrel(site["snowfall"], poa.isel(site=i).to_series(), site["temp_air"], tilt)
        assert 0.05 < (coverage > 0).mean() < 0.95
        np.testing.assert_allclose(loss.isel(site=i), pvlib.snow.dc_loss_nrel(coverage, 4), atol=1e-6)
    snowy = solar.mean_capacity_factor(weather.assign(soiling_ratio=1.0 - loss), tilts)
    assert (snowy < solar.mean_capacity_factor(weather, tilts)).all()


def test_dirt_is_that_of_pvlib():
    """pvlib.soiling.kimber: Kimber et al. (2006)."""
    random = np.random.default_rng(6)
    rain = random.gamma(0.5, 4.0, (8760, 2)) * (random.random((8760, 2)) < 0.01)
    weather = xr.Dataset(
        {"rain": (("time", "site"), rain)}, {"time": pd.date_range("2019-01-01", periods=8760, freq="h")}
    )
    loss = solar.soiling_loss(weather)
    for i in range(2):
        theirs = pvlib.soiling.kimber(weather["rain"].isel(site=i).to_series())
        assert theirs.max() > 0.01
        np.testing.assert_allclose(loss.isel(site=i), theirs, atol=1e-6)
