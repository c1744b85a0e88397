"""Levelised cost against published and hand-computed figures."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from greenzone.economics import (
    ZoningCosts,
    capital_recovery_factor,
    lcoe,
    potential_under_ceiling,
    technology_lcoe,
    zoning_lcoe,
)
from greenzone.errors import GreenzoneError
from greenzone.schema import Potential


def test_capital_recovery_factor_of_textbook():
    # Annuity tables (e.g. Park, Contemporary Engineering Economics): A/P, 10 %, 25 years = 0.1102; 5 %, 20 = 0.0802.
    assert capital_recovery_factor(0.1, 25) == pytest.approx(0.11016807, abs=5e-9)
    assert capital_recovery_factor(0.05, 20) == pytest.approx(0.0802426, abs=5e-8)


def test_capital_recovery_without_interest_is_one_over_lifetime():
    assert capital_recovery_factor(0.0, 25) == pytest.approx(0.04)
    assert capital_recovery_factor(1e-9, 25) == pytest.approx(0.04, rel=1e-6)


@given(rate=st.floats(0.001, 0.5), years=st.integers(1, 60))
def test_payments_discounted_give_back_the_capital(rate, years):
    discounted = sum(1 / (1 + rate) ** year for year in range(1, years + 1))
    assert capital_recovery_factor(rate, years) * discounted == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize(
    ("capacity_factor", "grid_km", "road_km", "expected"),
    [(0.2, 10, 5, 157.881485), (0.35, 50, 20, 93.813895), (0.15, 100, 50, 219.808554)],
)
def test_world_bank_zoning_lcoe_at_its_defaults(capacity_factor, grid_km, road_km, expected):
    assert zoning_lcoe(capacity_factor, grid_km, road_km) == pytest.approx(expected, abs=5e-7)


def test_world_bank_generation_part():
    # World Bank zoning tool at CF 0.2: the generation part alone is 152.59369 USD/MWh.
    c = ZoningCosts()
    part = lcoe(c.capital_per_kw, c.fixed_om_per_kw_year, c.variable_om_per_mwh, 0.2, c.wacc, c.lifetime_years)
    assert part == pytest.approx(152.59369, abs=5e-6)


def test_without_energy_there_is_no_cost():
    values = lcoe(1000, 20, 1, np.array([np.nan, 0.0, 0.25]), 0.08, 25)
    assert np.isnan(values[:2]).all()
    assert np.isfinite(values[2])
    assert np.isnan(zoning_lcoe(np.array([0.0, np.nan]), 1.0, 1.0)).all()


@pytest.mark.parametrize(
    ("grid", "road", "named"), [(-1.0, 1.0, "line to the grid of -1 km"), (1, [2, -3], "road of -3")]
)
def test_no_distance_is_below_zero(grid, road, named):
    with pytest.raises(GreenzoneError, match=named):
        zoning_lcoe(0.2, grid, road)
    assert np.isnan(zoning_lcoe(0.2, np.nan, 1.0))


@given(
    capital=st.floats(1, 1e4),
    fixed=st.floats(0, 500),
    variable=st.floats(0, 100),
    factor=st.floats(0.01, 1),
    rate=st.floats(0, 0.3),
)
def test_lifetime_revenue_at_lcoe_pays_all_costs(capital, fixed, variable, factor, rate):
    """Net present value of a plant that sells at its LCOE is zero."""
    years, energy = 20, 8.76 * factor  # MWh per kW and year
    price = lcoe(capital, fixed, variable, factor, rate, years)
    discount = sum(1 / (1 + rate) ** year for year in range(1, years + 1))
    income = (price - variable) * energy - fixed
    assert income * discount == pytest.approx(capital, rel=1e-6)


def one_potential() -> Potential:
    table = xr.Dataset(
        {
            "capacity_mw": ("site", [10.0, 20.0, 0.0, 5.0]),
            "energy_gwh": ("site", [20.0, 30.0, 0.0, 0.0]),
            "capacity_factor": ("site", [0.228, 0.171, 0.3, np.nan]),
        },
        {"site": ["a", "b", "c", "d"]},
    )
    return Potential("solar", table, xr.Dataset())


def cost_row() -> pd.DataFrame:
    row = {"capital_per_kw": 2000.0, "fixed_om_per_kw_year": 40.0, "variable_om_per_mwh": 4.0, "lifetime_years": 25.0}
    costs = pd.DataFrame([row], index=["solar"])
    costs.attrs = {"currency": "USD", "year": 2024}
    return costs


def test_cost_of_sites_follows_their_capacity_factor():
    cost = technology_lcoe(one_potential(), cost_row(), 0.1)
    assert cost[0] == pytest.approx(148.59369 * 0.2 / 0.228 + 4, abs=1e-5)  # World Bank's part, scaled by CF
    assert np.isnan(cost[2:]).all()  # no capacity, no resource
    assert cost.attrs["units"] == "USD MWh-1"
    assert "2024" in cost.attrs["long_name"]


def test_capital_of_the_site_replaces_that_of_the_table():
    potential = one_potential()
    potential.sites["capital_per_kw"] = ("site", [4000.0, np.nan, np.nan, np.nan])
    dear, plain = technology_lcoe(potential, cost_row(), 0.1), technology_lcoe(one_potential(), cost_row(), 0.1)
    assert dear[0] - plain[0] == pytest.approx(2000 * 0.11016807 * 1000 / (8760 * 0.228), rel=1e-7)
    assert dear[1] == plain[1]


def test_ceiling_keeps_the_cheap_sites_only():
    potential = one_potential()
    cost = {"solar": technology_lcoe(potential, cost_row(), 0.1)}
    between = float(cost["solar"][:2].mean())
    economic = potential_under_ceiling({"solar": potential}, cost, between)
    assert economic.loc["solar"].tolist() == [10.0, 20.0]
    at_the_cost = potential_under_ceiling({"solar": potential}, cost, float(cost["solar"][1]))
    assert at_the_cost.loc["solar"].tolist() == [30.0, 50.0]
    assert potential_under_ceiling({"solar": potential}, cost, 0.0).to_numpy().sum() == 0
