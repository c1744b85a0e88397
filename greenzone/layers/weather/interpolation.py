"""Climate means at places: bilinear between cell centres, gaps filled from their neighbours.

Comes in: the climate on its grid. Goes out: the same variables over `cell` or `site`.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from scipy import ndimage


def fill_gaps(field: xr.DataArray) -> xr.DataArray:
    """Give NaN cells of a `(..., lat, lon)` array the value of the nearest known cell."""
    ordered = field.transpose(..., "lat", "lon")
    values = ordered.values.astype(float)
    missing = np.isnan(values).reshape(-1, *values.shape[-2:]).any(0)
    if missing.any() and not missing.all():
        rows, columns = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
        values = values[..., rows, columns]
    return ordered.copy(data=values)


def at(field: xr.DataArray, lat: xr.DataArray, lon: xr.DataArray) -> xr.DataArray:
    """Bilinear values of a `(..., lat, lon)` array; places beyond the outermost centres take the edge's value."""
    whole = fill_gaps(field)
    row, down = _between(whole.lat.values, lat.values)
    column, across = _between(whole.lon.values, lon.values)
    v = whole.values
    upper = v[..., row, column] * (1 - across) + v[..., row, column + 1] * across
    lower = v[..., row + 1, column] * (1 - across) + v[..., row + 1, column + 1] * across
    others = [str(dim) for dim in whole.dims[:-2]]
    coords = {name: whole[name] for name in others if name in whole.coords}
    return xr.DataArray(upper * (1 - down) + lower * down, coords, (*others, *lat.dims), whole.name, whole.attrs)


def _between(centres: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of the centre before each value, in the order of the centres, and how far it lies towards the next."""
    order = np.argsort(centres)
    exact = np.interp(values, centres[order], order)
    before = np.minimum(exact.astype(int), len(centres) - 2)
    return before, exact - before


def at_places(climate: xr.Dataset, daily_ghi: xr.Dataset, cells: xr.Dataset) -> xr.Dataset:
    """All that the generator needs to know of its cells, over `cell`."""
    lat, lon = (xr.DataArray(np.asarray(cells[name].values, float), dims="cell") for name in ("lat", "lon"))
    found = {str(name): at(climate[name], lat, lon) for name in climate.data_vars}
    found["daily_ghi_ratio"] = at(daily_ghi["daily_ghi_ratio"], lat, lon).transpose("month", "quantile", "cell")
    place = xr.Dataset(found).transpose("month", "quantile", "cell")
    place = place.assign_coords(lat=("cell", lat.values), lon=("cell", lon.values))
    place = place.assign_coords(elevation=("cell", np.asarray(cells["elevation"].values, float)))
    for name in ("wind_speed_100m", "weibull_k"):
        if name in cells:
            place[name] = ("cell", np.asarray(cells[name].values, float))
    return place
