"""Draws fill their ranges; Sobol indices are those of the Ishigami function."""

import numpy as np
import pytest
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.supply import draw, percentiles, saltelli, sobol_indices

RANGES = {"a": (-np.pi, np.pi), "b": (-np.pi, np.pi), "c": (-np.pi, np.pi)}


@pytest.mark.parametrize("method", ["sobol", "lhs"])
def test_draws_fill_every_slice_of_the_range(method):
    draws = draw({"x": (2.0, 4.0), "y": (-1.0, 0.0)}, 64, method, seed=3)
    for column, low, high in (("x", 2, 4), ("y", -1, 0)):
        counts, _ = np.histogram(draws[column], 64, (low, high))
        assert (counts == 1).all()


def test_the_same_seed_gives_the_same_draws():
    assert draw(RANGES, 50, seed=1).equals(draw(RANGES, 50, seed=1))
    assert not draw(RANGES, 50, seed=1).equals(draw(RANGES, 50, seed=2))


def test_indices_of_the_ishigami_function():
    """Analytic values for a = 7, b = 0.1: Saltelli et al., Global Sensitivity Analysis (2008), chapter 4."""
    draws = saltelli(RANGES, 4096)
    result = np.sin(draws.a) + 7 * np.sin(draws.b) ** 2 + 0.1 * draws.c**4 * np.sin(draws.a)
    indices = sobol_indices(draws, result)
    assert indices.first_order.to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert indices.total.to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


def test_a_result_that_does_not_vary_has_no_indices():
    assert sobol_indices(saltelli(RANGES, 8), np.ones(40)).isna().all(axis=None)


def test_percentiles_of_a_known_set():
    table = percentiles(xr.Dataset({"x": ("scenario", np.arange(101.0)), "y": ("month", np.arange(12))}))
    assert table.loc["x"].tolist() == [10, 50, 90]
    assert table.index.tolist() == ["x"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: draw({}, 4), "nothing to draw"),
        (lambda: draw({"x": (1, 0)}, 4), "the range of 'x' is 1 to 0"),
        (lambda: draw(RANGES, 4, "soboll"), "did you mean 'sobol'"),
        (lambda: draw(RANGES, 0), "0 draws"),
        (lambda: sobol_indices(saltelli(RANGES, 4), np.ones(3)), "20 draws need as many results"),
    ],
)
def test_impossible_input_is_named(call, message):
    with pytest.raises(GreenzoneError, match=message):
        call()
