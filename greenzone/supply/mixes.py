"""The mixes of a scenario file as numbers: capacity of each group, hourly demand, stores.

Comes in: the `supply` section, supply groups, the hourly temperature where people live. Goes out: one `Case` for each
mix, all of them with their groups as `Mixes`, and the table of what was assumed about demand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.layers.catalogue import read_table
from greenzone.schema import Layers, Potential
from greenzone.supply.demand import read_demand
from greenzone.supply.dispatch import HOURS_PER_YEAR, Storage
from greenzone.supply.groups import allocate, stack_groups
from greenzone.supply.plan_dams import dams_of
from greenzone.supply.reservoirs import Held, fuel_stores_of, reservoirs_of, store_hours_of
from greenzone.supply.sectors import (
    BASE_YEAR,
    SECTORS,
    SectorDemand,
    quantities,
    sector_energy,
    sector_shapes,
    temp_of_people,
)

if TYPE_CHECKING:
    from greenzone.config.supply import Management, Supply, SupplyScenario

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One mix: capacity and weather factor over `group`, demand over `(sector, time)` [MW], stores, switches; what can
    wait, dams before fuel stores, and the hours of fuel that stores hold by kind of plant."""

    name: str
    built_mw: Array
    resource_factor: Array
    sectors: tuple[str, ...]
    demand_mw: Array
    stores: tuple[Storage, ...]
    export_limit_mw: float
    management: Management
    reservoirs: tuple[Held, ...] = ()
    fuel_hours: Mapping[str, float] = field(default_factory=dict)

    def rebuilt(self, built_mw: Array, groups: xr.Dataset) -> Case:
        """The mix with other capacities: plants of bioenergy that come or go bring or take their fuel."""
        changed = groups.technology.to_numpy()[built_mw != self.built_mw]
        if "bioenergy" not in changed:
            return replace(self, built_mw=built_mw)
        dams = tuple(each for each in self.reservoirs if not each.fuel)
        fuels = fuel_stores_of(groups, built_mw, self.fuel_hours)
        return replace(self, built_mw=built_mw, reservoirs=(*dams, *fuels))


@dataclass(frozen=True)
class Mixes:
    """The mixes of a scenario file over supply groups: their cases, and the capacity wanted of `technologies` over
    `(scenario, technology)` [MW]."""

    groups: xr.Dataset
    technologies: list[str]
    cases: list[Case]
    targets_mw: Array


def mixes_of(
    section: Supply, potentials: Mapping[str, Potential], lcoe: Mapping[str, xr.DataArray], layers: Layers | None
) -> Mixes | None:
    """The mixes of the section; None where there is no mix or no technology.

    Parameters
    ----------
    section : Supply
        Demand and mixes.
    potentials, lcoe : mapping
        Potential and LCOE over `site` by technology.
    layers : Layers or None
        Their weather drives heat pumps; without it nobody heats.

    Raises
    ------
    GreenzoneError
        A demand file that cannot be used, or profiles of different times.
    """
    if not section.scenarios or not potentials:
        return None
    groups = stack_groups(potentials, lcoe)
    wanted = list(dict.fromkeys([*potentials, *(name for mix in section.scenarios for name in mix.capacity_mw)]))
    temp_air = None if layers is None else temp_of_people(layers)
    cases = cases_of(section, groups, wanted, temp_air)
    return Mixes(groups, wanted, cases, targets_of(section.scenarios, wanted))


def cases_of(section: Supply, groups: xr.Dataset, wanted: list[str], temp_air: ArrayLike | None) -> list[Case]:
    """The mixes of the section as cases, in their order; `wanted` are all technologies that they name."""
    targets = targets_of(section.scenarios, wanted)
    built = build(targets, groups, wanted)
    time = groups.time.to_numpy()
    temp = np.full(len(time), np.inf) if temp_air is None else np.asarray(temp_air, float)
    shapes = None if section.demand_file else sector_shapes(read_table("demand_shapes"), time, temp)
    series = read_demand(section.demand_file, time)[None] if section.demand_file else None
    fleet, dams = existing_fleet(groups), dams_of(read_table("reservoirs")) if section.reservoirs else []
    fuel = store_hours_of(read_table("bioenergy_conversion")) if section.fuel_stores else {}
    cases = []
    for mix, capacity in zip(section.scenarios, built, strict=True):
        demand = series if series is not None else _by_sector(section, mix, shapes, temp).mw
        sectors = ("all",) if series is not None else SECTORS
        energy = float(demand.sum(0).mean()) * HOURS_PER_YEAR / 1000
        if mix.demand_gwh is not None and energy:
            demand = demand * (mix.demand_gwh / energy)
        factor = weather_factor(mix.dry_year, groups.technology.to_numpy().astype(str))
        stores, hybrid = tuple(stores_of(mix)), mix.management.hybrid
        shared = () if hybrid is None else hybrid.technologies  # these run as their profiles say
        water = () if "hydro" in shared else reservoirs_of(groups, capacity, factor, fleet, dams)
        hours = {} if "bioenergy" in shared else fuel
        held = *water, *fuel_stores_of(groups, capacity, hours)
        limit = mix.export_limit_mw
        cases.append(Case(mix.name, capacity, factor, sectors, demand, stores, limit, mix.management, held, hours))
    return cases


def targets_of(mixes: Sequence[SupplyScenario], wanted: list[str]) -> Array:
    """Capacity wanted over `(scenario, technology)`. [MW]"""
    return np.array([[mix.capacity_mw.get(name, 0.0) for name in wanted] for mix in mixes])


def _by_sector(section: Supply, mix: SupplyScenario, shapes: Array | None, temp: Array) -> SectorDemand:
    year, population = mix.year or section.year, mix.population or section.population
    given = {str(sector): energy for sector, energy in section.sector_gwh.items()}
    energy = sector_energy(read_table("demand_sectors"), year, population, section.demand_gwh, temp, given)
    return SectorDemand(np.array(list(energy.values())), np.asarray(shapes))


def stores_of(mix: SupplyScenario) -> list[Storage]:
    """The stores of a mix in their order."""
    table = read_table("storage_costs").set_index("storage")
    return [storage(kind, own.power_mw, own.energy_mwh, table) for kind, own in mix.storage.items()]


def storage(kind: str, power_mw: float, energy_mwh: float, table: pd.DataFrame) -> Storage:
    """A store of a kind of the table `storage_costs`; the same loss is assumed on either way."""
    one_way = float(table.round_trip_efficiency[kind]) ** 0.5
    return Storage(kind, power_mw, energy_mwh, one_way, one_way)


def weather_factor(exceedance: float | None, technology: NDArray[np.str_]) -> Array:
    """Output of each group in a dry year over that of the middling one.

    Parameters
    ----------
    exceedance : float or None
        Share of years with more water and harvest; none is the middling year. [1]
    technology : ndarray of str (group,)
        Technology of each group; those without a row in the table `dry_years` do not change.

    Returns
    -------
    ndarray (group,)
        exp(-z s) with the standard normal quantile z of the exceedance and the spread s of the table. [1]
    """
    if exceedance is None:
        return np.ones(len(technology))
    spread = read_table("dry_years").set_index("technology").spread
    quantile = NormalDist().inv_cdf(exceedance)
    return np.array([np.exp(-quantile * float(spread.get(name, 0.0))) for name in technology])


def build(targets: Array, groups: xr.Dataset, technologies: list[str]) -> Array:
    """Capacity over `(scenario, group)`: existing plants first, then new ones by merit. [MW]

    The published fleet of a technology (table `existing_fleet`) may be larger than the plants that are known one by
    one: what is not known of it is taken to be like them.
    """
    existing = existing_fleet(groups)
    rank = merit(groups)
    new = groups.capacity_mw.to_numpy() - existing
    built = np.zeros((len(targets), len(rank)))
    for column, name in enumerate(technologies):
        own = groups.technology.to_numpy() == name
        total = existing[own].sum()
        share = np.clip(targets[:, [column]] / total, 0, 1) if total > 0 else np.zeros((len(targets), 1))
        built[:, own] = share * existing[own]
    rest = targets - built @ np.equal.outer(groups.technology.to_numpy(), np.array(technologies))
    return built + allocate(np.maximum(rest, 0), groups.technology.to_numpy(), new, rank, technologies)


def existing_fleet(groups: xr.Dataset) -> Array:
    """Capacity of each group that stands: plants known one by one, times the published fleet over those. [MW]"""
    technology, limit = groups.technology.to_numpy(), groups.capacity_mw.to_numpy()
    existing = np.minimum(groups.existing_mw.to_numpy().astype(float), limit)
    fleets = read_table("existing_fleet").sort_values("since").drop_duplicates("technology", keep="last")
    for fleet in fleets.itertuples():
        own = (technology == fleet.technology) & (existing > 0)
        whole = min(existing[own].sum() * fleet.capacity_mw / fleet.listed_mw, limit[own].sum())
        # Groups that are full pass their share on to the others; each pass fills at least one.
        for _ in range(int(own.sum())):
            room = own & (existing < limit)
            if not room.any():
                break
            existing[room] *= 1 + (whole - existing[own].sum()) / existing[room].sum()
            existing = np.minimum(existing, limit)
    return existing


def merit(groups: xr.Dataset) -> Array:
    """Rank of each group: highest for the lowest LCOE, then by capacity factor where LCOE is not known."""
    order = np.lexsort((-groups.mean_capacity_factor.to_numpy(), groups.lcoe.to_numpy()))  # NaN sorts last
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order), 0, -1)
    return rank


def demand_assumptions(section: Mapping[str, Any], layers: Layers | None = None) -> pd.DataFrame:
    """What was assumed about demand, for every year and population path of the section's mixes.

    Parameters
    ----------
    section : mapping
        The `supply` section as a dictionary.
    layers : Layers, optional
        Their weather drives heat pumps; without it nobody heats.

    Returns
    -------
    DataFrame
        Columns `year population sector quantity value unit source note`: the drivers of the table `demand_sectors` in
        that year, then the energy of each sector as it is fed into the grid. A demand file is one row.
    """
    columns = ["year", "population", "sector", "quantity", "value", "unit", "source", "note"]
    if section.get("demand_file"):
        row = ["", "", "all", "demand", np.nan, "MW", str(section["demand_file"]), "hourly demand of the user"]
        return pd.DataFrame([row], columns=columns)
    table = read_table("demand_sectors")
    known = layers is not None and "temp_air" in layers.weather and "cell" in layers.site
    temp = temp_of_people(layers) if layers is not None and known else np.full(8760, np.inf)
    usual = {"year": section.get("year", BASE_YEAR), "population": section.get("population", "reference")}
    mixes = [usual, *section.get("scenarios", ())]
    paths = dict.fromkeys(tuple(mix.get(key) or usual[key] for key in usual) for mix in mixes)
    rows: list[list[Any]] = []
    for year, population in paths:
        now = quantities(table, year, population)
        for row in table[table.path.isin(["all", population])].itertuples():
            value = now[row.sector, row.quantity]
            rows.append([year, population, row.sector, row.quantity, value, row.unit, row.source, row.note])
        energy = sector_energy(table, year, population, section.get("demand_gwh", 0.0), temp, section.get("sector_gwh"))
        source = "drivers above, grid losses included"
        rows += [[year, population, name, "energy", value, "GWh", source, ""] for name, value in energy.items()]
    return pd.DataFrame(rows, columns=columns)
