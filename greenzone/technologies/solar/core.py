"""The physics of one site and one hour for the kernels: scalars of float32 in and out, no branches that stop vectors.

Each generic function (`incidence`, `sky_diffuse`, ...) takes a part of `parts.py` and is resolved by its class when a
kernel is compiled. Literals are float32: a Python float would turn whole kernels into float64. Every clip is written
so that NaN survives it.
"""

# mypy: allow-untyped-defs
# The types of kernels are Numba's, found when they are compiled.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload

from greenzone.jit import RELAXED, inlined
from greenzone.technologies.solar import parts
from greenzone.technologies.solar.position import LOWEST_REFRACTED, PARALLAX, REFRACTION

F = np.float32
ZERO, HALF, ONE = F(0), F(0.5), F(1)
LOWEST = F(LOWEST_REFRACTED)
LIFT, LIFT_1, LIFT_2 = (F(value) for value in REFRACTION)
SINK = F(PARALLAX)
LEAST_COS_ZENITH = F(0.01745)  # pvlib's bound on the divisor of the circumsolar part
_JIT: Any = {"forceinline": True, "fastmath": RELAXED, "error_model": "numpy"}


def generic(stub: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """Register for a stub the function that picks its implementation from the types of its arguments."""
    return overload(stub, jit_options=_JIT)


def _model(part: Any) -> Any:
    return getattr(part, "instance_class", None)


@inlined
def at_least_zero(x):
    return ZERO if x < ZERO else x


@inlined
def lift(u, refraction):
    """Tangent of the sun's apparent rise over the cosine of its elevation, at the sine `u` of its true elevation."""
    w = u + LIFT_2
    rise = LIFT * refraction * w / (u * w + LIFT_1)
    return (rise if u >= LOWEST else ZERO) - SINK


def at(values, i):
    """Value `i` of an array, or the scalar that holds for all."""


@generic(at)
def _at(values, i):
    if isinstance(values, types.Array):
        return lambda values, i: values[i]
    return lambda values, i: values


def row(weather, t, cell):
    """The weather at time `t`: arrays over sites, or the scalars of one cell."""


@generic(row)
def _row(weather, t, cell):
    if _model(weather) is parts.CellWeather:
        return lambda weather, t, cell: (
            weather.ghi[t, cell],
            weather.dni[t, cell],
            weather.dhi[t, cell],
            weather.temp_air[t, cell],
            weather.wind_speed[t, cell],
        )
    return lambda weather, t, cell: (
        weather.ghi[t],
        weather.dni[t],
        weather.dhi[t],
        weather.temp_air[t],
        weather.wind_speed[t],
    )


def brightness(adjustment, i):
    """Factor on the irradiance of the weather column."""


@generic(brightness)
def _brightness(adjustment, i):
    if _model(adjustment) is parts.Adjusted:
        return lambda adjustment, i: adjustment.ghi_factor[i]
    return lambda adjustment, i: ONE


def warmth(adjustment, i):
    """Offset to the air temperature of the weather column [K]."""


@generic(warmth)
def _warmth(adjustment, i):
    if _model(adjustment) is parts.Adjusted:
        return lambda adjustment, i: adjustment.temp_offset[i]
    return lambda adjustment, i: ZERO


def incidence(mount, i, x, y, z, u, q):
    """Cosines of the angle of incidence and of the tilt; `u` is the true sine of elevation, `q` its `lift`."""


@generic(incidence)
def _incidence(mount, i, x, y, z, u, q):
    def fixed(mount, i, x, y, z, u, q):
        tilt = mount.cos_tilt[i]
        c = mount.x[i] * x + mount.y[i] * y + mount.z[i] * z
        return c + q * (tilt - u * c), tilt

    return {parts.Fixed: fixed}[_model(mount)]


def sky_diffuse(sky, dhi, dni, extra, c, cos_zenith, cos_tilt):
    """Diffuse irradiance from the sky on the panel [W m-2]; `c` is cos(aoi), not below zero."""


@generic(sky_diffuse)
def _sky_diffuse(sky, dhi, dni, extra, c, cos_zenith, cos_tilt):
    def isotropic(sky, dhi, dni, extra, c, cos_zenith, cos_tilt):
        return dhi * (HALF + HALF * cos_tilt)

    def hay_davies(sky, dhi, dni, extra, c, cos_zenith, cos_tilt):
        anisotropy = dni / extra
        ratio = c / (LEAST_COS_ZENITH if cos_zenith < LEAST_COS_ZENITH else cos_zenith)
        veil = at_least_zero(dhi * (ONE - anisotropy) * (HALF + HALF * cos_tilt))
        return veil + at_least_zero(dhi * anisotropy * ratio)

    return {parts.Isotropic: isotropic, parts.HayDavies: hay_davies}[_model(sky)]


def beam_modifier(iam, c):
    """Share of the beam that the cover lets through, against normal incidence."""


@generic(beam_modifier)
def _beam_modifier(iam, c):
    def rational(iam, c):
        above = iam.a0 + c * (iam.a1 + c * (iam.a2 + c * (iam.a3 + c * iam.a4)))
        return at_least_zero(above / (iam.b0 + c * (iam.b1 + c * (iam.b2 + c * iam.b3))))

    return {parts.RationalIam: rational}[_model(iam)]


def heating(temperature, poa_global, wind_speed):
    """Cell temperature less air temperature [K]."""


@generic(heating)
def _heating(temperature, poa_global, wind_speed):
    def faiman(temperature, poa_global, wind_speed):
        return poa_global / (temperature.u0 + temperature.u1 * wind_speed)

    return {parts.Faiman: faiman}[_model(temperature)]


def dc_power(module, effective_irradiance, temp_cell):
    """DC power over the inverter's DC rating [1]."""


@generic(dc_power)
def _dc_power(module, effective_irradiance, temp_cell):
    def pvwatts(module, effective_irradiance, temp_cell):
        return effective_irradiance * module.gain * (ONE + module.gamma * (temp_cell - F(25)))

    return {parts.PvwattsModule: pvwatts}[_model(module)]


@inlined
def ac_power(inverter, dc):
    """AC power over AC rating [1], from 0 to 1."""
    ac = (inverter.quadratic * dc + inverter.linear) * dc + inverter.constant
    ac = at_least_zero(ac)
    return ONE if ac > ONE else ac


@inlined
def output(
    x, y, z, extra, ghi, dni, dhi, temp_air, wind_speed, sites, mount, sky, iam, temperature, module, inverter, i
):
    """AC power over AC rating of site `i` with the true sun at (x, y, z)."""
    u = sites.up_x[i] * x + sites.up_y[i] * y + sites.up_z[i] * z
    q = lift(u, sites.refraction[i])
    cos_zenith = u + q * (ONE - u * u)
    c, cos_tilt = incidence(mount, i, x, y, z, u, q)
    c = at_least_zero(c)
    beam = at_least_zero(dni * c)
    ground = ghi * sites.albedo[i] * (HALF - HALF * cos_tilt)
    diffuse = sky_diffuse(sky, dhi, dni, extra, c, cos_zenith, cos_tilt) + ground
    temp_cell = temp_air + heating(temperature, beam + diffuse, wind_speed)
    return ac_power(inverter, dc_power(module, beam * beam_modifier(iam, c) + diffuse, temp_cell))
