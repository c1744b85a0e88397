"""Figures for papers: a map of any layer, the supply curve, a week of dispatch, the ladder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from greenzone.errors import GreenzoneError
from greenzone.outputs.figures.dispatch_week import dispatch_week
from greenzone.outputs.figures.ladder import ladder_figure
from greenzone.outputs.figures.site_map import site_map
from greenzone.outputs.figures.supply_curve import supply_curve
from greenzone.outputs.findings import Findings

__all__ = ["KINDS", "draw", "save_figure"]

KINDS = ("map", "supply-curve", "dispatch-week", "ladder")
DPI = 250
# What each format would say of the time of writing, left out so that the same figure is the same file.
UNDATED: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def draw(
    findings: Findings, kind: str, column: str = "best_technology", scenario: str | None = None, week: str | None = None
) -> Figure:
    """Draw a figure.

    Parameters
    ----------
    findings : Findings
        What a run has found.
    kind : str
        One of `KINDS`.
    column : str
        What a map shows: a column of the sites, or a vector layer.
    scenario, week : str, optional
        What a week of dispatch shows.

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    GreenzoneError
        An unknown kind, or what it needs is not in the run.
    """
    if kind == "map":
        return site_map(findings, column)
    if kind == "supply-curve":
        return supply_curve(findings)
    if kind == "dispatch-week":
        return dispatch_week(findings, scenario, week)
    if kind == "ladder":
        return ladder_figure(findings)
    raise GreenzoneError(f"there is no figure '{kind}'; there are {', '.join(KINDS)}")


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Save a figure as PNG, SVG or PDF by the ending of its name, the same bytes for the same figure.

    Raises
    ------
    GreenzoneError
        Another ending, or a file that cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in UNDATED:
        raise GreenzoneError(f"{path}: a figure is saved as .png, .svg or .pdf, not as '{path.suffix or path.name}'")
    # Text stays text, so that it can be found, and edited in a drawing program.
    settings: Any = {"svg.hashsalt": "greenzone", "svg.fonttype": "none", "pdf.fonttype": 42}
    try:
        with matplotlib.rc_context(settings):
            figure.savefig(path, format=ending[1:], dpi=DPI, metadata=UNDATED[ending])
    except OSError as error:
        raise GreenzoneError(f"{path}: cannot be written: {error.strerror or error}") from error
    return path
