"""Supply scenarios: capacity mixes against demand, all at once.

Comes in: groups with profiles, capacity built per scenario and group, demand, stores, reservoirs. Goes out: energy,
share of demand met hour by hour, surplus and deficit, what stores and lines carry, what waits behind dams and in fuel
stores. Other plants follow their profiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import HOURS_PER_YEAR, MONTHS, TOLERANCE, Reservoir, Storage, dispatch, interval_hours
from greenzone.supply.reservoirs import OfGroup, held_back

LEVEL = "reservoir_level_gwh"
OF_STORES = ("charged_gwh", "discharged_gwh")
OF_RESERVOIRS = ("inflow_gwh", "released_gwh", "spilled_gwh", LEVEL)
ENDS = ("reservoir_start_gwh", "reservoir_end_gwh")


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


def supply(
    groups: xr.Dataset,
    built_mw: ArrayLike,
    demand_mw: ArrayLike,
    names: Sequence[str],
    stores: Sequence[Storage] = (),
    export_limit_mw: ArrayLike = 0.0,
    reservoirs: Sequence[Reservoir] = (),
) -> xr.Dataset:
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
    stores : sequence of Storage
        In the order in which they are used; see `greenzone.supply.dispatch` for the rule.
    export_limit_mw : array_like (scenario,) or float
        Limit of the line that exports. [MW]
    reservoirs : sequence of Reservoir
        Of plants within `built_mw`; their energy is what runs through them.

    Returns
    -------
    Dataset
        `capacity_mw`, `energy_gwh` (scenario, technology); `energy_gwh_monthly` (scenario, technology, month); and over
        (scenario, month) `demand_gwh met_gwh surplus_gwh deficit_gwh exported_gwh hours_met hours peak_deficit_mw`,
        where surplus and deficit are those that remain after storage; `charged_gwh discharged_gwh` over
        (store, scenario, month); `inflow_gwh released_gwh spilled_gwh reservoir_level_gwh` over (reservoir, scenario,
        month), `reservoir_start_gwh reservoir_end_gwh` over (reservoir, scenario).

    Raises
    ------
    GreenzoneError
        Demand of other length than the profiles, or negative or missing values.
    """
    built, demand = np.asarray(built_mw, float), np.asarray(demand_mw, float)
    _check(groups, built, demand, names)
    flows = dispatch(
        groups.capacity_factor.to_numpy(), built, demand, groups.time.to_numpy(), stores=stores,
        reservoirs=reservoirs, export_limit_mw=export_limit_mw,
    )  # fmt: skip
    return balance(groups, built, built, demand, names, flows, reservoirs)


def balance(
    groups: xr.Dataset,
    built_mw: NDArray[np.float64],
    effective_mw: NDArray[np.float64],
    demand_mw: NDArray[np.float64],
    names: Sequence[str],
    flows: xr.Dataset,
    reservoirs: Sequence[OfGroup] = (),
) -> xr.Dataset:
    """What scenarios whose flows are known supply; arguments and result as of `supply`.

    `effective_mw` is the capacity times what the year gives of the middling one; `flows` are those of
    `greenzone.supply.dispatch`; the reservoirs' groups are those of `groups`.
    """
    time = pd.DatetimeIndex(groups.time.to_numpy())
    hours = interval_hours(time)
    years = hours * len(time) / HOURS_PER_YEAR
    in_month = np.equal.outer(time.month.to_numpy(), MONTHS).astype(float)
    technologies = list(dict.fromkeys(groups.technology.to_numpy().tolist()))
    member = np.equal.outer(np.array(technologies, str), groups.technology.to_numpy()).astype(float)
    # Full-load hours by group and month.
    monthly_cf = groups.capacity_factor.to_numpy().astype(float) @ in_month * hours
    energy = np.einsum("sg,tg,gm->stm", effective_mw, member, monthly_cf, optimize=True) / years / 1000
    if reservoirs:
        energy += held_back(flows, reservoirs, groups.technology.to_numpy(), technologies)
    needed = demand_mw @ in_month * hours / years / 1000
    hours_of_month = np.tile(in_month.sum(0) * hours / years, (len(built_mw), 1))
    met = needed - flows.unserved_gwh.to_numpy()
    met[met < TOLERANCE * needed] = 0  # rounding of 32-bit profiles
    totals = {
        "demand_gwh": needed,
        "met_gwh": met,
        "surplus_gwh": (flows.exported_gwh + flows.curtailed_gwh).to_numpy(),
        "deficit_gwh": needed - met,
        "exported_gwh": flows.exported_gwh.to_numpy(),
        "hours_met": hours_of_month - flows.loss_of_load_hours.to_numpy(),
        "hours": hours_of_month,
    }
    return xr.Dataset(
        {
            "capacity_mw": (("scenario", "technology"), built_mw @ member.T),
            "energy_gwh": (("scenario", "technology"), energy.sum(2)),
            "energy_gwh_monthly": (("scenario", "technology", "month"), energy),
            **{name: (("scenario", "month"), values) for name, values in totals.items()},
            "peak_deficit_mw": ("scenario", flows.peak_unserved_mw.max("month").to_numpy()),
            **{name: flows[name].variable for name in (*OF_STORES, *OF_RESERVOIRS, *ENDS)},
        },
        {
            "scenario": list(names),
            "technology": technologies,
            "month": MONTHS,
            "store": flows.store,
            "reservoir": flows.reservoir,
        },
    )


def scenario_table(
    result: xr.Dataset, targets_mw: NDArray[np.float64], worths: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Results as a tidy table, one value a row.

    Parameters
    ----------
    result : Dataset
        As `supply` returns it.
    targets_mw : ndarray (scenario, technology)
        Capacity wanted, in the order of `result.technology`. [MW]
    worths : DataFrame, optional
        More rows of the same columns, such as the worth of energy management.

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
    frames.append(_tidy(result.peak_deficit_mw, "peak_deficit", "MW"))
    for name in OF_STORES:
        by_store = result[name].transpose("scenario", "store", "month").rename(store="technology")
        frames.append(_tidy(by_store.sum("month"), name.removesuffix("_gwh"), "GWh"))
    frames += _reservoir_rows(result)
    monthly_energy = result.energy_gwh_monthly.sum("technology")
    frames += [_tidy(values, *key) for key, values in _mix(result, monthly_energy).items()]
    if worths is not None and len(worths):
        frames.append(worths)
    table = pd.concat(frames, ignore_index=True)
    table["scenario"] = pd.Categorical(table.scenario, list(result.scenario.values), ordered=True)
    table["period"] = pd.Categorical(table.period, ["year", *(f"{month:02d}" for month in MONTHS)], ordered=True)
    table = table.sort_values(["scenario", "period"], kind="stable", ignore_index=True)
    return table.astype({"scenario": str, "period": str})


def _reservoir_rows(result: xr.Dataset) -> Iterator[pd.DataFrame]:
    """What arrives, is released and spilled in the year and each month, and what is held: at both ends, on the mean."""
    for name in (*OF_RESERVOIRS, *ENDS):
        rows = result[name].rename(reservoir="technology")
        quantity = name.removesuffix("_gwh")
        if name in OF_RESERVOIRS:
            rows = rows.transpose("scenario", "technology", "month")
            year = rows.mean("month") if name == LEVEL else rows.sum("month")
            yield _tidy(year, quantity, "GWh")
        yield _tidy(rows, quantity, "GWh")


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
        ("exported", "GWh"): sums.exported_gwh,
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


def _check(groups: xr.Dataset, built: NDArray[np.float64], demand: NDArray[np.float64], names: Sequence[str]) -> None:
    expected = (len(names), groups.sizes["time"])
    if demand.shape != expected:
        raise GreenzoneError(f"demand has the shape {demand.shape}; these profiles and scenarios need {expected}")
    for what, values in (("demand", demand), ("capacity", built)):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise GreenzoneError(f"{what} in a supply scenario must be 0 or more, without gaps")
