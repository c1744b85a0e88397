"""The table of water properties against IAPWS-97 itself."""

import numpy as np
import pytest
from iapws import IAPWS97

from greenzone.errors import GreenzoneError
from greenzone.technologies.geothermal import water

TEMPERATURES = np.array([1.0, 4.3, 15.0, 16.1, 37.7, 79.9, 122.5, 150.0, 199.3, 251.7, 300.1, 340.0])


def test_table_is_within_a_thousandth_of_iapws():
    states = [IAPWS97(T=temperature + 273.15, x=0) for temperature in TEMPERATURES]
    for function, name in ((water.enthalpy, "h"), (water.entropy, "s"), (water.density, "rho")):
        assert function(TEMPERATURES) == pytest.approx([getattr(state, name) for state in states], rel=1e-3)


def test_exergy_is_within_a_thousandth_of_iapws():
    dead = IAPWS97(T=288.15, x=0)
    for temperature in TEMPERATURES[4:]:
        state = IAPWS97(T=temperature + 273.15, x=0)
        exact = state.h - dead.h - 288.15 * (state.s - dead.s)
        assert water.exergy(temperature, 15.0) == pytest.approx(exact, rel=1e-3)


def test_exergy_is_nought_at_the_reference_and_positive_elsewhere():
    assert water.exergy(15.0, 15.0) == pytest.approx(0.0, abs=1e-9)
    assert (water.exergy([5.0, 40.0, 150.0], 15.0) > 0).all()


def test_nan_stays_nan():
    assert np.isnan(water.enthalpy([np.nan, 50.0])).tolist() == [True, False]


@pytest.mark.parametrize("temperature", [-3.0, 0.5, 374.0])
def test_temperatures_outside_the_table_are_named(temperature):
    with pytest.raises(GreenzoneError, match=f"water at {temperature:g} degC is outside the steam table"):
        water.enthalpy([20.0, temperature])
