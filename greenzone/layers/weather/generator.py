"""The embedded weather: a seeded stochastic year (or several) that keeps to the climate of each cell.

Comes in: climate means, the distribution of daily irradiation, the cells. Goes out: hourly weather over
`(time, cell)`. It is no record of any year: single hours mean nothing, their statistics do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pvlib
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.layers.weather import clearness, solar, temperature, wind
from greenzone.layers.weather.interpolation import at_places
from greenzone.layers.weather.parameters import Parameters, parameters
from greenzone.layers.weather.random_field import field
from greenzone.layers.weather.spread import spread_sentence

DAYS, HOURS = 365, 8760
YEAR_ANGLE = 2 * np.pi * (np.arange(HOURS) + 0.5) / HOURS  # at the middle of each hour
WIND_HEIGHT = 100.0
# One stream of random numbers for each field, so that no change to one disturbs another.
STREAMS = {"clearness": 0, "hourly": 1, "temperature": 2, "wind": 3}
NAMES = {
    "ghi": ("W m-2", "global horizontal irradiance"),
    "dni": ("W m-2", "direct normal irradiance"),
    "dhi": ("W m-2", "diffuse horizontal irradiance"),
    "temp_air": ("degC", "air temperature at 2 m"),
    "wind_speed": ("m s-1", "wind speed at 100 m"),
}


Calendars = list[pd.DatetimeIndex]  # the hours of each year


class Sky(NamedTuple):
    """A year's sun over the cells: `cos_zenith` `(hour, cell)`, `dni_extra` `(hour,)` [W m-2], and the clear sky."""

    cos_zenith: np.ndarray
    dni_extra: np.ndarray
    clear: solar.ClearSky


class Days(NamedTuple):
    """The days of all years `(day, cell)`: ranks of brightness within their month, and clearness."""

    ranks: np.ndarray
    clearness: np.ndarray


def generate(
    climate: xr.Dataset,
    daily_ghi: xr.Dataset,
    cells: xr.Dataset,
    years: int = 1,
    seed: int = 0,
    first_year: int = 2019,
) -> xr.Dataset:
    """Draw hourly weather.

    Over the whole period every cell keeps its annual mean irradiation, temperature and wind, and each calendar month
    its mean irradiation and its spread of bright and dull days. One year is thus a typical year; several differ among
    each other. Cells share the weather: every field is correlated in space and time.

    Parameters
    ----------
    climate : Dataset
        Over `(lat, lon)` and `month`: `ghi` [kWh m-2 d-1], `temp_air`, `temp_air_min`, `temp_air_max` [degC],
        `wind_speed_rms` [m s-1], `linke_turbidity`.
    daily_ghi : Dataset
        `daily_ghi_ratio` over `(lat, lon, month, quantile)`.
    cells : Dataset
        Coordinates `lat`, `lon`, `elevation` over `cell`; variables `wind_speed_100m` and `weibull_k` where known,
        else the wind is raised from the climate's 10 m.
    years : int
        Years of 8760 hours; 29 February is left out.
    seed : int
        Not negative. The same seed gives the same weather; a cell's weather does not depend on the other cells.
    first_year : int
        First calendar year.

    Returns
    -------
    Dataset
        `ghi`, `dni`, `dhi` [W m-2], `temp_air` [degC], `wind_speed` [m s-1, at 100 m] over `(time, cell)`, float32,
        means of the hour that begins at `time` (UTC), with the sun at the middle of the hour.

    Raises
    ------
    GreenzoneError
        No cells, no years, or a negative seed.

    Examples
    --------
    >>> from greenzone.layers import catalogue
    >>> place = {"lat": ("cell", [39.375]), "lon": ("cell", [47.125]), "elevation": ("cell", [390.0])}
    >>> cells = xr.Dataset(coords=place)
    >>> weather = generate(catalogue.load_climate(), catalogue.load_daily_ghi(), cells, seed=1)
    >>> weather.sizes["time"]
    8760
    """
    if years < 1 or seed < 0 or cells.sizes.get("cell", 0) == 0:
        raise GreenzoneError("the weather generator needs at least one cell, one year, and a seed of 0 or more")
    # A single column would be summed in another order than many; a twin keeps its numbers the same.
    drawn = cells if cells.sizes["cell"] > 1 else cells.isel(cell=[0, 0])
    place = at_places(climate, daily_ghi, drawn)
    calendars = [hours_of_year(first_year + year) for year in range(years)]
    skies = [clear_year(place, times) for times in calendars]
    days = draw_days(place, skies, calendars, seed, shape_of_months(daily_ghi, parameters()))
    values = draw_irradiance(place, skies, days, seed)
    values["temp_air"] = draw_temperature(place, calendars, days, seed)
    values["wind_speed"] = draw_wind(place, calendars, seed)
    count = cells.sizes["cell"]
    weather = _labelled({name: value[:, :count] for name, value in values.items()}, calendars, cells, seed)
    return weather.assign_attrs(ghi_spread=spread_sentence(climate))


def hours_of_year(year: int) -> pd.DatetimeIndex:
    """The 8760 hours of a year, without 29 February."""
    hours = pd.date_range(f"{year}-01-01", f"{year}-12-31T23", freq="h", unit="ns")
    return hours[~((hours.month == 2) & (hours.day == 29))]


def stream(seed: int, name: str, year: int = 0) -> np.random.Generator:
    """Random numbers of one field in one year."""
    return np.random.default_rng([seed, STREAMS[name], year])


def shape_of_months(daily_ghi: xr.Dataset, figures: Parameters) -> np.ndarray:
    """High quantile of daily over monthly irradiation `(12,)`, mean of the source's cells: its months are noisy."""
    high = daily_ghi["daily_ghi_ratio"].interp(quantile=figures.shape_quantile).mean(["lat", "lon"])
    return high.transpose("month").values.astype(float)


def draw_days(place: xr.Dataset, skies: list[Sky], calendars: Calendars, seed: int, months: np.ndarray) -> Days:
    """The days of all years; `months` is the output of `shape_of_months`."""
    figures, steps = parameters(), DAYS * len(calendars)
    length, persistence = figures.clearness_length, figures.clearness_persistence
    latent = field(stream(seed, "clearness"), steps, place.lat.values, place.lon.values, length, persistence)
    month = np.tile(calendars[0].month.to_numpy()[::24] - 1, len(calendars))
    ranks = clearness.typical_ranks(latent, month)
    clear_sky = np.concatenate([clearness.daily_sum(sky.clear.ghi) for sky in skies])
    return Days(ranks, daily_clearness(place, ranks, month, clear_sky, months, figures))


def draw_irradiance(place: xr.Dataset, skies: list[Sky], days: Days, seed: int) -> dict[str, np.ndarray]:
    """Global, direct and diffuse irradiance `(hour, cell)` [W m-2], float32."""
    figures = parameters()
    length, persistence = figures.hourly_length, figures.hourly_persistence
    parts = []
    for year, sky in enumerate(skies):
        noise = field(stream(seed, "hourly", year), HOURS, place.lat.values, place.lon.values, length, persistence)
        part = irradiance_year(days.clearness[DAYS * year :][:DAYS], sky, noise, figures)
        parts.append({name: value.astype(np.float32) for name, value in part.items()})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def draw_temperature(place: xr.Dataset, calendars: Calendars, days: Days, seed: int) -> np.ndarray:
    """Air temperature `(hour, cell)` [degC], float32, with each cell's mean over the whole period."""
    figures = parameters()
    length, persistence = figures.temp_length, figures.temp_persistence
    lat, lon = place.lat.values, place.lon.values
    normal = field(stream(seed, "temperature"), DAYS * len(calendars), lat, lon, length, persistence)
    anomaly = temperature.anomalies(normal, days.ranks, figures.temp_clearness)
    swing = days.clearness / days.clearness.mean(0)
    climate = place.temp_air.values, place.temp_air_min.values, place.temp_air_max.values
    hours = np.concatenate([solar_hours(times, lon) for times in calendars])
    angle = np.tile(YEAR_ANGLE, len(calendars))
    weather, width = (temperature.through_the_day(daily) for daily in (anomaly, swing))
    return temperature.air_temperature(climate, angle, hours, weather, width, figures).astype(np.float32)


def clear_year(place: xr.Dataset, times: pd.DatetimeIndex) -> Sky:
    """The sky of a year over the cells, with the sun at the middle of each hour."""
    sun = solar.sun_path(times + pd.Timedelta(minutes=30))
    cos_z = solar.cos_zenith(sun, place.lat.values, place.lon.values)
    turbidity = clearness.harmonic(place.linke_turbidity.values, YEAR_ANGLE)
    return Sky(cos_z, sun.dni_extra, solar.clear_sky(cos_z, sun.dni_extra, turbidity, place.elevation.values))


def daily_clearness(
    place: xr.Dataset,
    ranks: np.ndarray,
    month: np.ndarray,
    clear_sky: np.ndarray,
    months: np.ndarray,
    figures: Parameters,
) -> np.ndarray:
    """Clearness of each day `(day, cell)` whose irradiation keeps to each month's and the year's mean.

    `clear_sky` `(day, cell)` is clear-sky irradiation [Wh m-2]; `months` the output of `shape_of_months`.
    """
    years = len(month) // DAYS
    monthly = np.stack([clear_sky[month == each].sum(0) for each in range(12)]) / years
    mean = clearness.monthly_clearness(months, monthly, place.ghi.values * 1000 * DAYS)
    spread = clearness.DailyDistribution.of(
        place.daily_ghi_ratio.values,
        mean,
        limits=(figures.overcast_limit, figures.clear_limit),
        anchor=figures.clear_quantile,
        knee=figures.clear_knee,
    )
    return clearness.keep_monthly_means(spread.at(ranks, month), clear_sky, month, mean)


def irradiance_year(daily: np.ndarray, sky: Sky, noise: np.ndarray, figures: Parameters) -> dict[str, np.ndarray]:
    """Global, direct and diffuse irradiance [W m-2] of a year from its daily clearness.

    Global is parted by the Erbs model in Driesse's continuous form, of the models in pvlib one of the two nearest to
    the direct irradiance of PVGIS from the same global (+5 % in the year; Boland -5 %). Direct stays below that of
    the clear sky, times the highest clearness; what it loses is diffuse.

    References
    ----------
    Erbs, Klein, Duffie (1982), Solar Energy 28, 293-302, doi:10.1016/0038-092X(82)90302-4.
    """
    spread = clearness.hourly_spread(daily, figures.hourly_spread, figures.clear_limit)
    ghi = clearness.hourly_irradiance(daily, sky.clear.ghi, noise, spread)
    zenith = np.degrees(np.arccos(np.clip(sky.cos_zenith, -1, 1)))
    parted = pvlib.irradiance.erbs_driesse(ghi, zenith, dni_extra=sky.dni_extra[:, None])
    dni = np.minimum(parted["dni"], figures.clear_limit * sky.clear.dni)
    return {"ghi": ghi, "dni": dni, "dhi": ghi - dni * np.maximum(sky.cos_zenith, 0)}


def solar_hours(times: pd.DatetimeIndex, lon: np.ndarray) -> np.ndarray:
    """Local mean solar time at the middle of each hour, 0-24, `(hour, cell)`."""
    return (times.hour.to_numpy()[:, None] + 0.5 + lon / 15) % 24


def draw_wind(place: xr.Dataset, calendars: Calendars, seed: int) -> np.ndarray:
    """Wind speed at 100 m `(hour, cell)` [m s-1], float32, with each cell's mean over the whole period."""
    figures = parameters()
    lat, lon = place.lat.values, place.lon.values
    if "wind_speed_100m" in place:
        mean, shape = place.wind_speed_100m.values, place.weibull_k.values
    else:
        shape = np.full(lat.size, figures.weibull_k)
        rise = (WIND_HEIGHT / 10) ** figures.wind_shear
        mean = wind.mean_from_rms(place.wind_speed_rms.values, shape, rise)
    years = [
        field(stream(seed, "wind", year), HOURS, lat, lon, figures.wind_length, figures.wind_persistence)
        for year in range(len(calendars))
    ]
    speed = wind.weibull_quantile(wind.standardised(np.concatenate(years)), mean, shape)
    elevation = place.elevation.values
    speed *= np.concatenate([wind.course(elevation, YEAR_ANGLE, solar_hours(t, lon), figures) for t in calendars])
    return (speed * (mean / speed.mean(0))).astype(np.float32)


def _labelled(values: dict[str, np.ndarray], calendars: Calendars, cells: xr.Dataset, seed: int) -> xr.Dataset:
    """The dataset of the contract between the rooms."""
    coords = {"time": calendars[0].append(calendars[1:])}
    coords |= {name: ("cell", cells[name].values) for name in ("lat", "lon", "elevation")}
    weather = xr.Dataset({name: (("time", "cell"), value) for name, value in values.items()}, coords)
    for name, (units, long_name) in NAMES.items():
        weather[name].attrs = {"units": units, "long_name": long_name}
    weather["wind_speed"].attrs["height"] = WIND_HEIGHT
    weather.attrs = {
        "source": "greenzone stochastic weather generator on GLDAS, MERRA-2 and Linke turbidity means",
        "interval": "start",
        "seed": seed,
        "comment": "drawn, not measured: its statistics are those of the climate, its single hours mean nothing",
    }
    return weather
