"""Least-cost plan: which capacities serve every hour of the year at the least cost, as a linear programme.

Comes in: a `System` of sources, stores, lines, borders and demand. Goes out: capacities, hourly flows and prices; where
no plan is possible, what is missing. The model is built once and solved again under other limits.
"""

from __future__ import annotations

import highspy
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import HOURS_PER_YEAR
from greenzone.supply.interior import Programme, Solution, found_by, programme_of, solve_inside, with_clean_flows
from greenzone.supply.plan_guess import likely_parts
from greenzone.supply.plan_parts import System, check, coarser
from greenzone.supply.plan_program import add_missing, build
from greenzone.supply.plan_solution import Limits, Plan, explain, plan_of
from greenzone.supply.program import INFINITY

COARSE_STEPS = (3, 2)  # intervals taken together, the first that fits, in the programme that a longer one starts from
LONG = 2000  # intervals of all nodes from which that is worth it, and the interior-point method before it
FEW = 16  # parts of a node that the interior-point method takes up without asking which of them are likely
GUESS_STEPS = (6, 4, 3, 2)  # intervals taken together, the first that fits, to find out which parts are likely
DUAL, PRIMAL, DEVEX = 1, 4, 1  # what HiGHS calls its ways of the simplex method and of pricing


class PlanModel:
    """The linear programme of one system.

    Parameters
    ----------
    system : System
        What may be built, and what for.

    Raises
    ------
    GreenzoneError
        Profiles of other length, negative or missing values, costs below 0, no demand, unknown nodes.
    """

    def __init__(self, system: System) -> None:
        check(system)
        self.system = system
        self._program, self._layout = build(system)
        self._costs = self._program.costs()
        self._highs = self._program.model()
        self._cost_row: int | None = None
        self._fresh = True
        self._least, self._most = (
            np.array([getattr(part, end) for part in system.parts]) for end in ("min_mw", "max_mw")
        )

    def solve(
        self, green_share: float = 1.0, every_hour: bool = False, cost_ceiling: float | None = None,
        demand_factor: float = 1.0,
    ) -> Plan:  # fmt: skip
        """The least-cost plan under the limits given; the next call starts from where this one ended.

        Parameters
        ----------
        green_share : float
            Least share of demand that is not imported. [1]
        every_hour : bool
            Whether the share holds in each hour or over the year.
        cost_ceiling : float, optional
            Most that the plan may cost. [currency/year]
        demand_factor : float
            Factor on the demand that the model was built with. [1]

        Raises
        ------
        GreenzoneError
            No plan meets the limits; the message says which one fails, and by how much. Or the cost has no least.
        """
        limits = Limits(green_share, every_hour, cost_ceiling, demand_factor)
        if not 0 <= green_share <= 1:
            raise GreenzoneError(f"the green share is {green_share}: it must lie between 0 and 1")
        if not (np.isfinite(demand_factor) and demand_factor > 0):
            raise GreenzoneError(f"the factor on demand is {demand_factor}: it must be above 0")
        self._limit(limits)
        solution = self._run(limits)
        if solution is None:
            raise GreenzoneError(self._why_not(limits))
        return self._plan(limits, solution)

    def change_capacity(self, min_mw: ArrayLike, max_mw: ArrayLike, per_mw: ArrayLike) -> None:
        """Other limits [MW] and costs [currency/MW/year] of the parts, in the order of `system.parts`.

        Raises
        ------
        GreenzoneError
            A lower limit above an upper one.
        """
        parts = len(self.system.parts)
        low, high, cost = (np.broadcast_to(np.asarray(v, float), parts) for v in (min_mw, max_mw, per_mw))
        for name, least, most in zip(self.names, low, high, strict=True):
            if not 0 <= least <= most:
                raise GreenzoneError(f"the limits of {name} are {least:g} to {most:g} MW")
        columns, unit = self._layout.capacity, self._layout.unit
        self._least, self._most = low, high
        self._highs.changeColsBounds(parts, columns.astype(np.int32), low / unit, high / unit)
        self._costs[columns] = cost / HOURS_PER_YEAR
        self._set_costs(self._costs)

    def coarse(self, factor: int) -> PlanModel:
        """The same model, under the same limits and costs of capacity, with `factor` intervals taken together."""
        model = PlanModel(coarser(self.system, factor))
        model.change_capacity(self._least, self._most, self._costs[self._layout.capacity] * HOURS_PER_YEAR)
        return model

    def alternatives(self, best: Plan, slack: float = 0.05) -> pd.DataFrame:
        """The least and the most capacity of each kind of source and store in plans that cost little more.

        Parameters
        ----------
        best : Plan
            Result of `solve` of this model; its limits hold for the alternatives too.
        slack : float
            What they may cost more, as a share of what the best plan spends. [1]

        Returns
        -------
        DataFrame
            Indexed by kind: `least_mw`, `best_mw`, `most_mw`.
        """
        ceiling = best.cost + slack * best.spent
        self._limit(Limits(best.limits.green_share, best.limits.every_hour, ceiling, best.limits.demand_factor))
        kinds = np.array([part.kind for part in self.system.parts])
        rows = {}
        # Another objective leaves the last solution feasible: the primal simplex goes on from it, the dual cannot.
        self._highs.setOptionValue("simplex_strategy", PRIMAL)
        for kind, column in self._layout.total.items():
            ends = [self._extreme(int(column[0]), sign) for sign in (1.0, -1.0)]
            rows[kind] = (ends[0], float(best.capacity_mw.to_numpy()[kinds == kind].sum()), ends[1])
        self._highs.setOptionValue("simplex_strategy", DUAL)
        self._set_costs(self._costs)
        return pd.DataFrame.from_dict(rows, orient="index", columns=["least_mw", "best_mw", "most_mw"])

    def programme(self, limits: Limits) -> Programme:
        """The programme under these limits, as arrays."""
        self._limit(limits)
        return programme_of(self._highs)

    def columns_to_begin_with(self, limits: Limits) -> NDArray[np.bool_]:
        """Columns of its programme that the plan may well use: all but unlikely capacities."""
        likely = self._likely(limits)
        first = np.ones(len(self._costs), bool)
        first[self._layout.capacity] = True if likely is None else likely
        return first

    def limited_columns(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Rows that keep a column, each its own, below what capacities allow, and those columns."""
        return [(self._layout.limits[pool], self._layout.used[pool]) for pool in self._layout.used]

    @property
    def capacity_columns(self) -> NDArray[np.int64]:
        """Columns of the capacities of its parts."""
        return self._layout.capacity

    @property
    def unit_mw(self) -> float:
        """What a capacity of 1 in its programme is. [MW]"""
        return self._layout.unit

    @property
    def names(self) -> list[str]:
        """Names of sources and stores."""
        return [part.name for part in self.system.parts]

    @property
    def iterations(self) -> int:
        """Steps of the simplex method that the last solution took."""
        return int(self._highs.getInfo().simplex_iteration_count)

    def _extreme(self, column: int, sign: float) -> float:
        objective = np.zeros_like(self._costs)
        objective[column] = sign
        self._set_costs(objective)
        inside = self._inside(np.ones(len(self.system.parts), bool)) if self._long else None
        if inside is None and self._optimise() != highspy.HighsModelStatus.kOptimal:
            raise GreenzoneError("the near-optimal alternatives could not be solved: try a larger slack")
        value = (inside or found_by(self._highs)).col_value[column]
        return round(float(value) * self._layout.unit, 6) + 0.0  # to the watt, and no minus zero

    def _limit(self, limits: Limits) -> None:
        """Set demand, imports and cost ceiling."""
        highs, layout, system = self._highs, self._layout, self.system
        needed = system.demand * limits.demand_factor / layout.unit
        self._row_bounds(layout.balance.ravel(), needed.ravel(), np.full(needed.size, INFINITY))
        self._limit_imports(limits, needed.sum(0))
        if limits.cost_ceiling is not None and self._cost_row is None:
            used = np.flatnonzero(self._costs).astype(np.int32)
            highs.addRow(-INFINITY, INFINITY, len(used), used, self._costs[used])
            self._cost_row = highs.getNumRow() - 1
        if self._cost_row is not None:
            for column in layout.capacity.tolist():  # their costs may have changed
                highs.changeCoeff(self._cost_row, column, float(self._costs[column]))
            money = layout.unit * HOURS_PER_YEAR
            most = INFINITY if limits.cost_ceiling is None else limits.cost_ceiling / money
            highs.changeRowBounds(self._cost_row, -INFINITY, most)

    def _limit_imports(self, limits: Limits, needed: NDArray[np.float64]) -> None:
        highs, layout, system = self._highs, self._layout, self.system
        if not len(system.borders):
            return
        left = 1 - limits.green_share
        # Without any import each hour is told so: a sum of 0 leaves the interior-point method no interior.
        hourly = left * needed if limits.every_hour or left == 0 else np.full(system.steps, INFINITY)
        year = INFINITY if limits.every_hour else left * limits.demand_factor * system.steps
        highs.changeRowBounds(int(layout.green[0]), -INFINITY, year)
        if len(layout.green_hour):
            self._row_bounds(layout.green_hour, np.full(system.steps, -INFINITY), hourly)
        for border, (imports, _) in zip(system.borders, layout.trade, strict=True):
            most = np.minimum(border.import_limit_mw / layout.unit, hourly)
            highs.changeColsBounds(len(imports), imports.astype(np.int32), np.zeros(len(imports)), most)

    def _row_bounds(self, rows: NDArray, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        for row, low, high in zip(rows.tolist(), lower.tolist(), upper.tolist(), strict=True):
            self._highs.changeRowBounds(row, low, high)

    def _set_costs(self, costs: NDArray[np.float64]) -> None:
        self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def _run(self, limits: Limits) -> Solution | None:
        """Solve; None where no plan exists."""
        inside = self._inside(self._likely(limits)) if self._long else None
        if inside is not None:
            return with_clean_flows(self._highs, inside, self._layout.capacity)
        self._start_from_coarse(limits)
        status = self._optimise()
        self._fresh = False
        if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            self._set_costs(np.zeros_like(self._costs))
            feasible = self._optimise() == highspy.HighsModelStatus.kOptimal
            self._set_costs(self._costs)
            status = highspy.HighsModelStatus.kUnbounded if feasible else highspy.HighsModelStatus.kInfeasible
        if status == highspy.HighsModelStatus.kUnbounded:
            raise GreenzoneError(self._why_unbounded())
        if status == highspy.HighsModelStatus.kOptimal:
            return found_by(self._highs)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        raise GreenzoneError(f"the solver stopped: {self._highs.modelStatusToString(status)}")

    @property
    def _long(self) -> bool:
        return self.system.demand.size >= LONG

    def _inside(self, likely: NDArray[np.bool_] | None) -> Solution | None:
        """By the interior-point method, which begins with the likely parts; None without them or a solution."""
        if likely is None:
            return None
        first = np.ones(len(self._costs), bool)
        first[self._layout.capacity] = likely
        return solve_inside(self._highs, first, self.limited_columns())

    def _likely(self, limits: Limits) -> NDArray[np.bool_] | None:
        """Whether each part is one that the plan may well build; None where the coarse plan does not exist."""
        parts = self.system.parts
        factor = self._coarsening(GUESS_STEPS)
        if len(parts) <= FEW * len(self.system.nodes) or not factor:
            return np.ones(len(parts), bool)
        coarse = self.coarse(factor)
        coarse._limit(limits)
        if coarse._optimise() != highspy.HighsModelStatus.kOptimal:
            return None
        found, columns = found_by(coarse._highs), coarse._layout.capacity
        missed = found.col_dual[columns] / np.maximum(coarse._costs[columns], np.finfo(float).tiny)
        return likely_parts(parts, found.col_value[columns], missed, self._least < self._most)

    def _coarsening(self, factors: tuple[int, ...]) -> int:
        """The first of the factors that divides a period, or 0."""
        length = self.system.steps // self.system.periods
        return next((factor for factor in factors if length % factor == 0), 0)

    def _optimise(self) -> highspy.HighsModelStatus:
        self._highs.run()
        return self._highs.getModelStatus()

    def _start_from_coarse(self, limits: Limits) -> None:
        """Begin at the solution of the same system at a coarser time step, which begins at that of one coarser still.

        Steps of 6, 3 and 1 hours together take half the time of the year solved at once.
        """
        factor = self._coarsening(COARSE_STEPS)
        if not factor or not self._fresh or not self._long or self._cost_row is not None:
            return
        coarse = self.coarse(factor)
        coarse._limit(limits)
        coarse._start_from_coarse(limits)
        if coarse._optimise() == highspy.HighsModelStatus.kOptimal:
            basis = coarse._highs.getBasis()
            self._highs.setBasis(coarse._program.refined(basis, coarse.system.steps, factor))
            # Exact steepest-edge weights of a given basis cost more than they save: Devex needs none.
            self._highs.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX)

    def _why_not(self, limits: Limits) -> str:
        """Which limit cannot be kept, and what is missing."""
        if limits.cost_ceiling is not None:
            self._limit(Limits(limits.green_share, limits.every_hour, None, limits.demand_factor))
            solution = self._run(limits)
            if solution is not None:
                cost = self._plan(limits, solution).cost
                ceiling = f"the cost ceiling of {limits.cost_ceiling:,.0f} a year cannot be kept"
                return f"{ceiling}: the least cost is {cost:,.0f}"
        missing = self._add_missing()
        self._optimise()
        solution = found_by(self._highs)
        plan, values = self._plan(limits, solution), solution.col_value[missing]
        self._highs.deleteCols(missing.size, missing.ravel().astype(np.int32))
        self._set_costs(self._costs)
        return explain(self.system, plan, values * self._layout.unit)

    def _add_missing(self) -> NDArray[np.int64]:
        """Something that may be missing in any hour, over `(node, time)`, and least of it wanted: a plan that always
        exists, and shows why the one that was asked for does not."""
        self._set_costs(np.zeros_like(self._costs))
        return add_missing(self._highs, self._layout, self.system.hours / HOURS_PER_YEAR)

    def _why_unbounded(self) -> str:
        endless = [part.name for part in self.system.parts if np.isinf(part.max_mw)]
        open_ended = [border.name for border in self.system.borders if np.isinf(border.export_limit_mw)]
        return (
            f"the plan has no least cost: exports over {', '.join(open_ended) or 'a border'} earn more than "
            f"{', '.join(endless) or 'the sources'} cost, and neither has a limit; give the line or the source one"
        )

    def _plan(self, limits: Limits, solution: Solution) -> Plan:
        return plan_of(self.system, self._layout, self._costs, limits, solution)
