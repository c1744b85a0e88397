"""Make the stored cases for wind with independent tools; run it again to reproduce the files beside it.

    python tests/reference/wind/make_cases.py

windpowerlib 0.2.2: `density_corrected.csv`, output of every turbine of the library at 72 pairs of wind speed and air
density; `model_chain.csv`, 96 hours of its ModelChain at 0 and 3,000 m. NREL-PySAM 7.1.1 (SAM's Windpower module):
`pysam_windpower.csv`, energy of a year of made-up wind at three places.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import PySAM.Windpower
import windpowerlib
from windpowerlib import ModelChain, WindTurbine

HERE = Path(__file__).parent
CHAIN_TURBINES = ("E-126/4200", "V126/3300", "ENO114/3500")
SAM_PLACES = ((1.0, 15.0), (0.9, 10.0), (0.7, 0.0))  # pressure [atm] and temperature [degC] at the hub


def density_corrected() -> pd.DataFrame:
    """Output over nominal power, one row per pair of speed and density, one column per turbine."""
    rng = np.random.default_rng(1)
    speed = np.concatenate(
        [rng.uniform(2, 16, 48), rng.uniform(16, 36, 16), [3.0, 7.5, 10.0, 12.5, 15.0, 20.0, 25.0, 25.5]]
    )
    density = np.concatenate([rng.uniform(0.70, 1.50, 64), [1.225, 1.225, 0.8, 1.1, 0.9, 1.3, 1.2, 1.0]])
    folder = Path(windpowerlib.__file__).parent / "oedb"
    curves = pd.read_csv(folder / "power_curves.csv", index_col="turbine_type")
    nominal = pd.read_csv(folder / "turbine_data.csv", index_col="turbine_type")["nominal_power"]
    table = {"wind_speed": speed.round(4), "density": density.round(4)}
    for name, row in curves.sort_index().iterrows():
        curve = row.dropna()
        power = windpowerlib.power_output.power_curve_density_correction(
            table["wind_speed"], curve.index.to_numpy(dtype=float), curve.to_numpy(dtype=float), table["density"]
        )
        table[name] = (power / nominal[name]).round(7)
    return pd.DataFrame(table)


def made_weather(hours: int, seed: int) -> pd.DataFrame:
    """Wind, temperature and pressure with a daily course; nothing measured."""
    rng = np.random.default_rng(seed)
    day = np.sin(2 * np.pi * np.arange(hours) / 24)
    wind = np.clip(7 + 2 * day + rng.gamma(4, 1.2, hours) - 4.8, 0, None)
    return pd.DataFrame({"wind_speed": wind.round(3), "temp_air": (8 + 6 * day + rng.normal(0, 2, hours)).round(2)})


def model_chain() -> pd.DataFrame:
    """ModelChain from 10 m to the hub: power law, linear temperature gradient, ideal gas, density correction."""
    parts = []
    for elevation, pressure in ((0, 101_325.0), (3000, 70_121.0)):
        weather = made_weather(96, elevation)
        columns = pd.MultiIndex.from_tuples(
            [("wind_speed", 10), ("temperature", 2), ("pressure", 0), ("roughness_length", 0)]
        )
        values = np.column_stack(
            [weather.wind_speed, weather.temp_air + 273.15, np.full(96, pressure), np.full(96, 0.1)]
        )
        times = pd.date_range("2019-01-01", periods=96, freq="h", tz="UTC")
        frame = pd.DataFrame(values, index=times, columns=columns)
        case = weather.assign(elevation=elevation, pressure=pressure)
        for name in CHAIN_TURBINES:
            turbine = WindTurbine(hub_height=100, turbine_type=name)
            chain = ModelChain(
                turbine, wind_speed_model="hellman", hellman_exp=0.143, density_model="ideal_gas",
                temperature_model="linear_gradient", density_correction=True,
            )  # fmt: skip
            power = chain.run_model(frame).power_output.to_numpy() / turbine.nominal_power
            case[name] = power.round(7)
        parts.append(case)
    return pd.concat(parts, ignore_index=True)


def pysam_windpower() -> pd.DataFrame:
    """Energy over nominal power and hours of one turbine without losses, wind given at the hub."""
    rows = []
    for pressure, temp in SAM_PLACES:
        wind = made_weather(8760, 7).wind_speed.to_numpy()
        for name in CHAIN_TURBINES:
            turbine = WindTurbine(hub_height=100, turbine_type=name)
            speeds = np.arange(401) / 10
            curve = turbine.power_curve
            powers = np.interp(speeds, curve["wind_speed"], curve["value"] / 1000, left=0, right=0)
            system = PySAM.Windpower.default("WindPowerNone")
            system.Turbine.wind_turbine_powercurve_windspeeds = speeds.tolist()
            system.Turbine.wind_turbine_powercurve_powerout = powers.tolist()
            system.Turbine.wind_turbine_rotor_diameter = turbine.rotor_diameter
            system.Turbine.wind_turbine_hub_ht = 100
            system.Turbine.wind_resource_shear = 0.143
            system.Farm.system_capacity = turbine.nominal_power / 1000
            system.Farm.wind_farm_xCoordinates, system.Farm.wind_farm_yCoordinates = [0], [0]
            for loss in system.Losses.export():
                setattr(system.Losses, loss, 0)
            data = np.column_stack([np.full(8760, temp), np.full(8760, pressure), wind, np.full(8760, 180.0)])
            system.Resource.wind_resource_model_choice = 0
            system.Resource.wind_resource_data = {
                "heights": [100, 100, 100, 100], "fields": [1, 2, 3, 4], "data": data.tolist()
            }  # fmt: skip
            system.execute(0)
            annual = system.Outputs.annual_energy / (turbine.nominal_power / 1000) / 8760
            rows.append(
                {"turbine": name, "pressure_atm": pressure, "temp_air": temp, "capacity_factor": round(annual, 6)}
            )
    return pd.DataFrame(rows)


def main() -> None:
    """Write the three files."""
    density_corrected().to_csv(HERE / "density_corrected.csv", index=False, lineterminator="\n")
    model_chain().to_csv(HERE / "model_chain.csv", index=False, lineterminator="\n")
    pysam_windpower().to_csv(HERE / "pysam_windpower.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
