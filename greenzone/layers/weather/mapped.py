"""Weather files larger than memory, used where they lie.

Comes in: the path of a netCDF-4 file in greenzone's names and units. Goes out: a dataset whose contiguous variables are
views of the file, which the kernels read straight from the page cache.
"""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import xarray as xr

from greenzone.errors import GreenzoneError


def open_weather(path: str | Path) -> xr.Dataset:
    """Open weather for `capacity_factor` and its like without reading it.

    Parameters
    ----------
    path : path
        netCDF-4 file. Variables that are float32, contiguous (neither chunked nor compressed, which is how xarray
        writes them unless told otherwise) and not packed are mapped into memory: nothing is copied, and the system
        reads what is used, once. All others stay lazy, as `xarray.open_dataset` gives them.

    Returns
    -------
    Dataset
        As the file has it; mapped variables are read-only. The file must not change while it is in use.

    Raises
    ------
    GreenzoneError
        The file does not exist or is no netCDF-4 file.

    Notes
    -----
    For weather from elsewhere, in other names and units, see `weather.file` of a scenario.

    Examples
    --------
    >>> weather = gz.open_weather("country.nc")  # doctest: +SKIP
    >>> gz.solar.mean_capacity_factor(weather, tilt=30)  # doctest: +SKIP
    """
    path = Path(path)
    if not path.is_file():
        raise GreenzoneError(f"weather {path} does not exist")
    try:
        lazy = xr.open_dataset(path, engine="h5netcdf")
        with h5py.File(path) as file:
            places = {str(name): _offset(file, str(name)) for name in lazy.data_vars}
    except (OSError, ValueError, KeyError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise GreenzoneError(f"weather {path} cannot be read as netCDF-4: {reason}") from None
    views = {
        name: np.memmap(path, np.float32, "r", offset, lazy[name].shape)
        for name, offset in places.items()
        if offset is not None
    }
    return lazy.assign({name: lazy[name].copy(data=view) for name, view in views.items()})


def _offset(file: h5py.File, name: str) -> int | None:
    """Where the values of a variable begin in the file, or None where they do not lie there as they are meant."""
    stored = file[name]
    plain = stored.dtype == np.dtype("<f4") and stored.size > 0
    packed = {"scale_factor", "add_offset"} & set(stored.attrs)
    fill = [np.asarray(stored.attrs[key]) for key in ("_FillValue", "missing_value") if key in stored.attrs]
    if not plain or packed or not all(np.isnan(value).all() for value in fill):
        return None
    return stored.id.get_offset()
