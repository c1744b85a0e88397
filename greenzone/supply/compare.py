"""Runs side by side: the yearly results of their supply scenarios in one table and one figure.

Comes in: folders of finished runs. Goes out: a table, and a figure where a file is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from greenzone.errors import GreenzoneError

QUANTITIES = {
    "energy": "energy [GWh/yr]",
    "demand": "demand [GWh/yr]",
    "share_met_annually": "share met over the year [1]",
    "share_met_hourly": "share met hour by hour [1]",
    "deficit": "deficit [GWh/yr]",
    "surplus": "surplus [GWh/yr]",
    "exported": "exported [GWh/yr]",
}


def compare(runs: Sequence[str | Path], figure: str | Path | None = None) -> pd.DataFrame:
    """The supply scenarios of several runs.

    Parameters
    ----------
    runs : sequence of path
        Folders of finished runs, each with its `scenarios.csv`.
    figure : path, optional
        Image file to draw them into, such as `compare.png`.

    Returns
    -------
    DataFrame
        One row for each run and scenario, in their order: `run`, `scenario` and the columns of `QUANTITIES`, NaN
        where a run does not tell.

    Raises
    ------
    GreenzoneError
        A folder that holds no run.
    """
    table = pd.concat([_yearly(Path(run)) for run in runs], ignore_index=True) if runs else pd.DataFrame()
    if table.empty:
        raise GreenzoneError("nothing to compare: name folders of runs that have supply scenarios")
    if figure is not None:
        _draw(table, Path(figure))
    return table


def _yearly(run: Path) -> pd.DataFrame:
    file = run / "scenarios.csv"
    if not file.is_file():
        raise GreenzoneError(f"{run}: no finished run here (there is no scenarios.csv)")
    return yearly(pd.read_csv(file, dtype={"period": str}), run.name)


def yearly(scenarios: pd.DataFrame, run: str) -> pd.DataFrame:
    """The year of every supply scenario of a run, one row each; empty where the run has none.

    Parameters
    ----------
    scenarios : DataFrame
        As `scenario_table` makes it.
    run : str
        Name of the run.

    Returns
    -------
    DataFrame
        `run`, `scenario` and the columns of `QUANTITIES`, NaN where the run does not tell.
    """
    if scenarios.empty:
        return pd.DataFrame(columns=["run", "scenario", *QUANTITIES])
    rows = scenarios
    rows = rows[(rows.period == "year") & (rows.technology == "all")]
    wide = rows.pivot_table(index="scenario", columns="quantity", values="value").reindex(rows.scenario.unique())
    wide = wide.reindex(columns=list(QUANTITIES)).reset_index()
    wide.insert(0, "run", run)
    return wide


def _draw(table: pd.DataFrame, file: Path) -> None:
    from matplotlib.figure import Figure

    labels = table.run + ": " + table.scenario
    drawn = Figure(figsize=(10, 1.2 + 0.4 * len(table)), layout="constrained")
    left, right = drawn.subplots(1, 2, sharey=True)
    left.barh(labels, table.share_met_hourly, color="#3b7dd8")
    left.set_xlabel(QUANTITIES["share_met_hourly"])
    left.set_xlim(0, 1)
    left.invert_yaxis()
    right.barh(labels, table.energy, color="#7fb069", label="energy")
    right.plot(table.demand, labels, "k|", markersize=14, label="demand")
    right.set_xlabel("GWh/yr")
    right.legend()
    drawn.savefig(file, dpi=120)
