"""Reservoirs in the dispatch: water is kept exactly, more room never spills more, and no rule beats the programme."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from greenzone.errors import GreenzoneError
from greenzone.supply import Reservoir, Storage, dispatch, hourly_dispatch

NUMBERS = st.integers(0, 2**32 - 1)
FLOWS = ("exported", "curtailed", "unserved")


def case(seed, scenarios=4, hours=61, start="2019-01-30"):
    """Mixes of sun and two rivers with dams, over a change of month, with hours of surplus and of deficit."""
    rng = np.random.default_rng(seed)
    profiles = rng.uniform(0, 1, (3, hours)) * (rng.uniform(size=(3, hours)) > 0.3)
    built = rng.uniform(20, 80, (scenarios, 3))
    demand = rng.uniform(10, 140, (scenarios, hours))
    time = pd.date_range(start, periods=hours, freq="h")
    stores = [Storage("battery", rng.uniform(0, 30, scenarios), rng.uniform(0, 90, scenarios), 0.95, 0.9)]
    dams = [
        Reservoir(
            name, group, built[:, group] * rng.uniform(0.2, 1, scenarios), rng.uniform(5, 50, scenarios),
            rng.uniform(0, 300, scenarios), level,
        )
        for name, group, level in (("upper", 1, 0.0), ("lower", 2, None))
    ]  # fmt: skip
    return profiles.astype("f4"), built, demand, time, {"stores": stores, "reservoirs": dams}, rng.uniform(0, 20)


def plain_loop(profiles, built, demand, parts, scenario, export, begin):
    """The rule as it reads for one scenario, an hour after the other."""
    flows = {name: np.zeros(demand.shape[1]) for name in FLOWS}
    level, charge = list(begin), [0.0] * len(parts["stores"])
    water = {name: np.zeros((len(begin), demand.shape[1])) for name in ("released", "spilled", "level")}
    for hour, needed in enumerate(demand[scenario]):
        rest = float(built[scenario] @ profiles[:, hour].astype(float)) - needed
        for k, dam in enumerate(parts["reservoirs"]):
            arriving = dam.capacity_mw[scenario] * float(profiles[dam.group, hour])
            rest -= arriving
            held = level[k] + arriving
            over = max(held - dam.size_mwh[scenario], 0.0)
            released = min(max(over, -rest), held, dam.power_mw[scenario])
            level[k] = min(held - released, dam.size_mwh[scenario])
            rest += released
            for name, value in (("released", released), ("spilled", held - released - level[k]), ("level", level[k])):
                water[name][k, hour] = value
        for k, store in enumerate(parts["stores"]):
            into, out = store.charge_efficiency, store.discharge_efficiency
            taken = max(0, min(rest, store.power_mw[scenario], (store.size_mwh[scenario] - charge[k]) / into))
            given = max(0, min(-rest, store.power_mw[scenario], charge[k] * out))
            charge[k] += taken * into - given / out
            rest += given - taken
        flows["exported"][hour] = min(max(rest, 0), export)
        flows["curtailed"][hour] = max(rest, 0) - flows["exported"][hour]
        flows["unserved"][hour] = max(-rest, 0)
    return flows, water


@settings(max_examples=15)
@given(seed=NUMBERS)
def test_all_at_once_equals_a_plain_loop(seed):
    profiles, built, demand, time, parts, export = case(seed)
    found = hourly_dispatch(profiles, built, demand, time, export_limit_mw=export, **parts)
    for scenario in range(len(built)):
        own = found.isel(scenario=scenario)
        start, end = -1.0, 0.0
        while end - start > 1e-9:  # one year after the other, until the lower one ends as it began
            start = end
            flows, water = plain_loop(profiles, built, demand, parts, scenario, export, [0.0, start])
            end = water["level"][1, -1]
        for name in FLOWS:
            assert own[f"{name}_mw"].to_numpy() == pytest.approx(flows[name], abs=1e-4), name
        for name in ("released", "spilled"):
            assert own[f"{name}_mw"].to_numpy() == pytest.approx(water[name], abs=1e-4), name
        assert own.reservoir_level_mwh.to_numpy() == pytest.approx(water["level"], abs=1e-3)


@settings(max_examples=25)
@given(seed=NUMBERS)
def test_every_hour_balances(seed):
    profiles, built, demand, time, parts, export = case(seed)
    flows = hourly_dispatch(profiles, built, demand, time, export_limit_mw=export, **parts)
    months = dispatch(profiles, built, demand, time, export_limit_mw=export, **parts)
    start = months.reservoir_start_gwh.to_numpy() * 61 / 8760 * 1000
    level = flows.reservoir_level_mwh.to_numpy()
    change = np.diff(level, prepend=start[..., None])
    kept = (flows.inflow_mw - flows.released_mw - flows.spilled_mw).to_numpy()
    assert np.abs(change - kept).max() <= 1e-6
    sizes = np.stack([dam.size_mwh for dam in parts["reservoirs"]])[..., None]
    assert level.min() >= 0 and (level <= sizes + 1e-9).all()
    powers = np.stack([dam.power_mw for dam in parts["reservoirs"]])[..., None]
    assert flows.released_mw.min() >= 0 and (flows.released_mw.to_numpy() <= powers + 1e-9).all()
    generation = built @ profiles.astype(float) + (flows.released_mw - flows.inflow_mw).sum("reservoir").to_numpy()
    stored = (flows.charged_mw - flows.discharged_mw).sum("store").to_numpy()
    spent = (demand - flows.unserved_mw + stored + flows.exported_mw + flows.curtailed_mw).to_numpy()
    assert np.abs(spent - generation).max() <= 1e-6 * (generation + demand).max()


@settings(max_examples=10)
@given(seed=NUMBERS)
def test_hours_sum_to_the_months(seed):
    profiles, built, demand, time, parts, export = case(seed)
    hours = hourly_dispatch(profiles, built, demand, time, export_limit_mw=export, **parts)
    months = dispatch(profiles, built, demand, time, export_limit_mw=export, **parts)
    for name in (*FLOWS, "charged", "discharged", "inflow", "released", "spilled"):
        total = months[f"{name}_gwh"].sum("month").to_numpy() * 61 / 8760 * 1000
        assert hours[f"{name}_mw"].sum("time").to_numpy() == pytest.approx(total, rel=1e-9, abs=1e-9), name
    level = hours.reservoir_level_mwh.groupby("time.month").mean().transpose("reservoir", "scenario", "month")
    held = months.reservoir_level_gwh.sel(month=level.month).to_numpy()
    assert held * 1000 == pytest.approx(level.to_numpy(), rel=1e-9, abs=1e-9)
    end = months.reservoir_end_gwh.to_numpy() * 61 / 8760 * 1000
    assert end == pytest.approx(hours.reservoir_level_mwh.to_numpy()[..., -1], rel=1e-9, abs=1e-9)


@settings(max_examples=25)
@given(seed=NUMBERS)
def test_a_reservoir_of_no_size_changes_nothing(seed):
    profiles, built, demand, time, parts, export = case(seed)
    dams = [replace(dam, size_mwh=0.0, power_mw=dam.capacity_mw, level_mwh=None) for dam in parts["reservoirs"]]
    none = [replace(dam, capacity_mw=0.0, level_mwh=None) for dam in parts["reservoirs"]]
    plain = dispatch(profiles, built, demand, time, stores=parts["stores"], export_limit_mw=export)
    for given_dams in (dams, none):
        with_it = dispatch(
            profiles, built, demand, time, stores=parts["stores"], reservoirs=given_dams, export_limit_mw=export
        )
        for name in (*(f"{flow}_gwh" for flow in FLOWS), "charged_gwh", "discharged_gwh", "loss_of_load_hours"):
            assert with_it[name].to_numpy() == pytest.approx(plain[name].to_numpy(), rel=1e-12, abs=1e-12), name
        assert with_it.spilled_gwh.max() == 0
        assert with_it.released_gwh.to_numpy() == pytest.approx(with_it.inflow_gwh.to_numpy(), rel=1e-12, abs=1e-12)


@settings(max_examples=25)
@given(seed=NUMBERS, more=st.floats(0, 200), settled=st.booleans())
def test_a_bigger_reservoir_never_spills_more(seed, more, settled):
    profiles, built, demand, time, parts, _ = case(seed)
    dam = replace(parts["reservoirs"][0], level_mwh=None if settled else 0.0)
    spilled = [
        dispatch(profiles, built, demand, time, reservoirs=[each]).spilled_gwh.sum("month").to_numpy()
        for each in (dam, replace(dam, size_mwh=dam.size_mwh + more))
    ]
    assert (spilled[1] <= spilled[0] + 1e-9).all()


@settings(max_examples=25)
@given(seed=NUMBERS)
def test_no_scenario_is_given_water(seed):
    """Even where a reservoir depends on another one before it: each ends as it began."""
    profiles, built, demand, time, parts, _ = case(seed, scenarios=150)
    dams = [replace(dam, level_mwh=None) for dam in parts["reservoirs"]]
    found = dispatch(profiles, built, demand, time, stores=parts["stores"], reservoirs=dams)
    sizes = np.stack([dam.size_mwh for dam in dams]) * 8760 / 61 / 1000
    assert (np.abs(found.reservoir_end_gwh - found.reservoir_start_gwh).to_numpy() <= 1.001e-6 * sizes).all()
    given_out = (found.released_gwh + found.spilled_gwh).sum("month").to_numpy()
    assert given_out == pytest.approx(found.inflow_gwh.sum("month").to_numpy(), abs=2e-6 * sizes.max())


@settings(max_examples=10)
@given(seed=NUMBERS)
def test_no_rule_serves_more_than_the_programme(seed):
    """Least unserved of one dam without stores: release r, spill s, level l and what is missing u of every hour."""
    profiles, built, demand, time, parts, _ = case(seed, scenarios=1)
    dam = replace(parts["reservoirs"][0], level_mwh=0.0)
    inflow = float(dam.capacity_mw[0]) * profiles[1].astype(float)
    missing = demand[0] - built[0] @ profiles.astype(float) + inflow
    number, eye, none = len(time), np.eye(len(time)), np.zeros((len(time), len(time)))
    change = eye - np.eye(number, k=-1)
    best = linprog(
        np.r_[np.zeros(3 * number), np.ones(number)],
        A_ub=np.hstack([-eye, none, none, -eye]), b_ub=-missing, A_eq=np.hstack([eye, eye, change, none]), b_eq=inflow,
        bounds=[(0, float(dam.power_mw[0]))] * number + [(0, None)] * number
        + [(0, float(dam.size_mwh[0]))] * number + [(0, None)] * number,
    )  # fmt: skip
    found = dispatch(profiles, built, demand, time, reservoirs=[dam])
    ruled = float(found.unserved_gwh.sum()) * number / 8760 * 1000
    assert ruled == pytest.approx(best.fun, abs=1e-3)  # one dam alone: to wait for a later deficit saves nothing


def test_water_of_spring_serves_the_winter():
    """By hand: 40 MW arrive in the first 24 h, 20 MW are wanted in 48 h: half of it waits, and nothing is missing."""
    time = pd.date_range("2019-03-01", periods=48, freq="h")
    profile = np.where(np.arange(48) < 24, 0.8, 0.0)[None]
    demand = np.full((1, 48), 20.0)
    big = Reservoir("dam", 0, 50.0, 40.0, 1000.0)
    small = replace(big, size_mwh=100.0)
    kept, some = (dispatch(profile, [[50.0]], demand, time, reservoirs=[dam]) for dam in (big, small))
    hours = 48 / 8760 * 1000
    assert kept.unserved_gwh.sum().item() * hours == pytest.approx(0, abs=1e-4)
    assert kept.reservoir_start_gwh.item() == kept.reservoir_end_gwh.item() == pytest.approx(0, abs=1e-6)
    # 20 MW wait for five hours, then run through the plant beside the 20 that are wanted, and find no use.
    assert some.unserved_gwh.sum().item() * hours == pytest.approx(24 * 20 - 100, abs=1e-4)
    assert some.curtailed_gwh.sum().item() * hours == pytest.approx(19 * 20, abs=1e-4)
    weak = dispatch(profile, [[50.0]], demand, time, reservoirs=[replace(small, power_mw=30.0)])
    assert weak.spilled_gwh.sum().item() * hours == pytest.approx(19 * 10, abs=1e-4)


def test_scenarios_beyond_a_tile_are_the_same_as_alone():
    profiles, built, demand, time, parts, export = case(5, scenarios=300)
    together = dispatch(profiles, built, demand, time, export_limit_mw=export, **parts)
    last = {
        "stores": [replace(s, power_mw=s.power_mw[-1], size_mwh=s.size_mwh[-1]) for s in parts["stores"]],
        "reservoirs": [
            replace(d, capacity_mw=d.capacity_mw[-1], power_mw=d.power_mw[-1], size_mwh=d.size_mwh[-1])
            for d in parts["reservoirs"]
        ],
    }
    alone = dispatch(profiles, built[-1:], demand[-1:], time, export_limit_mw=export, **last)
    for name in ("unserved_gwh", "released_gwh", "spilled_gwh", "reservoir_level_gwh"):
        one, other = together[name].isel(scenario=-1).to_numpy(), alone[name].isel(scenario=0).to_numpy()
        assert one == pytest.approx(other, rel=1e-12, abs=1e-12), name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group": 3}, "the reservoir 'dam' is of group 3; there are 3"),
        ({"capacity_mw": 90.0}, "the plant of the reservoir 'dam' is larger than what is built of its group"),
        ({"level_mwh": 101.0}, "the reservoir 'dam' begins with more than it can hold"),
        ({"power_mw": -1.0}, "power of a reservoir in a supply scenario must be 0 or more"),
        ({"size_mwh": np.nan}, "size of a reservoir in a supply scenario must be 0 or more"),
    ],
)
def test_impossible_reservoirs_are_named(change, message):
    profiles, _, demand, time, _, _ = case(0)
    dam = replace(Reservoir("dam", 1, 20.0, 20.0, 100.0), **change)
    with pytest.raises(GreenzoneError, match=message):
        dispatch(profiles, np.full((4, 3), 50.0), demand, time, reservoirs=[dam])
