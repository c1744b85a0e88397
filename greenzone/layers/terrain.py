"""Slope, aspect, relief and exposure from an elevation raster.

Comes in: a `Raster` of elevation in metres. Goes out: arrays on its pixels. A coarse model understates slope;
`scale_slope` carries it to a finer resolution by the power law found in the model itself.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage, spatial

from greenzone.schema import Raster

METRES_PER_DEGREE = 111_195.0  # mean Earth radius 6371 km
SLOPE_RESOLUTION = 100.0  # metres to which slopes are carried
MAX_SLOPE = 60.0  # degrees; steeper ground is cliffs


def pixel_size(raster: Raster) -> tuple[np.ndarray, float]:
    """Width of a pixel in each row and its height, in metres."""
    return raster.step_lon * METRES_PER_DEGREE * np.cos(np.radians(raster.lat)), raster.step_lat * METRES_PER_DEGREE


def gradient(raster: Raster) -> tuple[np.ndarray, np.ndarray]:
    """Rise towards east and north, m/m, by Horn's 3 x 3 weights; the edge repeats its neighbours.

    References
    ----------
    Horn (1981), Proc. IEEE 69, 14-47, doi:10.1109/PROC.1981.11918.
    """
    width, height = pixel_size(raster)
    east = ndimage.correlate1d(ndimage.correlate1d(raster.values, [-1, 0, 1], 1), [1, 2, 1], 0) / 8
    north = ndimage.correlate1d(ndimage.correlate1d(raster.values, [1, 0, -1], 0), [1, 2, 1], 1) / 8
    return east / width[:, None], north / height


def slope_and_aspect(raster: Raster) -> tuple[np.ndarray, np.ndarray]:
    """Slope [degree] at the raster's own resolution and aspect [degree clockwise from north, downslope].

    NaN elevation gives NaN; aspect of level ground is NaN.
    """
    east, north = gradient(raster)
    steepness = np.hypot(east, north)
    aspect = np.degrees(np.arctan2(-east, -north)) % 360
    return np.degrees(np.arctan(steepness)), np.where(steepness > 0, aspect, np.nan)


def slope_exponent(raster: Raster) -> float:
    """Exponent b of mean steepness ~ length^b, from elevation differences over one and over two pixels.

    Steepness of natural terrain falls with the length over which it is measured as a power of that length
    (Zhang et al. 1999, Earth Surf. Process. Landforms 24, 763-779). Only the two shortest lengths are used, as the
    power weakens towards short ones. Zero for a level model.
    """
    short, long = (_mean_steepness(raster, lag) for lag in (1, 2))
    return float(np.clip(np.log2(long / short), -0.5, 0.0)) if short > 0 and long > 0 else 0.0


def scale_slope(slope: np.ndarray, raster: Raster, resolution: float = SLOPE_RESOLUTION) -> np.ndarray:
    """Slope [degree] that a model of `resolution` metres would show on average where `raster` shows `slope`."""
    width, height = pixel_size(raster)
    own = np.sqrt(width.mean() * height)
    factor = max(1.0, (resolution / own) ** slope_exponent(raster))
    return np.minimum(np.degrees(np.arctan(np.tan(np.radians(slope)) * factor)), MAX_SLOPE)


def _mean_steepness(raster: Raster, lag: int) -> float:
    """Mean absolute rise over run between pixels `lag` apart, along both axes."""
    width, height = pixel_size(raster)
    north = np.abs(raster.values[lag:] - raster.values[:-lag]) / (lag * height)
    east = np.abs(raster.values[:, lag:] - raster.values[:, :-lag]) / (lag * width[:, None])
    return float((np.nanmean(north) + np.nanmean(east)) / 2)


def share_below_slope(slope: np.ndarray, limit: float) -> np.ndarray:
    """Share of a pixel's ground that is less steep than `limit` [degree] where its mean slope is `slope`.

    The two components of the gradient are taken as normal with equal spread, so that steepness follows a Rayleigh
    distribution about its mean; level pixels count in full.
    """
    steepness = np.tan(np.radians(slope))
    ratio = np.divide(
        np.tan(np.radians(limit)), steepness, out=np.full(np.shape(steepness), np.inf), where=~(steepness <= 0)
    )
    return 1 - np.exp(-np.pi / 4 * ratio**2)


def window(raster: Raster, metres: float) -> tuple[int, int]:
    """Rows and columns, odd, of a window about `metres` wide."""
    width, height = pixel_size(raster)
    return tuple(max(3, 2 * round(metres / (2 * size)) + 1) for size in (height, width.mean()))  # type: ignore[return-value]


def relief(raster: Raster, metres: float = 5000.0) -> np.ndarray:
    """Highest less lowest elevation [m] within a window of `metres`."""
    size = window(raster, metres)
    return ndimage.maximum_filter(raster.values, size) - ndimage.minimum_filter(raster.values, size)


def exposure(raster: Raster, metres: float = 5000.0) -> np.ndarray:
    """Elevation above the mean of a window of `metres` [m]: positive on ridges, negative in valleys."""
    return raster.values - ndimage.uniform_filter(raster.values, window(raster, metres))


def distance_km(raster: Raster, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Great-circle distance [km] from every pixel centre to the nearest of the given points; inf without points."""
    if len(lon) == 0:
        return np.full(raster.values.shape, np.inf)
    grid_lon, grid_lat = np.meshgrid(raster.lon, raster.lat)
    chord, _ = spatial.cKDTree(_unit_vectors(lon, lat)).query(_unit_vectors(grid_lon.ravel(), grid_lat.ravel()))
    return (2 * 6371.0 * np.arcsin(np.minimum(chord / 2, 1))).reshape(raster.values.shape)


def _unit_vectors(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
