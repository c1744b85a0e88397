"""The solar kernels: weather over (time, column) in, capacity factors out, reduced on the way or written in full.

Work goes by tiles of sites; tiles in the dark are skipped. Sums are float64 and do not depend on the number of
threads. One compiled kernel per combination of models (`parts.py`) that is really used.
"""

# mypy: allow-untyped-defs
# The types of kernels are Numba's, found when they are compiled.

from __future__ import annotations

import numpy as np

from greenzone.jit import inlined, kernel
from greenzone.simd import wide_vectors
from greenzone.technologies.solar.bare import bare
from greenzone.technologies.solar.core import (
    ONE,
    ZERO,
    ac_power,
    at,
    brightness,
    dc_power,
    lift,
    resistance,
    row,
    warmth,
)
from greenzone.technologies.solar.light import collect, incidence, obstructed, survey
from greenzone.technologies.solar.parts import Plant

TILE = 2048  # sites worked on together
SINGLE = 24  # hours that are summed in float32 before they go to float64


@inlined
def _in_the_dark(tiles, j, sun, t):
    return tiles.x[j] * sun.x[t] + tiles.y[j] * sun.y[t] + tiles.z[j] * sun.z[t] < tiles.dark[j]


@inlined
def _output(x, y, z, extra, ghi, dni, dhi, temp_air, wind_speed, clear, sites, plant, room, i, start):
    """AC power over AC rating of site `i` with the true sun at (x, y, z)."""
    u = sites.up_x[i] * x + sites.up_y[i] * y + sites.up_z[i] * z
    q = lift(u, sites.refraction[i])
    cos_zenith = u + q * (ONE - u * u)
    dni, dhi = obstructed(plant.horizon, room, i, start, cos_zenith, dni, dhi)
    albedo = sites.albedo[i]
    c, sky_view, ground_view = incidence(plant.mount, i, x, y, z, u, q, cos_zenith, albedo)
    above, below = resistance(plant.temperature, wind_speed)
    effective, warming, per_below = collect(
        plant.rows, plant.sky, plant.iam, ghi, dni, dhi, extra, c, cos_zenith, sky_view, ground_view, albedo, below
    )
    temp_cell = temp_air + warming * above * per_below
    return ac_power(plant.inverter, dc_power(plant.module, effective * clear, temp_cell))


@inlined
def _fill(out, weather, sun, t, tiles, j, sites, adjustment, plant, room):
    """Capacity factors of tile `j` at time `t` into `out`."""
    wide_vectors()
    x, y, z, extra = sun.x[t], sun.y[t], sun.z[t], sun.extra[t]
    ghi, dni, dhi, temp_air, wind_speed, clear = row(weather, t, tiles.cell[j])
    start = tiles.start[j]
    survey(plant.horizon, room, tiles, j, x, y, z)
    for i in range(start, tiles.stop[j]):
        light = brightness(adjustment, i)
        out[i - start] = _output(
            x, y, z, extra,
            at(ghi, i) * light, at(dni, i) * light, at(dhi, i) * light,
            at(temp_air, i) + warmth(adjustment, i), at(wind_speed, i), at(clear, i),
            sites, plant, room, i, start,
        )  # fmt: skip


@inlined
def _add(out, weather, sun, t, tiles, j, sites, adjustment, plant, room):
    """Capacity factors of tile `j` at time `t` added to `out`, which is over all sites."""
    wide_vectors()
    x, y, z, extra = sun.x[t], sun.y[t], sun.z[t], sun.extra[t]
    ghi, dni, dhi, temp_air, wind_speed, clear = row(weather, t, tiles.cell[j])
    start = tiles.start[j]
    survey(plant.horizon, room, tiles, j, x, y, z)
    for i in range(start, tiles.stop[j]):
        light = brightness(adjustment, i)
        out[i] += _output(
            x, y, z, extra,
            at(ghi, i) * light, at(dni, i) * light, at(dhi, i) * light,
            at(temp_air, i) + warmth(adjustment, i), at(wind_speed, i), at(clear, i),
            sites, plant, room, i, start,
        )  # fmt: skip


@inlined
def _darken(out, weather, t, tiles, j):
    """Nothing, or NaN where the weather of tile `j` at time `t` is NaN."""
    ghi, dni, dhi, temp_air, wind_speed, clear = row(weather, t, tiles.cell[j])
    start = tiles.start[j]
    for i in range(start, tiles.stop[j]):
        known = at(ghi, i) + at(dni, i) + at(dhi, i) + at(temp_air, i) + at(wind_speed, i) + at(clear, i)
        out[i - start] = abs(ZERO * known)


@inlined
def _add_up(partial, values):
    """Add values to float32 sums."""
    wide_vectors()
    for i in range(values.size):
        partial[i] += values[i]


@inlined
def _flush(sums, partial):
    """Add float32 sums to the float64 ones, and begin them anew."""
    wide_vectors()
    for i in range(partial.size):
        sums[i] += np.float64(partial[i])
        partial[i] = ZERO


@kernel()
def add_bins(
    weather, sun, tiles, sites, adjustment, horizon, mount, rows, sky, iam, temperature, module, inverter,
    order, starts, sums, first, last,
):  # fmt: skip
    """Add to `sums` (bin, site) the values at the times `order[starts[b]:starts[b + 1]]`, for bins `first:last`."""
    count = tiles.start.size
    sun, tiles, sites, adjustment = bare(sun), bare(tiles), bare(sites), bare(adjustment)
    plant = Plant(bare(horizon), bare(mount), rows, sky, iam, temperature, module, inverter)
    room = np.empty((2, TILE), np.float32)
    partial = np.zeros(sums.shape[1], np.float32)
    for b in range(first, last):
        for k in range(starts[b], starts[b + 1]):
            t = order[k]
            for j in range(count):
                if not _in_the_dark(tiles, j, sun, t):
                    _add(partial, weather, sun, t, tiles, j, sites, adjustment, plant, room)
            if (k - starts[b]) % SINGLE == SINGLE - 1:
                _flush(sums[b], partial)
        _flush(sums[b], partial)


@kernel()
def fill_series(
    weather, sun, tiles, sites, adjustment, horizon, mount, rows, sky, iam, temperature, module, inverter,
    out, first, last,
):  # fmt: skip
    """Every value into `out` (time, site), for times `first:last`."""
    count = tiles.start.size
    sun, tiles, sites, adjustment = bare(sun), bare(tiles), bare(sites), bare(adjustment)
    plant = Plant(bare(horizon), bare(mount), rows, sky, iam, temperature, module, inverter)
    room = np.empty((2, TILE), np.float32)
    for t in range(first, last):
        for j in range(count):
            part = out[t, tiles.start[j] : tiles.stop[j]]
            if _in_the_dark(tiles, j, sun, t):
                _darken(part, weather, t, tiles, j)
            else:
                _fill(part, weather, sun, t, tiles, j, sites, adjustment, plant, room)


@kernel()
def add_groups(
    weather, sun, tiles, sites, adjustment, horizon, mount, rows, sky, iam, temperature, module, inverter,
    group, weight, sums, first, last,
):  # fmt: skip
    """Add to `sums` (time, group) weight times value over the sites of each group, for times `first:last`.

    The last column takes the sites of group -1, which count nowhere.
    """
    count = tiles.start.size
    sun, tiles, sites, adjustment = bare(sun), bare(tiles), bare(sites), bare(adjustment)
    plant = Plant(bare(horizon), bare(mount), rows, sky, iam, temperature, module, inverter)
    room = np.empty((2, TILE), np.float32)
    values = np.empty(TILE, np.float32)
    for t in range(first, last):
        for j in range(count):
            if _in_the_dark(tiles, j, sun, t):
                continue
            _fill(values, weather, sun, t, tiles, j, sites, adjustment, plant, room)
            start = tiles.start[j]
            for i in range(start, tiles.stop[j]):
                sums[t, group[i]] += weight[i] * np.float64(values[i - start])


@kernel()
def fill_tile(
    weather, sun, tiles, sites, adjustment, horizon, mount, rows, sky, iam, temperature, module, inverter,
    j, out, lit, sums,
):  # fmt: skip
    """Values of tile `j` at all times when it is not in the dark: how many those are.

    Row by row into `out` (time, site of the tile), the numbers of the times into `lit` (time), their sums into `sums`.
    """
    sun, sites, adjustment = bare(sun), bare(sites), bare(adjustment)
    plant = Plant(bare(horizon), bare(mount), rows, sky, iam, temperature, module, inverter)
    places = bare(tiles)
    room = np.empty((2, TILE), np.float32)
    partial = np.zeros(sums.size, np.float32)
    count = 0
    for t in range(weather.ghi.shape[0]):
        if not _in_the_dark(places, j, sun, t):
            values = out[count]
            _fill(values, weather, sun, t, places, j, sites, adjustment, plant, room)
            _add_up(partial, values)
            lit[count] = t
            count += 1
            if count % SINGLE == 0:
                _flush(sums, partial)
    _flush(sums, partial)
    return count


@kernel()
def add_levels(values, lit, weight, sums):
    """Put into `sums` (group, time) weight times value over the sites of each group.

    `values` (row, site) are those of the times `lit` (row); `weight` (group, site) is 0 where a site is not of a group.
    """
    for k in range(lit.size):
        for group in range(weight.shape[0]):
            sums[group, lit[k]] = _weighted(weight[group], values[k])


@inlined
def _weighted(weight, values):
    """Sum of weight times value where there is a weight: a NaN elsewhere is nobody's."""
    wide_vectors()
    total = 0.0
    for i in range(values.size):
        total += weight[i] * np.float64(values[i]) if weight[i] != 0.0 else 0.0
    return total
