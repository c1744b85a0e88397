"""A linear programme put together in blocks of rows and columns, for HiGHS.

Comes in: blocks and the coefficients between them. Goes out: a HiGHS model, built in one go.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array

SMALLEST = 1e-9  # coefficients below it are rounding of profiles, and HiGHS leaves them out with a warning


class Program:
    """Blocks gathered so far; every block is known by the numbers of its rows or columns."""

    def __init__(self) -> None:
        self._columns: list[NDArray[np.float64]] = []
        self._rows: list[NDArray[np.float64]] = []
        self._entries: list[tuple[NDArray, NDArray, NDArray]] = []
        self._width = self._height = 0

    def columns(
        self, number: int, cost: float = 0.0, lower: float = 0.0, upper: float = highspy.kHighsInf
    ) -> NDArray[np.int64]:
        """Add `number` columns and return their numbers."""
        self._columns.append(np.tile(np.array([[cost], [lower], [upper]], float), number))
        self._width += number
        return np.arange(self._width - number, self._width)

    def rows(self, number: int, lower: ArrayLike, upper: ArrayLike) -> NDArray[np.int64]:
        """Add `number` rows and return their numbers."""
        bounds = [np.broadcast_to(np.asarray(bound, float), number) for bound in (lower, upper)]
        self._rows.append(np.array(bounds))
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
