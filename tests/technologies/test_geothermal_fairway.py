"""Power density with its range, and favourability, of sites without a prospect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.technologies.geothermal import Options, fairway, model
from greenzone.technologies.geothermal.reservoirs import net_specific_power, rejection_temperature

LOW, MIDDLE, HIGH = 0, 1, 2
QUIET = Options(pump_pressure=0.0, recovery_low=0.125, recovery_high=0.125)


def test_density_of_the_usgs_case_through_a_binary_plant():
    """5 km2 x 1500 m at 150 degC and a recovery of 0.125 lift 634 kg/s; at 35.4 kW per kg/s that is 22.4 MW."""
    power = fairway.reservoir_power(150.0, 10.0, QUIET) * 5.0 * 1500.0 * 0.125
    assert power == pytest.approx(634.05 * 35.4 / 1000, rel=5e-3)


def test_without_spread_of_temperature_the_range_is_that_of_the_rest():
    """Thickness 1000-1500-2500 m and recovery 0.08-0.20: the median is near 1630 m x 0.14."""
    options = Options(site_draws=5000)
    density = fairway.power_density([120.0], [0.0], [10.0], options)[:, 0]
    one = fairway.reservoir_power(120.0, 10.0, options)
    assert density[MIDDLE] == pytest.approx(one * 1630 * 0.14, rel=0.05)
    assert one * 1000 * 0.08 < density[LOW] < density[MIDDLE] < density[HIGH] < one * 2500 * 0.20


def test_percentiles_are_numpys():
    values = np.random.default_rng(0).lognormal(size=(7, 123))
    assert fairway._percentiles(values) == pytest.approx(np.percentile(values, fairway.PERCENTILES, axis=1), rel=1e-6)


@given(st.floats(20, 110), st.floats(0, 20), st.floats(-10, 30), st.floats(1, 30))
def test_warmer_rock_never_gives_less(temperature, spread, ambient, warmer):
    """All draws below 200 degC: above it output stands still until flash plants take over at 210 degC."""
    low, high = (
        fairway.power_density([t], [spread], [ambient], Options()) for t in (temperature, temperature + warmer)
    )
    assert (low >= 0).all() and (low <= high * (1 + 1e-5) + 1e-12).all()
    assert (np.diff(low[:, 0]) >= 0).all()


def test_cold_and_certain_rock_gives_no_electricity():
    assert (fairway.power_density([70.0], [1.0], [10.0], Options()) == 0).all()


def test_an_unknown_temperature_is_no_power():
    density = fairway.power_density([np.nan, 120.0], [1.0, 1.0], [10.0, 10.0], Options())
    assert np.isnan(density[:, 0]).all() and (density[:, 1] > 0).all()


def test_favourability_between_its_bounds():
    assert fairway.favourability(100.0, 150.0, 0.0) == pytest.approx(1.0)
    assert fairway.favourability(40.0, 80.0, 20.0) == 0.0
    assert fairway.favourability(70.0, 80.0, np.inf) == pytest.approx(0.15)
    assert np.isnan(fairway.favourability(np.nan, 80.0, 1.0))


@given(st.floats(0, 500), st.floats(-50, 500), st.floats(0, 1000))
def test_favourability_is_a_share(flow, temperature, distance):
    assert 0 <= fairway.favourability(flow, temperature, distance) <= 1


def test_double_flash_of_geophires():
    """Beckers and McCabe (2019) at 5 degC and 250 degC: utilisation -1.2e-6 T2 + 1.22731e-3 T + 0.226956 = 0.4588."""
    share = model.flash_specific_power(250.0, 5.0) / model.available_work(250.0, 5.0)
    assert share == pytest.approx(0.4588, abs=1e-4)
    assert model.flash_specific_power(200.0, 5.0) == 0


def test_hot_water_goes_to_the_flash_plant():
    assert net_specific_power(250.0, 10.0, QUIET) == pytest.approx(model.flash_specific_power(250.0, 10.0))
    assert net_specific_power(180.0, 10.0, QUIET) == pytest.approx(model.orc_specific_power(180.0, 10.0))
    assert rejection_temperature(250.0, 10.0) == pytest.approx(model.flash_rejection_temperature(250.0, 10.0))
    assert rejection_temperature(120.0, 10.0) == pytest.approx(model.orc_rejection_temperature(120.0, 10.0))


@given(st.floats(80, 335), st.floats(0.1, 5), st.floats(-10, 40))
def test_better_plant_never_loses_with_hotter_water(temperature, step, ambient):
    low, high = (net_specific_power(t, ambient, QUIET) for t in (temperature, temperature + step))
    assert high >= low - 1e-9
