"""What energy costs, at the plant and on the grid: levelised cost, connection, supply curve, economic potential."""

from greenzone.economics.connected import Connected, economic_rung, put_on_grid
from greenzone.economics.connection import Connection, connect, route_lines
from greenzone.economics.costs import price_factor, technology_costs
from greenzone.economics.estimate import annuities_of, costs_of, lcoe_of, technology_lcoe
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
from greenzone.economics.supply_curve import compete, connected_lcoe, economic_potential, supply_curve
from greenzone.economics.terrain import altitude_multiplier, slope_multiplier, terrain_multiplier

__all__ = [
    "Connected",
    "Connection",
    "ZoningCosts",
    "altitude_multiplier",
    "annuities_of",
    "capital_recovery_factor",
    "compete",
    "connect",
    "connected_lcoe",
    "costs_of",
    "economic_potential",
    "economic_rung",
    "grid_lcoe",
    "lcoe",
    "lcoe_of",
    "learned_costs",
    "learning_factor",
    "potential_under_ceiling",
    "price_factor",
    "put_on_grid",
    "road_lcoe",
    "route_lines",
    "slope_multiplier",
    "stream_reach_capital",
    "stream_reach_om",
    "supply_curve",
    "technology_costs",
    "technology_lcoe",
    "terrain_multiplier",
    "zoning_lcoe",
]
