"""Modern energy management: what a mix supplies with its switches, and what each of them is worth.

Comes in: cases. Goes out: their balances, and for each switch the difference that leaving it out makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.layers.catalogue import read_table
from greenzone.supply.dispatch import Storage, dispatch, flows_by_month, hourly_dispatch
from greenzone.supply.flexible import behind_connection, deferred_demand, firm_capacity
from greenzone.supply.foresight import Water, foresight_dispatch
from greenzone.supply.mixes import Case, storage
from greenzone.supply.reservoirs import Supplied, beside_generation
from greenzone.supply.scenarios import balance

if TYPE_CHECKING:
    from greenzone.config.supply import Hybrid, Management

Array = NDArray[np.float64]

COLUMNS = ["scenario", "period", "technology", "quantity", "unit", "value"]
# What each switch is set to when it is left out; a reserve margin changes no flow, so it has no worth of this kind.
LEFT_OUT = {
    "demand_response": None,
    "ev_charging": "uncontrolled",
    "foresight": "none",
    "hybrid": None,
    "islanded": False,
}


def outcomes(case: Case, groups: xr.Dataset) -> list[xr.Dataset]:
    """Balance of a case; of an islanded one the sum of its districts, then each district.

    In the sum of islands the peak deficit is the sum of the districts' peaks and the hours met are the mean over the
    districts, weighted by demand.
    """
    if not case.management.islanded:
        return [_balanced(case, groups)]
    islands = [_balanced(island, groups) for island in islands_of(case, groups)]
    together = xr.concat(islands, "scenario").sum("scenario").expand_dims(scenario=[case.name])
    weight = xr.concat([island.demand_gwh for island in islands], "scenario")
    hours = xr.concat([island[["hours_met", "hours"]] for island in islands], "scenario")
    mean = hours.weighted(weight.sum("month")).mean("scenario")
    for name in ("hours_met", "hours"):
        together[name] = together[name].copy(data=mean[name].to_numpy()[None])
    return [together, *islands]


def islands_of(case: Case, groups: xr.Dataset) -> Iterator[Case]:
    """Each district alone: its own plants, its share of demand and of the stores, no lines."""
    table = read_table("district_demand")
    present = [name for name in table.district if (groups.district == name).any()]
    table = table.set_index("district").persons.loc[present]
    alone = case.management.model_copy(update={"islanded": False})
    for district, share in (table / table.sum()).items():
        own = (groups.district == district).to_numpy()
        stores = tuple(
            replace(s, power_mw=float(np.asarray(s.power_mw)) * share, size_mwh=float(np.asarray(s.size_mwh)) * share)
            for s in case.stores
        )
        yield replace(
            case, name=f"{case.name}: {district}", built_mw=np.where(own, case.built_mw, 0.0),
            demand_mw=case.demand_mw * share, stores=stores, export_limit_mw=0.0, management=alone,
            reservoirs=tuple(each.within(own) for each in case.reservoirs),
        )  # fmt: skip


def _balanced(case: Case, groups: xr.Dataset) -> xr.Dataset:
    generation, lost = reaching_grid(case, groups)
    demand = served_demand(case, generation)
    time = groups.time.to_numpy()
    supplied = beside_generation(generation[None], [case.reservoirs], groups, case.resource_factor)
    if case.management.foresight == "none":
        flows = dispatch(
            demand_mw=demand[None], time=time, stores=case.stores, export_limit_mw=case.export_limit_mw, **supplied
        )
    else:
        planned = foreseen(case, supplied, demand, time)
        names = [[each.name for each in kind] for kind in (case.stores, case.reservoirs)]
        flows = flows_by_month(planned, demand, time, *names)
    effective = case.built_mw * case.resource_factor
    result = balance(groups, case.built_mw[None], effective[None], demand[None], [case.name], flows, case.reservoirs)
    return result.assign(lost_at_connection_gwh=("scenario", [float(lost.mean()) * 8.76], {"units": "GWh"}))


def foreseen(case: Case, supplied: Supplied, demand: Array, time: NDArray[np.datetime64]) -> dict[str, Array]:
    """Flows of a case with foresight; its reservoirs begin as full as the rule without foresight would have them."""
    waters = []
    if supplied["reservoirs"]:
        start = hourly_dispatch(demand_mw=demand[None], time=time, **supplied).reservoir_start_mwh.to_numpy()[:, 0]
        waters = [
            Water(inflow, each.power_mw, each.size_mwh, float(level))
            for each, inflow, level in zip(case.reservoirs, supplied["profiles"][1:], start, strict=True)
        ]
    day_ahead = case.management.foresight == "day_ahead"
    return foresight_dispatch(
        supplied["profiles"][0], demand, case.stores, case.export_limit_mw, day_ahead, waters=waters
    )


def reaching_grid(case: Case, groups: xr.Dataset) -> tuple[Array, Array]:
    """Generation that reaches the grid and what is lost behind a shared connection, over time. [MW]"""
    effective = case.built_mw * case.resource_factor
    there = effective > 0  # most groups of a mix are not built
    profiles, technology = groups.capacity_factor.to_numpy()[there].astype(float), groups.technology.to_numpy()[there]
    generation, lost = through_connection(
        case.management.hybrid, effective[None, there], profiles, technology, groups.time.to_numpy()
    )
    return generation[0], lost[0]


def through_connection(
    hybrid: Hybrid | None, effective_mw: Array, profiles: Array, technology: NDArray, time: NDArray[np.datetime64]
) -> tuple[Array, Array]:
    """Generation that reaches the grid and what is lost behind a shared connection.

    Parameters
    ----------
    hybrid : Hybrid or None
        The connection, if some plants share one.
    effective_mw : ndarray (scenario, group)
        Capacity times what the year gives of the middling one. [MW]
    profiles : ndarray (group, time)
        Output over capacity. [1]
    technology : ndarray of str (group,)
        Technology of each group.
    time : ndarray of datetime64 (time,)
        UTC, evenly spaced.

    Returns
    -------
    tuple of ndarray
        Each over `(scenario, time)`. [MW]
    """
    generation = effective_mw @ profiles
    if hybrid is None:
        return generation, np.zeros_like(generation)
    own = np.isin(technology, hybrid.technologies)
    behind = effective_mw[:, own] @ profiles[own]
    shared = behind_connection(behind, hybrid.connection_mw, time, battery_of(hybrid))
    return generation - behind + shared.delivered, shared.lost


def battery_of(hybrid: Hybrid | None) -> Storage | None:
    """The battery behind a shared connection; None where there is none."""
    if hybrid is None or hybrid.battery is None:
        return None
    table = read_table("storage_costs").set_index("storage")
    return storage("battery", hybrid.battery.power_mw, hybrid.battery.energy_mwh, table)


def served_demand(case: Case, generation: Array) -> Array:
    """Demand at the hours when it is served: cars first, then all other demand that can wait. [MW]"""
    management, demand = case.management, case.demand_mw.sum(0)
    if management.ev_charging == "smart":
        cars = case.demand_mw[case.sectors.index("transport")]
        demand = deferred_demand(generation, demand - cars, cars, management.ev_window_hours)
    if management.demand_response is not None:
        flexible = management.demand_response.share * demand
        window = management.demand_response.window_hours
        demand = deferred_demand(generation, demand - flexible, flexible, window)
    return demand


def switches_on(management: Management) -> list[str]:
    """Names of the switches that change flows and are on."""
    return [name for name, off in LEFT_OUT.items() if getattr(management, name) != off]


def worth_table(case: Case, groups: xr.Dataset, with_all: xr.Dataset, price: float) -> pd.DataFrame:
    """What each switch, the dams and the fuel stores of a case are worth: the case with all less that without the one.

    Parameters
    ----------
    case : Case
        The mix.
    groups : Dataset
        Supply groups.
    with_all : Dataset
        Its balance.
    price : float
        Of energy from outside the zone. [currency/MWh]

    Returns
    -------
    DataFrame
        Rows of the table of scenarios with the switch in the column `technology`: more share met, less deficit, lower
        peak deficit and less spent on energy from outside count as worth above 0.
    """
    rows = []
    for switch in switches_on(case.management):
        plain = replace(case, management=case.management.model_copy(update={switch: LEFT_OUT[switch]}))
        rows += _difference(case.name, switch, outcomes(plain, groups)[0], with_all, price)
    for what, fuel in (("reservoirs", False), ("fuel_stores", True)):
        if any(each.fuel == fuel for each in case.reservoirs):
            running = tuple(each.idle() if each.fuel == fuel else each for each in case.reservoirs)
            without = outcomes(replace(case, reservoirs=running), groups)[0]
            rows += _difference(case.name, what, without, with_all, price)
    if case.management.hybrid is not None:
        own = np.isin(groups.technology.to_numpy(), case.management.hybrid.technologies)
        saved = float(case.built_mw[own].sum()) - case.management.hybrid.connection_mw
        lost = float(with_all.lost_at_connection_gwh.sum())
        rows.append([case.name, "year", "hybrid", "connection_saved", "MW", saved])
        rows.append([case.name, "year", "hybrid", "lost_at_connection", "GWh", lost])
    rows += _reserve(case, groups)
    return pd.DataFrame(rows, columns=COLUMNS)


def _difference(name: str, switch: str, without: xr.Dataset, with_it: xr.Dataset, price: float) -> list[list]:
    deficit = float(without.deficit_gwh.sum() - with_it.deficit_gwh.sum())
    shares = [float(each.met_gwh.sum() / each.demand_gwh.sum()) for each in (without, with_it)]
    peak = float(without.peak_deficit_mw.sum() - with_it.peak_deficit_mw.sum())
    return [
        [name, "year", switch, "worth_share_met_hourly", "1", shares[1] - shares[0]],
        [name, "year", switch, "worth_deficit", "GWh", deficit],
        [name, "year", switch, "worth_peak_deficit", "MW", peak],
        [name, "year", switch, "worth_purchases", "currency year-1", deficit * 1000 * price],
    ]


def _reserve(case: Case, groups: xr.Dataset) -> list[list]:
    """Reserve margin reached, and what lacks to the one wanted."""
    wanted = case.management.reserve_margin
    if wanted is None:
        return []
    generation = reaching_grid(case, groups)[0]
    power = float(sum(np.asarray(store.power_mw) for store in case.stores))
    size = float(sum(np.asarray(store.size_mwh) for store in case.stores))
    firm, peak = firm_capacity(generation, served_demand(case, generation), power, size)
    lacking = max((1 + wanted) * peak - firm, 0.0)
    return [
        [case.name, "year", "reserve_margin", "firm_capacity", "MW", firm],
        [case.name, "year", "reserve_margin", "reserve_margin", "1", firm / peak - 1 if peak else np.nan],
        [case.name, "year", "reserve_margin", "reserve_shortfall", "MW", lacking],
    ]
