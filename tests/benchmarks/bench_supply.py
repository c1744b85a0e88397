"""Supply core beside its peers, all in one run: `python tests/benchmarks/bench_supply.py`.

Prints medians and ratios, of the clock and of processor time: on a busy machine only the latter say something, and they
count all threads. Run by hand on a quiet machine; no test depends on it.
"""

from __future__ import annotations

import dataclasses
import resource
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from greenzone.supply.dispatch import Reservoir, Storage, dispatch

SCENARIOS, GROUPS, HOURS = 10_000, 60, 8760
TIME = pd.date_range("2019-01-01", periods=HOURS, freq="h")


def side_by_side(calls: dict[str, tuple[Callable[[], object], float]], rounds: int) -> None:
    """Time all calls in turn, several times over: the machine's quick and slow minutes fall upon all alike.

    Prints the median seconds of clock and processor, times the share of the work that is left out, beside the first's.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, (call, share) in calls.items():
            call()  # untimed: threads of the call before still spin, and its memory is given back
            start = time.perf_counter(), time.process_time()
            call()
            passed = time.perf_counter() - start[0], time.process_time() - start[1]
            times[name].append((passed[0] * share, passed[1] * share))
    found = {name: tuple(statistics.median(part) for part in zip(*each, strict=True)) for name, each in times.items()}
    ours = next(iter(found.values()))
    for name, (clock, processor) in found.items():
        ratios = f"{clock / ours[0]:.2f} / {processor / ours[1]:.2f}"
        print(f"{name}: {clock:.3f} s, {processor:.3f} s CPU; times ours {ratios}")


def after_stores(rest, stores, level, flows):
    """What is left after the stores of the peers; their levels change, charge and discharge go into `flows`."""
    for k, store in enumerate(stores):
        charge = np.minimum(np.maximum(rest, 0), np.minimum(store.power_mw, (store.size_mwh - level[k]) / 0.9))
        give = np.minimum(np.maximum(-rest, 0), np.minimum(store.power_mw, level[k] * 0.9))
        level[k] += charge * 0.9 - give / 0.9
        rest = rest - charge + give
        flows[2 * k] += charge
        flows[2 * k + 1] += give
    return rest


def numpy_hours(profiles, built, demand, stores, export, hours):
    """The peer: all scenarios at once in NumPy, one hour after the other, generation of a day at a time.

    Scenarios lie side by side in memory, and nothing is counted but the energies: a few of the sums that ours makes.
    """
    level = [np.zeros(len(built)) for _ in stores]
    sums = np.zeros((12, 3 + 2 * len(stores), len(built)))
    month = TIME.month.to_numpy() - 1
    for hour in range(hours):
        if hour % 24 == 0:
            residual = profiles[:, hour : hour + 24].T @ built.T - demand[:, hour : hour + 24].T
        own = sums[month[hour]]
        rest = after_stores(residual[hour % 24], stores, level, own[3:])
        surplus = np.maximum(rest, 0)
        exported = np.minimum(surplus, export)
        own[0] += exported
        own[1] += surplus - exported
        own[2] += surplus - rest
    return sums


def numpy_all(profiles, built, demand, stores, export, hours, together):
    """The same peer with all the sums that ours makes, and the generation of some hours `together`."""
    level = [np.zeros(len(built)) for _ in stores]
    sums = np.zeros((12, 12 + 2 * len(stores), len(built)))
    month, mean = TIME.month.to_numpy() - 1, demand.mean(1)
    steps = [-0.1, -0.25, -0.5, 0.5, 1.0, 2.0]
    for hour in range(hours):
        if hour % together == 0:
            part = slice(hour, hour + together)
            residual = profiles[:, part].T @ built.T - demand[:, part].T
        own = sums[month[hour]]
        rest = after_stores(residual[hour % together], stores, level, own[12:])
        surplus, missing = np.maximum(rest, 0), np.maximum(-rest, 0)
        exported = np.minimum(surplus, export)
        own[0] += exported
        own[1] += surplus - exported
        own[2] += missing
        own[3] += missing > 1e-6 * mean
        own[4] = np.maximum(own[4], missing)
        for row, step in enumerate(steps, 5):
            own[row] += rest < step * mean if step < 0 else rest > step * mean
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

    def ours(reservoirs=()) -> object:
        return dispatch(
            profiles,
            built,
            path,
            TIME,
            demand_factor=factor,
            stores=stores,
            reservoirs=reservoirs,
            export_limit_mw=10.0,
        )

    dam = Reservoir("dam", 0, built[:, 0], 0.8 * built[:, 0], 1500 * built[:, 0], 0.0)
    free = dataclasses.replace(dam, level_mwh=None)
    single, out = built.astype(np.float32), np.zeros((SCENARIOS, HOURS), np.float32)
    wide, hours, few = profiles.astype(float), 360, 3
    demand = factor * path[:, :hours]

    def in_pandas() -> None:
        for i in range(few):
            pandas_scenario(wide, built[i], factor[i] * path[0], stores, 10.0, i)

    energies = partial(numpy_hours, wide, built, demand, stores, 10.0, hours)
    of_a_day, of_an_hour = (partial(numpy_all, wide, built, demand, stores, 10.0, hours, part) for part in (24, 1))
    side_by_side(
        {
            f"{SCENARIOS} scenarios x {HOURS} h x {GROUPS} groups, two stores": (ours, 1),
            "the same with a reservoir that begins empty": (lambda: ours([dam]), 1),
            "the same with a reservoir that begins as it ends": (lambda: ours([free]), 1),
            "bare product, 32 bit, memory given": (partial(np.matmul, single, profiles, out=out), 1),
            "bare product, 32 bit, as C @ P": (lambda: single @ profiles, 1),
            "bare product, 64 bit, as C @ P": (lambda: built @ wide, 1),
            f"NumPy over scenarios, loop over {hours} h, energies alone": (energies, HOURS / hours),
            "the same with all sums of ours, hours per product 24": (of_a_day, HOURS / hours),
            "the same with all sums of ours, hours per product 1": (of_an_hour, HOURS / hours),
            f"pandas, scenario by scenario, {few} of them": (in_pandas, SCENARIOS / few),
        },
        rounds=15,
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB, peers included")


if __name__ == "__main__":
    bench_ensemble()
