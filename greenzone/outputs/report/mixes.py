"""Every hour of the supply scenarios: what each technology makes and where the power goes.

Comes in: a finished run and its supply groups. Goes out: power over `(scenario, technology, time)` and the flows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from greenzone.config.supply import Supply
from greenzone.outputs.view import RunView
from greenzone.supply import hourly_dispatch
from greenzone.supply.foresight import foresight_dispatch
from greenzone.supply.management import reaching_grid, served_demand
from greenzone.supply.mixes import Case, cases_of
from greenzone.supply.sectors import temp_of_people

Array = NDArray[np.float64]
PEOPLE = ("cell", "temp_offset")  # what the temperature where people live is made of


@dataclass(frozen=True)
class HourlyMixes:
    """Scenarios hour by hour: `generation_mw` over `(scenario, technology, time)`, flows over `(scenario, time)`."""

    names: list[str]
    technologies: list[str]
    generation_mw: NDArray[np.float32]
    flows: dict[str, Array]


def hourly_mixes(run: RunView, groups: xr.Dataset, hours: int) -> HourlyMixes | None:
    """Generation and flows of the first hours of every scenario of the run's file.

    Parameters
    ----------
    run : RunView
        A finished run.
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it.
    hours : int
        How many intervals from the first on.

    Returns
    -------
    HourlyMixes or None
        Flows `demand_mw charged_mw discharged_mw exported_mw curtailed_mw unserved_mw`. Scenarios whose districts stand
        alone are left out: there is no power of the zone in them. None where nothing is left.
    """
    section = Supply.model_validate(run.config.get("supply") or {})
    technologies = list(dict.fromkeys(groups.technology.to_numpy().tolist()))
    wanted = list(dict.fromkeys([*technologies, *(name for mix in section.scenarios for name in mix.capacity_mw)]))
    known = run.layers.site
    temp_air = temp_of_people(run.layers) if all(name in known for name in PEOPLE) else None
    cases = [case for case in cases_of(section, groups, wanted, temp_air) if not case.management.islanded]
    if not cases:
        return None
    member = np.equal.outer(np.array(technologies, str), groups.technology.to_numpy())
    profiles = groups.capacity_factor.to_numpy()[:, :hours]
    generation, flows = [], []
    for case in cases:
        built = case.built_mw * case.resource_factor
        generation.append((member * built).astype(np.float32) @ profiles)
        flows.append(_flows(case, groups, hours))
    together = {name: np.stack([each[name] for each in flows]) for name in flows[0]}
    return HourlyMixes([case.name for case in cases], technologies, np.stack(generation), together)


def _flows(case: Case, groups: xr.Dataset, hours: int) -> dict[str, Array]:
    """Where the power of one mix goes [MW]; what is lost behind a shared connection counts as curtailed."""
    supply, lost = reaching_grid(case, groups)
    demand = served_demand(case, supply)[:hours]
    supply, lost = supply[:hours], lost[:hours]
    found = _dispatched(case, supply, demand, groups.time.to_numpy()[:hours])
    # A battery behind the connection moves power in time: what it holds back and gives is that of a store.
    raw = (case.built_mw * case.resource_factor) @ groups.capacity_factor.to_numpy().astype(float)[:, :hours]
    held = raw - lost - supply
    found["charged_mw"] = found["charged_mw"] + np.maximum(held, 0.0)
    found["discharged_mw"] = found["discharged_mw"] + np.maximum(-held, 0.0)
    found["curtailed_mw"] = found["curtailed_mw"] + lost
    return {"demand_mw": demand, **found}


def _dispatched(case: Case, supply: Array, demand: Array, time: NDArray[np.datetime64]) -> dict[str, Array]:
    limit = case.export_limit_mw
    if not case.stores:
        exported = np.clip(supply - demand, 0.0, limit)
        left = np.maximum(supply - demand, 0.0) - exported
        nothing = np.zeros_like(demand)
        missing = np.maximum(demand - supply, 0.0)
        return _named(nothing, nothing, exported, left, missing)
    if case.management.foresight != "none":
        day_ahead = case.management.foresight == "day_ahead"
        plan = foresight_dispatch(supply, demand, case.stores, limit, day_ahead)
        kept = (plan[name] for name in ("exported", "curtailed", "unserved"))
        return _named(plan["charged"].sum(0), plan["discharged"].sum(0), *kept)
    rule = hourly_dispatch(supply[None], [[1.0]], demand[None], time, stores=case.stores, export_limit_mw=limit)
    one = rule.isel(scenario=0)
    stored = (one[name].sum("store").to_numpy() for name in ("charged_mw", "discharged_mw"))
    return _named(*stored, *(one[name].to_numpy() for name in ("exported_mw", "curtailed_mw", "unserved_mw")))


def _named(charged: Array, discharged: Array, exported: Array, curtailed: Array, unserved: Array) -> dict[str, Array]:
    return {
        "charged_mw": charged,
        "discharged_mw": discharged,
        "exported_mw": exported,
        "curtailed_mw": curtailed,
        "unserved_mw": unserved,
    }
