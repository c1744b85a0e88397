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
    assert conventions.hip_recovered_heat(5.0, 1500.0, 150.0, 0.1, 15.0) == pytest.approx(7.5e9 * per_m3, rel=1e-3)


def test_the_example_of_hip_ra_x():
    """Documentation of GEOPHIRES-X, example of 444.87 km2: 3.56e16 kJ at the wellhead, 3155.91 MW over 25 years.

    HIP-RA-X takes the water at the pressure of its depth, here 65 MPa, and so loses 2 % against the boiling curve.
    """
    heat = conventions.hip_recovered_heat(444.87, 250.0, 212.5, 0.10, 60.0, 2.84e6)
    assert heat == pytest.approx(3.56e19, rel=1e-3)
    flow = model.wellhead_flow(model.thermal_power(heat, 1.0, 25.0), 212.5, 60.0)
    power = model.exergy_power(flow, 212.5, 60.0, conventions.hip_utilisation(212.5))
    assert power == pytest.approx(3155.91, rel=0.02)


def test_conventions_differ_by_3_2_for_the_same_inputs():
    """A reservoir of 122.5 degC, the likely one of the zone: HIP-RA-X gives 3.2 times what the USGS does.

    Area, thickness, porosity, heat capacity of 2.7e6 and lifetime are the same; each has its own constants: 25 degC,
    0.75 of the rock, 0.264 of the exergy against 15 degC, 0.125 and 0.4.
    """
    spread = method_spread(2.0, 1500.0, 122.5, 0.125, 0.1, 10.0, heat_capacity=2.7e6)
    assert spread.hip / spread.usgs == pytest.approx(3.2, abs=0.05)


def test_factor_between_conventions():
    """At one rejection temperature it is recovered heat times utilisation: 0.75/0.125 and 0.22/0.4 at 110 degC."""
    capacity = {"heat_capacity": conventions.ROCK_HEAT_CAPACITY, "hip_rejection": 15.0}
    solid = method_spread(5.0, 1500.0, 110.0, 0.125, 0.0, 10.0, **capacity)
    assert solid.hip / solid.usgs == pytest.approx(0.75 / 0.125 * 0.22 / 0.4, rel=1e-9)
    case = method_spread(*USGS_CASE, heat_capacity=2.7e6)
    assert case.factor == pytest.approx(case.hip / case.polynomial)


def test_the_factor_grows_with_temperature():
    """HIP-RA-X takes more of the exergy of hotter water, the USGS always 0.4 of it."""
    spread = method_spread(2.0, 1500.0, np.linspace(100.0, 200.0, 21), 0.125, 0.1, 10.0, heat_capacity=2.7e6)
    factor = spread.hip / spread.usgs
    assert (np.diff(factor) > 0).all() and factor[0] < 2.5 and factor[-1] > 4.5


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
