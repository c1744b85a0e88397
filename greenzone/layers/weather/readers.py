"""Weather of the user's own, read, checked and completed.

Comes in: a file of any known kind. Goes out: hourly weather over `(time, cell)` as the generator gives it, or a
`GreenzoneError` of one line.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import xarray as xr

from greenzone.errors import GreenzoneError, nearest
from greenzone.layers import catalogue
from greenzone.layers.weather import formats, solar
from greenzone.layers.weather.plausibility import doubts
from greenzone.layers.weather.units import outside

KINDS = ("auto", "netcdf", "zarr", "pvgis", "epw", "csv")
SUFFIXES = {".nc": "netcdf", ".nc4": "netcdf", ".cdf": "netcdf", ".h5": "netcdf", ".zarr": "zarr", ".epw": "epw",
            ".json": "pvgis", ".csv": "csv", ".txt": "csv"}  # fmt: skip
OFFSETS = {"start": 30, "mid": 0, "end": -30, "instant": 0}  # minutes from the stamp to the sun's position
BRIGHTEST_AT_LEAST = 200.0  # W m-2: no place on land stays darker all year
LONG_NAMES = {
    "ghi": ("W m-2", "global horizontal irradiance"),
    "dni": ("W m-2", "direct normal irradiance"),
    "dhi": ("W m-2", "diffuse horizontal irradiance"),
    "temp_air": ("degC", "air temperature at 2 m"),
    "wind_speed": ("m s-1", "wind speed"),
    "pressure": ("Pa", "air pressure"),
    "relative_humidity": ("%", "relative humidity"),
}


def read_weather(
    path: str | Path,
    kind: str = "auto",
    lat: float | None = None,
    lon: float | None = None,
    elevation: float | None = None,
) -> xr.Dataset:
    """Read hourly weather from a file.

    Parameters
    ----------
    path : path
        CF netCDF or zarr (gridded or over cells, ERA5 and atlite names included), PVGIS TMY (CSV, JSON), EPW, or a
        plain CSV with a column of UTC times and columns such as GHI, T_amb, wind_speed.
    kind : str
        One of "auto", "netcdf", "zarr", "pvgis", "epw", "csv".
    lat, lon, elevation : float, optional
        Place [degree, m] of a plain CSV that does not tell it. A missing elevation is taken from the embedded terrain.

    Returns
    -------
    Dataset
        `ghi`, `dni`, `dhi` [W m-2], `temp_air` [degC], `wind_speed` [m s-1, attribute `height`], where known
        `pressure` [Pa] and `relative_humidity` [%], over `(time, cell)`, float32; coordinates `lat`, `lon`,
        `elevation`. Attributes `source`, `interval`; `derived` names what was computed from the rest; `warnings`
        holds doubts, one a line, which are also given as `UserWarning`. 29 February is left out.

    Raises
    ------
    GreenzoneError
        The file or a variable is missing, units are unknown, times are unordered, doubled, with a gap, not hourly or
        not whole years, values are NaN or beyond what occurs on Earth.
    """
    path = Path(path)
    raw = _read(path, kind, {"lat": lat, "lon": lon, "elevation": elevation})
    raw = _with_wind(raw, path)
    _check_variables(raw, path)
    raw = _whole_years(_check_times(raw, path), path)
    _check_values(raw, path)
    raw = _with_elevation(raw, path, elevation)
    if raw.attrs.get("interval") not in OFFSETS:
        raw.attrs["interval"] = infer_interval(raw)
        raw.attrs["interval_source"] = "inferred from the course of irradiance and the sun"
    weather = _labelled(complete_irradiance(raw))
    found = doubts(weather, catalogue.load_climate())
    weather.attrs["warnings"] = "\n".join(found)
    for doubt in found:
        warnings.warn(f"{path}: {doubt}", UserWarning, stacklevel=2)
    return weather


def _read(path: Path, kind: str, place: dict[str, float | None]) -> xr.Dataset:
    if kind not in KINDS:
        raise GreenzoneError(f"weather kind '{kind}' is unknown: {nearest(kind, KINDS)}")
    if not path.exists():
        raise GreenzoneError(f"weather {path} does not exist")
    kind = _kind(path) if kind == "auto" else kind
    if kind == "csv":
        return formats.read_csv(path, place)
    readers = {"netcdf": formats.read_cf, "zarr": formats.read_cf, "pvgis": formats.read_pvgis, "epw": formats.read_epw}
    return readers[kind](path)


def _kind(path: Path) -> str:
    if path.is_dir():
        return "zarr"
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise GreenzoneError(f"weather {path}: its kind does not show in its name, give one of {', '.join(KINDS[1:])}")
    if kind == "csv":
        with path.open("rb") as opened:
            return "pvgis" if opened.readline().startswith(b"Latitude (decimal degrees)") else "csv"
    return kind


def _with_wind(raw: xr.Dataset, path: Path) -> xr.Dataset:
    """Wind speed from its components where the file has only those, the higher ones first."""
    for height in (100, 10):
        parts = (f"u{height}", f"v{height}")
        if "wind_speed" not in raw and all(part in raw for part in parts):
            raw["wind_speed"] = np.hypot(raw[parts[0]], raw[parts[1]])
            raw["wind_speed"].attrs = {"units": "m s-1", "height": float(height)}
    if "wind_speed" in raw and "height" not in raw["wind_speed"].attrs:
        raw["wind_speed"].attrs["height"] = 10.0
    return raw.drop_vars([part for part in ("u100", "v100", "u10", "v10") if part in raw])


def _check_variables(raw: xr.Dataset, path: Path) -> None:
    has_sun = "ghi" in raw or ("dhi" in raw and ("bhi" in raw or "dni" in raw))
    missing = [name for name in ("temp_air", "wind_speed") if name not in raw]
    missing = missing if has_sun else ["ghi", *missing]
    if missing:
        known = ", ".join(sorted(str(name) for name in raw.data_vars)) or "nothing"
        raise GreenzoneError(f"weather {path} lacks {', '.join(missing)}; known by name or standard_name: {known}")


def _check_times(raw: xr.Dataset, path: Path) -> xr.Dataset:
    if not np.issubdtype(raw["time"].dtype, np.datetime64):
        raise GreenzoneError(f"weather {path}: its calendar is not the common one, convert_calendar('standard') first")
    times = pd.DatetimeIndex(raw["time"].values)
    steps = np.diff(times.values)
    if (steps < np.timedelta64(0)).any():
        late = times[int(np.flatnonzero(steps < np.timedelta64(0))[0]) + 1]
        raise GreenzoneError(f"weather {path}: times are not in order, {late} comes late; sort the file by time")
    if (steps == np.timedelta64(0)).any():
        twice = times[int(np.flatnonzero(steps == np.timedelta64(0))[0])]
        raise GreenzoneError(f"weather {path}: time {twice} comes twice; drop one of the two")
    if times.size > 1 and np.median(steps) != np.timedelta64(1, "h"):
        step = pd.Timedelta(np.median(steps))
        raise GreenzoneError(f"weather {path}: its step is {step}, not one hour; resample it to hourly means")
    for late in np.flatnonzero(steps != np.timedelta64(1, "h")):
        before, after = times[late], times[late + 1]
        if not (before.month == 2 and after.month == 3 and after - before == pd.Timedelta(hours=25)):
            hours = int((after - before) / pd.Timedelta(hours=1)) - 1
            raise GreenzoneError(f"weather {path} has a gap: {hours} hour(s) missing after {before}; fill it first")
    return raw


def _whole_years(raw: xr.Dataset, path: Path) -> xr.Dataset:
    times = raw["time"].dt
    raw = raw.isel(time=~((times.month == 2) & (times.day == 29)).values)
    if raw.sizes["time"] == 0 or raw.sizes["time"] % 8760:
        span = f"{raw.time.values[0]} to {raw.time.values[-1]}" if raw.sizes["time"] else "no time at all"
        raise GreenzoneError(f"weather {path} covers {span[:60]}, not whole years of 8760 hours; cut or fill it")
    return raw


def _check_values(raw: xr.Dataset, path: Path) -> None:
    for name in raw.data_vars:
        if "time" not in raw[name].dims:
            continue
        values = raw[name].transpose("time", ...).values
        spoiled = ~np.isfinite(values)
        if spoiled.any():
            when = pd.Timestamp(raw["time"].values[int(spoiled.reshape(spoiled.shape[0], -1).any(1).argmax())])
            count = int(spoiled.sum())
            raise GreenzoneError(f"weather {path}: {name} is NaN {count} time(s), first at {when}; fill it first")
        wrong = outside(str(name), values)
        if wrong:
            raise GreenzoneError(f"weather {path}: {name} {wrong}; is its 'units' attribute right?")
    if "ghi" in raw and float(raw["ghi"].max()) < BRIGHTEST_AT_LEAST:
        raise GreenzoneError(
            f"weather {path}: ghi never exceeds {float(raw['ghi'].max()):.4g} W m-2; is it in kW m-2? say so in 'units'"
        )


def _with_elevation(raw: xr.Dataset, path: Path, elevation: float | None) -> xr.Dataset:
    """Altitude of the cells: as told, as given, else of the embedded terrain."""
    cells = raw.sizes["cell"]
    if "elevation" in raw.coords or "elevation" in raw.data_vars:
        known = raw["elevation"]
        values = known.isel(time=0).values if "time" in known.dims else np.broadcast_to(known.values, cells)
    elif elevation is not None:
        values = np.full(cells, elevation)
    else:
        terrain = catalogue.load_elevation()
        row = np.floor((terrain.north - raw["lat"].values) / terrain.step_lat).astype(int)
        column = np.floor((raw["lon"].values - terrain.west) / terrain.step_lon).astype(int)
        rows, columns = terrain.values.shape
        if ((row < 0) | (row >= rows) | (column < 0) | (column >= columns)).any():
            raise GreenzoneError(f"weather {path} does not tell its elevation and lies outside the embedded terrain")
        values = terrain.values[row, column]
    return raw.drop_vars("elevation", errors="ignore").assign_coords(elevation=("cell", np.asarray(values, float)))


def infer_interval(raw: xr.Dataset) -> str:
    """What the time stamps mean, from the sun: "start", "instant" or "end".

    Where global, direct and diffuse are all known, the sun's position that makes them agree best tells; else the one
    that goes best with the course of global irradiance.
    """
    scores = {}
    for meaning in ("instant", "start", "end"):
        cos_z = np.maximum(sun_heights(raw, OFFSETS[meaning])[0], 0)
        if {"ghi", "dni", "dhi"} <= set(raw.data_vars):
            closed = raw["dhi"].values + raw["dni"].values * cos_z
            scores[meaning] = -float(np.abs(raw["ghi"].values - closed).mean())
        else:
            total = raw["ghi"] if "ghi" in raw else raw["dhi"]
            scores[meaning] = float(np.corrcoef(total.values.ravel(), cos_z.ravel())[0, 1])
    return max(scores, key=lambda meaning: scores[meaning])


def sun_heights(raw: xr.Dataset, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosine of the zenith `(time, cell)` some minutes after the stamps; extraterrestrial irradiance `(time, 1)`."""
    sun = solar.sun_path(pd.DatetimeIndex(raw["time"].values) + pd.Timedelta(minutes=offset))
    return solar.cos_zenith(sun, raw["lat"].values, raw["lon"].values), sun.dni_extra[:, None]


def complete_irradiance(raw: xr.Dataset) -> xr.Dataset:
    """Add whichever of global, direct and diffuse is missing, and say so in the attribute `derived`.

    Two of the three give the third; global alone is parted by the Erbs model in Driesse's form.
    """
    cos_z, extra = sun_heights(raw, OFFSETS[raw.attrs["interval"]])
    day, derived = np.maximum(cos_z, 0), []
    sun_up = cos_z > np.cos(np.radians(87.0))  # below, a small error of the height makes any direct irradiance
    known = {name: np.maximum(raw[name].values, 0) for name in ("ghi", "dni", "dhi", "bhi") if name in raw}
    if "dni" not in known and "bhi" in known:
        known["dni"] = np.divide(known["bhi"], day, out=np.zeros_like(day), where=sun_up)
        derived.append("dni from direct horizontal irradiance")
    if "ghi" not in known:
        known["ghi"] = known["dhi"] + (known["bhi"] if "bhi" in known else known["dni"] * day)
        derived.append("ghi from direct and diffuse")
    if "dni" not in known and "dhi" in known:
        beam = np.maximum(known["ghi"] - known["dhi"], 0)
        known["dni"] = np.divide(beam, day, out=np.zeros_like(day), where=sun_up)
        derived.append("dni from global and diffuse")
    elif "dni" not in known:
        zenith = np.degrees(np.arccos(np.clip(cos_z, -1, 1)))
        parted = pvlib.irradiance.erbs_driesse(known["ghi"], zenith, dni_extra=extra)
        known["dni"], known["dhi"] = parted["dni"], parted["dhi"]
        derived.append("dni and dhi from ghi by the Erbs-Driesse model")
    known["dni"] = np.minimum(known["dni"], extra)
    if "dhi" not in known:
        known["dhi"] = np.clip(known["ghi"] - known["dni"] * day, 0, None)
        derived.append("dhi from global and direct")
    for name in ("ghi", "dni", "dhi"):
        raw[name] = (("time", "cell"), known[name])
    if derived:
        raw.attrs["derived"] = "; ".join(derived)
    return raw


def _labelled(raw: xr.Dataset) -> xr.Dataset:
    """Only the variables of the contract, float32, with units and names."""
    kept = raw[[name for name in LONG_NAMES if name in raw]].transpose("time", "cell").astype("float32")
    height = raw["wind_speed"].attrs["height"]
    for name, (units, long_name) in LONG_NAMES.items():
        if name in kept:
            kept[name].attrs = {"units": units, "long_name": long_name}
    kept["wind_speed"] = kept["wind_speed"].clip(min=0)
    kept["wind_speed"].attrs = {"units": "m s-1", "long_name": f"wind speed at {height:g} m", "height": height}
    kept["time"] = kept["time"].astype("datetime64[ns]")
    kept = kept.drop_vars([name for name in kept.coords if name not in ("time", "lat", "lon", "elevation")])
    return kept.assign_attrs(raw.attrs)
