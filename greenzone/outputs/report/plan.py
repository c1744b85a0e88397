"""The least-cost plan for the page: what is built where and when, cost, prices, alternatives.

Comes in: the files of a run. Goes out: plain values for JSON; nothing for runs without a plan.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from greenzone.outputs.report.files import RunFiles

HOURLY = "plan_hourly.nc"
POINTS = 501  # of each duration curve
CAPACITY = ("year", "kind", "technology", "district", "capacity_mw", "before_mw", "limit_mw", "energy_gwh")


def plan_content(run: RunFiles) -> dict[str, Any] | None:
    """A plan as the page shows it.

    Parameters
    ----------
    run : RunFiles
        Files of a run.

    Returns
    -------
    dict or None
        `years`; `capacity`: a row for each technology, store, line and border of each district and year; `summary`:
        quantity by year; `units`: of the quantities; `alternatives`: least, best and most of each technology by year;
        `prices`: by year the duration curve [currency/MWh], dearest hour first, over even steps of the year's hours.
        None where no plan was made; `years` is empty where none could be, and the notes of the run tell why.
    """
    capacity, summary = run.tables["plan"], run.tables["plan_summary"]
    notes, alternatives = run.tables["plan_notes"], run.tables["plan_alternatives"]
    if capacity.empty and notes.empty:
        return None
    known = set(CAPACITY) <= set(capacity.columns) and {"year", "quantity", "unit", "value"} <= set(summary.columns)
    years = sorted({int(year) for year in capacity["year"]}) if known else []
    wide = summary.pivot_table("value", "year", "quantity", sort=False) if years else pd.DataFrame()
    return {
        "years": years,
        "capacity": _records(capacity) if years else [],
        "summary": {str(year): row.dropna().to_dict() for year, row in wide.iterrows()},
        "units": dict(zip(summary["quantity"], summary["unit"], strict=True)) if years else {},
        "alternatives": _records(alternatives),
        "prices": prices(run.folder / HOURLY) if years else {},
        "settings": dict(run.config.get("plan") or {}),
    }


def prices(path: Path) -> dict[str, list[float]]:
    """Duration curve of the price by year, from the hourly file; empty where there is none. [currency/MWh]

    Hours of several districts count by their demand; typical weeks count as often as they stand for others.
    """
    if not path.is_file():
        return {}
    with h5py.File(path) as source:
        if not {"price", "demand_mw", "hours", "year"} <= set(source):
            return {}
        years = source["year"][()]
        price, demand, hours = (source[name][()] for name in ("price", "demand_mw", "hours"))
    return {
        str(int(year)): _duration(price[at], demand[at] * hours[at]).round(3).tolist() for at, year in enumerate(years)
    }


def _duration(price: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Price that is passed in each share of the weight, the highest first."""
    order = np.argsort(-price, axis=None, kind="stable")
    passed = np.cumsum(weight.ravel()[order])
    at = np.searchsorted(passed, np.linspace(0, 1, POINTS) * passed[-1])
    return np.asarray(price.ravel()[order][np.minimum(at, len(order) - 1)])


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
