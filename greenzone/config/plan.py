"""The `plan` section: the least-cost plan, whether it is made and under which limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from greenzone.config.supply import StoreName
from greenzone.config.technologies import TechnologyName
from greenzone.schema import Options

Megawatt = Annotated[float, Field(ge=0)]
Year = Annotated[int, Field(ge=2020, le=2100)]


class PlannedStorage(Options):
    """A kind of store that the plan may build; costs and efficiencies come from the table `storage_costs`."""

    hours: float | None = Field(default=None, gt=0, le=10_000)
    """Hours of its power that fit into it [hour]; by default those of the table `plan_figures`: 4 for a battery, 10
    for pumped hydro (NREL Annual Technology Baseline 2024)."""
    max_mw: float | None = Field(default=None, ge=0)
    """Most that may be built in the zone [MW]; by default the pumped-storage pairs that were found, and no limit for
    batteries."""


class Plan(Options):
    """The plan of least cost that serves the zone, its years, its grid and its limits."""

    enabled: bool = False
    """Whether the plan is made; it takes from seconds to minutes."""
    network: Literal["zone", "districts"] = "zone"
    """Whether the zone is one place, or lines between districts carry only so much."""
    weeks: int | None = Field(default=None, ge=1, le=52)
    """Number of typical weeks that stand for the year [1]; by default every hour counts. Stores then end each week as
    full as they began it: energy is not carried from season to season."""
    green_share: float = Field(default=1.0, ge=0, le=1)
    """Least share of what the zone uses that is not imported [1]; the zone's own measure is that every kWh is green."""
    every_hour: bool = False
    """Whether the share holds in every hour, or over the year."""
    years: tuple[Year, ...] = ()
    """Years in which plants are built, rising [year]; each keeps what was built before. Land that is eligible by then
    comes from `eligibility.years` where they name the year too. By default there is one plan."""
    foresight: bool = False
    """Whether each of `years` knows of those after it: all are planned together for the least cost, discounted by
    `economics.wacc`; the last year stands for as many years as the one before. Long years look ahead at a step of some
    hours, and each then adds what its hours need; where that comes out no cheaper, and by default, each is planned as
    if it were the last."""
    demand_gwh: dict[Year, Annotated[float, Field(gt=0)]] = Field(default={})
    """Demand in some years [GWh year-1]; linear between them, level beyond. By default the sectors' in each of `years`,
    or that of `supply`."""
    demand_share: dict[str, Annotated[float, Field(ge=0)]] = Field(default={})
    """Weight of each district in demand [1]; by default its area: where the returning people settle is not known."""
    at_least_mw: dict[TechnologyName, Megawatt] = Field(default={})
    """Capacity that is built in any case, such as announced projects [MW]; what exists already counts."""
    storage: dict[StoreName, PlannedStorage] = Field(
        default={"battery": PlannedStorage(), "pumped_hydro": PlannedStorage()}
    )
    """Stores that may be built."""
    reservoirs: bool = True
    """Whether plants at dams of the table `reservoirs` keep water back for when it is wanted, as much as their usable
    volume holds. In fact irrigation decides in summer when water leaves: read it as the most they can do."""
    lcoe_ceiling: float | None = Field(default=None, gt=0)
    """Highest mean cost of a group of sites, connection included, that may be built on [currency MWh-1]."""
    cost_ceiling: float | None = Field(default=None, gt=0)
    """Most that the plan may cost [currency year-1]."""
    import_price: float | None = Field(default=None, ge=0)
    """Price of energy from outside [currency MWh-1]; default: the tariff of industry, 10.6 gapik per kWh of 2025."""
    export_price: float | None = None
    """Price of energy that leaves the zone [currency MWh-1]; default: Azerbaijan's mean in January 2025."""
    export_limit_mw: float | None = Field(default=0.0, ge=0)
    """What may leave the zone at any time [MW]; null for what the lines out of it carry. By default nothing does."""
    import_limit_mw: float | None = Field(default=None, ge=0)
    """What may come in at any time [MW]; by default what the lines carry, and without a network no limit."""
    lines: Path | None = None
    """Lines as a CSV file with the columns `line start end limit_mw` and, if known, `length_km loss_per_100km`; `end`
    is `outside` for lines out of the zone. By default the table `grid_lines`, parts of it approximate."""
    slack: float = Field(default=0.05, ge=0, le=1)
    """How much dearer the alternatives may be whose span of mixes is told [1]; 0 for none."""

    @model_validator(mode="after")
    def _years_rise(self) -> Plan:
        if any(later <= earlier for earlier, later in zip(self.years, self.years[1:], strict=False)):
            raise ValueError("'years' must rise")
        return self

    @model_validator(mode="after")
    def _ceiling_is_of_one_year(self) -> Plan:
        if self.foresight and self.cost_ceiling is not None:
            raise ValueError(
                "'foresight' weighs the cost of all years together: leave out 'cost_ceiling', or foresight"
            )
        return self
