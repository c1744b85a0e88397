"""The linear programme of a system: which rows and columns there are and where they lie.

Comes in: a checked `System`. Goes out: a `Program` and the `Layout` of its columns and rows.

Every hour and node: sources + discharge + imports + what lines bring are at least demand + charge + exports + what
lines take; what is too much is curtailed. A store charges and discharges at most its power together, its level stays
within its hours. Sources that store fuel burn no more of it than has arrived. Power is counted in mean demands and
money in mean demands over a year, which keeps the numbers near 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from greenzone.supply.dispatch import HOURS_PER_YEAR
from greenzone.supply.plan_parts import Border, Fuel, Line, PlannedStore, Source, System, fuels_of
from greenzone.supply.program import INFINITY, Program

Index = NDArray[np.int64]
Pool = tuple[str, str, float, float]


@dataclass(frozen=True)
class Layout:
    """Numbers of rows and columns.

    `balance` (node, time) and `green_hour` (time; empty with one border) are rows, `green` is the row of all imports;
    `limits` (time) by pool of sources those that keep what is `used` of it below what is built; the others are
    columns: `capacity` (part), `total` by kind, `used` (time) by pool, `flows`
    (store, 3, time) charge, discharge and level, `trade` imports and exports (time) by border, exports empty where the
    border lets none out, `carried` (line, 2, time) there and back.
    """

    unit: float
    balance: Index
    green: Index
    green_hour: Index
    capacity: Index
    total: dict[str, Index]
    used: dict[Pool, Index]
    limits: dict[Pool, Index]
    flows: Index
    trade: list[list[Index]]
    carried: Index


def build(system: System) -> tuple[Program, Layout]:
    """The programme of a system, with no limit yet on imports."""
    program, steps = Program(), system.steps
    share = system.hours / HOURS_PER_YEAR
    unit = float((system.demand.sum(0) * share).sum())
    needed = system.demand / unit
    balance = np.array([program.rows(steps, row, INFINITY) for row in needed])
    at = {node: balance[number] for number, node in enumerate(system.nodes)}
    green = program.rows(1, -INFINITY, INFINITY)
    several = len(system.borders) > 1
    green_hour = program.rows(steps, -INFINITY, INFINITY) if several else np.empty(0, np.int64)
    capacity = np.array([_capacity(program, part, unit) for part in system.parts])
    used, limits = _add_sources(program, system, capacity, at, share, unit)
    powers = capacity[len(system.sources) :]
    flows = [
        _add_store(program, store, power, at[store.node], system)
        for store, power in zip(system.stores, powers, strict=True)
    ]
    trade = [_add_border(program, border, at[border.node], share, unit) for border in system.borders]
    for imports, _ in trade:
        program.put(green, imports, share * steps)
        if several:
            program.put(green_hour, imports, 1.0)
    carried = [_add_line(program, line, at, steps, unit) for line in system.lines]
    total = _add_totals(program, system, capacity, unit)
    shapes = {"flows": (flows, 3), "carried": (carried, 2)}
    stacked = {name: np.array(found, np.int64).reshape(-1, rows, steps) for name, (found, rows) in shapes.items()}
    return program, Layout(unit, balance, green, green_hour, capacity, total, used, limits, trade=trade, **stacked)


def add_missing(highs: highspy.Highs, layout: Layout, cost: NDArray[np.float64]) -> Index:
    """Add power that may be missing, at a cost over `time`; its columns, over `(node, time)`."""
    rows = layout.balance
    missing = highs.getNumCol() + np.arange(rows.size).reshape(rows.shape)
    highs.addCols(
        rows.size, np.tile(cost, len(rows)), np.zeros(rows.size), np.full(rows.size, INFINITY), rows.size,
        np.arange(rows.size, dtype=np.int32), rows.ravel().astype(np.int32), np.ones(rows.size),
    )  # fmt: skip
    return missing


def _capacity(program: Program, part: Source | PlannedStore, unit: float) -> int:
    column = program.columns(1, part.per_mw / HOURS_PER_YEAR, part.min_mw / unit, part.max_mw / unit)
    return int(column[0])


def _add_sources(
    program: Program, system: System, capacity: Index, at: dict[str, Index], share: NDArray[np.float64], unit: float
) -> tuple[dict[Pool, Index], dict[Pool, Index]]:
    """Sources whose MWh cost nothing feed in all that they can; of the others, columns say what is used, below what
    the rows returned beside them allow."""
    used: dict[Pool, Index] = {}
    limits: dict[Pool, Index] = {}
    for source, column in zip(system.sources, capacity, strict=False):
        profile = np.asarray(source.profile, float)
        if source.per_mwh == 0 and source.store_hours == 0:
            program.put(at[source.node], column, profile)
            continue
        key = source.pool
        if key not in used:
            used[key] = program.columns(system.steps, source.per_mwh * share)
            limits[key] = program.rows(system.steps, -INFINITY, 0.0)
            program.put(at[source.node], used[key], 1.0)
            program.put(limits[key], used[key], 1.0)
        program.put(limits[key], column, -(source.peak if source.store_hours else profile))
    for key, fuel in fuels_of(system.sources).items():
        _add_fuel(program, system, fuel, used[key], unit)
    return used, limits


def _add_fuel(program: Program, system: System, fuel: Fuel, used: Index, unit: float) -> None:
    """What is burnt arrived before, as much as the store holds; fuel may also be left."""
    level = program.columns(system.steps, 0.0, 0.0, fuel.store_mwh / unit)
    chain = program.rows(system.steps, -INFINITY, fuel.arriving * system.interval / unit)
    before = np.roll(level.reshape(system.periods, -1), 1, axis=1).ravel()
    program.put(chain, level, 1.0)
    program.put(chain, before, -1.0)
    program.put(chain, used, system.interval)


def _add_store(program: Program, store: PlannedStore, power: int, balance: Index, system: System) -> list[Index]:
    steps, hours = system.steps, system.interval
    charge, discharge, level = (program.columns(steps) for _ in range(3))
    program.put(balance, charge, -1.0)
    program.put(balance, discharge, 1.0)
    chain = program.rows(steps, 0.0, 0.0)
    before = np.roll(level.reshape(system.periods, -1), 1, axis=1).ravel()
    program.put(chain, level, 1.0)
    program.put(chain, before, -1.0)
    program.put(chain, charge, -store.charge_efficiency * hours)
    program.put(chain, discharge, hours / store.discharge_efficiency)
    full, busy = program.rows(steps, -INFINITY, 0.0), program.rows(steps, -INFINITY, 0.0)
    program.put(full, level, 1.0)
    program.put(full, np.array(power), -store.hours)
    program.put(busy, charge, 1.0)
    program.put(busy, discharge, 1.0)
    program.put(busy, np.array(power), -1.0)
    return [charge, discharge, level]


def _add_border(
    program: Program, border: Border, balance: Index, share: NDArray[np.float64], unit: float
) -> list[Index]:
    imports = program.columns(len(share), border.import_price * share, 0.0, border.import_limit_mw / unit)
    program.put(balance, imports, 1.0)
    if border.export_limit_mw == 0:
        return [imports, np.empty(0, np.int64)]
    exports = program.columns(len(share), -border.export_price * share, 0.0, border.export_limit_mw / unit)
    program.put(balance, exports, -1.0)
    return [imports, exports]


def _add_line(program: Program, line: Line, at: dict[str, Index], steps: int, unit: float) -> list[Index]:
    ways = []
    for start, end in ((line.start, line.end), (line.end, line.start)):
        flow = program.columns(steps, 0.0, 0.0, line.limit_mw / unit)
        program.put(at[start], flow, -1.0)
        program.put(at[end], flow, 1.0 - line.loss)
        ways.append(flow)
    return ways


def _add_totals(program: Program, system: System, capacity: Index, unit: float) -> dict[str, Index]:
    """One column for the capacity of each kind, wherever it is built."""
    at_least, totals = dict(system.at_least_mw), {}
    kinds = np.array([part.kind for part in system.parts])
    for kind in dict.fromkeys(kinds.tolist()):
        totals[kind] = program.columns(1, 0.0, at_least.get(kind, 0.0) / unit)
        sums = program.rows(1, 0.0, 0.0)
        program.put(sums, totals[kind], -1.0)
        program.put(sums, capacity[kinds == kind], 1.0)
    return totals
