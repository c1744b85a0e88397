"""LCOE by technology as the scenario file asks for it, with the embedded tables."""

import numpy as np
import pytest
import xarray as xr

from greenzone.config.economics import Costs, Economics
from greenzone.economics import lcoe_of, price_factor, technology_costs
from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.schema import Potential


@pytest.fixture(scope="module")
def tables():
    return {name: catalogue.read_table(name) for name in ("technology_costs", "price_index")}


def potential(name="solar", factor=0.2):
    table = xr.Dataset(
        {"capacity_mw": ("site", [1.0]), "energy_gwh": ("site", [1.0]), "capacity_factor": ("site", [factor])},
        {"site": ["a"]},
    )
    return {name: Potential(name, table, xr.Dataset())}


def test_every_technology_has_costs_in_the_embedded_table(tables):
    costs = technology_costs(tables, "USD", 2024)
    for name in ("solar", "wind", "hydro", "geothermal", "bioenergy"):
        value = lcoe_of(Economics(), potential(name), tables)[name].item()
        assert np.isfinite(value) and value > 0
        assert costs.loc[name].capital_per_kw > 0


def test_photovoltaics_by_hand(tables):
    # PyPSA technology-data 2030: 482 EUR/kW, 11.93 EUR/kW/yr of 2025, 40 years; HICP 125.73 to 122.67, 1.0824 USD.
    # 5 %: CRF = 0.05827816 (annuity tables).
    factor = 122.67 / 125.73 * 1.0824
    by_hand = (482 * 0.05827816 + 11.93) * factor * 1000 / (8760 * 0.2)
    value = lcoe_of(Economics(wacc=0.05), potential(), tables)["solar"].item()
    assert value == pytest.approx(by_hand, rel=1e-6)


def test_currency_of_the_scenario_scales_every_cost(tables):
    dollars = lcoe_of(Economics(), potential("bioenergy"), tables)["bioenergy"]
    euros = lcoe_of(Economics(currency="EUR"), potential("bioenergy"), tables)["bioenergy"]
    assert dollars.item() / euros.item() == pytest.approx(price_factor(tables["price_index"], "EUR", 2024, "USD", 2024))
    assert euros.attrs["units"] == "EUR MWh-1"


def test_costs_of_the_scenario_file_replace_those_of_the_table(tables):
    own = Costs(capital_per_kw=2000, fixed_om_per_kw_year=40, variable_om_per_mwh=4, lifetime_years=25)
    value = lcoe_of(Economics(costs={"solar": own}), potential(), tables)["solar"].item()
    assert value == pytest.approx(152.59369, abs=5e-6)  # World Bank zoning tool, generation part at CF 0.2
    partly = lcoe_of(Economics(costs={"solar": Costs(variable_om_per_mwh=7)}), potential(), tables)["solar"].item()
    assert partly == pytest.approx(lcoe_of(Economics(), potential(), tables)["solar"].item() + 7)


def test_technology_without_costs_is_named(tables):
    with pytest.raises(
        GreenzoneError, match=r"no complete costs are known for tidal: give them under economics\.costs"
    ):
        lcoe_of(Economics(), potential("tidal"), tables)


def test_year_without_prices_is_named(tables):
    with pytest.raises(GreenzoneError, match="no prices are known for EUR of 2090"):
        lcoe_of(Economics(currency_year=2090), potential(), tables)
