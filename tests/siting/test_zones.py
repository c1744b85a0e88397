"""Development zones: contiguous, large enough, not too long, disjoint, the same in any order of sites."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from greenzone.config.zones import Zones
from greenzone.siting.zones import Candidates, compactness, dissolved, grow, neighbours_of

SIDE = 12


def squares() -> np.ndarray:
    column, row = (index.ravel() * 1000.0 for index in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    return shapely.box(column, row, column + 1000, row + 1000)


def land(score: np.ndarray, good: np.ndarray | None = None) -> Candidates:
    ones = np.ones(score.size)
    chosen = score > 0 if good is None else good
    return Candidates("solar", ("solar",), score, ones[None] * 10, ones[None] * 15, ones[None] * 600, chosen)


def zones(land: Candidates, shapes: np.ndarray, *limits: float) -> list[np.ndarray]:
    return grow(land, shapes, neighbours_of(np.arange(len(shapes)), shapes), *limits)


def field(*places: tuple[slice, slice]) -> np.ndarray:
    score = np.zeros((SIDE, SIDE))
    for k, place in enumerate(places):
        score[place] = 0.9 - 0.1 * k
    return score.ravel()


def test_two_fields_make_two_zones_and_a_small_one_none():
    score = field((slice(0, 3), slice(0, 3)), (slice(6, 10), slice(6, 10)), (slice(0, 1), slice(8, 10)))
    found = zones(land(score), squares(), 20_000.0, 50.0, 0.15)
    assert [len(sites) for sites in found] == [9, 16]
    assert score[found[0]].tolist() == [0.9] * 9


def test_corners_do_not_join():
    score = field((slice(0, 3), slice(0, 3)), (slice(3, 6), slice(3, 6)))
    assert [len(sites) for sites in zones(land(score), squares(), 20_000.0, 50.0, 0.15)] == [9, 9]


def test_a_whisker_is_cut_off():
    score = field((slice(0, 3), slice(0, 3)), (slice(1, 2), slice(3, 9)))
    found = zones(land(score), squares(), 20_000.0, 50.0, 0.15)
    assert len(found) == 1
    assert len(found[0]) <= 9 + 5
    assert (score[found[0]] == 0.9).sum() == 9


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), extent=st.floats(3000, 15_000), least=st.floats(10, 120))
def test_zones_keep_their_promises(seed, extent, least):
    score = np.random.default_rng(seed).uniform(0, 1, SIDE * SIDE)
    shapes, chosen = squares(), score > 0.4
    found = zones(land(score, chosen), shapes, extent, least, 0.15)
    assert len(np.concatenate([[], *found])) == len({site for sites in found for site in sites})
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    for sites in found:
        assert chosen[sites].all()
        assert 10 * len(sites) >= least
        whole = shapely.union_all(shapes[sites])
        assert whole.geom_type == "Polygon"  # joined by edges
        assert compactness(whole) >= 0.15
        best = sites[score[sites].argmax()]
        assert np.hypot(*(centre[sites] - centre[best]).T).max() <= extent / 2 + 1e-9


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_sites_does_not_matter(seed):
    generator = np.random.default_rng(seed)
    score, order, shapes = generator.uniform(0, 1, SIDE * SIDE).round(1), generator.permutation(SIDE * SIDE), squares()
    first = zones(land(score, score > 0.4), shapes, 6000.0, 30.0, 0.15)
    second = zones(land(score[order], score[order] > 0.4), shapes[order], 6000.0, 30.0, 0.15)
    assert [sites.tolist() for sites in first] == [sorted(order[sites].tolist()) for sites in second]


def test_compactness_by_hand():
    assert compactness(shapely.box(0, 0, 2, 2)) == pytest.approx(np.pi / 4)
    assert compactness(shapely.box(0, 0, 4, 1)) == pytest.approx(4 * np.pi * 4 / 100)


def test_dissolved_cells_leave_no_seam():
    cells = shapely.box(
        *np.meshgrid([46.0, 46.01], [39.0, 39.01]), *np.meshgrid([46.01, 46.02], [39.01, 39.02])
    ).ravel()
    jitter = np.random.default_rng(0)
    shifts = jitter.uniform(-2e-9, 2e-9, (4, 2))
    moved = [shapely.transform(cell, lambda points, by=by: points + by) for cell, by in zip(cells, shifts, strict=True)]
    whole = dissolved(np.array(moved))
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert shapely.area(whole) == pytest.approx(4e-4, rel=1e-5)


def test_a_hybrid_needs_two_technologies():
    with pytest.raises(ValidationError, match="a hybrid of solar with itself"):
        Zones(hybrids=(("solar", "solar"),))
