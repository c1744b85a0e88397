"""What a solar plant is made of and how densely it is built: a scenario's choices, each with unit and source."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from greenzone import schema


class System(schema.Options):
    """A photovoltaic system of any size; powers are relative to its AC rating."""

    dc_ac_ratio: float = Field(1.2, gt=0, le=3)
    """Module capacity (MWp) over inverter capacity (MW) [1]; Shafag, Jabrayil: 288 MWp on 240 MW (azernews 222128)."""
    losses: float = Field(0.14, ge=0, lt=1)
    """Share of DC power lost in soiling, mismatch, wiring, ageing, downtime [1]; Dobos (2014), NREL/TP-6A20-62641."""
    temperature_coefficient: float = Field(-0.0037, ge=-0.02, le=0)
    """Change of DC power per kelvin above 25 degC [K-1]; PVWatts v8 standard crystalline silicon."""
    inverter_efficiency: float = Field(0.96, gt=0, le=1)
    """Nominal efficiency of the inverter [1]; PVWatts v5, Dobos (2014)."""
    albedo: float = Field(0.2, ge=0, le=1)
    """Share of the light that the ground throws back [1]; PVWatts v5 default."""
    sky: Literal["isotropic", "haydavies"] = "haydavies"
    """Model of the diffuse sky: isotropic, or Hay and Davies (1980)."""
    iam: Literal["physical", "ashrae", "none"] = "physical"
    """Reflection of slanting light: De Soto et al. (2006), ASHRAE 93-77, or none."""
    faiman_u0: float = Field(25.0, gt=0)
    """Constant heat loss of the modules [W m-2 K-1]; Faiman (2008), doi:10.1002/pip.813."""
    faiman_u1: float = Field(6.84, ge=0)
    """Heat loss by wind [W s m-3 K-1], wind at 10 m; Faiman (2008), doi:10.1002/pip.813."""


class Options(System):
    """Solar in a scenario: the system, its tilt, and how much of the eligible land it takes."""

    tilt: Literal["optimal"] | float = "optimal"
    """Tilt of the panels from horizontal [degree]; "optimal" is the tilt of the highest yield, found on the weather."""
    azimuth: float = Field(180.0, ge=0, le=360)
    """Direction the panels face [degree clockwise from north]."""
    land_share: float = Field(0.10, ge=0, le=1)
    """Share of the eligible land that is really built on [1]: an assumption; ENSPRESO's reference case takes 0.03
    (Ruiz et al. 2019, doi:10.1016/j.esr.2019.100379)."""
    capacity_density_mw_km2: float = Field(29.9, gt=0, le=300)
    """AC capacity on land that is built on [MW km-2]; Shafag: 240 MW on 8.02 km2 (azernews 222128). Jabrayil Ufug
    and Shams: 100 MW on 2.29 km2 = 43.7 (report.az)."""
    resource_classes: tuple[float, ...] = (0.12, 0.14, 0.16, 0.18, 0.20, 0.22)
    """Bounds between resource classes, in capacity factor on AC capacity [1]; the same for every zone."""
