"""Weather in dask chunks: one kernel call per block of times and sites, nothing loaded before it is asked for.

In comes a `Request` and a function from a `Job` to an array; out goes the array, or a lazy one over the same chunks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from greenzone.technologies.inputs import mid_interval_times, room_for
from greenzone.technologies.solar import assemble, position, reduce
from greenzone.technologies.solar.assemble import Job, Place, Setting
from greenzone.technologies.solar.mounts import Mount
from greenzone.technologies.solar.options import System

BLOCK = 5_000_000  # site-hours of a block that is read from a file while the one before is computed


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

    @property
    def on_disk(self) -> bool:
        """Whether the weather is a file's, opened but not read."""
        return not self.lazy and not getattr(self.weather["ghi"].variable, "_in_memory", True)

    def jobs(self) -> Iterator[Job]:
        """Arguments of the kernels block of time by block of time, each read while the one before is computed."""
        sun = position.sun(mid_interval_times(self.weather))
        blank = assemble.blank(self.place, self.mount, self.system, Setting.of(self.weather))
        times, rows = self.weather.sizes["time"], max(1, BLOCK // max(1, self.weather.sizes[self.dimension]))
        parts = [slice(start, start + rows) for start in range(0, times, rows)]

        def read(part: slice) -> xr.Dataset:
            return self.weather.isel(time=part).load()

        with ThreadPoolExecutor(max_workers=1) as reader:
            ahead = reader.submit(read, parts[0])
            for part, following in zip(parts, [*parts[1:], None], strict=True):
                ready = ahead.result()
                if following is not None:
                    ahead = reader.submit(read, following)
                yield assemble.fill(blank, ready, position.Sun(*(values[part] for values in sun)))


def series(request: Request, prepare: Callable[[Job], Job], out: np.ndarray | None = None) -> Any:
    """Every value over (time, site), float32, of each prepared job; written into `out` where it is given."""
    if request.lazy and out is None:
        return _mapped(request, lambda job: reduce.series(prepare(job)))
    room, start = room_for(request.weather, out), 0
    for job in request.jobs() if request.on_disk else [request.job()]:
        stop = start + job.sun.x.size
        reduce.series(prepare(job), room[start:stop])
        start = stop
    return room


def summed(request: Request, run: Callable[[Job], np.ndarray]) -> Any:
    """Result over (site) that is summed over blocks of time, float64."""
    if request.on_disk:
        return np.sum([run(job) for job in request.jobs()], axis=0)
    if not request.lazy:
        return run(request.job())
    in_time, in_sites = request.weather.unify_chunks()["ghi"].data.chunks
    rows = _mapped(request, lambda job: run(job)[None, :], chunks=((1,) * len(in_time), in_sites))
    return rows.sum(axis=0)


def _mapped(request: Request, run: Callable[[Job], np.ndarray], chunks: Any = None) -> Any:
    import dask.array as da

    weather = request.weather.unify_chunks()
    names = [str(name) for name in weather.data_vars]
    sun, setting = position.sun(mid_interval_times(weather)), Setting.of(weather)
    blanks: dict[tuple[int, int], Job] = {}  # what does not change in time, made once for each block of sites
    lock = threading.Lock()

    def blank_of(sites: slice) -> Job:
        with lock:
            if (sites.start, sites.stop) not in blanks:
                mount = _mounts(request.mount, sites, request.place.lat.size)
                blanks[sites.start, sites.stop] = assemble.blank(
                    _places(request.place, sites), mount, request.system, setting
                )
            return blanks[sites.start, sites.stop]

    def compute(*values: np.ndarray, block_info: Any = None) -> np.ndarray:
        (first, last), (left, right) = block_info[0]["array-location"]
        columns = {name: (("time", "site"), value) for name, value in zip(names, values, strict=True)}
        moments = position.Sun(*(part[first:last] for part in sun))
        return run(assemble.fill(blank_of(slice(left, right)), xr.Dataset(columns), moments))

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
