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


class Store(Options):
    """Power and size of a store."""

    power_mw: float = Field(ge=0)
    """Power of charging and of discharging [MW]."""
    energy_mwh: float = Field(ge=0)
    """Energy that it holds [MWh]."""


class SupplyScenario(Options):
    """A mix of capacities held against demand."""

    name: str = Field(min_length=1)
    """Name of the mix in the outputs; no two share one."""
    capacity_mw: dict[TechnologyName, Capacity]
    """Capacity wanted of each technology [MW]; what does not fit on eligible land is not built."""
    demand_gwh: float | None = Field(default=None, gt=0)
    """Demand of this mix [GWh year-1], where it differs from that of the section."""
    storage: dict[StoreName, Store] = Field(default={})
    """Stores by kind, used in the order in which they stand here; efficiencies come from the storage table."""
    export_limit_mw: float = Field(default=0.0, ge=0)
    """What the line out of the zone can carry [MW]; surplus beyond it is curtailed. 0 where nothing is known."""


def _mix(name: str, **capacity_mw: float) -> SupplyScenario:
    return SupplyScenario(name=name, capacity_mw={tech: mw for tech, mw in capacity_mw.items() if tech in TECHNOLOGIES})


DEFAULT_SCENARIOS = (
    _mix("existing-2025", hydro=307.0),
    _mix("announced", solar=340.0, wind=240.0, hydro=307.0),
    _mix("plan-1600", solar=860.0, wind=240.0, hydro=500.0),
    _mix("published-potential", solar=7200.0, wind=2000.0, hydro=500.0),
)


class Supply(Options):
    """Demand of the zone and the capacity mixes held against it, hour by hour."""

    demand_gwh: float = Field(default=229.0, gt=0)
    """Demand of the zone [GWh year-1]; 200 to 229 were used there in 2024 (trend.az 3990037, 4106174): assumed."""
    demand_file: Path | None = None
    """Hourly demand as CSV with the columns `time` (UTC) and `demand_mw` [MW] in place of the shape that is assumed."""
    scenarios: tuple[SupplyScenario, ...] = DEFAULT_SCENARIOS
    """Capacity mixes. Defaults: hydro of 2025 (38 plants, 307 MW); with Shafag, Ufug, Shams (340 MW) and Kalbajar wind
    (240 MW) as announced; the planned 1.6 GW, split by assumption; the published potential as if it were all built."""

    @model_validator(mode="after")
    def _names_differ(self) -> Supply:
        names = [scenario.name for scenario in self.scenarios]
        if len(set(names)) < len(names):
            raise ValueError(f"two scenarios are called '{next(name for name in names if names.count(name) > 1)}'")
        return self
