"""The technology's functions for arrays and xarray: same physics, labels kept, units added.

Comes in: scalars, arrays or DataArrays. Goes out: the same kind; a DataArray carries `units` and `long_name`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.technologies.hydro import model, runoff, turbine


def labelled(function: Callable[..., Any], units: str, long_name: str) -> Callable[..., Any]:
    """`function`, elementwise on arrays, taking DataArrays as well: dimensions broadcast by name, coordinates kept.

    What cannot be, such as a pipe of no length or a fall below 0, gives NaN or infinity, for numbers as for arrays.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        bound = {name: _floats(value) for name, value in signature.bind(*args, **kwargs).arguments.items()}
        names = [name for name, value in bound.items() if isinstance(value, xr.DataArray)]
        if not names:
            with np.errstate(divide="ignore", invalid="ignore"):
                return function(**bound)
        rest = {name: value for name, value in bound.items() if name not in names}

        def on_arrays(*arrays: Any) -> Any:
            with np.errstate(divide="ignore", invalid="ignore"):
                return function(**rest, **dict(zip(names, arrays, strict=True)))

        result = xr.apply_ufunc(on_arrays, *[bound[name] for name in names], keep_attrs=False)
        result.name = function.__name__
        return result.assign_attrs(units=units, long_name=long_name)

    return wrapper


def _floats(value: Any) -> Any:
    """Numbers and sequences of them as NumPy's, whose roots of negative numbers are NaN; anything else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.float64(value)
    return np.asarray(value, dtype=float) if isinstance(value, list | tuple | np.ndarray) else value


power = labelled(model.power, "kW", "power of falling water")
penstock_diameter = labelled(model.penstock_diameter, "m", "penstock diameter")
friction_loss = labelled(model.friction_loss, "m", "head lost to friction")
net_head = labelled(model.net_head, "m", "net head at design flow")
diversion_power = labelled(model.diversion_power, "kW", "electrical power at design flow")
turbine_efficiency = labelled(turbine.turbine_efficiency, "1", "turbine efficiency")
budyko_runoff = labelled(runoff.budyko_runoff, "mm", "annual runoff")


def flow_duration_curve(monthly_flow: Any, exceedance: ArrayLike, variability: float = 0.45) -> Any:
    """Flow reached or passed for given shares of the year; see `model.flow_duration_curve`.

    A DataArray `monthly_flow` needs the dimension `month`; the result has `exceedance` [1] in its place.
    """
    if not isinstance(monthly_flow, xr.DataArray):
        return model.flow_duration_curve(monthly_flow, exceedance, variability)
    share = np.atleast_1d(np.asarray(exceedance, dtype=float))
    result = xr.apply_ufunc(
        lambda flow: model.flow_duration_curve(flow, share, variability),
        monthly_flow,
        input_core_dims=[["month"]],
        output_core_dims=[["exceedance"]],
    )
    result = result.assign_coords(exceedance=("exceedance", share, {"units": "1", "long_name": "share of the year"}))
    result.name = "flow_duration_curve"
    return result.assign_attrs(units="m3 s-1", long_name="flow reached or passed")
