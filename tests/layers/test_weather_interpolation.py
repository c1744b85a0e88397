"""Climate at places: as xarray interpolates it, whichever way latitudes run, and level beyond the outermost cells."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from greenzone.layers import catalogue
from greenzone.layers.weather.interpolation import at, fill_gaps


@pytest.mark.parametrize("name", ["ghi", "rain"])
@pytest.mark.parametrize("step", [1, -1])
def test_values_are_those_of_xarray(name, step):
    rng = np.random.default_rng(1)
    lat, lon = (xr.DataArray(rng.uniform(low, low + 6, 200), dims="site") for low in (36.5, 44.0))
    climate = catalogue.load_climate().isel(lat=slice(None, None, step))
    whole = fill_gaps(climate[name])
    inside = {
        axis: values.clip(float(whole[axis].min()), float(whole[axis].max()))
        for axis, values in {"lat": lat, "lon": lon}.items()
    }
    found = at(climate[name], lat, lon)
    assert found.dims == (*whole.dims[:-2], "site")
    np.testing.assert_allclose(found, whole.interp(inside), rtol=1e-12)
