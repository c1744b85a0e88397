"""Draws of mixes with energy management: each draw equals the mix reckoned alone with its factors and switches."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.config.supply import Supply
from greenzone.layers.catalogue import read_table
from greenzone.schema import Potential
from greenzone.supply import stack_groups
from greenzone.supply.management import outcomes
from greenzone.supply.mixes import cases_of
from greenzone.supply.uncertain import uncertain

TIME = pd.date_range("2019-01-01", periods=8760, freq="h")
HOUR = np.arange(8760) % 24
PROFILES = {
    "hydro": np.where(TIME.month.isin(range(3, 9)), 0.6, 0.06),
    "solar": np.where((HOUR > 3) & (HOUR < 13), 0.5, 0.0),
    "bioenergy": np.where((HOUR > 12) & (HOUR < 19), 1.0, 0.7),
}
DISTRICTS = ["Aghdara", "Lachin"]
TECHNOLOGIES = list(PROFILES)
COSTS = pd.DataFrame(
    {"per_mw": [300e3, 60e3, 300e3, 30e3], "per_mwh_stored": [0.0, 0.0, 0.0, 20e3], "per_mwh": [5.0, 0.0, 30.0, 0.0]},
    index=[*TECHNOLOGIES, "battery"],
)
RESPONSE = {"demand_response": {"share": 0.2, "window_hours": 6}}
CARS = {"ev_charging": "smart"}
HYBRID = {"hybrid": {"technologies": ["solar"], "connection_mw": 30}}
STORED = {"hybrid": HYBRID["hybrid"] | {"battery": {"power_mw": 20, "energy_mwh": 80}}}
SWITCHES = [
    RESPONSE,
    CARS,
    HYBRID,
    STORED,
    {"islanded": True},
    RESPONSE | CARS | STORED | {"islanded": True},
    RESPONSE | CARS | STORED,
]


def potential(name, profile):
    capacity = np.array([300.0, 200.0])
    sites = {"energy_gwh": ("site", profile.mean() * capacity * 8.76), "group": ("site", [0, 1])}
    if name == "hydro":
        sites["existing_mw"] = ("site", [60.0, 180.0])
    values = {"capacity_factor": (("group", "time"), np.stack([profile, 0.9 * profile]).astype("f4"))}
    values["capacity_mw"] = ("group", capacity)
    coords = {"district": ("group", DISTRICTS), "resource_class": ("group", ["solid", "biogas"]), "time": TIME}
    return Potential(name, xr.Dataset(sites), xr.Dataset(values, coords))


@pytest.fixture(scope="module")
def groups():
    return stack_groups({name: potential(name, profile) for name, profile in PROFILES.items()}, {})


def case_with(groups, management):
    mix = {
        "name": "mix", "capacity_mw": {"hydro": 120, "solar": 80, "bioenergy": 320}, "demand_gwh": 3000, "year": 2040,
        "storage": {"battery": {"power_mw": 30, "energy_mwh": 120}}, "export_limit_mw": 15, "management": management,
    }  # fmt: skip
    return cases_of(Supply(scenarios=(mix,)), groups, TECHNOLOGIES, None)[0]


def drawn(case, groups, ranges, number=8):
    return uncertain(case, groups, COSTS, read_table("supply_factors"), ranges, number)


def alone(case, groups, row):
    """The mix of one draw, by the way of the table of scenarios."""
    factor = np.array([row[f"resource_{name}"] for name in groups.technology.to_numpy()])
    held = tuple(
        each if each.fuel else replace(each, power_mw=min(each.power_mw * factor[each.group], each.capacity_mw))
        for each in case.reservoirs
    )
    own = replace(case, demand_mw=row.demand_all * case.demand_mw, resource_factor=factor, reservoirs=held)
    return outcomes(own, groups)[0]


@pytest.mark.parametrize("management", SWITCHES, ids=lambda switches: "+".join(switches))
def test_each_draw_equals_the_mix_alone_with_its_factors(groups, management):
    case = case_with(groups, management)
    assert {each.name for each in case.reservoirs} == {"Sarsang", "bioenergy solid", "bioenergy biogas"}
    ranges = read_table("ensemble_ranges")
    found = drawn(case, groups, ranges[ranges.parameter != "cost"], 8)
    for number in (0, 9, 30):
        one, result = alone(case, groups, found.draws.iloc[number]), found.results.isel(scenario=number)
        assert result.demand_gwh.item() == pytest.approx(one.demand_gwh.sum().item(), rel=1e-6)
        assert result.energy_gwh.item() == pytest.approx(one.energy_gwh.sum().item(), rel=1e-5)
        assert result.unserved_gwh_year.item() == pytest.approx(one.deficit_gwh.sum().item(), rel=1e-4)
        assert result.exported_gwh_year.item() == pytest.approx(one.exported_gwh.sum().item(), rel=1e-4, abs=1e-3)
        surplus = result.exported_gwh_year.item() + result.curtailed_gwh_year.item()
        assert surplus == pytest.approx(one.surplus_gwh.sum().item(), rel=1e-4, abs=1e-2)
        assert result.peak_unserved_mw_year.item() == pytest.approx(one.peak_deficit_mw.item(), rel=1e-4)
        lost = (one.hours - one.hours_met).sum().item()
        assert result.loss_of_load_hours_year.item() == pytest.approx(lost, abs=3)
        by_name = result.energy_by_source_gwh.sum("month").groupby("technology").sum()
        assert by_name.sel(technology="bioenergy").item() == pytest.approx(
            one.energy_gwh.sel(technology="bioenergy").item(), rel=1e-5
        )


def test_with_all_factors_at_one_every_draw_is_the_mix_itself(groups):
    case = case_with(groups, RESPONSE | CARS | HYBRID)
    ranges = read_table("ensemble_ranges").assign(low=1.0, high=1.0)
    found, one = drawn(case, groups, ranges), outcomes(case, groups)[0]
    percentiles = found.percentiles.loc["unserved_gwh_year"].to_numpy()
    assert percentiles == pytest.approx([one.deficit_gwh.sum().item()] * 3, rel=1e-5)
    share = one.met_gwh.sum().item() / one.demand_gwh.sum().item()
    assert found.percentiles.loc["share_met_hourly"].to_numpy() == pytest.approx([share] * 3, rel=1e-6)


def test_draws_of_cost_change_cost_alone_and_the_battery_behind_the_connection_is_paid(groups):
    ranges = read_table("ensemble_ranges")
    some = ranges[(ranges.parameter == "demand") | ((ranges.parameter == "cost") & (ranges.technology == "solar"))]
    plain, stored = (drawn(case_with(groups, own), groups, some) for own in (RESPONSE | HYBRID, RESPONSE | STORED))
    for found in (plain, stored):
        total = found.drivers.set_index(["result", "parameter"]).total
        assert total["unserved_gwh_year", "cost_solar"] == pytest.approx(0, abs=1e-12)
        assert total["cost_per_mwh_met", "cost_solar"] > 0
    more = stored.results.annual_cost - plain.results.annual_cost
    variable = 30 * 1000 * (stored.results.energy_by_source_gwh - plain.results.energy_by_source_gwh)
    burnt = variable.sum("month")[:, stored.results.technology.to_numpy() == "bioenergy"].sum("source")
    water = 5 * 1000 * (stored.results.energy_by_source_gwh - plain.results.energy_by_source_gwh).sum("month")
    run = water[:, stored.results.technology.to_numpy() == "hydro"].sum("source")
    assert (more - burnt - run).to_numpy() == pytest.approx(20 * 30e3 + 80 * 20e3, rel=1e-3)


def test_weather_years_are_drawn_with_switches_too(groups):
    time = pd.date_range("2019-01-01", "2021-01-01", freq="h", inclusive="left")
    case = case_with(groups, RESPONSE)
    twice = np.concatenate([np.arange(8760), np.arange(8784) % 8760])
    two = groups.isel(time=twice).assign_coords(time=time)
    two["capacity_factor"] = two.capacity_factor * xr.where(two.time.dt.year == 2020, 0.8, 1.0).astype("f4")
    case = replace(case, demand_mw=case.demand_mw[:, twice])
    found = drawn(case, two, read_table("ensemble_ranges").assign(low=1.0, high=1.0))
    late = found.draws.weather_year.to_numpy() >= 1
    energy = found.results.energy_gwh.to_numpy()
    assert energy[late].max() < energy[~late].min()
    assert energy[late].mean() == pytest.approx(0.8 * energy[~late].mean(), rel=0.02)
