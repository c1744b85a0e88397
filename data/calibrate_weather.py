"""Show where the figures of `data/tables/weather_generator.csv` come from and how near the generator comes.

Comes in: a PVGIS typical meteorological year and an EPW file (neither ships). Goes out: a report, printed:

    python data/calibrate_weather.py ../shared/data/pvgis_tmy_jabrayil.csv ../shared/data/tabriz_itmy.epw

Nothing is fitted to one place but the shape of the daily and hourly clearness, which no other file here tells.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import xarray as xr
from scipy.special import ndtri
from scipy.stats import ks_2samp

from greenzone.layers import catalogue
from greenzone.layers.weather import generate, link_sites, needed_cells, read_weather
from greenzone.layers.weather.clearness import daily_sum
from greenzone.layers.weather.generator import YEAR_ANGLE, clear_year, hours_of_year
from greenzone.layers.weather.interpolation import at_places
from greenzone.layers.weather.readers import sun_heights

PVGIS_PLACE = (39.330, 47.052)
MONTH = hours_of_year(2019).month.to_numpy()


def harmonic_fit(values: np.ndarray, angle: np.ndarray) -> tuple[float, float, float]:
    """Mean, amplitude and angle of the maximum of the first harmonic."""
    columns = np.column_stack([np.ones(angle.size), np.cos(angle), np.sin(angle)])
    mean, cosine, sine = np.linalg.lstsq(columns, values, rcond=None)[0]
    return mean, float(np.hypot(cosine, sine)), float(np.arctan2(sine, cosine) % (2 * np.pi))


def lapse_rate() -> float:
    """Fall of the climate's temperature per metre of mean elevation between neighbouring cells [K m-1]."""
    climate = catalogue.load_climate()
    lon, lat = np.meshgrid(climate.lon.values, climate.lat.values)
    inside = (lon > 45) & (lon < 48.5) & (lat > 38) & (lat < 41)
    cells = needed_cells(lon[inside], lat[inside], catalogue.load_elevation())
    height = np.full(lon.shape, np.nan)
    height[inside] = cells.elevation.values
    steps = [(np.diff(climate.temp_air.values, axis=a).ravel(), np.diff(height, axis=a).ravel()) for a in (0, 1)]
    warming, rise = (np.concatenate(parts) for parts in zip(*steps, strict=True))
    known = np.isfinite(warming) & np.isfinite(rise)
    print(f"  correlation {np.corrcoef(warming[known], rise[known])[0, 1]:.3f}")
    return -float(warming[known] @ rise[known] / (rise[known] @ rise[known]))


def daily_clearness(weather: xr.Dataset) -> np.ndarray:
    """Clearness of each day of measured weather at one place, `(day,)`."""
    cells = xr.Dataset(coords={name: weather[name] for name in ("lat", "lon", "elevation")})
    place = at_places(catalogue.load_climate(), catalogue.load_daily_ghi(), cells)
    clear = clear_year(place, hours_of_year(2019)).clear.ghi
    return (daily_sum(weather["ghi"].values.astype(float)) / daily_sum(clear))[:, 0]


def normal_scores(daily: np.ndarray) -> np.ndarray:
    """Standard normal values of the ranks within each month."""
    month, scores = MONTH[::24], np.empty(daily.size)
    for each in range(1, 13):
        days = np.flatnonzero(month == each)
        scores[days] = ndtri((daily[days].argsort().argsort() + 0.5) / days.size)
    return scores


def clearness_report(measured: xr.Dataset) -> None:
    """Persistence and quantiles of daily clearness, spread of hourly clearness."""
    daily, month = daily_clearness(measured), MONTH[::24]
    scores, same = normal_scores(daily), month[1:] == month[:-1]
    print(f"  persistence of days {np.corrcoef(scores[1:][same], scores[:-1][same])[0, 1]:.2f}")
    print("  quantiles 5 25 50 75 95 %:", np.quantile(daily, [0.05, 0.25, 0.5, 0.75, 0.95]).round(3))
    cells = xr.Dataset(coords={name: measured[name] for name in ("lat", "lon", "elevation")})
    place = at_places(catalogue.load_climate(), catalogue.load_daily_ghi(), cells)
    clear = clear_year(place, hours_of_year(2019)).clear.ghi[:, 0]
    hourly = np.where(clear > 120, measured["ghi"].values[:, 0] / np.maximum(clear, 1), np.nan).reshape(365, 24)
    spread = np.sqrt(np.nanmean((hourly - daily[:, None]) ** 2, axis=1))
    shape = daily * np.sqrt(np.maximum(1 - daily / 1.05, 0))
    print(f"  hourly spread over its shape {(spread @ shape) / (shape @ shape):.2f}")


def parting_report(measured: xr.Dataset) -> None:
    """Direct irradiance of the parting models from the measured global, against the measured."""
    cos_z, extra = sun_heights(measured, 10)
    zenith, ghi = np.degrees(np.arccos(np.clip(cos_z, -1, 1)))[:, 0], measured["ghi"].values[:, 0].astype(float)
    times, truth = pd.DatetimeIndex(measured.time.values), float(measured["dni"].sum())
    models = {
        "Erbs-Driesse": pvlib.irradiance.erbs_driesse(ghi, zenith, dni_extra=extra[:, 0])["dni"],
        "Boland": pvlib.irradiance.boland(ghi, zenith, times)["dni"],
        "Orgill-Hollands": pvlib.irradiance.orgill_hollands(ghi, zenith, times)["dni"],
        "DISC": pvlib.irradiance.disc(ghi, zenith, times)["dni"],
    }
    for name, dni in models.items():
        print(f"  {name:16s} annual direct {100 * (np.nansum(dni) / truth - 1):+.1f} %")


def temperature_report(measured: xr.Dataset) -> None:
    """Courses and anomalies of temperature, over the range of the climate's extremes."""
    place = at_places(catalogue.load_climate(), catalogue.load_daily_ghi(), measured)
    swing = float(place.temp_air_max[0] - place.temp_air_min[0])
    temp = measured["temp_air"].values[:, 0].astype(float)
    mean, season, warmest = harmonic_fit(temp, YEAR_ANGLE)
    daily = temp.reshape(365, 24)
    angle = 2 * np.pi * ((np.arange(24) + float(measured.lon[0]) / 15) % 24) / 24
    course = (daily - daily.mean(1, keepdims=True)).mean(0)
    _, first, peak = harmonic_fit(course, angle)
    _, second, second_peak = harmonic_fit(course, 2 * angle)
    two = np.column_stack([f(k * YEAR_ANGLE) for k in (1, 2) for f in (np.cos, np.sin)])
    expected = mean + two @ np.linalg.lstsq(two, temp - mean, rcond=None)[0]
    anomaly = daily.mean(1) - expected.reshape(365, 24).mean(1)
    print(f"  year {season / swing:.3f} of the range, coldest on day {(warmest / (2 * np.pi) * 365 + 182.5) % 365:.0f}")
    print(f"  day {first / swing:.3f}, peak {peak / (2 * np.pi) * 24:.1f} h; second {second / first:.2f} of it", end="")
    print(f", peak {second_peak / (2 * np.pi) * 12:.1f} h")
    print(f"  anomalies {anomaly.std() / swing:.3f}, persistence {np.corrcoef(anomaly[1:], anomaly[:-1])[0, 1]:.3f}")
    scores = normal_scores(daily_clearness(measured))
    print(f"  correlation of anomalies with clearness {np.corrcoef(scores, anomaly)[0, 1]:.2f}")


def wind_report(measured: xr.Dataset) -> None:
    """Courses of the 10 m wind over its mean."""
    speed = measured["wind_speed"].values[:, 0].astype(float)
    solar_hour = (np.arange(24) + float(measured.lon[0]) / 15) % 24
    _, season, windiest = harmonic_fit(speed / speed.mean(), YEAR_ANGLE)
    _, day, peak = harmonic_fit(speed.reshape(365, 24).mean(0) / speed.mean(), 2 * np.pi * solar_hour / 24)
    print(f"  year {season:.2f}, strongest on day {windiest / (2 * np.pi) * 365:.0f}; day {day:.2f},", end="")
    print(f" peak {peak / (2 * np.pi) * 24:.1f} h; shape {(speed.std() / speed.mean()) ** -1.086:.2f}")


def nearness_report(measured: xr.Dataset, years: int = 10) -> None:
    """The generator at the place, against the measurement."""
    climate, terrain = catalogue.load_climate(), catalogue.load_elevation()
    lat, lon = measured.lat.values, measured.lon.values
    weather = generate(climate, catalogue.load_daily_ghi(), needed_cells(lon, lat, terrain), years=years)
    site = link_sites(lon, lat, measured.elevation.values, weather, climate, terrain)
    factor = float(site.ghi_factor[0])
    totals = {name: weather[name].values[:, 0].astype(float) * factor / years / 1000 for name in ("ghi", "dni")}
    truth = {name: measured[name].values[:, 0].astype(float) / 1000 for name in ("ghi", "dni")}
    for name, values in totals.items():
        print(f"  {name} {values.sum():.0f}, {100 * (values.sum() / truth[name].sum() - 1):+.1f} %")
    month = np.tile(MONTH, years)
    errors = [totals["ghi"][month == m].sum() / truth["ghi"][m == MONTH].sum() - 1 for m in range(1, 13)]
    print("  months %:", (100 * np.array(errors)).round(0))
    print(f"  temperature {float(site.temp_air[0]):.1f}, {float(measured.temp_air.mean()):.1f} measured")
    drawn = weather.assign_coords(elevation=("cell", measured.elevation.values))
    scaled = [daily_clearness(drawn.isel(time=slice(8760 * y, 8760 * (y + 1)))) * factor for y in range(years)]
    found = ks_2samp(np.concatenate(scaled), daily_clearness(measured)).statistic
    print(f"  Kolmogorov-Smirnov distance of daily clearness {found:.3f}")


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pvgis", type=Path, help="hourly CSV of PVGIS at 39.330 N 47.052 E")
    parser.add_argument("epw", type=Path, help="EPW file of Tabriz")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    pvgis = read_weather(given.pvgis, lat=PVGIS_PLACE[0], lon=PVGIS_PLACE[1])
    epw = read_weather(given.epw)
    print("lapse rate")
    print(f"  {lapse_rate():.5f} K m-1")
    print("clearness, PVGIS")
    clearness_report(pvgis)
    print("direct irradiance from global, PVGIS")
    parting_report(pvgis)
    for name, measured in (("PVGIS", pvgis), ("EPW", epw)):
        print(f"temperature and wind, {name}")
        temperature_report(measured)
        wind_report(measured)
    print("generator at the place of the PVGIS year")
    nearness_report(pvgis)


if __name__ == "__main__":
    main()
