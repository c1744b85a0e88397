"""How long connecting every site and the competition for the grid take; run by hand, not by pytest.

    python tests/benchmarks/bench_connection.py [cell size in m]

Target: connection of all sites under 20 s; at 30 arc-seconds 2 s are aimed at.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr
from scipy.sparse.csgraph import dijkstra

from greenzone.config.economics import Economics
from greenzone.config.layers import LayerFiles
from greenzone.economics import compete, connect
from greenzone.economics.routing import Lattice
from greenzone.grid import SiteGrid
from greenzone.ground import read_surface
from greenzone.layers import catalogue, horizon
from greenzone.schema import Potential

ROUNDS = 5


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Median of some rounds after one to warm up, printed; the result of the last."""
    result, seconds = work(), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    print(f"{name:60s} {statistics.median(seconds):8.3f} s")
    return result


def main(cell_size: float) -> None:
    """Time each step on the embedded zone."""
    zone, tables, elevation = catalogue.load_districts(), catalogue.read_tables(), catalogue.load_elevation()
    grid = SiteGrid.square(zone[["district", "geometry"]], cell_size)
    surface = read_surface(LayerFiles(), elevation, np.full(elevation.values.shape, 5.0), grid)
    sites, count = grid.sites, grid.sites.sizes["site"]
    print(f"{count} sites of {cell_size:g} m, {len(tables['grid_nodes'])} nodes")
    connection = timed("connect: all sites to every node", lambda: connect(Economics(), surface, sites, tables))
    graph = Lattice.of(connection.ground.multiplier.values, *connection.ground.size_km).graph
    cells = np.flatnonzero(np.min([field.cost for field in connection.fields.values()], axis=0) == 0)
    timed(
        f"  of it one Dijkstra run to all nodes ({graph.shape[0]} cells)",
        lambda: dijkstra(graph, indices=cells, min_only=True),
    )
    rng = np.random.default_rng(1)
    potentials, lcoe = {}, {}
    for name in ("solar", "wind", "hydro", "geothermal", "bioenergy"):
        factor, capacity = rng.uniform(0.1, 0.5, count), rng.uniform(0, 10, count)
        values = {"capacity_mw": capacity, "capacity_factor": factor, "energy_gwh": capacity * factor * 8.76}
        table = xr.Dataset({key: ("site", value) for key, value in values.items()}, {"site": sites.site})
        potentials[name] = Potential(name, table, xr.Dataset())
        lcoe[name] = xr.DataArray(15 / factor, {"site": sites.site}, ("site",))
    district = sites.district.to_numpy().astype(object)
    annuities = dict.fromkeys(potentials, 0.11)
    timed(
        "compete: five technologies, one auction",
        lambda: compete(lcoe, potentials, connection, annuities, district),
    )
    timed(
        "horizon: 32 azimuths at every pixel of the zone", lambda: horizon.pixel_horizons(elevation, surface.coverage)
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1000.0)
