"""Plants that stand already or are planned: where on the rivers they take their head.

Comes in: the table `hydro_plants`, whose coordinates are mostly unknown or approximate, the plants the rivers allow,
and the names of rivers. Goes out: for each plant the reach whose capacity fits best near where it is said to stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.hydro import model, siting
from greenzone.technologies.hydro.drainage import KM_PER_DEGREE
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.siting import Plants, Rivers
from greenzone.technologies.hydro.streams import Streams

# Kilometres off the given point that count as much as a capacity off by the factor e, and how far is looked at all:
# for a point of the plant's own, and for one marked approximate (several plants share it) or taken from a town.
NEAR = (5.0, 12.0)
ROUGH = (20.0, 30.0)


@dataclass(frozen=True)
class Places:
    """What is known of each river node: longitude, latitude, district ("" outside the zone), river name or ""."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    district: NDArray[np.str_]
    river: NDArray[np.str_]


def of_zone(table: pd.DataFrame, zone: gpd.GeoDataFrame) -> pd.DataFrame:
    """Plants of `hydro_plants` in the zone: by their district's name, else by coordinates."""
    shape = zone.union_all()
    inside = shapely.contains_xy(shape, table["lon"].to_numpy(float), table["lat"].to_numpy(float))
    return table[table["district"].isin(zone["district"]) | inside]


def river_names(streams: Streams, table: pd.DataFrame) -> NDArray[np.str_]:
    """Name of the river at each stream node: the main stem through each point of the table `hydro_rivers`, else "".

    Points off the terrain's rivers are passed over; where stems meet, the smaller river keeps its own name, and below
    the point a name goes on to the first named river.
    """
    name = np.full(streams.cell.size, "", dtype=object)
    upstream = main_upstream(streams)
    for row in table.sort_values("terrain_km2", ascending=False).itertuples():
        try:
            node = streams.snap(row.lon, row.lat, row.terrain_km2, radius_km=3.0)
        except GreenzoneError:
            continue
        below = int(streams.downstream[node])
        while node >= 0:
            name[node] = row.river
            node = upstream[node]
        while name[below] == "" and streams.downstream[below] != below:
            name[below] = row.river
            below = int(streams.downstream[below])
    return name.astype(str)


def main_upstream(streams: Streams) -> NDArray[np.int64]:
    """Upstream neighbour with the largest catchment of each node, -1 at sources."""
    nodes = np.flatnonzero(streams.downstream != streams.order)
    nodes = nodes[np.argsort(streams.upstream_km2[nodes], kind="stable")]
    main = np.full(streams.cell.size, -1, dtype=np.int64)
    main[streams.downstream[nodes]] = nodes  # the last written, the largest, stays
    return main


def misfit(plants: Plants, rivers: Rivers, places: Places, row: pd.Series) -> NDArray[np.float64]:
    """How badly each possible plant answers to a row of the table; infinite where it contradicts it.

    Counted: the logarithm of the capacity's ratio (of the head's where it is published) and the distance from the
    given coordinates. Demanded: the district (without coordinates), and the river where one is named and known.
    """
    if pd.notna(row.head_m):
        cost = 3.0 * np.abs(np.log(plants.gross_head / row.head_m))
    else:
        cost = np.abs(np.log(plants.capacity_mw / row.capacity_mw))
    cost += 0.02 * plants.waterway_km
    allowed = places.district[plants.outlet] == row.district
    named = [] if pd.isna(row.river) else [name.strip() for name in row.river.split(";")]
    on_named = np.isin(places.river[plants.intake], named)
    if named and (on_named & allowed).any():
        allowed &= on_named
    if pd.notna(row.lat):
        east = (places.lon[plants.outlet] - row.lon) * np.cos(np.radians(row.lat))
        distance = KM_PER_DEGREE * np.hypot(east, places.lat[plants.outlet] - row.lat)
        scale, far = ROUGH if re.search("approximate|town", str(row.coordinate_note)) else NEAR
        cost += distance / scale
        near = distance <= far
        allowed = near & on_named if (near & on_named).any() else near
    return np.where(allowed, cost, np.inf)


def place(
    table: pd.DataFrame,
    plants: Plants,
    rivers: Rivers,
    places: Places,
    taken: NDArray[np.bool_],
    chart: pd.DataFrame,
    options: Options,
) -> tuple[pd.DataFrame, Plants]:
    """Put each plant of the table on the reach that fits best, the surest and largest first.

    Parameters
    ----------
    table : DataFrame
        Rows of `hydro_plants` with a capacity.
    plants : Plants
        What the rivers allow (`siting.candidates`).
    rivers, places
        Nodes of the rivers and what is known of them.
    taken : ndarray of bool
        Links already closed, one per node; the reaches of the placed plants are closed in place.
    chart, options
        Turbines and sizing.

    Returns
    -------
    table : DataFrame
        The rows that found a reach, in the order of the plants.
    plants : Plants
        Their reach, with the published capacity and the energy the river gives at it.
    """
    order = table.assign(known=table.lat.notna(), sure=table.head_m.notna())
    order = order.sort_values(["sure", "known", "capacity_mw", "plant"], ascending=[False, False, False, True])
    rows, chosen = [], []
    closed = np.concatenate([[0], np.cumsum(taken)])
    for row in order.itertuples(index=False):
        cost = misfit(plants, rivers, places, row)
        cost[closed[plants.outlet] - closed[plants.intake] > 0] = np.inf
        if cost.size == 0 or not np.isfinite(cost.min()):
            continue
        best = int(cost.argmin())
        siting.block(taken, int(plants.intake[best]), int(plants.outlet[best]))
        closed = np.concatenate([[0], np.cumsum(taken)])
        rows.append(row)
        chosen.append(best)
    found = pd.DataFrame(rows, columns=order.columns).drop(columns=["known", "sure"])
    return found, sized(plants.take(np.array(chosen, dtype=np.int64)), found, rivers, chart, options)


def sized(plants: Plants, table: pd.DataFrame, rivers: Rivers, chart: pd.DataFrame, options: Options) -> Plants:
    """The plants built for their published capacity, with their energy; a published flow or head replaces the reach's.

    A plant with a published head stands at a dam: its head is taken as net.
    """
    published = table["capacity_mw"].to_numpy(float)
    flow, head = table["design_flow_m3s"].to_numpy(float), table["head_m"].to_numpy(float)
    flow = np.where(np.isnan(flow), plants.design_flow * published / np.maximum(plants.capacity_mw, 1e-9), flow)
    gross, net = np.where(np.isnan(head), plants.gross_head, head), np.where(np.isnan(head), plants.net_head, head)
    kind = siting.turbine_kind(chart, net, flow, options.units_compared)
    width = plants.diameter_m * (flow / plants.design_flow) ** 0.375  # as wide pipes as lose the same head
    built = replace(
        plants, design_flow=flow, gross_head=gross, net_head=net, capacity_mw=published, diameter_m=width,
        turbine=np.where(kind < 0, plants.turbine, kind),
    )  # fmt: skip
    monthly = siting.with_energy(built, rivers, options).monthly_gwh
    hours = model.DAYS / model.DAYS.sum() * model.HOURS
    most = published[:, None] * hours / 1000.0 * options.availability
    return replace(built, monthly_gwh=np.minimum(monthly, most))
