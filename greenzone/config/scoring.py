"""The `scoring` section: what makes a site good for a technology.

Comes in: criteria by technology. Goes out: `Criterion` tuples; the bounds are fixed figures, so that the score of a
site does not depend on which other sites are in view.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, create_model, model_validator

from greenzone.config.layers import RESULTS, SITE_LAYERS
from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES


class Criterion(Options):
    """A layer or result, and how its values count."""

    layer: str = Field(min_length=1, examples=[*SITE_LAYERS, *RESULTS])
    """A layer of the sites (elevation, slope, distance_settlement, ...), a raster of your own, or a result
    (capacity_factor, lcoe, ...)."""
    weight: float = Field(default=1.0, ge=0)
    """Weight against the other criteria of the technology [1]; 0 leaves the criterion out."""
    lower: float
    """Value that counts 0 [units of the layer]; it may exceed `upper` where less is better."""
    upper: float
    """Value that counts 1 [units of the layer]; between the bounds the count is linear, beyond them it stays."""

    @model_validator(mode="after")
    def _bounds_differ(self) -> Criterion:
        if self.lower == self.upper:
            raise ValueError(f"'lower' and 'upper' are both {self.lower:g}: they must differ")
        return self


def weighty(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """The criteria, if one of them has a weight above 0 and no layer is there twice."""
    if not any(criterion.weight > 0 for criterion in criteria):
        raise ValueError("all weights are 0: at least one must be above 0")
    layers = [criterion.layer for criterion in criteria]
    if len(set(layers)) < len(layers):
        raise ValueError(f"names the layer '{next(name for name in layers if layers.count(name) > 1)}' twice")
    return criteria


Criteria = Annotated[tuple[Criterion, ...], AfterValidator(weighty)]


def _criterion(layer: str, weight: float, lower: float, upper: float) -> Criterion:
    return Criterion(layer=layer, weight=weight, lower=lower, upper=upper)


# Cost has the same bounds and at least the same weight for all, so that scores compare across technologies.
COST = (200.0, 20.0)  # USD/MWh: counts 0 and 1
DEFAULT_CRITERIA: dict[str, tuple[Criterion, ...]] = {
    "solar": (
        _criterion("lcoe", 0.4, *COST),
        _criterion("capacity_factor", 0.3, 0.10, 0.25),
        _criterion("slope", 0.15, 10, 0),
        _criterion("distance_settlement", 0.15, 20, 0),
    ),
    "wind": (
        _criterion("lcoe", 0.4, *COST),
        _criterion("capacity_factor", 0.3, 0.10, 0.45),
        _criterion("slope", 0.15, 20, 0),
        _criterion("distance_settlement", 0.15, 30, 0),
    ),
    "hydro": (
        _criterion("lcoe", 0.4, *COST),
        _criterion("capacity_factor", 0.3, 0.20, 0.60),
        _criterion("distance_settlement", 0.3, 20, 0),
    ),
    "geothermal": (_criterion("lcoe", 0.7, *COST), _criterion("distance_settlement", 0.3, 20, 0)),
    "bioenergy": (_criterion("lcoe", 0.7, *COST), _criterion("distance_settlement", 0.3, 20, 0)),
}
ANY_TECHNOLOGY = (_criterion("lcoe", 0.5, *COST), _criterion("capacity_factor", 0.5, 0, 1))


class ScoringByTechnology(Options):
    """What makes a site good for each technology: weighted criteria with fixed bounds, together 0 to 1."""

    def criteria(self, technology: str) -> tuple[Criterion, ...]:
        """Criteria of one technology."""
        return getattr(self, technology)


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
