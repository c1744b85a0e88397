"""Speed of the wind kernels beside the machine's bandwidth, windpowerlib and atlite; run by hand.

    python tests/benchmarks/bench_wind.py [--sites 10000] [--hours 8760] [--rounds 7] [--million]

All in one run and paired: each round times every contender once, the table shows medians and the median of the rounds'
ratios. Compile time stands apart. Two winds: "smooth", 124 weather cells with a correlation of 0.7 that 10,000 sites
share with factors and some noise of their own, as weather over a zone of some 100 km is; "random", each value drawn by
itself, the worst case, in which no block of sites is calm together.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import windpowerlib
import xarray as xr
from scipy import special

from greenzone.layers.weather.mapped import open_weather
from greenzone.technologies import wind
from greenzone.technologies.wind import blocks, kernel
from greenzone.technologies.wind.assemble import make_plan
from greenzone.technologies.wind.model import density_at_hub, standard_pressure

TURBINE, HUB = "E-126/4200", 135.0


@numba.njit(parallel=True, fastmath=True)
def triad(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    """a = b + s c: two streams read, one written."""
    for row in numba.prange(a.shape[0]):
        for i in range(a.shape[1]):
            a[row, i] = b[row, i] + np.float32(1.5) * c[row, i]


@numba.njit(parallel=True, fastmath=True)
def read_two(b: np.ndarray, c: np.ndarray) -> float:
    """Sum of products: two streams read."""
    total = 0.0
    for row in numba.prange(b.shape[0]):
        part = np.float32(0)
        for i in range(b.shape[1]):
            part += b[row, i] * c[row, i]
        total += part
    return total


def made_weather(hours: int, sites: int, kind: str) -> xr.Dataset:
    """Weather over (time, site), float32."""
    rng = np.random.default_rng(1)
    if kind == "random":
        speed = (rng.weibull(2, (hours, sites)) * 6).astype(np.float32)
    else:
        cells = 124
        normal = np.sqrt(0.7) * rng.standard_normal((hours, 1)) + np.sqrt(0.3) * rng.standard_normal((hours, cells))
        coarse = (6 * np.sqrt(-np.log(special.ndtr(-normal)))).astype(np.float32)  # Weibull with k = 2
        of_site = np.arange(sites) * cells // sites
        speed = coarse[:, of_site] * rng.uniform(0.7, 1.4, sites).astype(np.float32)
        speed *= 1 + 0.05 * rng.standard_normal((hours, sites), dtype=np.float32)
    temp = rng.uniform(-5, 25, (hours, sites)).astype(np.float32)
    data = xr.Dataset(
        {
            "wind_speed": (("time", "site"), np.ascontiguousarray(np.maximum(speed, 0))),
            "temp_air": (("time", "site"), temp),
        },
        {
            "time": pd.date_range("2019-01-01", periods=hours, freq="h"),
            "elevation": ("site", np.linspace(200, 3300, sites)),
        },
    )
    data["wind_speed"].attrs = {"units": "m s-1", "height": 100.0}
    data["temp_air"].attrs = {"units": "degC"}
    return data


def rounds(contenders: dict[str, Callable[[], object]], count: int) -> pd.DataFrame:
    """Seconds of each contender in each round, after one call that does not count."""
    for call in contenders.values():
        call()
    seconds = []
    for _ in range(count):
        row = {}
        for name, call in contenders.items():
            start = time.perf_counter()
            call()
            row[name] = time.perf_counter() - start
        seconds.append(row)
    return pd.DataFrame(seconds)


def report(title: str, seconds: pd.DataFrame, values: int, against: str) -> None:
    """Medians, nanoseconds per value, and the median of the ratios to one of them."""
    table = pd.DataFrame(
        {
            "median s": seconds.median(),
            "ns/value": seconds.median() / values * 1e9,
            f"{against} / it": seconds.rdiv(seconds[against], axis=0).median(),
        }
    )
    print(f"\n{title}\n{table.round(4).to_string()}", flush=True)


def bandwidth(data: xr.Dataset, kind: str, count: int) -> None:
    """Series and mean beside triad and read bandwidth, all threads."""
    for name in (TURBINE, "V126/3300"):
        plan = make_plan(data, name, HUB)
        work = whole(plan)
        output, other = np.zeros(plan.shape, dtype=np.float32), np.zeros(plan.shape, dtype=np.float32)
        bins = np.zeros(plan.shape[0], dtype=np.int64)
        contenders = {
            "triad": lambda other=other, work=work: triad(other, work.wind, work.temp),
            "series": lambda output=output, work=work: blocks.series(work, output),
            "read": lambda work=work: read_two(work.wind, work.temp),
            "mean": lambda work=work, bins=bins: blocks.bin_sums(work, bins, 1),
        }
        seconds = rounds(contenders, count)
        report(f"{name}, {kind} wind, {numba.get_num_threads()} threads", seconds, output.size, "triad")
        print(f"mean against reading: {(seconds['read'] / seconds['mean']).median():.3f}")


def whole(plan) -> blocks.Hours:  # type: ignore[no-untyped-def]
    """All hours and sites of a plan as one piece."""
    return plan.piece(slice(0, plan.shape[0]), slice(0, plan.shape[1])).work


def against_windpowerlib(data: xr.Dataset, count: int) -> None:
    """One thread: windpowerlib's density-corrected curve for two sites, the kernel for 256."""
    few = data.isel(site=slice(0, 256))
    work = whole(make_plan(few, TURBINE, HUB))
    output = np.empty(work.wind.shape, dtype=np.float32)
    chosen = wind.turbine(TURBINE)
    curve = pd.Series(chosen.wind_speed), pd.Series(chosen.output * chosen.nominal_power)
    speed = work.wind[:, :2].astype(float) * float(work.terms.speed_factor[0])
    density = density_at_hub(standard_pressure(float(few["elevation"][0])), work.temp[:, :2].astype(float), HUB)

    def theirs() -> None:
        for site in range(2):
            windpowerlib.power_output.power_curve(
                speed[:, site], *curve, density=density[:, site], density_correction=True
            )

    seconds = rounds({"windpowerlib": theirs, "series": lambda: kernel.series_of_hours(*work, output)}, count)
    per_site = seconds / {"windpowerlib": 2, "series": 256}
    report("per core and site-year, density correction", per_site, len(speed), "windpowerlib")


def against_atlite(data: xr.Dataset, count: int) -> None:
    """atlite's wind conversion of the same data in memory and, through a cutout, from a contiguous file."""
    from atlite.convert import convert_wind
    from atlite.resource import get_windturbineconfig

    chosen = wind.turbine(TURBINE)
    side = int(np.sqrt(data.sizes["site"]))
    hours = data.sizes["time"]
    grid = xr.Dataset(
        {
            "wnd100m": (("time", "y", "x"), data["wind_speed"].values[:, : side * side].reshape(hours, side, side)),
            "roughness": (("time", "y", "x"), np.full((hours, side, side), 0.1, dtype=np.float32)),
            "temperature": (("time", "y", "x"), data["temp_air"].values[:, : side * side].reshape(hours, side, side)),
        },
        {"time": data["time"].values, "y": 38 + 0.02 * np.arange(side), "x": 45 + 0.02 * np.arange(side)},
        {"module": "era5", "prepared_features": "wind"},
    ).assign_coords(lon=lambda d: d["x"], lat=lambda d: d["y"])
    power = chosen.output * chosen.nominal_power / 1e6
    config = {"V": chosen.wind_speed, "POW": power, "hub_height": HUB, "P": power.max(), "name": TURBINE}
    config = get_windturbineconfig(config, add_cutout_windspeed=True)
    room = np.zeros(data["wind_speed"].shape, dtype=np.float32)
    contenders = {
        "atlite": lambda: convert_wind(grid, config, "logarithmic"),
        "capacity_factor": lambda: wind.capacity_factor(data, TURBINE, HUB),
        "the same with out": lambda: wind.capacity_factor(data, TURBINE, HUB, out=room),
        "mean_capacity_factor": lambda: wind.mean_capacity_factor(data, TURBINE, HUB),
        "series, standard air, out": lambda: wind.capacity_factor(data, TURBINE, HUB, density=1.225, out=room),
        "mean, standard air": lambda: wind.mean_capacity_factor(data, TURBINE, HUB, density=1.225),
    }
    report("in memory, atlite in standard air", rounds(contenders, count), hours * side * side, "atlite")
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = Path(folder) / "cutout.nc", Path(folder) / "weather.nc"
        grid.to_netcdf(theirs, engine="h5netcdf")
        data.isel(site=slice(0, side * side)).to_netcdf(ours, engine="h5netcdf")
        from_file(theirs, ours, config, count)


def from_file(cutout_path: Path, path: Path, config: dict, count: int) -> None:
    """Mean capacity factors from contiguous files of the same values: atlite, ours, and reading what ours reads."""
    import atlite

    def theirs() -> None:
        cutout = atlite.Cutout(cutout_path, chunks={"time": 100})
        cutout.wind(config, aggregate_time="mean", show_progress=False).values  # noqa: B018

    def ours() -> None:
        wind.mean_capacity_factor(open_weather(path), TURBINE, HUB)

    def reading() -> None:
        with xr.open_dataset(path, engine="h5netcdf") as stored:
            for name in ("wind_speed", "temp_air"):
                stored[name].values  # noqa: B018

    seconds = rounds({"atlite": theirs, "mean_capacity_factor": ours, "reading": reading}, count)
    with xr.open_dataset(path, engine="h5netcdf") as stored:
        values = stored["wind_speed"].size
    report("from a contiguous netCDF file, mean", seconds, values, "atlite")
    print(f"end to end against only reading: {(seconds['mean_capacity_factor'] / seconds['reading']).median():.3f}")


def million(hours: int) -> None:
    """Mean of a million sites whose weather is made block by block (dask): peak memory of the process."""
    import dask.array as da

    sites, block = 1_000_000, 20_000
    rng = np.random.default_rng(1)
    row = (rng.weibull(2, block) * 6).astype(np.float32)

    def wave(template: np.ndarray) -> np.ndarray:
        return np.broadcast_to(row, (template.shape[0], row.size)) * np.float32(1.0)

    speed = da.zeros((hours, sites), chunks=(240, block), dtype=np.float32).map_blocks(wave, dtype=np.float32)
    data = xr.Dataset(
        {"wind_speed": (("time", "site"), speed), "temp_air": (("time", "site"), speed * 0 + 5)},
        {"time": pd.date_range("2019-01-01", periods=hours, freq="h"), "elevation": ("site", np.zeros(sites))},
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start = time.perf_counter()
    wind.mean_capacity_factor(data, TURBINE, HUB)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"\nmean over {sites:,} sites x {hours} h in blocks: {time.perf_counter() - start:.1f} s, "
        f"peak memory {peak:.2f} GiB (before {before:.2f})"
    )


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--hours", type=int, default=8760)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--million", action="store_true", help="only the mean over a million sites")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    if chosen.million:
        million(chosen.hours)
        return
    start = time.perf_counter()
    wind.mean_capacity_factor(made_weather(48, 300, "random"), TURBINE, HUB)
    wind.capacity_factor(made_weather(48, 300, "random"), TURBINE, HUB)
    print(f"first calls, compiled or read from the cache: {time.perf_counter() - start:.1f} s")
    for kind in ("random", "smooth"):
        data = made_weather(chosen.hours, chosen.sites, kind)
        bandwidth(data, kind, chosen.rounds)
    against_windpowerlib(data, chosen.rounds)
    against_atlite(data, chosen.rounds)


if __name__ == "__main__":
    main()
