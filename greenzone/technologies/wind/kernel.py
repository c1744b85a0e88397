"""Compiled wind kernels: density-corrected output of rows of weather, and sums of it.

Comes in: wind, temperature and pressure in rows, float32; each row is one hour over sites, or one weather cell over
hours. Goes out: capacity factors of the same shape, or their sums. Blocks of a few hundred values pass through
`_curve_block` inside the first-level cache. NaN in gives NaN out. `blocks.py` shares the rows among threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from greenzone.jit import inlined, kernel

BLOCK = 256  # values in a block


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
    """Fill `output` (time, site) from weather of the same shape; `pressure` is empty (0, 0) where `terms` hold it."""
    scratch = np.empty((5, BLOCK), np.float32)
    for time in range(wind.shape[0]):
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(terms, start, stop), output[time, start:stop]
            _run(wind, temp, pressure, time, start, stop, part, curve, scratch, row)


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    scratch = np.empty((6, BLOCK), np.float32)
    for time in range(wind.shape[0]):
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row, total = _part(terms, start, stop), scratch[5, : stop - start], sums[bins[time], start:stop]
            _run(wind, temp, pressure, time, start, stop, part, curve, scratch, row)
            for i in range(stop - start):
                total[i] += row[i]


@kernel()
def groups_of_hours(wind, temp, pressure, terms, curve, group, weight, sums):  # type: ignore[no-untyped-def]
    """Add weight times output of each site to `sums` (time, group); group -1 counts nowhere."""
    scratch = np.empty((6, BLOCK), np.float32)
    for time in range(wind.shape[0]):
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(terms, start, stop), scratch[5, : stop - start]
            _run(wind, temp, pressure, time, start, stop, part, curve, scratch, row)
            for i in range(stop - start):
                if group[start + i] >= 0:
                    sums[time, group[start + i]] += weight[start + i] * row[i]


@kernel()
def series_of_cells(wind, temp, pressure, cell, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (site, time) from weather (cell, time) and the cell of each site."""
    scratch = np.empty((10, BLOCK), np.float32)
    for site in range(cell.size):
        spread = _spread(terms, site, scratch)
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(spread, 0, stop - start), output[site, start:stop]
            _run(wind, temp, pressure, cell[site], start, stop, part, curve, scratch, row)


@kernel()
def sums_of_cells(wind, temp, pressure, cell, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the column of `sums` (site, bin) that `bins` (time) names; empty: to the first."""
    scratch = np.empty((11, BLOCK), np.float32)
    for site in range(cell.size):
        spread = _spread(terms, site, scratch)
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(spread, 0, stop - start), scratch[10, : stop - start]
            _run(wind, temp, pressure, cell[site], start, stop, part, curve, scratch, row)
            if bins.size:
                for i in range(stop - start):
                    sums[site, bins[start + i]] += row[i]
            else:
                total = 0.0
                for i in range(stop - start):
                    total += row[i]
                sums[site, 0] += total


@kernel()
def groups_of_cells(  # type: ignore[no-untyped-def]
    wind, temp, pressure, cell, terms, curve, group, weight, first, last, sums
):
    """Add weight times output of each site to `sums` (group, time) from hour `first` to `last`."""
    scratch = np.empty((11, BLOCK), np.float32)
    for site in range(cell.size):
        if group[site] < 0:
            continue
        spread = _spread(terms, site, scratch)
        for start in range(first, last, BLOCK):
            stop = min(start + BLOCK, last)
            part, row = _part(spread, 0, stop - start), scratch[10, : stop - start]
            _run(wind, temp, pressure, cell[site], start, stop, part, curve, scratch, row)
            total, share = sums[group[site], start:stop], weight[site]
            for i in range(stop - start):
                total[i] += share * row[i]


@inlined
def _spread(terms, site, scratch):  # type: ignore[no-untyped-def]
    """The terms of one site, the same for a block of hours, in rows 5 to 9 of `scratch`."""
    scratch[5, :] = terms.speed_factor[site]
    scratch[6, :] = terms.temp_add[site]
    scratch[7, :] = terms.ratio_factor[site]
    scratch[8, :] = terms.still_below[site]
    scratch[9, :] = terms.gain[site]
    return Terms(scratch[5], scratch[6], scratch[7], scratch[8], scratch[9])


@inlined
def _part(terms, start, stop):  # type: ignore[no-untyped-def]
    return Terms(
        terms.speed_factor[start:stop],
        terms.temp_add[start:stop],
        terms.ratio_factor[start:stop],
        terms.still_below[start:stop],
        terms.gain[start:stop],
    )


@inlined
def _run(wind, temp, pressure, row, start, stop, terms, curve, scratch, output):  # type: ignore[no-untyped-def]
    """Output of one block of a row of weather, after losses."""
    size = stop - start
    speed, ratio = scratch[0, :size], scratch[1, :size]
    wind_run, temp_run = wind[row, start:stop], temp[row, start:stop]
    zero = np.float32(0)
    for i in range(size):
        air = temp_run[i]
        speed[i] = zero if air < terms.still_below[i] else wind_run[i] * terms.speed_factor[i]
        ratio[i] = (air + terms.temp_add[i]) * terms.ratio_factor[i]
    if pressure.size:
        pressure_run = pressure[row, start:stop]
        for i in range(size):
            ratio[i] /= pressure_run[i]
    _curve_block(speed, ratio, curve, scratch[2, :size], scratch[3, :size], scratch[4, :size], output)
    peak = curve.scalars[4]
    for i in range(size):
        value = output[i]
        output[i] = (peak if value > peak else value) * terms.gain[i]


@inlined
def _curve_block(speed, ratio, curve, lower, upper, root, output):  # type: ignore[no-untyped-def]
    """Output at hub speeds [m/s] and density ratios 1.225 / density, blocks of one length; the others are scratch."""
    low, zone, high, ends, scalars, powers = curve
    zero, one = np.float32(0), np.float32(1)
    base, low_end, low_rise, falling = scalars[0], scalars[1], scalars[2], scalars[3]
    bottom, top = _reach(speed, ratio, powers)
    if bottom >= low_end:
        base += low_rise
    for j in range(zone.shape[0]):
        if zone[j, 1] <= bottom:
            base += zone[j, 10]
    for i in range(speed.size):
        b = _root(ratio[i], powers)
        s = speed[i] * b
        root[i] = b - one
        upper[i] = s * b
        lower[i] = s if s < low_end else low_end
        output[i] = base + zero * s  # a NaN enters here and stays
    if not bottom >= low_end:
        _add_ramps(low, lower, top, output)
    for j in range(zone.shape[0]):
        if zone[j, 1] <= bottom:
            continue
        if zone[j, 0] >= top:
            break
        k0, k1, k2, k3, d0, d1, d2, d3 = (
            zone[j, 2], zone[j, 3], zone[j, 4], zone[j, 5], zone[j, 6], zone[j, 7], zone[j, 8], zone[j, 9],
        )  # fmt: skip
        rise = zone[j, 10]
        for i in range(speed.size):
            b = root[i]
            share = (upper[i] - (k0 + b * (k1 + b * (k2 + b * k3)))) * (d0 + b * (d1 + b * (d2 + b * d3)))
            share = share if share > zero else zero
            output[i] += rise * (share if share < one else one)
    _add_ramps(high, upper, top, output)
    if base > zero or not falling > top:
        _stand_still(ends, upper, root, output)


@inlined
def _root(ratio, powers):  # type: ignore[no-untyped-def]
    """Cube root of density / 1.225 from its inverse."""
    x = ratio - np.float32(1.25)
    high = powers[4] + x * (powers[5] + x * (powers[6] + x * powers[7]))
    return powers[0] + x * (powers[1] + x * (powers[2] + x * (powers[3] + x * high)))


@inlined
def _reach(speed, ratio, powers):  # type: ignore[no-untyped-def]
    """Bounds of the standard speeds in a block; NaN where one cannot be told.

    Extremes of float32 from 0 up are those of their bits as integers, of which, unlike of floats with their NaN, the
    compiler makes vectors.
    """
    one = np.float32(1)
    speed_bits, ratio_bits = speed.view(np.int32), ratio.view(np.int32)
    slowest, fastest, densest, thinnest = speed_bits[0], speed_bits[0], ratio_bits[0], ratio_bits[0]
    for i in range(speed.size):
        slowest, fastest = min(slowest, speed_bits[i]), max(fastest, speed_bits[i])
        densest, thinnest = min(densest, ratio_bits[i]), max(thinnest, ratio_bits[i])
    b_low = _root(np.int32(thinnest).view(np.float32), powers)
    b_high = _root(np.int32(densest).view(np.float32), powers)
    bottom = np.int32(slowest).view(np.float32) * (b_low if b_low > one else b_low * b_low)
    top = np.int32(fastest).view(np.float32) * (b_high if b_high < one else b_high * b_high)
    return bottom, top


@inlined
def _add_ramps(ramps, speed, top, output):  # type: ignore[no-untyped-def]
    """Add slope (speed - knot) above each knot, two knots at a time."""
    zero = np.float32(0)
    for j in range(0, ramps.shape[0], 2):
        if ramps[j, 0] >= top:
            break
        knot, slope, knot_2, slope_2 = ramps[j, 0], ramps[j, 1], ramps[j + 1, 0], ramps[j + 1, 1]
        for i in range(speed.size):
            rise, rise_2 = speed[i] - knot, speed[i] - knot_2
            output[i] += slope * (rise if rise > zero else zero) + slope_2 * (rise_2 if rise_2 > zero else zero)


@inlined
def _stand_still(ends, upper, root, output):  # type: ignore[no-untyped-def]
    """No output below the first and above the last speed, none below zero; NaN stays."""
    zero = np.float32(0)
    f0, f1, f2, f3 = ends[0, 1], ends[0, 2], ends[0, 3], ends[0, 4]
    l0, l1, l2, l3 = ends[1, 1], ends[1, 2], ends[1, 3], ends[1, 4]
    for i in range(output.size):
        b = root[i]
        last, first = l0 + b * (l1 + b * (l2 + b * l3)), f0 + b * (f1 + b * (f2 + b * f3))
        still = upper[i] > last or upper[i] < first or output[i] < zero
        output[i] = zero if still else output[i]
