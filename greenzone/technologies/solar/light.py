"""Light on the panel for one site and one hour: where the panel faces, what it sees of sun, sky and ground.

The kernel's side of horizons, mounts, rows and skies of `parts.py`; conventions as in `core.py`.
"""

# mypy: allow-untyped-defs
# The types of kernels are Numba's, found when they are compiled.

from __future__ import annotations

import numpy as np

from greenzone.jit import generic, inlined
from greenzone.layers.catalogue import read_table
from greenzone.simd import wide_vectors
from greenzone.technologies.solar import parts
from greenzone.technologies.solar.core import (
    HALF,
    LEAST_COS_ZENITH,
    ONE,
    ZERO,
    F,
    at_least_zero,
    beam_modifier,
    inverses,
    model,
)

TWO, TINY = F(2), F(1e-6)
SLANT_LIMIT = F(np.cos(np.radians(85.0)))  # least cosine of zenith in Perez's circumsolar ratio
_PEREZ = read_table("solar_perez").sort_values("clearness_from")
_FACTORS = _PEREZ[["f11", "f12", "f13", "f21", "f22", "f23"]].to_numpy()
BOUNDS = tuple(F(value - 1.0) for value in _PEREZ["clearness_from"][1:])
FIRST = tuple(F(value) for value in _FACTORS[0])
JUMPS = tuple(F(value) for value in np.diff(_FACTORS, axis=0).ravel())
# acos(u) = sqrt(1 - u) P(u), largest error 2e-8: Abramowitz and Stegun (1964), 4.4.46
ACOS = tuple(
    F(value)
    for value in (
        1.5707963050, -0.2145988016, 0.0889789874, -0.0501743046,
        0.0308918810, -0.0170881256, 0.0066700901, -0.0012624911,
    )
)  # fmt: skip
AIRMASS = tuple(
    F(value) for value in (0.026375170, 0.98722571, 14.977293, 36.281317, -51.326246, 14.987260, 36.301966, -51.343538)
)
KAPPA = F(1.041)  # of zenith cubed in Perez's clearness


def incidence(mount, i, x, y, z, u, q, cos_zenith, albedo):
    """Cosine of the angle of incidence, share of the sky seen, share of ground seen times albedo.

    `u` is the true sine of elevation, `q` its `lift`.
    """


@generic(incidence)
def _incidence(mount, i, x, y, z, u, q, cos_zenith, albedo):
    def fixed(mount, i, x, y, z, u, q, cos_zenith, albedo):
        sky = mount.sky_view[i]
        c = mount.x[i] * x + mount.y[i] * y + mount.z[i] * z
        return c + q * (TWO * sky - ONE - u * c), sky, mount.ground_view[i]

    def single(mount, i, x, y, z, u, q, cos_zenith, albedo):
        across, ahead = _in_axis_frame(mount, i, x, y, z, u, q)
        cos_turn, sin_turn = _towards(across, ahead)
        cos_turn, sin_turn = _stopped(mount, cos_turn, sin_turn, cos_zenith)
        sky = HALF + HALF * cos_turn * mount.cos_axis_tilt[i]
        return across * sin_turn + ahead * cos_turn, sky, albedo - albedo * sky

    def backtracking(mount, i, x, y, z, u, q, cos_zenith, albedo):
        across, ahead = _in_axis_frame(mount, i, x, y, z, u, q)
        cos_turn, sin_turn = _towards(across, ahead)
        cos_turn, sin_turn = _turned_back(mount, i, cos_turn, sin_turn)
        cos_turn, sin_turn = _stopped(mount, cos_turn, sin_turn, cos_zenith)
        sky = HALF + HALF * cos_turn * mount.cos_axis_tilt[i]
        return across * sin_turn + ahead * cos_turn, sky, albedo - albedo * sky

    def dual(mount, i, x, y, z, u, q, cos_zenith, albedo):
        up = cos_zenith > ZERO
        sky = HALF + HALF * cos_zenith if up else ONE
        return ONE if up else cos_zenith, sky, albedo - albedo * sky

    return {
        parts.Fixed: fixed, parts.SingleAxis: single, parts.Backtracking: backtracking, parts.DualAxis: dual
    }[model(mount)]  # fmt: skip


@inlined
def _in_axis_frame(mount, i, x, y, z, u, q):
    """The apparent sun's part across the axis and along the normal of the panel at rest."""
    across = mount.across_x[i] * x + mount.across_y[i] * y + mount.across_z[i] * z
    ahead = mount.normal_x[i] * x + mount.normal_y[i] * y + mount.normal_z[i] * z
    return across - q * u * across, ahead + q * (mount.cos_axis_tilt[i] - u * ahead)


@inlined
def _towards(across, ahead):
    """Cosine and sine of the rotation that faces the sun."""
    square = across * across + ahead * ahead
    inverse = ONE / np.sqrt(square if square > F(1e-12) else F(1e-12))
    return ahead * inverse, across * inverse


@inlined
def _turned_back(mount, i, cos_turn, sin_turn):
    """Rotation at which no row shades the next: Anderson and Mikofski (2020), NREL/TP-5K00-76626."""
    room = abs(mount.reach[i] * (cos_turn * mount.cos_slope[i] + sin_turn * mount.sin_slope[i]))
    room = ONE if room > ONE else room
    back = np.sqrt(at_least_zero(ONE - room * room))
    back = back if sin_turn > ZERO else -back
    return cos_turn * room + sin_turn * back, sin_turn * room - cos_turn * back


@inlined
def _stopped(mount, cos_turn, sin_turn, cos_zenith):
    """Rotation within the tracker's limits; flat when the sun is down."""
    beyond = cos_turn < mount.cos_max
    edge = mount.sin_max if sin_turn > ZERO else -mount.sin_max
    cos_turn, sin_turn = mount.cos_max if beyond else cos_turn, edge if beyond else sin_turn
    down = cos_zenith < ZERO
    return ONE if down else cos_turn, ZERO if down else sin_turn


def survey(horizon, room, tiles, j, x, y, z):
    """Put into `room[0]` the sine of the skyline's elevation in the sun's direction, for each site of tile `j`."""


@generic(survey)
def _survey(horizon, room, tiles, j, x, y, z):
    def nothing(horizon, room, tiles, j, x, y, z):
        pass

    def mountains(horizon, room, tiles, j, x, y, z):
        wide_vectors()
        start, stop, sectors = tiles.start[j], tiles.stop[j], horizon.height.shape[0]
        crest, place = room[0], room[1]
        up = tiles.x[j] * x + tiles.y[j] * y + tiles.z[j] * z
        if up > tiles.clear[j] or up < tiles.shut[j]:
            crest[: stop - start] = ZERO if up > tiles.clear[j] else TWO
            return
        low, high = np.int32(sectors), np.int32(0)
        for i in range(start, stop):
            east = horizon.east_x[i] * x + horizon.east_y[i] * y
            north = horizon.north_x[i] * x + horizon.north_y[i] * y + horizon.north_z[i] * z
            turned = _turn(east, north) * F(sectors)
            place[i - start] = turned
            crest[i - start] = ZERO
            low, high = min(low, np.int32(turned)), max(high, np.int32(turned))
        # Sites of a tile see the sun in few sectors: sweeping over those costs less than looking up each site's own.
        for sector in range(low, high + 2):
            height = horizon.height[sector % sectors]
            for i in range(start, stop):
                share = ONE - abs(place[i - start] - F(sector))
                crest[i - start] += at_least_zero(share) * height[i]

    return {parts.Open: nothing, parts.Horizon: mountains}[model(horizon)]


def obstructed(horizon, room, i, start, cos_zenith, dni, dhi):
    """Beam and diffuse irradiance left by mountains."""


@generic(obstructed)
def _obstructed(horizon, room, i, start, cos_zenith, dni, dhi):
    def free(horizon, room, i, start, cos_zenith, dni, dhi):
        return dni, dhi

    def mountains(horizon, room, i, start, cos_zenith, dni, dhi):
        return ZERO * dni if cos_zenith < room[0, i - start] else dni, dhi * horizon.sky_view[i]

    return {parts.Open: free, parts.Horizon: mountains}[model(horizon)]


@inlined
def _turn(east, north):
    """Azimuth clockwise from north as a share of the full circle, within 1e-5: arctangent after Abramowitz 4.4.49."""
    wide, high = abs(east), abs(north)
    steep = wide > high
    greater = wide if steep else high
    smaller = high if steep else wide
    r = smaller / (greater if greater > F(1e-12) else F(1e-12))
    s = r * r
    angle = r * (F(0.9998660) + s * (F(-0.3302995) + s * (F(0.1801410) + s * (F(-0.0851330) + s * F(0.0208351)))))
    angle = F(np.pi / 2) - angle if steep else angle
    angle = F(np.pi) - angle if north < ZERO else angle
    angle = F(2 * np.pi) - angle if east < ZERO else angle
    return angle * F(0.5 / np.pi)


def least_cosine(sky):
    """Cosine of the zenith below which the circumsolar part grows no more."""


@generic(least_cosine)
def _least_cosine(sky):
    if model(sky) is parts.Perez:
        return lambda sky: SLANT_LIMIT
    return lambda sky: LEAST_COS_ZENITH


def sky_diffuse(sky, dhi, dni, extra, slant, cos_zenith, sky_view):
    """Diffuse irradiance from the sky on the panel [W m-2]; `slant` is cos(aoi) over cos(zenith), both bounded."""


@generic(sky_diffuse)
def _sky_diffuse(sky, dhi, dni, extra, slant, cos_zenith, sky_view):
    def isotropic(sky, dhi, dni, extra, slant, cos_zenith, sky_view):
        return dhi * sky_view

    def hay_davies(sky, dhi, dni, extra, slant, cos_zenith, sky_view):
        around = dhi * dni / extra
        return at_least_zero((dhi - around) * sky_view) + at_least_zero(around * slant)

    def perez(sky, dhi, dni, extra, slant, cos_zenith, sky_view):
        zenith = _angle(cos_zenith)
        factor_1, factor_2 = _perez_factors(dhi, dni, extra, cos_zenith, zenith)
        sin_tilt = TWO * np.sqrt(at_least_zero(sky_view - sky_view * sky_view))
        share = (ONE - factor_1) * sky_view + factor_1 * slant + factor_2 * sin_tilt
        return ZERO * dhi if cos_zenith < ZERO else at_least_zero(dhi * share)

    return {parts.Isotropic: isotropic, parts.HayDavies: hay_davies, parts.Perez: perez}[model(sky)]


@inlined
def _angle(u):
    """Arc cosine of 0 <= u <= 1."""
    p = ACOS[7]
    p = ACOS[6] + u * p
    p = ACOS[5] + u * p
    p = ACOS[4] + u * p
    p = ACOS[3] + u * p
    p = ACOS[2] + u * p
    p = ACOS[1] + u * p
    p = ACOS[0] + u * p
    return p * np.sqrt(at_least_zero(ONE - u))


@inlined
def _inverse_airmass(u):
    """1 over relative airmass after Kasten and Young (1989), doi:10.1364/AO.28.004735; fit within 4e-6."""
    above = AIRMASS[0] + u * (AIRMASS[1] + u * (AIRMASS[2] + u * (AIRMASS[3] + u * AIRMASS[4])))
    return above / (ONE + u * (AIRMASS[5] + u * (AIRMASS[6] + u * AIRMASS[7])))


@inlined
def _perez_factors(dhi, dni, extra, cos_zenith, zenith):
    """Brightness of the circumsolar region and of the horizon, coefficients by the clearness of the sky."""
    haze = dhi * (ONE + KAPPA * zenith * zenith * zenith)
    a, b, d, e, f, g = FIRST
    for k in range(7):
        clearer = dni >= BOUNDS[k] * haze  # the clearness bound, multiplied out: no division by dhi
        a += JUMPS[6 * k] if clearer else ZERO
        b += JUMPS[6 * k + 1] if clearer else ZERO
        d += JUMPS[6 * k + 2] if clearer else ZERO
        e += JUMPS[6 * k + 3] if clearer else ZERO
        f += JUMPS[6 * k + 4] if clearer else ZERO
        g += JUMPS[6 * k + 5] if clearer else ZERO
    delta = dhi / (extra * _inverse_airmass(cos_zenith))
    return at_least_zero(a + b * delta + d * zenith), e + f * delta + g * zenith


def collect(rows, sky, iam, ghi, dni, dhi, extra, c, cos_zenith, sky_view, ground_view, albedo, thermal):
    """Irradiance that makes current, irradiance that heats [W m-2], and the inverse of `thermal`."""


@generic(collect)
def _collect(rows, sky, iam, ghi, dni, dhi, extra, c, cos_zenith, sky_view, ground_view, albedo, thermal):
    def alone(rows, sky, iam, ghi, dni, dhi, extra, c, cos_zenith, sky_view, ground_view, albedo, thermal):
        c = at_least_zero(c)
        least, (passed, of) = least_cosine(sky), beam_modifier(iam, c)
        per_zenith, per_of, per_thermal = inverses(least if cos_zenith < least else cos_zenith, of, thermal)
        beam = at_least_zero(dni * c)
        diffuse = sky_diffuse(sky, dhi, dni, extra, c * per_zenith, cos_zenith, sky_view) + ghi * ground_view
        return beam * (passed * per_of) + diffuse, beam + diffuse, per_thermal

    def sheds(rows, sky, iam, ghi, dni, dhi, extra, c, cos_zenith, sky_view, ground_view, albedo, thermal):
        cos_tilt = TWO * sky_view - ONE
        passed, of = beam_modifier(iam, at_least_zero(c))
        seen_of = ONE + cos_tilt * (rows.b1 + cos_tilt * rows.b2)
        per_of, per_seen_of, per_thermal = inverses(of, seen_of, thermal)
        seen = (rows.a0 + cos_tilt * (rows.a1 + cos_tilt * (rows.a2 + cos_tilt * rows.a3))) * per_seen_of
        around, dhi = near_sun(sky, dni, dhi, extra, cos_zenith)
        dni = dni + around
        pitch = ONE / rows.gcr
        square, slant = pitch * pitch + ONE, TWO * pitch * cos_tilt
        upwards = HALF * (ONE + pitch - np.sqrt(square - slant))  # sky seen by the front, ground by the back
        downwards = HALF * (ONE + pitch - np.sqrt(square + slant))
        shadow = rows.gcr * abs(c) / (TINY if cos_zenith < TINY else cos_zenith)  # length over the pitch
        ground = albedo * (at_least_zero(ONE - shadow) * (ghi - dhi) + seen * dhi)
        beam = dni * c / (ONE if shadow < ONE else shadow)  # the next row leaves so much of the panel in the sun
        behind = rows.rear * (at_least_zero(-beam) + dhi * downwards + ground * upwards)
        beam = at_least_zero(beam)
        diffuse = dhi * upwards + ground * downwards + behind
        return beam * (passed * per_of) + diffuse, beam + diffuse, per_thermal

    return {parts.Alone: alone, parts.Sheds: sheds}[model(rows)]


def near_sun(sky, dni, dhi, extra, cos_zenith):
    """Diffuse irradiance from around the sun, on a plane facing it, and the rest of it on level ground."""


@generic(near_sun)
def _near_sun(sky, dni, dhi, extra, cos_zenith):
    def nothing(sky, dni, dhi, extra, cos_zenith):
        return ZERO, dhi

    def hay_davies(sky, dni, dhi, extra, cos_zenith):
        least = LEAST_COS_ZENITH if cos_zenith < LEAST_COS_ZENITH else cos_zenith
        around = at_least_zero(dhi * dni / (extra * least))
        return around, dhi - around * at_least_zero(cos_zenith)

    return {parts.Isotropic: nothing, parts.HayDavies: hay_davies}[model(sky)]
