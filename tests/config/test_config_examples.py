"""The example scenarios are valid, say what they are called after, and travel with the package."""

from __future__ import annotations

import geopandas as gpd
import pytest
import rasterio
import shapely

from greenzone.config import init, read_config
from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue

EXAMPLES = [
    "baseline", "quick", "solar-south", "wind-west", "custom-zone", "green-2030", "export-hub-2040", "all-green-hourly",
    "drought", "islanded-districts",
]  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_valid_and_named_like_its_file(name):
    scenario = read_config(catalogue.configs_path(f"{name}.yaml"))
    assert scenario.name == name
    assert scenario.description


def test_no_example_is_left_untested():
    assert sorted(path.stem for path in catalogue.configs_path().glob("*.yaml")) == sorted(EXAMPLES)


def test_the_baseline_is_the_whole_zone_at_1_km_and_quick_at_5():
    baseline, quick = (read_config(catalogue.configs_path(f"{name}.yaml")) for name in ("baseline", "quick"))
    assert (len(baseline.zone.districts), baseline.grid.cell_size) == (11, 1000)
    assert (quick.grid.cell_size, quick.eligibility.resolution) == (5000, 200)
    same: dict[str, object] = {"name": "baseline", "description": baseline.description, "grid": baseline.grid}
    land = quick.eligibility.model_copy(update={"resolution": baseline.eligibility.resolution})
    same["zones"] = quick.zones.model_copy(update={"dual_uses": baseline.zones.dual_uses})
    assert not quick.layers.horizon and not quick.supply.ranges.enabled
    same["layers"] = quick.layers.model_copy(update={"horizon": True})
    same["supply"] = quick.supply.model_copy(update={"ranges": baseline.supply.ranges})
    rock = quick.technologies.geothermal.model_copy(update={"draws": baseline.technologies.geothermal.draws})
    same["technologies"] = quick.technologies.model_copy(update={"geothermal": rock})
    assert quick.model_copy(update={**same, "eligibility": land}) == baseline


def test_south_and_west_are_the_districts_of_the_published_figures():
    """menafn 1107471018: sun in Zangilan, Gubadli, Jabrayil, Fuzuli; wind in Lachin, Kalbajar."""
    south, west = (read_config(catalogue.configs_path(f"{name}.yaml")) for name in ("solar-south", "wind-west"))
    assert set(south.zone.districts) == {"Zangilan", "Gubadli", "Jabrayil", "Fuzuli"}
    assert list(south.enabled_technologies()) == ["solar"]
    assert set(west.zone.districts) == {"Lachin", "Kalbajar"}
    assert list(west.enabled_technologies()) == ["wind"]


def test_the_custom_files_are_polygons_within_the_raster_and_the_data():
    scenario = read_config(catalogue.configs_path("custom-zone.yaml"))
    zone = gpd.read_file(scenario.zone.file)
    assert set(zone[scenario.zone.name_column]) == {"Example West", "Example East"}
    assert all(ring.exterior.is_ccw for ring in zone.geometry)
    with rasterio.open(scenario.layers.rasters["clearance"].file) as raster:
        assert raster.crs.is_geographic
        assert shapely.box(*raster.bounds).contains(shapely.box(*zone.total_bounds))
        assert raster.read(1).min() >= 0
        assert raster.read(1).max() <= 1
    elevation = catalogue.load_elevation()
    assert elevation.west < zone.total_bounds[0]
    assert elevation.north > zone.total_bounds[3]


def test_init_copies_examples_that_work_where_they_land(tmp_path):
    written = init(tmp_path / "new" / "folder")
    assert {path.name for path in written} >= {f"{name}.yaml" for name in EXAMPLES}
    for name in EXAMPLES:
        assert read_config(tmp_path / "new" / "folder" / f"{name}.yaml").name == name
    copied = read_config(tmp_path / "new" / "folder" / "custom-zone.yaml").zone.file
    assert copied.is_relative_to(tmp_path)


def test_init_overwrites_nothing(tmp_path):
    (tmp_path / "quick.yaml").write_text("mine\n")
    with pytest.raises(GreenzoneError, match=r"quick\.yaml is there already: name another folder, nothing was copied"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["quick.yaml"]
    assert (tmp_path / "quick.yaml").read_text() == "mine\n"


def test_init_into_what_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GreenzoneError, match="examples cannot be copied into"):
        init(tmp_path / "file")
