"""Hourly demand of the zone: from energy per year by a stated shape, or from a user's own series.

Comes in: GWh per year or a file, and the times of the profiles. Goes out: mean demand of each interval in MW.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from greenzone.errors import GreenzoneError
from greenzone.schema import Options

COLUMNS = ("time", "demand_mw")


class DemandShape(Options):
    """How demand is spread over the day and the year: an assumption, for no metered load of the zone is published.

    The shape is that of a small system of households and services in a cold-winter climate: a low before dawn, an
    evening peak, a winter peak of heating and a smaller summer peak of cooling and pumping.
    """

    utc_offset_hours: float = Field(default=4.0, ge=-12, le=14)
    """Local time minus UTC [hour]; Azerbaijan has kept UTC+4 without summer time since 2016."""
    hours: tuple[float, ...] = Field(
        default=(
            *(0.78, 0.72, 0.69, 0.68, 0.69, 0.73, 0.83, 0.95, 1.03, 1.06, 1.06, 1.05),
            *(1.05, 1.04, 1.02, 1.02, 1.06, 1.14, 1.24, 1.31, 1.30, 1.22, 1.08, 0.92),
        ),
        min_length=24,
        max_length=24,
    )
    """Demand in each local hour of the day, relative [1] (assumed; only the ratios count)."""
    months: tuple[float, ...] = Field(
        default=(1.20, 1.15, 1.04, 0.92, 0.86, 0.90, 1.00, 1.00, 0.88, 0.90, 1.02, 1.16), min_length=12, max_length=12
    )
    """Demand in each month, relative [1] (assumed; only the ratios count)."""


def shaped_demand(time: ArrayLike, annual_gwh: float, shape: DemandShape) -> NDArray[np.float64]:
    """Demand at each hour, so that every whole calendar year of hours sums to `annual_gwh`.

    Parameters
    ----------
    time : array_like of datetime64
        UTC, hourly.
    annual_gwh : float
        Energy used per year. [GWh]
    shape : DemandShape
        Relative demand by local hour and month, an assumption.

    Returns
    -------
    ndarray
        Demand, the same length as `time`. [MW]
    """
    utc = pd.DatetimeIndex(np.asarray(time))
    local = utc + pd.Timedelta(hours=shape.utc_offset_hours)
    hours, months = np.array(shape.hours), np.array(shape.months)
    values = hours[local.hour] * months[local.month - 1]
    leap = np.asarray(utc.is_leap_year)
    days = np.array([31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    leap_days = days + (np.arange(12) == 1)
    # Shifting a year of hours to local time only swaps January hours for January hours, so these sums are exact.
    total = hours.sum() * np.where(leap, leap_days @ months, days @ months)
    return 1000 * annual_gwh * values / total


def read_demand(path: str | Path, time: ArrayLike) -> NDArray[np.float64]:
    """A user's hourly demand, from a CSV file with the columns `time` (UTC) and `demand_mw`.

    The file must either hold every time of `time`, or one whole year of 8760 hours, which is then used for every
    year by its order (the 29th of February repeats the 28th).

    Parameters
    ----------
    path : path
        CSV file.
    time : array_like of datetime64
        UTC times of the profiles, hourly.

    Returns
    -------
    ndarray
        Demand, the same length as `time`. [MW]

    Raises
    ------
    GreenzoneError
        No such file, other columns, gaps, negative or missing values.
    """
    path = Path(path)
    if not path.is_file():
        raise GreenzoneError(f"{path}: no such demand file")
    frame = pd.read_csv(path)
    if missing := [column for column in COLUMNS if column not in frame]:
        raise GreenzoneError(
            f"{path}: no column '{missing[0]}': a demand file has the columns time (UTC) and demand_mw (MW)"
        )
    try:
        stamps = pd.to_datetime(frame.time, utc=True).dt.tz_localize(None)
        given = pd.Series(pd.to_numeric(frame.demand_mw).to_numpy(float), index=stamps)
    except ValueError as error:
        raise GreenzoneError(f"{path}: {error}") from None
    return _on_times(given, pd.DatetimeIndex(np.asarray(time)), path)


def _on_times(given: pd.Series, wanted: pd.DatetimeIndex, path: Path) -> NDArray[np.float64]:
    if given.index.has_duplicates or not given.index.is_monotonic_increasing:
        raise GreenzoneError(f"{path}: times must rise without repeats")
    bad = given[~np.isfinite(given) | (given < 0)]
    if len(bad):
        raise GreenzoneError(f"{path}: demand_mw at {bad.index[0]} is {bad.iloc[0]}: it must be 0 or more, in MW")
    if wanted.isin(given.index).all():
        return given.reindex(wanted).to_numpy()
    steps = np.diff(given.index.to_numpy())
    if len(steps) and (gap := steps != np.timedelta64(1, "h")).any():
        raise GreenzoneError(f"{path}: gap after {given.index[int(gap.argmax())]}: hours must follow one another")
    if len(given) != 8760:
        raise GreenzoneError(
            f"{path}: has {len(given)} hours, neither those of the weather ({wanted[0]} to {wanted[-1]}) nor 8760"
        )
    day = wanted.day_of_year.to_numpy() - 1
    day -= (wanted.is_leap_year & (day >= 59)).astype(int)
    return given.to_numpy()[day * 24 + wanted.hour.to_numpy()]


def demand_series(demand_mw: ArrayLike, time: ArrayLike) -> xr.DataArray:
    """Demand as a labelled series over `time`. [MW]"""
    return xr.DataArray(
        np.asarray(demand_mw, float),
        dims="time",
        coords={"time": np.asarray(time)},
        name="demand",
        attrs={"units": "MW", "long_name": "mean demand of the interval"},
    )
