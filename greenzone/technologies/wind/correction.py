"""The density correction of power curves as polynomials, which kernels work out without logarithms, roots or divisions.

With b = (density / 1.225)^(1/3), a point of the curve up to 7.5 m/s counts at v b = z, from 12.5 m/s at v b^2 = z,
between at v b^(1 + k) = z with k rising from 0 to 1. `standard_speed` gives z from s = v b, so that the corners of the
corrected curve stand at the same z in air of any density; `density_terms` give b from temperature.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from greenzone.technologies.wind.model import CORRECTION_SPEEDS, GAS_CONSTANT, STANDARD_DENSITY, STANDARD_PRESSURE

# K and Pa for which b is made, and about which; -55 to 55 degC, up to 6,500 m. Errors 3e-7
TEMP_RANGE, TEMP_CENTRE, TEMP_DEGREE = (218.0, 328.0), 273.15, 5
PRESSURE_RANGE, PRESSURE_CENTRE, PRESSURE_DEGREE = (45_000.0, 109_000.0), 75_000.0, 7
FIT_ROUNDS = 4  # in which points that err most gain weight
B_RANGE = 0.83, 1.07  # for which the polynomials in it are made: 0.70 to 1.50 kg/m3
SCALE_DEGREE = 3  # of d in b - 1, see `_scale`
BEND_TERMS = ((0, 0), (0, 1), (0, 2), (1, 1), (2, 1))  # powers of r and of b - 1, see `_bend`


def density_terms(temp_add: ArrayLike, pressure: ArrayLike) -> list[np.ndarray]:
    """Coefficients of b - 1 in a temperature [degC] to which something is added [K], at a pressure [Pa]."""
    add, factor = np.asarray(temp_add, dtype=float), np.cbrt(np.asarray(pressure, dtype=float) / STANDARD_PRESSURE)
    powers = range(TEMP_DEGREE + 1)
    moved = [sum(comb(j, k) * TEMP_ROOT[j] * add ** (j - k) for j in powers if j >= k) for k in powers]
    return [factor * terms - (k == 0) for k, terms in enumerate(moved)]


def standard_speed(speed: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Standard speed z [m/s] of s = v b [m/s] in air with that b; the kernels' formula, in double precision.

    With r = (s - 7.5 m/s) d, cut to 0 and 1, and K = r + (r - r^2) (terms in r and b - 1): z = s + s (b - 1) K. It
    lies up to 2e-4 m/s from the exact one.
    """
    off = b - 1
    r = np.clip((speed - CORRECTION_SPEEDS[0]) * np.polynomial.polynomial.polyval(off, SCALE), 0, 1)
    ahead = sum(c * r**i * off**j for c, (i, j) in zip(BEND, BEND_TERMS, strict=True))
    return speed + speed * off * (r + (r - r * r) * off * ahead)


def least_errors(matrix: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Coefficients of the columns of a matrix such that the largest error is small: points that err gain weight."""
    weight = np.ones_like(wanted)
    for _ in range(FIT_ROUNDS):
        found = np.linalg.lstsq(matrix * weight[:, None], wanted * weight, rcond=None)[0]
        error = np.abs(matrix @ found - wanted)
        weight *= np.sqrt(error / max(error.max(), 1e-12) + 0.05)
    return found


def _scale() -> np.ndarray:
    """Coefficients in b - 1 of d, which makes r = (s - 7.5 m/s) d run from 0 to 1 where k does; s in m/s.

    What d errs by counts times b - 1.
    """
    low, high = CORRECTION_SPEEDS
    off = np.linspace(B_RANGE[0] - 1, B_RANGE[1] - 1, 401)
    inverse = high / (1 + off) - low
    weight = np.abs(off) * inverse
    powers = off[:, None] ** np.arange(SCALE_DEGREE + 1)
    return least_errors(powers * weight[:, None], weight / inverse)


def _bend() -> np.ndarray:
    """Coefficients of the terms that bring z of `standard_speed` near the exact one."""
    low, high = CORRECTION_SPEEDS
    b, k = (grid.ravel() for grid in np.meshgrid(np.linspace(*B_RANGE, 51), np.linspace(0, 1, 51)))
    z = low + (high - low) * k
    s, off = z * b**-k, b - 1
    r = np.clip((s - low) * np.polynomial.polynomial.polyval(off, SCALE), 0, 1)
    columns = np.stack([r**i * off**j for i, j in BEND_TERMS]) * (s * off**2 * (r - r * r))
    return least_errors(columns.T, z - s - s * off * r)


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
