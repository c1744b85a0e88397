"""The map's arrays: outlines and values of the sites, shaded terrain, excluded land.

Comes in: the files of a run. Goes out: typed arrays by name, and what each of them means.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import rasterio
import rasterio.errors
import rasterio.warp
import shapely
from rasterio.transform import Affine, from_bounds

from greenzone.layers import catalogue
from greenzone.outputs.maps import MARGIN_DEGREES, hillshade
from greenzone.outputs.report.files import RunFiles

AROUND = 0.8  # degrees of terrain beyond the sites
SCALE = 100_000  # coordinates are whole hundred-thousandths of a degree, 1 m
PIXEL = 0.0025  # degrees of the picture of excluded land, about 250 m
MOST_PIXELS = 1500  # across, of a raster that is read for the page
BANDS = 8  # technologies whose excluded land fits into one byte
# What a technology tells of its sites beyond the table, worth a layer of its own.
OWN = ("wind_wind_speed_hub", "geothermal_heat_flow", "geothermal_temperature_at_3km", "geothermal_favourability")
PERCENTILES = ("energy_p10_gwh", "energy_p50_gwh", "energy_p90_gwh", "energy_low_gwh", "energy_high_gwh")

Entries = dict[str, np.ndarray | str]
Box = tuple[float, float, float, float]  # west, south, east, north


def site_entries(run: RunFiles) -> tuple[Entries, dict[str, Any]]:
    """Outlines and values of all sites.

    Parameters
    ----------
    run : RunFiles
        Files of a run.

    Returns
    -------
    entries : dict
        `ring_xy` (whole numbers, x and y in turn), `ring_start` and `ring_site` of every ring; `site` and each text
        column as numbers into `meta["words"]`; every other column as float32, NaN where there is nothing.
    meta : dict
        `columns` (names of the numbers), `words` by text column, `units` by own layer.
    """
    frame = run.sites
    xy, start, owner = _rings(frame.geometry.to_numpy())
    entries: Entries = {"ring_xy": xy, "ring_start": start, "ring_site": owner}
    entries["site"] = "\n".join(str(name).replace("\n", " ") for name in frame["site"])
    columns, words = [], {}
    for name in frame.columns.drop([frame.geometry.name, "site"]):
        values = frame[name]
        if values.dtype.kind in "fiu":
            entries[name] = values.to_numpy().astype(np.float32)
            columns.append(name)
        else:
            known = sorted({str(value) for value in values.dropna()})
            place = {value: number for number, value in enumerate(known)}
            entries[name] = np.array([place.get(str(v), -1) for v in values.where(values.notna(), None)], np.int16)
            words[name] = known
    own, units = _own(run)
    entries |= own
    return entries, {"columns": [*columns, *units], "words": words, "units": units}


def _own(run: RunFiles) -> tuple[Entries, dict[str, str]]:
    """Supply group of each site, percentiles and own layers, from the dataset."""
    entries: Entries = {}
    units: dict[str, str] = {}
    for technology in run.technologies:
        if f"{technology}_group" in run.own:
            entries[f"{technology}_group"] = run.own[f"{technology}_group"][0].astype(np.int16)
        for name in (*(f"{technology}_{suffix}" for suffix in PERCENTILES), *OWN):
            if name in run.own and name.startswith(technology):
                values, units[name] = run.own[name]
                entries[name] = values.astype(np.float32)
    return entries, units


def _rings(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corners, first corner and site of every ring."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.concatenate([[0], np.cumsum(np.bincount(ring, minlength=len(rings)))])
    return np.rint(points * SCALE).astype(np.int32), start.astype(np.int32), owner[part].astype(np.int32)


def terrain_entry(box: Box) -> tuple[Entries, dict[str, Any]]:
    """Shaded relief of the embedded terrain around `box`, 0 to 255; nothing where the box lies outside of it."""
    elevation = catalogue.load_elevation()
    west, south = max(box[0] - AROUND, elevation.lon[0]), max(box[1] - AROUND, elevation.lat[-1])
    east, north = min(box[2] + AROUND, elevation.lon[-1]), min(box[3] + AROUND, elevation.lat[0])
    if west > box[0] or south > box[1] or east < box[2] or north < box[3]:
        return {}, {}
    shade, (left, right, bottom, top) = hillshade(elevation, (west, east, south, north))
    grey = np.rint(np.clip(shade, 0, 1) * 255).astype(np.uint8)
    return {"terrain": grey}, {"terrain": {"shape": grey.shape, "box": [left, bottom, right, top]}}


def excluded_entry(run: RunFiles, box: Box) -> tuple[Entries, dict[str, Any]]:
    """Land where a technology may not stand: one bit of each pixel for each technology, in degrees north up."""
    names = run.technologies[:BANDS]
    west, south, east, north = _widened(box)
    shape = (max(1, round((north - south) / PIXEL)), max(1, round((east - west) / PIXEL)))
    grid = from_bounds(west, south, east, north, shape[1], shape[0])
    bits = np.zeros(shape, np.uint8)
    known: list[str] = []
    for name in names:
        found = _excluded(run, name, shape, grid)
        if found is not None:
            bits |= found.astype(np.uint8) << len(known)
            known.append(name)
    if not known:
        return {}, {}
    meta = {"shape": shape, "box": [west, south, east, north], "bits": {name: bit for bit, name in enumerate(known)}}
    return {"excluded": bits}, {"excluded": meta}


def _excluded(run: RunFiles, name: str, shape: tuple[int, int], grid: Affine) -> np.ndarray | None:
    """Where the eligible share of a technology is nothing, on a grid in degrees; None where no raster tells."""
    own, together = (run.folder / "rasters" / file for file in (f"{name}_eligibility.tif", "eligibility.tif"))
    path = own if own.is_file() else together
    if not path.is_file():
        return None
    try:
        with rasterio.open(path) as source:
            bands = [str(text).partition(":")[0] for text in source.descriptions]
            band = 1 if path == own else bands.index(name) + 1
            shrink = max(1.0, max(source.width, source.height) / MOST_PIXELS)
            rows, columns = round(source.height / shrink), round(source.width / shrink)
            share = source.read(band, out_shape=(rows, columns))
            transform = source.transform @ Affine.scale(source.width / columns, source.height / rows)
            crs = source.crs
    except (rasterio.errors.RasterioError, ValueError):
        return None
    found = np.zeros(shape, np.uint8)
    rasterio.warp.reproject(
        (share == 0).astype(np.uint8),
        found,
        src_transform=transform,
        src_crs=crs,
        dst_transform=grid,
        dst_crs="EPSG:4326",
        resampling=rasterio.warp.Resampling.nearest,
    )
    return found > 0


def _widened(box: Box) -> Box:
    west, south, east, north = box
    return west - MARGIN_DEGREES, south - MARGIN_DEGREES, east + MARGIN_DEGREES, north + MARGIN_DEGREES
