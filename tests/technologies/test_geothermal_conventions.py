"""Conventions side by side: what each does to the same reservoir, and by how much they differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.technologies.geothermal import conventions, model, water
from greenzone.technologies.geothermal.conventions import method_spread

USGS_CASE = (5.0, 1500.0, 150.0, 0.125, 0.1, 10.0)


def test_the_usgs_case_by_all_three():
    """26.2 MW by the USGS; the polynomial gives 35.4 kW per kg/s of the same flow, 361 MW over 569 kJ/kg."""
    spread = method_spread(*USGS_CASE, heat_capacity=2.7e6)
    assert spread.usgs == pytest.approx(26.2, rel=5e-3)
    flow = 361_000.0 / (water.enthalpy(150.0) - water.enthalpy(15.0))
    assert spread.polynomial == pytest.approx(35.4 * flow / 1000.0, rel=5e-3)


def test_hip_recovers_rock_and_water_apart():
    """Garg and Combs (2011) with HIP-RA-X defaults: 0.75 of 0.9 x 2.55e6 x 135 J/m3, half of the pores' water."""
    per_m3 = 0.75 * 0.9 * 2.55e6 * 135 + 0.5 * 0.1 * 917.0 * (632.2 - 63.0) * 1e3
    assert conventions.hip_recovered_heat(5.0, 1500.0, 150.0, 0.1) == pytest.approx(7.5e9 * per_m3, rel=1e-3)


def test_factor_between_conventions():
    """HIP-RA-X over USGS is recovered heat times utilisation: 0.75 over 0.125 and 0.22 over 0.4 at 110 degC."""
    solid = method_spread(5.0, 1500.0, 110.0, 0.125, 0.0, 10.0, heat_capacity=conventions.ROCK_HEAT_CAPACITY)
    assert solid.hip / solid.usgs == pytest.approx(0.75 / 0.125 * 0.22 / 0.4, rel=1e-9)
    case = method_spread(*USGS_CASE, heat_capacity=2.7e6)
    assert case.hip / case.usgs == pytest.approx(5.673 * 0.305 / 0.4, rel=2e-3)
    assert case.factor == pytest.approx(case.hip / case.polynomial)


def test_a_factor_above_three_is_what_planners_must_expect():
    """From 110 degC on, HIP-RA-X and USGS are more than three times apart for the same reservoir."""
    hot = np.linspace(110.0, 150.0, 9)
    spread = method_spread(2.0, 1500.0, hot, 0.125, 0.1, 10.0)
    assert (spread.hip / spread.usgs > 3.0).all() and (spread.hip / spread.usgs < 4.5).all()


@given(st.floats(16, 340), st.floats(0, 0.5), st.floats(0.05, 0.25))
def test_no_convention_gives_more_than_the_exergy_in_place(temperature, porosity, recovery):
    spread = method_spread(2.0, 1000.0, temperature, recovery, porosity, 10.0)
    heat = model.heat_in_place(2.0, 1000.0, temperature, 15.0, model.heat_capacity_of(porosity))
    flow = model.wellhead_flow(model.thermal_power(heat, 1.0), temperature)
    exergy = model.exergy_power(flow, temperature, 15.0, 1.0)
    for power in spread:
        assert 0 <= power <= exergy * (1 + 1e-9)
        assert temperature >= 80 or power == 0
    assert spread.factor >= 1 or np.isnan(spread.factor)


def test_nan_stays_nan():
    assert np.isnan(method_spread(np.nan, 1500.0, 150.0, 0.125, 0.1, 10.0).usgs)
