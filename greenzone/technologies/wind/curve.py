"""A power curve prepared for the kernels: a table over a standard speed and the density of the air.

Comes in: speeds and outputs of a curve. Goes out: `Curve`, a table and a few coefficients with which the kernels give
the density-corrected output by one look-up, without logarithms, roots or divisions.

With b = (density / 1.225)^(1/3), a point of the curve up to 7.5 m/s counts at v b = z, from 12.5 m/s at v b^2 = z,
between at v b^(1 + k) = z with k rising from 0 to 1. `standard_speed` gives z from s = v b by a short polynomial, so
that the corners of the corrected curve stand at the same z in air of any density: at edges of the table's cells. What
the curve does inside a cell depends on b only a little: the table has it for `LEVELS` values of b.

Air thinner than 0.58 or denser than 1.77 kg/m3, as above 6,000 m or below -70 degC, is off the table: values there are
those of a neighbouring cell of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from greenzone.technologies.wind.model import (
    CORRECTION_SPEEDS,
    STANDARD_DENSITY,
    density_corrected_speed,
    output_on_curve,
)
from greenzone.technologies.wind.turbines import Turbine

DENSITY_RATIO = (0.82, 1.73)  # range of 1.225 / density the polynomials are made for: 0.71 to 1.49 kg/m3
ROOT_CENTRE = 1.25
ROOT_DEGREE = 7  # of b in 1.225 / density - ROOT_CENTRE: error 1e-6
FIT_RANGE = 0.825, 1.075  # of b, for which the polynomials in it are made
SCALE_DEGREE = 4  # of d in b - 1, see `_scale`: error 2e-5 of it
BEND_TERMS = ((0, 0), (0, 1), (0, 2), (1, 1), (2, 1))  # powers of r and of b - 1, see `_bend`
LEVEL_BITS = 8
LEVELS = 2**LEVEL_BITS  # values of b in the table: the nearest is at most 0.0007 away
B_RANGE = 0.78, 1.13
CELLS_PER_SPEED = (8, 10, 20, 40, 100)  # the first that puts all corners at edges of cells
FINE_CELLS = 100  # per m/s, where none does
FINE_STEPS = 5  # per cell, to turn `standard_speed` round
NUDGE = 1 - 2e-7  # a speed at the very end of the curve belongs to it
HALF = 2**15


class Curve(NamedTuple):
    """What the kernels know of a power curve.

    Attributes
    ----------
    table : ndarray of int32, shape (cells * LEVELS + 1,)
        By cell and level: output at the cell's lower end in the upper half of the bits, rise across the cell in the
        lower half, in units of `scalars`, and HALF on top, so that the lower half is never negative; the last entry
        stands for all speeds beyond the curve and gives 0.
    scalars : ndarray of float32, shape (17,)
        Of `standard_speed`: where k starts [m/s], 5 coefficients of d, 5 of the bend of k. Cells per m/s; outputs per
        unit of the table and of the rise, both times HALF; highest output.
    root : ndarray of float32, shape (8,)
        b as a polynomial in 1.225 / density - 1.25.
    """

    table: np.ndarray
    scalars: np.ndarray
    root: np.ndarray


def prepare_curve(turbine: Turbine) -> Curve:
    """The table of a turbine's power curve; largest error 1e-4 of nominal power against the exact correction."""
    per_speed = _cells_per_speed(turbine.wind_speed)
    cells = round(turbine.wind_speed[-1] * per_speed)
    start, end = _ends_of_cells(turbine, per_speed, cells)
    peak, steepest = turbine.output.max(), max(np.abs(end - start).max(), 1e-9)
    rise = np.round((end - start) / steepest * (HALF - 1)).astype(np.int64)
    # The lower bits lie below the unit of the upper ones, so that both are read as one number: taken off here.
    upper = np.floor((start / peak * (HALF - 1) * 2 * HALF - rise) / (2 * HALF) + 0.5).astype(np.int64)
    table = np.append(upper * 2 * HALF + rise, 0).astype(np.int32) + np.int32(HALF)
    units = peak / ((HALF - 1) * 2 * HALF), steepest / (HALF - 1)
    offsets = (unit * HALF for unit in units)
    scalars = [CORRECTION_SPEEDS[0], *SCALE, *BEND, per_speed * NUDGE, *units, *offsets, peak]
    return Curve(table, np.array(scalars, dtype=np.float32), _root().astype(np.float32))


def standard_speed(speed: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Standard speed z [m/s] of s = v b [m/s] in air with that b; the kernels' formula, in double precision.

    With r = (s - 7.5 m/s) d, cut to 0 and 1, and K = r + (r - r^2) (terms in r and b - 1): z = s + s (b - 1) K.
    """
    off = b - 1
    r = np.clip((speed - CORRECTION_SPEEDS[0]) * np.polynomial.polynomial.polyval(off, SCALE), 0, 1)
    ahead = sum(c * r**i * off**j for c, (i, j) in zip(BEND, BEND_TERMS, strict=True))
    return speed + speed * off * (r + (r - r * r) * off * ahead)


def _ends_of_cells(turbine: Turbine, per_speed: float, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact output just above the lower and just below the upper end of each cell and level, flat."""
    levels = B_RANGE[0] + (np.arange(LEVELS) + 0.5) * (B_RANGE[1] - B_RANGE[0]) / LEVELS
    fine = np.linspace(0, (cells + 1) / per_speed / min(B_RANGE), FINE_STEPS * cells)
    at = (np.arange(cells)[:, None] + (1e-5, 1 - 1e-5)) / per_speed
    found = np.empty((cells, LEVELS, 2))
    for level, b in enumerate(levels):
        corners = density_corrected_speed(turbine.wind_speed, STANDARD_DENSITY * b**3) * b
        speed = np.sort(np.concatenate([fine, corners, [CORRECTION_SPEEDS[0], CORRECTION_SPEEDS[1] / b]]))
        z = standard_speed(speed, b)
        off = turbine.wind_speed - standard_speed(corners, b)  # the formula's small error, which would blur the ends
        z += np.interp(speed, corners, off)
        found[:, level] = output_on_curve(np.interp(at, z, speed), corners, turbine.output)
    return found[..., 0].ravel(), found[..., 1].ravel()


def _cells_per_speed(speed: np.ndarray) -> float:
    """Cells per m/s with a cell's edge at every corner of a curve, or at least at its last."""
    for number in CELLS_PER_SPEED:
        if np.allclose(speed * number, np.round(speed * number), atol=1e-6):
            return float(number)
    return float(np.ceil(FINE_CELLS * speed[-1]) / speed[-1])


def _scale() -> np.ndarray:
    """Coefficients in b - 1 of d, which makes r = (s - 7.5 m/s) d run from 0 to 1 where k does; s in m/s."""
    low, high = CORRECTION_SPEEDS
    start, stop = (end - 1 for end in FIT_RANGE)
    return _fit(lambda off: 1 / (high / (1 + off) - low), start, stop, SCALE_DEGREE, 0.0)


def _root() -> np.ndarray:
    return _fit(lambda ratio: ratio ** (-1 / 3), *DENSITY_RATIO, ROOT_DEGREE, ROOT_CENTRE)


def _bend() -> np.ndarray:
    """Coefficients of the terms that bring z of `standard_speed` within 1.1e-4 m/s."""
    low, high = CORRECTION_SPEEDS
    b, k = (grid.ravel() for grid in np.meshgrid(np.linspace(*FIT_RANGE, 51), np.linspace(0, 1, 51)))
    z = low + (high - low) * k
    s, off = z * b**-k, b - 1
    r = np.clip((s - low) * np.polynomial.polynomial.polyval(off, SCALE), 0, 1)
    columns = np.stack([r**i * off**j for i, j in BEND_TERMS]) * (s * off**2 * (r - r * r))
    return np.linalg.lstsq(columns.T, z - s - s * off * r, rcond=None)[0]


def _fit(
    function: Callable[[np.ndarray], np.ndarray], start: float, stop: float, degree: int, centre: float
) -> np.ndarray:
    """Coefficients in x - centre of the polynomial through the Chebyshev nodes of [start, stop]."""
    nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    x = 0.5 * (start + stop) + 0.5 * (stop - start) * nodes
    return np.linalg.solve(np.vander(x - centre, increasing=True), function(x))


SCALE = _scale()
BEND = _bend()
