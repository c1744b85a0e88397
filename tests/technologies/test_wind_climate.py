"""Weibull climates against numeric integration, tables and laws."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from greenzone.technologies.wind import climate, model
from greenzone.technologies.wind.turbines import turbine, turbine_names

means, shapes, densities = st.floats(1, 14), st.floats(1.1, 5), st.floats(0.6, 1.5)


@given(means, shapes)
def test_scale_and_probability_are_scipys(mean, k):
    reference = stats.weibull_min(k, scale=climate.weibull_scale(mean, k))
    assert reference.mean() == pytest.approx(mean, rel=1e-10)
    assert climate.weibull_probability([3.0, 9.0], mean, k) == pytest.approx(reference.cdf([3.0, 9.0]), abs=1e-12)


@given(means, st.floats(0.6, 15))
def test_shape_from_mean_and_rms(mean, k):
    reference = stats.weibull_min(k)
    rms = mean * np.sqrt(reference.moment(2)) / reference.mean()
    assert climate.weibull_shape(mean, rms) == pytest.approx(k, rel=1e-6)


def test_shape_of_rayleigh_is_two_and_impossible_ones_are_nan():
    assert climate.weibull_shape(7.0, 7.0 * np.sqrt(4 / np.pi)) == pytest.approx(2.0)
    assert np.isnan(climate.weibull_shape([5.0, 5.0, np.nan, 5.0], [5.0, 4.0, 6.0, 30.0])).all()


@pytest.mark.parametrize("name", turbine_names()[::4])
@pytest.mark.parametrize(("mean", "k", "density"), [(4.0, 1.5, 0.85), (7.5, 2.0, 1.225), (11.0, 3.1, 1.35)])
def test_expected_output_is_the_integral(name, mean, k, density):
    chosen = turbine(name)
    reference = stats.weibull_min(k, scale=climate.weibull_scale(mean, k))
    knots = model.density_corrected_speed(chosen.wind_speed, density)

    def integrand(speed):
        return np.interp(speed, knots, chosen.output) * reference.pdf(speed)

    pieces = [integrate.quad(integrand, a, b, epsabs=1e-12)[0] for a, b in pairwise(knots)]
    ours = climate.weibull_output(mean, k, chosen.wind_speed, chosen.output, density)
    assert ours == pytest.approx(sum(pieces), abs=1e-9)


@given(means, shapes, densities)
def test_expected_output_is_a_mean_of_outputs(mean, k, density):
    chosen = turbine("V126/3300")
    expected = climate.weibull_output(mean, k, chosen.wind_speed, chosen.output, density)
    assert 0 <= expected <= 1


def test_power_density_of_rayleigh_wind():
    # cube of a Rayleigh wind is 6/pi of the cube of its mean (Manwell et al. 2009, Wind Energy Explained, 2.4)
    assert climate.weibull_power_density(6.0, 2.0) == pytest.approx(0.5 * 1.225 * 216 * 6 / np.pi)


def test_fifty_year_wind_is_five_times_the_mean_at_k_1_77():
    # European Wind Turbine Standards II (1998): reference wind of IEC 61400-1, 5 times the mean, holds for k = 1.77
    assert climate.extreme_speed(7.5, 1.77) == pytest.approx(37.5, rel=0.01)


@given(means, shapes, st.floats(1.5, 400), st.floats(1.5, 400))
def test_longer_periods_have_stronger_extremes(mean, k, one, other):
    short, long = sorted((one, other))
    extremes = climate.extreme_speed(mean, k, short), climate.extreme_speed(mean, k, long)
    assert mean < extremes[0] <= extremes[1]


def test_nan_in_nan_out():
    chosen = turbine("V126/3300")
    curve = (chosen.wind_speed, chosen.output)
    assert np.isnan(climate.weibull_output([np.nan, 6.0], [2.0, np.nan], *curve)).all()
    assert np.isnan(climate.extreme_speed([np.nan, 7.0], [2.0, np.nan])).all()
