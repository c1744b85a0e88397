"""Statistics of districts: the embedded tables, or files of the user's own in their place, and whether they can be.

Comes in: tables, options with files. Goes out: tables ready for `feedstocks`, or one clear line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from greenzone.errors import GreenzoneError, nearest
from greenzone.technologies.bioenergy.options import Options

HIGHEST_YIELD = 20.0  # t/ha; no district of the world harvests more of these crops, but yields in dt/ha are above it


class Layout(NamedTuple):
    """Columns of a table: words that must be there, numbers that must, numbers that may, what fills the others."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    may: tuple[str, ...]
    filled: Mapping[str, object]


LAYOUTS = {
    "crops": Layout(("district", "crop"), ("production_t",), ("yield_t_per_ha",), {"yield_t_per_ha": np.nan}),
    "livestock": Layout(
        ("district",),
        (),
        (
            "year", "cattle_heads", "dairy_cow_heads", "buffalo_heads", "sheep_heads", "goat_heads", "pig_heads",
            "hen_heads", "broiler_heads", "horse_heads",
        ),
        {"year": 0, "cattle_heads": 0.0, "dairy_cow_heads": 0.0},
    ),
    "population": Layout(("area",), ("persons",), ("year",), {"year": 0, "kind": "estimate"}),
    "bioenergy_forest": Layout(
        ("area",),
        ("forest_ha", "increment_t_per_ha", "increment_low_t_per_ha", "increment_high_t_per_ha", "lhv_gj_per_t"),
        (),
        {},
    ),
}  # fmt: skip


def with_own_tables(tables: Mapping[str, pd.DataFrame], options: Options) -> dict[str, pd.DataFrame]:
    """The tables with the user's own files in the place of the embedded ones, all of them checked.

    Raises
    ------
    GreenzoneError
        A file that cannot be read, a column that is missing, a value that is not a number, is negative or is surely in
        another unit.
    """
    files = {
        "crops": options.crops_file,
        "livestock": options.livestock_file,
        "population": options.population_file,
        "bioenergy_forest": options.forest_file,
    }
    result = dict(tables)
    for name, file in files.items():
        where = name if file is None else str(file)
        table = result[name] if file is None else _read(file)
        result[name] = checked(table, LAYOUTS[name], where)
    return result


def _read(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file)
    except (OSError, ValueError) as error:
        raise GreenzoneError(f"{file}: cannot be read as a table: {error}") from None


def checked(table: pd.DataFrame, layout: Layout, where: str) -> pd.DataFrame:
    """A table whose columns are there, with numbers that can be."""
    for column in (*layout.words, *layout.numbers):
        if column not in table:
            raise GreenzoneError(f"{where}: no column '{column}': {nearest(column, map(str, table))}")
    table = table.copy()
    for column, value in layout.filled.items():
        if column not in table:
            table[column] = value
    for column in layout.words:
        blank = table[column].isna() | (table[column].astype(str).str.strip() == "")
        if blank.any():
            raise GreenzoneError(f"{where}: row {int(blank.to_numpy().argmax()) + 2} has no {column}")
    for column in (*layout.numbers, *layout.may):
        if column in table:
            table[column] = _numbers(table, column, column in layout.numbers, where)
    _once(table, layout, where)
    _possible(table, where)
    return table


def _once(table: pd.DataFrame, layout: Layout, where: str) -> None:
    """Raise where two rows count the same herd or people: of such tables one row of each year is taken."""
    if "year" not in layout.filled:
        return
    twice = table.duplicated([name for name in (*layout.words, "year", "kind") if name in table])
    if twice.any():
        row = table[twice].iloc[0]
        year = f" in {row.year:g}" if row.year else ""
        raise GreenzoneError(f"{where}: two rows for {row[layout.words[0]]}{year}: add them up")


def _numbers(table: pd.DataFrame, column: str, needed: bool, where: str) -> pd.Series:
    values = pd.to_numeric(table[column], errors="coerce")
    wrong = values.isna() & (table[column].notna() if not needed else True)
    if wrong.any():
        raise GreenzoneError(f"{where}: {column} is '{table[column][wrong].iloc[0]}' where a number belongs")
    if (values < 0).any():
        raise GreenzoneError(f"{where}: {column} of {values.min():g} is impossible: it cannot be negative")
    return values


def _possible(table: pd.DataFrame, where: str) -> None:
    """Raise where figures of one row cannot be together or are surely in other units."""
    if "yield_t_per_ha" in table and (table.yield_t_per_ha > HIGHEST_YIELD).any():
        highest = table.yield_t_per_ha.max()
        raise GreenzoneError(
            f"{where}: a yield of {highest:g} t/ha is impossible: check its unit (1 dt/ha is 0.1 t/ha)"
        )
    if {"cattle_heads", "dairy_cow_heads"} <= set(table) and (table.dairy_cow_heads > table.cattle_heads).any():
        row = table[table.dairy_cow_heads > table.cattle_heads].iloc[0]
        raise GreenzoneError(
            f"{where}: {row.district} has {row.dairy_cow_heads:g} dairy cows among {row.cattle_heads:g} cattle: check"
            " their units"
        )


def check_areas(names: list[str], known: list[str], zone: list[str]) -> None:
    """Raise where statistics name an area that is neither a district of the zone nor an embedded one.

    Embedded districts that lie outside the zone are no mistake: they are left out, and a note names them.
    """
    for name in names:
        if name not in known and name not in zone:
            raise GreenzoneError(
                f"statistics name '{name}', which is no district of the zone nor any other that is known:"
                f" {nearest(name, [*known, *zone])}"
            )
