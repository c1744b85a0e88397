"""Whether the potential supplies the zone: demand, supply groups, dispatch of scenarios, ensembles, least-cost plan."""

from greenzone.supply.compare import compare
from greenzone.supply.demand import DemandShape, demand_series, read_demand, shaped_demand
from greenzone.supply.dispatch import Storage, dispatch, hourly_dispatch
from greenzone.supply.draws import draw, percentiles, saltelli, sobol_indices
from greenzone.supply.ensemble import ensemble, spread, yearly_costs
from greenzone.supply.evaluate import evaluate
from greenzone.supply.groups import allocate, stack_groups
from greenzone.supply.plan import Plan, PlanModel, PlannedStore, Source
from greenzone.supply.pypsa_network import to_pypsa
from greenzone.supply.scenarios import hourly_balance, scenario_table, supply
from greenzone.supply.zone_plan import plan_model

__all__ = [
    "DemandShape",
    "Plan",
    "PlanModel",
    "PlannedStore",
    "Source",
    "Storage",
    "allocate",
    "compare",
    "demand_series",
    "dispatch",
    "draw",
    "ensemble",
    "evaluate",
    "hourly_balance",
    "hourly_dispatch",
    "percentiles",
    "plan_model",
    "read_demand",
    "saltelli",
    "scenario_table",
    "shaped_demand",
    "sobol_indices",
    "spread",
    "stack_groups",
    "supply",
    "to_pypsa",
    "yearly_costs",
]
