"""The years of a build-out planned together: each knows of those after it.

Comes in: a plan model and what holds in each year. Goes out: the plans of the years. The programmes of the years stand
side by side in one; rows between them say that what was built stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csc_array, eye_array, kron, vstack

from greenzone.supply.interior import Programme, Solution, solve_programme
from greenzone.supply.plan import PlanModel
from greenzone.supply.plan_solution import Limits, Plan

Array = NDArray[np.float64]

FIRST_SPAN = 10  # years that the last year stands for where no year before it says


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
    spans = [*np.diff(years).tolist(), years[-1] - years[-2] if len(years) > 1 else FIRST_SPAN]
    worth = [sum((1 + rate) ** -(year - years[0] + k) for k in range(n)) for year, n in zip(years, spans, strict=True)]
    return np.array(worth) / sum(worth)


def plan_together(model: PlanModel, years: Sequence[PlannedYear], rate: float) -> list[Plan] | None:
    """The plans of all years whose discounted cost together is least; None where none were found.

    Parameters
    ----------
    model : PlanModel
        Of the system; left under the limits of the last year.
    years : sequence of PlannedYear
        Rising. A part may grow from year to year, up to the most of the years so far.
    rate : float
        By which later costs are discounted. [1/year]

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
    plans = []
    for number, (each, most, weight) in enumerate(zip(years, highest, weights, strict=True)):
        model.change_capacity(each.least_mw, most, each.per_mw)
        own, rows = slice(number * width, (number + 1) * width), slice(number * height, (number + 1) * height)
        part = Solution(found.col_value[own], found.row_value[rows], found.col_dual[own], found.row_dual[rows])
        plans.append(
            model.plan_with(
                each.limits, replace(part, col_dual=part.col_dual / weight, row_dual=part.row_dual / weight)
            )
        )
    return plans


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
