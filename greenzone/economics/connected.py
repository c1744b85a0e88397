"""The sites on the grid: what their energy costs there, who gets the spare capacity, the curve and the routes of it.

Comes in: potentials, LCOE of the plants, the connection of the sites. Goes out: `Connected`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from greenzone.economics.connection import Connection, route_lines
from greenzone.economics.estimate import annuities_of, costs_of
from greenzone.economics.lcoe import potential_under_ceiling
from greenzone.economics.supply_curve import (
    compete,
    connected_lcoe,
    economic_potential,
    plants_of,
    supply_curve,
)
from greenzone.schema import Potential

if TYPE_CHECKING:
    from greenzone.config.economics import Economics


@dataclass(frozen=True)
class Connected:
    """The sites on the grid.

    `sites` as in `Connection`; `lcoe` by technology holds the site's cheapest connection; `allocation` tells which part
    of which site is connected to which node when all technologies compete, `curve` the cumulative capacity and energy
    against cost, `routes` the lines of development zones (`zone` tells which) and of the best sites, `notes` what a
    reader must know of them.
    """

    sites: xr.Dataset
    lcoe: Mapping[str, xr.DataArray]
    allocation: pd.DataFrame
    curve: pd.DataFrame
    routes: gpd.GeoDataFrame
    notes: tuple[str, ...]

    def with_routes(self, routes: gpd.GeoDataFrame) -> Connected:
        """The same with more routes, before those that are there."""
        whole = pd.concat([routes, self.routes], ignore_index=True) if len(routes) else self.routes
        return replace(self, routes=gpd.GeoDataFrame(whole, geometry="geometry", crs=4326))


def put_on_grid(
    section: Economics,
    potentials: Mapping[str, Potential],
    lcoe: Mapping[str, xr.DataArray],
    connection: Connection,
    sites: xr.Dataset,
    tables: Mapping[str, pd.DataFrame],
) -> Connected:
    """Connect what the technologies can give, the cheapest first.

    Parameters
    ----------
    section : Economics
        Cost of capital, and how many routes are drawn.
    potentials, lcoe : mapping
        Potential and LCOE of the plant by technology.
    connection : Connection
        Result of `connect`.
    sites : Dataset
        `lon`, `lat`, `district` over `site`.
    tables : mapping
        As for `costs_of`.

    Returns
    -------
    Connected
        NaN costs and empty tables where no node of the grid is known.
    """
    lifetimes = costs_of(section, tables)["lifetime_years"].astype(float)
    annuities = annuities_of(section, tables, potentials)
    district = sites.district.to_numpy().astype(object)
    on_grid = {
        name: connected_lcoe(lcoe[name], potential, connection, section.wacc, lifetimes[name])
        for name, potential in potentials.items()
    }
    together = compete(lcoe, potentials, connection, annuities, district)
    alone = pd.concat(
        [compete({name: lcoe[name]}, {name: potentials[name]}, connection, annuities, district) for name in potentials],
        ignore_index=True,
    )
    curve = supply_curve(alone, together, plants_of(lcoe, potentials, annuities, district))
    routes = best_routes(connection, potentials, on_grid, sites, section.connection.routes)
    return Connected(connection.sites, on_grid, together, curve, routes, connection.notes)


def best_routes(
    connection: Connection,
    potentials: Mapping[str, Potential],
    lcoe: Mapping[str, xr.DataArray],
    sites: xr.Dataset,
    count: int,
) -> gpd.GeoDataFrame:
    """Routes of the `count` sites of lowest LCOE with connection of each technology, the best first."""
    parts = []
    for name, values in lcoe.items():
        cost = values.to_numpy().astype(float)
        best = np.argsort(cost, kind="stable")[: min(count, int(np.isfinite(cost).sum()))]
        picked = connection.sites.isel(site=best)
        parts.append(
            pd.DataFrame(
                {
                    "technology": name,
                    "site": picked.site.to_numpy().astype(object),
                    "district": sites.district.to_numpy().astype(object)[best],
                    "grid_node": picked.grid_node.to_numpy().astype(object),
                    "capacity_mw": potentials[name].sites.capacity_mw.to_numpy().astype(float)[best],
                    "connection_cost": picked.connection_cost.to_numpy(),
                    "lcoe_connected": cost[best],
                    "lon": sites.lon.to_numpy()[best],
                    "lat": sites.lat.to_numpy()[best],
                }
            )
        )
    return route_lines(connection, pd.concat(parts, ignore_index=True))


def economic_rung(
    connected: Connected, potentials: Mapping[str, Potential], lcoe: Mapping[str, xr.DataArray], ceiling: float
) -> pd.DataFrame:
    """Capacity and energy of each technology that is connected at no more than `ceiling` [currency/MWh].

    Where no node of the grid is known the LCOE of the plant alone decides. Indexed by technology: `capacity_mw` [MW],
    `energy_gwh` [GWh].
    """
    if connected.allocation.empty:
        return potential_under_ceiling(potentials, lcoe, ceiling)
    return economic_potential(connected.allocation, list(potentials), ceiling)
