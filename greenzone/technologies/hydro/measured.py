"""What the user knows better than the model: a runoff raster, measured discharge.

Comes in: files. Goes out: runoff on the terrain's blocks, and the water beside each stream scaled so that the rivers
carry what was measured.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.warp import Resampling, reproject

from greenzone.errors import GreenzoneError
from greenzone.schema import Raster
from greenzone.technologies.hydro import model
from greenzone.technologies.hydro.streams import Streams

Array = NDArray[np.float64]
MONTHS = [f"m{month:02d}" for month in range(1, 13)]


def own_runoff(path: Path, ground: Raster, modelled: Array) -> Array:
    """Monthly runoff from a raster file, the model's where the file has no value.

    Parameters
    ----------
    path : Path
        Raster in any CRS: one band of annual runoff [mm], which the model's regime shares among the months, or twelve
        bands of monthly runoff [mm].
    ground : Raster
        Whose cells the runoff is wanted on.
    modelled : ndarray
        Runoff of the model, `(12, cell)`. [mm per month]

    Returns
    -------
    ndarray
        `(12, cell)`, NaN where `modelled` is. [mm per month]

    Raises
    ------
    GreenzoneError
        If the file cannot be read, has another number of bands, no CRS, no value on the terrain, or negative values.
    """
    bands = read_bands(path, ground)
    given = bands.reshape(len(bands), -1)
    known = np.isfinite(given).all(axis=0) & np.isfinite(modelled[0])
    if not known.any():
        raise GreenzoneError(f"{path} has no runoff on the terrain: check its CRS and extent")
    if given[:, known].min() < 0:
        raise GreenzoneError(f"{path} holds negative runoff: it must hold mm, 0 or more, with its nodata value set")
    if len(given) == 1:
        total = modelled.sum(axis=0)
        given = given * np.where(total > 0, modelled / np.where(total > 0, total, 1.0), 1 / 12)
    return np.where(known, given, modelled)


def read_bands(path: Path, ground: Raster) -> Array:
    """The 1 or 12 bands of a raster averaged over the cells of `ground`, `(band, row, column)`, NaN where missing."""
    try:
        source = rasterio.open(path)
    except rasterio.errors.RasterioIOError as error:
        raise GreenzoneError(f"runoff_file {path} cannot be read as a raster: {error}") from error
    with source:
        if source.count not in (1, 12):
            raise GreenzoneError(f"{path} has {source.count} bands: 1 of annual or 12 of monthly runoff are needed")
        if source.crs is None:
            raise GreenzoneError(f"{path} has no CRS: set it, for example with rio edit-info --crs")
        transform = Affine(ground.step_lon, 0, ground.west, 0, -ground.step_lat, ground.north)
        out = np.full((source.count, *ground.values.shape), np.nan)
        values = source.read(masked=True).astype(float).filled(np.nan)
        reproject(
            values, out, src_transform=source.transform, src_crs=source.crs, src_nodata=np.nan,
            dst_transform=transform, dst_crs="EPSG:4326", dst_nodata=np.nan, resampling=Resampling.average,
        )  # fmt: skip
    return out


def read_discharge(path: Path) -> pd.DataFrame:
    """Gauges of a CSV file: `lon, lat`, `catchment_km2` (NaN allowed) and `m01 … m12` [m3/s].

    The months may stand in the file, or one column `mean_discharge_m3s`; their columns are NaN then.

    Raises
    ------
    GreenzoneError
        If the file cannot be read, lacks columns, or holds negative or missing flows.
    """
    try:
        table = pd.read_csv(path, comment="#")
    except (OSError, ValueError) as error:
        raise GreenzoneError(f"discharge_file {path} cannot be read as CSV: {error}") from error
    flows = MONTHS if set(MONTHS) <= set(table) else ["mean_discharge_m3s"]
    if missing := [name for name in ["lon", "lat", *flows] if name not in table]:
        raise GreenzoneError(
            f"{path} lacks {', '.join(missing)}: columns are lon, lat, catchment_km2 if known, and "
            "mean_discharge_m3s or m01 to m12 in m3/s"
        )
    table = table.reindex(columns=["lon", "lat", "catchment_km2", *flows]).apply(pd.to_numeric, errors="coerce")
    needed = table[["lon", "lat", *flows]]
    if needed.isna().any(axis=None) or (needed[flows] < 0).any(axis=None):
        raise GreenzoneError(f"{path} has a row without a coordinate or with a missing or negative flow")
    return table


def corrected(local: Array, streams: Streams, gauges: pd.DataFrame) -> Array:
    """The water beside each node scaled so that the rivers carry at the gauges what was measured there.

    Parameters
    ----------
    local : ndarray
        Water that each stream node gets from the land beside it, `(12, node)`. [m3/s]
    streams : Streams
        The rivers.
    gauges : DataFrame
        From `read_discharge`. Annual means keep the model's regime.

    Returns
    -------
    ndarray
        `(12, node)`: between gauges the difference of what they measured counts. [m3/s]

    Raises
    ------
    GreenzoneError
        If a gauge stands off its river (`drainage.best_match`), or measured flow falls downstream.
    """
    local = local.copy()
    nodes = [streams.snap(row.lon, row.lat, row.catchment_km2) for row in gauges.itertuples()]
    done = np.zeros(streams.cell.size, dtype=bool)
    for index in np.argsort(nodes):  # nodes are numbered from the sources down
        above = streams.above(nodes[index])
        before = local[:, above & done].sum(axis=1)
        between = local[:, above & ~done].sum(axis=1)
        row = gauges.iloc[index]
        measured = row[MONTHS].to_numpy(float) if MONTHS[0] in row else None
        if measured is None:
            before, between, measured = model.annual_mean(before), model.annual_mean(between), row.mean_discharge_m3s
        if np.any(np.asarray(measured) < before - 1e-9):
            raise GreenzoneError(
                f"measured discharge falls downstream to the gauge at {row.lat:.3f} N {row.lon:.3f} E: water taken out "
                "belongs into the option abstraction; give natural flows"
            )
        factor = np.divide(measured - before, between, out=np.zeros_like(between), where=between > 0)
        local[:, above & ~done] *= np.reshape(factor, (-1, 1))
        done |= above
    return local
