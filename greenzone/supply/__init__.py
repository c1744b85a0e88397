"""Whether the potential supplies the zone: demand, supply groups, scenarios of capacity mixes."""

from greenzone.supply.demand import DemandShape, demand_series, read_demand, shaped_demand
from greenzone.supply.evaluate import evaluate
from greenzone.supply.groups import allocate, stack_groups
from greenzone.supply.scenarios import hourly_balance, scenario_table, supply

__all__ = [
    "DemandShape",
    "allocate",
    "demand_series",
    "evaluate",
    "hourly_balance",
    "read_demand",
    "scenario_table",
    "shaped_demand",
    "stack_groups",
    "supply",
]
