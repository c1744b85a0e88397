"""Cloud-optimised GeoTIFFs of eligibility and score, one band per technology, in per cent.

Comes in: shares on the pixels of a frame, scores of the sites. Goes out: small files that any GIS opens.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import rasterio
import rasterio.errors
import xarray as xr
from rasterio.io import MemoryFile
from rasterio.shutil import copy
from rasterio.transform import Affine

OUTSIDE = 255  # stands for pixels outside the zone, and for scores of sites where nothing fits


class FrameView(Protocol):
    """Where the pixels lie."""

    @property
    def crs(self) -> str:
        """CRS in metres."""

    @property
    def transform(self) -> Affine:
        """From column and row to x and y."""


class LandView(Protocol):
    """The part of an eligibility that rasters show."""

    @property
    def frame(self) -> FrameView:
        """The pixels."""

    @property
    def site(self) -> np.ndarray:
        """Position of the site at each pixel, -1 outside the zone."""

    @property
    def by_year(self) -> pd.DataFrame:
        """Eligible land in the years asked for [km2]."""

    @property
    def shares(self) -> Mapping[str, np.ndarray]:
        """Eligible share of each pixel by technology."""


def write_rasters(land: LandView, scores: Mapping[str, xr.DataArray], folder: Path) -> None:
    """Write `eligibility.tif` and `score.tif` into a folder, which is made.

    Parameters
    ----------
    land : LandView
        Shares of pixels, and which site each belongs to.
    scores : mapping of str to DataArray (site,)
        Scores by technology, shown on eligible pixels.
    folder : path
        Folder for the files.
    """
    folder.mkdir()
    inside = land.site >= 0
    eligible = {name: np.where(inside, np.rint(share * 100), OUTSIDE) for name, share in land.shares.items()}
    write_bands(eligible, land.frame, folder / "eligibility.tif", "eligible share of the pixel [%]")
    shown = {}
    for name, score in scores.items():
        found = score.to_numpy()[land.site]
        known = inside & (land.shares[name] > 0) & np.isfinite(found)
        shown[name] = np.where(known, np.rint(np.nan_to_num(found) * 100), OUTSIDE)
    write_bands(shown, land.frame, folder / "score.tif", "score of the pixel's site [%]")


def write_bands(bands: Mapping[str, np.ndarray], frame: FrameView, path: Path, what: str) -> None:
    """Write whole numbers from 0 to 255 as a COG with one described band for each entry; nothing without any."""
    if not bands:
        return
    rows, columns = next(iter(bands.values())).shape
    profile = {"driver": "GTiff", "dtype": "uint8", "count": len(bands), "height": rows, "width": columns}
    with MemoryFile() as memory:
        with memory.open(**profile, crs=frame.crs, transform=frame.transform, nodata=OUTSIDE) as file:
            for number, (name, values) in enumerate(bands.items(), 1):
                file.write(values.astype(np.uint8), number)
                file.set_band_description(number, f"{name}: {what}")
        with warnings.catch_warnings(), memory.open() as source:
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            copy(source, path, driver="COG", compress="DEFLATE", predictor="YES", overview_resampling="average")
