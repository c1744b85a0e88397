"""Connection of every site to the grid and to roads, along the cheapest way over the ground.

Comes in: the scenario's files and costs, the surface, the sites. Goes out: `Connection`: what it costs to bring the
output of each site to each node, the nearest one by cost, and how to draw the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray
from scipy import sparse

from greenzone.economics.corridor import Ground, ground_of
from greenzone.economics.costs import price_factor
from greenzone.economics.nodes import embedded_nodes, read_lines, read_nodes, spare_capacity
from greenzone.economics.routing import Field, Lattice, trace
from greenzone.errors import GreenzoneError
from greenzone.layers.surface import Surface
from greenzone.schema import Variable, label

if TYPE_CHECKING:
    from greenzone.config.economics import Economics

LABELS = {
    "distance_grid": Variable("km", "length of the cheapest route to the grid"),
    "distance_road": Variable("km", "length of the cheapest route to a road"),
    "grid_node": Variable("1", "node of the grid that is cheapest to reach"),
}
NO_NODES = "No node of the grid lies on the terrain: no site is connected; name your own under economics.connection."
APPROXIMATE = (
    "The grid's nodes are approximate, one near each district centre, and their spare capacity is assumed: name your "
    "own under economics.connection."
)
NO_ROADS = "Access roads are not costed: no road file is named under economics.connection."


@dataclass(frozen=True)
class Connection:
    """How the sites reach the grid.

    `sites` over `site`: `distance_grid` [km along the route], `connection_cost` [currency/kW] (line, substation and
    access road), `connection_om` [currency/kW/year], `grid_node` (name, "" where none is reached), and `distance_road`
    [km] where roads are known. `choices` over `(node, site)`: `capital` [currency/kW] and `upkeep` [currency/kW/year]
    of each node, infinite where no route leads, with `spare_capacity` [MW] over `node`. `reinforcement` is what
    capacity costs at a node that has none to spare [currency/kW].
    """

    sites: xr.Dataset
    choices: xr.Dataset
    reinforcement: float
    ground: Ground
    fields: Mapping[str, Field]
    notes: tuple[str, ...]

    @property
    def distances(self) -> xr.Dataset:
        """The numbers of `sites`, as layers for scoring."""
        return self.sites.drop_vars("grid_node")


def connect(section: Economics, surface: Surface, sites: xr.Dataset, tables: Mapping[str, pd.DataFrame]) -> Connection:
    """Find the cheapest way of every site to every node of the grid, and to roads.

    Parameters
    ----------
    section : Economics
        Its `connection` names files and costs; `currency` and `currency_year` are those of the result.
    surface : Surface
        Slope, land cover and elevation of the box, and how the sites cover it.
    sites : Dataset
        `lon`, `lat` over `site`, in the order of the surface's coverage.
    tables : mapping
        `grid_nodes`, `economics_connection`, `economics_routes` and `price_index`.

    Returns
    -------
    Connection
        A site's cost is the mean over its ground, so that it does not hang on the size of the sites. NaN and "" where
        no node is reached.

    Raises
    ------
    GreenzoneError
        A file cannot be used, or none of its nodes lies on the terrain.
    """
    files, routes = section.connection, tables["economics_routes"]
    nodes = nodes_of(section, surface, tables)
    open_ground = ground_of(surface, routes, len(nodes))
    ground = open_ground
    if files.corridors is not None:
        existing = routes.set_index("kind")["multiplier"]["corridor"]
        ground = ground.with_lines(read_lines(files.corridors, "existing lines"), float(existing))
    lattice, weights = Lattice.of(ground.multiplier.values, *ground.size_km), ground.weights(surface.coverage.weights)
    fields = {str(row.node): lattice.routes_to(ground.cells_of(row.geometry)) for row in nodes.itertuples()}
    prices = connection_costs(section, tables)
    ways = [site_means(field, weights) for field in fields.values()]
    choices = node_choices(ways, nodes, sites.site, prices)
    road = None
    if files.roads is not None:
        road = road_access(read_lines(files.roads, "roads"), open_ground, weights, prices, files.roads)
        choices = choices.assign(capital=choices.capital + road["capital"], upkeep=choices.upkeep + road["upkeep"])
    reinforcement = prices["reinforcement_capital_per_mw"] / 1000
    summary = _cheapest(choices, road, f"{section.currency}")
    return Connection(summary, choices, reinforcement, ground, fields, _notes(nodes, road is None))


def nodes_of(section: Economics, surface: Surface, tables: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """Nodes of the grid on the terrain, the user's or the embedded ones, each with its spare capacity [MW].

    Raises
    ------
    GreenzoneError
        The file cannot be used, or none of its nodes lies on the terrain.
    """
    files, figures = section.connection, tables["economics_connection"].set_index("parameter")["value"].astype(float)
    nodes = embedded_nodes(tables["grid_nodes"]) if files.nodes is None else read_nodes(files.nodes)
    nodes["spare_capacity_mw"] = spare_capacity(nodes, files.spare_capacity_mw, figures)
    return _on_terrain(nodes, surface, required=files.nodes is not None)


def node_choices(
    ways: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
    nodes: gpd.GeoDataFrame,
    site: xr.DataArray,
    prices: Mapping[str, float],
) -> xr.Dataset:
    """What each node costs each site, from cost and length of the ways there (see `Connection.choices`)."""
    cost, length = (np.array([way[part] for way in ways]).reshape(len(ways), site.size) for part in (0, 1))
    capital = (cost * prices["line_capital_per_mw_km"] + prices["substation_capital_per_mw"]) / 1000
    return xr.Dataset(
        {
            "capital": (("node", "site"), capital),
            "upkeep": (("node", "site"), length * prices["line_om_per_mw_km_year"] / 1000),
            "length": (("node", "site"), length),
            "spare_capacity": ("node", nodes["spare_capacity_mw"].to_numpy(float)),
        },
        {"node": nodes["node"].to_list(), "site": site},
    )


def _notes(nodes: gpd.GeoDataFrame, roadless: bool) -> tuple[str, ...]:
    """What a reader must know of nodes and roads."""
    said = {APPROXIMATE: bool(nodes["approximate"].any()), NO_NODES: nodes.empty, NO_ROADS: roadless}
    return tuple(note for note, holds in said.items() if holds)


def connection_costs(section: Economics, tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Figures of the table `economics_connection` by name, in the scenario's money; its own in place of the table's."""
    figures = {}
    for row in tables["economics_connection"].itertuples():
        factor = 1.0
        if isinstance(row.currency, str):
            money = (section.currency, section.currency_year)
            factor = price_factor(tables["price_index"], row.currency, int(row.year), *money)
        own = getattr(section.connection, str(row.parameter), None)
        figures[str(row.parameter)] = float(row.value) * factor if own is None else float(own)
    return figures


def site_means(field: Field, weights: sparse.csr_matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cost [km of line on level ground] and length [km] of the routes from the ground of each site.

    `weights` is (site, cell) with rows summing to 1. Cells that no route reaches do not count; a site of only such has
    infinite cost and length.
    """
    reached = np.isfinite(field.cost)
    share = weights @ reached.astype(float)
    means = []
    for values in (field.cost, field.length):
        total = weights @ np.where(reached, values, 0.0)
        means.append(np.divide(total, share, out=np.full(share.shape, np.inf), where=share > 0))
    return means[0], means[1]


def road_access(
    roads: gpd.GeoDataFrame, ground: Ground, weights: sparse.csr_matrix, prices: Mapping[str, float], path: object
) -> dict[str, NDArray[np.float64]]:
    """Cost of an access road per kW of a plant, `capital` and `upkeep`, and its `length` [km] for each site."""
    cells = np.unique(np.concatenate([ground.cells_of(shape) for shape in roads.geometry]))
    if not cells.size:
        raise GreenzoneError(f"no road of {path} lies near the zone: is its CRS right?")
    cost, length = site_means(Lattice.of(ground.multiplier.values, *ground.size_km).routes_to(cells), weights)
    kilowatts = prices["road_plant_mw"] * 1000
    return {
        "capital": cost * prices["road_capital_per_km"] / kilowatts,
        "upkeep": length * prices["road_om_per_km_year"] / kilowatts,
        "length": length,
    }


def route_lines(connection: Connection, wanted: pd.DataFrame) -> gpd.GeoDataFrame:
    """Draw the routes of some sites.

    Parameters
    ----------
    connection : Connection
        Result of `connect`.
    wanted : DataFrame
        One row per route: `lon`, `lat` of its start and `grid_node` of its end; other columns are kept.

    Returns
    -------
    GeoDataFrame
        WGS 84 lines from the start through the middles of cells; `route_km` is the length of the line. A start whose
        cell no route leaves is left out.
    """
    shapes = np.full(len(wanted), None, object)
    length = np.full(len(wanted), np.nan)
    starts = connection.ground.cells_at(wanted["lon"].to_numpy(), wanted["lat"].to_numpy())
    for node, rows in wanted.reset_index(drop=True).groupby("grid_node", sort=True):
        field = connection.fields[str(node)]
        for row in rows.itertuples():
            cell = starts[row.Index]
            if cell < 0 or not np.isfinite(field.cost[cell]):
                continue
            lon, lat = connection.ground.place(np.array(trace(field, int(cell))))
            shapes[row.Index] = shapely.LineString(np.column_stack([np.r_[row.lon, lon], np.r_[row.lat, lat]]))
            length[row.Index] = field.length[cell]
    lines = gpd.GeoDataFrame(wanted.reset_index(drop=True).assign(route_km=length), geometry=shapes, crs=4326)
    return lines[lines.geometry.notna()].drop(columns=["lon", "lat"]).reset_index(drop=True)


def _cheapest(choices: xr.Dataset, road: Mapping[str, NDArray[np.float64]] | None, currency: str) -> xr.Dataset:
    """What the cheapest node of each site means for it."""
    count = choices.sizes["site"]
    nodes = np.append(choices.node.to_numpy().astype(object), "")
    padded = {
        name: np.vstack([choices[name].to_numpy(), np.full((1, count), np.inf)])
        for name in ("capital", "upkeep", "length")
    }
    best = padded["capital"].argmin(axis=0)
    best = np.where(np.isfinite(padded["capital"][best, np.arange(count)]), best, len(nodes) - 1)
    picked = {name: values[best, np.arange(count)] for name, values in padded.items()}
    picked = {name: np.where(np.isfinite(values), values, np.nan) for name, values in picked.items()}
    sites = xr.Dataset(
        {
            "distance_grid": ("site", picked["length"]),
            "connection_cost": ("site", picked["capital"]),
            "connection_om": ("site", picked["upkeep"]),
            "grid_node": ("site", nodes[best].astype(str)),
        },
        {"site": choices.site},
    )
    if road is not None:
        sites["distance_road"] = ("site", np.where(np.isfinite(road["length"]), road["length"], np.nan))
    money = {
        "connection_cost": Variable(f"{currency} kW-1", "capital of line, substation and access road"),
        "connection_om": Variable(f"{currency} kW-1 year-1", "operation and maintenance of line and access road"),
    }
    return label(sites, LABELS | money)


def _on_terrain(nodes: gpd.GeoDataFrame, surface: Surface, required: bool) -> gpd.GeoDataFrame:
    """Nodes that lie on the elevation raster, whole or in part; a user's file must have some."""
    like = surface.elevation
    box = shapely.box(
        like.west,
        like.north - like.values.shape[0] * like.step_lat,
        like.west + like.values.shape[1] * like.step_lon,
        like.north,
    )
    inside = nodes[nodes.intersects(box)].reset_index(drop=True)
    if required and inside.empty:
        raise GreenzoneError("none of the grid nodes lies on the terrain: are their CRS and coordinates right?")
    return inside.set_geometry(inside.intersection(box))
