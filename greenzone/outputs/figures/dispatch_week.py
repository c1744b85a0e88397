"""A week of a supply scenario, hour by hour: who generates, what stores do, what is missed.

Comes in: findings. Goes out: a figure.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter
from matplotlib.figure import Figure

from greenzone.errors import GreenzoneError
from greenzone.outputs.columns import COLOURS, OTHER_COLOUR
from greenzone.outputs.figures.ground import WIDTH, plain
from greenzone.outputs.findings import Findings, name_of

STORES = "#F0E442"
SEASONS = {
    "dec_feb": "December to February",
    "mar_may": "March to May",
    "jun_aug": "June to August",
    "sep_nov": "September to November",
    "hardest": "the hardest week",
}
REMAINDER = {
    "into stores": ("charged_mw", 1, STORES),
    "exported": ("exported_mw", 1, "#009E73"),
    "curtailed": ("curtailed_mw", 1, "#999999"),
    "missed": ("unserved_mw", -1, "#CC0000"),
}
HOURS = 168.0


def dispatch_week(findings: Findings, scenario: str | None = None, week: str | None = None) -> Figure:
    """Generation over demand through one telling week.

    Parameters
    ----------
    findings : Findings
        What a run has found.
    scenario : str, optional
        Name of the supply scenario; the last by default.
    week : str, optional
        One of the run's telling weeks, the hardest by default.

    Returns
    -------
    Figure
        Generation by technology and power out of stores, stacked, against demand; below, what is stored, exported,
        curtailed and missed. Local time.

    Raises
    ------
    GreenzoneError
        The run keeps no hours, or no such scenario or week.
    """
    hours = findings.typical
    if "generation_mw" not in hours:
        raise GreenzoneError(
            "this run keeps no week of dispatch: run it again, with a supply scenario and a week of weather"
        )
    scenario = scenario or str(hours.scenario.to_numpy()[-1])
    week = week or str(hours.week.to_numpy()[-1])
    for what, value in (("scenario", scenario), ("week", week)):
        known = hours[what].to_numpy().astype(str).tolist()
        if value not in known:
            raise GreenzoneError(f"there is no {what} '{value}' in this run; it has {', '.join(known)}")
    return _draw(findings, hours.sel(scenario=scenario, week=week), scenario, week)


def _draw(findings: Findings, hours: xr.Dataset, scenario: str, week: str) -> Figure:
    length = HOURS / hours.sizes["step"]
    time = pd.Timestamp(str(hours.week_start.item())) + np.arange(hours.sizes["step"]) * pd.Timedelta(hours=length)
    figure = Figure(figsize=(WIDTH, 4.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.3))
    _generation(above, time, hours)
    _remainder(below, time, hours)
    for axes in (above, below):
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.3)
        axes.margins(x=0)
    figure.legend(fontsize=7, ncols=6, loc="outside lower center")
    below.xaxis.set_major_formatter(DateFormatter("%a %d %b"))
    below.set_xlabel("local time", fontsize=8)
    missed = float(hours.unserved_mw.sum()) * length
    title = f"{name_of(findings)} - {scenario}, {SEASONS.get(week, week)}: {missed:,.0f} MWh missed"
    figure.suptitle(plain(title), fontsize=10, x=0.01, ha="left")
    return figure


def _generation(axes: Axes, time: pd.DatetimeIndex, hours: xr.Dataset) -> None:
    """Generation by technology and power out of stores, stacked, against demand."""
    made = {
        str(name): hours.generation_mw.sel(technology_name=name).to_numpy() for name in hours.technology_name.values
    }
    made["out of stores"] = hours.discharged_mw.to_numpy()
    made = {name: power for name, power in made.items() if power.max() > 0}
    colours = [COLOURS.get(name, STORES if name == "out of stores" else OTHER_COLOUR) for name in made]
    if made:
        axes.stackplot(time, list(made.values()), colors=colours, labels=list(made), step="post", linewidth=0)
    axes.step(time, hours.demand_mw, where="post", color="black", linewidth=1.2, label="demand")
    axes.set_ylabel("power [MW]", fontsize=8)


def _remainder(axes: Axes, time: pd.DatetimeIndex, hours: xr.Dataset) -> None:
    """What is left over, above the line, and what is missed, below it."""
    for name, (key, sign, colour) in REMAINDER.items():
        power = hours[key].to_numpy()
        if power.max() > 0:
            axes.fill_between(time, sign * power, step="post", color=colour, alpha=0.75, label=name, linewidth=0)
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set_ylabel("left over or\nmissed [MW]", fontsize=8)
