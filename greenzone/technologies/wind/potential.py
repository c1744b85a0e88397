"""What a zone can hold of wind: capacity, energy and hourly profiles from sites, layers and options.

Comes in as the other technologies do (`schema.Technology`), goes out as a `schema.Potential`.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from greenzone import schema
from greenzone.technologies.groups import GWH_PER_MW_YEAR, Groups, groups_of, profiles_of, totals_of
from greenzone.technologies.wind.options import Options
from greenzone.technologies.wind.plant import Parks, plan_parks

WIND = {
    "wind_speed_hub": schema.Variable("m s-1", "mean wind speed at hub height"),
    "iec_class": schema.Variable("1", "weakest IEC wind class that bears the site, 0 beyond all, -1 unknown"),
    "turbine": schema.Variable("1", "turbine of the site"),
}


def estimate(sites: xr.Dataset, layers: schema.Layers, options: Options) -> schema.Potential:
    """Wind potential of `sites`, which carry `eligible_fraction` for wind.

    Parameters
    ----------
    sites : Dataset
        Over `site`: `area_km2`, `district`, `eligible_fraction`.
    layers : Layers
        `site` with `pressure` [Pa], `temp_air` [degC], `wind_speed_100m` [m s-1], `weibull_k` [1], `cell`,
        `wind_factor` [1] and `temp_offset` [K]; hourly `weather` over (time, cell) with `wind_speed` and `temp_air`;
        the tables `wind_iec_classes` and `wind_icing_classes`.
    options : Options
        Turbine, tower, losses, and the land taken.

    Returns
    -------
    Potential
        The wind at a hub is that of the weather cell times the site's `wind_factor`, brought to hub height by the
        shear exponent. `theoretical_gwh` is the kinetic energy that passes the rotors of a park on all land,
        `geographic_gwh` on eligible land. A site without weather has capacity factor NaN and no energy.
    """
    parks, weather = plan_parks(layers, options)
    potential = _potential(sites, parks, options)
    potential["theoretical_gwh"] *= _all_land_over_eligible(layers.site)
    groups = groups_of(potential, sites["district"].values, options.resource_classes)
    potential["group"] = ("site", groups.of_site, {"units": "1", "long_name": "supply group, -1 for none"})
    profiles = _profiles(parks, groups, potential["capacity_mw"].values, weather)
    totals = _totals(potential, parks, options)
    return schema.Potential("wind", potential, profiles, totals=totals, notes=_notes(potential, parks, options))


def _all_land_over_eligible(site: xr.Dataset) -> np.ndarray:
    """Kinetic energy of the wind over all land of a site relative to that over its eligible land, which is windier."""
    if "wind_speed_100m_all_land" not in site:
        return np.ones(site.sizes["site"])
    return (site["wind_speed_100m_all_land"].values / site["wind_speed_100m"].values) ** 3


def _potential(sites: xr.Dataset, parks: Parks, options: Options) -> xr.Dataset:
    area, eligible = sites["area_km2"].values, sites["eligible_fraction"].values
    energy = parks.kinetic * options.capacity_density_mw_km2 * area * GWH_PER_MW_YEAR
    capacity = _capacity(sites, parks.capacity_factor, options)
    values = {
        "eligible_fraction": eligible,
        "theoretical_gwh": energy,
        "geographic_gwh": energy * eligible,
        "capacity_mw": capacity,
        "capacity_factor": parks.capacity_factor,
        "energy_gwh": capacity * np.nan_to_num(parks.capacity_factor) * GWH_PER_MW_YEAR,
        "wind_speed_hub": parks.hub_speed,
        "iec_class": parks.iec_class,
        "turbine": parks.choice,
    }
    potential = xr.Dataset({name: ("site", value) for name, value in values.items()}, {"site": sites["site"].values})
    potential["turbine"].attrs = {
        "flag_values": np.arange(len(parks.turbines)),
        "flag_meanings": " ".join(turbine.name.replace(" ", "_") for turbine in parks.turbines),
    }
    return schema.label(potential, schema.POTENTIAL | WIND)


def _capacity(sites: xr.Dataset, capacity_factor: np.ndarray, options: Options) -> np.ndarray:
    """Capacity of each site [MW]: none where the wind is not known."""
    taken = sites["area_km2"].values * sites["eligible_fraction"].values * options.land_share
    return np.where(np.isfinite(capacity_factor), taken * options.capacity_density_mw_km2, 0.0)


def _profiles(parks: Parks, groups: Groups, capacity: np.ndarray, weather: xr.Dataset) -> xr.Dataset:
    total = groups.total(capacity)
    sums = parks.group_sums(groups.of_site, capacity, groups.district.size)
    return profiles_of(groups, sums / total[:, None], total, weather)


def _totals(potential: xr.Dataset, parks: Parks, options: Options) -> dict[str, float]:
    """Capacity, energy and mean capacity factor, and the energy with all winds weaker or stronger.

    The latter on every seventh hour, which meets each hour of the day and is exact enough for a range.
    """
    totals = totals_of(potential)
    work = parks.work._replace(wind=parks.work.wind[:, ::7].copy(), temp=parks.work.temp[:, ::7].copy())
    for name, shift in (("low", -0.5 * options.speed_uncertainty), ("high", 0.5 * options.speed_uncertainty)):
        factor = np.float32(1 + shift)
        terms = work.terms._replace(speed_factor=work.terms.speed_factor * factor)
        shifted = np.nan_to_num(parks.means(work._replace(terms=terms)))
        totals[f"energy_gwh_{name}"] = float((potential["capacity_mw"].values * shifted).sum()) * GWH_PER_MW_YEAR
    return totals


def _notes(potential: xr.Dataset, parks: Parks, options: Options) -> tuple[str, ...]:
    half = 0.5 * options.speed_uncertainty
    names = ", ".join(turbine.name for turbine in parks.turbines)
    notes = [
        f"Mean wind of a site is good to {options.speed_uncertainty:.0%} either way: no mast or fine atlas stands"
        f" behind it. Totals low and high shift all winds by {half:.0%}.",
        f"Wind is counted with {names} at {options.hub_height:g} m, on {options.land_share:.0%} of the eligible land at"
        f" {options.capacity_density_mw_km2:g} MW per km2; the share is an assumption that scales the result.",
    ]
    classes = np.array([turbine.iec_class or 3 for turbine in parks.turbines])[parks.choice]
    weak = (classes > parks.iec_class) & (parks.iec_class >= 0)
    capacity = potential["capacity_mw"].values
    if capacity[weak].sum() > 0:
        notes.append(
            f"{capacity[weak].sum() / capacity.sum():.0%} of the capacity stands where mean or 50-year wind asks for"
            " a stronger IEC class than its turbine has: expect smaller rotors and less energy there."
        )
    return tuple(notes)
