"""How wide the figures are: ranges of each technology, of each capacity mix, and what drives them.

Comes in: the files of a run. Goes out: plain values for JSON.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from greenzone.layers import catalogue
from greenzone.layers.weather.spread import ghi_spread
from greenzone.outputs.report.files import RunFiles

ENDS = ("p10", "p50", "p90")
STATED = ("wind_speed", "irradiation")  # kinds of range that hold for all sites of a technology alike
COUNTS = ("draws", "switches_left_out")  # what the table of ranges tells of the draws themselves
LEFT_OUT = "left_out_"  # and before the names of switches of energy management that they do without


def ranges(run: RunFiles) -> list[dict[str, Any]]:
    """How wide each technology's energy and capacity are: lower, middle and upper figure, and what kind of range."""
    totals = run.manifest.get("totals") or {}
    ladder = {row["technology"]: row for row in run.manifest.get("ladder", ())}
    rows = []
    for name in run.technologies:
        of = totals.get(name) or {}
        rung = ladder.get(name) or {}
        rows += [_range(name, "energy", rung.get("technical_gwh"), _energy_range(run, name, of, rung))]
        rows += [_range(name, "capacity", rung.get("technical_mw"), _capacity_range(of))]
    return rows


def _range(name: str, quantity: str, ours: float | None, found: tuple[str, Any, Any, Any]) -> dict[str, Any]:
    kind, low, middle, high = found
    return {
        "technology": name,
        "quantity": quantity,
        "ours": ours,
        "kind": kind,
        "low": low,
        "middle": middle,
        "high": high,
    }


def _capacity_range(of: dict[str, float]) -> tuple[str, Any, Any, Any]:
    if "capacity_p10_mw" in of:
        return "percentiles", of["capacity_p10_mw"], of.get("capacity_p50_mw"), of.get("capacity_p90_mw")
    if "capacity_mw_low" in of:
        return "wind_speed", of["capacity_mw_low"], None, of["capacity_mw_high"]
    return "none", None, None, None


def _energy_range(run: RunFiles, name: str, of: dict[str, float], rung: dict[str, float]) -> tuple[str, Any, Any, Any]:
    """Percentiles of the technology itself, else those of its plants, else what its sources differ by."""
    if "energy_p10_gwh" in of:
        return "percentiles", of["energy_p10_gwh"], of.get("energy_p50_gwh"), of.get("energy_p90_gwh")
    plants = [feature["properties"] for feature in run.features.get(f"{name}_plants", ())]
    if plants and "energy_p90_gwh" in plants[0]:
        low, middle, high = (sum(p.get(f"energy_p{q}_gwh") or 0.0 for p in plants) for q in (10, 50, 90))
        return "years", low, middle, high
    if "capacity_p10_mw" in of and rung.get("technical_mw"):
        hours = rung["technical_gwh"] / rung["technical_mw"]
        low, middle, high = (of[f"capacity_p{q}_mw"] * hours for q in (10, 50, 90))
        return "percentiles", low, middle, high
    if "energy_gwh_low" in of:
        return "wind_speed", of["energy_gwh_low"], None, of["energy_gwh_high"]
    if name == "solar" and (run.config.get("weather") or {}).get("source") == "generator":
        ratio = ghi_spread(catalogue.load_climate())["ratio"]
        return "irradiation", rung["technical_gwh"] * ratio.min(), None, rung["technical_gwh"] * ratio.max()
    return "none", None, None, None


def stated_shares(spread: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Low and high energy over ours, and the kind, of technologies that state one range for all of the zone.

    Parameters
    ----------
    spread : list of dict
        What `ranges` returns.

    Returns
    -------
    dict
        `low`, `high` [1] and `kind` by technology. Such a range comes from what is not known of the resource as a
        whole (all winds, all irradiation): a district or a site has it as the zone does.
    """
    return {
        row["technology"]: {"low": row["low"] / row["ours"], "high": row["high"] / row["ours"], "kind": row["kind"]}
        for row in spread
        if row["quantity"] == "energy" and row["kind"] in STATED and row["ours"]
    }


def scenario_ranges(run: RunFiles) -> list[dict[str, Any]]:
    """P10, P50 and P90 of every capacity mix and what drives them; empty for runs that drew none.

    Returns
    -------
    list of dict
        `name` of the scenario; `results`: `unit`, `p10`, `p50`, `p90` by result; `drivers`: by result a list of
        `parameter`, `first_order` and `total`, shares of the variance [1], the widest first; `left_out`: names of
        switches of energy management that the draws do without; `draws` and `switches_left_out` where the run tells
        them.
    """
    table, drivers = run.tables["scenario_ranges"], run.tables["scenario_drivers"]
    if not {"scenario", "result", "unit", *ENDS} <= set(table.columns):
        return []
    known = {"scenario", "result", "parameter", "total"} <= set(drivers.columns)
    found = []
    for name, rows in table.groupby("scenario", sort=False):
        of = rows.set_index("result")
        left_out = [str(result) for result in of.index if str(result).startswith(LEFT_OUT)]
        results = of.drop(index=[*COUNTS, *left_out], errors="ignore").dropna(subset=list(ENDS))
        own = drivers[drivers["scenario"] == name] if known else pd.DataFrame()
        found.append(
            {
                "name": str(name),
                "results": results[["unit", *ENDS]].to_dict("index"),
                "drivers": _drivers(own),
                "left_out": [result.removeprefix(LEFT_OUT) for result in left_out],
                **{key: float(of.loc[key, "p50"]) for key in COUNTS if key in of.index},
            }
        )
    return found


def _drivers(rows: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    if rows.empty:
        return {}
    ranked = rows.dropna(subset=["total"]).sort_values("total", ascending=False, kind="stable")
    kept = ["parameter", *(name for name in ("first_order", "total") if name in ranked)]
    return {str(result): group[kept].to_dict("records") for result, group in ranked.groupby("result", sort=False)}
