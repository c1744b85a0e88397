"""From hot rock to power and heat: pure functions on scalars and arrays.

Comes in: volumes, temperatures, recovery factors, flows. Goes out: heat in place, flow at the wellhead, electric and
thermal power.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.geothermal import water

Array = NDArray[np.float64]

SECONDS_PER_YEAR = 3.15576e7  # 365.25 days
AMBIENT_RANGE = (5.0, 25.0)  # degC, for which the GEOPHIRES correlations hold
LOWEST_ORC_TEMPERATURE = 80.0  # degC, below it binary plants are not built

# GEOPHIRES: utilisation = slope * T + intercept at an ambient temperature of 5, 15 and 25 degC
AMBIENTS = np.array([5.0, 15.0, 25.0])
ORC_SLOPE = np.array([2.746e-3, 2.713e-3, 2.676e-3])
ORC_INTERCEPT = np.array([-8.3806e-2, -9.1841e-2, -1.012e-1])
# and the temperature at which the water leaves the plant
REJECTION_SLOPE = 0.0894
REJECTION_INTERCEPT = np.array([55.6, 62.6, 69.6])
HIGHEST_ORC_TEMPERATURE = 200.0  # degC, up to which the curve of subcritical plants holds; flash plants follow
# double flash: utilisation = quadratic * T2 + slope * T + intercept, and the same for the water that leaves the plant
FLASH_UTILISATION = np.array(
    [[-1.200e-6, 1.22731e-3, 2.26956e-1], [-1.42165e-6, 1.37050e-3, 1.99847e-1], [-1.66771e-6, 1.53079e-3, 1.69439e-1]]
)
FLASH_REJECTION = np.array(
    [[-7.70928e-4, 5.02466e-1, 5.22091], [-7.69455e-4, 5.09406e-1, 11.6859], [-7.67751e-4, 5.16356e-1, 18.0798]]
)


def heat_in_place(
    area_km2: ArrayLike,
    thickness: ArrayLike,
    temp_reservoir: ArrayLike,
    temp_reference: ArrayLike = 15.0,
    heat_capacity: ArrayLike = 2.7e6,
) -> Array:
    """Heat in a volume of rock and water above a reference temperature: rho c A z (T - T0).

    Parameters
    ----------
    area_km2 : array_like
        Of the reservoir. [km2]
    thickness : array_like
        Of the reservoir. [m]
    temp_reservoir : array_like
        Mean of the reservoir. [degC]
    temp_reference : array_like
        Of the surroundings. [degC]
    heat_capacity : array_like
        Of rock and water together, by volume. [J/(m3 K)]

    Returns
    -------
    ndarray
        0 where the reservoir is colder than the reference; NaN stays NaN. [J]

    Raises
    ------
    GreenzoneError
        A negative area, thickness or heat capacity.

    References
    ----------
    Muffler and Cataldi (1978), Geothermics 7, 53-89, doi:10.1016/0375-6505(78)90002-0

    Examples
    --------
    >>> print(f"{heat_in_place(5.0, 1500.0, 150.0):.4e}")
    2.7338e+18
    """
    parts = [np.asarray(part, float) for part in (area_km2, thickness, heat_capacity)]
    if any(np.any(part < 0) for part in parts):
        raise GreenzoneError("a reservoir's area, thickness and heat capacity cannot be negative")
    warmer = np.maximum(np.asarray(temp_reservoir, float) - np.asarray(temp_reference, float), 0.0)
    return parts[0] * 1e6 * parts[1] * parts[2] * warmer


def heat_capacity_of(porosity: ArrayLike, rock: ArrayLike = 2.55e6, fluid: ArrayLike = 4.18e6) -> Array:
    """Volumetric heat capacity of a rock whose pores are filled with water. [J/(m3 K)]"""
    share = np.asarray(porosity, float)
    return (1.0 - share) * np.asarray(rock, float) + share * np.asarray(fluid, float)


def thermal_power(heat: ArrayLike, recovery_factor: ArrayLike, lifetime: float = 30.0) -> Array:
    """Mean power at the wellhead when a share of the heat in place is brought up over a lifetime.

    Parameters
    ----------
    heat : array_like
        In place. [J]
    recovery_factor : array_like
        Share that reaches the wellhead. [1]
    lifetime : float
        [years]

    Returns
    -------
    ndarray
        [MW]
    """
    return np.asarray(heat, float) * np.asarray(recovery_factor, float) / (lifetime * SECONDS_PER_YEAR * 1e6)


def wellhead_flow(power: ArrayLike, temp_reservoir: ArrayLike, temp_reference: ArrayLike = 15.0) -> Array:
    """Flow of water that carries a thermal power [MW] from the reservoir to the reference state. [kg/s]

    0 where the reservoir is no warmer than the reference.
    """
    drop = water.enthalpy(temp_reservoir) - water.enthalpy(temp_reference)
    heat = np.asarray(power, float) * 1000.0
    return np.divide(heat, drop, out=np.zeros(np.broadcast_shapes(heat.shape, drop.shape)), where=drop > 0)


def exergy_power(
    flow: ArrayLike, temp_reservoir: ArrayLike, temp_reference: ArrayLike = 15.0, utilisation: ArrayLike = 0.4
) -> Array:
    """Electric power as a fixed share of the water's exergy, the convention of the USGS assessments.

    Parameters
    ----------
    flow : array_like
        [kg/s]
    temp_reservoir, temp_reference : array_like
        Of the water and of the surroundings. [degC]
    utilisation : array_like
        Share of the exergy that becomes electricity; 0.4 in the USGS assessment of 2008. [1]

    Returns
    -------
    ndarray
        [MW]

    References
    ----------
    Williams, Reed and Mariner (2008), USGS Open-File Report 2008-1296, doi:10.3133/ofr20081296
    """
    work = water.exergy(temp_reservoir, temp_reference) * np.asarray(utilisation, float)
    return np.asarray(flow, float) * work / 1000.0


def available_work(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    """Exergy of water by the polynomial that belongs to the GEOPHIRES utilisation curves.

    The heat capacity is taken as A - B T + C T2, the work as its integral weighted with 1 - T0/T. It lies 1 % below
    IAPWS-97 at 150 degC; the curves were fitted with it, so they are only used together.

    Parameters
    ----------
    temperature : array_like
        Of the water. [degC]
    ambient : array_like
        Of the air. [degC]

    Returns
    -------
    ndarray
        NaN stays NaN. [kJ/kg]

    References
    ----------
    Beckers and McCabe (2019), Geothermal Energy 7, 5, doi:10.1186/s40517-019-0119-6
    """
    a, b, c = 4.041650, -1.204e-2, 1.605e-5  # Btu, lb, K
    kilojoule = 1000 * 2.2046 / 947.83
    hot, cold = np.asarray(temperature, float) + water.KELVIN, np.asarray(ambient, float) + water.KELVIN
    heat = (a - b * cold) * (hot - cold) + (b - c * cold) / 2 * (hot**2 - cold**2) + c / 3 * (hot**3 - cold**3)
    return (heat - a * cold * np.log(hot / cold)) * kilojoule


def orc_utilisation(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    """Share of the available work that a subcritical organic Rankine cycle turns into net electricity.

    Linear in the water's temperature, between the curves for 5, 15 and 25 degC of ambient temperature; beyond them
    the nearest. 0 below 80 degC.

    References
    ----------
    Beckers and McCabe (2019), Geothermal Energy 7, 5, doi:10.1186/s40517-019-0119-6
    """
    hot, air = np.asarray(temperature, float), np.asarray(ambient, float)
    share = np.interp(air, AMBIENTS, ORC_SLOPE) * hot + np.interp(air, AMBIENTS, ORC_INTERCEPT)
    return np.where(hot < LOWEST_ORC_TEMPERATURE, 0.0, np.maximum(share, 0.0))


def orc_specific_power(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    """Net electricity per flow of water through a subcritical organic Rankine cycle.

    Parameters
    ----------
    temperature : array_like
        Of the water at the plant. [degC]
    ambient : array_like
        Of the air; values beyond 5 and 25 count as these. [degC]

    Returns
    -------
    ndarray
        0 below 80 degC; NaN stays NaN. [kW per kg/s]

    Examples
    --------
    >>> orc_specific_power([60.0, 100.0, 150.0], 10.0).round(2)
    array([ 0.  ,  9.23, 35.38])
    """
    air = np.clip(np.asarray(ambient, float), *AMBIENT_RANGE)
    return available_work(temperature, air) * orc_utilisation(temperature, air)


def orc_rejection_temperature(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    """Temperature of the water behind the plant, from which heat can still be drawn; never above the inlet. [degC]

    References
    ----------
    Beckers and McCabe (2019), Geothermal Energy 7, 5, doi:10.1186/s40517-019-0119-6
    """
    hot, air = np.asarray(temperature, float), np.asarray(ambient, float)
    return np.minimum(REJECTION_SLOPE * hot + np.interp(air, AMBIENTS, REJECTION_INTERCEPT), hot)


def _flash_curve(coefficients: Array, temperature: ArrayLike, ambient: ArrayLike) -> Array:
    hot, air = np.asarray(temperature, float), np.asarray(ambient, float)
    quadratic, slope, intercept = (np.interp(air, AMBIENTS, column) for column in coefficients.T)
    return np.asarray(quadratic * hot**2 + slope * hot + intercept)


def flash_specific_power(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    """Net electricity per flow of water through a double-flash plant; 0 up to 200 degC. [kW per kg/s]

    References
    ----------
    Beckers and McCabe (2019), Geothermal Energy 7, 5, doi:10.1186/s40517-019-0119-6
    """
    hot, air = np.asarray(temperature, float), np.clip(np.asarray(ambient, float), *AMBIENT_RANGE)
    power = available_work(hot, air) * _flash_curve(FLASH_UTILISATION, hot, air)
    return np.where(hot <= HIGHEST_ORC_TEMPERATURE, 0.0, power)


def flash_rejection_temperature(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    """Temperature of the water behind a double-flash plant. [degC]"""
    return np.minimum(_flash_curve(FLASH_REJECTION, temperature, ambient), np.asarray(temperature, float))


def heat_power(flow: ArrayLike, temp_in: ArrayLike, temp_out: ArrayLike) -> Array:
    """Heat that water gives up between two temperatures.

    Parameters
    ----------
    flow : array_like
        [kg/s]
    temp_in, temp_out : array_like
        Before and after. [degC]

    Returns
    -------
    ndarray
        0 where the water is too cold; NaN stays NaN. [MW]
    """
    drop = water.enthalpy(temp_in) - water.enthalpy(temp_out)
    return np.asarray(flow, float) * np.maximum(drop, 0.0) / 1000.0


def spring_power(flow_m3_per_day: ArrayLike, temperature: ArrayLike, temp_out: ArrayLike) -> Array:
    """Heat of a spring cooled to `temp_out`, from its flow [m3/d] and temperature [degC]. [MW]"""
    flow = np.asarray(flow_m3_per_day, float) * water.density(temperature) / 86400.0
    return heat_power(flow, temperature, temp_out)
