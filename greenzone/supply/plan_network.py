"""The grid of a plan: lines between districts and out of the zone, and what comes and goes over them.

Comes in: the `plan` section, the table of lines or a user's file, prices. Goes out: `Line`s and `Border`s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from greenzone.economics.costs import price_factor
from greenzone.errors import GreenzoneError
from greenzone.supply.plan_parts import ZONE, Border, Line

if TYPE_CHECKING:
    from greenzone.config.plan import Plan

OUTSIDE = "outside"
NEEDED = ("line", "start", "end", "limit_mw")


def grid_of(
    section: Plan, nodes: Sequence[str], tables: Mapping[str, pd.DataFrame], currency: str, year: int
) -> tuple[list[Line], list[Border]]:
    """Lines between the nodes and borders at them.

    Parameters
    ----------
    section : Plan
        Network, prices, limits, file of lines.
    nodes : sequence of str
        Districts, or the one node of a plan without a network.
    tables : mapping
        `grid_lines`, `plan_figures`, `price_index`.
    currency, year : str, int
        Money of the plan.

    Returns
    -------
    tuple of list
        Lines, borders; with one node a single border that carries what `section` says.

    Raises
    ------
    GreenzoneError
        A file of lines that cannot be used, or nodes that no line connects.
    """
    template = Border(
        "border",
        _price(section.import_price, "import_price", tables, currency, year),
        _price(section.export_price, "export_price", tables, currency, year),
        np.inf if section.import_limit_mw is None else section.import_limit_mw,
        np.inf if section.export_limit_mw is None else section.export_limit_mw,
    )
    table = tables["grid_lines"] if section.lines is None else read_lines(section.lines)
    out = table[table.end == OUTSIDE]
    if section.network == "zone":
        carried = float(out.limit_mw.sum())
        limit = carried if section.export_limit_mw is None else section.export_limit_mw
        return [], [replace(template, node=ZONE, export_limit_mw=limit)]
    inside = table[table.start.isin(nodes) & table.end.isin(nodes)]
    lines = [
        Line(row.line, row.start, row.end, row.limit_mw, min(row.length_km / 100 * row.loss_per_100km, 0.99))
        for row in inside.fillna({"length_km": 0.0, "loss_per_100km": 0.0}).itertuples()
    ]
    borders = _borders(template, out[out.start.isin(nodes)])
    _check_connected(nodes, lines, borders)
    return lines, borders


def _borders(template: Border, out: pd.DataFrame) -> list[Border]:
    """One border for each line out; limits of the whole zone are shared by what the lines carry."""
    carried = float(out.limit_mw.sum())
    shares = {
        row.line: (row.start, row.limit_mw, row.limit_mw / carried if carried else 0.0) for row in out.itertuples()
    }
    return [
        replace(
            template,
            name=name,
            node=start,
            import_limit_mw=min(limit, template.import_limit_mw * share) if share else 0.0,
            export_limit_mw=min(limit, template.export_limit_mw * share) if share else 0.0,
        )
        for name, (start, limit, share) in shares.items()
    ]


def read_lines(path: str | Path) -> pd.DataFrame:
    """A user's lines as the table `grid_lines` has them.

    Raises
    ------
    GreenzoneError
        No such file, a column is missing, a name is there twice, or a limit is no number of 0 or more.
    """
    path = Path(path)
    if not path.is_file():
        raise GreenzoneError(f"{path}: no such file of lines")
    table = pd.read_csv(path)
    if missing := [column for column in NEEDED if column not in table]:
        raise GreenzoneError(f"{path}: no column '{missing[0]}': lines have the columns {', '.join(NEEDED)}")
    for column in ("limit_mw", "length_km", "loss_per_100km"):
        given = table[column] if column in table else pd.Series(0.0, table.index)
        values = pd.to_numeric(given, errors="coerce")
        wrong = (values.isna() & given.notna()) | (values < 0) | (values.isna() & (column == "limit_mw"))
        if wrong.any():
            row = table.loc[wrong.idxmax()]
            raise GreenzoneError(f"{path}: {column} of {row['line']} must be a number of 0 or more")
        table[column] = values.astype(float)
    if table.line.duplicated().any():
        raise GreenzoneError(f"{path}: the line '{table.line[table.line.duplicated()].iloc[0]}' is there twice")
    return table


def _check_connected(nodes: Sequence[str], lines: Sequence[Line], borders: Sequence[Border]) -> None:
    joined = {end for line in lines for end in (line.start, line.end)} | {border.node for border in borders}
    if len(nodes) > 1 and not joined:
        raise GreenzoneError(
            "no line connects the districts of this zone: name a file under 'plan.lines', or set 'plan.network: zone'"
        )


def _price(own: float | None, figure: str, tables: Mapping[str, pd.DataFrame], currency: str, year: int) -> float:
    """The scenario's price, else the table's in the money of the plan. [currency/MWh]"""
    if own is not None:
        return own
    row = tables["plan_figures"].set_index("figure").loc[figure]
    return float(row.value) * price_factor(tables["price_index"], row.currency, int(row.year), currency, year)
