"""The supply curve: how much energy a cost buys, by technology.

Comes in: findings. Goes out: a figure.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from greenzone.errors import GreenzoneError
from greenzone.outputs.columns import COLOURS, OTHER_COLOUR
from greenzone.outputs.figures.ground import WIDTH, plain
from greenzone.outputs.findings import Findings, ceiling_of, currency_of, name_of

MIX = "together"  # the technologies compete for the same sites and nodes
SUMS = {"technology": "all", "district": "zone"}  # how the curve calls what is summed over technologies and districts


def supply_curve(findings: Findings) -> Figure:
    """Energy per year that costs at most so much, with connection, stacked over technologies and each by itself.

    Raises
    ------
    GreenzoneError
        The run has no supply curve.
    """
    steps = energy_by_cost(findings.curve)
    if steps.empty:
        raise GreenzoneError("this run has no supply curve: no technology found a place")
    names = [name for name in COLOURS if name in steps] + [name for name in steps if name not in COLOURS]
    colours = [COLOURS.get(name, OTHER_COLOUR) for name in names]
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    cost = steps.index.to_numpy()
    left.stackplot(cost, [steps[name] / 1000 for name in names], colors=colours, labels=names, step="post", linewidth=0)
    for name, colour in zip(names, colours, strict=True):
        some = steps[name] > 0
        right.step(cost[some], steps[name][some], where="post", color=colour, label=name, linewidth=1.4)
    right.set_yscale("log")
    ceiling = ceiling_of(findings)
    for axes, unit in ((left, "TWh"), (right, "GWh")):
        axes.set_xlabel(f"LCOE with connection [{currency_of(findings)}/MWh]", fontsize=8)
        axes.set_ylabel(f"energy at no higher cost [{unit}/year]", fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.3)
        if ceiling is not None:
            axes.axvline(ceiling, color="black", linestyle="--", linewidth=0.8)
    figure.legend(*left.get_legend_handles_labels(), fontsize=7, ncols=6, loc="outside lower center")
    left.set_ylim(bottom=0)
    title = f"{name_of(findings)} - supply curve; dashed: the cost ceiling"
    figure.suptitle(plain(title), fontsize=10, x=0.01, ha="left")
    return figure


def energy_by_cost(curve: pd.DataFrame) -> pd.DataFrame:
    """Energy of the zone connected at no higher cost, cost by technology. [GWh/year]

    Parameters
    ----------
    curve : DataFrame
        Columns `mix technology district lcoe connected_energy_gwh`, the energy cumulative.

    Returns
    -------
    DataFrame
        Indexed by LCOE, ascending; a column for each technology, which never falls.
    """
    wanted = {"mix", "technology", "district", "lcoe", "connected_energy_gwh"}
    if curve.empty or not wanted <= set(curve.columns):
        return pd.DataFrame()
    zone = (curve["district"] == SUMS["district"]) & (curve["technology"] != SUMS["technology"])
    rows = curve[(curve["mix"] == MIX) & zone]
    table = rows.pivot_table(
        index="lcoe", columns="technology", values="connected_energy_gwh", aggfunc="max", sort=False
    )
    # A technology names only the costs at which something is added: between them it keeps what it had.
    return table.sort_index().ffill().fillna(0.0).astype(float)
