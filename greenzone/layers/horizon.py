"""The skyline around each site, and what it takes from the sun and the sky.

Comes in: the elevation raster, hourly weather. Goes out: horizon angles by azimuth, the share of the sky in view, the
share of the beam that mountains hide. A model of 30 arc-seconds rounds crests off: nearby ones are higher than it says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from greenzone.layers.kernel import skyline
from greenzone.layers.rasters import Coverage
from greenzone.layers.terrain import pixel_size
from greenzone.layers.weather.solar import sun_path
from greenzone.schema import Raster, Variable, label
from greenzone.threads import in_threads

AZIMUTHS = 32
REACH = 40_000.0  # m: 1,000 m above the eye stand 1.3 degrees high there
GROWTH = 0.02  # steps grow with distance by this share: as wide as the crests that matter
MOST_PLACES = 200_000  # finer rasters are looked at from every n-th pixel
EARTH_RADIUS = 6_371_000.0  # m
REFRACTION = 0.13  # share of the Earth's curvature that rays of light follow (Gauss)
BINS = 180  # of half a degree of the sun's elevation

LAYERS = {
    "horizon": Variable("degree", "elevation of the skyline by azimuth, clockwise from north"),
    "sky_view": Variable("1", "share of an isotropic sky that the skyline leaves to a level plane"),
    "beam_shaded": Variable("1", "share of the beam irradiation on a level plane that the skyline hides"),
}


def horizon_angles(
    elevation: Raster, row: ArrayLike, column: ArrayLike, azimuths: int = AZIMUTHS
) -> NDArray[np.float64]:
    """Elevation of the skyline seen from pixels of a raster.

    Parameters
    ----------
    elevation : Raster
        Elevation. [m]
    row, column : array_like of int (place,)
        Pixels from which one looks.
    azimuths : int
        Directions, evenly from north through east.

    Returns
    -------
    ndarray (azimuth, place)
        Angle above the level plane, 0 where nothing rises above it; the Earth's curvature less refraction lowers what
        is far. Beyond `REACH` and the raster's edge nothing is seen; NaN from a pixel without elevation. [degree]
    """
    width, height = pixel_size(elevation)
    direction = 2 * np.pi * np.arange(azimuths) / azimuths
    distance = look_distances(min(float(width.min()), height))
    drop = distance**2 * (1 - REFRACTION) / (2 * EARTH_RADIUS)
    rows, columns = np.asarray(row, np.int64), np.asarray(column, np.int64)
    out = np.empty((azimuths, rows.size))
    values = np.ascontiguousarray(elevation.values, float)
    given = values, rows, columns, np.sin(direction), np.cos(direction), width, height, distance, drop, out
    in_threads(lambda first, last: skyline(*given, first, last), rows.size)
    return np.degrees(np.arctan(out))


def look_distances(cell: float, reach: float = REACH) -> NDArray[np.float64]:
    """Distances [m] at which a ray is looked at: every cell [m] at first, further apart with distance."""
    distances = [cell]
    while distances[-1] < reach:
        distances.append(distances[-1] + max(cell, GROWTH * distances[-1]))
    return np.array(distances)


def sky_view(horizon: ArrayLike) -> NDArray[np.float64]:
    r"""Share of an isotropic sky that a level plane sees.

    Parameters
    ----------
    horizon : array_like (azimuth, ...)
        Elevation of the skyline. [degree]

    Returns
    -------
    ndarray
        1 without mountains; NaN where an angle is. [1]

    Notes
    -----
    .. math:: V = \frac{1}{2\pi} \int \cos^2 h \, d\varphi

    References
    ----------
    Dozier, Frew (1990), IEEE Trans. Geosci. Remote Sens. 28, 963-969, doi:10.1109/36.58986, for a level plane.
    """
    return (np.cos(np.radians(np.asarray(horizon, float))) ** 2).mean(axis=0)


def beam_below(weather: xr.Dataset, azimuths: int = AZIMUTHS) -> NDArray[np.float64]:
    """Share of each cell's beam irradiation on a level plane that comes from below an elevation, by azimuth.

    Parameters
    ----------
    weather : Dataset
        `dni` over (time, cell), `lat` and `lon` of the cells; attribute `interval`.
    azimuths : int
        Sectors, evenly, the first around north.

    Returns
    -------
    ndarray (cell, azimuth, BINS + 1)
        Cumulative over elevation from 0 to 90 degrees; the sum over azimuths of the last is 1, 0 without any beam.
    """
    times = pd.DatetimeIndex(weather["time"].to_numpy())
    step = (times[1] - times[0]) / 2 if len(times) > 1 else pd.Timedelta(0)
    shift = {"start": step, "end": -step}.get(str(weather.attrs.get("interval")), pd.Timedelta(0))
    sun = sun_path(times + shift).direction
    table = np.zeros((weather.sizes["cell"], azimuths, BINS))
    dni = weather["dni"].transpose("time", "cell").to_numpy()
    for cell in range(table.shape[0]):
        up, east, north = _axes(float(weather["lat"][cell]), float(weather["lon"][cell]))
        height = sun @ up
        day = (height > 0) & (dni[:, cell] > 0)
        sector = np.rint(np.arctan2(sun[day] @ east, sun[day] @ north) / (2 * np.pi) * azimuths).astype(int) % azimuths
        level = np.minimum((np.degrees(np.arcsin(height[day])) / 90 * BINS).astype(int), BINS - 1)
        np.add.at(table[cell], (sector, level), dni[day, cell] * height[day])
    below = np.concatenate([np.zeros((*table.shape[:2], 1)), table.cumsum(axis=2)], axis=2)
    total = below[..., -1].sum(axis=1)[:, None, None]
    return np.divide(below, total, out=np.zeros_like(below), where=total > 0)


def beam_shaded(horizon: ArrayLike, below: NDArray[np.float64], cell: ArrayLike) -> NDArray[np.float64]:
    """Share of the beam irradiation on a level plane that the skyline hides.

    Parameters
    ----------
    horizon : array_like (azimuth, site)
        Elevation of the skyline. [degree]
    below : ndarray (cell, azimuth, BINS + 1)
        Result of `beam_below` for as many azimuths.
    cell : array_like of int (site,)
        Weather cell of each site.

    Returns
    -------
    ndarray (site,)
        0 to 1; NaN where an angle is. [1]
    """
    angles = np.asarray(horizon, float)
    at = np.clip(np.nan_to_num(angles), 0, 90) / 90 * BINS
    low = np.minimum(at.astype(int), BINS - 1)
    sector = np.arange(angles.shape[0])[:, None]
    cells = np.asarray(cell, int)[None, :]
    share = below[cells, sector, low] * (1 - (at - low)) + below[cells, sector, low + 1] * (at - low)
    return np.where(np.isnan(angles).any(axis=0), np.nan, share.sum(axis=0))


class Skylines(NamedTuple):
    """Skylines of pixels: their flat position in the raster, `angles` (azimuth, pixel) [degree]."""

    pixel: NDArray[np.int64]
    angles: NDArray[np.float64]


def pixel_horizons(elevation: Raster, coverage: Coverage, azimuths: int = AZIMUTHS) -> Skylines:
    """Skylines of the pixels that sites cover; of more than `MOST_PLACES`, those of every n-th row and column."""
    width = elevation.values.shape[1]
    covered = np.unique(coverage.weights.indices).astype(np.int64)
    rows, columns = np.divmod(covered, width)
    stride = int(np.ceil(np.sqrt(covered.size / MOST_PLACES))) if covered.size else 1
    seen = covered[(rows % stride == 0) & (columns % stride == 0)]
    seen = seen[np.isfinite(elevation.values.ravel()[seen])]
    row, column = np.divmod(seen, width)
    return Skylines(seen, horizon_angles(elevation, row, column, azimuths))


def seen_from_pixels(
    skylines: Skylines, coverage: Coverage, below: NDArray[np.float64], cell: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What of the sky is seen from each pixel.

    Parameters
    ----------
    skylines : Skylines
        Result of `pixel_horizons`.
    coverage : Coverage
        How sites cover the pixels.
    below : ndarray
        Result of `beam_below`.
    cell : ndarray (site,)
        Weather cell of each site.

    Returns
    -------
    ndarray (azimuth + 2, pixel)
        The skyline [degree], the share of an isotropic sky above it and the share of the beam that it hides [1].
    """
    site_of = np.zeros(coverage.weights.shape[1], np.int64)
    site_of[coverage.weights.indices] = np.repeat(np.arange(cell.size), np.diff(coverage.weights.indptr))
    hidden = beam_shaded(skylines.angles, below, cell[site_of[skylines.pixel]])
    return np.vstack([skylines.angles, sky_view(skylines.angles), hidden])


def horizon_layers(
    seen: NDArray[np.float64],
    pixel: NDArray[np.int64],
    coverage: Coverage,
    site: xr.DataArray,
    weight: NDArray[np.float64] | None = None,
) -> xr.Dataset:
    """Skyline of the sites, the mean over their ground, and what it hides.

    Parameters
    ----------
    seen : ndarray
        Result of `seen_from_pixels`.
    pixel : ndarray of int (pixel,)
        Their flat position in the raster.
    coverage : Coverage
        How sites cover the pixels.
    site : DataArray (site,)
        Names of the sites.
    weight : ndarray, optional
        Share of each pixel that counts.

    Returns
    -------
    Dataset
        `horizon` (azimuth, site) [degree], `sky_view` and `beam_shaded` (site,) [1], the means of those of the pixels,
        which a mean skyline would understate. A site without a pixel that was
        looked from sees a free horizon.
    """
    means = _site_mean(seen, pixel, coverage, weight)
    free = np.zeros(len(means))
    free[-2] = 1.0
    means = np.where(np.isnan(means), free[:, None], means)
    layers = xr.Dataset(
        {
            "horizon": (("azimuth", "site"), means[:-2]),
            "sky_view": ("site", means[-2]),
            "beam_shaded": ("site", means[-1]),
        },
        {"site": site, "azimuth": 360.0 * np.arange(len(means) - 2) / (len(means) - 2)},
    )
    return label(layers, LAYERS)


def _site_mean(
    values: NDArray[np.float64], pixel: NDArray[np.int64], coverage: Coverage, weight: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Mean over each site of values (variable, pixel), (variable, site); NaN where no pixel was looked from.

    A site of which no pixel has weight takes its plain mean.
    """
    shares = coverage.weights[:, pixel]
    plain = _weighted(values, shares)
    if weight is None:
        return plain
    weighted = _weighted(values, shares.multiply(np.asarray(weight, float).ravel()[pixel]).tocsr())
    return np.where(np.isnan(weighted), plain, weighted)


def _weighted(values: NDArray[np.float64], shares: sparse.csr_matrix) -> NDArray[np.float64]:
    total = np.asarray(shares.sum(axis=1)).ravel()[:, None]
    summed = shares @ values.T
    return np.divide(summed, total, out=np.full(summed.shape, np.nan), where=total > 0).T


def _axes(lat: float, lon: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Up, east and north at a place, in Earth-fixed axes."""
    phi, lam = np.radians(lat), np.radians(lon)
    up = np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    north = np.array([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)])
    return up, np.array([-np.sin(lam), np.cos(lam), 0.0]), north
