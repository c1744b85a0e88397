"""The report's tables: ladder, supply curve, scenarios, hours, published figures, sources.

Comes in: the files of a run. Goes out: plain values for JSON, and arrays for what is long.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from greenzone.layers import catalogue
from greenzone.outputs.report.files import RunFiles
from greenzone.outputs.report.sites import Entries

RUNGS = ("theoretical_gwh", "geographic_gwh", "energy_gwh")
CURVE = ("lcoe", "capacity_mw", "energy_gwh", "connected_capacity_mw", "connected_energy_gwh")
CONNECTED = {"economic_mw": "connected_capacity_mw", "economic_gwh": "connected_energy_gwh"}
FLOWS = ("demand_mw", "charged_mw", "discharged_mw", "exported_mw", "curtailed_mw", "unserved_mw")
SOURCE_COLUMNS = ("layer", "publisher", "package", "licence", "years", "url")


def ladders(run: RunFiles, spread: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, float | None]]]:
    """Rungs of every technology by place: "zone" from the manifest, districts from their file and the supply curve.

    `spread` is what `ranges.ranges` returns; `ladder.csv` has the last word where the run has one.
    """
    found: dict[str, dict[str, dict[str, float | None]]] = {"zone": {}}
    for row in run.manifest.get("ladder", ()):
        found["zone"][row["technology"]] = {key: value for key, value in row.items() if key != "technology"}
    for row in spread:
        if row["quantity"] == "energy" and row["kind"] in ("percentiles", "years"):
            found["zone"].setdefault(row["technology"], {})
            found["zone"][row["technology"]] |= {"technical_p10_gwh": row["low"], "technical_p90_gwh": row["high"]}
    economic, percentiles = _economic_by_district(run), _percentiles_by_district(run)
    for feature in run.features["districts"]:
        values = feature["properties"]
        place = str(values["district"])
        found[place] = {
            name: {
                "theoretical_gwh": values.get(f"{name}_theoretical_gwh"),
                "geographic_gwh": values.get(f"{name}_geographic_gwh"),
                "technical_gwh": values.get(f"{name}_energy_gwh"),
                "technical_mw": values.get(f"{name}_capacity_mw"),
                "capacity_factor": values.get(f"{name}_capacity_factor"),
                "lcoe": values.get(f"{name}_lcoe"),
                **economic.get((place, name), {}),
                **percentiles.get((place, name), {}),
            }
            for name in run.technologies
        }
    for row in run.ladder.to_dict("records") if {"place", "rung", "gwh"} <= set(run.ladder.columns) else ():
        rungs = found.setdefault(str(row["place"]), {}).setdefault(row["technology"], {})
        rungs[f"{row['rung']}_gwh"] = row["gwh"]
        for low_or_high in ("p10", "p90"):
            if row.get(f"{low_or_high}_gwh") == row.get(f"{low_or_high}_gwh"):  # NaN where none is drawn
                rungs[f"{row['rung']}_{low_or_high}_gwh"] = row[f"{low_or_high}_gwh"]
    return found


def _economic_by_district(run: RunFiles) -> dict[tuple[str, str], dict[str, float | None]]:
    """What is connected at no more than the ceiling when all technologies compete, by district and technology."""
    ceiling = (run.config.get("economics") or {}).get("lcoe_ceiling")
    curve = run.curve
    if ceiling is None or not {"mix", "district", *CONNECTED.values()} <= set(curve.columns):
        return {}
    pairs = [(str(f["properties"]["district"]), name) for f in run.features["districts"] for name in run.technologies]
    none: dict[str, float | None] = dict.fromkeys(CONNECTED, 0.0)
    below = curve[(curve.mix == "together") & (curve.lcoe <= ceiling)].sort_values("lcoe")
    last = below.groupby(["district", "technology"]).last()
    return {
        pair: {key: float(last.loc[pair, column]) for key, column in CONNECTED.items()} if pair in last.index else none
        for pair in pairs
    }


def _percentiles_by_district(run: RunFiles) -> dict[tuple[str, str], dict[str, float | None]]:
    """Low and high energy of each district, from a technology's own file of districts or from its plants."""
    found: dict[tuple[str, str], dict[str, float | None]] = {}
    for name in run.technologies:
        for feature in run.features.get(f"{name}_districts", ()):
            values = feature["properties"]
            if "energy_p10_gwh" in values:
                found[values["district"], name] = {
                    f"technical_{p}_gwh": values[f"energy_{p}_gwh"] for p in ("p10", "p90")
                }
        for feature in run.features.get(f"{name}_plants", ()):
            values = feature["properties"]
            if "energy_p90_gwh" in values and values.get("district"):
                place = found.setdefault(
                    (values["district"], name), {"technical_p10_gwh": 0.0, "technical_p90_gwh": 0.0}
                )
                for p in ("p10", "p90"):
                    key = f"technical_{p}_gwh"
                    place[key] = (place[key] or 0.0) + (values[f"energy_{p}_gwh"] or 0.0)
    return found


def curve_entries(run: RunFiles) -> tuple[Entries, list[dict[str, Any]]]:
    """Supply curves as one array `(point, column)` and the mix, technology, district, start and end of each."""
    table = run.curve
    if not {"mix", "technology", "district", *CURVE} <= set(table.columns) or table.empty:
        return {}, []
    table = table.reset_index(drop=True)
    series = [
        {"mix": key[0], "technology": key[1], "district": key[2], "start": int(rows[0]), "end": int(rows[-1]) + 1}
        for key, rows in table.groupby(["mix", "technology", "district"], sort=False).indices.items()
    ]
    return {"curve": table[list(CURVE)].to_numpy(np.float32)}, series


def scenario_tree(run: RunFiles) -> list[dict[str, Any]]:
    """Every supply scenario with its quantities: `quantity → period → technology → value`, and their units."""
    table = run.scenarios
    if table.empty or "quantity" not in table:
        return []
    found = []
    for name, rows in table.groupby("scenario", sort=False):
        tree: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        for row in rows.itertuples():
            if pd.notna(row.value):
                tree[row.quantity][str(row.period)][row.technology] = float(row.value)
        found.append({"name": str(name), "quantities": tree})
    return found


def hour_entries(run: RunFiles) -> tuple[Entries, dict[str, Any]]:
    """Daily profiles, hours met and telling weeks as arrays, and their labels; empty for runs without `typical.nc`."""
    hours = run.typical
    if "profile" not in hours:
        return {}, {}
    entries: Entries = {"profile": hours.profile.to_numpy().astype(np.float32)}
    meta: dict[str, Any] = {
        "utc_offset": float(hours.attrs.get("utc_offset_hours", 0.0)),
        "groups": [
            {"technology": str(t), "district": str(d), "resource_class": str(c), "number": int(n)}
            for t, d, c, n in zip(
                *(hours[key].to_numpy() for key in ("technology", "district", "resource_class", "number")), strict=True
            )
        ],
    }
    if "share_met" in hours:
        entries |= {name: hours[name].to_numpy().astype(np.float32) for name in ("share_met", "hours_met")}
        meta["scenarios"] = [str(name) for name in hours.scenario.to_numpy()]
    if "generation_mw" in hours:
        flows = ("generation_mw", *FLOWS)
        entries |= {name: hours[name].to_numpy().astype(np.float32) for name in flows}
        meta["technologies"] = [str(name) for name in hours.technology_name.to_numpy()]
        meta["weeks"] = [str(name) for name in hours.week.to_numpy()]
        meta["steps"] = int(hours.sizes["step"])
        meta["week_start"] = hours.week_start.to_numpy().astype(str).tolist()
    return entries, meta


def sources() -> list[dict[str, Any]]:
    """What the embedded layers come from, with licences."""
    table = catalogue.read_sources()
    kept = table[table["file"].str.startswith("layers/")][list(SOURCE_COLUMNS)]
    return kept.astype(object).where(kept.notna(), None).to_dict("records")


def table_sources() -> list[str]:
    """Names of the curated tables, each of whose rows names its source."""
    table = catalogue.read_sources()
    return sorted(str(name).partition("/")[2] for name in table["layer"] if str(name).startswith("tables/"))
