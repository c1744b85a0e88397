"""Hourly wind from its Weibull distribution, a standard normal field and the courses of year and day.

Comes in: mean and shape per cell. Goes out: wind speed `(hour, cell)` [m s-1].
"""

from __future__ import annotations

import numpy as np
from scipy.special import gamma, ndtr

from greenzone.layers.weather.parameters import Parameters


def course(elevation: np.ndarray, year_angle: np.ndarray, solar_hour: np.ndarray, figures: Parameters) -> np.ndarray:
    """Expected wind of each hour over the annual mean `(hour, cell)`.

    Breezes make valleys windiest on summer afternoons; ridges stand in the upper wind, strongest in winter and at
    night. Cells in between have a mixture of both, down to none.
    """
    height = (elevation - figures.wind_valley_top) / (figures.wind_ridge_foot - figures.wind_valley_top)
    valley = 1 - 2 * np.clip(height, 0, 1)
    season = figures.wind_season * np.cos(year_angle - 2 * np.pi * figures.wind_season_day / 365)
    day = figures.wind_diurnal * np.cos(2 * np.pi * (solar_hour - figures.wind_diurnal_hour) / 24)
    return (1 + valley * season[:, None]) * (1 + valley * day)


def weibull_quantile(normal: np.ndarray, mean: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Wind speed [m s-1] at the probability of a standard normal value, by mean and Weibull shape `(cell,)`."""
    return mean * (-np.log(ndtr(-normal))) ** (1 / shape) / gamma(1 + 1 / shape)


def standardised(normal: np.ndarray) -> np.ndarray:
    """The field with zero mean and unit spread over the whole period in every cell: a typical period."""
    centred = normal - normal.mean(0)
    return centred / np.sqrt((centred**2).mean(0))


def mean_from_rms(rms: np.ndarray, shape: np.ndarray, rise: float) -> np.ndarray:
    """Mean wind aloft [m s-1] from the root mean square near the ground and the `rise` of wind between the two."""
    return rms * rise * gamma(1 + 1 / shape) / np.sqrt(gamma(1 + 2 / shape))
