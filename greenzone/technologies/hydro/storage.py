"""Where water could be stored: dams on rivers, and closed loops that pump between two ponds. Screening, not siting.

Comes in: the water of the terrain and which land is in the zone. Goes out: two lists, best first; neither counts in
the potential, because the same water drives the run-of-river plants.
"""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from greenzone.schema import Raster
from greenzone.technologies.hydro import kernel_terrain, model
from greenzone.technologies.hydro.drainage import KM_PER_DEGREE, cell_area_km2
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.water import Water

Array = NDArray[np.float64]
Inside = Callable[[Array, Array], NDArray[np.bool_]]

MOST_KM2 = 20.0  # the largest lake in the zone, Sarsang's, covers 14 km2
MOST_CREST_KM = 2.0
SPACING_KM = 2.0  # between places along a river where a dam is tried
MEAN_HEAD = 0.75  # of the dam's height, over the year, between empty and full
DAM = ["river", "height_m", "storage_hm3", "lake_km2", "crest_km", "dam_hm3", "water_per_dam", "mean_flow_m3s",
       "storage_days", "capacity_mw", "energy_gwh"]  # fmt: skip
PAIR = ["upper_m", "lower_m", "head_m", "separation_km", "volume_hm3", "capacity_mw", "storage_mwh", "upper_lon",
        "upper_lat", "lower_lon", "lower_lat"]  # fmt: skip


def dams(flow: Water, names: NDArray[np.str_], inside: Inside, options: Options) -> gpd.GeoDataFrame:
    """Storage dams on the zone's rivers that keep most water for their mass, none in another's lake.

    Parameters
    ----------
    flow : Water
        The rivers.
    names : ndarray
        River of each stream node.
    inside : callable
        Which of the given longitudes and latitudes lie in the zone: dam and lake must.
    options : Options
        Heights, least storage, number.

    Returns
    -------
    GeoDataFrame
        Points with the columns `DAM`, at most `options.storage_sites`. Energy is that of the mean flow through
        three quarters of the dam's height at 85 %, capacity three times its mean power: upper ends, without spill.

    Notes
    -----
    The dam is a rock fill with a crest of 10 m and slopes of 1.75:1 on both sides (ICOLD practice), so A = 10 h +
    1.75 h². Its own cell counts by half in the lake. On 30 arc-seconds valleys are as wide as their cells: take a
    finer terrain before believing a place.
    """
    streams, raster = flow.streams, flow.drainage.raster
    nodes = tried(flow, inside, options)
    found = []
    for node in nodes:
        for height in options.dam_heights_m:
            dam = dam_at(flow, int(node), height)
            if dam is not None and dam[0]["storage_hm3"] >= options.min_storage_hm3:
                found.append((int(node), *dam))
    found.sort(key=lambda dam: -dam[1]["water_per_dam"])
    taken = np.zeros(raster.values.size, dtype=bool)
    records: list[dict[str, float | str]] = []
    where: list[shapely.Point] = []
    for node, figures, lake in found:
        if len(records) == options.storage_sites:
            break
        rows, columns = np.divmod(lake, raster.values.shape[1])
        if taken[lake].any() or not inside(raster.lon[columns], raster.lat[rows]).all():
            continue
        taken[lake] = True
        records.append({"river": str(names[node]), **figures})
        where.append(shapely.Point(streams.lon[node], streams.lat[node]))
    table = pd.DataFrame(records, columns=DAM).round(3)
    return gpd.GeoDataFrame(table, geometry=np.array(where, dtype=object), crs=4326)


def tried(flow: Water, inside: Inside, options: Options) -> NDArray[np.int64]:
    """Stream nodes where a dam is tried: in the zone, flow within the options' bounds, spaced along their river."""
    streams, mean = flow.streams, flow.mean
    way = np.zeros(streams.cell.size)
    for node in streams.order[::-1]:
        below = streams.downstream[node]
        way[node] = way[below] + streams.length_km[node] if below != node else 0.0
    crossed = np.floor(way / SPACING_KM) != np.floor(way[streams.downstream] / SPACING_KM)
    large = (mean >= 5 * options.min_mean_flow_m3s) & (mean <= options.max_mean_flow_m3s)
    nodes = np.flatnonzero(crossed & large)
    return nodes[inside(streams.lon[nodes], streams.lat[nodes])]


def dam_at(flow: Water, node: int, height: float) -> tuple[dict[str, float], NDArray[np.int64]] | None:
    """Figures of a dam of `height` [m] at a stream node and the cells of its lake; None in too wide a valley.

    The dam stands on the river's bed: a bar of the terrain model at its place, or pits above it, keep no water.
    """
    drainage, streams = flow.drainage, flow.streams
    values, columns = drainage.raster.values.ravel(), drainage.raster.values.shape[1]
    cell = int(streams.cell[node])
    area = float(drainage.row_area_km2[cell // columns])
    crest = float(streams.bed[node]) + height
    lake = kernel_terrain.flooded(drainage.downstream, values, columns, cell, crest, int(MOST_KM2 / area) + 2)
    width = np.sqrt(area) * 1000.0
    step = int(drainage.downstream[cell]) - cell
    across = kernel_terrain.crest_line(values, columns, cell, step, crest, int(MOST_CREST_KM * 1000 / width) + 1)
    if lake.size == 0 or across.size == 0:
        return None
    depth = np.clip(crest - values[lake].astype(float), 0.0, height)
    depth[0] = 0.5 * height
    across = np.concatenate([[height], np.clip(across[1:], 0.0, height)])
    water = depth.sum() * area
    mass = float((10.0 * across + 1.75 * across**2).sum()) * width / 1e6
    mean = float(flow.mean[node])
    power = model.power(mean, MEAN_HEAD * height, 0.85) / 1000.0
    return {
        "height_m": height, "storage_hm3": float(water), "lake_km2": float(lake.size * area),
        "crest_km": across.size * width / 1000.0, "dam_hm3": mass, "water_per_dam": float(water) / mass,
        "mean_flow_m3s": mean, "storage_days": float(water) * 1e6 / mean / 86400.0, "capacity_mw": 3.0 * power,
        "energy_gwh": power * model.HOURS / 1000.0,
    }, lake  # fmt: skip


def pumped(ground: Raster, inside: Inside, options: Options) -> gpd.GeoDataFrame:
    """Pairs of ponds off the rivers with a large head over a short distance, none sharing a pond with another.

    Parameters
    ----------
    ground : Raster
        Terrain in cells of about 30 arc-seconds. [m]
    inside : callable
        Which of the given longitudes and latitudes lie in the zone: both ponds must.
    options : Options
        Least head, longest separation, pond volume, hours.

    Returns
    -------
    GeoDataFrame
        Lines from the upper to the lower pond with the columns `PAIR`, at most `options.storage_sites`, steepest first.

    Notes
    -----
    Energy is ρ g V H times the root of the round-trip efficiency. Ponds are ring dams of `pumped_volume_hm3` on
    ground no steeper than `pumped_slope` over a cell and its neighbours.

    References
    ----------
    Stocks, M. et al. (2021), Global Atlas of Closed-Loop Pumped Hydro Energy Storage, Joule 5, 270-284.
    https://doi.org/10.1016/j.joule.2020.11.015
    """
    lon, lat, height = gentle_ground(ground, inside, options)
    shrink = np.cos(np.radians(lat.mean())) if lat.size else 1.0
    place = KM_PER_DEGREE * np.column_stack([lon * shrink, lat])
    upper, lower = np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    if len(place) > 1:
        pairs = cKDTree(place).query_pairs(options.pumped_separation_km, output_type="ndarray")
        first_higher = height[pairs[:, 0]] >= height[pairs[:, 1]]
        upper = np.where(first_higher, pairs[:, 0], pairs[:, 1])
        lower = np.where(first_higher, pairs[:, 1], pairs[:, 0])
    head = height[upper] - height[lower]
    apart = np.hypot(*(place[upper] - place[lower]).T) if upper.size else np.zeros(0)
    good = np.flatnonzero(head >= options.pumped_min_head_m)
    good = good[np.argsort(-head[good] / apart[good], kind="stable")]
    used = np.zeros(lon.size, dtype=bool)
    chosen: list[int] = []
    for pair in good:
        if len(chosen) == options.storage_sites:
            break
        if not used[upper[pair]] and not used[lower[pair]]:
            used[[upper[pair], lower[pair]]] = True
            chosen.append(int(pair))
    up, low, fall = upper[chosen], lower[chosen], head[chosen]
    volume = np.full(len(chosen), options.pumped_volume_hm3)
    stored = model.WATER_DENSITY * model.GRAVITY * volume * 1e6 * fall * np.sqrt(options.pumped_efficiency) / 3.6e9
    columns = [height[up], height[low], fall, apart[chosen], volume, stored / options.pumped_hours, stored,
               lon[up], lat[up], lon[low], lat[low]]  # fmt: skip
    table = pd.DataFrame(dict(zip(PAIR, columns, strict=True))).round(4)
    ends = np.stack([np.column_stack([lon[up], lat[up]]), np.column_stack([lon[low], lat[low]])], axis=1)
    return gpd.GeoDataFrame(table, geometry=shapely.linestrings(ends), crs=4326)


def gentle_ground(ground: Raster, inside: Inside, options: Options) -> tuple[Array, Array, Array]:
    """Longitude, latitude and elevation of the zone's cells gentle enough for a pond."""
    size = np.sqrt(cell_area_km2(ground)) * 1000.0
    north, east = np.gradient(ground.values)
    slope = np.hypot(north, east) / size[:, None]
    rows, columns = np.nonzero(slope <= options.pumped_slope)
    lon, lat = ground.lon[columns], ground.lat[rows]
    keep = inside(lon, lat)
    return lon[keep], lat[keep], ground.values[rows, columns][keep].astype(float)
