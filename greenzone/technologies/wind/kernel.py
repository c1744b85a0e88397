"""Compiled wind kernels: density-corrected output of rows of weather, and sums of it.

Comes in: wind, temperature and pressure in rows, float32; each row is one hour over sites, or one weather cell over
hours; `pressure` is None where `terms` hold it, and `temp` too where they hold the density of the air. Goes out:
capacity factors of the same shape, or their sums. NaN in gives NaN out. `blocks.py` shares the rows among threads.

A row is worked through in lanes (see `greenzone.simd`).
"""

from __future__ import annotations

import numpy as np

from greenzone.jit import inlined, kernel
from greenzone.simd import DOUBLES, LANES, base, put, take, until_line, wide_vectors, write
from greenzone.technologies.wind.output import (
    TERMS,
    base_or_none,
    coefficients,
    of_site,
    of_sites,
    output_of,
    row_or_none,
)

TOGETHER = 8  # hours of the same sites that are summed in turn: what belongs to sites is fetched once for all
IN_SERIES = 4  # the same where each hour is written
NARROW = 1024  # sites up to which that stays near the processor anyway: hours one after the other, as they lie
BLOCK = 1024  # values worked on together where they go into sums
LARGE = 2**18  # values of a part of a series, above which it is written past the caches


@kernel()
def series_of_hours(wind, temp, pressure, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) from weather of the same shape."""
    wide_vectors()
    c, here, past = coefficients(curve), of_sites(terms), output.size > LARGE
    speed, air, pascal, out = base(wind), base_or_none(temp), base_or_none(pressure), base(output)
    hours, sites = wind.shape
    together = IN_SERIES if sites > NARROW else 1
    for first in range(0, hours, together):
        last = min(first + together, hours)
        for start in range(0, sites + LANES, LANES):
            for time in range(first, last):
                row = time * sites
                before = until_line(out, row) if past else 0
                site = max(start + before - LANES, 0) if before else start
                if site < sites:
                    i, end = row + site, row + sites
                    write(out, i, end, output_of(speed, air, pascal, i, end, here, site, sites, c), past)


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    wide_vectors()
    c, here = coefficients(curve), of_sites(terms)
    speed, air, pascal, total = base(wind), base_or_none(temp), base_or_none(pressure), base(sums)
    hours, sites = wind.shape
    room = np.empty(TOGETHER * LANES, np.float32)
    values, size = base(room), room.size
    together = TOGETHER if sites > NARROW else 1
    for first in range(0, hours, together):
        rows = bins[first : first + together]
        for site in range(0, sites, LANES):
            for k in range(len(rows)):
                i, end = (first + k) * sites + site, (first + k + 1) * sites
                write(values, k * LANES, size, output_of(speed, air, pascal, i, end, here, site, sites, c), False)
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
    c, values, sites = coefficients(curve), np.empty(BLOCK, np.float32), wind.shape[1]
    here = of_sites(terms)
    for time in range(wind.shape[0]):
        speed, air, pascal, row = base(wind[time]), row_or_none(temp, time), row_or_none(pressure, time), sums[time]
        for start in range(0, sites, BLOCK):
            end = min(start + BLOCK, sites)
            for i in range(start, end, LANES):
                value = output_of(speed, air, pascal, i, end, here, i, end, c)
                write(base(values), i - start, end - start, value, False)
            for i in range(start, end):
                if group[i] >= 0:
                    row[group[i]] += weight[i] * values[i - start]


@kernel()
def series_of_cells(wind, temp, pressure, cell, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (site, time) from weather (cell, time) and the cell of each site."""
    wide_vectors()
    c, end = coefficients(curve), wind.shape[1]
    lanes = np.empty((TERMS, LANES), np.float32)
    for site in range(cell.size):
        speed, air, pascal = base(wind[cell[site]]), base(temp[cell[site]]), row_or_none(pressure, cell[site])
        row, here = base(output[site]), of_site(terms, site, lanes)
        for i in range(0, end, LANES):
            write(row, i, end, output_of(speed, air, pascal, i, end, here, 0, LANES, c), False)


@kernel()
def sums_of_cells(wind, temp, pressure, cell, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the column of `sums` (site, bin) that `bins` (time) names; empty: to the first."""
    wide_vectors()
    c, values, hours = coefficients(curve), np.empty(BLOCK, np.float32), wind.shape[1]
    lanes = np.empty((TERMS, LANES), np.float32)
    for site in range(cell.size):
        speed, air, pascal = base(wind[cell[site]]), base(temp[cell[site]]), row_or_none(pressure, cell[site])
        here = of_site(terms, site, lanes)
        for start in range(0, hours, BLOCK):
            end = min(start + BLOCK, hours)
            for i in range(start, end, LANES):
                value = output_of(speed, air, pascal, i, end, here, 0, LANES, c)
                write(base(values), i - start, end - start, value, False)
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
    c, values = coefficients(curve), np.empty(BLOCK, np.float32)
    lanes = np.empty((TERMS, LANES), np.float32)
    for site in range(cell.size):
        if group[site] < 0:
            continue
        speed, air, pascal = base(wind[cell[site]]), base(temp[cell[site]]), row_or_none(pressure, cell[site])
        row, here = sums[group[site]], of_site(terms, site, lanes)
        for start in range(first, last, BLOCK):
            end = min(start + BLOCK, last)
            for i in range(start, end, LANES):
                value = output_of(speed, air, pascal, i, end, here, 0, LANES, c)
                write(base(values), i - start, end - start, value, False)
            part = row[start:end]
            for i in range(part.size):
                part[i] += weight[site] * values[i]
