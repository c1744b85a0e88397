"""Compiled wind kernels: density-corrected output of rows of weather, and sums of it.

Comes in: wind, temperature and pressure in rows, float32; each row is one hour over sites, or one weather cell over
hours; `pressure` is None where `terms` hold it. Goes out: capacity factors of the same shape, or their sums. NaN in
gives NaN out. `blocks.py` shares the rows among threads.

A row is worked through in lanes (see `greenzone.simd`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.core import types

from greenzone.jit import generic, inlined, kernel
from greenzone.simd import (
    LANES,
    base,
    in_step,
    larger,
    look_up,
    look_up_halves,
    read,
    smaller,
    stream,
    until_line,
    where_less,
    wide_vectors,
    write,
)
from greenzone.technologies.wind.curve import HALF, LEVEL_RANGE, LEVELS, PRESSURE_CENTRE

BLOCK = 1024  # values worked on together where they go into sums
LARGE = 2**18  # values of a part of a series, above which it is written past the caches
SUM_BYTES = 2**20  # for the sums of all bins that are at work together, to stay near the processor
LIFT = np.float32(2**23 - 0.5)  # added to a number, it leaves the whole part in the last bits
LIFTED = np.float32(2**23)  # taken off again, it leaves the whole part
LEVEL_SCALE = LEVELS / (LEVEL_RANGE[1] - LEVEL_RANGE[0])
LEVEL_START = LEVELS * LEVEL_RANGE[0] / (LEVEL_RANGE[1] - LEVEL_RANGE[0])


class Terms(NamedTuple):
    """What turns the weather of a site into wind and air density at its hub; float32 arrays over site.

    Attributes
    ----------
    speed_factor : hub wind over the weather's wind speed. [1]
    temp_add : added to the weather's air temperature in degC to give what the density at the hub goes by, as its
        difference from TEMP_CENTRE. [K]
    root_factor : (density / 1.225)^(1/3) times the cube root of that temperature [K1/3]; over that of the pressure
        where it comes hour by hour. See `curve.root_factor`.
    still_below : air temperature of the weather below which the turbine stands still. [degC]
    gain : what losses leave of the output. [1]
    """

    speed_factor: np.ndarray
    temp_add: np.ndarray
    root_factor: np.ndarray
    still_below: np.ndarray
    gain: np.ndarray


@kernel()
def series_of_hours(wind, temp, pressure, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) from weather of the same shape."""
    wide_vectors()
    c, end = _coefficients(curve), wind.shape[1]
    here, past = _of_sites(terms), output.size > LARGE
    for time in range(wind.shape[0]):
        speed, air, pascal, row = base(wind[time]), base(temp[time]), _row(pressure, time), base(output[time])
        first = until_line(row) if past else 0
        for start in range(first - LANES if first else 0, end, LANES):
            i = max(start, 0)
            write(row, i, end, _output(speed, air, pascal, i, end, here, i, end, c), past)


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    wide_vectors()
    c, values, sites = _coefficients(curve), np.empty(BLOCK, np.float32), wind.shape[1]
    here = _of_sites(terms)
    stripe = BLOCK * max(1, SUM_BYTES // (8 * BLOCK * sums.shape[0]))
    for first in range(0, sites, stripe):
        for time in range(wind.shape[0]):
            speed, air, pascal, row = base(wind[time]), base(temp[time]), _row(pressure, time), sums[bins[time]]
            for start in range(first, min(first + stripe, sites), BLOCK):
                end = min(start + BLOCK, sites)
                for i in range(start, end, LANES):
                    write(
                        base(values),
                        i - start,
                        end - start,
                        _output(speed, air, pascal, i, end, here, i, end, c),
                        False,
                    )
                part = row[start:end]
                for i in range(part.size):
                    part[i] += values[i]


@kernel()
def groups_of_hours(wind, temp, pressure, terms, curve, group, weight, sums):  # type: ignore[no-untyped-def]
    """Add weight times output of each site to `sums` (time, group); group -1 counts nowhere."""
    wide_vectors()
    c, values, sites = _coefficients(curve), np.empty(BLOCK, np.float32), wind.shape[1]
    here = _of_sites(terms)
    for time in range(wind.shape[0]):
        speed, air, pascal, row = base(wind[time]), base(temp[time]), _row(pressure, time), sums[time]
        for start in range(0, sites, BLOCK):
            end = min(start + BLOCK, sites)
            for i in range(start, end, LANES):
                write(base(values), i - start, end - start, _output(speed, air, pascal, i, end, here, i, end, c), False)
            for i in range(start, end):
                if group[i] >= 0:
                    row[group[i]] += weight[i] * values[i - start]


@kernel()
def series_of_cells(wind, temp, pressure, cell, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (site, time) from weather (cell, time) and the cell of each site."""
    wide_vectors()
    c, end = _coefficients(curve), wind.shape[1]
    lanes = np.empty((5, LANES), np.float32)
    for site in range(cell.size):
        speed, air, pascal = base(wind[cell[site]]), base(temp[cell[site]]), _row(pressure, cell[site])
        row, here = base(output[site]), _of_site(terms, site, lanes)
        for i in range(0, end, LANES):
            write(row, i, end, _output(speed, air, pascal, i, end, here, 0, LANES, c), False)


@kernel()
def sums_of_cells(wind, temp, pressure, cell, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the column of `sums` (site, bin) that `bins` (time) names; empty: to the first."""
    wide_vectors()
    c, values, hours = _coefficients(curve), np.empty(BLOCK, np.float32), wind.shape[1]
    lanes = np.empty((5, LANES), np.float32)
    for site in range(cell.size):
        speed, air, pascal = base(wind[cell[site]]), base(temp[cell[site]]), _row(pressure, cell[site])
        here = _of_site(terms, site, lanes)
        for start in range(0, hours, BLOCK):
            end = min(start + BLOCK, hours)
            for i in range(start, end, LANES):
                write(
                    base(values), i - start, end - start, _output(speed, air, pascal, i, end, here, 0, LANES, c), False
                )
            if bins.size:
                for i in range(start, end):
                    sums[site, bins[i]] += values[i - start]
            else:
                total = 0.0
                for i in range(end - start):
                    total += values[i]
                sums[site, 0] += total


@kernel()
def groups_of_cells(  # type: ignore[no-untyped-def]
    wind, temp, pressure, cell, terms, curve, group, weight, first, last, sums
):
    """Add weight times output of each site to `sums` (group, time) from hour `first` to `last`."""
    wide_vectors()
    c, values = _coefficients(curve), np.empty(BLOCK, np.float32)
    lanes = np.empty((5, LANES), np.float32)
    for site in range(cell.size):
        if group[site] < 0:
            continue
        speed, air, pascal = base(wind[cell[site]]), base(temp[cell[site]]), _row(pressure, cell[site])
        row, here = sums[group[site]], _of_site(terms, site, lanes)
        for start in range(first, last, BLOCK):
            end = min(start + BLOCK, last)
            for i in range(start, end, LANES):
                write(
                    base(values), i - start, end - start, _output(speed, air, pascal, i, end, here, 0, LANES, c), False
                )
            part = row[start:end]
            for i in range(part.size):
                part[i] += weight[site] * values[i]


@inlined
def _of_sites(terms):  # type: ignore[no-untyped-def]
    """Where the terms of all sites stand."""
    one, two, three, four, five = terms
    return Terms(base(one), base(two), base(three), base(four), base(five))


@inlined
def _of_site(terms, site, lanes):  # type: ignore[no-untyped-def]
    """Where the terms of one site stand, repeated in `lanes`."""
    for i in range(LANES):
        lanes[0, i], lanes[1, i], lanes[2, i] = terms.speed_factor[site], terms.temp_add[site], terms.root_factor[site]
        lanes[3, i], lanes[4, i] = terms.still_below[site], terms.gain[site]
    return Terms(base(lanes[0]), base(lanes[1]), base(lanes[2]), base(lanes[3]), base(lanes[4]))


def _row(rows, number):  # type: ignore[no-untyped-def]
    """Where a row of pressures stands, or None where there are none."""


def _on_curve(table, size, place, z, b, highest, v):  # type: ignore[no-untyped-def]
    """Output at a place counted in cells, from a short table or a long one, at most the highest."""


def _times_root(b, pressure, i, end, p):  # type: ignore[no-untyped-def]
    """b times the cube root of pressure, or b itself where there is none."""


@generic(_row)
def _choose_row(rows, number):  # type: ignore[no-untyped-def]
    if isinstance(rows, types.NoneType):
        return lambda rows, number: None
    return lambda rows, number: base(rows[number])


@generic(_times_root)
def _choose_times_root(b, pressure, i, end, p):  # type: ignore[no-untyped-def]
    if isinstance(pressure, types.NoneType):
        return lambda b, pressure, i, end, p: b

    def times_root(b, pressure, i, end, p):  # type: ignore[no-untyped-def]
        x = stream(pressure, i, end) - PRESSURE_CENTRE
        x2 = x * x
        high = p[2] + x * p[3] + x2 * (p[4] + x * p[5] + x2 * (p[6] + x * p[7]))
        return b * (p[0] + x * p[1] + x2 * high)

    return times_root


@generic(_on_curve)
def _choose_on_curve(table, size, place, z, b, highest, v):  # type: ignore[no-untyped-def]
    if table.dtype == types.float32:
        return _on_short_table
    return _on_long_table


def _on_short_table(table, size, place, z, b, highest, v):  # type: ignore[no-untyped-def]
    end, down = v
    lifted, off = in_step(place + LIFT), b - 1
    f = in_step(place - (lifted - LIFTED))
    level = in_step(look_up(table, 1, lifted) + off * look_up(table, 2, lifted))
    level = in_step(look_up(table, 0, lifted) + off * level)
    bent = in_step(look_up(table, 4, lifted) + off * look_up(table, 5, lifted) + f * look_up(table, 6, lifted))
    line = smaller(highest, end - z * down)
    return smaller(line, level + f * (look_up(table, 3, lifted) + off * bent))


def _on_long_table(table, size, place, z, b, highest, v):  # type: ignore[no-untyped-def]
    unit, unit_of_rise = v
    cell = place + LIFT - LIFTED
    level = b * LEVEL_SCALE - LEVEL_START + LIFT - LIFTED
    number = cell * LEVELS + level
    number = larger(number, 0)  # also where it is NaN
    number = smaller(number, size - 1)
    upper, lower = look_up_halves(table, size, number + LIFTED)
    rise = lower * unit_of_rise - HALF * unit_of_rise
    return smaller(highest, upper * unit - HALF * unit + (place - cell) * rise)


@inlined
def _coefficients(curve):  # type: ignore[no-untyped-def]
    """All that is known of a curve, the table by where it stands, to be read once, before a loop."""
    v, t, p = curve.scalars, curve.temp_root, curve.pressure_root
    roots = (t[0], t[1], t[2], t[3], t[4], t[5]), (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7])
    standard = (v[0], v[1], v[2], v[3], v[4], v[5]), (v[6], v[7], v[8], v[9], v[10])
    return roots, standard, (v[11], v[12], v[13], v[14]), (base(curve.table), curve.table.size, (v[15], v[16]))


@inlined
def _output(speed, air, pascal, i, end, terms, site, until, c):  # type: ignore[no-untyped-def]
    """Output after losses of the lanes from `i` on of a row of weather that ends at `end`.

    `terms` are those of the sites from `site` to `until`.
    """
    (t, p), (d, q), (per_speed, before, beyond, highest), (table, size, v) = c
    temp = stream(air, i, end)
    factor = where_less(temp, read(terms.still_below, site, until), 0, read(terms.speed_factor, site, until))
    # Polynomials are taken apart into halves that do not wait for one another.
    x = in_step(temp + read(terms.temp_add, site, until))
    x2 = in_step(x * x)
    root = in_step(t[0] + x * t[1] + x2 * in_step(t[2] + x * t[3] + x2 * (t[4] + x * t[5])))
    b = in_step(_times_root(read(terms.root_factor, site, until) * root, pascal, i, end, p))
    off, s = b - 1, in_step(stream(speed, i, end) * factor * b)
    # as `curve.standard_speed`
    off2 = in_step(off * off)
    scale = in_step(d[1] + off * d[2] + off2 * in_step(d[3] + off * d[4] + off2 * d[5]))
    r = in_step((s - d[0]) * scale)
    r = in_step(smaller(1, larger(0, r)))
    by_off = in_step(r * off)
    bend = in_step(q[0] + off * (q[1] + off * q[2]) + by_off * (q[3] + r * q[4]))
    k = in_step(r + (by_off - by_off * r) * bend)
    z = in_step(s + s * off * k)
    place = in_step(smaller(beyond, larger(0.5, z * per_speed - before)))
    value = _on_curve(table, size, place, z, b, highest, v)
    return larger(0, value) * read(terms.gain, site, until)
