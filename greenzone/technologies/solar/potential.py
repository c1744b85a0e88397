"""What a zone can hold of solar: capacity, energy and hourly profiles from sites, layers and options.

Comes in as the other technologies do (`schema.Technology`), goes out as a `schema.Potential`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from greenzone import schema
from greenzone.layers.catalogue import read_table
from greenzone.technologies.groups import GWH_PER_MW_YEAR, Groups, groups_of, profiles_of, totals_of
from greenzone.technologies.inputs import check_weather
from greenzone.technologies.solar import reduce
from greenzone.technologies.solar.assemble import VARIABLES, Link, Place, job, without_skyline
from greenzone.technologies.solar.mounts import DualAxis, FixedTilt, Mount, SingleAxis
from greenzone.technologies.solar.optimum import best_tilt
from greenzone.technologies.solar.options import Options


def estimate(sites: xr.Dataset, layers: schema.Layers, options: Options) -> schema.Potential:
    """Solar potential of `sites`, which carry `eligible_fraction` for solar.

    Parameters
    ----------
    sites : Dataset
        Over `site`: `lat`, `lon`, `area_km2`, `district`, `eligible_fraction`.
    layers : Layers
        `site` with `elevation`, `cell`, `ghi_factor`, `temp_offset` and, where the skyline is to shade the panels,
        `horizon` (azimuth, site) [degree]; hourly `weather` over (time, cell).
    options : Options
        The system, its tilt, and the land it takes.

    Returns
    -------
    Potential
        Capacity and capacity factor are of AC power. A site without weather has capacity factor NaN and no energy.
        With a skyline, `horizon_loss` is the share of the output that it takes [1].
    """
    options = with_variant(options)
    weather = check_weather(layers.weather, VARIABLES, coordinates=("lat", "lon"))
    place, link = _place(sites, layers)
    order = np.argsort(link.cell, kind="stable")  # sites of one weather cell stand together in the kernels
    back = np.argsort(order)
    sorted_place, sorted_link = _in_order(place, order), Link(*(v[order] for v in link))
    mount = _mount(weather, sorted_place, sorted_link, options)
    work = job(weather, sorted_place, mount, options, sorted_link)
    ghi = weather["ghi"].values.mean(axis=0, dtype=np.float64)[link.cell] * link.ghi_factor
    capacity = _capacity(sites, options)
    districts, of_site = np.unique(sites["district"].values.astype(str), return_inverse=True)
    levels = reduce.Levels(of_site[order], capacity[order], options.resource_classes)
    means, sums = reduce.levelled(work, levels)
    factor = means[back]
    potential = _potential(sites, ghi, capacity, factor)
    if place.horizon is not None:
        unshaded = reduce.mean(without_skyline(work))[back]
        label = {"units": "1", "long_name": "share of the output that the skyline takes"}
        potential["horizon_loss"] = ("site", 1 - factor / np.where(unshaded > 0, unshaded, np.nan), label)
    if isinstance(mount, FixedTilt):
        label = {"units": "degree", "long_name": "tilt of the panels from horizontal"}
        potential["tilt"] = ("site", np.asarray(mount.tilt)[back], label)
    groups = groups_of(potential, sites["district"].values, options.resource_classes)
    potential["group"] = ("site", groups.of_site, {"units": "1", "long_name": "supply group, -1 for none"})
    profiles = _profiles(groups, districts, sums, potential["capacity_mw"].values, weather)
    return schema.Potential("solar", potential, profiles, totals=totals_of(potential), notes=_notes(options, potential))


def _place(sites: xr.Dataset, layers: schema.Layers) -> tuple[Place, Link]:
    site = layers.site
    skyline = site["horizon"].transpose("azimuth", "site").values if "horizon" in site else None
    place = Place(sites["lat"].values, sites["lon"].values, site["elevation"].fillna(0.0).values, skyline)
    return place, Link(site["cell"].values.astype(np.int64), site["ghi_factor"].values, site["temp_offset"].values)


def _in_order(place: Place, order: np.ndarray) -> Place:
    skyline = None if place.horizon is None else place.horizon[:, order]
    return Place(place.lat[order], place.lon[order], place.elevation[order], skyline)


def with_variant(options: Options) -> Options:
    """Options with the parameters of their variant where the scenario does not set them itself."""
    table = read_table("solar_variants")
    rows = table[(table["variant"] == options.variant) & ~table["field"].isin(options.model_fields_set)]
    given = {name: getattr(options, name) for name in options.model_fields_set}
    return Options(**dict(zip(rows["field"], rows["value"], strict=True)) | given)


def _mount(weather: xr.Dataset, place: Place, link: Link, options: Options) -> Mount:
    if options.mounting == "dual_axis":
        return DualAxis()
    if options.mounting == "single_axis":
        gcr = options.tracker_gcr if options.gcr is None else options.gcr
        return SingleAxis(axis_azimuth=options.azimuth, max_angle=options.max_angle, gcr=gcr)
    tilt = _best_tilt(weather, place, link, options) if options.tilt == "optimal" else options.tilt
    return FixedTilt(np.full(place.lat.size, tilt), np.full(place.lat.size, options.azimuth))


def _best_tilt(weather: xr.Dataset, place: Place, link: Link, options: Options) -> np.ndarray:
    """Best tilt of each site, sought for the middle of the sites in each weather cell.

    Within a cell the optimum moves by less than 0.3 degrees of tilt, which is worth less than 1e-4 of the yield.
    """
    cells, of_site = np.unique(link.cell, return_inverse=True)
    count = np.bincount(of_site)
    middle = Place(*(np.bincount(of_site, values) / count for values in place[:3]))
    factor, offset = (np.bincount(of_site, values) / count for values in (link.ghi_factor, link.temp_offset))
    columns = weather.isel(cell=cells)
    own = {name: columns[name] * factor.astype(np.float32) for name in ("ghi", "dni", "dhi")}
    own["temp_air"] = columns["temp_air"] + offset.astype(np.float32)
    return best_tilt(columns.assign(own), middle, np.full(cells.size, options.azimuth), options)[of_site]


def _capacity(sites: xr.Dataset, options: Options) -> np.ndarray:
    """Capacity that the land of each site holds [MW], whether its weather is known or not."""
    land = sites["area_km2"].values * sites["eligible_fraction"].values
    return land * options.land_share * options.capacity_density_mw_km2


def _potential(sites: xr.Dataset, ghi: np.ndarray, capacity: np.ndarray, capacity_factor: np.ndarray) -> xr.Dataset:
    area, eligible = sites["area_km2"].values, sites["eligible_fraction"].values
    capacity = np.where(np.isfinite(capacity_factor), capacity, 0.0)
    values = {
        "eligible_fraction": eligible,
        "theoretical_gwh": ghi * area * GWH_PER_MW_YEAR,  # 1 W/m2 on 1 km2 is 1 MW
        "geographic_gwh": ghi * area * eligible * GWH_PER_MW_YEAR,
        "capacity_mw": capacity,
        "capacity_factor": capacity_factor,
        "energy_gwh": capacity * np.nan_to_num(capacity_factor) * GWH_PER_MW_YEAR,
    }
    potential = xr.Dataset({name: ("site", value) for name, value in values.items()}, {"site": sites["site"].values})
    return schema.label(potential, schema.POTENTIAL)


def _profiles(
    groups: Groups,
    districts: np.ndarray,
    sums: Mapping[tuple[int, int], np.ndarray],
    capacity: np.ndarray,
    weather: xr.Dataset,
) -> xr.Dataset:
    """Profiles of the groups from the sums of `reduce.levelled`, whose strata are `districts`."""
    total = groups.total(capacity)
    keys = zip(np.searchsorted(districts, groups.district).tolist(), groups.resource_class.tolist(), strict=True)
    output = np.array([sums[key] for key in keys]).reshape(total.size, weather.sizes["time"])
    return profiles_of(groups, output / total[:, None], total, weather)


def _notes(options: Options, potential: xr.Dataset) -> tuple[str, ...]:
    shaded: tuple[str, ...] = ()
    if "horizon_loss" in potential:
        loss = potential["horizon_loss"]
        energy = potential["energy_gwh"]
        weighted = float((loss.fillna(0) * energy).sum()) / max(float(energy.sum()), 1e-9)
        shaded = (
            f"Mountains on the skyline take {weighted:.1%} of the solar energy, {float(loss.max()):.0%} at most.",
        )
    return (
        *shaded,
        f"Solar capacity takes {options.land_share:.0%} of the eligible land at"
        f" {options.capacity_density_mw_km2:g} MW AC per km2: the share is an assumption"
        " that scales the result (ENSPRESO's reference case takes 3 %).",
    )
