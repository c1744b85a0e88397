"""The independent way: one site at a time through pvlib's own functions in float64, for every option of `System`.

`sample_weather` and `hourly_year` make weather for comparisons, `chain` the reference capacity factor. Used by the
tests, by `make_cases.py` and by the benchmark.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import xarray as xr

LATITUDES = (-60.0, -33.4, -5.0, 0.0, 23.4, 39.4, 40.1, 52.0, 66.6, 70.0)
LONGITUDES = (-65.0, 18.5, 120.0, -78.5, 46.0, 47.05, 46.2, -1.5, 25.0, -150.0)
ELEVATIONS = (10.0, 200.0, 0.0, 2850.0, 600.0, 600.0, 4000.0, 50.0, 180.0, 5.0)


def sample_weather(step_hours: int = 13, seed: int = 7) -> xr.Dataset:
    """A year of instants under clear, broken and overcast skies, on ten sites from 60 S to 70 N up to 4,000 m.

    A step of 13 hours meets every hour of the day in every season with few values.
    """
    random = np.random.default_rng(seed)
    times = pd.date_range("2019-01-01", "2019-12-31 23:00", freq=f"{step_hours}h")
    names = ("ghi", "dni", "dhi", "temp_air", "wind_speed")
    values = {name: np.zeros((times.size, len(LATITUDES)), np.float32) for name in names}
    for i, (lat, lon, elevation) in enumerate(zip(LATITUDES, LONGITUDES, ELEVATIONS, strict=True)):
        clear = pvlib.location.Location(lat, lon, altitude=elevation).get_clearsky(
            times.tz_localize("UTC"), model="ineichen", linke_turbidity=3.0
        )
        index = random.uniform(0.03, 1.4, times.size)
        beam = np.clip((index - 0.25) / 0.75, 0.0, 1.05)
        cosine = np.cos(np.radians(pvlib.solarposition.get_solarposition(times, lat, lon).apparent_zenith.to_numpy()))
        dni = clear.dni.to_numpy() * beam
        ghi = clear.ghi.to_numpy() * np.clip(index, 0.0, 1.3)
        dhi = np.clip(ghi - dni * np.maximum(cosine, 0.0), 0.05 * ghi, None)
        values["ghi"][:, i], values["dni"][:, i], values["dhi"][:, i] = dni * np.maximum(cosine, 0.0) + dhi, dni, dhi
        values["temp_air"][:, i] = random.normal(25.0 - 0.4 * abs(lat) - 0.006 * elevation, 8.0, times.size)
        values["wind_speed"][:, i] = random.gamma(2.0, 2.0, times.size)
    return xr.Dataset(
        {name: (("time", "site"), value) for name, value in values.items()},
        {
            "time": times,
            "site": [f"s{i}" for i in range(len(LATITUDES))],
            "lat": ("site", np.array(LATITUDES)),
            "lon": ("site", np.array(LONGITUDES)),
            "elevation": ("site", np.array(ELEVATIONS)),
        },
    )


def hourly_year(lat: float, lon: float, elevation: float, seed: int = 0) -> xr.Dataset:
    """Every hour of 2019 at one place: clear-sky light dimmed day by day, warm and cold seasons and hours, gusts."""
    random = np.random.default_rng(seed)
    times = pd.date_range("2019-01-01", periods=8760, freq="h")
    place = pvlib.location.Location(lat, lon, altitude=elevation)
    clear = place.get_clearsky(times.tz_localize("UTC"), model="ineichen", linke_turbidity=3.0)
    zenith = pvlib.solarposition.get_solarposition(times, lat, lon)["apparent_zenith"].to_numpy()
    cosine = np.maximum(np.cos(np.radians(zenith)), 0.0)
    index = np.repeat(random.uniform(0.2, 1.0, 365), 24)
    dni = clear["dni"].to_numpy() * np.clip((index - 0.25) / 0.75, 0.0, 1.0)
    ghi = clear["ghi"].to_numpy() * index
    dhi = np.clip(ghi - dni * cosine, 0.1 * ghi, None)
    season = -np.sign(lat) * 8.0 * np.cos(2 * np.pi * (times.day_of_year.to_numpy() - 15) / 365)
    hour = 5.0 * np.cos((times.hour.to_numpy() + lon / 15.0 - 14.0) / 12.0 * np.pi)
    values = {
        "ghi": dni * cosine + dhi,
        "dni": dni,
        "dhi": dhi,
        "temp_air": 22.0 - 0.35 * abs(lat) - 0.006 * elevation + season + hour,
        "wind_speed": random.gamma(2.0, 1.5, 8760),
    }
    return xr.Dataset(
        {name: (("time", "site"), value.astype(np.float32)[:, None]) for name, value in values.items()},
        {
            "time": times,
            "site": ["x"],
            "lat": ("site", [lat]),
            "lon": ("site", [lon]),
            "elevation": ("site", [elevation]),
        },
    )


def orientation(mounting: dict, zenith: np.ndarray, azimuth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tilt and azimuth of the panel; flat where pvlib's trackers are undefined because the sun is down."""
    if mounting["kind"] == "fixed":
        return np.full_like(zenith, mounting["tilt"]), np.full_like(zenith, mounting["azimuth"])
    if mounting["kind"] == "dual":
        up = zenith < 90.0
        return np.where(up, zenith, 0.0), np.where(up, azimuth, 180.0)
    turned = pvlib.tracking.singleaxis(
        zenith, azimuth, mounting["axis_tilt"], mounting["axis_azimuth"], mounting["max_angle"],
        mounting["gcr"] is not None, mounting["gcr"] or 0.3, mounting["cross_axis_tilt"],
    )  # fmt: skip
    down = np.isnan(turned["surface_tilt"])
    tilt = np.where(down, abs(mounting["axis_tilt"]), turned["surface_tilt"])
    facing = mounting["axis_azimuth"] if mounting["axis_tilt"] >= 0 else mounting["axis_azimuth"] + 180.0
    return tilt, np.where(down, facing, turned["surface_azimuth"])


def iam(name: str, aoi: np.ndarray) -> np.ndarray:
    """Incidence-angle modifier by name."""
    models = {"physical": pvlib.iam.physical, "ashrae": pvlib.iam.ashrae, "martin_ruiz": pvlib.iam.martin_ruiz}
    return np.ones_like(aoi) if name == "none" else np.asarray(models[name](aoi))


def cell_temperature(name: str, poa: np.ndarray, air: np.ndarray, wind: np.ndarray) -> np.ndarray:
    """Cell temperature by name; the heat losses of floats are of Doerenkaemper et al. (2021)."""
    floats = {"floating_open": (35.3, 8.9), "floating_closed": (25.2, 3.7)}
    if name == "faiman":
        return pvlib.temperature.faiman(poa, air, wind)
    if name in floats:
        return pvlib.temperature.pvsyst_cell(poa, air, wind, *floats[name])
    model, _, entry = name.partition("_")
    parameters = pvlib.temperature.TEMPERATURE_MODEL_PARAMETERS[model][entry]
    function = {"sapm": pvlib.temperature.sapm_cell, "pvsyst": pvlib.temperature.pvsyst_cell}[model]
    return function(poa, air, wind, **parameters)


def light(site: xr.Dataset, mounting: dict, system: dict) -> tuple[np.ndarray, np.ndarray]:
    """Irradiance that makes current and irradiance that heats."""
    times = site.indexes["time"]
    position = pvlib.solarposition.get_solarposition(
        times, float(site.lat), float(site.lon), altitude=float(site.elevation)
    )
    zenith, azimuth = position.apparent_zenith.to_numpy(), position.azimuth.to_numpy()
    ghi, dni, dhi = (site[name].values.astype(float) for name in ("ghi", "dni", "dhi"))
    extra = np.asarray(pvlib.irradiance.get_extra_radiation(times))
    tilt, facing = orientation(mounting, zenith, azimuth)
    albedo, cover = system.get("albedo", 0.2), system.get("iam", "physical")
    aoi = pvlib.irradiance.aoi(tilt, facing, zenith, azimuth)
    if system.get("gcr") is None:
        total = pvlib.irradiance.get_total_irradiance(
            tilt, facing, zenith, azimuth, dni, ghi, dhi, dni_extra=extra, albedo=albedo,
            model=system.get("sky", "haydavies"),
        )  # fmt: skip
        return total["poa_direct"] * iam(cover, aoi) + total["poa_diffuse"], total["poa_global"]
    width, height = system.get("row_width", 4.0), system.get("row_height", 1.8)
    total = pvlib.bifacial.infinite_sheds.get_irradiance(
        tilt, facing, zenith, azimuth, system["gcr"], height, width / system["gcr"], ghi, dhi, dni, albedo,
        model=system.get("sky", "haydavies"), dni_extra=extra, bifaciality=system.get("bifaciality", 0.0),
        shade_factor=-system.get("rear_losses", 0.02),
    )  # fmt: skip
    direct = total["poa_front_direct"]
    return total["poa_global"] - direct + direct * iam(cover, aoi), total["poa_global"]


def chain(site: xr.Dataset, mounting: dict, system: dict, dc_power=None) -> np.ndarray:
    """Capacity factor of one site on AC power; `dc_power(effective, temp_cell)` in place of PVWatts' module."""
    effective, poa = light(site, mounting, system)
    temp_cell = cell_temperature(
        system.get("cooling", "faiman"),
        poa,
        site["temp_air"].values.astype(float),
        site["wind_speed"].values.astype(float),
    )
    if dc_power is None:
        dc = pvlib.pvsystem.pvwatts_dc(effective, temp_cell, 1.0, system.get("temperature_coefficient", -0.0037))
    else:
        dc = dc_power(effective, temp_cell)
    efficiency = system.get("inverter_efficiency", 0.96)
    dc = dc * system.get("dc_ac_ratio", 1.2) * (1.0 - system.get("losses", 0.14))
    return pvlib.inverter.pvwatts(dc, 1.0 / efficiency, efficiency)
