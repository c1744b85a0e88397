"""What the hours look like: daily profiles of the supply groups, hours met, and telling weeks of every scenario.

Comes in: a finished run. Goes out: the small dataset of `typical.nc`, from which the report draws; local time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.outputs.report.mixes import HourlyMixes, hourly_mixes
from greenzone.outputs.view import RunView
from greenzone.supply import DemandShape, stack_groups
from greenzone.supply.dispatch import interval_hours

SEASONS = {"dec_feb": (12, 1, 2), "mar_may": (3, 4, 5), "jun_aug": (6, 7, 8), "sep_nov": (9, 10, 11)}
HARDEST = "hardest"
WEEK_HOURS = 168.0
YEAR_HOURS = 8760.0
MET = 1e-6  # share of demand below which a shortage is rounding of 32-bit profiles
FLOWS = {
    "demand_mw": "demand",
    "charged_mw": "power into the stores",
    "discharged_mw": "power out of the stores",
    "exported_mw": "power exported",
    "curtailed_mw": "power that nobody takes",
    "unserved_mw": "demand that is not met",
    "spilled_mw": "water and fuel that pass their plants by",
    "reservoir_level_mwh": "energy of the water that dams and the fuel that stores hold",
}


def typical_hours(run: RunView) -> xr.Dataset:
    """Daily profiles, hours met and telling weeks of the run's first weather year.

    Parameters
    ----------
    run : RunView
        A finished run.

    Returns
    -------
    Dataset
        `profile (group, month, hour)`: mean output over capacity of each supply group by month and local hour [1], with
        the coordinates `technology`, `district`, `resource_class` and `number` (the group's number in its technology).
        With supply scenarios also `share_met` and `hours_met (scenario, month, hour)` [1] and, over
        `(scenario, week, step)`, the flows `demand_mw` to `spilled_mw`, `reservoir_level_mwh` [MWh] and
        `generation_mw (scenario, technology, week, step)` [MW]; `week_start (scenario, week)` is the local time at
        which a week begins. Weeks are the median one of each quarter by energy generated, and the hardest one by energy
        missed. Empty without technologies.
    """
    if not run.potentials:
        return xr.Dataset()
    stacked = stack_groups(run.potentials, run.lcoe)
    groups = stacked.isel(time=slice(0, round(YEAR_HOURS / interval_hours(pd.DatetimeIndex(stacked.time.to_numpy())))))
    offset = DemandShape().utc_offset_hours
    local = pd.DatetimeIndex(groups.time.to_numpy()) + pd.Timedelta(hours=offset)
    numbers = [np.arange(potential.profiles.sizes["group"]) for potential in run.potentials.values()]
    dataset = xr.Dataset(
        {
            "profile": (
                ("group", "month", "hour"),
                by_month_and_hour(groups.capacity_factor.to_numpy(), local),
                {"units": "1", "long_name": "mean output over capacity by month and local hour"},
            )
        },
        {
            "technology": ("group", groups.technology.to_numpy().astype(str)),
            "district": ("group", groups.district.to_numpy().astype(str)),
            "resource_class": ("group", groups.resource_class.to_numpy().astype(str)),
            "number": ("group", np.concatenate(numbers)),
            "month": np.arange(1, 13),
            "hour": np.arange(24),
        },
        {"utc_offset_hours": offset},
    )
    mixes = hourly_mixes(run, stacked, len(local))
    return dataset if mixes is None else dataset.merge(_scenarios(mixes, local))


def by_month_and_hour(values: NDArray[np.floating], local: pd.DatetimeIndex) -> NDArray[np.float32]:
    """Means over `(..., month, hour)` of values over `(..., time)`; NaN for months without an hour."""
    cell = (local.month.to_numpy() - 1) * 24 + local.hour.to_numpy()
    order = np.argsort(cell, kind="stable")
    counts = np.bincount(cell, minlength=288)
    present = np.flatnonzero(counts)
    starts = np.concatenate([[0], np.cumsum(counts[present])[:-1]])
    means = np.full((*values.shape[:-1], 288), np.nan, np.float32)
    means[..., present] = np.add.reduceat(values[..., order], starts, axis=-1) / counts[present]
    return means.reshape(*values.shape[:-1], 12, 24)


def _scenarios(mixes: HourlyMixes, local: pd.DatetimeIndex) -> xr.Dataset:
    flows = mixes.flows
    demand = flows["demand_mw"]
    missed = np.divide(flows["unserved_mw"], demand, out=np.zeros_like(demand), where=demand > 0)
    share = {"units": "1", "long_name": "share of demand met by month and local hour"}
    hours = {"units": "1", "long_name": "share of hours with all demand met by month and local hour"}
    dims = ("scenario", "month", "hour")
    found = xr.Dataset(
        {
            "share_met": (dims, by_month_and_hour(1 - missed, local), share),
            "hours_met": (dims, by_month_and_hour((missed < MET) * 1.0, local), hours),
        },
        {"scenario": mixes.names, "month": np.arange(1, 13), "hour": np.arange(24)},
    )
    return found.merge(_weeks(mixes.generation_mw, flows, local, mixes.names, mixes.technologies))


def _weeks(
    generation: NDArray[np.float32],
    flows: dict[str, NDArray[np.float64]],
    local: pd.DatetimeIndex,
    names: list[str],
    technologies: list[str],
) -> xr.Dataset:
    """The weeks worth showing of each scenario; empty where the weather is shorter than a week."""
    length = round(WEEK_HOURS / interval_hours(local))
    first = int(np.argmax(local.hour.to_numpy() == 0))
    starts = np.arange(first, len(local) - length + 1, length)
    if not len(starts):
        return xr.Dataset()
    picked = pick_weeks(generation.sum(1), flows["unserved_mw"], local, starts, length)
    steps = picked[:, :, None] + np.arange(length)
    scenario = np.arange(len(names))[:, None, None]
    dims = ("scenario", "week", "step")
    return xr.Dataset(
        {
            "generation_mw": (
                ("scenario", "week", "step", "technology_name"),
                generation[scenario, :, steps].astype(np.float32),
                {"units": "MW", "long_name": "generation by technology"},
            ),
            **{
                name: (
                    dims,
                    flows[name][scenario, steps].astype(np.float32),
                    {"units": "MWh" if name.endswith("mwh") else "MW", "long_name": meaning},
                )
                for name, meaning in FLOWS.items()
            },
            "week_start": (("scenario", "week"), local.to_numpy()[picked].astype("datetime64[m]").astype(str)),
        },
        {"scenario": names, "week": [*SEASONS, HARDEST], "technology_name": technologies},
    ).transpose("scenario", "technology_name", "week", "step")


def pick_weeks(
    generation: NDArray[np.floating],
    unserved: NDArray[np.floating],
    local: pd.DatetimeIndex,
    starts: NDArray[np.int64],
    length: int,
) -> NDArray[np.int64]:
    """First step of the median week of each quarter by generation, and of the hardest week, over `(scenario, week)`.

    A quarter that holds no week takes the median of all weeks. The hardest week misses most energy; where none misses
    any, it generates least.
    """
    blocks = starts[:, None] + np.arange(length)
    made = generation[:, blocks].sum(-1)
    missed = unserved[:, blocks].sum(-1)
    middle = local.month.to_numpy()[starts + length // 2]
    columns = []
    for months in SEASONS.values():
        inside = np.flatnonzero(np.isin(middle, months))
        inside = inside if len(inside) else np.arange(len(starts))
        rank = np.argsort(made[:, inside], axis=1, kind="stable")
        columns.append(starts[inside[rank[:, len(inside) // 2]]])
    hardest = np.where(missed.max(1) > 0, missed.argmax(1), made.argmin(1))
    return np.stack([*columns, starts[hardest]], axis=1)
