"""What energy costs: annuities, levelised cost, costs in one currency and year, potential under a cost ceiling."""

from greenzone.economics.costs import price_factor, technology_costs
from greenzone.economics.estimate import lcoe_of, technology_lcoe
from greenzone.economics.lcoe import (
    ZoningCosts,
    capital_recovery_factor,
    grid_lcoe,
    lcoe,
    potential_under_ceiling,
    road_lcoe,
    zoning_lcoe,
)

__all__ = [
    "ZoningCosts",
    "capital_recovery_factor",
    "grid_lcoe",
    "lcoe",
    "lcoe_of",
    "potential_under_ceiling",
    "price_factor",
    "road_lcoe",
    "technology_costs",
    "technology_lcoe",
    "zoning_lcoe",
]
