"""Wakes, icing and IEC classes against published numbers and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.layers.catalogue import read_table
from greenzone.technologies.wind import climate, park
from greenzone.technologies.wind.turbines import turbine


def test_jensen_wake_of_katic():
    # (1 - sqrt(1 - 0.8)) / (1 + 2 * 0.075 * 7)^2 by hand
    assert park.wake_deficit(7.0, 0.8) == pytest.approx(0.5527864045 / 2.05**2)


@given(st.floats(0, 4), st.floats(0.5, 3))
def test_overlap_is_the_share_of_points_of_the_disc(distance, radius):
    side = np.linspace(-0.5, 0.5, 301)
    x, y = np.meshgrid(side, side)
    disc = np.hypot(x, y) <= 0.5
    inside = np.hypot(x - distance, y) <= radius
    assert park.overlap(distance, radius) == pytest.approx((disc & inside).sum() / disc.sum(), abs=0.01)


def test_a_single_turbine_has_no_shadow_and_two_rows_can_be_counted_by_hand():
    assert park.lattice_shadow(5.0, 1) == 0
    # along a row of a 2 x 2 lattice each of two turbines stands in one full wake, the others in none
    full = park.wake_deficit(5.0, 1.0)
    assert 0 < park.lattice_shadow(5.0, 2) < full


@given(st.floats(3, 20), st.floats(3, 20))
def test_wider_spacing_never_loses_more(one, other):
    near, far = sorted((one, other))
    assert park.lattice_shadow(far, 4) <= park.lattice_shadow(near, 4) + 1e-9


def test_park_loss_is_that_of_built_parks():
    # 5 to 15 % onshore (Lee and Fields 2021, doi:10.5194/wes-6-311-2021) at 5 to 7 diameters
    free = turbine("V126/3300")
    yields = {}
    for spacing in (5.0, 7.0):
        inside = park.park_curve(free, spacing)
        yields[spacing] = climate.weibull_output(7.0, 2.0, inside.wind_speed, inside.output)
    alone = climate.weibull_output(7.0, 2.0, free.wind_speed, free.output)
    assert 0.05 < 1 - yields[7.0] / alone < 1 - yields[5.0] / alone < 0.15


def test_park_curve_loses_below_rated_and_nothing_far_above():
    free = turbine("V126/3300")
    inside = park.park_curve(free, 6.0)
    assert (inside.output <= free.output).all()
    assert inside.output[free.wind_speed == 8.0] < 0.9 * free.output[free.wind_speed == 8.0]
    assert inside.output[free.wind_speed == 20.0] == free.output[free.wind_speed == 20.0]


def test_thrust_falls_above_rated_as_power_does():
    # at 20 m/s the rotor takes 1 / 20^3 of the power in the wind; a (1 - a)^2 = cp ratio x design, a small: Ct = 4 a
    free = turbine("V126/3300")
    thrust = park.thrust_coefficient(free.wind_speed, free.output)
    assert thrust[free.wind_speed == 6.0] == pytest.approx(0.8)
    assert 0.05 < thrust[free.wind_speed == 20.0].item() < 0.1
    assert thrust[0] == 0


def test_spacing_of_five_megawatts_per_square_kilometre():
    # 3.3 MW at 5 MW/km2 take 0.66 km2, a square of 812.4 m, 6.448 rotor diameters of 126 m
    assert park.spacing_of_density(5.0, turbine("V126/3300")) == pytest.approx(6.4476, rel=1e-4)


def test_iec_classes():
    table = read_table("wind_iec_classes")
    mean = np.array([7.5, 7.6, 7.0, 9.0, 10.5, np.nan])
    extreme = np.array([37.5, 37.0, 40.0, 45.0, 40.0, 30.0])
    assert park.iec_class(mean, extreme, table).tolist() == [3, 2, 2, 1, 0, -1]


def test_iec_table_is_that_of_the_standard():
    # IEC 61400-1: mean 0.2 and 50-year gust 1.4 times the reference speed
    table = read_table("wind_iec_classes")
    assert table["reference_speed"].tolist() == [50.0, 42.5, 37.5]
    assert table["mean_speed"].to_numpy() == pytest.approx(0.2 * table["reference_speed"])
    assert table["gust_50_year"].to_numpy() == pytest.approx(1.4 * table["reference_speed"])


def test_icing():
    temp = np.array([[-5.0, -5.0], [-1.0, 3.0], [1.0, -2.0], [-3.0, np.nan]])
    humidity = np.array([[99.0, 80.0], [95.0, 99.0], [99.0, 96.0], [94.9, 99.0]])
    frequency = park.icing_frequency(temp, humidity)
    assert frequency[0] == 0.5
    assert np.isnan(frequency[1])
    loss = park.icing_loss([0.0, 0.0175, 0.04, 0.5], read_table("wind_icing_classes"))
    assert loss == pytest.approx([0.0, 0.0275, 0.075, 0.2])
