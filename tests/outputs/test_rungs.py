"""The ladder with its ranges: what the technologies draw reaches the table, shares hold at every percentile."""

from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from greenzone.outputs.columns import meaning
from greenzone.outputs.notes import cost_notes
from greenzone.outputs.rungs import COLUMNS, connected_share, ladder_table
from greenzone.outputs.write import raster_values
from greenzone.schema import Draws, Potential

ENERGY = {"energy_p10_gwh": 20.0, "energy_p50_gwh": 28.0, "energy_p90_gwh": 40.0}
ROCK = {"theoretical_p10_gwh": 80.0, "theoretical_p50_gwh": 100.0, "theoretical_p90_gwh": 120.0}


def made_up_run(ceiling=100.0):
    """Two sites in two districts, half of the resource on eligible land; only the first is cheap enough."""
    values = {
        "theoretical_gwh": [60.0, 40.0], "geographic_gwh": [30.0, 20.0], "capacity_mw": [3.0, 1.0],
        "energy_gwh": [21.0, 7.0], "capacity_factor": [0.8, 0.8],
    }  # fmt: skip
    sites = xr.Dataset({name: ("site", value) for name, value in values.items()}, {"site": ["a", "b"]})
    squares = [shapely.box(46, 39, 47, 40), shapely.box(47, 39, 48, 40)]
    of_district = {name: [0.75 * value, 0.25 * value] for name, value in (ENERGY | ROCK).items()}
    frame = gpd.GeoDataFrame({"district": ["West", "East"], **of_district}, geometry=squares, crs=4326)
    potential = Potential("geothermal", sites, xr.Dataset(), {"geothermal_districts": frame}, ENERGY | ROCK)
    lcoe = {"geothermal": xr.DataArray([80.0, 300.0], {"site": ["a", "b"]}, ("site",))}
    connected = SimpleNamespace(lcoe=lcoe, allocation=pd.DataFrame())
    grid = SimpleNamespace(sites=xr.Dataset({"district": ("site", ["West", "East"])}, {"site": ["a", "b"]}))
    return SimpleNamespace(
        config={"economics": {"lcoe_ceiling": ceiling}}, grid=grid, layers=SimpleNamespace(zone=frame), lcoe=lcoe,
        connected=connected, potentials={"geothermal": potential},
    )  # fmt: skip


def test_rungs_of_the_zone_carry_the_ranges_of_the_technology():
    """Half of the resource is on eligible land, three quarters of the energy below 100: so at every percentile."""
    table = ladder_table(made_up_run()).query("scope == 'zone'").set_index("rung")
    drawn = table[["p10_gwh", "p50_gwh", "p90_gwh"]]
    assert table.gwh.to_dict() == {"theoretical": 100.0, "geographic": 50.0, "technical": 28.0, "economic": 21.0}
    assert drawn.loc["theoretical"].tolist() == [80.0, 100.0, 120.0]
    assert drawn.loc["geographic"].tolist() == [40.0, 50.0, 60.0]
    assert drawn.loc["technical"].tolist() == [20.0, 28.0, 40.0]
    assert drawn.loc["economic"].to_numpy() == pytest.approx([15.0, 21.0, 30.0])


def test_rungs_of_the_districts_are_their_own():
    table = ladder_table(made_up_run()).query("scope == 'district'").set_index(["place", "rung"])
    assert table.gwh["West", "economic"] == 21.0 and table.gwh["East", "economic"] == 0.0
    assert table.p90_gwh["East", "technical"] == 10.0 and table.p90_gwh["East", "economic"] == 0.0
    assert len(table) == 8


def test_the_economic_range_is_that_of_the_sites_that_are_cheap():
    """Two reservoirs, each under a site of its own: the cheap one gives 10 or 20, the dear one 0 or 100."""
    run = made_up_run()
    draws = Draws(np.array([[10.0, 20.0], [0.0, 100.0]]), np.eye(2))
    run.potentials = {"geothermal": replace(run.potentials["geothermal"], draws=draws)}
    table = ladder_table(run).set_index(["place", "rung"])[["p10_gwh", "p50_gwh", "p90_gwh"]]
    for place in ("zone", "West"):
        assert table.loc[(place, "economic")].to_numpy() == pytest.approx([11.0, 15.0, 19.0])
    assert table.loc[("East", "economic")].to_numpy() == pytest.approx([0.0, 0.0, 0.0])


def test_half_a_site_on_the_grid_is_half_of_its_range():
    run = made_up_run()
    run.connected.allocation = pd.DataFrame(
        {"technology": ["geothermal"] * 2, "site": ["a", "b"], "capacity_mw": [1.5, 1.0], "energy_gwh": [10.5, 7.0],
         "lcoe_connected": [90.0, 310.0]}
    )  # fmt: skip
    assert connected_share(run, "geothermal", 100.0).tolist() == [0.5, 0.0]


def test_a_technology_without_draws_has_no_percentiles():
    run = made_up_run()
    bare = replace(run.potentials["geothermal"], features={}, totals={})
    run.potentials = {"geothermal": bare}
    table = ladder_table(run)
    assert list(table.columns) == list(COLUMNS)
    assert np.isnan(table[["p10_gwh", "p50_gwh", "p90_gwh"]].to_numpy()).sum() > 0
    assert np.isfinite(table.gwh).all()


def test_a_lower_ceiling_never_raises_the_economic_rung():
    low, high = (ladder_table(made_up_run(ceiling)).set_index(["place", "rung"]).gwh for ceiling in (50.0, 500.0))
    assert (low <= high).all()
    assert high["zone", "economic"] == high["zone", "technical"]


def test_temperatures_at_any_depth_have_their_raster():
    run = made_up_run()
    run.layers = SimpleNamespace(site=xr.Dataset())
    sites = run.potentials["geothermal"].sites
    for name in ("temperature_at_2.5km", "temperature_at_2.5km_std", "heat_flow", "heat_flow_std"):
        sites[name] = ("site", [1.0, 2.0])
    found = set(raster_values(run)) - {"geothermal_capacity_factor", "geothermal_lcoe"}
    assert found == {"geothermal_temperature_at_2.5km", "geothermal_heat_flow"}
    known = meaning("geothermal_temperature_at_2.5km")
    assert known.label == "geothermal: temperature 2.5 km below the surface [degC]"


@pytest.mark.parametrize(
    ("named", "count"), [({}, 0), ({"geothermal": {"capital_per_kw": 3000}}, 1), ({"solar": {}}, 0)]
)
def test_two_costs_of_one_plant_are_told(named, count):
    run = made_up_run()
    run.config = {"economics": {"lcoe_ceiling": 100.0, "costs": named}}
    assert len(cost_notes(run)) == count
    assert all("names for geothermal hold" in note for note in cost_notes(run))
