"""Zone totals: the ladder of each technology, and our figures beside the published ones.

Comes in: a run. Goes out: small tables for the terminal, the manifest and the report.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from greenzone.economics import economic_rung
from greenzone.outputs.view import RunView

HOURS_PER_YEAR = 8760.0
COMPARISON = [
    "technology",
    "quantity",
    "scope",
    "published_low",
    "published_high",
    "ours",
    "ratio",
    "unit",
    "year",
    "source",
    "note",
]
TOTALS = {"capacity_existing": "existing_mw", "energy": "existing_gwh", "heat_capacity": "heat_mw"}


def ladder(run: RunView, ceiling: float | None = None) -> pd.DataFrame:
    """Each technology from the resource to what is economic, summed over the zone.

    Parameters
    ----------
    run : RunView
        A finished run.
    ceiling : float, optional
        Highest LCOE with connection that counts as economic; that of the run's config where not given. Sites that find
        no spare capacity at the grid's nodes pay for reinforcement. [currency/MWh]

    Returns
    -------
    DataFrame
        Columns `technology theoretical_gwh geographic_gwh technical_gwh economic_gwh technical_mw economic_mw
        capacity_factor lcoe` (mean LCOE weighted by energy); one row per technology.
    """
    if ceiling is None:
        ceiling = float(run.config["economics"]["lcoe_ceiling"])
    economic = economic_rung(run.connected, run.potentials, run.lcoe, ceiling)
    rows = []
    for name, potential in run.potentials.items():
        sums = {key: float(potential.sites[key].sum()) for key in ("theoretical_gwh", "geographic_gwh")}
        energy, capacity = potential.sites.energy_gwh, float(potential.sites.capacity_mw.sum())
        rows.append(
            {
                "technology": name,
                **sums,
                "technical_gwh": float(energy.sum()),
                "economic_gwh": economic.energy_gwh[name],
                "technical_mw": capacity,
                "economic_mw": economic.capacity_mw[name],
                "capacity_factor": _ratio(float(energy.sum()) * 1000 / HOURS_PER_YEAR, capacity),
                "lcoe": _mean_lcoe(run, name),
            }
        )
    return pd.DataFrame(rows)


def published_comparison(run: RunView) -> pd.DataFrame:
    """Published figures beside ours.

    Parameters
    ----------
    run : RunView
        A finished run; its table `published` holds one published figure a row.

    Returns
    -------
    DataFrame
        Columns `technology quantity scope published_low published_high ours ratio unit year source note`. `ratio` is
        ours over the published figure, or over the nearer end of a published range, 1 inside it. Figures of the whole
        country stand only where the zone has none of its own: there the ratio is the zone's share. A figure for
        districts that the run's zone does not hold, or for technologies that are switched off, is left out.
    """
    published = run.layers.tables.get("published", pd.DataFrame(columns=["scope", "technology", "quantity"]))
    nearer = published[published.scope.isin(["zone", "districts", "project"])]
    local = set(zip(nearer.technology, nearer.quantity, strict=True))
    rows = [
        {"ours": ours, **_published(row), "ratio": _range_ratio(ours, row)}
        for row in published.itertuples()
        if not (row.scope == "country" and (row.technology, row.quantity) in local)
        and np.isfinite(_bounds(row)).all()
        and (ours := _ours(run, row)) is not None
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COMPARISON)


def currency(run: RunView) -> str:
    """Currency of the scenario's costs."""
    return str((run.config.get("economics") or {}).get("currency", "USD"))


def _published(row: Any) -> dict[str, Any]:
    low, high = _bounds(row)
    parts = [part for part in (row.scope, row.districts, row.project) if isinstance(part, str) and part]
    return {
        "technology": row.technology,
        "quantity": row.quantity,
        "scope": ": ".join(parts).replace(";", ", "),
        "published_low": low,
        "published_high": high,
        "unit": row.unit,
        "year": row.year if isinstance(row.year, str) else f"{row.year:.0f}" if row.year == row.year else "",
        "source": row.source,
        "note": row.note if isinstance(row.note, str) else "",
    }


def _bounds(row: Any) -> tuple[float, float]:
    """Ends of a published range, twice the figure where there is one; NaN where only words were published."""
    known = [figure for figure in (row.low, row.value, row.high) if figure == figure]
    return (float(known[0]), float(known[-1])) if known else (float("nan"), float("nan"))


def _range_ratio(ours: float, row: Any) -> float:
    low, high = _bounds(row)
    if ours < low:
        return _ratio(ours, low)
    return _ratio(ours, high) if ours > high else 1.0


def _ours(run: RunView, row: Any) -> float | None:
    """Our figure for a published one; None where there is none to compare."""
    names = _technologies(run, row)
    named = row.districts.split(";") if isinstance(row.districts, str) else None
    if not set(names) <= set(run.potentials) or not _covers(run, row.scope, named):
        return None
    potentials = [run.potentials[name] for name in names]
    inside = np.isin(run.grid.sites.district.to_numpy(), named) if named else np.s_[:]
    if row.quantity in TOTALS:
        found = [p.totals[TOTALS[row.quantity]] for p in potentials if TOTALS[row.quantity] in p.totals]
        return float(sum(found)) if found and named is None else None
    capacity = sum(float(np.nansum(p.sites.capacity_mw.to_numpy()[inside])) for p in potentials)
    energy = sum(float(np.nansum(p.sites.energy_gwh.to_numpy()[inside])) for p in potentials)
    if row.quantity in ("capacity_technical", "capacity_target"):
        return capacity
    if row.quantity == "capacity_factor":
        return _ratio(energy * 1000 / HOURS_PER_YEAR, capacity)
    if row.quantity == "lcoe" and len(names) == 1:
        return _mean_lcoe(run, names[0]) / 1000  # published per kWh
    return None


def _technologies(run: RunView, row: Any) -> list[str]:
    """Technologies that a published figure speaks of; "all" needs every one for which the same was published."""
    if row.technology != "all":
        return [row.technology]
    published = run.layers.tables["published"]
    same = published[(published.quantity == row.quantity) & (published.scope != "country")]
    return list(dict.fromkeys([*run.potentials, *same.technology[same.technology != "all"]]))


def _covers(run: RunView, scope: str, named: list[str] | None) -> bool:
    """Whether the run's zone holds all that a published figure speaks of."""
    if scope == "world":
        return True
    table = run.layers.tables.get("districts")
    needed = set(named) if named else set() if table is None else set(table.district)
    return needed <= set(run.grid.sites.district.to_numpy().tolist())


def _mean_lcoe(run: RunView, name: str) -> float:
    """LCOE of a technology over the zone, weighted by energy."""
    weight = run.potentials[name].sites.energy_gwh.where(np.isfinite(run.lcoe[name]), 0.0)
    return _ratio(float((run.lcoe[name] * weight).sum()), float(weight.sum()))


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")
