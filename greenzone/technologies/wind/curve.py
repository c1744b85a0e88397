"""A power curve prepared for the kernels: a table over a standard speed and the density of the air.

Comes in: speeds and outputs of a curve. Goes out: `Curve`, a table and a few coefficients, with which the kernels give
the density-corrected output without logarithms, roots or divisions.

With b = (density / 1.225)^(1/3), a point of the curve up to 7.5 m/s counts at v b = z, from 12.5 m/s at v b^2 = z,
between at v b^(1 + k) = z with k rising from 0 to 1. `standard_speed` gives z from s = v b by a short polynomial, so
that the corners of the corrected curve stand at the same z in air of any density: at edges of the table's cells. What
the curve does inside a cell depends on b too, a little. A short table of wide cells has it as a polynomial in the place
within the cell and in b; most curves fit one. A long table has it for `LEVELS` values of b. Air thinner than 0.58 or
denser than 1.77 kg/m3, as above 6,000 m or below -70 degC, is off it: values there are those of a neighbouring cell.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from greenzone.simd import HAS_AVX512
from greenzone.technologies.wind.model import (
    CORRECTION_EXPONENTS,
    CORRECTION_SPEEDS,
    GAS_CONSTANT,
    STANDARD_DENSITY,
    STANDARD_PRESSURE,
    density_corrected_speed,
    density_exponent,
    output_on_curve,
)
from greenzone.technologies.wind.turbines import Turbine

# K and Pa for which b is made, and about which; -55 to 55 degC, up to 6,500 m. Errors 3e-7
TEMP_RANGE, TEMP_CENTRE, TEMP_DEGREE = (218.0, 328.0), 273.15, 5
PRESSURE_RANGE, PRESSURE_CENTRE, PRESSURE_DEGREE = (45_000.0, 109_000.0), 75_000.0, 7
B_RANGE = 0.83, 1.07  # for which the polynomials in it are made: 0.70 to 1.50 kg/m3
SCALE_DEGREE = 4  # of d in b - 1, see `_scale`: error 2e-5 of it
BEND_TERMS = ((0, 0), (0, 1), (0, 2), (1, 1), (2, 1))  # powers of r and of b - 1, see `_bend`
CELLS_PER_SPEED = (8, 10, 20, 40, 100)  # of a long table: the first that puts all corners at edges of cells
FINE_CELLS = 100  # per m/s, where none does
FINE_STEPS = 5  # per cell, to turn `standard_speed` round
LEVELS = 2**8  # values of b in a long table: the nearest is at most 0.0007 away
LEVEL_RANGE = 0.78, 1.13
HALF = 2**15
SHORT_PER_SPEED = 2  # cells per m/s of a short table
SHORT_SHAPE = (7, 2, 16)  # coefficients, and 32 cells as `simd.look_up` has them
SHORT_ERROR = 5e-5  # of nominal power: where a short table errs by more, a long one is made
FIT_POINTS = 41, 7  # of b and within a cell, for a short table
SUDDEN = 2e5  # fall of output per m/s at cut-out, where it is a step
SHRINK = 1 - 2e-7  # of z, for a speed at the very end of the curve to belong to it


class Curve(NamedTuple):
    """What the kernels know of a power curve.

    Attributes
    ----------
    table : ndarray
        A short table, float32 of `SHORT_SHAPE`, which fits into the registers of a processor with AVX-512: by cell,
        coefficients of the output in the place f within the cell, from 0 to 1, and off = b - 1, those of 1, off, off^2,
        f, f off, f off^2 and f^2 off. The first cell lies below the curve, the last one in its flat part. Or a long
        table, int32 of shape (cells * LEVELS + 1,) and then zeros up to 2^n: by cell and level, output at the cell's
        lower end in the upper half of the bits, rise across the cell in the lower half, in units of `scalars`, and HALF
        on top, so that the lower half is never negative; the last entry stands for all speeds beyond the curve.
    scalars : ndarray of float32, shape (18,)
        Of `standard_speed`: where k starts [m/s], 5 coefficients of d, 5 of the bend of k. Cells per m/s; number of
        cells below the first; middles of the first and of the last cell [m/s]. Highest output. Of a short table: output
        at 0 m/s and its fall per m/s of the line on which the curve ends. Of a long one: outputs per unit of the table
        and of the rise.
    pressure_root : ndarray of float32, shape (8,)
        Cube root of pressure over the standard one, less 1, as polynomial in pressure - PRESSURE_CENTRE.
    """

    table: np.ndarray
    scalars: np.ndarray
    pressure_root: np.ndarray


def prepare_curve(turbine: Turbine, *, short: bool = HAS_AVX512) -> Curve:
    """The table of a turbine's power curve; largest error 1e-4 of nominal power against the exact correction.

    A short one if `short` and if the curve's shape allows it.
    """
    table, grid = (short and _short_table(turbine)) or _long_table(turbine)
    per_speed, before, last, *rest = grid
    middles = (before + 0.5) / per_speed, (before + last) / per_speed
    scalars = np.array([CORRECTION_SPEEDS[0], *SCALE, *BEND, per_speed, before, *middles, *rest], dtype=np.float32)
    return Curve(table, scalars, PRESSURE_ROOT)


def density_terms(temp_add: ArrayLike, pressure: ArrayLike) -> list[np.ndarray]:
    """Coefficients of b - 1 in a temperature [degC] to which something is added [K], at a pressure [Pa]."""
    add, factor = np.asarray(temp_add, dtype=float), np.cbrt(np.asarray(pressure, dtype=float) / STANDARD_PRESSURE)
    powers = range(TEMP_DEGREE + 1)
    moved = [sum(comb(j, k) * TEMP_ROOT[j] * add ** (j - k) for j in powers if j >= k) for k in powers]
    return [factor * terms - (k == 0) for k, terms in enumerate(moved)]


def standard_speed(speed: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Standard speed z [m/s] of s = v b [m/s] in air with that b; the kernels' formula, in double precision.

    With r = (s - 7.5 m/s) d, cut to 0 and 1, and K = r + (r - r^2) (terms in r and b - 1): z = s + s (b - 1) K.
    """
    off = b - 1
    r = np.clip((speed - CORRECTION_SPEEDS[0]) * np.polynomial.polynomial.polyval(off, SCALE), 0, 1)
    ahead = sum(c * r**i * off**j for c, (i, j) in zip(BEND, BEND_TERMS, strict=True))
    return speed + speed * off * (r + (r - r * r) * off * ahead)


def _short_table(turbine: Turbine) -> tuple[np.ndarray, tuple[float, ...]] | None:
    """A short table and the scalars that go with it; None where the curve does not fit one."""
    speed, output = _without_calm(turbine)
    count = SHORT_SHAPE[1] * SHORT_SHAPE[2]
    first = int(np.floor(speed[0] * SHORT_PER_SPEED))
    edges = (first + np.arange(count)) / SHORT_PER_SPEED  # of all cells but the first, which is empty
    # A curve ends in a step, or on a line down to zero; before that it is flat from the last cell on.
    flat, down = output[-1], float(SUDDEN)
    if flat == 0:
        flat, down = output[-2], output[-2] / (speed[-1] - speed[-2])
        speed, output, end = speed[:-1], output[:-1], speed[-1]
    else:
        end = speed[-1] * (1 + 1e-6)
    if not np.all(output[speed > edges[-2]] == flat) or np.interp(edges[-2], speed, output) != flat:
        return None
    if (down < SUDDEN and speed[-1] < CORRECTION_SPEEDS[1]) or (output[0] > 0 and speed[0] != edges[0]):
        return None
    coefficients, error = _fit_cells(edges, speed, output)
    if error > SHORT_ERROR * turbine.output.max():
        return None
    table = np.zeros((SHORT_SHAPE[0], count), dtype=np.float32)
    table[:, 1:] = coefficients
    grid = (SHORT_PER_SPEED * SHRINK, first - 1, count - 0.5, turbine.output.max(), end * down, down)
    return table.reshape(SHORT_SHAPE), grid


def _fit_cells(edges: np.ndarray, speed: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, float]:
    """Coefficients by number and cell, and the largest error."""
    low, high = B_RANGE
    b = 0.5 * (low + high) + 0.5 * (high - low) * np.cos(np.pi * np.arange(FIT_POINTS[0]) / (FIT_POINTS[0] - 1))
    place = np.linspace(0.001, 0.999, FIT_POINTS[1])
    z = edges[:-1, None] + np.diff(edges)[:, None] * place
    k = (density_exponent(z) - CORRECTION_EXPONENTS[0]) / CORRECTION_EXPONENTS[0]
    at = z * b[:, None, None] ** -k
    exact = np.empty_like(at)
    for number, value in enumerate(b):
        corners = density_corrected_speed(speed, STANDARD_DENSITY * value**3) * value
        exact[number] = np.interp(at[number], corners, output)
    off = np.broadcast_to(b[:, None, None] - 1, at.shape)
    f = (standard_speed(at, b[:, None, None]) - edges[:-1, None]) / np.diff(edges)[:, None]
    terms = np.stack([np.ones_like(f), off, off**2, f, f * off, f * off**2, f**2 * off])
    found, error = np.empty((len(terms), len(z))), 0.0
    for cell in range(len(z)):
        matrix, wanted = terms[:, :, cell].reshape(len(terms), -1).T, exact[:, cell].ravel()
        found[:, cell] = np.linalg.lstsq(matrix, wanted, rcond=None)[0]
        error = max(error, float(np.abs(matrix @ found[:, cell] - wanted).max()))
    return found, error


def _without_calm(turbine: Turbine) -> tuple[np.ndarray, np.ndarray]:
    """Speeds and outputs of a curve without the zeros at its ends, except the last before it rises or falls."""
    some = np.flatnonzero(turbine.output)
    part = slice(max(some[0] - 1, 0), some[-1] + 2)
    return turbine.wind_speed[part], turbine.output[part]


def _long_table(turbine: Turbine) -> tuple[np.ndarray, tuple[float, ...]]:
    """A long table and the scalars that go with it."""
    per_speed = _cells_per_speed(turbine.wind_speed)
    cells = round(float(turbine.wind_speed[-1]) * per_speed)
    start, end = _ends_of_cells(turbine, per_speed, cells)
    peak, steepest = turbine.output.max(), max(np.abs(end - start).max(), 1e-9)
    rise = np.round((end - start) / steepest * (HALF - 1)).astype(np.int64)
    # The lower bits lie below the unit of the upper ones, so that both are read as one number: taken off here.
    upper = np.floor((start / peak * (HALF - 1) * 2 * HALF - rise) / (2 * HALF) + 0.5).astype(np.int64)
    entries = np.concatenate([np.zeros(LEVELS), upper * 2 * HALF + rise, [0]])
    table = entries.astype(np.int32) + np.int32(HALF)
    units = peak / ((HALF - 1) * 2 * HALF), steepest / (HALF - 1)
    table = np.append(table, np.zeros(2 ** int(np.ceil(np.log2(table.size))) - table.size, dtype=np.int32))
    return table, (per_speed * SHRINK, -1, cells + 1.5, peak, *units)


def _ends_of_cells(turbine: Turbine, per_speed: float, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact output just above the lower and just below the upper end of each cell and level, flat."""
    levels = LEVEL_RANGE[0] + (np.arange(LEVELS) + 0.5) * (LEVEL_RANGE[1] - LEVEL_RANGE[0]) / LEVELS
    fine = np.linspace(0, (cells + 1) / per_speed / min(LEVEL_RANGE), FINE_STEPS * cells)
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
    start, stop = (end - 1 for end in B_RANGE)
    return _fit(lambda off: 1 / (high / (1 + off) - low), start, stop, SCALE_DEGREE, 0.0)


def _bend() -> np.ndarray:
    """Coefficients of the terms that bring z of `standard_speed` within 1e-4 m/s."""
    low, high = CORRECTION_SPEEDS
    b, k = (grid.ravel() for grid in np.meshgrid(np.linspace(*B_RANGE, 51), np.linspace(0, 1, 51)))
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
    half = 0.5 * (stop - start)  # for a matrix of numbers about 1
    x = 0.5 * (start + stop) + half * nodes
    return np.linalg.solve(np.vander((x - centre) / half, increasing=True), function(x)) / half ** np.arange(degree + 1)


SCALE = _scale()
BEND = _bend()
_STANDARD_TEMP = STANDARD_PRESSURE / (STANDARD_DENSITY * GAS_CONSTANT)
TEMP_ROOT = _fit(lambda temp: np.cbrt(_STANDARD_TEMP / temp), *TEMP_RANGE, TEMP_DEGREE, TEMP_CENTRE)
PRESSURE_ROOT = _fit(
    lambda pressure: np.cbrt(pressure / STANDARD_PRESSURE) - 1, *PRESSURE_RANGE, PRESSURE_DEGREE, PRESSURE_CENTRE
).astype(np.float32)
