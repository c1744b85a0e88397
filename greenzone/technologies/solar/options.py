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
    """Share of DC power lost to soiling, mismatch, wiring, connections, first light, nameplate, shading and downtime
    [1]; PVWatts v5 (Dobos 2014, NREL/TP-6A20-62641: 14.08 %) and PVGIS 5 (14 %)."""
    degradation: float = Field(0.005, ge=0, le=0.1)
    """Loss of output per year of age [1]; Jordan and Kurtz (2013), doi:10.1002/pip.1182, median of silicon modules."""
    lifetime: float = Field(0.0, ge=0, le=60)
    """Years of operation over which the output is averaged [year]; 0 is the plant when new."""
    module: str = "standard"
    """Module type of `data/tables/solar_modules.csv` (standard, premium, thin_film), or a module's name in the library
    of the California Energy Commission that comes with pvlib, computed with its single-diode model."""
    temperature_coefficient: float | None = Field(None, ge=-0.02, le=0)
    """Change of DC power per kelvin above 25 degC [K-1] in place of the module type's."""
    inverter_efficiency: float = Field(0.96, gt=0, le=1)
    """Nominal efficiency of the inverter [1]; PVWatts v5, Dobos (2014), NREL/TP-6A20-62641."""
    albedo: float = Field(0.2, ge=0, le=1)
    """Share of the light that the ground throws back [1]; PVWatts v5, Dobos (2014), NREL/TP-6A20-62641."""
    sky: Literal["isotropic", "haydavies", "perez"] = "haydavies"
    """Diffuse sky: of one brightness; Hay and Davies (1980); Perez et al. (1990), doi:10.1016/0038-092X(90)90055-H."""
    iam: Literal["physical", "ashrae", "martin_ruiz", "none"] = "physical"
    """Reflection of slanting light: De Soto et al. (2006), doi:10.1016/j.solener.2005.06.010; ASHRAE 93-77; Martin and
    Ruiz (2001), doi:10.1016/S0927-0248(00)00408-6; or none."""
    cooling: str = "faiman"
    """Temperature of the cells: an entry of `data/tables/solar_cooling.csv` (faiman, floating_open, floating_closed) or
    "sapm_..." and "pvsyst_..." with a parameter set of pvlib, e.g. "sapm_open_rack_glass_glass"."""
    gcr: float | None = Field(None, gt=0, lt=1)
    """Width of the rows over their distance [1]; with it rows shade each other and the ground (infinite sheds)."""
    bifaciality: float = Field(0.0, ge=0, le=1)
    """Output of the back over that of the front in the same light [1]; needs `gcr`."""
    rear_losses: float = Field(0.02, ge=0, lt=1)
    """Share of the light on the back that racks keep away [1]; pvlib.bifacial.infinite_sheds, shade_factor."""
    row_width: float = Field(4.0, gt=0, le=30)
    """Width of a row along its slope [m]: two modules of 2 m upright."""
    row_height: float = Field(1.8, gt=0, le=20)
    """Height of the rows' middle line above ground [m]."""


class Options(System):
    """Solar in a scenario: the system, its mounting, and how much of the eligible land it takes."""

    variant: Literal["ground", "floating", "agrivoltaic", "vertical"] = "ground"
    """Set of values of `data/tables/solar_variants.csv` in place of those defaults that a scenario leaves alone."""
    mounting: Literal["fixed", "single_axis", "dual_axis"] = "fixed"
    """Fixed panels, panels that turn about a level axis and back from each other's shade, or panels facing the sun."""
    tilt: Literal["optimal"] | float = "optimal"
    """Tilt of fixed panels from horizontal [degree]; "optimal" is that of the highest yield, found on the weather."""
    azimuth: float = Field(180.0, ge=0, le=360)
    """Direction that fixed panels face, or in which the axis of turning ones points [degree clockwise from north]."""
    max_angle: float = Field(60.0, gt=0, le=90)
    """Largest rotation of single-axis trackers [degree]; common to the market leaders' data sheets (55 to 60)."""
    tracker_gcr: float = Field(0.4, gt=0, lt=1)
    """Width of tracked rows over their distance, where `gcr` is not given [1]; SAM's default for trackers is 0.3;
    assumption: a little above it. The median of built plants with trackers in the United States, 0.24 MW DC an acre
    (Bolinger and Bolinger 2022, doi:10.1109/JPHOTOV.2021.3136805), is 0.33 with modules of 180 W/m2."""
    land_share: float = Field(0.10, ge=0, le=1)
    """Share of the eligible land that is really built on [1]: an assumption; ENSPRESO's reference case takes 0.03
    (Ruiz et al. 2019, doi:10.1016/j.esr.2019.100379)."""
    capacity_density_mw_km2: float = Field(29.9, gt=0, le=300)
    """AC capacity on land that is built on [MW km-2]; Shafag: 240 MW on 8.02 km2 (azernews 222128). Jabrayil Ufug
    and Shams: 100 MW on 2.29 km2 = 43.7 (report.az)."""
    resource_classes: schema.ClassBounds = (0.12, 0.14, 0.16, 0.18, 0.20, 0.22)
    """Bounds between resource classes, in capacity factor on AC capacity [1]; the same for every zone."""
