"""Plans of several nodes: lines, losses, several borders, typical weeks, the coarse start, PyPSA."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.supply import Border, Line, PlanModel, PlannedStore, Source, System, to_pypsa
from greenzone.supply.interior import solve_inside
from greenzone.supply.plan_parts import coarser
from greenzone.supply.plan_periods import typical_weeks

TIME = pd.date_range("2019-01-01", periods=24 * 7 * 4, freq="h")
ONES = np.ones(len(TIME))


def two_nodes(limit=50.0, loss=0.0, **changes):
    """All the cheap energy is at one end, most of the demand at the other."""
    sources = [Source("cheap", ONES, 100e3, node="a"), Source("dear", ONES, 300e3, node="b")]
    lines = [Line("a-b", "a", "b", limit, loss)]
    return replace(System(sources, [], np.outer([10.0, 60.0], ONES), TIME, [], lines, ["a", "b"]), **changes)


def weather(seed):
    rng = np.random.default_rng(seed)
    day = np.clip(np.sin((np.arange(len(TIME)) % 24 - 6) / 12 * np.pi), 0, None)
    return day * rng.uniform(0.3, 1, len(TIME) // 24).repeat(24), np.clip(rng.normal(0.3, 0.2, len(TIME)), 0, 1)


def three_nodes(seed=0, loss=0.02):
    sun, wind = weather(seed)
    sources = [
        Source("solar a", sun, 60e3, node="a", carrier="solar"),
        Source("wind b", wind, 160e3, 2.0, 80.0, node="b", carrier="wind"),
        Source("wind b standing", wind, 20e3, 2.0, 10.0, 10.0, node="b", carrier="wind"),
        Source("hydro c", 0.4 * ONES, 250e3, node="c", carrier="hydro"),
    ]
    stores = [PlannedStore("battery a", 4, 120e3, 0.98, 0.98, node="a", carrier="battery")]
    demand = np.outer([5.0, 20.0, 10.0], 1 + 0.3 * np.sin(np.arange(len(TIME)) / 24 * 2 * np.pi))
    lines = [Line("a-b", "a", "b", 25.0, loss), Line("b-c", "b", "c", 10.0, loss)]
    borders = [Border("north", 90.0, 55.0, 20.0, 15.0, "a"), Border("south", 90.0, 55.0, 10.0, 0.0, "c")]
    return System(sources, stores, demand, TIME, borders, lines, ["a", "b", "c"])


def test_a_line_carries_to_its_limit_and_its_value_is_the_difference_of_prices():
    """50 of the 60 MW come over the line; one more MW of it would replace a MW of the dear source by a cheap one."""
    plan = PlanModel(two_nodes()).solve()
    assert plan.capacity_mw.to_dict() == pytest.approx({"cheap": 60.0, "dear": 10.0})
    assert plan.cost == pytest.approx(60 * 100e3 + 10 * 300e3)
    assert plan.value_per_mw["a-b"] == pytest.approx(200e3)
    mean = (plan.hourly.price * plan.hourly.hours).sum("time") / 8760
    assert (mean.sel(node="b") - mean.sel(node="a")).item() == pytest.approx(200e3 / 8760)


def test_what_a_line_loses_must_be_made():
    """At 4 % loss 60 MW at the far end need 62.5 MW; two thirds of a loss and the dear source is the cheaper one."""
    plan = PlanModel(two_nodes(limit=100.0, loss=0.04)).solve()
    assert plan.capacity_mw.to_dict() == pytest.approx({"cheap": 10 + 60 / 0.96, "dear": 0.0})
    far = PlanModel(two_nodes(limit=200.0, loss=0.7)).solve()
    assert far.capacity_mw.to_dict() == pytest.approx({"cheap": 10.0, "dear": 60.0})


@settings(max_examples=5)
@given(limit=st.floats(0, 80), more=st.floats(0, 40))
def test_more_line_never_costs_more(limit, more):
    assert PlanModel(two_nodes(limit + more)).solve().cost <= PlanModel(two_nodes(limit)).solve().cost * (1 + 1e-9)


@pytest.mark.parametrize("long", [100, 10**9])
def test_every_node_is_in_balance(monkeypatch, long):
    monkeypatch.setattr("greenzone.supply.plan.LONG", long)  # by the interior-point and by the simplex method
    system = three_nodes()
    plan = PlanModel(system).solve(0.8)
    hourly, loss = plan.hourly, 0.02
    assert float((hourly.charge_mw * hourly.discharge_mw).max()) == 0
    balance = -(hourly.demand_mw + hourly.curtailed_mw).to_pandas()
    for part, flow in zip(system.sources, hourly.used_mw.to_numpy(), strict=True):
        balance.loc[part.node] += flow
    balance.loc["a"] += (hourly.discharge_mw - hourly.charge_mw).to_numpy()[0]
    for border, flow in zip(system.borders, (hourly.import_mw - hourly.export_mw).to_numpy(), strict=True):
        balance.loc[border.node] += flow
    for line, flow in zip(system.lines, hourly.carried_mw.to_numpy(), strict=True):
        balance.loc[line.start] += np.where(flow < 0, -flow * (1 - loss), -flow)
        balance.loc[line.end] += np.where(flow < 0, flow, flow * (1 - loss))
        assert np.abs(flow).max() <= line.limit_mw + 1e-6
    assert np.abs(balance.to_numpy()).max() < 1e-4
    assert plan.green_share == pytest.approx(0.8, abs=1e-6)


def test_sources_of_a_kind_at_a_node_share_what_is_used():
    hourly = PlanModel(three_nodes()).solve(0.8).hourly
    used = hourly.used_mw.sel(source=["wind b", "wind b standing"]).to_numpy()
    assert used.min() >= 0
    assert np.ptp((used[1] / np.maximum(used.sum(0), 1e-9))[used.sum(0) > 1e-3]) < 1e-6


def test_a_share_of_every_hour_counts_all_borders_together():
    hourly = PlanModel(three_nodes()).solve(0.8, every_hour=True).hourly
    assert (hourly.import_mw.sum("border") <= 0.2 * hourly.demand_mw.sum("node") + 1e-6).all()


def test_what_a_jammed_line_keeps_away_is_explained():
    system = two_nodes()
    sources = [system.sources[0], replace(system.sources[1], max_mw=4.0)]
    with pytest.raises(GreenzoneError, match=r"missing.*in b \(0\.0526 GWh\); built to their limits: dear; lines at"):
        PlanModel(replace(system, sources=sources, demand_mw=np.outer([10.0, 54.006], ONES))).solve()


def test_all_weeks_are_the_year_where_they_stand_alone():
    system = replace(three_nodes(), periods=4)
    assert PlanModel(typical_weeks(three_nodes(), 4)).solve(0.8).cost == pytest.approx(
        PlanModel(system).solve(0.8).cost, rel=1e-6
    )


@pytest.mark.parametrize("number", [1, 3])
def test_typical_weeks_keep_the_energy_of_the_year(number):
    system = three_nodes()
    weeks = typical_weeks(system, number)
    assert weeks.hours.sum() == pytest.approx(8760)
    assert weeks.steps == 168 * number and weeks.periods == number
    for whole, part in zip(system.sources, weeks.sources, strict=True):
        assert part.profile @ weeks.hours == pytest.approx(whole.profile @ system.hours)
    np.testing.assert_allclose(weeks.demand @ weeks.hours, system.demand @ system.hours)


def test_stores_end_each_typical_week_as_they_began():
    plan = PlanModel(typical_weeks(three_nodes(), 2)).solve(0.9)
    store = plan.hourly.isel(store=0)
    gain = (0.98 * store.charge_mw - store.discharge_mw / 0.98).to_numpy().reshape(2, 168)
    assert plan.capacity_mw["battery a"] > 1
    np.testing.assert_allclose(gain.sum(1), 0, atol=1e-5)


def test_more_weeks_than_there_are_is_refused():
    with pytest.raises(GreenzoneError, match="5 typical weeks are asked for, but there are only 4"):
        typical_weeks(three_nodes(), 5)


def test_a_coarse_start_ends_where_a_plain_one_does(monkeypatch):
    plain = PlanModel(three_nodes()).solve(0.9)
    monkeypatch.setattr("greenzone.supply.plan.LONG", 100)
    monkeypatch.setattr("greenzone.supply.plan.solve_inside", lambda *_: None)  # has its turn first
    model = PlanModel(three_nodes())
    started = model.solve(0.9)
    from_nothing = PlanModel(three_nodes())
    monkeypatch.setattr("greenzone.supply.plan.LONG", 10**9)
    from_nothing.solve(0.9)
    assert model.iterations < from_nothing.iterations
    assert started.cost == pytest.approx(plain.cost, rel=1e-7)
    assert started.capacity_mw.to_numpy() == pytest.approx(plain.capacity_mw.to_numpy(), rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("limits", [(0.8,), (1.0,), (0.7, True)])
def test_the_interior_point_method_finds_the_plan_of_the_simplex_method(monkeypatch, limits):
    """Also where a profile has hours that give next to nothing: their prices are no reason not to come to an end."""
    system, rng = three_nodes(), np.random.default_rng(0)
    wind = system.sources[1].profile
    wind = np.where(wind < 0.2, 10 ** rng.uniform(-9, -6.2, len(wind)), wind)
    sources = [replace(s, profile=wind) if s.carrier == "wind" else s for s in system.sources]
    system = replace(system, sources=sources)
    exact = PlanModel(system).solve(*limits)
    found = []
    monkeypatch.setattr("greenzone.supply.plan.LONG", 100)
    monkeypatch.setattr(
        "greenzone.supply.plan.solve_inside", lambda *given: found.append(solve_inside(*given)) or found[-1]
    )
    ours = PlanModel(system).solve(*limits)
    assert found[0] is not None
    assert ours.cost == pytest.approx(exact.cost, rel=1e-6)
    np.testing.assert_allclose(ours.capacity_mw, exact.capacity_mw, atol=1e-2)
    paid = [float((plan.hourly.price * plan.hourly.demand_mw * plan.hourly.hours).sum()) for plan in (ours, exact)]
    assert paid[0] == pytest.approx(paid[1], rel=1e-4)


def test_a_coarser_system_has_the_same_energy():
    system = three_nodes()
    coarse = coarser(system, 3)
    assert coarse.interval == 3 and coarse.hours.sum() == pytest.approx(8760)
    assert (coarse.demand @ coarse.hours).tolist() == pytest.approx((system.demand @ system.hours).tolist())


def solved_by_pypsa(network):
    options = {"output_flag": False}
    status, condition = network.optimize(solver_name="highs", solver_options=options, include_objective_constant=False)
    assert (status, condition) == ("ok", "optimal")
    return network


@pytest.mark.parametrize("share", [0.7, 1.0])
def test_the_pypsa_network_solves_to_the_same_cost(share):
    pytest.importorskip("pypsa")
    system = replace(three_nodes(3), at_least_mw=[("wind", 30.0)])
    plan = PlanModel(system).solve(share)
    network = solved_by_pypsa(to_pypsa(PlanModel(system), share))
    assert network.objective == pytest.approx(plan.cost, rel=1e-3)
    built = pd.concat([network.generators.p_nom_opt, network.storage_units.p_nom_opt])[list(plan.capacity_mw.index)]
    assert built.to_numpy() == pytest.approx(plan.capacity_mw.to_numpy(), rel=1e-2, abs=0.05)


def test_typical_weeks_are_no_pypsa_network():
    pytest.importorskip("pypsa")
    with pytest.raises(GreenzoneError, match="give a model of every hour"):
        to_pypsa(PlanModel(typical_weeks(three_nodes(), 2)))
