"""Make the stored cases of this folder: `python tests/reference/solar/make_cases.py`.

`pvlib_cases.npz`: capacity factors of every option from pvlib's functions, at every ninth time of `sample_weather`.
`pvwatts_cases.csv`: mean capacity factors from NREL-PySAM's PVWatts version 8 for `hourly_year` at seven places.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from chain import chain, hourly_year, sample_weather
from options import OPTIONS

from greenzone.technologies.solar import equipment, fits

HERE = Path(__file__).parent
EVERY = 9
PLACES = {
    "Antarctic Peninsula": (-60.0, -65.0, 10.0),
    "Cape": (-33.4, 18.5, 200.0),
    "Quito": (0.0, -78.5, 2850.0),
    "Arabia": (23.4, 46.0, 600.0),
    "Kalbajar": (40.1, 46.2, 3000.0),
    "England": (52.0, -1.5, 50.0),
    "Lapland": (66.6, 25.0, 180.0),
}
ARRAY_TYPES = {"fixed": 0, "single_axis": 2, "dual_axis": 4}


def pvwatts(site: xr.Dataset, mounting: str, tilt: float, azimuth: float) -> float:
    """Mean capacity factor on AC power from PVWatts version 8; rows far apart, sun at the stamps."""
    import PySAM.Pvwattsv8 as Pvwatts

    model = Pvwatts.new()
    times = site.indexes["time"]
    clock = {name: getattr(times, name).tolist() for name in ("year", "month", "day", "hour", "minute")}
    names = {"dn": "dni", "df": "dhi", "gh": "ghi", "tdry": "temp_air", "wspd": "wind_speed"}
    columns = {theirs: site[ours].values.astype(float).tolist() for theirs, ours in names.items()}
    place = {"lat": float(site.lat), "lon": float(site.lon), "tz": 0, "elev": float(site.elevation)}
    model.SolarResource.solar_resource_data = place | clock | columns
    model.SolarResource.albedo = (0.2,) * 12
    model.SystemDesign.assign(
        {
            "system_capacity": 1.2, "dc_ac_ratio": 1.2, "inv_eff": 96.0, "losses": 14.08, "module_type": 0,
            "array_type": ARRAY_TYPES[mounting], "tilt": tilt, "azimuth": azimuth, "gcr": 0.01, "rotlim": 60.0,
        }
    )  # fmt: skip
    model.execute()
    return model.Outputs.ac_annual / 8760.0


def pvlib_cases() -> None:
    """Capacity factors (time, site) of every option."""
    weather = sample_weather()
    cases = {"every": np.array(EVERY)}
    for option, (mounting, system) in OPTIONS.items():
        power = None
        if "module" in system:
            module = equipment.cec_module(system["module"])
            power = lambda effective, temp_cell, module=module: fits.cec_power(module, effective, temp_cell)  # noqa: E731
        sites = [chain(weather.isel(site=i), mounting, system, power) for i in range(weather.sizes["site"])]
        cases[option] = np.nan_to_num(np.stack(sites, axis=1))[::EVERY].astype(np.float32)
    np.savez_compressed(HERE / "pvlib_cases.npz", **cases)


def pvwatts_cases() -> None:
    """Mean capacity factors by place and mounting."""
    rows = []
    for name, (lat, lon, elevation) in PLACES.items():
        site = hourly_year(lat, lon, elevation).isel(site=0)
        azimuth = 180.0 if lat >= 0 else 0.0
        for mounting in ARRAY_TYPES:
            tilt = float(np.clip(0.8 * abs(lat), 10.0, 60.0)) if mounting == "fixed" else 0.0
            value = pvwatts(site, mounting, tilt, azimuth)
            rows.append(
                [name, lat, lon, elevation, mounting, round(tilt, 2), azimuth, round(value, 6), version("NREL-PySAM")]
            )
    columns = ["place", "lat", "lon", "elevation", "mounting", "tilt", "azimuth", "capacity_factor", "pysam"]
    pd.DataFrame(rows, columns=columns).to_csv(HERE / "pvwatts_cases.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    pvlib_cases()
    pvwatts_cases()
