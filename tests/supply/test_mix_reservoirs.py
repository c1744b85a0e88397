"""Dams in the mixes of a scenario file: which plants keep water back, what that is worth, and that nothing is lost."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.config.supply import Management, Supply
from greenzone.layers.catalogue import read_table
from greenzone.outputs.report.mixes import hourly_mixes
from greenzone.schema import Potential
from greenzone.supply import Reservoir, Storage, dispatch, ensemble, evaluate, stack_groups
from greenzone.supply.ensemble import ensemble_hours
from greenzone.supply.foresight import Water, foresight_dispatch
from greenzone.supply.limits import missing_gwh, missing_mw
from greenzone.supply.mixes import Case, cases_of
from greenzone.supply.uncertain import by_technology, uncertain

TIME = pd.date_range("2019-01-01", periods=8760, freq="h")
SEEDS = st.integers(0, 2**32 - 1)
# Rivers that run full from March to August and give a tenth of that in winter.
RIVER = np.where(TIME.month.isin(range(3, 9)), 0.6, 0.06)
COSTS = pd.DataFrame(
    {"per_mw": [300e3, 60e3, 30e3], "per_mwh_stored": [0.0, 0.0, 20e3], "per_mwh": [5.0, 0.0, 0.0]},
    index=["hydro", "solar", "battery"],
)


def potential(name, profiles, capacity, district, existing=None):
    sites = {"energy_gwh": ("site", np.mean(profiles, 1) * capacity * 8.76), "group": ("site", range(len(capacity)))}
    if existing is not None:
        sites["existing_mw"] = ("site", np.array(existing, float))
    values = {"capacity_factor": (("group", "time"), np.array(profiles, "f4"))}
    values["capacity_mw"] = ("group", np.array(capacity, float))
    coords = {"district": ("group", district), "resource_class": ("group", range(len(capacity))), "time": TIME}
    return Potential(name, xr.Dataset(sites), xr.Dataset(values, coords))


# 240.01 MW of the table are known one by one: 307 MW of the fleet stand for them, 64 MW in Aghdara for these 50.
HYDRO = potential("hydro", [RIVER, RIVER], [500, 500], ["Lachin", "Aghdara"], [190.01, 50])
SUN = potential("solar", [np.where((TIME.hour > 3) & (TIME.hour < 13), 0.5, 0.0)], [500], ["Lachin"])
POTENTIALS = {"hydro": HYDRO, "solar": SUN}


def section(reservoirs=True, **mix):
    return Supply(
        reservoirs=reservoirs, scenarios=({"name": "mix", "capacity_mw": {"hydro": 120}, "demand_gwh": 229} | mix,)
    )


def one_case(reservoirs=True, **mix):
    groups = stack_groups(POTENTIALS, {})
    return cases_of(section(reservoirs, **mix), groups, ["hydro", "solar"], None)[0], groups


def value(table, quantity, technology="all", scenario="mix", period="year"):
    rows = table[(table.quantity == quantity) & (table.technology == technology) & (table.scenario == scenario)]
    return rows[rows.period == period].value.item()


def test_the_plant_at_the_dam_is_found_where_it_stands():
    case, groups = one_case(capacity_mw={"hydro": 307})
    (dam,) = case.reservoirs
    assert (dam.name, str(groups.district[dam.group].item())) == ("Sarsang", "Aghdara")
    assert dam.capacity_mw == pytest.approx(50) and dam.power_mw == pytest.approx(30)  # at best six tenths of it
    assert dam.size_mwh == pytest.approx(500e9 * 9.81 * 71 * 0.825 / 3.6e9, rel=1e-6)


def test_a_mix_that_builds_a_part_of_what_stands_has_that_part_of_the_dam():
    whole, half = (one_case(capacity_mw={"hydro": mw})[0].reservoirs[0] for mw in (307, 153.5))
    for name in ("capacity_mw", "power_mw", "size_mwh"):
        assert getattr(half, name) == pytest.approx(getattr(whole, name) / 2)


@pytest.mark.parametrize(
    "mix",
    [
        {"reservoirs": False},
        {"capacity_mw": {"solar": 100}},
        {"management": {"hybrid": {"technologies": ["solar", "hydro"], "connection_mw": 50}}},
    ],
)
def test_no_dam_where_it_is_not_wanted_or_nothing_stands_or_a_connection_is_shared(mix):
    assert one_case(**mix)[0].reservoirs == ()


@pytest.mark.parametrize("foresight", ["none", "day_ahead"])
def test_worth_is_the_difference_and_energy_is_what_ran_through_the_plant(foresight):
    battery = {"battery": {"power_mw": 10, "energy_mwh": 40}}
    mix = {"management": {"foresight": foresight}, "storage": battery}
    kept, runs = (evaluate(section(switch, **mix), POTENTIALS, {}) for switch in (True, False))
    saved = value(runs, "deficit") - value(kept, "deficit")
    assert saved > 10
    assert value(kept, "worth_deficit", "reservoirs") == pytest.approx(saved, abs=1e-6)
    share = value(kept, "share_met_hourly") - value(runs, "share_met_hourly")
    assert value(kept, "worth_share_met_hourly", "reservoirs") == pytest.approx(share, abs=1e-9)
    assert "reservoirs" not in set(runs.technology)
    inflow, released, spilled = (value(kept, name, "Sarsang") for name in ("inflow", "released", "spilled"))
    ends = [value(kept, f"reservoir_{name}", "Sarsang") for name in ("start", "end")]
    assert inflow == pytest.approx(released + spilled + ends[1] - ends[0], abs=1e-6)
    assert value(kept, "energy", "hydro") - value(runs, "energy", "hydro") == pytest.approx(released - inflow, abs=1e-4)
    flows = value(kept, "met") + value(kept, "surplus") + value(kept, "charged", "battery")
    assert value(kept, "energy") + value(kept, "discharged", "battery") == pytest.approx(flows, rel=1e-6)


def test_months_sum_to_the_year_and_water_waits_for_winter():
    table = evaluate(section(), POTENTIALS, {})
    months = [f"{month:02d}" for month in range(1, 13)]
    for quantity, technology in (("released", "Sarsang"), ("inflow", "Sarsang"), ("energy", "hydro")):
        parts = [value(table, quantity, technology, period=month) for month in months]
        assert sum(parts) == pytest.approx(value(table, quantity, technology), rel=1e-9)
    winter = [value(table, "released", "Sarsang", period=month) for month in ("12", "01", "02")]
    arrived = [value(table, "inflow", "Sarsang", period=month) for month in ("12", "01", "02")]
    assert sum(winter) > 2 * sum(arrived)
    level = [value(table, "reservoir_level", "Sarsang", period=month) for month in ("02", "08")]
    assert 0 <= level[0] < level[1] <= 79.8


def test_of_islands_only_the_district_of_the_dam_has_it():
    table = evaluate(section(management={"islanded": True}), POTENTIALS, {})
    assert value(table, "released", "Sarsang", "mix: Aghdara") == pytest.approx(value(table, "released", "Sarsang"))
    assert value(table, "released", "Sarsang", "mix: Lachin") == 0
    parts = sum(value(table, "deficit", scenario=f"mix: {name}") for name in ("Lachin", "Aghdara"))
    assert value(table, "deficit") == pytest.approx(parts)


def test_what_limits_a_mix_reckons_with_its_water():
    kept, groups = one_case()
    runs = replace(kept, reservoirs=())
    table = evaluate(section(), POTENTIALS, {})
    assert missing_mw(kept, groups).sum() / 1000 == pytest.approx(value(table, "deficit"), rel=1e-5)
    assert missing_gwh([kept], groups) == pytest.approx([value(table, "deficit")], rel=1e-6)
    assert missing_gwh([runs], groups)[0] > missing_gwh([kept], groups)[0] + 10


def test_the_hours_of_a_report_have_the_energy_of_the_table():
    config = {"supply": section(storage={"battery": {"power_mw": 10, "energy_mwh": 40}}).model_dump()}
    run = SimpleNamespace(config=config, layers=SimpleNamespace(site=xr.Dataset()))
    found = hourly_mixes(run, stack_groups(POTENTIALS, {}), 8760)
    table = evaluate(section(storage={"battery": {"power_mw": 10, "energy_mwh": 40}}), POTENTIALS, {})
    made = dict(zip(found.technologies, found.generation_mw[0].sum(1) / 1000, strict=True))
    assert made["hydro"] == pytest.approx(value(table, "energy", "hydro"), rel=1e-5)
    flows = {name: values[0] for name, values in found.flows.items()}
    into = found.generation_mw[0].sum(0) + flows["discharged_mw"] + flows["unserved_mw"]
    spent = flows["demand_mw"] + flows["charged_mw"] + flows["exported_mw"] + flows["curtailed_mw"]
    assert into == pytest.approx(spent, abs=1e-4)
    assert flows["reservoir_level_mwh"][-1] / 1000 == pytest.approx(value(table, "reservoir_end", "Sarsang"), rel=1e-6)


def random_groups(seed, time):
    rng = np.random.default_rng(seed)
    return xr.Dataset(
        {"capacity_factor": (("group", "time"), rng.uniform(0, 0.6, (3, len(time))).astype("f4"))},
        {
            "technology": ("group", ["hydro", "hydro", "solar"]),
            "district": ("group", ["Lachin", "Aghdara", "Lachin"]),
            "time": time,
        },
    )


@settings(max_examples=5)
@given(seed=SEEDS)
def test_an_ensemble_of_draws_and_years_equals_a_loop_over_scenarios(seed):
    rng = np.random.default_rng(seed)
    groups = random_groups(seed, pd.date_range("2019-12-01", "2020-02-01", freq="h", inclusive="left"))
    built, demand = rng.uniform(10, 60, (4, 3)), rng.uniform(5, 60, (1, groups.sizes["time"]))
    resource, year = rng.uniform(0.6, 1.4, (4, 3)), np.array([2020, 2019, 2020, 2019])
    stores = [Storage("battery", rng.uniform(0, 20, 4), rng.uniform(0, 80, 4), 0.95, 0.95)]
    dam = Reservoir("dam", 1, built[:, 1] * 0.7, built[:, 1] * 0.5, rng.uniform(0, 2000, 4))
    factors, ones = read_table("supply_factors"), np.ones((4, 1))
    together = ensemble(
        groups, built, demand, COSTS, factors, demand_factor=ones, resource_factor=resource, stores=stores,
        weather_year=year, reservoirs=[dam],
    )  # fmt: skip
    for i in range(4):
        own, mine = groups.sel(time=str(year[i])), demand[:, pd.DatetimeIndex(groups.time).year == year[i]]
        store = replace(stores[0], power_mw=stores[0].power_mw[i], size_mwh=stores[0].size_mwh[i])
        alone_dam = replace(
            dam, capacity_mw=dam.capacity_mw[i] * resource[i, 1], power_mw=dam.power_mw[i], size_mwh=dam.size_mwh[i]
        )
        flows = dispatch(
            own.capacity_factor.to_numpy(), built[[i]] * resource[i], mine, own.time.to_numpy(), stores=[store],
            reservoirs=[alone_dam],
        )  # fmt: skip
        for name in ("unserved_gwh", "released_gwh", "spilled_gwh", "reservoir_level_gwh", "reservoir_end_gwh"):
            one, other = together[name].isel(scenario=i).to_numpy(), flows[name].isel(scenario=0).to_numpy()
            assert one == pytest.approx(other, rel=1e-6, abs=1e-9), name
    lost = (together.storage_loss_gwh + together.level_end_gwh).sum("store")
    used = together.met_gwh + together.curtailed_gwh_year + together.exported_gwh_year + lost
    assert used.to_numpy() == pytest.approx(together.energy_gwh.to_numpy(), rel=1e-6)


def test_hours_of_an_ensemble_tell_what_ran_through_the_plant_of_each_district():
    groups = random_groups(1, TIME)
    built, demand = np.array([[10.0, 40.0, 30.0]]), np.full((1, 8760), 22.0)
    dams = [Reservoir("dam", 1, 30.0, 15.0, 500.0)]
    result = ensemble(groups, built, demand, COSTS, read_table("supply_factors"), reservoirs=dams)
    hours = ensemble_hours(groups, built, demand, reservoirs=dams)
    made = hours.generation_mw.sum("time")[0].to_numpy() / 1000
    assert made == pytest.approx(result.energy_by_source_gwh.sum("month")[0].to_numpy(), rel=1e-5)
    runs = ensemble(groups, built, demand, COSTS, read_table("supply_factors")).energy_by_source_gwh.sum("month")[0]
    assert made[[0, 2]] == pytest.approx(runs.to_numpy()[[0, 2]], rel=1e-5)
    spent = demand - hours.unserved_mw + hours.exported_mw + hours.curtailed_mw
    assert spent[0].to_numpy() == pytest.approx(hours.generation_mw.sum("source")[0].to_numpy(), abs=1e-4)


def test_draws_of_a_mix_keep_its_water():
    case, groups = one_case()
    together = by_technology(case, groups)
    assert together.technology.to_numpy().tolist() == ["hydro", "hydro"]
    assert together.built_mw.to_numpy() == pytest.approx([120 - case.reservoirs[0].capacity_mw, 120 / 307 * 50])
    ranges = read_table("ensemble_ranges")
    ranges.loc[ranges.parameter == "demand", ["low", "high"]] = 1.0
    arguments = groups, COSTS, read_table("supply_factors"), ranges[ranges.parameter != "resource"], 8
    kept, runs = (uncertain(each, *arguments).results for each in (case, replace(case, reservoirs=())))
    table = evaluate(section(), POTENTIALS, {})
    assert kept.unserved_gwh_year.to_numpy() == pytest.approx(value(table, "deficit"), rel=1e-4)
    assert kept.energy_gwh.to_numpy() == pytest.approx(value(table, "energy"), rel=1e-5)
    assert kept.energy_by_source_gwh.technology.to_numpy().tolist() == ["hydro"]
    assert (kept.unserved_gwh_year < runs.unserved_gwh_year - 10).all()


@settings(max_examples=8)
@given(seed=SEEDS, day_ahead=st.booleans())
def test_with_foresight_every_hour_balances_and_no_rule_serves_more(seed, day_ahead):
    rng, hours = np.random.default_rng(seed), 96
    demand, generation = rng.uniform(10, 70, hours), rng.uniform(0, 40, hours)
    inflow = rng.uniform(0, 30, hours)
    stores = [Storage("battery", 10.0, 30.0, 0.95, 0.95)]
    dam = Reservoir("dam", 1, 1.0, 25.0, float(rng.uniform(20, 400)))
    time = pd.date_range("2019-01-01", periods=hours, freq="h")
    rule = dispatch([generation, inflow], [[1.0, 1.0]], demand[None], time, stores=stores, reservoirs=[dam])
    start = rule.reservoir_start_gwh.item() * hours / 8.760
    water = Water(inflow, dam.power_mw, dam.size_mwh, start)
    flows = foresight_dispatch(generation, demand, stores, 0.0, day_ahead, waters=[water])
    into = generation + flows["released"][0] + flows["discharged"][0] + flows["unserved"]
    assert into == pytest.approx(demand + flows["charged"][0] + flows["exported"] + flows["curtailed"], abs=1e-6)
    change = np.diff(flows["reservoir_level"][0], prepend=start)
    assert change == pytest.approx(inflow - flows["released"][0] - flows["spilled"][0], abs=1e-6)
    assert flows["reservoir_level"].max() <= dam.size_mwh + 1e-6 and flows["released"].max() <= dam.power_mw + 1e-6
    if not day_ahead:
        unserved = float(rule.unserved_gwh.sum()) * hours / 8.760
        assert flows["unserved"].sum() <= unserved + 1e-3 + 0.01 * 70
        assert flows["reservoir_level"][0, -1] >= start - 1e-6


def test_a_case_without_reservoirs_is_one_without_dams():
    case = Case("a", np.ones(1), np.ones(1), ("all",), np.ones((1, 2)), (), 0.0, Management())
    assert case.reservoirs == ()
