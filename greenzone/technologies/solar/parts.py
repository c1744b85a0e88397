"""The parts a photovoltaic system is put together from, as the kernels want them: plain tuples of float32.

One class per model; which model runs is decided by the class of the tuple when a kernel is compiled, not by flags
while it runs. What the numbers mean stands here, the arithmetic on one site and hour in `core.py`.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class SiteWeather(NamedTuple):
    """Weather with one column per site: float32 (time, site)."""

    ghi: Any
    dni: Any
    dhi: Any
    temp_air: Any
    wind_speed: Any


class CellWeather(NamedTuple):
    """Weather with one column per coarse cell: float32 (time, cell); every tile of sites lies in one cell."""

    ghi: Any
    dni: Any
    dhi: Any
    temp_air: Any
    wind_speed: Any


class Tiles(NamedTuple):
    """Runs of sites that are worked on together: `start:stop`, their cell, and when all of them are in the dark."""

    start: Any
    stop: Any
    cell: Any
    x: Any
    y: Any
    z: Any
    dark: Any


class Sites(NamedTuple):
    """What does not change in time: the way up, refraction against sea level, albedo."""

    up_x: Any
    up_y: Any
    up_z: Any
    refraction: Any
    albedo: Any


class AsGiven(NamedTuple):
    """Weather columns are right for the site."""

    nothing: Any


class Adjusted(NamedTuple):
    """The site's irradiance over its cell's [1] and its air temperature less its cell's [K]."""

    ghi_factor: Any
    temp_offset: Any


class Fixed(NamedTuple):
    """Panels that do not move: their normal in the Earth's frame and the cosine of their tilt."""

    x: Any
    y: Any
    z: Any
    cos_tilt: Any


class Isotropic(NamedTuple):
    """Sky of one brightness."""

    nothing: Any


class HayDavies(NamedTuple):
    """Isotropic sky and a circumsolar part; Hay and Davies (1980)."""

    nothing: Any


class RationalIam(NamedTuple):
    """Incidence-angle modifier of the beam: polynomials a over b of c = cos(aoi), not below zero."""

    a0: Any
    a1: Any
    a2: Any
    a3: Any
    a4: Any
    b0: Any
    b1: Any
    b2: Any
    b3: Any


class Faiman(NamedTuple):
    """Cell over air temperature = irradiance / (u0 + u1 wind); [W m-2 K-1], [W s m-3 K-1]."""

    u0: Any
    u1: Any


class PvwattsModule(NamedTuple):
    """DC power per effective irradiance, losses included [m2 W-1 of inverter input rating]; per K above 25 degC."""

    gain: Any
    gamma: Any


class PvwattsInverter(NamedTuple):
    """AC power over AC rating = (quadratic z + linear) z + constant of the DC power z over the inverter's DC rating."""

    quadratic: Any
    linear: Any
    constant: Any
