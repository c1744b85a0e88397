"""Hourly output of supply groups from the monthly energy of plants.

Comes in: monthly energy per site and the hours of the weather. Goes out: `schema.PROFILES` over `(group, time)`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone import schema
from greenzone.technologies.hydro.model import DAYS, HOURS

Array = NDArray[np.float64]


def groups(district: ArrayLike, capacity: Array, factor: Array, bounds: tuple[float, ...]) -> pd.DataFrame:
    """Supply group of each site: `group` (-1 without capacity), with its `district` and `resource_class`."""
    frame = pd.DataFrame({"district": np.asarray(district, dtype=str)})
    frame["resource_class"] = np.digitize(np.nan_to_num(factor), bounds)
    having = capacity > 0
    keys = frame[having].drop_duplicates().sort_values(["district", "resource_class"]).reset_index(drop=True)
    numbered = frame.merge(keys.assign(group=np.arange(len(keys))), how="left", on=["district", "resource_class"])
    frame["group"] = np.where(having, numbered["group"].fillna(-1), -1).astype(int)
    return frame


def hourly(monthly: Array, time: pd.DatetimeIndex) -> Array:
    """Capacity factors through the hours from those of the months, without steps, each month's mean kept.

    Parameters
    ----------
    monthly : ndarray
        Capacity factor `(group, 12)`, 0 to 1. [1]
    time : DatetimeIndex
        Hours of any number of years.

    Returns
    -------
    ndarray
        `(group, time)` within 0 to 1. [1]

    Notes
    -----
    A straight line joins the middles of the months; in each month its departure from its own mean is added to the
    month's value, shrunk where it would leave 0 to 1.
    """
    month = time.month.to_numpy() - 1
    start = time.to_period("M").start_time
    length = time.days_in_month.to_numpy() * 24.0
    position = month + ((time - start) / pd.Timedelta(hours=1)).to_numpy() / length
    spot = np.arange(-1, 13) + 0.5
    out = np.empty((len(monthly), len(time)))
    key = (time.year.to_numpy() - time.year.min()) * 12 + month
    count = np.bincount(key)
    for row, values in enumerate(monthly):
        line = np.interp(position, spot, np.concatenate([values[-1:], values, values[:1]]))
        mean = np.bincount(key, line) / np.maximum(count, 1)
        away = line - mean[key]
        low, high = np.zeros(count.size), np.zeros(count.size)
        np.minimum.at(low, key, away)
        np.maximum.at(high, key, away)
        base = values[np.arange(count.size) % 12]
        room = np.minimum(
            np.divide(base, -low, out=np.ones(count.size), where=low < 0),
            np.divide(1.0 - base, high, out=np.ones(count.size), where=high > 0),
        )
        out[row] = np.clip(values[month] + away * np.minimum(room, 1.0)[key], 0.0, 1.0)
    return out


def of_groups(table: pd.DataFrame, capacity: Array, monthly_gwh: Array, time: pd.DatetimeIndex) -> xr.Dataset:
    """Profiles of the groups of `table` (from `groups`), whose sites have `capacity` [MW] and `monthly_gwh`."""
    keys = table[table["group"] >= 0].drop_duplicates("group").sort_values("group")
    number, inside = len(keys), table["group"].to_numpy() >= 0
    index = table["group"].to_numpy()[inside]
    total = np.bincount(index, capacity[inside], minlength=number)
    energy = np.stack([np.bincount(index, column[inside], minlength=number) for column in monthly_gwh.T], axis=1)
    hours = DAYS / DAYS.sum() * HOURS
    factor = np.clip(energy * 1000.0 / (total[:, None] * hours), 0.0, 1.0) if number else np.zeros((0, 12))
    dataset = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), hourly(factor, time).astype(np.float32)),
            "capacity_mw": ("group", total),
        },
        {
            "group": np.arange(number),
            "time": time,
            "district": ("group", keys["district"].to_numpy(dtype=object)),
            "resource_class": ("group", keys["resource_class"].to_numpy(dtype=int)),
        },
    )
    return schema.label(dataset, schema.PROFILES)
