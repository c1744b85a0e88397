"""The interior-point method of a year with few capacities against the simplex method on the same system."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from greenzone.errors import GreenzoneError
from greenzone.supply import Border, PlanModel, PlannedStore, Source, System, plan
from greenzone.supply.interior import solve_inside
from greenzone.supply.plan_guess import likely_parts

HOURS = 24 * 25


@pytest.fixture(autouse=True)
def _every_year_is_long(monkeypatch):
    monkeypatch.setattr(plan, "LONG", HOURS)


def system(most: float = np.inf) -> System:
    """Sun, wind and a dear steady source, two stores, a border; sun and wind up to `most` MW."""
    rng, t = np.random.default_rng(3), np.arange(HOURS)
    sun = np.clip(np.sin((t % 24 - 6) / 12 * np.pi), 0, None) * rng.uniform(0.3, 1, HOURS // 24).repeat(24)
    wind = np.clip(0.3 + np.convolve(rng.normal(0, 1.2, HOURS + 24), np.ones(25) / 25, "valid"), 0, 1)
    sources = [
        Source("solar", sun, 60e3, 0.0, most),
        Source("wind", wind, 160e3, 2.0, most),
        Source("bioenergy", np.full(HOURS, 0.8), 620e3, 65.0, 10),
    ]
    stores = [PlannedStore("battery", 4, 123e3, 0.98, 0.98), PlannedStore("pumped_hydro", 10, 290e3, 0.87, 0.87, 100)]
    demand = 26 * (1 + 0.25 * np.sin((t % 24 - 12) / 12 * np.pi))
    return System(sources, stores, demand, pd.date_range("2019-01-01", periods=HOURS, freq="h"), [Border("out", 90.0)])


def by_simplex(monkeypatch: pytest.MonkeyPatch) -> PlanModel:
    monkeypatch.setattr(plan, "LONG", np.inf)
    return PlanModel(system())


@pytest.mark.parametrize("limits", [(0.95,), (0.8,), (1.0,), (0.6, True)])
def test_both_methods_find_the_same_plan(monkeypatch, limits):
    found = []
    monkeypatch.setattr(plan, "solve_inside", lambda *given: found.append(solve_inside(*given)) or found[-1])
    ours = PlanModel(system()).solve(*limits)
    assert found[0] is not None
    exact = by_simplex(monkeypatch).solve(*limits)
    assert ours.cost == pytest.approx(exact.cost, rel=1e-7)
    np.testing.assert_allclose(ours.capacity_mw, exact.capacity_mw, atol=1e-3)
    assert ours.green_share == pytest.approx(exact.green_share, abs=1e-6)
    np.testing.assert_allclose(paid(ours), paid(exact), rtol=1e-6)
    if limits[0] < 1 and len(limits) == 1:
        assert ours.share_value == pytest.approx(exact.share_value, rel=1e-4)


def paid(found):
    """What demand pays at the hourly prices."""
    return float((found.hourly.price * found.hourly.demand_mw * found.hourly.hours).sum())


def test_flows_balance_and_no_store_is_filled_and_emptied_at_once():
    hourly = PlanModel(system()).solve(0.95).hourly
    fed = hourly.used_mw.sum("source") + hourly.discharge_mw.sum("store") + hourly.import_mw.sum("border")
    left = fed - hourly.charge_mw.sum("store") - hourly.demand_mw.sum("node")
    assert float(left.min()) > -1e-5
    assert float((hourly.charge_mw * hourly.discharge_mw).max()) < 1e-4
    assert float(hourly.price.min()) >= 0


def test_the_value_of_the_first_import_is_what_it_saves():
    """Of a plan without imports the duals are many; the one told is what a first MWh would save."""
    none = PlanModel(system()).solve(1.0)
    few = PlanModel(system()).solve(1 - 1e-4)
    needed = float((none.hourly.demand_mw.sum("node") * none.hourly.hours).sum())
    assert none.share_value == pytest.approx((none.cost - few.cost) / (1e-4 * needed), rel=1e-3)


def test_the_same_model_solves_other_shares_and_alternatives(monkeypatch):
    inside = PlanModel(system())
    inside.solve(0.95)
    best = inside.solve(0.85)
    near = inside.alternatives(best, 0.05)
    exact = by_simplex(monkeypatch)
    other = exact.solve(0.85)
    assert best.cost == pytest.approx(other.cost, rel=1e-7)
    np.testing.assert_allclose(near, exact.alternatives(other, 0.05), atol=0.02)


def test_a_year_without_a_plan_is_explained():
    with pytest.raises(GreenzoneError, match="cannot be reached: at most 0"):
        PlanModel(system(most=20.0)).solve(0.95)


def test_a_ceiling_below_the_least_cost_is_told():
    model = PlanModel(system())
    least = model.solve(0.9).cost
    assert model.solve(0.9, cost_ceiling=1.01 * least).cost <= 1.01 * least
    with pytest.raises(GreenzoneError, match=r"the cost ceiling of .* cannot be kept: the least cost is"):
        model.solve(0.9, cost_ceiling=0.9 * least)


def test_exports_without_end_are_told():
    case = system()
    endless = System(case.sources, case.stores, case.demand_mw, case.time, [Border("out", 200.0, 150.0, 50.0, np.inf)])
    with pytest.raises(GreenzoneError, match="no least cost"):
        PlanModel(endless).solve(0.9)


def test_parts_join_when_the_prices_say_that_they_pay(monkeypatch):
    """Many parts, some of them unlikely by a coarse plan that knows nothing of them: the plan is the same."""
    monkeypatch.setattr(plan, "FEW", 0)
    monkeypatch.setattr(
        plan, "likely_parts", lambda parts, built, missed, free: np.array([p.kind != "wind" for p in parts])
    )
    few = PlanModel(system()).solve(0.95)
    monkeypatch.undo()
    exact = PlanModel(system())
    assert exact.system.demand.size < plan.LONG
    assert few.cost == pytest.approx(exact.solve(0.95).cost, rel=1e-7)
    assert few.capacity_mw["wind"] > 1


def test_of_what_shares_rows_one_part_is_likely():
    case = system()
    parts = (*case.sources, *case.stores)
    built, missed = np.array([3.0, 0, 0, 0, 0]), np.array([0.0, 0.9, 0.6, 0.9, 0.9])
    found = likely_parts(parts, built, missed, np.array([True, True, False, True, True]))
    assert found.tolist() == [True, True, False, True, True]  # wind alone has its kind; what stands is no choice
    twins = [Source(name, np.ones(3), 1.0, 5.0, carrier="wind") for name in "ab"]
    assert likely_parts(twins, np.zeros(2), np.array([0.5, 0.4]), np.ones(2, bool)).tolist() == [False, True]
