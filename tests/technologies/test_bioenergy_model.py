"""Reference numbers of the bioenergy model and the laws it must keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_table
from greenzone.technologies.bioenergy import model

WHEAT = (-0.3629, 1.6057)
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def test_wheat_at_the_yield_of_fuzuli():
    """Scarlat et al. (2010): -0.3629 ln 3.54 + 1.6057 = 1.147."""
    assert model.residue_to_product_ratio(3.54, *WHEAT) == pytest.approx(1.147, abs=5e-4)


def test_straw_of_fuzuli():
    """110,159 t of cereals, two fifths of the straw at 15 GJ/t: 210.6 GWh."""
    grown = 110_159 * model.residue_to_product_ratio(3.54, *WHEAT)
    assert model.fuel_energy(model.removable_by_share(grown, 0.4), 15.0) == pytest.approx(210.6, abs=0.05)


def test_two_methods_disagree_at_khojavend():
    """23,568 t at 1.77 t/ha: 13,184 t by a share of 0.4, nothing above a floor of 3 t/ha."""
    grown = 23_568 * model.residue_to_product_ratio(1.77, *WHEAT)
    assert model.removable_by_share(grown, 0.4) == pytest.approx(13_184, abs=1)
    assert model.removable_above_floor(grown, 23_568 / 1.77, 3.0) == 0


def test_the_miami_model():
    """Lieth (1975): 3000 / (1 + exp(1.315 - 0.119 x 10)) = 1406 by warmth, 3000 (1 - exp(-0.332)) = 848 by 500 mm."""
    assert model.net_primary_production(10.0, 500.0) == pytest.approx(847.6, abs=0.5)
    assert model.net_primary_production(10.0, 1e6) == pytest.approx(1406.4, abs=0.5)
    assert model.net_primary_production(40.0, 0.0) == 0
    with pytest.raises(GreenzoneError, match="rain of -1 is impossible"):
        model.net_primary_production(10.0, -1.0)


def test_dairy_cow_of_a_year():
    """IPCC 2006, Eastern Europe: 4.5 kg/d, 0.24 m3/kg give 394 m3 of methane, 3.93 MWh."""
    methane = model.manure_methane(1, 4.5, 0.24)
    assert methane == pytest.approx(394, abs=0.5)
    assert model.methane_energy(methane) * 1000 == pytest.approx(3.93, abs=5e-3)


def test_waste_of_the_country():
    """World Bank (2018): 2.93 Mt a year from 9.65 million people at 0.83 kg/d."""
    assert model.waste_mass(9.65e6, 0.83) == pytest.approx(2.93e6, rel=0.01)


def test_embedded_crops_give_sensible_ratios():
    """Residues of cereals and maize lie between 0.8 and 2 of the product in the field data (Scarlat et al. 2010)."""
    crops = read_table("bioenergy_crops").set_index("crop")
    ratios = model.residue_to_product_ratio(3.5, crops.rpr_slope, crops.rpr_intercept)
    assert (ratios > 0.8).all() and (ratios < 2.0).all()
    assert crops.rpr_slope["cereals"] == crops.rpr_slope["wheat"] == WHEAT[0]


@given(st.floats(0.1, 15), st.floats(0.1, 15))
def test_better_harvests_have_less_straw_per_grain(one, other):
    low, high = sorted((one, other))
    assert model.residue_to_product_ratio(low, *WHEAT) >= model.residue_to_product_ratio(high, *WHEAT)


@given(st.floats(0, 1e6), st.floats(0, 1e5), st.floats(0, 20), st.floats(0, 1))
def test_what_is_taken_and_what_stays_is_what_grew(residues, area, floor, share):
    above = model.removable_above_floor(residues, area, floor)
    assert 0 <= above <= residues
    assert residues - above >= min(residues, area * floor) - 1e-6
    assert 0 <= model.removable_by_share(residues, share) <= residues


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_energy_of_two_heaps_is_the_sum(one, other):
    both = model.fuel_energy(one + other, 15.0)
    assert both == pytest.approx(model.fuel_energy(one, 15.0) + model.fuel_energy(other, 15.0), abs=1e-9)


@given(st.lists(st.floats(0.1, 3), min_size=12, max_size=12), st.floats(0.05, 1))
def test_seasons_keep_the_mean_and_stay_under_the_capacity(weights, capacity_factor):
    factor = model.monthly_factor(weights, capacity_factor, DAYS)
    assert (factor >= 0).all() and (factor <= 1).all()
    assert factor @ DAYS / 365 == pytest.approx(capacity_factor, rel=1e-9)


PEAK = np.isin(np.arange(24), range(17, 23))


@given(st.floats(0, 1), st.floats(0, 800), st.floats(0, 1))
def test_a_day_keeps_its_energy_its_store_and_its_least_load(mean, store, least):
    day = model.daily_factor(mean, PEAK, store, least)
    assert day.mean() == pytest.approx(mean, abs=1e-12)
    assert day.min() >= min(least, mean) - 1e-12 and day.max() <= 1 + 1e-12
    assert (day[PEAK] - mean).sum() <= store * mean + 1e-9  # no more is moved than the store holds


def test_gas_holders_by_hand():
    """A mean of 0.25 can all be kept for six hours of 24; fuel of three hours lifts six hours by a half of the mean."""
    full = model.daily_factor(0.25, PEAK, 100.0, 0.0)
    assert full[PEAK] == pytest.approx(np.ones(6)) and full[~PEAK] == pytest.approx(np.zeros(18))
    held = model.daily_factor(0.4, PEAK, 3.0, 0.0)
    assert held[PEAK] == pytest.approx(np.full(6, 0.4 + 0.4 * 3 / 6))
    assert model.daily_factor(0.4, PEAK, 0.0, 0.0) == pytest.approx(np.full(24, 0.4))
    assert model.daily_factor(0.4, np.zeros(24, bool), 8.0, 0.0) == pytest.approx(np.full(24, 0.4))


def test_seasons_are_flattened_only_where_there_is_no_room():
    weights = np.array([1.2] * 6 + [0.8] * 6)
    assert np.ptp(model.monthly_factor(weights, 0.5, np.ones(12))) == pytest.approx(0.2)
    assert model.monthly_factor(weights, 0.9, np.ones(12)).max() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: model.residue_to_product_ratio(0.0, *WHEAT), "yield of 0 t/ha is impossible"),
        (lambda: model.residue_to_product_ratio([3.0, -2.0], *WHEAT), "yield of -2 t/ha is impossible"),
        (lambda: model.manure_methane(-1, 4.5, 0.24), "heads of -1 is impossible"),
        (lambda: model.fuel_energy(-1, 15), "mass of -1 is impossible"),
        (lambda: model.waste_mass(-1, 1), "population of -1 is impossible"),
        (lambda: model.wood_mass(-1, 1, 1), "forest of -1 is impossible"),
    ],
)
def test_impossible_figures_are_errors(call, message):
    with pytest.raises(GreenzoneError, match=message):
        call()


def test_nan_stays_nan():
    assert np.isnan(model.residue_to_product_ratio(np.nan, *WHEAT))
    assert np.isnan(model.fuel_energy(np.nan, 15.0))
