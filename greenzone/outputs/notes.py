"""What a reader must know before using the figures: caveats of each technology, weather, uncertainty."""

from __future__ import annotations

from greenzone.outputs.view import RunView

WIND = "Wind energy is uncertain by about 50 % until a mast or a fine wind atlas says otherwise."
DEMAND = "Demand is an assumption: no metered load of the zone is published."


def weather_label(run: RunView) -> str:
    """Where the hourly weather comes from, in the words of the layer itself."""
    return str(run.layers.weather.attrs.get("source", "not stated"))


def uncertainty(run: RunView) -> list[str]:
    """Statements of uncertainty that belong to every output of the run."""
    statements = [f"Weather: {weather_label(run)}."]
    if "wind" in run.potentials:
        statements.append(WIND)
    statements.append(DEMAND)
    return statements


def technology_notes(run: RunView) -> dict[str, list[str]]:
    """Caveats by technology."""
    return {name: list(potential.notes) for name, potential in run.potentials.items()}
