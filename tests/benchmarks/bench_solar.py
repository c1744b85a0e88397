"""Solar side by side, in one run: `python tests/benchmarks/bench_solar.py [--sites 10000] [--folder DIR] [--million]`.

Prints medians of paired rounds: the kernels against the memory bandwidth measured beside them, each option's cost,
pvlib's function chain per core, atlite in memory and from the same contiguous file, compile time and memory apart.
Nothing here is run or asserted by the test suite.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.jit import kernel
from greenzone.layers.weather.mapped import open_weather
from greenzone.technologies import solar
from greenzone.technologies.solar import assemble, reduce
from greenzone.technologies.solar.options import System
from greenzone.threads import in_threads

ROUNDS = 5
BYTES_READ, BYTES_WRITTEN = 20, 4  # per site and hour: five variables in, one out


def load(path: Path) -> ModuleType:
    """A module from its file."""
    spec: Any = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


chain = load(Path(__file__).parents[1] / "reference" / "solar" / "chain.py")


def seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median time of some runs, after one that does not count."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


@kernel()
def _sum(values):
    total = np.float32(0)
    for i in range(values.size):
        total += values[i]
    return total


@kernel()
def _triad(out, left, right):
    for i in range(out.size):
        out[i] = left[i] + np.float32(2) * right[i]


def read(arrays: list[np.ndarray]) -> None:
    """Read every value once, in all threads."""
    for array in arrays:
        flat, part = array.reshape(-1), array.size // 64
        in_threads(lambda first, last, flat=flat, part=part: _sum(flat[first * part : last * part]), 64)


def triad(out: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    """out = left + 2 right, in all threads."""
    flat = [array.reshape(-1) for array in (out, left, right)]
    part = out.size // 64
    in_threads(lambda first, last: _triad(*(array[first * part : last * part] for array in flat)), 64)


def make_weather(sites: int) -> xr.Dataset:
    """A year on sites of Karabakh, one place's hours scaled site by site."""
    random = np.random.default_rng(0)
    year = chain.hourly_year(39.5, 46.8, 600.0)
    scale = random.uniform(0.9, 1.1, sites).astype(np.float32)
    return xr.Dataset(
        {name: (("time", "site"), year[name].values * scale) for name in assemble.VARIABLES},
        {
            "time": year["time"].values,
            "site": np.arange(sites),
            "lat": ("site", random.uniform(38.5, 41.0, sites)),
            "lon": ("site", random.uniform(45.5, 48.0, sites)),
            "elevation": ("site", random.uniform(0, 3000, sites)),
        },
    )


def job_of(weather: xr.Dataset, mount: Any = None, **system: Any) -> assemble.Job:
    """Kernel arguments without the checks."""
    place = assemble.Place(*(weather[name].values for name in ("lat", "lon", "elevation")))
    mount = mount or solar.FixedTilt(np.full(place.lat.size, 32.0))
    return assemble.job(weather, place, mount, System(**system))


def lit_share(job: assemble.Job) -> float:
    """Share of the site-hours that are not skipped as dark."""
    tiles, sun = job.tiles, job.sun
    height = np.stack(sun[:3], axis=1) @ np.stack([tiles.x, tiles.y, tiles.z])
    sizes = (tiles.stop - tiles.start).astype(float)
    return float(((height >= tiles.dark) * sizes).sum() / (sizes.sum() * sun.x.size))


def against_bandwidth(weather: xr.Dataset) -> dict[str, float]:
    """Full series and mean against triad and reading, measured in turn."""
    arrays = [weather[name].values for name in assemble.VARIABLES]
    job, out = job_of(weather), np.empty(arrays[0].shape, np.float32)
    cells = out.size
    kernels = importlib.import_module("greenzone.technologies.solar.kernel")
    work = {
        "triad": lambda: triad(out, arrays[0], arrays[1]),
        "read": lambda: read(arrays),
        "series": lambda: in_threads(lambda a, b: kernels.fill_series(*job, out, a, b), out.shape[0]),
        "mean": lambda: reduce.mean(job),
    }
    for run in work.values():
        run()
    rounds = []
    for _ in range(ROUNDS):
        times = {}
        for name, run in work.items():
            start = time.perf_counter()
            run()
            times[name] = time.perf_counter() - start
        rounds.append(times)
    found = pd.DataFrame(rounds).median().to_dict()
    share = lit_share(job)
    triad_speed, read_speed = 12 * cells / found["triad"], BYTES_READ * cells / found["read"]
    series_speed = (BYTES_READ + BYTES_WRITTEN) * cells / found["series"]
    print(f"triad {triad_speed / 1e9:.1f} GB/s, read {read_speed / 1e9:.1f} GB/s, {share:.2f} of the hours lit")
    print(f"full series {found['series']:.4f} s: {series_speed / triad_speed:.0%} of triad (target 70 %)")
    whole = BYTES_READ * cells / found["mean"] / read_speed
    print(
        f"mean        {found['mean']:.4f} s: {whole:.0%} of read over all hours, {whole * share:.0%} over those",
        end=" ",
    )
    print("it touches (target 60 %)")
    found["api_mean"] = seconds(lambda: solar.mean_capacity_factor(weather, 32.0), 3)
    found["api_series"] = seconds(lambda: solar.capacity_factor(weather, 32.0), 3)
    print(f"with checks, labels and set-up: mean {found['api_mean']:.4f} s, full series {found['api_series']:.4f} s")
    return found


def options_cost(weather: xr.Dataset) -> None:
    """Mean of every option against the plain one, in turn: medians of the ratios."""
    skyline = np.full((36, weather.sizes["site"]), 8.0)
    plain = job_of(weather)
    jobs = {
        "isotropic": job_of(weather, sky="isotropic"),
        "perez": job_of(weather, sky="perez"),
        "single axis": job_of(weather, solar.SingleAxis(gcr=None)),
        "backtracking": job_of(weather, solar.SingleAxis()),
        "dual axis": job_of(weather, solar.DualAxis()),
        "rows in shade, bifacial": job_of(weather, gcr=0.4, bifaciality=0.7),
        "sapm temperature": job_of(weather, cooling="sapm_open_rack_glass_glass"),
        "single-diode module": job_of(weather, module="Trina_Solar_TSM_330PD14_05U"),
        "horizon": plain._replace(horizon=assemble._horizon(_walled(weather, skyline))),
    }
    for name, job in jobs.items():
        reduce.mean(job)
        pairs = [
            (seconds(lambda: reduce.mean(plain), 1), seconds(lambda job=job: reduce.mean(job), 1)) for _ in range(3)
        ]
        base, found = np.median(pairs, axis=0)
        print(f"  {name:24s} {found:.4f} s against {base:.4f} s plain: {found / base:.2f} x")


def _walled(weather: xr.Dataset, skyline: np.ndarray) -> assemble.Place:
    return assemble.Place(*(weather[name].values for name in ("lat", "lon", "elevation")), skyline)


def against_pvlib(found: dict[str, float], weather: xr.Dataset, sites: int) -> None:
    """pvlib's function chain for one site-year on one core."""
    site = weather.isel(site=0)
    one = seconds(lambda: chain.chain(site, {"kind": "fixed", "tilt": 32.0, "azimuth": 180.0}, {}), 3)
    threads = min(os.cpu_count() or 1, int(os.environ.get("NUMBA_NUM_THREADS", 1_000)))
    for name in ("mean", "series"):
        ours = found[name] * threads / sites
        print(
            f"pvlib's chain {1e3 * one:.1f} ms a site-year and core, {name} {1e6 * ours:.1f} us: {one / ours:.0f} x",
            end="",
        )
        print(" (target 1500 x)")


def atlite_cutout(weather: xr.Dataset, path: Path) -> Any:
    """The same weather as an atlite cutout, written contiguously."""
    import atlite

    side = int(np.sqrt(weather.sizes["site"]))
    shape = (weather.sizes["time"], side, side)

    def grid(values: np.ndarray) -> tuple[tuple[str, str, str], np.ndarray]:
        return ("time", "y", "x"), np.ascontiguousarray(values[:, : side * side].reshape(shape), dtype=np.float32)

    position = chain.pvlib.solarposition.get_solarposition(weather.indexes["time"], 39.5, 46.8)
    flat = np.ones((1, weather.sizes["site"]), np.float32)
    columns = {
        "influx_direct": (weather["ghi"] - weather["dhi"]).values,
        "influx_diffuse": weather["dhi"].values,
        "influx_toa": np.maximum(np.sin(np.radians(position["elevation"].to_numpy())), 0)[:, None] * 1361 * flat,
        "albedo": np.full(weather["ghi"].shape, 0.2, np.float32),
        "temperature": weather["temp_air"].values + 273.15,
        "solar_altitude": np.radians(position["elevation"].to_numpy())[:, None] * flat,
        "solar_azimuth": np.radians(position["azimuth"].to_numpy())[:, None] * flat,
    }
    axes = {"x": np.linspace(45.5, 48.0, side), "y": np.linspace(38.5, 41.0, side), "time": weather["time"].values}
    data = xr.Dataset({name: grid(values) for name, values in columns.items()}, axes)
    data = data.assign_coords(lon=data["x"], lat=data["y"])
    for name in data.data_vars:
        data[name].attrs = {"module": "era5", "feature": "temperature" if name == "temperature" else "influx"}
    data.attrs = {"module": "era5", "prepared_features": ["influx", "temperature"]}
    data.to_netcdf(path)
    return atlite.Cutout(path)


def against_atlite(found: dict[str, float], weather: xr.Dataset, folder: Path) -> None:
    """atlite's mean capacity factor, from the file and in memory, against ours from a contiguous file and in memory."""
    import dask

    path = folder / "atlite.nc"
    cutout = atlite_cutout(weather, path)
    panel = {
        "panel": "CSi",
        "orientation": {"slope": 32.0, "azimuth": 180.0},
        "capacity_factor": True,
        "show_progress": False,
    }
    with dask.config.set(num_workers=2):
        filed = seconds(lambda: cutout.pv(**panel).compute(), 2)
        cutout.data = cutout.data.load().chunk(time=100)
        held = seconds(lambda: cutout.pv(**panel).compute(), 2)
    print(f"atlite mean: from file {filed:.2f} s, in memory {held:.2f} s: {held / found['mean']:.0f} x ours", end=" ")
    print("in memory (target 80 x)")
    path.unlink()
    ours = from_file(weather, folder)
    print(f"from a contiguous file end to end: {filed / ours:.1f} x ours (target 10 x)")


def from_file(weather: xr.Dataset, folder: Path) -> float:
    """Ours from a contiguous netCDF of five variables, against only reading it."""
    path = folder / "weather.nc"
    weather.to_netcdf(path, engine="h5netcdf")

    def reading() -> None:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            opened.load()

    def whole() -> None:
        solar.mean_capacity_factor(open_weather(path), 32.0)

    only, ours = seconds(reading, 3), seconds(whole, 3)
    ratio = ours / only
    print(f"contiguous netCDF: reading {only:.3f} s, mean end to end {ours:.3f} s: {ratio:.2f} x (target 1.1 x)")
    path.unlink()
    return ours


def compile_time() -> None:
    """First calls in a fresh process with an empty cache, and again with the cache filled."""
    script = (
        f"import time, runpy; weather = runpy.run_path({__file__!r}, run_name='bench')['make_weather'](100);"
        "from greenzone.technologies import solar; start = time.perf_counter();"
        "solar.mean_capacity_factor(weather, 32.0); solar.capacity_factor(weather, 32.0);"
        "print(round(time.perf_counter() - start, 2))"
    )
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"NUMBA_CACHE_DIR": cache}
        runs = [
            subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
            for _ in range(2)
        ]
    first, again = (run.stdout.strip() for run in runs)
    print(f"compile time of mean and series together: {first} s, from the cache {again} s (target 20 s)")


def million() -> None:
    """A mean over 1,000,000 sites in lazy blocks: peak memory of a fresh process."""
    import dask
    import dask.array as da

    sites, block = 1_000_000, 1_000
    year = make_weather(block)
    columns = {
        name: (("time", "site"), da.concatenate([da.from_array(year[name].values)] * (sites // block), axis=1))
        for name in assemble.VARIABLES
    }
    places = {name: ("site", np.tile(year[name].values, sites // block)) for name in ("lat", "lon", "elevation")}
    weather = xr.Dataset(columns, {"time": year["time"], **places}).chunk(time=-1, site=block)
    start = time.perf_counter()
    with dask.config.set(scheduler="threads", num_workers=2):
        solar.mean_capacity_factor(weather, 32.0).compute()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"1,000,000 sites x 8760 h: {time.perf_counter() - start:.1f} s, peak {peak:.2f} GB (target 2 GB)")


def main() -> None:
    """Everything in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="for files of about 2 GB")
    parser.add_argument("--million", action="store_true", help="only the mean over a million sites")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.million:
        million()
        return
    compile_time()
    weather = make_weather(given.sites)
    found = against_bandwidth(weather)
    options_cost(weather)
    against_pvlib(found, weather, given.sites)
    against_atlite(found, weather, given.folder)


if __name__ == "__main__":
    main()
