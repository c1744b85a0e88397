"""Bioenergy potential of the sites: residues, manure, waste and wood as electricity and heat.

Comes in: sites, layers, options. Goes out: `schema.Potential` with a range by feedstock and district.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError
from greenzone.schema import POTENTIAL, PROFILES, Layers, Potential, label
from greenzone.technologies.bioenergy import feedstocks, model, spread
from greenzone.technologies.bioenergy.feedstocks import FEEDSTOCKS, WHOLE_ZONE
from greenzone.technologies.bioenergy.options import Options

Array = NDArray[np.float64]

HOURS_PER_YEAR = 8760.0
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], float)
EXTRA = {
    "energy_low_gwh": ("GWh", "lower end of the electricity per year"),
    "energy_high_gwh": ("GWh", "upper end of the electricity per year"),
    "heat_gwh": ("GWh", "heat per year beside the electricity"),
    "heat_mw": ("MW", "heat output beside the electricity"),
    "group": ("1", "supply group of the site, -1 for none"),
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
        `site.land_cover_fraction`, the times of `weather`, the tables `crops`, `livestock`, `population` and
        `bioenergy_*`, and the zone.
    options : Options
        As in the scenario.

    Returns
    -------
    Potential
        Beside `schema.POTENTIAL`: `energy_low_gwh`, `energy_high_gwh`, `heat_gwh`, `heat_mw` over `site`.
        `capacity_factor` is NaN where nothing grows.

    Raises
    ------
    GreenzoneError
        An unknown crop, impossible figures, efficiencies above 1.
    """
    tables = layers.tables
    supply = feedstocks.all_feedstocks(tables, options)
    energy, shares = _on_sites(supply, sites, layers)
    electric, heat = _efficiencies(tables["bioenergy_conversion"], options)
    eligible = sites.eligible_fraction.to_numpy()
    power = energy["available_gwh"] * electric[:, None] * eligible
    data = _ladder(sites, energy, electric, heat, options)
    groups, profiles = _profiles(sites, layers, power, options)
    data["group"] = ("site", groups)
    for name, (units, long_name) in EXTRA.items():
        data[name].attrs = {"units": units, "long_name": long_name}
    data.theoretical_gwh.attrs["comment"] = "energy of the fuel, lower heating value"
    return Potential(
        technology="bioenergy",
        sites=label(data, POTENTIAL),
        profiles=profiles,
        totals=_totals(supply, shares, energy, electric, heat, eligible),
        notes=_notes(supply, shares, options),
    )


def _on_sites(supply: pd.DataFrame, sites: xr.Dataset, layers: Layers) -> tuple[dict[str, Array], Array]:
    """Energy of each feedstock on each site, (feedstock, site), for each column; and the share of each row inside."""
    names = list(dict.fromkeys(supply.area))
    cover = layers.site.land_cover_fraction
    areas = spread.areas_of(names, sites, layers.zone, cover.land_cover.to_numpy().astype(str))
    weights, area_km2 = layers.tables["bioenergy_land"], sites.area_km2.to_numpy()
    energy = {column: np.zeros((len(FEEDSTOCKS), sites.sizes["site"])) for column in (*feedstocks.COLUMNS, "floor_gwh")}
    inside = np.zeros(len(supply))
    for index, feedstock in enumerate(FEEDSTOCKS):
        if feedstock == "waste":
            share = spread.place_shares(areas, sites, layers.zone)
        else:
            share = spread.land_shares(areas, cover, area_km2, weights[weights.feedstock == feedstock])
        rows = supply[supply.feedstock == feedstock]
        part = share[[names.index(area) for area in rows.area]]
        inside[rows.index] = part.sum(1)
        for column, values in energy.items():
            values[index] = np.nan_to_num(rows[column].to_numpy(float)) @ part
    return energy, inside


def _efficiencies(table: pd.DataFrame, options: Options) -> tuple[Array, Array]:
    """Electricity and heat per energy of the fuel, in the order of the feedstocks."""
    rows = table.set_index("feedstock").loc[list(FEEDSTOCKS)]
    electric = rows.electric_efficiency.to_numpy(float).copy()
    electric[FEEDSTOCKS.index("waste")] = options.waste_electricity * 3.6 / options.waste_heating_value
    heat = rows.heat_efficiency.to_numpy(float)
    if (electric + heat > 1).any():
        wrong = FEEDSTOCKS[int(np.argmax(electric + heat))]
        raise GreenzoneError(f"electricity and heat from {wrong} are more than its energy: lower an efficiency")
    return electric, heat


def _ladder(sites: xr.Dataset, energy: dict[str, Array], electric: Array, heat: Array, options: Options) -> xr.Dataset:
    """The rungs over `site`."""
    eligible = sites.eligible_fraction.to_numpy()
    resource = energy["resource_gwh"].sum(0)
    power = electric @ energy["available_gwh"] * eligible
    warmth = heat @ energy["available_gwh"] * eligible
    full_load = options.capacity_factor * HOURS_PER_YEAR / 1000.0
    values = {
        "eligible_fraction": eligible, "theoretical_gwh": resource, "geographic_gwh": resource * eligible,
        "capacity_mw": power / full_load, "capacity_factor": np.where(power > 0, options.capacity_factor, np.nan),
        "energy_gwh": power, "heat_gwh": warmth, "heat_mw": warmth / full_load,
        "energy_low_gwh": electric @ energy["low_gwh"] * eligible,
        "energy_high_gwh": electric @ energy["high_gwh"] * eligible,
    }  # fmt: skip
    return xr.Dataset({name: ("site", array) for name, array in values.items()}, {"site": sites.site})


def _profiles(
    sites: xr.Dataset, layers: Layers, power: Array, options: Options
) -> tuple[NDArray[np.int64], xr.Dataset]:
    """Supply groups, district by the kind of plant that gives a site most, with the seasons of their mix of fuels."""
    table = layers.tables["bioenergy_conversion"].set_index("feedstock")
    kinds = table.resource_class.loc[list(FEEDSTOCKS)].to_numpy().astype(str)
    seasons = layers.tables["bioenergy_seasons"].set_index("feedstock").loc[list(FEEDSTOCKS)]
    months = np.array(
        [
            model.monthly_factor(row, options.capacity_factor, DAYS)
            for row in seasons.filter(regex=r"^m\d\d$").to_numpy(float)
        ]
    )
    names = np.unique(kinds)
    by_kind = np.array([power[kinds == kind].sum(0) for kind in names])
    active = power.sum(0) > 0
    keys = pd.MultiIndex.from_arrays([sites.district.to_numpy().astype(str)[active], names[by_kind.argmax(0)][active]])
    group, present = keys.factorize(sort=True)
    number = np.full(active.shape, -1)
    number[active] = group
    mix = np.array([np.bincount(group, row[active], minlength=len(present)) for row in power])
    total = mix.sum(0)
    monthly = (mix / np.where(total > 0, total, 1.0)).T @ months
    month = layers.weather.indexes["time"].month.to_numpy() - 1
    district, kind = (present.get_level_values(level).to_numpy().astype(str) for level in (0, 1))
    profiles = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), monthly[:, month].astype("float32")),
            "capacity_mw": ("group", total / (options.capacity_factor * HOURS_PER_YEAR / 1000.0)),
        },
        {"district": ("group", district), "resource_class": ("group", kind), "time": layers.weather.time},
    )
    return number, label(profiles, PROFILES)


def _totals(
    supply: pd.DataFrame, inside: Array, energy: dict[str, Array], electric: Array, heat: Array, eligible: Array
) -> dict[str, float]:
    """Electricity with its range, by feedstock, and straw by both methods."""
    sums = {column: (values * eligible).sum(1) for column, values in energy.items()}
    totals = {
        "energy_gwh": float(electric @ sums["available_gwh"]),
        "energy_low_gwh": float(electric @ sums["low_gwh"]),
        "energy_high_gwh": float(electric @ sums["high_gwh"]),
        "heat_gwh": float(heat @ sums["available_gwh"]),
    }
    for index, name in enumerate(FEEDSTOCKS):
        totals[f"{name}_resource_gwh"] = float(sums["resource_gwh"][index])
        totals[f"{name}_available_gwh"] = float(sums["available_gwh"][index])
        totals[f"{name}_energy_gwh"] = float(electric[index] * sums["available_gwh"][index])
    totals["crop_residues_above_floor_gwh"] = float(sums["floor_gwh"][0])
    return totals


def _notes(supply: pd.DataFrame, inside: Array, options: Options) -> tuple[str, ...]:
    notes = [
        "Theoretical and geographic rungs are energy of the fuel; the technical rung is electricity.",
        "Harvests are of one undated year; wood and the collected share of manure are assumptions: see the range.",
        f"Straw: {options.removal_share:.0%} removed or all above {options.residue_floor:g} t/ha: see both totals.",
    ]
    seen = pd.Series(inside > 0).groupby(supply.area.to_numpy()).any()
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
