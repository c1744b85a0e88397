"""Weather in dask chunks: one kernel call per block of times and sites, nothing loaded before it is asked for.

In comes a `Request` and a function from a `Job` to an array; out goes the array, or a lazy one over the same chunks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.technologies.inputs import time_step
from greenzone.technologies.solar import assemble
from greenzone.technologies.solar.assemble import Job, Place
from greenzone.technologies.solar.mounts import Mount
from greenzone.technologies.solar.options import System


class Request(NamedTuple):
    """What is to be computed: checked weather over (time, dimension), the sites, their panels."""

    weather: xr.Dataset
    dimension: str
    place: Place
    mount: Mount
    system: System

    def job(self) -> Job:
        """Arguments of the kernels."""
        return assemble.job(self.weather, self.place, self.mount, self.system)

    def load(self) -> Request:
        """The same with the weather in memory."""
        return self._replace(weather=self.weather.load())

    @property
    def lazy(self) -> bool:
        """Whether the weather is in dask chunks."""
        return self.weather["ghi"].chunks is not None


def whole(request: Request, run: Callable[[Job], np.ndarray]) -> Any:
    """Result over (time, site), float32."""
    return _mapped(request, run) if request.lazy else run(request.job())


def summed(request: Request, run: Callable[[Job], np.ndarray]) -> Any:
    """Result over (site) that is summed over blocks of time, float64."""
    if not request.lazy:
        return run(request.job())
    in_time, in_sites = request.weather.unify_chunks()["ghi"].data.chunks
    rows = _mapped(request, lambda job: run(job)[None, :], chunks=((1,) * len(in_time), in_sites))
    return rows.sum(axis=0)


def _mapped(request: Request, run: Callable[[Job], np.ndarray], chunks: Any = None) -> Any:
    import dask.array as da

    weather = request.weather.unify_chunks()
    names = [str(name) for name in weather.data_vars]
    attributes = {name: weather[name].attrs for name in names}
    times, system, place, mount = weather.indexes["time"], request.system, request.place, request.mount
    step = {"step": str(pd.Timedelta(time_step(weather)))} if len(times) > 1 else {}
    outer, dimension = weather.attrs, request.dimension

    def compute(*values: np.ndarray, block_info: Any = None) -> np.ndarray:
        (first, last), (left, right) = block_info[0]["array-location"]
        block = xr.Dataset(
            {name: (("time", dimension), value, attributes[name]) for name, value in zip(names, values, strict=True)},
            {"time": ("time", times[first:last], step)},
            outer,
        )
        sites = slice(left, right)
        return run(assemble.job(block, _places(place, sites), _mounts(mount, sites, place.lat.size), system))

    dtype = np.float32 if chunks is None else np.float64
    arrays = [weather[name].data for name in names]
    return da.map_blocks(compute, *arrays, chunks=chunks, dtype=dtype, meta=np.empty((0, 0), dtype))


def _places(place: Place, sites: slice) -> Place:
    skyline = None if place.horizon is None else place.horizon[:, sites]
    return Place(place.lat[sites], place.lon[sites], place.elevation[sites], skyline)


def _mounts(mount: Mount, sites: slice, count: int) -> Mount:
    """The mount with its per-site angles cut to a block."""
    cut = {name: value[sites] for name, value in vars(mount).items() if np.shape(value) == (count,)}
    return replace(mount, **cut)
