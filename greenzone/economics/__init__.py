"""What energy costs: annuities, levelised cost, costs in one currency and year, potential under a cost ceiling."""

from greenzone.economics.costs import price_factor, technology_costs
from greenzone.economics.estimate import costs_of, lcoe_of, technology_lcoe
from greenzone.economics.lcoe import (
    ZoningCosts,
    capital_recovery_factor,
    grid_lcoe,
    lcoe,
    potential_under_ceiling,
    road_lcoe,
    zoning_lcoe,
)
from greenzone.economics.learning import learned_costs, learning_factor
from greenzone.economics.plants import stream_reach_capital, stream_reach_om
from greenzone.economics.terrain import altitude_multiplier, slope_multiplier, terrain_multiplier

__all__ = [
    "ZoningCosts",
    "altitude_multiplier",
    "capital_recovery_factor",
    "costs_of",
    "grid_lcoe",
    "lcoe",
    "lcoe_of",
    "learned_costs",
    "learning_factor",
    "potential_under_ceiling",
    "price_factor",
    "road_lcoe",
    "slope_multiplier",
    "stream_reach_capital",
    "stream_reach_om",
    "technology_costs",
    "technology_lcoe",
    "terrain_multiplier",
    "zoning_lcoe",
]
