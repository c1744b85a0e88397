"""The interior-point method for long years, and what a solver found, whichever it was.

Comes in: a HiGHS model. Goes out: a `Solution`. The method goes straight to the least cost where the simplex method
walks along tens of thousands of corners. Its steps grow dear with the number of capacities, each of which every hour
knows: so it begins with the likely ones, and others join when the prices say that they pay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np
import piqp
from numpy.typing import NDArray
from scipy.sparse import csc_array, csc_matrix

PRECISION = 1e-8  # of the balance of every hour and, relative to it, of the cost
MOST_STEPS = 250  # a year takes 80 to 110; after these the simplex method has its turn
MARGINS = 1e-7, 1e-6  # by which capacities are rounded up, so that what they allow is not missed by a rounding
PAYING = 1e-7  # share of its cost by which a capacity must pay to join
ROUNDS = 6  # of capacities that join
NOTHING = 1e-9  # duals nearer to 0 are what the precision leaves of it


@dataclass(frozen=True)
class Solution:
    """Values of columns and of rows, reduced costs of columns, duals of rows."""

    col_value: NDArray[np.float64]
    row_value: NDArray[np.float64]
    col_dual: NDArray[np.float64]
    row_dual: NDArray[np.float64]


def found_by(highs: highspy.Highs) -> Solution:
    """The solution that HiGHS has."""
    found = highs.getSolution()
    return Solution(*(np.array(v) for v in (found.col_value, found.row_value, found.col_dual, found.row_dual)))


@dataclass(frozen=True)
class Programme:
    """A linear programme as arrays: cost and limits of columns, limits of rows, and the matrix."""

    cost: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    matrix: csc_array


def solve_inside(
    highs: highspy.Highs, first: NDArray[np.bool_], limited: Iterable[tuple[NDArray, NDArray]]
) -> Solution | None:
    """The least of the programme's cost; None where the method does not reach it, as where no plan exists.

    Parameters
    ----------
    highs : Highs
        The programme.
    first : ndarray (column,) of bool
        Columns to begin with; the others stay at their lower limit until they would pay.
    limited : iterable of (rows, columns)
        Rows that keep a column, each its own, below what capacities allow.
    """
    return solve_programme(programme_of(highs), first, limited)


def solve_programme(
    programme: Programme, first: NDArray[np.bool_], limited: Iterable[tuple[NDArray, NDArray]]
) -> Solution | None:
    """The same of a programme as arrays."""
    free = programme.least < programme.most
    used, pairs = free & first, list(limited)
    for _ in range(ROUNDS):
        solution = _solve(programme, used)
        if solution is None:
            return None
        solution = _with_least_limits(programme, solution, pairs)
        paying = free & ~used & (solution.col_dual < -PAYING * np.abs(programme.cost))
        if not paying.any():
            return solution
        used |= paying
    return None


def programme_of(highs: highspy.Highs) -> Programme:
    """The programme that HiGHS has, as arrays of their own."""
    lp = highs.getLp()
    start, index, value = (np.array(v) for v in (lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_))
    matrix = csc_array((value, index, start), shape=(lp.num_row_, lp.num_col_))
    cost, least, most = (np.array(v) for v in (lp.col_cost_, lp.col_lower_, lp.col_upper_))
    return Programme(cost, least, most, np.array(lp.row_lower_), np.array(lp.row_upper_), matrix)


def _solve(programme: Programme, used: NDArray[np.bool_]) -> Solution | None:
    """The solution with the columns that are not used at their lower limit."""
    values = np.where(used, 0.0, programme.least)
    rows = programme.matrix[:, np.flatnonzero(used)].tocsr()
    given = programme.matrix @ values
    low, high = programme.low - given, programme.high - given
    there = (np.diff(rows.indptr) > 0) & (np.isfinite(low) | np.isfinite(high))
    equal, within = there & (low == high), there & (low != high)
    solver = piqp.SparseSolver()
    settings, number = solver.settings, int(used.sum())
    settings.eps_abs = settings.eps_rel = PRECISION
    settings.eps_duality_gap_abs = settings.eps_duality_gap_rel = PRECISION
    settings.max_iter = MOST_STEPS
    least, most = programme.least[used], programme.most[used]
    solver.setup(
        csc_matrix((number, number)), programme.cost[used], csc_matrix(rows[equal]), low[equal],
        csc_matrix(rows[within]), low[within], high[within], least, most,
    )  # fmt: skip
    if solver.solve() != piqp.PIQP_SOLVED:
        return None
    result = solver.result
    values[used] = np.clip(result.x, least, most)
    dual = np.zeros(len(low))
    dual[equal], dual[within] = -result.y, result.z_l - result.z_u
    return _with_duals(programme, values, dual)


def _with_least_limits(programme: Programme, solution: Solution, pairs: list[tuple[NDArray, NDArray]]) -> Solution:
    """The same with duals of limits no higher than their columns need.

    Where the capacities in use allow nothing, as wind in a calm, any dual from there on would do, and would make each
    capacity that could give something seem to pay.
    """
    dual = solution.row_dual.copy()
    for rows, columns in pairs:
        dual[rows] += np.minimum(np.maximum(-dual[rows], 0.0), np.maximum(solution.col_dual[columns], 0.0))
    return _with_duals(programme, solution.col_value, dual)


def _with_duals(programme: Programme, values: NDArray[np.float64], dual: NDArray[np.float64]) -> Solution:
    reduced = programme.cost - programme.matrix.T @ dual
    return Solution(values, programme.matrix @ values, _cleared(reduced), _cleared(dual))


def with_clean_flows(highs: highspy.Highs, inside: Solution, capacity: NDArray[np.int64]) -> Solution:
    """The same solution with flows from a corner of what its capacities allow.

    Between equally good flows the interior-point method takes the middle, in which stores may be filled and emptied
    at once. Prices stay: they are those of the best capacities.
    """
    columns, lp = capacity.astype(np.int32), highs.getLp()
    least, most = np.array(lp.col_lower_)[columns], np.array(lp.col_upper_)[columns]
    found, flows = inside.col_value[columns], inside
    for margin in MARGINS:
        given = np.clip(np.where(found < MARGINS[0], least, found * (1 + margin)), least, most)
        highs.changeColsBounds(len(columns), columns, given, given)
        highs.clearSolver()  # an old basis is of other capacities, and keeps HiGHS from making the problem smaller
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            flows = found_by(highs)
            break
    highs.changeColsBounds(len(columns), columns, least, most)
    return Solution(flows.col_value, flows.row_value, inside.col_dual, inside.row_dual)


def _cleared(duals: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(duals) < NOTHING, 0.0, duals)
