"""Scoring: how good a site is for a technology, between 0 and 1.

Comes in: layers and results of the sites, criteria with fixed bounds, where weights come from. Goes out: the score,
each criterion's part of it, and how robust ranks are. The bounds are fixed, so what a value counts never depends on
which other sites are in view.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import xarray as xr

from greenzone.config.scoring import (
    AnyFunction,
    CategoricalCriterion,
    Criterion,
    GaussianCriterion,
    PiecewiseCriterion,
    ScoringByTechnology,
)
from greenzone.errors import GreenzoneError, nearest
from greenzone.schema import Potential, Variable, label
from greenzone.siting.aggregation import promethee, topsis, vikor, weighted_sum
from greenzone.siting.robustness import top_probability
from greenzone.siting.weights import CONSISTENT, ahp_weights, entropy_weights, scaled

COSTS = {
    "lcoe": Variable("USD MWh-1", "levelised cost of energy"),
    "lcoe_connected": Variable("USD MWh-1", "levelised cost of energy with connection"),
}


@dataclass(frozen=True, eq=False)
class Ranking:
    """What makes the sites of one technology good.

    `values` (criterion, site) is what each criterion counts, 0 to 1; `weights` (criterion) sum to 1; `parts`
    (criterion, site) sum to `score` (site), NaN where no capacity fits; `top_probability` (site) is the probability
    of being among the best whatever the weights.
    """

    values: xr.DataArray
    weights: xr.DataArray
    parts: xr.DataArray
    score: xr.DataArray
    top_probability: xr.DataArray


def known_of(potential: Potential, lcoe: xr.DataArray, on_grid: xr.DataArray, site: xr.Dataset) -> xr.Dataset:
    """Everything that a criterion may name: layers of the sites, results of the technology, its LCOE with and without
    connection. Where no node of the grid is known at all, the cost with connection is that of the plant."""
    known = site.assign({name: potential.sites[name] for name in potential.sites if name != "group"})
    connected = on_grid if bool(np.isfinite(on_grid).any()) else lcoe
    return label(known.assign(lcoe=lcoe, lcoe_connected=connected), COSTS)


def linear_value(values: np.ndarray, lower: float, upper: float) -> np.ndarray:
    """Value 0 at `lower` and 1 at `upper`, straight between, clipped beyond; lower may exceed upper. NaN stays."""
    return np.clip((np.asarray(values, float) - lower) / (upper - lower), 0.0, 1.0)


def piecewise_value(values: np.ndarray, points: Sequence[tuple[float, float]]) -> np.ndarray:
    """Straight lines between points (value, count), values rising; the ends hold beyond them. NaN stays."""
    at, count = zip(*points, strict=True)
    return np.interp(np.asarray(values, float), at, count)


def gaussian_value(values: np.ndarray, centre: float, spread: float) -> np.ndarray:
    """1 at the centre, exp(-1/2) at a `spread` from it. NaN stays."""
    return np.exp(-0.5 * ((np.asarray(values, float) - centre) / spread) ** 2)


def categorical_value(values: np.ndarray, counts: dict[str, float], otherwise: float = 0.0) -> np.ndarray:
    """What the class of each site counts; classes are names, or numbers written as such. NaN stays."""
    values = np.asarray(values)
    if values.dtype.kind in "fiu":
        found = np.full(values.shape, otherwise)
        for name, count in counts.items():
            found[values == float(name)] = count
        return np.where(np.isnan(values.astype(float)), np.nan, found)
    return np.array([counts.get(str(name), otherwise) for name in values.ravel()]).reshape(values.shape)


def criterion_value(known: xr.Dataset, criterion: AnyFunction) -> np.ndarray:
    """What the layer of a criterion counts at each site, 0 to 1; what is not known counts 0.

    Raises
    ------
    GreenzoneError
        The layer is not known, or is no number where one is needed.
    """
    listed = [str(name) for name, values in known.data_vars.items() if values.dims == ("site",)]
    if criterion.layer not in listed:
        raise GreenzoneError(f"scoring names the layer '{criterion.layer}': {nearest(criterion.layer, listed)}")
    layer = known[criterion.layer].to_numpy()
    if isinstance(criterion, CategoricalCriterion):
        return np.nan_to_num(_classes(layer, criterion))
    if layer.dtype.kind not in "fiub":
        raise GreenzoneError(f"the layer '{criterion.layer}' holds names: score it with 'function: categorical'")
    if isinstance(criterion, PiecewiseCriterion):
        return np.nan_to_num(piecewise_value(layer, criterion.points))
    if isinstance(criterion, GaussianCriterion):
        return np.nan_to_num(gaussian_value(layer, criterion.centre, criterion.spread))
    return np.nan_to_num(linear_value(layer, criterion.lower, criterion.upper))


def _classes(layer: np.ndarray, criterion: CategoricalCriterion) -> np.ndarray:
    try:
        return categorical_value(layer, dict(criterion.values), criterion.otherwise)
    except ValueError:
        raise GreenzoneError(f"the layer '{criterion.layer}' holds numbers: name its classes by number") from None


def criteria_values(known: xr.Dataset, criteria: Sequence[AnyFunction]) -> xr.DataArray:
    """What each criterion counts at each site (criterion, site), 0 to 1; errors as in `criterion_value`."""
    return xr.DataArray(
        np.array([criterion_value(known, criterion) for criterion in criteria]),
        dims=("criterion", "site"),
        coords={"criterion": [criterion.layer for criterion in criteria], "site": known.site},
        attrs={"units": "1", "long_name": "what the criterion counts"},
    )


def weights_of(
    section: ScoringByTechnology, technology: str, criteria: Sequence[AnyFunction], values: np.ndarray
) -> np.ndarray:
    """Weights of the criteria as the section asks for them, together 1.

    Raises
    ------
    GreenzoneError
        No weight is above 0, or judgements are missing or do not match.

    Warns
    -----
    UserWarning
        Judgements contradict each other: their consistency ratio is above 0.1.
    """
    if section.weights == "equal":
        return np.full(len(criteria), 1 / len(criteria))
    if section.weights == "entropy":
        return entropy_weights(values)
    if section.weights == "given":
        return scaled(np.array([criterion.weight for criterion in criteria]))
    if technology not in section.judgements:
        raise GreenzoneError(f"scoring takes weights by ahp: name 'scoring.judgements.{technology}'")
    weights, ratio = ahp_weights(np.array(section.judgements[technology]))
    if ratio > CONSISTENT:
        text = f"judgements of {technology} contradict each other: consistency ratio {ratio:.2f} is above {CONSISTENT}"
        warnings.warn(text, stacklevel=2)
    return weights


def rank(
    known: xr.Dataset,
    criteria: Sequence[AnyFunction],
    capacity_mw: xr.DataArray,
    section: ScoringByTechnology,
    technology: str,
) -> Ranking:
    """Score the sites of one technology.

    Parameters
    ----------
    known : Dataset
        Layers and results over `site`, by the names that criteria use.
    criteria : sequence of criteria
        Layer, weight and function of each.
    capacity_mw : DataArray (site,)
        Sites without capacity get no score, and do not count where sites are compared.
    section : ScoringByTechnology
        Where weights come from, how criteria become a score, how many draws test it.
    technology : str
        Name of the technology.

    Returns
    -------
    Ranking
        A value that is not known (NaN) counts 0.

    Raises
    ------
    GreenzoneError
        See `criterion_value` and `weights_of`.
    """
    values = criteria_values(known, criteria)
    able = (capacity_mw > 0).to_numpy()
    weights = weights_of(section, technology, criteria, values.to_numpy()[:, able])
    parts = xr.zeros_like(values)
    parts[:, able] = _method(section)(values.to_numpy()[:, able], weights)
    parts.attrs["long_name"] = "contribution of a criterion to the score"
    probability = np.full(len(able), np.nan)
    top = int(np.ceil(section.top_share * able.sum()))
    probability[able] = top_probability(values.to_numpy()[:, able], top, section.draws, section.seed)
    return Ranking(
        values,
        labelled_weights(weights, values.criterion, section, technology),
        parts,
        score(parts, capacity_mw),
        xr.DataArray(
            probability,
            {"site": known.site},
            attrs={"units": "1", "long_name": f"probability of being among the best {section.top_share:.0%}"},
        ),
    )


def labelled_weights(
    weights: np.ndarray, criterion: xr.DataArray, section: ScoringByTechnology, technology: str
) -> xr.DataArray:
    """Weights with their origin, and the consistency ratio of judgements, in the attributes."""
    attrs: dict[str, object] = {"units": "1", "long_name": "weight", "origin": section.weights}
    if section.weights == "ahp":
        attrs["consistency_ratio"] = ahp_weights(np.array(section.judgements[technology]))[1]
    return xr.DataArray(weights, {"criterion": criterion}, attrs=attrs)


def _method(section: ScoringByTechnology):  # type: ignore[no-untyped-def]
    """The function that makes parts of a score from values and weights."""
    return {
        "weighted_sum": weighted_sum,
        "topsis": topsis,
        "vikor": partial(vikor, strategy=section.vikor_strategy),
        "promethee": partial(promethee, threshold=section.promethee_threshold),
    }[section.method]


def contributions(known: xr.Dataset, criteria: Sequence[Criterion]) -> xr.DataArray:
    """Part of the weighted sum that each criterion brings (criterion, site), weights scaled to sum to 1."""
    weights = scaled(np.array([criterion.weight for criterion in criteria]))
    values = criteria_values(known, criteria)
    return values.copy(data=weighted_sum(values.to_numpy(), weights))


def score(parts: xr.DataArray, capacity_mw: xr.DataArray) -> xr.DataArray:
    """Sum of the contributions, 0 to 1; NaN where no capacity fits."""
    total = parts.sum("criterion").clip(0, 1).where(capacity_mw > 0)
    return total.assign_attrs(units="1", long_name="score of the site")
