"""The embedded weather: a seeded stochastic year (or several) that keeps to the climate of each cell.

Comes in: climate means, the distribution of daily irradiation, the cells. Goes out: hourly weather over
`(time, cell)`. It is no record of any year: single hours mean nothing, their statistics do.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import xarray as xr
from scipy.special import gamma

from greenzone.layers.weather import clearness, solar
from greenzone.layers.weather.interpolation import at_places
from greenzone.layers.weather.parameters import Parameters, parameters
from greenzone.layers.weather.random_field import field
from greenzone.layers.weather.temperature import air_temperature, anomalies
from greenzone.layers.weather.wind import wind_speed

HOURS = 8760
WIND_HEIGHT = 100.0
# One stream of random numbers for each field, so that no change to one disturbs another.
STREAMS = {"clearness": 0, "hourly": 1, "temperature": 2, "wind": 3}


def hours_of_year(year: int) -> pd.DatetimeIndex:
    """The 8760 hours of a year, without 29 February."""
    hours = pd.date_range(f"{year}-01-01", periods=8784, freq="h", unit="ns")
    hours = hours[~((hours.month == 2) & (hours.day == 29))]
    return hours[:HOURS]


def generate(
    climate: xr.Dataset,
    daily_ghi: xr.Dataset,
    cells: xr.Dataset,
    years: int = 1,
    seed: int = 0,
    first_year: int = 2019,
) -> xr.Dataset:
    """Draw hourly weather.

    Parameters
    ----------
    climate : Dataset
        Over `(lat, lon)` and `month`: `ghi` [kWh m-2 d-1], `temp_air`, `temp_air_min`, `temp_air_max` [degC],
        `wind_speed_rms` [m s-1], `linke_turbidity`.
    daily_ghi : Dataset
        `daily_ghi_ratio` over `(lat, lon, month, quantile)`.
    cells : Dataset
        Coordinates `lat`, `lon`, `elevation` over `cell`; variables `wind_speed_100m` and `weibull_k` where known.
    years : int
        Years of 8760 hours.
    seed : int
        The same seed gives the same weather; a cell's weather does not depend on the other cells.
    first_year : int
        First calendar year.

    Returns
    -------
    Dataset
        `ghi`, `dni`, `dhi` [W m-2], `temp_air` [degC], `wind_speed` [m s-1, at 100 m] over `(time, cell)`, float32,
        means of the hour that begins at `time` (UTC), with the sun at the middle of the hour.
    """
    figures = parameters()
    place = at_places(climate, daily_ghi, cells)
    calendars = [hours_of_year(first_year + year) for year in range(years)]
    normal = field(
        stream(seed, "clearness"), 365 * years, place.lat, place.lon,
        figures.clearness_length, figures.clearness_persistence,
    )  # fmt: skip
    month = np.tile(calendars[0].month.to_numpy()[::24] - 1, years)
    ranks = clearness.typical_ranks(normal, month)
    daily = expected_clearness(place, calendars[0], ranks, month, figures)
    parts = [
        one_year(place, times, (seed, year), ranks[365 * year :][:365], daily[365 * year :][:365], figures)
        for year, times in enumerate(calendars)
    ]
    times = calendars[0].append(calendars[1:])
    return labelled({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, times, cells, seed)


def stream(seed: int, name: str, year: int = 0) -> np.random.Generator:
    """Random numbers of one field in one year."""
    return np.random.default_rng([seed, STREAMS[name], year])


def clear_year(place: xr.Dataset, times: pd.DatetimeIndex) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clear-sky irradiance and cosine of the zenith `(hour, cell)`, and extraterrestrial irradiance `(hour,)`."""
    sun = solar.sun_path(times + pd.Timedelta(minutes=30))
    cos_z = solar.cos_zenith(sun, place.lat.values, place.lon.values)
    turbidity = clearness.smooth_turbidity(place.linke_turbidity.values, year_angle())
    return solar.clear_sky(cos_z, sun.dni_extra, turbidity, place.elevation.values), cos_z, sun.dni_extra


def year_angle() -> np.ndarray:
    """2 pi times the part of the year gone by at the middle of each hour."""
    return 2 * np.pi * (np.arange(HOURS) + 0.5) / HOURS


def expected_clearness(
    place: xr.Dataset, times: pd.DatetimeIndex, ranks: np.ndarray, month: np.ndarray, figures: Parameters
) -> np.ndarray:
    """Daily clearness `(day, cell)` whose irradiation keeps to each month's and the year's mean."""
    clear = clearness.daily_sum(clear_year(place, times)[0]) / 1000
    first = month[:365]
    clear_month = np.stack([clear[first == each].sum(0) for each in range(12)])
    ratio = place.daily_ghi_ratio.values
    high = place.daily_ghi_ratio.interp(quantile=figures.clear_quantile).values
    mean = clearness.monthly_clearness(high, clear_month, place.ghi.values * 365)
    limits = (figures.overcast_limit, figures.clear_limit)
    daily = clearness.daily_clearness(ranks, month, ratio, mean, limits, figures.clear_knee)
    weight = np.tile(clear, (len(month) // 365, 1))
    for each in range(12):
        days = month == each
        daily[days] *= mean[each] * weight[days].sum(0) / (daily[days] * weight[days]).sum(0)
    return daily


def one_year(
    place: xr.Dataset,
    times: pd.DatetimeIndex,
    key: tuple[int, int],
    ranks: np.ndarray,
    daily: np.ndarray,
    figures: Parameters,
) -> dict[str, np.ndarray]:
    """Hourly variables of one year."""
    seed, year = key
    lat, lon = place.lat.values, place.lon.values
    clear, cos_z, extra = clear_year(place, times)
    noise = field(stream(seed, "hourly", year), HOURS, lat, lon, figures.hourly_length, figures.hourly_persistence)
    horizontal = clearness.daily_sum(np.maximum(cos_z, 0) * extra[:, None])
    index = daily * clearness.daily_sum(clear) / horizontal
    spread = figures.hourly_spread * np.sin(np.pi * np.clip(index / 0.933, 0, 1)) * daily / index
    ghi = clearness.hourly_clearness(daily, clear, noise, spread)
    zenith = np.degrees(np.arccos(np.clip(cos_z, -1, 1)))
    split = pvlib.irradiance.erbs_driesse(ghi, zenith, dni_extra=extra[:, None])
    solar_hour = (times.hour.to_numpy()[:, None] + 0.5 + lon / 15) % 24
    weather = field(stream(seed, "temperature", year), 365, lat, lon, figures.temp_length, figures.temp_persistence)
    gusts = field(stream(seed, "wind", year), HOURS, lat, lon, figures.wind_length, figures.wind_persistence)
    extremes = place.temp_air_min.values, place.temp_air_max.values
    temp_air = air_temperature(
        place.temp_air.values, extremes, year_angle(), solar_hour,
        anomalies(weather, ranks, figures.temp_clearness), daily, figures,
    )  # fmt: skip
    mean, shape = mean_wind(place, figures)
    speed = wind_speed(gusts, mean, shape, year_angle(), solar_hour, figures)
    found = {"ghi": ghi, "dni": split["dni"], "dhi": split["dhi"], "temp_air": temp_air, "wind_speed": speed}
    return {name: values.astype(np.float32) for name, values in found.items()}


def mean_wind(place: xr.Dataset, figures: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Mean wind at 100 m and Weibull shape per cell, from the wind field where given, else from the 10 m RMS."""
    if "wind_speed_100m" in place:
        return place.wind_speed_100m.values, place.weibull_k.values
    shape = np.full(place.lat.size, figures.weibull_k)
    mean_over_rms = gamma(1 + 1 / shape) / np.sqrt(gamma(1 + 2 / shape))
    return place.wind_speed_rms.values * mean_over_rms * 10**figures.wind_shear, shape


def labelled(values: dict[str, np.ndarray], times: pd.DatetimeIndex, cells: xr.Dataset, seed: int) -> xr.Dataset:
    """The dataset of the contract between the rooms."""
    names = {
        "ghi": ("W m-2", "global horizontal irradiance"),
        "dni": ("W m-2", "direct normal irradiance"),
        "dhi": ("W m-2", "diffuse horizontal irradiance"),
        "temp_air": ("degC", "air temperature at 2 m"),
        "wind_speed": ("m s-1", "wind speed at 100 m"),
    }
    coords = {"time": times} | {name: ("cell", cells[name].values) for name in ("lat", "lon", "elevation")}
    weather = xr.Dataset({name: (("time", "cell"), value) for name, value in values.items()}, coords)
    for name, (units, long_name) in names.items():
        weather[name].attrs = {"units": units, "long_name": long_name}
    weather["wind_speed"].attrs["height"] = WIND_HEIGHT
    weather.attrs = {
        "source": "greenzone stochastic weather generator, conditioned on GLDAS, MERRA-2 and Linke turbidity means",
        "interval": "start",
        "seed": seed,
    }
    return weather
