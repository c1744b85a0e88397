"""Weather files: every kind is read into one shape; every fault gets its line."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.layers.weather import generate, read_weather
from greenzone.layers.weather.units import QUANTITIES, conversion, recognise

LAT, LON = [39.375, 39.625], [46.875, 47.125]


@pytest.fixture(scope="module")
def drawn() -> xr.Dataset:
    """A generated year on two by two cells, something known to be written and read back."""
    lat, lon = np.repeat(LAT, 2), np.tile(LON, 2)
    coords = {"lat": ("cell", lat), "lon": ("cell", lon), "elevation": ("cell", [400.0, 300.0, 900.0, 500.0])}
    return generate(catalogue.load_climate(), catalogue.load_daily_ghi(), xr.Dataset(coords=coords), seed=5)


@pytest.fixture
def gridded(drawn: xr.Dataset) -> xr.Dataset:
    """The same on a latitude-longitude grid, as files have it."""
    shape = (drawn.sizes["time"], 2, 2)
    grid = xr.Dataset(coords={"time": drawn.time, "lat": LAT, "lon": LON})
    for name in drawn.data_vars:
        grid[name] = (("time", "lat", "lon"), drawn[name].values.reshape(shape).copy(), drawn[name].attrs)
    grid["elevation"] = (("lat", "lon"), drawn.elevation.values.reshape(2, 2), {"units": "m"})
    return grid.assign_attrs(source="a test", interval="start")


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[xr.Dataset], Path]:
    def save(dataset: xr.Dataset) -> Path:
        path = tmp_path / "weather.nc"
        dataset.to_netcdf(path, engine="h5netcdf")
        return path

    return save


def test_a_grid_comes_back_as_cells(drawn: xr.Dataset, gridded: xr.Dataset, saved: Callable) -> None:
    weather = read_weather(saved(gridded))
    for name in drawn.data_vars:
        np.testing.assert_allclose(weather[name].values, drawn[name].values, atol=1e-3)
    np.testing.assert_array_equal(weather.elevation, drawn.elevation)
    assert (weather.attrs["interval"], weather.attrs["source"], weather.attrs["warnings"]) == ("start", "a test", "")
    assert weather.wind_speed.attrs["height"] == 100


def test_cells_and_zarr_read_the_same(drawn: xr.Dataset, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn.assign_coords(elevation=("cell", drawn.elevation.values)).to_zarr(tmp_path / "weather.zarr")
    weather = read_weather(tmp_path / "weather.zarr")
    np.testing.assert_allclose(weather.ghi.values, drawn.ghi.values, atol=1e-3)
    np.testing.assert_array_equal(weather.lon, drawn.lon)


def test_era5_names_units_and_sums(drawn: xr.Dataset, gridded: xr.Dataset, saved: Callable) -> None:
    era5 = xr.Dataset(
        coords={"valid_time": drawn.time.values + np.timedelta64(1, "h"), "latitude": LAT, "longitude": LON}
    )
    dims = ("valid_time", "latitude", "longitude")
    # ERA5 sums to the end of the hour; the year must still be whole, so the last hour stands first.
    era5["ssrd"] = (dims, gridded.ghi.values.astype("f8") * 3600, {"units": "J m**-2"})
    era5["t2m"] = (dims, gridded.temp_air.values + 273.15, {"units": "K", "standard_name": "air_temperature"})
    era5["u100"] = (dims, gridded.wind_speed.values * 0.6, {"units": "m s**-1"})
    era5["v100"] = (dims, gridded.wind_speed.values * -0.8, {"units": "m s**-1"})
    era5["sp"] = (dims, np.full(gridded.ghi.shape, 950.0), {"units": "hPa"})
    weather = read_weather(saved(era5))
    np.testing.assert_allclose(weather.ghi.values, drawn.ghi.values, atol=0.01)
    np.testing.assert_allclose(weather.temp_air.values, drawn.temp_air.values, atol=0.001)
    np.testing.assert_allclose(weather.wind_speed.values, drawn.wind_speed.values, atol=0.001)
    assert weather.attrs["interval"] == "end"
    assert weather.wind_speed.attrs["height"] == 100
    assert "Erbs" in weather.attrs["derived"]
    # Parted from the same global with the sun at the middle of the hour, as the generator does.
    difference = np.abs(weather.dni.values - drawn.dni.values)
    assert np.median(difference[drawn.ghi.values > 50]) < 1
    np.testing.assert_allclose(weather.pressure, 95000)
    assert weather.elevation.values.min() > 100  # from the embedded terrain


def test_atlite_direct_and_diffuse_make_global(drawn: xr.Dataset, gridded: xr.Dataset, saved: Callable) -> None:
    cutout = xr.Dataset(coords={"time": drawn.time.values + np.timedelta64(1, "h"), "y": LAT, "x": LON})
    cutout = cutout.assign_coords(lat=("y", LAT), lon=("x", LON))
    dims = ("time", "y", "x")
    cutout["influx_direct"] = (dims, (gridded.ghi - gridded.dhi).values, {"units": "W m**-2"})
    cutout["influx_diffuse"] = (dims, gridded.dhi.values, {"units": "W m**-2"})
    cutout["temperature"] = (dims, gridded.temp_air.values + 273.15, {"units": "K"})
    cutout["wnd100m"] = (dims, gridded.wind_speed.values, {"units": "m s**-1"})
    cutout["height"] = (("y", "x"), gridded.elevation.values, {"units": "m"})
    weather = read_weather(saved(cutout))
    np.testing.assert_allclose(weather.ghi.values, drawn.ghi.values, atol=0.01)
    bright = drawn.ghi.values > 50
    assert np.abs(weather.dni.values - drawn.dni.values)[bright].max() < 5
    assert weather.attrs["interval"] == "end"
    np.testing.assert_array_equal(weather.elevation, drawn.elevation)


@pytest.mark.parametrize(("minutes", "meaning"), [(0, "start"), (30, "instant"), (60, "end")])
@pytest.mark.parametrize("parts", [["ghi"], ["ghi", "dni", "dhi"]])
def test_meaning_of_the_stamps_is_found_from_the_sun(
    gridded: xr.Dataset, saved: Callable, minutes: int, meaning: str, parts: list[str]
) -> None:
    moved = gridded[[*parts, "temp_air", "wind_speed", "elevation"]]
    moved = moved.assign_coords(time=moved.time.values + np.timedelta64(minutes, "m"))
    moved.attrs = {}
    assert read_weather(saved(moved)).attrs["interval"] == meaning


def test_pvgis_year_of_the_shared_data(shared_data: Path) -> None:
    weather = read_weather(shared_data / "pvgis_tmy_jabrayil.csv", lat=39.330, lon=47.052)
    # Its facts: GHI 1612, DNI 1544 kWh m-2, 14.4 degC, 10 m wind 1.35 m/s; satellite passes make instants.
    assert float(weather.ghi.sum()) / 1000 == pytest.approx(1612, abs=1)
    assert float(weather.dni.sum()) / 1000 == pytest.approx(1544, abs=1)
    assert float(weather.temp_air.mean()) == pytest.approx(14.4, abs=0.05)
    assert float(weather.wind_speed.mean()) == pytest.approx(1.35, abs=0.01)
    assert weather.wind_speed.attrs["height"] == 10
    assert weather.attrs["interval"] == "instant"
    assert weather.attrs["warnings"] == ""
    assert len(set(weather.time.dt.year.values)) == 1


def test_epw_of_the_shared_data_gets_a_warning(shared_data: Path) -> None:
    with pytest.warns(UserWarning, match="global irradiation of 1383 kWh m-2 a year is implausibly low"):
        weather = read_weather(shared_data / "tabriz_itmy.epw")
    assert "implausibly low" in weather.attrs["warnings"]
    assert (float(weather.lat[0]), float(weather.lon[0]), float(weather.elevation[0])) == (38.05, 46.17, 1361.0)
    # In the file, zone +3: -3.7 in hours 1 to 3 of January, -4.0 in hour 4, -6.5 in hour 24 of 31 December. In UTC the
    # year begins with hour 4; hours 1 to 3 close it, behind hour 24.
    assert weather.temp_air.values[0, 0] == pytest.approx(-4.0)
    assert weather.temp_air.values[-4:, 0] == pytest.approx([-6.5, -3.7, -3.7, -3.7])
    assert pd.DatetimeIndex(weather.time.values).is_monotonic_increasing
    assert weather.sizes["time"] == 8760


PVGIS_HEAD = """Latitude (decimal degrees): 39.330
Longitude (decimal degrees): 47.052
Elevation (m): 341.0
Irradiance Time Offset (h): 0.1761
month,year
"""


def test_pvgis_own_csv(tmp_path: Path) -> None:
    years = [2010, 2015, 2007, 2019, 2012, 2008, 2016, 2011, 2018, 2006, 2014, 2009]
    lines = [PVGIS_HEAD.rstrip("\n"), *(f"{month},{year}" for month, year in enumerate(years, 1))]
    lines.append("time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP")
    for stamp in pd.date_range("2019-01-01", periods=8760, freq="h"):
        sun = max(np.sin((stamp.hour - 3) / 12 * np.pi), 0) * 500
        lines.append(
            f"{years[stamp.month - 1]}{stamp:%m%d:%H%M},{stamp.month + 8},60,{sun:.2f},0,{sun:.2f},300,2.5,10,97000"
        )
    path = tmp_path / "tmy.csv"
    path.write_text("\r\n".join([*lines, "T2m: 2-m air temperature (degree Celsius)", ""]))
    weather = read_weather(path)
    assert (float(weather.lat[0]), float(weather.elevation[0]), weather.attrs["interval"]) == (39.33, 341.0, "instant")
    assert float(weather.pressure[0, 0]) == 97000
    monthly = weather.temp_air.groupby("time.month").mean().values.ravel()
    np.testing.assert_allclose(monthly, np.arange(9, 21))  # the months in their order, whatever their years


def csv_of(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Path:
    times = pd.date_range("2021-01-01", periods=8760, freq="h")
    sun = np.maximum(np.sin((times.hour - 3) / 12 * np.pi), 0) * 500
    frame = pd.DataFrame({"timestamp": times, "GHI": sun, "T_amb": 12.0, "wind_speed": 3.0, "lat": 39.4, "lon": 47.1})
    change(frame).to_csv(path / "weather.csv", index=False)
    return path / "weather.csv"


FAULTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "gap": (lambda f: f.drop(index=range(100, 103)), r"has a gap: 3 hour\(s\) missing after 2021-01-05 03:00:00"),
    "twice": (lambda f: pd.concat([f.iloc[:50], f.iloc[49:]]), "time 2021-01-03 01:00:00 comes twice"),
    "unordered": (lambda f: pd.concat([f.iloc[100:], f.iloc[:100]]), "times are not in order, 2021-01-01 00:00:00"),
    "nan": (
        lambda f: f.assign(T_amb=f.T_amb.where(~f.index.isin([7, 9]))),
        r"temp_air is NaN 2 time\(s\), first at 2021-01-01 07:00:00",
    ),
    "kelvin": (lambda f: f.assign(T_amb=285.0), "temp_air runs from 285 to 285, outside -80 to 60 degC"),
    "kilowatt": (lambda f: f.assign(GHI=f.GHI / 1000), "ghi never exceeds 0.5 W m-2"),
    "joule": (lambda f: f.assign(GHI=f.GHI * 3600), "outside -20 to 1700 W m-2"),
    "half a year": (lambda f: f.iloc[:4380], "not whole years of 8760 hours"),
    "half hours": (
        lambda f: f.assign(timestamp=pd.date_range("2021-01-01", periods=8760, freq="30min")),
        "its step is 0 days 00:30:00, not one hour",
    ),
    "no wind": (
        lambda f: f.drop(columns="wind_speed"),
        "lacks wind_speed; known by name or standard_name: ghi, temp_air",
    ),
    "no sun": (lambda f: f.drop(columns="GHI"), "lacks ghi"),
    "no time": (lambda f: f.drop(columns="timestamp"), "has no column of times"),
    "no place": (lambda f: f.drop(columns="lat"), "does not tell its place: give lat and lon"),
    "words": (lambda f: f.assign(GHI=["n/a?", *f.GHI[1:]]), "'n/a\\?' in column GHI, row 2, is no number"),
    "bad time": (
        lambda f: f.assign(timestamp=["yesterday", *f.timestamp[1:].astype(str)]),
        "time 'yesterday' in row 2",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_a_table_are_named(tmp_path: Path, fault: str) -> None:
    change, message = FAULTS[fault]
    with pytest.raises(GreenzoneError, match=message) as raised:
        read_weather(csv_of(tmp_path, change))
    assert "\n" not in str(raised.value)


def test_29_february_is_left_out(tmp_path: Path) -> None:
    def leap(frame: pd.DataFrame) -> pd.DataFrame:
        times = pd.date_range("2020-01-01", periods=8784, freq="h")
        longer = frame.reindex(np.arange(8784) % 8760).reset_index(drop=True)
        return longer.assign(timestamp=times)

    weather = read_weather(csv_of(tmp_path, leap))
    assert weather.sizes["time"] == 8760
    assert not ((weather.time.dt.month == 2) & (weather.time.dt.day == 29)).any()


def test_a_missing_file_a_wrong_kind_and_an_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(GreenzoneError, match=r"absent\.nc does not exist"):
        read_weather(tmp_path / "absent.nc")
    (tmp_path / "weather.xyz").write_text("")
    with pytest.raises(GreenzoneError, match="its kind does not show in its name"):
        read_weather(tmp_path / "weather.xyz")
    with pytest.raises(GreenzoneError, match="did you mean 'netcdf'"):
        read_weather(tmp_path / "weather.xyz", kind="netcfd")


@pytest.mark.parametrize("name", ["weather.nc", "weather.epw", "weather.json", "weather.csv"])
def test_a_file_that_is_something_else_gets_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}\nthis is no weather\n")
    with pytest.raises(GreenzoneError, match=name) as raised:
        read_weather(tmp_path / name)
    assert "\n" not in str(raised.value)


def test_nan_in_a_grid_is_named(gridded: xr.Dataset, saved: Callable) -> None:
    gridded["ghi"][5000, 1, 1] = np.nan
    with pytest.raises(GreenzoneError, match=r"ghi is NaN 1 time\(s\), first at 2019-07-28 08:00:00"):
        read_weather(saved(gridded))


def test_a_file_without_places_is_told(gridded: xr.Dataset, saved: Callable) -> None:
    with pytest.raises(GreenzoneError, match="has no coordinate 'lat'"):
        read_weather(saved(gridded.isel(lat=0, drop=True)))


def test_unknown_units_are_told(gridded: xr.Dataset, saved: Callable) -> None:
    gridded["temp_air"].attrs["units"] = "furlong"
    with pytest.raises(GreenzoneError, match="'temp_air' is in 'furlong', not degC; units that are read: "):
        read_weather(saved(gridded))


def test_parts_that_do_not_belong_together_get_a_warning(gridded: xr.Dataset, saved: Callable) -> None:
    gridded["dni"] = gridded.dni.roll(time=3)
    with pytest.warns(UserWarning, match="global is not direct plus diffuse"):
        read_weather(saved(gridded))


@pytest.mark.parametrize(
    ("name", "units", "value", "expected"),
    [
        ("temp_air", "K", 300.0, 26.85),
        ("temp_air", "degF", 50.0, 10.0),
        ("ghi", "J m-2", 3.6e6, 1000.0),  # one kWh in an hour
        ("ghi", "kWh m**-2", 1.0, 1000.0),
        ("ghi", "kW m^-2", 0.5, 500.0),
        ("pressure", "hPa", 1013.25, 101325.0),
        ("wind_speed", "km/h", 36.0, 10.0),
        ("wind_speed", "knots", 10.0, 5.14444),
        ("elevation", "m2 s-2", 980.665, 100.0),
        ("relative_humidity", "1", 0.5, 50.0),
    ],
)
def test_units(name: str, units: str, value: float, expected: float) -> None:
    way = conversion(name, units, 3600.0)
    assert value * way.factor + way.offset == pytest.approx(expected)


def test_names_are_told_apart() -> None:
    assert recognise("whatever", "surface_downwelling_shortwave_flux_in_air") == "ghi"
    assert recognise("T_amb") == "temp_air"
    assert recognise("precipitation") is None
    names = [name for quantity in QUANTITIES.values() for name in quantity.names]
    assert len(names) == len(set(names))
