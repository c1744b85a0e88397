"""Calibrate the wind regression of `greenzone/layers/wind_field.py` on means of the Global Wind Atlas.

Comes in: a raster of mean wind at 100 m averaged to 0.25 degree pixels (Global Wind Atlas, CC-BY 4.0; not shipped).
Goes out: the four coefficients and their errors, printed and written into `data/tables/wind_terrain.csv`:

    python data/calibrate_wind.py ../shared/data/gwa_wind100m_mean.tif
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import rasterio

from greenzone.layers import catalogue
from greenzone.layers.wind_field import CELL, Lattice, cell_predictors

TABLE = Path(__file__).parent / "tables" / "wind_terrain.csv"
COEFFICIENTS = ("intercept", "wind_speed_rms", "elevation_squared", "ridge")


class Sample(NamedTuple):
    """Atlas pixels that lie wholly inside the box: predictors `(pixel, 4)`, wind [m s-1], and where they are."""

    predictors: np.ndarray
    wind: np.ndarray
    lat: np.ndarray
    lon: np.ndarray


def sample(atlas: Path) -> Sample:
    """Read the atlas and put the predictors beside it."""
    with rasterio.open(atlas) as raster:
        wind, bounds = raster.read(1).astype(float), raster.bounds
    lat = bounds.top - CELL * (np.arange(wind.shape[0]) + 0.5)
    lon = bounds.left + CELL * (np.arange(wind.shape[1]) + 0.5)
    elevation = catalogue.load_elevation()
    cells = Lattice.of(elevation, edge=bounds.left)
    seen = cell_predictors(elevation, catalogue.load_climate(), cells)
    south, west = elevation.lat.min() - elevation.step_lat / 2, elevation.lon.min() - elevation.step_lon / 2
    north, east = elevation.lat.max() + elevation.step_lat / 2, elevation.lon.max() + elevation.step_lon / 2
    whole_lat = (lat - CELL / 2 >= south - 1e-9) & (lat + CELL / 2 <= north + 1e-9)
    whole_lon = (lon - CELL / 2 >= west - 1e-9) & (lon + CELL / 2 <= east + 1e-9)
    rows = np.rint((lat[whole_lat] - cells.centres[0][0]) / CELL).astype(int)
    columns = np.rint((lon[whole_lon] - cells.centres[1][0]) / CELL).astype(int)
    picked = [values[np.ix_(rows, columns)].ravel() for values in seen]
    places = np.meshgrid(lat[whole_lat], lon[whole_lon], indexing="ij")
    observed = wind[np.ix_(whole_lat, whole_lon)].ravel()
    return Sample(np.column_stack([np.ones(observed.size), *picked]), observed, places[0].ravel(), places[1].ravel())


def fit(predictors: np.ndarray, wind: np.ndarray) -> np.ndarray:
    """Least-squares coefficients."""
    return np.linalg.lstsq(predictors, wind, rcond=None)[0]


def left_out(data: Sample, groups: np.ndarray) -> np.ndarray:
    """Prediction of each pixel from all pixels of the other groups."""
    predicted = np.empty_like(data.wind)
    for group in np.unique(groups):
        rest = groups != group
        predicted[~rest] = data.predictors[~rest] @ fit(data.predictors[rest], data.wind[rest])
    return predicted


def calibrate(atlas: Path) -> dict[str, float]:
    """Coefficients, and how well they foretell pixels (and blocks of one degree) that they have not seen."""
    data = sample(atlas)
    found = dict(zip(COEFFICIENTS, fit(data.predictors, data.wind), strict=True))
    one = left_out(data, np.arange(data.wind.size))
    block = left_out(data, np.floor(data.lat).astype(int) * 100 + np.floor(data.lon).astype(int))
    return found | {
        "loo_correlation": np.corrcoef(one, data.wind)[0, 1],
        "loo_rmse": np.sqrt(np.mean((one - data.wind) ** 2)),
        "block_correlation": np.corrcoef(block, data.wind)[0, 1],
        "block_rmse": np.sqrt(np.mean((block - data.wind) ** 2)),
        "gldas_correlation": np.corrcoef(data.predictors[:, 1], data.wind)[0, 1],
    }


def main() -> None:
    """Calibrate and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", type=Path, help="GeoTIFF of mean wind at 100 m, 0.25 degree pixels")
    found = calibrate(parser.parse_args().atlas)
    table = pd.read_csv(TABLE, dtype=str, keep_default_na=False)
    for name, value in found.items():
        print(f"{name:20s} {value:9.4f}")
        table.loc[table["parameter"] == name, "value"] = f"{value:.4f}"
    table.to_csv(TABLE, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
