"""Photovoltaic output as labelled arrays: weather over (time, site) in, capacity factors over time, site or both out.

The labels are all this module adds; the arguments are put together in `assemble.py`, the numbers come from
`kernel.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from pydantic import ValidationError

from greenzone.errors import GreenzoneError, nearest
from greenzone.technologies.inputs import check_weather, second_dimension
from greenzone.technologies.solar import kernel
from greenzone.technologies.solar.assemble import VARIABLES, Job, Link, Place, fixed_mount, job
from greenzone.technologies.solar.options import System

BLOCKS = 64  # parts of the year that are summed apart, whatever the number of threads
_LABEL = {"units": "1", "long_name": "solar AC output over AC capacity"}


def capacity_factor(
    weather: xr.Dataset, tilt: ArrayLike | None = None, azimuth: ArrayLike | None = None, **system: Any
) -> xr.DataArray:
    """AC output over AC capacity in every interval.

    Parameters
    ----------
    weather : Dataset
        `ghi`, `dni`, `dhi` [W m-2], `temp_air` [degC], `wind_speed` [m s-1, height in its attribute `height`, default
        10 m] over (time, site); coordinates `lat`, `lon`, `elevation` [m] of the sites; times in UTC, whose meaning
        ("start", "mid", "end" of an average, or "instant", the default) stands in the attribute `interval`.
    tilt : float or array (site), optional
        Tilt from horizontal [degree]; without it each site's own optimum on this weather.
    azimuth : float or array (site), optional
        Direction the panels face [degree clockwise from north]; without it towards the equator.
    **system
        Fields of `System`, e.g. `dc_ac_ratio=1.2`, `losses=0.14`.

    Returns
    -------
    DataArray
        float32 (time, site) from 0 to 1 [1]. NaN in any variable gives NaN at that time and site.

    Raises
    ------
    GreenzoneError
        Weather that cannot be used, angles out of range, unknown fields of the system.
    """
    checked, work = _prepare(weather, tilt, azimuth, system)
    out = np.empty((checked.sizes["time"], work.sites.up_x.size), np.float32)
    kernel.series(*work, out)
    return _labelled(out, checked, ("time", _columns(checked)))


def mean_capacity_factor(
    weather: xr.Dataset, tilt: ArrayLike | None = None, azimuth: ArrayLike | None = None, **system: Any
) -> xr.DataArray:
    """Mean AC output over AC capacity of each site; parameters as for `capacity_factor`.

    Returns
    -------
    DataArray
        float64 (site) [1]. NaN in any interval with light gives NaN; hours of the dark are not read.
    """
    checked, work = _prepare(weather, tilt, azimuth, system)
    return _labelled(means(work), checked, (_columns(checked),))


def optimal_tilt(weather: xr.Dataset, azimuth: ArrayLike | None = None, **system: Any) -> xr.DataArray:
    """Tilt of the highest mean output of each site on this weather [degree]; parameters as for `capacity_factor`."""
    checked, place, facing = _place(weather, azimuth)
    result = _labelled(best_tilt(checked, place, facing, make_system(system)), checked, (_columns(checked),))
    result.attrs = {"units": "degree", "long_name": "tilt of the highest mean output"}
    return result


def means(work: Job) -> np.ndarray:
    """Mean capacity factor (site) over all times."""
    times = work.sun.x.size
    starts = np.linspace(0, times, min(BLOCKS, times) + 1).astype(np.int64)
    sums = kernel.binned_sums(*work, np.arange(times), starts, work.sites.up_x.size)
    return sums.sum(axis=0) / times


def best_tilt(
    weather: xr.Dataset, place: Place, azimuth: np.ndarray, system: System, link: Link | None = None
) -> np.ndarray:
    """Tilt (site) of the highest mean: three tilts, then parabolas through the best three, ever closer."""
    trials = np.array([[10.0], [35.0], [60.0]]) + np.zeros(place.lat.size)
    plan = job(weather, place, trials[0], azimuth, system, link)
    yields = np.stack([means(plan._replace(mount=fixed_mount(place, tilt, azimuth))) for tilt in trials])
    for spread in (8.0, 2.0):
        middle = np.clip(_vertex(trials, yields), 0.0, 90.0)
        trials = np.clip(middle + np.array([[-spread], [0.0], [spread]]), 0.0, 90.0)
        trials[:, middle - spread < 0] = np.array([[0.0], [spread], [2 * spread]])
        trials[:, middle + spread > 90] = np.array([[90 - 2 * spread], [90 - spread], [90.0]])
        yields = np.stack([means(plan._replace(mount=fixed_mount(place, tilt, azimuth))) for tilt in trials])
    return np.clip(_vertex(trials, yields), 0.0, 90.0)


def _vertex(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where the parabola through three points (3, site) is highest; the best point where it opens upwards."""
    left, right = (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1])
    bend = (right - left) / (x[2] - x[0])
    best = np.take_along_axis(x, y.argmax(axis=0)[None], axis=0)[0]
    return np.where(bend < 0, 0.5 * (x[0] + x[1] - left / np.where(bend < 0, bend, -1.0)), best)


def make_system(fields: dict[str, Any]) -> System:
    """The described system, or one line on what is wrong with the description."""
    unknown = sorted(set(fields) - set(System.model_fields))
    if unknown:
        raise GreenzoneError(f"a solar system has no '{unknown[0]}': {nearest(unknown[0], System.model_fields)}")
    try:
        return System(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise GreenzoneError(f"solar system: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _columns(weather: xr.Dataset) -> str:
    return second_dimension(weather, "ghi")


def _labelled(values: np.ndarray, weather: xr.Dataset, dimensions: tuple[str, ...]) -> xr.DataArray:
    template = weather["ghi"] if "time" in dimensions else weather["ghi"].isel(time=0, drop=True)
    return xr.DataArray(values, dims=dimensions, coords=template.coords, name="capacity_factor", attrs=_LABEL)


def _place(weather: xr.Dataset, azimuth: ArrayLike | None) -> tuple[xr.Dataset, Place, np.ndarray]:
    checked = check_weather(weather, VARIABLES, coordinates=("lat", "lon", "elevation"))
    count = checked.sizes[_columns(checked)]
    lat, lon, elevation = (
        np.broadcast_to(np.asarray(weather[name].values, dtype=float), count).copy()
        for name in ("lat", "lon", "elevation")
    )
    facing = _angle(np.where(lat < 0, 0.0, 180.0) if azimuth is None else azimuth, count, "azimuth", -360.0, 360.0)
    return checked, Place(lat, lon, elevation), facing


def _prepare(
    weather: xr.Dataset, tilt: ArrayLike | None, azimuth: ArrayLike | None, fields: dict[str, Any]
) -> tuple[xr.Dataset, Job]:
    system = make_system(fields)
    checked, place, facing = _place(weather, azimuth)
    count = place.lat.size
    if tilt is None or (isinstance(tilt, str) and tilt == "optimal"):
        slant = best_tilt(checked, place, facing, system)
    else:
        slant = _angle(tilt, count, "tilt", 0.0, 180.0)
    return checked, job(checked, place, slant, facing, system)


def _angle(values: ArrayLike, count: int, name: str, low: float, high: float) -> np.ndarray:
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise GreenzoneError(f"{name} must be a number of degrees or one per site, not {values!r}") from error
    if array.shape not in ((), (1,), (count,)):
        raise GreenzoneError(f"{name} has shape {array.shape}: give one number or one per site ({count},)")
    if not (np.all(array >= low) and np.all(array <= high)):
        raise GreenzoneError(f"{name} must lie between {low:g} and {high:g} degrees")
    return np.broadcast_to(array, count).copy()
