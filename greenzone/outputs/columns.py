"""What a column of the site table means, and how it is shown: name in words, unit, colours, bounds.

Comes in: the name of a column. Goes out: a `Meaning`, the same for every map, style and figure.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import MaxNLocator

from greenzone.technologies import TECHNOLOGIES

# Okabe and Ito's palette, distinguishable by the colour-blind.
COLOURS = {
    "solar": "#E69F00",
    "wind": "#56B4E9",
    "hydro": "#0072B2",
    "geothermal": "#D55E00",
    "bioenergy": "#009E73",
}
OTHER_COLOUR = "#CC79A7"
NAMED = re.compile(rf"^({'|'.join(TECHNOLOGIES)})_(.+)$")


class Meaning(NamedTuple):
    """Name in words, unit ("" where there is none), colour map, and bounds where they are fixed."""

    words: str
    unit: str
    ramp: str
    low: float | None = None
    high: float | None = None

    @property
    def label(self) -> str:
        """Words and unit, as they stand at a colour bar."""
        return f"{self.words} [{self.unit}]" if self.unit else self.words


# All ramps have even steps of lightness, so that they can be told apart without red-green vision and in grey;
# costs run the other way, so that good is bright everywhere.
BY_VARIABLE = {
    "score": Meaning("score", "", "viridis", 0.0, 1.0),
    "top_probability": Meaning("probability of being among the best whatever the weights", "", "viridis", 0.0, 1.0),
    "eligible_fraction": Meaning("eligible share of the land", "", "viridis", 0.0, 1.0),
    "capacity_mw": Meaning("capacity", "MW", "viridis"),
    "capacity_factor": Meaning("capacity factor", "", "viridis"),
    "energy_gwh": Meaning("energy", "GWh/year", "viridis"),
    **{
        f"{key}_p{p}_gwh": Meaning(f"{words}, percentile {p}", "GWh/year", "viridis")
        for key, words in (("energy", "energy"), ("theoretical", "theoretical potential"))
        for p in (10, 50, 90)
    },
    "heat_flow": Meaning("heat flow at the surface", "mW/m2", "inferno"),
    "favourability": Meaning("how much speaks for a reservoir", "", "viridis", 0.0, 1.0),
    "lcoe": Meaning("LCOE of the plant", "{currency}/MWh", "viridis_r"),
    "lcoe_connected": Meaning("LCOE with connection", "{currency}/MWh", "viridis_r"),
}
BY_NAME = {
    "area_km2": Meaning("area of the site", "km2", "cividis"),
    "distance_grid": Meaning("route to the grid", "km", "viridis_r"),
    "connection_cost": Meaning("capital of the connection", "{currency}/kW", "viridis_r"),
    "connection_om": Meaning("upkeep of the connection", "{currency}/kW/year", "viridis_r"),
    "ghi": Meaning("global horizontal irradiation", "kWh/m2/day", "inferno"),
    "wind_speed_100m": Meaning("mean wind speed at 100 m", "m/s", "viridis"),
    "temp_air": Meaning("mean air temperature", "degC", "plasma"),
    "elevation": Meaning("elevation", "m", "cividis"),
    "slope": Meaning("slope", "degree", "magma_r"),
    "distance_settlement": Meaning("distance to the nearest settlement", "km", "viridis_r"),
}


def meaning(column: str, currency: str = "USD") -> Meaning:
    """What a column means.

    Parameters
    ----------
    column : str
        A column of `site_table`, or a layer of the sites.
    currency : str
        That of the scenario.

    Returns
    -------
    Meaning
        For an unknown column its own name in words, without unit.
    """
    plain = Meaning(column.replace("_", " "), "", "viridis")
    if column in BY_NAME:
        found = BY_NAME[column]
    elif named := NAMED.match(column):
        technology, variable = named.groups()
        criterion = variable.removeprefix("score_").replace("_", " ")
        part = plain._replace(words=f"part of the score from {criterion}", low=0.0)
        found = BY_VARIABLE.get(variable, part if variable.startswith("score_") else _underground(variable) or plain)
        if found is not plain:
            found = found._replace(words=f"{technology}: {found.words}")
    else:
        found = plain
    return found._replace(unit=found.unit.format(currency=currency))


def _underground(variable: str) -> Meaning | None:
    """Temperature at any depth, as `temperature_at_3km`."""
    depth = variable.removeprefix("temperature_at_").removesuffix("km")
    if not variable.startswith("temperature_at_") or not depth.replace(".", "").isdigit():
        return None
    return Meaning(f"temperature {depth} km below the surface", "degC", "inferno")


def bounds(values: np.ndarray, known: Meaning) -> tuple[float, float]:
    """Lowest and highest value of the colours: the fixed ones, else those between which 98 % of the values lie."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    low, high = np.percentile(values, [1, 99]) if values.size else (0.0, 1.0)
    low = float(low) if known.low is None else known.low
    high = float(high) if known.high is None else known.high
    return (low, high) if high > low else (low, low + 1.0)


def classes(low: float, high: float, number: int = 7) -> np.ndarray:
    """Round edges of about `number` classes that hold `low` and `high`."""
    return np.asarray(MaxNLocator(number, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high), float)


def ramp(name: str, number: int) -> list[tuple[int, int, int]]:
    """Red, green and blue, 0 to 255, of evenly spaced colours of a colour map."""
    colours = colormaps[name](np.linspace(0, 1, number))[:, :3]
    return [(int(red), int(green), int(blue)) for red, green, blue in np.rint(colours * 255)]


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#RRGGBB`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
