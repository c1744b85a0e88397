"""The ensemble kernel: generation less demand, storage by a rule and its sums, for all scenarios in one pass.

In come profiles, weights and stores of every scenario; out go sums by month. Scenarios lie side by side in tiles that
one thread carries through the whole year, so that no array of scenarios × hours ever exists.
"""

from __future__ import annotations

from typing import TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

from greenzone.jit import inlined, kernel

Floats: TypeAlias = NDArray[np.float64]
Floats32: TypeAlias = NDArray[np.float32]

TILE = 256  # scenarios side by side: long loops for vector instructions, and yet within the second-level cache
BLOCK = 24  # most hours whose balance is held at a time; even
UNROLL = 4  # profiles summed at a time; their number must be a multiple of it

# Rows of the sums; after them come charge and discharge of each store.
EXPORTED, CURTAILED, UNSERVED, HOURS_UNSERVED, PEAK_UNSERVED = range(5)
ROWS = 5


@kernel()
def _residual(profiles: Floats32, weights: Floats32, first: int, count: int, out: Floats32) -> None:
    """Matrix product of `count` hours from `first` on: out[hour, scenario], two hours and four profiles at a time."""
    last = profiles.shape[0] - 1
    for pair in range(0, count, 2):
        one, two = first + pair, min(first + pair + 1, last)
        a, b = out[pair], out[pair + 1]
        for i in range(len(a)):
            a[i] = 0.0
            b[i] = 0.0
        for g in range(0, profiles.shape[1], UNROLL):
            w0, w1, w2, w3 = weights[g], weights[g + 1], weights[g + 2], weights[g + 3]
            p0, p1, p2, p3 = profiles[one, g], profiles[one, g + 1], profiles[one, g + 2], profiles[one, g + 3]
            q0, q1, q2, q3 = profiles[two, g], profiles[two, g + 1], profiles[two, g + 2], profiles[two, g + 3]
            for i in range(len(a)):
                a[i] += p0 * w0[i] + p1 * w1[i] + p2 * w2[i] + p3 * w3[i]
                b[i] += q0 * w0[i] + q1 * w1[i] + q2 * w2[i] + q3 * w3[i]


@inlined
def _store(
    rest: Floats, level: Floats, power: Floats, size: Floats, into: float, out_of: float, charged: Floats,
    discharged: Floats,
) -> None:  # fmt: skip
    """One store takes what is left (rest above 0) or gives what is missing (below 0), within its power and level."""
    one_over_into, one_over_out = 1.0 / into, 1.0 / out_of
    for i in range(len(rest)):
        charge = max(min(min(rest[i], power[i]), (size[i] - level[i]) * one_over_into), 0.0)
        discharge = max(min(min(-rest[i], power[i]), level[i] * out_of), 0.0)
        level[i] += charge * into - discharge * one_over_out
        rest[i] += discharge - charge
        charged[i] += charge
        discharged[i] += discharge


@kernel()
def _balance(
    residual: Floats32, count: int, power: Floats, size: Floats, level: Floats, efficiency: Floats, limits: Floats,
    sums: Floats,
) -> None:  # fmt: skip
    """Carry one tile through `count` hours: stores in their order, then export and what is lost on either side."""
    export_limit, tolerance = limits[0], limits[1]
    exported, curtailed, unserved = sums[EXPORTED], sums[CURTAILED], sums[UNSERVED]
    hours, peak = sums[HOURS_UNSERVED], sums[PEAK_UNSERVED]
    rest = np.empty(residual.shape[1])
    for hour in range(count):
        for i in range(len(rest)):
            rest[i] = residual[hour, i]
        for k in range(len(size)):
            row = ROWS + 2 * k
            _store(rest, level[k], power[k], size[k], efficiency[k, 0], efficiency[k, 1], sums[row], sums[row + 1])
        for i in range(len(rest)):
            left, missing = max(rest[i], 0.0), max(-rest[i], 0.0)
            export = min(left, export_limit[i])
            exported[i] += export
            curtailed[i] += left - export
            unserved[i] += missing
            hours[i] += 1.0 if missing > tolerance[i] else 0.0
            peak[i] = max(peak[i], missing)


@kernel(parallel=True)
def dispatch(
    profiles: Floats32,
    weights: Floats32,
    edges: NDArray[np.int64],
    months: NDArray[np.int64],
    power: Floats,
    size: Floats,
    level: Floats,
    efficiency: Floats,
    limits: Floats,
    sums: Floats,
) -> None:
    """Balance every hour of every scenario and sum it by month.

    Parameters
    ----------
    profiles : ndarray of float32 (hour, profile)
        Output over capacity of each group, then demand of each path; the number of profiles a multiple of `UNROLL`.
    weights : ndarray of float32 (tile, profile, TILE)
        Capacity of each group [MW]; minus the factor of each demand path.
    edges : ndarray of int (block + 1,)
        First hour of each block of at most `BLOCK` hours, and the end.
    months : ndarray of int (block,)
        Month 0 to 11 of each block.
    power, size : ndarray (tile, store, TILE)
        Power [MW] and size [MW × intervals] of each store, in the order in which they are used.
    level : ndarray (tile, store, TILE)
        Level of each store at the start; holds the level at the end afterwards. [MW × intervals]
    efficiency : ndarray (store, 2)
        Of charging and discharging. [1]
    limits : ndarray (tile, 2, TILE)
        Export over the line [MW]; shortage below which an hour counts as served [MW].
    sums : ndarray (tile, month, row, TILE)
        Zeros; holds the results afterwards, rows as named at the head of this module: sums of MW over intervals, the
        number of intervals, the highest MW.
    """
    for tile in numba.prange(len(weights)):
        residual = np.empty((BLOCK, weights.shape[2]), np.float32)
        for block in range(len(months)):
            count = edges[block + 1] - edges[block]
            _residual(profiles, weights[tile], edges[block], count, residual)
            _balance(
                residual, count, power[tile], size[tile], level[tile], efficiency, limits[tile],
                sums[tile, months[block]],
            )  # fmt: skip
