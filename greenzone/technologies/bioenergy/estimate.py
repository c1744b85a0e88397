"""Bioenergy potential of the sites: residues, manure, waste and wood as electricity and heat.

Comes in: sites, layers, options. Goes out: `schema.Potential` with a range by feedstock and district.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.layers import catalogue
from greenzone.schema import POTENTIAL, PROFILES, Draws, Layers, Potential, label
from greenzone.technologies.bioenergy import (
    conversion,
    costs,
    feedstocks,
    logistics,
    model,
    plants,
    ranges,
    scale,
    spread,
)
from greenzone.technologies.bioenergy.feedstocks import FEEDSTOCKS, MARGINAL, WHOLE_ZONE
from greenzone.technologies.bioenergy.options import Options
from greenzone.technologies.bioenergy.statistics import check_areas

Array = NDArray[np.float64]

HOURS_PER_YEAR = 8760.0
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], float)
EXTRA = {
    "energy_low_gwh": ("GWh", "lower end of the electricity per year"),
    "energy_high_gwh": ("GWh", "upper end of the electricity per year"),
    "heat_gwh": ("GWh", "heat per year beside the electricity"),
    "heat_mw": ("MW", "heat output beside the electricity"),
    "group": ("1", "supply group of the site, -1 for none"),
    **{f"energy_p{p}_gwh": ("GWh", f"electricity per year, percentile {p}") for p in ranges.PERCENTILES},
    **{f"theoretical_p{p}_gwh": ("GWh", f"energy of the fuel per year, percentile {p}") for p in ranges.PERCENTILES},
    "capital_per_kw": ("USD kW-1", "capital of a plant of the size that the fuel within reach feeds"),
    "fixed_om_per_kw_year": ("USD kW-1 year-1", "its fixed operation and maintenance"),
    "variable_om_per_mwh": ("USD MWh-1", "its variable operation and maintenance, fuel and road among it"),
    "lifetime_years": ("year", "its lifetime"),
}


def estimate(sites: xr.Dataset, layers: Layers, options: Options) -> Potential:
    """Bioenergy potential.

    The theoretical rung is the energy of all residues, manure, waste and yearly wood; the geographic rung what of it
    lies on eligible land; the technical rung the electricity from the part that may be taken.

    Parameters
    ----------
    sites : Dataset
        `schema.SITES` over `site`, with `eligible_fraction`: the land whose feedstock may be collected.
    layers : Layers
        `site.land_cover_fraction` and, where land is to count by what climate lets grow, `site.temp_air` and
        `site.rain`; the times of `weather`, the tables `crops`, `livestock`, `population` and
        `bioenergy_*`, and the zone.
    options : Options
        As in the scenario.

    Returns
    -------
    Potential
        Beside `schema.POTENTIAL`: `energy_low_gwh`, `energy_high_gwh`, `energy_p10_gwh`, `_p50_`, `_p90_`,
        `theoretical_p10_gwh`, `_p50_`, `_p90_`, `heat_gwh`, `heat_mw` over `site`, and where `cost_basis` says so
        `capital_per_kw`, `fixed_om_per_kw_year`, `variable_om_per_mwh`, `lifetime_years`. Features
        `bioenergy_districts` (with straw by both methods), `bioenergy_plants`, `bioenergy_catchments`.
        `capacity_factor` is NaN where nothing grows.

    Raises
    ------
    GreenzoneError
        An unknown crop or district, impossible figures, efficiencies above 1.
    """
    tables = layers.tables
    supply, part = _on_sites(feedstocks.all_feedstocks(tables, options), sites, layers, options)
    energy, ways = _sums(supply, part), conversion.read_ways(tables["bioenergy_conversion"], options)
    eligible = sites.eligible_fraction.to_numpy()
    slope = layers.site.slope.to_numpy() if "slope" in layers.site else np.zeros(sites.sizes["site"])
    blocks, fuel = logistics.make_blocks(sites, slope, options.block_km), energy["available_gwh"] * eligible
    sizes = scale.plant_scale(blocks, fuel, ways, tables, options)
    power = fuel * sizes.electric
    data = _ladder(sites, energy, power, ways, sizes.electric, options)
    groups, profiles = _profiles(sites, layers, power, ways, options)
    data["group"] = ("site", groups)
    districts, totals, drawn = _ranges(data, sites, layers, (supply, part), sizes.electric, options)
    stands, catchments, sited = plants.site_plants(sites, blocks, fuel, ways, tables, options)
    price = scale.site_costs(sizes, power, ways)
    totals = _totals(energy, power, ways, sizes.electric, eligible) | totals
    totals |= costs.zone_costs(data, price, options) | sited
    if options.heat_credit:
        upkeep = costs.upkeep_after_heat(data, price.fixed_om_per_kw_year.to_numpy(), options)
        price["fixed_om_per_kw_year"] = ("site", upkeep)
    if options.cost_basis == "plant":
        data = data.assign(price)
    for name, (units, long_name) in EXTRA.items():
        if name in data:
            money = {"currency": "USD", "price_year": options.price_year} if units.startswith("USD") else {}
            data[name].attrs = {"units": units, "long_name": long_name, **money}
    data.theoretical_gwh.attrs["comment"] = "energy of the fuel, lower heating value"
    return Potential(
        technology="bioenergy",
        sites=label(data, POTENTIAL),
        profiles=profiles,
        features={
            "bioenergy_districts": districts,
            "bioenergy_plants": stands,
            "bioenergy_catchments": catchments,
        },
        totals=totals,
        notes=_notes(supply, part.sum(1), (sited["plants_supply_gap"], sited["plants_cost_gap"]), options),
        draws=drawn,
    )


def _on_sites(supply: pd.DataFrame, sites: xr.Dataset, layers: Layers, options: Options) -> tuple[pd.DataFrame, Array]:
    """The rows of the statistics and of energy crops, and the share of each on each site, (row, site)."""
    names = list(dict.fromkeys(supply.area))
    known = [*catalogue.load_districts().district.astype(str), WHOLE_ZONE]
    check_areas(names, known, list(layers.zone["district"].astype(str)))
    cover = layers.site.land_cover_fraction
    classes = cover.land_cover.to_numpy().astype(str)
    areas = spread.areas_of(names, sites, layers.zone, classes)
    weights, area_km2 = layers.tables["bioenergy_land"], sites.area_km2.to_numpy()
    productivity = _productivity(layers.site)
    part = np.zeros((len(supply) + 1, sites.sizes["site"]))
    for feedstock, rows in supply.groupby("feedstock"):
        if feedstock in feedstocks.OF_PEOPLE:
            share = spread.place_shares(areas, sites, layers.zone)
        else:
            share = spread.land_shares(areas, cover, area_km2, weights[weights.feedstock == feedstock], productivity)
        part[rows.index] = share[[names.index(area) for area in rows.area]]
    land = spread.land_km2(cover, area_km2, weights[weights.feedstock == "energy_crops"])
    grown = land * (1.0 if productivity is None else spread.known_productivity(productivity))
    part[-1] = grown / grown.sum() if grown.sum() > 0 else 0.0
    crops = feedstocks.energy_crops(float(land.sum()), options)
    return pd.concat([supply, crops], ignore_index=True), part


def _productivity(site: xr.Dataset) -> Array | None:
    """What climate lets grow on the sites, where temperature and rain are known. [g m-2 year-1]"""
    if "temp_air" not in site or "rain" not in site:
        return None
    rain = site.rain.sum("month") if "month" in site.rain.dims else site.rain
    return model.net_primary_production(site.temp_air.to_numpy(), rain.to_numpy())


def _sums(supply: pd.DataFrame, part: Array) -> dict[str, Array]:
    """Energy of each feedstock on each site, (feedstock, site), for each column."""
    energy = {}
    for column in (*feedstocks.COLUMNS, *feedstocks.METHODS):
        energy[column] = np.zeros((len(FEEDSTOCKS), part.shape[1]))
        for index, feedstock in enumerate(FEEDSTOCKS):
            rows = supply.feedstock.to_numpy() == feedstock
            energy[column][index] = np.nan_to_num(supply[column].to_numpy(float)[rows]) @ part[rows]
    return energy


def _ranges(
    data: xr.Dataset,
    sites: xr.Dataset,
    layers: Layers,
    spread_supply: tuple[pd.DataFrame, Array],
    electric: Array,
    options: Options,
) -> tuple[gpd.GeoDataFrame, dict[str, float], Draws]:
    """Percentiles of resource and electricity: written to the sites, of the districts as polygons, of the zone as
    totals; and the draws of electricity."""
    supply, part = spread_supply
    of_row = electric[[FEEDSTOCKS.index(name) for name in supply.feedstock]]
    names, labels = layers.zone["district"].to_numpy().astype(str), sites.district.to_numpy().astype(str)
    frame = gpd.GeoDataFrame({"district": names}, geometry=layers.zone.geometry.to_numpy(), crs=layers.zone.crs)
    for name in ("theoretical_gwh", "energy_gwh", "heat_gwh"):
        frame[name] = [float(data[name].to_numpy()[labels == district].sum()) for district in names]
    eligible = part * sites.eligible_fraction.to_numpy()
    for method in feedstocks.METHODS:
        straw = np.nan_to_num(supply[method].to_numpy(float)) @ eligible
        frame[f"straw_{method}"] = [float(straw[labels == district].sum()) for district in names]
    totals, drawn = {}, {}
    for rung, columns, weight in (
        ("theoretical", ranges.RESOURCE, part),
        ("energy", ranges.AVAILABLE, eligible * of_row),
    ):
        draws = ranges.draw(supply, options, columns)
        drawn[rung] = Draws(draws.T, weight)
        by_district = np.stack([weight[:, labels == name].sum(1) for name in names], axis=1)
        rows = (ranges.percentiles_of(draws, of) for of in (weight, by_district, weight.sum(1, keepdims=True)))
        for percentile, of_sites, of_districts, of_zone in zip(ranges.PERCENTILES, *rows, strict=True):
            name = f"{rung}_p{percentile}_gwh"
            data[name], frame[name], totals[name] = ("site", of_sites), of_districts, float(of_zone[0])
    return frame, totals, drawn["energy"]


def _ladder(
    sites: xr.Dataset,
    energy: dict[str, Array],
    power: Array,
    ways: conversion.Ways,
    electric: Array,
    options: Options,
) -> xr.Dataset:
    """The rungs over `site`."""
    eligible = sites.eligible_fraction.to_numpy()
    resource, total = energy["resource_gwh"].sum(0), power.sum(0)
    warmth = ways.heat @ energy["available_gwh"] * eligible
    full_load = options.capacity_factor * HOURS_PER_YEAR / 1000.0
    values = {
        "eligible_fraction": eligible, "theoretical_gwh": resource, "geographic_gwh": resource * eligible,
        "capacity_mw": total / full_load, "capacity_factor": np.where(total > 0, options.capacity_factor, np.nan),
        "energy_gwh": total, "heat_gwh": warmth, "heat_mw": warmth / full_load,
        "energy_low_gwh": (electric * energy["low_gwh"]).sum(0) * eligible,
        "energy_high_gwh": (electric * energy["high_gwh"]).sum(0) * eligible,
    }  # fmt: skip
    return xr.Dataset({name: ("site", array) for name, array in values.items()}, {"site": sites.site})


def _profiles(
    sites: xr.Dataset, layers: Layers, power: Array, ways: conversion.Ways, options: Options
) -> tuple[NDArray[np.int64], xr.Dataset]:
    """Supply groups, district by the kind of plant that gives a site most.

    Their output follows the seasons of their mix of fuels, and within the day the peak as far as their stores carry.
    """
    kinds = ways.kind
    seasons = layers.tables["bioenergy_seasons"].set_index("feedstock").loc[list(FEEDSTOCKS)]
    months = np.array(
        [
            model.monthly_factor(row, options.capacity_factor, DAYS)
            for row in seasons.filter(regex=r"^m\d\d$").to_numpy(float)
        ]
    )
    hours = np.isin(np.arange(24), options.peak_hours)
    daily = model.daily_factor(months, hours, ways.store[:, None], ways.least[:, None])
    names = np.unique(kinds)
    by_kind = np.array([power[kinds == kind].sum(0) for kind in names])
    active = power.sum(0) > 0
    keys = pd.MultiIndex.from_arrays([sites.district.to_numpy().astype(str)[active], names[by_kind.argmax(0)][active]])
    group, present = keys.factorize(sort=True)
    number = np.full(active.shape, -1)
    number[active] = group
    mix = np.array([np.bincount(group, row[active], minlength=len(present)) for row in power])
    total = mix.sum(0)
    typical = np.tensordot((mix / np.where(total > 0, total, 1.0)).T, daily, axes=1)
    times = layers.weather.indexes["time"]
    local = (times + pd.Timedelta(hours=options.utc_offset_hours)).hour.to_numpy()
    factor = typical[:, times.month.to_numpy() - 1, local]
    district, kind = (present.get_level_values(level).to_numpy().astype(str) for level in (0, 1))
    profiles = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), factor.astype("float32")),
            "capacity_mw": ("group", total / (options.capacity_factor * HOURS_PER_YEAR / 1000.0)),
        },
        {"district": ("group", district), "resource_class": ("group", kind), "time": layers.weather.time},
    )
    return number, label(profiles, PROFILES)


def _totals(
    energy: dict[str, Array], power: Array, ways: conversion.Ways, electric: Array, eligible: Array
) -> dict[str, float]:
    """Electricity with its range, by feedstock, and straw by both methods."""
    sums = {column: (values * eligible).sum(1) for column, values in energy.items()}
    totals = {
        "energy_gwh": float(power.sum()),
        "energy_low_gwh": float((electric * energy["low_gwh"] * eligible).sum()),
        "energy_high_gwh": float((electric * energy["high_gwh"] * eligible).sum()),
        "heat_gwh": float(ways.heat @ sums["available_gwh"]),
    }
    for index, name in enumerate(FEEDSTOCKS):
        totals[f"{name}_resource_gwh"] = float(sums["resource_gwh"][index])
        totals[f"{name}_available_gwh"] = float(sums["available_gwh"][index])
        totals[f"{name}_energy_gwh"] = float(power[index].sum())
    totals["crop_residues_by_share_gwh"] = float(sums["share_gwh"][0])
    totals["crop_residues_above_floor_gwh"] = float(sums["floor_gwh"][0])
    return totals


def _notes(supply: pd.DataFrame, inside: Array, gaps: tuple[float, float], options: Options) -> tuple[str, ...]:
    notes = [
        "Theoretical and geographic rungs are energy of the fuel; the technical rung is electricity.",
        "Harvests are of one undated year; wood and the collected share of manure are assumptions: see the range."
        " Single figures are of the people of today, ranges run to the highest target for them: where waste counts"
        " much, a figure may lie below its P10.",
        "Figures that rest on few data: herds and harvests by district without their fields, cattle alone (no district"
        " figures of sheep, goats and poultry were published: give them as livestock_file), no inventory of forests"
        " since 1988, people of the zone as one number; efficiencies are not drawn in the ranges.",
        "Each site counts with the efficiency and cost of the plant that all fuel within its transport radius would"
        " feed; neighbours share that fuel, so the candidate plants, which use nothing twice, are smaller and dearer.",
        "Candidate plants use as much fuel as they can reach and among these choices the least cost, proven to a gap of"
        f" {gaps[0]:.2%} of the fuel and {gaps[1]:.1%} of the cost; those below the least size are not built. LCOE with"
        f" heat sells {options.heat_sold:.0%} of it.",
        f"Straw: {options.removal_share:.0%} removed or all above {options.residue_floor:g} t/ha: see both totals.",
    ]
    seen = pd.Series(inside > 0).groupby(supply.area.to_numpy()).any().drop(MARGINAL)
    if not seen.any():
        notes.append(
            "No district with statistics lies in this zone: its bioenergy is 0 until tables of its own are given."
        )
    elif not seen.all():
        notes.append(f"Statistics of districts outside the zone are left out: {', '.join(seen.index[~seen])}.")
    partly = sorted(set(supply.area[(inside > 0) & (inside < 1 - 1e-9)]))
    if partly:
        names = ", ".join(partly).replace(WHOLE_ZONE, "all districts together")
        notes.append(f"Only part of {names} lies in the zone: it gets the share of matching land cover inside.")
    return tuple(notes)
