"""Doubts about weather that can be computed with, but should not be believed unseen.

Comes in: checked weather and the embedded climate. Goes out: sentences.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.layers.weather import solar
from greenzone.layers.weather.interpolation import at

GHI_RATIO = (0.85, 1.15)  # published fields differ by 0.91 to 1.05 from the embedded one, see spread.py
TEMP_DIFFERENCE = 6.0  # K; one kilometre of altitude
CLOSURE = 25.0  # W m-2: mean of |global - direct - diffuse| by day beyond which the three do not belong together
OFFSETS = {"start": 30, "mid": 0, "end": -30, "instant": 0}


def doubts(weather: xr.Dataset, climate: xr.Dataset) -> list[str]:
    """What looks wrong with the level of the weather; empty where nothing does."""
    return [*_irradiation(weather, climate), *_temperature(weather, climate), *_closure(weather), *_wind(weather)]


def _irradiation(weather: xr.Dataset, climate: xr.Dataset) -> list[str]:
    inside = _inside(weather, climate)
    if not inside.any():
        return []
    found = weather["ghi"].mean("time", dtype="float64").values * 24 / 1000
    expected = at(climate["ghi"], weather["lat"], weather["lon"]).values
    ratio = float(np.mean(found[inside]) / np.mean(expected[inside]))
    if GHI_RATIO[0] <= ratio <= GHI_RATIO[1]:
        return []
    level = "low" if ratio < 1 else "high"
    return [
        f"global irradiation of {np.mean(found[inside]) * 365:.0f} kWh m-2 a year is implausibly {level}:"
        f" {ratio:.2f} times the embedded climate's {np.mean(expected[inside]) * 365:.0f}"
    ]


def _temperature(weather: xr.Dataset, climate: xr.Dataset) -> list[str]:
    inside = _inside(weather, climate)
    if not inside.any():
        return []
    found = weather["temp_air"].mean("time", dtype="float64").values[inside].mean()
    expected = at(climate["temp_air"], weather["lat"], weather["lon"]).values[inside].mean()
    if abs(found - expected) <= TEMP_DIFFERENCE:
        return []
    return [f"mean air temperature of {found:.1f} degC is {found - expected:+.1f} K off the embedded climate"]


def _closure(weather: xr.Dataset) -> list[str]:
    moments = pd.DatetimeIndex(weather["time"].values) + pd.Timedelta(minutes=OFFSETS[weather.attrs["interval"]])
    cos_z = solar.cos_zenith(solar.sun_path(moments), weather["lat"].values, weather["lon"].values)
    day = cos_z > 0
    residual = np.abs(weather["ghi"].values - weather["dhi"].values - weather["dni"].values * np.maximum(cos_z, 0))
    mean = float(residual[day].mean())
    if mean <= CLOSURE:
        return []
    return [
        f"global is not direct plus diffuse: they differ by {mean:.0f} W m-2 on average by day; is the clock right?"
    ]


def _wind(weather: xr.Dataset) -> list[str]:
    mean = float(weather["wind_speed"].mean(dtype="float64"))
    return [] if 0.3 <= mean <= 15 else [f"mean wind of {mean:.1f} m s-1 is implausible"]


def _inside(weather: xr.Dataset, climate: xr.Dataset) -> np.ndarray:
    lat, lon = weather["lat"].values, weather["lon"].values
    return (
        (lat >= float(climate.lat.min()))
        & (lat <= float(climate.lat.max()))
        & (lon >= float(climate.lon.min()))
        & (lon <= float(climate.lon.max()))
    )
