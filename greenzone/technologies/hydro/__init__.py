"""Hydropower: run-of-river plants found on the terrain, from runoff to energy."""

from greenzone.technologies.hydro.estimate import estimate
from greenzone.technologies.hydro.options import Options

__all__ = ["Options", "estimate"]
