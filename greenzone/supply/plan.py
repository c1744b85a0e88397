"""Least-cost plan: which capacities serve every hour of the year at the least cost, as a linear programme.

Comes in: profiles, costs and limits of the sources and stores, demand. Goes out: capacities, hourly flows and prices;
where no plan is possible, what is missing. The model is built once and solved again with other demand, shares, prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import HOURS_PER_YEAR, interval_hours
from greenzone.supply.program import Program

INFINITY = highspy.kHighsInf


@dataclass(frozen=True)
class Source:
    """A source that may be built: hourly `profile` [1], cost per MW and year, cost per MWh, limits [MW]."""

    name: str
    profile: ArrayLike
    per_mw: float
    per_mwh: float = 0.0
    max_mw: float = np.inf
    min_mw: float = 0.0


@dataclass(frozen=True)
class PlannedStore:
    """A store that may be built: `hours` of its power fit into it; cost per MW and year with those hours in it."""

    name: str
    hours: float
    per_mw: float
    charge_efficiency: float
    discharge_efficiency: float
    max_mw: float = np.inf


@dataclass(frozen=True)
class Plan:
    """A least-cost plan.

    `capacity_mw` by source and store; `cost` per year; `hourly` over `time`: `used_mw` (source), `charge_mw
    discharge_mw level_mwh` (store), `grid_mw curtailed_mw price` (the dual of the balance, currency/MWh).
    """

    cost: float
    capacity_mw: pd.Series
    grid_gwh: float
    green_share: float
    hourly: xr.Dataset


class PlanModel:
    """The linear programme of one set of sources, stores and hours.

    Every hour: used + discharge + grid = demand + charge, used at most capacity × profile, charge + discharge at most
    the store's power, its level within its hours and the same at the end as at the start. `grid` is what is not green:
    it costs its price and is limited by the green share.

    Parameters
    ----------
    sources : sequence of Source
        At least one.
    stores : sequence of PlannedStore
        May be empty.
    demand_mw : array_like (time,)
        Demand. [MW]
    time : array_like of datetime64 (time,)
        UTC, evenly spaced; costs are for the share of a year that they span.
    grid_price : float
        Price of energy from outside. [currency/MWh]

    Raises
    ------
    GreenzoneError
        Profiles of other length, negative or missing values, costs below 0, no demand.
    """

    def __init__(
        self, sources: Sequence[Source], stores: Sequence[PlannedStore], demand_mw: ArrayLike, time: ArrayLike,
        grid_price: float,
    ) -> None:  # fmt: skip
        self.sources, self.stores = tuple(sources), tuple(stores)
        self.parts: tuple[Source | PlannedStore, ...] = (*self.sources, *self.stores)
        self.time = pd.DatetimeIndex(np.asarray(time))
        self.demand = np.asarray(demand_mw, float)
        self.grid_price = grid_price
        self.hours = interval_hours(self.time)
        self.years = self.hours * len(self.time) / HOURS_PER_YEAR
        _check(self)
        # Power in units of mean demand and money per mean hour keep the numbers of the programme near 1.
        self.unit = float(self.demand.mean())
        self.money = self.unit * HOURS_PER_YEAR
        self._build()

    def _build(self) -> None:
        program, number = Program(), len(self.time)
        weight = self.hours / self.years / HOURS_PER_YEAR  # cost of a price of 1 in one interval
        self._balance = program.rows(number, self.demand / self.unit, self.demand / self.unit)
        self._cost_row = program.rows(1, -INFINITY, INFINITY)
        self._grid_row = program.rows(1, 0.0, 0.0)
        self._capacity = [self._add_source(program, source, weight) for source in self.sources]
        self._stores = [self._add_store(program, store) for store in self.stores]
        self._curtailed = program.columns(number)
        program.put(self._balance, self._curtailed, -1.0)
        self._grid = program.columns(number)
        program.put(self._balance, self._grid, 1.0)
        self._grid_total = program.columns(1, cost=self.grid_price * weight)
        program.put(self._grid_row, self._grid, 1.0)
        program.put(self._grid_row, self._grid_total, -1.0)
        program.put(self._cost_row, self._grid_total, self.grid_price * weight)
        self._costs = program.costs()
        self._highs = program.model()

    def _add_source(self, program: Program, source: Source, weight: float) -> tuple[NDArray, NDArray | None]:
        """Columns of capacity and, where a MWh costs something, of what is used of it in each hour."""
        number, profile = len(self.time), np.asarray(source.profile, float)
        per_mw = source.per_mw / HOURS_PER_YEAR
        capacity = program.columns(1, per_mw, source.min_mw / self.unit, source.max_mw / self.unit)
        program.put(self._cost_row, capacity, per_mw)
        if source.per_mwh == 0:
            program.put(self._balance, capacity, profile)
            return capacity, None
        used, total = program.columns(number), program.columns(1, source.per_mwh * weight)
        limit, sums = program.rows(number, -INFINITY, 0.0), program.rows(1, 0.0, 0.0)
        program.put(self._balance, used, 1.0)
        program.put(limit, used, 1.0)
        program.put(limit, capacity, -profile)
        program.put(sums, used, 1.0)
        program.put(sums, total, -1.0)
        program.put(self._cost_row, total, source.per_mwh * weight)
        return capacity, used

    def _add_store(self, program: Program, store: PlannedStore) -> tuple[NDArray, NDArray, NDArray, NDArray]:
        """Columns of power, charge, discharge and level."""
        number, per_mw = len(self.time), store.per_mw / HOURS_PER_YEAR
        power = program.columns(1, per_mw, 0.0, store.max_mw / self.unit)
        charge, discharge, level = program.columns(number), program.columns(number), program.columns(number)
        program.put(self._cost_row, power, per_mw)
        program.put(self._balance, charge, -1.0)
        program.put(self._balance, discharge, 1.0)
        chain = program.rows(number, 0.0, 0.0)
        program.put(chain, level, 1.0)
        program.put(chain, np.roll(level, 1), -1.0)
        program.put(chain, charge, -store.charge_efficiency * self.hours)
        program.put(chain, discharge, self.hours / store.discharge_efficiency)
        full, busy = program.rows(number, -INFINITY, 0.0), program.rows(number, -INFINITY, 0.0)
        program.put(full, level, 1.0)
        program.put(full, power, -store.hours)
        program.put(busy, charge, 1.0)
        program.put(busy, discharge, 1.0)
        program.put(busy, power, -1.0)
        return power, charge, discharge, level

    def solve(
        self, green_share: float = 1.0, every_hour: bool = False, cost_ceiling: float | None = None,
        demand_factor: float = 1.0,
    ) -> Plan:  # fmt: skip
        """The least-cost plan under the limits given; the next call starts from where this one ended.

        Parameters
        ----------
        green_share : float
            Least share of demand that is not from the grid. [1]
        every_hour : bool
            Whether the share holds in each hour or over the year.
        cost_ceiling : float, optional
            Most that the plan may cost. [currency/year]
        demand_factor : float
            Factor on the demand that the model was built with. [1]

        Raises
        ------
        GreenzoneError
            No plan meets the limits; the message says which one fails, and by how much.
        """
        if not 0 <= green_share <= 1:
            raise GreenzoneError(f"the green share is {green_share}: it must lie between 0 and 1")
        self._limit(green_share, every_hour, cost_ceiling, demand_factor)
        if not self._run():
            raise GreenzoneError(self._explain(green_share, every_hour, cost_ceiling, demand_factor))
        return self._plan(demand_factor)

    def alternatives(self, best: Plan, slack: float = 0.05, green_share: float = 1.0) -> pd.DataFrame:
        """The least and the most of each source and store in plans within `slack` of the least cost.

        Returns
        -------
        DataFrame
            Indexed by name: `least_mw`, `best_mw`, `most_mw`.
        """
        self._limit(green_share, False, best.cost * (1 + slack), 1.0)
        rows, zero = {}, np.zeros_like(self._costs)
        for name, column in zip(best.capacity_mw.index, self._capacity_columns(), strict=True):
            ends = []
            for sign in (1.0, -1.0):
                objective = zero.copy()
                objective[column] = sign
                self._set_costs(objective)
                if not self._run():
                    raise GreenzoneError("the near-optimal alternatives could not be solved: try a larger slack")
                ends.append(float(np.array(self._highs.getSolution().col_value)[column]) * self.unit)
            rows[name] = (ends[0], best.capacity_mw[name], ends[1])
        self._set_costs(self._costs)
        return pd.DataFrame.from_dict(rows, orient="index", columns=["least_mw", "best_mw", "most_mw"])

    def _limit(self, share: float, every_hour: bool, ceiling: float | None, factor: float) -> None:
        needed = self.demand / self.unit * factor
        hourly = (1 - share) * needed if every_hour else np.full(len(needed), INFINITY)
        total = INFINITY if every_hour else (1 - share) * needed.sum()
        highs = self._highs
        self._row_bounds(self._balance, needed, needed)
        most = INFINITY if ceiling is None else ceiling / self.money
        self._row_bounds(self._cost_row, np.array([-INFINITY]), np.array([most]))
        index = np.concatenate([self._grid, self._grid_total]).astype(np.int32)
        highs.changeColsBounds(len(index), index, np.zeros(len(index)), np.append(hourly, total))

    def _row_bounds(self, rows: NDArray, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        for row, low, high in zip(rows.tolist(), lower.tolist(), upper.tolist(), strict=True):
            self._highs.changeRowBounds(row, low, high)

    def _set_costs(self, costs: NDArray[np.float64]) -> None:
        self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def _run(self) -> bool:
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return True
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return False
        raise GreenzoneError(f"the solver stopped: {self._highs.modelStatusToString(status)}")

    def _explain(self, share: float, every_hour: bool, ceiling: float | None, factor: float) -> str:
        """Which limit cannot be kept, and what is missing."""
        if ceiling is not None:
            self._limit(share, every_hour, None, factor)
            if self._run():
                cost = self._plan(factor).cost
                return f"the cost ceiling of {ceiling:,.0f} a year cannot be kept: the least cost is {cost:,.0f}"
        # Without any limit on the grid a plan always exists; the one that needs least of it shows what is missing.
        self._limit(0.0, False, None, factor)
        least = np.zeros_like(self._costs)
        least[self._grid] = 1.0
        self._set_costs(least)
        self._run()
        plan = self._plan(factor)
        self._set_costs(self._costs)
        short = plan.hourly.grid_mw.to_numpy()
        worst = self.time[int(short.argmax())]
        full = [name for name, mw in plan.capacity_mw.items() if np.isclose(mw, self._max_mw()[str(name)])]
        return (
            f"a green share of {share:.4g} {'in every hour' if every_hour else 'over the year'} cannot be reached: at "
            f"most {plan.green_share:.4g} is possible; {plan.grid_gwh:.4g} GWh a year are missing, most at "
            f"{worst:%Y-%m-%d %H} h UTC ({float(short.max()):.4g} MW); "
            f"built to their limits: {', '.join(full) or 'none'}"
        )

    def _max_mw(self) -> dict[str, float]:
        return {part.name: part.max_mw for part in self.parts}

    def _capacity_columns(self) -> list[int]:
        columns = [*(source[0] for source in self._capacity), *(store[0] for store in self._stores)]
        return [int(column[0]) for column in columns]

    def _plan(self, factor: float) -> Plan:
        solution = self._highs.getSolution()
        value, dual = np.array(solution.col_value), np.array(solution.row_dual)
        capacity = value[self._capacity_columns()] * self.unit
        names = [part.name for part in self.parts]
        used = [
            capacity[i] * np.asarray(source.profile, float) if columns is None else value[columns] * self.unit
            for i, (source, (_, columns)) in enumerate(zip(self.sources, self._capacity, strict=True))
        ]
        flows = np.array([[value[part] for part in parts] for _, *parts in self._stores]) * self.unit
        flows = flows.reshape(len(self.stores), 3, len(self.time))
        grid = value[self._grid] * self.unit
        weight = self.hours / self.years / HOURS_PER_YEAR
        series = xr.Dataset(
            {
                "used_mw": (("source", "time"), np.array(used)),
                "charge_mw": (("store", "time"), flows[:, 0]),
                "discharge_mw": (("store", "time"), flows[:, 1]),
                "level_mwh": (("store", "time"), flows[:, 2]),
                "curtailed_mw": ("time", value[self._curtailed] * self.unit),
                "grid_mw": ("time", grid),
                "demand_mw": ("time", self.demand * factor),
                "price": ("time", dual[self._balance] / weight),
            },
            {"source": names[: len(self.sources)], "store": names[len(self.sources) :], "time": self.time},
        )
        missing = float(grid.sum()) * self.hours / self.years / 1000
        share = 1 - grid.sum() / max(self.demand.sum() * factor, np.finfo(float).tiny)
        return Plan(float(self._costs @ value) * self.money, pd.Series(capacity, names), missing, float(share), series)


def _check(model: PlanModel) -> None:
    if not model.sources:
        raise GreenzoneError("a plan needs at least one source")
    if model.demand.shape != (len(model.time),):
        raise GreenzoneError(f"demand has the shape {model.demand.shape}; {len(model.time)} times need one value each")
    if not (np.isfinite(model.demand).all() and (model.demand >= 0).all() and model.demand.sum() > 0):
        raise GreenzoneError("demand of a plan must be 0 or more in every hour, without gaps, and not all 0")
    for source in model.sources:
        profile = np.asarray(source.profile, float)
        if profile.shape != (len(model.time),):
            raise GreenzoneError(f"the profile of {source.name} has {profile.size} hours, demand {len(model.time)}")
        if not (np.isfinite(profile).all() and (profile >= 0).all()):
            raise GreenzoneError(f"the profile of {source.name} must be 0 or more in every hour, without gaps")
        if not 0 <= source.min_mw <= source.max_mw:
            raise GreenzoneError(f"the limits of {source.name} are {source.min_mw} to {source.max_mw} MW")
    for part in model.parts:
        per_mwh = part.per_mwh if isinstance(part, Source) else 0.0
        if not (np.isfinite([part.per_mw, per_mwh]).all() and min(part.per_mw, per_mwh) >= 0):
            raise GreenzoneError(f"costs of {part.name} must be known and 0 or more, or the plan has no least cost")
