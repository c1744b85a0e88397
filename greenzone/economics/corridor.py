"""The ground that lines cross: what a kilometre costs in each cell, against level open ground.

Comes in: slope, land cover and the user's existing lines. Goes out: `Ground`, a raster of multipliers, coarsened
where it is finer than routes need.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from greenzone.economics.terrain import slope_multiplier
from greenzone.layers.surface import Surface, land_cover_codes
from greenzone.layers.terrain import pixel_size
from greenzone.schema import Raster

MOST_WORK = 5_000_000  # cells times nodes; finer rasters are averaged: the embedded terrain has 155,520 cells


@dataclass(frozen=True)
class Ground:
    """Where lines may run: `multiplier` is a raster [1], NaN where none may; `pixels` says of each pixel of the
    surface in which cell it lies."""

    multiplier: Raster
    pixels: NDArray[np.int64]

    @property
    def size_km(self) -> tuple[NDArray[np.float64], float]:
        """Width of the cells of each row and height of all. [km]"""
        width, height = pixel_size(self.multiplier)
        return width / 1000, height / 1000

    def cells_at(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Flat cell under each place, -1 outside."""
        return _cells_at(self.multiplier, lon, lat)

    def cells_of(self, shape: shapely.Geometry) -> NDArray[np.int64]:
        """Flat cells that a point or line touches, looked at every third of a cell."""
        step = min(self.multiplier.step_lon, self.multiplier.step_lat) / 3
        points = shapely.get_coordinates(shapely.segmentize(shape, step))
        cells = np.unique(self.cells_at(points[:, 0], points[:, 1]))
        return cells[cells >= 0]

    def place(self, cells: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude of the middle of cells."""
        row, column = np.divmod(cells, self.multiplier.values.shape[1])
        return self.multiplier.lon[column], self.multiplier.lat[row]

    def with_lines(self, lines: gpd.GeoDataFrame, factor: float) -> Ground:
        """The ground with cells under existing lines at `factor` of their cost."""
        values = self.multiplier.values.copy()
        for shape in lines.geometry:
            cells = self.cells_of(shape)
            values.ravel()[cells] = self.multiplier.values.ravel()[cells] * factor
        return Ground(_like(self.multiplier, values), self.pixels)

    def weights(self, coverage: sparse.csr_matrix) -> sparse.csr_matrix:
        """Share of each cell in each site, rows summing to 1, from that of the surface's pixels `(site, pixel)`.

        Cells where no line may run do not count; a site with no other is an empty row.
        """
        entries = coverage.tocoo()
        cells = self.pixels[entries.col]
        open_ = np.isfinite(self.multiplier.values.ravel()[cells])
        shape = (coverage.shape[0], self.multiplier.values.size)
        joined = sparse.csr_matrix((entries.data[open_], (entries.row[open_], cells[open_])), shape=shape)
        total = np.asarray(joined.sum(axis=1)).ravel()
        return sparse.diags_array(np.divide(1, total, out=np.zeros_like(total), where=total > 0)) @ joined


def line_multiplier(surface: Surface, routes: pd.DataFrame) -> NDArray[np.float64]:
    """Cost of a line over that on level open ground, (row, column). [1]

    Parameters
    ----------
    surface : Surface
        Its `slope` [degree], `land_cover` (IGBP codes) and `elevation` are used.
    routes : DataFrame
        The table `economics_routes`.

    Returns
    -------
    ndarray
        Product of the multipliers by slope and by land cover; NaN where elevation or slope is unknown. Unknown land
        cover is open.
    """
    classes = routes[routes["kind"] == "land_cover"].set_index("key")["multiplier"].astype(float)
    by_code = {code: classes.get(name, 1.0) for name, code in land_cover_codes().items()}
    cover = np.ones(surface.elevation.values.shape)
    for code, factor in by_code.items():
        cover[surface.land_cover == code] = factor
    multiplier = slope_multiplier(surface.slope, routes) * cover
    return np.where(np.isfinite(surface.elevation.values), multiplier, np.nan)


def ground_of(surface: Surface, routes: pd.DataFrame, nodes: int = 1) -> Ground:
    """The ground of the whole surface, so that a site's routes do not hang on which others are looked at.

    Where routes to so many `nodes` would be too much work on the surface's own pixels, blocks of them are averaged.
    """
    like = surface.elevation
    multiplier = line_multiplier(surface, routes)
    step = int(np.ceil(np.sqrt(multiplier.size * max(nodes, 1) / MOST_WORK)))
    coarse = _block_mean(multiplier, step)
    raster = Raster(coarse, like.west, like.north, like.step_lon * step, like.step_lat * step)
    rows, columns = multiplier.shape
    cells = (np.arange(rows) // step)[:, None] * coarse.shape[1] + np.arange(columns) // step
    return Ground(raster, cells.ravel())


def _block_mean(values: NDArray[np.float64], step: int) -> NDArray[np.float64]:
    """Mean of blocks of `step` by `step`, NaN left out; blocks at the far edges may be smaller."""
    if step == 1:
        return values
    known = np.isfinite(values)
    edges = [np.arange(0, size, step) for size in values.shape]
    total, count = (
        np.add.reduceat(np.add.reduceat(part, edges[0], axis=0), edges[1], axis=1)
        for part in (np.where(known, values, 0.0), known.astype(float))
    )
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _cells_at(raster: Raster, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    rows, columns = raster.values.shape
    column = np.floor((np.asarray(lon) - raster.west) / raster.step_lon).astype(int)
    row = np.floor((raster.north - np.asarray(lat)) / raster.step_lat).astype(int)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    return np.where(inside, row * columns + column, -1)


def _like(raster: Raster, values: NDArray[np.float64]) -> Raster:
    return Raster(values, raster.west, raster.north, raster.step_lon, raster.step_lat)
