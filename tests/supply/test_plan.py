"""The least-cost plan: analytic optimum, duals, no rule beats it, what is impossible is explained."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.supply import PlanModel, PlannedStore, Source, Storage, hourly_dispatch, to_pypsa

DAYS = 6
TIME = pd.date_range("2019-01-01", periods=24 * DAYS, freq="h")
SUN = np.tile(np.clip(np.sin((np.arange(24) - 6) / 12 * np.pi), 0, None), DAYS)


def model(seed=0, grid_price=150.0, **limits):
    rng = np.random.default_rng(seed)
    wind = np.clip(rng.normal(0.35, 0.2, len(TIME)), 0, 1)
    sources = [
        Source("solar", SUN * rng.uniform(0.4, 1, DAYS).repeat(24), 60e3, 0.0, limits.get("solar", np.inf)),
        Source("wind", wind, 160e3, 2.0, limits.get("wind", np.inf)),
    ]
    stores = [PlannedStore("battery", 4, 120e3, 0.98, 0.98), PlannedStore("pumped_hydro", 10, 290e3, 0.87, 0.87)]
    demand = 25 * (1 + 0.3 * rng.uniform(-1, 1, len(TIME)))
    return PlanModel(sources, stores, demand, TIME, grid_price)


def test_two_sources_have_their_textbook_optimum():
    """Screening curves: base costs 200k/MW + 10/MWh, peak 50k + 60/MWh; they cross at 150k / 50 = 3000 h.

    Demand is 100 MW for 2190 h and 40 MW for the rest of the year: the last 60 MW run for 2190 h < 3000 h, peak.
    """
    time = pd.date_range("2019-01-01", periods=8760 // 6, freq="6h")
    demand = np.where(np.arange(len(time)) % 4 == 0, 100.0, 40.0)
    ones = np.ones(len(time))
    sources = [Source("base", ones, 200e3, 10.0), Source("peak", ones, 50e3, 60.0)]
    plan = PlanModel(sources, [], demand, time, grid_price=1000.0).solve(1.0)
    assert plan.capacity_mw.to_dict() == pytest.approx({"base": 40.0, "peak": 60.0})
    assert plan.cost == pytest.approx(40 * (200e3 + 8760 * 10) + 60 * (50e3 + 2190 * 60))
    price = plan.hourly.price.to_numpy()  # what one more MWh in that hour would cost
    assert (price * demand).sum() * 6 == pytest.approx(plan.cost, rel=1e-6)  # perfect competition: all costs are paid
    assert price[demand == 40.0].min() >= 10 - 1e-6


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), share=st.sampled_from([0.5, 0.9, 1.0]))
def test_no_hour_is_out_of_balance_and_no_limit_is_broken(seed, share):
    plan = model(seed).solve(share)
    hourly, capacity = plan.hourly, plan.capacity_mw
    given_out = hourly.used_mw.sum("source") + hourly.discharge_mw.sum("store") + hourly.grid_mw
    taken = hourly.demand_mw + hourly.charge_mw.sum("store") + hourly.curtailed_mw
    assert given_out.to_numpy() == pytest.approx(taken.to_numpy(), rel=1e-6, abs=1e-4)
    assert plan.green_share >= share - 1e-6
    for store, hours in (("battery", 4), ("pumped_hydro", 10)):
        assert hourly.level_mwh.sel(store=store).max() <= hours * capacity[store] + 1e-4


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), share=st.sampled_from([0.5, 0.9, 1.0]))
def test_the_rule_never_beats_the_plan(seed, share):
    built = model(seed)
    plan = built.solve(share)
    stores = [
        Storage(s.name, plan.capacity_mw[s.name], s.hours * plan.capacity_mw[s.name], s.charge_efficiency,
                s.discharge_efficiency)
        for s in built.stores
    ]  # fmt: skip
    profiles = np.array([source.profile for source in built.sources])
    capacity = np.maximum(plan.capacity_mw[["solar", "wind"]].to_numpy(), 0)
    rule = hourly_dispatch(profiles, capacity[None], built.demand[None], TIME, stores=stores)
    grid = float(rule.unserved_mw.sum())
    same_grid = 1 - grid / built.demand.sum()
    at_least = built.solve(max(min(same_grid, 1.0), 0.0))
    fixed = plan.capacity_mw @ [60e3, 160e3, 120e3, 290e3]
    used = capacity @ profiles - rule.curtailed_mw.to_numpy().sum() * np.eye(1, len(TIME))[0]
    wind_energy = max(used.sum() - (capacity[0] * profiles[0]).sum(), 0)  # the least wind that could have been used
    rule_cost = fixed + (2 * wind_energy + 150 * grid) / built.years
    assert at_least.cost <= rule_cost * (1 + 1e-6)


def test_a_solved_model_solves_again_to_the_same():
    built = model()
    costs = [built.solve(share).cost for share in (0.8, 1.0, 0.8)]
    assert costs[0] == pytest.approx(costs[2], rel=1e-6)
    assert costs[0] < costs[1]
    assert built.solve(0.8).cost == pytest.approx(model().solve(0.8).cost, rel=1e-6)
    twice = built.solve(0.8, demand_factor=2.0)
    assert twice.cost == pytest.approx(2 * costs[0], rel=1e-6)


def test_a_share_of_every_hour_costs_no_less_than_one_of_the_year():
    assert model().solve(0.9, every_hour=True).cost >= model().solve(0.9).cost * (1 - 1e-9)


def test_near_optimal_plans_hold_the_best_one():
    built = model()
    best = built.solve(0.9)
    table = built.alternatives(best, 0.05, 0.9)
    assert (table.least_mw <= table.best_mw + 1e-4).all() and (table.best_mw <= table.most_mw + 1e-4).all()
    assert (table.most_mw - table.least_mw).max() > 1


def test_what_cannot_be_reached_is_explained():
    with pytest.raises(
        GreenzoneError, match=r"green share of 1 over the year cannot be reached: at most 0\.\d+"
    ) as error:
        model(solar=20.0, wind=10.0).solve(1.0)
    assert "GWh a year are missing" in str(error.value)
    assert "built to their limits: solar, wind" in str(error.value)


def test_a_cost_ceiling_too_low_names_the_least_cost():
    built = model()
    least = built.solve(1.0).cost
    with pytest.raises(GreenzoneError, match=f"the least cost is {least:,.0f}"):
        built.solve(1.0, cost_ceiling=least / 2)
    assert built.solve(1.0, cost_ceiling=least * 1.01).cost == pytest.approx(least, rel=1e-6)


def test_the_pypsa_network_solves_to_the_same_cost():
    pytest.importorskip("pypsa")
    built = model(3)
    network = to_pypsa(built, 0.9)
    status, condition = network.optimize(solver_name="highs", solver_options={"output_flag": False})
    assert (status, condition) == ("ok", "optimal")
    assert network.objective == pytest.approx(built.solve(0.9).cost, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"demand_mw": np.ones(5)}, "demand has the shape"),
        ({"demand_mw": np.full(len(TIME), np.nan)}, "demand of a plan must be 0 or more"),
        ({"sources": []}, "at least one source"),
        ({"sources": [Source("sun", SUN[:9], 1.0)]}, "the profile of sun has 9 hours"),
        ({"sources": [Source("sun", -SUN, 1.0)]}, "the profile of sun must be 0 or more"),
        ({"sources": [Source("sun", SUN, 1.0, max_mw=-1.0)]}, "the limits of sun are 0.0 to -1.0 MW"),
        ({"sources": [Source("sun", SUN, -1.0)]}, "costs of sun must be known and 0 or more"),
    ],
)
def test_impossible_input_is_named(change, message):
    arguments = {"sources": [Source("sun", SUN, 1.0)], "stores": [], "demand_mw": np.ones(len(TIME))} | change
    with pytest.raises(GreenzoneError, match=message):
        PlanModel(time=TIME, grid_price=100.0, **arguments)
