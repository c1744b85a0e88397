"""Wind power: output of turbines from wind, temperature and pressure, and what a zone can hold of them."""

from greenzone.technologies.wind.estimate import (
    capacity_factor,
    group_capacity_factor,
    mean_capacity_factor,
    monthly_hourly_capacity_factor,
    weibull_capacity_factor,
)
from greenzone.technologies.wind.hub_wind import log_law_wind, two_height_wind
from greenzone.technologies.wind.options import Options
from greenzone.technologies.wind.plant import tip_height
from greenzone.technologies.wind.potential import estimate
from greenzone.technologies.wind.shapes import smoothed, storm_ramp
from greenzone.technologies.wind.turbines import Turbine, custom_turbine, read_turbine, turbine, turbine_names

__all__ = [
    "Options",
    "Turbine",
    "capacity_factor",
    "custom_turbine",
    "estimate",
    "group_capacity_factor",
    "log_law_wind",
    "mean_capacity_factor",
    "monthly_hourly_capacity_factor",
    "read_turbine",
    "smoothed",
    "storm_ramp",
    "tip_height",
    "turbine",
    "turbine_names",
    "two_height_wind",
    "weibull_capacity_factor",
]
