"""Feedstocks of each area with statistics: what grows there and what may be taken, with a range.

Comes in: the tables of harvests, herds, people and forests. Goes out: one row per area and feedstock, as energy of the
fuel.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError, nearest
from greenzone.technologies.bioenergy import model
from greenzone.technologies.bioenergy.options import Options
from greenzone.technologies.bioenergy.statistics import with_own_tables

FEEDSTOCKS = ("crop_residues", "manure", "waste", "forest_residues", "sewage", "energy_crops")
OF_PEOPLE = ("waste", "sewage")  # spread by populated places, the others by land
COLUMNS = ("resource_gwh", "available_gwh", "low_gwh", "high_gwh")
METHODS = ("share_gwh", "floor_gwh")  # straw that may leave the field: a share of it, or all above a cover
RESOURCE_RANGE = ("resource_low_gwh", "resource_high_gwh")
MARGINAL = "marginal land"  # the area of energy crops, known by its land cover alone
WHOLE_ZONE = "zone"  # the name under which figures for all embedded districts together stand in the tables


def all_feedstocks(tables: Mapping[str, pd.DataFrame], options: Options) -> pd.DataFrame:
    """Every feedstock of every area in the tables.

    Parameters
    ----------
    tables : mapping
        `crops`, `livestock`, `population`, `bioenergy_crops`, `bioenergy_animals`, `bioenergy_forest`.
    options : Options
        As in the scenario.

    Returns
    -------
    DataFrame
        Columns `area feedstock resource_gwh available_gwh low_gwh high_gwh`: energy of the fuel per year, all of it,
        what may be taken, and the range of that; plus `share_gwh` and `floor_gwh`, straw by either method (NaN
        elsewhere), and the range of the resource, `resource_low_gwh resource_high_gwh`: the growth of forests, people
        up to the target; harvests and herds are taken as counted.

    Raises
    ------
    GreenzoneError
        An unknown crop, a yield of 0, a negative number, a table that cannot be read.
    """
    tables = with_own_tables(tables, options)
    cattle = latest_livestock(tables["livestock"], options.livestock_year)
    parts = {
        "crop_residues": crop_residues(tables["crops"], tables["bioenergy_crops"], cattle, options),
        "manure": manure(cattle, tables["bioenergy_animals"], options),
        "waste": waste(tables["population"], options),
        "forest_residues": forest_residues(tables["bioenergy_forest"], options),
        "sewage": sewage(tables["population"], options),
    }
    frames = [with_resource_range(part).assign(feedstock=name) for name, part in parts.items()]
    columns = ["area", "feedstock", *COLUMNS, *METHODS, *RESOURCE_RANGE]
    return pd.concat(frames, ignore_index=True).reindex(columns=columns)


def with_resource_range(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the ends of its resource, that itself where none are known."""
    return frame.assign(**{name: frame.get(name, frame.resource_gwh) for name in RESOURCE_RANGE})


def latest_livestock(table: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """One row per district: of the year asked for, or its latest."""
    if year is None:
        return table.sort_values("year").groupby("district", as_index=False).tail(1).reset_index(drop=True)
    rows = table[table.year == year]
    if rows.empty:
        raise GreenzoneError(
            f"the livestock table has no year {year}: choose from {table.year.min()} to {table.year.max()}"
        )
    return rows.reset_index(drop=True)


def crop_yields(crops: pd.DataFrame) -> NDArray[np.float64]:
    """Yield of each row [t/ha]; where none is published, the mean of the rows of the same crop that have one."""
    yields = crops.yield_t_per_ha.astype(float)
    area = crops.production_t / yields
    known = pd.DataFrame({"crop": crops.crop, "production": crops.production_t.where(yields.notna()), "area": area})
    sums = known.groupby("crop")[["production", "area"]].sum(min_count=1)
    filled = yields.fillna(crops.crop.map(sums.production / sums.area))
    if filled.isna().any():
        raise GreenzoneError(f"no yield is known for '{crops.crop[filled.isna()].iloc[0]}': give yield_t_per_ha")
    return filled.to_numpy()


def crop_residues(crops: pd.DataFrame, kinds: pd.DataFrame, cattle: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Straw and stalks by district, by both methods."""
    kinds = kinds.set_index("crop")
    for crop in crops.crop:
        if crop not in kinds.index:
            raise GreenzoneError(f"unknown crop '{crop}': {nearest(crop, kinds.index)}")
    kind = kinds.loc[crops.crop]
    yields, production = crop_yields(crops), crops.production_t.to_numpy(float)
    grown = production * model.residue_to_product_ratio(yields, kind.rpr_slope, kind.rpr_intercept)
    masses = {
        "resource": grown,
        "share": model.removable_by_share(grown, options.removal_share),
        "share_high": model.removable_by_share(grown, options.removal_share_high),
        "floor": model.removable_above_floor(grown, production / yields, options.residue_floor),
    }
    value = kind.lhv_gj_per_t.to_numpy(float)
    energy = pd.DataFrame({name: model.fuel_energy(mass, value) for name, mass in masses.items()})
    energy = energy.groupby(crops.district.to_numpy()).sum()
    heads = cattle.set_index("district").cattle_heads.reindex(energy.index).fillna(0.0).to_numpy(float)
    per_head = model.fuel_energy(model.DAYS_PER_YEAR / 1000.0, float(value.mean()))  # GWh a year per kg/d
    used, most_used = heads * per_head * options.straw_use, heads * per_head * options.straw_use_high
    return pd.DataFrame(
        {
            "area": energy.index,
            "resource_gwh": energy.resource.to_numpy(),
            "available_gwh": (energy[options.residue_method] - used).clip(lower=0).to_numpy(),
            "low_gwh": (energy[["share", "floor"]].min(axis=1) - most_used).clip(lower=0).to_numpy(),
            "high_gwh": energy[["share_high", "floor"]].max(axis=1).to_numpy(),
            "share_gwh": (energy.share - used).clip(lower=0).to_numpy(),
            "floor_gwh": (energy.floor - used).clip(lower=0).to_numpy(),
        }
    )


def manure(herds: pd.DataFrame, animals: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Methane of manure by district: every animal of the table that the statistics count, collected by its housing.

    Cattle that are not dairy cows count as other cattle.
    """
    others = (herds.cattle_heads - herds.dairy_cow_heads).clip(lower=0)
    heads = herds.assign(other_cattle_heads=others)
    energy = dict.fromkeys(COLUMNS, np.zeros(len(herds)))
    for animal in animals.itertuples():
        if animal.heads_column not in heads:
            continue
        number = heads[animal.heads_column].fillna(0.0).to_numpy(float)
        volume = model.manure_methane(
            number, float(animal.volatile_solids_kg_per_day), float(animal.methane_capacity_m3_per_kg)
        )
        methane = model.methane_energy(volume, options.methane_heating_value)
        shares = (1.0, *collected_shares(animal.recoverable, animal.recoverable_low, animal.recoverable_high, options))
        energy = {column: energy[column] + methane * share for column, share in zip(COLUMNS, shares, strict=True)}
    return pd.DataFrame({"area": herds.district.to_numpy(), **energy})


def collected_shares(likely: float, low: float, high: float, options: Options) -> tuple[float, float, float]:
    """Share of an animal's manure that can be collected, its lower and its upper end: the options' where they are
    given, and never out of order."""
    likely = likely if options.manure_collected is None else options.manure_collected
    low = low if options.manure_collected_low is None else options.manure_collected_low
    high = high if options.manure_collected_high is None else options.manure_collected_high
    middle = min(max(likely, low), high) if options.manure_collected is None else likely
    return middle, min(low, middle), max(high, middle)


def _people(population: pd.DataFrame) -> tuple[pd.Series, NDArray[np.float64], NDArray[np.float64]]:
    """Areas, their people by the latest estimate, and by how much the highest target for them is more."""
    present = population[population.kind == "estimate"].sort_values("year").groupby("area", as_index=False).tail(1)
    most = population.groupby("area").persons.max().reindex(present.area).to_numpy(float)
    persons = present.persons.to_numpy(float)
    return present.area, persons, np.divide(most, persons, out=np.ones(persons.shape), where=persons > 0)


def waste(population: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Municipal waste, or the gas of a landfill; the range runs to the highest target of people."""
    area, persons, growth = _people(population)
    mass = model.waste_mass(persons, options.waste_per_person)
    energy = model.fuel_energy(mass, options.waste_heating_value)
    frame = _rows(area, energy, (1.0, *[options.waste_collected] * 3))
    if options.waste_pathway == "landfill_gas":
        volume = model.landfill_methane(mass, options.landfill_organic_carbon, options.landfill_captured)
        gas = model.methane_energy(volume * options.waste_collected, options.methane_heating_value)
        for column in COLUMNS[1:]:
            frame[column] = gas
    frame["high_gwh"] *= growth
    return frame.assign(resource_high_gwh=frame.resource_gwh * growth)


def sewage(population: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Methane of sewage sludge; the range runs to the highest target of people."""
    area, persons, growth = _people(population)
    energy = model.methane_energy(model.sewage_methane(persons, options.sewage_methane), options.methane_heating_value)
    shares = (1.0, options.sewage_connected, options.sewage_connected_low, options.sewage_connected_high)
    frame = _rows(area, energy, shares)
    frame["high_gwh"] *= growth
    return frame.assign(resource_high_gwh=frame.resource_gwh * growth)


def energy_crops(land_km2: float, options: Options) -> pd.DataFrame:
    """Energy crops on a share of the marginal land; nothing where the share is 0."""
    yields = (options.energy_crop_yield, options.energy_crop_yield, options.energy_crop_yield_low)
    grown = [
        model.fuel_energy(land_km2 * 100.0 * options.energy_crop_share * harvest, options.energy_crop_heating_value)
        for harvest in (*yields, options.energy_crop_yield_high)
    ]
    row = {column: [float(energy)] for column, energy in zip(COLUMNS, grown, strict=True)}
    ends = {"resource_low_gwh": row["low_gwh"], "resource_high_gwh": row["high_gwh"]}
    return pd.DataFrame({"area": [MARGINAL], "feedstock": "energy_crops", **row, **ends})


def forest_residues(forest: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Wood within the yearly growth."""
    increments = [forest[f"increment{name}_t_per_ha"].to_numpy(float) for name in ("", "", "_low", "_high")]
    shares = (1.0, options.wood_share, options.wood_share_low, options.wood_share_high)
    frame = pd.DataFrame({"area": forest.area})
    for column, increment, share in zip(COLUMNS, increments, shares, strict=True):
        mass = model.wood_mass(forest.forest_ha.to_numpy(float), increment, share)
        frame[column] = model.fuel_energy(mass, forest.lhv_gj_per_t.to_numpy(float))
    for column, increment in zip(RESOURCE_RANGE, increments[2:], strict=True):
        mass = model.wood_mass(forest.forest_ha.to_numpy(float), increment, 1.0)
        frame[column] = model.fuel_energy(mass, forest.lhv_gj_per_t.to_numpy(float))
    return frame


def _rows(area: pd.Series, energy: NDArray[np.float64], shares: tuple[float, ...]) -> pd.DataFrame:
    columns = {column: energy * share for column, share in zip(COLUMNS, shares, strict=True)}
    return pd.DataFrame({"area": area.to_numpy(), **columns})
