"""The land of whole scenarios: feature files, years, and zones cropped."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
import yaml

import greenzone as gz
from greenzone import pipeline, siting
from greenzone.errors import GreenzoneError
from greenzone.ground import survey

DISTRICTS = ["Jabrayil", "Zangilan"]


def land(tmp_path, eligibility, districts=DISTRICTS, names=("solar", "wind"), size=2000, **sections):
    scenario = {"zone": {"districts": districts}, "grid": {"cell_size": size}, "eligibility": eligibility, **sections}
    (tmp_path / "scenario.yaml").write_text(yaml.safe_dump(scenario), encoding="utf-8")
    read = gz.read_config(tmp_path / "scenario.yaml")
    polygons = pipeline.read_zone(read.zone)
    grid = pipeline.build_grid(read.grid, polygons)
    ground = survey(read, polygons, grid)
    wanted = {name: options for name, options in read.technologies.enabled().items() if name in names}
    return grid, siting.eligibility_of(read.eligibility, wanted, ground.surface, grid, read.layers.rasters)


def left(grid, found, technology="solar") -> float:
    return float((found.fractions[technology] * grid.sites.area_km2).sum())


@pytest.fixture
def mines(tmp_path):
    """Three quarters of the land mined: a third of that cleared in 2027, another in 2030, the rest never."""
    edges = [45.0, 46.85, 47.0, 47.1]
    boxes = [shapely.box(west, 38.0, east, 41.0) for west, east in pairwise(edges)]
    frame = gpd.GeoDataFrame({"cleared": ["2027-03-01", "2030-01-01", None]}, geometry=boxes, crs=4326)
    frame.to_file(tmp_path / "mines.geojson")
    return {"mines": {"file": "mines.geojson", "until": "cleared"}}


def test_potential_grows_as_mines_are_cleared(tmp_path, mines):
    years = (2026, 2027, 2029, 2030)
    grid, found = land(tmp_path, {"features": mines, "year": 2026, "years": list(years)})
    table = found.by_year.set_index(["technology", "year"])["eligible_km2"]
    solar = [table["solar", year] for year in years]
    assert solar[0] < solar[1] == solar[2] < solar[3]
    assert solar[0] == pytest.approx(left(grid, found), rel=1e-5)
    area = grid.sites.area_km2.to_numpy()
    for year, total in zip(years, solar, strict=True):
        assert found.fractions_by_year[year]["solar"] @ area == pytest.approx(total, rel=1e-5)
    assert "features: mines" in set(found.removed["rule"])
    _, free = land(tmp_path, {})
    assert solar[3] < left(grid, free)


def test_shares_of_sites_add_up_to_the_land_of_the_account(tmp_path, mines):
    grid, found = land(tmp_path, {"features": mines})
    table = found.removed.set_index(["technology", "rule"])["removed_alone_km2"]
    for technology in ("solar", "wind"):
        area = float(grid.sites.area_km2.sum())
        assert area - left(grid, found, technology) == pytest.approx(table[technology, "all rules"], rel=1e-5)
    assert found.area.sum() == pytest.approx(float(grid.sites.area_km2.sum()))


def test_a_site_has_the_same_share_in_a_cropped_zone(tmp_path, mines):
    asked = {"features": mines, "year": 2028}
    _, whole = land(tmp_path, asked)
    part, crop = land(tmp_path, asked, districts=["Zangilan"])
    inside = part.sites.site.values[part.sites.area_km2.to_numpy() > 3.99]
    assert len(inside) > 50
    for technology in ("solar", "wind"):
        np.testing.assert_allclose(
            whole.fractions[technology].sel(site=inside), crop.fractions[technology].sel(site=inside), atol=2e-5
        )


def test_a_finer_raster_finds_the_same_land(tmp_path, mines):
    grid, coarse = land(tmp_path, {"features": mines, "resolution": 200})
    _, fine = land(tmp_path, {"features": mines, "resolution": 50})
    assert left(grid, coarse) == pytest.approx(left(grid, fine), rel=0.003)


def test_rules_that_leave_nothing_are_told(tmp_path):
    nowhere = {"min_elevation": 5000, "max_elevation": 6000}
    with pytest.raises(GreenzoneError, match="leave no land for any technology: of solar, 'elevation' alone bars 100%"):
        land(tmp_path, {"solar": nowhere, "wind": nowhere})


def test_setbacks_grow_with_the_turbine(tmp_path):
    """Roads keep 1.1 tip heights away; V126/3300 on 117 m has its tips at 180 m, E-126/4200 on 135 m at 198.5 m."""
    road = gpd.GeoDataFrame(geometry=[shapely.LineString([(46.6, 39.3), (47.2, 39.3)])], crs=4326)
    road.to_file(tmp_path / "roads.geojson")
    asked = {"features": {"roads": {"file": "roads.geojson"}}, "wind": {"min_wind_speed": None, "land_cover": {}}}
    removed = {}
    for machine in ({}, {"turbine": "E-126/4200", "hub_height": 135}):
        found = land(tmp_path, asked, names=("wind",), technologies={"wind": machine})[1]
        table = found.removed.set_index("rule")["removed_alone_km2"]
        removed[machine.get("hub_height", 117)] = table["features: roads"]
    assert removed[135] / removed[117] == pytest.approx((135 + 63.5) / (117 + 63), rel=0.01)
