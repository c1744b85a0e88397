"""Lanes in kernels of their own: what they read, compute and write, held against NumPy."""

import numpy as np
import pytest

from greenzone.jit import kernel
from greenzone.simd import DOUBLES, LANES, base, fused, larger, put, read, smaller, take, until_line, where_less, write


@kernel()
def clipped(values, low, high, out):
    for i in range(0, len(values), DOUBLES):
        x = take(base(values), i)
        put(base(out), i, smaller(high, larger(low, x)) * 2 + 0.5 - x)


@kernel()
def narrowed(values, out):
    for i in range(0, len(values), DOUBLES):
        put(base(out), i, take(base(values), i))


@kernel(relaxed=False)
def fused_lanes(values, factor, term, out):
    for i in range(0, len(values), LANES):
        write(base(out), i, len(values), fused(read(base(values), i, len(values)), factor, term), False)


@kernel()
def chosen(values, bound, out):
    end = len(values)
    for i in range(0, end, LANES):
        x = read(base(values), i, end)
        write(base(out), i, end, where_less(x, bound, x, bound - x), False)


@kernel()
def copied(values, out, past):
    end, first = len(values), until_line(base(out), 0)
    for start in range(first - LANES if first else 0, end, LANES):
        i = max(start, 0)
        write(base(out), i, end, read(base(values), i, end), past)
    return first


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_doubles_are_worked_on_in_double_precision(kind):
    values = np.random.default_rng(1).normal(0, 3, 4 * DOUBLES).astype(kind)
    found = np.empty(values.size)
    clipped(values, -1.0, 1.0 / 3.0, found)
    wide = values.astype(float)
    np.testing.assert_allclose(found, np.clip(wide, -1.0, 1.0 / 3.0) * 2 + 0.5 - wide, rtol=0, atol=1e-15)


def test_doubles_are_rounded_once_where_they_go_into_short_numbers():
    values = np.random.default_rng(4).normal(0, 3, 4 * DOUBLES)
    found = np.full(values.size + 1, 7, np.float32)
    narrowed(values, found[:-1])
    np.testing.assert_array_equal(found[:-1], values.astype(np.float32))
    assert found[-1] == 7


def test_a_fused_product_is_rounded_once():
    values = np.random.default_rng(5).uniform(1, 2, 3 * LANES + 5).astype(np.float32)
    factor, term = np.float32(1 / 3), np.float32(-1 / 3)
    found = np.empty_like(values)
    fused_lanes(values, factor, term, found)
    exact = values.astype(float) * float(factor) + float(term)
    np.testing.assert_array_equal(found, exact.astype(np.float32))
    assert (found != values * factor + term).any()  # rounded twice they would be others


def test_gaps_stay_gaps():
    values = np.full(DOUBLES, np.nan)
    found = np.zeros(DOUBLES)
    clipped(values, 0.0, 1.0, found)
    assert np.isnan(found).all()


@pytest.mark.parametrize("size", [1, LANES - 1, LANES, 3 * LANES + 5])
def test_rows_of_any_length(size):
    values = np.random.default_rng(2).normal(0, 1, size).astype(np.float32)
    found = np.full(size + 1, 7, np.float32)
    chosen(values, np.float32(0.25), found[:-1])
    np.testing.assert_array_equal(found[:-1], np.where(values < 0.25, values, np.float32(0.25) - values))
    assert found[-1] == 7  # nothing is written beyond the end


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("before", [0, 1, 7, 15])
@pytest.mark.parametrize("size", [3, LANES, 5 * LANES + 9])
def test_what_is_written_past_the_caches_is_there(past, before, size):
    values = np.random.default_rng(3).normal(0, 1, size).astype(np.float32)
    room = np.full(size + 40, 7, np.float32)
    line = (-room.ctypes.data // 4) % 16  # values before the first line of 64 bytes
    place = line + before
    first = copied(values, room[place : place + size], past)
    assert first == (16 - before) % 16
    np.testing.assert_array_equal(room[place : place + size], values)
    assert (room[:place] == 7).all()
    assert (room[place + size :] == 7).all()
