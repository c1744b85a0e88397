"""Runs beside each other: bars of their potential, and a map of what changes from site to site.

Comes in: findings of runs by name. Goes out: figures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from greenzone.outputs.columns import Meaning, meaning
from greenzone.outputs.comparison import potential_table, site_differences, supply_table
from greenzone.outputs.figures.ground import WIDTH, draw_ground, map_figure, plain
from greenzone.outputs.figures.site_map import PIXELS, draw_names, draw_numbers
from greenzone.outputs.findings import Findings, currency_of
from greenzone.outputs.maps import site_raster

CHANGE = "PuOr"  # diverging, and told apart by the colour-blind


def comparison_figure(runs: Mapping[str, Findings]) -> Figure:
    """Capacity, energy and cost of every technology, and the share of demand met hour by hour, run beside run."""
    table, supply = potential_table(runs), supply_table(runs)
    panels = {
        "technical_mw": "capacity [MW], logarithmic",
        "technical_gwh": "energy [GWh/year], logarithmic",
        "lcoe": "LCOE",
    }
    figure = Figure(figsize=(WIDTH, 5.2), layout="constrained")
    axes = figure.subplots(2, 2).ravel()
    for place, (column, words) in zip(axes, panels.items(), strict=False):
        _bars(place, table.pivot_table(index="technology", columns="run", values=column, sort=False), list(runs))
        place.set_title(words, fontsize=8, loc="left")
        if column != "lcoe":
            place.set_yscale("log")
    money = "/".join(dict.fromkeys(currency_of(found) for found in runs.values()))
    axes[2].set_title(f"LCOE of the plant [{money}/MWh]", fontsize=8, loc="left")
    axes[3].set_title("share of demand met hour by hour", fontsize=8, loc="left")
    if supply["share_met_hourly"].notna().any():
        met = supply.pivot_table(index="scenario", columns="run", values="share_met_hourly", sort=False)
        _bars(axes[3], met, list(runs))
        axes[3].set_ylim(0, 1)
    figure.legend(*axes[0].get_legend_handles_labels(), fontsize=7, ncols=4, loc="outside lower center")
    return figure


def difference_map(runs: Mapping[str, Findings], column: str) -> Figure:
    """Where the second of two runs on the same grid has more of a column, and where less.

    Raises
    ------
    GreenzoneError
        As `site_differences` raises it.
    """
    sites = site_differences(runs, column)
    one, other = runs
    known = meaning(column, currency_of(runs[other]))
    index, extent = site_raster(sites.geometry.to_numpy(), PIXELS)
    figure, axes = map_figure(extent, f"{known.words}: {other} less {one}")
    draw_ground(axes, runs[one], extent)
    change = sites["change"].to_numpy()
    if change.dtype.kind != "f":
        axes.set_title(plain(f"{known.words}: {one} to {other}"), fontsize=11, loc="left")
        draw_names(axes, index, extent, pd.Series(change, dtype=object))
        return figure
    finite = np.abs(change[np.isfinite(change)])
    widest = float(np.percentile(finite, 99)) if finite.size and finite.max() > 0 else 1.0
    widest = widest if widest > 0 else float(finite.max())
    shown = Meaning(f"change of {known.words}", known.unit, CHANGE)
    draw_numbers(axes, index, extent, change, shown, (-widest, widest))
    return figure


def _bars(axes: Axes, table: pd.DataFrame, names: list[str]) -> None:
    """Groups of bars: a group for each row, a bar for each run."""
    colours = colormaps["cividis"](np.linspace(0.1, 0.9, len(names)))
    width = 0.8 / len(names)
    for number, name in enumerate(names):
        values = table[name].to_numpy(float) if name in table else np.full(len(table), np.nan)
        at = np.arange(len(table)) + (number - (len(names) - 1) / 2) * width
        axes.bar(at, values, width, color=colours[number], label=plain(name))
    axes.set_xticks(range(len(table)), [plain(str(row)) for row in table.index], rotation=20, ha="right")
    axes.tick_params(labelsize=7)
    axes.grid(axis="y", alpha=0.3)
