"""Ensembles: what thousands of scenarios give, cost, save and take, in one table over the scenarios.

Comes in: groups with profiles, capacities, demand, stores and costs of every scenario. Goes out: yearly results by
scenario, of which `greenzone.supply.draws` gives percentiles and Sobol indices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.economics.costs import price_factor
from greenzone.economics.lcoe import capital_recovery_factor
from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import HOURS_PER_YEAR, Storage, dispatch


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
) -> xr.Dataset:
    """Supply, cost, emissions and land of every scenario.

    Parameters
    ----------
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it.
    built_mw : array_like (scenario, group)
        Capacity. [MW]
    demand_mw : array_like (path, time)
        Demand paths. [MW]
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

    Returns
    -------
    Dataset
        The results of `greenzone.supply.dispatch`, and over `scenario`, per mean year: `demand_gwh energy_gwh met_gwh
        share_met_hourly share_met_annually unserved_gwh_year curtailed_gwh_year exported_gwh_year
        discharged_gwh_year loss_of_load_hours_year peak_unserved_mw_year`, `annual_cost`, `cost_per_mwh_met`,
        `avoided_co2_kt` (of what is met) and `land_km2`.

    Raises
    ------
    GreenzoneError
        Input that `dispatch` refuses, or a technology or store without costs or land.
    """
    built = np.atleast_2d(np.asarray(built_mw, float))
    demand = np.atleast_2d(np.asarray(demand_mw, float))
    profiles = groups.capacity_factor.to_numpy()
    effective = built * np.asarray(resource_factor, float)
    flows = dispatch(
        profiles, effective, demand, groups.time.to_numpy(), demand_factor=demand_factor, stores=stores,
        export_limit_mw=export_limit_mw,
    )  # fmt: skip
    weight = np.eye(len(built)) if demand_factor is None else np.asarray(demand_factor, float)
    needed = weight @ demand.mean(1) * HOURS_PER_YEAR / 1000
    by_group = effective * profiles.mean(1, dtype=float) * HOURS_PER_YEAR / 1000
    met = needed - flows.unserved_gwh.sum("month").to_numpy()
    technology = groups.technology.to_numpy().astype(str)
    cost = _annual_cost(built * np.asarray(cost_factor, float), by_group, technology, stores, annual_costs)
    yearly = {
        "demand_gwh": (needed, "GWh"),
        "energy_gwh": (by_group.sum(1), "GWh"),
        "met_gwh": (met, "GWh"),
        "share_met_hourly": (_ratio(met, needed), "1"),
        "share_met_annually": (np.minimum(_ratio(by_group.sum(1), needed), 1), "1"),
        "annual_cost": (cost, "currency year-1"),
        "cost_per_mwh_met": (_ratio(cost, met * 1000), "currency MWh-1"),
        "avoided_co2_kt": (met * _factor(factors, "grid_emission", "all"), "kt"),
        "land_km2": (built @ np.array([_factor(factors, "land", name) for name in technology]), "km2"),
    }
    sums = flows.sum("month")
    for name in ("unserved_gwh", "curtailed_gwh", "exported_gwh", "loss_of_load_hours"):
        yearly[f"{name}_year"] = (sums[name].to_numpy(), "h" if name.endswith("hours") else "GWh")
    yearly["discharged_gwh_year"] = (sums.discharged_gwh.sum("store").to_numpy(), "GWh")
    yearly["peak_unserved_mw_year"] = (flows.peak_unserved_mw.max("month").to_numpy(), "MW")
    return flows.assign({name: ("scenario", values, {"units": unit}) for name, (values, unit) in yearly.items()})


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
    priced_mw: NDArray[np.float64], energy_gwh: NDArray[np.float64], technology: NDArray, stores: Sequence[Storage],
    costs: pd.DataFrame,
) -> NDArray[np.float64]:  # fmt: skip
    names = [*dict.fromkeys(technology.tolist()), *(store.name for store in stores)]
    if missing := [name for name in names if name not in costs.index]:
        raise GreenzoneError(f"no costs are known for {missing[0]}: give them under economics.costs.{missing[0]}")
    total = priced_mw @ costs.per_mw[technology].to_numpy() + 1000 * energy_gwh @ costs.per_mwh[technology].to_numpy()
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
