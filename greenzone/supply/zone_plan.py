"""The plan model of a run: its potential as sources, its costs, its demand.

Comes in: a finished run. Goes out: a `PlanModel` of the whole zone as one node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.economics.costs import technology_costs
from greenzone.schema import Layers, Potential
from greenzone.supply.demand import DemandShape, shaped_demand
from greenzone.supply.ensemble import yearly_costs
from greenzone.supply.groups import stack_groups
from greenzone.supply.plan import PlanModel, PlannedStore, Source

STORE_HOURS = {"battery": 4.0, "pumped_hydro": 10.0}
GRID_PRICE = 60.0


class RunView(Protocol):
    """What of a run is needed here."""

    @property
    def config(self) -> Mapping[str, Any]: ...
    @property
    def layers(self) -> Layers: ...
    @property
    def potentials(self) -> Mapping[str, Potential]: ...
    @property
    def lcoe(self) -> Mapping[str, xr.DataArray]: ...


def plan_model(
    run: RunView, grid_price: float = GRID_PRICE, store_hours: Mapping[str, float] = STORE_HOURS
) -> PlanModel:
    """The plan model of a run's zone as one node, one source for each technology.

    Parameters
    ----------
    run : Run
        A finished run.
    grid_price : float
        Price of energy from outside the zone, an assumption. [currency/MWh]
    store_hours : mapping
        Hours of its power that each store holds, by name in the table `storage_costs`: assumptions.

    Returns
    -------
    PlanModel
        The profile of a technology is the mean of its groups weighted by capacity, its limit their sum; what stands
        already is built in any case. Costs come from the tables and the run's `economics` section.
    """
    section, economics, tables = run.config["supply"], run.config["economics"], run.layers.tables
    money = technology_costs(tables, economics["currency"], economics["currency_year"])
    costs = yearly_costs(money, tables["storage_costs"], tables["price_index"], economics["wacc"])
    groups = stack_groups(run.potentials, run.lcoe)
    stores = [_store(name, hours, costs, tables["storage_costs"]) for name, hours in store_hours.items()]
    time = groups.time.to_numpy()
    demand = shaped_demand(time, section["demand_gwh"], DemandShape())
    sources = [_source(name, groups, costs) for name in run.potentials if (groups.technology == name).any()]
    return PlanModel(sources, stores, demand, time, grid_price)


def _source(name: str, groups: xr.Dataset, costs: pd.DataFrame) -> Source:
    own = groups.isel(group=np.flatnonzero(groups.technology.to_numpy() == name))
    weight = own.capacity_mw.to_numpy()
    total = float(weight.sum())
    profile = (
        weight @ own.capacity_factor.to_numpy().astype(float) / total if total > 0 else np.zeros(own.sizes["time"])
    )
    existing = float(np.minimum(own.existing_mw, own.capacity_mw).sum())
    return Source(name, profile, costs.per_mw[name], costs.per_mwh[name], total, existing)


def _store(name: str, hours: float, costs: pd.DataFrame, table: pd.DataFrame) -> PlannedStore:
    one_way = float(table.set_index("storage").round_trip_efficiency[name]) ** 0.5
    return PlannedStore(name, hours, costs.per_mw[name] + hours * costs.per_mwh_stored[name], one_way, one_way)
