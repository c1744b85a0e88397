"""Demand that waits, plants behind one connection, capacity that can be counted on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.supply import Storage
from greenzone.supply.flexible import behind_connection, deferred_demand, firm_capacity

SEEDS = st.integers(0, 2**32 - 1)


def case(seed, hours=200):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 60, hours), rng.uniform(0, 40, hours), rng.uniform(0, 20, hours)


@given(seed=SEEDS, window=st.integers(0, 30))
def test_waiting_keeps_energy_and_never_leaves_more_unserved(seed, window):
    generation, firm, flexible = case(seed)
    demand = deferred_demand(generation, firm, flexible, window)
    assert demand.sum() == pytest.approx((firm + flexible).sum(), rel=1e-12)
    before = np.maximum(firm + flexible - generation, 0).sum()
    assert np.maximum(demand - generation, 0).sum() <= before + 1e-9
    assert (demand >= firm - 1e-12).all()


@given(seed=SEEDS, window=st.integers(0, 30))
def test_nothing_is_served_before_it_arose_or_after_the_window(seed, window):
    generation, firm, flexible = case(seed)
    served = np.cumsum(deferred_demand(generation, firm, flexible, window) - firm)
    arisen = np.cumsum(flexible)
    assert (served <= arisen + 1e-9).all()
    assert (served[window:] >= arisen[: len(arisen) - window] - 1e-9).all()


def test_no_window_changes_nothing():
    generation, firm, flexible = case(1)
    assert deferred_demand(generation, firm, flexible, 0) == pytest.approx(firm + flexible)


def test_waiting_by_hand():
    """5 MW arise in each of four hours; only the third has some to spare, 20 MW."""
    demand = deferred_demand([0, 0, 30, 0, 0, 0.0], [10.0] * 6, [5, 5, 5, 5, 0, 0.0], 2)
    assert demand == pytest.approx([10, 10, 25, 10, 10, 15])
    demand = deferred_demand([0, 0, 30, 0, 0, 0.0], [10.0] * 6, [5, 5, 5, 5, 0, 0.0], 1)
    assert demand == pytest.approx([10, 15, 20, 10, 15, 10])


@settings(max_examples=15)
@given(seed=SEEDS, connection=st.floats(1, 60), size=st.floats(0, 200))
def test_a_connection_loses_only_what_it_cannot_carry(seed, connection, size):
    generation, _, _ = case(seed, 48)
    time = pd.date_range("2019-01-01", periods=48, freq="h")
    shared = behind_connection(generation, connection, time, Storage("battery", 30.0, size, 0.9, 0.9))
    assert shared.delivered + shared.lost + shared.stored == pytest.approx(generation, abs=1e-5)
    assert shared.delivered.max() <= connection + 1e-6 * generation.max()  # profiles have 32 bits
    alone = behind_connection(generation, connection, time)
    assert shared.delivered.sum() >= alone.delivered.sum() - 1e-4
    assert alone.delivered == pytest.approx(np.minimum(generation, connection))


def test_firm_capacity_by_hand():
    demand = np.concatenate([np.full(100, 50.0), np.full(900, 20.0)])
    generation = np.concatenate([np.arange(100.0), np.full(900, 500.0)])
    # A tenth of 0 to 99 MW lies below 9.9; a battery of 40 MW and 80 MWh gives 20 MW for four hours.
    assert firm_capacity(generation, demand, 40.0, 80.0) == (pytest.approx(9.9 + 20), 50.0)
