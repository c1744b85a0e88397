"""Smooth fits that stand in the kernels for models with powers, logarithms or tables.

In come pvlib's own functions; out go coefficients, and how far the fit is off at its worst.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pvlib

from greenzone.technologies.solar import parts

SAMPLES = 2001


def rational(x: np.ndarray, y: np.ndarray, above: int, below: int) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of P(x) / Q(x), lowest power first, of degrees `above` and `below`, near the least largest error.

    The linearised problem is solved again and again with weights that turn its residual into the true one and then
    lean on the worst points (Lawson's method).
    """
    powers_above, powers_below = x[:, None] ** np.arange(above + 1), x[:, None] ** np.arange(1, below + 1)
    system = np.hstack([powers_above, -y[:, None] * powers_below])
    weight, divisor, best = np.full(x.size, 1.0 / x.size), np.ones(x.size), (np.inf, np.zeros(above + below + 1))
    for _ in range(60):
        scale = np.sqrt(weight) / np.abs(divisor)
        found = np.linalg.lstsq(system * scale[:, None], y * scale, rcond=None)[0]
        divisor = 1.0 + powers_below @ found[above + 1 :]
        error = np.abs(powers_above @ found[: above + 1] / divisor - y)
        if error.max() < best[0]:
            best = (float(error.max()), found)
        weight = weight * (error + 0.1 * error.max() + 1e-300)
        weight /= weight.sum()
    return best[1][: above + 1], np.append(1.0, best[1][above + 1 :])


def fitted_iam(modifier: Callable[[np.ndarray], np.ndarray]) -> tuple[parts.RationalIam, float]:
    """The kernel's form of an incidence-angle modifier, a function of the angle [degrees], and its largest error."""
    cosine = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, SAMPLES))
    wanted = modifier(np.degrees(np.arccos(cosine)))
    above, below = rational(cosine, wanted, 4, 3)
    fit = parts.RationalIam(*(np.float32(value) for value in (*above, *below)))
    powers = cosine[:, None] ** np.arange(5)
    error = np.abs(powers @ np.array(fit[:5], float) / (powers[:, :4] @ np.array(fit[5:], float)) - wanted).max()
    return fit, float(error)


@cache
def physical_iam(n: float = 1.526, glazing_extinction: float = 4.0, thickness: float = 0.002) -> parts.RationalIam:
    """Air-glass reflection and absorption: De Soto et al. (2006), doi:10.1016/j.solener.2005.06.010."""
    return fitted_iam(lambda aoi: pvlib.iam.physical(aoi, n=n, K=glazing_extinction, L=thickness))[0]


def ashrae_iam(b: float = 0.05) -> parts.RationalIam:
    """1 - b (1 / cos(aoi) - 1), not below zero: ASHRAE 93-77; exact in the kernel's form."""
    least = 1e-6  # keeps 0 / 0 away where the sun is in the plane of the panel; the clip at zero follows anyway
    return parts.RationalIam(*(np.float32(value) for value in (-b, 1.0 + b, 0, 0, 0, least, 1, 0, 0)))


def no_iam() -> parts.RationalIam:
    """Nothing lost at any angle."""
    return parts.RationalIam(*(np.float32(value) for value in (1, 0, 0, 0, 0, 1, 0, 0, 0)))
