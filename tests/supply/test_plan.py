"""The least-cost plan: analytic optimum, duals, no rule beats it, what is impossible is explained."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.supply import Border, PlanModel, PlannedStore, Source, Storage, System, hourly_dispatch

DAYS = 6
TIME = pd.date_range("2019-01-01", periods=24 * DAYS, freq="h")
SUN = np.tile(np.clip(np.sin((np.arange(24) - 6) / 12 * np.pi), 0, None), DAYS)


def system(seed=0, import_price=150.0, **limits):
    rng = np.random.default_rng(seed)
    wind = np.clip(rng.normal(0.35, 0.2, len(TIME)), 0, 1)
    sources = [
        Source("solar", SUN * rng.uniform(0.4, 1, DAYS).repeat(24), 60e3, 0.0, limits.get("solar", np.inf)),
        Source("wind", wind, 160e3, 2.0, limits.get("wind", np.inf)),
    ]
    stores = [PlannedStore("battery", 4, 120e3, 0.98, 0.98), PlannedStore("pumped_hydro", 10, 290e3, 0.87, 0.87)]
    demand = 25 * (1 + 0.3 * rng.uniform(-1, 1, len(TIME)))
    return System(sources, stores, demand, TIME, [Border("outside", import_price)])


def model(seed=0, import_price=150.0, **limits):
    return PlanModel(system(seed, import_price, **limits))


def test_two_sources_have_their_textbook_optimum():
    """Screening curves: base costs 200k/MW + 10/MWh, peak 50k + 60/MWh; they cross at 150k / 50 = 3000 h.

    Demand is 100 MW for 2190 h and 40 MW for the rest of the year: the last 60 MW run for 2190 h < 3000 h, peak.
    """
    time = pd.date_range("2019-01-01", periods=8760 // 6, freq="6h")
    demand = np.where(np.arange(len(time)) % 4 == 0, 100.0, 40.0)
    ones = np.ones(len(time))
    sources = [Source("base", ones, 200e3, 10.0), Source("peak", ones, 50e3, 60.0)]
    plan = PlanModel(System(sources, [], demand, time)).solve()
    assert plan.capacity_mw.to_dict() == pytest.approx({"base": 40.0, "peak": 60.0})
    assert plan.cost == pytest.approx(40 * (200e3 + 8760 * 10) + 60 * (50e3 + 2190 * 60))
    price = plan.hourly.price.to_numpy()[0]  # what one more MWh in that hour would cost
    assert (price * demand).sum() * 6 == pytest.approx(plan.cost, rel=1e-6)  # perfect competition: all costs are paid
    assert price[demand == 40.0].min() >= 10 - 1e-6


def test_the_value_of_a_limit_is_what_one_more_mw_saves():
    """100 MW all year; the cheap source is limited to 60 MW, the dear one fills up: a MW more saves the difference."""
    ones = np.ones(len(TIME))
    sources = [Source("cheap", ones, 100e3, max_mw=60.0), Source("dear", ones, 300e3)]
    plan = PlanModel(System(sources, [], 100 * ones, TIME)).solve()
    assert plan.value_per_mw["cheap"] == pytest.approx(200e3)
    assert plan.value_per_mw["dear"] == 0
    more = PlanModel(System([replace(sources[0], max_mw=61.0), sources[1]], [], 100 * ones, TIME)).solve()
    assert plan.cost - more.cost == pytest.approx(200e3)


def test_the_value_of_the_share_is_the_saving_of_one_imported_mwh():
    built = model(1, import_price=20.0)
    plan = built.solve(0.9)
    needed = plan.hourly.demand_mw.to_numpy()[0] @ plan.hourly.hours.to_numpy()
    step = 1e-5
    saved = plan.cost - built.solve(0.9 - step).cost
    assert plan.share_value == pytest.approx(saved / (step * needed), rel=1e-3)


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), share=st.sampled_from([0.5, 0.9, 1.0]))
def test_no_hour_is_out_of_balance_and_no_limit_is_broken(seed, share):
    plan = model(seed).solve(share)
    hourly, capacity = plan.hourly, plan.capacity_mw
    given_out = hourly.used_mw.sum("source") + hourly.discharge_mw.sum("store") + hourly.import_mw.sum("border")
    taken = (hourly.demand_mw + hourly.curtailed_mw).sum("node") + hourly.charge_mw.sum("store")
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
        for s in built.system.stores
    ]  # fmt: skip
    demand = built.system.demand
    profiles = np.array([source.profile for source in built.system.sources])
    capacity = np.maximum(plan.capacity_mw[["solar", "wind"]].to_numpy(), 0)
    rule = hourly_dispatch(profiles, capacity[None], demand, TIME, stores=stores)
    grid = float(rule.unserved_mw.sum())
    same_grid = 1 - grid / demand.sum()
    at_least = built.solve(max(min(same_grid, 1.0), 0.0))
    fixed = plan.capacity_mw @ [60e3, 160e3, 120e3, 290e3]
    used = float((capacity @ profiles).sum() - rule.curtailed_mw.sum())
    wind_energy = max(used - (capacity[0] * profiles[0]).sum(), 0)  # the least wind that could have been used
    rule_cost = fixed + (2 * wind_energy + 150 * grid) * 8760 / len(TIME)
    assert at_least.cost <= rule_cost * (1 + 1e-6)


def test_a_solved_model_solves_again_to_the_same():
    built = model()
    costs = [built.solve(share).cost for share in (0.8, 1.0, 0.8)]
    assert costs[0] == pytest.approx(costs[2], rel=1e-6)
    assert costs[0] < costs[1]
    assert built.solve(0.8).cost == pytest.approx(model().solve(0.8).cost, rel=1e-6)
    twice = built.solve(0.8, demand_factor=2.0)
    assert twice.cost == pytest.approx(2 * costs[0], rel=1e-6)


def test_other_limits_and_costs_give_what_a_new_model_gives():
    built = model(2)
    built.solve(0.9)
    built.change_capacity([0, 0, 0, 0], [30, np.inf, 0, np.inf], [50e3, 170e3, 120e3, 290e3])
    parts = system(2)
    sources = [replace(parts.sources[0], max_mw=30, per_mw=50e3), replace(parts.sources[1], per_mw=170e3)]
    anew = replace(parts, sources=sources, stores=[replace(parts.stores[0], max_mw=0.0), parts.stores[1]])
    assert built.solve(0.9).cost == pytest.approx(PlanModel(anew).solve(0.9).cost, rel=1e-6)
    ceiling = built.solve(0.9).cost
    assert built.solve(0.9, cost_ceiling=ceiling * 1.001).cost == pytest.approx(ceiling, rel=1e-6)


def test_a_share_of_every_hour_costs_no_less_than_one_of_the_year():
    assert model().solve(0.9, every_hour=True).cost >= model().solve(0.9).cost * (1 - 1e-9)


def test_a_share_of_every_hour_holds_in_every_hour():
    hourly = model().solve(0.7, every_hour=True).hourly
    assert (hourly.import_mw.sum("border") <= 0.3 * hourly.demand_mw.sum("node") + 1e-6).all()


def test_near_optimal_plans_hold_the_best_one():
    built = model()
    best = built.solve(0.9)
    table = built.alternatives(best, 0.05)
    assert (table.least_mw <= table.best_mw + 1e-4).all() and (table.best_mw <= table.most_mw + 1e-4).all()
    assert (table.most_mw - table.least_mw).max() > 1
    assert built.solve(0.9).cost == pytest.approx(best.cost, rel=1e-6)  # asking changes nothing


def test_wider_slack_allows_no_less():
    built = model()
    best = built.solve(0.9)
    narrow, wide = built.alternatives(best, 0.01), built.alternatives(best, 0.1)
    assert (wide.least_mw <= narrow.least_mw + 1e-4).all() and (wide.most_mw >= narrow.most_mw - 1e-4).all()


def test_what_is_wanted_at_least_is_built():
    wanted = replace(system(), at_least_mw=[("wind", 70.0)])
    best, forced = model().solve(0.9), PlanModel(wanted).solve(0.9)
    assert best.capacity_mw["wind"] < 70 and forced.capacity_mw["wind"] == pytest.approx(70.0)
    assert forced.cost > best.cost


def test_what_cannot_be_reached_is_explained():
    with pytest.raises(
        GreenzoneError, match=r"green share of 1 over the year cannot be reached: at most 0\.\d+"
    ) as error:
        model(solar=20.0, wind=10.0).solve(1.0)
    assert "GWh a year are missing" in str(error.value)
    assert "built to their limits: solar, wind" in str(error.value)


def test_what_is_said_to_be_possible_is_possible_and_no_more():
    built = model(solar=20.0, wind=10.0)
    with pytest.raises(GreenzoneError) as error:
        built.solve(1.0)
    share = float(str(error.value).split("at most ")[1].split(" ")[0])
    assert built.solve(share - 1e-3).green_share >= share - 1e-3 - 1e-9
    with pytest.raises(GreenzoneError, match="cannot be reached"):
        built.solve(share + 1e-3)


def test_demand_that_even_imports_cannot_meet_is_explained():
    parts = replace(system(solar=5.0, wind=5.0), borders=[Border("outside", 60.0, import_limit_mw=3.0)])
    with pytest.raises(GreenzoneError, match="GWh a year are missing"):
        PlanModel(parts).solve(0.0)


def test_a_cost_ceiling_too_low_names_the_least_cost():
    built = model()
    least = built.solve(1.0).cost
    with pytest.raises(GreenzoneError, match=f"the least cost is {least:,.0f}"):
        built.solve(1.0, cost_ceiling=least / 2)
    assert built.solve(1.0, cost_ceiling=least * 1.01).cost == pytest.approx(least, rel=1e-6)


def test_exports_that_pay_for_ever_more_plants_have_no_least_cost():
    border = Border("outside", 90.0, export_price=80.0, export_limit_mw=np.inf)
    with pytest.raises(GreenzoneError, match="no least cost: exports over outside earn more than solar, wind"):
        PlanModel(replace(system(), borders=[border])).solve(1.0)


def test_exports_earn_their_price_up_to_the_line():
    """A source of 100 MW at most that runs all year: 20 MW serve demand, 30 MW leave over the line at 80 a MWh."""
    ones = np.ones(len(TIME))
    border = Border("outside", 90.0, export_price=80.0, export_limit_mw=30.0)
    plan = PlanModel(System([Source("geo", ones, 500e3, max_mw=100.0)], [], 20 * ones, TIME, [border])).solve()
    assert plan.exported_gwh == pytest.approx(30 * 8.76)
    assert plan.cost == pytest.approx(50 * 500e3 - 30 * 8760 * 80)
    assert plan.spent == pytest.approx(50 * 500e3)
    assert plan.value_per_mw["outside"] == pytest.approx(8760 * 80 - 500e3)


def test_a_border_has_a_value_only_where_its_own_limit_is_reached():
    """Imports at 1 a MWh are worth more than any source; 3 MW of line limit them, or else the green share does."""
    cheap = replace(system(), borders=[Border("outside", 1.0, import_limit_mw=3.0)])
    assert PlanModel(cheap).solve(0.0).value_per_mw["outside"] > 0
    assert PlanModel(system(import_price=1.0)).solve(0.9).value_per_mw["outside"] == 0
    assert PlanModel(system(import_price=1.0)).solve(0.9, every_hour=True).value_per_mw["outside"] == 0


def test_typical_years_are_not_longer_than_they_are():
    """The same six days counted as a year: weights of 8760 / 144 hours each are the default."""
    weighted = replace(system(), weight=np.full(len(TIME), 8760 / len(TIME)))
    assert PlanModel(weighted).solve(0.9).cost == pytest.approx(model().solve(0.9).cost, rel=1e-9)


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
        ({"sources": [Source("sun", SUN, 1.0), Source("sun", SUN, 1.0)]}, "two parts of the plan are called 'sun'"),
        ({"sources": [Source("sun", SUN, 1.0, node="Lachim")]}, "'Lachim', which is no node of the plan"),
        ({"stores": [PlannedStore("battery", 4, 1.0, 1.2, 0.9)]}, r"the efficiencies of the store 'battery'"),
        ({"borders": [Border("out", 50.0, 60.0, export_limit_mw=1.0)]}, "would buy in order to sell"),
        ({"periods": 7}, "cannot be cut into 7 periods"),
        ({"at_least_mw": [("wand", 5.0)]}, "nothing in the plan is of the kind 'wand'"),
    ],
)
def test_impossible_input_is_named(change, message):
    arguments = {"sources": [Source("sun", SUN, 1.0)], "stores": [], "demand_mw": np.ones(len(TIME))} | change
    with pytest.raises(GreenzoneError, match=message):
        PlanModel(System(time=TIME, **arguments))


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_its_bounds_is_refused(share):
    with pytest.raises(GreenzoneError, match="must lie between 0 and 1"):
        model().solve(share)
