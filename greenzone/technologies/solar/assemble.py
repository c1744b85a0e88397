"""From labelled weather and a described system to the arguments of the kernels.

In come a checked Dataset over (time, column), where the sites are, a mount and a `System`; out comes a `Job`, whose
fields go to any kernel of `kernel.py` in their order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.technologies.inputs import mid_interval_times, pressure_from_elevation, time_step
from greenzone.technologies.solar import equipment, fits, mounts, parts, position
from greenzone.technologies.solar.kernel import TILE
from greenzone.technologies.solar.mounts import Mount, single
from greenzone.technologies.solar.options import System

VARIABLES = ("ghi", "dni", "dhi", "temp_air", "wind_speed")
OPTIONAL = ("soiling_ratio",)
NOTHING = np.float32(0)


class Place(NamedTuple):
    """Where the sites are, and the mountains around them: arrays over site."""

    lat: np.ndarray
    lon: np.ndarray
    elevation: np.ndarray
    horizon: np.ndarray | None = None  # elevation of the skyline [degree], (azimuth, site) from north through east


class Link(NamedTuple):
    """The weather cell of each site, and the site against its cell; sites of one cell stand together."""

    cell: np.ndarray
    ghi_factor: np.ndarray
    temp_offset: np.ndarray


class Job(NamedTuple):
    """Everything a kernel wants, sites in the order of their weather columns."""

    weather: Any
    sun: Any
    tiles: parts.Tiles
    sites: parts.Sites
    adjustment: parts.AsGiven | parts.Adjusted
    horizon: parts.Open | parts.Horizon
    mount: Any
    rows: parts.Alone | parts.Sheds
    sky: Any
    iam: parts.RationalIam
    temperature: Any
    module: Any
    inverter: Any


def job(weather: xr.Dataset, place: Place, mount: Mount, system: System, link: Link | None = None) -> Job:
    """Arguments of the kernels; without `link` the weather has one column per site."""
    sun = position.sun(mid_interval_times(weather))
    return fill(blank(place, mount, system, Setting.of(weather), link), weather, sun, link)


class Setting(NamedTuple):
    """What of the weather the plants must know: length of the steps [h] and height of the wind [m]."""

    step_hours: float
    wind_height: float

    @classmethod
    def of(cls, weather: xr.Dataset) -> Setting:
        """The setting of a dataset."""
        step = pd.Timedelta(time_step(weather)) / pd.Timedelta(hours=1) if weather.sizes["time"] > 1 else 1.0
        return cls(step, float(weather["wind_speed"].attrs.get("height", equipment.COOLING_HEIGHT)))


def blank(place: Place, mount: Mount, system: System, setting: Setting, link: Link | None = None) -> Job:
    """A job without weather and sun: all that does not change in time."""
    _check_clearance(mount, system)
    up = position.up_vectors(place.lat, place.lon)
    return Job(
        None,
        None,
        _tiles(up, link, setting.step_hours, place.horizon),
        _sites(place, up, system.albedo),
        _adjustment(link),
        _horizon(place),
        mounts.part(mount, place.lat, place.lon, system.albedo),
        equipment.rows(system),
        equipment.sky(system),
        equipment.iam(system),
        equipment.cooling(system, setting.wind_height),
        equipment.module(system),
        equipment.inverter(),
    )


def fill(job: Job, weather: xr.Dataset, sun: position.Sun, link: Link | None = None) -> Job:
    """A blank job with its weather and the sun at the same times."""
    return job._replace(weather=_columns(weather, link), sun=sun)


def irradiance_only(work: Job) -> Job:
    """The same light on the same panels, without cover, module and inverter: the kernels give W/m2."""
    bare = parts.PvwattsModule(np.float32(1), NOTHING)
    return work._replace(iam=fits.no_iam(), module=bare, inverter=parts.NoInverter(NOTHING))


def without_skyline(work: Job) -> Job:
    """The same plants on open ground."""
    return work._replace(horizon=parts.Open(NOTHING))


def _check_clearance(mount: Mount, system: System) -> None:
    """Rows of the infinite-sheds model must neither touch the ground nor turn about two axes."""
    if system.gcr is None:
        return
    if isinstance(mount, mounts.DualAxis):
        raise GreenzoneError("rows that shade each other are not defined for dual-axis trackers: leave out gcr")
    greatest = float(np.max(mount.tilt if isinstance(mount, mounts.FixedTilt) else mount.max_angle))
    if greatest > fits.steepest(system.row_height / system.row_width) + 1e-9:
        raise GreenzoneError(
            f"rows {system.row_width:g} m wide would touch the ground at {greatest:g} degrees: raise row_height above"
            f" {0.5 * system.row_width * np.sin(np.radians(greatest)):.2f} m"
        )


def _columns(weather: xr.Dataset, link: Link | None) -> parts.SiteWeather | parts.CellWeather:
    kind = parts.SiteWeather if link is None else parts.CellWeather
    ghi, dni, dhi, temp_air, wind_speed = (single(weather[name].values) for name in VARIABLES)
    clear = single(weather["soiling_ratio"].values) if "soiling_ratio" in weather else np.float32(1)
    return kind(ghi, dni, dhi, temp_air, wind_speed, clear)


def _sites(place: Place, up: np.ndarray, albedo: float) -> parts.Sites:
    thickness = pressure_from_elevation(place.elevation) / 101_325.0
    x, y, z = up
    return parts.Sites(
        single(x),
        single(y),
        single(z),
        single(position.REFRACTION[0] * thickness),
        single(np.full(up.shape[1], albedo)),
    )


def _adjustment(link: Link | None) -> parts.AsGiven | parts.Adjusted:
    if link is None:
        return parts.AsGiven(NOTHING)
    return parts.Adjusted(single(link.ghi_factor), single(link.temp_offset))


def _horizon(place: Place) -> parts.Open | parts.Horizon:
    """The skyline as sines, and the share of an isotropic sky that it leaves to a level plane."""
    if place.horizon is None:
        return parts.Open(NOTHING)
    sines = np.sin(np.radians(place.horizon))
    sky_view = 1.0 - (np.maximum(sines, 0.0) ** 2).mean(axis=0)
    east = position.east_vectors(place.lon)
    north = position.north_vectors(place.lat, place.lon)
    vectors = [single(values) for values in (sky_view, east[0], east[1], *north)]
    return parts.Horizon(single(sines), *vectors)


def _tiles(up: np.ndarray, link: Link | None, step_hours: float, skyline: np.ndarray | None) -> parts.Tiles:
    count = up.shape[1]
    of_site = np.zeros(count, np.int64) if link is None else np.asarray(link.cell, np.int64)
    edges = np.flatnonzero(np.diff(of_site)) + 1
    runs = [np.arange(lo, hi, TILE) for lo, hi in zip([0, *edges], [*edges, count], strict=True)]
    starts = np.concatenate(runs).astype(np.int64)
    centres, dark = position.dark_limits(up, starts, step_hours)
    unsigned = starts.astype(np.uint64)  # an index that cannot be negative lets the compiler use vector loads
    stops = np.append(starts[1:], count).astype(np.uint64)
    shut, clear = position.skyline_limits(up, starts, centres, np.zeros((1, count)) if skyline is None else skyline)
    x, y, z, *limits = (single(values) for values in (*centres, dark, shut, clear))
    return parts.Tiles(unsigned, stops, of_site[starts], x, y, z, *limits)
