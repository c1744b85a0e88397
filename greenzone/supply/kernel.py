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
from greenzone.simd import DOUBLES, base, in_step, larger, put, smaller, take, where_less, wide_vectors

Floats: TypeAlias = NDArray[np.float64]
Floats32: TypeAlias = NDArray[np.float32]

TILE = 128  # scenarios side by side, a multiple of DOUBLES: what belongs to them stays in the first-level cache
BLOCK = 72  # most hours whose balance is held at a time

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
def _store(rest, hours, i, own, sums, efficiency):  # type: ignore[no-untyped-def]
    """One store takes what is left (rest above 0) or gives what is missing (below 0), within its power and level.

    The level counts what the store can still give, so that an empty one holds exactly nothing; here below zero.
    """
    one_over, lost = 1.0 / efficiency, 1.0 - efficiency
    level, power = 0 - take(base(own[LEVEL]), i), take(base(own[POWER]), i)
    least, full = 0 - power, take(base(own[SIZE]), i) * one_over
    charged, discharged = take(base(sums[0]), i), take(base(sums[1]), i)
    for place in range(0, hours * DOUBLES, DOUBLES):
        left = take(rest, place)
        room = in_step(full + level * one_over)
        taken = in_step(larger(left, larger(least, level)))
        taken = in_step(smaller(taken, smaller(power, room)))
        charge = in_step(larger(taken, 0))
        level = in_step((level - taken) + charge * lost)
        put(rest, place, left - taken)
        charged = charged + charge
        discharged = discharged - smaller(taken, 0)
    put(base(own[LEVEL]), i, 0 - level)
    put(base(sums[0]), i, charged)
    put(base(sums[1]), i, discharged)


@inlined
def _reservoir(rest, inflow, row, i, own, sums):  # type: ignore[no-untyped-def]
    """One reservoir keeps what arrives, but for what is missing without it and what it cannot hold.

    The rest comes in with the plant running as the water does, and goes out with what it gives instead.
    """
    level, power = take(base(own[LEVEL]), i), take(base(own[POWER]), i)
    size, capacity = take(base(own[SIZE]), i), take(base(own[CAPACITY]), i)
    released, spilled = take(base(sums[RELEASED]), i), take(base(sums[SPILLED]), i)
    levels = take(base(sums[LEVELS]), i)
    for hour in range(len(inflow)):
        arriving = capacity * np.float64(inflow[hour, row])
        water = in_step(level + arriving)
        balance = take(rest, hour * DOUBLES)
        given = in_step(larger(water - size, arriving - balance))
        given = in_step(smaller(given, smaller(water, power)))
        given = in_step(larger(given, 0))
        kept = in_step(water - given)
        level = in_step(smaller(kept, size))
        put(rest, hour * DOUBLES, balance + (given - arriving))
        released = released + given
        spilled = spilled + (kept - level)
        levels = levels + level
    put(base(own[LEVEL]), i, level)
    put(base(sums[RELEASED]), i, released)
    put(base(sums[SPILLED]), i, spilled)
    put(base(sums[LEVELS]), i, levels)


def _reservoirs(rest, profiles, i, rows, dams, sums):  # type: ignore[no-untyped-def]
    """Let the reservoirs of a tile keep and give water; nothing where there are none."""


@generic(_reservoirs)
def _choose_reservoirs(rest, profiles, i, rows, dams, sums):  # type: ignore[no-untyped-def]
    if isinstance(dams, types.NoneType):
        return lambda rest, profiles, i, rows, dams, sums: None
    return _in_turn


def _in_turn(rest, profiles, i, rows, dams, sums):  # type: ignore[no-untyped-def]
    for k in range(len(dams)):
        row = len(sums) - OF_RESERVOIR * (len(dams) - k)
        _reservoir(rest, profiles, rows[k], i, dams[k], sums[row : row + OF_RESERVOIR])


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
def _close(rest, hours, i, limits, sums):  # type: ignore[no-untyped-def]
    """Export what is left after the stores, up to the limit, and count what is missing."""
    limit = take(base(limits[EXPORT_LIMIT]), i)
    exported, curtailed = take(base(sums[EXPORTED]), i), take(base(sums[CURTAILED]), i)
    unserved, peak = take(base(sums[UNSERVED]), i), take(base(sums[PEAK_UNSERVED]), i)
    for place in range(0, hours * DOUBLES, DOUBLES):
        balance = take(rest, place)
        left = in_step(larger(balance, 0))
        missing, export = left - balance, smaller(left, limit)
        exported = exported + export
        curtailed = curtailed + (left - export)
        unserved = unserved + missing
        peak = larger(peak, missing)
    put(base(sums[EXPORTED]), i, exported)
    put(base(sums[CURTAILED]), i, curtailed)
    put(base(sums[UNSERVED]), i, unserved)
    put(base(sums[PEAK_UNSERVED]), i, peak)


@inlined
def _count_deficits(rest, hours, i, limits, sums):  # type: ignore[no-untyped-def]
    """Count the hours in which something is missing, and those in which more is than a share of the mean demand."""
    shortage, mean = 0 - take(base(limits[TOLERANCE]), i), take(base(limits[MEAN_DEMAND]), i)
    few, more, most = mean * -DEFICIT_STEPS[0], mean * -DEFICIT_STEPS[1], mean * -DEFICIT_STEPS[2]
    lacking, low = take(base(sums[HOURS_UNSERVED]), i), take(base(sums[DEFICIT_HOURS]), i)
    lower, lowest = take(base(sums[DEFICIT_HOURS + 1]), i), take(base(sums[DEFICIT_HOURS + 2]), i)
    for place in range(0, hours * DOUBLES, DOUBLES):
        balance = take(rest, place)
        lacking = where_less(balance, shortage, lacking + 1, lacking)
        low = where_less(balance, few, low + 1, low)
        lower = where_less(balance, more, lower + 1, lower)
        lowest = where_less(balance, most, lowest + 1, lowest)
    put(base(sums[HOURS_UNSERVED]), i, lacking)
    put(base(sums[DEFICIT_HOURS]), i, low)
    put(base(sums[DEFICIT_HOURS + 1]), i, lower)
    put(base(sums[DEFICIT_HOURS + 2]), i, lowest)


@inlined
def _count_surpluses(rest, hours, i, limits, sums):  # type: ignore[no-untyped-def]
    """Count the hours in which more is left than a share of the mean demand."""
    mean = take(base(limits[MEAN_DEMAND]), i)
    some, much, plenty = mean * SURPLUS_STEPS[0], mean * SURPLUS_STEPS[1], mean * SURPLUS_STEPS[2]
    high, higher = take(base(sums[SURPLUS_HOURS]), i), take(base(sums[SURPLUS_HOURS + 1]), i)
    highest = take(base(sums[SURPLUS_HOURS + 2]), i)
    for place in range(0, hours * DOUBLES, DOUBLES):
        balance = take(rest, place)
        high = where_less(some, balance, high + 1, high)
        higher = where_less(much, balance, higher + 1, higher)
        highest = where_less(plenty, balance, highest + 1, highest)
    put(base(sums[SURPLUS_HOURS]), i, high)
    put(base(sums[SURPLUS_HOURS + 1]), i, higher)
    put(base(sums[SURPLUS_HOURS + 2]), i, highest)


@kernel()
def _balance(
    residual: Floats32, profiles: Floats32, stores: Floats, efficiency: Floats, rows: NDArray[np.int64],
    dams: Floats | None, limits: Floats, sums: Floats, rest: Floats,
) -> None:  # fmt: skip
    """Carry one tile through some hours: reservoirs and stores in their order, export, what is lost on either side.

    In `rest` is what is left over of a few scenarios, over (hour, scenario), while they are at work.
    """
    wide_vectors()
    hours, column = len(profiles), base(rest)
    for i in range(0, TILE, DOUBLES):
        for hour in range(hours):
            put(column, hour * DOUBLES, take(base(residual[hour]), i))
        _reservoirs(column, profiles, i, rows, dams, sums)
        for k in range(len(stores)):
            row = ROWS + 2 * k
            _store(column, hours, i, stores[k], sums[row : row + 2], efficiency[k])
        _close(column, hours, i, limits, sums)
        _count_deficits(column, hours, i, limits, sums)
        _count_surpluses(column, hours, i, limits, sums)


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
    rest, own = np.empty(BLOCK * DOUBLES), np.zeros((number, TILE))
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
    sums : ndarray (month, row, tile × TILE)
        Zeros; holds the results afterwards, rows as named at the head of this module: sums of MW over intervals, the
        number of intervals, the highest MW.
    """
    for tile in numba.prange(len(weights)):
        own, part = _of_tile(dams, tile), sums[:, :, tile * TILE : (tile + 1) * TILE]
        _tile(profiles, weights[tile], edges, months, stores[tile], efficiency, rows, own, limits[tile], part)


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
