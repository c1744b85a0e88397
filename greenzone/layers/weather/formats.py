"""Weather files as others write them, brought to one shape.

Comes in: CF netCDF or zarr, PVGIS and EPW through pvlib, plain CSV. Goes out: a dataset over `(time, cell)` in
greenzone's names and units, not yet checked.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.layers.weather.units import QUANTITIES, conversion, height_of, recognise

LAT_NAMES = ("lat", "latitude", "y")
LON_NAMES = ("lon", "longitude", "x")
TIME_NAMES = ("time", "valid_time", "timestamp", "date", "datetime")
EPW_MISSING = {"ghi": 9999, "dni": 9999, "dhi": 9999, "temp_air": 99.9, "wind_speed": 999, "pressure": 999999,
               "relative_humidity": 999}  # fmt: skip


def read_cf(path: Path) -> xr.Dataset:
    """A netCDF file or zarr store, gridded (`lat`, `lon`) or over cells."""
    try:
        opened = xr.open_zarr(path) if path.is_dir() else xr.open_dataset(path)
    except (OSError, ValueError, KeyError, RuntimeError, FileNotFoundError) as error:
        raise GreenzoneError(f"weather {path} cannot be read as netCDF or zarr: {_first_line(error)}") from None
    with opened:
        names = {"time": TIME_NAMES, "lat": LAT_NAMES, "lon": LON_NAMES}
        found = {ours: _find(opened, theirs, path) for ours, theirs in names.items()}
        # atlite keeps x beside lon: of several coordinates for one axis the dimension stays.
        spare = [
            str(n) for n in opened.variables if str(n).lower() in (*LAT_NAMES, *LON_NAMES) and n not in found.values()
        ]
        dataset = opened.drop_vars(spare)
        ways = {theirs: ours for ours, theirs in found.items() if theirs != ours}
        dataset = dataset.rename(ways | _dimension_names(dataset, found["lat"], found["lon"]))
        return _translated(_stacked(dataset, path).load(), path)


def _find(dataset: xr.Dataset, names: tuple[str, ...], path: Path) -> str:
    """The variable that serves as a coordinate, dimensions before others."""
    fitting = [
        str(name)
        for name in dataset.variables
        if str(name).lower() in names or dataset[name].attrs.get("standard_name") in names
    ]
    if not fitting:
        raise GreenzoneError(f"weather {path} has no coordinate '{names[0]}': it must have time, lat and lon")
    return min(fitting, key=lambda name: name not in dataset.dims)


def _dimension_names(dataset: xr.Dataset, *coordinates: str) -> dict[str, str]:
    """The dimension of files over points is called `cell`."""
    places = {str(dim) for name in coordinates for dim in dataset[name].dims} - {*coordinates, "cell"}
    return {next(iter(places)): "cell"} if len(places) == 1 else {}


def _stacked(dataset: xr.Dataset, path: Path) -> xr.Dataset:
    """Grid points as cells; a place without a dimension is one cell."""
    if "cell" in dataset.dims:
        return dataset
    for name in ("lat", "lon"):
        if dataset[name].ndim == 0:
            dataset = dataset.expand_dims(name)
    if dataset["lat"].dims != ("lat",) or dataset["lon"].dims != ("lon",):
        raise GreenzoneError(f"weather {path} is on a curved grid: bring it to a latitude-longitude grid or to cells")
    return dataset.stack(cell=("lat", "lon")).reset_index("cell")  # noqa: PD013


def _translated(dataset: xr.Dataset, path: Path) -> xr.Dataset:
    """Variables under greenzone's names and units; where several serve one name, the first of its list."""
    step = _step_seconds(dataset)
    found: dict[str, str] = {}
    for variable in dataset.variables:
        ours = recognise(str(variable), dataset[variable].attrs.get("standard_name"))
        if ours is not None and _rank(ours, str(variable)) < _rank(ours, found.get(ours, "")):
            found[ours] = str(variable)
    raw = xr.Dataset(coords={"time": dataset["time"], "lat": dataset["lat"], "lon": dataset["lon"]})
    accumulated = False
    for ours, variable in found.items():
        values = dataset[variable]
        way = conversion(ours, values.attrs.get("units"), step)
        accumulated |= way.accumulated
        raw[ours] = values.astype("float64") * way.factor + way.offset
        raw[ours].attrs = {"units": QUANTITIES[ours].units}
        height = values.attrs.get("height", height_of(variable)) if ours == "wind_speed" else None
        if height is not None:
            raw[ours].attrs["height"] = float(height)
    raw.attrs["source"] = str(dataset.attrs.get("source", dataset.attrs.get("title", path.name)))
    interval = dataset.attrs.get("interval") or _bounds_interval(dataset)
    # Sums up to the stamp, as ECMWF writes them and atlite keeps them; stated intervals go first.
    if interval is None and (accumulated or "influx_direct" in dataset):
        interval = "end"
    if interval is not None:
        raw.attrs["interval"] = str(interval)
    return raw.transpose("time", "cell", ...)


def _rank(ours: str, variable: str) -> int:
    names = QUANTITIES[ours].names
    if not variable:
        return len(names) + 1
    return names.index(variable.lower()) if variable.lower() in names else len(names)


def _step_seconds(dataset: xr.Dataset) -> float:
    times = dataset["time"].values
    if times.size < 2 or not np.issubdtype(times.dtype, np.datetime64):
        return 3600.0
    return float(np.median(np.diff(times)) / np.timedelta64(1, "s"))


def _bounds_interval(dataset: xr.Dataset) -> str | None:
    """What the stamps mean by the CF bounds of time, or None."""
    name = dataset["time"].attrs.get("bounds") or dataset["time"].encoding.get("bounds")
    if name is None or name not in dataset.variables:
        return None
    first, (begin, end) = dataset["time"].values[0], dataset[name].values[0]
    return {begin: "start", end: "end", begin + (end - begin) / 2: "mid"}.get(first)


def read_pvgis(path: Path) -> xr.Dataset:
    """A typical meteorological year of PVGIS, CSV or JSON."""
    frame, about = _through_pvlib(pvlib.iotools.read_pvgis_tmy, path, "PVGIS")
    inputs = about["inputs"].get("location", about["inputs"])
    place = {"lat": inputs["latitude"], "lon": inputs["longitude"], "elevation": inputs["elevation"]}
    raw = _one_cell(frame, place, wind_height=10.0)
    raw.attrs |= {"source": "PVGIS typical meteorological year", "interval": "instant"}
    return raw


def read_epw(path: Path) -> xr.Dataset:
    """An EnergyPlus weather file; its hours, which end at their number, are stamped at their beginning."""
    frame, about = _through_pvlib(pvlib.iotools.read_epw, path, "EPW")
    frame = frame.rename(columns={"atmospheric_pressure": "pressure"})
    for name, missing in EPW_MISSING.items():
        frame[name] = frame[name].mask(frame[name] >= missing)
    place = {"lat": about["latitude"], "lon": about["longitude"], "elevation": about["altitude"]}
    raw = _one_cell(frame, place, wind_height=10.0)
    raw = raw.drop_vars([name for name in raw.data_vars if name != "ghi" and bool(np.isnan(raw[name].values).all())])
    raw.attrs |= {"source": f"EPW {about['city']} {about['data_type']}", "interval": "start"}
    return raw


def _through_pvlib(reader: Callable[..., Any], path: Path, kind: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        frame, about = reader(str(path))
    except (ValueError, KeyError, IndexError, AttributeError, UnicodeDecodeError) as error:
        raise GreenzoneError(f"weather {path} cannot be read as a {kind} file: {_first_line(error)}") from None
    return frame, about


def read_csv(path: Path, place: dict[str, float | None]) -> xr.Dataset:
    """A table with a column of UTC times and columns such as GHI, DNI, DHI, T_amb, wind_speed; one place."""
    try:
        frame = pd.read_csv(path, comment="#", skipinitialspace=True)
    except (ValueError, UnicodeDecodeError) as error:
        raise GreenzoneError(f"weather {path} cannot be read as CSV: {_first_line(error)}") from None
    stamps = [name for name in frame.columns if str(name).lower() in TIME_NAMES]
    if not stamps:
        raise GreenzoneError(f"weather {path} has no column of times: name one of {', '.join(TIME_NAMES)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # pandas tells that it looks at each stamp by itself
        times = pd.to_datetime(frame[stamps[0]], errors="coerce", utc=True)
    if times.isna().any():
        row = int(np.flatnonzero(times.isna())[0])
        raise GreenzoneError(f"weather {path}: time '{frame[stamps[0]].iloc[row]}' in row {row + 2} cannot be read")
    found = {}
    for key, names in (("lat", LAT_NAMES), ("lon", LON_NAMES), ("elevation", QUANTITIES["elevation"].names)):
        column = next((name for name in frame.columns if str(name).lower() in names), None)
        found[key] = place[key] if place[key] is not None or column is None else float(frame[column].iloc[0])
    if found["lat"] is None or found["lon"] is None:
        raise GreenzoneError(f"weather {path} does not tell its place: give lat and lon, or columns of these names")
    raw = _one_cell(_numeric(frame, path).set_index(pd.DatetimeIndex(times)), found, wind_height=10.0)
    raw.attrs["source"] = path.name
    return raw


def _numeric(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The columns that are recognised, as numbers under greenzone's names."""
    columns = {ours: name for name in frame.columns if (ours := recognise(str(name))) not in (None, "elevation")}
    for name in columns.values():
        values = pd.to_numeric(frame[name], errors="coerce")
        spoiled = np.flatnonzero(values.isna() & frame[name].notna())
        if spoiled.size:
            row = int(spoiled[0])
            raise GreenzoneError(
                f"weather {path}: '{frame[name].iloc[row]}' in column {name}, row {row + 2}, is no number"
            )
        frame[name] = values
    return frame[list(columns.values())].rename(columns={name: ours for ours, name in columns.items()})


def _one_cell(frame: pd.DataFrame, place: dict[str, Any], wind_height: float) -> xr.Dataset:
    """A table of one place as a dataset over `(time, cell)`, times in UTC without zone."""
    index = pd.DatetimeIndex(frame.index)
    typical = len(set(index.year)) > 1 and len(index) == 8760
    index = _typical_year(index) if typical and not _regular(index) else _utc(index)
    order = np.argsort(index, kind="stable") if typical else slice(None)
    coords = {
        "time": ("time", index[order].to_numpy()),
        "lat": ("cell", [place["lat"]]),
        "lon": ("cell", [place["lon"]]),
    }
    raw = xr.Dataset(coords=coords)
    for name in frame.columns:
        if name in QUANTITIES:
            values = frame[name].to_numpy(float)[order, None]
            raw[name] = (("time", "cell"), values, {"units": QUANTITIES[name].units})
    if place.get("elevation") is not None:
        raw = raw.assign_coords(elevation=("cell", [float(place["elevation"])]))
    if "wind_speed" in raw:
        raw["wind_speed"].attrs["height"] = wind_height
    return raw


TYPICAL_YEAR = 2019  # the calendar year given to typical years, whose months come from different ones


def _typical_year(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Local stamps of a typical year in one calendar year of UTC; what leaves the year comes in at its other end."""
    local = index.tz_localize(None)
    stamps = pd.to_datetime(
        {"year": TYPICAL_YEAR, "month": local.month, "day": local.day, "hour": local.hour, "minute": local.minute}
    )
    offset = index[0].utcoffset() if index.tz is not None else None
    utc = pd.DatetimeIndex(stamps) - (offset or pd.Timedelta(0))
    shift = (TYPICAL_YEAR - utc.year.to_numpy()) * pd.Timedelta(days=365).to_timedelta64()
    return pd.DatetimeIndex(utc.to_numpy() + shift)


def _utc(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return index if index.tz is None else index.tz_convert("UTC").tz_localize(None)


def _regular(index: pd.DatetimeIndex) -> bool:
    steps = np.diff(_utc(index).to_numpy())
    return bool((steps == steps[0]).all() and steps[0] > np.timedelta64(0))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
