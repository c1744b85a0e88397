"""Hydropower: run-of-river plants found on the terrain, from runoff to energy."""

from greenzone.technologies.hydro.api import (
    budyko_runoff,
    diversion_power,
    flow_duration_curve,
    friction_loss,
    net_head,
    penstock_diameter,
    power,
    turbine_efficiency,
)
from greenzone.technologies.hydro.estimate import estimate
from greenzone.technologies.hydro.model import plant_energy
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.turbine import choose_turbine

__all__ = [
    "Options", "budyko_runoff", "choose_turbine", "diversion_power", "estimate", "flow_duration_curve", "friction_loss",
    "net_head", "penstock_diameter", "plant_energy", "power", "turbine_efficiency",
]  # fmt: skip
