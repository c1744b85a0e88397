"""Wind output as labelled arrays: weather over (time, site) in, capacity factors over time, site or both out.

The labels are all this module adds; the numbers come from `kernel.py`, the physics stands in `model.py`.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.errors import GreenzoneError
from greenzone.technologies.inputs import check_weather, second_dimension
from greenzone.technologies.wind import kernel, model
from greenzone.technologies.wind.curve import Curve, prepare_curve
from greenzone.technologies.wind.turbines import Turbine
from greenzone.technologies.wind.turbines import turbine as library_turbine

DEFAULT_WIND_HEIGHT = 10.0  # m, of wind_speed without the attribute `height`
TEMP_HEIGHT = 2.0  # m, of temp_air without the attribute `height`
_LABEL = {"units": "1", "long_name": "wind power output over nominal power"}
_NO_PRESSURE = np.empty((0, 0), dtype=np.float32)


def capacity_factor(
    weather: xr.Dataset,
    turbine: str | Turbine = "E-126/4200",
    hub_height: float = 135.0,
    shear_exponent: ArrayLike = 0.143,
    losses: ArrayLike = 0.0,
    cold_stop: float = -np.inf,
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

    Returns
    -------
    DataArray
        float32 (time, site) [1], from 0 to the curve's highest output (1.00 to 1.03 in the library). NaN in any
        variable gives NaN at that time and site.

    Raises
    ------
    GreenzoneError
        Weather that cannot be used, an unknown turbine, numbers out of range.
    """
    streams, terms, stop, curve = _prepare(weather, turbine, hub_height, shear_exponent, losses, cold_stop)
    output = np.empty(streams[0].shape, dtype=np.float32)
    kernel.stream_series(*streams, terms, stop, curve, output)
    return _labelled(output, weather)


def mean_capacity_factor(
    weather: xr.Dataset,
    turbine: str | Turbine = "E-126/4200",
    hub_height: float = 135.0,
    shear_exponent: ArrayLike = 0.143,
    losses: ArrayLike = 0.0,
    cold_stop: float = -np.inf,
) -> xr.DataArray:
    """Mean output over nominal power of each site; parameters as for `capacity_factor`.

    Returns
    -------
    DataArray
        float64 (site) [1]. NaN in any interval gives NaN.
    """
    streams, terms, stop, curve = _prepare(weather, turbine, hub_height, shear_exponent, losses, cold_stop)
    return _labelled(kernel.stream_mean(*streams, terms, stop, curve), weather)


def get_turbine(turbine: str | Turbine) -> Turbine:
    """The turbine itself, or the one of that name in the library."""
    return turbine if isinstance(turbine, Turbine) else library_turbine(str(turbine))


def hub_terms(
    count: int, speed_factor: ArrayLike, temp_offset: ArrayLike, pressure_factor: ArrayLike, gain: ArrayLike
) -> kernel.Terms:
    """Each site's terms for the kernels.

    Parameters
    ----------
    count : int
        Number of sites.
    speed_factor : array_like
        Hub wind over the weather's. [1]
    temp_offset : array_like
        Temperature at the hub less that of the weather. [K]
    pressure_factor : array_like
        Pressure at the hub [Pa], or over the pressure that comes hour by hour [1].
    gain : array_like
        What losses leave. [1]
    """
    values = (
        speed_factor,
        np.asarray(temp_offset) + model.KELVIN,
        model.STANDARD_DENSITY * model.GAS_CONSTANT / np.asarray(pressure_factor, dtype=float),
        gain,
    )
    return kernel.Terms(*(np.ascontiguousarray(np.broadcast_to(v, count), dtype=np.float32) for v in values))


def _prepare(
    weather: xr.Dataset,
    turbine: str | Turbine,
    hub_height: float,
    shear_exponent: ArrayLike,
    losses: ArrayLike,
    cold_stop: float,
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], kernel.Terms, np.float32, Curve]:
    curve = prepare_curve(get_turbine(turbine))
    has_pressure = "pressure" in weather
    checked = check_weather(weather, ("wind_speed", "temp_air"), ("pressure",), () if has_pressure else ("elevation",))
    count = checked.sizes[second_dimension(checked, "wind_speed")]
    shear = _per_site(shear_exponent, count, "shear_exponent", -1.0, 2.0)
    lost = _per_site(losses, count, "losses", 0.0, 1.0)
    hub = float(_per_site(hub_height, 1, "hub_height", 5.0, 500.0)[0])
    height = float(checked["wind_speed"].attrs.get("height", DEFAULT_WIND_HEIGHT))
    rise = hub - float(checked["temp_air"].attrs.get("height", TEMP_HEIGHT))
    wind, temp = (np.ascontiguousarray(checked[name].values, dtype=np.float32) for name in ("wind_speed", "temp_air"))
    usual = np.nanmean(temp[:: max(1, len(temp) // 48)], axis=0)
    ratio = model.pressure_at_height(1.0, np.nan_to_num(usual, nan=15.0), hub)
    pressure = _NO_PRESSURE
    if has_pressure:
        pressure = np.ascontiguousarray(checked["pressure"].values, dtype=np.float32)
    else:
        ratio = ratio * model.standard_pressure(np.asarray(weather["elevation"].values, dtype=float))
    terms = hub_terms(count, model.power_law(1.0, height, hub, shear), -model.LAPSE_RATE * rise, ratio, 1 - lost)
    return (wind, temp, pressure), terms, np.float32(cold_stop + model.KELVIN), curve


def _per_site(values: ArrayLike, count: int, name: str, low: float, high: float) -> np.ndarray:
    """One number per site, or one line on what is wrong with them."""
    array = np.asarray(values, dtype=float)
    if array.shape not in ((), (1,), (count,)):
        raise GreenzoneError(f"{name} has shape {array.shape}: give one number or one per site ({count},)")
    if not (np.all(array >= low) and np.all(array <= high)):
        raise GreenzoneError(f"{name} must lie between {low:g} and {high:g}")
    return np.broadcast_to(array, count)


def _labelled(values: np.ndarray, weather: xr.Dataset) -> xr.DataArray:
    column = second_dimension(weather, "wind_speed")
    template = weather["wind_speed"].transpose("time", column)
    if values.ndim == 1:
        template = template.isel(time=0, drop=True)
    return xr.DataArray(values, dims=template.dims, coords=template.coords, name="capacity_factor", attrs=_LABEL)
