"""Capacities by cutting planes: the same plan as the simplex method finds for all at once, only sooner."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from greenzone.errors import GreenzoneError
from greenzone.supply import Border, PlanModel, PlannedStore, Source, System, plan

HOURS = 2184  # a quarter, long enough for cutting planes


def quarter(**changes):
    """Sun, wind, water and fuel with a battery; as in the benchmark of the plan."""
    rng, t = np.random.default_rng(1), np.arange(HOURS)
    sun = np.clip(np.sin((t % 24 - 6) / 12 * np.pi), 0, None) * rng.uniform(0.3, 1, HOURS // 24).repeat(24)
    gusts = np.convolve(rng.normal(0, 1, HOURS + 48), np.ones(49) / 49, "valid")
    sources = [
        Source("solar", sun, 60e3, 0.0, 7000),
        Source("wind", np.clip(0.3 + 1.2 * gusts, 0, 1), 160e3, 2.0, 2000),
        Source("hydro", np.full(HOURS, 0.35), 460e3, 0.0, changes.pop("hydro", 500)),
        Source("bioenergy", np.full(HOURS, 0.8), 620e3, 65.0, 10),
    ]
    given = {
        "sources": sources,
        "stores": [PlannedStore("battery", 4, 123e3, 0.98, 0.98)],
        "demand_mw": 26 * (1 + 0.25 * np.sin((t % 24 - 12) / 12 * np.pi)),
        "time": pd.date_range("2019-01-01", periods=HOURS, freq="h"),
        "borders": [Border("outside", 90.0)],
    }
    return System(**(given | changes))


def exactly(monkeypatch, system, *limits):
    """The plan by the simplex method alone."""
    with monkeypatch.context() as patch:
        patch.setattr(plan, "MOST_PARTS", 0)
        model = PlanModel(system)
        found = model.solve(*limits)
        assert model._by_cuts is None
    return found


@pytest.mark.parametrize("share", [0.6, 0.95, 1.0])
def test_the_same_plan_as_all_at_once(monkeypatch, share):
    system = quarter()
    model = PlanModel(system)
    found, exact = model.solve(share), exactly(monkeypatch, system, share)
    assert model._by_cuts is not None
    assert found.cost == pytest.approx(exact.cost, rel=1e-7)
    assert found.green_share == pytest.approx(exact.green_share, abs=1e-5)
    assert found.capacity_mw.to_numpy() == pytest.approx(exact.capacity_mw.to_numpy(), rel=1e-2, abs=0.5)
    balance = found.hourly
    supplied = balance.used_mw.sum("source") + balance.import_mw.sum("border")
    supplied = supplied + (balance.discharge_mw - balance.charge_mw).sum("store") - balance.curtailed_mw.sum("node")
    assert supplied.to_numpy() == pytest.approx(balance.demand_mw.sum("node").to_numpy(), abs=1e-4)


def test_prices_pay_for_what_is_built(monkeypatch):
    """Duality: what demand pays is what the plan costs, where no limit earns a rent and all imports are dear enough."""
    system = quarter()
    found = PlanModel(system).solve(0.0)
    paid = float((found.hourly.price * found.hourly.demand_mw * found.hourly.hours).sum())
    rent = sum(found.value_per_mw[part.name] * part.max_mw for part in system.parts if np.isfinite(part.max_mw))
    assert paid - rent == pytest.approx(found.cost, rel=1e-5)


def test_solving_again_goes_on_from_there(monkeypatch):
    system = quarter()
    model = PlanModel(system)
    model.solve(0.9)
    again = model.solve(0.7)
    assert model._by_cuts is not None
    assert again.cost == pytest.approx(exactly(monkeypatch, system, 0.7).cost, rel=1e-7)


def test_what_must_be_built_is(monkeypatch):
    system = quarter(at_least_mw=[("hydro", 30.0)])
    found = PlanModel(system).solve(0.9)
    assert found.capacity_mw["hydro"] >= 30 - 1e-6
    assert found.cost == pytest.approx(exactly(monkeypatch, system, 0.9).cost, rel=1e-7)


def test_changed_capacities_count(monkeypatch):
    system = quarter()
    model = PlanModel(system)
    free = model.solve(0.9)
    most = [5.0 if part.name == "solar" else part.max_mw for part in system.parts]
    model.change_capacity(0.0, most, [part.per_mw for part in system.parts])
    held = model.solve(0.9)
    assert held.capacity_mw["solar"] <= 5 + 1e-6
    assert held.cost > free.cost


def test_alternatives_after_cuts_hold_the_best():
    model = PlanModel(quarter())
    best = model.solve(0.8)
    found = model.alternatives(best, 0.02)
    assert (found.least_mw <= found.best_mw + 1e-2).all() and (found.best_mw <= found.most_mw + 1e-2).all()
    assert (found.most_mw - found.least_mw).max() > 1


def test_what_cannot_be_is_told_as_ever():
    sources = [Source("solar", quarter().sources[0].profile, 60e3, 0.0, 7000)]
    with pytest.raises(GreenzoneError, match="MW"):
        PlanModel(quarter(sources=sources, stores=[])).solve(1.0)
