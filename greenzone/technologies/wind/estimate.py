"""Wind output as labelled arrays: weather over (time, site) in, capacity factors over time, site or both out.

The labels are all this module adds; the numbers come from `kernel.py`, the physics stands in `model.py`.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.errors import GreenzoneError
from greenzone.technologies.inputs import check_weather, second_dimension
from greenzone.technologies.wind import blocks, kernel, model
from greenzone.technologies.wind.curve import prepare_curve
from greenzone.technologies.wind.hub_wind import wind_height
from greenzone.technologies.wind.turbines import Turbine
from greenzone.technologies.wind.turbines import turbine as library_turbine

REFERENCE_TEMP = 10.0  # degC, about which the fall of density to the hub is taken
_LABEL = {"units": "1", "long_name": "wind power output over nominal power"}


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
    work = _prepare(weather, turbine, hub_height, shear_exponent, losses, cold_stop)
    output = np.empty(work.wind.shape, dtype=np.float32)
    blocks.series(work, output)
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
    work = _prepare(weather, turbine, hub_height, shear_exponent, losses, cold_stop)
    times = work.wind.shape[0]
    return _labelled(blocks.bin_sums(work, np.zeros(times, dtype=np.int64), 1)[0] / times, weather)


def get_turbine(turbine: str | Turbine) -> Turbine:
    """The turbine itself, or the one of that name in the library."""
    return turbine if isinstance(turbine, Turbine) else library_turbine(str(turbine))


def hub_terms(
    count: int,
    hub_height: float,
    speed_factor: ArrayLike,
    pressure: ArrayLike,
    temp_offset: ArrayLike = 0.0,
    cold_stop: float = -np.inf,
    gain: ArrayLike = 1.0,
) -> kernel.Terms:
    """Each site's terms for the kernels.

    Parameters
    ----------
    count : int
        Number of sites.
    hub_height : float
        Height of the hub above ground. [m]
    speed_factor : array_like
        Hub wind over the weather's. [1]
    pressure : array_like
        Pressure at the ground [Pa]; 1 where it comes hour by hour.
    temp_offset : array_like
        Air temperature of the site less that of the weather. [K]
    cold_stop : float
        Air temperature at the hub below which the turbine stands still. [degC]
    gain : array_like
        What losses leave. [1]

    Notes
    -----
    Density at the hub is pressure over temperature there. With temperature T at the ground both fall upwards such
    that their ratio is that of the ground with a constant added to T: 3.8 K at 135 m, the same from -40 to 40 degC
    within 0.01 K.
    """
    thinner = model.air_density(1.0, REFERENCE_TEMP) / model.density_at_hub(1.0, REFERENCE_TEMP, hub_height)
    temp_add = (REFERENCE_TEMP + model.KELVIN) * (thinner - 1)
    offset = np.asarray(temp_offset, dtype=float)
    values = (
        speed_factor,
        offset + (model.KELVIN + temp_add),
        model.STANDARD_DENSITY * model.GAS_CONSTANT / np.asarray(pressure, dtype=float),
        cold_stop - offset + model.LAPSE_RATE * hub_height,
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
) -> blocks.Hours:
    curve = prepare_curve(get_turbine(turbine))
    has_pressure = "pressure" in weather
    checked = check_weather(weather, ("wind_speed", "temp_air"), ("pressure",), () if has_pressure else ("elevation",))
    count = checked.sizes[second_dimension(checked, "wind_speed")]
    shear = _per_site(shear_exponent, count, "shear_exponent", -1.0, 2.0)
    lost = _per_site(losses, count, "losses", 0.0, 1.0)
    hub = float(_per_site(hub_height, 1, "hub_height", 5.0, 500.0)[0])
    factor = model.power_law(1.0, wind_height(checked["wind_speed"]), hub, shear)
    ground = 1.0 if has_pressure else model.standard_pressure(np.asarray(weather["elevation"].values, dtype=float))
    terms = hub_terms(count, hub, factor, ground, cold_stop=cold_stop, gain=1 - lost)
    wind, temp = _float32(checked["wind_speed"]), _float32(checked["temp_air"])
    pressure = _float32(checked["pressure"]) if has_pressure else blocks.NO_PRESSURE
    return blocks.Hours(wind, temp, pressure, terms, curve)


def _float32(values: xr.DataArray) -> np.ndarray:
    return np.ascontiguousarray(values.values, dtype=np.float32)


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
