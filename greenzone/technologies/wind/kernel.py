"""Compiled wind kernels: density-corrected output of rows of weather, and sums of it.

Comes in: wind, temperature and pressure in rows, float32; each row is one hour over sites, or one weather cell over
hours. Goes out: capacity factors of the same shape, or their sums. Blocks of a few hundred values pass through
`_run` inside the first-level cache. NaN in gives NaN out. `blocks.py` shares the rows among threads.
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
    scratch = np.empty((3, BLOCK), np.float32)
    for time in range(wind.shape[0]):
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(terms, start, stop), output[time, start:stop]
            _run(wind, temp, pressure, time, start, stop, part, curve, scratch, row)


@kernel()
def sums_of_hours(wind, temp, pressure, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the row of `sums` (bin, site) that `bins` (time) names."""
    scratch = np.empty((4, BLOCK), np.float32)
    for time in range(wind.shape[0]):
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row, total = _part(terms, start, stop), scratch[3, : stop - start], sums[bins[time], start:stop]
            _run(wind, temp, pressure, time, start, stop, part, curve, scratch, row)
            for i in range(stop - start):
                total[i] += row[i]


@kernel()
def groups_of_hours(wind, temp, pressure, terms, curve, group, weight, sums):  # type: ignore[no-untyped-def]
    """Add weight times output of each site to `sums` (time, group); group -1 counts nowhere."""
    scratch = np.empty((4, BLOCK), np.float32)
    for time in range(wind.shape[0]):
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(terms, start, stop), scratch[3, : stop - start]
            _run(wind, temp, pressure, time, start, stop, part, curve, scratch, row)
            for i in range(stop - start):
                if group[start + i] >= 0:
                    sums[time, group[start + i]] += weight[start + i] * row[i]


@kernel()
def series_of_cells(wind, temp, pressure, cell, terms, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (site, time) from weather (cell, time) and the cell of each site."""
    scratch = np.empty((8, BLOCK), np.float32)
    for site in range(cell.size):
        spread = _spread(terms, site, scratch)
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(spread, 0, stop - start), output[site, start:stop]
            _run(wind, temp, pressure, cell[site], start, stop, part, curve, scratch, row)


@kernel()
def sums_of_cells(wind, temp, pressure, cell, terms, curve, bins, sums):  # type: ignore[no-untyped-def]
    """Add the output of each hour to the column of `sums` (site, bin) that `bins` (time) names; empty: to the first."""
    scratch = np.empty((9, BLOCK), np.float32)
    for site in range(cell.size):
        spread = _spread(terms, site, scratch)
        for start in range(0, wind.shape[1], BLOCK):
            stop = min(start + BLOCK, wind.shape[1])
            part, row = _part(spread, 0, stop - start), scratch[8, : stop - start]
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
    scratch = np.empty((9, BLOCK), np.float32)
    for site in range(cell.size):
        if group[site] < 0:
            continue
        spread = _spread(terms, site, scratch)
        for start in range(first, last, BLOCK):
            stop = min(start + BLOCK, last)
            part, row = _part(spread, 0, stop - start), scratch[8, : stop - start]
            _run(wind, temp, pressure, cell[site], start, stop, part, curve, scratch, row)
            total, share = sums[group[site], start:stop], weight[site]
            for i in range(stop - start):
                total[i] += share * row[i]


@inlined
def _spread(terms, site, scratch):  # type: ignore[no-untyped-def]
    """The terms of one site, the same for a block of hours, in rows 3 to 7 of `scratch`."""
    scratch[3, :] = terms.speed_factor[site]
    scratch[4, :] = terms.temp_add[site]
    scratch[5, :] = terms.ratio_factor[site]
    scratch[6, :] = terms.still_below[site]
    scratch[7, :] = terms.gain[site]
    return Terms(scratch[3], scratch[4], scratch[5], scratch[6], scratch[7])


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
    """Output of one block of a row of weather, after losses; the rows of `scratch` hold what passes to the ramps."""
    size = stop - start
    low, high, root = scratch[0, :size], scratch[1, :size], scratch[2, :size]
    wind_run, temp_run = wind[row, start:stop], temp[row, start:stop]
    zero, base, powers = np.float32(0), curve.scalars[0], curve.root
    if pressure.size:
        pressure_run = pressure[row, start:stop]
        for i in range(size):
            root[i] = terms.ratio_factor[i] / pressure_run[i]
    else:
        for i in range(size):
            root[i] = terms.ratio_factor[i]
    for i in range(size):
        air = temp_run[i]
        speed = zero if air < terms.still_below[i] else wind_run[i] * terms.speed_factor[i]
        b = _root((air + terms.temp_add[i]) * root[i], powers)
        root[i] = b - np.float32(1)
        low[i] = speed * b
        high[i] = speed * b * b
        output[i] = base + zero * (speed * b)  # a NaN enters here and stays
    _add_curve(low, high, root, curve, output)
    peak = curve.scalars[3]
    for i in range(size):
        value = output[i]
        output[i] = (peak if value > peak else value) * terms.gain[i]


@inlined
def _root(ratio, powers):  # type: ignore[no-untyped-def]
    """Cube root of density / 1.225 from its inverse."""
    x = ratio - np.float32(1.25)
    high = powers[4] + x * (powers[5] + x * (powers[6] + x * powers[7]))
    return powers[0] + x * (powers[1] + x * (powers[2] + x * (powers[3] + x * high)))


@inlined
def _add_curve(low, high, root, curve, output):  # type: ignore[no-untyped-def]
    """Add the curve above its first output: ramps in v b and in v b^2, between them intervals that b moves."""
    zero = np.float32(0)
    top = _highest(low, high)
    _add_ramps(curve.low, low, curve.scalars[1], top, output)
    zone = curve.zone
    for j in range(zone.shape[0]):
        if zone[j, 0] >= top:
            break
        k0, k1, k2 = zone[j, 1], zone[j, 2], zone[j, 3]
        d0, d1, d2, d3 = zone[j, 4], zone[j, 5], zone[j, 6], zone[j, 7]
        least, most = min(zone[j, 8], zero), max(zone[j, 8], zero)
        for i in range(output.size):
            b = root[i]
            rise = (high[i] - (k0 + b * (k1 + b * k2))) * (d0 + b * (d1 + b * (d2 + b * d3)))
            rise = rise if rise > least else least
            output[i] += rise if rise < most else most
    _add_ramps(curve.high, high, np.float32(np.inf), top, output)
    if curve.scalars[0] > zero or not curve.scalars[2] > top:
        _stand_still(curve.ends, high, root, output)


@inlined
def _highest(low, high):  # type: ignore[no-untyped-def]
    """A bound of the standard speeds in a block: the largest of both, NaN left out.

    As integers, for the bits of floats from 0 up are in order, and unlike a maximum of floats, which must mind NaN,
    that of integers becomes vector code.
    """
    low_bits, high_bits = low.view(np.int32), high.view(np.int32)
    highest = np.int32(0)
    for i in range(low_bits.size):
        highest = max(highest, low_bits[i])
    for i in range(high_bits.size):
        highest = max(highest, high_bits[i])
    return np.int32(highest).view(np.float32)


@inlined
def _add_ramps(ramps, speed, end, top, output):  # type: ignore[no-untyped-def]
    """Add slope (speed - knot) above each knot up to `end`, two knots at a time."""
    zero = np.float32(0)
    for j in range(0, ramps.shape[0], 2):
        if ramps[j, 0] >= top:
            break
        knot, slope, knot_2, slope_2 = ramps[j, 0], ramps[j, 1], ramps[j + 1, 0], ramps[j + 1, 1]
        for i in range(output.size):
            s = speed[i] if speed[i] < end else end
            rise, rise_2 = s - knot, s - knot_2
            output[i] += slope * (rise if rise > zero else zero) + slope_2 * (rise_2 if rise_2 > zero else zero)


@inlined
def _stand_still(ends, high, root, output):  # type: ignore[no-untyped-def]
    """No output below the first and above the last speed, none below zero; NaN stays."""
    zero = np.float32(0)
    f0, f1, f2, f3 = ends[0, 1], ends[0, 2], ends[0, 3], ends[0, 4]
    l0, l1, l2, l3 = ends[1, 1], ends[1, 2], ends[1, 3], ends[1, 4]
    for i in range(output.size):
        b = root[i]
        last, first = l0 + b * (l1 + b * (l2 + b * l3)), f0 + b * (f1 + b * (f2 + b * f3))
        still = high[i] > last or high[i] < first or output[i] < zero
        output[i] = zero if still else output[i]
