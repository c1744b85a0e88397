"""The embedded layers lie where they say, hold what their sources say, and are found where greenzone is installed."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue

# 0.25 degree means stated by the sources of the layers themselves: ITU-R P.837-7 rain [mm/yr, bilinear],
# GLDAS GHI [kWh/m2/d] and 10 m wind RMS [m/s] of the cell.
RAIN = {
    (39.76, 46.75): 501, (39.64, 46.55): 536, (40.28, 46.33): 551,
    (39.40, 47.03): 392, (39.99, 46.93): 424, (40.37, 47.13): 304,
}  # fmt: skip
GHI = {(39.64, 46.55): 4.24, (39.40, 47.03): 4.13, (39.99, 46.93): 4.14}
WIND_RMS = {
    (39.64, 46.55): 2.06,
    (40.28, 46.33): 2.52,
    (39.40, 47.03): 2.51,
    (39.99, 46.93): 2.01,
    (40.37, 47.13): 3.43,
}


@pytest.mark.parametrize(("place", "rain"), RAIN.items())
def test_yearly_rain_is_the_published_map_s(place, rain):
    assert float(catalogue.load_climate().rain.interp(lat=place[0], lon=place[1]).sum()) == pytest.approx(rain, abs=0.6)


@pytest.mark.parametrize(("place", "ghi"), GHI.items())
def test_irradiation_is_the_gldas_cell_s(place, ghi):
    cell = catalogue.load_climate().ghi.sel(lat=place[0], lon=place[1], method="nearest")
    assert float(cell) == pytest.approx(ghi, abs=0.005)


@pytest.mark.parametrize(("place", "speed"), WIND_RMS.items())
def test_wind_is_the_gldas_cell_s(place, speed):
    cell = catalogue.load_climate().wind_speed_rms.sel(lat=place[0], lon=place[1], method="nearest")
    assert float(cell) == pytest.approx(speed, abs=0.006)


@pytest.mark.parametrize(
    ("lat", "lon", "altitude", "tolerance"),
    [(39.76, 46.75, 1370, 60), (39.40, 47.03, 600, 60), (39.99, 46.93, 370, 30), (40.37, 47.13, 70, 30),
     (40.28, 46.33, 3140, 60)],
    ids=["Shusha", "Jabrayil", "Aghdam", "Barda", "Gamish ridge"],
)  # fmt: skip
def test_elevation_at_known_places(lat, lon, altitude, tolerance):
    elevation = catalogue.load_elevation()
    row, column = np.abs(elevation.lat - lat).argmin(), np.abs(elevation.lon - lon).argmin()
    assert elevation.values[row, column] == pytest.approx(altitude, abs=tolerance)


def test_lake_sevan_lies_at_one_place_in_elevation_and_in_land_cover():
    # Two layers of different makers: the lake's level surface (1875 m in GLOBE) against MODIS water. Moved by k
    # cells, the two agree best within two cells of no move at all.
    lake = catalogue.load_elevation().values[:120, :100] == 1875
    water = np.kron(catalogue.load_land_cover().values == 0, np.ones((6, 6)))[:120, :100] > 0
    agreement = {}
    for down in range(-6, 7):
        for right in range(-6, 7):
            moved = np.roll(lake, (down, right), (0, 1))
            agreement[down, right] = (moved & water).sum() / (moved | water).sum()
    best = max(agreement, key=lambda move: agreement[move])
    assert max(abs(step) for step in best) <= 2
    assert agreement[0, 0] > 0.8


def test_rasters_cover_the_box():
    elevation, land_cover = catalogue.load_elevation(), catalogue.load_land_cover()
    assert elevation.values.shape == (360, 432)
    assert land_cover.values.shape == (60, 72)
    for raster in (elevation, land_cover):
        assert (raster.west, raster.north) == pytest.approx((45.0, 41.0))
        assert raster.lon[-1] + raster.step_lon / 2 == pytest.approx(48.6)
        assert raster.lat[-1] - raster.step_lat / 2 == pytest.approx(38.0)


def test_lachin_is_lachin_and_not_lankaran():
    # Natural Earth calls it Lankaran, which lies on the Caspian at 48.85 E.
    districts = catalogue.load_districts().set_index("district")
    assert districts.geometry["Lachin"].centroid.x == pytest.approx(46.4, abs=0.2)
    assert districts.name_az["Lachin"] == "Laçın"


def test_every_district_centre_is_a_settlement_near_its_stated_place():
    places = catalogue.load_settlements().drop_duplicates("name").set_index("name")
    for row in catalogue.read_table("districts").itertuples():
        assert places.lat[row.centre] == pytest.approx(row.centre_lat, abs=0.01)
        assert places.lon[row.centre] == pytest.approx(row.centre_lon, abs=0.01)


def test_daily_irradiation_quantiles_rise_from_zero_or_more_and_average_to_the_month():
    ratio = catalogue.load_daily_ghi().daily_ghi_ratio
    assert float(ratio.min()) >= 0
    assert (np.diff(ratio.values, axis=-1) >= 0).all()
    assert np.trapezoid(ratio.values, ratio["quantile"].values, axis=-1) == pytest.approx(1.0, abs=0.02)


def test_layers_are_under_three_megabytes():
    assert sum(path.stat().st_size for path in catalogue.data_path("layers").iterdir()) < 3e6


def test_the_sources_name_every_file_once():
    sources = catalogue.read_sources()
    root = catalogue.data_path()
    shipped = {
        path.relative_to(root).as_posix() for folder in ("layers", "tables") for path in (root / folder).iterdir()
    }
    assert sorted(sources.file) == sorted(shipped)


def test_a_table_may_be_changed_without_changing_the_next_reader_s():
    table = catalogue.read_table("districts")
    table["area_published_km2"] = 0.0
    assert catalogue.read_table("districts").area_published_km2.max() == 2859


def test_all_tables_are_read_and_the_sources_with_them():
    tables = catalogue.read_tables()
    assert {"districts", "technology_costs", "price_index", "sources"} <= tables.keys()
    assert tables["price_index"].set_index(["currency", "year"]).usd_per_unit["USD", 2024] == 1


def test_a_missing_file_is_named():
    with pytest.raises(GreenzoneError, match=r"no_such\.csv does not exist: this file ships with greenzone"):
        catalogue.read_table("no_such")


def test_an_installed_package_reads_its_own_copies(tmp_path, monkeypatch, project):
    installed = tmp_path / "site-packages" / "greenzone"
    shutil.copytree(project / "data", installed / "_data")
    shutil.copytree(project / "configs", installed / "_configs")
    monkeypatch.setattr(catalogue, "PACKAGE", installed)
    assert catalogue.data_path("layers/elevation.tif").is_relative_to(installed)
    assert catalogue.configs_path().is_relative_to(installed)
    assert catalogue.load_elevation().values.shape == (360, 432)
