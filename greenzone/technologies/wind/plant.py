"""The parks of a zone: which turbine stands on which site, and what it gives.

Comes in: labelled layers and options. Goes out: `Parks`, arrays over site ready for the kernels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from greenzone import schema
from greenzone.errors import GreenzoneError
from greenzone.technologies.inputs import check_weather
from greenzone.technologies.wind import blocks, climate, model, park
from greenzone.technologies.wind.assemble import get_turbine, hub_terms
from greenzone.technologies.wind.curve import Curve, prepare_curve
from greenzone.technologies.wind.hub_wind import wind_height
from greenzone.technologies.wind.options import Options
from greenzone.technologies.wind.turbines import Turbine, read_turbine


@dataclass(frozen=True)
class Parks:
    """Turbines on sites.

    `work` holds weather and terms of all sites, `curves` one curve per turbine; over site: `choice` is the index of
    the turbine, `capacity_factor` its mean [1], `kinetic` the mean kinetic power through its rotor over nominal power
    [1], `hub_speed` the mean wind at the hub [m/s], `iec_class` the class it asks for (see `park.iec_class`).
    """

    turbines: list[Turbine]
    curves: list[Curve]
    work: blocks.Cells
    choice: np.ndarray
    capacity_factor: np.ndarray
    kinetic: np.ndarray
    hub_speed: np.ndarray
    iec_class: np.ndarray

    def means(self, work: blocks.Cells) -> np.ndarray:
        """Mean capacity factor of each site with its turbine, in the weather of `work`."""
        means = np.empty(self.choice.size)
        for index, curve in enumerate(self.curves):
            sites = np.flatnonzero(self.choice == index)
            means[sites] = blocks.cell_means(work.take(sites)._replace(curve=curve))
        return means

    def group_sums(self, group: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
        """Sums of weight times capacity factor of each group and hour; see `blocks.cell_group_sums`."""
        sums = np.zeros((count, self.work.wind.shape[1]))
        for index, curve in enumerate(self.curves):
            sites = np.flatnonzero((self.choice == index) & (group >= 0))
            work = self.work.take(sites)._replace(curve=curve)
            sums += blocks.cell_group_sums(work, group[sites], weight[sites], count)
        return sums


def plan_parks(layers: schema.Layers, options: Options) -> tuple[Parks, xr.Dataset]:
    """The parks on all sites of `layers`, and the weather as it was checked."""
    weather = check_weather(layers.weather, ("wind_speed", "temp_air"), ("relative_humidity",))
    site, hub = layers.site, options.hub_height
    turbines = _turbines(options)
    curves = [prepare_curve(_in_park(turbine, options)) for turbine in turbines]
    work = _work(site, weather, options, curves[0])
    gain = options.remaining * (1 - _icing(site, weather, options, layers.tables))
    work = work._replace(terms=work.terms._replace(gain=np.full(site.sizes["site"], gain, dtype=np.float32)))
    speed = work.wind.mean(axis=1, dtype=np.float64)[work.cell] * work.terms.speed_factor
    extreme = climate.extreme_speed(np.maximum(speed, 1e-3), site["weibull_k"].values)
    needed = park.iec_class(speed, extreme, layers.tables["wind_iec_classes"])
    means = np.stack([blocks.cell_means(work._replace(curve=curve)) for curve in curves])
    choice = choose(means, turbines, needed)
    cubes = (work.wind.astype(np.float64) ** 3).mean(axis=1)[work.cell] * work.terms.speed_factor.astype(float) ** 3
    density = model.density_at_hub(site["pressure"].values, site["temp_air"].values, hub)
    kinetic = 0.5 * density * cubes / np.array([turbine.specific_power for turbine in turbines])[choice]
    chosen = np.take_along_axis(means, choice[None], axis=0)[0]
    return Parks(turbines, curves, work, choice, chosen, kinetic, speed, needed), weather


def choose(means: np.ndarray, turbines: list[Turbine], needed: np.ndarray) -> np.ndarray:
    """Index of the turbine of each site: the best of those strong enough, else the strongest.

    Parameters
    ----------
    means : ndarray, shape (turbine, site)
        Mean capacity factors. [1]
    turbines : list of Turbine
        A turbine without a class in the library counts as the weakest.
    needed : ndarray, shape (site,)
        Class the site asks for, as `park.iec_class` gives it: 3 (weak) to 1 (strong), 0 beyond, -1 unknown.
    """
    classes = np.array([turbine.iec_class or 3 for turbine in turbines])
    strong = (classes[:, None] <= needed) | (needed == -1)
    strongest = classes[:, None] == classes.min()
    allowed = np.where(strong.any(axis=0), strong, strongest)
    return np.where(allowed, np.nan_to_num(means, nan=-1.0), -2.0).argmax(axis=0)


def _turbines(options: Options) -> list[Turbine]:
    """The turbine of the options and its alternatives, each once."""
    if options.turbine.lower().endswith(".csv"):
        if options.rotor_diameter is None:
            raise GreenzoneError(f"wind turbine {options.turbine}: give its rotor_diameter too")
        first = read_turbine(options.turbine, options.rotor_diameter)
    else:
        first = get_turbine(options.turbine)
    others = dict.fromkeys(name for name in options.alternatives if name != options.turbine)
    return [first, *(get_turbine(name) for name in others)]


def tip_height(options: Options) -> float:
    """Height of the blade tips above ground of the largest turbine that may be chosen: hub and half the rotor. [m]"""
    return options.hub_height + 0.5 * max(turbine.rotor_diameter for turbine in _turbines(options))


def _in_park(turbine: Turbine, options: Options) -> Turbine:
    """The turbine with the wakes of its neighbours in its curve, where no number is given for their loss."""
    if options.wake_loss is not None:
        return turbine
    return park.park_curve(turbine, float(park.spacing_of_density(options.capacity_density_mw_km2, turbine)))


def _work(site: xr.Dataset, weather: xr.Dataset, options: Options, curve: Curve) -> blocks.Cells:
    hub = options.hub_height
    shear = model.power_law(1.0, wind_height(weather["wind_speed"]), hub, options.shear_exponent)
    terms = hub_terms(
        site.sizes["site"],
        hub,
        site["wind_factor"].values * shear,
        site["pressure"].values,
        site["temp_offset"].values,
        options.cold_stop,
    )
    wind, temp = (np.ascontiguousarray(weather[n].values.T, dtype=np.float32) for n in ("wind_speed", "temp_air"))
    return blocks.Cells(wind, temp, None, site["cell"].values.astype(np.int64), terms, curve)


def _icing(site: xr.Dataset, weather: xr.Dataset, options: Options, tables: Mapping[str, pd.DataFrame]) -> np.ndarray:
    """Loss by icing of each site where no number is given for it, else zero. [1]"""
    cell = site["cell"].values.astype(np.int64)
    if options.icing_loss is not None:
        return np.zeros(cell.size)
    if "relative_humidity" not in weather:
        raise GreenzoneError("wind icing_loss without a number needs relative_humidity in the weather: give a share")
    offset = site["temp_offset"].values - model.LAPSE_RATE * options.hub_height
    frequency = np.full(cell.size, np.nan)
    for index in np.unique(cell):
        here = cell == index
        temp = weather["temp_air"].values[:, index, None] + offset[here]
        frequency[here] = park.icing_frequency(temp, weather["relative_humidity"].values[:, index, None])
    return park.icing_loss(frequency, tables["wind_icing_classes"])
