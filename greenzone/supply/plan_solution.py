"""What a solved plan says: capacities, flows and prices in their own units; where there is no plan, why.

Comes in: a system, the layout of its programme, the solver's solution. Goes out: a `Plan`, or a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.supply.dispatch import HOURS_PER_YEAR
from greenzone.supply.interior import Solution
from greenzone.supply.plan_flows import line_one_way, store_one_way
from greenzone.supply.plan_parts import System
from greenzone.supply.plan_program import Layout

FULL = 1e-6  # share of a limit within which it counts as reached
UNITS = {
    "used_mw": ("MW", "output of the source"),
    "charge_mw": ("MW", "power into the store"),
    "discharge_mw": ("MW", "power out of the store"),
    "level_mwh": ("MWh", "energy in the store at the end of the interval"),
    "import_mw": ("MW", "power that comes in over the border"),
    "export_mw": ("MW", "power that goes out over the border"),
    "carried_mw": ("MW", "power into the line, there minus back"),
    "curtailed_mw": ("MW", "power that could have been made and was not used"),
    "demand_mw": ("MW", "demand"),
    "price": ("currency MWh-1", "what one more MWh of demand would cost (dual value of the balance)"),
    "hours": ("h", "hours of a year that the interval stands for"),
}


@dataclass(frozen=True)
class Limits:
    """Under which limits a plan is sought.

    Least share of demand that is not imported [1], in every hour or over the year; most that the plan may cost
    [currency/year]; factor on the demand that the model was built with [1].
    """

    green_share: float = 1.0
    every_hour: bool = False
    cost_ceiling: float | None = None
    demand_factor: float = 1.0


@dataclass(frozen=True)
class Plan:
    """A least-cost plan.

    `cost` per year, of which `spent` before what exports earn; `capacity_mw` by part; `value_per_mw`: what one more MW
    of a part's limit would save a year, and by line and border likewise [currency/MW/year]; `share_value`: what one
    more MWh of imports would save [currency/MWh], NaN where the share holds hour by hour; `hourly` as `UNITS`, over
    `time` and `source`, `store`, `border`, `line` or `node`.
    """

    cost: float
    spent: float
    capacity_mw: pd.Series
    value_per_mw: pd.Series
    share_value: float
    imported_gwh: float
    exported_gwh: float
    green_share: float
    limits: Limits
    hourly: xr.Dataset


def plan_of(system: System, layout: Layout, costs: NDArray[np.float64], limits: Limits, solution: Solution) -> Plan:
    """The plan in MW, MWh and money from the solver's values and duals."""
    solution = _one_way(system, layout, solution)
    value, row_value, reduced, dual = solution.col_value, solution.row_value, solution.col_dual, solution.row_dual
    unit, hours = layout.unit, system.hours
    trade = _traded(system, layout, value) * unit
    carried = value[layout.carried] * unit
    flows = value[layout.flows] * unit
    capacity = value[layout.capacity] * unit + 0.0  # no minus zero
    demand = system.demand * limits.demand_factor
    series = {
        "used_mw": (("source", "time"), _used(system, layout, value, capacity)),
        "charge_mw": (("store", "time"), flows[:, 0]),
        "discharge_mw": (("store", "time"), flows[:, 1]),
        "level_mwh": (("store", "time"), flows[:, 2]),
        "import_mw": (("border", "time"), trade[:, 0]),
        "export_mw": (("border", "time"), trade[:, 1]),
        "carried_mw": (("line", "time"), carried[:, 0] - carried[:, 1]),
        "curtailed_mw": (("node", "time"), np.maximum(row_value[layout.balance] * unit - demand, 0.0)),
        "demand_mw": (("node", "time"), demand),
        "price": (("node", "time"), dual[layout.balance] * HOURS_PER_YEAR / hours),
        "hours": ("time", hours),
    }
    hourly = xr.Dataset(series, _names(system))
    for name, (units, long_name) in UNITS.items():
        hourly[name].attrs = {"units": units, "long_name": long_name}
    money = unit * HOURS_PER_YEAR
    imported, exported = float((trade[:, 0] @ hours).sum()), float((trade[:, 1] @ hours).sum())
    earned = sum(float(b.export_price * (out @ hours)) for b, out in zip(system.borders, trade[:, 1], strict=True))
    cost = float(costs @ value[: len(costs)]) * money  # what may be missing, in columns after them, costs nothing
    return Plan(
        cost=cost,
        spent=cost + earned,
        capacity_mw=pd.Series(capacity, [part.name for part in system.parts]),
        value_per_mw=_values(system, layout, value, reduced) * HOURS_PER_YEAR,
        share_value=_share_value(system, layout, limits, dual, series["price"][1]),
        imported_gwh=imported / 1000,
        exported_gwh=exported / 1000,
        green_share=1 - imported / float((demand @ hours).sum()),
        limits=limits,
        hourly=hourly,
    )


def _one_way(system: System, layout: Layout, solution: Solution) -> Solution:
    """The same solution with each store and line used one way at a time; what they lost is left over at the node."""
    value, row_value = solution.col_value.copy(), solution.row_value.copy()
    balance = dict(zip(system.nodes, layout.balance, strict=True))
    for store, (charge, discharge, _) in zip(system.stores, layout.flows, strict=True):
        ends = store.charge_efficiency, store.discharge_efficiency
        value[charge], value[discharge], left = store_one_way(value[charge], value[discharge], *ends)
        row_value[balance[store.node]] += left
    for line, (there, back) in zip(system.lines, layout.carried, strict=True):
        value[there], value[back], at_start, at_end = line_one_way(value[there], value[back], line.loss)
        row_value[balance[line.start]] += at_start
        row_value[balance[line.end]] += at_end
    return replace(solution, col_value=value, row_value=row_value)


def _traded(system: System, layout: Layout, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Imports and exports over `(border, 2, time)`."""
    found = np.zeros((len(system.borders), 2, system.steps))
    for border, ways in enumerate(layout.trade):
        for way, columns in enumerate(ways):
            if len(columns):
                found[border, way] = value[columns]
    return found


def _names(system: System) -> dict[str, Any]:
    names: dict[str, list[str]] = {
        "source": [source.name for source in system.sources],
        "store": [store.name for store in system.stores],
        "border": [border.name for border in system.borders],
        "line": [line.name for line in system.lines],
        "node": list(system.nodes),
    }
    return {dim: (dim, np.array(found, dtype=str)) for dim, found in names.items()} | {"time": system.stamps}


def _used(
    system: System, layout: Layout, value: NDArray[np.float64], capacity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Output of each source: all that it can, or its part of what is used of its kind at its node."""
    able = np.array(
        [
            np.full(system.steps, mw * s.peak) if s.store_hours else mw * np.asarray(s.profile, float)
            for s, mw in zip(system.sources, capacity, strict=False)
        ]
    )
    for pool, columns in layout.used.items():
        members = [s.pool == pool for s in system.sources]
        together = able[members].sum(0)
        share = np.divide(value[columns] * layout.unit, together, out=np.zeros_like(together), where=together > 0)
        able[members] *= np.minimum(share, 1.0)
    return able


def _values(system: System, layout: Layout, value: NDArray[np.float64], reduced: NDArray[np.float64]) -> pd.Series:
    """What one more MW of a limit would save, 0 where it is not reached or the capacity is given. [money units]"""
    parts = {
        part.name: max(0.0, -float(reduced[column])) * (part.max_mw > part.min_mw)
        for part, column in zip(system.parts, layout.capacity, strict=True)
    }
    saved = {line.name: reduced[columns] for line, columns in zip(system.lines, layout.carried, strict=True)}
    for border, (imports, exports) in zip(system.borders, layout.trade, strict=True):
        # Imports that the green share keeps out are no matter of the line.
        full = value[imports] * layout.unit >= border.import_limit_mw * (1 - FULL)
        saved[border.name] = np.concatenate([reduced[imports][full], reduced[exports]])
    return pd.Series(parts | {name: float(np.maximum(-cost, 0).sum()) for name, cost in saved.items()})


def _share_value(
    system: System, layout: Layout, limits: Limits, dual: NDArray[np.float64], price: NDArray[np.float64]
) -> float:
    if limits.every_hour or not system.borders:
        return float("nan")
    if limits.green_share == 1:  # no import at all: any dual that keeps them out is one, and the least is asked for
        at = [system.nodes.index(border.node) for border in system.borders]
        return max(0.0, *(float(price[i].max() - b.import_price) for i, b in zip(at, system.borders, strict=True)))
    return max(-float(dual[layout.green[0]]), 0.0) * system.steps


def explain(system: System, plan: Plan, missing: NDArray[np.float64]) -> str:
    """Why there is no plan, from the one in which least is missing: over `(node, time)` [MW]."""
    hours, limits = system.hours, plan.limits
    total = missing.sum(0)
    lost = float(total @ hours)
    needed = float((system.demand * limits.demand_factor).sum(0) @ hours)
    possible = max(1 - (plan.imported_gwh * 1000 + lost) / needed, 0.0)
    worst = int(total.argmax())
    full = [
        part.name
        for part, mw in zip(system.parts, plan.capacity_mw, strict=True)
        if part.max_mw > 0 and np.isclose(mw, part.max_mw, rtol=1e-6)
    ]
    text = (
        f"a green share of {limits.green_share:.4g} {'in every hour' if limits.every_hour else 'over the year'} cannot "
        f"be reached: at most {possible:.4g} is possible; {lost / 1000:.4g} GWh a year are missing, most at "
        f"{system.stamps[worst]:%Y-%m-%d %H} h UTC ({float(total[worst]):.4g} MW)"
    )
    if len(system.nodes) > 1:
        by_node = missing @ hours / 1000
        order = np.argsort(-by_node)[:3]
        text += ", in " + ", ".join(f"{system.nodes[i]} ({by_node[i]:.3g} GWh)" for i in order if by_node[i] > 1e-9)
    text += f"; built to their limits: {', '.join(full) or 'none'}"
    busy = np.abs(plan.hourly.carried_mw.to_numpy())
    jammed = [
        line.name for line, mw in zip(system.lines, busy, strict=True) if (mw > 0.999 * line.limit_mw)[total > 0].any()
    ]
    return text + (f"; lines at their limits then: {', '.join(jammed)}" if jammed else "")
