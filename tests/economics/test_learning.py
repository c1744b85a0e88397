"""Costs of another year of purchase."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.config.economics import Costs, Economics
from greenzone.economics import costs_of, learning_factor
from greenzone.layers import catalogue

ROWS = pd.DataFrame({"year": [2020, 2030, 2040], "capital_per_kw": [509.47, 347.56, 290.58]})


@pytest.fixture(scope="module")
def tables():
    return {name: catalogue.read_table(name) for name in ("technology_costs", "price_index", "economics_learning")}


def test_photovoltaics_follow_the_danish_catalogue():
    # PyPSA technology-data of 2020 and 2040: 509.47 and 290.58 EUR/kW.
    assert learning_factor(ROWS, "capital_per_kw", 2020, 2040) == pytest.approx(290.58 / 509.47)
    assert learning_factor(ROWS, "capital_per_kw", 2030, 2025) == pytest.approx((509.47 + 347.56) / 2 / 347.56)


@given(start=st.integers(2015, 2055), middle=st.integers(2015, 2055), end=st.integers(2015, 2055))
def test_learning_in_two_steps_is_learning_in_one(start, middle, end):
    steps = [learning_factor(ROWS, "capital_per_kw", *years) for years in ((start, middle), (middle, end))]
    assert steps[0] * steps[1] == pytest.approx(learning_factor(ROWS, "capital_per_kw", start, end))


def test_beyond_the_trajectory_costs_stay():
    assert learning_factor(ROWS, "capital_per_kw", 2040, 2050) == 1.0
    assert learning_factor(ROWS.iloc[:0], "capital_per_kw", 2020, 2050) == 1.0


def test_the_year_of_the_table_changes_nothing(tables):
    plain = costs_of(Economics(), {name: tables[name] for name in ("technology_costs", "price_index")})
    pd.testing.assert_frame_equal(costs_of(Economics(), tables), plain)


def test_later_plants_are_cheaper_where_the_technology_learns(tables):
    now, later = (costs_of(Economics(cost_year=year), tables).capital_per_kw for year in (2030, 2040))
    assert later["solar"] / now["solar"] == pytest.approx(290.58 / 347.56)
    assert later["wind"] / now["wind"] == pytest.approx(977.57 / 1035.56)
    assert later["hydro"] == now["hydro"]  # DIW Data Documentation 68: the same in every year
    assert later["geothermal"] == now["geothermal"]  # no trajectory is known


def test_figures_of_the_scenario_neither_learn_nor_move_abroad(tables):
    own = Economics(cost_year=2040, costs={"solar": Costs(capital_per_kw=700)}, country_multiplier={"solar": 1.2})
    assert costs_of(own, tables).capital_per_kw["solar"] == 700


def test_country_multiplier_is_on_capital_alone(tables):
    plain, abroad = (
        costs_of(Economics(country_multiplier=factor), tables).loc["wind"] for factor in ({}, {"wind": 1.2})
    )
    assert abroad.capital_per_kw == pytest.approx(1.2 * plain.capital_per_kw)
    assert abroad.fixed_om_per_kw_year == plain.fixed_om_per_kw_year
