"""What steep and high ground adds to the capital."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from greenzone.config.economics import Economics
from greenzone.economics import altitude_multiplier, lcoe_of, slope_multiplier, terrain_multiplier
from greenzone.layers import catalogue
from greenzone.schema import Potential

TABLES = catalogue.read_tables()


def degrees(percent):
    return np.degrees(np.arctan(np.asarray(percent) / 100))


def test_slope_classes_of_black_and_veatch():
    # Black & Veatch for WECC 2014: flat 1.00, rolling hills (2-8 % slope) 1.40, mountain (over 8 %) 1.75.
    found = slope_multiplier(degrees([0, 2, 5, 15]), TABLES["economics_routes"])
    assert found == pytest.approx([1.0, 1.0, 1.4, 1.75])


def test_altitude_correction_of_iec_62271():
    # IEC 62271-1, m = 1: exp(1000/8150) = 1.1305 at 2000 m.
    assert altitude_multiplier([0, 1000, 2000], 1000, 8150) == pytest.approx([1, 1, 1.1305], abs=1e-4)


@given(slope=st.floats(0, 60), steeper=st.floats(0, 20), height=st.floats(-30, 4000), higher=st.floats(0, 1000))
def test_steeper_and_higher_is_never_cheaper(slope, steeper, height, higher):
    low, high = (terrain_multiplier("wind", slope + s, height + h, TABLES) for s, h in ((0, 0), (steeper, higher)))
    assert 1 <= low <= high


def test_unknown_ground_and_technologies_without_shares_cost_the_same():
    assert terrain_multiplier("wind", [np.nan, 0], [np.nan, 100], TABLES).tolist() == [1.0, 1.0]
    assert terrain_multiplier("geothermal", [40.0], [3000.0], TABLES).tolist() == [1.0]


def test_terrain_raises_the_capital_of_the_site_and_can_be_switched_off():
    sites = xr.Dataset(
        {"capacity_mw": ("site", [1.0, 1.0]), "capacity_factor": ("site", [0.2, 0.2])}, {"site": ["a", "b"]}
    )
    potential = {"solar": Potential("solar", sites, xr.Dataset())}
    ground = {"solar": xr.Dataset({"slope": ("site", [0, degrees(15)]), "elevation": ("site", [0.0, 500.0])})}
    on, off = (lcoe_of(Economics(terrain=on), potential, TABLES, ground)["solar"].to_numpy() for on in (True, False))
    assert on[0] == off[0] == off[1]
    capital = 482 * 122.67 / 125.73 * 1.0824  # technology-data 2030 in USD of 2024, see test_estimate
    added = 0.12 * 0.75 * capital * 0.10225941 * 1000 / (8760 * 0.2)  # CRF at 10 %, 40 years
    assert on[1] - off[1] == pytest.approx(added, rel=1e-6)
