"""Draws of one mix: percentiles in their order, drivers that are known beforehand."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.config.supply import Management
from greenzone.layers.catalogue import read_table
from greenzone.supply import Storage, ensemble
from greenzone.supply.mixes import Case
from greenzone.supply.uncertain import uncertain

COSTS = pd.DataFrame(
    {"per_mw": [60e3, 150e3, 30e3], "per_mwh_stored": [0.0, 0.0, 20e3], "per_mwh": 0.0},
    index=["solar", "wind", "battery"],
)


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(2)
    time = pd.date_range("2019-01-01", "2021-01-01", freq="h", inclusive="left")
    groups = xr.Dataset(
        {"capacity_factor": (("group", "time"), rng.uniform(0, 0.6, (2, len(time))).astype("f4"))},
        {"technology": ("group", ["solar", "wind"]), "district": ("group", ["Lachin"] * 2), "time": time},
    )
    case = Case(
        "a", np.array([30.0, 60.0]), np.ones(2), ("all",), np.full((1, len(time)), 20.0),
        (Storage("battery", 5.0, 20.0, 0.95, 0.95),), 5.0, Management(),
    )  # fmt: skip
    return uncertain(case, groups, COSTS, read_table("supply_factors"), read_table("ensemble_ranges"), 64)


def test_every_draw_is_reckoned(found):
    # demand, two resources, two costs and the weather year: 64 x (6 + 2) draws
    assert list(found.draws) == [
        "demand_all", "resource_solar", "resource_wind", "cost_solar", "cost_wind", "weather_year",
    ]  # fmt: skip
    assert found.results.sizes["scenario"] == len(found.draws) == 64 * 8


def test_percentiles_stand_in_their_order(found):
    assert (found.percentiles.P10 <= found.percentiles.P50).all()
    assert (found.percentiles.P50 <= found.percentiles.P90).all()
    assert found.percentiles.P90["share_met_hourly"] <= 1


def test_drivers_are_what_they_must_be(found):
    total = found.drivers.set_index(["result", "parameter"]).total
    # Wind is 60 of 90 MW and half either way, sun 30 MW and 7 %: wind drives the energy.
    assert total["energy_gwh", "resource_wind"] > 0.9
    assert total["energy_gwh", "demand_all"] == pytest.approx(0, abs=1e-9)
    assert total["unserved_gwh_year", "cost_wind"] == pytest.approx(0, abs=1e-9)
    assert total["cost_per_mwh_met", "cost_wind"] > total["cost_per_mwh_met", "cost_solar"]


def test_a_dry_year_is_not_drawn_twice():
    groups = xr.Dataset(
        {"capacity_factor": (("group", "time"), np.full((2, 8760), 0.3, "f4"))},
        {"technology": ("group", ["hydro", "solar"]), "time": pd.date_range("2019-01-01", periods=8760, freq="h")},
    )
    case = Case(
        "dry", np.array([10.0, 10.0]), np.array([0.7, 1.0]), ("all",), np.full((1, 8760), 5.0), (), 0.0, Management()
    )  # fmt: skip
    costs = pd.DataFrame({"per_mw": 1e5, "per_mwh_stored": 0.0, "per_mwh": 0.0}, index=["hydro", "solar"])
    drawn = uncertain(case, groups, costs, read_table("supply_factors"), read_table("ensemble_ranges"), 16)
    assert "resource_hydro" not in drawn.draws and "resource_solar" in drawn.draws
    energy = drawn.results.energy_by_source_gwh.sum("month").sel(source=drawn.results.technology == "hydro")
    assert energy.to_numpy() == pytest.approx(10 * 0.3 * 0.7 * 8.76, rel=1e-5)  # 32-bit profiles


def test_draws_of_cost_share_their_hours_and_change_nothing_else():
    """The same draws, each reckoned alone: what `ensemble` shares between scenarios must not show."""
    rng = np.random.default_rng(3)
    time = pd.date_range("2019-01-01", periods=8760, freq="h")
    groups = xr.Dataset(
        {"capacity_factor": (("group", "time"), rng.uniform(0, 0.6, (2, 8760)).astype("f4"))},
        {"technology": ("group", ["solar", "wind"]), "time": time},
    )
    built = np.array([[30.0, 10.0], [5.0, 50.0], [30.0, 10.0], [5.0, 50.0]])
    cost = rng.uniform(0.5, 2, (4, 2))
    factors, demand = read_table("supply_factors"), np.full((1, 8760), 12.0)
    together = ensemble(groups, built, demand, COSTS, factors, demand_factor=np.ones((4, 1)), cost_factor=cost)
    for number in range(4):
        row = slice(number, number + 1)
        alone = ensemble(groups, built[row], demand, COSTS, factors, cost_factor=cost[row])
        for name in ("annual_cost", "unserved_gwh_year", "energy_gwh", "cost_per_mwh_met"):
            assert together[name].to_numpy()[number] == pytest.approx(alone[name].item(), rel=1e-12)
