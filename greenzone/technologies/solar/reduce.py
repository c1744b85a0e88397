"""Runs of the kernels: a `Job` in, plain arrays out, reduced over time or groups on the way.

Times are put into bins that do not depend on the number of threads, so neither do the results.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba
import numpy as np

from greenzone.technologies.solar import kernel, parts
from greenzone.technologies.solar.assemble import Job
from greenzone.threads import in_threads

BLOCKS = 64  # parts of the time that are summed apart and in parallel
LEAST = 50_000  # values of a block: with fewer, threads are started for longer than they work
SUMS = 4_000_000  # values in all sums together: fewer blocks for very many sites
ROOM = 4_000_000  # values of a tile at all times that each thread keeps at once, if that leaves `NARROWEST`
NARROWEST = 64  # sites


def series(job: Job, out: np.ndarray | None = None) -> np.ndarray:
    """Every value, float32 (time, site), in a new array or in `out`."""
    if out is None:
        out = np.empty((job.sun.x.size, job.sites.up_x.size), np.float32)
    in_threads(lambda first, last: kernel.fill_series(*job, out, first, last), out.shape[0])
    return out


def total(job: Job) -> np.ndarray:
    """Sum over time, float64 (site)."""
    times, sites = job.sun.x.size, job.sites.up_x.size
    blocks = max(1, min(BLOCKS, times, times * sites // LEAST, max(8, SUMS // max(1, sites))))
    starts = np.linspace(0, times, blocks + 1).astype(np.int64)
    return _binned_sums(job, np.arange(times), starts).sum(axis=0)


def _binned_sums(job: Job, order: np.ndarray, starts: np.ndarray) -> np.ndarray:
    sums = np.zeros((starts.size - 1, job.sites.up_x.size))
    in_threads(lambda first, last: kernel.add_bins(*job, order, starts, sums, first, last), sums.shape[0])
    return sums


def mean(job: Job) -> np.ndarray:
    """Mean over time, float64 (site)."""
    return total(job) / job.sun.x.size


def binned_mean(job: Job, bins: np.ndarray, count: int) -> np.ndarray:
    """Mean over the times of each of `count` bins, float64 (bin, site); NaN for a bin without times."""
    order = np.argsort(bins, kind="stable")
    sizes = np.bincount(bins, minlength=count)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _binned_sums(job, order, starts) / np.where(sizes > 0, sizes, np.nan)[:, None]


def group_mean(job: Job, group: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    """Weighted mean over the sites of each of `count` groups, float64 (time, group); `group` -1 counts nowhere."""
    total_weight = np.bincount(group[group >= 0], weight[group >= 0], minlength=count)
    sums = np.zeros((job.sun.x.size, count + 1))
    in_threads(lambda first, last: kernel.add_groups(*job, group, weight, sums, first, last), sums.shape[0])
    return sums[:, :count] / np.where(total_weight > 0, total_weight, np.nan)


class Levels(NamedTuple):
    """How sites fall into groups once their mean is known: by stratum, and by class of the mean.

    `stratum` (site) from 0, such as the district; `weight` (site), 0 for sites that count nowhere; `bounds` between
    the classes, rising.
    """

    stratum: np.ndarray
    weight: np.ndarray
    bounds: Sequence[float]

    def of(self, sites: slice, means: np.ndarray) -> np.ndarray:
        """Number of the group of each of some sites, -1 for none: without weight, or with a mean that is NaN."""
        level = np.searchsorted(np.asarray(self.bounds), means, side="right")
        known = np.isfinite(means) & (self.weight[sites] != 0)
        return np.where(known, self.stratum[sites] * (len(self.bounds) + 1) + level, -1)


def levelled(job: Job, levels: Levels) -> tuple[np.ndarray, dict[tuple[int, int], np.ndarray]]:
    """Means, and weighted sums over groups that depend on them, in one go.

    Returns
    -------
    ndarray
        Mean over time, float64 (site).
    dict
        For each pair of stratum and class that has sites the sum of weight times value, float64 (time).
    """
    times = job.sun.x.size
    work = job._replace(tiles=_narrower(job.tiles, int(np.clip(ROOM // times, NARROWEST, kernel.TILE))))
    sums = np.zeros(job.sites.up_x.size)
    own = threading.local()

    def of_tile(j: int) -> tuple[np.ndarray, np.ndarray]:
        sites = slice(int(work.tiles.start[j]), int(work.tiles.stop[j]))
        if not hasattr(own, "room"):
            own.room, own.lit = np.empty(times * _widest(work.tiles), np.float32), np.empty(times, np.int64)
        width = sites.stop - sites.start
        values = own.room[: times * width].reshape(times, width)
        lit = own.lit[: kernel.fill_tile(*work, j, values, own.lit, sums[sites])]
        found = levels.of(sites, sums[sites] / times)
        groups = np.unique(found[found >= 0])
        weight = np.where(found == groups[:, None], levels.weight[sites], 0.0)
        series = np.zeros((groups.size, times))
        kernel.add_levels(values, lit, weight, series)
        return groups, series

    totals: dict[tuple[int, int], np.ndarray] = {}
    with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS) as pool:  # type: ignore[attr-defined]
        for groups, series in pool.map(of_tile, range(work.tiles.start.size)):  # added in the order of the tiles
            for group, values in zip(groups.tolist(), series, strict=True):
                key = divmod(group, len(levels.bounds) + 1)
                totals[key] = totals[key] + values if key in totals else values
    return sums / times, totals


def _widest(tiles: parts.Tiles) -> int:
    return int((tiles.stop - tiles.start).max())


def _narrower(tiles: parts.Tiles, most: int) -> parts.Tiles:
    """The same sites in tiles of `most` at most."""
    runs = [np.arange(lo, hi, most, dtype=np.uint64) for lo, hi in zip(tiles.start, tiles.stop, strict=True)]
    of_tile = np.repeat(np.arange(len(runs)), [run.size for run in runs])
    starts = np.concatenate(runs)
    return parts.Tiles(starts, np.append(starts[1:], tiles.stop[-1]), *(values[of_tile] for values in tiles[2:]))
