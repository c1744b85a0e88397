"""Mean wind at 100 m over the terrain, where no fine wind atlas may ship.

Comes in: elevation and the coarse climate's wind. Goes out: mean speed and Weibull shape on the elevation's pixels.
A regression on the Global Wind Atlas gives the mean of each 0.25 degree cell; linear theory of flow over hills gives
the pattern within it, which leaves that mean unchanged. Taken alone the figures are good to about a half.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import xarray as xr
from scipy import ndimage

from greenzone.layers.catalogue import read_table
from greenzone.layers.terrain import exposure
from greenzone.layers.weather.interpolation import at
from greenzone.schema import Raster

CELL = 0.25  # degrees: the climate's and the atlas's cells
EXPOSURE_WINDOW = 10_000.0  # m
MEAN_STEPS = 12  # rounds of the mean-preserving interpolation; the rest is below one part in a thousand


class Predictors(NamedTuple):
    """What the regression sees of a cell: 10 m wind [m s-1], mean squared elevation [km2], mean ridge height [km]."""

    wind_speed_rms: np.ndarray
    elevation_squared: np.ndarray
    ridge: np.ndarray


@cache
def coefficients() -> dict[str, float]:
    """The figures of `data/tables/wind_terrain.csv` by name; units and sources stand there."""
    table = read_table("wind_terrain")
    return dict(zip(table["parameter"], table["value"].astype(float), strict=True))


def terrain_predictors(elevation: Raster) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Squared elevation [km2], height of ridges above their surroundings [km], and signed exposure [km] per pixel."""
    above = exposure(elevation, EXPOSURE_WINDOW) / 1000
    return (elevation.values / 1000) ** 2, np.maximum(above, 0.0), above


def regression(predictors: Predictors) -> np.ndarray:
    """Mean wind at 100 m [m s-1] of a cell; never below the lowest that the calibration saw."""
    figure = coefficients()
    speed = (
        figure["intercept"]
        + figure["wind_speed_rms"] * predictors.wind_speed_rms
        + figure["elevation_squared"] * predictors.elevation_squared
        + figure["ridge"] * predictors.ridge
    )
    return np.clip(speed, figure["lowest_mean"], figure["highest_mean"])


def wind_field(elevation: Raster, climate: xr.Dataset) -> xr.Dataset:
    """Mean wind speed at 100 m and Weibull shape on the pixels of the elevation.

    Parameters
    ----------
    elevation : Raster
        Metres; NaN pixels stay NaN.
    climate : Dataset
        `wind_speed_rms` [m s-1 at 10 m] over `(lat, lon)`.

    Returns
    -------
    Dataset
        `wind_speed_100m` [m s-1] and `weibull_k` [1] over `(lat, lon)`, rows north first as in `elevation`. Over each
        0.25 degree cell the speed averages to the regression's value. `uncertainty` in the attributes is relative.
    """
    cells = _Lattice.of(elevation)
    squared, ridge, above = terrain_predictors(elevation)
    lat, lon = (xr.DataArray(values.ravel(), dims="cell") for values in np.meshgrid(*cells.centres, indexing="ij"))
    rms = at(climate["wind_speed_rms"], lat, lon).values.reshape(cells.shape)
    mean = regression(Predictors(rms, cells.mean(squared), cells.mean(ridge)))
    pattern = local_pattern(squared, above, mean, cells)
    speed = mean_preserving(pattern, mean, cells)
    return _labelled(speed, elevation)


def local_pattern(squared: np.ndarray, above: np.ndarray, mean: np.ndarray, cells: _Lattice) -> np.ndarray:
    """Wind of a pixel over that of its cell, before the cell's mean is restored.

    Height adds what the regression gives for it; a ridge or a valley speeds up or slows down the flow by a fraction
    proportional to its exposure (Jackson and Hunt 1975, doi:10.1002/qj.49710143015; Taylor and Lee 1984).
    """
    figure = coefficients()
    background = cells.smooth(mean)
    height = 1 + figure["elevation_squared"] * (squared - cells.smooth(cells.mean(squared))) / background
    hill = np.exp(figure["speed_up"] * above)
    return np.clip(height, 0.5, 2.0) * np.clip(hill, 0.5, 2.0)


def mean_preserving(pattern: np.ndarray, mean: np.ndarray, cells: _Lattice) -> np.ndarray:
    """`pattern` times a smooth field whose product averages to `mean` in every cell."""
    level = mean.copy()
    for _ in range(MEAN_STEPS):
        level *= mean / cells.mean(pattern * cells.smooth(level))
    return pattern * cells.smooth(level)


def weibull_shape(speed: np.ndarray) -> np.ndarray:
    """Weibull shape [1] at 100 m from the mean speed there [m s-1].

    k at 10 m is 0.94 times the root of the mean at 10 m, and grows with height by 1/(1 - 0.088 ln(z/10)); the mean
    is brought down by the one-seventh power. The coarse climate's own mean is missing and its 10 m RMS lies in other
    air than the atlas's 100 m mean, so that their ratio gives no shape.

    References
    ----------
    Justus, Hargraves, Mikhail, Graber (1978), J. Appl. Meteorol. 17, 350-353; Justus, Mikhail (1976), Geophys. Res.
    Lett. 3, 261-264, doi:10.1029/GL003i005p00261.
    """
    figure = coefficients()
    at_10m = figure["justus"] * np.sqrt(speed * 0.1 ** figure["shear"])
    return np.clip(at_10m / (1 - 0.088 * np.log(10.0)), figure["lowest_k"], figure["highest_k"])


class _Lattice(NamedTuple):
    """The 0.25 degree cells under a raster: which cell each row and column lies in, and where it lies in it."""

    rows: np.ndarray
    columns: np.ndarray
    centres: tuple[np.ndarray, np.ndarray]
    known: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, raster: Raster) -> _Lattice:
        """Cells whose edges are the multiples of 0.25 degree, south and west first."""
        axes = [np.floor(axis / CELL + 1e-9).astype(int) for axis in (raster.lat, raster.lon)]
        first = [axis.min() for axis in axes]
        counts = [axis.max() - axis.min() + 1 for axis in axes]
        centres = [(start + np.arange(count) + 0.5) * CELL for start, count in zip(first, counts, strict=True)]
        place = np.meshgrid(
            raster.lat / CELL - first[0] - 0.5, raster.lon / CELL - first[1] - 0.5, indexing="ij"
        )  # in cells from the first centre
        return cls(
            axes[0] - first[0],
            axes[1] - first[1],
            (centres[0], centres[1]),
            np.isfinite(raster.values),
            np.array(place),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.centres[0].size, self.centres[1].size

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean over the known pixels of each cell; where there is none, that of all pixels."""
        index = self.rows[:, None] * self.shape[1] + self.columns
        size = self.shape[0] * self.shape[1]
        count = np.bincount(index[self.known], minlength=size)
        total = np.bincount(index[self.known], values[self.known], minlength=size)
        mean = np.full(size, values[self.known].mean())
        return np.divide(total, count, out=mean, where=count > 0).reshape(self.shape)

    def smooth(self, values: np.ndarray) -> np.ndarray:
        """Cell values interpolated bilinearly to the pixels, level beyond the outermost centres."""
        return ndimage.map_coordinates(values, self.place, order=1, mode="nearest")


def _labelled(speed: np.ndarray, elevation: Raster) -> xr.Dataset:
    figure = coefficients()
    coords = {"lat": elevation.lat, "lon": elevation.lon}
    field = xr.Dataset(
        {
            "wind_speed_100m": (("lat", "lon"), speed, {"units": "m s-1", "long_name": "mean wind speed at 100 m"}),
            "weibull_k": (("lat", "lon"), weibull_shape(speed), {"units": "1", "long_name": "Weibull shape at 100 m"}),
        },
        coords,
    )
    field.attrs = {
        "source": "GLDAS 10 m wind and terrain, calibrated on the Global Wind Atlas",
        "uncertainty": figure["uncertainty"],
        "comment": "relative uncertainty of the mean: the atlas was seen at 0.25 degree only, no mast confirms it",
    }
    return field
