"""Compiled wind kernels: density-corrected output of rows of weather, and sums of it.

Comes in: wind, temperature and pressure in rows, float32; each row is one hour over sites, or one weather cell over
hours. Goes out: capacity factors of the same shape, or their sums. Blocks of a few hundred values pass through
`_run` in the first-level cache. NaN in gives NaN out. `blocks.py` shares the rows among threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from greenzone.jit import inlined, kernel
from greenzone.technologies.wind.curve import B_RANGE, LEVELS

BLOCK = 1024  # values in a block
WIDTH = BLOCK + 16  # of a buffer: distances that divide a memory page would stall the processor
LEVEL_SCALE = np.float32(LEVELS / (B_RANGE[1] - B_RANGE[0]))
LEVEL_START = np.float32(LEVELS * B_RANGE[0] / (B_RANGE[1] - B_RANGE[0]))
LAST_LEVEL = np.int32(LEVELS - 1)


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
    """What a block passes through, (WIDTH,): index into the table, entry there (int32), share of the cell (float32)."""

    place: np.ndarray
    entry: np.ndarray
    share: np.ndarray


@kernel()
def series_of_hours(wind, temp, pressure, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) from weather of the same shape; `pressure` is empty (0, 0) where `terms` hold it."""
    buffers, units = _buffers(), _units(curve)
    for time in range(wind.shape[0]):
        row = output[time]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(time), start, size, terms, start, curve, buffers)
            for i in range(size):
                row[start + i] = _value(i, terms.gain[start + i], units, buffers)


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    buffers, units = _buffers(), _units(curve)
    for time in range(wind.shape[0]):
        row = sums[bins[time]]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(time), start, size, terms, start, curve, buffers)
            for i in range(size):
                row[start + i] += _value(i, terms.gain[start + i], units, buffers)


@kernel()
def groups_of_hours(wind, temp, pressure, terms, curve, group, weight, sums):  # type: ignore[no-untyped-def]
    """Add weight times output of each site to `sums` (time, group); group -1 counts nowhere."""
    buffers, units = _buffers(), _units(curve)
    for time in range(wind.shape[0]):
        row = sums[time]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(time), start, size, terms, start, curve, buffers)
            for i in range(size):
                if group[start + i] >= 0:
                    row[group[start + i]] += weight[start + i] * _value(i, terms.gain[start + i], units, buffers)


@kernel()
def series_of_cells(wind, temp, pressure, cell, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (site, time) from weather (cell, time) and the cell of each site."""
    buffers, spread, units = _buffers(), _no_terms(), _units(curve)
    for site in range(cell.size):
        _spread(terms, site, spread)
        row = output[site]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(cell[site]), start, size, spread, np.uint64(0), curve, buffers)
            for i in range(size):
                row[start + i] = _value(i, spread.gain[i], units, buffers)


@kernel()
def sums_of_cells(wind, temp, pressure, cell, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the column of `sums` (site, bin) that `bins` (time) names; empty: to the first."""
    buffers, spread, units = _buffers(), _no_terms(), _units(curve)
    for site in range(cell.size):
        _spread(terms, site, spread)
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            _run(wind, temp, pressure, np.uint64(cell[site]), start, size, spread, np.uint64(0), curve, buffers)
            if bins.size:
                for i in range(size):
                    sums[site, bins[start + i]] += _value(i, spread.gain[i], units, buffers)
            else:
                total = 0.0
                for i in range(size):
                    total += _value(i, spread.gain[i], units, buffers)
                sums[site, 0] += total


@kernel()
def groups_of_cells(  # type: ignore[no-untyped-def]
    wind, temp, pressure, cell, terms, curve, group, weight, first, last, sums
):
    """Add weight times output of each site to `sums` (group, time) from hour `first` to `last`."""
    buffers, spread, units = _buffers(), _no_terms(), _units(curve)
    for site in range(cell.size):
        if group[site] < 0:
            continue
        _spread(terms, site, spread)
        row = sums[group[site]]
        for block in range(first, last, BLOCK):
            start, size = _extent(block, last)
            _run(wind, temp, pressure, np.uint64(cell[site]), start, size, spread, np.uint64(0), curve, buffers)
            for i in range(size):
                row[start + i] += weight[site] * _value(i, spread.gain[i], units, buffers)


@inlined
def _extent(block, end):  # type: ignore[no-untyped-def]
    """Start and length of a block, unsigned: an index that may be negative keeps loops from becoming vectors."""
    return np.uint64(block), np.uint64(min(BLOCK, end - block))


@inlined
def _buffers():  # type: ignore[no-untyped-def]
    return Buffers(np.empty(WIDTH, np.int32), np.empty(WIDTH, np.int32), np.empty(WIDTH, np.float32))


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
    """Find the entries in the curve's table for `size` values of a row of weather, with the terms from `at` on.

    One loop after the other, each over arrays in the first-level cache. All but the look-up become vector code, for
    which whole numbers must stay 32 bits wide: Numba would make 64 of every sum.
    """
    zero, powers = np.float32(0), curve.root
    p = (powers[0], powers[1], powers[2], powers[3], powers[4], powers[5], powers[6], powers[7])
    v = curve.scalars
    bend = (v[7], v[8], v[9], v[10], v[11], v[12])
    c = (v[0], v[1], v[2], v[3], v[4], v[5], v[6], bend, v[13], np.int32(curve.table.size - 1))
    if pressure.size:
        for i in range(size):
            air = temp[row, start + i]
            speed = wind[row, start + i] * (zero if air < terms.still_below[at + i] else terms.speed_factor[at + i])
            ratio = (air + terms.temp_add[at + i]) * (terms.ratio_factor[at + i] / pressure[row, start + i])
            _place(i, speed, _root(ratio, p), c, buffers)
    else:
        for i in range(size):
            air = temp[row, start + i]
            speed = wind[row, start + i] * (zero if air < terms.still_below[at + i] else terms.speed_factor[at + i])
            ratio = (air + terms.temp_add[at + i]) * terms.ratio_factor[at + i]
            _place(i, speed, _root(ratio, p), c, buffers)
    for i in range(size):
        buffers.entry[i] = curve.table[np.uint32(buffers.place[i])]


@inlined
def _root(ratio, powers):  # type: ignore[no-untyped-def]
    """Cube root of density / 1.225 from its inverse."""
    x = ratio - np.float32(1.25)
    high = powers[4] + x * (powers[5] + x * (powers[6] + x * powers[7]))
    return powers[0] + x * (powers[1] + x * (powers[2] + x * (powers[3] + x * high)))


@inlined
def _place(i, speed, b, c, buffers):  # type: ignore[no-untyped-def]
    """Cell and level of one value in the curve's table, and how far into the cell; see `curve.standard_speed`."""
    zero, one, bend, last = np.float32(0), np.float32(1), c[7], c[9]
    s = speed * b * c[8]
    r = (s - c[0]) * (c[2] + b * (c[3] + b * (c[4] + b * (c[5] + b * c[6]))))
    off = b - one
    lean = bend[3] + off * (bend[4] + bend[5] * r)
    k = r + (r - r * r) * (off * (bend[0] + off * (bend[1] + off * bend[2] + lean * r)))
    z = s if r < zero else c[0] + c[1] * k
    z = s * b if r > one else z
    cell = np.int32(z)
    buffers.share[i] = z - np.float32(cell)
    level = np.int32(b * LEVEL_SCALE - LEVEL_START)
    level = level if level > np.int32(0) else np.int32(0)
    level = level if level < LAST_LEVEL else LAST_LEVEL
    index = np.int32(np.int32(cell * np.int32(LEVELS)) + level)
    index = index if index > np.int32(0) else np.int32(0)
    buffers.place[i] = index if index < last else last


@inlined
def _units(curve):  # type: ignore[no-untyped-def]
    """Output per unit of the table, per unit of rise, and the highest: to be read once, before a loop."""
    return curve.scalars[14], curve.scalars[15], curve.scalars[16]


@inlined
def _value(i, gain, units, buffers):  # type: ignore[no-untyped-def]
    """Output after losses of one value that `_run` has placed; NaN lives on in its share of the cell."""
    zero, entry = np.float32(0), buffers.entry[i]
    rise = np.float32(np.int32(np.int32(entry << np.int32(16)) >> np.int32(16)))
    output = np.float32(entry) * units[0] + buffers.share[i] * rise * units[1]
    output = units[2] if output > units[2] else output
    return (zero if output < zero else output) * gain
