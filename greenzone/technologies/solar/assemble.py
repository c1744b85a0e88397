"""From labelled weather and a described system to the arguments of the kernels.

In come a checked Dataset over (time, column), where the sites are, angles and a `System`; out comes a `Job`, whose
fields go to any kernel of `kernel.py`, and the order in which it keeps the sites.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.technologies.inputs import mid_interval_times, pressure_from_elevation, time_step
from greenzone.technologies.solar import fits, parts, position
from greenzone.technologies.solar.kernel import TILE
from greenzone.technologies.solar.options import System

VARIABLES = ("ghi", "dni", "dhi", "temp_air", "wind_speed")
COOLING_HEIGHT = 10.0  # m above ground at which the cell-temperature models want the wind
SHEAR = 1.0 / 7.0  # power-law exponent between measuring height and 10 m over open land, IEC 61400-2 practice
INVERTER_REFERENCE = 0.9637  # efficiency of the inverter behind the PVWatts curve, Dobos (2014), NREL/TP-6A20-62641
INVERTER_CURVE = (-0.0162, 0.9858, -0.0059)  # same source: quadratic, linear and constant part of AC over DC power

_SKIES: dict[str, Any] = {"isotropic": parts.Isotropic, "haydavies": parts.HayDavies}


class Place(NamedTuple):
    """Where the sites are: arrays over site."""

    lat: np.ndarray
    lon: np.ndarray
    elevation: np.ndarray


class Link(NamedTuple):
    """The weather cell of each site, and the site against its cell; sites of one cell stand together."""

    cell: np.ndarray
    ghi_factor: np.ndarray
    temp_offset: np.ndarray


class Job(NamedTuple):
    """Everything a kernel wants, sites in the order of their weather columns."""

    weather: parts.SiteWeather | parts.CellWeather
    sun: position.Sun
    tiles: parts.Tiles
    sites: parts.Sites
    adjustment: parts.AsGiven | parts.Adjusted
    mount: Any
    sky: Any
    iam: Any
    temperature: Any
    module: Any
    inverter: Any


def single(values: Any) -> np.ndarray:
    """Contiguous float32 array."""
    return np.ascontiguousarray(values, dtype=np.float32)


def job(
    weather: xr.Dataset, place: Place, tilt: np.ndarray, azimuth: np.ndarray, system: System, link: Link | None = None
) -> Job:
    """Arguments of the kernels for fixed panels; without `link` the weather has one column per site."""
    ghi, dni, dhi, temp_air, wind_speed = (single(weather[name].values) for name in VARIABLES)
    kind = parts.SiteWeather if link is None else parts.CellWeather
    step = pd.Timedelta(time_step(weather)) / pd.Timedelta(hours=1) if weather.sizes["time"] > 1 else 1.0
    up = position.up_vectors(place.lat, place.lon)
    height = float(weather["wind_speed"].attrs.get("height", COOLING_HEIGHT))
    return Job(
        kind(ghi, dni, dhi, temp_air, wind_speed),
        position.sun(mid_interval_times(weather)),
        _tiles(up, None if link is None else link.cell, step),
        _sites(place, up, system.albedo),
        _adjustment(link),
        fixed_mount(place, tilt, azimuth),
        _SKIES[system.sky](np.float32(0)),
        {"physical": fits.physical_iam, "ashrae": fits.ashrae_iam, "none": fits.no_iam}[system.iam](),
        parts.Faiman(np.float32(system.faiman_u0), np.float32(system.faiman_u1 * (COOLING_HEIGHT / height) ** SHEAR)),
        _module(system),
        parts.PvwattsInverter(*(np.float32(value / INVERTER_REFERENCE) for value in INVERTER_CURVE)),
    )


def fixed_mount(place: Place, tilt: np.ndarray, azimuth: np.ndarray) -> parts.Fixed:
    """Panels that do not move, tilted towards `azimuth` [degrees]."""
    x, y, z = position.tilted(place.lat, place.lon, tilt, azimuth)
    return parts.Fixed(single(x), single(y), single(z), single(np.cos(np.radians(tilt))))


def _module(system: System) -> parts.PvwattsModule:
    gain = 1e-3 * system.dc_ac_ratio * (1.0 - system.losses) * system.inverter_efficiency
    return parts.PvwattsModule(np.float32(gain), np.float32(system.temperature_coefficient))


def _sites(place: Place, up: np.ndarray, albedo: float) -> parts.Sites:
    thickness = pressure_from_elevation(place.elevation) / 101_325.0
    x, y, z = up
    return parts.Sites(single(x), single(y), single(z), single(thickness), single(np.full(up.shape[1], albedo)))


def _adjustment(link: Link | None) -> parts.AsGiven | parts.Adjusted:
    if link is None:
        return parts.AsGiven(np.float32(0))
    return parts.Adjusted(single(link.ghi_factor), single(link.temp_offset))


def _tiles(up: np.ndarray, cell: np.ndarray | None, step_hours: float) -> parts.Tiles:
    count = up.shape[1]
    of_site = np.zeros(count, np.int64) if cell is None else np.asarray(cell, np.int64)
    edges = np.flatnonzero(np.diff(of_site)) + 1
    starts = np.concatenate(
        [np.arange(lo, hi, TILE) for lo, hi in zip([0, *edges], [*edges, count], strict=True)] or [np.zeros(0, int)]
    ).astype(np.int64)
    centres, dark = position.dark_limits(up, starts, step_hours)
    unsigned = starts.astype(np.uint64)  # an index that cannot be negative lets the compiler use vector loads
    stops = np.append(starts[1:], count).astype(np.uint64)
    return parts.Tiles(
        unsigned, stops, of_site[starts], single(centres[0]), single(centres[1]), single(centres[2]), single(dark)
    )
