"""A run in a notebook: a summary in HTML, and a map to move about in.

Comes in: a run. Goes out: HTML text, and a folium map where folium is installed.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from greenzone.errors import GreenzoneError
from greenzone.outputs.columns import COLOURS, bounds, meaning
from greenzone.outputs.figures import KINDS, draw
from greenzone.outputs.findings import InMemory
from greenzone.outputs.notes import weather_label
from greenzone.outputs.summary import currency, ladder
from greenzone.outputs.view import RunView

FOLIUM = (
    "an interactive map needs folium: pip install 'greenzone[notebook]', or draw a figure with run.plot('{column}')"
)
HEADINGS = {
    "technology": "",
    "technical_mw": "MW",
    "technical_gwh": "GWh/year",
    "capacity_factor": "capacity factor",
    "lcoe": "LCOE, {currency}/MWh",
    "economic_gwh": "economic, GWh/year",
}


def summary_text(run: RunView) -> str:
    """A run in one line for each technology."""
    sites = run.grid.sites
    lines = [f"Run '{run.config.get('name', 'greenzone')}': {sites.sizes['site']:,} sites, {_area(run):,.0f} km2"]
    rows = ladder(run).itertuples()
    lines += [f"  {row.technology}: {row.technical_mw:,.0f} MW, {row.technical_gwh:,.0f} GWh a year" for row in rows]
    return "\n".join(lines)


def summary_html(run: RunView) -> str:
    """A run as a table with the numbers that matter, its weather and its caveats.

    Parameters
    ----------
    run : RunView
        A finished run.

    Returns
    -------
    str
        HTML; names from the config are text in it, never markup.
    """
    table = ladder(run)
    money = currency(run)
    head = "".join(
        f"<th style='text-align:right'>{escape(words.format(currency=money))}</th>" for words in HEADINGS.values()
    )
    rows = "".join(
        "<tr>" + "".join(_cell(getattr(row, key)) for key in HEADINGS) + "</tr>" for row in table.itertuples()
    )
    name = escape(str(run.config.get("name", "greenzone")))
    about = f"{run.grid.sites.sizes['site']:,} sites, {_area(run):,.0f} km², weather: {escape(weather_label(run))}"
    notes = "".join(f"<li>{escape(note)}</li>" for potential in run.potentials.values() for note in potential.notes)
    return (
        f"<div><h4>Run {name}</h4><p>{about}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<details><summary>what to know before using the figures</summary><ul>{notes}</ul></details>"
        "<p><code>run.plot('solar_score')</code> draws a map, <code>run.explore('solar_score')</code> one to move "
        "about in; <code>run.potentials['wind'].sites</code> is the dataset of a technology.</p></div>"
    )


def plot(run: RunView, what: str = "best_technology", **options: Any) -> Any:
    """A figure of a run: a kind of `KINDS`, or the map of a column or layer."""
    if what in KINDS and what != "map":
        return draw(InMemory(run), what, **options)
    return draw(InMemory(run), "map", **({"column": what} if what != "map" else {}), **options)


def explore(run: RunView, column: str = "best_technology", **options: Any) -> Any:
    """A map of the sites to move about in, coloured by a column.

    Parameters
    ----------
    run : RunView
        A finished run.
    column : str
        A column of the site table or a layer of the ground.
    **options
        Passed on to `geopandas.GeoDataFrame.explore`, such as `tiles=None` where there is no network.

    Returns
    -------
    folium.Map
        Hovering over a site tells its name, district and value.

    Raises
    ------
    GreenzoneError
        folium is not installed, or there is no such column.
    """
    try:
        import folium  # noqa: F401
    except ImportError as error:
        raise GreenzoneError(FOLIUM.format(column=column)) from error
    findings = InMemory(run)
    values = findings.column(column)
    if values is None:
        near = ", ".join(findings.column_names()[:12])
        raise GreenzoneError(f"there is no column '{column}' of the sites in this run; there are {near} and more")
    sites = findings.sites[["site", "district", findings.sites.geometry.name]].assign(**{column: values})
    for name in dict.fromkeys(("site", "district", column)):  # they become HTML
        if sites[name].dtype.kind not in "fiu":
            sites[name] = [escape(value) if isinstance(value, str) else value for value in sites[name]]
    known = meaning(column, currency(run))
    look: dict[str, Any] = {
        "legend": True,
        "tiles": "CartoDB positron",
        "style_kwds": {"weight": 0.2, "fillOpacity": 0.7},
    }
    if np.asarray(values).dtype.kind in "fiu":
        low, high = bounds(values, known)
        look |= {"cmap": known.ramp, "vmin": low, "vmax": high, "legend_kwds": {"caption": known.label}}
    else:
        names = [name for name in COLOURS if name in set(values)]
        look |= {"categories": names, "cmap": [COLOURS[name] for name in names]} if names else {"categorical": True}
    return sites[sites[column].notna()].explore(column=column, tooltip=["site", "district", column], **(look | options))


def _area(run: RunView) -> float:
    return float(run.grid.sites.area_km2.sum())


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return f"<td>{escape(str(value))}</td>"
    text = "-" if value != value else f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3g}"
    return f"<td style='text-align:right'>{text}</td>"
