"""The ensemble kernel: generation less demand, storage by a rule and its sums, for all scenarios in one pass.

In come profiles, weights, reservoirs and stores of every scenario; out go sums by month. Scenarios lie side by side in
tiles that one thread carries through the whole year, so that no array of scenarios × hours ever exists.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from greenzone.jit import generic, inlined, kernel
from greenzone.simd import (
    DOUBLES,
    LANES,
    LINE,
    base,
    in_step,
    larger,
    put,
    read,
    smaller,
    take,
    until_line,
    where_less,
    wide_vectors,
    write,
)

Floats: TypeAlias = NDArray[np.float64]
Floats32: TypeAlias = NDArray[np.float32]

TILE = LANES  # scenarios side by side: what belongs to them stays in the first-level cache
BLOCK = 24  # most hours whose balance is held at a time
TOGETHER = 6  # hours for which the weights are read once: their sums fill the registers

# Shares of mean demand that a deficit or surplus must exceed to be counted: points of their duration curves.
DEFICIT_STEPS = (0.1, 0.25, 0.5)
SURPLUS_STEPS = (0.5, 1.0, 2.0)
# Rows of the sums, those that count hours last; then charge and discharge of each store, the rows of each reservoir.
EXPORTED, CURTAILED, UNSERVED, PEAK_UNSERVED, HOURS_UNSERVED, DEFICIT_HOURS = range(6)
SURPLUS_HOURS = DEFICIT_HOURS + len(DEFICIT_STEPS)
ROWS = SURPLUS_HOURS + len(SURPLUS_STEPS)
# Rows that hold something else until the month ends, from which their own values follow.
LEFT_OVER, TOTAL, LOWEST = CURTAILED, UNSERVED, PEAK_UNSERVED  # after the stores: surplus, balance, least balance
RELEASED, SPILLED, LEVELS = range(3)  # of a reservoir: what its plant gives, what passes it by, its level at the end
OF_RESERVOIR = 3
# Rows of each store of a tile; a reservoir has its plant's capacity besides.
LEVEL, POWER, SIZE, CAPACITY = range(4)


@inlined
def _generate(balance, profiles, weights):  # type: ignore[no-untyped-def]
    """Generation less demand over (hour, scenario): weights of a group for some hours at once."""
    hours, groups = profiles.shape
    column, weights = base(balance), base(weights)
    number, size = groups * TILE, hours * TILE
    whole = hours - hours % TOGETHER
    for h in range(0, whole, TOGETHER):
        weight = read(weights, 0, number)
        a, b, c = weight * profiles[h, 0], weight * profiles[h + 1, 0], weight * profiles[h + 2, 0]
        d, e, f = weight * profiles[h + 3, 0], weight * profiles[h + 4, 0], weight * profiles[h + 5, 0]
        for k in range(1, groups):
            weight = read(weights, k * TILE, number)
            a, b, c = a + weight * profiles[h, k], b + weight * profiles[h + 1, k], c + weight * profiles[h + 2, k]
            d, e, f = d + weight * profiles[h + 3, k], e + weight * profiles[h + 4, k], f + weight * profiles[h + 5, k]
        write(column, h * TILE, size, a, False)
        write(column, (h + 1) * TILE, size, b, False)
        write(column, (h + 2) * TILE, size, c, False)
        write(column, (h + 3) * TILE, size, d, False)
        write(column, (h + 4) * TILE, size, e, False)
        write(column, (h + 5) * TILE, size, f, False)
    for h in range(whole, hours):
        a = read(weights, 0, number) * profiles[h, 0]
        for k in range(1, groups):
            a = a + read(weights, k * TILE, number) * profiles[h, k]
        write(column, h * TILE, size, a, False)


@inlined
def _store(rest, hours, i, own, charges, efficiency):  # type: ignore[no-untyped-def]
    """One store takes what is left (rest above 0) or gives what is missing (below 0), within its power and level.

    The level counts what the store can still give, so that an empty one holds exactly nothing; here below zero. What
    it gives in a month follows from what it takes and from its level before and after.
    """
    one_over, lost = 1.0 / efficiency, 1.0 - efficiency
    level, power = 0 - take(base(own[LEVEL]), i), take(base(own[POWER]), i)
    least, full = 0 - power, take(base(own[SIZE]), i) * one_over
    charged = take(base(charges), i)
    for place in range(0, hours * DOUBLES, DOUBLES):
        left = take(rest, place)
        room = in_step(full + level * one_over)
        taken = in_step(smaller(larger(left, least), power))
        taken = in_step(smaller(larger(taken, level), room))
        charge = in_step(larger(taken, 0))
        level = in_step((level - taken) + charge * lost)
        put(rest, place, left - taken)
        charged = charged + charge
    put(base(own[LEVEL]), i, 0 - level)
    put(base(charges), i, charged)


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
def _close(rest, after, hours, i, limit, sums):  # type: ignore[no-untyped-def]
    """Export what is left after the stores, up to the limit; the balance goes back to where the hours are counted."""
    limit = take(base(limit), i)
    exported, left_over = take(base(sums[EXPORTED]), i), take(base(sums[LEFT_OVER]), i)
    total, lowest = take(base(sums[TOTAL]), i), take(base(sums[LOWEST]), i)
    for hour in range(hours):
        balance = take(rest, hour * DOUBLES)
        left = in_step(larger(balance, 0))
        exported = exported + smaller(left, limit)
        left_over = left_over + left
        total = total + balance
        lowest = smaller(lowest, balance)
        put(after, hour * TILE, balance)
    put(base(sums[EXPORTED]), i, exported)
    put(base(sums[LEFT_OVER]), i, left_over)
    put(base(sums[TOTAL]), i, total)
    put(base(sums[LOWEST]), i, lowest)


@inlined
def _count_deficits(balance, hours, bounds, counts):  # type: ignore[no-untyped-def]
    """Count the hours below each of four bounds: something is missing, or more than a share of the mean demand."""
    some, few = read(base(bounds[0]), 0, TILE), read(base(bounds[1]), 0, TILE)
    more, most = read(base(bounds[2]), 0, TILE), read(base(bounds[3]), 0, TILE)
    lacking, low = read(base(counts[0]), 0, TILE), read(base(counts[1]), 0, TILE)
    lower, lowest = read(base(counts[2]), 0, TILE), read(base(counts[3]), 0, TILE)
    for place in range(0, hours * TILE, TILE):
        value = read(balance, place, hours * TILE)
        lacking = where_less(value, some, lacking + 1, lacking)
        low = where_less(value, few, low + 1, low)
        lower = where_less(value, more, lower + 1, lower)
        lowest = where_less(value, most, lowest + 1, lowest)
    write(base(counts[0]), 0, TILE, lacking, False)
    write(base(counts[1]), 0, TILE, low, False)
    write(base(counts[2]), 0, TILE, lower, False)
    write(base(counts[3]), 0, TILE, lowest, False)


@inlined
def _count_surpluses(balance, hours, bounds, counts):  # type: ignore[no-untyped-def]
    """Count the hours above each of three bounds: more is left than a share of the mean demand."""
    some, much, plenty = read(base(bounds[0]), 0, TILE), read(base(bounds[1]), 0, TILE), read(base(bounds[2]), 0, TILE)
    high, higher = read(base(counts[0]), 0, TILE), read(base(counts[1]), 0, TILE)
    highest = read(base(counts[2]), 0, TILE)
    for place in range(0, hours * TILE, TILE):
        value = read(balance, place, hours * TILE)
        high = where_less(some, value, high + 1, high)
        higher = where_less(much, value, higher + 1, higher)
        highest = where_less(plenty, value, highest + 1, highest)
    write(base(counts[0]), 0, TILE, high, False)
    write(base(counts[1]), 0, TILE, higher, False)
    write(base(counts[2]), 0, TILE, highest, False)


@kernel()
def _balance(
    profiles: Floats32, weights: Floats32, stores: Floats, efficiency: Floats, rows: NDArray[np.int64],
    dams: Floats | None, limit: Floats, bounds: Floats32, sums: Floats, counts: Floats32, balance: Floats32,
    rest: Floats,
) -> None:  # fmt: skip
    """Carry one tile through some hours: generation, reservoirs and stores in their order, export, what is counted.

    In `balance` is generation less demand and then what the stores leave of it, over (hour, scenario); in `rest` the
    same of half of the scenarios, in 64 bits, while reservoirs and stores are at work.
    """
    wide_vectors()
    hours, column = len(profiles), base(rest)
    _generate(balance, profiles, weights)
    for i in range(0, TILE, DOUBLES):
        half = base(balance[i:])
        for hour in range(hours):
            put(column, hour * DOUBLES, take(half, hour * TILE))
        _reservoirs(column, profiles, i, rows, dams, sums)
        for k in range(len(stores)):
            _store(column, hours, i, stores[k], sums[ROWS + 2 * k], efficiency[k])
        _close(column, half, hours, i, limit, sums)
    deficits = 1 + len(DEFICIT_STEPS)
    _count_deficits(base(balance), hours, bounds, counts)
    _count_surpluses(base(balance), hours, bounds[deficits:], counts[deficits:])


@inlined
def _at_line(number):  # type: ignore[no-untyped-def]
    """Room for so many float32 that begins where a line of memory does: no vector in it lies across two."""
    room = np.empty(number + LINE, np.float32)
    return room[until_line(base(room), 0) :][:number]


@inlined
def _weights(built, demand, first):  # type: ignore[no-untyped-def]
    """Capacities and the negative of the demand's weights of a tile, one (profile, scenario) after the other."""
    scenarios, groups = built.shape
    paths = demand.shape[1]
    weights = _at_line((groups + paths) * TILE)
    weights[:] = 0.0
    for i in range(min(TILE, scenarios - first)):
        for k in range(groups):
            weights[k * TILE + i] = built[first + i, k]
        for k in range(paths):
            weights[(groups + k) * TILE + i] = -demand[first + i, k]
    return weights


@inlined
def _add_up(own, counts, stores, before, efficiency, sums):  # type: ignore[no-untyped-def]
    """Move what a run of hours has left to the sums of its month; levels of the stores before it are those of now."""
    dams = ROWS + 2 * len(stores)
    for i in range(TILE):
        sums[EXPORTED, i] += own[EXPORTED, i]
        sums[CURTAILED, i] += own[LEFT_OVER, i] - own[EXPORTED, i]
        sums[UNSERVED, i] += own[LEFT_OVER, i] - own[TOTAL, i]
        sums[PEAK_UNSERVED, i] = max(sums[PEAK_UNSERVED, i], -own[LOWEST, i])
        for row in range(HOURS_UNSERVED, ROWS):
            sums[row, i] += counts[row - HOURS_UNSERVED, i]
        for k in range(len(stores)):
            row, charged, level = ROWS + 2 * k, own[ROWS + 2 * k, i], stores[k, LEVEL, i]
            sums[row, i] += charged
            sums[row + 1, i] += max(efficiency[k] * charged + (before[k, i] - level), 0.0)
            before[k, i] = level
        for row in range(dams, len(own)):
            sums[row, i] += own[row, i]
    own[:] = 0.0
    counts[:] = 0.0


@kernel()
def _tile(
    profiles: Floats32, weights: Floats32, edges: NDArray[np.int64], months: NDArray[np.int64], stores: Floats,
    efficiency: Floats, rows: NDArray[np.int64], dams: Floats | None, limits: Floats, sums: Floats,
) -> None:  # fmt: skip
    """Carry one tile through all hours; its arrays as in `dispatch`."""
    number = ROWS + 2 * len(stores) + OF_RESERVOIR * _number(dams)
    sums[:] = 0.0
    own, counts = np.zeros((number, TILE)), np.zeros((ROWS - HOURS_UNSERVED, TILE), np.float32)
    balance, rest = _at_line(BLOCK * TILE), _at_line(2 * BLOCK * DOUBLES).view(np.float64)
    before = stores[:, LEVEL].copy()
    limit, bounds = limits[0], limits[1:].astype(np.float32)
    for block in range(len(months)):
        hours = profiles[edges[block] : edges[block + 1]]
        _balance(hours, weights, stores, efficiency, rows, dams, limit, bounds, own, counts, balance, rest)
        if block + 1 == len(months) or months[block + 1] != months[block]:
            _add_up(own, counts, stores, before, efficiency, sums[months[block]])


@kernel()
def dispatch(
    profiles: Floats32, built: Floats, demand: Floats, edges: NDArray[np.int64], months: NDArray[np.int64],
    stores: Floats, efficiency: Floats, rows: NDArray[np.int64], dams: Floats | None, limits: Floats, sums: Floats,
    first: int, last: int,
) -> None:  # fmt: skip
    """Balance every hour of the scenarios in some tiles and sum it by month.

    Parameters
    ----------
    profiles : ndarray of float32 (hour, profile)
        Output over capacity of each group, then demand of each path.
    built : ndarray (scenario, group)
        Capacity of each group. [MW]
    demand : ndarray (scenario, path)
        Weight of each demand path. [MW]
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
    limits : ndarray (tile, row, TILE)
        Most export over the line; balances below which something is missing, and as much as each of `DEFICIT_STEPS`;
        above which as much is left as each of `SURPLUS_STEPS`. [MW]
    sums : ndarray (month, row, tile × TILE)
        Holds the results afterwards, rows as named at the head of this module: sums of MW over intervals, the
        number of intervals, the highest MW.
    first, last : int
        The tiles, the last one not included.
    """
    for tile in range(first, last):
        own, part = _of_tile(dams, tile), sums[:, :, tile * TILE : (tile + 1) * TILE]
        weights = _weights(built, demand, tile * TILE)
        _tile(profiles, weights, edges, months, stores[tile], efficiency, rows, own, limits[tile], part)


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
