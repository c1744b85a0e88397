"""Wind physics against published numbers, windpowerlib and laws."""

from __future__ import annotations

import numpy as np
import pytest
import windpowerlib
from hypothesis import given
from hypothesis import strategies as st

from greenzone.technologies.wind import model
from greenzone.technologies.wind.turbines import turbine, turbine_names

speeds = st.floats(0, 60)
densities = st.floats(0.5, 1.7)


def test_power_law_of_windpowerlibs_tests():
    # tests/test_wind_speed.py of windpowerlib: 5.0 and 6.5 m/s at 10 m, exponents 1/7 and 0.2, hub at 100 m
    assert model.power_law([5.0, 6.5], 10, 100) == pytest.approx([6.9474774, 9.03172], rel=1e-7)
    assert model.power_law([5.0, 6.5], 10, 100, 0.2) == pytest.approx([7.92446596, 10.30180575], rel=1e-8)


def test_log_law_of_windpowerlibs_tests():
    # the same file: roughness 0.15 m; hourly roughness must act hour by hour
    assert model.log_law([5.0, 6.5], 10, 100, 0.15) == pytest.approx([7.74136523, 10.0637748], rel=1e-8)
    hourly = model.log_law([5.0, 5.0], 10, 100, [0.15, 0.5])
    assert hourly[0] == pytest.approx(7.74136523)
    assert hourly[1] == pytest.approx(5 * np.log(200) / np.log(20))


def test_log_law_has_no_wind_below_its_roughness():
    assert np.isnan(model.log_law(5.0, 10, 100, [10.0, 20.0, 0.0, np.nan])).all()


@given(st.floats(0.1, 30), st.floats(1.01, 3.0), st.floats(0.001, 1.0))
def test_two_heights_and_shear_exponent_go_through_both_speeds(low, ratio, roughness):
    high = low * ratio
    exponent = model.shear_exponent(low, 10, high, 100)
    assert model.power_law(low, 10, 100, exponent) == pytest.approx(high)
    assert model.two_heights(low, 10, high, 100, 10) == pytest.approx(low)
    assert model.two_heights(low, 10, high, 100, 100) == pytest.approx(high)
    at_hub = model.log_law(low, 10, 140, roughness)
    through = model.two_heights(low, 10, model.log_law(low, 10, 100, roughness), 100, 140)
    assert through == pytest.approx(at_hub)


def test_calm_has_no_shear_exponent():
    assert np.isnan(model.shear_exponent([0.0, 1.0], 10, [1.0, 0.0], 100)).all()


def test_standard_atmosphere():
    # ISO 2533, table 5: pressure at 0, 1000, 3000 and 5000 m above the sea
    assert model.standard_pressure([0, 1000, 3000, 5000]) == pytest.approx([101_325, 89_876, 70_121, 54_048], rel=2e-5)
    # density there: 1.225, 1.1117, 0.90925 kg/m3 at 15, 8.5 and -4.5 degC
    density = model.air_density(model.standard_pressure([0, 1000, 3000]), [15.0, 8.5, -4.5])
    assert density == pytest.approx([1.225, 1.1117, 0.90925], rel=2e-4)


def test_density_of_windpowerlibs_tests():
    # tests/test_density.py of windpowerlib: ideal gas at 100 m with 1/8 hPa per metre, 267 and 268 K at the hub
    pressure = np.array([101_125.0, 101_000.0]) - 1250.0
    assert model.air_density(pressure, np.array([267.0, 268.0]) - 273.15) == pytest.approx([1.30309439, 1.29660728])


@given(st.floats(-40, 40), st.floats(60_000, 105_000), st.floats(20, 250))
def test_air_rises_in_hydrostatic_balance(temp, pressure, height):
    layers = np.linspace(0, height, 2001)
    middle = 0.5 * (layers[1:] + layers[:-1])
    inverse_scale = 9.80665 / (287.058 * (temp + 273.15 - 0.0065 * middle))
    integrated = pressure * np.exp(-(inverse_scale * np.diff(layers)).sum())
    assert model.pressure_at_height(pressure, temp, height) == pytest.approx(integrated, rel=1e-7)
    assert model.density_at_hub(pressure, temp, height) < model.air_density(pressure, temp)


def test_density_correction_of_windpowerlibs_tests():
    # tests/test_power_output.py of windpowerlib: 1.3 kg/m3, curve of 300, 400, 500 W at 4, 5, 6 m/s
    output = model.density_corrected_output([2.0, 5.5, 7.0], 1.3, [4.0, 5.0, 6.0], [300.0, 400.0, 500.0])
    assert output == pytest.approx([0.0, 461.00290572, 0.0])


def test_exponent_of_the_density_correction():
    # Svenningsen (2010): 1/3 up to 7.5 m/s, 2/3 from 12.5 m/s, v/15 - 1/6 between
    assert model.density_exponent([3.0, 7.5, 10.0, 12.5, 25.0]) == pytest.approx([1 / 3, 1 / 3, 0.5, 2 / 3, 2 / 3])


@pytest.mark.parametrize("name", turbine_names())
def test_every_turbine_as_windpowerlib(name):
    chosen = turbine(name)
    rng = np.random.default_rng(3)
    speed, density = rng.uniform(0, 36, 400), rng.uniform(0.7, 1.5, 400)
    expected = windpowerlib.power_output.power_curve_density_correction(
        speed, chosen.wind_speed, chosen.output, density
    )
    ours = model.density_corrected_output(speed, density, chosen.wind_speed, chosen.output)
    assert ours == pytest.approx(expected, abs=1e-12)


@given(speeds, densities, densities)
def test_denser_air_never_gives_less_below_rated(speed, one, other):
    chosen = turbine("V126/3300")
    thin, dense = sorted((one, other))
    knots = chosen.wind_speed <= chosen.rated_speed
    rising = (chosen.wind_speed[knots], chosen.output[knots])
    top = model.density_corrected_speed(chosen.rated_speed, dense) * (1 - 1e-12)
    outputs = model.density_corrected_output(min(speed, top), [thin, dense], *rising)
    assert outputs[0] <= outputs[1] + 1e-12


def test_nan_in_nan_out():
    chosen = turbine("E-126/4200")
    curve = (chosen.wind_speed, chosen.output)
    assert np.isnan(model.density_corrected_output([np.nan, 8.0], [1.2, np.nan], *curve)).all()
    assert np.isnan(model.output_on_curve(np.nan, *curve))
    assert np.isnan(model.power_law([np.nan, 5], 10, [100, np.nan])).all()


def test_power_density():
    assert model.power_density(10.0, 1.225) == pytest.approx(612.5)
