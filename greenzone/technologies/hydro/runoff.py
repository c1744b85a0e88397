"""Runoff of every cell: rain with altitude, evaporation by the Budyko curve, and the year's regime by snow and stores.

Comes in: elevation, the 0.25 degree climate (monthly rain, annual temperature) and the parameters of the table
`hydro_runoff`, calibrated by `data/calibrate_runoff.py`. Goes out: monthly runoff per cell [mm].
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import RegularGridInterpolator

from greenzone.errors import GreenzoneError
from greenzone.schema import Raster
from greenzone.technologies.hydro import kernel
from greenzone.technologies.hydro.model import DAYS

Array = NDArray[np.float64]

REFERENCE_ELEVATION = 1800.0  # m, where `rain_factor` holds: near the mean elevation of the gauged catchments
MIDDLE = (np.arange(12) + 0.5) / 12  # of the months, in years


@dataclass(frozen=True)
class Parameters:
    """Parameters of the water balance; units and sources stand in the table `hydro_runoff`."""

    rain_factor: float
    rain_gradient: float
    rain_weight: float
    rain_reference: float
    budyko_exponent: float
    temp_amplitude: float
    temp_peak: float
    snow_temp: float
    temp_spread: float
    degree_day: float
    soil_mm: float
    slow_share: float
    slow_months: float
    flow_variability: float
    log_error: float

    @classmethod
    def read(cls, table: pd.DataFrame) -> Parameters:
        """From the rows `parameter, value` of the table."""
        values = table.set_index("parameter")["value"].astype(float)
        missing = [field.name for field in fields(cls) if field.name not in values]
        if missing:
            raise GreenzoneError(f"table hydro_runoff lacks {', '.join(missing)}: run data/calibrate_runoff.py")
        return cls(**{field.name: float(values[field.name]) for field in fields(cls)})


@dataclass(frozen=True)
class Climate:
    """Rain [mm] `(month, cell)` of the coarse climate and air temperature [degC] `(cell,)`, on the terrain's cells."""

    rain: Array
    temp: Array


def rain_at_altitude(
    rain: Any, elevation: Any, factor: float, gradient: float, weight: float = 1.0, reference: float = 450.0
) -> Any:
    """Rain of a coarse field brought to a cell's altitude.

    Parameters
    ----------
    rain : array_like
        Rain of the coarse field, `(month, …)`. [mm]
    elevation : array_like
        Elevation `(…)`, taken between 0 and 3500 m. [m]
    factor : float
        Rain over the coarse field's at 1800 m; gauges catch less than falls, above all snow. [1]
    gradient : float
        Relative rise with altitude. [1/km]
    weight : float
        How much of the field's contrast in annual rain is believed: 1 all of it, 0 none. [1]
    reference : float
        Annual rain around which the contrast is weighed. [mm]

    Returns
    -------
    ndarray
        Rain `(month, …)`, NaN where an input is. [mm]

    Raises
    ------
    GreenzoneError
        If rain is negative.
    """
    rain = np.asarray(rain, dtype=float)
    if np.any(rain < 0):
        raise GreenzoneError("rain is negative: check the climate layer")
    annual = rain.sum(axis=0)
    height = np.minimum(np.maximum(elevation, 0.0), 3500.0) - REFERENCE_ELEVATION
    contrast = (np.maximum(annual, 1.0) / reference) ** (weight - 1.0)
    return rain * contrast * factor * np.exp(gradient * height / 1000.0)


def evaporation_power(temp: Any) -> Any:
    """Water the air of a place could evaporate in a year, L = 300 + 25 T + 0.05 T³; at least 100 mm. [mm]

    References
    ----------
    Turc, L. (1954), Le bilan d'eau des sols, Annales agronomiques 5, 491-595.
    """
    return np.maximum(300.0 + 25.0 * temp + 0.05 * temp**3, 100.0)


def budyko_runoff(rain: ArrayLike, demand: ArrayLike, exponent: float) -> Array:
    """Annual runoff by a Budyko curve.

    Parameters
    ----------
    rain, demand : array_like
        Rain and potential evaporation of the year. [mm]
    exponent : float
        Shape of the curve; the higher, the more evaporates. [1]

    Returns
    -------
    ndarray
        Rain less evaporation, between 0 and `rain`; NaN where an input is. [mm]

    Raises
    ------
    GreenzoneError
        If rain is negative.

    Notes
    -----
    E = P L / (P^n + L^n)^(1/n).

    References
    ----------
    Choudhury, B. J. (1999), Journal of Hydrology 216, 99-110. https://doi.org/10.1016/S0022-1694(98)00293-5
    """
    rain, demand = np.asarray(rain, dtype=float), np.asarray(demand, dtype=float)
    if np.any(rain < 0):
        raise GreenzoneError("rain is negative: check the climate layer")
    ratio = np.divide(rain, demand, out=np.full(np.broadcast(rain, demand).shape, 1e30), where=demand > 1e-9)
    return np.clip(rain * (1.0 - (1.0 + ratio**exponent) ** (-1.0 / exponent)), 0.0, rain)


def seasonal_temp(temp: ArrayLike, amplitude: float, peak: float) -> Array:
    """Monthly temperature `(month, …)` [degC] from the annual mean, the half range [K] and the peak (1 = 1 January)."""
    wave = amplitude * np.cos(2 * np.pi * (MIDDLE - (peak - 1) / 12))
    mean = np.asarray(temp, dtype=float)
    return mean + wave.reshape(12, *[1] * mean.ndim)


def monthly_demand(temp: Array, lat: Array, annual: Array) -> Array:
    """Share the evaporation demand of the year [mm] among months as radiation times (temperature + 5 degC).

    `temp` is `(month, cell)`, `lat` and `annual` are `(cell,)`. Where it is always colder than -5 degC the months
    share alike.

    References
    ----------
    Oudin, L. et al. (2005), Journal of Hydrology 303, 290-306. https://doi.org/10.1016/j.jhydrol.2004.08.026
    """
    declination = np.radians(23.45) * np.sin(2 * np.pi * (MIDDLE - 80 / 365))[:, None]
    phi = np.radians(lat)
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1, 1))
    radiation = sunset * np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.sin(sunset)
    weight = radiation * np.maximum(temp + 5.0, 0.0) * DAYS[:, None]
    total = weight.sum(axis=0)
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), 1 / 12) * annual


def climate_on(elevation: Raster, climate: xr.Dataset) -> Climate:
    """Climate on the cells of a terrain.

    Parameters
    ----------
    elevation : Raster
        The terrain. [m]
    climate : Dataset
        `rain` over `(month, lat, lon)` [mm] and `temp_air` over `(lat, lon)` [degC, annual mean, NaN allowed].

    Returns
    -------
    Climate
        Rain interpolated between the climate's cells; temperature from its regression on elevation over the climate's
        cells, because the coarse field does not know the valleys.

    Raises
    ------
    GreenzoneError
        If the terrain reaches beyond the climate.
    """
    lat, lon = climate["lat"].to_numpy(), climate["lon"].to_numpy()
    step = (abs(lat[1] - lat[0]) / 2, abs(lon[1] - lon[0]) / 2)
    north, east = step[0] + elevation.step_lat, step[1] + elevation.step_lon  # a last block may be half empty
    inside = elevation.lat.min() >= lat.min() - north and elevation.lat.max() <= lat.max() + north
    inside &= elevation.lon.min() >= lon.min() - east and elevation.lon.max() <= lon.max() + east
    if not inside:
        raise GreenzoneError(
            f"the climate covers {lon.min():g}…{lon.max():g} E {lat.min():g}…{lat.max():g} N, the elevation reaches "
            "beyond: clip the elevation"
        )
    rows, columns = np.clip(elevation.lat, lat.min(), lat.max()), np.clip(elevation.lon, lon.min(), lon.max())
    field = RegularGridInterpolator((lat, lon), climate["rain"].transpose("lat", "lon", "month").to_numpy())
    mesh = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)
    rain = np.moveaxis(field(mesh).reshape(-1, 12), -1, 0)
    intercept, slope = temp_by_elevation(elevation, climate["temp_air"].transpose("lat", "lon").to_numpy(), lat, lon)
    return Climate(np.ascontiguousarray(rain), intercept + slope * elevation.values.ravel())


def temp_by_elevation(elevation: Raster, temp: Array, lat: Array, lon: Array) -> tuple[float, float]:
    """Temperature at sea level [degC] and its change with elevation [K/m] over the coarse climate's cells."""
    rows = np.abs(elevation.lat[:, None] - lat).argmin(axis=1)
    columns = np.abs(elevation.lon[:, None] - lon).argmin(axis=1)
    cell = (rows[:, None] * lon.size + columns).ravel()
    known = np.isfinite(elevation.values.ravel())
    count = np.bincount(cell[known], minlength=temp.size)
    height = np.bincount(cell[known], elevation.values.ravel()[known], minlength=temp.size) / np.maximum(count, 1)
    use = (count >= 0.5 * count.max()) & np.isfinite(temp.ravel())
    if use.sum() < 3 or np.ptp(height[use]) < 300:  # too little relief to tell the slope: ISO 2533
        mean = float(np.mean(temp.ravel()[use] + 0.0065 * height[use])) if use.any() else 15.0
        return mean, -0.0065
    slope, intercept = np.polyfit(height[use], temp.ravel()[use], 1)
    return float(intercept), float(slope)


def local_rain(rain: Array, elevation: Array, parameters: Parameters) -> Array:
    """Monthly rain of the coarse field at the cells' altitude, `(month, cell)`. [mm]"""
    altitude = (parameters.rain_factor, parameters.rain_gradient)
    return rain_at_altitude(rain, elevation, *altitude, parameters.rain_weight, parameters.rain_reference)


def annual_runoff(climate: Climate, elevation: Array, parameters: Parameters) -> Array:
    """Annual runoff per cell. [mm] `elevation` is flat, `(cell,)`; NaN there stays NaN."""
    rain = local_rain(climate.rain, elevation, parameters).sum(axis=0)
    return budyko_runoff(rain, evaporation_power(climate.temp), parameters.budyko_exponent)


def monthly_runoff(climate: Climate, elevation: Raster, parameters: Parameters) -> Array:
    """Long-term mean runoff of each month and cell.

    Parameters
    ----------
    climate : Climate
        From `climate_on`.
    elevation : Raster
        The terrain. [m]
    parameters : Parameters
        Of the water balance.

    Returns
    -------
    ndarray
        `(month, cell)`, flat over the raster's cells; NaN where elevation is missing. [mm per month]
    """
    flat = elevation.values.ravel().astype(float)
    known = np.flatnonzero(np.isfinite(flat))
    height, lat = flat[known], np.repeat(elevation.lat, elevation.values.shape[1])[known]
    rain = local_rain(climate.rain[:, known], height, parameters)
    temp = climate.temp[known]
    annual = budyko_runoff(rain.sum(0), evaporation_power(temp), parameters.budyko_exponent)
    monthly = seasonal_temp(temp, parameters.temp_amplitude, parameters.temp_peak)
    demand = monthly_demand(monthly, lat, evaporation_power(temp))
    stores = (parameters.snow_temp, parameters.temp_spread, parameters.degree_day)
    slow = (parameters.soil_mm, parameters.slow_share, parameters.slow_months)
    out = np.full((12, flat.size), np.nan)
    out[:, known] = kernel.monthly_runoff(rain, monthly, demand, annual, DAYS, *stores, *slow)
    return out


def check(runoff: Array) -> None:
    """Raise GreenzoneError if runoff is negative anywhere."""
    if np.any(runoff < 0):
        raise GreenzoneError("runoff is negative: a runoff raster must hold mm per month, 0 or more")


def discharge(runoff: Array, area_km2: Array) -> Array:
    """Water leaving a cell. [m3/s] `runoff` is `(month, cell)` [mm per month], `area_km2` `(cell,)`.

    Raises
    ------
    GreenzoneError
        If runoff is negative.
    """
    check(runoff)
    return runoff * area_km2 * 1000.0 / (DAYS[:, None] * 86400.0)
