"""Dispatch of many scenarios by one rule: surplus fills the stores in their order, deficit empties them likewise.

Comes in: profiles of supply groups, capacities, demand and stores of each scenario. Goes out: where every MWh went,
by scenario and month. Stores keep energy exactly; what they cannot take is exported up to the line's limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.supply import kernel

HOURS_PER_YEAR = 8760.0
MONTHS = np.arange(1, 13)
TOLERANCE = 1e-6  # share of mean demand below which a shortage is rounding of 32-bit profiles, not loss of load
SUMS = ("exported", "curtailed", "unserved")
CHUNK = 1024  # intervals whose single flows are held at a time


@dataclass(frozen=True)
class Storage:
    """A store of every scenario: power [MW] and size [MWh] over `scenario`, efficiencies [1] of one way each."""

    name: str
    power_mw: ArrayLike
    size_mwh: ArrayLike
    charge_efficiency: float
    discharge_efficiency: float


def dispatch(
    profiles: ArrayLike,
    built_mw: ArrayLike,
    demand_mw: ArrayLike,
    time: ArrayLike,
    *,
    demand_factor: ArrayLike | None = None,
    stores: Sequence[Storage] = (),
    export_limit_mw: ArrayLike = 0.0,
) -> xr.Dataset:
    """Balance every hour of every scenario.

    The rule: generation serves demand; surplus charges the stores in their order, then is exported up to the limit,
    then curtailed; a deficit discharges the stores in their order, the rest is unserved. Stores begin empty, so that
    no scenario is given energy; what they hold at the end is `level_end_gwh`.

    Parameters
    ----------
    profiles : array_like (group, time)
        Output over capacity. [1]
    built_mw : array_like (scenario, group)
        Capacity; a factor on the resource may be in it. [MW]
    demand_mw : array_like (path, time)
        Demand paths. [MW]
    time : array_like of datetime64 (time,)
        UTC, evenly spaced.
    demand_factor : array_like (scenario, path), optional
        Weight of each path in each scenario's demand; by default every scenario has its own path. [1]
    stores : sequence of Storage
        In the order in which they are used.
    export_limit_mw : array_like (scenario,) or float
        Limit of the line that exports. [MW]

    Returns
    -------
    Dataset
        Per mean year, over `(scenario, month)`: `surplus_gwh deficit_gwh` (before storage), `exported_gwh
        curtailed_gwh unserved_gwh loss_of_load_hours peak_unserved_mw`; over `(scenario, deficit_share)` and
        `(scenario, surplus_share)` the hours in which what is missing or left after the stores exceeds that share of
        mean demand, `deficit_hours_over surplus_hours_over`; over `(scenario, month, store)` `charged_gwh
        discharged_gwh`; over `(scenario, store)` `level_end_gwh storage_loss_gwh`. In every scenario surplus =
        charged + exported + curtailed, and deficit = discharged + unserved.

    Raises
    ------
    GreenzoneError
        Arrays of other shapes; negative or missing values; efficiencies outside (0, 1].
    """
    system = _system(profiles, built_mw, demand_mw, time, demand_factor, stores, export_limit_mw)
    sums, level = system.monthly()
    hours, names = system.hours, [store.name for store in stores]
    years = hours * len(system.time) / HOURS_PER_YEAR
    return _labelled(sums, level / 1000, hours, years, names)


def hourly_dispatch(
    profiles: ArrayLike,
    built_mw: ArrayLike,
    demand_mw: ArrayLike,
    time: ArrayLike,
    *,
    demand_factor: ArrayLike | None = None,
    stores: Sequence[Storage] = (),
    export_limit_mw: ArrayLike = 0.0,
) -> xr.Dataset:
    """Every hour of a few scenarios, by the same rule and the same kernel; arguments as of `dispatch`.

    Returns
    -------
    Dataset
        Over `(scenario, time)`: `exported_mw curtailed_mw unserved_mw`; over `(store, scenario, time)`: `charged_mw
        discharged_mw` and `level_mwh` at the end of each interval.
    """
    system = _system(profiles, built_mw, demand_mw, time, demand_factor, stores, export_limit_mw)
    flows = system.hourly()
    into, kept = system.efficiency[:, :1, None], system.efficiency[:, 1:, None]
    charged, discharged = flows[kernel.ROWS :: 2], flows[kernel.ROWS + 1 :: 2]
    levels = np.cumsum(charged * into - discharged / kept, -1) * system.hours
    power = {f"{name}_mw": (("scenario", "time"), flows[row], {"units": "MW"}) for row, name in enumerate(SUMS)}
    dims = ("store", "scenario", "time")
    return xr.Dataset(
        {
            **power,
            "charged_mw": (dims, charged, {"units": "MW"}),
            "discharged_mw": (dims, discharged, {"units": "MW"}),
            "level_mwh": (dims, np.maximum(levels, 0), {"units": "MWh"}),
        },
        {"time": system.time, "store": np.array([store.name for store in stores], str)},
    )


def flows_by_month(
    flows: Mapping[str, NDArray[np.float64]], demand_mw: ArrayLike, time: ArrayLike, stores: list[str]
) -> xr.Dataset:
    """Hourly flows of one mix, planned elsewhere, summed as `dispatch` does.

    Parameters
    ----------
    flows : mapping
        `exported curtailed unserved` over time, `charged discharged level` over `(store, time)`. [MW; MWh]
    demand_mw : array_like (time,)
        Demand. [MW]
    time : array_like of datetime64 (time,)
        UTC, evenly spaced.
    stores : list of str
        Names of the stores.

    Returns
    -------
    Dataset
        As of `dispatch`, with one scenario.
    """
    stamps = pd.DatetimeIndex(np.asarray(time))
    hours = interval_hours(stamps)
    missing = np.asarray(flows["unserved"])
    mean = float(np.mean(np.asarray(demand_mw)))
    lacking = (missing > TOLERANCE * mean).astype(float)
    pairs = [flows[name][store] for store in range(len(stores)) for name in ("charged", "discharged")]
    left = flows["exported"] + flows["curtailed"]
    over = [(missing > share * mean).astype(float) for share in kernel.DEFICIT_STEPS]
    over += [(left > share * mean).astype(float) for share in kernel.SURPLUS_STEPS]
    rows = np.stack([flows["exported"], flows["curtailed"], missing, lacking, missing, *over, *pairs])
    in_month = np.equal.outer(MONTHS, stamps.month.to_numpy())
    sums = np.stack([rows @ month for month in in_month.astype(float)])
    sums[:, kernel.PEAK_UNSERVED] = [missing[month].max(initial=0.0) for month in in_month]
    level = np.array([flows["level"][store][-1:] for store in range(len(stores))]).reshape(len(stores), 1)
    years = hours * len(stamps) / HOURS_PER_YEAR
    return _labelled(sums[..., None], level / 1000, hours, years, stores)


@dataclass(frozen=True)
class _System:
    """Scenarios as the kernel wants them: checked, in tiles, in units of intervals."""

    time: pd.DatetimeIndex
    hours: float
    scenarios: int
    profiles: NDArray[np.float32]
    weights: NDArray[np.float32]
    stores: NDArray[np.float64]
    efficiency: NDArray[np.float64]
    limits: NDArray[np.float64]

    def run(
        self, edges: NDArray[np.int64], rows: NDArray[np.int64], number: int, stores: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Carry the stores through the hours between the edges; sums over `(row, sum, scenario)`."""
        tiles, kinds, _, width = stores.shape
        sums = np.zeros((tiles, number, kernel.ROWS + 2 * kinds, width))
        both_ways = self.efficiency.prod(1)
        kernel.dispatch(self.profiles, self.weights, edges, rows, stores, both_ways, self.limits, sums)
        return _untiled(sums, self.scenarios)

    def monthly(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sums over `(month, sum, scenario)` and the levels at the end over `(store, scenario)` [MWh]."""
        edges, months = _blocks(self.time)
        stores = self.stores.copy()
        sums = self.run(edges, months, len(MONTHS), stores)
        left = _untiled(stores[:, :, kernel.LEVEL], self.scenarios)
        return sums, left / self.efficiency[:, 1:] * self.hours

    def hourly(self) -> NDArray[np.float64]:
        """The sums of every interval alone, over `(sum, scenario, time)`."""
        stores, parts = self.stores.copy(), []
        for first in range(0, len(self.time), CHUNK):
            last = min(first + CHUNK, len(self.time))
            parts.append(self.run(np.arange(first, last + 1), np.arange(last - first), last - first, stores))
        return np.moveaxis(np.concatenate(parts), 0, -1)


def _system(
    profiles: ArrayLike, built_mw: ArrayLike, demand_mw: ArrayLike, time: ArrayLike, demand_factor: ArrayLike | None,
    stores: Sequence[Storage], export_limit_mw: ArrayLike,
) -> _System:  # fmt: skip
    cf = np.asarray(profiles, np.float32)
    built, demand = np.atleast_2d(np.asarray(built_mw, float)), np.atleast_2d(np.asarray(demand_mw, float))
    factor = np.eye(len(built)) if demand_factor is None else np.atleast_2d(np.asarray(demand_factor, float))
    stamps = pd.DatetimeIndex(np.asarray(time))
    _check_shapes(cf, built, demand, factor, len(stamps))
    export = np.broadcast_to(np.asarray(export_limit_mw, float), len(built))
    power = _per_scenario([store.power_mw for store in stores], len(built))
    size = _per_scenario([store.size_mwh for store in stores], len(built))
    for what, values in (
        ("profiles", cf), ("capacity", built), ("demand", demand), ("demand factor", factor),
        ("export limit", export), ("power of a store", power), ("size of a store", size),
    ):  # fmt: skip
        _check_values(what, values)
    columns, weights = _stacked(cf, built, demand, factor)
    mean = factor @ demand.mean(1)
    hours = interval_hours(stamps)
    efficiency = _efficiencies(stores)
    # A level counts what the store can give, hence its size too.
    own = np.stack([np.zeros_like(size), power, size / hours * efficiency[:, 1:]], 1)
    tiled = _tiles(own.reshape(-1, len(built)))
    tiled = tiled.reshape(len(tiled), len(stores), 3, kernel.TILE)
    limits = _tiles(np.stack([export, TOLERANCE * mean, mean]))
    return _System(stamps, hours, len(built), columns, _tiles(weights), tiled, efficiency, limits)


def interval_hours(time: pd.DatetimeIndex) -> float:
    """Length of the interval between the first two stamps. [hour]"""
    return float((time[1] - time[0]) / pd.Timedelta(hours=1)) if len(time) > 1 else 1.0


def _stacked(
    cf: NDArray[np.float32], built: NDArray[np.float64], demand: NDArray[np.float64], factor: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Groups and demand paths as columns of one matrix, and their weights.

    Demand is scaled to a mean of 1 first, its weight to the same energy, so that 32-bit numbers lose nothing.
    """
    mean = np.maximum(demand.mean(1), np.finfo(float).tiny)
    number = len(cf) + len(demand)
    columns = np.empty((cf.shape[1], number), np.float32)
    columns[:, : len(cf)] = cf.T
    columns[:, len(cf) :] = (demand / mean[:, None]).T
    weights = np.empty((number, len(built)), np.float32)
    weights[: len(cf)] = built.T
    weights[len(cf) :] = -(factor * mean).T
    return columns, weights


def _blocks(time: pd.DatetimeIndex) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Edges of runs of hours within one month, and their months counted from 0."""
    month = time.month.to_numpy() - 1
    changes = np.flatnonzero(np.diff(month)) + 1
    edges = np.unique(np.concatenate([np.arange(0, len(time), kernel.BLOCK), changes, [len(time)]]))
    return edges.astype(np.int64), month[edges[:-1]].astype(np.int64)


def _tiles(values: NDArray) -> NDArray:
    """Columns of `(row, scenario)` cut into tiles `(tile, row, TILE)`; the last one is filled with zeros."""
    rows, scenarios = values.shape
    tiles = -(-scenarios // kernel.TILE)
    filled = np.zeros((rows, tiles * kernel.TILE), values.dtype)
    filled[:, :scenarios] = values
    return np.ascontiguousarray(filled.reshape(rows, tiles, kernel.TILE).swapaxes(0, 1))


def _untiled(tiles: NDArray, scenarios: int) -> NDArray:
    """Tiles `(tile, ..., TILE)` put side by side again: `(..., scenario)`."""
    side_by_side = np.moveaxis(tiles, 0, -2)
    return side_by_side.reshape(*tiles.shape[1:-1], len(tiles) * kernel.TILE)[..., :scenarios]


def _labelled(
    sums: NDArray[np.float64], level_gwh: NDArray[np.float64], hours: float, years: float, stores: list[str]
) -> xr.Dataset:
    energy = hours / years / 1000
    by_month = sums.transpose(1, 2, 0)
    variables: dict[str, tuple] = {
        f"{name}_gwh": (("scenario", "month"), by_month[row] * energy, {"units": "GWh"})
        for row, name in enumerate(SUMS)
    }
    variables["loss_of_load_hours"] = (
        ("scenario", "month"), by_month[kernel.HOURS_UNSERVED] * hours / years, {"units": "h"}
    )  # fmt: skip
    variables["peak_unserved_mw"] = (("scenario", "month"), by_month[kernel.PEAK_UNSERVED], {"units": "MW"})
    for kind, row, steps in (
        ("deficit", kernel.DEFICIT_HOURS, kernel.DEFICIT_STEPS), ("surplus", kernel.SURPLUS_HOURS, kernel.SURPLUS_STEPS)
    ):  # fmt: skip
        counted = np.moveaxis(by_month[row : row + len(steps)].sum(2), 0, -1) * hours / years
        variables[f"{kind}_hours_over"] = (("scenario", f"{kind}_share"), counted, {"units": "h"})
    dims = ("store", "scenario", "month")
    charged, discharged = by_month[kernel.ROWS :: 2] * energy, by_month[kernel.ROWS + 1 :: 2] * energy
    variables["charged_gwh"] = (dims, charged, {"units": "GWh"})
    variables["discharged_gwh"] = (dims, discharged, {"units": "GWh"})
    end = level_gwh / years
    surplus = variables["exported_gwh"][1] + variables["curtailed_gwh"][1] + charged.sum(0)
    variables["surplus_gwh"] = (("scenario", "month"), surplus, {"units": "GWh"})
    deficit = variables["unserved_gwh"][1] + discharged.sum(0)
    variables["deficit_gwh"] = (("scenario", "month"), deficit, {"units": "GWh"})
    variables["level_end_gwh"] = (("store", "scenario"), end, {"units": "GWh"})
    loss = charged.sum(2) - discharged.sum(2) - end
    variables["storage_loss_gwh"] = (("store", "scenario"), loss, {"units": "GWh"})
    shares = {"deficit_share": list(kernel.DEFICIT_STEPS), "surplus_share": list(kernel.SURPLUS_STEPS)}
    return xr.Dataset(variables, {"month": MONTHS, "store": np.array(stores, str), **shares})


def _per_scenario(values: list[ArrayLike], scenarios: int) -> NDArray[np.float64]:
    rows = [np.broadcast_to(np.asarray(value, float), scenarios) for value in values]
    return np.array(rows, float).reshape(len(rows), scenarios)


def _efficiencies(stores: Sequence[Storage]) -> NDArray[np.float64]:
    values = [(store.charge_efficiency, store.discharge_efficiency) for store in stores]
    for store, pair in zip(stores, values, strict=True):
        if not all(0 < value <= 1 for value in pair):
            raise GreenzoneError(f"the efficiencies of the store '{store.name}' are {pair}: they must be in (0, 1]")
    return np.array(values, float).reshape(len(values), 2)


def _check_shapes(
    cf: NDArray[np.float32], built: NDArray[np.float64], demand: NDArray[np.float64], factor: NDArray[np.float64],
    hours: int,
) -> None:  # fmt: skip
    if cf.shape[1] != hours:
        raise GreenzoneError(f"the profiles have {cf.shape[1]} hours, but there are {hours} times")
    if demand.shape[1] != hours:
        raise GreenzoneError(f"demand has {demand.shape[1]} hours, the profiles {hours}: give one value for every hour")
    if built.shape[1] != len(cf):
        raise GreenzoneError(f"capacities are given for {built.shape[1]} groups, profiles for {len(cf)}")
    if factor.shape != (len(built), len(demand)):
        raise GreenzoneError(
            f"demand is given for {len(demand)} paths and weights of the shape {factor.shape}; "
            f"{len(built)} scenarios need the shape {(len(built), len(demand))}"
        )


def _check_values(what: str, values: NDArray) -> None:
    # A NaN spoils the sum, so one pass without temporaries is enough.
    if values.size and not (np.isfinite(values.sum(dtype=float)) and values.min() >= 0):
        raise GreenzoneError(f"{what} in a supply scenario must be 0 or more, without gaps")
