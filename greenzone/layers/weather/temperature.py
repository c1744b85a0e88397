"""Hourly air temperature about its climate: the year's course, the day's course and the weather.

Comes in: annual mean and extremes, daily clearness, a standard normal field. Goes out: arrays `(hour, cell)` [degC].
"""

from __future__ import annotations

import numpy as np

from greenzone.layers.weather.parameters import Parameters


def anomalies(noise: np.ndarray, ranks: np.ndarray, correlation: float) -> np.ndarray:
    """Standard normal daily anomalies `(day, cell)` with a given correlation with the clearness of the day."""
    from scipy.special import ndtri

    return correlation * ndtri(ranks) + np.sqrt(1 - correlation**2) * noise


def air_temperature(
    mean: np.ndarray,
    extremes: tuple[np.ndarray, np.ndarray],
    year_angle: np.ndarray,
    solar_hour: np.ndarray,
    anomaly: np.ndarray,
    clearness: np.ndarray,
    figures: Parameters,
) -> np.ndarray:
    """Air temperature `(hour, cell)` [degC].

    Parameters
    ----------
    mean : array (cell,)
        Annual mean [degC].
    extremes : (array (cell,), array (cell,))
        Lowest and highest temperature on record [degC]; the result stays between them.
    year_angle : array (hour,)
        2 pi times the part of the year gone by.
    solar_hour : array (hour, cell)
        Local mean solar time, 0-24.
    anomaly : array (day, cell)
        Standard normal, the day's weather.
    clearness : array (day, cell)
        Clear days swing wider between night and noon.
    figures : Parameters
        Amplitudes over the range of the extremes, and phases.
    """
    low, high = extremes
    swing = high - low
    season = -figures.temp_season * np.cos(year_angle - 2 * np.pi * figures.temp_season_day / 365)
    day = np.cos(2 * np.pi * (solar_hour - figures.temp_diurnal_hour) / 24)
    width = figures.temp_diurnal * (0.4 + 0.8 * np.repeat(clearness, 24, axis=0))
    value = mean + swing * (season[:, None] + width * day + figures.temp_spread * np.repeat(anomaly, 24, axis=0))
    return np.clip(value, low, high)
