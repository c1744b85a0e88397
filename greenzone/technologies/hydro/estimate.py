"""Hydropower potential of the sites: rivers, plants that stand, plants that could.

Comes in: sites, layers, options. Goes out: `schema.Potential` with the plants and rivers as features. This is the one
place of the technology where arrays get labels.
"""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from greenzone import schema
from greenzone.layers import catalogue
from greenzone.technologies.hydro import existing, features, ladder, model, profiles, siting, storage, waterways
from greenzone.technologies.hydro.costs import Prices
from greenzone.technologies.hydro.existing import Places
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.siting import Plants, Rivers
from greenzone.technologies.hydro.streams import Streams
from greenzone.technologies.hydro.water import Water, water

Array = NDArray[np.float64]

SITE = {
    "existing_mw": schema.Variable("MW", "capacity of plants that stand already, part of capacity_mw"),
    "group": schema.Variable("1", "supply group of the site, -1 for none"),
}


def estimate(sites: xr.Dataset, layers: schema.Layers, options: Options) -> schema.Potential:
    """Hydropower potential of the sites.

    Parameters
    ----------
    sites : Dataset
        `schema.SITES` over `site`, with `eligible_fraction`.
    layers : Layers
        Its `elevation`, `tables`, `zone` and the hours of `weather` are used.
    options : Options
        What may be built.

    Returns
    -------
    Potential
        A plant belongs to the site its powerhouse stands on. `capacity_mw` and `energy_gwh` hold existing plants and
        candidates, `existing_mw` the former alone. `features`: `hydro_plants` (powerhouses),
        `hydro_intakes` (points), `hydro_waterways` and `rivers` (lines), the ladder of potential in `hydro_basins` and
        `hydro_districts` (polygons), and, outside the potential, `hydro_storage` and `hydro_pumped_storage`.

    Raises
    ------
    GreenzoneError
        If the terrain is flat, empty, not in degrees, or wider than the climate.
    """
    flow = water(layers.elevation, layers.tables, catalogue.load_climate(), options)
    chains = siting.rivers(flow.streams, flow.discharge, flow.parameters.flow_variability, options)
    names = existing.river_names(flow.streams, layers.tables["hydro_rivers"])
    places = places_of(flow.streams, chains, names, layers)
    known = existing.of_zone(layers.tables["hydro_plants"], layers.zone)
    prices = Prices.read(layers.tables["hydro_costs"], layers.tables["price_index"], options)
    eligible = sites["eligible_fraction"].to_numpy()[nearest_site(sites, places)]
    table, stand, built = plants(chains, places, eligible, known, layers.tables["hydro_turbines"], prices, options)
    listed = features.plant_table(table, stand, built, chains, places, flow.parameters, options)
    listed = features.with_costs(listed, prices)
    at = nearest_site(sites, Places(listed.lon.to_numpy(), listed.lat.to_numpy(), *[np.array([])] * 2))
    dataset, monthly = by_site(sites, listed, at, theoretical(flow, sites, layers))
    supply = grouped(sites, dataset, monthly, pd.DatetimeIndex(layers.weather["time"].to_numpy()), options)
    basins = ladder.basin_names(flow.streams, names)
    basin = basins[chains.stream[np.concatenate([stand.intake, built.intake])]]
    gross = dataset["theoretical_gwh"].to_numpy()
    shown = {
        "hydro_plants": features.points(listed),
        "hydro_intakes": waterways.intakes(listed),
        "hydro_waterways": drawn(flow, listed, chains, stand, built),
        "rivers": features.rivers(flow.streams, flow.mean, names, layers.zone, options),
        "hydro_basins": ladder.by_basin(flow, basins, listed, basin, layers.zone, options),
        "hydro_storage": storage.dams(flow, names, inside_of(layers), options),
        "hydro_pumped_storage": storage.pumped(flow.blocks, inside_of(layers), options),
        "hydro_districts": ladder.by_district(layers.zone, sites["district"].to_numpy(), gross, listed, options),
    }
    figures = features.totals(listed, dataset, options)
    notes = features.notes(listed, known, prices, options)
    return schema.Potential("hydro", schema.label(dataset, schema.POTENTIAL | SITE), supply, shown, figures, notes)


def grouped(
    sites: xr.Dataset, dataset: xr.Dataset, monthly: Array, time: pd.DatetimeIndex, options: Options
) -> xr.Dataset:
    """Hourly profiles of the supply groups; adds the group of each site to `dataset`."""
    capacity, factor = dataset["capacity_mw"].to_numpy(), dataset["capacity_factor"].to_numpy()
    frame = profiles.groups(sites["district"].to_numpy(), capacity, factor, options.class_bounds)
    dataset["group"] = ("site", frame["group"].to_numpy())
    return profiles.of_groups(frame, capacity, monthly, time)


def inside_of(layers: schema.Layers) -> Callable[[Array, Array], NDArray[np.bool_]]:
    """Function that tells which longitudes and latitudes lie in the zone."""
    return lambda lon, lat: district_of(lon, lat, layers) != ""


def drawn(flow: Water, listed: pd.DataFrame, chains: Rivers, stand: Plants, built: Plants) -> gpd.GeoDataFrame:
    """Waterways of the plants whose place was found on the terrain; a published point is no end of a line."""
    outlet = chains.stream[np.concatenate([stand.outlet, built.outlet])]
    found = listed["location"].isin([features.FITTED, features.FOUND]).to_numpy()
    where = flow.streams.lon[outlet][found], flow.streams.lat[outlet][found]
    return waterways.lines(flow.drainage.raster, listed[found], *where)


def places_of(streams: Streams, chains: Rivers, names: NDArray[np.str_], layers: schema.Layers) -> Places:
    """Longitude, latitude, district and river name of each river node; `names` are those of the stream nodes."""
    lon, lat = streams.lon[chains.stream], streams.lat[chains.stream]
    return Places(lon, lat, district_of(lon, lat, layers), names[chains.stream])


def district_of(lon: Array, lat: Array, layers: schema.Layers) -> NDArray[np.str_]:
    """District of each point, "" outside the zone."""
    district = np.full(lon.size, "", dtype=object)
    for row in layers.zone.itertuples():
        west, south, east, north = row.geometry.bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        shapely.prepare(row.geometry)
        district[near[shapely.contains_xy(row.geometry, lon[near], lat[near])]] = row.district
    return district.astype(str)


def nearest_site(sites: xr.Dataset, places: Places) -> NDArray[np.int64]:
    """Position of the site whose centre is nearest to each place."""
    shrink = np.cos(np.radians(float(sites["lat"].mean())))
    tree = cKDTree(np.column_stack([sites["lon"].to_numpy() * shrink, sites["lat"].to_numpy()]))
    return tree.query(np.column_stack([places.lon * shrink, places.lat]))[1].astype(np.int64)


def plants(
    chains: Rivers,
    places: Places,
    eligible: Array,
    known: pd.DataFrame,
    chart: pd.DataFrame,
    prices: Prices,
    options: Options,
) -> tuple[pd.DataFrame, Plants, Plants]:
    """Plants of the table that found their reach, the same as `Plants`, and the candidates beside them.

    `eligible` is the eligible fraction of the site at each node: a candidate's powerhouse needs some. `known` are the
    zone's rows of `hydro_plants`, `chart` is the table `hydro_turbines`.
    """
    inside = places.district != ""
    taken = chains.last | ~(inside & np.append(inside[1:], False))
    possible = siting.candidates(chains, taken, chart, prices, options)
    stands = known[(known["status"] == "existing") & known["capacity_mw"].notna()]
    table, stand = existing.place(stands, possible, chains, places, taken, chart, options)
    if options.objective == "net_benefit":
        possible = siting.optimised(chains, taken, chart, prices, options)
    closed = np.concatenate([[0], np.cumsum(taken)])
    free = closed[possible.outlet] == closed[possible.intake]
    free &= eligible[possible.outlet] > 0
    built = siting.best(possible.take(free), chains.stream.size, prices, options)
    return table, stand, siting.with_best_units(built, chains, chart, prices, options)


def theoretical(flow: Water, sites: xr.Dataset, layers: schema.Layers) -> Array:
    """Gross energy ρgQΔh of all water falling in each site, each metre of fall once, `(site,)`. [GWh]"""
    ground, gross = flow.blocks, flow.gross.ravel() * model.HOURS / 1e6
    lon, lat = np.tile(ground.lon, len(ground.lat)), np.repeat(ground.lat, len(ground.lon))
    inside = district_of(lon, lat, layers) != ""
    at = nearest_site(sites, Places(lon[inside], lat[inside], *[np.array([])] * 2))
    return np.bincount(at, gross[inside], minlength=sites.sizes["site"]).astype(float)


def by_site(sites: xr.Dataset, table: pd.DataFrame, at: NDArray[np.int64], gross: Array) -> tuple[xr.Dataset, Array]:
    """The plants of `table` summed over the sites they stand on, and their monthly energy `(site, 12)` [GWh].

    Planned plants do not count.
    """
    size = sites.sizes["site"]
    counts = table["status"].isin(["existing", "candidate"]).to_numpy()
    where, table = at[counts], table[counts]
    months = np.stack(table["monthly_gwh"].to_list()) if len(table) else np.zeros((0, 12))
    monthly = np.stack([np.bincount(where, month, minlength=size).astype(float) for month in months.T], axis=1)
    capacity = np.bincount(where, table["capacity_mw"], minlength=size)
    old = np.bincount(where, table["capacity_mw"] * (table["status"] == "existing"), minlength=size)
    energy = monthly.sum(axis=1)
    factor = np.divide(energy * 1000.0, capacity * model.HOURS, out=np.full(size, np.nan), where=capacity > 0)
    eligible = sites["eligible_fraction"].to_numpy()
    values = {
        "eligible_fraction": eligible, "theoretical_gwh": gross, "geographic_gwh": gross * eligible,
        "capacity_mw": capacity, "capacity_factor": factor, "energy_gwh": energy, "existing_mw": old,
    }  # fmt: skip
    return xr.Dataset({name: ("site", value) for name, value in values.items()}, {"site": sites["site"]}), monthly
