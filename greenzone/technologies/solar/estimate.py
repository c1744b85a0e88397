"""Photovoltaic output as labelled arrays: weather over (time, site) in, capacity factors over time, site or both out.

The labels are all this module adds; the arguments are put together in `assemble.py`, the numbers come from
`kernel.py`. Weather in dask chunks gives lazy results, one kernel call per block (`blocks.py`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from pydantic import ValidationError

from greenzone.errors import GreenzoneError, nearest
from greenzone.technologies.inputs import check_weather, mid_interval_times, second_dimension
from greenzone.technologies.solar import blocks, reduce
from greenzone.technologies.solar.assemble import OPTIONAL, VARIABLES, Place, irradiance_only
from greenzone.technologies.solar.blocks import Request
from greenzone.technologies.solar.mounts import FixedTilt, Mount, per_site
from greenzone.technologies.solar.optimum import best_tilt
from greenzone.technologies.solar.options import System

_OUTPUT = {"units": "1", "long_name": "solar AC output over AC capacity"}


def capacity_factor(
    weather: xr.Dataset,
    tilt: ArrayLike | None = None,
    azimuth: ArrayLike | None = None,
    *,
    mount: Mount | None = None,
    horizon: xr.DataArray | None = None,
    out: np.ndarray | None = None,
    **system: Any,
) -> xr.DataArray:
    """AC output over AC capacity in every interval.

    Parameters
    ----------
    weather : Dataset
        `ghi`, `dni`, `dhi` [W m-2], `temp_air` [degC], `wind_speed` [m s-1, its height in the attribute `height`,
        default 10 m], if wanted `soiling_ratio` [1] (share of the light that dirt and snow let through), over
        (time, site); coordinates `lat`, `lon` and, for refraction, `elevation` [m, default 0] of the sites; times in
        UTC, whose meaning ("start", "mid", "end" of an average, or "instant", the default) stands in the attribute
        `interval`: the sun is put to the middle of each interval.
    tilt : float or array (site), optional
        Tilt of fixed panels from horizontal [degree]; without it each site's own optimum on this weather.
    azimuth : float or array (site), optional
        Direction fixed panels face [degree clockwise from north]; without it towards the equator.
    mount : FixedTilt, SingleAxis or DualAxis, optional
        Trackers, or fixed panels in place of `tilt` and `azimuth`.
    horizon : DataArray (azimuth, site), optional
        Elevation of the skyline [degree] at azimuths evenly spaced from 0 (north) through 90 (east): below it there is
        no beam, and the diffuse light is reduced by the share of the sky it hides.
    out : ndarray of float32 (time, site), optional
        Where the result is written, for calls that repeat: new memory takes up to half of the time.
    **system
        Fields of `System`, e.g. `dc_ac_ratio=1.2`, `losses=0.14`, `sky="perez"`.

    Returns
    -------
    DataArray
        float32 (time, site) from 0 to 1 [1]. NaN in any variable gives NaN at that time and site.

    Raises
    ------
    GreenzoneError
        Weather that cannot be used, angles out of range, unknown fields or values of the system, an `out` that does
        not fit.
    """
    request = _request(weather, tilt, azimuth, mount, horizon, system)
    values = blocks.series(request, lambda job: job, out)
    return _labelled(values, request.weather, ("time", request.dimension))


def mean_capacity_factor(
    weather: xr.Dataset,
    tilt: ArrayLike | None = None,
    azimuth: ArrayLike | None = None,
    *,
    mount: Mount | None = None,
    horizon: xr.DataArray | None = None,
    **system: Any,
) -> xr.DataArray:
    """Mean AC output over AC capacity of each site; parameters and errors as for `capacity_factor`.

    Returns
    -------
    DataArray
        float64 (site) [1]. NaN while the sun is up, or as near below the horizon as one step, gives NaN; the dark is
        not read.
    """
    request = _request(weather, tilt, azimuth, mount, horizon, system)
    values = blocks.summed(request, reduce.total) / request.weather.sizes["time"]
    return _labelled(values, request.weather, (request.dimension,))


def climatology(
    weather: xr.Dataset,
    tilt: ArrayLike | None = None,
    azimuth: ArrayLike | None = None,
    *,
    mount: Mount | None = None,
    utc_offset: float = 0.0,
    horizon: xr.DataArray | None = None,
    **system: Any,
) -> xr.DataArray:
    """Mean capacity factor of each month and hour of the day; parameters and errors as for `capacity_factor`.

    Parameters
    ----------
    utc_offset : float
        Local time less UTC [h]: hours and months are those of local time.

    Returns
    -------
    DataArray
        float64 (month, hour, site) [1]; NaN for months and hours without data.
    """
    request = _request(weather, tilt, azimuth, mount, horizon, system)
    local = mid_interval_times(request.weather) + np.timedelta64(round(utc_offset * 3600), "s")
    bins = ((local.month - 1) * 24 + local.hour).to_numpy(np.int64)
    values = reduce.binned_mean(request.load().job(), bins, 288).reshape(12, 24, -1)
    labelled = _labelled(values, request.weather, ("month", "hour", request.dimension))
    return labelled.assign_coords(month=np.arange(1, 13), hour=np.arange(24))


def grouped_capacity_factor(
    weather: xr.Dataset,
    group: ArrayLike,
    weight: ArrayLike | None = None,
    tilt: ArrayLike | None = None,
    azimuth: ArrayLike | None = None,
    *,
    mount: Mount | None = None,
    horizon: xr.DataArray | None = None,
    **system: Any,
) -> xr.DataArray:
    """Weighted mean capacity factor of groups of sites; other parameters and errors as for `capacity_factor`.

    Parameters
    ----------
    group : array (site)
        Name or number of each site's group.
    weight : array (site), optional
        Capacity of each site; without it all count the same.

    Returns
    -------
    DataArray
        float64 (group, time) [1]. Hours of the dark are 0 whatever the weather says.
    """
    request = _request(weather, tilt, azimuth, mount, horizon, system)
    count = request.place.lat.size
    names, of_site = np.unique(np.asarray(group), return_inverse=True)
    weights = np.ones(count) if weight is None else np.asarray(weight, dtype=float)
    if of_site.shape != (count,) or weights.shape != (count,):
        raise GreenzoneError(f"group and weight must have one value per site ({count},)")
    values = reduce.group_mean(request.load().job(), of_site.astype(np.int64), weights, names.size)
    coordinates = {"group": names, "time": request.weather["time"]}
    return xr.DataArray(values.T, coordinates, ("group", "time"), "capacity_factor", _OUTPUT)


def plane_of_array(
    weather: xr.Dataset,
    tilt: ArrayLike | None = None,
    azimuth: ArrayLike | None = None,
    *,
    mount: Mount | None = None,
    horizon: xr.DataArray | None = None,
    **system: Any,
) -> xr.DataArray:
    """Irradiance on the panels, before reflection; parameters and errors as for `capacity_factor`.

    Returns
    -------
    DataArray
        float32 (time, site) [W m-2]; NaN as in `capacity_factor`. With `bifaciality` the back counts by that share.
    """
    request = _request(weather, tilt, azimuth, mount, horizon, system)
    values = blocks.series(request, irradiance_only)
    result = _labelled(values, request.weather, ("time", request.dimension)).rename("poa_global")
    return result.assign_attrs(units="W m-2", long_name="irradiance on the plane of the panels")


def optimal_tilt(weather: xr.Dataset, azimuth: ArrayLike | None = None, **system: Any) -> xr.DataArray:
    """Tilt of the highest mean output of each site on this weather; parameters and errors as for `capacity_factor`.

    Returns
    -------
    DataArray
        float64 (site) [degree].
    """
    request = _request(weather, None, azimuth, None, None, system)
    tilt = np.asarray(vars(request.mount)["tilt"])
    result = _labelled(tilt, request.weather, (request.dimension,)).rename("tilt")
    return result.assign_attrs(units="degree", long_name="tilt of the highest mean output")


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


def _request(
    weather: xr.Dataset,
    tilt: ArrayLike | None,
    azimuth: ArrayLike | None,
    mount: Mount | None,
    horizon: xr.DataArray | None,
    fields: dict[str, Any],
) -> Request:
    """Checked weather, sites, mount and system; the optimal tilt where none is given."""
    system = make_system(fields)
    checked = check_weather(weather, VARIABLES, OPTIONAL, ("lat", "lon"))
    dimension = second_dimension(checked, "ghi")
    place = _place(weather, checked.sizes[dimension], horizon)
    if mount is not None:
        if tilt is not None or azimuth is not None:
            raise GreenzoneError("tilt and azimuth are those of fixed panels: give them or a mount, not both")
        return Request(checked, dimension, place, mount, system)
    facing = np.where(place.lat < 0, 0.0, 180.0) if azimuth is None else azimuth
    facing = per_site(facing, place.lat.size, "azimuth", -360.0, 360.0)
    if tilt is None or (isinstance(tilt, str) and tilt == "optimal"):
        tilt = best_tilt(checked, place, facing, system)
    return Request(checked, dimension, place, FixedTilt(tilt, facing), system)


def _place(weather: xr.Dataset, count: int, horizon: xr.DataArray | None) -> Place:
    def of_sites(name: str) -> np.ndarray:
        values = weather[name].values if name in weather.variables else 0.0
        return np.broadcast_to(np.asarray(values, dtype=float), count).copy()

    skyline = None
    if horizon is not None:
        skyline = np.asarray(horizon.transpose("azimuth", ...).values, dtype=float)
        steps = np.diff(np.append(horizon["azimuth"].values, 360.0))
        if skyline.shape[1:] != (count,) or horizon["azimuth"].values[0] != 0 or not np.allclose(steps, steps[0]):
            raise GreenzoneError(f"horizon must be over (azimuth, site): azimuths evenly from 0 to 360, {count} sites")
    return Place(of_sites("lat"), of_sites("lon"), of_sites("elevation"), skyline)


def _labelled(values: Any, weather: xr.Dataset, dimensions: tuple[str, ...]) -> xr.DataArray:
    ghi = weather["ghi"]
    kept = {name: value for name, value in ghi.coords.items() if set(value.dims) <= set(dimensions)}
    return xr.DataArray(values, kept, dimensions, "capacity_factor", _OUTPUT)
