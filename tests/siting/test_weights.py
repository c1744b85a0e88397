"""Weights: textbook cases and pymcdm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.siting.weights import ahp_weights, entropy_weights, scaled


def test_consistent_judgements_give_their_ratios():
    weights, ratio = ahp_weights(np.array([[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]))
    assert weights == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert ratio == pytest.approx(0, abs=1e-12)


def test_ahp_by_hand():
    """Judgements 3, 5, 3: of a 3 x 3 reciprocal matrix the eigenvector is the geometric means of the rows (Saaty).

    Rows: 15^(1/3) = 2.4662, 1, 15^(-1/3) = 0.4055; sum 3.8717. Largest eigenvalue 1 + r + 1 / r with
    r = (3 * 3 / 5)^(1/3) = 1.21644: 3.03851; index 0.019256; ratio over 0.58: 0.0332.
    """
    weights, ratio = ahp_weights(np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]))
    assert weights == pytest.approx([0.63699, 0.25828, 0.10473], abs=1e-5)
    assert ratio == pytest.approx(0.0332, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_ahp_agrees_with_pymcdm(seed):
    subjective = pytest.importorskip("pymcdm.weights.subjective")
    generator = np.random.default_rng(seed)
    count = generator.integers(3, 9)
    upper = np.triu(generator.choice([1 / 5, 1 / 3, 1, 2, 3, 7], (count, count)), 1)
    matrix = upper + np.eye(count) + np.divide(1, upper.T, out=np.zeros_like(upper), where=upper.T > 0)
    theirs = subjective.AHP(matrix=matrix)
    weights, ratio = ahp_weights(matrix)
    assert weights == pytest.approx(np.abs(theirs()), abs=1e-3)
    assert ratio == pytest.approx(theirs.get_cr(), rel=0.05)  # their random indices are of another simulation


def test_bad_judgements_are_named():
    with pytest.raises(GreenzoneError, match=r"row 2, column 1 must be 0\.333, not 3"):
        ahp_weights(np.array([[1, 3], [3, 1]]))
    with pytest.raises(GreenzoneError, match="must be above 0"):
        ahp_weights(np.array([[1, -3], [-1 / 3, 1]]))
    with pytest.raises(GreenzoneError, match="square matrix"):
        ahp_weights(np.ones((2, 3)))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_entropy_agrees_with_pymcdm_where_nothing_is_zero(seed):
    weights = pytest.importorskip("pymcdm.weights")
    values = np.random.default_rng(seed).uniform(0.01, 1, (4, 20))
    assert entropy_weights(values) == pytest.approx(weights.entropy_weights(values.T), abs=1e-10)


def test_entropy_by_hand_with_zeros():
    """Two sites: (1, 0) has no entropy, weight 1; (1, 1) has all of it, weight 0. 0 ln 0 is 0.

    pymcdm 1.4 gives any criterion with one zero the entropy 0, so that a single 0 among many equals would take all.
    """
    assert entropy_weights(np.array([[1.0, 0.0], [1.0, 1.0]])) == pytest.approx([1, 0])
    even = np.array([np.r_[0.0, np.ones(99)], np.r_[np.ones(50), np.full(50, 0.1)]])
    assert entropy_weights(even)[0] < entropy_weights(even)[1]
    assert entropy_weights(np.zeros((2, 5))) == pytest.approx([0.5, 0.5])


def test_zero_weights_are_refused():
    with pytest.raises(GreenzoneError, match="at least one must be above 0"):
        scaled(np.zeros(3))
