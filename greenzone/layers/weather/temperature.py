"""Hourly air temperature about its climate: the year's course, the day's course and the weather.

Comes in: annual mean and extremes, daily clearness, a standard normal field. Goes out: arrays `(hour, cell)` [degC].
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from greenzone.layers.weather.parameters import Parameters


def anomalies(normal: np.ndarray, ranks: np.ndarray, correlation: float) -> np.ndarray:
    """Normal daily anomalies `(day, cell)` of zero mean, correlated with the clearness of the day.

    `normal` is a standard normal field, `ranks` the ranks of the days' clearness; their mean over the whole period is
    taken out, so that the period keeps the climate's mean.
    """
    mixed = correlation * ndtri(ranks) + np.sqrt(1 - correlation**2) * normal
    return mixed - mixed.mean(0)


def through_the_day(daily: np.ndarray) -> np.ndarray:
    """Daily values `(day, cell)` at each hour `(hour, cell)`, straight from noon to noon; keeps their mean."""
    place = np.clip((np.arange(24 * len(daily)) + 0.5) / 24 - 0.5, 0, len(daily) - 1)
    before = np.minimum(place.astype(int), max(len(daily) - 2, 0))
    share = (place - before)[:, None]
    return daily[before] + share * (daily[np.minimum(before + 1, len(daily) - 1)] - daily[before])


def air_temperature(
    climate: tuple[np.ndarray, np.ndarray, np.ndarray],
    year_angle: np.ndarray,
    solar_hour: np.ndarray,
    anomaly: np.ndarray,
    clearness: np.ndarray,
    figures: Parameters,
) -> np.ndarray:
    """Air temperature `(hour, cell)` [degC].

    Parameters
    ----------
    climate : three arrays (cell,)
        Annual mean, lowest and highest temperature on record [degC]; the result stays between the last two.
    year_angle : array (hour,)
        2 pi times the part of the year gone by.
    solar_hour : array (hour, cell)
        Local mean solar time, 0-24.
    anomaly : array (hour, cell)
        Standard normal, the weather.
    clearness : array (hour, cell)
        Clearness of the days over its mean; clear days swing wider between night and noon.
    figures : Parameters
        Amplitudes over the range of the extremes, and phases.
    """
    mean, low, high = climate
    season = -figures.temp_season * np.cos(year_angle - 2 * np.pi * figures.temp_season_day / 365)
    first = np.cos(2 * np.pi * (solar_hour - figures.temp_diurnal_hour) / 24)
    second = np.cos(2 * np.pi * (solar_hour - figures.temp_second_hour) / 12)
    overcast = figures.temp_diurnal_overcast
    width = overcast + (1 - overcast) * clearness
    day = figures.temp_diurnal * width * (first + figures.temp_diurnal_second * second)
    return np.clip(mean + (high - low) * (season[:, None] + day + figures.temp_spread * anomaly), low, high)
