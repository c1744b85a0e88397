"""How large a plant each place can feed, and so what it makes of the fuel and what it costs.

Comes in: fuel of the sites, roads between them, the table of plants. Goes out: efficiency and costs over the sites.

A place counts with the plant that all fuel within the transport radius would feed, and never with less than the
smallest that is built: more fuel or a larger radius never lowers what it gives. Neighbours share their fuel, so such
plants are an upper end in size; candidate plants, which use nothing twice, are sited apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.technologies.bioenergy import costs, logistics
from greenzone.technologies.bioenergy.conversion import Ways
from greenzone.technologies.bioenergy.options import Options

Array = NDArray[np.float64]

HOURS_PER_YEAR = 8760.0
GJ_PER_GWH = 3600.0
CHUNK = 256  # places whose distances are held at once
TRACE = 1e-9  # GWh: less fuel is none


class Fuel(NamedTuple):
    """Fuel of one kind of plant in the blocks: energy in a year [GWh], mass [t], heat from its energy [1], and how far
    it is carried [km]."""

    energy: Array
    mass: Array
    heat: Array
    radius: float


class Scale(NamedTuple):
    """Plants by the place that feeds them: efficiency of each feedstock `(feedstock, site)`; of each kind of plant
    `(kind, site)` size [MW], capital [USD/kW], fixed [USD/kW/year] and variable costs, fuel and road among them
    [USD/MWh]; lifetime of each kind [years]."""

    electric: Array
    kind: NDArray[np.str_]
    size: Array
    capital: Array
    fixed: Array
    variable: Array
    lifetime: Array


def size_of(fuel_gwh: ArrayLike, plant: pd.Series, capacity_factor: float) -> Array:
    """Electric size of a plant that burns a fuel, whose efficiency grows with its size.

    Parameters
    ----------
    fuel_gwh : array_like
        In a year. [GWh]
    plant : Series
        `efficiency` at `reference_mw`, `efficiency_exponent`, `efficiency_highest`.
    capacity_factor : float
        [1]

    Returns
    -------
    ndarray
        [MW]
    """
    mean = np.asarray(fuel_gwh, float) * 1000.0 / (capacity_factor * HOURS_PER_YEAR)
    exponent = plant.efficiency_exponent
    growing = (mean * plant.efficiency / plant.reference_mw**exponent) ** (1.0 / (1.0 - exponent))
    return np.minimum(growing, mean * plant.efficiency_highest)


def efficiency_of(size_mw: ArrayLike, plant: pd.Series) -> Array:
    """Electricity from the energy of the fuel by the electric size of a plant [MW]. [1]"""
    size = np.asarray(size_mw, float)
    growing = plant.efficiency * (size / plant.reference_mw) ** plant.efficiency_exponent
    return np.minimum(growing, plant.efficiency_highest)


def fuel_of(size_mw: float, plant: pd.Series, capacity_factor: float) -> float:
    """Fuel that a plant of an electric size [MW] burns in a year. [GWh]"""
    return float(size_mw / efficiency_of(size_mw, plant) * capacity_factor * HOURS_PER_YEAR / 1000.0)


def capital_per_kw(size_mw: ArrayLike, plant: pd.Series) -> Array:
    """Capital by the electric size of a plant [MW]; larger ones cost less. [currency of the table/kW]"""
    size = np.asarray(size_mw, float)
    return np.asarray(plant.capital_per_kw * (size / plant.reference_mw) ** (plant.size_exponent - 1.0))


def chosen_plants(table: pd.DataFrame, ways: Ways, options: Options) -> list[pd.Series]:
    """The rows of `bioenergy_plants` for the ways of the options; a waste plant never makes more of a tonne than they
    say."""
    chosen = {options.solid_pathway, options.waste_pathway, "anaerobic_digestion"}
    plants = []
    for _, row in table[table.pathway.isin(chosen)].iterrows():
        plant = row.copy()
        if plant.pathway == "incineration":
            most = float(ways.electric[ways.kind == plant.resource_class].max())
            plant["efficiency_highest"] = min(plant.efficiency_highest, most)
        plants.append(plant)
    return plants


def fuel_of_kind(plant: pd.Series, blocks: logistics.Blocks, fuel: Array, ways: Ways, options: Options) -> Fuel:
    """Fuel of one kind of plant, summed over the blocks, from that of each feedstock on each site [GWh]."""
    mine = ways.kind == plant.resource_class
    number = blocks.x.size
    by_block = np.array([np.bincount(blocks.of_site, row, minlength=number) for row in fuel[mine]])
    energy = by_block.sum(0)
    heat = np.divide(ways.heat[mine] @ by_block, energy, out=np.zeros(number), where=energy > 0)
    radius = options.manure_radius_km if plant.resource_class == "biogas" else options.transport_radius_km
    return Fuel(energy, (by_block / ways.load[mine][:, None]).sum(0) * GJ_PER_GWH, heat, radius)


def within_reach(blocks: logistics.Blocks, fuel: Fuel, options: Options) -> tuple[Array, Array, Array]:
    """Energy [GWh], mass [t] and road [t km] of all fuel that can be carried to each block."""
    gathered = np.zeros((3, blocks.x.size))
    for first in range(0, blocks.x.size, CHUNK):
        places = np.arange(first, min(first + CHUNK, blocks.x.size))
        way = logistics.road_distance(blocks, places, options.road_winding, options.slope_winding, fuel.radius)
        near = way <= fuel.radius
        carried = fuel.mass @ np.where(near, way, 0.0)
        gathered[:, places] = fuel.energy @ near, fuel.mass @ near, carried
    return gathered[0], gathered[1], gathered[2]


def plant_scale(
    blocks: logistics.Blocks, fuel: Array, ways: Ways, tables: Mapping[str, pd.DataFrame], options: Options
) -> Scale:
    """Efficiency and costs of the plants that the places can feed.

    Parameters
    ----------
    blocks : Blocks
        That hold the sites.
    fuel : ndarray (feedstock, site)
        What may be taken, on eligible land. [GWh]
    ways : Ways
        Kind of plant of each feedstock.
    tables : mapping
        `bioenergy_plants`, `price_index`.
    options : Options
        As in the scenario.

    Returns
    -------
    Scale
        Without NaN; places without fuel count with the smallest plant.
    """
    plants = chosen_plants(tables["bioenergy_plants"], ways, options)
    electric = np.zeros(fuel.shape)
    parts = []
    for plant in plants:
        money = costs.dollars(tables["price_index"], str(plant.currency), int(plant.year), options.price_year)
        own = fuel_of_kind(plant, blocks, fuel, ways, options)
        energy, mass, carried = within_reach(blocks, own, options)
        size = np.maximum(size_of(energy, plant, options.capacity_factor), plant.least_mw)
        efficiency = efficiency_of(size, plant)
        capital = capital_per_kw(size, plant) * money
        haul = mass * options.loading_cost + carried * options.transport_cost
        per_mwh = np.divide(haul, energy * efficiency * 1000.0, out=np.zeros(haul.shape), where=energy > TRACE)
        variable = (plant.variable_om_per_mwh + plant.fuel_per_mwh / efficiency) * money + per_mwh
        electric[ways.kind == plant.resource_class] = efficiency[blocks.of_site]
        parts.append(np.array([size, capital, capital * plant.fixed_om_share, variable])[:, blocks.of_site])
    kinds = np.array([plant.resource_class for plant in plants], dtype=str)
    lifetime = np.array([plant.lifetime_years for plant in plants], float)
    sizes, capitals, fixed, variables = np.array(parts).transpose(1, 0, 2)
    return Scale(electric, kinds, sizes, capitals, fixed, variables, lifetime)


def site_costs(scale: Scale, power: Array, ways: Ways) -> xr.Dataset:
    """Costs of the sites, weighted with the electricity [GWh] of each feedstock there; NaN without any.

    Returns
    -------
    Dataset
        `capital_per_kw`, `fixed_om_per_kw_year`, `variable_om_per_mwh` [USD], `lifetime_years` over `site`.
    """
    share = np.array([power[ways.kind == kind].sum(0) for kind in scale.kind])
    total = share.sum(0)
    share = np.divide(share, total, out=np.full(share.shape, np.nan), where=total > 0)
    means = {
        "capital_per_kw": (share * scale.capital).sum(0),
        "fixed_om_per_kw_year": (share * scale.fixed).sum(0),
        "variable_om_per_mwh": (share * scale.variable).sum(0),
        "lifetime_years": scale.lifetime @ share,
    }
    return xr.Dataset({name: ("site", values) for name, values in means.items()})
