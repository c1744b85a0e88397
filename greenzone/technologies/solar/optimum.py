"""The tilt of the highest yield, found on the weather itself.

In come weather, sites and a system as `assemble.job` wants them; out goes one tilt per site.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from greenzone.technologies.solar import mounts, reduce
from greenzone.technologies.solar.assemble import Job, Place, job
from greenzone.technologies.solar.fits import steepest
from greenzone.technologies.solar.mounts import FixedTilt
from greenzone.technologies.solar.options import System

FIRST = (10.0, 35.0, 60.0)
SPREADS = (8.0, 2.0)


def best_tilt(weather: xr.Dataset, place: Place, azimuth: np.ndarray, system: System) -> np.ndarray:
    """Tilt (site) [degree] of the highest mean output: parabolas through three tilts, ever closer together.

    The yield is a smooth function of tilt, flat at its top: the last parabola, two degrees to either side, is within
    0.1 degrees of the optimum. Sites that all have the same yield at every tilt (none) get 0.
    """
    top = steepest(system.row_height / system.row_width) if system.gcr is not None else 90.0
    trials = np.minimum(np.array(FIRST) * min(1.0, top / FIRST[-1]), top)[:, None] + np.zeros(place.lat.size)
    plan = job(weather, place, FixedTilt(trials[0], azimuth), system)
    yields = partial(_yields, plan, place, azimuth, system.albedo)
    best = _vertex(trials, yields(trials), top)
    for spread in SPREADS:
        middle = np.clip(best, spread, top - spread)
        trials = middle + np.array([[-spread], [0.0], [spread]])
        best = _vertex(trials, yields(trials), top)
    return best


def _yields(plan: Job, place: Place, azimuth: np.ndarray, albedo: float, trials: np.ndarray) -> np.ndarray:
    mount_of = (mounts.part(FixedTilt(tilt, azimuth), place.lat, place.lon, albedo) for tilt in trials)
    return np.stack([reduce.mean(plan._replace(mount=mount)) for mount in mount_of])


def _vertex(x: np.ndarray, y: np.ndarray, top: float) -> np.ndarray:
    """Where the parabola through three points (3, site) is highest; the best point where it opens upwards."""
    left, right = (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1])
    bend = (right - left) / (x[2] - x[0])
    hollow = ~(bend < 0)
    best = np.take_along_axis(x, np.nan_to_num(y).argmax(axis=0)[None], axis=0)[0]
    vertex = 0.5 * (x[0] + x[1] - left / np.where(hollow, -1.0, bend))
    return np.clip(np.where(hollow, best, vertex), 0.0, top)
