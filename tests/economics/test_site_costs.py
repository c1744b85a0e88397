"""Costs that a technology knows of its own sites: in the scenario's money, behind what the scenario file names."""

import pytest
import xarray as xr

from greenzone.config.economics import Costs, Economics
from greenzone.economics import lcoe, lcoe_of, price_factor
from greenzone.layers import catalogue
from greenzone.schema import Potential

TABLES = catalogue.read_tables()
MONEY = {"currency": "USD", "price_year": 2020}


def prospect(**costs):
    """A plant of 4 MW and a capacity factor of 0.8 at one site, whose technology knows some of its costs."""
    values = {"capacity_mw": 4.0, "energy_gwh": 28.0, "capacity_factor": 0.8}
    sites = xr.Dataset({name: ("site", [value]) for name, value in values.items()}, {"site": ["a"]})
    units = {
        "capital_per_kw": "USD kW-1",
        "fixed_om_per_kw_year": "USD kW-1 year-1",
        "variable_om_per_mwh": "USD MWh-1",
    }
    for name, value in costs.items():
        attrs = {"units": units[name], "long_name": name, **MONEY} if name in units else {}
        sites[name] = ("site", [value], attrs)
    return {"geothermal": Potential("geothermal", sites, xr.Dataset())}


def cost(potential, **section):
    return lcoe_of(Economics(**section), potential, TABLES)["geothermal"].item()


def test_own_costs_are_brought_to_the_money_of_the_scenario():
    """USD of 2020 to EUR of 2022: prices of the dollar rise, then it is changed."""
    potential = prospect(
        capital_per_kw=9000.0, fixed_om_per_kw_year=400.0, variable_om_per_mwh=6.0, lifetime_years=20.0
    )
    factor = price_factor(TABLES["price_index"], "USD", 2020, "EUR", 2022)
    by_hand = lcoe(9000.0, 400.0, 6.0, 0.8, 0.1, 20.0) * factor
    assert cost(potential, currency="EUR", currency_year=2022) == pytest.approx(by_hand)
    assert factor != pytest.approx(1.0, abs=0.01)


def test_costs_of_the_scenario_file_come_before_those_of_the_technology():
    potential = prospect(capital_per_kw=9000.0, fixed_om_per_kw_year=400.0, lifetime_years=20.0)
    own = Costs(capital_per_kw=2000, fixed_om_per_kw_year=40, variable_om_per_mwh=4, lifetime_years=25)
    named = cost(potential, costs={"geothermal": own})
    assert named == pytest.approx(lcoe(2000, 40, 4, 0.8, 0.1, 25))


def test_a_single_named_cost_leaves_the_others_to_the_technology():
    potential = prospect(
        capital_per_kw=9000.0, fixed_om_per_kw_year=400.0, variable_om_per_mwh=0.0, lifetime_years=20.0
    )
    rise = price_factor(TABLES["price_index"], "USD", 2020, "USD", 2024)
    named = cost(potential, costs={"geothermal": Costs(capital_per_kw=2000)})
    assert named == pytest.approx(lcoe(2000, 400 * rise, 0.0, 0.8, 0.1, 20))


def test_the_country_multiplies_the_capital_alone():
    potential = prospect(
        capital_per_kw=9000.0, fixed_om_per_kw_year=400.0, variable_om_per_mwh=0.0, lifetime_years=20.0
    )
    rise = price_factor(TABLES["price_index"], "USD", 2020, "USD", 2024)
    dearer = cost(potential, country_multiplier={"geothermal": 1.5})
    assert dearer == pytest.approx(lcoe(1.5 * 9000 * rise, 400 * rise, 0.0, 0.8, 0.1, 20))
