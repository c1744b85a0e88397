"""The least-cost plan beside PyPSA: `python tests/benchmarks/bench_plan.py [hours] [resolves]`.

The same problem in the same run: one year by ours and by PyPSA, then the model solved again for other shares against
one made anew each time. Prints seconds of processor and of the clock. Run by hand on a quiet machine; no test depends
on it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from greenzone.supply import Border, PlanModel, PlannedStore, Source, System, to_pypsa

HOURS = 8760


def seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor and of the clock."""
    clock, cpu = time.perf_counter(), time.process_time()
    call()
    return time.process_time() - cpu, time.perf_counter() - clock


def system(hours: int) -> System:
    """Five technologies and two stores with the shapes of a mountain zone."""
    rng, t = np.random.default_rng(1), np.arange(hours)
    year, day = 2 * np.pi * t / 8760, t % 24
    sun = np.clip(np.sin((day - 6) / 12 * np.pi), 0, None) * (0.6 + 0.4 * np.sin(year - 1.4))
    sun *= rng.uniform(0.3, 1, hours // 24 + 1).repeat(24)[:hours]
    gusts = np.convolve(rng.normal(0, 1, hours + 48), np.ones(49) / 49, "valid")
    sources = [
        Source("solar", sun, 60e3, 0.0, 7000),
        Source("wind", np.clip(0.3 + 0.25 * np.sin(year) + 1.2 * gusts, 0, 1), 160e3, 2.0, 2000),
        Source("hydro", np.clip(0.35 + 0.25 * np.sin(year - 0.6), 0, 1), 460e3, 0.0, 500),
        Source("geothermal", np.full(hours, 0.85), 430e3, 0.0, 5),
        Source("bioenergy", np.full(hours, 0.8), 620e3, 65.0, 10),
    ]
    stores = [PlannedStore("battery", 4, 123e3, 0.98, 0.98), PlannedStore("pumped_hydro", 10, 290e3, 0.87, 0.87, 100)]
    demand = 26 * (1 + 0.25 * np.cos(year) + 0.25 * np.sin((day - 12) / 12 * np.pi))
    times = pd.date_range("2019-01-01", periods=hours, freq="h")
    return System(sources, stores, demand, times, [Border("outside", 90.0)])


def main(hours: int = HOURS, resolves: int = 20) -> None:
    case = system(hours)
    found: dict[str, float] = {}
    cpu, clock = seconds(lambda: found.update(ours=PlanModel(case).solve(0.95).cost))
    print(f"plan of {hours} h, five technologies, two stores: {cpu:.1f} s CPU, {clock:.1f} s", flush=True)

    def peer() -> None:
        network = to_pypsa(PlanModel(case), 0.95)
        network.optimize(solver_name="highs", solver_options={"output_flag": False}, include_objective_constant=False)
        found["peer"] = network.objective

    peer_cpu, peer_clock = seconds(peer)
    print(f"PyPSA, same problem: {peer_cpu:.1f} s CPU, {peer_clock:.1f} s, ratio {peer_cpu / cpu:.2f}", flush=True)
    print(f"cost {found['ours']:,.0f}, PyPSA {found['peer']:,.0f}, difference {found['peer'] / found['ours'] - 1:.1e}")
    shares = np.linspace(0.9, 0.96, resolves)
    model = PlanModel(case)
    model.solve(0.95)
    again, fresh = 0.0, 0.0
    for share in shares:  # one beside the other: the machine's slow minutes fall upon both
        again += seconds(partial(model.solve, share))[0]
        fresh += seconds(lambda share=share: PlanModel(case).solve(share))[0]
    print(
        f"{resolves} other shares, same model: {again:.1f} s CPU, a model for each: {fresh:.1f} s, {fresh / again:.2f}"
    )


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
