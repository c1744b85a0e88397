"""The interior-point method for a year with few capacities, and what a solver found, whichever it was.

Comes in: a HiGHS model. Goes out: a `Solution`. The method goes straight to the least cost where the simplex method
walks along tens of thousands of corners; its steps grow dear with the number of capacities, each of which every hour
knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import piqp
from numpy.typing import NDArray
from scipy.sparse import csc_array, csc_matrix

PRECISION = 1e-8  # of the balance of every hour and, relative to it, of the cost
MOST_STEPS = 250  # a year takes 80 to 110; after these the simplex method has its turn
MARGINS = 1e-7, 1e-6  # by which capacities are rounded up, so that what they allow is not missed by a rounding
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


def solve_inside(highs: highspy.Highs) -> Solution | None:
    """The least of the programme's cost; None where the method does not reach it, as where no plan exists."""
    lp = highs.getLp()
    start, index, value = (np.array(v) for v in (lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_))
    matrix = csc_array((value, index, start), shape=(lp.num_row_, lp.num_col_))
    cost, least, most = (np.array(v) for v in (lp.col_cost_, lp.col_lower_, lp.col_upper_))
    low, high = np.array(lp.row_lower_), np.array(lp.row_upper_)
    equal, used = low == high, np.isfinite(low) | np.isfinite(high)
    rows = matrix.tocsr()
    solver = piqp.SparseSolver()
    settings = solver.settings
    settings.eps_abs = settings.eps_rel = PRECISION
    settings.eps_duality_gap_abs = settings.eps_duality_gap_rel = PRECISION
    settings.max_iter = MOST_STEPS
    within = used & ~equal
    solver.setup(
        csc_matrix((lp.num_col_, lp.num_col_)), cost, csc_matrix(rows[equal]), low[equal],
        csc_matrix(rows[within]), low[within], high[within], least, most,
    )  # fmt: skip
    if solver.solve() != piqp.PIQP_SOLVED:
        return None
    result = solver.result
    dual = np.zeros(lp.num_row_)
    dual[equal], dual[within] = -result.y, result.z_l - result.z_u
    values = np.clip(result.x, least, most)
    reduced = cost - rows.T @ dual
    return Solution(values, rows @ values, _cleared(reduced), _cleared(dual))


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
