"""Compiled wind kernels: density-corrected output of rows of weather, and sums of it.

Comes in: wind, temperature and pressure in rows, float32; each row is one hour over sites, or one weather cell over
hours; `pressure` is None where `terms` hold it. Goes out: capacity factors of the same shape, or their sums. NaN in
gives NaN out. `blocks.py` shares the rows among threads.

The loops over a row become vector code, table look-up included (see `greenzone.simd`). For that
whole numbers must stay 32 bits wide, which Numba would widen in every sum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.core import types

from greenzone.jit import generic, inlined, kernel
from greenzone.simd import look_up, read, wide_vectors, write
from greenzone.technologies.wind.curve import B_RANGE, LEVEL_BITS, LEVELS

BLOCK = 1024  # values worked on together where they go into sums of float64, which would halve the vectors
LEVEL_SCALE = np.float32(LEVELS / (B_RANGE[1] - B_RANGE[0]))
LEVEL_START = np.float32(LEVELS * B_RANGE[0] / (B_RANGE[1] - B_RANGE[0]))
SHIFT, LOWER_HALF = np.int32(LEVEL_BITS), np.int32(0xFFFF)


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


@kernel()
def series_of_hours(wind, temp, pressure, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) from weather of the same shape."""
    wide_vectors()
    table, c = curve.table, _coefficients(curve)
    for time in range(wind.shape[0]):
        speed, air, pascal, row = wind[time], temp[time], _row(pressure, time), output[time]
        for i in range(np.uint64(row.size)):
            write(row, i, _output(speed, air, pascal, i, terms, i, table, c))


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    wide_vectors()
    table, c, values = curve.table, _coefficients(curve), np.empty(BLOCK, np.float32)
    for block in range(0, wind.shape[1], BLOCK):
        start, size = _extent(block, wind.shape[1])
        for time in range(wind.shape[0]):
            speed, air, pascal, row = wind[time], temp[time], _row(pressure, time), sums[bins[time]]
            for i in range(size):
                write(values, i, _output(speed, air, pascal, start + i, terms, start + i, table, c))
            for i in range(size):
                row[start + i] += values[i]


@kernel()
def groups_of_hours(wind, temp, pressure, terms, curve, group, weight, sums):  # type: ignore[no-untyped-def]
    """Add weight times output of each site to `sums` (time, group); group -1 counts nowhere."""
    wide_vectors()
    table, c, values = curve.table, _coefficients(curve), np.empty(BLOCK, np.float32)
    for time in range(wind.shape[0]):
        speed, air, pascal, row = wind[time], temp[time], _row(pressure, time), sums[time]
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            for i in range(size):
                write(values, i, _output(speed, air, pascal, start + i, terms, start + i, table, c))
            for i in range(size):
                if group[start + i] >= 0:
                    row[group[start + i]] += weight[start + i] * values[i]


@kernel()
def series_of_cells(wind, temp, pressure, cell, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (site, time) from weather (cell, time) and the cell of each site."""
    wide_vectors()
    table, c = curve.table, _coefficients(curve)
    for site in range(cell.size):
        speed, air, pascal, row = wind[cell[site]], temp[cell[site]], _row(pressure, cell[site]), output[site]
        for i in range(np.uint64(row.size)):
            write(row, i, _output(speed, air, pascal, i, terms, site, table, c))


@kernel()
def sums_of_cells(wind, temp, pressure, cell, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the column of `sums` (site, bin) that `bins` (time) names; empty: to the first."""
    wide_vectors()
    table, c, values = curve.table, _coefficients(curve), np.empty(BLOCK, np.float32)
    for site in range(cell.size):
        speed, air, pascal = wind[cell[site]], temp[cell[site]], _row(pressure, cell[site])
        for block in range(0, wind.shape[1], BLOCK):
            start, size = _extent(block, wind.shape[1])
            for i in range(size):
                write(values, i, _output(speed, air, pascal, start + i, terms, site, table, c))
            if bins.size:
                for i in range(size):
                    sums[site, bins[start + i]] += values[i]
            else:
                total = 0.0
                for i in range(size):
                    total += values[i]
                sums[site, 0] += total


@kernel()
def groups_of_cells(  # type: ignore[no-untyped-def]
    wind, temp, pressure, cell, terms, curve, group, weight, first, last, sums
):
    """Add weight times output of each site to `sums` (group, time) from hour `first` to `last`."""
    wide_vectors()
    table, c, values = curve.table, _coefficients(curve), np.empty(BLOCK, np.float32)
    for site in range(cell.size):
        if group[site] < 0:
            continue
        speed, air, pascal, row = wind[cell[site]], temp[cell[site]], _row(pressure, cell[site]), sums[group[site]]
        for block in range(first, last, BLOCK):
            start, size = _extent(block, last)
            for i in range(size):
                write(values, i, _output(speed, air, pascal, start + i, terms, site, table, c))
            for i in range(size):
                row[start + i] += weight[site] * values[i]


@inlined
def _extent(block, end):  # type: ignore[no-untyped-def]
    """Start and length of a block, unsigned: an index that may be negative keeps loops from becoming vectors."""
    return np.uint64(block), np.uint64(min(BLOCK, end - block))


def _row(rows, number):  # type: ignore[no-untyped-def]
    """A row of pressures, or None where there are none."""


def _over_pressure(factor, row, i):  # type: ignore[no-untyped-def]
    """A factor over the pressure there, or the factor itself where there is none."""


@generic(_row)
def _choose_row(rows, number):  # type: ignore[no-untyped-def]
    if isinstance(rows, types.NoneType):
        return lambda rows, number: None
    return lambda rows, number: rows[number]


@generic(_over_pressure)
def _choose_over_pressure(factor, row, i):  # type: ignore[no-untyped-def]
    if isinstance(row, types.NoneType):
        return lambda factor, row, i: factor
    return lambda factor, row, i: factor / read(row, i)


@inlined
def _coefficients(curve):  # type: ignore[no-untyped-def]
    """All numbers of a curve beside its table, to be read once, before a loop."""
    v, p = curve.scalars, curve.root
    root = (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7])
    scale, bend = (v[0], v[1], v[2], v[3], v[4], v[5]), (v[6], v[7], v[8], v[9], v[10])
    return root, scale, bend, v[11], (v[12], v[13], v[14], v[15], v[16]), np.uint32(curve.table.size - 1)


@inlined
def _output(speed, air, pascal, i, terms, site, table, c):  # type: ignore[no-untyped-def]
    """Output after losses of one value of a row of weather, with the terms of a site."""
    root, scale, bend, per_speed, units, last = c
    temp = read(air, i)
    still = temp < read(terms.still_below, site)
    v = read(speed, i) * (np.float32(0) if still else read(terms.speed_factor, site))
    ratio = (temp + read(terms.temp_add, site)) * _over_pressure(read(terms.ratio_factor, site), pascal, i)
    b = _root(ratio, root)
    z = _standard_speed(v * b, b - np.float32(1), scale, bend) * per_speed
    cell, level = np.int32(z), np.int32(b * LEVEL_SCALE - LEVEL_START)
    index = np.uint32(np.int32(np.int32(cell << SHIFT) + level))
    entry = look_up(table, np.int32(index if index < last else last))
    rise = np.float32(np.int32(entry & LOWER_HALF)) * units[1] - units[3]
    value = np.float32(entry) * units[0] - units[2] + (z - np.float32(cell)) * rise
    value = units[4] if value > units[4] else value
    return (np.float32(0) if value < np.float32(0) else value) * read(terms.gain, site)


@inlined
def _root(ratio, p):  # type: ignore[no-untyped-def]
    """Cube root of density / 1.225 from its inverse."""
    x = ratio - np.float32(1.25)
    return p[0] + x * (p[1] + x * (p[2] + x * (p[3] + x * (p[4] + x * (p[5] + x * (p[6] + x * p[7]))))))


@inlined
def _standard_speed(s, off, d, q):  # type: ignore[no-untyped-def]
    """The same as `curve.standard_speed`, for one value."""
    zero, one = np.float32(0), np.float32(1)
    r = (s - d[0]) * (d[1] + off * (d[2] + off * (d[3] + off * (d[4] + off * d[5]))))
    r = zero if r < zero else r
    r = one if r > one else r
    ahead = q[0] + off * (q[1] + off * q[2] + r * (q[3] + r * q[4]))
    return s + s * off * (r + (r - r * r) * off * ahead)
