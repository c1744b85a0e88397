"""Demand by sector: how much each uses in a year, and at which hours.

Comes in: tables `demand_sectors` and `demand_shapes`, a year, a population path, hourly temperature where people
live. Goes out: energy and hourly demand of each sector. Every figure is an assumption with its source in the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.schema import Layers

Array = NDArray[np.float64]

BASE_YEAR = 2025
HOURS_PER_YEAR = 8760.0
UTC_OFFSET_HOURS = 4.0  # Azerbaijan has kept UTC+4 without summer time since 2016
# Shape of each sector in the table demand_shapes; heat pumps have that of the cold.
SHAPES = {
    "households": "households",
    "services": "services",
    "industry": "shifts",
    "agriculture": "agriculture",
    "irrigation": "irrigation",
    "transport": "charging",
    "mining": "shifts",
    "reconstruction": "services",
}
SECTORS = (*SHAPES, "heat_pumps")
DAYS = ("workday", "saturday", "sunday")
RADIATOR = (40.0, -1.0)  # flow temperature of radiators over outdoor temperature [degC, 1]: Ruhnau et al. 2019
COP = (6.08, -0.09, 0.0005)  # of air-source heat pumps over the lift in K: Ruhnau et al. 2019
AIR_FACTOR = 0.85  # real over test-stand efficiency: Ruhnau et al. 2019


@dataclass(frozen=True)
class SectorDemand:
    """Energy fed into the grid for each sector in a year [GWh] and its hourly shape with a mean of 1.

    `energy_gwh` is over `sector`, grid losses included; `shape` over `(sector, time)`.
    """

    energy_gwh: Array
    shape: Array

    @property
    def mw(self) -> Array:
        """Hourly demand of each sector `(sector, time)`. [MW]"""
        return self.energy_gwh[:, None] * self.shape * (1000 / HOURS_PER_YEAR)

    @property
    def total_mw(self) -> Array:
        """Hourly demand of all sectors `(time,)`. [MW]"""
        return self.mw.sum(0)


def quantities(table: pd.DataFrame, year: float, population: str = "reference") -> dict[tuple[str, str], float]:
    """The quantities of the table `demand_sectors` in a year.

    Parameters
    ----------
    table : DataFrame
        As the table `demand_sectors`; its columns `y2025` and so on are joined by straight lines.
    year : float
        Calendar year, within those of the table.
    population : str
        Path of the population.

    Returns
    -------
    dict
        Value by `(sector, quantity)`, in the units of the table.

    Raises
    ------
    GreenzoneError
        A year outside the table's, or a path that it does not have.
    """
    columns = [name for name in table.columns if name.startswith("y") and name[1:].isdigit()]
    years = np.array([int(name[1:]) for name in columns])
    if not years[0] <= year <= years[-1]:
        raise GreenzoneError(f"demand by sector is known from {years[0]} to {years[-1]}, not for {year:g}")
    own = table[table.path.isin(["all", population])]
    if population not in set(table.path):
        raise GreenzoneError(f"there is no population path '{population}' in the table demand_sectors")
    return {
        (row.sector, row.quantity): float(np.interp(year, years, [getattr(row, name) for name in columns]))
        for row in own.itertuples()
    }


def sector_energy(
    table: pd.DataFrame,
    year: float,
    population: str,
    base_gwh: float,
    temp_air: ArrayLike,
    given_gwh: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Energy of each sector in a year, as it is fed into the grid.

    Parameters
    ----------
    table : DataFrame
        As the table `demand_sectors`.
    year, population
        Which year, which path of the population.
    base_gwh : float
        Use of the zone in 2025, grid losses included: what the other sectors do not explain of it is reconstruction.
        [GWh]
    temp_air : array_like (time,)
        Hourly temperature where people live. [degC]
    given_gwh : mapping, optional
        Energy of sectors at the consumer in place of the table's. [GWh]

    Returns
    -------
    dict
        Energy by sector in the order of `SECTORS`, grid losses included. [GWh year-1]

    Raises
    ------
    GreenzoneError
        As of `quantities`.
    """
    base = _bottom_up(quantities(table, BASE_YEAR, population), temp_air)
    now = quantities(table, year, population)
    missing = max(base_gwh * (1 - _losses(table, BASE_YEAR, population)) - sum(base.values()), 0.0)
    energy = {**_bottom_up(now, temp_air), "reconstruction": missing * now["reconstruction", "factor"]}
    energy |= dict(given_gwh or {})
    fed_in = 1 / (1 - now["all", "grid_losses"])
    return {sector: energy[sector] * fed_in for sector in SECTORS}


def _losses(table: pd.DataFrame, year: float, population: str) -> float:
    return quantities(table, year, population)["all", "grid_losses"]


def _bottom_up(now: Mapping[tuple[str, str], float], temp_air: ArrayLike) -> dict[str, float]:
    """Energy at the consumer of each sector that is reckoned from its drivers. [GWh]"""
    heads = now["all", "population"]
    per_head = {name: heads * now[name, "use_per_head"] / 1e6 for name in ("households", "services")}
    per_head |= {name: heads * now[name, "use_per_head"] / 1e6 for name in ("industry", "agriculture")}
    water = now["irrigation", "area"] * now["irrigation", "pumped_share"] * now["irrigation", "water"]
    lift = now["irrigation", "lift"] / now["irrigation", "pump_efficiency"]
    cars = heads * now["transport", "cars_per_head"] * now["transport", "electric_share"]
    warm = heads * now["heat_pumps", "share_of_people"]
    power = heat_pump_power(temp_air, now["heat_pumps", "heat_loss"], now["heat_pumps", "heating_limit"])
    return {
        **per_head,
        "irrigation": water * 1000 * 9.81 * lift / 3.6e12,
        "transport": cars * now["transport", "distance"] * now["transport", "use_per_km"] / 1e6,
        "mining": now["mining", "use"],
        "heat_pumps": warm * float(power.mean()) * HOURS_PER_YEAR / 1e9,
    }


def cop(temp_air: ArrayLike) -> Array:
    """Coefficient of performance of air-source heat pumps with radiators.

    Parameters
    ----------
    temp_air : array_like
        Outdoor temperature. [degC]

    Returns
    -------
    ndarray
        Heat over electricity. [1]

    References
    ----------
    Ruhnau, Hirth, Praktiknjo, Scientific Data 6, 189 (2019), doi:10.1038/s41597-019-0199-y.
    """
    outdoor = np.asarray(temp_air, float)
    # Below a lift of 15 K the regression has no data.
    lift = np.maximum(RADIATOR[0] + (RADIATOR[1] - 1) * outdoor, 15.0)
    return AIR_FACTOR * (COP[0] + COP[1] * lift + COP[2] * lift**2)


def heat_pump_power(temp_air: ArrayLike, heat_loss: float, limit: float) -> Array:
    """Electric power of the heat pump that keeps one head warm.

    Parameters
    ----------
    temp_air : array_like (time,)
        Hourly outdoor temperature. [degC]
    heat_loss : float
        Of the heated space a head. [W/K]
    limit : float
        Mean temperature of the last 24 hours above which nobody heats. [degC]

    Returns
    -------
    ndarray (time,)
        Power, 0 or more. [W]

    Notes
    -----
    The heat asked for follows the mean of the last 24 hours, as heavy walls do; the efficiency follows the hour.
    """
    outdoor = np.asarray(temp_air, float)
    day = np.convolve(np.concatenate([outdoor[-23:], outdoor]), np.full(24, 1 / 24), "valid")[-len(outdoor) :]
    return heat_loss * np.maximum(limit - day, 0.0) / cop(outdoor)


def profile_shape(table: pd.DataFrame, profile: str, time: ArrayLike) -> Array:
    """Shape of a profile of the table `demand_shapes` over the hours, in local time; 1 is the mean of the year.

    Raises
    ------
    GreenzoneError
        A profile that the table does not have whole.
    """
    own = table[table.profile == profile]
    hours = own.filter(regex=r"^h\d\d$").to_numpy(float)
    if hours.shape != (36, 24):
        raise GreenzoneError(f"the table demand_shapes needs 12 months x 3 days of 24 hours for '{profile}'")
    values = np.empty((12, 3, 24))
    values[own.month.to_numpy(int) - 1, own.day.map({day: n for n, day in enumerate(DAYS)}).to_numpy(int)] = hours
    local = pd.DatetimeIndex(np.asarray(time)) + pd.Timedelta(hours=UTC_OFFSET_HOURS)
    return values[local.month - 1, np.maximum(local.day_of_week - 4, 0), local.hour]


def sector_shapes(table: pd.DataFrame, time: ArrayLike, temp_air: ArrayLike) -> Array:
    """Hourly shape of each sector of `SECTORS`, `(sector, time)`.

    Over a year or more every shape has a mean of 1 exactly, over less it is that of the days.
    """
    shapes = [profile_shape(table, profile, time) for profile in SHAPES.values()]
    heat = heat_pump_power(temp_air, 1.0, 15.0)
    shapes.append(heat / heat.mean() if heat.any() else np.ones_like(heat))
    stacked = np.stack(shapes)
    if len(np.asarray(time)) >= HOURS_PER_YEAR:
        mean = stacked.mean(1, keepdims=True)
        stacked = np.divide(stacked, mean, out=stacked, where=mean > 0)
    return stacked


def temp_of_people(layers: Layers) -> Array:
    """Hourly air temperature where people live: mean of the sites, weighted by their built-up land. [degC]

    Where no land is built up, all sites count the same.
    """
    site, weather = layers.site, layers.weather
    weight = np.ones(site.sizes["site"])
    if "land_cover_fraction" in site and "urban" in site.land_cover:
        urban = np.nan_to_num(site.land_cover_fraction.sel(land_cover="urban").to_numpy())
        weight = urban if urban.sum() > 0 else weight
    weight = weight / weight.sum()
    cells = np.bincount(site.cell.to_numpy().astype(int), weight, minlength=weather.sizes["cell"])
    offset = float(weight @ np.nan_to_num(site.temp_offset.to_numpy()))
    return weather.temp_air.transpose("time", "cell").to_numpy().astype(float) @ cells + offset


def sector_series(demand: SectorDemand, time: ArrayLike) -> xr.DataArray:
    """Hourly demand by sector as a labelled array. [MW]"""
    return xr.DataArray(
        demand.mw,
        dims=("sector", "time"),
        coords={"sector": list(SECTORS), "time": np.asarray(time)},
        name="demand",
        attrs={"units": "MW", "long_name": "mean demand of the interval, grid losses included"},
    )
