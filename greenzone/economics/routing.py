"""Least-cost routes over a raster of cost per length.

Comes in: a multiplier on the cost of a line for each cell, NaN where none may pass. Goes out: for every cell the cost,
the length and the next cell of its cheapest route to a set of targets. Dijkstra's algorithm is SciPy's; the lattice
takes the true width of each row, which rasters in degrees need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

NONE = -9999  # SciPy's mark for a cell without a next one
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))  # each pair of cells once


class Field(NamedTuple):
    """Cheapest routes of all cells, each flat over the raster's cells.

    `cost` is in kilometres of a line on level open ground, infinite where no route leads; `length` [km] is NaN there;
    `towards` is the next cell on the way, -9999 at targets and where there is none.
    """

    cost: NDArray[np.float64]
    length: NDArray[np.float64]
    towards: NDArray[np.int32]


@dataclass(frozen=True)
class Lattice:
    """Cells of a raster linked to their eight neighbours.

    `graph` holds the cost of each link [km of line on level open ground]; `width` [km] is that of the cells of each
    row, `height` [km] that of all; `shape` is (rows, columns).
    """

    graph: sparse.csr_matrix
    width: NDArray[np.float64]
    height: float
    shape: tuple[int, int]

    @classmethod
    def of(cls, multiplier: ArrayLike, width: ArrayLike, height: float) -> Lattice:
        """Link the cells of a raster.

        Parameters
        ----------
        multiplier : array_like (row, column)
            Cost of a line in the cell over that on level open ground, above 0; NaN where none may pass. [1]
        width : array_like (row,)
            Width of the cells of each row. [km]
        height : float
            Height of the cells. [km]

        Notes
        -----
        A link costs its length times the mean multiplier of its two cells.
        """
        values, widths = np.asarray(multiplier, float), np.asarray(width, float)
        cells = np.arange(values.size).reshape(values.shape)
        starts, ends, costs = [], [], []
        for down, right in NEIGHBOURS:
            here, there = _pair(values.shape, down, right)
            across = (widths[here[0]] + widths[there[0]]) / 2 * right
            cost = (values[here] + values[there]) / 2 * np.hypot(across, height * down)[:, None]
            open_ = np.isfinite(cost)
            starts.append(cells[here][open_])
            ends.append(cells[there][open_])
            costs.append(cost[open_])
        start, end, cost = (np.concatenate(parts) for parts in (starts, ends, costs))
        both = (np.concatenate([start, end]), np.concatenate([end, start]))
        graph = sparse.csr_matrix((np.concatenate([cost, cost]), both), shape=(values.size, values.size))
        return cls(graph, widths, float(height), (values.shape[0], values.shape[1]))

    def routes_to(self, targets: ArrayLike) -> Field:
        """Cheapest routes from every cell to the nearest of the target cells (flat indices)."""
        cost, towards, _ = dijkstra(
            self.graph, indices=np.unique(np.asarray(targets, int)), min_only=True, return_predecessors=True
        )
        length = self._lengths(towards)
        return Field(cost, np.where(np.isfinite(cost), length, np.nan), towards)

    def _lengths(self, towards: NDArray[np.int32]) -> NDArray[np.float64]:
        """Length of each cell's route [km]: every round doubles how far ahead each cell has summed."""
        here = np.arange(towards.size)
        ahead = np.where(towards == NONE, here, towards)
        length = self.step(here, ahead)
        while (ahead[ahead] != ahead).any():
            length = length + length[ahead]
            ahead = ahead[ahead]
        return length

    def step(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.float64]:
        """Distance between the centres of neighbouring cells. [km]"""
        (row, column), (to_row, to_column) = (np.divmod(cell, self.shape[1]) for cell in (start, end))
        across = (self.width[row] + self.width[to_row]) / 2 * (to_column - column)
        return np.hypot(across, self.height * (to_row - row))


def trace(field: Field, cell: int) -> list[int]:
    """Cells of the cheapest route from a cell to its target, both included; the cell alone where there is none."""
    path = [int(cell)]
    while field.towards[path[-1]] != NONE:
        path.append(int(field.towards[path[-1]]))
    return path


def _pair(shape: tuple[int, ...], down: int, right: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where all cells with such a neighbour lie, and where their neighbours lie."""
    rows, columns = shape
    if right >= 0:
        return (slice(0, rows - down), slice(0, columns - right)), (slice(down, rows), slice(right, columns))
    return (slice(0, rows - down), slice(-right, columns)), (slice(down, rows), slice(0, columns + right))
