"""Supply core beside its peers, all in one run: `python tests/benchmarks/bench_supply.py`.

Prints medians and ratios. Run by hand on a quiet machine; no test depends on it.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from greenzone.supply.dispatch import Storage, dispatch

SCENARIOS, GROUPS, HOURS = 10_000, 60, 8760
TIME = pd.date_range("2019-01-01", periods=HOURS, freq="h")


def median_seconds(call: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def numpy_hours(profiles, built, demand, stores, export, hours):
    """The peer: all scenarios at once in NumPy, one hour after the other."""
    level = [np.zeros(len(built)) for _ in stores]
    sums = np.zeros((12, 3 + 2 * len(stores), len(built)))
    month = TIME.month.to_numpy() - 1
    for hour in range(hours):
        rest = built @ profiles[:, hour] - demand[:, hour]
        own = sums[month[hour]]
        for k, store in enumerate(stores):
            charge = np.minimum(np.maximum(rest, 0), np.minimum(store.power_mw, (store.size_mwh - level[k]) / 0.9))
            give = np.minimum(np.maximum(-rest, 0), np.minimum(store.power_mw, level[k] * 0.9))
            level[k] += charge * 0.9 - give / 0.9
            rest = rest - charge + give
            own[3 + 2 * k] += charge
            own[4 + 2 * k] += give
        exported = np.minimum(np.maximum(rest, 0), export)
        own[0] += exported
        own[1] += np.maximum(rest, 0) - exported
        own[2] += np.maximum(-rest, 0)
    return sums


def pandas_scenario(profiles, capacity, demand, stores, export, index):
    """The other peer: one scenario as a DataFrame, row by row."""
    frame = pd.DataFrame({"generation": capacity @ profiles, "demand": demand}, index=TIME)
    level, rows = [0.0] * len(stores), []
    for row in frame.itertuples():
        rest = row.generation - row.demand
        for k, store in enumerate(stores):
            charge = min(max(rest, 0), store.power_mw[index], (store.size_mwh[index] - level[k]) / 0.9)
            give = min(max(-rest, 0), store.power_mw[index], level[k] * 0.9)
            level[k] += charge * 0.9 - give / 0.9
            rest += give - charge
        rows.append((min(max(rest, 0), export), max(max(rest, 0) - export, 0), max(-rest, 0)))
    return pd.DataFrame(rows, TIME, ["exported", "curtailed", "unserved"]).groupby(TIME.month).sum()


def bench_ensemble() -> None:
    rng = np.random.default_rng(0)
    profiles = rng.random((GROUPS, HOURS), np.float32)
    built = rng.random((SCENARIOS, GROUPS)) * 3
    path, factor = rng.random((1, HOURS)) * 40 + 60, rng.uniform(0.5, 1.5, (SCENARIOS, 1))
    stores = [
        Storage("battery", rng.random(SCENARIOS) * 20, rng.random(SCENARIOS) * 80, 0.9, 0.9),
        Storage("pumped_hydro", rng.random(SCENARIOS) * 20, rng.random(SCENARIOS) * 200, 0.9, 0.9),
    ]

    def ours() -> object:
        return dispatch(profiles, built, path, TIME, demand_factor=factor, stores=stores, export_limit_mw=10.0)

    ours()
    single, out = built.astype(np.float32), np.zeros((SCENARIOS, HOURS), np.float32)
    np.matmul(single, profiles, out=out)
    seconds = median_seconds(ours, 7)
    bare = median_seconds(partial(np.matmul, single, profiles, out=out), 7)
    fresh = median_seconds(lambda: single @ profiles, 7)
    double, wide = built, profiles.astype(float)
    bare64 = median_seconds(lambda: double @ wide, 3)
    print(f"{SCENARIOS} scenarios x {HOURS} h x {GROUPS} groups, two stores: {seconds:.3f} s")
    print(f"bare product, 32 bit, memory given: {bare:.3f} s, ratio {seconds / bare:.2f}")
    print(f"bare product, 32 bit, as C @ P:     {fresh:.3f} s, ratio {seconds / fresh:.2f}")
    print(f"bare product, 64 bit, as C @ P:     {bare64:.3f} s, ratio {seconds / bare64:.2f}")
    hours = 365
    peer = median_seconds(lambda: numpy_hours(wide, built, factor * path[:, :hours], stores, 10.0, hours), 3)
    peer *= HOURS / hours
    print(f"NumPy over scenarios, loop over hours (timed on {hours} h): {peer:.1f} s, ratio {peer / seconds:.0f}")
    few = 5
    loop = median_seconds(
        lambda: [pandas_scenario(wide, built[i], factor[i] * path[0], stores, 10.0, i) for i in range(few)], 3
    )
    loop *= SCENARIOS / few
    print(f"pandas, scenario by scenario (timed on {few}): {loop:.0f} s, ratio {loop / seconds:.0f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB, peers included")


if __name__ == "__main__":
    bench_ensemble()
