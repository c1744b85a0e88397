"""Wind output as labelled arrays: weather over (time, site) in, capacity factors over time, site or both out.

The labels are all this module adds; the arguments are put together in `assemble.py`, the numbers come from
`kernel.py` and `climate.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.errors import GreenzoneError
from greenzone.technologies.inputs import room_for
from greenzone.technologies.wind import blocks, climate
from greenzone.technologies.wind.assemble import Plan, get_turbine, make_plan
from greenzone.technologies.wind.turbines import Turbine

MONTHS, HOURS = 12, 24
_LABEL = {"units": "1", "long_name": "wind power output over nominal power"}


def capacity_factor(
    weather: xr.Dataset,
    turbine: str | Turbine = "E-126/4200",
    hub_height: float = 135.0,
    shear_exponent: ArrayLike = 0.143,
    losses: ArrayLike = 0.0,
    cold_stop: float = -np.inf,
    density: ArrayLike | None = None,
    out: np.ndarray | None = None,
) -> xr.DataArray:
    """Output over nominal power in every interval, on the density-corrected power curve.

    Parameters
    ----------
    weather : Dataset
        `wind_speed` [m s-1, height in its attribute `height`, default 10 m], `temp_air` [degC] and optionally
        `pressure` [Pa, at the ground] over (time, site); without pressure the coordinate `elevation` [m] gives the
        standard atmosphere's; times in UTC.
    turbine : str or Turbine
        A type of windpowerlib's library, or a turbine of one's own (`custom_turbine`).
    hub_height : float
        Height of the hub above ground. [m]
    shear_exponent : float or array (site)
        Exponent of the power law that carries the wind to the hub. [1]
    losses : float or array (site)
        Share of the output that is lost. [1]
    cold_stop : float
        Air temperature at the hub below which the turbine stands still. [degC]
    density : float or array (site), optional
        Density of the air at the hub where it is taken to be always the same; the weather then needs neither
        temperature, pressure nor elevation. 1.225 leaves the power curve as it is. [kg/m3]
    out : ndarray of float32 (time, site), optional
        Where the result is written, for calls that repeat: new memory takes up to half of the time.

    Returns
    -------
    DataArray
        float32 (time, site) [1], from 0 to the curve's highest output (1.00 to 1.03 in the library). NaN in any
        variable gives NaN at that time and site.

    Raises
    ------
    GreenzoneError
        Weather that cannot be used, an unknown turbine, numbers out of range, an `out` that does not fit.
    """
    plan = make_plan(weather, turbine, hub_height, shear_exponent, losses, cold_stop, density)
    if plan.weather["wind_speed"].chunks is not None and out is None:
        return _lazy(plan)
    output = room_for(plan.weather, out)
    for piece in plan.pieces():
        blocks.series(piece.work, output[piece.times])
    return _labelled(output, plan, ("time", plan.column))


def mean_capacity_factor(
    weather: xr.Dataset, turbine: str | Turbine = "E-126/4200", hub_height: float = 135.0, **plant: Any
) -> xr.DataArray:
    """Mean output over nominal power of each site; parameters as for `capacity_factor`.

    Returns
    -------
    DataArray
        float64 (site) [1]. NaN in any interval gives NaN. Weather on disk is read in pieces.
    """
    plan = make_plan(weather, turbine, hub_height, **plant)
    sums = _bin_sums(plan, np.zeros(plan.shape[0], dtype=np.int64), 1)
    return _labelled(sums[0] / plan.shape[0], plan, (plan.column,))


def monthly_hourly_capacity_factor(
    weather: xr.Dataset, turbine: str | Turbine = "E-126/4200", hub_height: float = 135.0, **plant: Any
) -> xr.DataArray:
    """Mean output over nominal power of each month and hour of the day; parameters as for `capacity_factor`.

    Returns
    -------
    DataArray
        float64 (month, hour, site) [1]; month 1 to 12, hour of the time stamps 0 to 23 in UTC. NaN where no interval
        falls, or any that falls there is NaN.
    """
    plan = make_plan(weather, turbine, hub_height, **plant)
    times = pd.DatetimeIndex(plan.weather.indexes["time"])
    bins = ((times.month - 1) * HOURS + times.hour).to_numpy().astype(np.int64)
    sums = _bin_sums(plan, bins, MONTHS * HOURS)
    count = np.bincount(bins, minlength=MONTHS * HOURS)[:, None]
    means = np.where(count > 0, sums / np.maximum(count, 1), np.nan).reshape(MONTHS, HOURS, -1)
    result = _labelled(means, plan, ("month", "hour", plan.column))
    return result.assign_coords(month=np.arange(1, MONTHS + 1), hour=np.arange(HOURS))


def group_capacity_factor(
    weather: xr.Dataset,
    group: ArrayLike,
    weight: ArrayLike = 1.0,
    turbine: str | Turbine = "E-126/4200",
    hub_height: float = 135.0,
    **plant: Any,
) -> xr.DataArray:
    """Output over nominal power of groups of sites, weighted, e.g. by capacity.

    Parameters
    ----------
    group : array_like (site)
        Name or number of the group of each site.
    weight : float or array (site)
        Weight of each site within its group, above zero in sum.
    weather, turbine, hub_height, **plant
        As for `capacity_factor`.

    Returns
    -------
    DataArray
        float64 (group, time) [1], with the names as coordinate; NaN where a site of the group has NaN.
    """
    plan = make_plan(weather, turbine, hub_height, **plant)
    times, sites = plan.shape
    names, of_site = np.unique(np.asarray(group), return_inverse=True)
    weights = np.broadcast_to(np.asarray(weight, dtype=float), sites)
    if of_site.shape != (sites,):
        raise GreenzoneError(f"group has shape {np.shape(group)}: give one per site ({sites},)")
    total = np.bincount(of_site, weights)
    if not (np.all(weights >= 0) and np.all(total > 0)):
        raise GreenzoneError("weights must not be negative, and above zero in the sum of each group")
    sums = np.zeros((names.size, times))
    for piece in plan.pieces():
        part = piece.sites
        sums[:, piece.times] += blocks.group_sums(piece.work, of_site[part], weights[part], names.size)
    result = xr.DataArray(sums / total[:, None], dims=("group", "time"), name="capacity_factor", attrs=_LABEL)
    return result.assign_coords(group=names, time=plan.weather["time"])


def weibull_capacity_factor(
    mean_speed: xr.DataArray | ArrayLike,
    k: xr.DataArray | ArrayLike = 2.0,
    turbine: str | Turbine = "E-126/4200",
    density: xr.DataArray | ArrayLike = 1.225,
    losses: xr.DataArray | ArrayLike = 0.0,
) -> xr.DataArray:
    """Mean output over nominal power where only mean and shape of the wind are known.

    Parameters
    ----------
    mean_speed : array_like
        Mean wind speed at hub height. [m/s]
    k : array_like
        Weibull shape. [1]
    turbine : str or Turbine
        A type of windpowerlib's library, or a turbine of one's own.
    density : array_like
        Mean air density at the hub. [kg/m3]
    losses : array_like
        Share of the output that is lost. [1]

    Returns
    -------
    DataArray
        Broadcast from the inputs [1]; NaN where an input is.

    Raises
    ------
    GreenzoneError
        An unknown turbine; speeds, shapes or densities out of range.
    """
    chosen = get_turbine(turbine)
    arrays = []
    limits = {"mean_speed": (mean_speed, 0.0, 40.0), "k": (k, 0.5, 20.0), "density": (density, 0.2, 2.5)}
    for name, (values, low, high) in {**limits, "losses": (losses, 0.0, 1.0)}.items():
        array = values if isinstance(values, xr.DataArray) else xr.DataArray(np.asarray(values, dtype=float))
        if bool(((array < low) | (array > high)).any()):
            raise GreenzoneError(f"{name} must lie between {low:g} and {high:g}")
        arrays.append(array)

    def expected(mean: np.ndarray, shape: np.ndarray, rho: np.ndarray, lost: np.ndarray) -> np.ndarray:
        safe = np.where(mean > 0, mean, 1e-3)
        output = climate.weibull_output(safe, shape, chosen.wind_speed, chosen.output, rho)
        return np.where(np.isnan(mean), np.nan, output) * (1 - lost)

    result = xr.apply_ufunc(expected, *arrays, dask="parallelized", output_dtypes=[np.float64])
    return result.rename("capacity_factor").assign_attrs(_LABEL)


def _bin_sums(plan: Plan, bins: np.ndarray, count: int) -> np.ndarray:
    sums = np.zeros((count, plan.shape[1]))
    for piece in plan.pieces():
        sums[:, piece.sites] += blocks.bin_sums(piece.work, bins[piece.times], count)
    return sums


def _lazy(plan: Plan) -> xr.DataArray:
    """The series as dask array: one call of the kernel per block."""
    names = [name for name in ("wind_speed", "temp_air", "pressure") if name in plan.weather]
    streams = [plan.weather[name] for name in names]
    given = {name: values for name, values in plan.terms._asdict().items() if values is not None}
    terms = [xr.DataArray(values, dims=plan.column) for values in given.values()]

    def block(*arrays: np.ndarray) -> np.ndarray:
        weather = dict(zip(names, (np.ascontiguousarray(array, dtype=np.float32) for array in arrays), strict=False))
        of_site = (np.ascontiguousarray(array).ravel() for array in arrays[len(names) :])
        site = plan.terms._replace(**dict(zip(given, of_site, strict=True)))
        output = np.empty(weather["wind_speed"].shape, dtype=np.float32)
        streams = weather["wind_speed"], weather.get("temp_air"), weather.get("pressure")
        blocks.series(blocks.Hours(*streams, site, plan.curve), output)
        return output

    result = xr.apply_ufunc(block, *streams, *terms, dask="parallelized", output_dtypes=[np.float32])
    return result.rename("capacity_factor").assign_attrs(_LABEL)


def _labelled(values: np.ndarray, plan: Plan, dimensions: tuple[str, ...]) -> xr.DataArray:
    template = plan.weather["wind_speed"]
    if "time" not in dimensions:
        template = template.isel(time=0, drop=True)
    return xr.DataArray(values, dims=dimensions, coords=template.coords, name="capacity_factor", attrs=_LABEL)
