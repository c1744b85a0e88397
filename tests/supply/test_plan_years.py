"""Years planned together: a case worked by hand, one year as by itself, never dearer than one after the other."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from greenzone.config.plan import Plan as PlanSection
from greenzone.supply import Border, PlanModel, PlannedStore, Source, System
from greenzone.supply.plan_solution import Limits
from greenzone.supply.plan_years import PlannedYear, capacity_ahead, solve_ahead, weights_of

TIME = pd.date_range("2019-01-01", periods=24 * 6, freq="h")
SUN = np.clip(np.sin((np.arange(len(TIME)) % 24 - 6) / 12 * np.pi), 0, None)
NOTHING = np.zeros(2)


def test_what_grows_dear_is_bought_ahead_of_its_year():
    """1 MW is wanted in 2030 and 4 MW in 2040. A costs 9 a year and MW, at most 1 MW of it; B 10, from 2040 on 25.

    One after the other: 1 MW of A, then 3 MW of B at 25: 9 + 84 in two years. Knowing what comes: 3 MW of B in 2030 at
    10 for both years, and A in 2040 only: 30 + 39.
    """
    ones = np.ones(len(TIME))
    model = PlanModel(System([Source("A", ones, 9.0, max_mw=1.0), Source("B", ones, 10.0)], [], ones, TIME))
    most = np.array([1.0, np.inf])
    years = [
        PlannedYear(2030, Limits(), NOTHING, most, np.array([9.0, 10.0])),
        PlannedYear(2040, Limits(demand_factor=4.0), NOTHING, most, np.array([9.0, 25.0])),
    ]
    one, two = capacity_ahead(model, years, 0.0)
    assert one == pytest.approx([0.0, 3.0], abs=1e-5)
    assert two == pytest.approx([1.0, 3.0], abs=1e-5)
    # At 40 % a year 25 after ten years is worth 0.9 today: less than the 1 by which B is the dearer one at first.
    one, two = capacity_ahead(model, years, 0.4)
    assert one == pytest.approx([1.0, 0.0], abs=1e-5)
    assert two == pytest.approx([1.0, 3.0], abs=1e-5)


def zone():
    rng = np.random.default_rng(3)
    wind = np.clip(rng.normal(0.35, 0.2, len(TIME)), 0, 1)
    sources = [
        Source("solar", SUN * rng.uniform(0.4, 1, 6).repeat(24), 60e3, 0.0, 400.0),
        Source("wind", wind, 160e3, 2.0, 300.0),
        Source("hydro standing", np.full(len(TIME), 0.4), 20e3, 0.0, 10.0, 10.0),
    ]
    stores = [PlannedStore("battery", 4, 120e3, 0.98, 0.98)]
    demand = 25 * (1 + 0.3 * rng.uniform(-1, 1, len(TIME)))
    return System(sources, stores, demand, TIME, [Border("outside", 150.0)])


def in_years(system, factors, prices, share):
    """Demand and the price of what is bought, each by a factor of the year."""
    least = np.array([part.min_mw for part in system.parts])
    most = np.array([part.max_mw for part in system.parts])
    cost = np.array([part.per_mw for part in system.parts])
    return [
        PlannedYear(2030 + 5 * n, Limits(share, demand_factor=grown), least, most, cost * [*price, 1.0, price[1]])
        for n, (grown, price) in enumerate(zip(factors, prices, strict=True))
    ]


def one_after_the_other(system, years):
    model, built, plans = PlanModel(system), years[0].least_mw, []
    for year in years:
        model.change_capacity(built, year.most_mw, year.per_mw)
        plans.append(model.solve(year.limits.green_share, demand_factor=year.limits.demand_factor))
        built = np.maximum(plans[-1].capacity_mw.to_numpy(), built)
    return plans


def knowing(system, years, ahead, rate):
    weights, model = weights_of([year.year for year in years], rate), PlanModel(system)
    return [
        solve_ahead(model, year, floor, year.most_mw, weights[n:].sum() / weights[n])
        for n, (year, floor) in enumerate(zip(years, ahead, strict=True))
    ]


def test_one_year_is_planned_as_by_itself():
    model = PlanModel(zone())
    (year,) = in_years(model.system, [1.0], [(1.0, 1.0)], 0.9)
    (ahead,) = capacity_ahead(model, [year], 0.08)
    alone = PlanModel(zone()).solve(0.9)
    assert ahead == pytest.approx(alone.capacity_mw.to_numpy(), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("prices", [[(1.0, 1.0), (0.6, 1.2), (0.4, 2.0)], [(1.0, 1.0), (1.8, 1.0), (0.5, 0.5)]])
@pytest.mark.parametrize("share", [0.7, 0.95])
def test_years_together_are_never_dearer_than_one_after_the_other(share, prices):
    system, rate = zone(), 0.05
    years = in_years(system, [1.0, 1.6, 3.0], prices, share)
    ahead = capacity_ahead(PlanModel(system), years, rate)
    assert (np.diff(ahead, axis=0) >= 0).all()
    together, alone = knowing(system, years, ahead, rate), one_after_the_other(system, years)
    costs = [discounted(plans, years, rate) for plans in (together, alone)]
    assert costs[0] <= costs[1] * (1 + 1e-6)
    for plan, floor in zip(together, ahead, strict=True):
        assert plan.green_share >= share - 1e-6
        # At the same step the years add nothing to what all together need.
        assert plan.capacity_mw.to_numpy() == pytest.approx(floor, rel=1e-4, abs=1e-3)


def discounted(plans, years, rate):
    """What each year pays, for what it bought and for what the years before it did, weighted."""
    built, paid, total = years[0].least_mw, years[0].per_mw * years[0].least_mw, 0.0
    for plan, year, weight in zip(plans, years, weights_of([each.year for each in years], rate), strict=True):
        sunk = paid.sum() - year.per_mw @ built
        total += weight * (plan.cost + sunk)
        capacity = np.maximum(plan.capacity_mw.to_numpy(), built)
        paid, built = paid + year.per_mw * (capacity - built), capacity
    return total


def test_years_that_cannot_be_planned_give_nothing():
    years = in_years(zone(), [1.0, 40.0], [(1.0, 1.0), (1.0, 1.0)], 1.0)
    assert capacity_ahead(PlanModel(zone()), years, 0.05) is None


def test_weights_are_those_of_money():
    # 2030 stands for 10 years, 2040 for as many; at 5 % a year later is worth 1 / 1.05 of it
    worth = 1.05 ** -np.arange(20.0)
    np.testing.assert_allclose(weights_of([2030, 2040], 0.05), [worth[:10].sum(), worth[10:].sum()] / worth.sum())
    assert weights_of([2030], 0.05).tolist() == [1.0]


def test_a_ceiling_of_one_year_does_not_go_with_foresight():
    with pytest.raises(ValidationError, match="leave out 'cost_ceiling', or foresight"):
        PlanSection(foresight=True, cost_ceiling=1e6)
