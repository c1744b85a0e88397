"""Solar photovoltaics: output of fixed panels from irradiance, and what a zone can hold of them."""

from greenzone.technologies.solar.estimate import capacity_factor, mean_capacity_factor, optimal_tilt
from greenzone.technologies.solar.options import Options, System
from greenzone.technologies.solar.potential import estimate

__all__ = ["Options", "System", "capacity_factor", "estimate", "mean_capacity_factor", "optimal_tilt"]
