"""Plants and rivers as tables and vector features, and the figures worth printing.

Comes in: plants on river nodes. Goes out: GeoDataFrames in WGS 84, totals, notes.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray

from greenzone.technologies.hydro import costs, model, uncertainty
from greenzone.technologies.hydro.costs import Prices
from greenzone.technologies.hydro.existing import Places
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.runoff import Parameters
from greenzone.technologies.hydro.siting import Plants, Rivers
from greenzone.technologies.hydro.streams import Streams
from greenzone.technologies.hydro.turbine import TYPES

Array = NDArray[np.float64]
NEAR = 0.03  # degree around the zone where rivers are still drawn: border rivers run beside its polygons
COLUMNS = [
    "name", "status", "river", "district", "capacity_mw", "energy_gwh", "capacity_factor", "energy_p10_gwh",
    "energy_p50_gwh", "energy_p90_gwh", "modelled_gwh", "design_flow_m3s", "mean_flow_m3s", "gross_head_m",
    "net_head_m", "waterway_km", "penstock_diameter_m", "turbine", "units", "intake_lon", "intake_lat", "location",
    "year",
]  # fmt: skip
FITTED, FOUND = "fitted to capacity and river", "found on the terrain"
PERCENTILES = ["energy_p10_gwh", "energy_p50_gwh", "energy_p90_gwh"]


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
    beside it, and the percentiles are the model's, scaled to it.
    """
    old, new = (rows_of(plants, chains, places, parameters, options) for plants in (stand, built))
    old = old.assign(name=table["plant"].to_numpy(), status="existing", year=table["year"].to_numpy(float))
    published = table["annual_gwh"].to_numpy(float)
    scale = np.where(np.isfinite(published), published / np.maximum(old["modelled_gwh"], 1e-9), 1.0)
    old["monthly_gwh"] = [month * factor for month, factor in zip(old["monthly_gwh"], scale, strict=True)]
    old[["energy_gwh", *PERCENTILES]] = old[["energy_gwh", *PERCENTILES]].mul(scale, axis=0)
    located = table["lat"].notna().to_numpy()
    old["lon"] = np.where(located, table["lon"], old["lon"])
    old["lat"] = np.where(located, table["lat"], old["lat"])
    old["location"] = np.where(located, table["coordinate_note"].fillna("published"), FITTED)
    old["river"] = np.where(old["river"] == "", table["river"].fillna(""), old["river"])
    old["district"] = table["district"].to_numpy()
    names = [f"candidate {number:03d}" for number in range(1, len(new) + 1)]
    new = new.assign(name=names, status="candidate", year=np.nan, location=FOUND)
    both = pd.concat([old, new], ignore_index=True)
    both["capacity_factor"] = both["energy_gwh"] * 1000.0 / (both["capacity_mw"] * model.HOURS)
    return both[[*COLUMNS, "lon", "lat", "monthly_gwh"]]


def rows_of(plants: Plants, chains: Rivers, places: Places, parameters: Parameters, options: Options) -> pd.DataFrame:
    """What the model knows of each plant."""
    spread = uncertainty.of_plants(plants, chains, parameters.log_error, options)
    return pd.DataFrame(
        {
            "river": places.river[plants.intake],
            "district": places.district[plants.outlet],
            "capacity_mw": plants.capacity_mw,
            "energy_gwh": plants.energy_gwh,
            "modelled_gwh": plants.energy_gwh,
            **dict(zip(PERCENTILES, spread.T, strict=True)),
            "design_flow_m3s": plants.design_flow,
            "mean_flow_m3s": chains.mean_flow[plants.intake],
            "gross_head_m": plants.gross_head,
            "net_head_m": plants.net_head,
            "waterway_km": plants.waterway_km,
            "penstock_diameter_m": plants.diameter_m,
            "turbine": np.array(TYPES)[plants.turbine],
            "units": plants.units,
            "intake_lon": places.lon[plants.intake],
            "intake_lat": places.lat[plants.intake],
            "lon": places.lon[plants.outlet],
            "lat": places.lat[plants.outlet],
            "monthly_gwh": list(plants.monthly_gwh),
        }
    )


def with_costs(table: pd.DataFrame, prices: Prices) -> pd.DataFrame:
    """The table with capital [million USD], yearly operation [million USD] and levelised cost [USD/MWh] of candidates.

    NaN for plants that stand: their money is spent.
    """
    power, head, energy = (table[name].to_numpy(float) for name in ("capacity_mw", "gross_head_m", "energy_gwh"))
    more = costs.machines_cost(table["turbine"].to_numpy(), table["units"].to_numpy(), power, head, prices)
    capital = costs.capital_cost(power, head, prices) + more
    new = (table["status"] == "candidate").to_numpy()
    figures = {
        "capital_cost_musd": capital / 1e6,
        "operating_cost_musd": costs.operating_cost(power, capital, prices) / 1e6,
        "lcoe_usd_mwh": costs.levelised_cost(power, head, energy, prices, more),
    }
    return table.assign(**{name: np.where(new, values, np.nan) for name, values in figures.items()})


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


def totals(table: pd.DataFrame, dataset: xr.Dataset, options: Options) -> dict[str, float]:
    """Figures of the zone: plants that stand, candidates, those within the cost ceiling, all falling water."""
    old, new = table[table["status"] == "existing"], table[table["status"] == "candidate"]
    cheap = new[new["lcoe_usd_mwh"] <= options.lcoe_ceiling]
    return {
        "existing_mw": float(old["capacity_mw"].sum()),
        "existing_gwh": float(old["energy_gwh"].sum()),
        "candidate_mw": float(new["capacity_mw"].sum()),
        "candidate_gwh": float(new["energy_gwh"].sum()),
        "candidate_plants": float(len(new)),
        "candidate_capacity_factor": float(new["capacity_factor"].median()) if len(new) else float("nan"),
        "candidate_lcoe_usd_mwh": float(new["lcoe_usd_mwh"].median()) if len(new) else float("nan"),
        "economic_candidate_mw": float(cheap["capacity_mw"].sum()),
        "economic_candidate_gwh": float(cheap["energy_gwh"].sum()),
        "theoretical_gwh": float(dataset["theoretical_gwh"].sum()),
    }


def notes(table: pd.DataFrame, known: pd.DataFrame, prices: Prices, options: Options) -> tuple[str, ...]:
    """Caveats for the reader; `known` are the zone's rows of `hydro_plants`."""
    missing = known[(known["status"] == "existing") & ~known["plant"].isin(table["name"])]["plant"].tolist()
    planned = known[known["status"] == "planned"]["capacity_mw"].sum()
    fitted = int((table["location"] == FITTED).sum())
    lines = [
        f"{fitted} existing plants have no published coordinates: each stands on the reach of its river and district "
        "whose capacity fits best.",
        f"Planned plants of {planned:.0f} MW in the table are not counted; those on small rivers use the same falls as "
        "candidates.",
        f"Rivers of more than {options.max_mean_flow_m3s:g} m3/s (the Araz, a border river) are left to storage dams.",
        "Head comes from a terrain model, mean flow from a calibrated water balance: P10, P50 and P90 are "
        "percentiles of the energy, P10 what is passed with a probability of 90 %.",
        *cost_note(table, prices, options),
    ]
    if missing:
        lines.append(f"Existing plants without a place or capacity: {', '.join(missing)}.")
    return tuple(lines)


def cost_note(table: pd.DataFrame, prices: Prices, options: Options) -> list[str]:
    """How much of the candidates pays, at the costs assumed and at those of the one contract known in the zone."""
    new = table[table["status"] == "candidate"]
    if new.empty:
        return []
    power, head, energy = (new[name].to_numpy(float) for name in ("capacity_mw", "gross_head_m", "energy_gwh"))
    capital = costs.capital_cost(power, head, prices).sum() / power.sum() / 1000.0
    most = new["lcoe_usd_mwh"] <= options.lcoe_ceiling
    local = replace(prices, capital_coefficient=prices.capital_coefficient * prices.local_capital / capital)
    cheap = costs.levelised_cost(power, head, energy, local) <= options.lcoe_ceiling
    return [
        f"The technical potential of {power.sum():.0f} MW stands beside the official target of 500 MW: it is what the "
        f"falls allow, built as large as the zone's plants are. At {capital:.0f} USD/kW (stream-reach plants in the "
        f"United States) {power[most].sum():.0f} MW cost at most {options.lcoe_ceiling:g} USD/MWh, at the "
        f"{prices.local_capital:.0f} USD/kW paid for rebuilding small plants in Kalbajar and Lachin "
        f"{power[cheap].sum():.0f} MW."
    ]
