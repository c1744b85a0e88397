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
    inside_lat = lat.clip(float(whole.lat.min()), float(whole.lat.max()))
    inside_lon = lon.clip(float(whole.lon.min()), float(whole.lon.max()))
    return whole.interp(lat=inside_lat, lon=inside_lon).drop_vars(["lat", "lon"], errors="ignore")


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
