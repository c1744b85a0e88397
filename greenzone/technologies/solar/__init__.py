"""Solar photovoltaics: output of fixed and tracking panels from irradiance, and what a zone can hold of them."""

from greenzone.technologies.solar.estimate import (
    capacity_factor,
    climatology,
    grouped_capacity_factor,
    mean_capacity_factor,
    optimal_tilt,
    plane_of_array,
)
from greenzone.technologies.solar.losses import snow_loss, soiling_loss
from greenzone.technologies.solar.mounts import DualAxis, FixedTilt, SingleAxis
from greenzone.technologies.solar.options import Options, System
from greenzone.technologies.solar.potential import estimate

__all__ = [
    "DualAxis",
    "FixedTilt",
    "Options",
    "SingleAxis",
    "System",
    "capacity_factor",
    "climatology",
    "estimate",
    "grouped_capacity_factor",
    "mean_capacity_factor",
    "optimal_tilt",
    "plane_of_array",
    "snow_loss",
    "soiling_loss",
]
