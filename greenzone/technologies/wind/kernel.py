"""Compiled wind kernels: density-corrected output of many sites over many hours.

Comes in: wind, temperature and pressure over `(time, site)` (the `stream_` kernels), or coarse weather over
`(cell, time)` with each site's cell (the `cell_` kernels), in float32, with each site's terms. Goes out: the full
series, its mean, monthly x hourly means, or weighted sums per group. Blocks of a few hundred values pass through
`curve_block` inside the first-level cache; results do not depend on the number of threads; NaN in gives NaN out.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from greenzone.jit import inlined, kernel

BLOCK = 256  # values in a block
CHUNKS = 16  # parts of the time axis that threads share
TILE = 64  # sites whose series are turned together from (site, time) to (time, site)


class Terms(NamedTuple):
    """What turns the weather of a site into wind and air density at its hub; float32 arrays over site.

    Attributes
    ----------
    speed_factor : hub wind over the weather's wind speed. [1]
    temp_add : added to the weather's air temperature in degC to give that at the hub in K. [K]
    ratio_factor : 1.225 / density at the hub, per K; per K and times Pa where pressure comes hour by hour.
    gain : what losses leave of the output. [1]
    """

    speed_factor: np.ndarray
    temp_add: np.ndarray
    ratio_factor: np.ndarray
    gain: np.ndarray


@kernel()
def curve_block(speed, ratio, curve, lower, upper, root, output):  # type: ignore[no-untyped-def]
    """Output at hub speeds [m/s] and density ratios 1.225 / density, blocks of one length; the others are scratch."""
    low, zone, high, ends, scalars, powers = curve
    zero, one = np.float32(0), np.float32(1)
    c0, c1, c2, c3, c4, c5, c6, c7 = (
        powers[0], powers[1], powers[2], powers[3], powers[4], powers[5], powers[6], powers[7],
    )  # fmt: skip
    base, low_end, falling = scalars[0], scalars[1], scalars[2]
    for i in range(speed.size):
        x = ratio[i] - np.float32(1.25)
        b = c0 + x * (c1 + x * (c2 + x * (c3 + x * (c4 + x * (c5 + x * (c6 + x * c7))))))
        s = speed[i] * b
        root[i] = b
        upper[i] = s * b
        output[i] = base + zero * s  # a NaN enters here and stays
        lower[i] = s if s < low_end else low_end
    reach = _highest(root)  # no standard speed in the block is above `top`
    top = _highest(speed) * (reach if reach < one else reach * reach)
    _add_ramps(low, lower, top, output)
    for j in range(zone.shape[0]):
        if zone[j, 0] >= top:
            break
        k0, k1, k2, k3, d0, d1, d2, d3 = (
            zone[j, 1], zone[j, 2], zone[j, 3], zone[j, 4], zone[j, 5], zone[j, 6], zone[j, 7], zone[j, 8],
        )  # fmt: skip
        rise = zone[j, 9]
        for i in range(speed.size):
            b = root[i] - one
            share = (upper[i] - (k0 + b * (k1 + b * (k2 + b * k3)))) * (d0 + b * (d1 + b * (d2 + b * d3)))
            share = share if share > zero else zero
            output[i] += rise * (share if share < one else one)
    _add_ramps(high, upper, top, output)
    if base > zero or not falling > top:
        _stand_still(ends, upper, root, output)


@inlined
def _highest(values):  # type: ignore[no-untyped-def]
    """Largest of some float32, zero if all are below: as integers, of which a maximum vectorises."""
    bits = values.view(np.int32)
    highest = np.int32(0)
    for i in range(bits.size):
        highest = max(highest, bits[i])
    return np.int32(highest).view(np.float32)


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
    zero, one = np.float32(0), np.float32(1)
    f0, f1, f2, f3 = ends[0, 1], ends[0, 2], ends[0, 3], ends[0, 4]
    l0, l1, l2, l3 = ends[1, 1], ends[1, 2], ends[1, 3], ends[1, 4]
    for i in range(output.size):
        b = root[i] - one
        last, first = l0 + b * (l1 + b * (l2 + b * l3)), f0 + b * (f1 + b * (f2 + b * f3))
        still = upper[i] > last or upper[i] < first or output[i] < zero
        output[i] = zero if still else output[i]


@inlined
def _fill_stream(wind, temp, pressure, terms, cold_stop, speed, ratio):  # type: ignore[no-untyped-def]
    """Hub speed and density ratio of a run of sites in one hour."""
    factor, add, per_kelvin = terms.speed_factor, terms.temp_add, terms.ratio_factor
    zero = np.float32(0)
    for i in range(wind.size):
        kelvin = temp[i] + add[i]
        speed[i] = zero if kelvin < cold_stop else wind[i] * factor[i]
        ratio[i] = kelvin * per_kelvin[i]
    if pressure.size:
        for i in range(wind.size):
            ratio[i] /= pressure[i]


@inlined
def _fill_cell(wind, temp, pressure, terms, site, cold_stop, speed, ratio):  # type: ignore[no-untyped-def]
    """Hub speed and density ratio of one site in a run of hours of its cell."""
    factor, add, per_kelvin = terms.speed_factor[site], terms.temp_add[site], terms.ratio_factor[site]
    zero = np.float32(0)
    for i in range(wind.size):
        kelvin = temp[i] + add
        speed[i] = zero if kelvin < cold_stop else wind[i] * factor
        ratio[i] = kelvin * per_kelvin
    if pressure.size:
        for i in range(wind.size):
            ratio[i] /= pressure[i]


@inlined
def _stream_row(wind, temp, pressure, terms, cold_stop, curve, scratch, time, start, stop, output):  # type: ignore[no-untyped-def]
    """Output of the sites from `start` to `stop` in one hour, after losses."""
    size = stop - start
    speed, ratio = scratch[0, :size], scratch[1, :size]
    part = Terms(
        terms.speed_factor[start:stop], terms.temp_add[start:stop], terms.ratio_factor[start:stop],
        terms.gain[start:stop],
    )  # fmt: skip
    row = pressure[time, start:stop] if pressure.size else pressure[0:0].ravel()
    _fill_stream(wind[time, start:stop], temp[time, start:stop], row, part, cold_stop, speed, ratio)
    curve_block(speed, ratio, curve, scratch[2, :size], scratch[3, :size], scratch[4, :size], output)
    for i in range(size):
        output[i] *= part.gain[i]


@inlined
def _cell_run(wind, temp, pressure, terms, cell, site, cold_stop, curve, scratch, start, stop, output):  # type: ignore[no-untyped-def]
    """Output of one site from hour `start` to `stop`, after losses."""
    size, column = stop - start, cell[site]
    speed, ratio = scratch[0, :size], scratch[1, :size]
    row = pressure[column, start:stop] if pressure.size else pressure[0:0].ravel()
    _fill_cell(
        wind[column, start:stop], temp[column, start:stop], row, terms, site, cold_stop, speed, ratio
    )  # fmt: skip
    curve_block(speed, ratio, curve, scratch[2, :size], scratch[3, :size], scratch[4, :size], output)
    gain = terms.gain[site]
    for i in range(size):
        output[i] *= gain


@kernel(parallel=True)
def stream_series(wind, temp, pressure, terms, cold_stop, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) with the capacity factor; `pressure` is empty (0, 0) where `terms` hold it."""
    times, sites = wind.shape
    for time in numba.prange(times):
        scratch = np.empty((5, BLOCK), np.float32)
        for start in range(0, sites, BLOCK):
            stop = min(start + BLOCK, sites)
            row = output[time, start:stop]
            _stream_row(wind, temp, pressure, terms, cold_stop, curve, scratch, time, start, stop, row)


@kernel(parallel=True)
def stream_mean(wind, temp, pressure, terms, cold_stop, curve):  # type: ignore[no-untyped-def]
    """Mean capacity factor of each site, float64 (site,)."""
    times, sites = wind.shape
    sums = np.zeros((CHUNKS, sites), np.float64)
    for chunk in numba.prange(CHUNKS):
        scratch = np.empty((6, BLOCK), np.float32)
        for time in range(chunk * times // CHUNKS, (chunk + 1) * times // CHUNKS):
            for start in range(0, sites, BLOCK):
                stop = min(start + BLOCK, sites)
                row, total = scratch[5, : stop - start], sums[chunk, start:stop]
                _stream_row(wind, temp, pressure, terms, cold_stop, curve, scratch, time, start, stop, row)
                for i in range(stop - start):
                    total[i] += row[i]
    return sums.sum(0) / times


@kernel(parallel=True)
def cell_mean(wind, temp, pressure, cell, terms, cold_stop, curve):  # type: ignore[no-untyped-def]
    """Mean capacity factor of each site from weather (cell, time), float64 (site,)."""
    times, sites = wind.shape[1], cell.size
    mean = np.empty(sites, np.float64)
    for site in numba.prange(sites):
        scratch = np.empty((6, BLOCK), np.float32)
        total = 0.0
        for start in range(0, times, BLOCK):
            stop = min(start + BLOCK, times)
            run = scratch[5, : stop - start]
            _cell_run(wind, temp, pressure, terms, cell, site, cold_stop, curve, scratch, start, stop, run)
            for i in range(stop - start):
                total += run[i]
        mean[site] = total / times
    return mean


@kernel(parallel=True)
def cell_groups(wind, temp, pressure, cell, terms, cold_stop, curve, group, weight, groups):  # type: ignore[no-untyped-def]
    """Sum over each group's sites of weight times capacity factor, float64 (group, time); group -1 counts nowhere."""
    times, sites = wind.shape[1], cell.size
    sums = np.zeros((groups, times), np.float64)
    for block in numba.prange((times + BLOCK - 1) // BLOCK):
        scratch = np.empty((6, BLOCK), np.float32)
        start = block * BLOCK
        stop = min(start + BLOCK, times)
        run = scratch[5, : stop - start]
        for site in range(sites):
            if group[site] < 0:
                continue
            _cell_run(wind, temp, pressure, terms, cell, site, cold_stop, curve, scratch, start, stop, run)
            total, share = sums[group[site], start:stop], weight[site]
            for i in range(stop - start):
                total[i] += share * run[i]
    return sums


@kernel(parallel=True)
def cell_series(wind, temp, pressure, cell, terms, cold_stop, curve, output):  # type: ignore[no-untyped-def]
    """Fill `output` (time, site) with the capacity factor from weather (cell, time)."""
    times, sites = wind.shape[1], cell.size
    for block in numba.prange((times + BLOCK - 1) // BLOCK):
        scratch = np.empty((5 + TILE, BLOCK), np.float32)
        start = block * BLOCK
        stop = min(start + BLOCK, times)
        for first in range(0, sites, TILE):
            last = min(first + TILE, sites)
            for site in range(first, last):
                run = scratch[5 + site - first, : stop - start]
                _cell_run(wind, temp, pressure, terms, cell, site, cold_stop, curve, scratch, start, stop, run)
            for i in range(stop - start):
                for site in range(first, last):
                    output[start + i, site] = scratch[5 + site - first, i]
