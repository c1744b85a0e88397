"""Physics of wind at hub height: pure functions on scalars and arrays.

Comes in: speeds, temperatures, pressures, power curves. Goes out: hub speed, air density, output over nominal power.
Statistics of a Weibull climate are in `climate.py`, losses of a park in `park.py`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

STANDARD_DENSITY = 1.225  # kg m-3, at which power curves are given (IEC 61400-12-1; ISO 2533 at sea level)
STANDARD_PRESSURE = 101_325.0  # Pa, ISO 2533
STANDARD_TEMPERATURE = 288.15  # K, ISO 2533
GAS_CONSTANT = 287.058  # J kg-1 K-1, dry air
GRAVITY = 9.80665  # m s-2, ISO 2533
LAPSE_RATE = 0.0065  # K m-1, ISO 2533
EARTH_RADIUS = 6_356_766.0  # m, of the geopotential height in ISO 2533
KELVIN = 273.15  # K at 0 degC
CORRECTION_SPEEDS = (7.5, 12.5)  # m s-1, between which the exponent of the density correction rises
CORRECTION_EXPONENTS = (1 / 3, 2 / 3)


def power_law(wind_speed: ArrayLike, height: ArrayLike, target_height: ArrayLike, exponent: ArrayLike = 1 / 7) -> Array:
    """Wind speed at another height by the power law.

    Parameters
    ----------
    wind_speed : array_like
        Speed at `height`. [m/s]
    height, target_height : array_like
        Heights above ground. [m]
    exponent : array_like
        Shear exponent; 1/7 over open flat land. [1]

    Returns
    -------
    ndarray
        Speed at `target_height`, NaN where an input is. [m/s]

    Notes
    -----
    u(z) = u(h) (z / h)^exponent.

    References
    ----------
    Hsu, S. A., Meindl, E. A. and Gilhousen, D. B. (1994), Journal of Applied Meteorology 33, 757-765.
    https://doi.org/10.1175/1520-0450(1994)033<0757:DTPLWP>2.0.CO;2

    Examples
    --------
    >>> round(float(power_law(5.0, 10.0, 100.0, 0.143)), 3)
    6.949
    """
    ratio = np.asarray(target_height, dtype=float) / np.asarray(height, dtype=float)
    return np.asarray(wind_speed, dtype=float) * ratio ** np.asarray(exponent, dtype=float)


def log_law(wind_speed: ArrayLike, height: ArrayLike, target_height: ArrayLike, roughness: ArrayLike) -> Array:
    """Wind speed at another height by the logarithmic law of the neutral surface layer.

    Parameters
    ----------
    wind_speed : array_like
        Speed at `height`. [m/s]
    height, target_height : array_like
        Heights above the ground or the displacement height, above `roughness`. [m]
    roughness : array_like
        Roughness length, constant or one per interval. [m]

    Returns
    -------
    ndarray
        Speed at `target_height`; NaN where an input is or `roughness` is not below `height`. [m/s]

    Notes
    -----
    u(z) = u(h) ln(z / z0) / ln(h / z0).

    References
    ----------
    Hau, E. (2013), Wind Turbines, 3rd ed., Springer, ch. 13. https://doi.org/10.1007/978-3-642-27151-9
    """
    z0 = np.asarray(roughness, dtype=float)
    low, high = np.asarray(height, dtype=float), np.asarray(target_height, dtype=float)
    valid = (z0 > 0) & (z0 < low) & (z0 < high)
    safe = np.where(valid, z0, 0.5 * np.minimum(low, high))
    return np.where(valid, np.asarray(wind_speed, dtype=float) * np.log(high / safe) / np.log(low / safe), np.nan)


def shear_exponent(speed_low: ArrayLike, height_low: float, speed_high: ArrayLike, height_high: float) -> Array:
    """Exponent of the power law through the speeds at two heights; NaN where either speed is not above zero. [1]"""
    low, high = np.asarray(speed_low, dtype=float), np.asarray(speed_high, dtype=float)
    valid = (low > 0) & (high > 0)
    ratio = np.where(valid, high, 1.0) / np.where(valid, low, 1.0)
    return np.where(valid, np.log(ratio) / np.log(height_high / height_low), np.nan)


def two_heights(
    speed_low: ArrayLike, height_low: float, speed_high: ArrayLike, height_high: float, target_height: float
) -> Array:
    """Wind speed at `target_height` on the straight line in ln(height) through two speeds.

    Heights in m, speeds in m/s; below zero is cut at zero, NaN where an input is. It is the logarithmic law with the
    roughness length the two speeds imply, and stays defined in calm air, where a shear exponent does not.
    """
    share = np.log(target_height / height_low) / np.log(height_high / height_low)
    low, high = np.asarray(speed_low, dtype=float), np.asarray(speed_high, dtype=float)
    return np.maximum(low + (high - low) * share, 0.0)


def standard_pressure(elevation: ArrayLike) -> Array:
    """Air pressure of the standard atmosphere at `elevation` (m above sea level, up to 11 km). [Pa]

    References
    ----------
    ISO 2533:1975, Standard Atmosphere. At 3,000 m: 70,121 Pa.
    """
    height = np.asarray(elevation, dtype=float)
    geopotential = EARTH_RADIUS * height / (EARTH_RADIUS + height)
    temperature = STANDARD_TEMPERATURE - LAPSE_RATE * geopotential
    return STANDARD_PRESSURE * (temperature / STANDARD_TEMPERATURE) ** (GRAVITY / (LAPSE_RATE * GAS_CONSTANT))


def temp_at_height(temp_air: ArrayLike, height_above: ArrayLike) -> Array:
    """Air temperature `height_above` m above where `temp_air` holds, at 6.5 K/km (ISO 2533). Same unit out as in."""
    return np.asarray(temp_air, dtype=float) - LAPSE_RATE * np.asarray(height_above, dtype=float)


def pressure_at_height(pressure: ArrayLike, temp_air: ArrayLike, height_above: ArrayLike) -> Array:
    """Air pressure some way up from where it is known, in hydrostatic balance at 6.5 K/km.

    Parameters
    ----------
    pressure : array_like
        Pressure at the lower level. [Pa]
    temp_air : array_like
        Air temperature at the lower level. [degC]
    height_above : array_like
        Height above the lower level. [m]

    Returns
    -------
    ndarray
        Pressure, NaN where an input is. [Pa]

    Notes
    -----
    windpowerlib takes 1/8 hPa per metre at every altitude; at 3,000 m the true gradient is a quarter smaller.

    References
    ----------
    ISO 2533:1975, Standard Atmosphere, barometric formula.
    """
    kelvin = np.asarray(temp_air, dtype=float) + KELVIN
    ratio = 1 - LAPSE_RATE * np.asarray(height_above, dtype=float) / kelvin
    return np.asarray(pressure, dtype=float) * ratio ** (GRAVITY / (LAPSE_RATE * GAS_CONSTANT))


def air_density(pressure: ArrayLike, temp_air: ArrayLike) -> Array:
    """Density of dry air from pressure (Pa) and temperature (degC) at the same height. [kg/m3]

    Examples
    --------
    >>> round(float(air_density(101325.0, 15.0)), 4)
    1.225
    """
    return np.asarray(pressure, dtype=float) / (GAS_CONSTANT * (np.asarray(temp_air, dtype=float) + KELVIN))


def density_at_hub(pressure: ArrayLike, temp_air: ArrayLike, hub_height: ArrayLike, temp_height: float = 2.0) -> Array:
    """Air density at hub height from pressure at the ground and temperature near it.

    Parameters
    ----------
    pressure : array_like
        Pressure at the ground. [Pa]
    temp_air : array_like
        Air temperature at `temp_height`. [degC]
    hub_height : array_like
        Hub height above ground. [m]
    temp_height : float
        Height of the temperature above ground. [m]

    Returns
    -------
    ndarray
        Density, NaN where an input is. [kg/m3]
    """
    at_hub = pressure_at_height(pressure, temp_air, hub_height)
    return air_density(at_hub, temp_at_height(temp_air, np.asarray(hub_height, dtype=float) - temp_height))


def density_exponent(standard_speed: ArrayLike) -> Array:
    """Exponent of the density correction at a speed of the power curve: 1/3 up to 7.5 m/s, 2/3 from 12.5 m/s. [1]"""
    return np.interp(np.asarray(standard_speed, dtype=float), CORRECTION_SPEEDS, CORRECTION_EXPONENTS)


def density_corrected_speed(standard_speed: ArrayLike, density: ArrayLike) -> Array:
    """Speed at which a turbine gives in thin air what it gives at `standard_speed` in standard air.

    Parameters
    ----------
    standard_speed : array_like
        Speed of the power curve at 1.225 kg/m3. [m/s]
    density : array_like
        Air density at hub height. [kg/m3]

    Returns
    -------
    ndarray
        Corrected speed; infinite where the density is zero, NaN where an input is. [m/s]

    Notes
    -----
    v = v_std (1.225 / density)^p, p = 1/3 up to 7.5 m/s, rising linearly to 2/3 at 12.5 m/s: below rated power the
    energy in the air counts as in IEC 61400-12-1 (p = 1/3 throughout); near it thin air costs more than that says.

    References
    ----------
    Svenningsen, L. (2010), Proposal of an improved power curve correction, EMD International,
    European Wind Energy Conference. Same as `power_curve_density_correction` of windpowerlib 0.2.
    """
    standard = np.asarray(standard_speed, dtype=float)
    return standard * (STANDARD_DENSITY / np.asarray(density, dtype=float)) ** density_exponent(standard)


def output_on_curve(wind_speed: ArrayLike, curve_speed: ArrayLike, curve_output: ArrayLike) -> Array:
    """Output on a power curve, straight lines between its points.

    Parameters
    ----------
    wind_speed : array_like
        Speed at hub height. [m/s]
    curve_speed, curve_output : array_like, shape (n,)
        Points of the curve, speeds ascending; output in any unit, kept. [m/s], [any]

    Returns
    -------
    ndarray
        Output; zero below the first and above the last speed (cut-out), NaN where `wind_speed` is.
    """
    knots, values = np.asarray(curve_speed, dtype=float), np.asarray(curve_output, dtype=float)
    return np.interp(np.asarray(wind_speed, dtype=float), knots, values, left=0.0, right=0.0)


def density_corrected_output(
    wind_speed: ArrayLike, density: ArrayLike, curve_speed: ArrayLike, curve_output: ArrayLike
) -> Array:
    """Output on a power curve whose speeds are corrected to the air density of each value.

    Parameters
    ----------
    wind_speed, density : array_like
        Speed [m/s] and air density [kg/m3] at hub height, broadcast together.
    curve_speed, curve_output : array_like, shape (n,)
        Points of the curve at 1.225 kg/m3, speeds ascending; output in any unit, kept.

    Returns
    -------
    ndarray
        Output; zero below the first and above the last corrected speed, NaN where an input is.

    Notes
    -----
    Straight lines join the corrected points, as in windpowerlib. The kernels give the same faster; this one, with
    memory of `n` times the input, is what they are held against.
    """
    knots, values = np.asarray(curve_speed, dtype=float), np.asarray(curve_output, dtype=float)
    speed, rho = np.broadcast_arrays(np.asarray(wind_speed, dtype=float), np.asarray(density, dtype=float))
    corrected = density_corrected_speed(knots, rho[..., None])
    segment = np.clip((speed[..., None] >= corrected).sum(-1) - 1, 0, knots.size - 2)
    left = np.take_along_axis(corrected, segment[..., None], -1)[..., 0]
    right = np.take_along_axis(corrected, segment[..., None] + 1, -1)[..., 0]
    output = values[segment] + (values[segment + 1] - values[segment]) * (speed - left) / (right - left)
    inside = (speed >= corrected[..., 0]) & (speed <= corrected[..., -1])
    return np.where(np.isnan(speed) | np.isnan(rho), np.nan, np.where(inside, output, 0.0))


def power_density(wind_speed: ArrayLike, density: ArrayLike) -> Array:
    """Kinetic power in the wind per area across it: density speed^3 / 2. [W/m2]"""
    return 0.5 * np.asarray(density, dtype=float) * np.asarray(wind_speed, dtype=float) ** 3
