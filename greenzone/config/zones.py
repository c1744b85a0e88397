"""The `zones` section: how development zones are grown from good sites."""

from __future__ import annotations

from pydantic import Field, model_validator

from greenzone.config.technologies import TechnologyName
from greenzone.schema import Options


class Zones(Options):
    """How contiguous development zones are grown from good sites, and from when on they count."""

    technologies: tuple[TechnologyName, ...] = ("solar", "wind")
    """Technologies that get zones of their own."""
    hybrids: tuple[tuple[TechnologyName, TechnologyName], ...] = (("solar", "wind"),)
    """Pairs of technologies that get zones on land where both fit."""
    best_share: float = Field(default=0.5, gt=0, le=1)
    """Share of a technology's capacity, best sites first, that zones are grown from [1]; default: assumed."""
    min_score: float = Field(default=0.0, ge=0, le=1)
    """Score below which a site is in no zone [1]."""
    min_mw: dict[TechnologyName, float] = Field(default={"solar": 50.0, "wind": 50.0})
    """Smallest capacity of a zone by technology [MW]; that of a hybrid is the sum; 0 for those not named. Default:
    assumed, about what pays for a line of 110 kV of its own."""
    max_extent: float = Field(default=20.0, gt=0, le=500)
    """Largest extent of a zone [km]: no site lies further than half of it from the best one."""
    min_compactness: float = Field(default=0.15, ge=0, le=0.7)
    """Smallest compactness of a zone [1], 4 pi times area over the outline squared: 0.79 for a square, 1 for a disc."""

    @model_validator(mode="after")
    def _pairs_differ(self) -> Zones:
        for pair in self.hybrids:
            if pair[0] == pair[1]:
                raise ValueError(f"a hybrid of {pair[0]} with itself: name two technologies")
        return self
