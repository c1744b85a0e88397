"""Rows of weather shared among threads: the kernels of `kernel.py` over years and many sites.

Comes in: arrays as the kernels take them. Goes out: series, means, monthly x hourly means, sums per group, as arrays.
Parts are fixed by the shape of the data alone, so results do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from greenzone.technologies.wind import kernel
from greenzone.technologies.wind.curve import Curve
from greenzone.technologies.wind.output import Terms
from greenzone.threads import in_threads

PARTS = 32  # of the rows, at most
SUM_BYTES = 2**26  # for the sums of all parts
TILE = 32  # sites whose series are turned together from (site, time) to (time, site)
ALL_HOURS = np.empty(0, dtype=np.int64)


class Hours(NamedTuple):
    """Weather of each site: float32 arrays (time, site); `temp`, `pressure` None where `terms` hold what they make."""

    wind: np.ndarray
    temp: np.ndarray | None
    pressure: np.ndarray | None
    terms: Terms
    curve: Curve

    def part(self, start: int, stop: int) -> Hours:
        """The hours from `start` to `stop`."""
        temp, pressure = (None if values is None else values[start:stop] for values in (self.temp, self.pressure))
        return self._replace(wind=self.wind[start:stop], temp=temp, pressure=pressure)


class Cells(NamedTuple):
    """Weather of coarse cells, float32 arrays (cell, time), and the cell of each site."""

    wind: np.ndarray
    temp: np.ndarray
    pressure: np.ndarray | None
    cell: np.ndarray
    terms: Terms
    curve: Curve

    def part(self, start: int, stop: int) -> Cells:
        """The sites from `start` to `stop`."""
        return self._replace(cell=self.cell[start:stop], terms=self.terms.of(slice(start, stop)))

    def take(self, sites: np.ndarray) -> Cells:
        """The sites of some indices."""
        return self._replace(cell=self.cell[sites], terms=self.terms.of(sites))


def series(work: Hours, output: np.ndarray) -> None:
    """Fill `output` (time, site), float32, with the capacity factor."""

    def fill(part: int, start: int, stop: int) -> None:
        kernel.series_of_hours(*work.part(start, stop), output[start:stop])

    _share(work.wind.shape[0], PARTS, fill)


def bin_sums(work: Hours, bins: np.ndarray, count: int) -> np.ndarray:
    """Sums of the capacity factor over the hours of each bin, float64 (bin, site); `bins` (time) from 0 to `count`."""
    times, sites = work.wind.shape
    parts = int(np.clip(SUM_BYTES // (8 * count * max(sites, 1)), 1, PARTS))
    sums = np.zeros((parts, count, sites))

    def add(part: int, start: int, stop: int) -> None:
        kernel.sums_of_hours(*work.part(start, stop), bins[start:stop], sums[part])

    _share(times, parts, add)
    return sums.sum(axis=0)


def group_sums(work: Hours, group: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    """Sums of weight times capacity factor over the sites of each group, float64 (group, time); -1 counts nowhere."""
    sums = np.zeros((work.wind.shape[0], count))

    def add(part: int, start: int, stop: int) -> None:
        kernel.groups_of_hours(*work.part(start, stop), group, weight, sums[start:stop])

    _share(work.wind.shape[0], PARTS, add)
    return sums.T


def cell_series(work: Cells, output: np.ndarray) -> None:
    """Fill `output` (time, site), float32, with the capacity factor."""

    def fill(part: int, start: int, stop: int) -> None:
        for first in range(start, stop, TILE):
            last = min(first + TILE, stop)
            tile = np.empty((last - first, work.wind.shape[1]), dtype=np.float32)
            kernel.series_of_cells(*work.part(first, last), tile)
            output[:, first:last] = tile.T

    _share(work.cell.size, PARTS, fill)


def cell_bin_sums(work: Cells, bins: np.ndarray, count: int) -> np.ndarray:
    """Sums of the capacity factor over the hours of each bin, float64 (bin, site); empty `bins`: all in the first."""
    sums = np.zeros((work.cell.size, count))

    def add(part: int, start: int, stop: int) -> None:
        kernel.sums_of_cells(*work.part(start, stop), bins, sums[start:stop])

    _share(work.cell.size, PARTS, add)
    return sums.T


def cell_means(work: Cells) -> np.ndarray:
    """Mean capacity factor of each site, float64 (site)."""
    return cell_bin_sums(work, ALL_HOURS, 1)[0] / work.wind.shape[1]


def cell_group_sums(work: Cells, group: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    """Sums of weight times capacity factor over the sites of each group, float64 (group, time); -1 counts nowhere."""
    sums = np.zeros((count, work.wind.shape[1]))

    def add(part: int, start: int, stop: int) -> None:
        kernel.groups_of_cells(*work, group, weight, start, stop, sums)

    _share(work.wind.shape[1], PARTS, add)
    return sums


def _share(rows: int, parts: int, task: Callable[[int, int, int], None]) -> None:
    """Call `task(part, start, stop)` for parts of the rows, in threads."""
    edges = np.linspace(0, rows, min(parts, max(rows, 1)) + 1).astype(int).tolist()

    def some(first: int, last: int) -> None:
        for part in range(first, last):
            task(part, edges[part], edges[part + 1])

    in_threads(some, len(edges) - 1)
