"""The solar kernels: weather over (time, column) in, capacity factors out, reduced on the way or written in full.

Work goes by tiles of sites; tiles in the dark are skipped. Sums are float64 and do not depend on the number of
threads. One compiled kernel per combination of models (`parts.py`) that is really used.
"""

# mypy: allow-untyped-defs
# The types of kernels are Numba's, found when they are compiled.

from __future__ import annotations

import numpy as np
from numba import prange

from greenzone.jit import inlined, kernel
from greenzone.technologies.solar.core import ZERO, at, brightness, output, row, warmth

TILE = 2048  # sites worked on together: their constants and one row of weather stay in the second-level cache


@inlined
def _in_the_dark(tiles, j, sun, t):
    return tiles.x[j] * sun.x[t] + tiles.y[j] * sun.y[t] + tiles.z[j] * sun.z[t] < tiles.dark[j]


@inlined
def _fill(out, weather, sun, t, tiles, j, sites, adjustment, mount, sky, iam, temperature, module, inverter):
    """Capacity factors of tile `j` at time `t` into `out`."""
    x, y, z, extra = sun.x[t], sun.y[t], sun.z[t], sun.extra[t]
    ghi, dni, dhi, temp_air, wind_speed = row(weather, t, tiles.cell[j])
    start = tiles.start[j]
    for i in range(start, tiles.stop[j]):
        light = brightness(adjustment, i)
        out[i - start] = output(
            x, y, z, extra,
            at(ghi, i) * light, at(dni, i) * light, at(dhi, i) * light,
            at(temp_air, i) + warmth(adjustment, i), at(wind_speed, i),
            sites, mount, sky, iam, temperature, module, inverter, i,
        )  # fmt: skip


@inlined
def _add(sums, values):
    for i in range(sums.size):
        sums[i] += np.float64(values[i])


@kernel(parallel=True)
def binned_sums(
    weather, sun, tiles, sites, adjustment, mount, sky, iam, temperature, module, inverter, order, starts, sites_count
):
    """Sums (bin, site) of the capacity factor over the times `order[starts[b]:starts[b + 1]]` of each bin."""
    bins = starts.size - 1
    sums = np.zeros((bins, sites_count))
    for b in prange(bins):
        values = np.empty(TILE, np.float32)
        for k in range(starts[b], starts[b + 1]):
            t = order[k]
            for j in range(tiles.start.size):
                if _in_the_dark(tiles, j, sun, t):
                    continue
                _fill(
                    values, weather, sun, t, tiles, j, sites, adjustment, mount, sky, iam, temperature, module, inverter
                )
                _add(sums[b, tiles.start[j] : tiles.stop[j]], values)
    return sums


@kernel(parallel=True)
def series(weather, sun, tiles, sites, adjustment, mount, sky, iam, temperature, module, inverter, out):
    """Every capacity factor, into `out` (time, site)."""
    for t in prange(out.shape[0]):
        for j in range(tiles.start.size):
            part = out[t, tiles.start[j] : tiles.stop[j]]
            if _in_the_dark(tiles, j, sun, t):
                part[:] = ZERO
            else:
                _fill(
                    part, weather, sun, t, tiles, j, sites, adjustment, mount, sky, iam, temperature, module, inverter
                )


@kernel(parallel=True)
def group_sums(
    weather, sun, tiles, sites, adjustment, mount, sky, iam, temperature, module, inverter, group, weight, groups_count
):
    """Sums (time, group) of weight times capacity factor over the sites of each group; `group` -1 counts nowhere."""
    times = sun.x.size
    sums = np.zeros((times, groups_count + 1))
    for t in prange(times):
        values = np.empty(TILE, np.float32)
        for j in range(tiles.start.size):
            if _in_the_dark(tiles, j, sun, t):
                continue
            _fill(values, weather, sun, t, tiles, j, sites, adjustment, mount, sky, iam, temperature, module, inverter)
            start = tiles.start[j]
            for i in range(start, tiles.stop[j]):
                sums[t, group[i]] += weight[i] * np.float64(values[i - start])
    return sums[:, :groups_count]
