"""Least-cost routes against brute force, and where they may run."""

import heapq
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from greenzone.economics.routing import NONE, Lattice, trace

MULTIPLIERS = st.one_of(st.floats(0.1, 10), st.just(np.nan))
GRIDS = hnp.arrays(float, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=7), elements=MULTIPLIERS)


def brute_force(multiplier, width, height, targets):
    """Textbook Dijkstra with a heap, link by link."""
    rows, columns = multiplier.shape
    cost = np.full(multiplier.shape, np.inf)
    heap = []
    for target in targets:
        cost[divmod(target, columns)] = 0.0
        heapq.heappush(heap, (0.0, divmod(target, columns)))
    while heap:
        so_far, (row, column) = heapq.heappop(heap)
        if so_far > cost[row, column]:
            continue
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                r, c = row + down, column + right
                if (down, right) == (0, 0) or not (0 <= r < rows and 0 <= c < columns):
                    continue
                length = np.hypot((width[row] + width[r]) / 2 * right, height * down)
                onward = so_far + length * (multiplier[row, column] + multiplier[r, c]) / 2
                if onward < cost[r, c]:
                    cost[r, c] = onward
                    heapq.heappush(heap, (onward, (r, c)))
    return cost.ravel()


@settings(max_examples=150)
@given(multiplier=GRIDS, data=st.data())
def test_cost_equals_brute_force_on_random_grids(multiplier, data):
    width = np.array(data.draw(st.lists(st.floats(0.2, 2), min_size=len(multiplier), max_size=len(multiplier))))
    height = data.draw(st.floats(0.2, 2))
    targets = data.draw(st.lists(st.integers(0, multiplier.size - 1), min_size=1, max_size=3))
    field = Lattice.of(multiplier, width, height).routes_to(targets)
    np.testing.assert_allclose(field.cost, brute_force(multiplier, width, height, targets), rtol=1e-12)


@settings(max_examples=100)
@given(multiplier=GRIDS, target=st.integers(0, 3))
def test_routes_stay_on_the_raster_and_add_up(multiplier, target):
    width, height = np.linspace(0.6, 0.8, len(multiplier)), 0.9
    lattice = Lattice.of(multiplier, width, height)
    field = lattice.routes_to([target])
    flat = multiplier.ravel()
    for cell in range(multiplier.size):
        path = trace(field, cell)
        if not np.isfinite(field.cost[cell]):
            assert path == [cell]
            assert np.isnan(field.length[cell])
            continue
        assert path[-1] == target
        assert len(set(path)) == len(path)
        steps = np.array(list(pairwise(path)), int).reshape(-1, 2)
        rows, columns = np.divmod(steps, multiplier.shape[1])
        assert (np.abs(np.diff(rows)) <= 1).all()
        assert (np.abs(np.diff(columns)) <= 1).all()  # a route that left one side would come in at the other
        length = lattice.step(steps[:, 0], steps[:, 1])
        assert length.sum() == pytest.approx(field.length[cell])
        assert (length * flat[steps].mean(axis=1)).sum() == pytest.approx(field.cost[cell])


def test_a_straight_line_over_open_ground_is_its_own_length():
    field = Lattice.of(np.ones((3, 11)), np.full(3, 1.0), 1.0).routes_to([11])
    assert field.cost[11:22] == pytest.approx(np.arange(11))
    assert field.length[11:22] == pytest.approx(np.arange(11))
    assert field.towards[11] == NONE


def test_a_wall_is_gone_round():
    ground = np.ones((5, 5))
    ground[:4, 2] = np.nan  # open only in the last row
    path = trace(Lattice.of(ground, np.ones(5), 1.0).routes_to([0]), 4)
    assert 22 in path
    ground[4, 2] = np.nan
    assert np.isinf(Lattice.of(ground, np.ones(5), 1.0).routes_to([0]).cost[4])


@pytest.mark.parametrize(("factor", "follows"), [(0.3, True), (0.99, False)])
def test_an_existing_line_is_followed_where_that_is_cheaper(factor, follows):
    """Straight through 10 km of ground, or 4 km aside to a line: 2 * 4 + 10 * 0.3 = 11 < 14 * 1, at 0.99 it is not."""
    ground = np.ones((5, 11))
    ground[0] = factor
    ground[4, 1:10] = 1.4
    path = trace(Lattice.of(ground, np.ones(5), 1.0).routes_to([44]), 54)
    assert any(cell < 11 for cell in path) == follows


def test_many_targets_are_as_good_as_the_best_of_each():
    rng = np.random.default_rng(1)
    ground = rng.uniform(1, 4, (30, 40))
    lattice = Lattice.of(ground, np.linspace(0.7, 0.75, 30), 0.93)
    targets = [5, 400, 1111]
    together = lattice.routes_to(targets).cost
    np.testing.assert_allclose(together, np.min([lattice.routes_to([cell]).cost for cell in targets], axis=0))
