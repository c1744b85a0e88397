"""The `supply` section: demand, and the capacity mixes held against it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from greenzone.config.technologies import TechnologyName
from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES

StoreName = Literal["battery", "pumped_hydro"]
Capacity = Annotated[float, Field(ge=0)]
Population = Literal["low", "reference", "high"]
Sector = Literal[
    "households", "services", "industry", "agriculture", "irrigation", "transport", "mining", "reconstruction",
    "heat_pumps",
]  # fmt: skip


class Store(Options):
    """Power and size of a store."""

    power_mw: float = Field(ge=0)
    """Power of charging and of discharging [MW]."""
    energy_mwh: float = Field(ge=0)
    """Energy that it holds [MWh]."""


class DemandResponse(Options):
    """Demand that can wait."""

    share: float = Field(gt=0, le=1)
    """Share of every hour's demand that can wait [1]."""
    window_hours: int = Field(default=4, ge=1, le=168)
    """Hours after which it must be served in any case [hour]."""


class Hybrid(Options):
    """Plants that share one connection to the grid."""

    technologies: tuple[TechnologyName, ...] = Field(min_length=1)
    """Technologies of the mix that stand behind the connection, whole."""
    connection_mw: float = Field(gt=0)
    """What the connection carries [MW]; what plants give beyond it is lost, or charges their battery."""
    battery: Store | None = None
    """A battery of their own behind the connection, beside those of the mix; it gives back as soon as there is room."""


class Management(Options):
    """Modern energy management: switches whose worth is reported, each by leaving it out."""

    demand_response: DemandResponse | None = None
    """Part of demand waits for generation."""
    ev_charging: Literal["uncontrolled", "smart"] = "uncontrolled"
    """Whether cars charge when they come home or wait for generation, up to `ev_window_hours`."""
    ev_window_hours: int = Field(default=8, ge=1, le=24)
    """Hours by which a car's charging can wait [hour]: a night at home, an assumption."""
    foresight: Literal["none", "day_ahead", "perfect"] = "none"
    """What the dispatch of stores knows: nothing (surplus charges, deficit discharges), the next two days, the year."""
    hybrid: Hybrid | None = None
    """Plants behind one connection."""
    islanded: bool = False
    """Every district alone, without lines between them; the table district_demand shares out demand and stores."""
    reserve_margin: float | None = Field(default=None, ge=0, le=2)
    """Firm capacity wanted over the highest demand, less 1 [1]; what lacks is reported."""


class Ranges(Options):
    """Draws of demand, resource and costs by the table ensemble_ranges, from which every mix gets its ranges; with its
    energy management but for foresight, which is left out of them."""

    enabled: bool = True
    """Whether each mix gets P10, P50 and P90 of its yearly results, and what drives them."""
    draws: int = Field(default=128, ge=8, le=65_536)
    """Base draws, best a power of two [1]; with them go as many for each parameter and once more, so that a mix of
    five technologies is reckoned 13 times as often."""
    island_draws: int = Field(default=32, ge=8, le=65_536)
    """Base draws of islanded mixes, if fewer [1]: each of them is reckoned for every district."""
    seed: int = Field(default=1, ge=0)
    """The same seed gives the same draws [1]."""


class SupplyScenario(Options):
    """A mix of capacities held against demand."""

    name: str = Field(min_length=1)
    """Name of the mix in the outputs; no two share one."""
    capacity_mw: dict[TechnologyName, Capacity]
    """Capacity wanted of each technology [MW]; what does not fit on eligible land is not built."""
    demand_gwh: float | None = Field(default=None, gt=0)
    """Demand of this mix [GWh year-1], where it differs from that of the section; the sectors are scaled to it."""
    year: int | None = Field(default=None, ge=2025, le=2050)
    """Calendar year whose demand is met [year], where it differs from that of the section."""
    population: Population | None = None
    """Path of the population, where it differs from that of the section."""
    dry_year: float | None = Field(default=None, gt=0, lt=1)
    """Share of years that have more water and harvest than this one [1]: 0.9 is a dry year, 0.5 a middling one."""
    storage: dict[StoreName, Store] = Field(default={})
    """Stores by kind, used in the order in which they stand here; efficiencies come from the storage table."""
    export_limit_mw: float = Field(default=0.0, ge=0)
    """What the line out of the zone can carry [MW]; surplus beyond it is curtailed. 0 where nothing is known."""
    management: Management = Management()
    """Modern energy management; none by default."""


def _mix(name: str, **capacity_mw: float) -> SupplyScenario:
    return SupplyScenario(name=name, capacity_mw={tech: mw for tech, mw in capacity_mw.items() if tech in TECHNOLOGIES})


DEFAULT_SCENARIOS = (
    _mix("existing-2025", hydro=292.0),
    _mix("announced", solar=340.0, wind=240.0, hydro=307.0),
    _mix("plan-1600", solar=860.0, wind=240.0, hydro=500.0),
    _mix("published-potential", solar=7200.0, wind=2000.0, hydro=500.0),
)


class Supply(Options):
    """Demand of the zone and the capacity mixes held against it, hour by hour."""

    demand_gwh: float = Field(default=229.0, gt=0)
    """Demand of the zone in 2025, grid losses included [GWh year-1]; 200 to 229 were used there in 2024 (trend.az
    3990037, 4106174): assumed."""
    year: int = Field(default=2025, ge=2025, le=2050)
    """Calendar year whose demand is met [year]; the sectors grow as in the table demand_sectors."""
    population: Population = "reference"
    """Path of the population in the table demand_sectors."""
    sector_gwh: dict[Sector, Capacity] = Field(default={})
    """Energy of sectors at the consumer, in place of that of the table, in every year [GWh year-1]."""
    demand_file: Path | None = None
    """Hourly demand as CSV with the columns `time` (UTC) and `demand_mw` [MW] in place of demand by sector."""
    deficit_price: float = Field(default=60.0, ge=0)
    """What energy from outside the zone costs, in the currency of the section economics [currency MWh-1]: an assumption
    behind the worth of energy management."""
    reservoirs: bool = True
    """Whether plants that stand at dams of the table `reservoirs` keep water back for hours in which it is missing, as
    much as their usable volume holds. In fact irrigation decides in summer when water leaves: read it as the most they
    can do. Behind a shared connection (`hybrid`) they run as the water does."""
    fuel_stores: bool = True
    """Whether bioenergy plants burn their fuel in hours in which energy is missing, as far as the stores of the table
    `bioenergy_conversion` go; the least load of boilers is left out of account. Otherwise, and behind a shared
    connection (`hybrid`), they follow the evening peak of their profile."""
    ranges: Ranges = Ranges()
    """What is uncertain about each mix."""
    scenarios: tuple[SupplyScenario, ...] = DEFAULT_SCENARIOS
    """Capacity mixes. Defaults: hydro of 2025 (270 MW until 29 May, 307 MW after: 292 MW on the mean of the year); all
    38 plants with Shafag, Ufug, Shams (340 MW) and Kalbajar wind (240 MW) as announced; the planned 1.6 GW, split by
    assumption; the published potential as if it were all built."""

    @model_validator(mode="after")
    def _names_differ(self) -> Supply:
        names = [scenario.name for scenario in self.scenarios]
        if len(set(names)) < len(names):
            raise ValueError(f"two scenarios are called '{next(name for name in names if names.count(name) > 1)}'")
        return self

    @model_validator(mode="after")
    def _cars_are_known(self) -> Supply:
        if self.demand_file is not None:
            for mix in self.scenarios:
                if mix.management.ev_charging == "smart":
                    raise ValueError(
                        f"scenario '{mix.name}' charges cars smartly, but a demand file does not tell of cars"
                    )
        return self
