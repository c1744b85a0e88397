"""Temperature at depth: closed solutions, laws of conduction, errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_table
from greenzone.technologies.geothermal.temperature import (
    Column,
    conduction,
    read_column,
    temperature_at_depth,
    temperature_std,
)


@pytest.fixture(scope="module")
def column():
    return read_column(read_table("geothermal_column"))


def layers(thickness, conductivity, heat=0.0):
    zero = np.zeros(len(thickness))
    return Column(np.array(thickness, float), np.array(conductivity, float), zero, zero + heat)


def test_fourier_in_one_layer():
    """q z / k: 80 mW/m2 through 2 km of 2 W/(m K) is 80 K."""
    assert temperature_at_depth(2000.0, 80.0, 8.0, layers([5000], [2.0])) == pytest.approx(88.0)


def test_two_layers_add_their_resistances():
    assert temperature_at_depth(3000.0, 60.0, 10.0, layers([1000, 4000], [1.5, 3.0])) == pytest.approx(10 + 40 + 40)


def test_radiogenic_heat_bends_the_geotherm():
    """A z2 / (2 k) less: 2 uW/m3 over 10 km of 2.5 W/(m K) takes 40 K away (Jaupart and Mareschal 2011)."""
    bent, straight = (temperature_at_depth(1e4, 70.0, 0.0, layers([1e4], [2.5], heat)) for heat in (2e-6, 0.0))
    assert straight - bent == pytest.approx(40.0)


def test_cutting_a_layer_changes_nothing():
    whole, cut = layers([6000], [2.2], 1.3e-6), layers([1700, 2500, 1800], [2.2] * 3, 1.3e-6)
    depths = np.linspace(0, 6000, 13)
    assert temperature_at_depth(depths, 65.0, 9.0, whole) == pytest.approx(temperature_at_depth(depths, 65.0, 9.0, cut))


def test_gradient_near_the_surface_is_heat_flow_over_conductivity(column):
    """Measured gradients of 31-55 K/km go with 52-96 mW/m2 in the compilation of 2010."""
    rise = temperature_at_depth(500.0, np.array([52.0, 96.0]), 0.0, column) / 0.5
    assert (rise > 25).all() and (rise < 56).all()


def test_shallow_conductivity_is_the_mean_of_the_measurements(column):
    measured = read_table("heat_flow").conductivity_w_per_m_k
    assert column.conductivity[0] == pytest.approx(measured.mean(), abs=0.02)


@given(st.floats(0, 200), st.floats(0, 200), st.floats(0, 10000), st.floats(-5, 20))
def test_more_heat_flow_is_warmer(one, other, depth, surface):
    column = read_column(read_table("geothermal_column"))
    low, high = sorted((one, other))
    assert temperature_at_depth(depth, low, surface, column) <= temperature_at_depth(depth, high, surface, column)


def test_surface_temperature_is_kept_and_carried_down(column):
    assert temperature_at_depth(0.0, 75.0, 6.0, column) == 6.0
    step = temperature_at_depth(3000.0, 75.0, 9.0, column) - temperature_at_depth(3000.0, 75.0, 6.0, column)
    assert step == pytest.approx(3.0)


def test_standard_error_follows_the_heat_flow(column):
    """With certain conductivities dT = dq R; uncertain ones add in quadrature."""
    certain = column._replace(conductivity_std=np.zeros(3))
    resistance = conduction(3000.0, column).resistance
    assert temperature_std(3000.0, 70.0, 20.0, certain) == pytest.approx(0.020 * resistance)
    assert temperature_std(3000.0, 70.0, 20.0, column) > temperature_std(3000.0, 70.0, 20.0, certain)


def test_standard_error_of_one_layer_to_first_order():
    """q z dk / k2: 70 mW/m2, 2 km, 2.0 +- 0.2 W/(m K) gives 7 K."""
    rock = Column(np.array([5000.0]), np.array([2.0]), np.array([0.2]), np.array([0.0]))
    assert temperature_std(2000.0, 70.0, 0.0, rock) == pytest.approx(7.0)


@pytest.mark.parametrize("depth", [-1.0, 10001.0, 12000.0])
def test_depth_beyond_the_model_is_an_error(column, depth):
    with pytest.raises(GreenzoneError, match=r"outside the model: it reaches from 0 to 10 km"):
        temperature_at_depth([1000.0, depth], 60.0, 10.0, column)


def test_negative_heat_flow_is_an_error(column):
    with pytest.raises(GreenzoneError, match="heat flow of -40 mW/m2 is impossible"):
        temperature_at_depth(1000.0, [60.0, -40.0], 10.0, column)


def test_nan_stays_nan(column):
    assert np.isnan(temperature_at_depth(1000.0, [np.nan, 60.0], 10.0, column)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("top", "bottom", "conductivity", "message"),
    [
        ([0, 3], [2, 6], [2, 2], "without gaps"),
        ([1, 2], [2, 6], [2, 2], "without gaps"),
        ([0, 2], [2, 6], [2, 0], "not above 0"),
    ],
)
def test_broken_columns_are_errors(top, bottom, conductivity, message):
    table = pd.DataFrame({"top_km": top, "bottom_km": bottom, "conductivity_w_per_m_k": conductivity})
    table = table.assign(conductivity_std_w_per_m_k=0.1, heat_production_uw_per_m3=1.0)
    with pytest.raises(GreenzoneError, match=message):
        read_column(table)
