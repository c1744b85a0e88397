"""Costs brought to one currency and year."""

import pandas as pd
import pytest

from greenzone.economics import price_factor, technology_costs
from greenzone.errors import GreenzoneError


@pytest.fixture
def tables():
    prices = pd.DataFrame(
        {
            "currency": ["EUR", "EUR", "USD", "USD"],
            "year": [2010, 2020, 2010, 2020],
            "price_index": [80.0, 100.0, 90.0, 108.0],
            "usd_per_unit": [1.3, 1.1, 1.0, 1.0],
        }
    )
    costs = pd.DataFrame(
        {
            "technology": ["solar", "hydro"],
            "capital_per_kw": [500.0, 4000.0],
            "fixed_om_per_kw_year": [10.0, 80.0],
            "variable_om_per_mwh": [0.0, 1.0],
            "lifetime_years": [40.0, 60.0],
            "currency": ["USD", "EUR"],
            "year": [2020, 2010],
            "source": ["s", "h"],
        }
    )
    return {"price_index": prices, "technology_costs": costs}


def test_prices_rise_in_their_own_currency_then_change_at_the_target_year(tables):
    assert price_factor(tables["price_index"], "EUR", 2010, "USD", 2020) == pytest.approx(100 / 80 * 1.1)
    assert price_factor(tables["price_index"], "USD", 2010, "EUR", 2020) == pytest.approx(108 / 90 / 1.1)


def test_same_currency_and_year_change_nothing(tables):
    assert price_factor(tables["price_index"], "EUR", 2010, "EUR", 2010) == 1.0


def test_there_and_back_is_one(tables):
    there = price_factor(tables["price_index"], "EUR", 2020, "USD", 2020)
    assert there * price_factor(tables["price_index"], "USD", 2020, "EUR", 2020) == pytest.approx(1.0)


def test_money_is_converted_and_lifetime_is_not(tables):
    costs = technology_costs(tables, "USD", 2020)
    hydro = costs.loc["hydro"]
    assert hydro.capital_per_kw == pytest.approx(4000 * 1.25 * 1.1)
    assert hydro.fixed_om_per_kw_year == pytest.approx(80 * 1.25 * 1.1)
    assert hydro.variable_om_per_mwh == pytest.approx(1.25 * 1.1)
    assert hydro.lifetime_years == 60
    assert costs.loc["solar"].capital_per_kw == 500
    assert costs.attrs == {"currency": "USD", "year": 2020}


def test_unknown_currency_and_year_are_named(tables):
    with pytest.raises(GreenzoneError, match="currency 'EURO': did you mean 'EUR'"):
        technology_costs(tables, "EURO", 2020)
    with pytest.raises(GreenzoneError, match="USD of 1999: choose a year from 2010 to 2020"):
        technology_costs(tables, "USD", 1999)
