"""Scenarios as the kernel of the dispatch wants them: checked, in tiles, in units of intervals.

Comes in: what `greenzone.supply.dispatch` was given. Goes out: a `TiledSystem`, which runs the kernel over months or
hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.supply import kernel
from greenzone.threads import in_threads

HOURS_PER_YEAR = 8760.0
MONTHS = np.arange(1, 13)
TOLERANCE = 1e-6  # share of mean demand below which a shortage is rounding of 32-bit profiles, not loss of load
CHUNK = 1024  # intervals whose single flows are held at a time
PASSES = 8  # for each reservoir at most, until all end as they began; two suffice where it is full or empty once
SETTLED = 1e-6  # share of a reservoir's size by which its end may differ from its start


@dataclass(frozen=True)
class Storage:
    """A store of every scenario: power [MW] and size [MWh] over `scenario`, efficiencies [1] of one way each."""

    name: str
    power_mw: ArrayLike
    size_mwh: ArrayLike
    charge_efficiency: float
    discharge_efficiency: float


@dataclass(frozen=True)
class Reservoir:
    """A dam with a plant that stands in the capacities already: what would run through it can wait behind it.

    Each over `scenario` or one for all: `capacity_mw` is the plant's part of the capacity of its group, whose profile
    its inflow follows [MW]; `power_mw` the most that it gives [MW]; `size_mwh` the energy of its usable water [MWh];
    `level_mwh` that of what it holds at the start [MWh], where none is given as much as it holds at the end, so that no
    scenario is given energy.
    """

    name: str
    group: int
    capacity_mw: ArrayLike
    power_mw: ArrayLike
    size_mwh: ArrayLike
    level_mwh: ArrayLike | None = None


@dataclass(frozen=True)
class TiledSystem:
    """Scenarios as the kernel wants them: checked, in tiles, in units of intervals."""

    time: pd.DatetimeIndex
    hours: float
    scenarios: int
    profiles: NDArray[np.float32]
    built: NDArray[np.float64]
    demand: NDArray[np.float64]
    stores: NDArray[np.float64]
    efficiency: NDArray[np.float64]
    rows: NDArray[np.int64]
    dams: NDArray[np.float64] | None
    free: NDArray[np.bool_]
    limits: NDArray[np.float64]

    def monthly(self) -> tuple[TiledSystem, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """The system as its reservoirs begin, sums over `(month, sum, scenario)`, levels at the end [MWh]."""
        edges, months = _blocks(self.time)
        system, stage = self, np.zeros(self.free.shape, np.int64)
        for _ in range(PASSES * max(len(self.rows), 1)):
            stores, dams = self.stores.copy(), system.copied_dams()
            sums = self._run(edges, months, len(MONTHS), stores, dams)
            started = system._restarted(dams, stage)
            if started is None:
                break
            system, stage = started
        left = _untiled(stores[:, :, kernel.LEVEL], self.scenarios) / self.efficiency[:, 1:]
        return system, sums, left * self.hours, self.water(dams)

    def hourly(self) -> tuple[TiledSystem, NDArray[np.float64]]:
        """The system as its reservoirs begin, and the sums of every interval alone, over `(time, sum, scenario)`."""
        system = self.monthly()[0] if self.free.any() else self
        stores, dams, parts = self.stores.copy(), system.copied_dams(), []
        for first in range(0, len(self.time), CHUNK):
            last = min(first + CHUNK, len(self.time))
            rows = np.arange(last - first)
            parts.append(self._run(np.arange(first, last + 1), rows, last - first, stores, dams))
        return system, np.concatenate(parts)

    def _restarted(
        self, ended: NDArray[np.float64] | None, stage: NDArray[np.int64]
    ) -> tuple[TiledSystem, NDArray[np.int64]] | None:
        """The same with reservoirs that may choose their start nearer to ending as they began; None where all do.

        An hour adds to the level, or takes from it, and keeps it between empty and full, and so does a year of hours.
        Where what a year that begins empty leaves (stage 0) is not left again by one that begins with it (1), more
        comes than goes: then it is what a year that begins full leaves (2, 3). Another reservoir before this one, not
        at rest itself, may undo that: then from the beginning.
        """
        if ended is None or self.dams is None or not self.free.any():
            return None
        start, end, size = self.dams[:, :, kernel.LEVEL], ended[:, :, kernel.LEVEL], self.dams[:, :, kernel.SIZE]
        moving = self.free & (np.abs(end - start) > SETTLED * size)
        if not moving.any():
            return None
        dams = self.dams.copy()
        dams[:, :, kernel.LEVEL] = np.where(moving, np.choose(stage, [end, size, end, np.zeros_like(size)]), start)
        return replace(self, dams=dams), np.where(moving, (stage + 1) % 4, stage)

    def copied_dams(self) -> NDArray[np.float64] | None:
        """The reservoirs at the start, to be written over."""
        return None if self.dams is None else self.dams.copy()

    def inflow(self, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Water that arrives over `(reservoir, scenario, time)`, or summed with weights over `(row, time)`. [MW]"""
        profiles = self.profiles[:, self.rows].astype(float)
        profiles = profiles if weights is None else weights @ profiles
        if self.dams is None:
            return np.zeros((0, self.scenarios, len(profiles)))
        return _untiled(self.dams[:, :, kernel.CAPACITY], self.scenarios)[..., None] * profiles.T[:, None]

    def water(self, dams: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Levels over `(reservoir, scenario)`. [MWh]"""
        if dams is None:
            return np.zeros((0, self.scenarios))
        return _untiled(dams[:, :, kernel.LEVEL], self.scenarios) * self.hours

    def _run(
        self,
        edges: NDArray[np.int64],
        rows: NDArray[np.int64],
        number: int,
        stores: NDArray[np.float64],
        dams: NDArray[np.float64] | None,
    ) -> NDArray[np.float64]:
        """Carry stores and reservoirs through the hours between the edges; sums over `(row, sum, scenario)`."""
        tiles, kinds, _, width = stores.shape
        height = kernel.ROWS + 2 * kinds + kernel.OF_RESERVOIR * len(self.rows)
        sums = np.empty((number, height, tiles * width))
        scenarios, efficiency = (self.profiles, self.built, self.demand), self.efficiency.prod(1)
        given = *scenarios, edges, rows, stores, efficiency, self.rows, dams, self.limits, sums
        in_threads(lambda first, last: kernel.dispatch(*given, first, last), tiles)
        return sums[..., : self.scenarios]


def tiled_system(
    profiles: ArrayLike, built_mw: ArrayLike, demand_mw: ArrayLike, time: ArrayLike, demand_factor: ArrayLike | None,
    stores: Sequence[Storage], reservoirs: Sequence[Reservoir], export_limit_mw: ArrayLike,
) -> TiledSystem:  # fmt: skip
    """Check what was given and lay it out in tiles; arguments as of `greenzone.supply.dispatch`."""
    cf = np.asarray(profiles, np.float32)
    built, demand = np.atleast_2d(np.ascontiguousarray(built_mw, float)), np.atleast_2d(np.asarray(demand_mw, float))
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
    columns, weights = _columns(cf, demand, factor)
    mean = factor @ demand.mean(1)
    hours = interval_hours(stamps)
    efficiency = _efficiencies(stores)
    # A level counts what the store can give, hence its size too.
    own = np.stack([np.zeros_like(size), power, size / hours * efficiency[:, 1:]], 1)
    tiled = _tiles(own.reshape(-1, len(built)))
    tiled = tiled.reshape(len(tiled), len(stores), 3, kernel.TILE)
    bounds = [-TOLERANCE, *(-share for share in kernel.DEFICIT_STEPS), *kernel.SURPLUS_STEPS]
    limits = _tiles(np.stack([export, *(share * mean for share in bounds)]))
    rows, dams = np.array([each.group for each in reservoirs], np.int64), _dams(reservoirs, built, hours)
    free = np.zeros((len(tiled), len(reservoirs), kernel.TILE), bool)
    free[:, [each.level_mwh is None for each in reservoirs]] = True
    return TiledSystem(stamps, hours, len(built), columns, built, weights, tiled, efficiency, rows, dams, free, limits)


def _dams(reservoirs: Sequence[Reservoir], built: NDArray[np.float64], hours: float) -> NDArray[np.float64] | None:
    """Reservoirs as the kernel wants them; None where there are none."""
    if not reservoirs:
        return None
    given = {
        "level": [0.0 if each.level_mwh is None else each.level_mwh for each in reservoirs],
        "power": [each.power_mw for each in reservoirs],
        "size": [each.size_mwh for each in reservoirs],
        "capacity": [each.capacity_mw for each in reservoirs],
    }
    own = {what: _per_scenario(values, len(built)) for what, values in given.items()}
    for what, values in own.items():
        _check_values(f"{what} of a reservoir", values)
    _check_reservoirs(reservoirs, built, own["capacity"], own["level"] - own["size"])
    rows = np.stack([own["level"] / hours, own["power"], own["size"] / hours, own["capacity"]], 1)
    tiled = _tiles(rows.reshape(-1, len(built)))
    return tiled.reshape(len(tiled), len(reservoirs), len(given), kernel.TILE)


def interval_hours(time: pd.DatetimeIndex) -> float:
    """Length of the interval between the first two stamps. [hour]"""
    return float((time[1] - time[0]) / pd.Timedelta(hours=1)) if len(time) > 1 else 1.0


def _columns(
    cf: NDArray[np.float32], demand: NDArray[np.float64], factor: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Groups and demand paths as columns of one matrix, and the weights of the paths.

    Demand is scaled to a mean of 1 first, its weight to the same energy, so that 32-bit numbers lose nothing.
    """
    mean = np.maximum(demand.mean(1), np.finfo(float).tiny)
    columns = np.empty((cf.shape[1], len(cf) + len(demand)), np.float32)
    columns[:, : len(cf)] = cf.T
    columns[:, len(cf) :] = (demand / mean[:, None]).T
    return columns, factor * mean


def _blocks(time: pd.DatetimeIndex) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Edges of runs of hours within one month, and their months counted from 0."""
    month = time.month.to_numpy() - 1
    changes = np.flatnonzero(np.diff(month)) + 1
    edges = np.unique(np.concatenate([np.arange(0, len(time), kernel.BLOCK), changes, [len(time)]]))
    return edges.astype(np.int64), month[edges[:-1]].astype(np.int64)


def _tiles(values: NDArray) -> NDArray:
    """Columns of `(row, scenario)` cut into tiles `(tile, row, TILE)`; the last one is filled with zeros."""
    rows, scenarios = values.shape
    whole, rest = divmod(scenarios, kernel.TILE)
    tiles = np.zeros((whole + bool(rest), rows, kernel.TILE))
    cut = values[:, : scenarios - rest].reshape(rows, whole, kernel.TILE)
    tiles[:whole] = cut.swapaxes(0, 1)
    tiles[whole:, :, :rest] = values[:, scenarios - rest :]
    return tiles


def _untiled(tiles: NDArray, scenarios: int) -> NDArray:
    """Tiles `(tile, ..., TILE)` put side by side again: `(..., scenario)`."""
    side_by_side = np.moveaxis(tiles, 0, -2)
    return side_by_side.reshape(*tiles.shape[1:-1], len(tiles) * kernel.TILE)[..., :scenarios]


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
    if values.size and not (values.min() >= 0 and values.max() < np.inf):  # false of NaN too
        raise GreenzoneError(f"{what} in a supply scenario must be 0 or more, without gaps")


def _check_reservoirs(
    reservoirs: Sequence[Reservoir], built: NDArray[np.float64], capacity: NDArray[np.float64],
    above: NDArray[np.float64],
) -> None:  # fmt: skip
    taken = np.zeros_like(built)
    for each, own, over in zip(reservoirs, capacity, above, strict=True):
        if not 0 <= each.group < built.shape[1]:
            raise GreenzoneError(f"the reservoir '{each.name}' is of group {each.group}; there are {built.shape[1]}")
        if (over > 0).any():
            raise GreenzoneError(f"the reservoir '{each.name}' begins with more than it can hold")
        taken[:, each.group] += own
        if (taken[:, each.group] > built[:, each.group] * (1 + 1e-9)).any():
            raise GreenzoneError(f"the plant of the reservoir '{each.name}' is larger than what is built of its group")
