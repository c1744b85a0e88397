"""Wind power: output of turbines from wind, temperature and pressure, and what a zone can hold of them."""

from greenzone.technologies.wind.estimate import capacity_factor, mean_capacity_factor
from greenzone.technologies.wind.options import Options
from greenzone.technologies.wind.potential import estimate
from greenzone.technologies.wind.turbines import Turbine, custom_turbine, turbine, turbine_names

__all__ = [
    "Options",
    "Turbine",
    "capacity_factor",
    "custom_turbine",
    "estimate",
    "mean_capacity_factor",
    "turbine",
    "turbine_names",
]
