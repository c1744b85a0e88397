"""Reservoirs of a mix: the plants behind dams among what stands, and their water beside the generation of the rest.

Comes in: supply groups, what is built and what stands of them, the dams of the table `reservoirs`. Goes out:
reservoirs as the dispatch takes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypedDict

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from greenzone.supply.dispatch import Reservoir
from greenzone.supply.plan_dams import Dam, dams_in

Array = NDArray[np.float64]


class Supplied(TypedDict):
    """Profiles, capacities and reservoirs as `greenzone.supply.dispatch` takes them."""

    profiles: Array
    built_mw: Array
    reservoirs: list[Reservoir]


def reservoirs_of(
    groups: xr.Dataset, built_mw: Array, resource_factor: Array, fleet_mw: Array, dams: Sequence[Dam]
) -> tuple[Reservoir, ...]:
    """Reservoirs of a mix, each of the group that its plant stands in.

    Parameters
    ----------
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it.
    built_mw, resource_factor, fleet_mw : ndarray (group,)
        What the mix builds [MW], what the year gives of the middling one [1], what stands [MW]. A mix that builds a
        part of what stands has that part of each plant and of its water.
    dams : sequence of Dam
        Dams of the table; each stands once, whatever groups its district has.

    Returns
    -------
    tuple of Reservoir
        `capacity_mw` is that of the middling year; a plant gives at most what its group reaches in its best hour.
    """
    technology, district = groups.technology.to_numpy(), groups.district.to_numpy()
    left, found = list(dams), []
    for group in np.flatnonzero((technology == "hydro") & (fleet_mw > 0) & (built_mw > 0)):
        behind = dams_in(str(district[group]), float(fleet_mw[group]), left)
        left = [dam for dam in left if dam not in behind]
        if not behind:
            continue
        share = min(float(built_mw[group] / fleet_mw[group]), 1.0)
        best = min(float(groups.capacity_factor[group].max()) * float(resource_factor[group]), 1.0)
        for dam in behind:
            capacity = share * dam.capacity_mw
            found.append(Reservoir(dam.name, int(group), capacity, best * capacity, share * dam.energy_mwh))
    return tuple(found)


def idle(each: Reservoir) -> Reservoir:
    """A reservoir without its plant, which then runs as the water does.

    In place of none where others have one: results keep their shape, and one kernel runs all.
    """
    return replace(each, capacity_mw=0.0, power_mw=0.0, size_mwh=0.0)


def inflow_of(each: Reservoir, groups: xr.Dataset, resource_factor: Array) -> Array:
    """What would run through the plant of a reservoir of a mix, over time. [MW]"""
    profile = groups.capacity_factor[each.group].to_numpy().astype(float)
    return float(np.asarray(each.capacity_mw)) * float(resource_factor[each.group]) * profile


def beside_generation(
    generation_mw: Array, reservoirs: Sequence[Reservoir], groups: xr.Dataset, resource_factor: Array
) -> Supplied:
    """Water taken out of generations that hold it, as profiles of their own.

    Parameters
    ----------
    generation_mw : ndarray (scenario, time)
        With the plants of the reservoirs running as the water does. [MW]
    reservoirs : sequence of Reservoir
        The same in all scenarios, of groups of `groups`.
    groups : Dataset
        Supply groups.
    resource_factor : ndarray (group,)
        What the year gives of the middling one. [1]

    Returns
    -------
    Supplied
        Each scenario's generation without water as a profile of which it has 1 MW, then the water of each reservoir.
    """
    number = len(generation_mw)
    if not reservoirs:
        return {"profiles": generation_mw, "built_mw": np.eye(number), "reservoirs": []}
    inflow = np.stack([inflow_of(each, groups, resource_factor) for each in reservoirs])
    own = [replace(each, group=number + k, capacity_mw=1.0) for k, each in enumerate(reservoirs)]
    profiles = np.concatenate([np.maximum(generation_mw - inflow.sum(0), 0.0), inflow])
    return {
        "profiles": profiles,
        "built_mw": np.concatenate([np.eye(number), np.ones((number, len(own)))], 1),
        "reservoirs": own,
    }


def held_back(flows: xr.Dataset, reservoirs: Sequence[Reservoir], names: NDArray, wanted: Sequence[Any]) -> Array:
    """What plants behind dams gave less what they would have given as the water runs, summed by technology.

    Parameters
    ----------
    flows : Dataset
        As `greenzone.supply.dispatch` returns it.
    reservoirs : sequence of Reservoir
        Their groups are positions in `names`.
    names : ndarray (group,)
        Technology of each group, or any other name to sum by.
    wanted : sequence of str
        The names of the rows.

    Returns
    -------
    ndarray (scenario, name, month)
        Above 0 where more was given. [GWh]
    """
    more = (flows.released_gwh - flows.inflow_gwh).transpose("reservoir", "scenario", "month").to_numpy()
    member = np.array([[names[each.group] == name for each in reservoirs] for name in wanted], float)
    return np.einsum("nk,ksm->snm", member.reshape(len(wanted), len(reservoirs)), more)
