"""What a wind park is made of and how densely it is built: a scenario's choices, each with unit and source."""

from __future__ import annotations

import math

from pydantic import Field

from greenzone import schema


class Losses(schema.Options):
    """Losses of a park, each a share of what the one before it leaves; typical values with their sources.

    Reviews put the sum of a park at 10 to 25 % (Lee and Fields 2021, doi:10.5194/wes-6-311-2021).
    """

    wake_loss: float | None = Field(0.08, ge=0, lt=1)
    """Loss by the wakes of neighbours [1]; 5 to 15 % onshore, doi:10.5194/wes-6-311-2021. Without a number (null) a
    wake model gives it from the capacity density, hour by hour (Katic et al. 1986)."""
    availability_loss: float = Field(0.055, ge=0, lt=1)
    """Turbine, plant and grid out of service [1]; NREL SAM Windpower defaults 3.58, 0.5 and 1.5 %."""
    electrical_loss: float = Field(0.02, ge=0, lt=1)
    """Cables, transformers and own use [1]; NREL SAM Windpower defaults 1.91 and 0.1 %."""
    performance_loss: float = Field(0.039, ge=0, lt=1)
    """Turbines below their power curve, hysteresis at cut-out [1]; NREL SAM defaults 1.1, 1.7, 0.81 and 0.4 %."""
    icing_loss: float | None = Field(0.02, ge=0, lt=1)
    """Icing and soiling of blades [1]; up to 2 % of the yearly output at 2,330 m in the Alps (Barber et al. 2010,
    European Wind Energy Conference). Without a number (null) the IEA ice classes give it from the hours below 0 degC
    with at least 95 % humidity; the weather must then have relative_humidity."""

    @property
    def remaining(self) -> float:
        """What the losses given as numbers leave of the output. [1]"""
        losses = (
            self.wake_loss, self.availability_loss, self.electrical_loss, self.performance_loss, self.icing_loss
        )  # fmt: skip
        return math.prod(1 - (loss or 0.0) for loss in losses)


class Options(Losses):
    """Wind in a scenario: turbine and tower, losses, and how much of the eligible land it takes."""

    turbine: str = "V126/3300"
    """Turbine of windpowerlib's library, or a CSV file with the columns wind_speed [m s-1] and power [W]; the default
    is one of the few there of IEC class III (low wind), with 265 W per m2 of rotor, on towers of 117 or 137 m."""
    rotor_diameter: float | None = Field(None, gt=1, le=400)
    """Diameter of the rotor [m], needed where `turbine` is a file."""
    alternatives: tuple[str, ...] = ()
    """Further turbines of the library. Each site then takes the one with the highest capacity factor among those
    whose IEC class bears its mean and 50-year wind, or the strongest where none does."""
    hub_height: float = Field(117.0, ge=20, le=250)
    """Height of the hub above ground [m]; towers of the default turbine are 117 and 137 m."""
    shear_exponent: float = Field(0.143, ge=-0.2, le=1)
    """Exponent of the rise of wind with height [1], one seventh over open land: Justus and Mikhail (1976),
    doi:10.1029/GL003i005p00261; forest has 0.2 to 0.3, ridges less than 0.1."""
    cold_stop: float = Field(-20.0, ge=-60, le=0)
    """Air temperature at the hub below which the turbine stands still [degC]; -20 is the limit of the normal version,
    -30 of the cold-climate version (IEA Wind Recommended Practice 13, 2017)."""
    capacity_density_mw_km2: float = Field(5.0, gt=0, le=50)
    """Capacity on land that is taken [MW km-2], with the spaces between the turbines; 5 in ENSPRESO (Ruiz et al. 2019,
    doi:10.1016/j.esr.2019.100379); 3.0 +- 1.7 in built parks (Denholm et al. 2009, NREL/TP-6A2-45834)."""
    land_share: float = Field(0.3, ge=0, le=1)
    """Share of the eligible land that is really taken [1]: an assumption; PyPSA-Eur takes 0.3 for public acceptance
    (Hoersch et al. 2018, doi:10.1016/j.esr.2018.08.012)."""
    speed_uncertainty: float = Field(0.5, ge=0, lt=1)
    """Relative uncertainty of the mean wind of a site [1]: no mast and no fine atlas stand behind it. The totals low
    and high shift all sites together by half of it, as errors of single sites partly cancel over a zone; the land stays
    that of the rules."""
    resource_classes: schema.ClassBounds = (0.10, 0.15, 0.20, 0.25, 0.30, 0.35)
    """Bounds between resource classes, in capacity factor after losses [1]; the same for every zone."""
