"""Reference numbers of the geothermal model and the laws it must keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.technologies.geothermal import model, water

temperatures = st.floats(80.0, 200.0)
ambients = st.floats(-10.0, 40.0)


def test_usgs_volumetric_case():
    """USGS volume method with IAPWS-97: 150 degC, 5 km2 x 1500 m, recovery 0.125, 30 years, 15 degC, 2.7 MJ/(m3 K)."""
    heat = model.heat_in_place(5.0, 1500.0, 150.0, 15.0, 2.7e6)
    assert heat == pytest.approx(2.7338e18, rel=1e-4)
    thermal = model.thermal_power(heat, 0.125, 30.0)
    assert thermal == pytest.approx(361.0, rel=5e-3)
    flow = model.wellhead_flow(thermal, 150.0, 15.0)
    assert model.exergy_power(flow, 150.0, 15.0, 0.4) == pytest.approx(26.2, rel=5e-3)


@pytest.mark.parametrize(("temperature", "kilowatts"), [(100.0, 9.23), (150.0, 35.4)])
def test_geophires_subcritical_orc(temperature, kilowatts):
    """GEOPHIRES-X utilisation of the available work at an ambient temperature of 10 degC, kW per kg/s."""
    assert model.orc_specific_power(temperature, 10.0) == pytest.approx(kilowatts, rel=5e-3)


def test_geophires_rejection_temperature():
    """Beckers and McCabe (2019): 0.0894 T + 55.6 at 5 degC, + 62.6 at 15 degC."""
    assert model.orc_rejection_temperature(150.0, [5.0, 10.0, 15.0]) == pytest.approx([69.01, 72.51, 76.01])


def test_flow_over_forty_kelvin():
    """35.8 kg/s (3,093 m3/d, all thermal and mineral water of Kalbajar) cooled by 40 K give 5.99 MW."""
    assert model.heat_power(35.8, 60.0, 20.0) == pytest.approx(5.99, rel=5e-3)
    assert model.spring_power(3093.0, 60.0, 20.0) == pytest.approx(5.99 * water.density(60.0) / 1000, rel=5e-3)


def test_no_electricity_below_80_degrees():
    assert (model.orc_specific_power([20.0, 60.0, 79.99], 10.0) == 0).all()
    assert model.orc_specific_power(80.0, 10.0) > 0


def test_available_work_is_near_iapws():
    """The polynomial belongs to the correlation; where it is used it may not leave IAPWS-97 by more than 2 %."""
    hot = np.linspace(80.0, 160.0, 17)
    assert model.available_work(hot, 10.0) == pytest.approx(water.exergy(hot, 10.0), rel=0.02)


@given(temperatures, ambients)
def test_electricity_is_less_than_exergy_and_heat(temperature, ambient):
    power = float(model.orc_specific_power(temperature, ambient))
    assert 0 <= power < model.available_work(temperature, np.clip(ambient, 5, 25))
    left = model.orc_rejection_temperature(temperature, ambient)
    assert power < model.heat_power(1000.0, temperature, left) or left == temperature


@given(temperatures, temperatures, ambients)
def test_hotter_water_gives_more(one, other, ambient):
    low, high = sorted((one, other))
    assert model.orc_specific_power(low, ambient) <= model.orc_specific_power(high, ambient) + 1e-12


@given(temperatures, ambients, ambients)
def test_colder_air_gives_more(temperature, one, other):
    low, high = sorted((one, other))
    assert model.orc_specific_power(temperature, low) >= model.orc_specific_power(temperature, high) - 1e-12


@given(st.floats(0.1, 50), st.floats(10, 5000), st.floats(16, 300), st.floats(0.01, 1), st.floats(5, 100))
def test_heat_brought_up_is_the_heat_recovered(area, thickness, temperature, recovery, years):
    heat = model.heat_in_place(area, thickness, temperature)
    flow = model.wellhead_flow(model.thermal_power(heat, recovery, years), temperature)
    carried = flow * (water.enthalpy(temperature) - water.enthalpy(15.0)) * 1e3 * years * model.SECONDS_PER_YEAR
    assert carried == pytest.approx(heat * recovery, rel=1e-9)


@given(st.floats(1, 300), st.floats(1, 300), st.floats(1, 300))
def test_a_cascade_gives_as_much_as_one_step(one, two, three):
    cold, middle, hot = sorted((one, two, three))
    steps = model.heat_power(10.0, hot, middle) + model.heat_power(10.0, middle, cold)
    assert steps == pytest.approx(model.heat_power(10.0, hot, cold), abs=1e-9)


def test_cold_rock_holds_nothing():
    assert model.heat_in_place(5.0, 1500.0, 10.0) == 0
    assert model.wellhead_flow(0.0, 15.0) == 0
    assert model.heat_power(10.0, 30.0, 40.0) == 0


def test_porous_rock_near_the_usgs_value():
    """2.7 MJ/(m3 K) of USGS Circular 790 is rock of 2.55 with a tenth of water."""
    assert model.heat_capacity_of(0.1) == pytest.approx(2.7e6, rel=0.01)


def test_nan_stays_nan():
    assert np.isnan(model.orc_specific_power(np.nan, 10.0))
    assert np.isnan(model.heat_in_place(np.nan, 1000.0, 100.0))


@pytest.mark.parametrize("arguments", [(-1.0, 1500.0, 150.0), (5.0, -1500.0, 150.0), (5.0, 1500.0, 150.0, 15.0, -1.0)])
def test_negative_volumes_are_errors(arguments):
    with pytest.raises(GreenzoneError, match="cannot be negative"):
        model.heat_in_place(*arguments)
