"""What a least-cost plan may build and use: sources, stores, lines, borders, and the system that they make up.

Comes in: profiles, costs, limits, demand. Goes out: a checked `System`, at its own or at a coarser time step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError, nearest
from greenzone.supply.dispatch import HOURS_PER_YEAR, interval_hours

ZONE = "zone"  # the one node of a system that knows no districts


@dataclass(frozen=True)
class Source:
    """A source that may be built: hourly `profile` [1], cost per MW and year, cost per MWh, limits [MW], its node.

    Sources of one `carrier` (a technology; by default the name) are counted together in limits and alternatives.
    `place` is where tables put the source, where that is not the node.

    With `store_hours` above 0 it burns fuel when the plan likes: the fuel of `max_mw` arrives as the profile says, all
    sources of the kind and price at the node share it, `store_hours` of their power wait in a store, and a MW gives at
    most `peak` [1].
    """

    name: str
    profile: ArrayLike
    per_mw: float
    per_mwh: float = 0.0
    max_mw: float = np.inf
    min_mw: float = 0.0
    node: str = ZONE
    carrier: str = ""
    place: str = ""
    store_hours: float = 0.0
    peak: float = 1.0

    @property
    def kind(self) -> str:
        """What the source is counted under."""
        return self.carrier or self.name

    @property
    def pool(self) -> tuple[str, str, float, float]:
        """Those with the same share what is used of them, and their fuel."""
        return self.node, self.kind, self.per_mwh, self.store_hours


@dataclass(frozen=True)
class Fuel:
    """Fuel that sources share: what arrives over time [MW] and how much waits in the store [MWh]."""

    arriving: NDArray[np.float64]
    store_mwh: float


def fuels_of(sources: Sequence[Source]) -> dict[tuple[str, str, float, float], Fuel]:
    """The fuel of each pool of sources that have a store of it."""
    found: dict[tuple[str, str, float, float], Fuel] = {}
    for source in sources:
        if source.store_hours > 0:
            arriving, store = source.max_mw * np.asarray(source.profile, float), source.store_hours * source.max_mw
            before = found.get(source.pool)
            found[source.pool] = (
                Fuel(arriving, store) if before is None else Fuel(before.arriving + arriving, before.store_mwh + store)
            )
    return found


@dataclass(frozen=True)
class PlannedStore:
    """A store that may be built: `hours` of its power fit into it; cost per MW and year with those hours in it."""

    name: str
    hours: float
    per_mw: float
    charge_efficiency: float
    discharge_efficiency: float
    max_mw: float = np.inf
    min_mw: float = 0.0
    node: str = ZONE
    carrier: str = ""

    @property
    def kind(self) -> str:
        """What the store is counted under."""
        return self.carrier or self.name


@dataclass(frozen=True)
class Line:
    """A line between two nodes: what it carries either way [MW] and which share of it is lost [1]."""

    name: str
    start: str
    end: str
    limit_mw: float
    loss: float = 0.0


@dataclass(frozen=True)
class Border:
    """A line out of the system: prices of what comes in and goes out [currency/MWh], and how much can [MW]."""

    name: str
    import_price: float
    export_price: float = 0.0
    import_limit_mw: float = np.inf
    export_limit_mw: float = 0.0
    node: str = ZONE


@dataclass(frozen=True)
class System:
    """All that a plan is made of.

    Parameters
    ----------
    sources, stores, borders, lines : sequence
        At least one source.
    demand_mw : array_like (time,) or (node, time)
        Demand. [MW]
    time : array_like of datetime64 (time,)
        UTC; evenly spaced within a period.
    nodes : sequence of str
        Where sources, stores, demand and the ends of lines are.
    weight : array_like (time,), optional
        Hours of a year that each interval stands for; by default all share the year equally. [hour]
    periods : int
        Number of consecutive periods of equal length; a store ends each of them as full as it began.
    at_least_mw : sequence of (str, float)
        Capacity that must be built of a carrier, wherever. [MW]
    """

    sources: Sequence[Source]
    stores: Sequence[PlannedStore]
    demand_mw: ArrayLike
    time: ArrayLike
    borders: Sequence[Border] = ()
    lines: Sequence[Line] = ()
    nodes: Sequence[str] = (ZONE,)
    weight: ArrayLike | None = None
    periods: int = 1
    at_least_mw: Sequence[tuple[str, float]] = ()

    @property
    def parts(self) -> tuple[Source | PlannedStore, ...]:
        """Sources, then stores."""
        return (*self.sources, *self.stores)

    @property
    def stamps(self) -> pd.DatetimeIndex:
        """The times."""
        return pd.DatetimeIndex(np.asarray(self.time))

    @property
    def steps(self) -> int:
        """Number of intervals."""
        return len(np.asarray(self.time))

    @property
    def interval(self) -> float:
        """Length of an interval. [hour]"""
        return interval_hours(self.stamps)

    @property
    def demand(self) -> NDArray[np.float64]:
        """Demand over `(node, time)`. [MW]"""
        return np.atleast_2d(np.asarray(self.demand_mw, float))

    @property
    def hours(self) -> NDArray[np.float64]:
        """Hours of a year that each interval stands for."""
        if self.weight is None:
            return np.full(self.steps, HOURS_PER_YEAR / self.steps)
        return np.asarray(self.weight, float)


def coarser(system: System, factor: int) -> System:
    """The system with `factor` intervals taken together; its length must be a multiple of them in each period."""

    def mean(values: ArrayLike) -> NDArray[np.float64]:
        array = np.asarray(values, float)
        return array.reshape(*array.shape[:-1], -1, factor).mean(-1)

    return replace(
        system,
        sources=[replace(source, profile=mean(source.profile)) for source in system.sources],
        demand_mw=mean(system.demand),
        time=system.stamps[::factor],
        weight=mean(system.hours) * factor,
    )


def check(system: System) -> None:
    """Raise GreenzoneError, naming the part, where a system cannot be planned for."""
    if not system.sources:
        raise GreenzoneError("a plan needs at least one source")
    shape = (len(system.nodes), system.steps)
    demand = system.demand
    if demand.shape != shape:
        raise GreenzoneError(f"demand has the shape {demand.shape}; {shape[0]} nodes and {shape[1]} times need {shape}")
    if not (np.isfinite(demand).all() and (demand >= 0).all() and demand.sum() > 0):
        raise GreenzoneError("demand of a plan must be 0 or more in every hour, without gaps, and not all 0")
    hours = system.hours
    if hours.shape != shape[1:] or not (np.isfinite(hours).all() and (hours > 0).all()):
        raise GreenzoneError(f"the {shape[1]} intervals of a plan need one weight above 0 each")
    if system.periods < 1 or system.steps % system.periods:
        raise GreenzoneError(f"{system.steps} intervals cannot be cut into {system.periods} periods of equal length")
    names = [thing.name for thing in (*system.parts, *system.lines, *system.borders)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise GreenzoneError(f"two parts of the plan are called '{twice[0]}': give each its own name")
    _check_nodes(system)
    for source in system.sources:
        _check_profile(source, system.steps)
    for part in system.parts:
        _check_part(part)
    for store in system.stores:
        _check_store(store)
    _check_grid(system)


def _check_nodes(system: System) -> None:
    used = [(thing.name, thing.node) for thing in (*system.parts, *system.borders)]
    used += [(line.name, node) for line in system.lines for node in (line.start, line.end)]
    for name, node in used:
        if node not in system.nodes:
            raise GreenzoneError(f"{name} is at '{node}', which is no node of the plan: {nearest(node, system.nodes)}")
    kinds = {part.kind for part in system.parts}
    for kind, _ in system.at_least_mw:
        if kind not in kinds:
            raise GreenzoneError(f"nothing in the plan is of the kind '{kind}': {nearest(kind, kinds)}")


def _check_profile(source: Source, steps: int) -> None:
    profile = np.asarray(source.profile, float)
    if profile.shape != (steps,):
        raise GreenzoneError(f"the profile of {source.name} has {profile.size} hours, demand {steps}")
    if not (np.isfinite(profile).all() and (profile >= 0).all()):
        raise GreenzoneError(f"the profile of {source.name} must be 0 or more in every hour, without gaps")


def _check_part(part: Source | PlannedStore) -> None:
    if not 0 <= part.min_mw <= part.max_mw:
        raise GreenzoneError(f"the limits of {part.name} are {part.min_mw} to {part.max_mw} MW")
    per_mwh = part.per_mwh if isinstance(part, Source) else 0.0
    if isinstance(part, Source) and part.store_hours > 0 and not (np.isfinite(part.max_mw) and 0 < part.peak <= 1):
        raise GreenzoneError(f"{part.name} stores fuel: it needs a limit in MW, and a peak above 0 and at most 1")
    if not (np.isfinite([part.per_mw, per_mwh]).all() and min(part.per_mw, per_mwh) >= 0):
        raise GreenzoneError(f"costs of {part.name} must be known and 0 or more, or the plan has no least cost")


def _check_store(store: PlannedStore) -> None:
    pair = (store.charge_efficiency, store.discharge_efficiency)
    if not all(0 < value <= 1 for value in pair):
        raise GreenzoneError(f"the efficiencies of the store '{store.name}' are {pair}: they must be in (0, 1]")
    if not store.hours > 0:
        raise GreenzoneError(f"the store '{store.name}' holds {store.hours} hours of its power: it must be above 0")


def _check_grid(system: System) -> None:
    for line in system.lines:
        if not (line.limit_mw >= 0 and 0 <= line.loss < 1):
            raise GreenzoneError(
                f"{line.name} carries {line.limit_mw} MW and loses {line.loss}: 0 or more, and below 1"
            )
    for border in system.borders:
        if not (np.isfinite([border.import_price, border.export_price]).all() and border.import_price >= 0):
            raise GreenzoneError(f"prices at {border.name} must be known, and that of imports 0 or more")
        if not (border.import_limit_mw >= 0 and border.export_limit_mw >= 0):
            raise GreenzoneError(f"limits at {border.name} must be 0 MW or more")
    buy = min((border.import_price for border in system.borders), default=np.inf)
    sell = max((border.export_price for border in system.borders if border.export_limit_mw > 0), default=-np.inf)
    if sell > buy:
        raise GreenzoneError(
            f"exports earn {sell:g} a MWh and imports cost {buy:g}: a plan would buy in order to sell; "
            "the export price must not lie above the import price"
        )
