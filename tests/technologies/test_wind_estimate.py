"""Labelled wind functions: results, laziness, and what a user is told about input that cannot be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.technologies import wind
from greenzone.technologies.wind import climate, model

SITES = 5


def weather(hours=24 * 60, sites=SITES, seed=11):
    rng = np.random.default_rng(seed)
    data = xr.Dataset(
        {
            "wind_speed": (("time", "site"), (rng.weibull(2, (hours, sites)) * 6).astype(np.float32)),
            "temp_air": (("time", "site"), rng.uniform(-10, 30, (hours, sites)).astype(np.float32)),
        },
        {
            "time": pd.date_range("2019-01-01", periods=hours, freq="h"),
            "site": list("abcdefghijklmnopqrstuvwxyz"[:sites]),
            "lat": ("site", np.linspace(38, 41, sites)),
            "lon": ("site", np.linspace(45, 48, sites)),
            "elevation": ("site", np.linspace(0, 3500, sites)),
        },
    )
    data["wind_speed"].attrs = {"units": "m s-1", "height": 10.0}
    data["temp_air"].attrs = {"units": "degC"}
    return data


def by_hand(data, name, hub, shear=0.143):
    chosen = wind.turbine(name)
    speed = data["wind_speed"].values.astype(float) * (hub / 10) ** shear
    pressure = model.standard_pressure(data["elevation"].values)
    density = model.density_at_hub(pressure, data["temp_air"].values.astype(float), hub)
    return model.density_corrected_output(speed, density, chosen.wind_speed, chosen.output)


def test_capacity_factor_is_the_model_of_the_parts():
    data = weather()
    result = wind.capacity_factor(data, turbine="E-126/4200", hub_height=135.0)
    assert result.dims == ("time", "site")
    assert result.attrs["units"] == "1"
    assert result.dtype == np.float32
    assert list(result["site"].values) == list("abcde")
    assert result.values == pytest.approx(by_hand(data, "E-126/4200", 135.0), abs=1e-4)


@pytest.mark.parametrize("density", [1.225, 0.95, np.linspace(0.8, 1.3, SITES)])
def test_air_of_the_same_density(density):
    data, chosen = weather(), wind.turbine("V126/3300")
    bare = data[["wind_speed"]].drop_vars("elevation")
    full = wind.capacity_factor(bare, "V126/3300", 117.0, density=density, losses=0.1)
    speed = model.power_law(data["wind_speed"].values, 10.0, 117.0, 0.143)
    rho = np.broadcast_to(density, speed.shape)
    expected = 0.9 * model.density_corrected_output(speed, rho, chosen.wind_speed, chosen.output)
    assert full.values == pytest.approx(expected, abs=1e-4)
    plant = {"turbine": "V126/3300", "hub_height": 117.0, "density": density, "losses": 0.1}
    assert wind.mean_capacity_factor(bare, **plant).values == pytest.approx(full.values.mean(0, dtype=float), rel=1e-6)
    grouped = wind.group_capacity_factor(bare, list("ababa"), **plant)
    assert grouped.values[1] == pytest.approx(full.values[:, [1, 3]].mean(1, dtype=float), abs=1e-6)
    lazy = wind.capacity_factor(bare.chunk(time=500, site=2), **plant)
    np.testing.assert_array_equal(lazy.values, full.values)


@pytest.mark.parametrize("name", ["V126/3300", "E-126/4200", "ENO114/3500", "GE100/2500"])
def test_in_standard_air_the_curve_is_as_it_is(name):
    """Corners each half m/s, each m/s, elsewhere, a line at the end."""
    data, chosen = weather(hours=300), wind.turbine(name)
    speed = np.random.default_rng(3).uniform(0, 36, (300, SITES))
    speed[:40] = np.tile(chosen.wind_speed, 40)[: 40 * SITES].reshape(40, SITES)
    speed[5, 2] = np.nan
    data["wind_speed"] = data["wind_speed"].copy(data=speed.astype(np.float32)).assign_attrs(height=100.0)
    result = wind.capacity_factor(data, name, 100.0, density=1.225).values
    expected = model.output_on_curve(speed, chosen.wind_speed, chosen.output)
    sure = np.abs(speed[..., None] - chosen.wind_speed[[0, -1]]).min(-1) > 1e-3
    assert np.isnan(result[5, 2])
    assert np.nanmax(np.abs(result - expected), where=sure, initial=0.0) < 1e-4


def test_a_density_that_cannot_be_is_refused():
    with pytest.raises(GreenzoneError, match="density must lie between"):
        wind.capacity_factor(weather(), density=1225.0)
    with pytest.raises(GreenzoneError, match="leave out density"):
        wind.capacity_factor(weather(), density=1.2, cold_stop=-20.0)


def test_a_series_is_written_where_one_wants_it():
    data, room = weather(), np.full((24 * 60, SITES), np.nan, dtype=np.float32)
    result = wind.capacity_factor(data, out=room)
    assert np.shares_memory(result.values, room)
    np.testing.assert_array_equal(room, wind.capacity_factor(data).values)


@pytest.mark.parametrize(
    ("out", "message"),
    [
        (np.zeros((24 * 60, SITES)), r"float32 \(1440, 5\), not float64"),
        (np.zeros((SITES, 24 * 60), np.float32), r"not float32 \(5, 1440\)"),
        (np.zeros((SITES, 24 * 60), np.float32).T, "contiguous"),
        ([0.0], "not list"),
    ],
)
def test_an_array_that_does_not_fit_is_refused(out, message):
    with pytest.raises(GreenzoneError, match=message):
        wind.capacity_factor(weather(), out=out)


def test_weather_is_not_written_over():
    data = weather()
    with pytest.raises(GreenzoneError, match="'temp_air', which is still read"):
        wind.capacity_factor(data, out=data["temp_air"].values)


def test_lazy_weather_fills_no_array():
    with pytest.raises(GreenzoneError, match="lazy"):
        wind.capacity_factor(weather().chunk(site=2), out=np.zeros((24 * 60, SITES), np.float32))


def test_means_and_groups_are_those_of_the_series():
    data = weather()
    plant = {"shear_exponent": np.linspace(0.1, 0.2, SITES), "losses": 0.1, "cold_stop": -5.0}
    full = wind.capacity_factor(data, "V126/3300", 117.0, **plant).astype(float)
    mean = wind.mean_capacity_factor(data, "V126/3300", 117.0, **plant)
    assert mean.values == pytest.approx(full.mean("time").values, rel=1e-9)
    table = wind.monthly_hourly_capacity_factor(data, "V126/3300", 117.0, **plant)
    assert table.dims == ("month", "hour", "site")
    february_noon = full[(data.time.dt.month == 2) & (data.time.dt.hour == 12)].mean("time")
    assert table.sel(month=2, hour=12).values == pytest.approx(february_noon.values, rel=1e-9)
    assert np.isnan(table.sel(month=7)).all()
    weight = np.array([1.0, 3.0, 1.0, 1.0, 2.0])
    groups = wind.group_capacity_factor(data, list("xxyyy"), weight, "V126/3300", 117.0, **plant)
    assert list(groups["group"].values) == ["x", "y"]
    expected = (full.values[:, :2] * weight[:2]).sum(1) / 4
    assert groups.sel(group="x").values == pytest.approx(expected, rel=1e-6)


def test_lazy_weather_gives_a_lazy_result_with_the_same_values():
    pytest.importorskip("dask")
    data = weather()
    lazy = data.chunk(time=500, site=2)
    result = wind.capacity_factor(lazy)
    assert result.chunks == ((500, 500, 440), (2, 2, 1))
    assert result.compute().values == pytest.approx(wind.capacity_factor(data).values, abs=1e-6)
    assert wind.mean_capacity_factor(lazy).values == pytest.approx(wind.mean_capacity_factor(data).values, rel=1e-6)


def test_weather_on_disk_is_read_in_pieces(tmp_path, monkeypatch):
    data = weather()
    data.to_netcdf(tmp_path / "weather.nc", engine="h5netcdf")
    monkeypatch.setattr("greenzone.technologies.wind.assemble.PIECE_VALUES", SITES * 333)
    with xr.open_dataset(tmp_path / "weather.nc", engine="h5netcdf") as stored:
        pieces = wind.mean_capacity_factor(stored).values
        series = wind.capacity_factor(stored).values
    assert pieces == pytest.approx(wind.mean_capacity_factor(data).values, rel=1e-6)
    assert (series == wind.capacity_factor(data).values).all()


def test_transposed_weather_and_any_name_of_the_second_dimension():
    data = weather()
    turned = data.rename(site="cell").transpose("cell", "time")
    result = wind.capacity_factor(turned)
    assert result.dims == ("time", "cell")
    assert (result.values == wind.capacity_factor(data).values).all()


def test_hourly_pressure_takes_the_place_of_elevation():
    data = weather().drop_vars("elevation")
    pressure = np.broadcast_to(model.standard_pressure(np.linspace(0, 3500, SITES)), data["wind_speed"].shape)
    with_pressure = data.assign(pressure=(("time", "site"), pressure.astype(np.float32)))
    assert wind.capacity_factor(with_pressure).values == pytest.approx(wind.capacity_factor(weather()).values, abs=2e-5)
    with pytest.raises(GreenzoneError, match="elevation"):
        wind.capacity_factor(data)


def test_nan_stays_at_its_time_and_site():
    data = weather()
    data["wind_speed"][3, 1] = np.nan
    data["temp_air"][7, 2] = np.nan
    missing = np.isnan(wind.capacity_factor(data).values)
    assert np.argwhere(missing).tolist() == [[3, 1], [7, 2]]
    assert np.isnan(wind.mean_capacity_factor(data)).values.tolist() == [False, True, True, False, False]


def test_laws_of_wind_at_the_hub():
    data = weather()
    roughness = data.assign(roughness_length=("site", np.full(SITES, 0.1)))
    lifted = wind.log_law_wind(roughness, 135.0)
    assert lifted["wind_speed"].attrs["height"] == 135.0
    factor = np.log(1350) / np.log(100)
    assert lifted["wind_speed"].values == pytest.approx(data["wind_speed"].values * factor, rel=1e-6)
    # at the hub already: no exponent carries it further
    given = wind.capacity_factor(lifted, hub_height=135.0, shear_exponent=0.9).values
    by_power_law = wind.capacity_factor(data, hub_height=135.0, shear_exponent=np.log(factor) / np.log(13.5)).values
    assert given == pytest.approx(by_power_law, abs=1e-4)
    hourly = data.assign(roughness_length=(data["wind_speed"].dims, np.full(data["wind_speed"].shape, 0.1)))
    assert wind.log_law_wind(hourly, 135.0)["wind_speed"].values == pytest.approx(lifted["wind_speed"].values, rel=1e-6)


def test_two_heights():
    data = weather()
    above = (data["wind_speed"] * 1.5).assign_attrs(height=100.0)
    lifted = wind.two_height_wind(data.assign(wind_speed_100m=above), 100.0)
    assert lifted["wind_speed"].values == pytest.approx(above.values, rel=1e-6)
    with pytest.raises(GreenzoneError, match="both at 10 m"):
        wind.two_height_wind(data.assign(wind_speed_100m=data["wind_speed"]), 100.0)


def test_weibull_capacity_factor():
    mean = xr.DataArray([5.0, 7.0, np.nan, 0.0], dims="site", coords={"site": list("abcd")})
    result = wind.weibull_capacity_factor(mean, 2.0, "E-126/4200", density=1.0, losses=0.1)
    chosen = wind.turbine("E-126/4200")
    expected = 0.9 * climate.weibull_output(7.0, 2.0, chosen.wind_speed, chosen.output, 1.0)
    assert result.sel(site="b") == pytest.approx(expected)
    assert np.isnan(result.sel(site="c"))
    assert result.sel(site="d") == 0
    assert result.attrs["units"] == "1"
    assert float(wind.weibull_capacity_factor(7.0, 2.0)) > 0


def test_weibull_agrees_with_a_long_series():
    rng = np.random.default_rng(12)
    data = weather(hours=24 * 2000, sites=1)
    data["wind_speed"][:, 0] = climate.weibull_scale(7.0, 2.1) * rng.weibull(2.1, data.sizes["time"])
    data["temp_air"][:] = 15.0
    data["wind_speed"].attrs = {"units": "m s-1", "height": 100.0}
    hub_density = float(model.density_at_hub(101_325.0, 15.0, 100.0))
    expected = wind.weibull_capacity_factor(7.0, 2.1, "E-126/4200", density=hub_density)
    series = wind.mean_capacity_factor(data, "E-126/4200", 100.0)
    # 48,000 draws with a standard deviation of output near 0.36: standard error 0.0016
    assert series.item() == pytest.approx(float(expected), abs=0.005)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.drop_vars("wind_speed"), "no variable 'wind_speed'"),
        (lambda d: d.isel(time=[0, 2, 1, 3]), "not in order"),
        (lambda d: d.isel(time=[0, 1, 1, 2]), "comes twice"),
        (lambda d: d.isel(time=[0, 1, 2, 5, 6]), "gap"),
        (lambda d: d.assign(temp_air=d["temp_air"].assign_attrs(units="K")), "'temp_air' is in 'K'"),
        (lambda d: d.assign(wind_speed=(d["wind_speed"] * 3.6 + 10).assign_attrs(d["wind_speed"].attrs)), "km/h"),
        (lambda d: d.assign(wind_speed=d["wind_speed"].assign_attrs(height="high")), "height 'high'"),
        (lambda d: d.assign(temp_air=d["temp_air"].isel(site=0, drop=True)), "dimensions"),
        (lambda d: d.isel(site=slice(0, 0)), "empty"),
    ],
)
def test_weather_that_cannot_be_used(change, words):
    with pytest.raises(GreenzoneError, match=words):
        wind.capacity_factor(change(weather()))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"turbine": "E126"}, "turbine 'E126' is not in the library"),
        ({"hub_height": 2.0}, "hub_height must lie between 5 and 500"),
        ({"losses": 1.5}, "losses must lie between 0 and 1"),
        ({"shear_exponent": [0.1, 0.2]}, r"shear_exponent has shape \(2,\): give one number or one per site \(5,\)"),
        ({"losses": np.nan}, "losses must lie"),
    ],
)
def test_plants_that_cannot_be(given, words):
    with pytest.raises(GreenzoneError, match=words):
        wind.capacity_factor(weather(), **given)


def test_groups_that_cannot_be():
    with pytest.raises(GreenzoneError, match="give one per site"):
        wind.group_capacity_factor(weather(), [1, 2])
    with pytest.raises(GreenzoneError, match="above zero in the sum"):
        wind.group_capacity_factor(weather(), [1, 1, 1, 1, 2], [1, 1, 1, 1, 0])


def test_weibull_out_of_range():
    with pytest.raises(GreenzoneError, match="mean_speed must lie between 0 and 40"):
        wind.weibull_capacity_factor(70.0)
