"""Runs of the kernels: a `Job` in, plain arrays out, reduced over time or groups on the way.

Times are put into bins that do not depend on the number of threads, so neither do the results.
"""

from __future__ import annotations

import numpy as np

from greenzone.jit import in_threads
from greenzone.technologies.solar import kernel
from greenzone.technologies.solar.assemble import Job

BLOCKS = 64  # parts of the time that are summed apart and in parallel
SUMS = 4_000_000  # values in all sums together: fewer blocks for very many sites


def series(job: Job) -> np.ndarray:
    """Every value, float32 (time, site)."""
    out = np.empty((job.sun.x.size, job.sites.up_x.size), np.float32)
    in_threads(lambda first, last: kernel.fill_series(*job, out, first, last), out.shape[0])
    return out


def total(job: Job) -> np.ndarray:
    """Sum over time, float64 (site)."""
    times, sites = job.sun.x.size, job.sites.up_x.size
    blocks = max(1, min(BLOCKS, times, max(8, SUMS // max(1, sites))))
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
