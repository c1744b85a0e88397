"""Solar yields against plants and programs that others made: Shafag at Jabrayil, PVWatts version 8."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from greenzone.technologies import solar

REFERENCE = Path(__file__).parents[1] / "reference" / "solar"
_spec = importlib.util.spec_from_file_location("solar_chain", REFERENCE / "chain.py")
chain = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(chain)
CASES = pd.read_csv(REFERENCE / "pvwatts_cases.csv")
SHAFAG_MW, SHAFAG_MWP = 240.0, 288.0  # azernews 222128


@pytest.fixture(scope="module")
def jabrayil(shared_data) -> xr.Dataset:
    """Typical meteorological year at 39.33 N 47.05 E, stamps in UTC: PVGIS-SARAH3 and ERA5."""
    table = pd.read_csv(shared_data / "pvgis_tmy_jabrayil.csv")
    names = {"ghi": "GHI", "dni": "DNI", "dhi": "DHI", "temp_air": "T_amb", "wind_speed": "wind_speed"}
    return xr.Dataset(
        {ours: (("time", "site"), table[[theirs]].to_numpy("float32")) for ours, theirs in names.items()},
        {
            "time": pd.date_range("2018-01-01", periods=8760, freq="h"),
            "site": ["Jabrayil"],
            "lat": ("site", [39.33]),
            "lon": ("site", [47.052]),
            "elevation": ("site", [300.0]),
        },
    )


def test_fixed_plant_at_jabrayil(jabrayil):
    """288 MWp on 240 MW AC yield 1,400 to 1,650 kWh/kWp a year (bounds of the issue)."""
    factor = float(solar.mean_capacity_factor(jabrayil, dc_ac_ratio=SHAFAG_MWP / SHAFAG_MW)[0])
    assert 1400 <= factor * SHAFAG_MW * 8760 / SHAFAG_MWP <= 1650


def shafag_with_tracking(jabrayil, **system):
    """GWh a year on single-axis trackers, with the default losses of 14 %."""
    tracker = solar.SingleAxis(axis_azimuth=180.0, max_angle=60.0, gcr=0.4)
    factor = solar.mean_capacity_factor(jabrayil, mount=tracker, dc_ac_ratio=SHAFAG_MWP / SHAFAG_MW, **system)
    return float(factor[0]) * SHAFAG_MW * 8.760


def test_tracking_plant_at_jabrayil(jabrayil):
    """Shafag's published 500 GWh a year (azernews 222128) within 10 %, single-axis tracking, modules with two active
    faces as plants of its kind and supplier have them (Trina, trend.az 4103090 of October 2025; bifaciality 0.7)."""
    assert shafag_with_tracking(jabrayil, gcr=0.4, bifaciality=0.7) == pytest.approx(500.0, rel=0.10)


@pytest.mark.xfail(strict=True, reason="440 GWh, 12 % short: with one active face, losses would have to be 10.5 %")
def test_tracking_plant_at_jabrayil_with_one_active_face(jabrayil):
    assert shafag_with_tracking(jabrayil) == pytest.approx(500.0, rel=0.10)


def test_optimal_tilt_at_jabrayil(jabrayil):
    """The best of 91 tilts, tried one by one."""
    best = float(solar.optimal_tilt(jabrayil)[0])
    spread = xr.concat([jabrayil] * 91, "site").assign_coords(site=range(91))
    yields = solar.mean_capacity_factor(spread, range(91))
    assert best == pytest.approx(float(yields.values.argmax()), abs=1.0)
    assert float(solar.mean_capacity_factor(jabrayil)[0]) == pytest.approx(float(yields.max()), rel=1e-4)


@pytest.mark.parametrize("place", CASES["place"].unique())
def test_annual_energy_is_within_two_percent_of_pvwatts_8(place):
    """With the same weather and PVWatts' own choices: Perez sky, 14.08 % losses, standard modules."""
    cases = CASES[CASES["place"] == place].set_index("mounting")
    lat, lon, elevation = cases[["lat", "lon", "elevation"]].iloc[0]
    weather = chain.hourly_year(lat, lon, elevation)
    mounts = {
        "fixed": solar.FixedTilt(cases.loc["fixed", "tilt"], cases.loc["fixed", "azimuth"]),
        "single_axis": solar.SingleAxis(cases.loc["single_axis", "azimuth"], gcr=None, max_angle=60.0),
        "dual_axis": solar.DualAxis(),
    }
    for mounting, mount in mounts.items():
        ours = float(solar.mean_capacity_factor(weather, mount=mount, sky="perez", losses=0.1408)[0])
        assert ours == pytest.approx(cases.loc[mounting, "capacity_factor"], rel=0.02), mounting


def test_tracking_and_backs_gain_what_is_known(jabrayil):
    """Single-axis tracking gains 10 to 25 % at mid latitudes, dual-axis 20 to 45 % (Rodriguez-Gallegos et al. 2020,
    doi:10.1016/j.joule.2020.05.005: 35 % and 40 % at best); bifacial modules on trackers 2 to 10 % over grass."""
    fixed, single, dual = (
        float(solar.mean_capacity_factor(jabrayil, mount=mount, dc_ac_ratio=0.8)[0])
        for mount in (solar.FixedTilt(32.0), solar.SingleAxis(gcr=None), solar.DualAxis())
    )
    assert 1.10 < single / fixed < 1.25
    assert 1.20 < dual / fixed < 1.45
    rows = {"mount": solar.SingleAxis(), "gcr": 0.4, "dc_ac_ratio": 0.8}
    one, both = (float(solar.mean_capacity_factor(jabrayil, bifaciality=b, **rows)[0]) for b in (0.0, 0.7))
    assert 1.02 < both / one < 1.10
