"""Bad input at the command line: one clear line on stderr, exit code 2, nothing left behind."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
import xarray as xr
from rasterio.transform import from_origin

from greenzone import cli
from greenzone.outputs import write

CELL = "grid: {cell_size: 10000}\n"


@pytest.fixture
def refuse(tmp_path, monkeypatch, capsys):
    """Run the command on arguments and return its complaint; the folder of results must not appear."""

    def refused(*arguments: str) -> str:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["greenzone", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 2
        lines = [line for line in capsys.readouterr().err.splitlines() if line and not line.startswith("- ")]
        assert len(lines) == 1, lines
        assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())
        return lines[0]

    return refused


@pytest.fixture
def scenario(tmp_path):
    """Write a scenario of the given text and return the arguments that run it."""

    def written(text: str) -> tuple[str, ...]:
        path = tmp_path / "scenario.yaml"
        path.write_text("name: bad\n" + text, encoding="utf-8")
        return ("run", str(path), "--out", str(tmp_path / "out"))

    return written


def polygons(path: Path, shape: shapely.Geometry, crs: str = "EPSG:4326") -> Path:
    gpd.GeoDataFrame({"district": ["one"]}, geometry=[shape], crs=crs).to_file(path)
    return path


def weather_file(path: Path, **changes: object) -> Path:
    """A CSV of hourly weather at Jabrayil, flat but plausible, after `changes` to its columns."""
    time = pd.date_range("2019-01-01", periods=8760, freq="h")
    noon = np.clip(np.cos((time.hour.to_numpy() + 3.1 - 12) / 24 * 2 * np.pi), 0, None)
    columns = {"T_amb": 14.0, "GHI": 640 * noon, "DNI": 500 * noon, "DHI": 200 * noon, "wind_speed": 2.0, "RH": 60.0}
    columns |= {"lat": 39.33, "lon": 47.05}
    frame = pd.DataFrame({"timestamp": time, **columns})
    for name, change in changes.items():
        frame[name] = change(frame[name])  # type: ignore[operator]
    frame.to_csv(path, index=False)
    return path


def test_missing_scenario_file(refuse):
    assert "nowhere.yaml" in refuse("run", "nowhere.yaml")


def test_broken_yaml(refuse, scenario):
    complaint = refuse(*scenario("zone: {districts: [Lachin\n"))
    assert "scenario.yaml" in complaint
    assert "line" in complaint


def test_unknown_key(refuse, scenario):
    complaint = refuse(*scenario("technologies:\n  solar:\n    azimut: 170\n"))
    assert "azimut" in complaint
    assert "azimuth" in complaint
    assert "line 4" in complaint


def test_unknown_district(refuse, scenario):
    assert "did you mean 'Lachin'" in refuse(*scenario("zone: {districts: [Lacin]}\n"))


def test_polygon_outside_the_data(refuse, scenario, tmp_path):
    polygons(tmp_path / "away.gpkg", shapely.box(10, 50, 10.5, 50.5))
    assert "reaches outside the elevation data" in refuse(*scenario(f"zone: {{file: away.gpkg}}\n{CELL}"))


def test_empty_zone(refuse, scenario, tmp_path):
    empty = {"type": "FeatureCollection", "features": []}
    (tmp_path / "empty.geojson").write_text(json.dumps(empty), encoding="utf-8")
    assert "holds no features" in refuse(*scenario("zone: {file: empty.geojson}\n"))


def test_raster_without_crs(refuse, scenario, tmp_path):
    profile = {"driver": "GTiff", "height": 9, "width": 9, "count": 1, "dtype": "float32"}
    with rasterio.open(tmp_path / "mines.tif", "w", **profile, transform=from_origin(46, 40, 0.1, 0.1)) as raster:
        raster.write(np.ones((1, 9, 9), "float32"))
    complaint = refuse(*scenario(f"layers: {{rasters: {{mines: {{file: mines.tif}}}}}}\n{CELL}"))
    assert "mines.tif has no CRS" in complaint


def test_grid_of_a_million_million_cells(refuse, scenario):
    assert "take larger cells" in refuse(*scenario("grid: {cell_size: 0.1}\n"))


def test_negative_weight(refuse, scenario):
    text = "scoring: {solar: [{layer: slope, weight: -1, lower: 10, upper: 0}]}\n"
    complaint = refuse(*scenario(text))
    assert "weight" in complaint
    assert "0" in complaint


def test_weather_with_missing_values(refuse, scenario, tmp_path):
    def holes(column):
        column.iloc[100:103] = np.nan
        return column

    weather_file(tmp_path / "w.csv", GHI=holes)
    complaint = refuse(*scenario(f"weather: {{file: w.csv}}\n{CELL}"))
    assert "w.csv" in complaint
    assert "ghi" in complaint.lower()
    assert "3" in complaint


def test_weather_with_a_gap(refuse, scenario, tmp_path):
    frame = pd.read_csv(weather_file(tmp_path / "w.csv"))
    frame.drop(index=range(500, 510)).to_csv(tmp_path / "w.csv", index=False)
    complaint = refuse(*scenario(f"weather: {{file: w.csv}}\n{CELL}"))
    assert "gap" in complaint
    assert "2019-01-21" in complaint


def test_weather_in_wrong_units(refuse, scenario, tmp_path):
    weather_file(tmp_path / "w.csv", T_amb=lambda column: column + 273.15)
    complaint = refuse(*scenario(f"weather: {{file: w.csv}}\n{CELL}"))
    assert "temp_air" in complaint
    weather_file(tmp_path / "w.csv", GHI=lambda column: column / 1000)
    assert "ghi" in refuse(*scenario(f"weather: {{file: w.csv}}\n{CELL}"))


def test_weather_lacking_a_variable(refuse, scenario, tmp_path):
    time = pd.date_range("2019-01-01", periods=8760, freq="h")
    grid = {"time": time, "lat": [39.5], "lon": [46.8]}
    values = xr.DataArray(np.full((8760, 1, 1), 14.0), grid, ("time", "lat", "lon"), attrs={"units": "degC"})
    xr.Dataset({"temp_air": values}).to_netcdf(tmp_path / "w.nc", engine="h5netcdf")
    assert "ghi" in refuse(*scenario(f"weather: {{file: w.nc}}\n{CELL}"))


def test_output_folder_that_cannot_be_written(refuse, scenario, tmp_path):
    (tmp_path / "taken").write_text("a file")
    arguments = scenario(CELL)
    assert "taken" in refuse(*arguments[:-1], str(tmp_path / "taken"))


def test_disk_full(refuse, scenario, monkeypatch, tmp_path):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write, "write_netcdf", full)
    complaint = refuse(*scenario(CELL))
    assert "space" in complaint
    assert str(tmp_path / "out") in complaint
    assert not [path for path in tmp_path.iterdir() if path.name not in {"scenario.yaml", "out"}]


def test_implausible_weather_warns_in_one_line_and_runs_on(shared_data, monkeypatch, capsys, tmp_path):
    (tmp_path / "scenario.yaml").write_text(f"weather: {{file: {shared_data / 'tabriz_itmy.epw'}}}\n{CELL}")
    monkeypatch.setattr(
        "sys.argv", ["greenzone", "run", str(tmp_path / "scenario.yaml"), "--out", str(tmp_path / "out")]
    )
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
    warned = [line for line in capsys.readouterr().err.splitlines() if "implausibly low" in line]
    assert len(warned) == 1
    assert warned[0].startswith("warning:")
    assert (tmp_path / "out" / "sites.geojson").exists()


def test_a_plain_csv_finds_its_place_in_the_scenario(refuse, scenario, tmp_path):
    frame = pd.read_csv(weather_file(tmp_path / "w.csv")).drop(columns=["lat", "lon"])
    frame.to_csv(tmp_path / "w.csv", index=False)
    assert "does not tell its place" in refuse(*scenario(f"weather: {{file: w.csv}}\n{CELL}"))
