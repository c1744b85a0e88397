"""What reservoirs may give: random draws of temperature, size and recovery, carried through to power and heat.

Comes in: triangles of each prospect's properties. Goes out: draws of heat in place, flow, electric and thermal power.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.geothermal import model, water
from greenzone.technologies.geothermal.conventions import Spread, method_spread
from greenzone.technologies.geothermal.options import Options

Array = NDArray[np.float64]


class Reservoirs(NamedTuple):
    """Prospects by their lowest, likeliest and highest properties, arrays `(prospect, 3)`, and the air around them."""

    name: NDArray[np.str_]
    temperature: Array
    area_km2: Array
    thickness: Array
    ambient: Array


class Draws(NamedTuple):
    """Draws `(prospect, draw)`: temperature [degC], heat in place [J], flow [kg/s], electric power, thermal power and
    electric power by the conventions of USGS, HIP-RA-X and GEOPHIRES [MW], and whether the reservoir is there."""

    temperature: Array
    heat: Array
    flow: Array
    power: Array
    heat_power: Array
    spread: Spread
    found: NDArray[np.bool_]


def triangular(uniform: ArrayLike, low: ArrayLike, likely: ArrayLike, high: ArrayLike) -> Array:
    """Values of a triangular distribution at the given probabilities.

    Parameters
    ----------
    uniform : array_like
        From 0 to 1.
    low, likely, high : array_like
        Corners; equal corners give that value.

    Returns
    -------
    ndarray
        From `low` to `high`.
    """
    p, a, c, b = (np.asarray(part, float) for part in (uniform, low, likely, high))
    width = b - a
    fold = np.divide(c - a, width, out=np.zeros(np.broadcast_shapes(c.shape, width.shape)), where=width > 0)
    left = a + np.sqrt(p * width * (c - a))
    right = b - np.sqrt((1 - p) * width * (b - c))
    return np.where(p < fold, left, right)


def net_specific_power(temperature: ArrayLike, ambient: ArrayLike, options: Options) -> Array:
    """Electricity of the better plant less its well pumps, per flow; 0 below 80 degC. [kW per kg/s]

    A binary plant takes water above 200 degC as if it had 200; from about 210 degC flash plants give more.
    """
    hot = np.asarray(temperature, float)
    binary = model.orc_specific_power(np.minimum(hot, model.HIGHEST_ORC_TEMPERATURE), ambient)
    pumps = options.pump_pressure * 1e5 / (water.density(hot) * options.pump_efficiency) / 1e3
    return np.maximum(np.maximum(binary, model.flash_specific_power(hot, ambient)) - pumps, 0.0)


def rejection_temperature(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    """Temperature of the water behind the better plant. [degC]"""
    hot = np.asarray(temperature, float)
    binary = model.orc_specific_power(np.minimum(hot, model.HIGHEST_ORC_TEMPERATURE), ambient)
    flash = model.flash_specific_power(hot, ambient) > binary
    rejected = model.orc_rejection_temperature(hot, ambient)
    return np.where(flash, model.flash_rejection_temperature(hot, ambient), rejected)


def draw(reservoirs: Reservoirs, options: Options) -> Draws:
    """Draw every prospect `options.draws` times.

    A prospect's draws follow from the seed and its name alone, so that they do not change with its neighbours.
    A prospect whose likeliest temperature is below 80 degC is for heat alone. Elsewhere electricity comes first, and
    heat is what the water still gives behind the plant.

    Raises
    ------
    GreenzoneError
        A reservoir hotter than the steam table.
    """
    if (reservoirs.temperature > water.HIGHEST).any():
        raise GreenzoneError(
            f"a reservoir of {reservoirs.temperature.max():g} degC is beyond the steam table ({water.HIGHEST:g} degC)"
        )
    temperature, area, thickness, recovery, porosity, chance = _properties(reservoirs, options)
    heat_capacity = porous_heat_capacity(porosity, options)
    heat = model.heat_in_place(area, thickness, temperature, options.temp_reference, heat_capacity)
    at_wellhead = model.thermal_power(heat, recovery, options.lifetime)
    flow = model.wellhead_flow(at_wellhead, temperature, options.temp_reference)
    ambient = reservoirs.ambient[:, None]
    electric = reservoirs.temperature[:, [1]] >= model.LOWEST_ORC_TEMPERATURE
    specific = np.where(electric, net_specific_power(temperature, ambient, options), 0.0)
    left = np.where(specific > 0, rejection_temperature(temperature, ambient), temperature)
    shape = (area, thickness, temperature, recovery, porosity)
    spread = method_spread(*shape, ambient, options.temp_reference, options.lifetime, heat_capacity)
    return Draws(
        temperature,
        heat,
        flow,
        flow * specific / 1000.0,
        model.heat_power(flow, left, options.heat_return),
        Spread(*(np.where(electric, power, 0.0) for power in spread)),
        chance < options.chance_of_success,
    )


def porous_heat_capacity(porosity: ArrayLike, options: Options) -> Array:
    """Heat capacity by volume at a porosity: `options.heat_capacity` at the likeliest. [J/(m3 K)]"""
    likely, fluid = options.porosity.likely, float(model.heat_capacity_of(1.0))
    rock = (options.heat_capacity - likely * fluid) / (1.0 - likely)
    return model.heat_capacity_of(porosity, rock, fluid)


def _properties(reservoirs: Reservoirs, options: Options) -> tuple[Array, ...]:
    """Draws `(prospect, draw)` of temperature, area, thickness, recovery and porosity, and a number from 0 to 1."""
    uniform = np.empty((6, len(reservoirs.name), options.draws))
    for index, name in enumerate(reservoirs.name):
        stream = np.random.default_rng([options.seed, zlib.crc32(str(name).encode())])
        uniform[:, index] = stream.random((6, options.draws))
    corners = [reservoirs.temperature, reservoirs.area_km2, reservoirs.thickness]
    triangles = [
        triangular(p, *(corner[:, [i]] for i in range(3))) for p, corner in zip(uniform[:3], corners, strict=True)
    ]
    recovery = options.recovery_low + uniform[3] * (options.recovery_high - options.recovery_low)
    porosity = triangular(uniform[5], options.porosity.low, options.porosity.likely, options.porosity.high)
    return (*triangles, recovery, porosity, uniform[4])
