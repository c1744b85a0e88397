"""Hourly wind from its Weibull distribution, a standard normal field and the courses of year and day.

Comes in: mean and shape per cell. Goes out: wind speed `(hour, cell)` [m s-1].
"""

from __future__ import annotations

import numpy as np
from scipy.special import gamma, ndtr

from greenzone.layers.weather.parameters import Parameters


def wind_speed(
    normal: np.ndarray,
    mean: np.ndarray,
    shape: np.ndarray,
    year_angle: np.ndarray,
    solar_hour: np.ndarray,
    figures: Parameters,
) -> np.ndarray:
    """Wind speed `(hour, cell)` [m s-1] with a given mean and Weibull shape `(cell,)`."""
    season = figures.wind_season * np.cos(year_angle - 2 * np.pi * figures.wind_season_day / 365)
    day = figures.wind_diurnal * np.cos(2 * np.pi * (solar_hour - figures.wind_diurnal_hour) / 24)
    weibull = (-np.log(ndtr(-normal))) ** (1 / shape) / gamma(1 + 1 / shape)
    return mean * weibull * (1 + season[:, None]) * (1 + day)
