"""Draws of one mix: percentiles in their order, drivers that are known beforehand."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.config.supply import Management
from greenzone.layers.catalogue import read_table
from greenzone.supply import Storage
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
