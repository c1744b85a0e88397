"""Snow and dirt on panels over time: what they keep away, as a series that `capacity_factor` takes.

In comes weather with `snowfall` or `rain`; out goes the share of power or light lost in each interval. Subtract it from
one and put it into the weather as `soiling_ratio`.
"""

# mypy: allow-untyped-defs
# The types of kernels are Numba's, found when they are compiled.

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.errors import GreenzoneError
from greenzone.jit import kernel
from greenzone.technologies.inputs import check_weather, second_dimension, time_step
from greenzone.technologies.solar.estimate import plane_of_array
from greenzone.technologies.solar.mounts import per_site
from greenzone.threads import in_threads

CLEAR_BELOW = -80.0  # W m-2 K-1: snow slides where irradiance over this is less than the air temperature [degC]
SLIDE = 0.197  # share of a row's length that snow slides in an hour, per sine of the tilt


def snow_loss(
    weather: xr.Dataset,
    tilt: ArrayLike,
    azimuth: ArrayLike | None = None,
    *,
    strings: int = 1,
    threshold: float = 1.0,
    **system: Any,
) -> xr.DataArray:
    """Share of the DC power of fixed panels lost to snow that lies on them.

    Panels are covered when it snows fast enough; then, while air and sun are warm enough, the snow slides off at a
    speed set by the tilt. Equal to `pvlib.snow.coverage_nrel` and `dc_loss_nrel`.

    Parameters
    ----------
    weather : Dataset
        As for `capacity_factor`, and `snowfall` [cm of fresh snow in each interval] over (time, site).
    tilt, azimuth : float or array (site)
        Of the panels [degree].
    strings : int
        Strings along the slope of a row: one of them is lost as soon as any of it is covered.
    threshold : float
        Snowfall above which panels are fully covered [cm h-1].

    Returns
    -------
    DataArray
        float32 (time, site) from 0 to 1 [1]; NaN from a NaN until the next full cover.

    References
    ----------
    Marion, Schaefer, Caine and Sanchez (2013), doi:10.1016/j.solener.2013.07.029; Ryberg and Freeman (2017),
    NREL/TP-6A20-68705.
    """
    if strings < 1:
        raise GreenzoneError(f"strings must be 1 or more, not {strings}")
    checked = check_weather(weather, ["snowfall", "temp_air"])
    slant = per_site(tilt, checked.sizes[second_dimension(checked, "snowfall")], "tilt", 0.0, 90.0)
    poa = plane_of_array(weather, tilt, azimuth, **system).values
    hours = _hours(checked)
    slide = SLIDE * np.sin(np.radians(slant)) * hours
    rate = np.ascontiguousarray(checked["snowfall"].values, float) / hours
    temp_air = np.ascontiguousarray(checked["temp_air"].values, float)
    coverage = np.empty(rate.shape)
    in_threads(
        lambda first, last: _cover(rate, poa, temp_air, slide, threshold, CLEAR_BELOW, coverage, first, last),
        rate.shape[1],
    )
    return _labelled(np.ceil(coverage * strings) / strings, checked["snowfall"], "share of DC power lost to snow")


def soiling_loss(
    weather: xr.Dataset,
    *,
    cleaning_rain: float = 6.0,
    daily_loss: float = 0.0015,
    grace_days: float = 14.0,
    greatest: float = 0.3,
) -> xr.DataArray:
    """Share of the light that dirt keeps away: it grows day by day until rain washes it off.

    Equal to `pvlib.soiling.kimber` with rain summed over 24 hours.

    Parameters
    ----------
    weather : Dataset
        `rain` [mm in each interval] over (time, site).
    cleaning_rain : float
        Rain within 24 hours that cleans the panels [mm].
    daily_loss : float
        Growth of the loss per dry day [1].
    grace_days : float
        Days after a cleaning on which the ground is too wet for dust.
    greatest : float
        Loss at which growth ends [1].

    Returns
    -------
    DataArray
        float32 (time, site) [1]; NaN rain gives NaN within the day.

    References
    ----------
    Kimber, Mitchell, Nogradi and Wenger (2006), doi:10.1109/WCPEC.2006.279690.
    """
    checked = check_weather(weather, ["rain"])
    hours = _hours(checked)
    rain = np.ascontiguousarray(checked["rain"].values, float)
    day, grace = max(1, round(24.0 / hours)), max(1, round(24.0 * grace_days / hours))
    loss = np.empty(rain.shape)
    in_threads(
        lambda first, last: _soil(rain, day, grace, cleaning_rain, daily_loss * hours / 24.0, loss, first, last),
        rain.shape[1],
    )
    return _labelled(np.minimum(loss, greatest), checked["rain"], "share of light lost to dirt")


def _hours(weather: xr.Dataset) -> float:
    return pd.Timedelta(time_step(weather)) / pd.Timedelta(hours=1)


def _labelled(values: np.ndarray, like: xr.DataArray, long_name: str) -> xr.DataArray:
    result = like.copy(data=values.astype(np.float32)).rename("loss")
    result.attrs = {"units": "1", "long_name": long_name}
    return result


@kernel(relaxed=False)
def _cover(rate, poa, temp_air, slide, threshold, clear_below, coverage, first, last):
    """Covered share of the panels (time, site) for sites `first:last`."""
    for i in range(first, last):
        covered = 0.0
        for t in range(rate.shape[0]):
            if rate[t, i] > threshold:
                covered = 1.0
            elif t > 0 and temp_air[t, i] > poa[t, i] / clear_below:
                covered = max(0.0, covered - slide[i])
            known = rate[t, i] + poa[t, i] + temp_air[t, i]
            covered = covered + 0.0 * known
            coverage[t, i] = covered


@kernel(relaxed=False)
def _soil(rain, day, grace, cleaning_rain, growth, loss, first, last):
    """Loss (time, site) for sites `first:last`; `day` and `grace` are numbers of intervals."""
    for i in range(first, last):
        dirt, since = 0.0, grace
        for t in range(rain.shape[0]):
            fallen = 0.0
            for k in range(max(0, t - day + 1), t + 1):
                fallen += rain[k, i]
            since = 0 if fallen > cleaning_rain else since + 1
            dirt = 0.0 if since < grace else dirt + (growth if t > 0 else 0.0)
            loss[t, i] = dirt + 0.0 * fallen
