"""Stored cases of independent tools (`tests/reference/wind/make_cases.py` makes them)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.technologies import wind
from greenzone.technologies.wind import model

CHAIN_TURBINES = ("E-126/4200", "V126/3300", "ENO114/3500")


@pytest.fixture(scope="module")
def folder(project):
    return project / "tests" / "reference" / "wind"


def as_weather(frame, **attributes):
    """One site's columns as weather; temperature is given at the ground."""
    variables = {name: (("time", "site"), frame[[name]].to_numpy()) for name in ("wind_speed", "temp_air", "pressure")}
    data = xr.Dataset(variables, {"time": pd.date_range("2019-01-01", periods=len(frame), freq="h"), "site": ["a"]})
    data["wind_speed"].attrs = {"units": "m s-1"} | attributes
    return data


def test_density_corrected_curves_of_windpowerlib(folder):
    cases = pd.read_csv(folder / "density_corrected.csv")
    names = list(cases.columns[2:])
    assert names == wind.turbine_names()
    # pressure at the ground that gives the stored density at a hub of 100 m
    temp = np.where(cases["density"] > 1.25, -33.0, 10.0)
    pressure = 1e5 * cases["density"] / model.density_at_hub(1e5, temp, 100.0)
    at_hub = as_weather(cases.assign(temp_air=temp, pressure=pressure), height=100.0)
    worst = {}
    for name in names:
        ours = wind.capacity_factor(at_hub, name, 100.0).values[:, 0]
        steps = model.density_corrected_speed(
            wind.turbine(name).wind_speed[[0, -1]], cases["density"].to_numpy()[:, None]
        )
        sure = (np.abs(cases[["wind_speed"]].to_numpy() - steps) > 2e-3).all(axis=1)
        assert sure.sum() >= 68
        worst[name] = np.abs(ours - cases[name])[sure].max()
    assert max(worst.values()) < 1e-4


@pytest.mark.parametrize(("elevation", "tolerance"), [(0, 1.5e-3), (3000, 8e-3)])
def test_model_chain_of_windpowerlib(folder, elevation, tolerance):
    # windpowerlib lets pressure fall by 1/8 hPa per metre at all altitudes, which at 3,000 m is a third too much:
    # 0.5 % of density at a hub of 100 m, and up to twice that of the output
    cases = pd.read_csv(folder / "model_chain.csv")
    cases = cases[cases["elevation"] == elevation].reset_index(drop=True)
    weather = as_weather(cases, height=10.0)
    for name in CHAIN_TURBINES:
        ours = wind.capacity_factor(weather, name, 100.0, shear_exponent=0.143).values[:, 0]
        assert np.abs(ours - cases[name]).max() < tolerance
        assert ours.mean() == pytest.approx(cases[name].mean(), rel=tolerance)


def test_model_chain_with_windpowerlibs_pressure(folder):
    # the same with the pressure at the hub that windpowerlib takes: nothing is left to explain
    cases = pd.read_csv(folder / "model_chain.csv")
    hub_pressure = cases["pressure"] - 1250.0
    lifted = cases["pressure"] * hub_pressure / model.pressure_at_height(cases["pressure"], cases["temp_air"], 100.0)
    weather = as_weather(cases.assign(pressure=lifted), height=10.0)
    for name in CHAIN_TURBINES:
        ours = wind.capacity_factor(weather, name, 100.0, shear_exponent=0.143).values[:, 0]
        assert np.abs(ours - cases[name]).max() < 1.5e-4


def test_pysam_windpower(folder):
    cases = pd.read_csv(folder / "pysam_windpower.csv")
    rng = np.random.default_rng(7)
    day = np.sin(2 * np.pi * np.arange(8760) / 24)
    speed = np.clip(7 + 2 * day + rng.gamma(4, 1.2, 8760) - 4.8, 0, None).round(3)
    for case in cases.itertuples():
        chosen = wind.turbine(case.turbine)
        density = model.air_density(case.pressure_atm * 101_325.0, case.temp_air)
        ours = model.density_corrected_output(speed, density, chosen.wind_speed, chosen.output).mean()
        # SAM corrects with the exponent 1/3 at all speeds (IEC 61400-12-1): the same curve and that exponent agree
        iec = model.output_on_curve(speed * (density / 1.225) ** (1 / 3), chosen.wind_speed, chosen.output).mean()
        assert iec == pytest.approx(case.capacity_factor, rel=2e-4)
        if case.pressure_atm == 1.0:
            assert ours == pytest.approx(case.capacity_factor, rel=2e-4)
        else:  # the exponent of 2/3 near rated power takes more in thin air (Svenningsen 2010)
            assert 0.95 < ours / case.capacity_factor < 0.995
