"""Supply scenarios: capacity mixes against demand, all at once as matrix products.

Comes in: groups with profiles, capacity built per scenario and group, demand. Goes out: energy, share of demand met
hour by hour, surplus and deficit. Nothing is stored here: hydro and bioenergy follow their profiles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError

BLOCK_BYTES = 256e6  # hourly matrices are made for as many scenarios at a time as fit in this
HOURS_PER_YEAR = 8760.0
MONTHS = np.arange(1, 13)


def hourly_balance(
    generation_mw: ArrayLike, demand_mw: ArrayLike, hours: float = 1.0
) -> dict[str, NDArray[np.float64]]:
    """Energy met, surplus and deficit of generation against demand, interval by interval.

    Parameters
    ----------
    generation_mw, demand_mw : array_like (..., time)
        Mean power of each interval, 0 or more. [MW]
    hours : float
        Length of an interval. [hour]

    Returns
    -------
    dict
        `met`, `surplus`, `deficit` [MW, like the arguments]: met + deficit = demand, met + surplus = generation.
    """
    generation, demand = np.broadcast_arrays(np.asarray(generation_mw, float), np.asarray(demand_mw, float))
    met = np.minimum(generation, demand)
    return {"met": met * hours, "surplus": (generation - met) * hours, "deficit": (demand - met) * hours}


def supply(groups: xr.Dataset, built_mw: ArrayLike, demand_mw: ArrayLike, names: Sequence[str]) -> xr.Dataset:
    """Energy and balance of scenarios, in energy per mean year of the profiles.

    Parameters
    ----------
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it.
    built_mw : array_like (scenario, group)
        Capacity built. [MW]
    demand_mw : array_like (scenario, time)
        Demand. [MW]
    names : sequence of str
        Names of the scenarios.

    Returns
    -------
    Dataset
        `capacity_mw`, `energy_gwh` (scenario, technology); `energy_gwh_monthly` (scenario, technology, month); and over
        (scenario, month) `demand_gwh met_gwh surplus_gwh deficit_gwh hours_met hours`.

    Raises
    ------
    GreenzoneError
        Demand of other length than the profiles, or negative or missing values.
    """
    built, demand = np.asarray(built_mw, float), np.asarray(demand_mw, float)
    _check(groups, built, demand, names)
    time = pd.DatetimeIndex(groups.time.to_numpy())
    hours = _interval_hours(time)
    years = hours * len(time) / HOURS_PER_YEAR
    in_month = np.equal.outer(time.month.to_numpy(), MONTHS).astype(float)
    profiles = groups.capacity_factor.to_numpy()
    technologies = list(dict.fromkeys(groups.technology.to_numpy().tolist()))
    member = np.equal.outer(np.array(technologies, str), groups.technology.to_numpy()).astype(float)
    monthly_cf = profiles.astype(float) @ in_month * hours  # full-load hours by group and month
    energy = np.einsum("sg,tg,gm->stm", built, member, monthly_cf, optimize=True) / years / 1000
    balance = _monthly_balance(built, profiles, demand, in_month, hours)
    totals = {name: (("scenario", "month"), values / years) for name, values in balance.items()}
    return xr.Dataset(
        {
            "capacity_mw": (("scenario", "technology"), built @ member.T),
            "energy_gwh": (("scenario", "technology"), energy.sum(2)),
            "energy_gwh_monthly": (("scenario", "technology", "month"), energy),
            **totals,
        },
        {"scenario": list(names), "technology": technologies, "month": MONTHS},
    )


def _monthly_balance(
    built: NDArray[np.float64],
    profiles: NDArray[np.float32],
    demand: NDArray[np.float64],
    in_month: NDArray[np.float64],
    hours: float,
) -> dict[str, NDArray[np.float64]]:
    """Hourly balance of blocks of scenarios, summed by month over all years of the profiles."""
    names = ("demand_gwh", "met_gwh", "surplus_gwh", "deficit_gwh", "hours_met", "hours")
    sums = {name: np.zeros((len(built), len(MONTHS))) for name in names}
    block = max(1, int(BLOCK_BYTES / (8 * 5 * max(1, profiles.shape[1]))))
    for start in range(0, len(built), block):
        rows = slice(start, start + block)
        generation = built[rows] @ profiles
        parts = hourly_balance(generation, demand[rows], hours)
        for name, values in parts.items():
            sums[f"{name}_gwh"][rows] = values @ in_month / 1000
        sums["demand_gwh"][rows] = demand[rows] @ in_month * hours / 1000
        sums["hours_met"][rows] = (generation >= demand[rows]).astype(float) @ in_month * hours
        sums["hours"][rows] = in_month.sum(0) * hours
    return sums


def scenario_table(result: xr.Dataset, targets_mw: NDArray[np.float64]) -> pd.DataFrame:
    """Results as a tidy table, one value a row.

    Parameters
    ----------
    result : Dataset
        As `supply` returns it.
    targets_mw : ndarray (scenario, technology)
        Capacity wanted, in the order of `result.technology`. [MW]

    Returns
    -------
    DataFrame
        Columns `scenario period technology quantity unit value`. `period` is "year" or "01" to "12"; `technology` is
        "all" for what belongs to the mix. Shares are NaN where there is no demand.
    """
    target = xr.DataArray(targets_mw, dims=("scenario", "technology"))
    shortfall = np.maximum(target - result.capacity_mw, 0).where(lambda short: short > 1e-9 * target, 0.0)
    by_technology = {
        ("capacity", "MW"): result.capacity_mw,
        ("capacity_shortfall", "MW"): shortfall,
        ("energy", "GWh"): result.energy_gwh,
    }
    frames = [_tidy(values, quantity, unit) for (quantity, unit), values in by_technology.items()]
    frames.append(_tidy(result.energy_gwh_monthly, "energy", "GWh"))
    year = result[[name for name in result if result[name].dims == ("scenario", "month")]].sum("month")
    yearly_energy = result.energy_gwh.sum("technology")
    frames += [_tidy(values, *key) for key, values in _mix(year, yearly_energy).items()]
    annual = (yearly_energy / year.demand_gwh.where(year.demand_gwh > 0)).clip(max=1)
    frames.append(_tidy(annual, "share_met_annually", "1"))
    monthly_energy = result.energy_gwh_monthly.sum("technology")
    frames += [_tidy(values, *key) for key, values in _mix(result, monthly_energy).items()]
    table = pd.concat(frames, ignore_index=True)
    table["scenario"] = pd.Categorical(table.scenario, list(result.scenario.values), ordered=True)
    table["period"] = pd.Categorical(table.period, ["year", *(f"{month:02d}" for month in MONTHS)], ordered=True)
    table = table.sort_values(["scenario", "period"], kind="stable", ignore_index=True)
    return table.astype({"scenario": str, "period": str})


def _mix(sums: xr.Dataset, energy: xr.DataArray) -> dict[tuple[str, str], xr.DataArray]:
    """What belongs to the mix of a scenario as a whole, in one period."""
    some = sums.demand_gwh.where(sums.demand_gwh > 0)
    return {
        ("demand", "GWh"): sums.demand_gwh,
        ("energy", "GWh"): energy,
        ("met", "GWh"): sums.met_gwh,
        ("surplus", "GWh"): sums.surplus_gwh,
        ("deficit", "GWh"): sums.deficit_gwh,
        ("energy_over_demand", "1"): energy / some,
        ("share_met_hourly", "1"): sums.met_gwh / some,
        ("hours_met", "h"): sums.hours_met,
        ("share_of_hours_met", "1"): sums.hours_met / sums.hours.where(sums.hours > 0),
    }


def _tidy(values: xr.DataArray, quantity: str, unit: str) -> pd.DataFrame:
    frame = values.rename("value").to_dataframe().reset_index()
    if "technology" not in frame:
        frame["technology"] = "all"
    frame["period"] = frame.month.map("{:02d}".format) if "month" in frame else "year"
    frame["quantity"], frame["unit"] = quantity, unit
    return frame[["scenario", "period", "technology", "quantity", "unit", "value"]]


def _interval_hours(time: pd.DatetimeIndex) -> float:
    return float((time[1] - time[0]) / pd.Timedelta(hours=1)) if len(time) > 1 else 1.0


def _check(groups: xr.Dataset, built: NDArray[np.float64], demand: NDArray[np.float64], names: Sequence[str]) -> None:
    expected = (len(names), groups.sizes["time"])
    if demand.shape != expected:
        raise GreenzoneError(f"demand has the shape {demand.shape}; these profiles and scenarios need {expected}")
    for what, values in (("demand", demand), ("capacity", built)):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise GreenzoneError(f"{what} in a supply scenario must be 0 or more, without gaps")
