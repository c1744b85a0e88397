"""greenzone: where in a zone renewable energy can stand, what it gives and costs, and whether it supplies the zone.

    import greenzone as gz

    run = gz.run(gz.read_config("configs/baseline.yaml"))
    gz.wind.capacity_factor(weather, turbine="E-126/4200", hub_height=135)

The names below are loaded when first used, so that the command line starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from greenzone.errors import GreenzoneError

if TYPE_CHECKING:
    from greenzone.config import read_config
    from greenzone.grid import SiteGrid
    from greenzone.layers.weather.mapped import open_weather
    from greenzone.pipeline import Run, run
    from greenzone.technologies import bioenergy, geothermal, hydro, solar, wind

__version__ = "0.1.0"

_HOMES = {
    "read_config": "greenzone.config",
    "SiteGrid": "greenzone.grid",
    "open_weather": "greenzone.layers.weather.mapped",
    "Run": "greenzone.pipeline",
    "run": "greenzone.pipeline",
}
_TECHNOLOGIES = ("solar", "wind", "hydro", "geothermal", "bioenergy")

__all__ = [
    "GreenzoneError",
    "Run",
    "SiteGrid",
    "bioenergy",
    "geothermal",
    "hydro",
    "open_weather",
    "read_config",
    "run",
    "solar",
    "wind",
]


def __getattr__(name: str) -> Any:
    if name in _TECHNOLOGIES:
        return import_module(f"greenzone.technologies.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'greenzone' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
