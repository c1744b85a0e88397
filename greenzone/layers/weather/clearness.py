"""How much of the clear sky reaches the ground: by month, by day, by hour.

Comes in: climatology and standard normal fields. Goes out: clearness (irradiance over clear-sky irradiance) as arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np

BISECTIONS = 50
HIGHEST_SHAPE = 0.98  # a month is never quite cloudless; keeps powers of the shape falling
BALANCE_STEPS = 3  # after which clipping and balancing no longer disturb each other
LOWEST_HOUR, HIGHEST_HOUR = 0.2, 1.1  # bounds of hourly clearness: over the day's, and over the clear sky


def harmonic(monthly: np.ndarray, year_angle: np.ndarray) -> np.ndarray:
    """Mean and first yearly harmonic of monthly values `(12, cell)`, evaluated at `year_angle` `(step,)`.

    It takes the noise out of monthly values. Raw Linke turbidity jumps between neighbouring months by more than the
    air does: with it the clearest days of a measured year lie up to a quarter above the clear sky of some months and
    below that of others; with the harmonic they lie within a few hundredths of it in all.
    """
    angle = 2 * np.pi * (np.arange(12) + 0.5) / 12
    values = monthly.astype(float)
    cosine = (np.cos(angle)[:, None] * values).sum(0) / 6
    sine = (np.sin(angle)[:, None] * values).sum(0) / 6
    return values.mean(0) + np.cos(year_angle)[:, None] * cosine + np.sin(year_angle)[:, None] * sine


def bisect(falling: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where a falling function of arrays passes zero between `low` and `high`, element by element."""
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        above = falling(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2


def monthly_clearness(clear_ratio: np.ndarray, clear_sky: np.ndarray, annual: np.ndarray) -> np.ndarray:
    """Mean clearness of each month `(12, cell)`.

    A day without clouds stands above its month's mean by as much as the month is cloudy, so the inverse of the high
    quantile of daily over monthly irradiation has the shape of the monthly clearness. Its first yearly harmonic is
    taken (a few years' months are noisy), raised to the power that gives the annual irradiation.

    Parameters
    ----------
    clear_ratio : array (12,)
        High quantile of daily over monthly mean irradiation, over the region.
    clear_sky : array (12, cell)
        Clear-sky irradiation of each month, any unit.
    annual : array (cell,)
        Irradiation of the year, same unit.
    """
    angle = 2 * np.pi * (np.arange(12) + 0.5) / 12
    shape = np.minimum(harmonic(1 / clear_ratio[:, None], angle), HIGHEST_SHAPE)

    def surplus(power: np.ndarray) -> np.ndarray:
        return (shape**power * clear_sky).sum(0) - annual

    power = bisect(surplus, np.full(annual.shape, -2.0), np.full(annual.shape, 10.0))
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


class DailyDistribution(NamedTuple):
    """How clearness is spread over the days of each month, per cell."""

    quantiles: np.ndarray  # (12, quantile, cell), at even steps of probability from 0 to 1
    exponent: np.ndarray  # (12, cell): a day of rank r has the clearness of probability r ** exponent

    @classmethod
    def of(cls, ratio: np.ndarray, mean: np.ndarray, limits: tuple[float, float], anchor: float, knee: float) -> Self:
        """The distribution with a given mean whose cloudless days have the clear sky.

        Parameters
        ----------
        ratio : array (12, quantile, cell)
            Daily over monthly mean irradiation at even steps of probability.
        mean : array (12, cell)
            Mean clearness.
        limits : (float, float)
            Lowest clearness, and the clearness which cloudless days approach.
        anchor : float
            Probability at which `ratio` is taken for a cloudless day. A lower or higher mean then comes from more or
            fewer cloudy days, not from a dimmer clear sky.
        knee : float
            How sharply the highest clearness is approached; the source's wide tail stands for no real days.
        """
        low, high = limits
        steps = np.linspace(0, 1, ratio.shape[1])
        below = min(int(anchor * (steps.size - 1)), steps.size - 2)
        share = anchor * (steps.size - 1) - below
        clear = ratio[:, below] + share * (ratio[:, below + 1] - ratio[:, below])
        scaled = np.maximum(ratio * (high / clear)[:, None], low)
        quantiles = (scaled**-knee + high**-knee) ** (-1 / knee)
        middle = (quantiles[:, 1:] + quantiles[:, :-1]) / 2

        def surplus(exponent: np.ndarray) -> np.ndarray:
            ranks = steps[:, None] ** (1 / exponent)[:, None]
            return (middle * (ranks[:, 1:] - ranks[:, :-1])).sum(1) - mean

        return cls(quantiles, bisect(surplus, np.full(mean.shape, 0.05), np.full(mean.shape, 20.0)))

    def at(self, ranks: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Clearness `(day, cell)` of days with `ranks` in the months 0-11."""
        place = ranks ** self.exponent[month] * (self.quantiles.shape[1] - 1)
        below = np.minimum(place.astype(int), self.quantiles.shape[1] - 2)
        cell = np.arange(ranks.shape[1])
        lower = self.quantiles[month[:, None], below, cell]
        upper = self.quantiles[month[:, None], below + 1, cell]
        return lower + (place - below) * (upper - lower)


def keep_monthly_means(daily: np.ndarray, clear_sky: np.ndarray, month: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Scale the days of each calendar month so that their irradiation is the month's mean clearness times clear sky.

    All arrays but `month` `(day,)` are per cell: `daily`, `clear_sky` `(day, cell)`, `mean` `(12, cell)`. The factors
    lie within a few hundredths of one.
    """
    scaled = daily.copy()
    for each in np.unique(month):
        days = month == each
        scaled[days] *= mean[each] * clear_sky[days].sum(0) / (daily[days] * clear_sky[days]).sum(0)
    return scaled


def hourly_spread(daily: np.ndarray, highest: float, limit: float) -> np.ndarray:
    """Standard deviation of hourly clearness within a day, none on a fully clear one."""
    return highest * daily * np.sqrt(np.maximum(1 - daily / limit, 0.0))


def hourly_irradiance(daily: np.ndarray, clear_sky: np.ndarray, noise: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Irradiance of each hour `(hour, cell)` [W m-2] whose daily sums follow `daily` `(day, cell)`.

    `clear_sky` `(hour, cell)` is clear-sky irradiance, `noise` a standard normal field, `spread` `(day, cell)` the
    standard deviation of hourly clearness within a day.
    """
    wanted = np.repeat(daily, 24, axis=0)
    hourly = wanted + np.repeat(spread, 24, axis=0) * noise
    low, high = LOWEST_HOUR * wanted, np.maximum(HIGHEST_HOUR, wanted)
    clear_days = daily_sum(clear_sky)
    for _ in range(BALANCE_STEPS):
        sums = daily_sum(np.clip(hourly, low, high) * clear_sky)
        factor = np.divide(daily * clear_days, sums, out=np.zeros_like(sums), where=sums > 0)
        hourly = np.clip(hourly, low, high) * np.repeat(factor, 24, axis=0)
    return hourly * clear_sky


def daily_sum(hourly: np.ndarray) -> np.ndarray:
    """Sums over each 24 steps, `(day, cell)`."""
    return hourly.reshape(-1, 24, hourly.shape[1]).sum(1)
