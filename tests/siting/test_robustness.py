"""Probabilities of being among the best: they sum to the places there are, and follow from geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.siting.robustness import top_probability


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000), sites=st.integers(1, 60), criteria=st.integers(1, 6), top=st.integers(1, 10),
    steps=st.sampled_from([2, 5, 1000]),
)  # fmt: skip
def test_probabilities_sum_to_the_places(seed, sites, criteria, top, steps):
    values = np.random.default_rng(seed).integers(0, steps + 1, (criteria, sites)) / steps  # few steps: many ties
    found = top_probability(values, top, 200, seed)
    assert found.sum() == pytest.approx(min(top, sites), rel=1e-6)
    assert ((found >= 0) & (found <= 1 + 1e-9)).all()


def test_a_site_best_in_everything_is_always_first():
    values = np.array([[0.9, 0.1, 0.8], [0.8, 0.7, 0.1]])
    assert top_probability(values, 1, 500).tolist() == [1, 0, 0]


def test_two_criteria_by_geometry():
    """Of (1, 0), (0, 1) and (0.6, 0.6), with weight w uniform on the first: w > 0.6, w < 0.4, and between."""
    found = top_probability(np.array([[1, 0, 0.6], [0, 1, 0.6]]), 1, 200_000)
    assert found == pytest.approx([0.4, 0.4, 0.2], abs=0.005)


def test_it_agrees_with_sorting():
    values = np.random.default_rng(0).uniform(0, 1, (5, 300))
    weights = np.random.default_rng(7).dirichlet(np.ones(5), 400).astype(np.float32)
    scores = weights @ values.astype(np.float32)
    counts = np.zeros(300)
    for row in scores:
        counts[np.argsort(row)[-30:]] += 1
    assert top_probability(values, 30, 400, 7) == pytest.approx(counts / 400, abs=0.006)


def test_the_order_of_sites_does_not_matter():
    values = np.random.default_rng(1).uniform(0, 1, (3, 50))
    order = np.random.default_rng(2).permutation(50)
    assert top_probability(values[:, order], 5, 300) == pytest.approx(top_probability(values, 5, 300)[order])
