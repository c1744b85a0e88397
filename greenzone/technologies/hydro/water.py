"""The water of a terrain: drainage, runoff and what they make together, discharge on every river.

Comes in: elevation, tables, climate, options (a runoff raster or measured discharge of the user's own). Goes out:
`Water`, the streams with the mean flow of each month, and the gross power of the terrain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone import schema
from greenzone.technologies.hydro import drainage, kernel_terrain, measured, model, runoff
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.streams import Streams, blocks, coarse, streams_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Water:
    """The flow network of the terrain and its rivers.

    `node` is the stream node each cell of the terrain drains to, -1 for none `(cell,)`. `discharge` is the mean flow of
    each month and stream node `(12, node)` [m3/s]; `annual` that of the year on every cell of the terrain, before
    measured discharge corrects it `(cell,)` [m3/s]; `gross` is the power of all falling water `(block row, block
    column)` of the raster `blocks` [kW].
    """

    drainage: drainage.Drainage
    streams: Streams
    node: NDArray[np.int32]
    discharge: Array
    annual: Array
    blocks: schema.Raster
    gross: Array
    parameters: runoff.Parameters

    @property
    def mean(self) -> Array:
        """Mean discharge of the year, `(stream node,)`. [m3/s]"""
        return model.annual_mean(self.discharge)


def water(
    elevation: schema.Raster,
    tables: Mapping[str, pd.DataFrame],
    climate: xr.Dataset,
    options: Options | None = None,
) -> Water:
    """Discharge on a terrain.

    Parameters
    ----------
    elevation : Raster
        The terrain, wider than the catchments that matter. [m]
    tables : mapping
        Needs `hydro_inflow` and `hydro_runoff`.
    climate : Dataset
        See `runoff.climate_on`.
    options : Options, optional
        Which streams are kept, and files of the user's own.

    Returns
    -------
    Water

    Raises
    ------
    GreenzoneError
        If the terrain cannot drain (`drainage.derive`), the climate does not cover it, or a file cannot be used.

    Notes
    -----
    The water balance is reckoned on blocks of about 30 arc-seconds, on which it is calibrated; finer cells share
    their block's runoff depth.
    """
    options = options or Options()
    network = drainage.derive(elevation, tables["hydro_inflow"])
    parameters = runoff.Parameters.read(tables["hydro_runoff"])
    ground = coarse(network.raster)
    depth = runoff.monthly_runoff(runoff.climate_on(ground, climate), ground, parameters)
    if options.runoff_file is not None:
        depth = measured.own_runoff(options.runoff_file, ground, depth)
    runoff.check(depth)
    entering = drainage.inflow_by_month(network, tables["hydro_inflow"])
    annual, gross = annual_discharge(network, depth.sum(axis=0).reshape(ground.values.shape), entering)
    carry = (annual >= options.min_mean_flow_m3s) | (network.upstream_km2 >= options.river_km2)
    streams, node = streams_of(network, carry)
    local = local_discharge(network, depth.T.reshape(*ground.values.shape, 12), node, streams.cell.size)
    for cell, monthly in entering.items():
        if node[cell] >= 0:
            local[:, node[cell]] += monthly
    if options.discharge_file is not None:
        local = measured.corrected(local, streams, measured.read_discharge(options.discharge_file))
    return Water(network, streams, node, streams.accumulate(local), annual, ground, gross, parameters)


def annual_discharge(network: drainage.Drainage, depth: Array, entering: Mapping[int, Array]) -> tuple[Array, Array]:
    """Mean flow of every cell [m3/s], and the gross power of each block's links [kW].

    `depth` is the annual runoff of the blocks [mm], `entering` the monthly flow of rivers from outside by cell [m3/s].
    """
    parts = blocks(network.raster)
    flow = kernel_terrain.cell_discharge(depth, network.row_area_km2, *parts, network.downstream)
    for cell, monthly in entering.items():
        flow[cell] += model.annual_mean(monthly)
    kernel_terrain.gather(network.downstream, network.order, flow)
    fall = kernel_terrain.block_power(network.downstream, network.bed, flow, *parts)
    return flow, model.power(fall, 1.0)


def local_discharge(network: drainage.Drainage, depth: Array, node: NDArray[np.int32], nodes: int) -> Array:
    """Flow that each stream node gets from the land beside it, `(12, node)`. [m3/s]

    `depth` is `(block row, block column, 12)` [mm per month], `node` the stream node each cell drains to.
    """
    parts = blocks(network.raster)
    volume = kernel_terrain.node_discharge(depth, network.row_area_km2, *parts, node, nodes)
    return volume.T * 1000.0 / (model.DAYS[:, None] * 86400.0)
