"""Siting of bioenergy plants: an optimum known by hand, laws of the choice, sizes and costs, ways over hills."""

import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.technologies.bioenergy import Options, conversion, location, logistics, plants, scale

TABLES = catalogue.read_tables()
LINES = location.Lines(np.array([100.0, 300.0]), np.array([10.0, 5.0]))
SOLID = TABLES["bioenergy_plants"].iloc[0]


def grid_sites(columns=12, rows=8, step=0.045):
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(46 + np.arange(columns) * step * 1.3, 39.5 + np.arange(rows) * step)
    )
    names = [f"s{index}" for index in range(lon.size)]
    data = {"lon": lon, "lat": lat, "area_km2": np.full(lon.size, 10.0), "district": np.full(lon.size, "one")}
    return xr.Dataset({name: ("site", values) for name, values in data.items()}, {"site": names})


def random_case(seed, blocks=30, places=6):
    rng = np.random.default_rng(seed)
    spots = rng.random((blocks, 2)) * 60
    supply = rng.gamma(0.6, 5.0, blocks)
    distance = np.hypot(*(spots[:, None] - spots[None, :places]).transpose(2, 0, 1))
    return supply, distance


def test_two_heaps_and_two_places_by_hand():
    """10 and 20 GWh 10 km apart: one plant costs 100 + 10 x 30 + 1.5 x 10 x 10 = 550, two cost 200 + 10 x 30."""
    distance = np.array([[0.0, 10.0], [10.0, 0.0]])
    supply = np.array([10.0, 20.0])
    dear = location.locate(supply, distance, 50.0, 5.0, np.full(2, 1.5), LINES, location.Limits(gap=0.0))
    assert dear.share == pytest.approx(np.eye(2), abs=1e-5)
    cheap = location.locate(supply, distance, 50.0, 5.0, np.full(2, 0.1), LINES, location.Limits(gap=0.0))
    assert (cheap.share.sum(0) > 0.5).tolist() == [False, True]
    assert cheap.fuel_gwh == pytest.approx(30.0, rel=1e-5)


def test_too_little_fuel_builds_nothing():
    choice = location.locate(np.array([3.0]), np.array([[0.0]]), 10.0, 5.0, np.ones(1), LINES)
    assert choice.fuel_gwh == 0 and choice.share.sum() == 0


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.floats(2, 60), st.floats(0, 30))
def test_a_larger_radius_never_lowers_the_supply(seed, radius, more):
    supply, distance = random_case(seed)
    near, far = (
        location.locate(supply, distance, reach, 8.0, np.full(supply.size, 1.0), LINES)
        for reach in (radius, radius + more)
    )
    assert near.supply_gap <= 1e-6 and far.supply_gap <= 1e-6
    assert far.fuel_gwh >= near.fuel_gwh * (1 - 2 * location.KEPT) - 1e-6


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.floats(5, 60))
def test_nothing_is_used_twice_and_no_plant_is_too_small(seed, radius):
    supply, distance = random_case(seed)
    choice = location.locate(supply, distance, radius, 8.0, np.full(supply.size, 1.0), LINES)
    assert (choice.share.sum(1) <= 1 + 1e-6).all() and (choice.share >= 0).all()
    burnt = supply @ choice.share
    assert burnt[burnt > 1e-6].min(initial=8.0) >= 8.0 * (1 - 1e-4)
    assert choice.share[distance > radius].sum() == 0
    assert choice.cost_gap <= 0.05 + 1e-9


def test_impossible_supply_is_an_error():
    with pytest.raises(GreenzoneError, match="supply and transport radius of plants cannot be negative"):
        location.locate(np.array([-1.0]), np.array([[0.0]]), 10.0, 5.0, np.ones(1), LINES)


def test_the_way_over_hills_is_longer():
    """Level: 1.3 times the straight line between neighbours; at 10 degrees half as long again."""
    sites = grid_sites()
    level, steep = (logistics.make_blocks(sites, np.full(96, slope), 5.0) for slope in (0.0, 10.0))
    flat, hilly = (logistics.road_distance(blocks, np.array([0]), 1.3, 0.05, np.inf)[:, 0] for blocks in (level, steep))
    straight = np.hypot(level.x - level.x[0], level.y - level.y[0])
    along = (level.y == level.y[0]) & (straight > 0)
    assert flat[along] == pytest.approx(1.3 * straight[along])
    assert hilly[along] == pytest.approx(1.5 * flat[along])
    assert (flat >= 1.3 * straight - 1e-9).all()


def test_blocks_hold_every_site_once():
    sites = grid_sites()
    blocks = logistics.make_blocks(sites, np.zeros(96), 5.0)
    assert np.bincount(blocks.of_site, sites.area_km2).sum() == pytest.approx(960.0)
    east = (sites.lon.to_numpy() - blocks.lon[blocks.of_site]) / blocks.lon_per_km
    assert np.abs(east).max() <= blocks.width / 2 + 1e-6


def test_reference_plant_has_its_size():
    """24 MW at 0.3003 and 7,008 h burn 560 GWh; a plant of 1 MW turns 0.19 of its fuel into electricity."""
    fuel = scale.fuel_of(24.0, SOLID, 0.8)
    assert fuel == pytest.approx(24 / 0.3003 * 7.008)
    assert scale.size_of(fuel, SOLID, 0.8) == pytest.approx(24.0)
    small = scale.fuel_of(1.0, SOLID, 0.8)
    assert 7.008 / small == pytest.approx(0.3003 / 24**0.14)
    assert scale.size_of(small, SOLID, 0.8) == pytest.approx(1.0)


@given(st.floats(20, 2000), st.floats(1.01, 5))
def test_larger_plants_cost_more_but_less_for_each_unit(fuel, times):
    one, other = (plants.yearly_cost(value, SOLID, 1.0, Options()) for value in (fuel, fuel * times))
    assert one < other < one * times
    lines = plants.cost_lines(SOLID, 1.0, Options())
    assert (lines.fixed + lines.slope * fuel >= one * (1 - 1e-6)).all()  # tangents of a curve that bends down


def sited(options, fuel=2.0):
    sites = grid_sites()
    ways = conversion.read_ways(TABLES["bioenergy_conversion"], options)
    supply = np.zeros((ways.kind.size, 96))
    supply[0] = fuel
    return plants.site_plants(sites, logistics.make_blocks(sites, np.full(96, 3.0), 5.0), supply, ways, TABLES, options)


def test_plants_have_size_cost_and_catchments():
    points, areas, totals = sited(Options())
    assert (points.capacity_mw >= 1.0 - 1e-3).all() and len(points) >= 1
    assert points.fuel_gwh.sum() == pytest.approx(totals["plants_fuel_gwh"])
    assert totals["plants_fuel_gwh"] <= 192.0 * (1 + 1e-9)
    assert points.energy_gwh.to_numpy() == pytest.approx((points.efficiency * points.fuel_gwh).to_numpy())
    assert (points.lcoe_with_heat_usd_per_mwh < points.lcoe_usd_per_mwh).all()
    assert (points.energy_gwh + points.heat_gwh <= points.fuel_gwh).all()
    assert set(areas.plant) == set(points.plant)
    shapes = areas.to_crs(32638).geometry
    assert shapely.area(shapely.union_all(shapes.to_numpy())) == pytest.approx(shapes.area.sum(), rel=1e-6)
    assert totals["plants_supply_gap"] == 0 and totals["plants_cost_gap"] <= 0.05


def test_a_radius_of_nothing_and_no_fuel_site_nothing():
    for options, fuel in ((Options(transport_radius_km=0.0), 2.0), (Options(), 0.0)):
        points, areas, totals = sited(options, fuel)
        assert len(points) == len(areas) == totals["plants_mw"] == 0
