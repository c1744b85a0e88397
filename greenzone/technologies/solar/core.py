"""The physics of one site and one hour for the kernels: scalars of float32 in and out, no branches that stop vectors.

Each generic function (`incidence`, `sky_diffuse`, ...) takes a part of `parts.py` and is resolved by its class when a
kernel is compiled. Literals are float32: a Python float would turn whole kernels into float64. Every clip is written
so that NaN survives it.
"""

# mypy: allow-untyped-defs
# The types of kernels are Numba's, found when they are compiled.

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types

from greenzone.jit import generic, inlined
from greenzone.technologies.solar import parts
from greenzone.technologies.solar.position import LOWEST_REFRACTED, PARALLAX, REFRACTION

F = np.float32
ZERO, HALF, ONE = F(0), F(0.5), F(1)
LOWEST = F(LOWEST_REFRACTED)
LIFT_1, LIFT_2 = F(REFRACTION[1]), F(REFRACTION[2])
SINK = F(PARALLAX)
LEAST_COS_ZENITH = F(0.01745)  # pvlib's bound on the divisor of the circumsolar part
KILO = F(0.001)
POLE_1, POLE_2 = (F(value) for value in parts.DIM_LIGHT)


def model(part: Any) -> Any:
    """The class of `parts.py` behind a Numba type."""
    return getattr(part, "instance_class", None)


@inlined
def at_least_zero(x):
    """The value, or zero where it is negative; NaN stays."""
    return ZERO if x < ZERO else x


@inlined
def lift(u, refraction):
    """Tangent of the sun's apparent rise over the cosine of its elevation, at the sine `u` of its true elevation."""
    w = u + LIFT_2
    rise = refraction * w / (u * w + LIFT_1)
    return (rise if u >= LOWEST else ZERO) - SINK


def at(values, i):
    """Value `i` of an array, or the scalar that holds for all."""


@generic(at)
def _at(values, i):
    if isinstance(values, types.Array | types.CPointer):
        return lambda values, i: values[i]
    return lambda values, i: values


def at_time(values, t):
    """Row `t` of an array (time, column), or the scalar that holds for all."""


@generic(at_time)
def _at_time(values, t):
    if isinstance(values, types.Array):
        return lambda values, t: values[t]
    return lambda values, t: values


def row(weather, t, cell):
    """The weather at time `t`: arrays over sites, or the scalars of one cell."""


@generic(row)
def _row(weather, t, cell):
    def of_sites(weather, t, cell):
        return (
            weather.ghi[t], weather.dni[t], weather.dhi[t],
            weather.temp_air[t], weather.wind_speed[t], at_time(weather.clear, t),
        )  # fmt: skip

    def of_cell(weather, t, cell):
        return (
            weather.ghi[t, cell], weather.dni[t, cell], weather.dhi[t, cell],
            weather.temp_air[t, cell], weather.wind_speed[t, cell], at(at_time(weather.clear, t), cell),
        )  # fmt: skip

    return of_cell if model(weather) is parts.CellWeather else of_sites


def brightness(adjustment, i):
    """Factor on the irradiance of the weather column."""


@generic(brightness)
def _brightness(adjustment, i):
    if model(adjustment) is parts.Adjusted:
        return lambda adjustment, i: adjustment.ghi_factor[i]
    return lambda adjustment, i: ONE


def warmth(adjustment, i):
    """Offset to the air temperature of the weather column [K]."""


@generic(warmth)
def _warmth(adjustment, i):
    if model(adjustment) is parts.Adjusted:
        return lambda adjustment, i: adjustment.temp_offset[i]
    return lambda adjustment, i: ZERO


def beam_modifier(iam, c):
    """Share of the beam that the cover lets through, against normal incidence: a fraction's two terms."""


@generic(beam_modifier)
def _beam_modifier(iam, c):
    def rational(iam, c):
        above = iam.a0 + c * (iam.a1 + c * (iam.a2 + c * (iam.a3 + c * iam.a4)))
        return at_least_zero(above), iam.b0 + c * (iam.b1 + c * (iam.b2 + c * iam.b3))

    return {parts.RationalIam: rational}[model(iam)]


def resistance(temperature, wind_speed):
    """Cell temperature less air temperature per irradiance [K m2 W-1]: a fraction's two terms."""


@generic(resistance)
def _resistance(temperature, wind_speed):
    def faiman(temperature, wind_speed):
        return ONE, temperature.u0 + temperature.u1 * wind_speed

    def sapm(temperature, wind_speed):
        return temperature.exp_a * exponential(temperature.b * wind_speed) + temperature.delta, ONE

    return {parts.Faiman: faiman, parts.SapmCell: sapm}[model(temperature)]


@inlined
def inverses(a, b, c):
    """1 / a, 1 / b, 1 / c by one division, the dearest of operations."""
    ab = a * b
    inverse = ONE / (ab * c)
    inverse_ab = inverse * c
    return inverse_ab * b, inverse_ab * a, inverse * ab


@inlined
def exponential(x):
    """exp(x) for -8 <= x <= 0 within 1e-5: the 32nd power of a short series, since library calls stop vectors."""
    s = x * F(1 / 32)
    e = ONE + s * (ONE + s * (F(1 / 2) + s * (F(1 / 6) + s * (F(1 / 24) + s * F(1 / 120)))))
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    return e * e


def dc_power(module, effective_irradiance, temp_cell):
    """DC power over the inverter's DC rating [1]."""


@generic(dc_power)
def _dc_power(module, effective_irradiance, temp_cell):
    def pvwatts(module, effective_irradiance, temp_cell):
        return effective_irradiance * (module.gain + module.slope * temp_cell)

    def fitted(module, effective_irradiance, temp_cell):
        m = module
        g = effective_irradiance * KILO
        t = (temp_cell - F(25)) * F(0.02)
        a = m.a0 + g * (m.a1 + g * (m.a2 + g * (m.a3 + g * (m.a4 + g * m.a5))))
        b = m.b0 + g * (m.b1 + g * (m.b2 + g * (m.b3 + g * (m.b4 + g * m.b5))))
        c = m.c0 + g * (m.c1 + g * (m.c2 + g * (m.c3 + g * m.c4)))
        d = m.d0 + g * (m.d1 + g * (m.d2 + g * m.d3))
        return m.gain * g * (a + t * (b + t * (c + t * d))) / ((g + POLE_1) * (g + POLE_2))

    return {parts.PvwattsModule: pvwatts, parts.FittedModule: fitted}[model(module)]


def ac_power(inverter, dc):
    """AC power over AC rating [1]."""


@generic(ac_power)
def _ac_power(inverter, dc):
    def pvwatts(inverter, dc):
        ac = at_least_zero((inverter.quadratic * dc + inverter.linear) * dc + inverter.constant)
        return ONE if ac > ONE else ac

    def straight(inverter, dc):
        return dc

    return {parts.PvwattsInverter: pvwatts, parts.NoInverter: straight}[model(inverter)]
