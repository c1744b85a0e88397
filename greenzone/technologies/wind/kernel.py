"""Compiled wind kernels: density-corrected output of rows of weather, and sums of it.

Comes in: wind, temperature and pressure in rows, float32; each row is one hour over sites, or one weather cell over
hours. Goes out: capacity factors of the same shape, or their sums. Blocks of a few hundred values pass through
`_run` in the first-level cache. NaN in gives NaN out. `blocks.py` shares the rows among threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from greenzone.jit import inlined, kernel

BLOCK = 512  # values in a block
WIDTH = BLOCK + 16  # of a buffer: distances that divide a memory page would stall the processor


class Terms(NamedTuple):
    """What turns the weather of a site into wind and air density at its hub; float32 arrays over site.

    Attributes
    ----------
    speed_factor : hub wind over the weather's wind speed. [1]
    temp_add : added to the weather's air temperature in degC to give what the density at the hub goes by. [K]
    ratio_factor : 1.225 / density at the hub over that; times Pa where pressure comes hour by hour. [K-1]
    still_below : air temperature of the weather below which the turbine stands still. [degC]
    gain : what losses leave of the output. [1]
    """

    speed_factor: np.ndarray
    temp_add: np.ndarray
    ratio_factor: np.ndarray
    still_below: np.ndarray
    gain: np.ndarray


class Buffers(NamedTuple):
    """What a block passes through, float32 (WIDTH,): v b, v b^2 and the bits of both, b - 1, output."""

    low: np.ndarray
    high: np.ndarray
    low_bits: np.ndarray
    high_bits: np.ndarray
    root: np.ndarray
    output: np.ndarray


@kernel()
def series_of_hours(wind, temp, pressure, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) from weather of the same shape; `pressure` is empty (0, 0) where `terms` hold it."""
    buffers = _buffers()
    for time in range(wind.shape[0]):
        row = output[time]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(time), start, size, terms, start, curve, buffers)
            for i in range(size):
                row[start + i] = buffers.output[i]


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    buffers = _buffers()
    for time in range(wind.shape[0]):
        row = sums[bins[time]]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(time), start, size, terms, start, curve, buffers)
            for i in range(size):
                row[start + i] += buffers.output[i]


@kernel()
def groups_of_hours(wind, temp, pressure, terms, curve, group, weight, sums):  # type: ignore[no-untyped-def]
    """Add weight times output of each site to `sums` (time, group); group -1 counts nowhere."""
    buffers = _buffers()
    for time in range(wind.shape[0]):
        row = sums[time]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(time), start, size, terms, start, curve, buffers)
            for i in range(size):
                if group[start + i] >= 0:
                    row[group[start + i]] += weight[start + i] * buffers.output[i]


@kernel()
def series_of_cells(wind, temp, pressure, cell, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (site, time) from weather (cell, time) and the cell of each site."""
    buffers, spread = _buffers(), _no_terms()
    for site in range(cell.size):
        _spread(terms, site, spread)
        row = output[site]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(cell[site]), start, size, spread, np.uint64(0), curve, buffers)
            for i in range(size):
                row[start + i] = buffers.output[i]


@kernel()
def sums_of_cells(wind, temp, pressure, cell, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the column of `sums` (site, bin) that `bins` (time) names; empty: to the first."""
    buffers, spread = _buffers(), _no_terms()
    for site in range(cell.size):
        _spread(terms, site, spread)
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(cell[site]), start, size, spread, np.uint64(0), curve, buffers)
            if bins.size:
                for i in range(size):
                    sums[site, bins[start + i]] += buffers.output[i]
            else:
                total = 0.0
                for i in range(size):
                    total += buffers.output[i]
                sums[site, 0] += total


@kernel()
def groups_of_cells(  # type: ignore[no-untyped-def]
    wind, temp, pressure, cell, terms, curve, group, weight, first, last, sums
):
    """Add weight times output of each site to `sums` (group, time) from hour `first` to `last`."""
    buffers, spread = _buffers(), _no_terms()
    for site in range(cell.size):
        if group[site] < 0:
            continue
        _spread(terms, site, spread)
        row = sums[group[site]]
        for block in range(first, last, BLOCK):
            start, size = _extent(block, last)
            _run(wind, temp, pressure, np.uint64(cell[site]), start, size, spread, np.uint64(0), curve, buffers)
            for i in range(size):
                row[start + i] += weight[site] * buffers.output[i]


@inlined
def _extent(block, end):  # type: ignore[no-untyped-def]
    """Start and length of a block, unsigned: an index that may be negative keeps loops from becoming vectors."""
    return np.uint64(block), np.uint64(min(BLOCK, end - block))


@inlined
def _buffers():  # type: ignore[no-untyped-def]
    low, high = np.empty(WIDTH, np.float32), np.empty(WIDTH, np.float32)
    root, output = np.empty(WIDTH, np.float32), np.empty(WIDTH, np.float32)
    return Buffers(low, high, low.view(np.int32), high.view(np.int32), root, output)


@inlined
def _no_terms():  # type: ignore[no-untyped-def]
    speed_factor, temp_add, ratio_factor = (
        np.empty(WIDTH, np.float32), np.empty(WIDTH, np.float32), np.empty(WIDTH, np.float32),
    )  # fmt: skip
    return Terms(speed_factor, temp_add, ratio_factor, np.empty(WIDTH, np.float32), np.empty(WIDTH, np.float32))


@inlined
def _spread(terms, site, spread):  # type: ignore[no-untyped-def]
    """Fill `spread` with the terms of one site, the same for a block of hours."""
    spread.speed_factor[:] = terms.speed_factor[site]
    spread.temp_add[:] = terms.temp_add[site]
    spread.ratio_factor[:] = terms.ratio_factor[site]
    spread.still_below[:] = terms.still_below[site]
    spread.gain[:] = terms.gain[site]


@inlined
def _run(wind, temp, pressure, row, start, size, terms, at, curve, buffers):  # type: ignore[no-untyped-def]
    """Output after losses, in `buffers.output`, of `size` values of a row of weather, with the terms from `at` on.

    One loop after the other, each over arrays in the first-level cache and simple enough to become vector code.
    """
    zero, powers, output = np.float32(0), curve.root, buffers.output
    p = (powers[0], powers[1], powers[2], powers[3], powers[4], powers[5], powers[6], powers[7])
    base, peak = curve.scalars[0], curve.scalars[3]
    if pressure.size:
        for i in range(size):
            air = temp[row, start + i]
            speed = zero if air < terms.still_below[at + i] else wind[row, start + i] * terms.speed_factor[at + i]
            ratio = (air + terms.temp_add[at + i]) * (terms.ratio_factor[at + i] / pressure[row, start + i])
            _enter(i, speed, _root(ratio, p), base, buffers)
    else:
        for i in range(size):
            air = temp[row, start + i]
            speed = zero if air < terms.still_below[at + i] else wind[row, start + i] * terms.speed_factor[at + i]
            ratio = (air + terms.temp_add[at + i]) * terms.ratio_factor[at + i]
            _enter(i, speed, _root(ratio, p), base, buffers)
    _add_curve(buffers, size, curve)
    for i in range(size):
        value = output[i]
        output[i] = (peak if value > peak else value) * terms.gain[at + i]


@inlined
def _root(ratio, powers):  # type: ignore[no-untyped-def]
    """Cube root of density / 1.225 from its inverse."""
    x = ratio - np.float32(1.25)
    high = powers[4] + x * (powers[5] + x * (powers[6] + x * powers[7]))
    return powers[0] + x * (powers[1] + x * (powers[2] + x * (powers[3] + x * high)))


@inlined
def _enter(i, speed, b, base, buffers):  # type: ignore[no-untyped-def]
    """One value on its way into the ramps."""
    s = speed * b
    buffers.low[i] = s
    buffers.high[i] = s * b
    buffers.root[i] = b - np.float32(1)
    buffers.output[i] = base + np.float32(0) * s  # a NaN enters here and stays


@inlined
def _add_curve(buffers, size, curve):  # type: ignore[no-untyped-def]
    """Add the curve above its first output: ramps in v b and in v b^2, between them intervals that b moves."""
    zero = np.float32(0)
    high, root, output, zone = buffers.high, buffers.root, buffers.output, curve.zone
    top = _highest(buffers, size)
    _add_ramps(curve.low, buffers.low, size, curve.scalars[1], top, output)
    for j in range(zone.shape[0]):
        if zone[j, 0] >= top:
            break
        k0, k1, k2 = zone[j, 1], zone[j, 2], zone[j, 3]
        d0, d1, d2, d3 = zone[j, 4], zone[j, 5], zone[j, 6], zone[j, 7]
        least, most = min(zone[j, 8], zero), max(zone[j, 8], zero)
        for i in range(size):
            b = root[i]
            rise = (high[i] - (k0 + b * (k1 + b * k2))) * (d0 + b * (d1 + b * (d2 + b * d3)))
            rise = rise if rise > least else least
            output[i] += rise if rise < most else most
    _add_ramps(curve.high, high, size, np.float32(np.inf), top, output)
    if curve.scalars[0] > zero or not curve.scalars[2] > top:
        _stand_still(curve.ends, high, root, size, output)


@inlined
def _highest(buffers, size):  # type: ignore[no-untyped-def]
    """A bound of the standard speeds in a block: the largest of v b and v b^2, NaN left out.

    As integers, for the bits of floats from 0 up are in order, and unlike a maximum of floats, which must mind NaN,
    that of integers becomes vector code.
    """
    highest = np.int32(0)
    for i in range(size):
        highest = max(highest, buffers.low_bits[i])
    for i in range(size):
        highest = max(highest, buffers.high_bits[i])
    return np.int32(highest).view(np.float32)


@inlined
def _add_ramps(ramps, speed, size, end, top, output):  # type: ignore[no-untyped-def]
    """Add slope (speed - knot) above each knot up to `end`, two knots at a time."""
    zero = np.float32(0)
    for j in range(0, ramps.shape[0], 2):
        if ramps[j, 0] >= top:
            break
        knot, slope, knot_2, slope_2 = ramps[j, 0], ramps[j, 1], ramps[j + 1, 0], ramps[j + 1, 1]
        for i in range(size):
            s = speed[i] if speed[i] < end else end
            rise, rise_2 = s - knot, s - knot_2
            output[i] += slope * (rise if rise > zero else zero) + slope_2 * (rise_2 if rise_2 > zero else zero)


@inlined
def _stand_still(ends, high, root, size, output):  # type: ignore[no-untyped-def]
    """No output below the first and above the last speed, none below zero; NaN stays."""
    zero = np.float32(0)
    f0, f1, f2, f3 = ends[0, 1], ends[0, 2], ends[0, 3], ends[0, 4]
    l0, l1, l2, l3 = ends[1, 1], ends[1, 2], ends[1, 3], ends[1, 4]
    for i in range(size):
        b = root[i]
        last, first = l0 + b * (l1 + b * (l2 + b * l3)), f0 + b * (f1 + b * (f2 + b * f3))
        still = high[i] > last or high[i] < first or output[i] < zero
        output[i] = zero if still else output[i]
