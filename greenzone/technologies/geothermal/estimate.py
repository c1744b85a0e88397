"""Geothermal potential of the sites: the heat of the rock, and what prospects may give of it as power and heat.

Comes in: sites, layers, options. Goes out: `schema.Potential`, with prospects and springs as features.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.schema import POTENTIAL, PROFILES, Draws, Layers, Potential, label
from greenzone.technologies.geothermal import costs, prospects, springs, underground
from greenzone.technologies.geothermal.fairway import fairway_variables
from greenzone.technologies.geothermal.options import Options
from greenzone.technologies.geothermal.ranges import PERCENTILES, district_ranges, weighted_percentiles
from greenzone.technologies.geothermal.reservoirs import Draws as ReservoirDraws
from greenzone.technologies.geothermal.reservoirs import Reservoirs, draw, net_specific_power

Array = NDArray[np.float64]

HOURS_PER_YEAR = 8760.0
RESOURCE_CLASS = "binary"
EXTRA = {
    "heat_mw": ("MW", "expected thermal power of prospects for direct use"),
    "heat_gwh": ("GWh", "expected heat per year for direct use"),
    "group": ("1", "supply group of the site, -1 for none"),
    **{f"energy_p{p}_gwh": ("GWh", f"electricity per year of prospects, percentile {p}") for p in PERCENTILES},
    **{f"theoretical_p{p}_gwh": ("GWh", f"heat of the rock per year, percentile {p}") for p in PERCENTILES},
    "capital_per_kw": ("USD kW-1", "capital of the prospect's wells and plant"),
    "fixed_om_per_kw_year": (
        "USD kW-1 year-1",
        "upkeep of the prospect's wells and plant, wells added in time with it",
    ),
}


class Field(NamedTuple):
    """Prospects as seen by the sites: draws, the share of each that falls on each site, and who is who."""

    reservoirs: Reservoirs
    draws: ReservoirDraws
    weight: Array
    features: gpd.GeoDataFrame
    bills: pd.DataFrame


def estimate(sites: xr.Dataset, layers: Layers, options: Options) -> Potential:
    """Geothermal potential.

    The theoretical and geographic rungs are heat of the rock. The technical rung is the expected output of prospects,
    where springs speak for water in the rock: counted by their chance, on eligible land within reach of their wells.

    Parameters
    ----------
    sites : Dataset
        `schema.SITES` over `site`, with `eligible_fraction`.
    layers : Layers
        `site.temp_air`, `weather.temp_air`, the tables `heat_flow`, `springs`, `geothermal_*`, and the zone.
    options : Options

    Returns
    -------
    Potential
        Beside `schema.POTENTIAL`: `heat_flow`, `temperature_at_<depth>km`, each with `_std`, `heat_mw`, `heat_gwh`,
        `energy_p10_gwh`, `_p50_`, `_p90_`, `theoretical_p10_gwh`, `_p50_`, `_p90_`, `power_density_p10`, `_p50`,
        `_p90`, `favourability`, and where `cost_basis` says so `capital_per_kw`, `fixed_om_per_kw_year`.
        Features `geothermal_prospects`, `geothermal_springs`, `geothermal_districts`. `capacity_factor` is NaN where
        there is no prospect.

    Raises
    ------
    GreenzoneError
        Impossible heat flows or layers, a depth beyond the column of rock.

    References
    ----------
    Williams, Reed and Mariner (2008), USGS Open-File Report 2008-1296, doi:10.3133/ofr20081296
    """
    heat_flow, figures = underground.site_heat_flow(sites, layers, options)
    rock = underground.Rock(heat_flow, layers, options)
    field = _field(sites, layers, options, rock)
    groups, profiles, hourly = _profiles(sites, layers, options, field)
    flows = springs.published_flows(layers.tables.get("published"))
    warm = springs.spring_features(
        layers.tables["springs"], layers.tables["geothermal_prospects"], layers.zone, options, flows
    )
    figures["spring_heat_highest_mw"] = springs.highest_heat(flows, layers.zone, options)
    fairway = fairway_variables(sites, layers.site, rock, (field.features, warm), options)
    yearly = _yearly(field, hourly, options)
    data = heat_flow.assign(
        underground.rock_variables(rock, options) | fairway | _ladder(sites, rock, options, field, hourly)
    )
    data["group"] = ("site", groups)
    return Potential(
        technology="geothermal",
        sites=_labelled(data, options),
        profiles=profiles,
        features={
            "geothermal_prospects": field.features,
            "geothermal_springs": warm,
            "geothermal_districts": _districts(data, sites, layers, field, yearly),
        },
        totals=_totals(field, warm, figures) | _ladder_totals(data, yearly, field.weight),
        notes=(*_prospect_notes(field, options), *_notes(options, figures), *_cost_notes(field, options)),
        draws=Draws(yearly["energy_{}_gwh"], field.weight),
    )


def _labelled(data: xr.Dataset, options: Options) -> xr.Dataset:
    """Units and names of the ladder and what goes with it."""
    for name, (units, long_name) in EXTRA.items():
        if name in data:
            data[name].attrs = {"units": units, "long_name": long_name}
            if units.startswith("USD"):
                data[name].attrs |= {"currency": "USD", "price_year": options.price_year}
    data.theoretical_gwh.attrs["comment"] = (
        f"heat of the rock down to {options.resource_depth_km:g} km above {options.temp_reference:g} degC, shared over"
        f" {options.lifetime:g} years; thermal"
    )
    return label(data, POTENTIAL)


def _field(sites: xr.Dataset, layers: Layers, options: Options, rock: underground.Rock) -> Field:
    table = prospects.prospect_table(layers.tables["geothermal_prospects"], options, layers.zone)
    weight, near = prospects.site_weights(table, sites, options)
    reservoirs = prospects.reservoirs_of(table, rock, near)
    draws = draw(reservoirs, options)
    bills = prospects.prospect_costs(
        table, reservoirs, draws, options, costs.Prices.read(layers.tables, options.price_year)
    )
    features = prospects.prospect_features(table, reservoirs, draws, weight.sum(1), bills)
    return Field(reservoirs, draws, weight, features, bills)


def _profiles(
    sites: xr.Dataset, layers: Layers, options: Options, field: Field
) -> tuple[NDArray[np.int64], xr.Dataset, Array]:
    """Supply groups, one per district with a prospect, and the mean capacity factor of each prospect.

    The air at the plant moves its output; capacity is the output at the mean temperature of the year.
    """
    power = prospects.expected(field.draws, field.draws.power)
    capacity = field.weight * power[:, None]
    hourly = _hourly(layers, options, field)
    district = sites.district.to_numpy().astype(str)
    active = capacity.sum(0) > 0
    names = sorted(set(district[active]))
    group = np.where(active, np.searchsorted(names, district) if names else 0, -1)
    by_group = (
        np.stack([capacity[:, group == index].sum(1) for index in range(len(names))])
        if names
        else np.zeros((0, len(power)))
    )
    total = by_group.sum(1)
    factor = np.divide(
        by_group @ hourly, total[:, None], out=np.zeros((len(names), hourly.shape[1])), where=total[:, None] > 0
    )
    profiles = xr.Dataset(
        {"capacity_factor": (("group", "time"), factor.astype("float32")), "capacity_mw": ("group", total)},
        {
            "district": ("group", np.array(names, dtype=str)),
            "resource_class": ("group", np.full(len(names), RESOURCE_CLASS)),
            "time": layers.weather.time,
        },
    )
    return group, label(profiles, PROFILES), hourly.mean(1)


def _hourly(layers: Layers, options: Options, field: Field) -> Array:
    """Output over capacity of each prospect in each hour, (prospect, time)."""
    result = np.zeros((len(field.weight), layers.weather.sizes["time"]))
    cell, offset = layers.site.cell.to_numpy(), layers.site.temp_offset.to_numpy()
    for index, weight in enumerate(field.weight):
        if weight.sum() == 0:
            continue
        share = np.bincount(cell, weight, minlength=layers.weather.sizes["cell"]) / weight.sum()
        used = np.flatnonzero(share)
        air = layers.weather.temp_air.isel(cell=used).transpose("time", "cell").to_numpy() @ share[used]
        air = air + weight @ offset / weight.sum()
        hot = field.reservoirs.temperature[index].mean()
        design = net_specific_power(hot, field.reservoirs.ambient[index], options)
        ratio = net_specific_power(hot, air, options) / design if design > 0 else np.ones(air.shape)
        result[index] = np.minimum(ratio * options.availability, 1.0)
    return result


def _ladder(
    sites: xr.Dataset, rock: underground.Rock, options: Options, field: Field, factor: Array
) -> dict[str, xr.DataArray]:
    """The rungs over `site`."""
    area, eligible = sites.area_km2.to_numpy(), sites.eligible_fraction.to_numpy()
    theoretical = underground.theoretical_gwh(rock, area, options)
    power, heat = (prospects.expected(field.draws, values) for values in (field.draws.power, field.draws.heat_power))
    capacity, heat_mw = power @ field.weight, heat @ field.weight
    energy = (power * factor) @ field.weight * HOURS_PER_YEAR / 1000.0
    yearly = np.divide(
        energy * 1000.0 / HOURS_PER_YEAR, capacity, out=np.full(capacity.shape, np.nan), where=capacity > 0
    )
    values = {
        "eligible_fraction": eligible, "theoretical_gwh": theoretical, "geographic_gwh": theoretical * eligible,
        "capacity_mw": capacity, "capacity_factor": yearly, "energy_gwh": energy,
        "heat_mw": heat_mw, "heat_gwh": heat_mw * options.heat_utilisation * HOURS_PER_YEAR / 1000.0,
    }  # fmt: skip
    ranges = weighted_percentiles(_yearly(field, factor, options)["energy_{}_gwh"], field.weight)
    values |= {f"energy_p{percentile}_gwh": row for percentile, row in zip(PERCENTILES, ranges, strict=True)}
    values |= {f"theoretical_p{p}_gwh": underground.theoretical_gwh(rock, area, options, p) for p in PERCENTILES}
    if options.cost_basis == "prospect":
        values |= {name: _by_capacity(field, power, name) for name in ("capital_per_kw", "fixed_om_per_kw_year")}
    return {name: xr.DataArray(array, dims="site") for name, array in values.items()}


def _yearly(field: Field, factor: Array, options: Options) -> dict[str, Array]:
    """Draws of the energy of each prospect in a year [GWh], a reservoir that is not there giving nothing."""
    found, year = field.draws.found, HOURS_PER_YEAR / 1000.0
    return {
        "energy_{}_gwh": field.draws.power * found * factor[:, None] * year,
        "heat_{}_gwh": field.draws.heat_power * found * options.heat_utilisation * year,
    }


def _districts(
    data: xr.Dataset, sites: xr.Dataset, layers: Layers, field: Field, yearly: dict[str, Array]
) -> gpd.GeoDataFrame:
    """Districts with their ladder; the temperature of the rock errs alike all over one, so its percentiles add."""
    labels = sites.district.to_numpy().astype(str)
    frame = district_ranges(layers.zone, labels, field.weight, yearly)
    for name in ("theoretical_gwh", "energy_gwh", *(f"theoretical_p{p}_gwh" for p in PERCENTILES)):
        values = data[name].to_numpy()
        frame[name] = [float(values[labels == district].sum()) for district in frame.district]
    return frame


def _ladder_totals(data: xr.Dataset, yearly: dict[str, Array], weight: Array) -> dict[str, float]:
    """Percentiles of the rungs in the zone [GWh/year]: those of the rock add, for it errs alike, those of prospects are
    of their draws together."""
    together = weighted_percentiles(yearly["energy_{}_gwh"], weight.sum(1, keepdims=True))[:, 0]
    totals = {f"theoretical_p{p}_gwh": float(data[f"theoretical_p{p}_gwh"].sum()) for p in PERCENTILES}
    return totals | {f"energy_p{p}_gwh": float(value) for p, value in zip(PERCENTILES, together, strict=True)}


def _by_capacity(field: Field, power: Array, name: str) -> Array:
    """A cost of the prospects on the sites, weighted with the capacity they bring; NaN where they bring none."""
    capacity = field.weight * power[:, None]
    total = capacity.sum(0)
    return np.divide(
        np.nan_to_num(field.bills[name].to_numpy()) @ capacity, total, out=np.full(total.shape, np.nan), where=total > 0
    )


def _totals(field: Field, warm: gpd.GeoDataFrame, figures: dict[str, float]) -> dict[str, float]:
    """Sums over the prospects: expected, and the range that random draws of all of them together span."""
    land, found = field.weight.sum(1)[:, None], field.draws.found
    totals = dict(figures)
    for name, values in (
        ("capacity", field.draws.power),
        ("heat", field.draws.heat_power),
        *((f"{name}_capacity", power) for name, power in field.draws.spread._asdict().items()),
    ):
        together = (values * land * found).sum(0)
        totals[f"{name}_mw"] = float(together.mean())
        for percentile in (10, 50, 90):
            totals[f"{name}_p{percentile}_mw"] = float(np.percentile(together, percentile))
    found_mw = field.features.capacity_mw.to_numpy(float)
    for name in ("lcoe", "lcoh"):
        weights = found_mw if name == "lcoe" else field.features.heat_mw.to_numpy(float)
        median = field.bills[f"{name}_p50_usd_per_mwh"].to_numpy()
        counted = np.isfinite(median) & (weights > 0)
        if counted.any():
            totals[f"{name}_usd_per_mwh"] = float(np.average(median[counted], weights=weights[counted]))
    totals["spring_heat_mw"] = float(warm.heat_mw.sum())
    return totals


def _cost_notes(field: Field, options: Options) -> list[str]:
    """Why electricity costs what it does, by the prospect that gives most."""
    table = field.features
    if not (table.capacity_mw > 0).any():
        return []
    best = table.loc[table.capacity_mw.idxmax()]
    per_well = options.well_flow * float(
        net_specific_power(best.temperature_c, field.reservoirs.ambient[table.capacity_mw.argmax()], options)
    )
    return [
        f"Electricity from {best.prospect} costs {best.lcoe_p50_usd_per_mwh:.0f} USD/MWh (P50), of which"
        f" {best.lcoe_share_of_wells:.0%} goes into wells: at {best.temperature_c:.0f} degC one of"
        f" {options.well_flow:g} kg/s gives {per_well / 1000:.1f} MW, costs {best.well_musd:.1f} million USD, needs one"
        f" to inject, and {1 - options.well_success:.0%} fail. Twice the flow of a well, or half the cost of capital,"
        " brings it down by a third."
    ]


def _prospect_notes(field: Field, options: Options) -> list[str]:
    """Where the prospects come from, and which of the user's own lie outside the zone."""
    counted = f"Electricity is an expected value: each prospect counts with a chance of {options.chance_of_success:g};"
    if options.prospects is None:
        return [
            "No reservoir in the zone has been drilled: UNU-GTP (2006) identified no resource for electricity, press"
            f" reports of 2025 think water of 100-150 degC possible. {counted} see the range.",
            "Figures that rest on few data: temperatures of the prospects (press reports for three, heat flow for"
            " three), their area and thickness (the usual ones of systems known by a spring, none surveyed), porosity"
            " and recovery (assumed for fractured rock), temperature and position of most springs.",
        ]
    used = set(field.features["prospect"])
    outside = [prospect.name for prospect in options.prospects if prospect.name not in used]
    notes = [f"Prospects are those of the scenario. {counted} see the range."]
    return [*notes, f"Prospects outside the zone count for nothing: {', '.join(outside)}."] if outside else notes


def _notes(options: Options, figures: dict[str, float]) -> tuple[str, ...]:
    notes = [
        "The same reservoirs by three conventions: see the totals of usgs, hip and polynomial; they lie apart by the"
        " method_factor of each prospect (at a recovery of 0.125 HIP-RA-X gives 2.6 to 3.9 times what the USGS does"
        " between 110 and 150 degC), and no measurement here tells which is right.",
        f"Levelised costs of prospects are of wells and plants at {options.wacc:.0%}, with the search for the prospects"
        " that fail; heat alone sells at the wellhead, its network is not counted.",
        "Prospects marked 'approximate' have no published position; those without a published temperature take it from"
        " the heat flow.",
        "Theoretical and geographic rungs are heat of the rock, thermal; the technical rung is electricity.",
    ]
    notes.append(
        "Springs count with their own flow, never with more than was published of their district; all water published"
        f" would give {figures['spring_heat_highest_mw']:.1f} MW if it were as warm."
    )
    if "heat_flow_places" in figures:
        notes.append(
            f"Heat flow rests on {figures['heat_flow_places']:.0f} places, most of them outside the zone; left out one"
            f" by one they are foretold with an error of {figures['heat_flow_leave_one_out_rmse']:.0f} mW/m2."
        )
    return tuple(notes)
