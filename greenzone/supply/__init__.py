"""Whether the potential supplies the zone: demand, supply groups, scenarios of capacity mixes."""

from greenzone.supply.demand import DemandShape, demand_series, read_demand, shaped_demand
from greenzone.supply.dispatch import Storage, dispatch, hourly_dispatch
from greenzone.supply.evaluate import evaluate
from greenzone.supply.groups import allocate, stack_groups
from greenzone.supply.scenarios import hourly_balance, scenario_table, supply

__all__ = [
    "DemandShape",
    "Storage",
    "allocate",
    "demand_series",
    "dispatch",
    "evaluate",
    "hourly_balance",
    "hourly_dispatch",
    "read_demand",
    "scenario_table",
    "shaped_demand",
    "stack_groups",
    "supply",
]
