"""Mean wind at 100 m over the terrain, where no fine wind atlas may ship.

Comes in: elevation and the coarse climate's wind. Goes out: mean speed and Weibull shape on the elevation's pixels.
A regression on the Global Wind Atlas gives the mean of each 0.25 degree cell; linear theory of flow over hills gives
the pattern within it, which leaves that mean unchanged. Taken alone the figures are good to about a half.
"""

from __future__ import annotations

from dataclasses import replace
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


def cell_predictors(elevation: Raster, climate: xr.Dataset, cells: Lattice) -> Predictors:
    """What the regression sees of the cells of a lattice; `elevation` without NaN."""
    squared, ridge, _ = terrain_predictors(elevation)
    lat, lon = (xr.DataArray(values.ravel(), dims="cell") for values in np.meshgrid(*cells.centres, indexing="ij"))
    rms = at(climate["wind_speed_rms"], lat, lon).values.reshape(cells.shape)
    return Predictors(rms, cells.mean(squared), cells.mean(ridge))


def regression(predictors: Predictors) -> np.ndarray:
    """Mean wind at 100 m [m s-1] of a cell, kept near the range that the calibration saw."""
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
        `wind_speed_100m` [m s-1], `weibull_k` [1] and `exposure` (speed over that without ridges and valleys) [1] over
        `(lat, lon)`, rows north first as in `elevation`. Over each 0.25 degree cell the speed averages to the
        regression's value. `uncertainty` in the attributes is relative.
    """
    known = np.isfinite(elevation.values)
    whole = replace(elevation, values=_filled(elevation.values, known))
    cells = Lattice.of(whole)
    mean = regression(cell_predictors(whole, climate, cells))
    speed = mean_preserving(local_pattern(whole, mean, cells), mean, cells)
    smooth = mean_preserving(np.ones_like(speed), mean, cells)
    return _labelled(np.where(known, speed, np.nan), np.where(known, speed / smooth, np.nan), elevation)


def without_exposure(field: xr.Dataset) -> xr.Dataset:
    """The wind of a field as it would be without the speed-up on ridges and the lull in valleys within a cell."""
    speed = (field["wind_speed_100m"] / field["exposure"]).assign_attrs(field["wind_speed_100m"].attrs)
    shape = field["weibull_k"].copy(data=weibull_shape(speed.to_numpy()))
    level = xr.ones_like(field["exposure"]).where(field["exposure"].notnull())
    return field.assign(wind_speed_100m=speed, weibull_k=shape, exposure=level.assign_attrs(field["exposure"].attrs))


def local_pattern(elevation: Raster, mean: np.ndarray, cells: Lattice) -> np.ndarray:
    """Wind of a pixel over that of its surroundings, before the cell's mean is restored.

    Height adds what the regression gives for it. A hill speeds the flow up, a valley slows it down, by a fraction
    proportional to its height over its length; linear theory ends where these are large, so their sum bends towards
    a limit.

    References
    ----------
    Jackson, Hunt (1975), Q. J. R. Meteorol. Soc. 101, 929-955, doi:10.1002/qj.49710143015; Taylor, Lee (1984),
    Climatol. Bull. 18, 3-32.
    """
    figure = coefficients()
    squared, _, above = terrain_predictors(elevation)
    height = figure["elevation_squared"] * (squared - cells.smooth(cells.mean(squared))) / cells.smooth(mean)
    limit = figure["pattern_limit"]
    return np.exp(limit * np.tanh((height + figure["speed_up"] * above) / limit))


def mean_preserving(pattern: np.ndarray, mean: np.ndarray, cells: Lattice) -> np.ndarray:
    """`pattern` times a smooth field, so that the product averages to `mean` in every cell without seams."""
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


class Lattice(NamedTuple):
    """0.25 degree cells under a raster: in which cell each row and column lies, and where in it."""

    rows: np.ndarray
    columns: np.ndarray
    centres: tuple[np.ndarray, np.ndarray]  # latitudes and longitudes, south and west first
    place: np.ndarray  # (2, row, column): pixels in cells from the first centre

    @classmethod
    def of(cls, raster: Raster, edge: float = 0.0) -> Lattice:
        """Cells one of whose edges lies at `edge` degrees; those of the embedded climate have one at 0."""
        axes = [(axis - edge) / CELL for axis in (raster.lat, raster.lon)]
        index = [np.floor(axis + 1e-9).astype(int) for axis in axes]
        first = [each.min() for each in index]
        centres = [
            (np.arange(start, each.max() + 1) + 0.5) * CELL + edge for start, each in zip(first, index, strict=True)
        ]
        place = np.meshgrid(*(axis - start - 0.5 for axis, start in zip(axes, first, strict=True)), indexing="ij")
        return cls(index[0] - first[0], index[1] - first[1], (centres[0], centres[1]), np.array(place))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.centres[0].size, self.centres[1].size

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean over the pixels of each cell."""
        index = (self.rows[:, None] * self.shape[1] + self.columns).ravel()
        size = self.shape[0] * self.shape[1]
        return (np.bincount(index, values.ravel(), size) / np.bincount(index, minlength=size)).reshape(self.shape)

    def smooth(self, values: np.ndarray) -> np.ndarray:
        """Cell values interpolated bilinearly to the pixels, level beyond the outermost centres."""
        return ndimage.map_coordinates(values, self.place, order=1, mode="nearest")


def _filled(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """NaN pixels take the nearest known value, so that windows and cells have no holes."""
    if known.all():
        return values
    rows, columns = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    return values[rows, columns]


def _labelled(speed: np.ndarray, exposed: np.ndarray, elevation: Raster) -> xr.Dataset:
    figure = coefficients()
    coords = {"lat": elevation.lat, "lon": elevation.lon}
    field = xr.Dataset(
        {
            "wind_speed_100m": (("lat", "lon"), speed, {"units": "m s-1", "long_name": "mean wind speed at 100 m"}),
            "exposure": (
                ("lat", "lon"),
                exposed,
                {"units": "1", "long_name": "speed over that without ridges and valleys"},
            ),
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
