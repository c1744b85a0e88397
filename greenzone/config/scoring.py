"""The `scoring` section: what makes a site good for a technology.

Comes in: criteria by technology. Goes out: `Criterion` tuples; the bounds are fixed figures, so that the score of a
site does not depend on which other sites are in view.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, create_model, model_validator

from greenzone.config.layers import RESULTS, SITE_LAYERS
from greenzone.config.technologies import TechnologyName
from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES

Share = Annotated[float, Field(ge=0, le=1)]


class AnyCriterion(Options):
    """A layer or result that counts for the score."""

    layer: str = Field(min_length=1, examples=[*SITE_LAYERS, *RESULTS])
    """A layer of the sites (elevation, slope, distance_settlement, ...), a raster of your own, or a result
    (capacity_factor, lcoe, ...)."""
    weight: float = Field(default=1.0, ge=0)
    """Weight against the other criteria of the technology [1]; 0 leaves the criterion out."""


class Criterion(AnyCriterion):
    """A layer or result whose values count along a straight line between two bounds."""

    function: Literal["linear"] = "linear"
    """How values count; `linear` is the default."""
    lower: float
    """Value that counts 0 [units of the layer]; it may exceed `upper` where less is better."""
    upper: float
    """Value that counts 1 [units of the layer]; between the bounds the count is linear, beyond them it stays."""

    @model_validator(mode="after")
    def _bounds_differ(self) -> Criterion:
        if self.lower == self.upper:
            raise ValueError(f"'lower' and 'upper' are both {self.lower:g}: they must differ")
        return self


class PiecewiseCriterion(AnyCriterion):
    """A layer or result whose values count along straight lines between points."""

    function: Literal["piecewise"]
    """Straight lines between `points`."""
    points: tuple[tuple[float, Share], ...] = Field(min_length=2)
    """Pairs of a value [units of the layer] and what it counts [1], values rising; beyond the ends the count stays."""

    @model_validator(mode="after")
    def _values_rise(self) -> PiecewiseCriterion:
        values = [value for value, _ in self.points]
        if any(after <= before for before, after in pairwise(values)):
            raise ValueError("the values of 'points' must rise from pair to pair")
        return self


class GaussianCriterion(AnyCriterion):
    """A layer or result of which one value is best, and others count less on either side."""

    function: Literal["gaussian"]
    """A bell around `centre`."""
    centre: float
    """Value that counts 1 [units of the layer]."""
    spread: float = Field(gt=0)
    """Distance from the centre at which a value counts exp(-1/2) = 0.61 [units of the layer]."""


class CategoricalCriterion(AnyCriterion):
    """A layer whose values are classes, such as the district."""

    function: Literal["categorical"]
    """What each class counts."""
    values: dict[str, Share] = Field(min_length=1)
    """What a class counts [1], by its name or number."""
    otherwise: Share = 0.0
    """What all other classes count [1]."""


def _function(given: Any) -> str:
    return str(given.get("function", "linear") if isinstance(given, dict) else getattr(given, "function", "linear"))


AnyFunction = Annotated[
    Annotated[Criterion, Tag("linear")]
    | Annotated[PiecewiseCriterion, Tag("piecewise")]
    | Annotated[GaussianCriterion, Tag("gaussian")]
    | Annotated[CategoricalCriterion, Tag("categorical")],
    Discriminator(
        _function,
        custom_error_type="unknown_function",
        custom_error_message="'function' must be linear, piecewise, gaussian or categorical",
    ),
]


def weighty(criteria: tuple[AnyFunction, ...]) -> tuple[AnyFunction, ...]:
    """The criteria, if one of them has a weight above 0 and no layer is there twice."""
    if not any(criterion.weight > 0 for criterion in criteria):
        raise ValueError("all weights are 0: at least one must be above 0")
    layers = [criterion.layer for criterion in criteria]
    if len(set(layers)) < len(layers):
        raise ValueError(f"names the layer '{next(name for name in layers if layers.count(name) > 1)}' twice")
    return criteria


Criteria = Annotated[tuple[AnyFunction, ...], AfterValidator(weighty)]


def _criterion(layer: str, weight: float, lower: float, upper: float) -> Criterion:
    return Criterion(layer=layer, weight=weight, lower=lower, upper=upper)


# Cost has the same bounds and at least the same weight for all, so that scores compare across technologies.
COST = (200.0, 20.0)  # USD/MWh: counts 0 and 1
DEFAULT_CRITERIA: dict[str, tuple[Criterion, ...]] = {
    "solar": (
        _criterion("lcoe_connected", 0.4, *COST),
        _criterion("capacity_factor", 0.3, 0.10, 0.25),
        _criterion("slope", 0.15, 10, 0),
        _criterion("distance_settlement", 0.15, 20, 0),
    ),
    "wind": (
        _criterion("lcoe_connected", 0.4, *COST),
        _criterion("capacity_factor", 0.3, 0.10, 0.45),
        _criterion("slope", 0.15, 20, 0),
        _criterion("distance_settlement", 0.15, 30, 0),
    ),
    "hydro": (
        _criterion("lcoe_connected", 0.4, *COST),
        _criterion("capacity_factor", 0.3, 0.20, 0.60),
        _criterion("distance_settlement", 0.3, 20, 0),
    ),
    "geothermal": (_criterion("lcoe_connected", 0.7, *COST), _criterion("distance_settlement", 0.3, 20, 0)),
    "bioenergy": (_criterion("lcoe_connected", 0.7, *COST), _criterion("distance_settlement", 0.3, 20, 0)),
}
ANY_TECHNOLOGY = (_criterion("lcoe_connected", 0.5, *COST), _criterion("capacity_factor", 0.5, 0, 1))


class ScoringByTechnology(Options):
    """What makes a site good for each technology: weighted criteria with fixed bounds, together 0 to 1."""

    weights: Literal["given", "equal", "entropy", "ahp"] = "given"
    """Where weights come from: the criteria's own, all equal, by how much the values tell the sites in view apart
    (they change when the zone is cropped), or from `judgements`."""
    judgements: dict[TechnologyName, tuple[tuple[float, ...], ...]] = Field(default={})
    """For `ahp`, by technology: rows of how many times as important a criterion is as each other one [1]."""
    method: Literal["weighted_sum", "topsis", "vikor", "promethee"] = "weighted_sum"
    """How criteria become a score. The ideals of TOPSIS and VIKOR are the bounds of the criteria, so their scores do
    not depend on the sites in view; those of PROMETHEE II do, as it compares the sites with each other."""
    vikor_strategy: float = Field(default=0.5, ge=0, le=1)
    """Weight of the mean regret against the largest one in VIKOR [1]."""
    promethee_threshold: float = Field(default=0.25, ge=0, le=1)
    """Difference in a criterion's count from which a preference is full [1]."""
    draws: int = Field(default=10_000, ge=100, le=1_000_000)
    """Draws of weights [1] behind the probability that a site or a zone is among the best."""
    top_share: float = Field(default=0.1, gt=0, le=1)
    """Share of the sites that counts as the best [1]."""
    seed: int = Field(default=1, ge=0)
    """Start of the draws [1]; the same seed gives the same probabilities."""

    def criteria(self, technology: str) -> tuple[AnyFunction, ...]:
        """Criteria of one technology."""
        return getattr(self, technology)

    @model_validator(mode="after")
    def _judgements_fit(self) -> ScoringByTechnology:
        for technology, rows in self.judgements.items():
            names = [criterion.layer for criterion in self.criteria(technology)]
            if len(rows) != len(names) or any(len(row) != len(names) for row in rows):
                raise ValueError(
                    f"'judgements' of {technology} must be {len(names)} rows of {len(names)}: {', '.join(names)}"
                )
        return self


def scoring_section(registry: Mapping[str, Any]) -> type[ScoringByTechnology]:
    """The model of the section for a registry of technologies."""
    fields: dict[str, Any] = {}
    for name in registry:
        description = f"Criteria of {name}; naming any replaces the defaults, whose weights and bounds are assumptions."
        fields[name] = (Criteria, Field(DEFAULT_CRITERIA.get(name, ANY_TECHNOLOGY), description=description))
    return create_model("Scoring", __base__=ScoringByTechnology, __doc__=ScoringByTechnology.__doc__, **fields)


if TYPE_CHECKING:
    Scoring = ScoringByTechnology
else:
    Scoring = scoring_section(TECHNOLOGIES)
