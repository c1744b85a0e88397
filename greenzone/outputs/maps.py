"""The overview map: terrain, districts and one panel per technology.

Comes in: a run. Goes out: a PNG file.
"""

from __future__ import annotations

from pathlib import Path

from greenzone.outputs.view import RunView


def write_overview(run: RunView, path: Path) -> None:
    """Draw the scores of all technologies side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 6))
    for number, name in enumerate(run.potentials):
        axes = figure.add_subplot(2, 3, number + 1)
        axes.scatter(run.grid.sites.lon, run.grid.sites.lat, c=run.scores[name], s=2, vmin=0, vmax=1)
        axes.set_title(name)
    figure.savefig(path, metadata={"Software": None})
