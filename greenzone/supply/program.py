"""A linear programme put together in blocks of rows and columns, for HiGHS.

Comes in: blocks and the coefficients between them. Goes out: a HiGHS model, built in one go, and a basis to start it
from, taken from the same programme at a coarser time step.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array

# Coefficients below it are rounding of profiles. Where an hour gives a millionth of a capacity, its price may be a
# million times the cost, and with prices of such different size the interior-point method does not come to an end.
SMALLEST = 1e-6
INFINITY = highspy.kHighsInf


class Program:
    """Blocks gathered so far; every block is known by the numbers of its rows or columns."""

    def __init__(self) -> None:
        self._columns: list[NDArray[np.float64]] = []
        self._rows: list[NDArray[np.float64]] = []
        self._entries: list[tuple[NDArray, NDArray, NDArray]] = []
        self._width = self._height = 0

    def columns(
        self, number: int, cost: ArrayLike = 0.0, lower: float = 0.0, upper: float = INFINITY
    ) -> NDArray[np.int64]:
        """Add `number` columns and return their numbers."""
        self._columns.append(np.array([np.broadcast_to(np.asarray(v, float), number) for v in (cost, lower, upper)]))
        self._width += number
        return np.arange(self._width - number, self._width)

    def rows(self, number: int, lower: ArrayLike, upper: ArrayLike) -> NDArray[np.int64]:
        """Add `number` rows and return their numbers."""
        self._rows.append(np.array([np.broadcast_to(np.asarray(bound, float), number) for bound in (lower, upper)]))
        self._height += number
        return np.arange(self._height - number, self._height)

    def put(self, rows: NDArray, columns: NDArray, values: ArrayLike) -> None:
        """Set coefficients; one row or one column stands for as many as the other has."""
        row, column, value = np.broadcast_arrays(rows, columns, np.asarray(values, float))
        keep = np.abs(value) > SMALLEST
        self._entries.append((row[keep], column[keep], value[keep]))

    def costs(self) -> NDArray[np.float64]:
        """Cost of every column."""
        return np.concatenate(self._columns, 1)[0]

    def model(self) -> highspy.Highs:
        """The programme as a HiGHS model that prints nothing."""
        row, column, value = (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
        matrix = csc_array((value, (row, column)), shape=(self._height, self._width))
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = self._width, self._height
        program.col_cost_, program.col_lower_, program.col_upper_ = np.concatenate(self._columns, 1)
        program.row_lower_, program.row_upper_ = np.concatenate(self._rows, 1)
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
        program.a_matrix_.value_ = matrix.data
        highs = highspy.Highs()
        highs.silent()
        highs.passModel(program)
        return highs

    def refined(self, basis: highspy.HighsBasis, steps: int, factor: int) -> highspy.HighsBasis:
        """A basis of this programme as one at a step `factor` times as fine; blocks of `steps` belong to time.

        Every interval takes the state of the longer one that it lies in. Few entries too many or too few are made up
        for by HiGHS.
        """
        finer = highspy.HighsBasis()
        columns, rows = [block.shape[1] for block in self._columns], [block.shape[1] for block in self._rows]
        finer.col_status = _repeated(basis.col_status, columns, steps, factor)
        finer.row_status = _repeated(basis.row_status, rows, steps, factor)
        finer.valid = finer.alien = True
        return finer


def _repeated(
    status: list[highspy.HighsBasisStatus], sizes: list[int], steps: int, factor: int
) -> list[highspy.HighsBasisStatus]:
    states = np.array([int(state) for state in status])
    cuts = np.split(states, np.cumsum(sizes)[:-1])
    spread = np.concatenate(
        [cut.repeat(factor) if size == steps else cut for cut, size in zip(cuts, sizes, strict=True)]
    )
    return [highspy.HighsBasisStatus(int(state)) for state in spread]
