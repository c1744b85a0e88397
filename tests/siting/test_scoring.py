"""Scores: within [0, 1], explained by their parts, and the same whatever else is in view."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from greenzone.config.scoring import Criterion
from greenzone.errors import GreenzoneError
from greenzone.siting import contributions, linear_value, score

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


@given(st.lists(st.tuples(st.floats(-1, 2), st.floats(-10, 60)), min_size=2, max_size=8))
def test_scores_lie_in_0_to_1_and_do_not_depend_on_the_other_sites(values):
    factor, slope = (np.array(column) for column in zip(*values, strict=True))
    whole = score(contributions(known(factor, slope), CRITERIA), ones(len(factor))).to_numpy()
    alone = score(contributions(known(factor[:1], slope[:1]), CRITERIA), ones(1)).to_numpy()
    assert ((whole >= 0) & (whole <= 1)).all()
    assert whole[0] == alone[0]


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
