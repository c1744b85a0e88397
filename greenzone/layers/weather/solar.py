"""Where the sun stands and what a cloudless sky lets through, for many places at once.

Comes in: times and places. Goes out: arrays `(time, cell)` of the cosine of the zenith and of clear-sky irradiance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pvlib


class SunPath(NamedTuple):
    """Direction of the sun in Earth-fixed axes `(time, 3)` and extraterrestrial normal irradiance `(time,)` [W m-2]."""

    direction: np.ndarray
    dni_extra: np.ndarray


def sun_path(times: pd.DatetimeIndex) -> SunPath:
    """Direction of the sun, one call for all places.

    The position seen from longitude 0 on the equator (NREL SPA, through pvlib) is turned into a vector along the axes
    towards (0 N, 0 E), (0 N, 90 E) and the north pole; parallax, below 0.003 degree, is left out.

    Parameters
    ----------
    times : DatetimeIndex
        UTC, naive or aware.
    """
    utc = times.tz_localize("UTC") if times.tz is None else times
    position = pvlib.solarposition.get_solarposition(utc, 0.0, 0.0, method="nrel_numpy")
    zenith, azimuth = np.radians(position["zenith"].to_numpy()), np.radians(position["azimuth"].to_numpy())
    direction = np.column_stack([np.cos(zenith), np.sin(zenith) * np.sin(azimuth), np.sin(zenith) * np.cos(azimuth)])
    return SunPath(direction, pvlib.irradiance.get_extra_radiation(utc).to_numpy())


def cos_zenith(sun: SunPath, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Cosine of the true (unrefracted) solar zenith `(time, cell)`; negative at night. `lat`, `lon` in degrees."""
    phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    x, y, z = sun.direction.T[:, :, None]
    return x * (np.cos(phi) * np.cos(lam)) + y * (np.cos(phi) * np.sin(lam)) + z * np.sin(phi)


class ClearSky(NamedTuple):
    """Irradiance under a cloudless sky `(time, cell)` [W m-2]."""

    ghi: np.ndarray
    dni: np.ndarray


def clear_sky(cos_z: np.ndarray, dni_extra: np.ndarray, turbidity: np.ndarray, elevation: np.ndarray) -> ClearSky:
    """Clear-sky global horizontal and direct normal irradiance by Ineichen and Perez, zero at night.

    Parameters
    ----------
    cos_z : array (time, cell)
        Cosine of the solar zenith.
    dni_extra : array (time,)
        Extraterrestrial normal irradiance [W m-2].
    turbidity : array (time, cell)
        Linke turbidity.
    elevation : array (cell,)
        Metres above sea level.

    References
    ----------
    Ineichen, Perez (2002), Solar Energy 73, 151-157, doi:10.1016/S0038-092X(02)00045-2; airmass of Kasten and Young
    (1989), doi:10.1364/AO.28.004735; both through pvlib.
    """
    day = cos_z > 0
    zenith = np.degrees(np.arccos(np.where(day, cos_z, 1.0)))
    airmass = pvlib.atmosphere.get_relative_airmass(zenith, "kastenyoung1989")
    airmass = airmass * (pvlib.atmosphere.alt2pres(np.asarray(elevation, float)) / 101325.0)
    sky = pvlib.clearsky.ineichen(zenith, airmass, turbidity, np.asarray(elevation, float), dni_extra[:, None])
    return ClearSky(np.where(day, sky["ghi"], 0.0), np.where(day, sky["dni"], 0.0))
