"""The rivers of a terrain and what they carry: the few cells of a drainage on which plants can stand.

Comes in: `Drainage` of all cells, monthly runoff. Goes out: `Streams`, the network of river cells alone, and the mean
discharge of each month on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyflwdir.streams import strahler_order
from pyflwdir.streams import streams as stream_segments

from greenzone.schema import Raster
from greenzone.technologies.hydro import kernel_terrain
from greenzone.technologies.hydro.drainage import KM_PER_DEGREE, Drainage, best_match, link_length_km

Array = NDArray[np.float64]
BLOCK = 1 / 120  # degree, what the water balance is calibrated on: it does not see finer cells


@dataclass(frozen=True)
class Streams:
    """A network of river cells ("nodes"), sources first: arrays over nodes.

    `cell` is the raster's cell of each node, `downstream` the next node, itself where water leaves; `bed` [m],
    `upstream_km2` and `length_km` (to the next node, 0 at an outlet) as in `Drainage`.
    """

    cell: NDArray[np.int64]
    downstream: NDArray[np.int64]
    lon: Array
    lat: Array
    bed: Array
    upstream_km2: Array
    length_km: Array

    @property
    def order(self) -> NDArray[np.int64]:
        """Nodes from the sources down."""
        return np.arange(self.cell.size)

    def accumulate(self, values: ArrayLike) -> Array:
        """Sum of `values` `(…, node)` over each node and all above it."""
        array = np.asarray(values, dtype=float)
        flat = array.reshape(-1, array.shape[-1])
        return kernel_terrain.accumulate(self.downstream, self.order, flat).reshape(array.shape)

    def strahler(self, part: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Strahler order of the nodes of `part`, 0 elsewhere."""
        return strahler_order(self.downstream, self.order[::-1], mask=part).astype(np.int64)

    def segments(self, part: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
        """Rivers of `part` between confluences: nodes of each from its upper end to the confluence, at least two."""
        found = stream_segments(self.downstream, self.order[::-1], mask=part)
        return [np.asarray(nodes, dtype=np.int64) for nodes in found if nodes[0] != nodes[-1]]

    def above(self, node: int) -> NDArray[np.bool_]:
        """Which nodes drain to `node`, itself included."""
        return kernel_terrain.upstream_of(self.downstream, self.order, node)

    def snap(self, lon: float, lat: float, area_km2: float | None = None, radius_km: float = 5.0) -> int:
        """Node of the river a point stands on; see `drainage.best_match`, also for the errors."""
        across = radius_km / KM_PER_DEGREE / np.cos(np.radians(lat))
        near = np.flatnonzero(
            (np.abs(self.lon - lon) <= across) & (np.abs(self.lat - lat) <= radius_km / KM_PER_DEGREE)
        )
        place = (self.lon[near], self.lat[near], lon, lat)
        return int(near[best_match(self.upstream_km2[near], *place, area_km2, radius_km)])


def blocks(raster: Raster) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the block of about `BLOCK` degrees that each row and column of a raster belongs to."""
    rows, columns = raster.values.shape
    down, across = max(round(BLOCK / raster.step_lat), 1), max(round(BLOCK / raster.step_lon), 1)
    return np.arange(rows) // down, np.arange(columns) // across


def coarse(raster: Raster) -> Raster:
    """The mean of a raster over its `blocks`; the last row and column may reach beyond it."""
    row, column = blocks(raster)
    down, across = int((row == 0).sum()), int((column == 0).sum())
    values = kernel_terrain.block_mean(raster.values, row, column)
    return Raster(values, raster.west, raster.north, raster.step_lon * across, raster.step_lat * down)


def streams_of(drainage: Drainage, carry: NDArray[np.bool_]) -> tuple[Streams, NDArray[np.int32]]:
    """The network of the cells that `carry` a river and all below them, and the node each cell drains to.

    The latter is over the terrain's cells, -1 where no river lies below.
    """
    cell, node = kernel_terrain.stream_nodes(drainage.downstream, drainage.order, carry)
    target = drainage.downstream[cell].astype(np.int64)
    rows, columns = np.divmod(cell, drainage.raster.values.shape[1])
    return Streams(
        cell,
        node[target].astype(np.int64),
        drainage.raster.lon[columns],
        drainage.raster.lat[rows],
        drainage.bed[cell].astype(float),
        drainage.upstream_km2[cell].astype(float),
        link_length_km(drainage.raster, cell, target),
    ), node
