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
    DOUBLES,
    LANES,
    base,
    fused,
    in_step,
    larger,
    look_up,
    look_up_halves,
    put,
    read,
    smaller,
    stream,
    take,
    until_line,
    where_less,
    wide_vectors,
    write,
)
from greenzone.technologies.wind.curve import HALF, LEVEL_RANGE, LEVELS, PRESSURE_CENTRE

TOGETHER = 8  # hours of the same sites worked on in turn: what belongs to sites is fetched once for all
NARROW = 1024  # sites up to which that stays near the processor anyway: hours one after the other, as they lie
BLOCK = 1024  # values worked on together where they go into sums
LARGE = 2**18  # values of a part of a series, above which it is written past the caches
LIFT = np.float32(2**23 - 0.5)  # added to a number, it leaves the whole part in the last bits
LIFTED = np.float32(2**23)  # taken off again, it leaves the whole part
LEVEL_SCALE = LEVELS / (LEVEL_RANGE[1] - LEVEL_RANGE[0])
LEVEL_START = LEVELS * LEVEL_RANGE[0] / (LEVEL_RANGE[1] - LEVEL_RANGE[0])


class Terms(NamedTuple):
    """What turns the weather of a site into wind and air density at its hub; float32 arrays over site.

    Attributes
    ----------
    speed_factor : hub wind over the weather's wind speed. [1]
    still_below : air temperature of the weather below which the turbine stands still. [degC]
    gain : what losses leave of the output. [1]
    b0, b1, b2, b3, b4, b5 : coefficients, in the weather's air temperature in degC, of b - 1 at the hub, where
        b = (density / 1.225)^(1/3); at standard pressure where it comes hour by hour. See `curve.density_terms`.
    """

    speed_factor: np.ndarray
    still_below: np.ndarray
    gain: np.ndarray
    b0: np.ndarray
    b1: np.ndarray
    b2: np.ndarray
    b3: np.ndarray
    b4: np.ndarray
    b5: np.ndarray


TERMS = len(Terms._fields)


@kernel()
def series_of_hours(wind, temp, pressure, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) from weather of the same shape."""
    wide_vectors()
    c, here, past = _coefficients(curve), _of_sites(terms), output.size > LARGE
    speed, air, pascal, out = base(wind), base(temp), _whole(pressure), base(output)
    hours, sites = wind.shape
    together = TOGETHER if sites > NARROW else 1
    for first in range(0, hours, together):
        last = min(first + together, hours)
        for start in range(0, sites + LANES, LANES):
            for time in range(first, last):
                row = time * sites
                before = until_line(out, row) if past else 0
                site = max(start + before - LANES, 0) if before else start
                if site < sites:
                    i, end = row + site, row + sites
                    write(out, i, end, _output(speed, air, pascal, i, end, here, site, sites, c), past)


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    wide_vectors()
    c, here = _coefficients(curve), _of_sites(terms)
    speed, air, pascal, total = base(wind), base(temp), _whole(pressure), base(sums)
    hours, sites = wind.shape
    room = np.empty(TOGETHER * LANES, np.float32)
    values, size = base(room), room.size
    together = TOGETHER if sites > NARROW else 1
    for first in range(0, hours, together):
        rows = bins[first : first + together]
        for site in range(0, sites, LANES):
            for k in range(len(rows)):
                i, end = (first + k) * sites + site, (first + k + 1) * sites
                write(values, k * LANES, size, _output(speed, air, pascal, i, end, here, site, sites, c), False)
            if site + LANES <= sites:
                for lane in range(0, LANES, DOUBLES):
                    _add(total, rows, sites, site + lane, values, lane)
            else:
                for k in range(len(rows)):
                    for lane in range(sites - site):
                        sums[rows[k], site + lane] += room[k * LANES + lane]


@inlined
def _add(total, rows, sites, site, values, lane):  # type: ignore[no-untyped-def]
    """Add the values of some hours to the rows of their sums, from a site and a lane on."""
    row = rows[0]
    part = take(total, row * sites + site)
    for k in range(len(rows)):
        if rows[k] != row:
            put(total, row * sites + site, part)
            row = rows[k]
            part = take(total, row * sites + site)
        part = part + take(values, k * LANES + lane)
    put(total, row * sites + site, part)


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
    lanes = np.empty((TERMS, LANES), np.float32)
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
    lanes = np.empty((TERMS, LANES), np.float32)
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
    lanes = np.empty((TERMS, LANES), np.float32)
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
    speed, still, gain, b0, b1, b2, b3, b4, b5 = terms
    return Terms(
        base(speed), base(still), base(gain), base(b0), base(b1), base(b2), base(b3), base(b4), base(b5)
    )  # fmt: skip


@inlined
def _of_site(terms, site, lanes):  # type: ignore[no-untyped-def]
    """Where the terms of one site stand, repeated in `lanes`."""
    for i in range(LANES):
        lanes[0, i], lanes[1, i], lanes[2, i] = terms.speed_factor[site], terms.still_below[site], terms.gain[site]
        lanes[3, i], lanes[4, i], lanes[5, i] = terms.b0[site], terms.b1[site], terms.b2[site]
        lanes[6, i], lanes[7, i], lanes[8, i] = terms.b3[site], terms.b4[site], terms.b5[site]
    return Terms(
        base(lanes[0]), base(lanes[1]), base(lanes[2]), base(lanes[3]), base(lanes[4]), base(lanes[5]), base(lanes[6]),
        base(lanes[7]), base(lanes[8]),
    )  # fmt: skip


def _row(rows, number):  # type: ignore[no-untyped-def]
    """Where a row of pressures stands, or None where there are none."""


def _whole(rows):  # type: ignore[no-untyped-def]
    """Where all pressures stand, or None where there are none."""


@generic(_whole)
def _choose_whole(rows):  # type: ignore[no-untyped-def]
    if isinstance(rows, types.NoneType):
        return lambda rows: None
    return lambda rows: base(rows)


def _on_curve(table, size, z, off, grid, highest, v):  # type: ignore[no-untyped-def]
    """Output at a standard speed, from a short table or a long one, at most the highest."""


def _under(off, pressure, i, end, p):  # type: ignore[no-untyped-def]
    """b - 1 at a pressure from that at standard pressure; as it is where there is none."""


@generic(_row)
def _choose_row(rows, number):  # type: ignore[no-untyped-def]
    if isinstance(rows, types.NoneType):
        return lambda rows, number: None
    return lambda rows, number: base(rows[number])


@generic(_under)
def _choose_under(off, pressure, i, end, p):  # type: ignore[no-untyped-def]
    if isinstance(pressure, types.NoneType):
        return lambda off, pressure, i, end, p: off

    def under(off, pressure, i, end, p):  # type: ignore[no-untyped-def]
        x = stream(pressure, i, end) - PRESSURE_CENTRE
        x2 = x * x
        high = p[2] + x * p[3] + x2 * (p[4] + x * p[5] + x2 * (p[6] + x * p[7]))
        root = p[0] + x * p[1] + x2 * high
        return root + (off + off * root)

    return under


@generic(_on_curve)
def _choose_on_curve(table, size, z, off, grid, highest, v):  # type: ignore[no-untyped-def]
    if table.dtype == types.float32:
        return _on_short_table
    return _on_long_table


def _on_short_table(table, size, z, off, grid, highest, v):  # type: ignore[no-untyped-def]
    (per_speed, before, lowest, beyond), (end, down) = grid, v
    inside = in_step(smaller(beyond, larger(lowest, z)))
    lifted = in_step(fused(inside, per_speed, LIFT - before))
    f = in_step(fused(inside, per_speed, (LIFTED - before) - lifted))
    level = in_step(look_up(table, 1, lifted) + off * look_up(table, 2, lifted))
    level = in_step(look_up(table, 0, lifted) + off * level)
    bent = in_step(look_up(table, 4, lifted) + off * look_up(table, 5, lifted) + f * look_up(table, 6, lifted))
    line = smaller(highest, end - z * down)
    return smaller(line, level + f * (look_up(table, 3, lifted) + off * bent))


def _on_long_table(table, size, z, off, grid, highest, v):  # type: ignore[no-untyped-def]
    (per_speed, before, lowest, beyond), (unit, unit_of_rise) = grid, v
    place = smaller(beyond, larger(lowest, z)) * per_speed - before
    cell = place + LIFT - LIFTED
    level = off * LEVEL_SCALE + (LEVEL_SCALE - LEVEL_START) + LIFT - LIFTED
    number = cell * LEVELS + level
    number = larger(number, 0)  # also where it is NaN
    number = smaller(number, size - 1)
    upper, lower = look_up_halves(table, size, number + LIFTED)
    rise = lower * unit_of_rise - HALF * unit_of_rise
    return smaller(highest, upper * unit - HALF * unit + (place - cell) * rise)


@inlined
def _coefficients(curve):  # type: ignore[no-untyped-def]
    """All that is known of a curve, the table by where it stands, to be read once, before a loop."""
    v, p = curve.scalars, curve.pressure_root
    root = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
    standard = (v[0], v[1], v[2], v[3], v[4], v[5]), (v[6], v[7], v[8], v[9], v[10])
    grid, highest = (v[11], v[12], v[13], v[14]), v[15]
    return root, standard, grid, highest, (base(curve.table), curve.table.size, (v[16], v[17]))


@inlined
def _output(speed, air, pascal, i, end, terms, site, until, c):  # type: ignore[no-untyped-def]
    """Output after losses of the lanes from `i` on of a row of weather that ends at `end`.

    `terms` are those of the sites from `site` to `until`.
    """
    p, (d, q), grid, highest, (table, size, v) = c
    temp = stream(air, i, end)
    hub = stream(speed, i, end) * read(terms.speed_factor, site, until)
    hub = where_less(temp, read(terms.still_below, site, until), 0, hub)
    # Polynomials are taken apart into halves that do not wait for one another.
    temp2 = in_step(temp * temp)
    upper = in_step(read(terms.b4, site, until) + temp * read(terms.b5, site, until))
    upper = in_step(read(terms.b2, site, until) + temp * read(terms.b3, site, until) + temp2 * upper)
    off = in_step(read(terms.b0, site, until) + temp * read(terms.b1, site, until) + temp2 * upper)
    off = in_step(_under(off, pascal, i, end, p))
    s = in_step(hub + hub * off)
    # as `curve.standard_speed`
    scale = in_step(d[1] + off * in_step(d[2] + off * in_step(d[3] + off * in_step(d[4] + off * d[5]))))
    r = in_step((s - d[0]) * scale)
    r = in_step(smaller(1, larger(0, r)))
    by_off = in_step(r * off)
    bend = in_step(q[0] + off * (q[1] + off * q[2]) + by_off * (q[3] + r * q[4]))
    k = in_step(r + (by_off - by_off * r) * bend)
    z = in_step(s + s * off * k)
    value = _on_curve(table, size, z, off, grid, highest, v)
    return larger(0, value) * read(terms.gain, site, until)
