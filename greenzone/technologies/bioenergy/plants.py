"""Candidate plants: where they stand, how large they are, from where their fuel comes, what their electricity costs.

Comes in: fuel of each kind of plant on the sites, the table of plants, options. Goes out: points and catchments.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.technologies.bioenergy import costs, location, logistics, scale
from greenzone.technologies.bioenergy.conversion import Ways
from greenzone.technologies.bioenergy.options import Options

Array = NDArray[np.float64]

HOURS_PER_YEAR = 8760.0
WORDS = ("plant", "district", "pathway")
FIGURES = (
    "capacity_mw", "energy_gwh", "fuel_gwh", "efficiency", "mass_t", "mean_distance_km", "transport_usd_per_mwh",
    "lcoe_usd_per_mwh", "heat_gwh", "lcoe_with_heat_usd_per_mwh", "supply_gap", "cost_gap",
)  # fmt: skip
TOUCH_MW = (2.0, 10.0)  # times the least size, at which straight lines touch the curve of cost


def yearly_cost(fuel_gwh: ArrayLike, plant: pd.Series, money: float, options: Options) -> Array:
    """Capital paid back and fixed upkeep of a plant by the fuel it burns; larger ones cost less per kW. [USD/year]"""
    size = scale.size_of(fuel_gwh, plant, options.capacity_factor)
    capital = scale.capital_per_kw(size, plant) * money * size * 1000.0
    return np.asarray(capital * (costs.capital_share(options.wacc, plant.lifetime_years) + plant.fixed_om_share))


def cost_lines(plant: pd.Series, money: float, options: Options) -> location.Lines:
    """Straight lines that touch the curve of `yearly_cost` from above."""
    touch = np.array([scale.fuel_of(plant.least_mw * times, plant, options.capacity_factor) for times in TOUCH_MW])
    step = 1e-3 * touch
    slope = (yearly_cost(touch + step, plant, money, options) - yearly_cost(touch - step, plant, money, options)) / (
        2 * step
    )
    return location.Lines(yearly_cost(touch, plant, money, options) - slope * touch, slope)


def site_plants(
    sites: xr.Dataset,
    blocks: logistics.Blocks,
    fuel: Array,
    ways: Ways,
    tables: Mapping[str, pd.DataFrame],
    options: Options,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, dict[str, float]]:
    """Plants of every kind for the fuel of the sites.

    Parameters
    ----------
    sites : Dataset
        `lon lat district` over `site`.
    blocks : Blocks
        That hold the sites.
    fuel : ndarray (feedstock, site)
        What may be taken, on eligible land. [GWh]
    ways : Ways
        Kind of plant, heat and load of each feedstock.
    tables : mapping
        `bioenergy_plants`, `price_index`.
    options : Options
        As in the scenario.

    Returns
    -------
    plants, catchments : GeoDataFrame
        Points and polygons, WGS 84, joined by `plant`. `supply_gap` and `cost_gap` are the proven gaps of the choice of
        that kind of plant.
    totals : dict
        Sums over the plants and the largest proven gaps.
    """
    found = [
        _plants_of(plant, blocks, sites, scale.fuel_of_kind(plant, blocks, fuel, ways, options), tables, options)
        for plant in scale.chosen_plants(tables["bioenergy_plants"], ways, options)
    ]
    plants, catchments = (pd.concat([part[index] for part in found], ignore_index=True) for index in (0, 1))
    frame = gpd.GeoDataFrame(plants, geometry="geometry", crs="EPSG:4326")
    totals = {
        "plants": float(len(frame)),
        "plants_mw": float(frame.capacity_mw.sum()),
        "plants_energy_gwh": float(frame.energy_gwh.sum()),
        "plants_fuel_gwh": float(frame.fuel_gwh.sum()),
        "plants_supply_gap": max(part[2].supply_gap for part in found),
        "plants_cost_gap": max(part[2].cost_gap for part in found),
    }
    return frame, gpd.GeoDataFrame(catchments, geometry="geometry", crs="EPSG:4326"), totals


def _plants_of(
    plant: pd.Series,
    blocks: logistics.Blocks,
    sites: xr.Dataset,
    fuel: scale.Fuel,
    tables: Mapping[str, pd.DataFrame],
    options: Options,
) -> tuple[pd.DataFrame, pd.DataFrame, location.Choice]:
    """Plants of one kind with their catchments."""
    places = logistics.candidate_places(blocks, fuel.energy, options.candidate_km, options.candidates)
    way = logistics.road_distance(blocks, places, options.road_winding, options.slope_winding, fuel.radius)
    money = costs.dollars(tables["price_index"], str(plant.currency), int(plant.year), options.price_year)
    per_gwh = np.divide(fuel.mass, fuel.energy, out=np.zeros(fuel.mass.shape), where=fuel.energy > 0)
    least = scale.fuel_of(plant.least_mw, plant, options.capacity_factor)
    limits = location.Limits(options.siting_gap, options.siting_seconds)
    choice = location.locate(
        fuel.energy,
        way,
        fuel.radius,
        least,
        per_gwh * options.transport_cost,
        cost_lines(plant, money, options),
        limits,
    )
    rows: list[dict[str, object]] = []
    areas: list[dict[str, object]] = []
    for column in np.flatnonzero(choice.share.sum(0) > 1e-9):
        share = choice.share[:, column]
        road = np.where(np.isfinite(way[:, column]), way[:, column], 0.0)
        sums = (float(share @ fuel.energy), float(share @ fuel.mass), float((share * fuel.mass) @ road))
        row = _figures(plant, *sums, money, options)
        warmth = float((share * fuel.energy) @ fuel.heat)
        credit = float(costs.heat_revenue(np.array(warmth), options)) / row["energy_gwh"]
        row |= {"heat_gwh": warmth, "lcoe_with_heat_usd_per_mwh": row["lcoe_usd_per_mwh"] - credit}
        row |= {"supply_gap": choice.supply_gap, "cost_gap": choice.cost_gap}
        here = blocks.of_site == places[column]
        place = shapely.Point(float(sites.lon.to_numpy()[here].mean()), float(sites.lat.to_numpy()[here].mean()))
        name, district = f"{plant.resource_class}-{len(rows) + 1}", str(sites.district.to_numpy()[here][0])
        rows.append({"plant": name, "district": district, "pathway": plant.pathway, **row, "geometry": place})
        main = (share > 1e-6) & (choice.share.argmax(1) == column)
        areas.append({"plant": name, "fuel_gwh": row["fuel_gwh"], "geometry": _outline(blocks, main)})
    return *_frames(rows, areas), choice


def _frames(rows: list[dict[str, object]], areas: list[dict[str, object]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plants and catchments as tables of the same columns and types, be they empty."""
    points = pd.DataFrame(rows, columns=[*WORDS, *FIGURES, "geometry"]).astype(dict.fromkeys(FIGURES, float))
    return points, pd.DataFrame(areas, columns=["plant", "fuel_gwh", "geometry"]).astype({"fuel_gwh": float})


def _figures(
    plant: pd.Series, fuel: float, mass: float, carried: float, money: float, options: Options
) -> dict[str, float]:
    """Size, energy and cost of one plant from its fuel [GWh], its mass [t] and the road it takes [t km]."""
    size = float(scale.size_of(fuel, plant, options.capacity_factor))
    energy = size * options.capacity_factor * HOURS_PER_YEAR / 1000.0
    haul = mass * options.loading_cost + carried * options.transport_cost
    variable = (plant.variable_om_per_mwh * energy + plant.fuel_per_mwh * fuel) * money * 1000.0
    total = float(yearly_cost(fuel, plant, money, options)) + haul + variable
    return {
        "capacity_mw": size, "energy_gwh": energy, "fuel_gwh": fuel,
        "efficiency": energy / fuel, "mass_t": mass, "mean_distance_km": carried / mass,
        "transport_usd_per_mwh": haul / energy / 1000.0, "lcoe_usd_per_mwh": total / energy / 1000.0,
    }  # fmt: skip


def _outline(blocks: logistics.Blocks, mine: NDArray[np.bool_]) -> shapely.Geometry:
    """The blocks of a plant as one area."""
    high, wide = blocks.width / logistics.KM_PER_DEGREE / 2, blocks.width * blocks.lon_per_km / 2
    lon, lat = blocks.lon[mine], blocks.lat[mine]
    return shapely.union_all(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
