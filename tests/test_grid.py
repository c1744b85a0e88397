"""The site grid: areas, names, districts, and what is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone import schema, zone
from greenzone.errors import GreenzoneError
from greenzone.grid import SiteGrid


@pytest.fixture(scope="module")
def embedded() -> gpd.GeoDataFrame:
    return zone.embedded_zone()


def area_error(grid: SiteGrid, polygons: gpd.GeoDataFrame) -> float:
    return float(grid.sites.area_km2.sum()) / zone.geodesic_area_km2(polygons).sum() - 1


@pytest.mark.parametrize("cell_size", [700, 1000, 5000, 40_000, 300_000])
def test_square_cells_keep_the_zone_s_geodesic_area(embedded, cell_size):
    assert abs(area_error(SiteGrid.square(embedded, cell_size), embedded)) < 1e-4


@pytest.mark.parametrize("cell_size", [0.02, 0.1, 2.0])
def test_lonlat_cells_keep_the_zone_s_geodesic_area(embedded, cell_size):
    assert abs(area_error(SiteGrid.lonlat(embedded, cell_size), embedded)) < 1e-4


@pytest.mark.parametrize("resolution", [4, 6, 7])
def test_h3_cells_keep_the_zone_s_geodesic_area(embedded, resolution):
    assert abs(area_error(SiteGrid.h3_cells(embedded, resolution), embedded)) < 1e-4


@pytest.mark.parametrize("crs", ["EPSG:32639", "EPSG:3035", "EPSG:3857"])
def test_areas_do_not_depend_on_the_projection(embedded, crs):
    assert abs(area_error(SiteGrid.square(embedded, 4000, crs), embedded)) < 1e-4


@settings(max_examples=25, deadline=None)
@given(
    lon=st.floats(45.2, 48.0),
    lat=st.floats(38.2, 40.5),
    width=st.floats(0.02, 0.4),
    cell_size=st.sampled_from([500.0, 1300.0, 9000.0]),
)
def test_any_triangle_keeps_its_geodesic_area(lon, lat, width, cell_size):
    triangle = shapely.Polygon([(lon, lat), (lon + width, lat + width / 7), (lon + width / 3, lat + width)])
    polygons = gpd.GeoDataFrame({"district": ["one"]}, geometry=[triangle], crs=4326)
    assert abs(area_error(SiteGrid.square(polygons, cell_size), polygons)) < 1e-3


def test_cells_follow_the_sites_schema_and_lie_in_the_zone(embedded):
    grid = SiteGrid.square(embedded, 5000)
    schema.check(grid.sites, schema.SITES)
    outline = shapely.buffer(shapely.union_all(embedded.geometry.to_numpy()), 1e-4)
    assert shapely.covers(outline, grid.geometry).all()
    assert len(np.unique(grid.sites.site)) == grid.sites.sizes["site"]


def test_a_cell_keeps_its_name_when_the_zone_is_cropped(embedded):
    whole = SiteGrid.square(embedded, 5000)
    crop = SiteGrid.square(zone.embedded_zone(["Lachin"]), 5000)
    assert set(crop.sites.site.values) <= set(whole.sites.site.values)


def test_district_areas_are_near_those_of_the_polygons(embedded):
    grid = SiteGrid.square(embedded, 1000)
    found = grid.sites.area_km2.groupby(grid.sites.district).sum()
    published = dict(zip(embedded.district, zone.geodesic_area_km2(embedded), strict=True))
    for district in found.district.values:
        assert float(found.sel(district=district)) == pytest.approx(published[str(district)], rel=0.01)


@pytest.mark.parametrize(
    ("cell_size", "crs", "text"),
    [
        (0.1, "EPSG:32638", "take larger cells"),
        (0, "EPSG:32638", "must be above 0"),
        (1000, "EPSG:4326", "needs a projected CRS|need a projected CRS"),
        (1000, "EPSG:99", "is not a CRS"),
    ],
)
def test_impossible_grids_are_refused(embedded, cell_size, crs, text):
    with pytest.raises(GreenzoneError, match=text):
        SiteGrid.square(embedded, cell_size, crs)


def test_h3_of_too_fine_a_resolution_is_refused(embedded):
    with pytest.raises(GreenzoneError, match="take larger cells"):
        SiteGrid.h3_cells(embedded, 15)


def write(tmp_path, frame, name="zone.gpkg"):
    path = tmp_path / name
    frame.to_file(path)
    return path


def test_a_polygon_file_in_another_crs_is_read(tmp_path, embedded):
    path = write(tmp_path, embedded.to_crs(32638))
    found = zone.read_zone(path)
    assert zone.geodesic_area_km2(found).sum() == pytest.approx(zone.geodesic_area_km2(embedded).sum(), rel=1e-6)
    assert set(found.district) == set(embedded.district)


def test_bad_zone_files_are_named(tmp_path, embedded):
    with pytest.raises(GreenzoneError, match=r"nowhere\.gpkg does not exist"):
        zone.read_zone(tmp_path / "nowhere.gpkg")
    (tmp_path / "text.geojson").write_text("no json at all")
    with pytest.raises(GreenzoneError, match="cannot be read"):
        zone.read_zone(tmp_path / "text.geojson")
    points = embedded.assign(geometry=embedded.representative_point())
    with pytest.raises(GreenzoneError, match="polygons are needed"):
        zone.read_zone(write(tmp_path, points))
    with pytest.raises(GreenzoneError, match="has no CRS"):
        zone.read_zone(write(tmp_path, embedded.to_crs(32638).set_crs(None, allow_override=True), "nocrs.shp"))
    double = gpd.GeoDataFrame({"district": ["a", "b"]}, geometry=list(embedded.geometry[:1]) * 2, crs=4326)
    with pytest.raises(GreenzoneError, match="overlap by"):
        zone.read_zone(write(tmp_path, double, "double.gpkg"))


def test_a_zone_outside_the_data_is_refused(embedded):
    away = embedded.assign(geometry=embedded.translate(5, 0))
    with pytest.raises(GreenzoneError, match="reaches outside the elevation data"):
        zone.check_inside_data(away, (45.0, 38.0, 48.6, 41.0))


def test_an_unknown_district_brings_the_nearest_name():
    with pytest.raises(GreenzoneError, match="did you mean 'Shusha'"):
        zone.embedded_zone(["Shuša"])


def test_a_slit_between_two_pieces_of_a_zone_leaves_valid_sites():
    """Two pieces whose common edge has a vertex on one side only: rounding makes lines of the holes between them."""
    left = shapely.box(46.9, 39.3, 47.03, 39.4)
    right = shapely.Polygon([(47.03, 39.3), (47.1, 39.3), (47.1, 39.4), (47.03, 39.4), (47.03 + 3e-10, 39.35)])
    zone = gpd.GeoDataFrame({"district": ["left", "right"]}, geometry=[left, right], crs=4326)
    grid = SiteGrid.square(zone, 5000)
    assert shapely.is_valid(grid.geometry).all()
    assert set(shapely.get_type_id(grid.geometry)) <= {3, 6}
    assert shapely.area(grid.geometry).sum() == pytest.approx(0.02, rel=1e-5)
