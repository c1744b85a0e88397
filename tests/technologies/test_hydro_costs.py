"""Costs of plants, the penstock that costs least, plants built for net benefit, percentiles of energy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.schema import Raster
from greenzone.technologies.hydro import costs, drainage, model, siting, uncertainty
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.streams import streams_of

TABLES = catalogue.read_table("hydro_costs"), catalogue.read_table("price_index")


def prices(**options):
    return costs.Prices.read(*TABLES, Options(**options))


def river_of(rows=40):
    """A river that falls 25 m a cell, with a wet May."""
    row, column = np.mgrid[:rows, :9]
    height = 2500.0 - 25.0 * row + 80.0 * np.abs(column - 4)
    network = drainage.derive(Raster(height, 46.0, 40.0, 1 / 120, 1 / 120))
    streams, _ = streams_of(network, np.ones(height.size, dtype=bool))
    monthly = np.array([0.5, 0.5, 0.7, 1.4, 1.8, 1.7, 1.3, 1, 0.9, 0.8, 0.8, 0.6])
    return streams, streams.accumulate(np.full((12, height.size), 0.03) * monthly[:, None])


def test_ornl_model_in_its_own_money():
    """C = 9,605,710 · P^0.977 · H^-0.126 with H in feet: 1 MW on 1 ft costs 9,605,710 USD of 2014."""
    own = prices(price_year=2014)
    assert costs.capital_cost(1.0, 0.3048, own) == pytest.approx(9_605_710)
    assert costs.capital_cost(10.0, 100.0, own) == pytest.approx(9_605_710 * 10**0.977 * (100 / 0.3048) ** -0.126)
    assert costs.operating_cost(10.0, 1e9, own) == pytest.approx(225_417 * 10**0.547)
    assert costs.operating_cost(10.0, 1e6, own) == pytest.approx(25_000)


def test_machines_by_hand():
    """Ogayar and Vidal 2009: a Francis turbine of 5 MW and 100 m costs 25,698 · 5000^-0.560135 · 100^-0.127243 EUR/kW.

    In dollars of 2024: euro prices rise by 122.67 / 87.92 from 2010, a euro is 1.0824 USD.
    """
    one = 25_698 * 5000**-0.560135 * 100**-0.127243 * 5000 * 122.67 / 87.92 * 1.0824
    twins = 2 * 25_698 * 2500**-0.560135 * 100**-0.127243 * 2500 * 122.67 / 87.92 * 1.0824
    less = costs.machines_cost("francis", 1, 5.0, 100.0, prices())
    assert less == pytest.approx(one - twins, rel=1e-6)
    assert costs.machines_cost("francis", 2, 5.0, 100.0, prices()) == pytest.approx(0.0)
    assert costs.machines_cost(["pelton", "kaplan"], [3, 3], 5.0, 30.0, prices()).min() > 0


def test_annuity():
    """World Bank zoning tool: 10 % over 25 years is 0.11016807."""
    assert costs.annuity(0.10, 25) == pytest.approx(0.11016807, abs=1e-8)
    assert costs.annuity(0.0, 25) == pytest.approx(0.04)


def test_levelised_cost_without_energy_is_missing():
    assert np.isnan(costs.levelised_cost(1.0, 50.0, 0.0, prices()))


def test_a_year_without_prices_is_refused():
    with pytest.raises(GreenzoneError, match="no prices are known for 1990"):
        prices(price_year=1990)


@settings(deadline=None)
@given(st.floats(0.1, 100), st.floats(2, 500), st.floats(0.1, 500), st.floats(0, 300))
def test_benefit_is_nothing_where_energy_is_worth_its_cost(power, head, energy, value):
    own = prices(energy_value=value)
    cost = costs.levelised_cost(power, head, energy, own)
    benefit = costs.net_benefit(power, head, energy, own)
    assert benefit == pytest.approx((value - cost) * energy * 1000.0, rel=1e-9, abs=1e-3)


@pytest.mark.parametrize(("flow", "head"), [(0.5, 60.0), (2.0, 250.0), (8.0, 120.0), (20.0, 400.0)])
def test_economic_diameter_costs_least(flow, head):
    """Against every diameter tried out with Swamee and Jain's friction: within 1 % of the least cost."""
    own, load = prices(), 0.2
    diameter = np.geomspace(0.2, 8.0, 4000)
    wall = diameter * np.maximum(1000 * 9.81 * head / (2 * 140e6 * 0.9), 1 / 400)
    steel = np.pi * diameter * wall * 7850.0 * 5.0 * costs.annuity(0.1, 50)
    lost = model.friction_loss(flow, diameter, 1.0, 5e-5)
    money = steel + 9.81 * flow * lost * 0.85 * load * 8760 / 1000 * 100.0
    found = np.interp(costs.economic_diameter(flow, head, load, own), diameter, money)
    assert found <= 1.01 * money.min()


def test_dearer_energy_widens_the_penstock():
    narrow, wide = (costs.economic_diameter(2.0, 250.0, 0.2, prices(energy_value=v)) for v in (50.0, 150.0))
    assert wide / narrow == pytest.approx(3 ** (1 / 7))


def test_net_benefit_builds_no_worse_than_any_fixed_exceedance():
    """Choosing for each plant among exceedances cannot give less than one of them for all."""
    streams, discharge = river_of()
    chart = catalogue.read_table("hydro_turbines")
    options = Options(objective="net_benefit", min_capacity_mw=0.1, capital_factor=0.3)
    own = costs.Prices.read(*TABLES, options)
    chains = siting.rivers(streams, discharge, 0.45, options)
    free = chains.last.copy()

    def total(plants):
        return siting.worth(siting.best(plants, chains.stream.size, own, options), own, options).sum()

    chosen = total(siting.optimised(chains, free, chart, own, options))
    fixed = []
    for share in options.exceedances:
        flow = siting.exceeded(chains.used, share)
        fixed.append(total(siting.diversions(chains, free, flow, chart, own, options)))
    assert chosen >= max(fixed) - 1e-9 and chosen > 0


def test_dear_plants_are_not_built_for_net_benefit():
    streams, discharge = river_of()
    options = Options(objective="net_benefit", min_capacity_mw=0.1, energy_value=1.0)
    own = costs.Prices.read(*TABLES, options)
    chains = siting.rivers(streams, discharge, 0.45, options)
    pool = siting.optimised(chains, chains.last.copy(), catalogue.read_table("hydro_turbines"), own, options)
    assert pool.intake.size > 0 and siting.best(pool, chains.stream.size, own, options).intake.size == 0


def test_a_smaller_exceedance_builds_larger_and_lower_capacity_factors():
    """Q5, as the zone's plants, against RETScreen's Q30: more MW, a lower capacity factor."""
    streams, discharge = river_of()
    chart = catalogue.read_table("hydro_turbines")
    factors, megawatts = [], []
    for share in (0.05, 0.3):
        options = Options(design_exceedance=share, min_capacity_mw=0.1)
        chains = siting.rivers(streams, discharge, 0.45, options)
        pool = siting.candidates(chains, chains.last.copy(), chart, prices(), options)
        built = siting.best(pool, chains.stream.size, prices(), options)
        megawatts.append(built.capacity_mw.sum())
        factors.append(np.median(built.energy_gwh * 1000 / 8760 / built.capacity_mw))
    assert megawatts[0] > 1.3 * megawatts[1] and factors[0] < 0.8 * factors[1]


def test_percentiles_of_a_lognormal_error_alone():
    """Only runoff errs and energy follows it: P10 and P90 are exp(-+1.2816 s) (strata of 4 % blur by 0.03)."""
    scores = uncertainty.normal_scores(uncertainty.RUNOFF_STRATA)
    energy = 10.0 * np.exp(0.2 * scores)[None]
    low, middle, high = uncertainty.percentiles(energy, np.zeros(1), 0.0, np.full(1, 1e9))[0]
    assert middle == pytest.approx(10.0)
    assert low == pytest.approx(10 * np.exp(-0.2 * ndtri(0.9)), rel=0.03)
    assert high == pytest.approx(10 * np.exp(0.2 * ndtri(0.9)), rel=0.03)


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 0.1), st.floats(1, 1.5))
def test_more_error_never_narrows_the_range(runoff, head, efficiency, wider):
    scores = uncertainty.normal_scores(uncertainty.RUNOFF_STRATA)
    spans = []
    for factor in (1.0, wider):
        energy = 10.0 * np.exp(factor * runoff * scores)[None]
        low, _, high = uncertainty.percentiles(energy, np.array([head * factor]), efficiency * factor, np.array([1e9]))[
            0
        ]
        spans.append(high - low)
    assert spans[1] >= spans[0] - 1e-9


def test_energy_never_passes_what_the_plant_can_give():
    energy = np.full((1, uncertainty.RUNOFF_STRATA), 10.0)
    assert uncertainty.percentiles(energy, np.array([0.5]), 0.1, np.array([11.0])).max() <= 11.0
