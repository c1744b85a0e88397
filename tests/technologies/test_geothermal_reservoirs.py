"""Random draws of reservoirs: their moments, their independence, what they may give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.technologies.geothermal import Options, model
from greenzone.technologies.geothermal.reservoirs import (
    Reservoirs,
    draw,
    net_specific_power,
    porous_heat_capacity,
    triangular,
)

OPTIONS = Options(draws=100_000)


def prospects(temperature, names=None):
    number = len(temperature)
    names = names or [f"prospect {index}" for index in range(number)]
    size = [np.tile(corners, (number, 1)).astype(float) for corners in ((1, 2, 3), (1000, 1500, 2500))]
    return Reservoirs(np.array(names), np.array(temperature, float), *size, np.full(number, 10.0))


@given(st.floats(-100, 100), st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))
def test_triangle_stays_within_its_corners(low, left, right, probability):
    value = triangular(probability, low, low + left, low + left + right)
    assert low - 1e-9 <= value <= low + left + right + 1e-9


def test_triangle_has_its_mean_and_variance():
    """Mean (a + b + c) / 3, variance (a2 + b2 + c2 - ab - ac - bc) / 18."""
    values = triangular((np.arange(200_000) + 0.5) / 200_000, 100.0, 122.5, 150.0)
    assert values.mean() == pytest.approx((100 + 122.5 + 150) / 3, rel=1e-5)
    squares = 100**2 + 122.5**2 + 150**2 - 100 * 122.5 - 100 * 150 - 122.5 * 150
    assert values.var() == pytest.approx(squares / 18, rel=1e-3)


def test_triangle_without_width_is_its_value():
    assert triangular([0.0, 0.5, 1.0], 7.0, 7.0, 7.0).tolist() == [7.0, 7.0, 7.0]


def test_volume_of_a_system_known_by_one_spring_group():
    """Brook et al. (1979, USGS Circular 790): mean volume 3.3 km3."""
    draws = draw(prospects([[115.0, 115.0, 115.0]]), OPTIONS)
    volume = draws.heat.mean() / (2.7e6 * 100.0)
    assert volume / 1e9 == pytest.approx(3.3, rel=0.02)


def test_recovered_heat_has_the_mean_of_its_independent_factors():
    draws = draw(prospects([[90.0, 120.0, 150.0]]), OPTIONS)
    recovered = draws.flow * (model.water.enthalpy(draws.temperature) - model.water.enthalpy(15.0)) / 1000
    heat = 2.0e6 * (5000 / 3) * 2.7e6 * 105.0
    assert recovered.mean() == pytest.approx(model.thermal_power(heat, 0.14, 30.0), rel=0.01)


def test_usgs_case_without_spread():
    """The case of 150 degC, 5 km2 x 1500 m: 26.2 MW by the USGS convention."""
    exact = Reservoirs(
        np.array(["case"]), *(np.full((1, 3), value) for value in (150.0, 5.0, 1500.0)), np.array([10.0])
    )
    tenth = {"low": 0.1, "likely": 0.1, "high": 0.1}
    draws = draw(exact, Options(recovery_low=0.125, recovery_high=0.125, porosity=tenth))
    assert draws.spread.usgs == pytest.approx(np.full(draws.spread.usgs.shape, 26.2), rel=5e-3)


def test_conventions_differ_and_pumps_cost():
    """A binary plant at 150 degC gives 35.4 kW per kg/s less its pumps, 0.4 of the exergy 41.3."""
    net = net_specific_power(150.0, 10.0, Options())
    assert net == pytest.approx(35.4 - 15e5 / (917.0 * 0.75) / 1e3, rel=5e-3)
    assert net < 0.4 * model.water.exergy(150.0, 15.0)


def test_below_80_degrees_heat_alone():
    draws = draw(prospects([[50.0, 65.0, 75.0], [100.0, 122.0, 150.0]]), OPTIONS)
    assert (draws.power[0] == 0).all() and (draws.spread.usgs[0] == 0).all()
    assert (draws.heat_power[0] > 0).all()
    assert (draws.power[1] > 0).all()


def test_energy_is_conserved():
    draws = draw(prospects([[60.0, 70.0, 110.0], [95.0, 122.0, 160.0]]), OPTIONS)
    brought_up = draws.flow * (model.water.enthalpy(draws.temperature) - model.water.enthalpy(15.0)) / 1000
    assert (draws.power + draws.heat_power <= brought_up).all()


def test_draws_follow_the_seed_and_the_name_alone():
    temperature = [[100.0, 120.0, 150.0]] * 2
    both = draw(prospects(temperature, ["Istisu", "Zuar"]), OPTIONS)
    alone = draw(prospects(temperature[:1], ["Zuar"]), OPTIONS)
    assert (both.power[1] == alone.power[0]).all()
    assert not (both.power[0] == both.power[1]).any()
    other = draw(prospects(temperature[:1], ["Zuar"]), Options(draws=100_000, seed=1))
    assert not (other.power == alone.power).any()
    assert other.power.mean() == pytest.approx(alone.power.mean(), rel=0.01)


def test_share_of_draws_with_a_reservoir_is_the_chance():
    assert draw(prospects([[100.0, 120.0, 150.0]]), OPTIONS).found.mean() == pytest.approx(0.59, abs=0.01)


def test_reservoir_beyond_the_steam_table_is_an_error():
    with pytest.raises(GreenzoneError, match="reservoir of 400 degC is beyond the steam table"):
        draw(prospects([[200.0, 300.0, 400.0]]), OPTIONS)


def test_ranges_must_rise():
    with pytest.raises(ValueError, match=r"recovery_low 0\.3 is above recovery_high 0\.2"):
        Options(recovery_low=0.3)
    with pytest.raises(ValueError, match="low, likely, high must rise"):
        Options(prospects=[{"name": "x", "lon": 46, "lat": 40, "area_km2": {"low": 3, "likely": 2, "high": 4}}])


def test_porosity_moves_the_heat_by_its_water():
    """Rock of 2.5356e6 and water of 4.18e6 give 2.7e6 at a tenth of pores, 2.7e6 + 0.1 x 1.644e6 at a fifth."""
    options = Options()
    assert porous_heat_capacity(0.10, options) == pytest.approx(2.7e6)
    assert porous_heat_capacity(0.20, options) == pytest.approx(2.7e6 + 0.1 * (4.18e6 - 2.5356e6), rel=1e-4)


def test_porosity_is_drawn():
    """Its spread shows in the heat of a reservoir of which all else is known."""
    names = np.array(["case"])
    exact = Reservoirs(names, *(np.full((1, 3), value) for value in (150.0, 5.0, 1500.0)), np.array([10.0]))
    heat = draw(exact, OPTIONS).heat
    corners = np.array([porous_heat_capacity(share, OPTIONS) for share in (0.03, 0.20)]) * 7.5e9 * 135.0
    assert corners[0] <= heat.min() < heat.max() <= corners[1]
    assert np.ptp(heat) > 0.9 * np.ptp(corners)
