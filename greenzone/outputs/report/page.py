"""One self-contained page: template, style, scripts, plotly and the data of a run, in a file that needs no network.

Comes in: the folder of a run. Goes out: an HTML file.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.outputs.report import plan, ranges, shapes, sites, tables
from greenzone.outputs.report.files import RunFiles, read_run
from greenzone.outputs.report.pack import compress, json_for_script, pack
from greenzone.outputs.report.translate import azerbaijani

LANGUAGES = ("en", "az")
SCRIPTS = (
    "core.js", "colours.js", "map.js", "basemap.js", "layers.js", "card.js", "charts.js", "ranges.js", "plan.js",
    "tables.js", "main.js",
)  # fmt: skip
# Plotly's universal module definition: a function that takes the factory, and the head of the factory.
WRAPPER = re.compile(
    r"(?P<licence>/\*.*?\*/\n)\(\s*function\(root, factory\) \{[^;]*;[^;]*;\s*\}\s*\} \([^;{]*=> \{\n", re.DOTALL
)
WRAPPER_END = "return Plotly;\n}));"
# Tiles beneath the map, asked for only where the reader switches them on; their terms: the credit is shown.
BASEMAP = {
    "url": "https://tile.openstreetmap.org/",
    "credit": "© OpenStreetMap contributors",
    "licence": "https://www.openstreetmap.org/copyright",
}
PUBLIC = ("weather", "grid", "ladder", "published", "notes", "uncertainty", "versions")


def report_from_directory(run_dir: str | Path, path: str | Path | None = None, lang: str = "en") -> Path:
    """Write the report of a run from the files in its folder.

    Parameters
    ----------
    run_dir : path
        Folder of a run.
    path : path, optional
        File to write; `report.html` in the folder where not given.
    lang : {"en", "az"}
        Language in which the page opens; a button in it changes to the other.

    Returns
    -------
    Path
        The file, which opens from disk without any network.

    Raises
    ------
    GreenzoneError
        The folder is none of a run, the language is unknown, or the file cannot be written.
    """
    if lang not in LANGUAGES:
        raise GreenzoneError(f"there is no report in '{lang}': choose one of {', '.join(LANGUAGES)}")
    target = Path(run_dir) / "report.html" if path is None else Path(path)
    text = page(read_run(run_dir), lang)
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise GreenzoneError(f"{target} cannot be written: {error.strerror}; name another file with -o") from error
    return target


def page(run: RunFiles, lang: str = "en") -> str:
    """The report as HTML text; the same text for the same files."""
    entries, meta = payload(run)
    data, directory = pack(entries)
    script = "\n".join(_asset(name) for name in SCRIPTS)
    plotly = plotly_source()
    content = json_for_script(_plain({**meta, "lang": lang, "entries": directory}))
    fields = {
        "lang": lang,
        "title": escape(f"{run.config.get('name', 'run')} – greenzone"),
        "policy": _policy(script, plotly),
        "style": _asset("report.css"),
        "content": content,
        "texts": json_for_script(texts()),
        "data": data,
        "plotly": compress(plotly.encode("utf-8")),
        "script": script,
    }
    # Split first, so that nothing in the data can look like a place for something else.
    pieces = _asset("report.html").split("@@")
    return "".join(fields[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def payload(run: RunFiles) -> tuple[sites.Entries, dict[str, Any]]:
    """All arrays by name, and everything else the page shows as plain values."""
    box = tuple(float(value) for value in run.sites.total_bounds)
    values, site_meta = sites.site_entries(run)
    shade, shade_meta = sites.terrain_entry(box)  # type: ignore[arg-type]
    excluded, excluded_meta = sites.excluded_entry(run, box)  # type: ignore[arg-type]
    curve, series = tables.curve_entries(run)
    hours, hour_meta = tables.hour_entries(run)
    economics = run.config.get("economics") or {}
    spread = ranges.ranges(run)
    meta = {
        **{key: run.manifest.get(key) for key in PUBLIC},
        "name": run.config.get("name"),
        "description": run.config.get("description"),
        "technologies": run.technologies,
        "currency": economics.get("currency", "USD"),
        "currency_year": economics.get("currency_year"),
        "ceiling": economics.get("lcoe_ceiling"),
        "box": box,
        "scale": sites.SCALE,
        "sites": site_meta,
        **shade_meta,
        **excluded_meta,
        "vectors": shapes.vector_layers(run),
        "ladders": tables.ladders(run, spread),
        "ranges": spread,
        "shares": ranges.stated_shares(spread),
        "mix_ranges": ranges.scenario_ranges(run),
        "plan": plan.plan_content(run),
        "curve": series,
        "scenarios": tables.scenario_tree(run),
        "hours": hour_meta,
        "eligibility": run.eligibility.astype(object).where(run.eligibility.notna(), None).to_dict("records"),
        "sources": tables.sources(),
        "tables": tables.table_sources(),
        "config": yaml.safe_dump(_plain(run.config), allow_unicode=True, sort_keys=False, width=100),
        "names_az": names_az(),
        "basemap": BASEMAP,
        "findings": findings(run, "scenario_notes", "scenario", ("summary", "land")),
        "plan_notes": findings(run, "plan_notes", "year"),
    }
    meta["said_az"] = azerbaijani(sentences(meta))
    return {**values, **shade, **excluded, **curve, **hours}, meta


def findings(run: RunFiles, table: str, of: str, topics: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Sentences of a table of notes, `note`, and the scenario or year they are of; of these topics, or all."""
    rows = run.tables[table]
    if not {of, "topic", "note"} <= set(rows.columns):
        return []
    kept = rows[rows["topic"].isin(topics)] if topics else rows
    return [{"of": str(row[of]), "note": str(row["note"])} for row in kept.to_dict("records")]


def sentences(meta: Mapping[str, Any]) -> list[str]:
    """All that the run says in sentences."""
    said = [str((meta.get("weather") or {}).get("source")), *(meta.get("uncertainty") or ())]
    said += [note for notes in (meta.get("notes") or {}).values() for note in notes]
    return said + [row["note"] for row in (*meta["findings"], *meta["plan_notes"])]


def names_az() -> dict[str, str]:
    """Azerbaijani names of the embedded districts."""
    table = catalogue.load_districts()
    return dict(zip(table["district"].astype(str), table["name_az"].astype(str), strict=True))


@cache
def texts() -> dict[str, dict[str, str]]:
    """All words of the page by language and key."""
    with resources.as_file(resources.files(__package__) / "texts.csv") as path:
        table = pd.read_csv(path, keep_default_na=False)
    return {lang: dict(zip(table["key"], table[lang], strict=True)) for lang in LANGUAGES}


@cache
def plotly_source() -> str:
    """The bundle that ships with plotly's package, read without importing the package."""
    found = find_spec("plotly")
    if found is None or not found.submodule_search_locations:
        raise GreenzoneError("the report needs plotly: pip install plotly")
    bundle = Path(found.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
    return unwrapped(bundle.read_text(encoding="utf-8"))


def unwrapped(bundle: str) -> str:
    """The bundle as a plain script, without the wrapper that hands it to module loaders; as it is where there is none.

    Browsers read what stands inside of a function that is not yet called once more when it is called, and the wrapper
    makes them read all 5 MB again: without it starting the bundle is about half the work.
    """
    start, end = WRAPPER.match(bundle), bundle.rstrip().removesuffix(WRAPPER_END)
    if start is None or len(end) == len(bundle.rstrip()):
        return bundle
    return start["licence"] + end[start.end() :]


@cache
def _asset(name: str) -> str:
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """A content policy: only these scripts run, and nothing is fetched but tiles of the base map."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob: {BASEMAP['url']}; "
        "base-uri 'none'; form-action 'none'"
    )


def _plain(value: Any) -> Any:
    """Values that JSON knows, NaN and infinities as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
