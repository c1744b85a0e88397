"""Whether the potential supplies the zone: demand, supply groups, dispatch of scenarios, ensembles, least-cost plan."""

from greenzone.supply.demand import DemandShape, demand_series, read_demand, shaped_demand
from greenzone.supply.dispatch import Storage, dispatch, hourly_dispatch
from greenzone.supply.draws import draw, percentiles, saltelli, sobol_indices
from greenzone.supply.ensemble import ensemble, spread, yearly_costs
from greenzone.supply.evaluate import evaluate
from greenzone.supply.groups import allocate, stack_groups
from greenzone.supply.scenarios import hourly_balance, scenario_table, supply

__all__ = [
    "DemandShape",
    "Storage",
    "allocate",
    "demand_series",
    "dispatch",
    "draw",
    "ensemble",
    "evaluate",
    "hourly_balance",
    "hourly_dispatch",
    "percentiles",
    "read_demand",
    "saltelli",
    "scenario_table",
    "shaped_demand",
    "sobol_indices",
    "spread",
    "stack_groups",
    "supply",
    "yearly_costs",
]
