"""Every solar option against pvlib's own functions in float64, over seasons, skies, latitudes and altitudes.

The table `tests/reference/solar/accuracy.csv` states how far each option is off; the test makes it anew.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from greenzone.technologies import solar
from greenzone.technologies.solar import equipment, fits

REFERENCE = Path(__file__).parents[1] / "reference" / "solar"


def load(name: str) -> ModuleType:
    """A module of the reference folder."""
    spec = importlib.util.spec_from_file_location(f"solar_{name}", REFERENCE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


chain = load("chain")
OPTIONS = load("options").OPTIONS
WEATHER = chain.sample_weather()


def mount_of(mounting: dict) -> solar.FixedTilt | solar.SingleAxis | solar.DualAxis:
    if mounting["kind"] == "fixed":
        return solar.FixedTilt(mounting["tilt"], mounting["azimuth"])
    if mounting["kind"] == "dual":
        return solar.DualAxis()
    return solar.SingleAxis(**{name: value for name, value in mounting.items() if name != "kind"})


def compare(option: str) -> dict[str, float]:
    """How far an option is off: worst value, worst site's energy, worst site's hourly error."""
    mounting, system = OPTIONS[option]
    power = None
    if "module" in system:
        module = equipment.cec_module(system["module"])
        power = lambda effective, temp_cell: fits.cec_power(module, effective, temp_cell)  # noqa: E731
    ours = solar.capacity_factor(WEATHER, mount=mount_of(mounting), **system).values.astype(float)
    sites = [WEATHER.isel(site=i) for i in range(WEATHER.sizes["site"])]
    theirs = np.nan_to_num(np.stack([chain.chain(site, mounting, system, power) for site in sites], axis=1))
    error = ours - theirs
    return {
        "largest_deviation": np.abs(error).max(),
        "energy_error": np.abs(ours.sum(axis=0) / theirs.sum(axis=0) - 1.0).max(),
        "hourly_rmse": (np.sqrt((error**2).mean(axis=0)) / theirs.mean(axis=0)).max(),
    }


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    stored = pd.read_csv(REFERENCE / "accuracy.csv").set_index("option")
    assert list(stored.index) == list(OPTIONS)
    return stored


@pytest.mark.parametrize("option", OPTIONS)
def test_option_equals_pvlib(option, table):
    """Bounds of the issue: 1e-4 in capacity factor, 0.1 % of annual energy, 1 % hourly; and no worse than stated."""
    found = compare(option)
    assert found["largest_deviation"] <= 1e-4
    assert found["energy_error"] <= 1e-3
    assert found["hourly_rmse"] <= 1e-2
    for name, value in found.items():
        assert value <= 1.5 * table.loc[option, name] + 1e-6, f"{name} of {option} is worse than stated"


@pytest.mark.parametrize("option", OPTIONS)
def test_option_equals_its_stored_case(option):
    """The cases were made once (`make_cases.py`) and do not move when pvlib does: physical tolerance."""
    with np.load(REFERENCE / "pvlib_cases.npz") as cases:
        stored, every = cases[option], int(cases["every"])
    mounting, system = OPTIONS[option]
    ours = solar.capacity_factor(WEATHER, mount=mount_of(mounting), **system).values
    assert np.abs(ours[::every] - stored).max() <= 2e-4


if __name__ == "__main__":
    rows = {option: compare(option) for option in OPTIONS}
    pd.DataFrame(rows).T.rename_axis("option").to_csv(
        REFERENCE / "accuracy.csv", float_format="%.1e", lineterminator="\n"
    )
