"""The `economics` section: what capital costs, and where the economic potential ends."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenzone.config.technologies import TechnologyName
from greenzone.schema import Options


class Costs(Options):
    """Costs of one technology in the currency and year of the section; what is not named comes from the cost table."""

    capital_per_kw: float | None = Field(default=None, ge=0)
    """Overnight capital cost [currency kW-1]."""
    fixed_om_per_kw_year: float | None = Field(default=None, ge=0)
    """Fixed operation and maintenance [currency kW-1 year-1]."""
    variable_om_per_mwh: float | None = Field(default=None, ge=0)
    """Variable operation and maintenance, fuel included [currency MWh-1]."""
    lifetime_years: float | None = Field(default=None, gt=0, le=200)
    """Economic lifetime [year]."""


class Economics(Options):
    """What capital costs, what technologies cost, and up to which cost potential counts as economic."""

    wacc: float = Field(default=0.10, ge=0, lt=1)
    """Weighted average cost of capital, real [1]; default: the World Bank's zoning tool (REZoning), 10 %."""
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """ISO code of the currency of all costs; it must stand in the embedded price table."""
    currency_year: int = Field(default=2024, ge=2000, le=2100)
    """Year of the prices [year]; it must stand in the embedded price table."""
    cost_year: int = Field(default=2030, ge=2020, le=2050)
    """Year in which plants are bought [year]: capital and O&M follow the trajectories of the table
    `economics_learning`, level beyond their ends. The cost table is of 2030, so that year changes nothing."""
    country_multiplier: dict[TechnologyName, Annotated[float, Field(gt=0, le=10)]] = Field(default={})
    """Capital in the zone's country over that of the cost table by technology [1]; 1 where not named, for no figures
    of Azerbaijan were found. It does not touch costs named under `costs`."""
    terrain: bool = True
    """Whether steep and high ground makes plants dearer, by the table `economics_terrain`. It multiplies costs named
    under `costs` too: they are of level, low ground."""
    costs: dict[TechnologyName, Costs] = Field(default={})
    """Costs by technology in place of those of the embedded cost table."""
    lcoe_ceiling: float = Field(default=100.0, gt=0)
    """Highest levelised cost that counts as economic [currency MWh-1]; an assumption, no official ceiling is known."""
