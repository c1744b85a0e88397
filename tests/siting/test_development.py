"""Zones on the grid: connection of an area by hand, order by criteria, hybrids, dual uses of water and fields."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from pydantic import ValidationError

import greenzone as gz
from greenzone.config.economics import Economics
from greenzone.config.scoring import Scoring
from greenzone.config.zones import ZoneCriteria, Zones
from greenzone.economics import costs_of
from greenzone.economics.area import NOWHERE, connect_area
from greenzone.economics.connection import Connection
from greenzone.economics.corridor import Ground
from greenzone.layers.catalogue import read_table, read_tables
from greenzone.schema import Potential, Raster
from greenzone.siting.development import Contenders, complementarity, ranked, sent_at_once
from greenzone.siting.dual_use import dual_options, priced_use
from greenzone.technologies import solar

SITES = np.array([0, 1])
MEGAWATTS = np.array([100.0, 300.0])


def grid_of(capital, spare, reinforcement=175.0) -> Connection:
    """Nodes near and hub with the capital of two sites to each [USD/kW] and their spare capacity [MW]."""
    values = np.array(capital, float)
    choices = xr.Dataset(
        {
            "capital": (("node", "site"), values),
            "upkeep": (("node", "site"), values / 100),
            "length": (("node", "site"), values - 70),
            "spare_capacity": ("node", np.array(spare, float)),
        },
        {"node": ["near", "hub"][: len(values)], "site": ["a", "b"]},
    )
    ground = Ground(Raster(np.ones((2, 2)), 46.0, 40.0, 0.1, 0.1), np.arange(4))
    return Connection(xr.Dataset(), choices, reinforcement, ground, {}, ())


def test_a_large_area_passes_the_near_node_by():
    # near: (100 * 80 + 300 * 84) / 400 = 83, and 75 % of 175 for what its 100 MW do not take: 214.25; hub: 110
    way = connect_area(grid_of([[80, 84], [110, 110]], [100, 500]), SITES, MEGAWATTS)
    assert (way.node, way.capital, way.upkeep, way.length) == ("hub", pytest.approx(110), pytest.approx(1.1), 40)
    small = connect_area(grid_of([[80, 84], [110, 110]], [100, 500]), SITES, MEGAWATTS / 10)
    assert (small.node, small.capital) == ("near", pytest.approx(83))


def test_a_shared_line_is_built_for_what_is_sent_at_once():
    # half of 400 MW at once: half the line of 83, and half of 175 for the half that 100 MW do not take
    way = connect_area(grid_of([[80, 84]], [100]), SITES, MEGAWATTS, sent=0.5)
    assert way.capital == pytest.approx(0.5 * (83 + 175 * 0.5))


def test_an_area_that_no_node_is_near_to():
    assert connect_area(grid_of([[np.inf, np.inf]], [100]), SITES, MEGAWATTS) == NOWHERE
    assert connect_area(grid_of(np.zeros((0, 2)), []), SITES, MEGAWATTS) == NOWHERE


def zones(**columns) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    plain = {"technology": "solar", "score": 0.7, "lcoe_connected": 47.0, "energy_gwh": 250.0, "connection_cost": 100.0}
    return pd.DataFrame({**{key: [value] * count for key, value in plain.items()}, "complementarity": np.nan, **columns}
    ).assign(capacity_mw=100.0)  # fmt: skip


def test_zones_in_order_by_hand():
    table = ranked(zones(energy_gwh=[100.0, 900.0, 400.0]), ZoneCriteria(), Scoring(draws=1000))
    assert table["energy_gwh"].tolist() == [900, 400, 100]
    assert table["zone"].tolist() == ["solar-1", "solar-2", "solar-3"]
    # score 0.7, (200 - 47) / 180 = 0.85, energy above its bound 1, (250 - 100) / 180 = 0.8333; equal weights
    assert table["zone_score"].iloc[0] == pytest.approx((0.7 + 0.85 + 1 + 150 / 180) / 4)
    assert table["top_probability"].tolist() == [1, 0, 0]  # the others are alike but for less energy


def test_a_zone_off_the_grid_comes_last():
    table = ranked(
        zones(lcoe_connected=[np.nan, 60.0], connection_cost=[np.nan, 200.0]), ZoneCriteria(), Scoring(draws=100)
    )
    assert np.isnan(table["lcoe_connected"].iloc[1])


def test_hybrids_share_a_line_and_fill_each_others_gaps():
    day, night = np.array([10.0, 10, 0, 0]), np.array([0.0, 0, 10, 10])
    nobody = Contenders({}, {}, {}, {})
    assert sent_at_once([day, night]) == pytest.approx(0.5)
    assert sent_at_once([day, day]) == pytest.approx(1)
    assert sent_at_once([day]) == 1
    assert complementarity(("solar", "wind"), [day, night], nobody, "Lachin") == pytest.approx(1)
    assert complementarity(("solar", "wind"), [day, day], nobody, "Lachin") == pytest.approx(0)
    assert np.isnan(complementarity(("solar",), [day], nobody, "Lachin"))


def test_floats_are_held_against_the_hydropower_of_their_district():
    profiles = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), [[1.0, 0, 1, 0], [0, 1, 0, 1]]),
            "capacity_mw": ("group", [50.0, 20.0]),
        },
        {"district": ("group", ["Aghdara", "Lachin"])},
    )
    hydro = Contenders({"hydro": Potential("hydro", xr.Dataset(), profiles)}, {}, {}, {})
    floats = [np.array([3.0, 0, 3, 0])]
    assert complementarity(("floating_solar",), floats, hydro, "Aghdara") == pytest.approx(0)
    assert complementarity(("floating_solar",), floats, hydro, "Lachin") == pytest.approx(1)
    assert np.isnan(complementarity(("floating_solar",), floats, hydro, "Shusha"))


@pytest.fixture(scope="module")
def run(project):
    """The two districts that hold the reservoirs of the table."""
    off = [f"technologies.{name}=false" for name in ("wind", "geothermal", "bioenergy")]
    asked = ["zone.districts=[Aghdara, Aghdam]", "grid.cell_size=2000", *off]
    return gz.run(gz.read_config(project / "configs" / "baseline.yaml", asked))


def test_a_tenth_of_the_reservoirs_is_covered(run):
    # 83 MW/km2 (World Bank, ESMAP and SERIS 2019) on a tenth of 13.46 + 1.76 + 0.58 + 0.5 km2; discs of 100 m pixels
    floats = run.zones[run.zones["technology"] == "floating_solar"]
    assert floats["capacity_mw"].sum() == pytest.approx(83 * 0.1 * read_table("reservoirs")["area_km2"].sum(), rel=0.02)
    sarsang = gpd.GeoSeries([shapely.Point(46.6171, 40.1814)], crs=4326).iloc[0]
    largest = floats.loc[floats["capacity_mw"].idxmax()]
    assert largest.geometry.contains(sarsang)
    assert largest["capacity_mw"] == pytest.approx(83 * 1.346, rel=0.02)
    assert 0 < largest["complementarity"] < 1


def test_rows_between_the_crops_take_what_solar_on_the_ground_leaves(run):
    shares = run.land.shares
    assert (shares["solar"] + shares["agrivoltaics"]).max() <= 1 + 1e-6
    assert (shares["floating_solar"] * shares["agrivoltaics"]).max() == 0
    assert (run.zones["technology"] == "agrivoltaics").any()
    assert set(run.potentials) == {"solar", "hydro"}  # dual uses are in no sum


def test_every_zone_is_on_the_grid_with_a_route(run):
    found = run.zones
    assert found.geometry.is_valid.all()
    assert set(found.geometry.geom_type) == {"Polygon"}
    assert (found["lcoe_connected"] > found["lcoe"]).all()
    assert (found["connection_cost"] > 70).all()  # more than the substation
    routes = run.connected.routes.dropna(subset="zone").set_index("zone")
    assert set(routes.index) == set(found["zone"])
    for row in found.itertuples():
        assert row.district in row.districts.split("; ")
        assert routes.loc[row.zone, "grid_node"] == row.grid_node
        assert row.geometry.intersects(shapely.Point(routes.geometry[row.zone].coords[0]))


def test_dual_uses_keep_the_scenarios_equipment_but_not_its_mounting():
    asked = solar.Options(mounting="dual_axis", tilt=40, land_share=0.5, losses=0.2, dc_ac_ratio=1.1)
    floats = dual_options(asked, "floating_solar")
    assert (floats.variant, floats.losses, floats.dc_ac_ratio) == ("floating", 0.2, 1.1)
    assert floats.model_fields_set == {"variant", "losses", "dc_ac_ratio"}


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({}, 1.0),
        ({"country_multiplier": {"solar": 1.5}}, 1.5),
        ({"costs": {"solar": {"capital_per_kw": 700}}}, None),
        ({"costs": {"solar": {"capital_per_kw": 700}}, "country_multiplier": {"solar": 1.5}}, None),
    ],
)
def test_floats_cost_a_quarter_more_than_solar_on_land_whatever_that_costs(section, named):
    """1.25 of the table economics_dual_use, on the scenario's own capital too; a country's factor counts once."""
    tables, asked = read_tables(), Economics(terrain=False, **section)
    sites = xr.Dataset({"capacity_mw": ("site", [5.0]), "capacity_factor": ("site", [0.2])}, {"site": ["a"]})
    floats = priced_use("floating_solar", Potential("solar", sites, xr.Dataset()), asked, tables)
    on_land = 700.0 if named is None else named * costs_of(Economics(), tables).loc["solar", "capital_per_kw"]
    assert floats.sites.capital_per_kw.item() == pytest.approx(1.25 * on_land)


def test_criteria_that_cannot_order_zones():
    with pytest.raises(ValidationError, match="all weights are 0"):
        ZoneCriteria(**{name: {"weight": 0, "worst": 0, "best": 1} for name in ZoneCriteria.model_fields})
    with pytest.raises(ValidationError, match="'worst' and 'best' are both 1"):
        Zones(criteria={"score": {"worst": 1, "best": 1}})
    with pytest.raises(ValidationError, match="unknown kind of zone 'sun'"):
        Zones(min_mw={"sun": 5})
