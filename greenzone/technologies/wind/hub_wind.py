"""Wind at hub height as weather: the same Dataset with `wind_speed` carried up by a law of one's choice.

Comes in: weather over `(time, site)`, lazy or in memory. Goes out: the same with `wind_speed` at the hub, its
attribute `height` saying so, ready for `capacity_factor`, which then carries it no further.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from greenzone.errors import GreenzoneError, nearest
from greenzone.technologies.inputs import check_units
from greenzone.technologies.wind import model

DEFAULT_WIND_HEIGHT = 10.0  # m, of wind_speed without the attribute `height`


def log_law_wind(weather: xr.Dataset, hub_height: float) -> xr.Dataset:
    """Wind at `hub_height` [m] by the logarithmic law with the weather's `roughness_length` [m].

    The roughness may be constant, one per site, or hourly. NaN where an input is, or roughness is not below `height`.
    """
    _need(weather, "roughness_length")
    if weather["roughness_length"].ndim == 2:
        check_units(weather["roughness_length"])
    height = wind_height(weather["wind_speed"])
    speed = _apply(
        lambda wind, roughness: model.log_law(wind, height, hub_height, roughness),
        weather["wind_speed"],
        weather["roughness_length"],
    )
    return _at_hub(weather, speed, hub_height)


def two_height_wind(weather: xr.Dataset, hub_height: float, other: str = "wind_speed_100m") -> xr.Dataset:
    """Wind at `hub_height` [m] on the line in ln(height) through `wind_speed` and the variable `other`.

    Both carry their height in the attribute `height`; without it 10 m and 100 m are taken.
    """
    _need(weather, other)
    low, high = wind_height(weather["wind_speed"]), wind_height(weather[other], 100.0)
    if low == high:
        raise GreenzoneError(f"'wind_speed' and '{other}' are both at {low:g} m: set their attributes 'height'")
    speed = _apply(
        lambda wind, above: model.two_heights(wind, low, above, high, hub_height),
        weather["wind_speed"],
        weather[other],
    )
    return _at_hub(weather, speed, hub_height)


def wind_height(wind_speed: xr.DataArray, default: float = DEFAULT_WIND_HEIGHT) -> float:
    """Height above ground in the attribute `height` of a wind speed. [m]"""
    given = wind_speed.attrs.get("height", default)
    try:
        height = float(given)
    except (TypeError, ValueError):
        height = np.nan
    if not 0 < height < 1000:
        raise GreenzoneError(f"'{wind_speed.name}' has height {given!r}: give metres above ground as a number")
    return height


def _need(weather: xr.Dataset, name: str) -> None:
    for wanted in ("wind_speed", name):
        if wanted not in weather:
            near = nearest(wanted, [str(there) for there in weather.data_vars])
            raise GreenzoneError(f"weather has no variable '{wanted}': {near}")


def _apply(function: Callable[..., np.ndarray], *arrays: xr.DataArray) -> xr.DataArray:
    def single(*values: Any) -> np.ndarray:
        return function(*values).astype(np.float32)

    return xr.apply_ufunc(single, *arrays, dask="parallelized", output_dtypes=[np.float32], keep_attrs=False)


def _at_hub(weather: xr.Dataset, speed: xr.DataArray, hub_height: float) -> xr.Dataset:
    speed = speed.transpose(*weather["wind_speed"].dims)
    speed.attrs = {"units": "m s-1", "long_name": "wind speed at hub height", "height": float(hub_height)}
    return weather.assign(wind_speed=speed)
