"""The link between sites and weather cells: which cell serves a site, and how the site differs from it.

Comes in: sites, weather, climate means and terrain. Goes out: one value per site (rain: per month) that turns a
cell's weather into the site's.
"""

from __future__ import annotations

import numpy as np
import pvlib
import xarray as xr
from scipy import spatial

from greenzone.errors import GreenzoneError
from greenzone.layers.weather.interpolation import at
from greenzone.layers.weather.parameters import parameters
from greenzone.schema import Raster, Variable, label

CELL = 0.25  # degrees: the cells of the embedded climate
EARTH_RADIUS = 6371.0  # km
FARTHEST_WEATHER = 300.0  # km; beyond, another climate

SITE_WEATHER = {
    "cell": Variable("1", "weather cell that serves the site"),
    "ghi": Variable("kWh m-2 d-1", "mean global horizontal irradiation per day"),
    "ghi_factor": Variable("1", "irradiance of the site over that of its weather cell"),
    "temp_air": Variable("degC", "annual mean air temperature at the site's altitude"),
    "temp_offset": Variable("K", "air temperature of the site less that of its weather cell"),
    "rain": Variable("mm", "mean monthly rain"),
    "pressure": Variable("Pa", "air pressure of the standard atmosphere at the site's altitude"),
}


def needed_cells(lon: np.ndarray, lat: np.ndarray, elevation: Raster, wind: xr.Dataset | None = None) -> xr.Dataset:
    """The 0.25 degree cells that contain the places, ordered from south to north and west to east.

    Parameters
    ----------
    lon, lat : array (site,)
        Degrees.
    elevation : Raster
        Terrain whose mean over a cell is the cell's altitude; 0 where it has none.
    wind : Dataset, optional
        `wind_speed_100m` and `weibull_k` over `(lat, lon)` on the pixels of `elevation`; their cell means are added.

    Returns
    -------
    Dataset
        Coordinates `lat`, `lon`, `elevation` over `cell`; `wind_speed_100m` and `weibull_k` where `wind` is given.
    """
    index = np.unique(np.column_stack([_cell_index(lat), _cell_index(lon)]), axis=0)
    pixels = _PixelMeans(elevation)
    coords = {
        "lat": ("cell", (index[:, 0] + 0.5) * CELL),
        "lon": ("cell", (index[:, 1] + 0.5) * CELL),
        "elevation": ("cell", np.nan_to_num(pixels.mean(elevation.values, index))),
    }
    cells = xr.Dataset(coords=coords)
    if wind is not None:
        for name in ("wind_speed_100m", "weibull_k"):
            cells[name] = ("cell", pixels.mean(wind[name].values, index), wind[name].attrs)
    return cells


def link_sites(
    lon: np.ndarray,
    lat: np.ndarray,
    elevation: np.ndarray,
    weather: xr.Dataset,
    climate: xr.Dataset,
    terrain: Raster,
) -> xr.Dataset:
    """Tie each site to its nearest weather cell.

    Irradiance differs from the cell's by the ratio of the climate means at both, bilinear between cell centres.
    Temperature differs by the climate's difference at equal height plus the lapse rate times the difference in
    altitude. With the embedded weather `ghi` and `temp_air` are then the climate's own means; with a user's weather
    its level counts, and the climate gives only the differences.

    Parameters
    ----------
    lon, lat, elevation : array (site,)
        Degrees and metres; NaN elevation takes the cell's.
    weather : Dataset
        Over `(time, cell)` with coordinates `lat`, `lon`, `elevation` over `cell`.
    climate : Dataset
        `ghi`, `temp_air`, `rain` over `(lat, lon)`.
    terrain : Raster
        Elevation from which the altitude of the climate's own cells is taken.

    Returns
    -------
    Dataset
        The variables of `SITE_WEATHER` over `site`; `rain` over `(month, site)`.

    Raises
    ------
    GreenzoneError
        The nearest weather cell of a site is more than 300 km away.
    """
    lon, lat, elevation = (np.asarray(values, float) for values in (lon, lat, elevation))
    cell, distance = nearest_cells(lon, lat, weather)
    if distance.max() > FARTHEST_WEATHER:
        raise GreenzoneError(
            f"the nearest weather to a site at {lat[distance.argmax()]:.2f} N {lon[distance.argmax()]:.2f} E is"
            f" {distance.max():.0f} km away: is it the weather of this zone?"
        )
    cell_lon, cell_lat, cell_elevation = (
        weather[name].values[cell].astype(float) for name in ("lon", "lat", "elevation")
    )
    elevation = np.where(np.isnan(elevation), cell_elevation, elevation)
    site = xr.Dataset({"cell": ("site", cell.astype("int64"))})
    here, there = _places(lon, lat), _places(cell_lon, cell_lat)
    ghi_factor = at(climate["ghi"], *here).values / at(climate["ghi"], *there).values
    mean_ghi = weather["ghi"].mean("time", dtype="float64").values[cell] * 24 / 1000
    site["ghi"], site["ghi_factor"] = ("site", mean_ghi * ghi_factor), ("site", ghi_factor)
    lapse = parameters().lapse_rate
    level = sea_level_temperature(climate, terrain, lapse)
    offset = at(level, *here).values - at(level, *there).values - lapse * (elevation - cell_elevation)
    mean_temp = weather["temp_air"].mean("time", dtype="float64").values[cell]
    site["temp_air"], site["temp_offset"] = ("site", mean_temp + offset), ("site", offset)
    site["rain"] = at(climate["rain"], *here).transpose("month", "site")
    site["pressure"] = ("site", pvlib.atmosphere.alt2pres(elevation))
    return label(site, SITE_WEATHER)


def sea_level_temperature(climate: xr.Dataset, terrain: Raster, lapse: float) -> xr.DataArray:
    """Annual mean temperature of the climate's cells brought down to sea level by `lapse` [K m-1]."""
    index = np.stack(np.meshgrid(_cell_index(climate.lat.values), _cell_index(climate.lon.values), indexing="ij"), -1)
    height = _PixelMeans(terrain).mean(terrain.values, index.reshape(-1, 2)).reshape(index.shape[:2])
    return climate["temp_air"] + lapse * xr.DataArray(height, dims=("lat", "lon"))


def nearest_cells(lon: np.ndarray, lat: np.ndarray, weather: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Index of the nearest weather cell and the great-circle distance to it [km], per place."""
    tree = spatial.cKDTree(_unit_vectors(weather.lon.values, weather.lat.values))
    chord, cell = tree.query(_unit_vectors(lon, lat))
    return cell, 2 * EARTH_RADIUS * np.arcsin(np.minimum(chord / 2, 1))


class _PixelMeans:
    """Means of a raster's pixels over 0.25 degree cells."""

    def __init__(self, raster: Raster) -> None:
        rows, columns = _cell_index(raster.lat), _cell_index(raster.lon)
        self.first = np.array([rows.min(), columns.min()])
        self.shape = rows.max() - self.first[0] + 1, columns.max() - self.first[1] + 1
        self.cell = ((rows - self.first[0])[:, None] * self.shape[1] + (columns - self.first[1])).ravel()

    def mean(self, values: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Mean of the finite pixels of each cell `(row, column)` of `index`; NaN where there is none."""
        flat = np.asarray(values, float).ravel()
        known = np.isfinite(flat)
        count = np.bincount(self.cell[known], minlength=self.shape[0] * self.shape[1])
        total = np.bincount(self.cell[known], flat[known], minlength=count.size)
        means = np.where(count > 0, total / np.maximum(count, 1), np.nan).reshape(self.shape)
        row, column = (np.asarray(index) - self.first).T
        inside = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        return np.where(inside, means[np.where(inside, row, 0), np.where(inside, column, 0)], np.nan)


def _cell_index(degrees: np.ndarray) -> np.ndarray:
    return np.floor(np.asarray(degrees, float) / CELL + 1e-9).astype(int)


def _places(lon: np.ndarray, lat: np.ndarray) -> tuple[xr.DataArray, xr.DataArray]:
    return xr.DataArray(lat, dims="site"), xr.DataArray(lon, dims="site")


def _unit_vectors(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    lam, phi = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
