"""Stores and lines used one way at a time: what the store holds and what either end gives stays, the rest is left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.supply.plan_flows import line_one_way, store_one_way

POWER = st.floats(0, 500).map(np.float64)
SHARE = st.floats(0.3, 1.0)


@given(charge=POWER, discharge=POWER, fill=SHARE, empty=SHARE)
def test_a_store_ends_as_full_and_what_it_lost_is_left(charge, discharge, fill, empty):
    into, out, left = store_one_way(charge, discharge, fill, empty)
    assert into * out == 0
    assert into * fill - out / empty == pytest.approx(charge * fill - discharge / empty, abs=1e-9)
    assert left >= -1e-9 and into <= charge + 1e-9 and out <= discharge + 1e-9
    assert out - into == pytest.approx(discharge - charge + left, abs=1e-9)


@given(there=POWER, back=POWER, loss=st.floats(0, 0.9))
def test_a_line_gives_no_less_at_either_end(there, back, loss):
    one, other, at_start, at_end = line_one_way(there, back, loss)
    assert one * other == 0
    assert min(at_start, at_end) >= -1e-9 and one <= there + 1e-9 and other <= back + 1e-9
    assert other * (1 - loss) - one == pytest.approx(back * (1 - loss) - there + at_start, abs=1e-9)
    assert one * (1 - loss) - other == pytest.approx(there * (1 - loss) - back + at_end, abs=1e-9)


def test_what_goes_one_way_already_stays_to_the_last_digit():
    rng = np.random.default_rng(1)
    flow = np.where(rng.random(50) < 0.5, rng.random(50), 0.0)
    other = np.where(flow > 0, 0.0, rng.random(50))
    assert np.array_equal(store_one_way(flow, other, 0.87, 0.91)[:2], (flow, other))
    assert np.array_equal(line_one_way(flow, other, 0.03)[:2], (flow, other))
