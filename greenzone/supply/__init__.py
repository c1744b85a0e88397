"""Whether the potential supplies the zone: demand, supply groups, dispatch of scenarios, ensembles, least-cost plan."""

from greenzone.supply.build_out import ZonePlan, least_cost_plan
from greenzone.supply.compare import compare
from greenzone.supply.demand import DemandShape, demand_series, read_demand, shaped_demand
from greenzone.supply.dispatch import Reservoir, Storage, dispatch, hourly_dispatch
from greenzone.supply.draws import draw, percentiles, saltelli, sobol_indices
from greenzone.supply.ensemble import ensemble, spread, yearly_costs
from greenzone.supply.evaluate import evaluate
from greenzone.supply.groups import allocate, stack_groups
from greenzone.supply.limits import what_limits
from greenzone.supply.mixes import mixes_of
from greenzone.supply.plan import PlanModel
from greenzone.supply.plan_parts import Border, Line, PlannedStore, Source, System
from greenzone.supply.plan_solution import Plan
from greenzone.supply.pypsa_network import to_pypsa
from greenzone.supply.ranges import Ranges, ranges_of
from greenzone.supply.scenarios import hourly_balance, scenario_table, supply
from greenzone.supply.zone_plan import plan_model

__all__ = [
    "Border",
    "DemandShape",
    "Limits",
    "Line",
    "Plan",
    "PlanModel",
    "PlannedStore",
    "Ranges",
    "Reservoir",
    "Source",
    "Storage",
    "System",
    "ZonePlan",
    "allocate",
    "compare",
    "demand_series",
    "dispatch",
    "draw",
    "ensemble",
    "evaluate",
    "hourly_balance",
    "hourly_dispatch",
    "least_cost_plan",
    "mixes_of",
    "percentiles",
    "plan_model",
    "ranges_of",
    "read_demand",
    "saltelli",
    "scenario_table",
    "shaped_demand",
    "sobol_indices",
    "spread",
    "stack_groups",
    "supply",
    "to_pypsa",
    "what_limits",
    "yearly_costs",
]
