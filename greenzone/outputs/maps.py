"""The overview map: one panel per technology over the terrain, and one of the best technology.

Comes in: a run. Goes out: a PNG picture for the README and for a first look.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LightSource, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from rasterio.features import rasterize
from rasterio.transform import from_bounds

from greenzone.layers import catalogue
from greenzone.outputs.columns import COLOURS, OTHER_COLOUR
from greenzone.outputs.tables import best_technology
from greenzone.outputs.view import RunView
from greenzone.schema import Raster

Extent = tuple[float, float, float, float]  # west, east, south, north in degrees

DPI = 120
PANEL, GAP, TITLE, FOOT = 4.3, 0.08, 0.32, 0.75  # inches
PIXELS = 600  # across the longer side of the zone
MARGIN_DEGREES = 0.12
SCORES = "viridis"  # even steps of lightness, told apart without red-green vision and in grey
LABEL = 0.25, 0.07  # width and height of a label, degrees
LABELLED_PERSONS = 5000
METRES_PER_DEGREE = 111_320.0


def write_overview(run: RunView, path: Path) -> None:
    """Draw the score of every technology, and the best technology of every site, side by side.

    Parameters
    ----------
    run : RunView
        A finished run.
    path : path
        PNG file to write.
    """
    with Path(path).open("wb") as file:
        overview(run).savefig(
            file, format="png", dpi=DPI, metadata={"Software": None}, pil_kwargs={"compress_level": 3}
        )


def overview(run: RunView) -> Figure:
    """The figure of `write_overview`."""
    index, extent = site_raster(run.grid.geometry)
    names = list(run.potentials)
    figure, grid, bar = _panels(len(names) + 1, extent)
    shade = hillshade(run.layers.elevation, extent)
    for axes in grid:
        _base(axes, run, shade)
    for name, axes in zip(names, grid, strict=False):
        image = _scores(axes, run, name, index, extent)
    _best(grid[-1], run, index, extent)
    west, east, south, north = extent
    for axes in grid:
        axes.set(xlim=(west, east), ylim=(south, north), aspect="auto", xticks=[], yticks=[])
    if names:
        figure.colorbar(image, cax=bar, orientation="horizontal")
        bar.set_xlabel("score of the site, from 0 to 1; grey: nothing fits there", fontsize=9)
    return figure


def _panels(number: int, extent: Extent) -> tuple[Figure, list[Axes], Axes]:
    """A figure with panels of the zone's true shape, at most three in a row, and a slot for the colour bar below."""
    west, east, south, north = extent
    columns = 2 if number in (2, 4) else min(3, number)
    rows = -(-number // columns)
    high = PANEL * (north - south) / (east - west) / np.cos(np.radians((south + north) / 2))
    width, height = columns * (PANEL + GAP) + GAP, rows * (high + TITLE) + FOOT
    figure = Figure(figsize=(width, height))

    def slot(left: float, bottom: float, wide: float, tall: float) -> Axes:
        return figure.add_axes((left / width, bottom / height, wide / width, tall / height))

    grid = [
        slot(GAP + (k % columns) * (PANEL + GAP), FOOT + (rows - 1 - k // columns) * (high + TITLE), PANEL, high)
        for k in range(number)
    ]
    return figure, grid, slot(width / 2 - PANEL / 2, FOOT * 0.65, PANEL, FOOT * 0.12)


def site_raster(geometry: np.ndarray, pixels: int = PIXELS) -> tuple[np.ndarray, Extent]:
    """Number of the site at each pixel of a picture of the zone, -1 outside; and its west, east, south, north.

    The longer side of the picture has `pixels` pixels.
    """
    west, south, east, north = shapely.total_bounds(geometry) + np.array([-1, -1, 1, 1]) * MARGIN_DEGREES
    scale = pixels / max(east - west, north - south)
    width, height = max(1, round((east - west) * scale)), max(1, round((north - south) * scale))
    transform = from_bounds(west, south, east, north, width, height)
    numbered = zip(geometry, range(len(geometry)), strict=True)
    index = rasterize(numbered, (height, width), fill=-1, transform=transform, dtype="int32")
    return index, (west, east, south, north)


def hillshade(elevation: Raster, extent: Extent) -> tuple[np.ndarray, Extent]:
    """Shaded relief of the part of the terrain inside `extent`, and its own west, east, south, north."""
    west, east, south, north = extent
    columns = np.flatnonzero((elevation.lon > west) & (elevation.lon < east))
    rows = np.flatnonzero((elevation.lat > south) & (elevation.lat < north))
    part = elevation.values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    metres = METRES_PER_DEGREE * np.array(
        [elevation.step_lon * np.cos(np.radians((south + north) / 2)), elevation.step_lat]
    )
    filled = np.where(np.isfinite(part), part, np.nanmin(part))
    shade = LightSource(315, 45).hillshade(filled, vert_exag=2.0, dx=metres[0], dy=metres[1])
    lon, lat = elevation.lon[columns], elevation.lat[rows]
    half = elevation.step_lon / 2, elevation.step_lat / 2
    return shade, (lon[0] - half[0], lon[-1] + half[0], lat[-1] - half[1], lat[0] + half[1])


def _base(axes: Axes, run: RunView, shade: tuple[np.ndarray, Extent]) -> None:
    """Terrain, rivers, district borders."""
    axes.imshow(shade[0], extent=shade[1], cmap="gray", vmin=-0.3, vmax=1.05, interpolation="bilinear", zorder=0)
    rivers = run.potentials["hydro"].features.get("rivers") if "hydro" in run.potentials else None
    if rivers is not None:
        _lines(
            axes, rivers[rivers["strahler"] >= 2] if "strahler" in rivers else rivers, color="#56a5d8", linewidth=0.6
        )
    borders = run.layers.zone.geometry.boundary.explode()
    _lines(axes, gpd.GeoDataFrame(geometry=borders), color="white", linewidth=1.5, zorder=3)
    _lines(axes, gpd.GeoDataFrame(geometry=borders), color="black", linewidth=0.6, zorder=4)


def _lines(axes: Axes, frame: gpd.GeoDataFrame, **style: Any) -> None:
    lines = [shapely.get_coordinates(line) for line in shapely.get_parts(frame.geometry.to_numpy())]
    axes.add_collection(LineCollection(lines, **{"zorder": 2, **style}))


def _scores(axes: Axes, run: RunView, name: str, index: np.ndarray, extent: Extent) -> Any:
    score, sites = run.scores[name].to_numpy(), run.potentials[name].sites
    values = np.where(index >= 0, np.append(score, np.nan)[index], np.nan)
    image = axes.imshow(
        values, extent=extent, cmap=SCORES, vmin=0, vmax=1, alpha=0.85, interpolation="nearest", zorder=1
    )
    plants = run.potentials[name].features.get(f"{name}_plants")
    if plants is not None and "capacity_mw" in plants:
        size = 4 + 1.2 * plants["capacity_mw"].astype(float).fillna(0)
        at = plants.geometry.representative_point()
        axes.scatter(at.x, at.y, s=size, c=COLOURS[name], edgecolors="white", linewidths=0.4, zorder=5)
    capacity, energy = float(sites.capacity_mw.sum()), float(sites.energy_gwh.sum())
    axes.set_title(f"{name}: {capacity:,.0f} MW, {energy:,.0f} GWh a year", fontsize=10)
    return image


def _best(axes: Axes, run: RunView, index: np.ndarray, extent: Extent) -> None:
    names, best = list(run.potentials), best_technology(run)
    code = np.array([names.index(name) if name is not None else -1 for name in best] + [-1])[index]
    colours = [COLOURS.get(name, OTHER_COLOUR) for name in names]
    values = np.ma.masked_less(np.where(index >= 0, code, -1), 0)
    norm = Normalize(-0.5, len(names) - 0.5)
    axes.imshow(
        values, extent=extent, cmap=ListedColormap(colours), alpha=0.8, interpolation="nearest", zorder=1, norm=norm
    )
    axes.set_title("best technology by score", fontsize=10)
    patches = [Patch(color=colour, label=name) for name, colour in zip(names, colours, strict=True)]
    axes.legend(handles=patches, loc="lower left", fontsize=7, framealpha=0.9)
    halo = [withStroke(linewidth=2, foreground="white")]
    for name, lon, lat in labelled_places(run.layers.zone):
        axes.plot(lon, lat, "o", markersize=3, color="black", markeredgecolor="white", markeredgewidth=0.5, zorder=6)
        axes.annotate(name, (lon, lat), (3, 3), textcoords="offset points", fontsize=7, path_effects=halo, zorder=7)


def labelled_places(districts: gpd.GeoDataFrame) -> list[tuple[str, float, float]]:
    """Name, longitude and latitude of the larger settlements, district seats first, none on the label of another."""
    places = catalogue.load_settlements().fillna({"population": 0.0})
    zone = shapely.union_all(districts.geometry.to_numpy())
    places = places[shapely.contains_xy(zone, places.lon, places.lat)]
    seat = places.name.isin(districts["district"])
    places = places.assign(seat=seat).sort_values(["seat", "population", "name"], ascending=[False, False, True])
    kept: list[tuple[str, float, float]] = []
    for place in places.itertuples():
        free = all(abs(place.lon - lon) > LABEL[0] or abs(place.lat - lat) > LABEL[1] for _, lon, lat in kept)
        if free and (place.seat or place.population >= LABELLED_PERSONS):
            kept.append((place.name, place.lon, place.lat))
    return kept
