"""A power curve prepared for the kernels: sums of ramps instead of a table.

Comes in: speeds and outputs of a curve. Goes out: `Curve`, coefficients from which `kernel.curve_block` gives the
density-corrected output without table look-ups, logarithms, roots or divisions, which do not vectorise.

With b = (density / 1.225)^(1/3), a speed v stands for the standard speed v b where the exponent of the correction is
1/3 and for w = v b^2 where it is 2/3. The intervals of the curve below 7.5 m/s are ramps in v b, those above
12.5 m/s ramps in w. Between, the knot v_j stands at w = v_j b^(1 - e_j), with e_j rising from 0 to 1: a short
polynomial in b, as is the inverse width of an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from greenzone.technologies.wind.model import CORRECTION_SPEEDS
from greenzone.technologies.wind.turbines import Turbine

DENSITY_RATIO = (0.82, 1.73)  # range of 1.225 / density the polynomials are made for: 0.71 to 1.49 kg/m3
ROOT_CENTRE = 1.25
ROOT_DEGREE = 7  # of b in 1.225 / density - ROOT_CENTRE: error 1e-6
END_DEGREE = 3  # of the first and last knot in b - 1: error 2e-5 m/s
KNOT_DEGREE = 2  # of a knot in b - 1: error 4e-4 m/s
WIDTH_DEGREE = 3  # of an inverse width in b - 1: error 5e-4 of it


class Curve(NamedTuple):
    """Coefficients of a power curve, float32.

    Attributes
    ----------
    low, high : ndarray, shape (n, 2)
        Ramps in v b and in w, an even number: knot [m/s] and change of slope there [s/m].
    zone : ndarray, shape (m, 9)
        Intervals between: standard speed at the lower end, 3 coefficients of the knot there, 4 of the slope, rise.
    ends : ndarray, shape (2, 5)
        First and last speed of the curve (below and above: no output), each with the coefficients of its knot.
    scalars : ndarray, shape (4,)
        Output at the first speed, speed where `low` ends, speed from which output may fall or stop, highest output.
    root : ndarray, shape (8,)
        b as a polynomial in 1.225 / density - 1.25.
    """

    low: np.ndarray
    zone: np.ndarray
    high: np.ndarray
    ends: np.ndarray
    scalars: np.ndarray
    root: np.ndarray


def prepare_curve(turbine: Turbine) -> Curve:
    """The coefficients of a turbine's power curve; largest error 5e-5 of nominal power against the exact correction."""
    speed, output = turbine.wind_speed, turbine.output
    below, above = CORRECTION_SPEEDS
    first = max(int(np.searchsorted(speed, below, "right")) - 1, 0)
    last = min(int(np.searchsorted(speed, above, "left")), speed.size - 1)
    low = _ramps(speed[: first + 1], output[: first + 1])
    high = _ramps(speed[last:], output[last:])
    zone = [_interval(speed[j : j + 2], output[j : j + 2]) for j in range(first, last) if output[j] != output[j + 1]]
    ends = [[end, *_polynomial(_knot(end), END_DEGREE)] for end in (speed[0], speed[-1])]
    falling = speed[:-1][np.diff(output) < 0].min(initial=speed[-1])
    root = _fit(lambda ratio: ratio ** (-1 / 3), *DENSITY_RATIO, ROOT_DEGREE, ROOT_CENTRE)
    return Curve(
        low,
        np.array(zone, dtype=np.float32).reshape(-1, 4 + KNOT_DEGREE + WIDTH_DEGREE),
        high,
        np.array(ends, dtype=np.float32),
        np.array(
            [output[0], speed[first], min(speed[last], falling), output.max()],
            dtype=np.float32,
        ),
        root.astype(np.float32),
    )


def _ramps(speed: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Knots and changes of slope of the line through some points, where the slope does change."""
    if speed.size < 2:
        return np.zeros((0, 2), dtype=np.float32)
    change = np.diff(np.diff(output) / np.diff(speed), prepend=0.0)
    keep = np.abs(change) > 1e-12
    ramps = np.column_stack([speed[:-1][keep], change[keep]])
    if len(ramps) % 2:  # the kernel takes two at a time
        ramps = np.vstack([ramps, [ramps[-1, 0], 0.0]])
    return ramps.astype(np.float32)


def _interval(speed: np.ndarray, output: np.ndarray) -> list[float]:
    """One row of `Curve.zone`."""
    left, right, rise = _knot(speed[0]), _knot(speed[1]), output[1] - output[0]
    slope = _polynomial(lambda b: rise / (right(b) - left(b)), WIDTH_DEGREE)
    return [speed[0], *_polynomial(left, KNOT_DEGREE), *slope, rise]


def _knot(speed: float) -> Callable[[np.ndarray], np.ndarray]:
    """Where the knot at a standard speed stands on the scale w, as a function of b."""
    exponent = 1 - np.interp(speed, CORRECTION_SPEEDS, (0.0, 1.0))
    return lambda b: speed * b**exponent


def _polynomial(function: Callable[[np.ndarray], np.ndarray], degree: int) -> np.ndarray:
    """Coefficients in b - 1, constant first, over the range of densities."""
    return _fit(function, DENSITY_RATIO[1] ** (-1 / 3), DENSITY_RATIO[0] ** (-1 / 3), degree, 1.0)


def _fit(
    function: Callable[[np.ndarray], np.ndarray], start: float, stop: float, degree: int, centre: float
) -> np.ndarray:
    """Coefficients in x - centre of the polynomial through the Chebyshev nodes of [start, stop]."""
    nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    x = 0.5 * (start + stop) + 0.5 * (stop - start) * nodes
    return np.linalg.solve(np.vander(x - centre, increasing=True), function(x))
