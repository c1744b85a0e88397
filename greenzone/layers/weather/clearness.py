"""How much of the clear sky reaches the ground: by month, by day, by hour.

Comes in: climatology and standard normal fields. Goes out: clearness (irradiance over clear-sky irradiance) as arrays.
"""

from __future__ import annotations

import numpy as np

BISECTIONS = 50


def smooth_turbidity(monthly: np.ndarray, year_angle: np.ndarray) -> np.ndarray:
    """Linke turbidity `(step, cell)` as the mean and first yearly harmonic of its monthly values `(12, cell)`.

    The source jumps between neighbouring months by more than the air does; a clear sky drawn from the raw values
    lies up to a quarter below what is measured on the clearest days. `year_angle` is 2 pi times the part of the
    year gone by, `(step,)`.
    """
    return harmonic(monthly, year_angle)


def harmonic(monthly: np.ndarray, year_angle: np.ndarray) -> np.ndarray:
    """Mean and first yearly harmonic of monthly values `(12, ...)`, evaluated at `year_angle` `(step,)`."""
    angle = 2 * np.pi * (np.arange(12) + 0.5) / 12
    flat = monthly.reshape(12, -1).astype(float)
    mean = flat.mean(0)
    # Element by element, so that the sum over months is the same whatever the number of cells.
    cosine = sum(np.cos(a) * row for a, row in zip(angle, flat, strict=True)) / 6
    sine = sum(np.sin(a) * row for a, row in zip(angle, flat, strict=True)) / 6
    wave = mean + np.cos(year_angle)[:, None] * cosine + np.sin(year_angle)[:, None] * sine
    return wave.reshape(-1, *monthly.shape[1:])


def bisect(function: object, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where a falling `function` of arrays passes zero, between `low` and `high`, element by element."""
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        above = function(middle) > 0  # type: ignore[operator]
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2


def monthly_clearness(clear_ratio: np.ndarray, clear_sky: np.ndarray, annual: np.ndarray) -> np.ndarray:
    """Mean clearness of each month `(12, cell)`.

    A day without clouds stands above its month's mean by as much as the month is cloudy, so the inverse of the high
    quantile of daily over monthly irradiation has the shape of the monthly clearness. Its first yearly harmonic is
    taken (nine years' months are noisy), raised to the power that gives the annual irradiation.

    Parameters
    ----------
    clear_ratio : array (12, cell)
        High quantile of daily over monthly mean irradiation.
    clear_sky : array (12, cell)
        Clear-sky irradiation of each month, any unit.
    annual : array (cell,)
        Irradiation of the year, same unit.
    """
    angle = 2 * np.pi * (np.arange(12) + 0.5) / 12
    shape = np.minimum(harmonic(1 / clear_ratio, angle), 0.98)

    def surplus(power: np.ndarray) -> np.ndarray:
        return (shape**power * clear_sky).sum(0) - annual

    power = bisect(surplus, np.full(annual.shape, -1.0), np.full(annual.shape, 8.0))
    return shape**power


def typical_ranks(normal: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Ranks in (0, 1) of days within all days of the same calendar month, per cell.

    With ranks instead of probabilities the days of a month carry its whole distribution and so its mean: one year
    is a typical year, several differ among each other and are typical together.
    """
    ranks = np.empty_like(normal)
    for each in np.unique(month):
        days = np.flatnonzero(month == each)
        ranks[days] = (normal[days].argsort(0).argsort(0) + 0.5) / days.size
    return ranks


def daily_clearness(
    ranks: np.ndarray,
    month: np.ndarray,
    ratio: np.ndarray,
    mean: np.ndarray,
    limits: tuple[float, float],
    knee: float,
) -> np.ndarray:
    """Clearness of each day `(day, cell)`.

    Parameters
    ----------
    ranks : array (day, cell)
        Between 0 and 1.
    month : array (day,)
        0 to 11.
    ratio : array (12, quantile, cell)
        Daily over monthly mean irradiation at evenly spaced quantiles from 0 to 1.
    mean : array (12, cell)
        Mean clearness of the month.
    limits : (float, float)
        Lowest and highest clearness.
    knee : float
        How sharply the highest is approached.
    """
    low, high = limits

    def bounded(scale: np.ndarray) -> np.ndarray:
        scaled = np.maximum(ratio * scale[:, None], low)
        return (scaled**-knee + high**-knee) ** (-1 / knee)

    # Trapezoids: the mean of a quantile function over its probabilities.
    weights = np.full(ratio.shape[1], 1 / (ratio.shape[1] - 1))
    weights[[0, -1]] /= 2

    def shortfall(scale: np.ndarray) -> np.ndarray:
        return mean - (bounded(scale) * weights[:, None]).sum(1)

    scale = bisect(shortfall, np.zeros(mean.shape), np.full(mean.shape, 5.0))
    return interpolate(bounded(scale), ranks, month)


def interpolate(quantiles: np.ndarray, ranks: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Values at `ranks` `(day, cell)` of quantile functions `(12, quantile, cell)` on an even grid from 0 to 1."""
    place = ranks * (quantiles.shape[1] - 1)
    below = np.minimum(place.astype(int), quantiles.shape[1] - 2)
    cell = np.arange(ranks.shape[1])
    lower, upper = quantiles[month[:, None], below, cell], quantiles[month[:, None], below + 1, cell]
    return lower + (place - below) * (upper - lower)


def hourly_clearness(daily: np.ndarray, clear_sky: np.ndarray, noise: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Irradiance of each hour `(hour, cell)` [W m-2] whose daily sums follow `daily` `(day, cell)`.

    `clear_sky` `(hour, cell)` is clear-sky irradiance, `noise` a standard normal field, `spread` `(day, cell)` the
    standard deviation of hourly clearness within a day.
    """
    hours = 24
    wanted = np.repeat(daily, hours, axis=0)
    hourly = np.clip(wanted + np.repeat(spread, hours, axis=0) * noise, 0.2 * wanted, np.maximum(1.1, wanted))
    irradiance = hourly * clear_sky
    clear_days, days = daily_sum(clear_sky), daily_sum(irradiance)
    factor = np.divide(daily * clear_days, days, out=np.zeros_like(days), where=days > 0)
    return irradiance * np.repeat(factor, hours, axis=0)


def daily_sum(hourly: np.ndarray) -> np.ndarray:
    """Sums over each 24 steps, `(day, cell)`."""
    return hourly.reshape(-1, 24, hourly.shape[1]).sum(1)
