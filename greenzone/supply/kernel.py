"""The ensemble kernel: generation less demand, storage by a rule and its sums, for all scenarios in one pass.

In come profiles, weights, reservoirs and stores of every scenario; out go sums by month. Scenarios lie side by side in
tiles that one thread carries through the whole year, so that no array of scenarios × hours ever exists.
"""

from __future__ import annotations

from typing import TypeAlias

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from greenzone.jit import generic, inlined, kernel
from greenzone.simd import wide_vectors

Floats: TypeAlias = NDArray[np.float64]
Floats32: TypeAlias = NDArray[np.float32]

TILE = 128  # scenarios side by side: what belongs to them stays in the first-level cache
BLOCK = 24  # most hours whose balance is held at a time
STEP = 4  # hours carried in registers at a time; BLOCK is a multiple of it

# Shares of mean demand that a deficit or surplus must exceed to be counted: points of their duration curves.
DEFICIT_STEPS = (0.1, 0.25, 0.5)
SURPLUS_STEPS = (0.5, 1.0, 2.0)
# Rows of the sums; after them come charge and discharge of each store, then the rows of each reservoir.
EXPORTED, CURTAILED, UNSERVED, HOURS_UNSERVED, PEAK_UNSERVED, DEFICIT_HOURS = range(6)
SURPLUS_HOURS = DEFICIT_HOURS + len(DEFICIT_STEPS)
ROWS = SURPLUS_HOURS + len(SURPLUS_STEPS)
RELEASED, SPILLED, LEVELS = range(3)  # of a reservoir: what its plant gives, what passes it by, its level at the end
OF_RESERVOIR = 3
# Rows of a tile's limits, and of each of its stores; a reservoir has its plant's capacity besides.
EXPORT_LIMIT, TOLERANCE, MEAN_DEMAND = range(3)
LEVEL, POWER, SIZE, CAPACITY = range(4)


@inlined
def _store(rest: Floats, own: Floats, sums: Floats, efficiency: float) -> None:
    """One store takes what is left (rest above 0) or gives what is missing (below 0), within its power and level.

    The level counts what the store can still give, so that an empty one holds exactly nothing.
    """
    wide_vectors()
    one_over, lost = 1.0 / efficiency, 1.0 - efficiency
    for i in range(TILE):
        level, power, size = own[LEVEL, i], own[POWER, i], own[SIZE, i]
        charged, discharged = sums[0, i], sums[1, i]
        for hour in range(STEP):
            left = rest[hour, i]
            room = min(power, (size - level) * one_over)
            taken = min(max(left, -min(power, level)), room)
            charge = max(taken, 0.0)
            level = (level + taken) - charge * lost
            rest[hour, i] = left - taken
            charged += charge
            discharged += max(-taken, 0.0)
        own[LEVEL, i] = level
        sums[0, i], sums[1, i] = charged, discharged


@inlined
def _reservoir(rest: Floats, inflow: Floats, inside: Floats, own: Floats, sums: Floats) -> None:
    """One reservoir keeps what arrives, but for what is missing without it and what it cannot hold.

    The rest comes in with the plant running as the water does, and goes out with what it gives instead.
    """
    for i in range(TILE):
        level, power, size, capacity = own[LEVEL, i], own[POWER, i], own[SIZE, i], own[CAPACITY, i]
        released, spilled, levels = sums[RELEASED, i], sums[SPILLED, i], sums[LEVELS, i]
        for hour in range(STEP):
            arriving = capacity * inflow[hour]
            water, missing = level + arriving, arriving - rest[hour, i]
            given = min(max(water - size, missing), min(water, power))
            given = max(given, 0.0)
            kept = water - given
            level = min(kept, size)
            rest[hour, i] += given - arriving
            released += given
            spilled += kept - level
            levels += level * inside[hour]
        own[LEVEL, i] = level
        sums[RELEASED, i], sums[SPILLED, i], sums[LEVELS, i] = released, spilled, levels


def _reservoirs(rest, profiles, first, rows, dams, sums):  # type: ignore[no-untyped-def]
    """Let the reservoirs of a tile keep and give water in the hours from `first` on; nothing where there are none."""


@generic(_reservoirs)
def _choose_reservoirs(rest, profiles, first, rows, dams, sums):  # type: ignore[no-untyped-def]
    if isinstance(dams, types.NoneType):
        return lambda rest, profiles, first, rows, dams, sums: None
    return _in_turn


def _in_turn(rest, profiles, first, rows, dams, sums):  # type: ignore[no-untyped-def]
    inflow, inside = np.zeros(STEP), np.zeros(STEP)
    inside[: len(profiles) - first] = 1.0
    for k in range(len(dams)):
        for hour in range(min(STEP, len(profiles) - first)):
            inflow[hour] = profiles[first + hour, rows[k]]
        row = len(sums) - OF_RESERVOIR * (len(dams) - k)
        _reservoir(rest, inflow, inside, dams[k], sums[row : row + OF_RESERVOIR])


def _of_tile(dams, tile):  # type: ignore[no-untyped-def]
    """The reservoirs of a tile, or None where there are none."""


@generic(_of_tile)
def _choose_of_tile(dams, tile):  # type: ignore[no-untyped-def]
    if isinstance(dams, types.NoneType):
        return lambda dams, tile: None
    return lambda dams, tile: dams[tile]


def _number(dams):  # type: ignore[no-untyped-def]
    """How many reservoirs a tile has."""


@generic(_number)
def _choose_number(dams):  # type: ignore[no-untyped-def]
    if isinstance(dams, types.NoneType):
        return lambda dams: 0
    return lambda dams: len(dams)


@inlined
def _close(rest: Floats, limits: Floats, sums: Floats) -> None:
    """Export what is left after the stores, up to the limit, and count what is missing."""
    wide_vectors()
    for i in range(TILE):
        limit, shortage = limits[EXPORT_LIMIT, i], -limits[TOLERANCE, i]
        exported, curtailed, unserved = sums[EXPORTED, i], sums[CURTAILED, i], sums[UNSERVED, i]
        peak, hours = sums[PEAK_UNSERVED, i], 0
        for hour in range(STEP):
            balance = rest[hour, i]
            left, missing = max(balance, 0.0), max(-balance, 0.0)
            export = min(left, limit)
            exported += export
            curtailed += left - export
            unserved += missing
            hours += 1 if balance < shortage else 0
            peak = max(peak, missing)
        sums[EXPORTED, i], sums[CURTAILED, i], sums[UNSERVED, i] = exported, curtailed, unserved
        sums[HOURS_UNSERVED, i] += hours
        sums[PEAK_UNSERVED, i] = peak


@inlined
def _count(rest: Floats, limits: Floats, sums: Floats) -> None:
    """Count the hours in which deficit or surplus exceed shares of the mean demand."""
    wide_vectors()
    for i in range(TILE):
        mean = limits[MEAN_DEMAND, i]
        few, more, most = -DEFICIT_STEPS[0] * mean, -DEFICIT_STEPS[1] * mean, -DEFICIT_STEPS[2] * mean
        some, much, plenty = SURPLUS_STEPS[0] * mean, SURPLUS_STEPS[1] * mean, SURPLUS_STEPS[2] * mean
        low, lower, lowest, high, higher, highest = 0, 0, 0, 0, 0, 0
        for hour in range(STEP):
            balance = rest[hour, i]
            low += 1 if balance < few else 0
            lower += 1 if balance < more else 0
            lowest += 1 if balance < most else 0
            high += 1 if balance > some else 0
            higher += 1 if balance > much else 0
            highest += 1 if balance > plenty else 0
        sums[DEFICIT_HOURS, i] += low
        sums[DEFICIT_HOURS + 1, i] += lower
        sums[DEFICIT_HOURS + 2, i] += lowest
        sums[SURPLUS_HOURS, i] += high
        sums[SURPLUS_HOURS + 1, i] += higher
        sums[SURPLUS_HOURS + 2, i] += highest


@kernel()
def _balance(
    residual: Floats32, profiles: Floats32, stores: Floats, efficiency: Floats, rows: NDArray[np.int64],
    dams: Floats | None, limits: Floats, sums: Floats, rest: Floats,
) -> None:  # fmt: skip
    """Carry one tile through some hours: reservoirs and stores in their order, export, what is lost on either side."""
    wide_vectors()
    count = len(profiles)
    for first in range(0, count, STEP):
        for hour in range(STEP):
            for i in range(TILE):
                # Hours beyond the last hold nothing to balance.
                rest[hour, i] = residual[first + hour, i] if first + hour < count else 0.0
        _reservoirs(rest, profiles, first, rows, dams, sums)
        for k in range(len(stores)):
            row = ROWS + 2 * k
            _store(rest, stores[k], sums[row : row + 2], efficiency[k])
        _close(rest, limits, sums)
        _count(rest, limits, sums)


@inlined
def _add_up(own: Floats, sums: Floats) -> None:
    """Move the sums of a run of hours to those of its month."""
    for row in range(len(own)):
        for i in range(TILE):
            if row == PEAK_UNSERVED:
                sums[row, i] = max(sums[row, i], own[row, i])
            else:
                sums[row, i] += own[row, i]
            own[row, i] = 0.0


@kernel()
def _tile(
    profiles: Floats32, weights: Floats32, edges: NDArray[np.int64], months: NDArray[np.int64], stores: Floats,
    efficiency: Floats, rows: NDArray[np.int64], dams: Floats | None, limits: Floats, sums: Floats,
) -> None:  # fmt: skip
    """Carry one tile through all hours; its arrays as in `dispatch`."""
    residual = np.empty((BLOCK, TILE), np.float32)
    number = ROWS + 2 * len(stores) + OF_RESERVOIR * _number(dams)
    rest, own = np.empty((STEP, TILE)), np.zeros((number, TILE))
    for block in range(len(months)):
        hours = profiles[edges[block] : edges[block + 1]]
        np.dot(hours, weights, residual[: len(hours)])
        _balance(residual, hours, stores, efficiency, rows, dams, limits, own, rest)
        if block + 1 == len(months) or months[block + 1] != months[block]:
            _add_up(own, sums[months[block]])


@kernel(parallel=True)
def dispatch(
    profiles: Floats32, weights: Floats32, edges: NDArray[np.int64], months: NDArray[np.int64], stores: Floats,
    efficiency: Floats, rows: NDArray[np.int64], dams: Floats | None, limits: Floats, sums: Floats,
) -> None:  # fmt: skip
    """Balance every hour of every scenario and sum it by month.

    Parameters
    ----------
    profiles : ndarray of float32 (hour, profile)
        Output over capacity of each group, then demand of each path.
    weights : ndarray of float32 (tile, profile, TILE)
        Capacity of each group [MW]; minus the factor of each demand path.
    edges : ndarray of int (block + 1,)
        First hour of each block of at most `BLOCK` hours, and the end.
    months : ndarray of int (block,)
        Month 0 to 11 of each block, or any other row of `sums`.
    stores : ndarray (tile, store, 3, TILE)
        Level at the start, power, size of each store, in the order in which they are used; level and size in what it
        can give [MW × intervals], power [MW]. Holds the level at the end afterwards.
    efficiency : ndarray (store,)
        Of charging and discharging together. [1]
    rows : ndarray of int (reservoir,)
        Profile that the water of each reservoir follows.
    dams : ndarray (tile, reservoir, 4, TILE) or None
        Level at the start [MW × intervals], most output [MW], size [MW × intervals], capacity within that of the
        profile [MW] of each reservoir, in the order in which they are used. Holds the level at the end afterwards.
        None compiles to a kernel that knows nothing of water.
    limits : ndarray (tile, 3, TILE)
        Export over the line [MW]; shortage below which an hour counts as served [MW]; mean demand [MW].
    sums : ndarray (tile, month, row, TILE)
        Zeros; holds the results afterwards, rows as named at the head of this module: sums of MW over intervals, the
        number of intervals, the highest MW.
    """
    for tile in numba.prange(len(weights)):
        own = _of_tile(dams, tile)
        _tile(profiles, weights[tile], edges, months, stores[tile], efficiency, rows, own, limits[tile], sums[tile])


@kernel()
def defer(generation: Floats, firm: Floats, flexible: Floats, window: int) -> Floats:
    """Serve flexible demand when there is generation to spare, at the latest `window` intervals after it arose.

    Parameters
    ----------
    generation, firm, flexible : ndarray (time,)
        Generation, demand that cannot wait and demand that can. [MW]
    window : int
        Intervals after which demand must be served. What would be due after the end does not wait.

    Returns
    -------
    ndarray (time,)
        When the flexible demand is served; its sum is that of `flexible`. [MW]
    """
    number = len(generation)
    served, waiting = np.zeros(number), flexible.copy()
    oldest = 0
    for hour in range(number):
        spare = generation[hour] - firm[hour]
        while oldest <= hour:
            due = hour - oldest >= window or oldest + window >= number
            amount = waiting[oldest] if due else min(waiting[oldest], max(spare, 0.0))
            served[hour] += amount
            spare -= amount
            waiting[oldest] -= amount
            if waiting[oldest] > 0.0:
                break
            oldest += 1
    return served
