"""The parts a photovoltaic system is put together from, as the kernels want them: plain tuples of float32.

One class per model; which model runs is decided by the class of the tuple when a kernel is compiled, not by flags
while it runs. What the numbers mean stands here, the arithmetic on one site and hour in `core.py`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

DIM_LIGHT = (0.005, 0.1)  # irradiance [kW m-2] at which the fit of a single-diode module bends


class SiteWeather(NamedTuple):
    """Weather with one column per site: float32 (time, site); `clear` may be one number for all."""

    ghi: Any
    dni: Any
    dhi: Any
    temp_air: Any
    wind_speed: Any
    clear: Any  # share of the light that snow and dirt let through to the cells [1]


class CellWeather(NamedTuple):
    """Weather with one column per coarse cell: float32 (time, cell); every tile of sites lies in one cell."""

    ghi: Any
    dni: Any
    dhi: Any
    temp_air: Any
    wind_speed: Any
    clear: Any


class Tiles(NamedTuple):
    """Runs of sites that are worked on together: `start:stop`, and their weather cell.

    `x`, `y`, `z` is the way up at their middle. By the sine of the sun's elevation there, below `dark` all are in the
    dark, below `shut` none has the sun above its skyline, above `clear` all have.
    """

    start: Any
    stop: Any
    cell: Any
    x: Any
    y: Any
    z: Any
    dark: Any
    shut: Any
    clear: Any


class Sites(NamedTuple):
    """What does not change in time: the way up, refraction (its first coefficient at the site's pressure), albedo."""

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


class Open(NamedTuple):
    """Nothing stands before the sun but the Earth."""

    nothing: Any


class Horizon(NamedTuple):
    """Mountains: sine of their elevation (sector of azimuth, site), the share of the sky left, east and north."""

    height: Any
    sky_view: Any
    east_x: Any
    east_y: Any
    north_x: Any
    north_y: Any
    north_z: Any


class Fixed(NamedTuple):
    """Panels that do not move: their normal, the share of the sky they see, and that of ground times albedo."""

    x: Any
    y: Any
    z: Any
    sky_view: Any
    ground_view: Any


class SingleAxis(NamedTuple):
    """Panels that turn about an axis to face the sun as far as they can.

    `across` is level and square to the axis, `normal` is the panel's at rest; the greatest rotation as its cosine and
    sine.
    """

    across_x: Any
    across_y: Any
    across_z: Any
    normal_x: Any
    normal_y: Any
    normal_z: Any
    cos_axis_tilt: Any
    cos_max: Any
    sin_max: Any


class Backtracking(NamedTuple):
    """A single axis that turns back when rows would shade each other, on ground that may slope across the axis.

    `cos_slope`, `sin_slope` are of the cross-axis tilt, `reach` is 1 / (gcr cos_slope).
    """

    across_x: Any
    across_y: Any
    across_z: Any
    normal_x: Any
    normal_y: Any
    normal_z: Any
    cos_axis_tilt: Any
    cos_max: Any
    sin_max: Any
    cos_slope: Any
    sin_slope: Any
    reach: Any


class DualAxis(NamedTuple):
    """Panels that always face the sun, and lie flat at night."""

    nothing: Any


class Alone(NamedTuple):
    """Rows so far apart that none sees another."""

    nothing: Any


class Sheds(NamedTuple):
    """Endless rows that shade each other: ground-cover ratio, and the sky seen by the ground as a polynomial ratio.

    Mikofski et al. (2019), doi:10.1109/PVSC40753.2019.8980572, as pvlib's infinite sheds. `rear` is what a watt on the
    back is worth against one on the front: bifaciality and the losses of racks.
    """

    gcr: Any
    rear: Any
    a0: Any
    a1: Any
    a2: Any
    a3: Any
    b1: Any
    b2: Any


class Isotropic(NamedTuple):
    """Sky of one brightness."""

    nothing: Any


class HayDavies(NamedTuple):
    """Isotropic sky and a circumsolar part; Hay and Davies (1980)."""

    nothing: Any


class Perez(NamedTuple):
    """Sky with a circumsolar part and a bright or dark horizon by clearness; Perez et al. (1990)."""

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
    """Cell over air temperature = irradiance / (u0 + u1 wind); [W m-2 K-1], [W s m-3 K-1]; PVsyst's model as well."""

    u0: Any
    u1: Any


class SapmCell(NamedTuple):
    """Cell over air temperature = irradiance (exp(a) exp(b wind) + delta_t / 1000); King et al. (2004)."""

    exp_a: Any
    b: Any
    delta: Any


class PvwattsModule(NamedTuple):
    """DC power over the inverter's DC rating per effective irradiance, losses included: at 0 degC, and its change.

    [m2 W-1], [m2 W-1 K-1]
    """

    gain: Any
    slope: Any


class FittedModule(NamedTuple):
    """Single-diode module: polynomials in irradiance for each power of temperature, see `fits.single_diode`."""

    gain: Any
    a0: Any
    a1: Any
    a2: Any
    a3: Any
    a4: Any
    a5: Any
    b0: Any
    b1: Any
    b2: Any
    b3: Any
    b4: Any
    b5: Any
    c0: Any
    c1: Any
    c2: Any
    c3: Any
    c4: Any
    d0: Any
    d1: Any
    d2: Any
    d3: Any


class PvwattsInverter(NamedTuple):
    """AC power over AC rating = (quadratic z + linear) z + constant of the DC power z over the inverter's DC rating."""

    quadratic: Any
    linear: Any
    constant: Any


class NoInverter(NamedTuple):
    """DC as it comes."""

    nothing: Any


class Plant(NamedTuple):
    """The parts of one system, in the order in which light passes them."""

    horizon: Any
    mount: Any
    rows: Any
    sky: Any
    iam: Any
    temperature: Any
    module: Any
    inverter: Any
