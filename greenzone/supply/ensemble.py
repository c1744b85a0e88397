"""Ensembles: what thousands of scenarios give, cost, save and take, in one table over the scenarios.

Comes in: groups with profiles, capacities, demand, stores and costs of every scenario. Goes out: yearly results by
scenario, of which `greenzone.supply.draws` gives percentiles and Sobol indices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.economics.costs import price_factor
from greenzone.economics.lcoe import capital_recovery_factor
from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import HOURS_PER_YEAR, MONTHS, Reservoir, Storage, dispatch, hourly_dispatch
from greenzone.supply.reservoirs import held_back

_UNITS = {"unserved_gwh": "GWh", "curtailed_gwh": "GWh", "exported_gwh": "GWh", "loss_of_load_hours": "h"}


def ensemble(
    groups: xr.Dataset,
    built_mw: ArrayLike,
    demand_mw: ArrayLike,
    annual_costs: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    demand_factor: ArrayLike | None = None,
    resource_factor: ArrayLike = 1.0,
    cost_factor: ArrayLike = 1.0,
    stores: Sequence[Storage] = (),
    export_limit_mw: ArrayLike = 0.0,
    weather_year: ArrayLike | None = None,
    reservoirs: Sequence[Reservoir] = (),
) -> xr.Dataset:
    """Supply, cost, emissions and land of every scenario.

    Parameters
    ----------
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it.
    built_mw : array_like (scenario, group)
        Capacity. [MW]
    demand_mw : array_like (path, time)
        Demand paths, such as the sectors of several years. [MW]
    annual_costs : DataFrame
        As `yearly_costs` returns it.
    factors : DataFrame
        The table `supply_factors`: emissions of the grid and land by technology.
    demand_factor : array_like (scenario, path), optional
        Weight of each demand path. [1]
    resource_factor, cost_factor : array_like (scenario, group) or float
        Uncertainty of output and of cost; drawn per technology, all its groups share one factor. [1]
    stores : sequence of Storage
        In the order in which they are used; named as in `annual_costs`.
    export_limit_mw : array_like (scenario,) or float
        Limit of the line that exports. [MW]
    weather_year : array_like of int (scenario,), optional
        Calendar year of `groups.time` whose weather and demand each scenario gets; without it every scenario runs
        through all of them.
    reservoirs : sequence of Reservoir
        Of plants within `built_mw`, whose resource factor goes for their water too.

    Returns
    -------
    Dataset
        The results of `greenzone.supply.dispatch`, and over `scenario`, per mean year: `demand_gwh energy_gwh met_gwh
        share_met_hourly share_met_annually unserved_gwh_year curtailed_gwh_year exported_gwh_year
        discharged_gwh_year loss_of_load_hours_year peak_unserved_mw_year`, `annual_cost`, `cost_per_mwh_met`,
        `avoided_co2_kt` (of what is met) and `land_km2`; over `(scenario, source, month)` `energy_by_source_gwh`,
        where a source is a technology in a district; behind a dam that is what runs through the plant.

    Raises
    ------
    GreenzoneError
        Input that `dispatch` refuses, a technology or store without costs or land, or a year without weather.
    """
    built, demand = np.atleast_2d(np.asarray(built_mw, float)), np.atleast_2d(np.asarray(demand_mw, float))
    weight = np.eye(len(built)) if demand_factor is None else np.atleast_2d(np.asarray(demand_factor, float))
    resource = np.broadcast_to(np.asarray(resource_factor, float), built.shape)
    effective, water = built * resource, _wetter(reservoirs, resource)
    first, again = _distinct(effective, weight, stores, water, export_limit_mw, weather_year, np.ndim(cost_factor) > 1)
    years = None if weather_year is None else _rows(weather_year, first)
    parts = [
        _of_years(groups, effective, demand, weight, stores, water, export_limit_mw, first[rows], hours)
        for rows, hours in weather_years(groups, len(first), years)
    ]
    result = parts[0] if len(parts) == 1 else xr.concat(parts, "scenario", data_vars="minimal").sortby("row")
    result = result.drop_vars("row").isel(scenario=again)
    technology = groups.technology.to_numpy().astype(str)
    return summed_up(result, built, built * np.asarray(cost_factor, float), technology, stores, annual_costs, factors)


def summed_up(
    result: xr.Dataset, built_mw: NDArray[np.float64], priced_mw: NDArray[np.float64], technology: NDArray[np.str_],
    stores: Sequence[Storage], annual_costs: pd.DataFrame, factors: pd.DataFrame,
) -> xr.Dataset:  # fmt: skip
    """Flows, demand and energy by source with what belongs to each scenario's year, as `ensemble` tells it.

    `priced_mw` is what costs as much as `built_mw` does when cost is drawn, over `(scenario, group)`; `technology` that
    of each group.
    """
    energy = result.energy_by_source_gwh.sum("month")
    cost = _annual_cost(priced_mw, energy, technology, stores, annual_costs)
    land = built_mw @ np.array([_factor(factors, "land", name) for name in technology])
    grid_emission = _factor(factors, "grid_emission", "all")
    return result.assign(_yearly(result, energy.sum("source").to_numpy(), cost, land, grid_emission))


def _wetter(reservoirs: Sequence[Reservoir], resource: NDArray[np.float64]) -> list[Reservoir]:
    """Reservoirs with the water of every scenario; groups that are not there are refused when they are dispatched."""
    there = [each if 0 <= each.group < resource.shape[1] else replace(each, group=-1) for each in reservoirs]
    return [replace(each, capacity_mw=np.asarray(each.capacity_mw) * resource[:, each.group]) for each in there]


def _distinct(
    effective: NDArray[np.float64], weight: NDArray[np.float64], stores: Sequence[Storage],
    reservoirs: Sequence[Reservoir], export_limit_mw: ArrayLike, weather_year: ArrayLike | None, costs_differ: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int64] | slice]:  # fmt: skip
    """One scenario of each run of hours, and which of them each scenario is: draws of costs alone share their hours."""
    scenarios = len(effective)
    if not costs_differ:
        return np.arange(scenarios), slice(None)
    single = [value for store in stores for value in (store.power_mw, store.size_mwh)]
    single += [value for each in reservoirs for value in _figures(each).values()]
    single += [export_limit_mw, 0.0 if weather_year is None else weather_year]
    columns = [np.broadcast_to(np.asarray(value, float), scenarios) for value in single]
    rows = np.concatenate([effective, weight, np.stack(columns, 1)], 1)
    _, first, again = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    place = np.empty_like(first)
    place[np.argsort(first)] = np.arange(len(first))  # in the order in which they came
    return np.sort(first), place[again.ravel()]


def weather_years(
    groups: xr.Dataset, scenarios: int, weather_year: ArrayLike | None
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Which scenarios run through which hours."""
    years = pd.DatetimeIndex(groups.time.to_numpy()).year.to_numpy()
    if weather_year is None:
        yield np.arange(scenarios), np.ones(len(years), bool)
        return
    drawn = np.broadcast_to(np.asarray(weather_year), scenarios)
    if (unknown := np.setdiff1d(drawn, years)).size:
        raise GreenzoneError(
            f"there is no weather of {unknown[0]:.0f}: the profiles have {years.min()} to {years.max()}"
        )
    for year in np.unique(drawn):
        yield np.flatnonzero(drawn == year), years == year


def _of_years(
    groups: xr.Dataset,
    effective: NDArray[np.float64],
    demand: NDArray[np.float64],
    weight: NDArray[np.float64],
    stores: Sequence[Storage],
    reservoirs: Sequence[Reservoir],
    export_limit_mw: ArrayLike,
    rows: NDArray[np.int64],
    hours: NDArray[np.bool_],
) -> xr.Dataset:
    """Flows, demand and energy by source of the scenarios `rows` through `hours`; `row` tells them apart later."""
    profiles, time = groups.capacity_factor.to_numpy()[:, hours], groups.time.to_numpy()[hours]
    own = [replace(each, power_mw=_rows(each.power_mw, rows), size_mwh=_rows(each.size_mwh, rows)) for each in stores]
    water = [replace(each, **_figures(each, rows)) for each in reservoirs]
    flows = dispatch(
        profiles, effective[rows], demand[:, hours], time, demand_factor=weight[rows], stores=own, reservoirs=water,
        export_limit_mw=_rows(export_limit_mw, rows),
    )  # fmt: skip
    needed = weight[rows] @ demand[:, hours].mean(1) * HOURS_PER_YEAR / 1000
    energy = energy_by_source(groups.isel(time=np.flatnonzero(hours)), effective[rows])
    if reservoirs:
        source = sources_of(groups)[0].argmax(0)
        energy += held_back(flows, reservoirs, source, range(energy.sizes["source"]))
    return flows.assign(energy_by_source_gwh=energy, demand_gwh=("scenario", needed), row=("scenario", rows))


def _figures(each: Reservoir, rows: NDArray[np.int64] | slice = slice(None)) -> dict[str, Any]:
    """What a reservoir has in each of some scenarios."""
    known = {name: getattr(each, name) for name in ("capacity_mw", "power_mw", "size_mwh", "level_mwh")}
    return {name: _rows(value, rows) for name, value in known.items() if value is not None}


def _rows(values: ArrayLike, rows: NDArray[np.int64] | slice) -> NDArray[np.float64]:
    given = np.asarray(values, float)
    return given[rows] if given.ndim and given.size > 1 else given


def energy_by_source(groups: xr.Dataset, effective_mw: NDArray[np.float64]) -> xr.DataArray:
    """Energy of each technology in each district, month by month.

    Parameters
    ----------
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it; without the coordinate `district` the zone is one.
    effective_mw : ndarray (scenario, group)
        Capacity times resource factor. [MW]

    Returns
    -------
    DataArray
        Over `(scenario, source, month)`, per mean year, with the coordinates `technology` and `district`. [GWh]
    """
    time = pd.DatetimeIndex(groups.time.to_numpy())
    in_month = np.equal.outer(time.month.to_numpy(), MONTHS).astype(np.float32)
    # Full-load hours of each group by month of the mean year.
    full_load = (groups.capacity_factor.to_numpy() @ in_month).astype(float) * HOURS_PER_YEAR / len(time)
    member, names = sources_of(groups)
    energy = np.stack([effective_mw[:, own] @ full_load[own] for own in member], 1) / 1000
    return xr.DataArray(
        energy, dims=("scenario", "source", "month"), coords={"month": MONTHS, **names}, attrs={"units": "GWh"}
    )  # fmt: skip


def sources_of(groups: xr.Dataset) -> tuple[NDArray[np.bool_], dict[str, tuple[str, list[str]]]]:
    """Which groups belong to each source, and the sources' coordinates `technology` and `district`."""
    technology = groups.technology.to_numpy().astype(str)
    district = groups.district.to_numpy().astype(str) if "district" in groups.coords else np.full(len(technology), "")
    pairs = list(dict.fromkeys(zip(technology.tolist(), district.tolist(), strict=True)))
    member = np.array([(technology == name) & (district == place) for name, place in pairs])
    names = {"technology": [name for name, _ in pairs], "district": [place for _, place in pairs]}
    return member, {key: ("source", values) for key, values in names.items()}


def ensemble_hours(
    groups: xr.Dataset,
    built_mw: ArrayLike,
    demand_mw: ArrayLike,
    *,
    resource_factor: ArrayLike = 1.0,
    stores: Sequence[Storage] = (),
    export_limit_mw: ArrayLike = 0.0,
    reservoirs: Sequence[Reservoir] = (),
) -> xr.Dataset:
    """Every hour of a few scenarios; arguments as of `ensemble`, with one demand path for each scenario.

    Returns
    -------
    Dataset
        The results of `greenzone.supply.hourly_dispatch`, and over `(scenario, source, time)` `generation_mw`.
    """
    built = np.atleast_2d(np.asarray(built_mw, float))
    resource = np.broadcast_to(np.asarray(resource_factor, float), built.shape)
    effective, profiles = built * resource, groups.capacity_factor.to_numpy()
    flows = hourly_dispatch(
        profiles, effective, demand_mw, groups.time.to_numpy(), stores=stores, reservoirs=_wetter(reservoirs, resource),
        export_limit_mw=export_limit_mw,
    )  # fmt: skip
    member, names = sources_of(groups)
    power = np.stack([effective[:, own] @ profiles[own].astype(float) for own in member], 1)
    for each, more in zip(reservoirs, (flows.released_mw - flows.inflow_mw).to_numpy(), strict=True):
        power[:, member[:, each.group].argmax()] += more
    dims = ("scenario", "source", "time")
    return flows.assign(generation_mw=(dims, power, {"units": "MW"})).assign_coords(names)


def _yearly(
    flows: xr.Dataset, energy: NDArray[np.float64], cost: NDArray[np.float64], land: NDArray[np.float64],
    grid_emission: float,
) -> dict[str, tuple]:  # fmt: skip
    """What belongs to a scenario's year as a whole."""
    sums = flows[list(_UNITS)].sum("month")
    needed = flows.demand_gwh.to_numpy()
    met = needed - sums.unserved_gwh.to_numpy()
    yearly = {
        "demand_gwh": (needed, "GWh"),
        "energy_gwh": (energy, "GWh"),
        "met_gwh": (met, "GWh"),
        "share_met_hourly": (_ratio(met, needed), "1"),
        "share_met_annually": (np.minimum(_ratio(energy, needed), 1), "1"),
        "annual_cost": (cost, "currency year-1"),
        "cost_per_mwh_met": (_ratio(cost, met * 1000), "currency MWh-1"),
        "avoided_co2_kt": (met * grid_emission, "kt"),
        "land_km2": (land, "km2"),
        **{f"{name}_year": (sums[name].to_numpy(), _UNITS[name]) for name in _UNITS},
        "discharged_gwh_year": (flows.discharged_gwh.sum(["store", "month"]).to_numpy(), "GWh"),
        "peak_unserved_mw_year": (flows.peak_unserved_mw.max("month").to_numpy(), "MW"),
    }
    return {name: ("scenario", values, {"units": unit}) for name, (values, unit) in yearly.items()}


def yearly_costs(
    technology_costs: pd.DataFrame, storage_costs: pd.DataFrame, prices: pd.DataFrame, wacc: float
) -> pd.DataFrame:
    """What a MW and a MWh of each technology and store cost per year.

    Parameters
    ----------
    technology_costs : DataFrame
        Result of `greenzone.economics.technology_costs`, whose currency and year hold for all.
    storage_costs, prices : DataFrame
        The tables `storage_costs` and `price_index`.
    wacc : float
        Real cost of capital. [1]

    Returns
    -------
    DataFrame
        Indexed by technology or store: `per_mw` [currency/MW/year], `per_mwh_stored` [currency/MWh/year] (size of a
        store), `per_mwh` [currency/MWh] (variable cost).
    """
    currency, year = technology_costs.attrs["currency"], technology_costs.attrs["year"]
    rows = {}
    for row in technology_costs.itertuples():
        annuity = capital_recovery_factor(wacc, row.lifetime_years)
        per_mw = 1000 * (row.capital_per_kw * annuity + row.fixed_om_per_kw_year)
        rows[str(row.Index)] = (per_mw, 0.0, row.variable_om_per_mwh)
    for row in storage_costs.itertuples():
        money = 1000 * price_factor(prices, row.currency, int(row.year), currency, year)
        power = row.capital_per_kw * capital_recovery_factor(wacc, row.lifetime_power_years) + row.fixed_om_per_kw_year
        size = row.capital_per_kwh * capital_recovery_factor(wacc, row.lifetime_energy_years)
        rows[str(row.storage)] = (money * power, money * size, 0.0)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["per_mw", "per_mwh_stored", "per_mwh"], dtype=float)
    table.attrs = {"currency": currency, "year": year, "wacc": wacc}
    return table


def _annual_cost(
    priced_mw: NDArray[np.float64], energy_gwh: xr.DataArray, technology: NDArray, stores: Sequence[Storage],
    costs: pd.DataFrame,
) -> NDArray[np.float64]:  # fmt: skip
    names = [*dict.fromkeys(technology.tolist()), *(store.name for store in stores)]
    if missing := [name for name in names if name not in costs.index]:
        raise GreenzoneError(f"no costs are known for {missing[0]}: give them under economics.costs.{missing[0]}")
    variable = costs.per_mwh[energy_gwh.technology.to_numpy()].to_numpy()
    total = priced_mw @ costs.per_mw[technology].to_numpy() + 1000 * energy_gwh.to_numpy() @ variable
    for store in stores:
        power, size = np.asarray(store.power_mw, float), np.asarray(store.size_mwh, float)
        total = total + power * costs.per_mw[store.name] + size * costs.per_mwh_stored[store.name]
    return total


def _factor(factors: pd.DataFrame, factor: str, technology: str) -> float:
    found = factors[(factors.factor == factor) & (factors.technology == technology)].value
    if len(found) != 1:
        raise GreenzoneError(f"no {factor} factor is known for {technology}: add a row to the table supply_factors")
    return float(found.iloc[0])


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)


def spread(by_technology: Mapping[str, ArrayLike], groups: xr.Dataset) -> NDArray[np.float64]:
    """Factors over `(scenario, group)` from one per technology; 1 for technologies that are not named."""
    technology = groups.technology.to_numpy()
    number = max((np.size(values) for values in by_technology.values()), default=1)
    spread_out = np.ones((number, len(technology)))
    for name, values in by_technology.items():
        spread_out[:, technology == name] = np.broadcast_to(np.asarray(values, float), number)[:, None]
    return spread_out
