"""What a reader must know before using the figures: caveats of each technology, weather, uncertainty."""

from __future__ import annotations

from pathlib import Path

from greenzone.outputs.view import RunView
from greenzone.supply.reservoirs import FUEL_STORE

WIND = "Wind energy is uncertain by about 50 % until a mast or a fine wind atlas says otherwise."
DEMAND = "Demand is an assumption, for no metered load of the zone is published: {energy}, {shape}."
LCOE = (
    "LCOE is that of the plant; LCOE connected adds the site's cheapest line to the grid, before sites compete for "
    "the spare capacity of its nodes as they do in the supply curve."
)

OWN_COSTS = (
    "Costs that the scenario names for {names} hold for sites, zones and the supply curve; lists of single plants and "
    "prospects keep the cost model of their technology."
)
WATER = (
    "In the supply scenarios the plants at {names} keep water back for hours in which energy is missing, as far as the "
    "usable volume goes. In fact irrigation decides in summer when water leaves: it is the most they can do "
    "(supply.reservoirs)."
)
FUEL = (
    "In the supply scenarios bioenergy plants burn their fuel in hours in which energy is missing, as far as their "
    "stores go; boilers that cannot run as low as that are left out of account: it is the most they can do "
    "(supply.fuel_stores)."
)
LISTED = ("hydro", "geothermal", "bioenergy")  # technologies that tell the cost of single plants


def weather_label(run: RunView) -> str:
    """Where the hourly weather comes from, in the words of the layer itself; what is made up is called synthetic."""
    label = str(run.layers.weather.attrs.get("source", "not stated"))
    made_up = (run.config.get("weather") or {}).get("source") == "generator"
    return f"synthetic, {label}" if made_up and "synthetic" not in label else label


def uncertainty(run: RunView) -> list[str]:
    """Statements of uncertainty that belong to every output of the run."""
    statements = [f"Weather: {weather_label(run)}."]
    if "wind" in run.potentials:
        statements.append(WIND)
    return [
        *statements,
        *terrain_notes(run),
        LCOE,
        *cost_notes(run),
        *run.connected.notes,
        demand_note(run),
        *reservoir_notes(run),
    ]


def reservoir_notes(run: RunView) -> list[str]:
    """Which plants of the supply scenarios keep water or fuel back, and what that leaves out of account."""
    table = run.scenarios
    if "quantity" not in table:
        return []
    held = table[(table["quantity"] == "inflow") & (table["value"] > 0)]
    names = list(dict.fromkeys(held["technology"]))
    dams = [name for name in names if not name.startswith(FUEL_STORE)]
    return [*([WATER.format(names=", ".join(dams))] if dams else []), *([FUEL] if len(dams) < len(names) else [])]


def cost_notes(run: RunView) -> list[str]:
    """Where two costs stand for one plant: the scenario's, and that of a list of plants."""
    named = (run.config.get("economics") or {}).get("costs") or {}
    both = [name for name in LISTED if name in run.potentials and named.get(name)]
    return [OWN_COSTS.format(names=" and ".join(both))] if both else []


def terrain_notes(run: RunView) -> list[str]:
    """What the terrain does to sun and wind, over all sites."""
    site = run.layers.site
    notes = []
    if "sky_view" in site:
        beam, sky = float(site["beam_shaded"].mean()), 1 - float(site["sky_view"].mean())
        notes.append(
            f"On a level plane the skyline hides {beam:.2%} of the beam and {sky:.2%} of the sky of the mean site, up "
            f"to {float(site['beam_shaded'].max()):.1%} and {1 - float(site['sky_view'].min()):.1%}."
        )
    if "wind_exposure" in site:
        low, high = float(site["wind_exposure"].min()) - 1, float(site["wind_exposure"].max()) - 1
        notes.append(f"Valleys and ridges change the mean wind of sites by {low:+.0%} to {high:+.0%}.")
    return notes


def demand_note(run: RunView) -> str:
    """What demand was assumed."""
    section = run.config.get("supply") or {}
    if section.get("demand_file"):
        return f"Demand is taken from {Path(str(section['demand_file'])).name}."
    energy = f"{section['demand_gwh']:g} GWh a year" if "demand_gwh" in section else "a figure for the year"
    return DEMAND.format(energy=energy, shape="spread over hours and months by an assumed shape")


def technology_notes(run: RunView) -> dict[str, list[str]]:
    """Caveats by technology."""
    return {name: list(potential.notes) for name, potential in run.potentials.items()}
