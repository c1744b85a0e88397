"""The `zones` section: how development zones are grown from good sites, and what makes one come before another."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from greenzone.config.technologies import TechnologyName
from greenzone.errors import nearest
from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES

DualUse = Literal["floating_solar", "agrivoltaics"]
DUAL_USES: dict[str, str] = {"floating_solar": "floating", "agrivoltaics": "agrivoltaic"}  # variant of solar


def _known_kind(name: str) -> str:
    known = [*TECHNOLOGIES, *DUAL_USES]
    if name not in known:
        raise ValueError(f"unknown kind of zone '{name}': {nearest(name, known)}")
    return name


ZoneKind = Annotated[
    str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": [*TECHNOLOGIES, *DUAL_USES]})
]


class ZoneCriterion(Options):
    """What a figure of a zone counts: 0 at `worst`, 1 at `best`, straight between."""

    weight: float = Field(default=1.0, ge=0)
    """Weight against the other criteria of zones [1]."""
    worst: float
    """Value that counts 0 [units of the figure]."""
    best: float
    """Value that counts 1 [units of the figure]."""

    @model_validator(mode="after")
    def _bounds_differ(self) -> ZoneCriterion:
        if self.worst == self.best:
            raise ValueError(f"'worst' and 'best' are both {self.worst:g}: they must differ")
        return self


class ZoneCriteria(Options):
    """What makes a zone come before another of its kind; equal weights, for no preference is published."""

    score: ZoneCriterion = ZoneCriterion(worst=0, best=1)
    """Mean score of its sites [1]."""
    lcoe_connected: ZoneCriterion = ZoneCriterion(worst=200, best=20)
    """Cost of its energy on the grid [currency MWh-1]; bounds as in `scoring`."""
    energy_gwh: ZoneCriterion = ZoneCriterion(worst=0, best=500)
    """Energy of a year [GWh]; best: as much as Shafag is to give, the zone's first large plant (azernews 222128)."""
    connection_cost: ZoneCriterion = ZoneCriterion(worst=250, best=70)
    """Connection [currency kW-1]; best: the substation alone; worst: with 100 km of line in the mountains."""
    complementarity: ZoneCriterion = ZoneCriterion(worst=0, best=1)
    """How little the hourly outputs of a hybrid's technologies go together [1]; it counts for hybrids only."""

    @model_validator(mode="after")
    def _one_counts(self) -> ZoneCriteria:
        if not any(getattr(self, name).weight > 0 for name in type(self).model_fields if name != "complementarity"):
            raise ValueError("all weights are 0: at least one that counts for every kind must be above 0")
        return self


class Zones(Options):
    """How contiguous development zones are grown from good sites, and from when on they count."""

    technologies: tuple[TechnologyName, ...] = ("solar", "wind")
    """Technologies that get zones of their own."""
    hybrids: tuple[tuple[TechnologyName, TechnologyName], ...] = (("solar", "wind"),)
    """Pairs of technologies that get zones on land where both fit; they share a line of the joint output's peak."""
    dual_uses: tuple[DualUse, ...] = ("floating_solar", "agrivoltaics")
    """Solar on land or water that keeps its use: floats on reservoirs, rows between crops. Their rules stand under
    `eligibility`, their equipment in the table `solar_variants`; they are not in the potential of `solar`."""
    best_share: float = Field(default=0.5, gt=0, le=1)
    """Share of a technology's capacity, best sites first, that zones are grown from [1]; default: assumed. Floating
    solar takes all: reservoirs are zones by themselves."""
    min_score: float = Field(default=0.0, ge=0, le=1)
    """Score below which a site is in no zone [1]."""
    min_mw: dict[ZoneKind, float] = Field(
        default={"solar": 50.0, "wind": 50.0, "agrivoltaics": 50.0, "floating_solar": 1.0}
    )
    """Smallest capacity of a zone by technology [MW], 0 for those not named; that of a hybrid is the larger, for both
    share a line. Default: assumed, about what pays for a line of 110 kV; reservoirs have those of plants and pumps."""
    max_extent: float = Field(default=20.0, gt=0, le=500)
    """Largest extent of a zone [km]: no site lies further than half of it from the best one."""
    min_compactness: float = Field(default=0.15, ge=0, le=0.7)
    """Smallest compactness of a zone [1], 4 pi times area over the outline squared: 0.79 for a square, 1 for a disc."""
    criteria: ZoneCriteria = ZoneCriteria()
    """What makes a zone come before another of its kind."""

    @model_validator(mode="after")
    def _pairs_differ(self) -> Zones:
        for pair in self.hybrids:
            if pair[0] == pair[1]:
                raise ValueError(f"a hybrid of {pair[0]} with itself: name two technologies")
        return self
