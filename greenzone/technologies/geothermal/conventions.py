"""The same reservoir by three conventions: their power differs by a factor that no measurement here can narrow.

Comes in: area, thickness, temperature, porosity of a reservoir. Goes out: electric power by the USGS, by HIP-RA-X and
by the GEOPHIRES curve of binary plants.

Each convention is taken with its own constants. At the USGS mean recovery of 0.125 for fractured rock HIP-RA-X gives
2.6 times as much at 110 degC, 3.2 times at 122.5 degC (the likely temperature of the zone's prospects), 3.9 at 150.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from greenzone.technologies.geothermal import model, water

Array = NDArray[np.float64]

# HIP-RA-X: share of the exergy that becomes electricity at a reservoir temperature [degC], straight lines between
HIP_TEMPERATURE = np.array(
    [0, 25, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 140, 160, 180, 200, 220, 373.946], dtype=float
)
HIP_UTILISATION = np.array(
    [0, 0, 0.0057, 0.0337, 0.0617, 0.0897, 0.1177, 0.13, 0.16, 0.19, 0.22, 0.26, 0.29, 0.32, 0.35, 0.38, 0.40, 0.40]
)
HIP_REJECTION = 25.0  # degC, to which it cools the reservoir by default
HIP_ROCK_RECOVERED = 0.75  # default share of the rock's heat that reaches the wellhead
HIP_FLUID_RECOVERED = 0.50  # default share of the pores' water that does
ROCK_HEAT_CAPACITY = 2.55e6  # J/(m3 K), of rock without pores


class Spread(NamedTuple):
    """Electric power of one reservoir by each convention [MW]."""

    usgs: Array
    hip: Array
    polynomial: Array

    @property
    def factor(self) -> Array:
        """The largest over the smallest; NaN where one of them is 0. [1]"""
        low = np.minimum(np.minimum(self.usgs, self.hip), self.polynomial)
        high = np.maximum(np.maximum(self.usgs, self.hip), self.polynomial)
        return np.divide(high, low, out=np.full(low.shape, np.nan), where=low > 0)


def hip_recovered_heat(
    area_km2: ArrayLike,
    thickness: ArrayLike,
    temp_reservoir: ArrayLike,
    porosity: ArrayLike,
    temp_reference: ArrayLike = HIP_REJECTION,
    rock_heat_capacity: ArrayLike = ROCK_HEAT_CAPACITY,
) -> Array:
    """Heat at the wellhead by HIP-RA-X, which recovers rock and pore water apart.

    Parameters
    ----------
    area_km2, thickness : array_like
        Of the reservoir. [km2, m]
    temp_reservoir, temp_reference : array_like
        Of the reservoir and of the surroundings. [degC]
    porosity : array_like
        Share of the volume that is water. [1]
    rock_heat_capacity : array_like
        Of the rock without its pores. [J/(m3 K)]

    Returns
    -------
    ndarray
        0 where the reservoir is colder than the reference; NaN stays NaN. [J]

    References
    ----------
    Garg and Combs (2011), Stanford Geothermal Workshop SGP-TR-191; Ross et al. (2024), HIP-RA-X, part of GEOPHIRES-X,
    https://github.com/NREL/GEOPHIRES-X
    """
    pores, volume = np.asarray(porosity, float), np.asarray(area_km2, float) * 1e6 * np.asarray(thickness, float)
    rock = model.heat_in_place(area_km2, thickness, temp_reservoir, temp_reference, rock_heat_capacity)
    drop = np.maximum(water.enthalpy(temp_reservoir) - water.enthalpy(temp_reference), 0.0) * 1000.0
    fluid = volume * pores * water.density(temp_reservoir) * drop
    return HIP_ROCK_RECOVERED * (1.0 - pores) * rock + HIP_FLUID_RECOVERED * fluid


def hip_utilisation(temperature: ArrayLike) -> Array:
    """Share of the exergy that becomes electricity in HIP-RA-X at a reservoir temperature [degC]. [1]"""
    return np.interp(np.asarray(temperature, float), HIP_TEMPERATURE, HIP_UTILISATION)


def method_spread(
    area_km2: ArrayLike,
    thickness: ArrayLike,
    temp_reservoir: ArrayLike,
    recovery_factor: ArrayLike,
    porosity: ArrayLike,
    ambient: ArrayLike,
    temp_reference: float = 15.0,
    lifetime: float = 30.0,
    heat_capacity: ArrayLike | None = None,
    hip_rejection: float = HIP_REJECTION,
) -> Spread:
    """Electric power of a reservoir by three conventions.

    USGS and polynomial bring up the same share of the heat in place; the USGS takes 0.4 of its exergy, the polynomial
    what a binary plant makes of the water before its pumps. HIP-RA-X recovers three quarters of the rock's heat above
    25 degC and half of the pores' water. None of them makes electricity below 80 degC.

    Parameters
    ----------
    area_km2, thickness, temp_reservoir : array_like
        Of the reservoir. [km2, m, degC]
    recovery_factor : array_like
        Share of the heat in place that reaches the wellhead by the USGS. [1]
    porosity : array_like
        Share of the volume that is water. [1]
    ambient : array_like
        Of the air at the plant. [degC]
    temp_reference : float
        Of the surroundings, for the USGS. [degC]
    lifetime : float
        [years]
    heat_capacity : array_like, optional
        By volume, as it is given to either program: of rock and water together for the USGS, of the rock for
        HIP-RA-X; by default as the porosity says. [J/(m3 K)]
    hip_rejection : float
        Temperature to which HIP-RA-X cools the reservoir. [degC]

    Returns
    -------
    Spread
        NaN where an input is NaN. [MW]

    Examples
    --------
    >>> spread = method_spread(5.0, 1500.0, 150.0, 0.125, 0.1, 10.0, heat_capacity=2.7e6)
    >>> round(float(spread.usgs), 1)
    26.2
    """
    hot = np.asarray(temp_reservoir, float)
    whole = model.heat_capacity_of(porosity, ROCK_HEAT_CAPACITY) if heat_capacity is None else heat_capacity
    heat = model.heat_in_place(area_km2, thickness, hot, temp_reference, whole)
    flow = model.wellhead_flow(model.thermal_power(heat, recovery_factor, lifetime), hot, temp_reference)
    rock = ROCK_HEAT_CAPACITY if heat_capacity is None else heat_capacity
    brought = hip_recovered_heat(area_km2, thickness, hot, porosity, hip_rejection, rock)
    hip_flow = model.wellhead_flow(model.thermal_power(brought, 1.0, lifetime), hot, hip_rejection)
    electric = hot >= model.LOWEST_ORC_TEMPERATURE
    usgs = model.exergy_power(flow, hot, temp_reference)
    hip = model.exergy_power(hip_flow, hot, hip_rejection, hip_utilisation(hot))
    binary = model.orc_specific_power(np.minimum(hot, model.HIGHEST_ORC_TEMPERATURE), ambient)
    better = np.maximum(binary, model.flash_specific_power(hot, ambient))
    return Spread(*(np.where(electric, power, 0.0) for power in (usgs, hip, flow * better / 1000.0)))
