"""Dispatch of ensembles: it equals a plain loop, keeps energy in every hour, and more never makes less."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.supply import Storage, dispatch, hourly_dispatch

NUMBERS = st.integers(0, 2**32 - 1)


def case(seed, scenarios=5, groups=7, hours=60, start="2019-01-30"):
    """Random mixes over a change of month, with hours of surplus and of deficit."""
    rng = np.random.default_rng(seed)
    profiles = rng.uniform(0, 1, (groups, hours)) * (rng.uniform(size=(groups, hours)) > 0.4)
    built = rng.uniform(0, 50, (scenarios, groups)) * (rng.uniform(size=(scenarios, groups)) > 0.3)
    demand = rng.uniform(10, 120, (scenarios, hours))
    time = pd.date_range(start, periods=hours, freq="h")
    stores = [
        Storage("battery", rng.uniform(0, 40, scenarios), rng.uniform(0, 100, scenarios), 0.98, 0.97),
        Storage("pumped_hydro", rng.uniform(0, 30, scenarios), rng.uniform(0, 300, scenarios), 0.86, 0.88),
    ]
    return profiles.astype("f4"), built, demand, time, stores, rng.uniform(0, 20, scenarios)


def plain_loop(profiles, built, demand, time, stores, export):
    """The rule as it reads, one hour after the other; also the largest error of the balance of any hour."""
    names = ("exported", "curtailed", "unserved", "hours", *(f"{w} {s.name}" for s in stores for w in ("in", "out")))
    sums = {name: np.zeros((len(built), 12)) for name in names}
    worst = 0.0
    for scenario, capacity in enumerate(built):
        level = [0.0] * len(stores)
        for hour in range(len(time)):
            month = time[hour].month - 1
            generation = float(capacity @ profiles[:, hour].astype(float))
            rest = generation - demand[scenario, hour]
            into, out = [], []
            for number, store in enumerate(stores):
                power, size = np.broadcast_to(store.power_mw, len(built)), np.broadcast_to(store.size_mwh, len(built))
                charge = max(0, min(rest, power[scenario], (size[scenario] - level[number]) / store.charge_efficiency))
                give = max(0, min(-rest, power[scenario], level[number] * store.discharge_efficiency))
                level[number] += charge * store.charge_efficiency - give / store.discharge_efficiency
                rest += give - charge
                into.append(charge)
                out.append(give)
                sums[f"in {store.name}"][scenario, month] += charge / 1000
                sums[f"out {store.name}"][scenario, month] += give / 1000
            exported, missing = min(max(rest, 0), export[scenario]), max(-rest, 0)
            curtailed = max(rest, 0) - exported
            sums["exported"][scenario, month] += exported / 1000
            sums["curtailed"][scenario, month] += curtailed / 1000
            sums["unserved"][scenario, month] += missing / 1000
            sums["hours"][scenario, month] += missing > 1e-6 * demand[scenario].mean()
            error = generation + sum(out) + missing - demand[scenario, hour] - sum(into) - exported - curtailed
            worst = max(worst, abs(error))
    return sums, worst


@settings(max_examples=15)
@given(seed=NUMBERS)
def test_all_at_once_equals_a_plain_loop(seed):
    profiles, built, demand, time, stores, export = case(seed)
    result = dispatch(profiles, built, demand, time, stores=stores, export_limit_mw=export)
    sums, worst = plain_loop(profiles, built, demand, time, stores, export)
    assert worst < 1e-9
    years = 60 / 8760
    for name in ("exported", "curtailed", "unserved"):
        assert result[f"{name}_gwh"].to_numpy() * years == pytest.approx(sums[name], rel=1e-5, abs=1e-6)
    assert result.loss_of_load_hours.to_numpy() * years == pytest.approx(sums["hours"])
    for store in stores:
        flows = result.sel(store=store.name)
        assert flows.charged_gwh.to_numpy() * years == pytest.approx(sums[f"in {store.name}"], rel=1e-5, abs=1e-6)
        assert flows.discharged_gwh.to_numpy() * years == pytest.approx(sums[f"out {store.name}"], rel=1e-5, abs=1e-6)


@settings(max_examples=25)
@given(seed=NUMBERS)
def test_every_hour_balances(seed):
    profiles, built, demand, time, stores, export = case(seed)
    flows = hourly_dispatch(profiles, built, demand, time, stores=stores, export_limit_mw=export)
    generation = built @ profiles.astype(float)
    stored = (flows.charged_mw - flows.discharged_mw).sum("store").to_numpy()
    spent = demand - flows.unserved_mw + stored + flows.exported_mw + flows.curtailed_mw
    assert np.abs(spent.to_numpy() - generation).max() <= 1e-6 * (generation + demand).max()
    for store, part in zip(stores, flows.transpose("store", ...).level_mwh.to_numpy(), strict=True):
        charged, given_out = flows.charged_mw.sel(store=store.name), flows.discharged_mw.sel(store=store.name)
        kept = charged * store.charge_efficiency - given_out / store.discharge_efficiency
        assert np.diff(part, prepend=0.0) == pytest.approx(kept.to_numpy(), abs=1e-6)
        assert (part >= -1e-9).all() and (part <= np.asarray(store.size_mwh)[:, None] + 1e-9).all()


@settings(max_examples=10)
@given(seed=NUMBERS)
def test_hours_sum_to_the_months(seed):
    profiles, built, demand, time, stores, export = case(seed)
    hours = hourly_dispatch(profiles, built, demand, time, stores=stores, export_limit_mw=export)
    months = dispatch(profiles, built, demand, time, stores=stores, export_limit_mw=export)
    for name in ("exported", "curtailed", "unserved", "charged", "discharged"):
        total = months[f"{name}_gwh"].sum("month").to_numpy() * 60 / 8760 * 1000
        assert hours[f"{name}_mw"].sum("time").to_numpy() == pytest.approx(total, rel=1e-12, abs=1e-9)


@given(seed=NUMBERS)
def test_a_battery_of_no_size_or_no_power_changes_nothing(seed):
    profiles, built, demand, time, stores, export = case(seed)
    plain = dispatch(profiles, built, demand, time, stores=stores[1:], export_limit_mw=export)
    for nothing in (Storage("none", 30.0, 0.0, 0.9, 0.9), Storage("none", 0.0, 100.0, 0.9, 0.9)):
        with_it = dispatch(profiles, built, demand, time, stores=[nothing, stores[1]], export_limit_mw=export)
        for name in ("unserved_gwh", "exported_gwh", "curtailed_gwh", "loss_of_load_hours"):
            assert (with_it[name] == plain[name]).all()
        assert (with_it.charged_gwh[1] == plain.charged_gwh[0]).all()


@given(seed=NUMBERS, group=st.integers(0, 6), more=st.floats(0.1, 100))
def test_more_of_any_technology_never_lowers_the_share_met(seed, group, more):
    profiles, built, demand, time, stores, export = case(seed)
    larger = built.copy()
    larger[:, group] += more
    unserved = [
        dispatch(profiles, mix, demand, time, stores=stores, export_limit_mw=export).unserved_gwh.sum("month")
        for mix in (built, larger)
    ]
    assert (unserved[1] <= unserved[0] + 1e-6 * demand.sum() / 1000).all()


def test_a_battery_carries_noon_into_the_night():
    """By hand: 30 MW for two hours against 10 MW; 40 MWh left, 20 MW a time, both ways 0.9."""
    profiles = np.array([[1.0, 1.0, 0.0, 0.0, 0.0]])
    store = Storage("battery", 15.0, 100.0, 0.9, 0.9)
    time = pd.date_range("2019-06-01", periods=5, freq="h")
    flows = dispatch(profiles, [[30.0]], np.full((1, 5), 10.0), time, stores=[store]).sum("month") * 5 / 8760
    assert flows.charged_gwh.item() * 1000 == pytest.approx(30)  # 15 MW in each of two hours
    assert flows.curtailed_gwh.item() * 1000 == pytest.approx(10)
    assert flows.discharged_gwh.item() * 1000 == pytest.approx(30 * 0.81)  # two hours of 10 MW and one of 4.3
    assert flows.unserved_gwh.item() * 1000 == pytest.approx(30 - 24.3)
    assert flows.loss_of_load_hours.item() == pytest.approx(1)


def test_half_hours_hold_half_the_energy():
    profiles, built, demand, time, stores, _ = case(3, hours=48)
    twice = pd.date_range(time[0], periods=96, freq="30min")
    one = dispatch(profiles, built, demand, time, stores=stores[:1])
    two = dispatch(np.repeat(profiles, 2, 1), built, np.repeat(demand, 2, 1), twice, stores=stores[:1])
    for name in ("unserved_gwh", "curtailed_gwh", "charged_gwh"):
        assert two[name].to_numpy() == pytest.approx(one[name].to_numpy(), rel=1e-5, abs=1e-6)


def test_scenarios_beyond_a_tile_are_the_same_as_alone():
    profiles, built, demand, time, stores, export = case(5, scenarios=300, hours=40)
    together = dispatch(profiles, built, demand, time, stores=stores, export_limit_mw=export)
    last = [
        Storage(s.name, s.power_mw[-1], s.size_mwh[-1], s.charge_efficiency, s.discharge_efficiency) for s in stores
    ]
    alone = dispatch(profiles, built[-1:], demand[-1:], time, stores=last, export_limit_mw=export[-1:])
    assert (together.unserved_gwh[-1].to_numpy() == alone.unserved_gwh[0].to_numpy()).all()


def test_demand_is_a_weighted_sum_of_paths():
    profiles, built, demand, time, stores, export = case(6)
    weight = np.random.default_rng(0).uniform(0, 2, (5, 5))
    mixed = dispatch(profiles, built, demand, time, demand_factor=weight, stores=stores, export_limit_mw=export)
    direct = dispatch(profiles, built, weight @ demand, time, stores=stores, export_limit_mw=export)
    assert mixed.unserved_gwh.to_numpy() == pytest.approx(direct.unserved_gwh.to_numpy(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"profiles": np.zeros((7, 59))}, "the profiles have 59 hours, but there are 60 times"),
        ({"demand_mw": np.ones((5, 24))}, "demand has 24 hours, the profiles 60"),
        ({"built_mw": np.ones((5, 6))}, "capacities are given for 6 groups, profiles for 7"),
        ({"demand_mw": np.ones((4, 60))}, "demand is given for 4 paths"),
        ({"built_mw": -np.ones((5, 7))}, "capacity in a supply scenario must be 0 or more"),
        ({"demand_mw": np.full((5, 60), np.nan)}, "demand in a supply scenario must be 0 or more"),
        ({"export_limit_mw": -1.0}, "export limit in a supply scenario"),
        ({"stores": [Storage("b", -1.0, 1.0, 0.9, 0.9)]}, "power of a store"),
        ({"stores": [Storage("b", 1.0, 1.0, 1.2, 0.9)]}, r"efficiencies of the store 'b' are \(1.2, 0.9\)"),
    ],
)
def test_impossible_input_is_named(change, message):
    profiles, built, demand, time, stores, export = case(0)
    arguments = {"profiles": profiles, "built_mw": built, "demand_mw": demand, "stores": stores}
    arguments |= {"export_limit_mw": export} | change
    with pytest.raises(GreenzoneError, match=message):
        dispatch(time=time, **arguments)
