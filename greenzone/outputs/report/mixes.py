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
from greenzone.supply.management import foreseen, reaching_grid, served_demand
from greenzone.supply.mixes import Case, cases_of
from greenzone.supply.reservoirs import beside_generation
from greenzone.supply.sectors import temp_of_people

Array = NDArray[np.float64]
OF_STORES = ("charged", "discharged")
OF_RESERVOIRS = ("inflow", "released", "spilled", "reservoir_level")
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
        Flows `demand_mw charged_mw discharged_mw exported_mw curtailed_mw unserved_mw`, and of all reservoirs together
        `spilled_mw` and `reservoir_level_mwh`; of what can wait, generation is what is given. Scenarios whose
        districts stand alone are left out: there is no power of the zone in them. None where nothing is left.
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
        made = (member * built).astype(np.float32) @ profiles
        own, more = _flows(case, groups, hours)
        for each, shifted in zip(case.reservoirs, more, strict=True):
            made[member[:, each.group].argmax()] += shifted.astype(np.float32)
        generation.append(made)
        flows.append(own)
    together = {name: np.stack([each[name] for each in flows]) for name in flows[0]}
    return HourlyMixes([case.name for case in cases], technologies, np.stack(generation), together)


def _flows(case: Case, groups: xr.Dataset, hours: int) -> tuple[dict[str, Array], Array]:
    """Where the power of one mix goes, and what the plants of each reservoir give more than their profiles. [MW]

    What is lost behind a shared connection counts as curtailed.
    """
    supply, lost = reaching_grid(case, groups)
    demand = served_demand(case, supply)[:hours]
    supply, lost = supply[:hours], lost[:hours]
    found, more = _dispatched(case, supply, demand, groups.isel(time=slice(0, hours)))
    # A battery behind the connection moves power in time: what it holds back and gives is that of a store.
    raw = (case.built_mw * case.resource_factor) @ groups.capacity_factor.to_numpy().astype(float)[:, :hours]
    held = raw - lost - supply
    found["charged_mw"] = found["charged_mw"] + np.maximum(held, 0.0)
    found["discharged_mw"] = found["discharged_mw"] + np.maximum(-held, 0.0)
    found["curtailed_mw"] = found["curtailed_mw"] + lost
    return {"demand_mw": demand, **found}, more


def _dispatched(case: Case, supply: Array, demand: Array, groups: xr.Dataset) -> tuple[dict[str, Array], Array]:
    limit, time = case.export_limit_mw, groups.time.to_numpy()
    if not case.stores and not case.reservoirs:
        exported = np.clip(supply - demand, 0.0, limit)
        left = np.maximum(supply - demand, 0.0) - exported
        flows = {"exported": exported, "curtailed": left, "unserved": np.maximum(demand - supply, 0.0)}
        none = np.zeros((0, len(demand)))
        return _named(flows | dict.fromkeys((*OF_STORES, *OF_RESERVOIRS), none)), none
    supplied = beside_generation(supply[None], [case.reservoirs], groups, case.resource_factor)
    if case.management.foresight != "none":
        flows = foreseen(case, supplied, demand, time)
    else:
        rule = hourly_dispatch(demand_mw=demand[None], time=time, stores=case.stores, export_limit_mw=limit, **supplied)
        one = rule.isel(scenario=0)
        flows = {name: one[f"{name}_mw"].to_numpy() for name in ("exported", "curtailed", "unserved", *OF_STORES)}
        flows |= {name: one[f"{name}_mw"].to_numpy() for name in ("inflow", "released", "spilled")}
        flows["reservoir_level"] = one.reservoir_level_mwh.to_numpy()
    running = [each.running_mw(groups, case.resource_factor) for each in case.reservoirs]
    return _named(flows), flows["released"] - np.reshape(running, flows["released"].shape)


def _named(flows: dict[str, Array]) -> dict[str, Array]:
    """Stores together, reservoirs together."""
    found = {f"{name}_mw": flows[name] for name in ("exported", "curtailed", "unserved")}
    found |= {f"{name}_mw": flows[name].sum(0) for name in (*OF_STORES, "spilled")}
    return found | {"reservoir_level_mwh": flows["reservoir_level"].sum(0)}
