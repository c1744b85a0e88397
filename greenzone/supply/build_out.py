"""The plan of a run over its years: each year's least cost, keeping what was built before.

Comes in: a finished run. Goes out: a `ZonePlan`: tables of capacity, of each year's sums and of what to know, and the
hours of the plans. Each year knows nothing of those after it, unless the plan asks for foresight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import HOURS_PER_YEAR
from greenzone.supply.groups import stack_groups
from greenzone.supply.plan import PlanModel
from greenzone.supply.plan_parts import System
from greenzone.supply.plan_solution import Limits, Plan
from greenzone.supply.plan_tables import Stage, alternatives_table, capacity_table, hourly_of, notes_of, summary_of
from greenzone.supply.plan_years import PlannedYear, capacity_ahead, solve_ahead, weights_of
from greenzone.supply.zone_plan import STANDING, RunView, Sections, costs_of_plan, sections_of, zone_demand, zone_system

if TYPE_CHECKING:
    from greenzone.config.plan import Plan as PlanSection

WITHOUT_FORESIGHT = "No cheaper plan was found with foresight: each year is planned as if it were the last."
STEPS_OF_ALTERNATIVES = 1500  # a plan of more intervals, over all nodes, is told its alternatives at a coarser step


@dataclass(frozen=True)
class ZonePlan:
    """The least-cost plan of a zone.

    `capacity`: what is built of each technology in each district and year; `alternatives`: the least and the most of
    each technology in plans that cost little more; `summary`: cost, energy, prices by year;
    `notes`: what limits the plan, or why there is none; `hourly`: flows and prices over `(year, ..., time)`, empty
    where there is no plan.
    """

    capacity: pd.DataFrame
    alternatives: pd.DataFrame
    summary: pd.DataFrame
    notes: pd.DataFrame
    hourly: xr.Dataset


def least_cost_plan(run: RunView) -> ZonePlan:
    """The plan of least cost of a run, year by year.

    Parameters
    ----------
    run : Run
        A finished run; its `plan` section says what may be built.

    Returns
    -------
    ZonePlan
        A year without a plan is told in `notes`, with the limit that cannot be kept and what is missing; the years
        after it are not planned.

    Raises
    ------
    GreenzoneError
        The section cannot be used: lines, districts, demand or prices.
    """
    sections = sections_of(run.config)
    system = zone_system(run, sections)
    stages = build_out(run, sections, system)
    return ZonePlan(
        capacity=capacity_table(system, stages),
        alternatives=alternatives_table(stages),
        summary=summary_of(system, stages),
        notes=notes_of(system, stages, sections, _missing_land(run, sections.plan)),
        hourly=hourly_of(system, stages),
    )


def build_out(run: RunView, sections: Sections, system: System) -> list[Stage]:
    """Each year's plan; the model is built once and solved again for the next year's land, costs and demand."""
    model, years = PlanModel(system), _years(run, sections, system)
    alone = _one_after_the_other(model, sections, years, None)
    if not sections.plan.foresight or len(years) < 2 or alone[-1].plan is None:
        return alone
    ahead = _ahead(model, years, sections)
    together = alone if ahead is None else _one_after_the_other(model, sections, years, ahead)
    weights = weights_of([year.year for year in years], sections.economics.wacc)
    cost = [weights @ [stage.annual_cost for stage in found] for found in (alone, together) if found[-1].plan]
    if cost[-1] < cost[0]:
        return together
    return [replace(stage, reason=WITHOUT_FORESIGHT) for stage in alone]


def _one_after_the_other(
    model: PlanModel, sections: Sections, years: list[PlannedYear], ahead: NDArray[np.float64] | None
) -> list[Stage]:
    """Each year keeps what was built before, and has in any case what is needed ahead."""
    section = sections.plan
    weights = weights_of([year.year for year in years], sections.economics.wacc)
    built = years[0].least_mw
    paid = years[0].per_mw * built  # each year for what was built before, at the prices of its own year
    stages: list[Stage] = []
    for number, year in enumerate(years):
        most = np.maximum(year.most_mw, built)
        model.change_capacity(built, most, year.per_mw)
        sunk = float(paid.sum() - year.per_mw @ built)  # how much more that is than at this year's prices
        wanted, ceiling = year.limits, None if section.cost_ceiling is None else section.cost_ceiling - sunk
        try:
            if ahead is None:
                plan = model.solve(wanted.green_share, wanted.every_hour, ceiling, wanted.demand_factor)
            else:
                floor, weight = np.clip(ahead[number], built, most), weights[number:]
                plan = solve_ahead(model, year, floor, most, weight.sum() / weight[0])
        except GreenzoneError as error:
            return [*stages, Stage(year.year, None, str(error), built, most, np.nan, None)]
        capacity = np.maximum(plan.capacity_mw.to_numpy(), built)
        alternatives = _alternatives(model, plan, section.slack)
        stages.append(Stage(year.year, plan, "", built, most, plan.cost + sunk, alternatives))
        paid = paid + year.per_mw * (capacity - built)
        built = capacity
    return stages


def _ahead(model: PlanModel, years: list[PlannedYear], sections: Sections) -> NDArray[np.float64] | None:
    """What each year has to have for itself and for those after it, if that is found; long years at a coarser step."""
    factor = _coarsening(model.system)
    coarse = model if factor == 1 else model.coarse(factor)
    return capacity_ahead(coarse, years, sections.economics.wacc)


def _years(run: RunView, sections: Sections, system: System) -> list[PlannedYear]:
    """What holds in each year; nothing is built yet but what must be."""
    section, found = sections.plan, []
    base = float((system.demand.sum(0) * system.hours).sum()) / 1000
    least = np.array([part.min_mw for part in system.parts])
    for year in section.years or (sections.economics.cost_year,):
        per_mw = _costs_in(run, sections, system, year if section.years else None)
        most = np.maximum(_limits_in(run, section, system, year), least)
        limits = Limits(section.green_share, section.every_hour, None, demand_in(run, sections, year, base) / base)
        found.append(PlannedYear(year, limits, least, most, per_mw))
    return found


def demand_in(run: RunView, sections: Sections, year: int, otherwise: float) -> float:
    """Demand of a year: linear between those that the plan names, else that of the sectors in the year. [GWh]"""
    named = sections.plan.demand_gwh
    if named:
        years = sorted(named)
        return float(np.interp(year, years, [named[each] for each in years]))
    if not sections.plan.years or sections.supply.demand_file is not None:
        return otherwise
    demand = zone_demand(run, sections.supply, stack_groups(run.potentials, run.lcoe), year)
    return float(demand.mean()) * HOURS_PER_YEAR / 1000


def _costs_in(run: RunView, sections: Sections, system: System, year: int | None) -> NDArray[np.float64]:
    """Cost per MW and year of each part when bought in a year, by the learning of its technology."""
    now = np.array([part.per_mw for part in system.parts])
    if year is None:
        return now
    then, at = costs_of_plan(run, sections, year).per_mw, costs_of_plan(run, sections).per_mw
    factor = np.array(
        [1.0 if STANDING in part.name else float(then[part.kind] / at[part.kind]) for part in system.parts]
    )
    return now * factor


def _limits_in(run: RunView, section: PlanSection, system: System, year: int) -> NDArray[np.float64]:
    """Most of each part in a year: the potential, by the land of its technology and district eligible by then."""
    share = land_share(run, year) if section.years else {}
    return np.array(
        [
            part.max_mw
            if STANDING in part.name
            else part.max_mw * share.get((part.kind, getattr(part, "place", "")), 1.0)
            for part in system.parts
        ]
    )


def land_share(run: RunView, year: int) -> Mapping[tuple[str, str], float]:
    """Eligible land of a year over that of the scenario by technology and district, where `eligibility.years` names
    the year; 1 where the scenario has none in the district, so that there is nothing to open."""
    area, district = run.grid.sites.area_km2.to_numpy(), run.grid.sites.district.to_numpy().astype(str)
    names, place = np.unique(district, return_inverse=True)
    shares: dict[tuple[str, str], float] = {}
    for technology, later in run.land.fractions_by_year.get(year, {}).items():
        if technology not in run.potentials:
            continue
        now = run.potentials[technology].sites.eligible_fraction.to_numpy()
        then, whole = (np.bincount(place, np.nan_to_num(part) * area, len(names)) for part in (later, now))
        ratio = np.divide(then, whole, out=np.ones(len(names)), where=whole > 0)
        shares |= {(technology, name): float(value) for name, value in zip(names.tolist(), ratio, strict=True)}
    return shares


def _missing_land(run: RunView, section: PlanSection) -> list[int]:
    return [year for year in section.years if year not in run.land.fractions_by_year]


def _alternatives(model: PlanModel, plan: Plan, slack: float) -> pd.DataFrame | None:
    """The span of near-optimal mixes; of a long plan at a coarser step, with the best at that step."""
    if slack == 0:
        return None
    factor = _coarsening(model.system)
    if factor == 1:
        return model.alternatives(plan, slack)
    coarse = model.coarse(factor)
    wanted = plan.limits
    best = coarse.solve(wanted.green_share, wanted.every_hour, None, wanted.demand_factor)
    return coarse.alternatives(best, slack)


def _coarsening(system: System) -> int:
    """Least number of intervals taken together that divides a period and leaves few enough."""
    length, rows = system.steps // system.periods, system.steps * len(system.nodes)
    fitting = [n for n in range(1, 25) if length % n == 0 and rows / n <= STEPS_OF_ALTERNATIVES]
    return min(fitting, default=max(n for n in range(1, 25) if length % n == 0))
