"""Dispatch with foresight: balances, never beaten by the rule in energy, lower peaks where it knows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.supply import Storage, dispatch
from greenzone.supply.dispatch import flows_by_month
from greenzone.supply.foresight import foresight_dispatch

SEEDS = st.integers(0, 2**32 - 1)


def case(seed, hours=72):
    rng = np.random.default_rng(seed)
    stores = [Storage("battery", 20.0, float(rng.uniform(10, 90)), 0.95, 0.95)]
    return rng.uniform(0, 60, hours), rng.uniform(10, 50, hours), stores


@settings(max_examples=10)
@given(seed=SEEDS, day_ahead=st.booleans(), limit=st.floats(0, 30))
def test_every_hour_balances_and_no_rule_serves_more(seed, day_ahead, limit):
    generation, demand, stores = case(seed)
    flows = foresight_dispatch(generation, demand, stores, limit, day_ahead)
    into = generation + flows["discharged"].sum(0) + flows["unserved"]
    out = demand + flows["charged"].sum(0) + flows["exported"] + flows["curtailed"]
    assert into == pytest.approx(out, abs=1e-6)
    kept = flows["charged"][0] * 0.95 - flows["discharged"][0] / 0.95
    assert np.diff(flows["level"][0], prepend=0.0) == pytest.approx(kept, abs=1e-6)
    assert flows["exported"].max() <= limit + 1e-9
    time = pd.date_range("2019-01-01", periods=72, freq="h")
    rule = dispatch(generation[None], [[1.0]], demand[None], time, stores=stores, export_limit_mw=limit)
    unserved = float(rule.unserved_gwh.sum()) * 72 / 8760 * 1000
    assert flows["unserved"].sum() <= unserved + 1e-3 + (0.01 * 50 * 3 if day_ahead else 0.01 * 50)


def test_it_keeps_the_battery_for_the_peak():
    """10 MWh against 5 MW missing for two hours, then 15 MW: the rule spends them first, foresight at the peak."""
    generation, demand = np.array([10.0, 0, 0, 0]), np.array([0.0, 5, 5, 15])
    store = [Storage("battery", 10.0, 10.0, 1.0, 1.0)]
    time = pd.date_range("2019-01-01", periods=4, freq="h")
    rule = dispatch(generation[None], [[1.0]], demand[None], time, stores=store)
    assert float(rule.peak_unserved_mw.max()) == pytest.approx(15)
    flows = foresight_dispatch(generation, demand, store)
    assert flows["unserved"] == pytest.approx([0, 5, 5, 5], abs=1e-6)


def test_flows_summed_by_month_equal_those_of_the_rule():
    generation, demand, stores = case(5, 24 * 40)
    time = pd.date_range("2019-01-10", periods=24 * 40, freq="h")
    from greenzone.supply import hourly_dispatch

    profile = generation.astype("f4")[None]
    hours = hourly_dispatch(profile, [[1.0]], demand[None], time, stores=stores, export_limit_mw=5.0).isel(scenario=0)
    flows = {name: hours[f"{name}_mw"].to_numpy() for name in ("exported", "curtailed", "unserved")}
    flows |= {name: hours[f"{name}_mw"].transpose("store", "time").to_numpy() for name in ("charged", "discharged")}
    flows["level"] = hours.level_mwh.transpose("store", "time").to_numpy()
    found = flows_by_month(flows, demand, time, ["battery"])
    direct = dispatch(profile, [[1.0]], demand[None], time, stores=stores, export_limit_mw=5.0)
    for name in direct:
        assert found[name].to_numpy() == pytest.approx(direct[name].to_numpy(), rel=1e-9, abs=1e-9), name
