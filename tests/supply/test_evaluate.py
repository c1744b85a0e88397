"""The supply section of a scenario file, from its models to the table."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.config.supply import Supply, SupplyScenario
from greenzone.errors import GreenzoneError
from greenzone.schema import Potential
from greenzone.supply import evaluate

TIME = pd.date_range("2019-01-01", periods=8760, freq="h")


def potential(name, factors, capacity, existing=None):
    number = len(factors)
    energy = np.array(factors) * capacity * 8.76
    sites = {"energy_gwh": ("site", energy), "group": ("site", np.arange(number))}
    if existing is not None:
        sites["existing_mw"] = ("site", np.array(existing, float))
    profiles = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), np.repeat(np.array(factors, "f4")[:, None], 8760, 1)),
            "capacity_mw": ("group", np.array(capacity, float)),
        },
        {"district": ("group", ["A"] * number), "resource_class": ("group", range(number)), "time": TIME},
    )
    return Potential(name, xr.Dataset(sites), profiles)


def costs(*values):
    return xr.DataArray(np.array(values, float), dims="site")


def mix(name="mix", demand=None, **capacity):
    return SupplyScenario(name=name, capacity_mw=capacity, demand_gwh=demand)


def value(table, quantity, technology="all", scenario="mix", period="year"):
    keys = {"quantity": quantity, "technology": technology, "scenario": scenario, "period": period}
    found = table.loc[(table[list(keys)] == pd.Series(keys)).all(axis=1), "value"]
    assert len(found) == 1
    return found.item()


def test_cheapest_groups_are_built_first():
    solar = potential("solar", [0.2, 0.4, 0.1], [100, 100, 100])
    table = evaluate(Supply(scenarios=(mix(solar=150),)), {"solar": solar}, {"solar": costs(50, 60, 10)})
    assert value(table, "energy", "solar") == pytest.approx((100 * 0.1 + 50 * 0.2) * 8.76, rel=1e-6)


def test_groups_without_cost_come_last_by_capacity_factor():
    solar = potential("solar", [0.2, 0.4, 0.1], [100, 100, 100])
    table = evaluate(Supply(scenarios=(mix(solar=150),)), {"solar": solar}, {"solar": costs(np.nan, np.nan, 10)})
    assert value(table, "energy", "solar") == pytest.approx((100 * 0.1 + 50 * 0.4) * 8.76, rel=1e-6)


def test_what_stands_already_comes_before_better_places():
    wind = potential("wind", [0.2, 0.5], [100, 100], existing=[60, 0])
    scenarios = (mix("today", wind=60), mix("more", wind=110))
    table = evaluate(Supply(scenarios=scenarios), {"wind": wind}, {"wind": costs(90, 50)})
    assert value(table, "energy", "wind", "today") == pytest.approx(60 * 0.2 * 8.76, rel=1e-6)
    assert value(table, "energy", "wind", "more") == pytest.approx((60 * 0.2 + 50 * 0.5) * 8.76, rel=1e-6)


def test_the_published_fleet_is_larger_than_the_plants_known_one_by_one():
    """240.01 MW of hydropower are known plant by plant, 307 MW stood in May 2025 (trend 4050577)."""
    hydro = potential("hydro", [0.2, 0.5, 0.3], [100, 1000, 1000], existing=[100, 0, 140.01])
    table = evaluate(Supply(scenarios=(mix(hydro=307),)), {"hydro": hydro}, {"hydro": costs(90, 50, 90)})
    # The first group is full, so the second of those that stand takes what is not known: 207 MW.
    assert value(table, "energy", "hydro") == pytest.approx((100 * 0.2 + 207 * 0.3) * 8.76, rel=1e-6)


def test_technology_that_is_not_there_is_shortfall():
    solar = potential("solar", [0.2], [100])
    table = evaluate(Supply(scenarios=(mix(solar=10, wind=240),)), {"solar": solar}, {})
    assert value(table, "capacity_shortfall", "wind") == 240
    assert value(table, "capacity", "wind") == value(table, "energy", "wind") == 0


def test_demand_of_the_mix_replaces_that_of_the_section():
    solar = potential("solar", [0.2], [100])
    section = Supply(demand_gwh=229, scenarios=(mix("now"), mix("later", demand=500.0)))
    table = evaluate(section, {"solar": solar}, {})
    assert value(table, "demand", scenario="now") == pytest.approx(229)
    assert value(table, "demand", scenario="later") == pytest.approx(500)
    assert value(table, "deficit", scenario="later") == pytest.approx(500)


def test_demand_file_keeps_its_own_energy_unless_a_mix_says_otherwise(tmp_path):
    file = tmp_path / "demand.csv"
    pd.DataFrame({"time": TIME, "demand_mw": np.where(TIME.hour < 12, 10.0, 30.0)}).to_csv(file, index=False)
    section = Supply(demand_file=file, scenarios=(mix("file", solar=100), mix("scaled", demand=350.4)))
    table = evaluate(section, {"solar": potential("solar", [0.2], [100])}, {})
    assert value(table, "demand", scenario="file") == pytest.approx(20 * 8.76)
    assert value(table, "hours_met", scenario="file") == 4380  # 20 MW all day, 10 MW asked in its first half
    assert value(table, "demand", scenario="scaled") == pytest.approx(350.4)


def test_missing_demand_file_is_named(tmp_path):
    section = Supply(demand_file=tmp_path / "none.csv")
    with pytest.raises(GreenzoneError, match="no such demand file"):
        evaluate(section, {"solar": potential("solar", [0.2], [100])}, {})


def test_no_mix_gives_an_empty_table_with_its_columns():
    table = evaluate(Supply(scenarios=()), {"solar": potential("solar", [0.2], [100])}, {})
    assert list(table.columns) == ["scenario", "period", "technology", "quantity", "unit", "value"]
    assert len(table) == 0


def test_technology_without_any_group_is_all_shortfall():
    none = potential("solar", [], [])
    table = evaluate(Supply(scenarios=(mix(solar=10),)), {"solar": none}, {"solar": costs()})
    assert value(table, "capacity_shortfall", "solar") == 10
    assert value(table, "share_met_hourly") == 0


def test_a_battery_of_the_mix_serves_the_night(tmp_path):
    file = tmp_path / "demand.csv"
    pd.DataFrame({"time": TIME, "demand_mw": np.where(TIME.hour < 12, 10.0, 30.0)}).to_csv(file, index=False)
    mixes = (
        SupplyScenario(name="plain", capacity_mw={"solar": 100}),
        SupplyScenario(
            name="stored", capacity_mw={"solar": 100}, storage={"battery": {"power_mw": 10, "energy_mwh": 1000}}
        ),
    )
    section = Supply(demand_file=file, scenarios=mixes)
    table = evaluate(section, {"solar": potential("solar", [0.2], [100])}, {})
    # 20 MW all day; 10 MW for 12 hours go into the battery, 96 % of them come out when 10 MW are missing
    assert value(table, "deficit", scenario="plain") == pytest.approx(10 * 12 * 365 / 1000, rel=1e-6)
    assert value(table, "charged", "battery", scenario="stored") == pytest.approx(10 * 12 * 365 / 1000, rel=1e-6)
    assert value(table, "discharged", "battery", scenario="stored") == pytest.approx(0.96 * 43.8, rel=1e-6)
    assert value(table, "deficit", scenario="stored") == pytest.approx(0.04 * 43.8, rel=1e-4)


def test_the_line_carries_surplus_up_to_its_limit():
    line = SupplyScenario(name="mix", capacity_mw={"solar": 1000}, demand_gwh=87.6, export_limit_mw=30)
    table = evaluate(Supply(scenarios=(line,)), {"solar": potential("solar", [0.2], [1000])}, {})
    assert value(table, "exported") == pytest.approx(30 * 8.76, rel=1e-6)
