"""What a technology asks of weather before it computes: names, shapes, clock and units, each fault in one line.

In comes a Dataset over `(time, site)` or `(time, cell)`; out goes the same, time first, on a UTC clock, or a
`GreenzoneError`. NaN is not looked for here: a function that gets NaN gives NaN.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
import pvlib
import xarray as xr

from greenzone.errors import GreenzoneError, nearest

INTERVALS = ("start", "mid", "end", "instant")
SAMPLE_VALUES = 100_000  # values looked at to judge the units of one variable
CLOCK_TOLERANCE = 1.25  # h between the sun of the data and the real one; half-hour stamps and afternoon clouds pass


class Quantity(NamedTuple):
    """How a variable may be written, and between which values it lies on Earth."""

    units: str
    spellings: frozenset[str]
    low: float
    high: float


def _spelled(*names: str) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


_IRRADIANCE = Quantity(
    "W m-2", _spelled("W m-2", "W m^-2", "W m**-2", "W/m2", "W/m^2", "W/m**2", "W/m²"), -50.0, 3000.0
)
QUANTITIES = {
    "ghi": _IRRADIANCE,
    "dni": _IRRADIANCE,
    "dhi": _IRRADIANCE,
    "temp_air": Quantity("degC", _spelled("degC", "°C", "C", "celsius", "degree_Celsius", "degrees_C"), -95.0, 65.0),
    "wind_speed": Quantity("m s-1", _spelled("m s-1", "m/s", "m s**-1", "m s^-1", "meter/second"), -0.5, 90.0),
    "pressure": Quantity("Pa", _spelled("Pa", "pascal"), 20_000.0, 115_000.0),
    "relative_humidity": Quantity("%", _spelled("%", "percent"), -5.0, 120.0),
    "precipitable_water": Quantity("cm", _spelled("cm"), -0.1, 12.0),
    "albedo": Quantity("1", _spelled("1", "", "dimensionless"), 0.0, 1.0),
    "snowfall": Quantity("cm", _spelled("cm"), -1.0, 100.0),
    "rain": Quantity("mm", _spelled("mm", "kg m-2"), -0.5, 500.0),
    "soiling_ratio": Quantity("1", _spelled("1", "", "dimensionless"), -0.001, 1.001),
    "roughness_length": Quantity("m", _spelled("m"), 0.0, 10.0),
}
_CONVERSIONS = {
    "W m-2": "multiply kW by 1000; divide J per hour by 3600",
    "degC": "subtract 273.15 from K; (F - 32) / 1.8",
    "m s-1": "divide km/h by 3.6; multiply knots by 0.5144",
    "Pa": "multiply hPa by 100, kPa by 1000",
    "%": "multiply a fraction by 100",
}


def check_weather(
    weather: xr.Dataset, required: Iterable[str], optional: Iterable[str] = (), coordinates: Iterable[str] = ()
) -> xr.Dataset:
    """Weather ready for a kernel, or the reason why it cannot be used.

    Parameters
    ----------
    weather : Dataset
        Variables over `time` and one more dimension (`site` or `cell`); `time` in UTC, with a regular step.
    required, optional : iterable of str
        Variables that must be there; variables that are checked and kept if they are there.
    coordinates : iterable of str
        Coordinates over the second dimension that must be there, e.g. `lat`, `lon`, `elevation`.

    Returns
    -------
    Dataset
        Only the named variables, dimensions `(time, site or cell)`, attributes kept, `time` without a zone. Data are
        neither copied (unless time was not the first dimension) nor loaded (units of lazy data are judged by their
        `units` attribute and the first chunk of values).

    Raises
    ------
    GreenzoneError
        Missing variables or coordinates, mixed shapes, unordered, repeated, local or irregular times, wrong units.
    """
    if not isinstance(weather, xr.Dataset):
        raise GreenzoneError(f"weather must be an xarray Dataset, not {type(weather).__name__}")
    required = list(required)
    names = required + [name for name in optional if name in weather and name not in required]
    _check_present(weather, required, list(coordinates))
    dimension = second_dimension(weather, required[0])
    for name in names:
        if set(weather[name].dims) != {"time", dimension}:
            raise GreenzoneError(
                f"weather variable '{name}' has dimensions {weather[name].dims}, '{required[0]}' has"
                f" {weather[required[0]].dims}: bring all to ('time', '{dimension}')"
            )
    _check_coordinates(weather, dimension, list(coordinates))
    checked = weather[names].assign_coords(time=checked_times(weather)).transpose("time", dimension)
    for name in names:
        check_units(checked[name])
    if "lon" in coordinates and "ghi" in names:
        _check_clock(checked, dimension)
    return checked


def second_dimension(weather: xr.Dataset, name: str) -> str:
    """The dimension of `name` that is not time: `site` or `cell` as a rule."""
    others = [str(dimension) for dimension in weather[name].dims if dimension != "time"]
    if "time" not in weather[name].dims or len(others) != 1:
        way_out = "weather.expand_dims('site')" if not others else "weather.stack(site=[...])"
        raise GreenzoneError(
            f"weather variable '{name}' has dimensions {weather[name].dims}, not ('time', 'site'): try {way_out}"
        )
    return others[0]


def _check_present(weather: xr.Dataset, required: list[str], coordinates: list[str]) -> None:
    missing = [name for name in required if name not in weather]
    if missing:
        near = (
            nearest(missing[0], [str(name) for name in weather.data_vars]) if len(weather.data_vars) else "it is empty"
        )
        raise GreenzoneError(f"weather has no variable {', '.join(map(repr, missing))}: {near}")
    if "time" not in weather.indexes:
        raise GreenzoneError("weather has no time coordinate: assign_coords(time=...) with UTC times")
    absent = [name for name in coordinates if name not in weather.variables]
    if absent:
        raise GreenzoneError(f"weather has no coordinate {', '.join(map(repr, absent))}: assign_coords it per site")


def _check_coordinates(weather: xr.Dataset, dimension: str, names: list[str]) -> None:
    limits = {"lat": (-90.0, 90.0), "lon": (-180.0, 360.0), "elevation": (-500.0, 9000.0)}
    for name in names:
        if weather[name].dims not in ((dimension,), ()):
            raise GreenzoneError(f"coordinate '{name}' has dimensions {weather[name].dims}, not ('{dimension}',)")
        values = np.asarray(weather[name].values, dtype=float)
        low, high = limits.get(name, (-np.inf, np.inf))
        if values.size and not (np.nanmin(values) >= low and np.nanmax(values) <= high):
            found = f"{np.nanmin(values):g} to {np.nanmax(values):g}"
            raise GreenzoneError(f"coordinate '{name}' runs from {found}, outside {low:g} to {high:g}")


def checked_times(weather: xr.Dataset) -> pd.DatetimeIndex:
    """The times of `weather` in UTC without a zone, in order and with a regular step; a dropped 29 February passes."""
    index = weather.indexes["time"]
    if not isinstance(index, pd.DatetimeIndex):
        index = _as_datetimes(index)
    if index.tz is not None:
        if str(index.tz) not in ("UTC", "utc", "UTC+00:00", "Etc/UTC"):
            raise GreenzoneError(f"weather times are in {index.tz}: convert them with .tz_convert('UTC')")
        index = index.tz_localize(None)
    if index.hasnans:
        raise GreenzoneError("weather has times that are missing (NaT): drop them")
    if not index.is_monotonic_increasing:
        first = int(np.flatnonzero(np.diff(index) < np.timedelta64(0))[0]) + 1
        raise GreenzoneError(f"weather times are not in order ({index[first]} comes late): weather.sortby('time')")
    if not index.is_unique:
        raise GreenzoneError(
            f"weather time {index[index.duplicated()][0]} comes twice: weather.drop_duplicates('time')"
        )
    _check_step(index)
    return index


def _as_datetimes(index: pd.Index) -> pd.DatetimeIndex:
    """Times kept as objects (zoned timestamps in older xarray) as an index; anything else cannot be used."""
    try:
        return pd.DatetimeIndex(index)
    except (TypeError, ValueError) as error:
        raise GreenzoneError(
            f"weather times are {type(index[0]).__name__ if len(index) else index.dtype}, not datetime64: convert them,"
            " e.g. weather.convert_calendar('standard')"
        ) from error


def _check_step(index: pd.DatetimeIndex) -> None:
    if index.size < 3:
        return
    steps = np.diff(index.values)
    step = steps.min()
    for late in np.flatnonzero(steps != step):
        before, after = index[late], index[late + 1]
        leap_day = (before.month, before.day, after.month, after.day) == (2, 28, 3, 1)
        if not (leap_day and after - before == pd.Timedelta(days=1) + step):
            raise GreenzoneError(
                f"weather has a gap from {before} to {after} where the step is {pd.Timedelta(step)}: fill it,"
                " or reindex to a regular step"
            )


def time_step(weather: xr.Dataset) -> np.timedelta64:
    """Length of one interval; for a single time the attribute `step` of `time`, e.g. "1h"."""
    times = weather.indexes["time"]
    if len(times) > 1:
        return np.diff(times.values).min()
    step = weather["time"].attrs.get("step")
    if step is None:
        raise GreenzoneError("one time alone has no step: set weather.time.attrs['step'], e.g. '1h'")
    return pd.Timedelta(step).to_timedelta64()


def mid_interval_times(weather: xr.Dataset) -> pd.DatetimeIndex:
    """The moments for which the sun's position is asked: the middle of each interval.

    What a time stamp means stands in the dataset's attribute `interval`: "start" or "end" of the interval over which
    the values are averages, its "mid", or "instant" for values at that very moment. Without the attribute the stamps
    are taken as instants, so the sun stands where pvlib puts it for the same times.
    """
    times = weather.indexes["time"]
    times = (times if isinstance(times, pd.DatetimeIndex) else _as_datetimes(times)).as_unit("ns")
    interval = weather.attrs.get("interval", "instant")
    if interval not in INTERVALS:
        raise GreenzoneError(f"weather interval '{interval}' is unknown: {nearest(str(interval), INTERVALS)}")
    if interval in ("mid", "instant"):
        return times
    half = pd.Timedelta(time_step(weather)) / 2
    return times + half if interval == "start" else times - half


def check_units(values: xr.DataArray) -> None:
    """Raise GreenzoneError where units are named that are not ours, or the values cannot be in ours."""
    name = str(values.name)
    quantity = QUANTITIES.get(name)
    if quantity is None:
        return
    units = values.attrs.get("units")
    way_out = _CONVERSIONS.get(quantity.units, "convert them")
    if units is not None and str(units).strip().lower() not in quantity.spellings:
        raise GreenzoneError(f"weather variable '{name}' is in '{units}', not {quantity.units}: {way_out}")
    sample = _sample(values)
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        return
    low, high = float(sample.min()), float(sample.max())
    if low < quantity.low and low <= -99:
        raise GreenzoneError(f"weather variable '{name}' has values of {low:g}, surely a mark for missing: make it NaN")
    if low < quantity.low or high > quantity.high or _looks_foreign(name, sample):
        raise GreenzoneError(
            f"weather variable '{name}' runs from {low:g} to {high:g}: this is not {quantity.units} ({way_out})"
        )


def _looks_foreign(name: str, sample: np.ndarray) -> bool:
    """Whether values inside the bounds still cannot be in our units."""
    if name == "wind_speed":  # no place on Earth has a mean above 20 m/s over a week: km/h
        return sample.size >= 168 and float(sample.mean()) > 20.0
    if name in ("ghi", "dni", "dhi"):  # a day's light that never passes 2 W/m2 is in kW
        return sample.size >= 24 and bool((sample > 0).sum() >= 4) and 0.05 < float(sample.max()) < 2.0
    if name == "relative_humidity":
        return sample.size >= 24 and 0.0 < float(sample.max()) <= 1.0
    return False


def _sample(values: xr.DataArray) -> np.ndarray:
    """Some values spread over the whole year and all sites, or the first chunk of lazy data."""
    if values.chunks is not None:
        first = {dimension: slice(0, sizes[0]) for dimension, sizes in values.chunksizes.items()}
        values = values.isel(first)
    across = max(1, values.shape[1] // 1000)
    rows = max(96, SAMPLE_VALUES * across // max(1, values.shape[1]))
    stride = _stride(values.shape[0], rows)
    return np.asarray(values.isel(time=slice(None, None, stride)).values)[:, ::across]  # a file is read by rows


def _stride(length: int, rows: int) -> int:
    """A step that meets at least `rows` of `length` times, and all hours of the day."""
    step = max(1, length // rows)
    step -= 1 - step % 2
    while step > 1 and step % 3 == 0:
        step -= 2
    return step


def _check_clock(weather: xr.Dataset, dimension: str) -> None:
    """Times without a zone may be local: compare the sun in `ghi` with the hour angle that UTC gives."""
    if weather.sizes["time"] < 2 or weather["ghi"].chunks is not None:
        return
    times = mid_interval_times(weather)
    if times[-1] - times[0] < pd.Timedelta(days=10):
        return
    across, stride = max(1, weather.sizes[dimension] // 8), _stride(len(times), 800)
    few = weather["ghi"].isel(time=slice(None, None, stride)).values[:, ::across]
    hours = ((times - times.normalize()) / pd.Timedelta(hours=1)).to_numpy()[::stride]
    lon = np.broadcast_to(np.asarray(weather["lon"].values, dtype=float), weather.sizes[dimension])[::across]
    angle = np.radians((hours[:, None] - 12.0) * 15.0 + lon)
    light = np.clip(np.nan_to_num(few.astype(float)), 0.0, None)
    east, south = (light * np.sin(angle)).sum(), (light * np.cos(angle)).sum()
    if np.hypot(east, south) < 0.3 * light.sum():  # light all round the clock tells nothing: polar day, made-up data
        return
    shift = np.degrees(np.arctan2(east, south)) / 15.0
    if abs(shift) > CLOCK_TOLERANCE:
        raise GreenzoneError(
            f"the sun in 'ghi' is {abs(shift):.1f} h {'late' if shift > 0 else 'early'}: times must be UTC, these look"
            f" local; try weather.assign_coords(time=weather.time - np.timedelta64({round(shift * 60)}, 'm'))"
        )


def pressure_from_elevation(elevation: np.ndarray) -> np.ndarray:
    """Mean air pressure [Pa] at an elevation [m], standard atmosphere (pvlib.atmosphere.alt2pres)."""
    return np.asarray(pvlib.atmosphere.alt2pres(elevation))


def room_for(weather: xr.Dataset, out: np.ndarray | None) -> np.ndarray:
    """The array of float32 that a series of checked weather is written into: `out`, which must fit, or a new one."""
    some = next(iter(weather.data_vars.values()))
    if out is None:
        return np.empty(some.shape, dtype=np.float32)
    if some.chunks is not None:
        raise GreenzoneError("out is filled at once, and this weather is lazy (dask): load it, or leave out away")
    if not isinstance(out, np.ndarray) or out.dtype != np.float32 or out.shape != some.shape:
        found = f"{out.dtype} {out.shape}" if isinstance(out, np.ndarray) else type(out).__name__
        raise GreenzoneError(f"out must be a numpy array of float32 {some.shape}, not {found}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise GreenzoneError("out must be contiguous and not read-only: give numpy.empty(shape, 'float32')")
    for name, values in weather.data_vars.items():
        if getattr(values.variable, "_in_memory", True) and np.may_share_memory(values.values, out):
            raise GreenzoneError(f"out is the memory of weather variable '{name}', which is still read: give another")
    return out
