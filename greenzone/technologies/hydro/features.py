"""Plants and rivers as tables and vector features, and the figures worth printing.

Comes in: plants on river nodes. Goes out: GeoDataFrames in WGS 84, totals, notes.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

from greenzone.technologies.hydro import model
from greenzone.technologies.hydro.existing import Places
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.runoff import Parameters
from greenzone.technologies.hydro.siting import Plants, Rivers
from greenzone.technologies.hydro.streams import Streams
from greenzone.technologies.hydro.turbine import TYPES

Array = NDArray[np.float64]
NEAR = 0.03  # degree around the zone where rivers are still drawn: border rivers run beside its polygons
COLUMNS = [
    "name", "status", "river", "district", "capacity_mw", "energy_gwh", "capacity_factor", "energy_low_gwh",
    "energy_high_gwh", "modelled_gwh", "design_flow_m3s", "mean_flow_m3s", "gross_head_m", "net_head_m", "waterway_km",
    "turbine", "intake_lon", "intake_lat", "location", "year",
]  # fmt: skip


def plant_table(
    table: pd.DataFrame,
    stand: Plants,
    built: Plants,
    chains: Rivers,
    places: Places,
    parameters: Parameters,
    options: Options,
) -> pd.DataFrame:
    """One row per plant, existing ones first: `COLUMNS`, `lon, lat` of the powerhouse and `monthly_gwh` (12 values).

    `table` are the rows of `hydro_plants` behind `stand`. Where its energy is published it counts, the model's is
    beside it; low and high are the 10th and 90th percentile.
    """
    old, new = rows_of(stand, chains, places), rows_of(built, chains, places)
    spread = ndtri(0.9) * log_error(old, parameters, options), ndtri(0.9) * log_error(new, parameters, options)
    old = old.assign(name=table["plant"].to_numpy(), status="existing", year=table["year"].to_numpy(float))
    published = table["annual_gwh"].to_numpy(float)
    known = np.isfinite(published)
    scale = np.where(known, published / np.maximum(old["modelled_gwh"], 1e-9), 1.0)
    old["monthly_gwh"] = [month * factor for month, factor in zip(old["monthly_gwh"], scale, strict=True)]
    old["energy_gwh"] = old["modelled_gwh"] * scale
    spread[0][known] = 0.0
    located = table["lat"].notna().to_numpy()
    old["lon"] = np.where(located, table["lon"], old["lon"])
    old["lat"] = np.where(located, table["lat"], old["lat"])
    old["location"] = np.where(located, table["coordinate_note"].fillna("published"), "fitted to capacity and river")
    old["river"] = np.where(old["river"] == "", table["river"].fillna(""), old["river"])
    old["district"] = table["district"].to_numpy()
    names = [f"candidate {number:03d}" for number in range(1, len(new) + 1)]
    new = new.assign(name=names, status="candidate", year=np.nan, location="found on the terrain")
    both = pd.concat([old, new], ignore_index=True)
    both["capacity_factor"] = both["energy_gwh"] * 1000.0 / (both["capacity_mw"] * model.HOURS)
    factor = np.exp(np.concatenate(spread))
    both["energy_low_gwh"], both["energy_high_gwh"] = both["energy_gwh"] / factor, both["energy_gwh"] * factor
    most = both["capacity_mw"] * model.HOURS / 1000.0 * options.availability
    both["energy_high_gwh"] = np.maximum(np.minimum(both["energy_high_gwh"], most), both["energy_gwh"])
    return both[[*COLUMNS, "lon", "lat", "monthly_gwh"]]


def rows_of(plants: Plants, chains: Rivers, places: Places) -> pd.DataFrame:
    """What the model knows of each plant."""
    return pd.DataFrame(
        {
            "river": places.river[plants.intake],
            "district": places.district[plants.outlet],
            "capacity_mw": plants.capacity_mw,
            "energy_gwh": plants.energy_gwh,
            "modelled_gwh": plants.energy_gwh,
            "design_flow_m3s": plants.design_flow,
            "mean_flow_m3s": chains.mean_flow[plants.intake],
            "gross_head_m": plants.gross_head,
            "net_head_m": plants.net_head,
            "waterway_km": plants.waterway_km,
            "turbine": np.array(TYPES)[plants.turbine],
            "intake_lon": places.lon[plants.intake],
            "intake_lat": places.lat[plants.intake],
            "lon": places.lon[plants.outlet],
            "lat": places.lat[plants.outlet],
            "monthly_gwh": list(plants.monthly_gwh),
        }
    )


def log_error(rows: pd.DataFrame, parameters: Parameters, options: Options) -> Array:
    """Standard error of the logarithm of a plant's energy: of runoff, head and efficiency, independent. [1]"""
    head = options.head_error_m / np.maximum(rows["gross_head_m"].to_numpy(float), 1.0)
    return np.sqrt(parameters.log_error**2 + np.minimum(head, 1.0) ** 2 + options.efficiency_error**2)


def capital_cost(table: pd.DataFrame, costs: pd.DataFrame) -> Array:
    """Capital cost of the candidates by the ORNL model of new stream-reach development; NaN for others. [MUSD of 2014]

    `costs` is the table `hydro_costs`: cost = coefficient · P^a · H^b with P in MW and H in ft.
    """
    value = costs.set_index("parameter")["value"].astype(float)
    feet = table["gross_head_m"].to_numpy(float) / 0.3048
    powers = table["capacity_mw"].to_numpy(float) ** value["capital_power_exponent"]
    cost = value["capital_coefficient"] * powers * feet ** value["capital_head_exponent"] / 1e6
    return np.where(table["status"] == "candidate", cost, np.nan)


def points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """The plants as points at their powerhouses."""
    rounded = table.drop(columns=["lon", "lat", "monthly_gwh"]).round(4)
    return gpd.GeoDataFrame(rounded, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326)


def rivers(
    streams: Streams, mean_flow: Array, names: NDArray[np.str_], zone: gpd.GeoDataFrame, options: Options
) -> gpd.GeoDataFrame:
    """River lines between confluences that touch the zone, with mean flow, catchment, order and gross power.

    `mean_flow` and `names` are `(stream node,)` [m3/s]. Power is that of all links of the line, also where it runs
    outside the zone.
    """
    part = streams.upstream_km2 >= options.river_km2
    order = streams.strahler(part)
    fall = streams.bed - streams.bed[streams.downstream]
    gross = model.power(mean_flow, fall) / 1000.0
    lines = streams.segments(part)
    vertices, index = np.concatenate([*lines, np.zeros(0, dtype=np.int64)]), line_index(lines)
    links = np.ones(vertices.size, dtype=bool)
    ends = np.cumsum([len(line) for line in lines]) - 1 if lines else np.zeros(0, dtype=np.int64)
    links[ends] = False
    last = vertices[ends - 1]
    sums = {
        name: np.bincount(index[links], values[vertices[links]], minlength=len(lines))
        for name, values in {"fall_m": fall, "length_km": streams.length_km, "theoretical_mw": gross}.items()
    }
    table = pd.DataFrame(
        {
            "river": names[last], "mean_flow_m3s": mean_flow[last], "upstream_km2": streams.upstream_km2[last],
            "strahler": order[last], **sums,
        }
    )  # fmt: skip
    geometry = shapely.linestrings(np.column_stack([streams.lon[vertices], streams.lat[vertices]]), indices=index)
    frame = gpd.GeoDataFrame(table.round(3), geometry=geometry, crs=4326)
    west, south, east, north = zone.total_bounds
    near = frame[shapely.intersects(geometry, shapely.box(west, south, east, north))]
    area = zone.union_all().buffer(NEAR)
    shapely.prepare(area)
    return near[shapely.intersects(area, near.geometry.to_numpy())].reset_index(drop=True)


def line_index(lines: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Which line each vertex belongs to."""
    return np.repeat(np.arange(len(lines)), [len(line) for line in lines])


def totals(table: pd.DataFrame, dataset: xr.Dataset) -> dict[str, float]:
    """Figures of the zone."""
    old, new = table[table["status"] == "existing"], table[table["status"] == "candidate"]
    return {
        "existing_mw": float(old["capacity_mw"].sum()),
        "existing_gwh": float(old["energy_gwh"].sum()),
        "candidate_mw": float(new["capacity_mw"].sum()),
        "candidate_gwh": float(new["energy_gwh"].sum()),
        "candidate_plants": float(len(new)),
        "candidate_capacity_factor": float(new["capacity_factor"].median()) if len(new) else float("nan"),
        "theoretical_gwh": float(dataset["theoretical_gwh"].sum()),
    }


def notes(table: pd.DataFrame, known: pd.DataFrame, options: Options) -> tuple[str, ...]:
    """Caveats for the reader; `known` are the zone's rows of `hydro_plants`."""
    missing = known[(known["status"] == "existing") & ~known["plant"].isin(table["name"])]["plant"].tolist()
    planned = known[known["status"] == "planned"]["capacity_mw"].sum()
    fitted = int((table["location"] == "fitted to capacity and river").sum())
    lines = [
        f"{fitted} existing plants have no published coordinates: each stands on the reach of its river and district "
        "whose capacity fits best.",
        f"Planned plants of {planned:.0f} MW in the table are not counted; those on small rivers use the same falls as "
        "candidates.",
        f"Rivers of more than {options.max_mean_flow_m3s:g} m3/s (the Araz, a border river) are left to storage dams.",
        "Head comes from a 30 arc-second terrain model, mean flow from a calibrated water balance: see low and high.",
    ]
    if missing:
        lines.append(f"Existing plants without a place or capacity: {', '.join(missing)}.")
    return tuple(lines)
