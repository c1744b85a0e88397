"""The ladder of the potential: from the resource to what is economic, by technology.

Comes in: findings. Goes out: a figure.
"""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from greenzone.errors import GreenzoneError
from greenzone.outputs.columns import COLOURS, OTHER_COLOUR
from greenzone.outputs.figures.ground import WIDTH, plain
from greenzone.outputs.findings import Findings, ceiling_of, currency_of, name_of

RUNGS = {
    "theoretical_gwh": "in the resource",
    "geographic_gwh": "on eligible land",
    "technical_gwh": "with machines",
    "economic_gwh": "below the cost ceiling",
}
FADED = (0.25, 0.45, 0.75, 1.0)  # how strong the colour of each rung is
LEAST = 0.5  # GWh at the left edge; what is less is written, not drawn


def ladder_figure(findings: Findings) -> Figure:
    """Energy per year on every rung, on a logarithmic scale, with its number.

    Raises
    ------
    GreenzoneError
        The run has no technology.
    """
    table = findings.ladder
    if table.empty:
        raise GreenzoneError("this run has no technology, and so no ladder")
    figure = Figure(figsize=(WIDTH, 0.9 + 0.75 * len(table)), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(table.to_dict("records")):
        strong = np.array(to_rgb(COLOURS.get(row["technology"], OTHER_COLOUR)))
        for number, (rung, share) in enumerate(zip(RUNGS, FADED, strict=True)):
            energy, at = float(row[rung]), place + (number - 1.5) * 0.2
            axes.barh(at, max(energy, LEAST) - LEAST, left=LEAST, height=0.19, color=1 - share * (1 - strong))
            text = f"{energy:,.0f}" if energy >= 10 or energy == 0 else f"{energy:.2g}"
            axes.annotate(text, (max(energy, LEAST), at), (3, 0), textcoords="offset points", va="center", fontsize=6)
    axes.set_xscale("log")
    axes.set_xlim(LEAST, 20 * max(LEAST, float(table[list(RUNGS)].to_numpy(float).max())))
    axes.set_yticks(range(len(table)), list(table["technology"]), fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("energy [GWh/year], logarithmic", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.grid(axis="x", alpha=0.3)
    ceiling = ceiling_of(findings)
    words = list(RUNGS.values())
    if ceiling is not None:
        words[-1] = f"below {ceiling:g} {currency_of(findings)}/MWh with connection"
    patches = [Patch(color=str(1 - share * 0.8), label=text) for text, share in zip(words, FADED, strict=True)]
    axes.legend(handles=patches, fontsize=7, loc="lower right")
    axes.set_title(plain(f"{name_of(findings)} - ladder of the potential"), fontsize=10, loc="left")
    return figure
