"""Capacities found by cutting planes: with them given, a year of hours is solved in a fraction of a second.

Comes in: the HiGHS model of a system, what its capacities may be, capacities to begin with. Goes out: the least-cost
capacities with the hours and prices that belong to them.

The least cost of running given capacities is convex and made of planes. Each solution gives one that touches it: its
cost and what one more MW would save. A small programme finds the least point of all planes so far, within a trust
region, and the year is solved there next; the same small programme over all capacities tells how far from the best
the best so far can be (Benders 1962, doi:10.1007/BF01386316; trust region: Linderoth and Wright 2003,
doi:10.1023/A:1021858008222). Prices are those of the planes that meet at the end, weighted as they hold each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from greenzone.supply.dispatch import HOURS_PER_YEAR
from greenzone.supply.plan_parts import System
from greenzone.supply.plan_program import Layout, add_missing
from greenzone.supply.plan_solution import Solution
from greenzone.supply.program import INFINITY, Program

Array = NDArray[np.float64]

MOST_PARTS = 16  # capacities up to which it pays: the number of steps grows with them
TOLERANCE = 1e-8  # of the cost, by which the plan may be dearer than the best
MOST_STEPS = 300
MOST_BUILT = 1e4  # mean demands; more is a plan without a least cost
FIRST_REACH = 0.02  # of a capacity, and a fifth of that of the largest: how far the first step may go
GROWTH, SHRINK = 1.5, 0.5
ENOUGH = 0.1  # of what the planes promised, for a step to count as one that came true
NOTHING = 1e-9  # mean demands that may be missing in a year that lacks nothing
PRICES = (
    0.1,
    1.0,
    10.0,
)  # of a missing MWh over a year's cost of the dearest MW: the first at which nothing is missing


@dataclass(frozen=True)
class Choice:
    """What capacities may be: limits over `part`, and sums of parts `(row, part)` that must reach a least `(row,)`."""

    lower: Array
    upper: Array
    sums: Array
    least: Array


@dataclass(frozen=True)
class _Plane:
    """Cost at a point and its slope there, with the duals of the whole year behind it."""

    at: Array
    cost: float
    slope: Array
    col_dual: Array
    row_dual: Array


def least_cost_by_cuts(
    highs: highspy.Highs, layout: Layout, system: System, bounds: tuple[Array, Array], costs: Array, start: Array
) -> Solution | None:
    """The least-cost solution, within `TOLERANCE`; None where it is not found so, or something is missing in it.

    Parameters
    ----------
    highs : Highs
        Model of the system; its capacities are held at those found.
    layout : Layout
        Of its rows and columns.
    system : System
        What it stands for.
    bounds : pair of ndarray (part,)
        Least and most of each capacity. [mean demands]
    costs : ndarray (column,)
        Of the model.
    start : ndarray (part,)
        Capacities to begin with. [mean demands]
    """
    choice = _choice(system, layout, *bounds)
    dearest = max(part.per_mw for part in system.parts) / HOURS_PER_YEAR
    for price in PRICES:
        # With power that may be missing, every choice of capacities has a solution.
        missing = add_missing(highs, layout, price * dearest * system.hours)
        found = _least_cost(highs, layout.capacity, choice, start)
        highs.deleteCols(missing.size, missing.ravel().astype(np.int32))
        if found is None or found.col_value[layout.capacity].max() >= MOST_BUILT:
            return None
        if found.col_value[missing].sum() <= NOTHING * system.steps:
            width = len(costs)
            return Solution(found.col_value[:width], found.col_dual[:width], found.row_value, found.row_dual)
        start = found.col_value[layout.capacity]
    return None


def _choice(system: System, layout: Layout, least: Array, most: Array) -> Choice:
    wanted = {kind: mw for kind, mw in system.at_least_mw if mw > 0}
    kinds = np.array([part.kind for part in system.parts])
    sums = np.array([kinds == kind for kind in wanted], float).reshape(len(wanted), len(kinds))
    return Choice(least, np.minimum(most, MOST_BUILT), sums, np.array(list(wanted.values())) / layout.unit)


def _least_cost(highs: highspy.Highs, columns: NDArray[np.int64], choice: Choice, start: Array) -> Solution | None:
    best = plane = _solved(highs, columns, np.clip(start, choice.lower, choice.upper))
    if plane is None or best is None:
        return None
    planes, reach = [plane], 1.0
    scale = np.maximum(FIRST_REACH * start, FIRST_REACH / 5 * start.max())
    for _ in range(MOST_STEPS):
        near = np.maximum(choice.lower, best.at - reach * scale), np.minimum(choice.upper, best.at + reach * scale)
        point, promised, _ = _least_of(planes, choice, *near)
        gain, enough = best.cost - promised, TOLERANCE * abs(best.cost)
        if gain <= enough:
            point, promised, weight = _least_of(planes, choice, choice.lower, choice.upper)
            if best.cost - promised <= enough:
                return _solution(highs, columns, best, planes, weight)
            reach *= GROWTH
        plane = _solved(highs, columns, point)
        if plane is None:
            return None
        planes.append(plane)
        reach *= GROWTH if plane.cost < best.cost - ENOUGH * gain else 1.0 if plane.cost < best.cost else SHRINK
        best = min(best, plane, key=lambda each: each.cost)
    return None


def _solved(highs: highspy.Highs, columns: NDArray[np.int64], at: Array) -> _Plane | None:
    """The plane that touches the cost at some capacities."""
    highs.changeColsBounds(len(columns), columns.astype(np.int32), at, at)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = highs.getSolution()
    reduced = np.array(found.col_dual)
    cost = float(highs.getInfo().objective_function_value)
    return _Plane(at, cost, reduced[columns], reduced, np.array(found.row_dual))


def _least_of(planes: Sequence[_Plane], choice: Choice, lower: Array, upper: Array) -> tuple[Array, float, Array]:
    """The capacities at which the planes are least, their height there, and the weight with which each holds it."""
    program = Program()
    parts = [program.columns(1, 0.0, low, max(low, high)) for low, high in zip(lower, upper, strict=True)]
    where, height = np.concatenate(parts), program.columns(1, 1.0, -INFINITY)
    slopes = np.array([plane.slope for plane in planes])
    feet = np.array([plane.slope @ plane.at - plane.cost for plane in planes])
    above = program.rows(len(planes), -INFINITY, feet)
    program.put(above[:, None], where[None], slopes)
    program.put(above, height, -1.0)
    if len(choice.least):
        program.put(program.rows(len(choice.least), choice.least, INFINITY)[:, None], where[None], choice.sums)
    small = program.model()
    small.run()
    found = small.getSolution()
    values, weight = np.array(found.col_value), np.abs(np.array(found.row_dual))[: len(planes)]
    return np.clip(values[:-1], lower, upper), float(values[-1]), weight / max(weight.sum(), 1e-12)


def _solution(
    highs: highspy.Highs, columns: NDArray[np.int64], best: _Plane, planes: Sequence[_Plane], weight: Array
) -> Solution | None:
    if _solved(highs, columns, best.at) is None:
        return None
    found = highs.getSolution()
    col_dual = sum(w * plane.col_dual for w, plane in zip(weight, planes, strict=True) if w > 0)
    row_dual = sum(w * plane.row_dual for w, plane in zip(weight, planes, strict=True) if w > 0)
    return Solution(np.array(found.col_value), np.asarray(col_dual), np.array(found.row_value), np.asarray(row_dual))
