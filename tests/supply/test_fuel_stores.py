"""Fuel stores of bioenergy in the mixes: no more is burnt than arrives, and what waits serves the hours that lack."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.config.supply import Supply
from greenzone.layers.catalogue import read_table
from greenzone.outputs.notes import reservoir_notes
from greenzone.outputs.report.mixes import hourly_mixes
from greenzone.schema import Potential
from greenzone.supply import (
    Border,
    PlanModel,
    PlannedStore,
    Source,
    Storage,
    System,
    dispatch,
    evaluate,
    hourly_dispatch,
    stack_groups,
)
from greenzone.supply.limits import missing_gwh
from greenzone.supply.mixes import cases_of
from greenzone.supply.reservoirs import Held, beside_generation, daily_mean, fuel_stores_of, store_hours_of
from greenzone.supply.uncertain import by_technology, uncertain
from greenzone.supply.zone_plan import _with_fuel

TIME = pd.date_range("2019-01-01", periods=8760, freq="h")
SEEDS = st.integers(0, 2**32 - 1)
HOUR = np.arange(8760) % 24
EVENING = np.where((HOUR > 12) & (HOUR < 19), 1.0, 0.7)
SUN = np.where((HOUR > 3) & (HOUR < 13), 0.5, 0.0) * np.where(TIME.month.isin(range(4, 10)), 1.0, 0.5)
COSTS = pd.DataFrame(
    {"per_mw": [300e3, 60e3], "per_mwh_stored": 0.0, "per_mwh": [30.0, 0.0]}, index=["bioenergy", "solar"]
)


def potential(name, profiles, capacity, district, kind):
    sites = {"energy_gwh": ("site", np.mean(profiles, 1) * capacity * 8.76), "group": ("site", range(len(capacity)))}
    values = {"capacity_factor": (("group", "time"), np.array(profiles, "f4"))}
    values["capacity_mw"] = ("group", np.array(capacity, float))
    coords = {"district": ("group", district), "resource_class": ("group", kind), "time": TIME}
    return Potential(name, xr.Dataset(sites), xr.Dataset(values, coords))


BIO = potential(
    "bioenergy", [EVENING, 0.9 * EVENING, EVENING, EVENING], [10, 10, 5, 2], ["Lachin", "Shusha", "Lachin", "Lachin"],
    ["solid", "solid", "biogas", "waste"],
)  # fmt: skip
POTENTIALS = {"bioenergy": BIO, "solar": potential("solar", [SUN], [500], ["Lachin"], ["1"])}
MIX = {"name": "mix", "capacity_mw": {"bioenergy": 27, "solar": 60}, "demand_gwh": 229}


def section(fuel_stores=True, **mix):
    return Supply(fuel_stores=fuel_stores, scenarios=(MIX | mix,))


def one_case(fuel_stores=True, **mix):
    groups = stack_groups(POTENTIALS, {})
    return cases_of(section(fuel_stores, **mix), groups, ["bioenergy", "solar"], None)[0], groups


def value(table, quantity, technology="all", scenario="mix", period="year"):
    rows = table[(table.quantity == quantity) & (table.technology == technology) & (table.scenario == scenario)]
    return rows[rows.period == period].value.item()


def test_plants_of_a_kind_share_a_store_of_the_hours_of_the_table():
    small, large = one_case()[0].reservoirs  # waste: landfill gas is not stored
    assert (small.name, large.name) == ("bioenergy biogas", "bioenergy solid")
    assert (small.capacity_mw, small.power_mw, small.size_mwh) == pytest.approx((5, 5, 5 * 8))
    assert (large.capacity_mw, large.power_mw, large.size_mwh) == pytest.approx((20, 10 + 9, 20 * 720), rel=1e-6)


@pytest.mark.parametrize("kind", ["solid", "biogas", "waste"])
def test_rule_and_plan_have_the_same_figures(kind):
    source = _with_fuel(Source("a", EVENING, 1.0, max_mw=8.0, carrier="bioenergy"), kind, TIME, read_ways())
    assert source.store_hours == store_hours_of(read_table("bioenergy_conversion"))[kind]
    if source.store_hours > 0:
        groups = stack_groups({"bioenergy": potential("bioenergy", [EVENING], [8], ["A"], [kind])}, {})
        (store,) = fuel_stores_of(groups, np.array([8.0]), {kind: source.store_hours})
        assert store.size_mwh == source.store_hours * 8 and store.power_mw == pytest.approx(source.peak * 8)
        arriving = store.inflow_mw(groups, np.ones(1))
        assert arriving == pytest.approx(8 * np.asarray(source.profile), rel=1e-6)


def read_ways():
    return {"bioenergy_conversion": read_table("bioenergy_conversion")}


@pytest.mark.parametrize(
    "mix",
    [
        {"fuel_stores": False},
        {"capacity_mw": {"solar": 60}},
        {"management": {"hybrid": {"technologies": ["bioenergy"], "connection_mw": 20}}},
    ],
)
def test_no_store_where_it_is_not_wanted_or_nothing_is_built_or_a_connection_is_shared(mix):
    assert one_case(**mix)[0].reservoirs == ()


def test_a_store_of_no_hours_changes_nothing_at_all(monkeypatch):
    without = evaluate(section(False), POTENTIALS, {})
    ways = read_table("bioenergy_conversion").assign(store_hours=0.0)
    monkeypatch.setattr("greenzone.supply.mixes.store_hours_of", lambda _: store_hours_of(ways))
    pd.testing.assert_frame_equal(evaluate(section(), POTENTIALS, {}), without, check_exact=True)


@pytest.mark.parametrize("foresight", ["none", "day_ahead"])
def test_worth_is_the_difference_and_no_more_is_burnt_than_arrives(foresight):
    mix = {"management": {"foresight": foresight}, "storage": {"battery": {"power_mw": 5, "energy_mwh": 20}}}
    kept, runs = (evaluate(section(switch, **mix), POTENTIALS, {}) for switch in (True, False))
    saved = value(runs, "deficit") - value(kept, "deficit")
    assert saved > 5
    assert value(kept, "worth_deficit", "fuel_stores") == pytest.approx(saved, abs=1e-6)
    share = value(kept, "share_met_hourly") - value(runs, "share_met_hourly")
    assert value(kept, "worth_share_met_hourly", "fuel_stores") == pytest.approx(share, abs=1e-9)
    change = 0.0
    for name in ("bioenergy solid", "bioenergy biogas"):
        inflow, released, spilled = (value(kept, quantity, name) for quantity in ("inflow", "released", "spilled"))
        ends = [value(kept, f"reservoir_{end}", name) for end in ("start", "end")]
        assert inflow == pytest.approx(released + spilled + ends[1] - ends[0], abs=1e-6)
        change += released - inflow
    burnt = value(kept, "energy", "bioenergy"), value(runs, "energy", "bioenergy")
    assert burnt[0] - burnt[1] == pytest.approx(change, abs=1e-4)
    assert burnt[0] <= burnt[1] + (1e-4 if foresight == "none" else 0.02 * burnt[1])  # day by day it ends emptier
    flows = value(kept, "met") + value(kept, "surplus") + value(kept, "charged", "battery")
    assert value(kept, "energy") + value(kept, "discharged", "battery") == pytest.approx(flows, rel=1e-6)


def test_of_islands_each_has_the_fuel_of_its_own_plants():
    table = evaluate(section(management={"islanded": True}), POTENTIALS, {})
    parts = [value(table, "inflow", "bioenergy solid", f"mix: {name}") for name in ("Lachin", "Shusha")]
    mean = EVENING.mean() * 8.76
    assert parts == pytest.approx([10 * mean, 9 * mean], rel=1e-5)
    assert value(table, "inflow", "bioenergy biogas", "mix: Shusha") == 0
    assert value(table, "released", "bioenergy solid") == pytest.approx(
        sum(value(table, "released", "bioenergy solid", f"mix: {name}") for name in ("Lachin", "Shusha"))
    )


def test_more_bioenergy_brings_its_fuel():
    """One more MW helps as much as a mix with that MW in it lacks less."""
    case, groups = one_case(capacity_mw={"bioenergy": 3, "solar": 60})
    more, _ = one_case(capacity_mw={"bioenergy": 13, "solar": 60})
    again = case.rebuilt(more.built_mw, groups)
    assert [held.size_mwh for held in again.reservoirs] == [held.size_mwh for held in more.reservoirs]
    together = missing_gwh([case, again, replace(case, reservoirs=())], groups)
    alone = [missing_gwh([each], groups)[0] for each in (case, more, replace(case, reservoirs=()))]
    assert together == pytest.approx(alone, rel=1e-6)
    assert together[1] < together[0] < together[2]
    assert case.rebuilt(case.built_mw + np.eye(5)[4], groups).reservoirs is case.reservoirs


def test_draws_of_a_mix_keep_its_fuel_and_make_no_bigger_engine():
    case, groups = one_case()
    together = by_technology(case, groups)
    assert together.technology.to_numpy().tolist() == ["bioenergy", "solar", "bioenergy", "bioenergy"]
    assert together.built_mw.to_numpy() == pytest.approx([2, 60, 5, 20])
    evenly = together.capacity_factor[2].to_numpy()
    assert evenly == pytest.approx(np.full(8760, EVENING.mean()), rel=1e-6)
    ranges = read_table("ensemble_ranges")
    ranges.loc[ranges.parameter == "demand", ["low", "high"]] = 1.0
    drawn = uncertain(case, groups, COSTS, read_table("supply_factors"), ranges[ranges.parameter != "resource"], 8)
    table = evaluate(section(), POTENTIALS, {})
    assert drawn.results.unserved_gwh_year.to_numpy() == pytest.approx(value(table, "deficit"), rel=1e-4)
    assert drawn.results.energy_gwh.to_numpy() == pytest.approx(value(table, "energy"), rel=1e-5)
    wet = ranges.assign(**{end: ranges[end].where(ranges.parameter != "resource", 1.4) for end in ("low", "high")})
    most = uncertain(case, groups, COSTS, read_table("supply_factors"), wet, 8).results
    spilled = most.spilled_gwh.sum("month").sel(reservoir="bioenergy solid")
    given = most.released_gwh.sum("month").sel(reservoir="bioenergy solid")
    assert (given <= 19 * 8.76 + 1e-6).all() and (spilled > 1).all()


def test_the_hours_of_a_report_have_the_energy_of_the_table():
    run = SimpleNamespace(config={"supply": section().model_dump()}, layers=SimpleNamespace(site=xr.Dataset()))
    found = hourly_mixes(run, stack_groups(POTENTIALS, {}), 8760)
    table = evaluate(section(), POTENTIALS, {})
    made = dict(zip(found.technologies, found.generation_mw[0].sum(1) / 1000, strict=True))
    assert made["bioenergy"] == pytest.approx(value(table, "energy", "bioenergy"), rel=1e-5)
    flows = {name: values[0] for name, values in found.flows.items()}
    into = found.generation_mw[0].sum(0) + flows["unserved_mw"]
    assert into == pytest.approx(flows["demand_mw"] + flows["exported_mw"] + flows["curtailed_mw"], abs=1e-4)


def small_case(seed, hours=72):
    """Sun, steady fuel of ten plants of different hours, demand over three days."""
    rng = np.random.default_rng(seed)
    time = pd.date_range("2019-01-30", periods=hours, freq="h")
    profiles = np.concatenate([rng.uniform(0, 1, (1, hours)), rng.uniform(0.2, 0.9, (10, hours))]).astype("f4")
    groups = xr.Dataset(
        {"capacity_factor": (("group", "time"), profiles)},
        {
            "technology": ("group", ["solar", *["bioenergy"] * 10]),
            "resource_class": ("group", ["1", *["solid", "biogas"] * 5]),
            "time": time,
        },
    )
    built, demand = rng.uniform(1, 10, 11), rng.uniform(5, 60, hours)
    return groups, built, demand, {"solid": float(rng.uniform(1, 40)), "biogas": float(rng.uniform(0.5, 8))}


def plain_loop(generation, held, demand, begin):
    """The rule as it reads: fuel waits while the rest covers demand, and is burnt where it does not."""
    level, unserved = list(begin), np.zeros(len(demand))
    burnt = np.zeros((len(held), len(demand)))
    for hour, needed in enumerate(demand):
        rest = generation[hour] + sum(arriving[hour] for arriving, _, _ in held) - needed
        for k, (arriving, power, size) in enumerate(held):
            rest -= arriving[hour]
            fuel = level[k] + arriving[hour]
            burnt[k, hour] = min(max(fuel - size, -rest, 0.0), fuel, power)
            level[k] = min(fuel - burnt[k, hour], size)
            rest += burnt[k, hour]
        unserved[hour] = max(-rest, 0.0)
    return unserved, burnt, level


@settings(max_examples=15)
@given(seed=SEEDS)
def test_the_kernel_equals_a_plain_loop(seed):
    groups, built, demand, hours = small_case(seed)
    stores, ones = fuel_stores_of(groups, built, hours), np.ones(11)
    generation = built @ groups.capacity_factor.to_numpy().astype(float)
    supplied = beside_generation(generation[None], [stores], groups, ones)
    found = hourly_dispatch(demand_mw=demand[None], time=groups.time.to_numpy(), **supplied).isel(scenario=0)
    sun = built[0] * groups.capacity_factor[0].to_numpy().astype(float)
    held = []
    for each in stores:
        there = np.flatnonzero(groups.resource_class.to_numpy() == each.name.split()[1])
        profiles = groups.capacity_factor.to_numpy()[there].astype(float).reshape(5, 3, 24)
        steady = np.repeat(built[there] @ profiles.mean(2), 24)
        power = built[there] @ profiles.max((1, 2))
        held.append((steady, power, hours[each.name.split()[1]] * built[there].sum()))
    unserved, burnt, level = plain_loop(sun, held, demand, found.reservoir_start_mwh.to_numpy())
    assert found.unserved_mw.to_numpy() == pytest.approx(unserved, abs=1e-4)
    assert found.released_mw.to_numpy() == pytest.approx(burnt, abs=1e-4)
    assert found.reservoir_start_mwh.to_numpy() == pytest.approx(level, abs=1e-3)  # it ends as it began


def unserved_mwh(groups, built, demand, hours, stores=()):
    generation = built @ groups.capacity_factor.to_numpy().astype(float)
    supplied = beside_generation(generation[None], [fuel_stores_of(groups, built, hours)], groups, np.ones(11))
    flows = dispatch(demand_mw=demand[None], time=groups.time.to_numpy(), stores=stores, **supplied)
    return float(flows.unserved_gwh.sum()) * len(demand) / 8.76


@settings(max_examples=25)
@given(seed=SEEDS, more=st.floats(0.1, 100))
def test_more_store_never_leaves_more_unserved(seed, more):
    groups, built, demand, hours = small_case(seed)
    solid = {"solid": hours["solid"]}
    less, larger = (unserved_mwh(groups, built, demand, each) for each in (solid, {"solid": hours["solid"] + more}))
    assert larger <= less + 1e-3


@settings(max_examples=10)
@given(seed=SEEDS, battery=st.sampled_from([0.0, 5.0]))
def test_no_rule_serves_more_than_the_plan_with_the_same_store(seed, battery):
    groups, built, demand, hours = small_case(seed)
    profiles, sources = groups.capacity_factor.to_numpy().astype(float), []
    time = pd.DatetimeIndex(groups.time.to_numpy())
    for number, kind in enumerate(groups.resource_class.to_numpy().tolist()):
        mw, name = float(built[number]), f"{kind} {number}"
        if kind in hours:
            steady = daily_mean(profiles[number], time.to_numpy())
            own = {"carrier": kind, "store_hours": hours[kind], "peak": float(profiles[number].max())}
            sources.append(Source(name, steady, 1.0, 0.0, mw, mw, **own))
        else:
            sources.append(Source(name, profiles[number], 1.0, 0.0, mw, mw))
    planned = [PlannedStore("battery", 4.0, 1.0, 0.95, 0.95, battery, battery)]
    system = System(sources, planned, demand, time, [Border("outside", 1000.0)])
    bought = float(PlanModel(system).solve(0.0).hourly.import_mw.sum())
    ruled = unserved_mwh(groups, built, demand, hours, [Storage("battery", battery, 4 * battery, 0.95, 0.95)])
    assert ruled >= bought - 1e-3


def test_fuel_of_the_day_serves_the_night_by_hand():
    """10 MW of plants whose fuel is 5 MW: 10 MW wanted for 12 h a day take all of it, from a store of 6 h."""
    time = pd.date_range("2019-01-01", periods=240, freq="h")
    night = (np.arange(240) % 24 < 12).astype(float)
    groups = xr.Dataset(
        {"capacity_factor": (("group", "time"), np.where(night, 0.0, 1.0)[None].astype("f4"))},
        {"technology": ("group", ["bioenergy"]), "resource_class": ("group", ["solid"]), "time": time},
    )
    for hours, share in ((6.0, 1.0), (3.0, 0.75)):
        (store,) = fuel_stores_of(groups, np.array([10.0]), {"solid": hours})
        supplied = beside_generation(groups.capacity_factor.to_numpy() * 10.0, [[store]], groups, np.ones(1))
        flows = dispatch(demand_mw=10 * night[None], time=time, **supplied)
        assert float(flows.unserved_gwh.sum()) == pytest.approx((1 - share) * 5 * 8.76, abs=1e-5)


def test_notes_tell_dams_from_fuel():
    rows = [["mix", "inflow", name, 1.0] for name in ("Sarsang", "bioenergy solid")]
    run = SimpleNamespace(scenarios=pd.DataFrame(rows, columns=["scenario", "quantity", "technology", "value"]))
    dams, fuel = reservoir_notes(run)
    assert "plants at Sarsang keep water back" in dams and "supply.fuel_stores" in fuel
    run.scenarios = run.scenarios[run.scenarios.technology == "Sarsang"]
    assert reservoir_notes(run) == [dams]


def test_what_can_wait_in_no_group_has_no_part_of_it():
    none = Held("a", np.array([0.0, 4.0]), 2.0, 8.0).within(np.array([True, False]))
    assert (none.capacity_mw, none.power_mw, none.size_mwh) == (0.0, 0.0, 0.0)
