"""Runs side by side: their potential, their supply, and what differs from site to site.

Comes in: findings of runs by name. Goes out: tables, and the sites with their differences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from greenzone.errors import GreenzoneError
from greenzone.outputs.findings import Findings, currency_of
from greenzone.supply.compare import yearly

ROUNDING = 1e-6  # a smaller relative change is rounding
POTENTIAL = ("technical_mw", "technical_gwh", "economic_gwh", "capacity_factor", "lcoe")
HEADINGS = {
    "technical_mw": "capacity\nMW",
    "technical_gwh": "energy\nGWh/yr",
    "economic_gwh": "economic\nGWh/yr",
    "capacity_factor": "capacity\nfactor",
    "lcoe": "LCOE\nper MWh",
}


def potential_table(runs: Mapping[str, Findings]) -> pd.DataFrame:
    """Potential of every technology in every run.

    Parameters
    ----------
    runs : mapping of str to Findings
        By name, in the order of the table.

    Returns
    -------
    DataFrame
        `technology run` and the columns of `POTENTIAL`, `lcoe` in the currency of the run; a technology that a run does
        not have is left out.
    """
    parts = [found.ladder.assign(run=name, order=number) for number, (name, found) in enumerate(runs.items())]
    table = pd.concat([part for part in parts if "technology" in part], ignore_index=True)
    first = {name: number for number, name in enumerate(dict.fromkeys(table["technology"]))}
    table = table.sort_values(
        ["technology", "order"], key=lambda key: key.map(first) if key.name == "technology" else key
    )
    return table[["technology", "run", *POTENTIAL]].reset_index(drop=True)


def supply_table(runs: Mapping[str, Findings]) -> pd.DataFrame:
    """The year of every supply scenario in every run, as `greenzone.supply.compare` gives it."""
    return pd.concat([yearly(found.scenarios, name) for name, found in runs.items()], ignore_index=True)


def differences(runs: Mapping[str, Findings]) -> pd.DataFrame:
    """What the last run has more than the first, by technology.

    Returns
    -------
    DataFrame
        `technology` and the columns of `POTENTIAL`, last less first; NaN where one of both does not have the
        technology. LCOE in two currencies is not subtracted.
    """
    first, last = (list(runs.values())[number] for number in (0, -1))
    tables = [found.ladder.set_index("technology")[list(POTENTIAL)] for found in (first, last)]
    names = list(dict.fromkeys([*tables[0].index, *tables[1].index]))
    before, after = (table.reindex(names) for table in tables)
    change = (after - before).mask((after - before).abs() <= ROUNDING * after.abs(), 0.0)
    if currency_of(first) != currency_of(last):
        change["lcoe"] = np.nan
    return change.rename_axis("technology").reset_index()


def site_differences(runs: Mapping[str, Findings], column: str) -> gpd.GeoDataFrame:
    """A column of two runs, site by site.

    Parameters
    ----------
    runs : mapping of str to Findings
        Two runs on the same grid.
    column : str
        A column of the sites.

    Returns
    -------
    GeoDataFrame
        WGS 84: `site district first last change`. For numbers the change is last less first, NaN where one is missing;
        for names it is "one to other" where they differ, else None.

    Raises
    ------
    GreenzoneError
        Not two runs, other sites, or a column that one of them does not have.
    """
    if len(runs) != 2:
        raise GreenzoneError(f"a map of differences needs two runs, not {len(runs)}")
    (one, first), (other, last) = runs.items()
    _check_same_grid(first.sites, last.sites, one, other)
    values = []
    for name, found in runs.items():
        found_values = found.column(column)
        if found_values is None:
            near = ", ".join(found.column_names()[:12])
            raise GreenzoneError(f"{name}: there is no column '{column}' of the sites; there are {near} and more")
        values.append(found_values)
    frame = first.sites[["site", "district", first.sites.geometry.name]].assign(first=values[0], last=values[1])
    change = _change(frame["first"], frame["last"])
    frame["change"] = pd.Series(change, frame.index, change.dtype)
    return gpd.GeoDataFrame(frame)


def _change(first: pd.Series, last: pd.Series) -> Any:
    if first.dtype.kind in "fiu" and last.dtype.kind in "fiu":
        return last.astype(float) - first.astype(float)
    before, after = (side.astype(object).where(side.notna(), "none") for side in (first, last))
    changes = before.astype(str) + " to " + after.astype(str)
    return np.where(before == after, None, changes.to_numpy(object))


def _check_same_grid(first: gpd.GeoDataFrame, last: gpd.GeoDataFrame, one: str, other: str) -> None:
    same = len(first) == len(last) and (first["site"].to_numpy() == last["site"].to_numpy()).all()
    if same and bool(first.geometry.geom_equals_exact(last.geometry, 1e-5).all()):
        return
    raise GreenzoneError(
        f"{one} ({len(first):,} sites) and {other} ({len(last):,} sites) have different sites: "
        "a map of differences needs two runs of the same zone and grid; leave out --map, or change 'grid' or 'zone'"
    )
