"""Draws of what is uncertain, and what of it drives a result.

Comes in: ranges of parameters. Goes out: a table of draws that fill the ranges evenly (Sobol sequence or Latin
hypercube), percentiles of results, and Sobol indices of the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError, nearest

METHODS = ("sobol", "lhs")
PERCENTILES = (10, 50, 90)


def draw(
    ranges: Mapping[str, tuple[float, float]], number: int, method: str = "sobol", seed: int | None = 0
) -> pd.DataFrame:
    """Evenly spread draws of independent, uniform parameters.

    Parameters
    ----------
    ranges : mapping
        Lowest and highest value of each parameter.
    number : int
        Number of draws.
    method : {"sobol", "lhs"}
        Scrambled Sobol sequence, best with a power of two, or Latin hypercube.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    DataFrame
        One row a draw, one column a parameter.

    Raises
    ------
    GreenzoneError
        Unknown method, no parameter, or a range that is empty or not finite.
    """
    return _scaled(_unit(_checked(ranges), number, method, seed), ranges)


def saltelli(ranges: Mapping[str, tuple[float, float]], number: int, seed: int | None = 0) -> pd.DataFrame:
    """Draws from which `sobol_indices` can be estimated.

    Parameters
    ----------
    ranges : mapping
        Lowest and highest value of each parameter.
    number : int
        Base draws; a power of two is best.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    DataFrame
        `number × (parameters + 2)` rows: two independent sets A and B, then A with each column taken from B in turn.

    References
    ----------
    Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018.
    """
    width = _checked(ranges)
    both = _unit(2 * width, number, "sobol", seed)
    first, second = both[:, :width], both[:, width:]
    mixed = np.repeat(first[None], width, 0)
    for column in range(width):
        mixed[column, :, column] = second[:, column]
    return _scaled(np.concatenate([first, second, mixed.reshape(-1, width)]), ranges)


def sobol_indices(draws: pd.DataFrame, result: ArrayLike) -> pd.DataFrame:
    """Share of a result's variance that each parameter explains.

    Parameters
    ----------
    draws : DataFrame
        As `saltelli` returns it.
    result : array_like
        One value for each row of `draws`.

    Returns
    -------
    DataFrame
        Indexed by parameter: `first_order` (alone) and `total` (with all interactions) [1], NaN where the result
        does not vary. Estimators: Saltelli 2010 for the first order, Jansen 1999 for the total.

    Raises
    ------
    GreenzoneError
        Another number of results than of draws.
    """
    values, width = np.asarray(result, float), len(draws.columns)
    if values.shape != (len(draws),):
        raise GreenzoneError(f"{len(draws)} draws need as many results, not the shape {values.shape}")
    parts = values.reshape(width + 2, -1)
    first, second, mixed = parts[0], parts[1], parts[2:]
    variance = np.concatenate([first, second]).var()
    with np.errstate(invalid="ignore", divide="ignore"):
        # Centred on B, which changes nothing in the limit and much of the noise before it.
        alone = ((second - second.mean()) * (mixed - first)).mean(1) / variance
        total = 0.5 * ((first - mixed) ** 2).mean(1) / variance
    return pd.DataFrame({"first_order": alone, "total": total}, pd.Index(draws.columns, name="parameter"))


def percentiles(results: xr.Dataset, levels: tuple[int, ...] = PERCENTILES) -> pd.DataFrame:
    """Percentiles over the scenarios of every variable that depends on nothing but the scenario.

    Returns
    -------
    DataFrame
        One row a variable, columns `P10 P50 P90`: the value below which that share of the scenarios lies, of those
        in which it is known; NaN where it is known in none.
    """
    chosen = [name for name, values in results.data_vars.items() if values.dims == ("scenario",)]
    known = {name: values[np.isfinite(values)] for name in chosen for values in [results[name].to_numpy()]}
    unknown = np.full(len(levels), np.nan)
    table = {name: np.percentile(values, levels) if len(values) else unknown for name, values in known.items()}
    return pd.DataFrame(table, [f"P{level}" for level in levels]).T


def _unit(width: int, number: int, method: str, seed: int | None) -> NDArray[np.float64]:
    if method not in METHODS:
        raise GreenzoneError(f"unknown way to draw '{method}': {nearest(method, METHODS)}")
    if number < 1:
        raise GreenzoneError(f"{number} draws were asked for: at least 1 is needed")
    from scipy.stats import qmc  # half a second to import, and most runs draw nothing

    if method == "lhs":
        return qmc.LatinHypercube(width, rng=np.random.default_rng(seed)).random(number)
    sequence = qmc.Sobol(width, rng=np.random.default_rng(seed))
    # The balance of the sequence needs whole powers of two; drawing up to the next and cutting keeps it nearly so.
    return sequence.random_base2(int(np.ceil(np.log2(max(number, 2)))))[:number]


def _scaled(unit: NDArray[np.float64], ranges: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    low, high = np.array(list(ranges.values()), float).T
    return pd.DataFrame(low + unit * (high - low), columns=list(ranges))


def _checked(ranges: Mapping[str, tuple[float, float]]) -> int:
    if not ranges:
        raise GreenzoneError("nothing to draw: name at least one parameter with its range")
    for name, (low, high) in ranges.items():
        if not (np.isfinite([low, high]).all() and low <= high):
            raise GreenzoneError(f"the range of '{name}' is {low} to {high}: it must be finite and rise")
    return len(ranges)
