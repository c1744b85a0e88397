"""Scores: within [0, 1], explained by their parts, the same whatever else is in view; held against pymcdm."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from greenzone.config.scoring import Criterion, Scoring
from greenzone.docstrings import docstrings
from greenzone.errors import GreenzoneError
from greenzone.siting.aggregation import promethee, topsis, vikor, weighted_sum
from greenzone.siting.scoring import (
    categorical_value,
    contributions,
    gaussian_value,
    linear_value,
    piecewise_value,
    rank,
    score,
)

CRITERIA = (
    Criterion(layer="capacity_factor", weight=3, lower=0.1, upper=0.3),
    Criterion(layer="slope", weight=1, lower=20, upper=0),
)


def known(capacity_factor, slope) -> xr.Dataset:
    return xr.Dataset({"capacity_factor": ("site", capacity_factor), "slope": ("site", slope)})


def ones(count: int) -> xr.DataArray:
    return xr.DataArray(np.ones(count), dims="site")


def test_a_score_by_hand():
    parts = contributions(known([0.2], [5.0]), CRITERIA)
    assert parts.sel(criterion="capacity_factor").item() == pytest.approx(0.75 * 0.5)
    assert parts.sel(criterion="slope").item() == pytest.approx(0.25 * 0.75)
    assert score(parts, ones(1)).item() == pytest.approx(0.5625)


def test_bounds_may_run_downwards_and_clip():
    assert linear_value(np.array([-5.0, 0, 10, 20, 30]), 20, 0).tolist() == [1, 1, 0.5, 0, 0]


def test_value_functions_by_hand():
    points = [(0.0, 0.0), (10.0, 1.0), (30.0, 0.5)]
    assert piecewise_value(np.array([-1.0, 5, 20, 99]), points).tolist() == [0, 0.5, 0.75, 0.5]
    assert gaussian_value(np.array([5.0, 8.0]), 5, 3) == pytest.approx([1, np.exp(-0.5)])
    assert categorical_value(np.array(["Lachin", "Shusha"]), {"Lachin": 0.7}, 0.1).tolist() == [0.7, 0.1]
    assert categorical_value(np.array([10.0, 12.0]), {"12": 0.3}).tolist() == [0.0, 0.3]
    nothing = np.array([np.nan])
    for found in (
        piecewise_value(nothing, points),
        gaussian_value(nothing, 5, 3),
        categorical_value(nothing, {"1": 1}),
    ):
        assert np.isnan(found).all()


rows = st.lists(st.tuples(st.floats(-1, 2), st.floats(-10, 60)), min_size=2, max_size=8)


@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "vikor"])
@settings(max_examples=40, deadline=None)
@given(values=rows)
def test_a_score_is_the_same_when_the_zone_is_cropped(method, values):
    factor, slope = (np.array(column) for column in zip(*values, strict=True))
    section = Scoring(method=method, draws=100)
    whole = rank(known(factor, slope), CRITERIA, ones(len(factor)), section, "solar").score.to_numpy()
    alone = rank(known(factor[:1], slope[:1]), CRITERIA, ones(1), section, "solar").score.to_numpy()
    assert ((whole >= 0) & (whole <= 1)).all()
    assert whole[0] == pytest.approx(alone[0], abs=1e-12)


@pytest.mark.parametrize("method", [weighted_sum, topsis, vikor, promethee])
def test_better_values_never_score_less(method):
    generator = np.random.default_rng(5)
    values, weights = generator.uniform(0, 0.9, (4, 30)), generator.dirichlet(np.ones(4))
    better = values.copy()
    better[2, 7] += 0.1
    before, after = method(values, weights).sum(0), method(better, weights).sum(0)
    assert after[7] > before[7]
    assert ((before >= 0) & (before <= 1)).all()


def test_unknown_values_bring_nothing_and_no_capacity_means_no_score():
    parts = contributions(known([np.nan, 0.3], [0.0, 0.0]), CRITERIA)
    values = score(parts, xr.DataArray([1.0, 0.0], dims="site")).to_numpy()
    assert values[0] == pytest.approx(0.25)
    assert np.isnan(values[1])


def test_bad_criteria_are_refused():
    with pytest.raises(GreenzoneError, match="layer 'slopes': did you mean 'slope'"):
        contributions(known([0.2], [5.0]), [Criterion(layer="slopes", lower=0, upper=1)])
    with pytest.raises(GreenzoneError, match="at least one must be above 0"):
        contributions(known([0.2], [5.0]), [Criterion(layer="slope", weight=0, lower=0, upper=1)])
    with pytest.raises(GreenzoneError, match="holds names: score it with 'function: categorical'"):
        named = xr.Dataset({"district": ("site", ["Lachin"])})
        contributions(named, [Criterion(layer="district", lower=0, upper=1)])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"layer": "slope", "function": "cubic"}, "must be linear, piecewise, gaussian or categorical"),
        ({"layer": "slope", "function": "piecewise", "points": [[2, 0], [1, 1]]}, "must rise"),
        ({"layer": "slope", "function": "gaussian", "centre": 1, "spread": 0}, "greater than 0"),
        ({"layer": "slope", "lower": 1, "upper": 1}, "must differ"),
        ({"layer": "slope", "weight": 0, "lower": 1, "upper": 2}, "all weights are 0"),
    ],
)
def test_bad_functions_are_refused_by_the_scenario(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Scoring.model_validate({"solar": [wrong]})


def test_judgements_must_fit_the_criteria():
    with pytest.raises(ValidationError, match="'judgements' of solar must be 1 rows of 1: slope"):
        given = [{"layer": "slope", "lower": 20, "upper": 0}]
        Scoring.model_validate({"solar": given, "judgements": {"solar": [[1, 2], [0.5, 1]]}})
    with pytest.raises(GreenzoneError, match=r"name 'scoring\.judgements\.wind'"):
        rank(known([0.2], [5.0]), CRITERIA, ones(1), Scoring(weights="ahp"), "wind")


def test_contradicting_judgements_warn():
    circle = ((1.0, 9.0, 1 / 9), (1 / 9, 1.0, 9.0), (9.0, 1 / 9, 1.0))
    three = (*CRITERIA, Criterion(layer="elevation", lower=0, upper=1))
    land = known([0.2], [5.0]).assign(elevation=("site", [0.5]))
    with pytest.warns(UserWarning, match=r"consistency ratio .* is above 0\.1"):
        found = rank(land, three, ones(1), Scoring(solar=three, weights="ahp", judgements={"solar": circle}), "solar")
    # the largest eigenvalue of a circle of 9s is 1 + 9 + 1/9: ratio (10.111 - 3) / 2 / 0.58
    assert found.weights.attrs["consistency_ratio"] == pytest.approx((1 + 9 + 1 / 9 - 3) / 2 / 0.58)


pytestmark = pytest.mark.filterwarnings("ignore:Alternatives with indices")  # pymcdm's, about the ideals
pymcdm_cases = st.integers(0, 10_000)


def with_ideals(values: np.ndarray) -> np.ndarray:
    """The decision matrix as pymcdm wants it, with the two ideals as alternatives so that its ranges are ours."""
    count = len(values)
    return np.vstack([values.T, np.ones(count), np.zeros(count)])


def cases(seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    criteria = generator.integers(2, 8)
    return generator.uniform(0, 1, (criteria, 12)), generator.dirichlet(np.ones(criteria))


@settings(max_examples=30, deadline=None)
@given(pymcdm_cases)
def test_topsis_and_vikor_agree_with_pymcdm(seed):
    methods = pytest.importorskip("pymcdm.methods")
    values, weights = cases(seed)
    types = np.ones(len(values))
    theirs = methods.TOPSIS()(with_ideals(values), weights, types)[:-2]
    assert topsis(values, weights).sum(0) == pytest.approx(theirs, abs=1e-12)
    theirs = methods.VIKOR(v=0.3)(with_ideals(values), weights, types)[:-2]
    assert 1 - vikor(values, weights, 0.3).sum(0) == pytest.approx(theirs, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(pymcdm_cases)
def test_promethee_agrees_with_pymcdm(seed):
    methods = pytest.importorskip("pymcdm.methods")
    values, weights = cases(seed)
    matrix, types = values.T.round(2), np.ones(len(values))
    usual = methods.PROMETHEE_II("usual")(matrix, weights, types)
    assert 2 * promethee(matrix.T, weights, 0).sum(0) - 1 == pytest.approx(usual, abs=1e-9)
    shaped = methods.PROMETHEE_II("vshape", p=[0.25] * len(values))(matrix, weights, types)
    assert 2 * promethee(matrix.T, weights, 0.25).sum(0) - 1 == pytest.approx(shaped, abs=1e-9)


def test_topsis_by_hand():
    """Weights 0.6 and 0.4, values 0.5 and 1: d+ = 0.3, d- = sqrt(0.09 + 0.16) = 0.5, so C = 0.625."""
    parts = topsis(np.array([[0.5], [1.0]]), np.array([0.6, 0.4]))
    assert parts.sum() == pytest.approx(0.625)
    assert parts.ravel() == pytest.approx([0.625 * 0.09 / 0.25, 0.625 * 0.16 / 0.25])


def test_vikor_by_hand():
    """Weights 0.6 and 0.4, values 0.5 and 1: S = R = 0.3; Q = 0.5 * 0.3 + 0.5 * 0.3 / 0.6 = 0.4."""
    assert 1 - vikor(np.array([[0.5], [1.0]]), np.array([0.6, 0.4])).sum() == pytest.approx(0.4)


def test_promethee_depends_on_the_sites_in_view_and_says_so():
    values, weights = np.array([[0.2, 0.5, 0.9]]), np.array([1.0])
    assert promethee(values, weights).sum(0)[1] != pytest.approx(promethee(values[:, 1:], weights).sum(0)[0])
    assert "PROMETHEE II do" in docstrings(Scoring)["method"]
