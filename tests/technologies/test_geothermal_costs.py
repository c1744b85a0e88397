"""Costs of prospects: the GEOPHIRES correlations, prices of a year, wells added, laws of the levelised cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.technologies.geothermal import Options, costs

TABLES = catalogue.read_tables()
BASE = costs.Prices.read(TABLES, 2016)


@pytest.mark.parametrize(("depth", "million"), [(1500.0, 3.180), (3000.0, 6.995), (5000.0, 14.055)])
def test_wells_by_depth(depth, million):
    """GEOPHIRES-X, vertical and large: 0.2818 z2 + 1275.52 z + 632315 USD of 2016."""
    assert costs.well_cost(depth, BASE) / 1e6 == pytest.approx(million, rel=1e-3)


def test_binary_plants_by_temperature():
    """GEOPHIRES-X at 15 MW: 2211 USD/kW at 150 degC up to the cubic's foot, 2131 at 200, more for cooler water."""
    assert costs.orc_cost_per_kw(200.0, 15.0, BASE) == pytest.approx(1.02 * 2131.0)
    assert costs.orc_cost_per_kw(100.0, 15.0, BASE) == pytest.approx(1.02 * (-1458.333 + 7687.5 - 13479.17 + 10075))
    assert costs.orc_cost_per_kw(150.0, 1.5, BASE) == pytest.approx(1.02 * 2231.0 * 10**0.06)


def test_labour():
    """GEOPHIRES-X: 236,000 USD of 2012 up to 2.5 MW, 589 ln P - 304 thousand above, raised by a tenth."""
    assert costs.labour_cost(1.0, BASE) == pytest.approx(1.1 * 236e3)
    assert costs.labour_cost(10.0, BASE) == pytest.approx(1.1 * (589e3 * np.log(10.0) - 304e3))


def test_prices_rise_with_the_consumer_index():
    """US BLS CPI-U: 313.689 in 2024 over 240.007 in 2016."""
    ratio = costs.well_cost(2000.0, costs.Prices.read(TABLES, 2024)) / costs.well_cost(2000.0, BASE)
    assert ratio == pytest.approx(313.689 / 240.007, rel=1e-4)
    with pytest.raises(GreenzoneError, match="no prices are known for 2090: choose a price_year from"):
        costs.Prices.read(TABLES, 2090)


def test_wells_beyond_the_correlation_are_an_error():
    with pytest.raises(GreenzoneError, match="well of 9 km: at most 7 km"):
        costs.well_cost(9000.0, BASE)


def test_wells_count_those_that_fail():
    """120 kg/s need three wells of 50 and as many to inject; of four drilled, one fails."""
    assert costs.wells_needed(120.0, Options(well_success=0.75)) == pytest.approx(8.0)


def test_cooling_water_asks_for_more_wells():
    """0.5 % a year of 82.5 K are 0.41 K; the output of 122.5 degC falls by about 3 % per kelvin there."""
    options = Options(drawdown=0.005, heat_return=40.0)
    rate = costs.decline_rate(122.5, 10.0, options)
    per_kelvin = 1 - costs.net_specific_power(121.5, 10.0, options) / costs.net_specific_power(122.5, 10.0, options)
    assert rate == pytest.approx(0.4125 * per_kelvin, rel=0.02)
    assert costs.decline_rate(122.5, 10.0, Options(drawdown=0.0)) == 0


def test_levelised_cost_by_hand():
    """100 USD/year of upkeep and 1,000 USD at 10 % over 30 years on 10 MWh: (100 + 106.08) / 10."""
    bill = costs.Bill(*(np.array(value) for value in (200.0, 300.0, 500.0, 60.0, 40.0)))
    assert costs.levelised_cost(bill, 10.0, Options()) == pytest.approx(20.608, rel=1e-3)
    assert np.isnan(costs.levelised_cost(bill, 0.0, Options()))


def test_a_doublet_of_geophires():
    """GEOPHIRES-X 3.4.28, example Fervo_Norbeck_Latimer_2024: 63 kg/s of 174.9 degC from 2,347 m give 3.07 MW, a well
    costs 5.44 million USD, exploration 5.29, all but the stimulation 37.26."""
    options = Options(well_flow=63.0, well_success=1.0, chance_of_success=1.0)
    power = 63.0 * costs.net_specific_power(174.9, 15.0, options) / 1000.0
    assert power == pytest.approx(3.07, rel=0.05)
    bill = costs.electricity_bill(2347.0, 174.9, np.array(63.0), np.array(power), 15.0, options, BASE)
    assert costs.well_cost(2347.0, BASE) * 1.05 / 1e6 == pytest.approx(5.44, rel=2e-3)
    assert bill.exploration / 1e6 == pytest.approx(5.29, rel=2e-3)
    flash = bill._replace(plant=np.array(19.94e6))  # its double-flash plant; a binary one of this size costs half
    assert flash.capital / 1e6 == pytest.approx(37.26, rel=0.01)
    assert 0.4 < bill.plant / flash.plant < 0.6


def test_lukewarm_water_makes_dear_electricity():
    """At 122.5 degC two thirds of the cost are wells: 50 kg/s give 0.9 MW and take two wells of 4.2 million USD, a
    quarter of which fail. Twice the flow brings the cost down by a third."""
    prices, cost = costs.Prices.read(TABLES, 2024), {}
    for flow in (50.0, 100.0):
        options = Options(well_flow=flow)
        power = np.array([200.0 * costs.net_specific_power(122.5, 5.0, options) / 1000.0])
        bill = costs.electricity_bill(1500.0, 122.5, np.array([200.0]), power, 5.0, options, prices)
        cost[flow] = costs.levelised_cost(bill, power * 0.9 * 8760.0, options)[0]
        if flow == 50.0:
            assert power[0] / 4 == pytest.approx(0.92, abs=0.02)
            assert 0.6 < costs.share_of_wells(bill, options) < 0.75
    assert cost[100.0] / cost[50.0] == pytest.approx(2 / 3, abs=0.02)


@given(st.floats(500, 6900), st.floats(85, 200), st.floats(20, 500))
def test_deeper_cooler_and_riskier_cost_more(depth, temperature, flow):
    options = Options()

    def cost(metres, hot, chosen):
        power = flow * costs.net_specific_power(hot, 10.0, chosen) / 1000.0
        bill = costs.electricity_bill(metres, hot, flow, power, 10.0, chosen, BASE)
        return costs.levelised_cost(bill, power * 8000.0, chosen)

    here = cost(depth, temperature, options)
    assert here > 0
    assert cost(depth + 100.0, temperature, options) > here
    assert cost(depth, temperature + 1.0, Options(drawdown=0.0)) < cost(depth, temperature, Options(drawdown=0.0))
    assert cost(depth, temperature, Options(chance_of_success=0.3)) > here
    assert cost(depth, temperature, Options(well_success=0.5)) > here
    assert cost(depth, temperature, Options(drawdown=0.02)) > here
