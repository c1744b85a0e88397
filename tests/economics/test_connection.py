"""Connection of sites to nodes and roads: costs, distances, files, errors."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from greenzone.config.economics import Connection, Costs, Economics
from greenzone.economics import (
    ZoningCosts,
    connect,
    connected_lcoe,
    economic_rung,
    lcoe_of,
    price_factor,
    put_on_grid,
    route_lines,
    zoning_lcoe,
)
from greenzone.economics.corridor import MOST_WORK, ground_of, line_multiplier
from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.layers.rasters import Coverage
from greenzone.layers.surface import Surface, land_cover_codes
from greenzone.schema import Potential, Raster

TABLES = catalogue.read_tables()
MONEY = {"currency": "USD", "currency_year": 2020}  # that of the World Bank's figures
STEP = 1 / 120


def level(rows=60, columns=80, slope=0.0, cover="grassland", step=STEP) -> Surface:
    """Open ground of one kind at 46 E 40 N, with sites of 3 x 3 cells."""
    like = Raster(np.full((rows, columns), 500.0), 46.0, 40.0, step, step)
    flat = np.full((rows, columns), float(slope))
    cells = [
        shapely.box(46 + c * step, 40 - (r + 3) * step, 46 + (c + 3) * step, 40 - r * step)
        for r in range(3, rows - 3, 9)
        for c in range(3, columns - 3, 9)
    ]
    code = np.full((rows, columns), float(land_cover_codes()[cover]))
    shapes = np.array(cells, object)
    return Surface(like, flat, flat, code, flat, flat, Coverage.of(shapes, like))


def sites_of(surface: Surface) -> xr.Dataset:
    """Middles of the sites."""
    count = surface.coverage.weights.shape[0]
    lon, lat = np.meshgrid(surface.elevation.lon, surface.elevation.lat)
    place = {"lon": ("site", surface.coverage.mean(lon)), "lat": ("site", surface.coverage.mean(lat))}
    return xr.Dataset(place, {"site": [f"s{number}" for number in range(count)]})


def node_file(folder, *places, **columns):
    frame = pd.DataFrame(places, columns=["lon", "lat"]).assign(**columns)
    path = folder / "nodes.csv"
    frame.to_csv(path, index=False)
    return path


def economics(**connection) -> Economics:
    return Economics(connection=Connection(**connection), **MONEY)


@pytest.fixture
def surface():
    return level()


@pytest.fixture
def middle(tmp_path):
    return node_file(tmp_path, (46.33, 39.75), node=["hub"])


def test_over_level_ground_the_sum_is_the_world_banks(surface, middle, tmp_path):
    roads = gpd.GeoDataFrame(geometry=[shapely.LineString([(46.0, 39.9), (46.6, 39.9)])], crs=4326)
    roads.to_file(tmp_path / "roads.gpkg")
    own = Costs(capital_per_kw=2000, fixed_om_per_kw_year=40, variable_om_per_mwh=4, lifetime_years=25)
    section = Economics(
        costs={"solar": own}, connection=Connection(nodes=middle, roads=tmp_path / "roads.gpkg"), **MONEY
    )
    sites = sites_of(surface)
    connection = connect(section, surface, sites, TABLES)
    factor = xr.full_like(sites.lon, 0.2)
    table = xr.Dataset({"capacity_mw": xr.ones_like(sites.lon), "capacity_factor": factor}, {"site": sites.site})
    potential = Potential("solar", table, xr.Dataset())
    plant = lcoe_of(section, {"solar": potential}, TABLES)["solar"]
    found = connected_lcoe(plant, potential, connection, section.wacc, 25)
    ours = connection.sites
    expected = zoning_lcoe(0.2, ours.distance_grid.to_numpy(), ours.distance_road.to_numpy(), ZoningCosts())
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_straight_ways_are_as_long_as_the_earth_says(surface, middle):
    sites = sites_of(surface)
    found = connect(economics(nodes=middle), surface, sites, TABLES).sites.distance_grid.to_numpy()
    east = (sites.lon.to_numpy() - 46.33) * 111.195 * np.cos(np.radians(39.75))
    north = (sites.lat.to_numpy() - 39.75) * 111.195
    straight = np.hypot(east, north)
    # A way of eight directions is longest midway between the two that lie furthest apart: from east to the diagonal
    # of cells that are 1 / cos(latitude) times as high as wide. A cell is about 0.9 km.
    apart = np.arctan(1 / np.cos(np.radians(39.75)))
    assert (found >= straight - 1.0).all()
    assert (found <= straight / np.cos(apart / 2) + 1.0).all()


def test_capacity_of_the_currency(surface, middle):
    sites = sites_of(surface)
    dollars = connect(economics(nodes=middle), surface, sites, TABLES).sites.connection_cost
    section = Economics(currency="EUR", connection=Connection(nodes=middle))
    euros = connect(section, surface, sites, TABLES).sites.connection_cost
    factor = price_factor(TABLES["price_index"], "USD", 2020, "EUR", 2024)
    np.testing.assert_allclose(euros, dollars * factor)
    assert euros.attrs["units"] == "EUR kW-1"


@pytest.mark.parametrize(
    ("slope", "cover", "expected"),
    [  # Black & Veatch for WECC 2014: mountain 1.75, forest 2.25, urban 1.59
        (0, "grassland", 1.0),
        (np.degrees(np.arctan(0.15)), "grassland", 1.75),
        (0, "mixed_forest", 2.25),
        (np.degrees(np.arctan(0.15)), "urban", 1.75 * 1.59),
    ],
)
def test_ground_multiplies_the_line(slope, cover, expected):
    assert line_multiplier(level(9, 9, slope, cover), TABLES["economics_routes"]) == pytest.approx(expected)


def test_unknown_ground_is_not_crossed(middle):
    surface = level()
    surface.elevation.values[:, 35:38] = np.nan  # a wall of unknown ground west of the node
    sites = sites_of(surface)
    found = connect(economics(nodes=middle), surface, sites, TABLES).sites
    west = (sites.lon < 46.29).to_numpy()
    assert np.isnan(found.distance_grid.to_numpy())[west].all()
    assert (found.grid_node.to_numpy()[west] == "").all()
    assert np.isfinite(found.distance_grid.to_numpy())[~west].all()


def test_existing_lines_make_it_cheaper_and_never_dearer(surface, middle, tmp_path):
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(46.02, 39.75), (46.33, 39.75)])], crs=4326)
    lines.to_file(tmp_path / "lines.gpkg")
    sites = sites_of(surface)
    plain = connect(economics(nodes=middle), surface, sites, TABLES).sites.connection_cost
    beside = connect(economics(nodes=middle, corridors=tmp_path / "lines.gpkg"), surface, sites, TABLES)
    assert (beside.sites.connection_cost <= plain + 1e-9).all()
    far_west = int(np.hypot(sites.lon - 46.04, sites.lat - 39.75).to_numpy().argmin())
    line = plain[far_west].item() - 70  # without the substation, USD/kW
    assert 0.6 * line <= beside.sites.connection_cost[far_west].item() - 70 < 0.75 * line


def test_a_line_may_be_tapped_and_an_area_has_its_middle(surface, tmp_path):
    shapes = [shapely.LineString([(46.05, 39.55), (46.6, 39.55)]), shapely.box(46.3, 39.9, 46.32, 39.92)]
    gpd.GeoDataFrame({"name": ["line", "yard"]}, geometry=shapes, crs=4326).to_crs(32638).to_file(tmp_path / "n.gpkg")
    sites = sites_of(surface)
    found = connect(economics(nodes=tmp_path / "n.gpkg"), surface, sites, TABLES).sites
    assert set(found.grid_node.to_numpy()) == {"line", "yard"}
    along = (np.abs(sites.lat - 39.55) < 0.03).to_numpy()
    assert (found.distance_grid.to_numpy()[along] < 3.5).all()
    assert (found.grid_node.to_numpy()[along] == "line").all()


def test_routes_run_from_the_site_to_the_node_on_the_ground(surface, middle):
    sites = sites_of(surface)
    connection = connect(economics(nodes=middle), surface, sites, TABLES)
    wanted = pd.DataFrame({"lon": sites.lon, "lat": sites.lat, "grid_node": connection.sites.grid_node, "rank": 1})
    lines = route_lines(connection, wanted)
    assert len(lines) == len(wanted)
    assert list(lines.columns) == ["grid_node", "rank", "route_km", "geometry"]
    extent = shapely.box(46.0, 39.5, 46 + 80 * STEP, 40.0)
    assert lines.within(extent).all()
    ends = shapely.get_point(lines.geometry.to_numpy(), -1)
    assert shapely.distance(ends, shapely.Point(46.33, 39.75)).max() < STEP
    np.testing.assert_allclose(lines.route_km, connection.sites.distance_grid, atol=1.0)


def test_finer_terrain_is_averaged_to_what_routes_need():
    fine = level(900, 900, step=STEP / 12)
    ground = ground_of(fine, TABLES["economics_routes"], 20)
    assert 20 * ground.multiplier.values.size <= MOST_WORK
    np.testing.assert_allclose(ground.multiplier.values, 1.0)
    assert ground.pixels.max() == ground.multiplier.values.size - 1


def test_spare_capacity_is_the_files_then_the_scenarios_then_that_of_the_voltage(surface, tmp_path):
    columns = {"node": list("abc"), "voltage_kv": [110, 330, 110], "spare_capacity_mw": [7.0, np.nan, np.nan]}
    path = node_file(tmp_path, (46.1, 39.9), (46.3, 39.7), (46.5, 39.6), **columns)
    for assumed, expected in ((None, [7, 500, 100]), (40.0, [7, 40, 40])):
        section = economics(nodes=path, spare_capacity_mw=assumed)
        assert connect(section, surface, sites_of(surface), TABLES).choices.spare_capacity.values.tolist() == expected


def test_without_a_node_on_the_terrain_nothing_is_connected():
    far = level()
    moved = Raster(far.elevation.values, 20.0, 50.0, STEP, STEP)
    shapes = np.array([shapely.box(20.1, 49.8, 20.2, 49.9)], object)
    there = Surface(moved, far.slope, far.aspect, far.land_cover, far.slope, far.slope, Coverage.of(shapes, moved))
    connection = connect(economics(), there, sites_of(there), TABLES)
    assert np.isnan(connection.sites.connection_cost.to_numpy()).all()
    assert any("No node of the grid" in note for note in connection.notes)


def test_bad_files_are_named(surface, tmp_path):
    def refused(match, **connection):
        with pytest.raises(GreenzoneError, match=match):
            connect(economics(**connection), surface, sites_of(surface), TABLES)

    refused("does not exist", nodes=tmp_path / "none.gpkg")
    refused("name 'a' twice", nodes=node_file(tmp_path, (46.1, 39.9), (46.2, 39.9), node=["a", "a"]))
    refused("none of the grid nodes lies on the terrain", nodes=node_file(tmp_path, (10.0, 50.0), node=["a"]))
    refused("row 3 is no place", nodes=node_file(tmp_path, (46.1, 39.9), (560000, 4400000), node=["a", "b"]))
    refused("spare_capacity_mw '-5'", nodes=node_file(tmp_path, (46.1, 39.9), spare_capacity_mw=[-5]))
    refused("voltage_kv 'high'", nodes=node_file(tmp_path, (46.1, 39.9), voltage_kv=["high"]))
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type":"FeatureCollection","features":[]}')
    refused("holds no features", nodes=empty)
    text = tmp_path / "text.geojson"
    text.write_text("no map at all")
    refused("cannot be read", roads=text)
    (tmp_path / "bare.csv").write_text("x,y\n1,2\n")
    refused("needs the columns 'lon' and 'lat'", nodes=tmp_path / "bare.csv")
    points = gpd.GeoDataFrame(geometry=[shapely.Point(46.1, 39.9)], crs=4326)
    points.to_file(tmp_path / "points.gpkg")
    refused("holds Point features: lines are needed", roads=tmp_path / "points.gpkg")
    away = gpd.GeoDataFrame(geometry=[shapely.LineString([(1, 1), (2, 2)])], crs=4326)
    away.to_file(tmp_path / "away.gpkg")
    refused("no road of .*away.gpkg lies near the zone", roads=tmp_path / "away.gpkg")
    with pytest.warns(UserWarning, match="crs"):
        gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(46.1, 39.9)]).to_file(tmp_path / "nocrs.shp")
    refused("has no CRS", nodes=tmp_path / "nocrs.shp")


def test_a_run_off_the_grid_has_empty_curves_and_routes():
    """No node on the terrain: the economic rung falls back to the LCOE of the plant."""
    far = level()
    moved = Raster(far.elevation.values, 20.0, 50.0, STEP, STEP)
    shapes = np.array([shapely.box(20.1, 49.8, 20.2, 49.9)], object)
    there = Surface(moved, far.slope, far.aspect, far.land_cover, far.slope, far.slope, Coverage.of(shapes, moved))
    sites = sites_of(there).assign(district=("site", ["x"]))
    values = {"capacity_mw": ("site", [5.0]), "capacity_factor": ("site", [0.2]), "energy_gwh": ("site", [8.76])}
    potentials = {"solar": Potential("solar", xr.Dataset(values, {"site": sites.site}), xr.Dataset())}
    lcoe = lcoe_of(economics(), potentials, TABLES)
    connection = connect(economics(), there, sites, TABLES)
    connected = put_on_grid(economics(), potentials, lcoe, connection, sites, TABLES)
    assert connected.routes.empty
    assert connected.curve.connected_capacity_mw.max() == 0
    assert connected.curve.capacity_mw.max() == 5
    assert economic_rung(connected, potentials, lcoe, 1000.0).capacity_mw["solar"] == 5
