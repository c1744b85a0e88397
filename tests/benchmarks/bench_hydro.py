"""Time and memory of hydropower: the embedded 30 arc-second terrain, and a made 30 m terrain of the whole box.

The fine terrain is the embedded one, interpolated, with fractal noise. Run from the project's root:

    python tests/benchmarks/bench_hydro.py            # both; targets: 3 s; 180 s and 6 GB
    python tests/benchmarks/bench_hydro.py 3000       # a fine terrain of 3000 x 3000 cells
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd
import xarray as xr
from scipy import ndimage

from greenzone import schema
from greenzone.layers import catalogue
from greenzone.schema import Raster
from greenzone.technologies import hydro
from greenzone.technologies.hydro import drainage

CELLS = 9000


def fine_terrain(cells: int, seed: int = 0) -> Raster:
    """The box on `cells` x `cells` cells: cubic interpolation and noise whose amplitude grows with wavelength^0.8."""
    coarse, generator = catalogue.load_elevation(), np.random.default_rng(seed)
    values = np.zeros((cells, cells), dtype=np.float32)
    zoom = (cells / coarse.values.shape[0], cells / coarse.values.shape[1])
    ndimage.zoom(coarse.values.astype(np.float32), zoom, values, order=3, mode="nearest", grid_mode=True)
    for octave in range(7):
        size = cells >> octave
        noise = generator.normal(0.0, 2.0 ** (0.8 * octave), (size, size)).astype(np.float32)
        layer = noise if octave == 0 else ndimage.zoom(noise, cells / size, order=1, mode="nearest", grid_mode=True)
        values += layer[:cells, :cells]
        del layer
    height, width = coarse.values.shape[0] * coarse.step_lat, coarse.values.shape[1] * coarse.step_lon
    return Raster(values, coarse.west, coarse.north, width / cells, height / cells)


def sites_of(zone: object) -> xr.Dataset:
    """Cells of 0.02 degree over the zone."""
    import shapely

    lon, lat = (axis.ravel() for axis in np.meshgrid(np.arange(45.4, 48.0, 0.02), np.arange(38.7, 40.6, 0.02)))
    district = np.full(lon.size, "", dtype=object)
    for row in zone.itertuples():  # type: ignore[attr-defined]
        district[shapely.contains_xy(row.geometry, lon, lat)] = row.district
    keep = district != ""
    columns = {"x": lon, "y": lat, "lon": lon, "lat": lat, "district": district.astype(str)}
    columns |= {"area_km2": np.full(lon.size, 3.8), "eligible_fraction": np.ones(lon.size)}
    names = [f"E{x:.2f}N{y:.2f}" for x, y in zip(lon[keep], lat[keep], strict=True)]
    return xr.Dataset({name: ("site", values[keep]) for name, values in columns.items()}, {"site": names})


def now() -> tuple[float, float]:
    """Clock and processor time."""
    return time.perf_counter(), time.process_time()


def report(name: str, start: tuple[float, float]) -> None:
    """Print the seconds since `start` and the most memory the process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    wall, busy = time.perf_counter() - start[0], time.process_time() - start[1]
    print(f"{name:45s} {wall:7.1f} s ({busy:.1f} s of processor)   peak {peak:5.2f} GB", flush=True)


def main() -> None:
    """Measure."""
    zone, tables, embedded = catalogue.load_districts(), catalogue.read_tables(), catalogue.load_elevation()
    weather = xr.Dataset(coords={"time": pd.date_range("2018-01-01", "2018-12-31 23:00", freq="h")})
    sites = sites_of(zone)

    def estimate(elevation: Raster) -> schema.Potential:
        layers = schema.Layers(xr.Dataset(), weather, elevation, tables, zone)
        return hydro.estimate(sites, layers, hydro.Options())

    estimate(embedded)  # compiles
    start = now()
    found = estimate(embedded)
    report("30 arc-seconds, whole estimate", start)
    print({name: round(value, 1) for name, value in found.totals.items()})

    cells = int(sys.argv[1]) if len(sys.argv) > 1 else CELLS
    start = now()
    terrain = fine_terrain(cells)
    report(f"{cells} x {cells} cells made (not counted)", start)
    start = now()
    network = drainage.derive(terrain, tables["hydro_inflow"])
    report("conditioning, directions, accumulation", start)
    del network
    start = now()
    found = estimate(terrain)
    report("whole estimate, drainage included", start)
    print({name: round(value, 1) for name, value in found.totals.items()})


if __name__ == "__main__":
    main()
