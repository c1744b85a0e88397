"""The years of a build-out planned together: each knows of those after it.

Comes in: a plan model and what holds in each year. Goes out: what stands in each year. The programmes of the years lie
side by side in one; rows between them say that what was built stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csc_array, eye_array, kron, vstack

from greenzone.supply.interior import Programme, solve_programme
from greenzone.supply.plan import PlanModel
from greenzone.supply.plan_solution import Limits, Plan

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PlannedYear:
    """What holds in a year: limits of its plan; least and most of each part [MW]; what a MW costs each year when it is
    bought in this one [currency/MW/year]."""

    year: int
    limits: Limits
    least_mw: Array
    most_mw: Array
    per_mw: Array


def weights_of(years: Sequence[int], rate: float) -> Array:
    """What a cost of 1 in each year is worth in the first one, with the years until the next; sums to 1.

    The last year stands for as many years as the one before it.

    Parameters
    ----------
    years : sequence of int
        Rising.
    rate : float
        By which later costs are discounted. [1/year]

    Examples
    --------
    >>> weights_of([2030, 2032], 0.0).tolist()
    [0.5, 0.5]
    """
    spans = np.diff(years).tolist()
    spans.append(spans[-1] if spans else 1)
    worth = [sum((1 + rate) ** -(year - years[0] + k) for k in range(n)) for year, n in zip(years, spans, strict=True)]
    return np.array(worth) / sum(worth)


def solve_ahead(model: PlanModel, year: PlannedYear, floor_mw: Array, most_mw: Array, years_paid: float) -> Plan:
    """The plan of a year that has what all years together need, and adds what its own hours still lack.

    Parameters
    ----------
    model : PlanModel
        Of the system, maybe of shorter intervals than the one that looked ahead.
    year : PlannedYear
        Its limits and costs.
    floor_mw, most_mw : ndarray (part,)
        Capacity that is there in any case, and the most of it.
    years_paid : float
        Weight of this year and of all after it over its own [1]: so many times it counts what is added, for none of
        them has asked for it.
    """
    model.change_capacity(floor_mw, most_mw, year.per_mw * years_paid)
    plan = model.solve(year.limits.green_share, year.limits.every_hour, None, year.limits.demand_factor)
    model.change_capacity(floor_mw, most_mw, year.per_mw)
    more = float((years_paid - 1) * year.per_mw @ plan.capacity_mw.to_numpy())
    return replace(plan, cost=plan.cost - more, spent=plan.spent - more)


def capacity_ahead(model: PlanModel, years: Sequence[PlannedYear], rate: float) -> Array | None:
    """What stands in each year where the discounted cost of all together is least; None where no plan was found.

    Parameters
    ----------
    model : PlanModel
        Of the system; left under the limits of the last year.
    years : sequence of PlannedYear
        Rising. A part may grow from year to year, up to the most of the years so far.
    rate : float
        By which later costs are discounted. [1/year]

    Returns
    -------
    ndarray (year, part)
        Never falling. [MW]

    Notes
    -----
    Capacity bought in a year costs each year from then on what it costs in that year.
    """
    weights = weights_of([each.year for each in years], rate)
    highest = np.maximum.accumulate([each.most_mw for each in years])
    blocks, first = [], []
    for each, most in zip(years, highest, strict=True):
        model.change_capacity(each.least_mw, most, each.per_mw)
        blocks.append(model.programme(each.limits))
        first.append(model.columns_to_begin_with(each.limits))
    capacity = model.capacity_columns
    started = np.logical_or.accumulate(first)  # what is likely in a year stays
    joint = _side_by_side(blocks, capacity, weights)
    width, height = len(blocks[0].cost), len(blocks[0].low)
    pairs = [
        (rows + number * height, columns + number * width)
        for number in range(len(years))
        for rows, columns in model.limited_columns()
    ]
    found = solve_programme(joint, started.ravel(), pairs)
    if found is None:
        return None
    stands = found.col_value.reshape(len(years), width)[:, capacity] * model.unit_mw
    return np.maximum.accumulate(stands)


def _side_by_side(blocks: Sequence[Programme], capacity: NDArray[np.int64], weights: Array) -> Programme:
    """One programme of all years, with rows in which no capacity falls.

    A column holds all that stands in a year, of which the year pays what it adds: so its cost is what that costs from
    then on, less what it would cost from the next year on at the prices of that year.
    """
    number, width = len(blocks), len(blocks[0].cost)
    costs = [weight * block.cost for weight, block in zip(weights, blocks, strict=True)]
    left = weights[::-1].cumsum()[::-1]  # of all years from one on
    for this in range(number):
        later = left[this + 1] * blocks[this + 1].cost[capacity] if this + 1 < number else 0.0
        costs[this][capacity] = left[this] * blocks[this].cost[capacity] - later
    chosen = csc_array((np.ones(len(capacity)), (np.arange(len(capacity)), capacity)), shape=(len(capacity), width))
    steps = eye_array(number - 1, number, k=1) - eye_array(number - 1, number)
    growth = kron(steps, chosen)
    matrix = csc_array(vstack([block_diag([block.matrix for block in blocks]), growth]))
    none, endless = np.zeros(growth.shape[0]), np.full(growth.shape[0], np.inf)
    return Programme(
        np.concatenate(costs),
        np.concatenate([block.least for block in blocks]),
        np.concatenate([block.most for block in blocks]),
        np.concatenate([*(block.low for block in blocks), none]),
        np.concatenate([*(block.high for block in blocks), endless]),
        matrix,
    )
