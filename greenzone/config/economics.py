"""The `economics` section: what capital costs, and where the economic potential ends."""

from __future__ import annotations

from pathlib import Path
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


class Connection(Options):
    """How sites reach the grid, and what that costs in the currency and year of the section."""

    nodes: Path | None = None
    """Points, areas or lines where plants may connect: any vector file with a CRS, or a CSV with `lon` and `lat`;
    columns `node`, `voltage_kv`, `spare_capacity_mw`. By default one approximate node at each district centre."""
    corridors: Path | None = None
    """Lines of the existing grid, beside which new ones are cheaper: any vector file with a CRS."""
    roads: Path | None = None
    """Roads, to which an access road is costed: any vector file of lines with a CRS. Without it, none is."""
    spare_capacity_mw: float | None = Field(default=None, ge=0)
    """Spare capacity of nodes that do not tell their own [MW]; by default that of their voltage in the table
    `economics_connection`, an assumption."""
    line_capital_per_mw_km: float | None = Field(default=None, ge=0)
    """Capital of a line on level open ground [currency MW-1 km-1]; default: the World Bank's zoning tool, 1,000 USD."""
    line_om_per_mw_km_year: float | None = Field(default=None, ge=0)
    """Operation and maintenance of the line [currency MW-1 km-1 year-1]; default: the same tool, 1 USD."""
    substation_capital_per_mw: float | None = Field(default=None, ge=0)
    """Capital of the plant's substation [currency MW-1]; default: the same tool, 70,000 USD."""
    road_capital_per_km: float | None = Field(default=None, ge=0)
    """Capital of an access road on level open ground [currency km-1]; default: the same tool, 40,000 USD."""
    reinforcement_capital_per_mw: float | None = Field(default=None, ge=0)
    """Capital of capacity at a node that has none to spare [currency MW-1]; default: 175,000 USD, the middle of what
    transmission adds to wind and solar (Gorman, Mills, Wiser 2019, doi:10.1016/j.enpol.2019.110994)."""
    routes: int = Field(default=20, ge=0, le=1000)
    """Sites of each technology whose routes are drawn, those of the lowest cost with connection [1]."""


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
    connection: Connection = Connection()
    """How sites reach the grid and roads."""
    lcoe_ceiling: float = Field(default=100.0, gt=0)
    """Highest levelised cost, connection included, that counts as economic [currency MWh-1]; an assumption, no official
    ceiling is known."""
