"""What of a mix can wait: water behind dams, fuel in the stores of bioenergy plants, beside the generation of the rest.

Comes in: supply groups, what is built and what stands of them, the dams of the table `reservoirs`, the hours of power
that fuel stores hold. Goes out: reservoirs as the dispatch takes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypedDict

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.supply.dispatch import Reservoir
from greenzone.supply.plan_dams import Dam, dams_in

Array = NDArray[np.float64]

FUEL_STORE = "bioenergy"  # first word of the name of each fuel store


@dataclass(frozen=True, eq=False)
class Held:
    """Plants of a mix whose water or fuel can wait.

    `mw` is their capacity over `group`, of the middling year; `power_mw` the most that they give together, `size_mwh`
    the energy that waits at most. Water arrives as the profiles of the groups say. `fuel` arrives evenly over the day,
    for a profile that follows the evening peak has used its store already.
    """

    name: str
    mw: Array
    power_mw: float
    size_mwh: float
    fuel: bool = False

    @property
    def capacity_mw(self) -> float:
        """Capacity of the middling year."""
        return float(self.mw.sum())

    @property
    def group(self) -> int:
        """The first of the groups, which tells the technology."""
        return int(np.argmax(self.mw > 0))

    def within(self, own: NDArray[np.bool_]) -> Held:
        """The plants in some of the groups, with their part of what waits; without any it never waits."""
        mw = np.where(own, self.mw, 0.0)
        share = float(mw.sum()) / self.capacity_mw if self.capacity_mw else 0.0
        return replace(self, mw=mw, power_mw=share * self.power_mw, size_mwh=share * self.size_mwh)

    def idle(self) -> Held:
        """The same without its plants, which then run as their profiles say.

        In place of none where others have one: results keep their shape, and one kernel runs all.
        """
        return self.within(np.zeros(len(self.mw), bool))

    def running_mw(self, groups: xr.Dataset, resource_factor: Array) -> Array:
        """What the plants give where nothing waits, over time. [MW]"""
        there = np.flatnonzero(self.mw > 0)
        profiles = groups.capacity_factor.to_numpy()[there].astype(float)
        return (self.mw * resource_factor)[there] @ profiles

    def inflow_mw(self, groups: xr.Dataset, resource_factor: Array) -> Array:
        """What arrives for the plants, over time. [MW]"""
        running = self.running_mw(groups, resource_factor)
        return daily_mean(running, groups.time.to_numpy()) if self.fuel else running


class Supplied(TypedDict):
    """Profiles, capacities and reservoirs as `greenzone.supply.dispatch` takes them."""

    profiles: Array
    built_mw: Array
    reservoirs: list[Reservoir]


def daily_mean(values: Array, time: NDArray[np.datetime64]) -> Array:
    """Values over time, each that of its day (UTC)."""
    return pd.Series(values).groupby(pd.DatetimeIndex(time).floor("D")).transform("mean").to_numpy()


def reservoirs_of(
    groups: xr.Dataset, built_mw: Array, resource_factor: Array, fleet_mw: Array, dams: Sequence[Dam]
) -> tuple[Held, ...]:
    """Plants of a mix behind dams, each of the group that it stands in.

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
    tuple of Held
        A plant gives at most what its group reaches in its best hour.
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
            mw = np.where(np.arange(len(built_mw)) == group, share * dam.capacity_mw, 0.0)
            found.append(Held(dam.name, mw, best * float(mw.sum()), share * dam.energy_mwh))
    return tuple(found)


def fuel_stores_of(groups: xr.Dataset, built_mw: Array, store_hours: Mapping[str, float]) -> tuple[Held, ...]:
    """Bioenergy plants of a mix with a store of fuel, those of one kind together.

    All plants of a kind have stores of as many hours and fuel of nearly the same seasons, so that one store for all
    does what they would do each alone, in a fraction of the time.

    Parameters
    ----------
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it.
    built_mw : ndarray (group,)
        What the mix builds. [MW]
    store_hours : mapping
        Hours of full power that the store of each kind of plant holds, by `resource_class`. [hour]

    Returns
    -------
    tuple of Held
        Fuel arrives for what is built, as much as the profiles burn. A plant gives at most what its profile reaches in
        its best hour, in a year of much fuel too; its least load is left out of account, as in the plan.
    """
    found = []
    for kind, hours in sorted(store_hours.items(), key=lambda pair: pair[1]):
        own = np.isin(groups.technology.to_numpy(), ["bioenergy"]) & (groups.resource_class.to_numpy() == kind)
        mw = np.where(own, built_mw, 0.0)
        if hours > 0 and mw.any():
            there = np.flatnonzero(mw)
            best = np.minimum(groups.capacity_factor.to_numpy()[there].max(1).astype(float), 1.0)
            found.append(Held(f"{FUEL_STORE} {kind}", mw, float(best @ mw[there]), hours * float(mw.sum()), fuel=True))
    return tuple(found)


def store_hours_of(ways: pd.DataFrame) -> dict[str, float]:
    """Hours of power in the fuel store of each kind of plant, from the table `bioenergy_conversion`; of a kind with
    several ways the least. [hour]"""
    return {
        str(kind): float(hours) for kind, hours in ways.groupby("resource_class", sort=False).store_hours.min().items()
    }


def beside_generation(
    generation_mw: Array, held: Sequence[Sequence[Held]], groups: xr.Dataset, resource_factor: Array
) -> Supplied:
    """What can wait taken out of generations that hold it, as profiles of their own.

    Parameters
    ----------
    generation_mw : ndarray (scenario, time)
        With all plants running as their profiles say. [MW]
    held : sequence of sequence of Held
        What of each scenario can wait, plants of groups of `groups`. What several scenarios have is the same object.
    groups : Dataset
        Supply groups.
    resource_factor : ndarray (group,)
        What the year gives of the middling one. [1]

    Returns
    -------
    Supplied
        Each scenario's generation without what can wait as a profile of which it has 1 MW, then what arrives for it.
    """
    number, every = len(generation_mw), list(dict.fromkeys(each for own in held for each in own))
    if not every:
        return {"profiles": generation_mw, "built_mw": np.eye(number), "reservoirs": []}
    has = np.array([[each in own for each in every] for own in held], float)
    running, inflow = (
        np.stack([reckon(each, groups, resource_factor) for each in every])
        for reckon in (Held.running_mw, Held.inflow_mw)
    )
    reservoirs = [
        Reservoir(each.name, number + k, has[:, k], has[:, k] * each.power_mw, has[:, k] * each.size_mwh)
        for k, each in enumerate(every)
    ]
    profiles = np.concatenate([np.maximum(generation_mw - has @ running, 0.0), inflow])
    return {"profiles": profiles, "built_mw": np.concatenate([np.eye(number), has], 1), "reservoirs": reservoirs}


class OfGroup(Protocol):
    """What is counted under one of the groups."""

    @property
    def group(self) -> int: ...


def held_back(flows: xr.Dataset, reservoirs: Sequence[OfGroup], names: NDArray, wanted: Sequence[Any]) -> Array:
    """What plants gave whose water or fuel can wait, less what arrived for them, summed by technology.

    Parameters
    ----------
    flows : Dataset
        As `greenzone.supply.dispatch` returns it.
    reservoirs : sequence of Reservoir or Held
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
