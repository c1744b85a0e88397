"""What lies under every map of the figures: terrain, borders, rivers, places, a scale bar.

Comes in: axes and findings. Goes out: the drawn ground, and the axes in true proportions.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from greenzone.outputs.findings import Findings
from greenzone.outputs.maps import Extent, hillshade, labelled_places

WIDTH = 6.7  # inches across, the text width of an A4 page
KM_PER_DEGREE = 111.32
HALO = [withStroke(linewidth=2, foreground="white")]
RIVER, BORDER = "#56a5d8", "#222222"
LEAST_STRAHLER = 3


def map_figure(extent: Extent, title: str) -> tuple[Figure, Axes]:
    """A figure whose map has the zone's true shape, with room for a colour bar."""
    west, east, south, north = extent
    stretch = 1 / np.cos(np.radians((south + north) / 2))
    figure = Figure(
        figsize=(WIDTH, 0.86 * WIDTH * (north - south) / (east - west) * stretch + 0.6), layout="constrained"
    )
    axes = figure.add_subplot()
    axes.set(xlim=(west, east), ylim=(south, north), aspect=stretch)
    axes.set_title(plain(title), fontsize=11, loc="left")
    axes.tick_params(labelsize=7)
    axes.xaxis.set_major_formatter("{x:g}°E")
    axes.yaxis.set_major_formatter("{x:g}°N")
    axes.locator_params(nbins=5)
    return figure, axes


def draw_ground(axes: Axes, findings: Findings, extent: Extent) -> None:
    """Shaded terrain below, rivers, borders and places above whatever is drawn between (orders 1 and 2)."""
    terrain = findings.elevation
    west, east, south, north = extent
    if terrain.lon[0] < west and east < terrain.lon[-1] and terrain.lat[-1] < south and north < terrain.lat[0]:
        shade, box = hillshade(terrain, extent)
        axes.imshow(
            shade, extent=box, cmap="gray", vmin=-0.3, vmax=1.05, interpolation="bilinear", zorder=0, aspect="auto"
        )
    rivers = findings.layer("rivers")
    if rivers is not None:
        large = rivers[rivers["strahler"] >= LEAST_STRAHLER] if "strahler" in rivers else rivers
        draw_lines(axes, large, colors=RIVER, linewidths=0.7, zorder=3)
    districts = findings.layer("districts")
    if districts is not None:
        borders = gpd.GeoDataFrame(geometry=districts.geometry.boundary)
        draw_lines(axes, borders, colors="white", linewidths=1.4, zorder=4)
        draw_lines(axes, borders, colors=BORDER, linewidths=0.6, zorder=5)
        for name, lon, lat in labelled_places(districts):
            axes.plot(
                lon, lat, "o", markersize=2.5, color="black", markeredgecolor="white", markeredgewidth=0.5, zorder=6
            )
            axes.annotate(name, (lon, lat), (3, 3), textcoords="offset points", fontsize=6, path_effects=HALO, zorder=7)
    axes.set(xlim=(west, east), ylim=(south, north))
    _scale_bar(axes, extent)


def plain(text: str) -> str:
    """Text as it is: a dollar sign in a name is no formula."""
    return text.replace("$", r"\$")


def draw_lines(axes: Axes, frame: gpd.GeoDataFrame, **style: Any) -> None:
    """Lines of any kind as one collection."""
    lines = [shapely.get_coordinates(line) for line in shapely.get_parts(frame.geometry.to_numpy())]
    axes.add_collection(LineCollection(lines, **style))


def _scale_bar(axes: Axes, extent: Extent) -> None:
    """A bar of a round number of kilometres, about a fifth of the map."""
    west, east, south, north = extent
    degree = KM_PER_DEGREE * np.cos(np.radians((south + north) / 2))
    wanted = (east - west) * degree / 5
    length = max(step * 10.0**power for power in range(-2, 4) for step in (1, 2, 5) if step * 10.0**power <= wanted)
    left, low = west + 0.03 * (east - west), south + 0.03 * (north - south)
    axes.plot([left, left + length / degree], [low, low], color=BORDER, linewidth=2.5, path_effects=HALO, zorder=8)
    axes.annotate(
        f"{length:g} km", (left, low), (0, 4), textcoords="offset points", fontsize=7, path_effects=HALO, zorder=8
    )
