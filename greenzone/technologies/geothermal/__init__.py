"""Geothermal energy: temperature under ground, heat in place, power and heat of prospects, springs."""

from greenzone.technologies.geothermal.conventions import hip_recovered_heat, method_spread
from greenzone.technologies.geothermal.estimate import estimate
from greenzone.technologies.geothermal.fairway import favourability, power_density
from greenzone.technologies.geothermal.heatflow import fit_variogram, krige, leave_one_out, merge_places
from greenzone.technologies.geothermal.model import (
    exergy_power,
    flash_specific_power,
    heat_in_place,
    heat_power,
    orc_rejection_temperature,
    orc_specific_power,
    spring_power,
    thermal_power,
    wellhead_flow,
)
from greenzone.technologies.geothermal.options import HeatFlowPoint, Options, Prospect
from greenzone.technologies.geothermal.temperature import Column, read_column, temperature_at_depth

__all__ = [
    "Column",
    "HeatFlowPoint",
    "Options",
    "Prospect",
    "estimate",
    "exergy_power",
    "favourability",
    "fit_variogram",
    "flash_specific_power",
    "heat_in_place",
    "heat_power",
    "hip_recovered_heat",
    "krige",
    "leave_one_out",
    "merge_places",
    "method_spread",
    "orc_rejection_temperature",
    "orc_specific_power",
    "power_density",
    "read_column",
    "spring_power",
    "temperature_at_depth",
    "thermal_power",
    "wellhead_flow",
]
