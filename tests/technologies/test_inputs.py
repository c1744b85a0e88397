"""Weather as it may come from users: what is wrong is named in one line, what is right passes unchanged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.technologies.inputs import (
    check_weather,
    checked_times,
    mid_interval_times,
    pressure_from_elevation,
    time_step,
)

SOLAR = ["ghi", "dni", "dhi", "temp_air", "wind_speed"]
LON = np.array([47.0, 46.2, 48.1])


@pytest.fixture
def weather() -> xr.Dataset:
    """Thirty days of hours on three sites, the sun highest at true noon."""
    times = pd.date_range("2019-05-01", periods=720, freq="h")
    hour = times.hour.to_numpy()[:, None] + LON / 15.0
    light = np.clip(np.cos((hour - 12.0) / 12.0 * np.pi), 0.0, None)
    steady = np.ones_like(light)
    values = {
        "ghi": 900 * light,
        "dni": 700 * light,
        "dhi": 200 * light,
        "temp_air": 15 * steady,
        "wind_speed": 3 * steady,
    }
    return xr.Dataset(
        {name: (("time", "site"), value.astype("float32")) for name, value in values.items()},
        {"time": times, "site": ["a", "b", "c"], "lat": ("site", [39.0, 40.0, 41.0]), "lon": ("site", LON)},
    )


def refusal(weather: xr.Dataset, coordinates: tuple[str, ...] = ("lat", "lon")) -> str:
    """The line with which weather is refused."""
    with pytest.raises(GreenzoneError) as caught:
        check_weather(weather, SOLAR, coordinates=coordinates)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_good_weather_passes_unchanged(weather):
    checked = check_weather(weather, SOLAR, ["pressure"], ["lat", "lon"])
    xr.testing.assert_identical(checked, weather[SOLAR])
    assert np.shares_memory(checked["ghi"].values, weather["ghi"].values)


def test_time_comes_first(weather):
    checked = check_weather(weather.transpose("site", "time"), SOLAR)
    assert checked["dni"].dims == ("time", "site")


def test_cells_are_as_good_as_sites(weather):
    assert check_weather(weather.rename(site="cell"), SOLAR)["ghi"].dims == ("time", "cell")


@pytest.mark.parametrize("interval", ["start", "end", "instant"])
def test_half_an_hour_either_way_is_no_local_time(weather, interval):
    stamped = weather.assign_attrs(interval=interval)
    checked = check_weather(stamped, SOLAR, coordinates=["lat", "lon"])
    assert checked.indexes["time"].equals(weather.indexes["time"])


def test_missing_variable_and_its_nearest_name(weather):
    message = refusal(weather.rename(temp_air="temp_air_2m"))
    assert "'temp_air'" in message and "did you mean 'temp_air_2m'?" in message


def test_missing_coordinate(weather):
    assert "coordinate 'lat'" in refusal(weather.drop_vars("lat"))


def test_swapped_coordinates(weather):
    swapped = weather.assign_coords(lat=("site", [139.0, 140.0, 141.0]))
    assert "'lat' runs from 139 to 141, outside -90 to 90" in refusal(swapped)


def test_mixed_shapes(weather):
    message = refusal(weather.assign(dhi=weather["dhi"].isel(site=0, drop=True)))
    assert "'dhi' has dimensions ('time',)" in message and "('time', 'site')" in message


def test_one_place_without_a_site_dimension(weather):
    assert "expand_dims('site')" in refusal(weather.isel(site=0))


def test_times_out_of_order(weather):
    assert "sortby('time')" in refusal(weather.isel(time=slice(None, None, -1)))


def test_times_that_come_twice(weather):
    message = refusal(weather.isel(time=[0, 1, 1, 2]))
    assert "2019-05-01 01:00:00 comes twice" in message and "drop_duplicates('time')" in message


def test_gap(weather):
    message = refusal(weather.isel(time=np.r_[0:100, 103:720]))
    assert "gap from 2019-05-05 03:00:00 to 2019-05-05 07:00:00" in message


def test_dropped_leap_day_is_no_gap():
    times = pd.date_range("2020-02-01", "2020-03-31 23:00", freq="h")
    kept = times[~((times.month == 2) & (times.day == 29))]
    assert checked_times(xr.Dataset(coords={"time": kept})).size == (28 + 31) * 24


def test_zoned_local_times(weather):
    times = weather.indexes["time"].tz_localize("Asia/Baku")
    message = refusal(weather.assign_coords(time=("time", times)))
    assert "Asia/Baku" in message and "tz_convert('UTC')" in message


def test_utc_zone_is_dropped(weather):
    zoned = weather.assign_coords(time=("time", weather.indexes["time"].tz_localize("UTC")))
    assert check_weather(zoned, SOLAR).indexes["time"].equals(weather.indexes["time"])


@pytest.mark.parametrize("hours", [-8, -3, 2, 4])
def test_local_times_without_a_zone_are_seen_in_the_sun(weather, hours):
    """Azerbaijan is four hours ahead of UTC; the sun of such data stands four hours late."""
    local = weather.assign_coords(time=weather.indexes["time"] + pd.Timedelta(hours=hours))
    message = refusal(local)
    assert f"{abs(hours):.1f} h {'late' if hours > 0 else 'early'}" in message and "UTC" in message


@settings(deadline=None)
@given(st.floats(-180, 180))
def test_any_longitude_has_its_own_noon(lon):
    times = pd.date_range("2019-05-01", periods=480, freq="h")
    light = np.clip(np.cos((times.hour.to_numpy() + lon / 15.0 - 12.0) / 12.0 * np.pi), 0.0, None)
    weather = xr.Dataset({"ghi": (("time", "site"), 900 * light[:, None])}, {"time": times, "lon": ("site", [lon])})
    np.testing.assert_array_equal(check_weather(weather, ["ghi"], coordinates=["lon"])["ghi"], weather["ghi"])


@pytest.mark.parametrize(
    ("name", "change", "way_out"),
    [
        ("ghi", lambda x: x / 1000, "multiply kW by 1000"),
        ("ghi", lambda x: x * 3600, "divide J per hour by 3600"),
        ("temp_air", lambda x: x + 273.15, "subtract 273.15"),
        ("wind_speed", lambda x: x * 0 + 28.0, "divide km/h by 3.6"),
    ],
)
def test_wrong_units_are_seen_in_the_values(weather, name, change, way_out):
    message = refusal(weather.assign({name: change(weather[name])}))
    assert f"'{name}'" in message and way_out in message


def test_pressure_in_hectopascal(weather):
    with pytest.raises(GreenzoneError, match="multiply hPa by 100"):
        check_weather(weather.assign(pressure=weather["temp_air"] * 0 + 950), [*SOLAR, "pressure"])


@pytest.mark.parametrize(("name", "units"), [("temp_air", "K"), ("wind_speed", "km/h"), ("ghi", "kW/m2")])
def test_units_that_are_named_are_believed(weather, name, units):
    weather[name].attrs["units"] = units
    assert f"'{name}' is in '{units}'" in refusal(weather)


def test_other_spellings_of_our_units(weather):
    weather["ghi"].attrs["units"], weather["wind_speed"].attrs["units"] = "W/m²", "m s**-1"
    np.testing.assert_array_equal(check_weather(weather, SOLAR)["wind_speed"], weather["wind_speed"])


def test_marks_for_missing_values(weather):
    message = refusal(weather.assign(temp_air=weather["temp_air"].where(weather["temp_air"].site != "b", -999.0)))
    assert "-999" in message and "NaN" in message


def test_nan_is_not_an_error(weather):
    holed = weather.where(weather["ghi"] > 100)
    assert int(np.isnan(check_weather(holed, SOLAR)["ghi"]).sum()) == int(np.isnan(holed["ghi"]).sum()) > 0


def test_chunks_are_not_loaded(weather):
    lazy = check_weather(weather.chunk(time=100), SOLAR, coordinates=["lat", "lon"])
    assert lazy["ghi"].chunks is not None


def test_middle_of_the_interval(weather):
    half = pd.Timedelta(minutes=30)
    times = weather.indexes["time"]
    for interval, shift in {"start": half, "end": -half, "mid": 0 * half, "instant": 0 * half}.items():
        assert (mid_interval_times(weather.assign_attrs(interval=interval)) == times + shift).all()
    assert (mid_interval_times(weather) == times).all()


def test_unknown_meaning_of_the_stamps(weather):
    with pytest.raises(GreenzoneError, match="'begin' is unknown"):
        mid_interval_times(weather.assign_attrs(interval="begin"))


def test_step_of_a_single_time(weather):
    one = weather.isel(time=[0])
    with pytest.raises(GreenzoneError, match="attrs\\['step'\\]"):
        time_step(one)
    one["time"].attrs["step"] = "3h"
    assert time_step(one) == np.timedelta64(3, "h")


def test_standard_atmosphere():
    """ICAO Doc 7488: 101325 Pa at sea level, 79495 Pa at 2000 m."""
    assert pressure_from_elevation(np.array([0.0, 2000.0])) == pytest.approx([101_325, 79_495], rel=1e-3)
