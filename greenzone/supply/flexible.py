"""Demand that waits and plants behind one connection: what changes before stores are dispatched.

Comes in: hourly generation and demand of one mix. Goes out: demand at the hours when it is served, generation that
reaches the grid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.supply import kernel
from greenzone.supply.dispatch import Storage, hourly_dispatch

Array = NDArray[np.float64]


def deferred_demand(
    generation_mw: ArrayLike, firm_mw: ArrayLike, flexible_mw: ArrayLike, window: int
) -> NDArray[np.float64]:
    """Demand when part of it waits for generation.

    Whatever generation is left above firm demand serves what waits, the oldest first; what has waited for the whole
    window is served in any case. Nothing is served before it arose, for the rule foresees nothing.

    Parameters
    ----------
    generation_mw, firm_mw, flexible_mw : array_like (time,)
        Generation, demand that cannot wait, demand that can, each 0 or more. [MW]
    window : int
        Intervals that demand can wait at most; what would be due after the end does not wait. 0 changes nothing.

    Returns
    -------
    ndarray (time,)
        Demand with its flexible part moved; its energy is kept. Energy unserved without stores never grows. [MW]
    """
    firm = np.ascontiguousarray(firm_mw, float)
    generation, flexible = np.ascontiguousarray(generation_mw, float), np.ascontiguousarray(flexible_mw, float)
    return firm + kernel.defer(generation, firm, flexible, int(window))


class Connection(NamedTuple):
    """What plants behind one connection give to the grid and lose there [MW], each over what generation is."""

    delivered: Array
    lost: Array
    stored: Array


def behind_connection(
    generation_mw: ArrayLike, connection_mw: float, time: ArrayLike, battery: Storage | None = None
) -> Connection:
    """Generation of plants that share a connection.

    Parameters
    ----------
    generation_mw : array_like (time,) or (scenario, time)
        Generation of all plants behind it. [MW]
    connection_mw : float
        What it carries. [MW]
    time : array_like of datetime64 (time,)
        UTC, evenly spaced.
    battery : Storage, optional
        Of their own, behind the connection: it takes what the connection cannot, and gives it back as soon as there is
        room.

    Returns
    -------
    Connection
        delivered + lost + stored = generation in every interval; `stored` is what the battery takes less what it gives.
    """
    generation = np.asarray(generation_mw, float)
    if battery is None or not np.any(np.asarray(battery.size_mwh)):
        over = np.maximum(generation - connection_mw, 0.0)
        return Connection(generation - over, over, np.zeros(generation.shape))
    # The connection is the demand of the dispatch rule: surplus over it charges, room below it is filled.
    every = np.atleast_2d(generation)
    room, stamps = np.full((1, every.shape[1]), float(connection_mw)), pd.DatetimeIndex(np.asarray(time))
    flows = hourly_dispatch(
        every, np.eye(len(every)), room, stamps, demand_factor=np.ones((len(every), 1)), stores=[battery]
    )
    lost = flows.curtailed_mw.to_numpy().reshape(generation.shape)
    stored = (flows.charged_mw - flows.discharged_mw).to_numpy()[0].reshape(generation.shape)
    return Connection(generation - lost - stored, lost, stored)


def firm_capacity(
    generation_mw: ArrayLike, demand_mw: ArrayLike, store_power_mw: float, store_mwh: float, hours: float = 4.0
) -> tuple[float, float]:
    """Capacity that can be counted on when demand is highest.

    Parameters
    ----------
    generation_mw, demand_mw : array_like (time,)
        Generation and demand. [MW]
    store_power_mw, store_mwh : float
        Power and size of all stores together. [MW, MWh]
    hours : float
        How long stores must hold: they count with their power or their size over these hours, whichever is less. Four
        hours are what most capacity markets ask of batteries, an assumption here.

    Returns
    -------
    float
        Firm capacity: the generation that 90 % of the 100 hours of highest demand reach, and the stores. [MW]
    float
        Highest demand. [MW]
    """
    generation, demand = np.asarray(generation_mw, float), np.asarray(demand_mw, float)
    highest = np.argsort(-demand, kind="stable")[:100]
    firm = float(np.percentile(generation[highest], 10)) + min(store_power_mw, store_mwh / hours)
    return firm, float(demand.max())
