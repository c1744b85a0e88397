"""Wind climates as Weibull distributions: shape, expected output, extremes.

Comes in: mean speeds and shapes of sites, power curves. Goes out: capacity factors, power densities, 50-year winds.
All are pure functions on scalars and arrays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from greenzone.technologies.wind.model import Array, density_corrected_speed

NEWTON_STEPS = 12
TEN_MINUTES = 52_560  # in a year
INDEPENDENT_SHARE = 0.438  # of the ten-minute means of a year


def weibull_scale(mean: ArrayLike, k: ArrayLike) -> Array:
    """Scale of the Weibull distribution with a mean and a shape: mean / gamma(1 + 1/k). [m/s]"""
    return np.asarray(mean, dtype=float) / special.gamma(1 + 1 / np.asarray(k, dtype=float))


def weibull_shape(mean: ArrayLike, rms: ArrayLike) -> Array:
    """Shape of the Weibull distribution with a mean and a root mean square.

    Parameters
    ----------
    mean, rms : array_like
        Mean and root mean square of the wind speed. [m/s]

    Returns
    -------
    ndarray
        Shape k, from 0.5 to 20; NaN where an input is, or where the root mean square does not lie above the mean so
        that such a shape exists. [1]

    Notes
    -----
    Solves (rms / mean)^2 = gamma(1 + 2/k) / gamma(1 + 1/k)^2 by Newton's method in ln k, from the approximation
    k = (standard deviation / mean)^-1.086.

    References
    ----------
    Justus, C. G. et al. (1978), Journal of Applied Meteorology 17, 350-353.
    https://doi.org/10.1175/1520-0450(1978)017<0350:MFEWSF>2.0.CO;2
    """
    square = (np.asarray(rms, dtype=float) / np.asarray(mean, dtype=float)) ** 2
    bounds = np.exp(_log_square(np.array([20.0, 0.5])))
    valid = (square >= bounds[0] * (1 - 1e-9)) & (square <= bounds[1] * (1 + 1e-9))
    safe = np.where(valid, square, 1.25)
    k = np.clip(np.sqrt(safe - 1) ** -1.086, 0.5, 20.0)
    for _ in range(NEWTON_STEPS):
        slope = -2 / k * (special.digamma(1 + 2 / k) - special.digamma(1 + 1 / k))
        k = np.clip(k * np.exp(np.clip((np.log(safe) - _log_square(k)) / slope, -0.5, 0.5)), 0.5, 20.0)
    return np.where(valid, k, np.nan)


def _log_square(k: Array) -> Array:
    """ln of the mean square over the squared mean at a shape."""
    return special.gammaln(1 + 2 / k) - 2 * special.gammaln(1 + 1 / k)


def weibull_probability(wind_speed: ArrayLike, mean: ArrayLike, k: ArrayLike) -> Array:
    """Share of time with a wind speed at or below `wind_speed`. [1]"""
    shape = np.asarray(k, dtype=float)
    return -np.expm1(-((np.asarray(wind_speed, dtype=float) / weibull_scale(mean, shape)) ** shape))


def weibull_output(
    mean: ArrayLike, k: ArrayLike, curve_speed: ArrayLike, curve_output: ArrayLike, density: ArrayLike = 1.225
) -> Array:
    """Expected output of a power curve in a Weibull climate, in closed form.

    Parameters
    ----------
    mean, k : array_like
        Mean wind speed at hub height [m/s] and shape [1], broadcast together.
    curve_speed, curve_output : array_like, shape (n,)
        Points of the curve at 1.225 kg/m3, speeds ascending; output in any unit, kept.
    density : array_like
        Mean air density at the hub. [kg/m3]

    Returns
    -------
    ndarray
        Expected output, NaN where an input is.

    Notes
    -----
    On each straight piece of the (density-corrected) curve the integral of output times probability density needs
    only the distribution and its partial mean, scale gamma(1 + 1/k) P(1 + 1/k, (v / scale)^k), P the regularised lower
    incomplete gamma function.
    """
    mean_, shape, rho = np.broadcast_arrays(*(np.asarray(v, dtype=float)[..., None] for v in (mean, k, density)))
    values = np.asarray(curve_output, dtype=float)
    knots = density_corrected_speed(np.asarray(curve_speed, dtype=float), rho)
    power = (knots / weibull_scale(mean_, shape)) ** shape
    share = np.diff(-np.expm1(-power), axis=-1)
    speeds = mean_ * np.diff(special.gammainc(1 + 1 / shape, power), axis=-1)
    slope = np.diff(values) / np.diff(knots, axis=-1)
    mean = (slope * speeds + (values[:-1] - slope * knots[..., :-1]) * share).sum(-1)
    return np.clip(mean, values.min(), values.max())  # a mean of outputs, but for rounding


def weibull_power_density(mean: ArrayLike, k: ArrayLike, density: ArrayLike = 1.225) -> Array:
    """Mean kinetic power in the wind per area across it, density scale^3 gamma(1 + 3/k) / 2. [W/m2]"""
    shape = np.asarray(k, dtype=float)
    cube = weibull_scale(mean, shape) ** 3 * special.gamma(1 + 3 / shape)
    return 0.5 * np.asarray(density, dtype=float) * cube


def extreme_speed(mean: ArrayLike, k: ArrayLike, years: float = 50.0) -> Array:
    """Ten-minute mean wind speed that is exceeded once in some years, from the Weibull climate.

    Parameters
    ----------
    mean, k : array_like
        Mean wind speed [m/s] and Weibull shape [1].
    years : float
        Recurrence period, above 1. [a]

    Returns
    -------
    ndarray
        Extreme ten-minute mean, NaN where an input is. [m/s]

    Notes
    -----
    Of the 52,560 ten-minute means of a year 0.438 are taken as independent; the year's highest then follows the
    distribution to the power 23,021, of which the quantile 1 - 1/years is taken. At k = 1.77 the 50-year wind is five
    times the mean, as IEC 61400-1 has it.

    References
    ----------
    Bergstroem, H. (1992), Distribution of extreme wind speed, Wind Energy Report WE 92:2, Uppsala University;
    European Wind Turbine Standards II (1998), ECN-C--99-073, part 1.
    """
    shape = np.asarray(k, dtype=float)
    count = INDEPENDENT_SHARE * TEN_MINUTES
    exceeded = -np.expm1(np.log1p(-1 / years) / count)
    return weibull_scale(mean, shape) * (-np.log(exceeded)) ** (1 / shape)
