"""Weather files used where they lie: the same values as read, and nothing mapped that is not plain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import greenzone as gz


@pytest.fixture
def weather():
    rng = np.random.default_rng(3)
    shape, dims = (48, 30), ("time", "site")
    return xr.Dataset(
        {
            "wind_speed": (dims, rng.uniform(0, 20, shape).astype(np.float32), {"height": 100.0, "units": "m s-1"}),
            "temp_air": (dims, rng.uniform(-5, 25, shape).astype(np.float32), {"units": "degC"}),
        },
        {"time": pd.date_range("2020-01-01", periods=48, freq="h"), "elevation": ("site", np.linspace(0, 3000, 30))},
    )


def is_mapped(values: xr.DataArray) -> bool:
    held = values.variable._data
    return isinstance(held, np.ndarray) and not held.flags.owndata


def test_contiguous_variables_are_mapped_and_hold_the_values(weather, tmp_path):
    weather.temp_air[3, 4] = np.nan
    weather.to_netcdf(tmp_path / "w.nc", engine="h5netcdf")
    opened = gz.open_weather(tmp_path / "w.nc")
    assert is_mapped(opened.wind_speed) and is_mapped(opened.temp_air)
    xr.testing.assert_equal(opened, weather)
    assert opened.wind_speed.attrs["height"] == 100.0


def test_the_kernels_give_the_same_from_the_file(weather, tmp_path):
    weather.to_netcdf(tmp_path / "w.nc", engine="h5netcdf")
    opened = gz.open_weather(tmp_path / "w.nc")
    from_file = gz.wind.mean_capacity_factor(opened, "V126/3300", 117.0)
    xr.testing.assert_identical(from_file, gz.wind.mean_capacity_factor(weather, "V126/3300", 117.0))
    series = gz.wind.capacity_factor(opened, "V126/3300", 117.0)
    xr.testing.assert_identical(series, gz.wind.capacity_factor(weather, "V126/3300", 117.0))


@pytest.mark.parametrize(
    "encoding",
    [
        {"chunksizes": (12, 10)},
        {"compression": "gzip"},
        {"dtype": "float64"},
        {"dtype": ">f4"},
        {"dtype": "int16", "scale_factor": 0.001, "_FillValue": -1},
        {"_FillValue": np.float32(-999)},
    ],
)
def test_what_is_not_plain_stays_lazy_and_right(weather, tmp_path, encoding):
    weather.wind_speed[5, 6] = np.nan
    weather.to_netcdf(tmp_path / "w.nc", engine="h5netcdf", encoding={"wind_speed": encoding})
    opened = gz.open_weather(tmp_path / "w.nc")
    assert is_mapped(opened.temp_air)
    assert not is_mapped(opened.wind_speed)
    np.testing.assert_allclose(opened.wind_speed, weather.wind_speed, atol=1e-3)


def test_files_that_cannot_be_used_are_named(tmp_path):
    with pytest.raises(gz.GreenzoneError, match=r"nowhere\.nc does not exist"):
        gz.open_weather(tmp_path / "nowhere.nc")
    (tmp_path / "text.nc").write_text("hours and hours")
    with pytest.raises(gz.GreenzoneError, match=r"text\.nc cannot be read as netCDF-4"):
        gz.open_weather(tmp_path / "text.nc")
