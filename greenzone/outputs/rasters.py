"""Cloud-optimised GeoTIFFs, one for each layer, with overviews, units, and colours that a GIS shows by itself.

Comes in: shares on the pixels of a frame, values of the sites. Goes out: small files that any GIS opens.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import rasterio.errors
import xarray as xr
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.shutil import copy
from rasterio.transform import Affine

from greenzone.outputs import qml
from greenzone.outputs.columns import COLOURS, OTHER_COLOUR, bounds, meaning, ramp, rgb

OUTSIDE = np.uint8(255)  # stands for pixels outside the zone, and for scores of sites where nothing fits
BLOCK = 512  # side of a tile, and of the smallest overview
PER_SITE = 3  # pixels across a site in rasters whose value is the same all over a site
STOPS = 11  # colours of a continuous ramp


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


def write_rasters(
    land: LandView,
    scores: Mapping[str, xr.DataArray],
    best: np.ndarray,
    values: Mapping[str, np.ndarray],
    folder: Path,
    currency: str = "USD",
) -> None:
    """Write one COG for each layer into a folder, which is made.

    Parameters
    ----------
    land : LandView
        Shares of pixels, and which site each belongs to.
    scores : mapping of str to DataArray (site,)
        Scores by technology [1], shown in per cent on eligible pixels: `<tech>_score.tif` beside
        `<tech>_eligibility.tif`, both with a colour table.
    best : ndarray of object (site,)
        Technology of highest score or None: `best_technology.tif`, numbers with a colour table; the names are tags.
    values : mapping of str to ndarray (site,)
        Other numbers of the sites by name, NaN where unknown: `<name>.tif` in their units on pixels of about a third of
        a site, and `<name>.qml` with the colours.
    folder : path
        Folder for the files.
    currency : str
        That of the scenario.
    """
    folder.mkdir()
    inside = land.site >= 0
    viridis = dict(enumerate(ramp("viridis", 101)))
    for name, score in scores.items():
        share = land.shares[name]
        eligible = np.where(inside, np.rint(share * 100).astype(np.uint8), OUTSIDE)
        words = f"{name}: eligible share of the pixel"
        write_codes(eligible, land.frame, folder / f"{name}_eligibility.tif", words, viridis, "%")
        shown = np.where(inside & (share > 0), _per_cent(score.to_numpy())[land.site], OUTSIDE)
        write_codes(shown, land.frame, folder / f"{name}_score.tif", f"{name}: score of the pixel's site", viridis, "%")
    names = [name for name in scores if name in set(best)]
    code = {name: number for number, name in enumerate(names)}
    codes = np.array([*(code.get(name, OUTSIDE) for name in best), OUTSIDE], np.uint8)[land.site]
    colours = {number: rgb(COLOURS.get(name, OTHER_COLOUR)) for name, number in code.items()}
    tags = {str(number): name for name, number in code.items()}
    write_codes(codes, land.frame, folder / "best_technology.tif", "best technology by score", colours, "", tags)
    site, transform = coarser(land.site, land.frame.transform)
    for name, column in values.items():
        known_as = meaning(name, currency)
        on_pixels = np.append(column, np.nan).astype(np.float32)[site]
        write_values(on_pixels, land.frame.crs, transform, folder / f"{name}.tif", known_as.words, known_as.unit)
        low, high = bounds(column, known_as)
        style = qml.pseudocolour(np.linspace(low, high, STOPS), ramp(known_as.ramp, STOPS), known_as.unit)
        (folder / f"{name}.qml").write_text(style, encoding="utf-8")


def _per_cent(shares: np.ndarray) -> np.ndarray:
    """Shares in whole per cent, `OUTSIDE` where there is none."""
    return np.where(np.isfinite(shares), np.rint(np.nan_to_num(shares) * 100), OUTSIDE).astype(np.uint8)


def coarser(site: np.ndarray, transform: Affine) -> tuple[np.ndarray, Affine]:
    """Every n-th pixel of an image of sites, so that about `PER_SITE` lie across a site, and its transform."""
    inside = site[site >= 0]
    across = np.sqrt(inside.size / max(1, len(np.unique(inside))))
    step = max(1, int(across / PER_SITE))
    middle = step // 2  # of the pixels that one stands for, the middle one tells the site
    kept = site[middle::step, middle::step]
    return kept, Affine(transform.a * step, 0.0, transform.c, 0.0, transform.e * step, transform.f)


def write_codes(
    values: np.ndarray,
    frame: FrameView,
    path: Path,
    words: str,
    colours: Mapping[int, qml.Colour],
    unit: str,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write whole numbers from 0 to 254 as a COG with a colour table; 255 is missing. [unit]"""
    resampling = Resampling.nearest if tags else Resampling.average
    with MemoryFile() as memory:
        with memory.open(**_profile(values, "uint8", int(OUTSIDE)), crs=frame.crs, transform=frame.transform) as file:
            file.write(values.astype(np.uint8), 1)
            file.build_overviews(_overviews(values.shape), resampling)
            # Only now: averages are to be taken of the values, not of their colours.
            file.write_colormap(1, {value: (*colour, 255) for value, colour in colours.items()})
            file.descriptions, file.units = (words,), (unit,)
            file.update_tags(1, **(tags or {}))
        _to_cog(memory, path, "2")


def write_values(values: np.ndarray, crs: str, transform: Affine, path: Path, words: str, unit: str) -> None:
    """Write 32-bit numbers as a COG; NaN is missing. [unit]"""
    with MemoryFile() as memory:
        with memory.open(**_profile(values, "float32", np.nan), crs=crs, transform=transform) as file:
            file.write(values.astype(np.float32), 1)
            file.build_overviews(_overviews(values.shape), Resampling.average)
            file.descriptions, file.units = (words,), (unit,)
        _to_cog(memory, path, "3")


def _profile(values: np.ndarray, dtype: str, nodata: float) -> dict[str, object]:
    rows, columns = values.shape
    return {"driver": "GTiff", "dtype": dtype, "count": 1, "height": rows, "width": columns, "nodata": nodata}


def _overviews(shape: tuple[int, ...]) -> list[int]:
    """Factors, each twice the one before, until the image fits into a block."""
    number = int(np.ceil(np.log2(max(1.0, max(shape) / BLOCK))))
    return [2**power for power in range(1, number + 1)]


def _to_cog(memory: MemoryFile, path: Path, predictor: str) -> None:
    """Write the file in memory as a COG, as plain bytes: a full disk is then an ordinary error."""
    with warnings.catch_warnings(), memory.open() as source, MemoryFile() as made:
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        copy(
            source, made.name, driver="COG", compress="DEFLATE", predictor=predictor, blocksize=BLOCK,
            overviews="FORCE_USE_EXISTING",
        )  # fmt: skip
        path.write_bytes(made.read())
