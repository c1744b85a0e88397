"""How fast siting is: all rules at 30 m against atlite's ExclusionContainer, and the robustness of ranks.

Comes in: nothing; rasters and vectors are made in a folder of their own. Goes out: seconds and memory, printed.

    python tests/benchmarks/bench_siting.py            # all; about two minutes and 2 GB of disk
    python tests/benchmarks/bench_siting.py --no-atlite
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely

from greenzone.config.eligibility import Limits
from greenzone.config.layers import UserRaster
from greenzone.siting.distance import burn
from greenzone.siting.eligibility import assess
from greenzone.siting.frame import Frame
from greenzone.siting.robustness import top_probability
from greenzone.siting.rules import feature_share, raster_share

CRS = "EPSG:32638"
BOX = Frame(CRS, 30.0, top=150_800, left=17_000, rows=8944, columns=8944)  # 80 million pixels of 30 m
# name, smallest usable value, largest usable value
RASTERS = {
    "elevation": (np.int16, None, 2800), "slope": (np.uint8, None, 20), "northness": (np.uint8, None, 70),
    "land_cover": (np.uint8, 3, None), "wind_speed": (np.uint8, 10, None), "cropland": (np.uint8, None, 80),
    "population": (np.uint8, None, 95), "clearance": (np.int16, None, 2900),
}  # fmt: skip
BUFFERS = {"roads": 300.0, "rivers": 200.0, "settlements": 800.0, "protected": 1000.0}


def main() -> None:
    """Make the layers, judge them with both tools, draw weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-atlite", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the layers are made, and kept")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(exist_ok=True)
        shapes = make(folder)
        time_robustness()
        ours = time_ours(folder, shapes)
        if not asked.no_atlite:
            theirs = time_atlite(folder)
            print(f"atlite / greenzone: {theirs / ours:.1f} x")


def time_robustness() -> None:
    """Seconds for 10,000 draws of weights over 11,000 sites and 8 criteria."""
    values = np.random.default_rng(0).uniform(0, 1, (8, 11_000))
    top_probability(values, 1100, 10)  # compile
    start = time.perf_counter()
    found = top_probability(values, 1100, 10_000)
    print(f"robustness: {time.perf_counter() - start:.2f} s, probabilities sum to {found.sum():.3f}")


def make(folder: Path) -> dict[str, np.ndarray]:
    """Eight rasters and four vector layers on the pixels of the box, and the latter burnt, as atlite wants them."""
    generator = np.random.default_rng(0)
    for name, (kind, _, _) in RASTERS.items():
        if not (folder / f"{name}.tif").exists():
            coarse = generator.uniform(0, 3000 if kind is np.int16 else 100, (BOX.rows // 26, BOX.columns // 26))
            write(folder / f"{name}.tif", np.kron(coarse, np.ones((26, 26))).astype(kind))
    shapes = {name: random_shapes(name, np.random.default_rng(k)) for k, name in enumerate(BUFFERS)}
    for name, found in shapes.items():
        if not (folder / f"{name}.tif").exists():
            write(folder / f"{name}.tif", (burn(BOX, found) > 0).astype(np.uint8))
    return shapes


def random_shapes(kind: str, generator: np.random.Generator) -> np.ndarray:
    """Walks for roads and rivers, convex polygons for settlements and protected land."""
    west, south, east, north = BOX.bounds
    start = generator.uniform([west, south], [east, north], (1500, 2))
    if kind in ("roads", "rivers"):
        steps = generator.normal(0, 1500, (1500, 20, 2)).cumsum(1)
        return shapely.linestrings(start[:, None, :] + steps)
    size = 400 if kind == "settlements" else 4000
    start = start if kind == "settlements" else start[:100]
    points = start[:, None, :] + generator.normal(0, size, (len(start), 12, 2))
    return shapely.convex_hull(shapely.multipoints(points))


def write(path: Path, values: np.ndarray) -> None:
    """An uncompressed GeoTIFF on the pixels of the box."""
    profile = {"driver": "GTiff", "height": BOX.rows, "width": BOX.columns, "count": 1, "crs": CRS}
    with rasterio.open(path, "w", **profile, dtype=values.dtype, transform=BOX.transform, nodata=255) as file:
        file.write(values, 1)


@contextmanager
def peak() -> Iterator[list[float]]:
    """Highest resident memory [GB] while the block runs."""
    found, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            found[0] = max(found[0], pages * resource.getpagesize() / 1e9)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield found
    done.set()
    watcher.join()


def time_ours(folder: Path, shapes: dict[str, np.ndarray]) -> float:
    """Seconds for all twelve rules, their account included; vectors are burnt on the way."""
    rules = {
        name: partial(raster_share, UserRaster(file=folder / f"{name}.tif"), Limits(min=low, max=high))
        for name, (_, low, high) in RASTERS.items()
    } | {name: partial(feature_share, shapes[name], metres, None, 0.0) for name, metres in BUFFERS.items()}
    area = np.broadcast_to(0.0009, BOX.shape)
    assess(rules, BOX.strip(0, 40), area)  # compile
    with peak() as memory:
        start, work = time.perf_counter(), time.process_time()
        found = assess(rules, BOX, area)
        seconds, work = time.perf_counter() - start, time.process_time() - work
    left = found.left / area.sum()
    print(f"greenzone: {seconds:.1f} s ({work:.1f} of work), peak {memory[0]:.2f} GB, {left:.2%} is left")
    return seconds


def time_atlite(folder: Path) -> float:
    """Seconds of atlite's container with the same rules; its vectors come burnt, with round buffers."""
    import atlite  # a test dependency: nobody else pays for it

    container = atlite.ExclusionContainer(CRS, res=BOX.resolution)
    for name, (_, low, high) in RASTERS.items():
        container.add_raster(folder / f"{name}.tif", codes=partial(outside, low, high))
    for name, metres in BUFFERS.items():
        container.add_raster(folder / f"{name}.tif", codes=1, buffer=metres, buffer_geometry="circular")
    west, south, east, north = BOX.bounds
    zone = gpd.GeoSeries([shapely.box(west, south, east - 1, north - 1)], crs=CRS)
    with peak() as memory:
        start, work = time.perf_counter(), time.process_time()
        left, _ = container.compute_shape_availability(zone)
        seconds, work = time.perf_counter() - start, time.process_time() - work
    print(f"atlite:    {seconds:.1f} s ({work:.1f} of work), peak {memory[0]:.2f} GB, {left.mean():.2%} is left")
    return seconds


def outside(low: float | None, high: float | None, values: np.ndarray) -> np.ndarray:
    """Where values lie beyond the limits."""
    below = values < low if low is not None else np.zeros(values.shape, bool)
    return below | (values > high) if high is not None else below


if __name__ == "__main__":
    main()
