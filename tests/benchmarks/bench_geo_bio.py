"""Time of geothermal and bioenergy on the sites of a 1 km grid with 1,000 draws for each.

Target: 11,000 sites x 1,000 draws in 2 s. Run from the project's root:

    python tests/benchmarks/bench_geo_bio.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.layers import catalogue
from greenzone.technologies.bioenergy import Options as Bioenergy
from greenzone.technologies.bioenergy import all_feedstocks, conversion, location, logistics, ranges, scale
from greenzone.technologies.geothermal import Options as Geothermal
from greenzone.technologies.geothermal.fairway import power_density
from greenzone.technologies.geothermal.reservoirs import Reservoirs, draw

SITES = 11_000


def measure(name: str, task: Callable[[], object]) -> None:
    """Print the wall clock and the processor time of the second run."""
    task()
    wall, busy = time.perf_counter(), time.process_time()
    task()
    print(
        f"{name:55s} {time.perf_counter() - wall:6.2f} s ({time.process_time() - busy:.2f} s of processor)", flush=True
    )


def main() -> None:
    """Measure."""
    rng = np.random.default_rng(0)
    hot, spread, air = rng.uniform(60, 180, SITES), rng.uniform(5, 20, SITES), rng.uniform(0, 15, SITES)
    measure(
        f"geothermal: power density, {SITES} sites x 1,000 draws",
        lambda: power_density(hot, spread, air, Geothermal(site_draws=1000)),
    )
    corners = [np.tile(row, (6, 1)).astype(float) for row in ((100, 122, 150), (1, 2, 3), (1000, 1500, 2500))]
    reservoirs = Reservoirs(np.array([f"p{index}" for index in range(6)]), *corners, np.full(6, 5.0))
    measure("geothermal: 6 reservoirs x 100,000 draws", lambda: draw(reservoirs, Geothermal()))
    options = Bioenergy()
    supply: pd.DataFrame = all_feedstocks(catalogue.read_tables(), options)
    weight = rng.random((len(supply), SITES)) / SITES
    measure(
        f"bioenergy: {len(supply)} rows to {SITES} sites x 1,000 draws",
        lambda: ranges.percentiles_of(ranges.draw(supply, options), weight),
    )
    lon, lat = (axis.ravel() for axis in np.meshgrid(45.6 + np.arange(110) / 85, 38.9 + np.arange(100) / 111))
    sites = xr.Dataset({"lon": ("site", lon), "lat": ("site", lat), "area_km2": ("site", np.ones(SITES))})
    tables = catalogue.read_tables()
    ways = conversion.read_ways(tables["bioenergy_conversion"], options)
    straw = rng.gamma(0.5, 0.1, (ways.kind.size, SITES))
    blocks = logistics.make_blocks(sites, rng.uniform(0, 25, SITES), options.block_km)
    measure(
        f"bioenergy: plants that {blocks.x.size} blocks of {SITES} sites feed",
        lambda: scale.plant_scale(blocks, straw, ways, tables, options),
    )
    spots, fuel = rng.random((480, 2)) * [150, 100], rng.gamma(0.5, 3.0, 480)
    distance = np.hypot(*(spots[:, None] - spots[None, :24]).transpose(2, 0, 1)) * 1.6 + 2
    lines = location.Lines(np.array([3e5, 1e6]), np.array([9e4, 5.5e4]))
    measure(
        "bioenergy: 24 places for the fuel of 480 blocks, 40 km",
        lambda: location.locate(fuel, distance, 40.0, 36.0, np.full(480, 50.0), lines),
    )


if __name__ == "__main__":
    main()
