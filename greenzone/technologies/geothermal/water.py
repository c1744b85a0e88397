"""Liquid water along the boiling curve: enthalpy, entropy and the work that could be had from it.

Comes in: temperatures [degC]. Goes out: IAPWS-97 properties, read from a table that is built once.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from iapws import IAPWS97
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from greenzone.errors import GreenzoneError

LOWEST, HIGHEST, STEP = 1.0, 341.0, 2.0  # degC; between them a spline of the table is within 0.1 % of IAPWS-97
KELVIN = 273.15


@cache
def _table() -> CubicSpline:
    """Enthalpy [kJ/kg], entropy [kJ/(kg K)] and density [kg/m3] over temperature."""
    nodes = np.arange(LOWEST, HIGHEST + STEP / 2, STEP)
    states = [IAPWS97(T=node + KELVIN, x=0) for node in nodes]
    return CubicSpline(nodes, [(state.h, state.s, state.rho) for state in states])


def _properties(temperature: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(temperature, float)
    if np.any((values < LOWEST) | (values > HIGHEST)):
        wrong = values[(values < LOWEST) | (values > HIGHEST)].flat[0]
        raise GreenzoneError(f"water at {wrong:g} degC is outside the steam table ({LOWEST:g} to {HIGHEST:g} degC)")
    return np.asarray(_table()(values))


def enthalpy(temperature: ArrayLike) -> NDArray[np.float64]:
    """Specific enthalpy of liquid water at its boiling pressure (IAPWS-97).

    Parameters
    ----------
    temperature : array_like
        From 1 to 341. [degC]

    Returns
    -------
    ndarray
        NaN stays NaN. [kJ/kg]

    Raises
    ------
    GreenzoneError
        A temperature outside the table.

    Examples
    --------
    >>> round(float(enthalpy(150.0)), 1)
    632.3
    """
    return _properties(temperature)[..., 0]


def entropy(temperature: ArrayLike) -> NDArray[np.float64]:
    """Specific entropy of liquid water at its boiling pressure, as `enthalpy`. [kJ/(kg K)]"""
    return _properties(temperature)[..., 1]


def density(temperature: ArrayLike) -> NDArray[np.float64]:
    """Density of liquid water at its boiling pressure, as `enthalpy`. [kg/m3]"""
    return _properties(temperature)[..., 2]


def exergy(temperature: ArrayLike, temp_reference: ArrayLike) -> NDArray[np.float64]:
    """Work that liquid water could give on its way to the reference state: h - h0 - T0 (s - s0).

    Parameters
    ----------
    temperature : array_like
        Of the water. [degC]
    temp_reference : array_like
        Of the surroundings. [degC]

    Returns
    -------
    ndarray
        Specific exergy; NaN stays NaN. [kJ/kg]

    References
    ----------
    Williams, Reed and Mariner (2008), USGS Open-File Report 2008-1296, doi:10.3133/ofr20081296
    """
    water, reference = _properties(temperature), _properties(temp_reference)
    kelvin = np.asarray(temp_reference, float) + KELVIN
    return water[..., 0] - reference[..., 0] - kelvin * (water[..., 1] - reference[..., 1])
