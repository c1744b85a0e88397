"""Siting: the dynamic programme against brute force, each metre of fall once, sizing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.layers import catalogue
from greenzone.schema import Raster
from greenzone.technologies.hydro import costs, drainage, kernel, model, runoff, siting
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.streams import streams_of

STEP = 1 / 120
PRICES = costs.Prices.read(catalogue.read_table("hydro_costs"), catalogue.read_table("price_index"), Options())
NODES = 7
PAIRS = [(upper, lower) for lower in range(1, NODES) for upper in range(lower)]


def apart(start, stop, taken=()):
    """Every set of `PAIRS` from `start` on that shares no link with another or with `taken`, the empty one first."""
    yield ()
    for index in range(start, stop):
        upper, lower = PAIRS[index]
        if all(lower <= first or upper >= last for first, last in taken):
            for rest in apart(index + 1, stop, (*taken, PAIRS[index])):
                yield (index, *rest)


@pytest.fixture(scope="module")
def chart():
    return catalogue.read_table("hydro_turbines")


def mountain_river(rows=60, columns=15):
    """A river that falls 20 m a cell to the south, with a step of 150 m in the middle, fed by 30 mm a month."""
    row, column = np.mgrid[:rows, :columns]
    height = 3000.0 - 20.0 * row - 150.0 * (row > rows // 2) + 60.0 * np.abs(column - columns // 2)
    network = drainage.derive(Raster(height, 46.0, 40.0, STEP, STEP))
    depth = (
        np.full((12, height.size), 30.0) * np.array([0.5, 0.5, 0.7, 1.4, 1.8, 1.7, 1.3, 1, 0.9, 0.8, 0.8, 0.6])[:, None]
    )
    everything, _ = streams_of(network, np.ones(height.size, dtype=bool))
    local = runoff.discharge(depth, network.area_km2)[:, everything.cell]
    return everything, everything.accumulate(local)


@settings(deadline=None)
@given(st.lists(st.floats(-5, 10), min_size=len(PAIRS), max_size=len(PAIRS)))
def test_best_intervals_equal_brute_force(values):
    upper, lower = np.array(PAIRS).T
    chosen = kernel.best_intervals(upper, lower, np.array(values), NODES)
    best = max(sum(values[index] for index in subset) for subset in apart(0, len(PAIRS)))
    assert np.array(values)[chosen].sum() == pytest.approx(best)


@settings(deadline=None)
@given(st.data())
def test_chosen_intervals_never_share_a_link(data):
    nodes = data.draw(st.integers(2, 40))
    pairs = sorted({tuple(sorted(data.draw(st.tuples(*[st.integers(0, nodes - 1)] * 2)))) for _ in range(30)})
    pairs = sorted((pair for pair in pairs if pair[0] < pair[1]), key=lambda pair: pair[1])
    if not pairs:
        return
    upper, lower = np.array(pairs).T
    value = np.array([data.draw(st.floats(0.1, 10)) for _ in pairs])
    chosen = kernel.best_intervals(upper, lower, value, nodes)
    used = np.zeros(nodes, dtype=int)
    for index in chosen:
        used[upper[index] : lower[index]] += 1
    assert used.max() <= 1 and len(chosen) >= 1


def test_every_link_lies_on_one_river():
    network, discharge = mountain_river()
    chains = siting.rivers(network, discharge, 0.45, Options(min_mean_flow_m3s=0.01))
    assert np.all(np.diff(chains.position_km) >= 0)
    starts = chains.stream[~chains.last]
    assert len(np.unique(starts)) == starts.size
    np.testing.assert_array_equal(network.downstream[starts], chains.stream[np.flatnonzero(~chains.last) + 1])


def test_a_mountain_river_is_used_once_and_its_step_is_found(chart):
    network, discharge = mountain_river()
    options = Options(min_capacity_mw=0.1, min_gwh_per_plant=0.1, min_gwh_per_km=0.1)
    chains = siting.rivers(network, discharge, 0.45, options)
    built = siting.best(
        siting.candidates(chains, chains.last.copy(), chart, PRICES, options), chains.stream.size, PRICES, options
    )
    assert built.intake.size > 0
    for first, last in itertools.pairwise(chains.offsets):
        own = (built.intake >= first) & (built.intake < last)
        assert built.gross_head[own].sum() <= chains.bed[first] - chains.bed[last - 1] + 1e-6
    main = int(np.argmax(np.diff(chains.offsets)))
    nodes = np.arange(chains.offsets[main], chains.offsets[main + 1] - 1)
    step = nodes[np.argmax(chains.bed[nodes] - chains.bed[nodes + 1])]
    assert np.any((built.intake <= step) & (built.outlet > step))
    assert np.all(built.waterway_km <= options.max_waterway_km)


def test_energy_is_that_of_the_model(chart):
    network, discharge = mountain_river()
    options = Options(min_capacity_mw=0.1)
    chains = siting.rivers(network, discharge, 0.45, options)
    found = siting.candidates(chains, chains.last.copy(), chart, PRICES, options)
    pick = found.take(np.array([found.capacity_mw.argmax()]))
    river = model.daily_flows(discharge[:, chains.stream[pick.intake[0]]], 0.45)
    losses = options.electrical_efficiency * options.availability
    energy = model.plant_energy(
        river.ravel(),
        options.environmental_flow * chains.mean_flow[pick.intake[0]],
        pick.design_flow[0],
        pick.gross_head[0],
        pick.net_head[0],
        siting.turbine.TYPES[pick.turbine[0]],
        options.units_compared,
        losses,
    )
    assert pick.energy_gwh[0] == pytest.approx(float(energy), rel=2e-3)  # months weigh by days there, alike here
    assert pick.net_head[0] < pick.gross_head[0]


def test_nodes_are_spaced_but_ends_and_confluences_stay():
    """A hundred nodes 0.1 km apart at 0.5 km: 20 and the last; the jump of flow at node 43 keeps 42 and 43."""
    flow = np.where(np.arange(100) < 43, 1.0, 1.2)
    keep = np.flatnonzero(kernel.spaced(np.array([0, 100]), np.arange(100) * 0.1 + 1e-9 * np.arange(100), flow, 0.5))
    assert {0, 42, 43, 99} <= set(keep)
    assert np.diff(keep).max() == 5 and 20 <= keep.size <= 24


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0.0, 120.0), min_size=12, max_size=12), st.floats(0.3, 3.0))
def test_the_head_used_never_exceeds_the_fall(drops, wet):
    """On any river, whatever its steps and water, the plants' heads together stay within the river's fall."""
    row, column = np.mgrid[:13, :5]
    height = 200.0 + np.concatenate([np.cumsum(drops[::-1])[::-1], [0.0]])[row] + 500.0 * np.abs(column - 2)
    network = drainage.derive(Raster(height, 46.0, 40.0, STEP, STEP))
    rivers, _ = streams_of(network, np.ones(height.size, dtype=bool))
    discharge = rivers.accumulate(np.full((12, height.size), wet / 10))
    options = Options(min_capacity_mw=0.05, min_gwh_per_plant=0.0, min_gwh_per_km=0.0, min_head_m=2.0)
    chains = siting.rivers(rivers, discharge, 0.45, options)
    chart = catalogue.read_table("hydro_turbines")
    built = siting.best(
        siting.candidates(chains, chains.last.copy(), chart, PRICES, options), chains.stream.size, PRICES, options
    )
    for first, last in itertools.pairwise(chains.offsets):
        own = (built.intake >= first) & (built.intake < last)
        assert built.gross_head[own].sum() <= chains.bed[first] - chains.bed[last - 1] + 1e-6


def test_blocked_links_carry_no_plant(chart):
    network, discharge = mountain_river()
    options = Options(min_capacity_mw=0.1)
    chains = siting.rivers(network, discharge, 0.45, options)
    blocked = chains.last.copy()
    siting.block(blocked, 5, 30)
    found = siting.candidates(chains, blocked, chart, PRICES, options)
    assert not np.any((found.intake < 30) & (found.outlet > 5) & (found.outlet <= chains.offsets[1]))


def test_a_flat_river_has_no_candidates(chart):
    network, discharge = mountain_river()
    options = Options(min_head_m=5000.0)
    chains = siting.rivers(network, discharge, 0.45, options)
    pool = siting.candidates(chains, chains.last.copy(), chart, PRICES, options)
    assert siting.best(pool, chains.stream.size, PRICES, options).intake.size == 0


def test_no_water_no_rivers(chart):
    network, discharge = mountain_river()
    options = Options(min_mean_flow_m3s=1e6)
    chains = siting.rivers(network, discharge, 0.45, options)
    assert chains.stream.size == 0
    assert siting.candidates(chains, chains.last.copy(), chart, PRICES, options).intake.size == 0


@pytest.mark.parametrize("field", ["environmental_flow", "abstraction"])
def test_water_kept_back_never_raises_energy(chart, field):
    network, discharge = mountain_river()
    totals = []
    for share in (0.0, 0.2, 0.5, 0.9):
        options = Options(min_capacity_mw=0.1, **{field: share})
        chains = siting.rivers(network, discharge, 0.45, options)
        found = siting.candidates(chains, chains.last.copy(), chart, PRICES, options)
        totals.append(siting.best(found, chains.stream.size, PRICES, options).energy_gwh.sum())
    assert totals == sorted(totals, reverse=True) and totals[0] > totals[-1]
