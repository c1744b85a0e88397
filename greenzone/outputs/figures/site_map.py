"""Maps of anything a run has found: a column of the sites, or a vector layer.

Comes in: findings and a name. Goes out: a figure, or one clear error that names what there is.
"""

from __future__ import annotations

from difflib import get_close_matches

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from greenzone.errors import GreenzoneError
from greenzone.outputs.columns import COLOURS, OTHER_COLOUR, Meaning, bounds, meaning
from greenzone.outputs.figures.ground import draw_ground, draw_lines, map_figure, plain
from greenzone.outputs.findings import Findings, currency_of, name_of
from greenzone.outputs.maps import Extent, site_raster

PIXELS = 1500  # across the longer side, 250 dots to the inch on an A4 page
# Paul Tol's muted colours, and some of Okabe and Ito's, for names without a colour of their own.
CLASSES = (
    "#332288", "#DDCC77", "#117733", "#CC6677", "#88CCEE", "#882255", "#44AA99", "#999933", "#AA4499", "#DDDDDD",
    "#E69F00", "#0072B2",
)  # fmt: skip


def site_map(findings: Findings, column: str) -> Figure:
    """A map of a column or a layer.

    Parameters
    ----------
    findings : Findings
        What a run has found.
    column : str
        A column of the sites, such as `solar_score`, or a vector layer, such as `hydro_plants`.

    Returns
    -------
    Figure
        Terrain, rivers, borders, places and a scale bar, with a legend in units. Sites without a value stay open.

    Raises
    ------
    GreenzoneError
        The run has no such column and no such layer.
    """
    values = findings.column(column)
    if values is not None:
        return _of_sites(findings, column, values)
    layer = findings.layer(column)
    if layer is not None:
        return _of_layer(findings, column, layer)
    known = [*findings.column_names(), *findings.layer_names()]
    near = get_close_matches(column, known, 3) or known[:12]
    raise GreenzoneError(f"there is no column or layer '{column}' in this run; did you mean {', '.join(near)}?")


def _of_sites(findings: Findings, column: str, values: np.ndarray) -> Figure:
    index, extent = site_raster(findings.sites.geometry.to_numpy(), PIXELS)
    known = meaning(column, currency_of(findings))
    figure, axes = map_figure(extent, f"{name_of(findings)} - {known.words}")
    draw_ground(axes, findings, extent)
    if values.dtype.kind in "fiu":
        draw_numbers(axes, index, extent, values.astype(float), known, bounds(values, known))
    else:
        draw_names(axes, index, extent, pd.Series(values, dtype=object))
    return figure


def draw_numbers(
    axes: Axes, index: np.ndarray, extent: Extent, values: np.ndarray, known: Meaning, limits: tuple[float, float]
) -> None:
    """Colour every site by its value, with a colour bar that tells where values lie beyond its ends."""
    image = axes.imshow(
        np.append(values, np.nan)[index], extent=extent, cmap=known.ramp, vmin=limits[0], vmax=limits[1],
        alpha=0.85, interpolation="nearest", zorder=1, aspect="auto",
    )  # fmt: skip
    finite = values[np.isfinite(values)]
    below = bool(finite.size) and float(finite.min()) < limits[0] - 1e-9
    above = bool(finite.size) and float(finite.max()) > limits[1] + 1e-9
    ends = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02, extend=ends[below, above])
    bar.set_label(plain(known.label), fontsize=9)
    bar.ax.tick_params(labelsize=7)


def draw_names(axes: Axes, index: np.ndarray, extent: Extent, values: pd.Series) -> None:
    """Colour every site by a text, with a legend of as many as there are colours."""
    names = [name for name in COLOURS if name in set(values)] or list(values.dropna().value_counts().index)
    colours = [COLOURS.get(name, CLASSES[number % len(CLASSES)]) for number, name in enumerate(names)]
    code = values.map({name: number for number, name in enumerate(names)}).to_numpy(float)
    axes.imshow(
        np.append(code, np.nan)[index], extent=extent, cmap=ListedColormap(colours), alpha=0.8, zorder=1,
        norm=Normalize(-0.5, len(names) - 0.5), interpolation="nearest", aspect="auto",
    )  # fmt: skip
    _legend(axes, dict(zip(names[: 2 * len(CLASSES)], colours, strict=False)))


def _of_layer(findings: Findings, name: str, layer: gpd.GeoDataFrame) -> Figure:
    _, extent = site_raster(findings.sites.geometry.to_numpy(), PIXELS)
    figure, axes = map_figure(extent, f"{name_of(findings)} - {name.replace('_', ' ')}")
    draw_ground(axes, findings, extent)
    by = next((key for key in ("technology", "status") if key in layer), None)
    if by is None:
        colour = COLOURS.get(name.split("_")[0], OTHER_COLOUR)
        _draw_shapes(axes, layer, colour)
        return figure
    shown = {}
    for number, (value, part) in enumerate(layer.groupby(by, sort=True)):
        shown[str(value)] = COLOURS.get(str(value), CLASSES[number % len(CLASSES)])
        _draw_shapes(axes, part, shown[str(value)])
    _legend(axes, shown)
    return figure


def _draw_shapes(axes: Axes, frame: gpd.GeoDataFrame, colour: str) -> None:
    """Points sized by their capacity, lines, and polygons filled faintly."""
    parts = frame[frame.geometry.notna()].explode(ignore_index=True)
    kinds = parts.geom_type
    points = parts[kinds == "Point"]
    if len(points):
        capacity = points["capacity_mw"].astype(float).fillna(0) if "capacity_mw" in points else 5.0
        axes.scatter(
            points.geometry.x,
            points.geometry.y,
            s=8 + 2 * capacity,
            c=colour,
            edgecolors="white",
            linewidths=0.4,
            zorder=6,
        )
    draw_lines(axes, parts[kinds == "LineString"], colors=colour, linewidths=1.1, zorder=6)
    rings = [shapely.get_coordinates(shape.exterior) for shape in parts.geometry[kinds == "Polygon"]]
    axes.add_collection(PolyCollection(rings, facecolor=colour, alpha=0.45, edgecolor=colour, linewidth=0.8, zorder=2))


def _legend(axes: Axes, colours: dict[str, str]) -> None:
    patches = [Patch(color=colour, label=plain(name)) for name, colour in colours.items()]
    axes.legend(handles=patches, loc="upper right", fontsize=7, framealpha=0.9).set_zorder(9)
