"""Rasters in memory: reading the user's own, bringing them onto one grid, taking exact means over sites.

Comes in: raster files and site polygons. Goes out: `schema.Raster` and `Coverage`, the share of every pixel in
every site, computed once and used for each layer as a sparse product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import rasterio.errors
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from rasterio.enums import Resampling
from rasterio.transform import from_origin
from rasterio.vrt import WarpedVRT
from rasterio.warp import reproject
from scipy import sparse

from greenzone.errors import GreenzoneError
from greenzone.schema import Raster

# Degrees, a centimetre: exactextract stops at site edges that lie on pixel edges but for rounding, as those of
# longitude-latitude cells do; the raster is then moved by this much.
NUDGE = 1.0471e-7
WGS84 = rasterio.crs.CRS.from_epsg(4326)


@dataclass(frozen=True)
class Coverage:
    """Which pixels lie in which site, and by how much.

    `weights` is a sparse `(site, pixel)` matrix of covered pixel area [arbitrary, the same for all]; `like` is the
    raster whose pixels these are.
    """

    weights: sparse.csr_matrix
    like: Raster

    @classmethod
    def of(cls, geometry: np.ndarray, like: Raster) -> Coverage:
        """Exact coverage of site polygons (WGS 84) on the pixels of `like`."""
        frame = _covered(geometry, like)
        counts = frame["cell_id"].map(len).to_numpy()
        pixels = np.concatenate(frame["cell_id"].to_numpy())
        area = np.cos(np.radians(like.lat))[pixels // like.values.shape[1]]
        weights = np.concatenate(frame["coverage"].to_numpy()) * area
        pointer = np.concatenate([[0], np.cumsum(counts)])
        return cls(sparse.csr_matrix((weights, pixels, pointer), shape=(len(geometry), like.values.size)), like)

    def mean(self, values: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
        """Mean of `values` (row, column) over each site, each pixel counting by its `weight`, 1 by default.

        NaN pixels do not count. A site without any weight takes its plain mean, a site of only NaN is NaN.
        """
        pixels, _ = self._covered
        flat = np.asarray(values).ravel()[pixels].astype(float)
        known = np.isfinite(flat)
        plain = self._weighted(flat, known.astype(float))
        if weight is None:
            return plain
        weighted = self._weighted(flat, known * np.asarray(weight).ravel()[pixels].astype(float))
        return np.where(np.isnan(weighted), plain, weighted)

    @cached_property
    def _covered(self) -> tuple[np.ndarray, sparse.csr_matrix]:
        """The pixels that any site covers, and the weights of those alone: the box has many others."""
        pixels, column = np.unique(self.weights.indices, return_inverse=True)
        shape = (self.weights.shape[0], pixels.size)
        return pixels, sparse.csr_matrix((self.weights.data, column, self.weights.indptr), shape=shape)

    def _weighted(self, flat: np.ndarray, weight: np.ndarray) -> np.ndarray:
        _, weights = self._covered
        whole = weights @ weight
        total = weights @ np.where(weight > 0, flat * weight, 0.0)
        return np.divide(total, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def _covered(geometry: np.ndarray, like: Raster) -> pd.DataFrame:
    """Pixels and their covered share of each polygon; a hair beside the truth where exactextract stops at it."""
    sites = gpd.GeoDataFrame(geometry=geometry, crs=4326)
    try:
        return exact_extract(_source(like, 0.0), sites, ["cell_id", "coverage"], output="pandas")
    except RuntimeError:
        return exact_extract(_source(like, NUDGE), sites, ["cell_id", "coverage"], output="pandas")


def _source(raster: Raster, nudge: float) -> NumPyRasterSource:
    rows, columns = raster.values.shape
    west, north = raster.west + nudge, raster.north + nudge
    return NumPyRasterSource(
        np.broadcast_to(np.float32(0), (rows, columns)).copy(),
        xmin=west,
        xmax=west + columns * raster.step_lon,
        ymin=north - rows * raster.step_lat,
        ymax=north,
        srs_wkt=WGS84.to_wkt(),
    )


def read_raster(path: str | Path, like: Raster, band: int = 1, resampling: str = "bilinear") -> Raster:
    """Read a user's raster onto the pixels of another.

    Parameters
    ----------
    path : path
        Any raster rasterio reads, with a CRS.
    like : Raster
        Where the pixels of the result lie.
    band : int
        Band to read, from 1.
    resampling : str
        A rasterio resampling name; "nearest" or "mode" for classes.

    Returns
    -------
    Raster
        Values as float64, NaN where the file has no data.

    Raises
    ------
    GreenzoneError
        The file is missing, no raster, has no CRS, lacks the band, or does not meet `like` at all.
    """
    with opened(path) as source:
        if band > source.count:
            raise GreenzoneError(f"raster {path} has {source.count} band(s), not {band}")
        values = np.full(like.values.shape, np.nan)
        reproject(
            rasterio.band(source, band),
            values,
            dst_crs=WGS84,
            dst_transform=from_origin(like.west, like.north, like.step_lon, like.step_lat),
            dst_nodata=np.nan,
            resampling=Resampling[resampling],
        )
    if not np.isfinite(values).any():
        raise GreenzoneError(f"raster {path} has no value in the zone's surroundings: are its CRS and nodata right?")
    return Raster(values, like.west, like.north, like.step_lon, like.step_lat)


def read_elevation(path: str | Path) -> Raster:
    """Read a digital elevation model of the user's own [m], warped to WGS 84 where it is in another CRS.

    See `read_raster` for the errors.
    """
    with opened(path) as source, WarpedVRT(source, crs=WGS84, resampling=Resampling.bilinear) as warped:
        values = warped.read(1, masked=True).astype(float).filled(np.nan)
        return Raster(values, warped.bounds.left, warped.bounds.top, warped.res[0], warped.res[1])


def opened(path: str | Path) -> rasterio.DatasetReader:
    """The opened raster, which has a CRS."""
    path = Path(path)
    if not path.exists():
        raise GreenzoneError(f"raster {path} does not exist")
    try:
        source = rasterio.open(path)
    except rasterio.errors.RasterioIOError:
        raise GreenzoneError(f"{path} cannot be read as a raster") from None
    if source.crs is None:
        raise GreenzoneError(f"raster {path} has no CRS: assign one, for example with gdal_edit.py -a_srs EPSG:4326")
    return source


def onto(raster: Raster, like: Raster) -> Raster:
    """Values of `raster` at the pixel centres of `like`, nearest pixel, NaN outside."""
    columns = np.floor((like.lon - raster.west) / raster.step_lon).astype(int)
    rows = np.floor((raster.north - like.lat) / raster.step_lat).astype(int)
    inside = np.outer(
        (rows >= 0) & (rows < raster.values.shape[0]), (columns >= 0) & (columns < raster.values.shape[1])
    )
    picked = raster.values[
        np.ix_(rows.clip(0, raster.values.shape[0] - 1), columns.clip(0, raster.values.shape[1] - 1))
    ]
    values = np.where(inside, np.asarray(picked, float), np.nan)
    return Raster(values, like.west, like.north, like.step_lon, like.step_lat)
