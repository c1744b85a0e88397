"""Where the sun stands: one Earth-fixed vector per time, fixed up and panel-normal vectors per site.

In come UTC times, latitudes, longitudes and angles in degrees; out go unit vectors (x to 0 N 0 E, y to 0 N 90 E,
z to the north pole), so that cosines of zenith and incidence angles are plain dot products.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
import pvlib
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

PARALLAX = np.radians(8.794 / 3600.0)  # Earth's radius seen from the sun; Meeus (1998), Astronomical Algorithms, ch. 40
DELTA_T = 67.0  # s between terrestrial time and UT, pvlib's default
# Refraction of the SPA (Reda and Andreas 2004, doi:10.1016/j.solener.2003.12.003, eq. 42) at 101325 Pa and 12 degC as
# c0 cos(e) / (sin e + c1 / (sin e + c2)) radians; largest difference 3.2e-5 degrees from -0.833 to 90 degrees.
REFRACTION = (2.9528e-4, 3.13526e-3, 8.917665e-2)
LOWEST_REFRACTED = np.sin(np.radians(-0.26667 - 0.5667))  # below this elevation the SPA does not refract
LIFT = 0.015  # more than refraction adds to the sine of the sun's elevation: 0.010, 0.6 degrees at the horizon
TWILIGHT = 3.0  # degrees below the horizon from which light is looked at: deeper, an inverter does not even start


class Sun(NamedTuple):
    """The sun at each time: geocentric direction and irradiance on a plane facing it outside the atmosphere."""

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    extra: np.ndarray


def sun(times: pd.DatetimeIndex) -> Sun:
    """Direction of the sun and extraterrestrial irradiance at UTC `times`.

    Right ascension, declination and sidereal time come from pvlib's Solar Position Algorithm once per day and are
    interpolated by cubic splines: within 1e-4 degrees of the algorithm itself at every moment, a hundredth of its time.

    Parameters
    ----------
    times : DatetimeIndex
        UTC, without a zone.

    Returns
    -------
    Sun
        float32 arrays (time): unit vector [1] and extraterrestrial normal irradiance [W m-2] after Spencer (1971), as
        `pvlib.irradiance.get_extra_radiation`.
    """
    days = times.as_unit("ns").asi8 / 86_400e9
    nodes = np.arange(np.floor(days.min()) - 2, np.ceil(days.max()) + 3)
    sidereal, ascension, declination = pvlib.spa.solar_position_numpy(
        nodes * 86_400.0, 0.0, 0.0, 0.0, 1013.25, 12.0, DELTA_T, 0.5667, 1, sst=True
    )
    hour_angle = np.unwrap(np.radians(sidereal - ascension))  # of Greenwich at 0 h UT: drifts with the equation of time
    west = CubicSpline(nodes, hour_angle)(days) + 2 * np.pi * (days - np.floor(days))
    north = np.radians(CubicSpline(nodes, declination)(days))
    extra = np.asarray(pvlib.irradiance.get_extra_radiation(times))
    vector = (np.cos(north) * np.cos(west), -np.cos(north) * np.sin(west), np.sin(north), extra)
    x, y, z, extra = (np.ascontiguousarray(part, dtype=np.float32) for part in vector)
    return Sun(x, y, z, extra)


def up_vectors(lat: ArrayLike, lon: ArrayLike) -> np.ndarray:
    """Unit vectors (3, site) straight up at `lat`, `lon` [degrees]."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi) + 0.0 * lam])


def east_vectors(lon: ArrayLike) -> np.ndarray:
    """Unit vectors (3, site) to the east."""
    lam = np.radians(lon)
    return np.stack([-np.sin(lam), np.cos(lam), np.zeros_like(lam)])


def north_vectors(lat: ArrayLike, lon: ArrayLike) -> np.ndarray:
    """Unit vectors (3, site) to the north along the ground."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi) + 0.0 * lam])


def tilted(lat: ArrayLike, lon: ArrayLike, tilt: ArrayLike, azimuth: ArrayLike) -> np.ndarray:
    """Unit normals (3, site) of planes tilted by `tilt` towards `azimuth` [degrees clockwise from north]."""
    beta, gamma = np.radians(tilt), np.radians(azimuth)
    level = np.sin(gamma) * east_vectors(lon) + np.cos(gamma) * north_vectors(lat, lon)
    return np.cos(beta) * up_vectors(lat, lon) + np.sin(beta) * level


def dark_limits(up: np.ndarray, starts: np.ndarray, step_hours: float) -> tuple[np.ndarray, np.ndarray]:
    """Centre (3, tile) of each tile of sites and the height of the sun above it [1] below which all of it is dark.

    Light may come before the middle of an interval: in half a step the sun rises by 7.5 degrees per hour of step at the
    equator, less with the cosine of the latitude.
    """
    bounds = np.append(starts, up.shape[1])
    centres = np.stack([up[:, lo:hi].sum(axis=1) for lo, hi in pairwise(bounds)], axis=1)
    centres /= np.maximum(np.linalg.norm(centres, axis=0), 1e-9)
    nearest = np.minimum.reduceat((up * np.repeat(centres, np.diff(bounds), axis=1)).sum(axis=0), starts)
    radius = np.degrees(np.arccos(np.clip(nearest, -1.0, 1.0)))
    rise = np.maximum.reduceat(np.sqrt(np.clip(1.0 - up[2] ** 2, 0.0, 1.0)), starts)
    depth = radius + TWILIGHT + 7.5 * step_hours * rise
    return centres, np.where(depth < 90.0, -np.sin(np.radians(np.minimum(depth, 90.0))), -2.0)


def skyline_limits(
    up: np.ndarray, starts: np.ndarray, centres: np.ndarray, skyline: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Heights of the sun above the centre of each tile [1] below which it is behind all skylines, above which none.

    `skyline` is the elevation [degree] by (azimuth, site); a tile with NaN in it has limits that no sun passes. The
    margins, for refraction, parallax and float32, are wide: between the limits each site is looked at.
    """
    bounds = np.append(starts, up.shape[1])
    apart = np.linalg.norm(up - np.repeat(centres, np.diff(bounds), axis=1), axis=0)
    reach = np.maximum.reduceat(apart, starts) + 1e-4
    ends = np.minimum.reduceat(skyline.min(axis=0), starts), np.maximum.reduceat(skyline.max(axis=0), starts)
    lowest, highest = (np.sin(np.radians(angle)) for angle in ends)
    return np.nan_to_num(lowest - reach - LIFT, nan=-2.0), np.nan_to_num(highest + reach, nan=2.0)
