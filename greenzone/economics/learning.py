"""Learning: how costs of a technology change from the year they were projected for to another.

Comes in: the cost table and the cost trajectories. Goes out: the cost table of the year asked for. Only the ratio of
two years of one trajectory is used, so neither its level nor its currency meets the cost table's.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

LEARNED = ("capital_per_kw", "fixed_om_per_kw_year")


def learning_factor(trajectory: pd.DataFrame, column: str, from_year: float, to_year: float) -> float:
    """Cost of `to_year` over that of `from_year`.

    Parameters
    ----------
    trajectory : DataFrame
        Rows of one technology: `year` and `column`. Between its years costs are linear, beyond them level.
    column : str
        The cost.
    from_year, to_year : float
        Years in which the plant is bought. [year]

    Returns
    -------
    float
        Factor [1]; 1 without rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2020, 2030], "capital_per_kw": [500.0, 400.0]})
    >>> learning_factor(rows, "capital_per_kw", 2020, 2025)
    0.9
    """
    if trajectory.empty:
        return 1.0
    rows = trajectory.sort_values("year")
    start, end = np.interp([from_year, to_year], rows["year"].astype(float), rows[column].astype(float))
    return float(end / start)


def learned_costs(costs: pd.DataFrame, trajectories: pd.DataFrame, year: int) -> pd.DataFrame:
    """The cost table as of another year of purchase.

    Parameters
    ----------
    costs : DataFrame
        Result of `technology_costs`, indexed by technology, with `projection_year`: the year its figures are for.
    trajectories : DataFrame
        The table `economics_learning`: `technology`, `year`, `capital_per_kw`, `fixed_om_per_kw_year`.
    year : int
        Year of purchase. Prices stay those of the table.

    Returns
    -------
    DataFrame
        A copy; technologies without a trajectory keep their costs.
    """
    changed = costs.copy()
    for name in costs.index:
        rows = trajectories[trajectories["technology"] == name]
        for column in LEARNED:
            factor = learning_factor(rows, column, float(costs.loc[name, "projection_year"]), year)
            changed.loc[name, column] = costs.loc[name, column] * factor
    changed.attrs = dict(costs.attrs)
    return changed
