"""Temperature under the ground: steady conduction through layers that make heat themselves.

Comes in: heat flow and temperature at the surface, the layers' conductivity and heat production. Goes out:
temperature at a depth, and the two factors by which it follows from the heat flow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError

Array = NDArray[np.float64]


class Column(NamedTuple):
    """Layers from the surface down: their thickness [m], conductivity [W/(m K)] with its standard deviation, and heat
    production [W/m3]."""

    thickness: Array
    conductivity: Array
    conductivity_std: Array
    heat_production: Array

    @property
    def depth(self) -> float:
        """Depth of the lowest layer's foot. [m]"""
        return float(self.thickness.sum())


def read_column(table: pd.DataFrame) -> Column:
    """Layers from a table with the columns of `geothermal_column.csv`.

    Raises
    ------
    GreenzoneError
        The layers leave a gap or overlap, or a conductivity is not above 0.
    """
    table = table.sort_values("top_km")
    top, bottom = table.top_km.to_numpy(float), table.bottom_km.to_numpy(float)
    if top[0] != 0 or (bottom <= top).any() or (top[1:] != bottom[:-1]).any():
        raise GreenzoneError("the geothermal column must run from 0 km down without gaps: check top_km and bottom_km")
    conductivity = table.conductivity_w_per_m_k.to_numpy(float)
    if not (conductivity > 0).all():
        raise GreenzoneError("the geothermal column has a conductivity that is not above 0 W/(m K)")
    return Column(
        (bottom - top) * 1000.0,
        conductivity,
        table.conductivity_std_w_per_m_k.to_numpy(float),
        table.heat_production_uw_per_m3.to_numpy(float) * 1e-6,
    )


class Conduction(NamedTuple):
    """What lies above a depth: T = T_surface + heat_flow * resistance - shortfall.

    `resistance` [K m2/W] is the sum of thickness over conductivity, `resistance_std` what the uncertain conductivities
    make of it, `shortfall` [K] the warming that fails because part of the surface heat flow is made on the way.
    """

    resistance: Array
    resistance_std: Array
    shortfall: Array


def conduction(depth: ArrayLike, column: Column) -> Conduction:
    """Resistance and shortfall of the layers above a depth.

    In a layer of thickness z, conductivity k and heat production A, T rises by q z / k - A z2 / (2 k), where q is the
    heat flow at its top: that of the surface less what is made above.

    Parameters
    ----------
    depth : array_like
        From 0 to the foot of the column. [m]
    column : Column
        The layers.

    Returns
    -------
    Conduction
        Arrays of the shape of `depth`; NaN stays NaN.

    Raises
    ------
    GreenzoneError
        A depth below 0 or beyond the column.

    References
    ----------
    Jaupart and Mareschal (2011), Heat Generation and Transport in the Earth, section 4, doi:10.1017/CBO9780511781773
    """
    z = np.asarray(depth, float)
    if np.any((z < 0) | (z > column.depth)):
        wrong = z[(z < 0) | (z > column.depth)].flat[0]
        raise GreenzoneError(
            f"a depth of {wrong / 1000:g} km is outside the model: it reaches from 0 to {column.depth / 1000:g} km"
        )
    resistance, spread, shortfall = (np.zeros(z.shape) for _ in range(3))
    top, made = 0.0, 0.0
    for thickness, k, k_std, heat in zip(*column, strict=True):
        part = np.clip(z - top, 0.0, thickness)
        resistance = resistance + part / k
        spread = spread + (part * k_std / k**2) ** 2
        shortfall = shortfall + made * part / k + heat * part**2 / (2 * k)
        top, made = top + thickness, made + heat * thickness
    return Conduction(resistance, np.sqrt(spread), shortfall)


def temperature_at_depth(depth: ArrayLike, heat_flow: ArrayLike, temp_surface: ArrayLike, column: Column) -> Array:
    """Temperature at a depth under steady conduction.

    Parameters
    ----------
    depth : array_like
        Below the surface; broadcast against the rest. [m]
    heat_flow : array_like
        At the surface, 0 or more. [mW/m2]
    temp_surface : array_like
        Mean over the year. [degC]
    column : Column
        The layers.

    Returns
    -------
    ndarray
        NaN where an input is NaN. [degC]

    Raises
    ------
    GreenzoneError
        A negative heat flow, a depth outside the column.

    Examples
    --------
    >>> rock = Column(np.array([5000.0]), np.array([2.5]), np.array([0.0]), np.array([0.0]))
    >>> float(temperature_at_depth(3000.0, 75.0, 10.0, rock))
    100.0
    """
    flow = np.asarray(heat_flow, float)
    if np.any(flow < 0):
        raise GreenzoneError(f"a heat flow of {np.nanmin(flow):g} mW/m2 is impossible: it must be above 0")
    above = conduction(depth, column)
    return np.asarray(temp_surface, float) + flow * 1e-3 * above.resistance - above.shortfall


def temperature_std(depth: ArrayLike, heat_flow: ArrayLike, heat_flow_std: ArrayLike, column: Column) -> Array:
    """Standard error of the temperature at a depth from those of heat flow [mW/m2] and conductivities. [K]"""
    above = conduction(depth, column)
    flow, flow_std = np.asarray(heat_flow, float) * 1e-3, np.asarray(heat_flow_std, float) * 1e-3
    return np.hypot(flow_std * above.resistance, flow * above.resistance_std)
