"""A power curve prepared for the kernels: a table over the standard speed of `correction.py`, b, and a few numbers.

Comes in: speeds and outputs of a curve. Goes out: `Curve`. The corners of a curve stand at the same standard speed in
air of any density: at edges of the table's cells. What the curve does inside a cell depends on b too, a little. Short
tables of wide cells, which stay in the registers of a processor with AVX-512, have it as a polynomial in b and the
place within the cell; most curves fit one. A long table has it for `LEVELS` values of b. Air thinner than 0.58 or
denser than 1.77 kg/m3, as above 6,000 m or below -70 degC, is off them: values there are those of a neighbouring cell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from greenzone.simd import HAS_AVX512
from greenzone.technologies.wind.correction import B_RANGE, BEND, PRESSURE_ROOT, SCALE, least_errors, standard_speed
from greenzone.technologies.wind.model import (
    CORRECTION_EXPONENTS,
    CORRECTION_SPEEDS,
    STANDARD_DENSITY,
    density_corrected_speed,
    density_exponent,
    output_on_curve,
)
from greenzone.technologies.wind.turbines import Turbine

CELLS_PER_SPEED = (8, 10, 20, 40, 100)  # of a long table: the first that puts all corners at edges of cells
FINE_CELLS = 100  # per m/s, where none does
FINE_STEPS = 5  # per cell, to turn `standard_speed` round
LEVELS = 2**8  # values of b in a long table: the nearest is at most 0.0007 away
LEVEL_RANGE = 0.78, 1.13
HALF = 2**15
SHORT_PER_SPEED = 2  # cells per m/s of a short table
SHORT_CELLS = (2, 16)  # as `simd.look_up` has them
SHORT_ERROR = 5e-5  # of nominal power: where a short table errs by more, another is made
FIT_POINTS = 41, 7  # of b and within a cell, for a short table
BOUND_POINTS = np.linspace(0, 1, 33), np.linspace(-0.25, 0.15, 9)  # of f and b - 1, at which an output keeps its limits
ROUNDING = 3e-7  # of nominal power, of a short table's polynomials
SHRINK = 1 - 2e-7  # of z, for a speed at the very end of the curve to belong to it

Basis = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of a speed and b - 1: the terms of a cell's polynomial


class EdgeTable(NamedTuple):
    """A short table of a curve with a corner at every edge of its cells.

    With the place f within the cell, from 0 to 1, and off = b - 1 the output is c0 + c1 f + c2 off (f - f^2). The
    first cell lies below the curve, the last one in its flat part.

    Attributes
    ----------
    cells : ndarray of float32, shape (3, 2, 16)
        Those coefficients of each cell.
    grid : ndarray of float32, shape (5,)
        Cells per m/s; number of cells below the first; middles of the first and of the last cell, speed beyond which
        the turbine stands still [m/s].
    line : two float32, or None
        Where a curve ends on a straight line instead of a step: its output at 0 m/s and its fall per m/s.
    """

    cells: np.ndarray
    grid: np.ndarray
    line: tuple[np.float32, np.float32] | None


class CornerTable(NamedTuple):
    """A short table of a curve with a corner at one edge of each cell at least; else as `EdgeTable`.

    With g the standard speed less that of the corner the output is c0 + g (c1 + off (c2 + c3 off + c4 g)).

    Attributes
    ----------
    cells : ndarray of float32, shape (6, 2, 16)
        Those coefficients of each cell, and its corner [m/s].
    grid, line
        As in `EdgeTable`.
    """

    cells: np.ndarray
    grid: np.ndarray
    line: tuple[np.float32, np.float32] | None


class LongTable(NamedTuple):
    """A table of a curve of any shape, in narrow cells and levels of b.

    Attributes
    ----------
    entries : ndarray of int32, shape (cells * LEVELS + 1,) and then zeros up to 2^n
        By cell and level, output at the cell's lower end in the upper half of the bits, rise across the cell in the
        lower half, in the units of `grid`, and HALF on top, so that the lower half is never negative; the last entry
        stands for all speeds beyond the curve.
    grid : ndarray of float32, shape (7,)
        Cells per m/s; number of cells below the first; middles of the first and of the last cell [m/s]; highest
        output; outputs per unit of the entries and of the rise.
    """

    entries: np.ndarray
    grid: np.ndarray


class Curve(NamedTuple):
    """What the kernels know of a power curve.

    Attributes
    ----------
    table : EdgeTable, CornerTable or LongTable
        Output by standard speed and b.
    standard_speed : ndarray of float32, shape (10,)
        Where k starts [m/s], 4 coefficients of d, 5 of the bend of k.
    pressure_root : ndarray of float32, shape (8,)
        Cube root of pressure over the standard one, less 1, as polynomial in pressure - PRESSURE_CENTRE.
    """

    table: EdgeTable | CornerTable | LongTable
    standard_speed: np.ndarray
    pressure_root: np.ndarray


@lru_cache(maxsize=32)
def prepare_curve(turbine: Turbine, *, short: bool = HAS_AVX512) -> Curve:
    """The table of a turbine's power curve.

    Against the exact correction it errs by at most 1e-4 of nominal power; a long table of a curve with corners more
    than 1 m/s apart by 3e-4; and by more where a curve rises by more than 0.25 per m/s, which none of the library does.

    A short one if `short` and if the curve's shape allows it.
    """
    table = (short and _short_table(turbine)) or _long_table(turbine)
    scalars = np.array([CORRECTION_SPEEDS[0], *SCALE, *BEND], dtype=np.float32)
    return Curve(table, scalars, PRESSURE_ROOT)


def _short_table(turbine: Turbine) -> EdgeTable | CornerTable | None:
    """The shortest table that a curve fits; None where it fits none."""
    speed, output = _without_calm(turbine)
    count = SHORT_CELLS[0] * SHORT_CELLS[1]
    first = int(np.floor(speed[0] * SHORT_PER_SPEED))
    edges = (first + np.arange(count)) / SHORT_PER_SPEED  # of all cells but the first, which is empty
    # A curve ends in a step, or on a line down to zero; before that it is flat from the last cell on.
    flat, end, line = output[-1], speed[-1] * (1 + 1e-6), None
    if flat == 0:
        flat, fall = output[-2], output[-2] / (speed[-1] - speed[-2])
        line = np.float32(speed[-1] * fall), np.float32(fall)
        speed, output = speed[:-1], output[:-1]
    if not np.all(output[speed > edges[-2]] == flat) or np.interp(edges[-2], speed, output) != flat:
        return None
    if (line is not None and speed[-1] < CORRECTION_SPEEDS[1]) or (output[0] > 0 and speed[0] != edges[0]):
        return None
    if first == 0:  # no cell lies below, and numbers of cells would not be exact
        return None
    middles = (first - 0.5) / SHORT_PER_SPEED, (first + count - 1.5) / SHORT_PER_SPEED
    grid = np.array([SHORT_PER_SPEED * SHRINK, first - 1, *middles, end], dtype=np.float32)
    points, peak = _within_cells(edges, speed, output), float(turbine.output.max())
    cells = _fit_cells(points, edges, edges[:-1], _edge_terms, peak)
    if cells is not None:
        return EdgeTable(_with_empty_cell(cells), grid, line)
    corners = np.where(np.isin(edges[1:], speed), edges[1:], edges[:-1])
    cells = _fit_cells(points, edges, corners, _corner_terms, peak)
    return None if cells is None else CornerTable(_with_empty_cell(np.vstack([cells, corners])), grid, line)


def _with_empty_cell(cells: np.ndarray) -> np.ndarray:
    """Cells of a short table with one before the first."""
    return np.concatenate([np.zeros((len(cells), 1)), cells], axis=1).astype(np.float32).reshape(-1, *SHORT_CELLS)


def _edge_terms(g: np.ndarray, off: np.ndarray) -> np.ndarray:
    """What the coefficients of an `EdgeTable` are multiplied with, in the speed above the lower edge."""
    f = g * SHORT_PER_SPEED
    return np.stack([np.ones_like(f), f, off * (f - f**2)])


def _corner_terms(g: np.ndarray, off: np.ndarray) -> np.ndarray:
    """What the coefficients of a `CornerTable` are multiplied with, in the speed above the corner."""
    return np.stack([np.ones_like(g), g, g * off, g * off**2, g**2 * off])


def _within_cells(edges: np.ndarray, speed: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, ...]:
    """Standard speed as the kernels find it, b - 1 and exact output of points in all cells: arrays (b, cell, place)."""
    low, high = B_RANGE
    b = 0.5 * (low + high) + 0.5 * (high - low) * np.cos(np.pi * np.arange(FIT_POINTS[0]) / (FIT_POINTS[0] - 1))
    place = np.linspace(0.001, 0.999, FIT_POINTS[1])
    exact_z = edges[:-1, None] + np.diff(edges)[:, None] * place
    k = (density_exponent(exact_z) - CORRECTION_EXPONENTS[0]) / CORRECTION_EXPONENTS[0]
    at = exact_z * b[:, None, None] ** -k
    exact = np.empty_like(at)
    for number, value in enumerate(b):
        corners = density_corrected_speed(speed, STANDARD_DENSITY * value**3) * value
        exact[number] = np.interp(at[number], corners, output)
    return standard_speed(at, b[:, None, None]), np.broadcast_to(b[:, None, None] - 1, at.shape), exact


def _fit_cells(
    points: tuple[np.ndarray, ...],
    edges: np.ndarray,
    origins: np.ndarray,
    basis: Basis,
    peak: float,
) -> np.ndarray | None:
    """Coefficients by number and cell of terms in speed above an origin; None where they miss the curve by too much."""
    z, off, exact = points
    inside, beside = np.meshgrid(*BOUND_POINTS)
    found = np.zeros((len(basis(z[0, 0], off[0, 0])), len(origins)))
    for cell, origin in enumerate(origins):
        wanted = exact[:, cell].ravel()
        if np.ptp(wanted) == 0:
            found[0, cell] = wanted[0]
            continue
        matrix = basis(z[:, cell].ravel() - origin, off[:, cell].ravel()).T
        found[:, cell] = least_errors(matrix, wanted)
        there = np.tensordot(found[:, cell], basis(edges[cell] - origin + inside / SHORT_PER_SPEED, beside), 1)
        found[0, cell] += max(ROUNDING - there.min(), 0)
        found[0, cell] -= max(there.max() + ROUNDING - peak, 0)
        if np.abs(matrix @ found[:, cell] - wanted).max() > SHORT_ERROR * peak:
            return None
    return found


def _without_calm(turbine: Turbine) -> tuple[np.ndarray, np.ndarray]:
    """Speeds and outputs of a curve without the zeros at its ends, except the last before it rises or falls."""
    some = np.flatnonzero(turbine.output)
    part = slice(max(some[0] - 1, 0), some[-1] + 2)
    return turbine.wind_speed[part], turbine.output[part]


def _long_table(turbine: Turbine) -> LongTable:
    """A table of narrow cells, for any curve."""
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
    middles = -0.5 / per_speed, (cells + 0.5) / per_speed
    return LongTable(table, np.array([per_speed * SHRINK, -1, *middles, peak, *units], dtype=np.float32))


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
