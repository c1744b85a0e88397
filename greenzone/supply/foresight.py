"""Dispatch of stores that knows what is to come: a day ahead, or the whole year.

Comes in: hourly generation and demand of one mix, its stores. Goes out: flows of every hour. A linear programme that
leaves least demand unserved, and at equal energy the lowest peak of what is unserved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import Storage

Array = NDArray[np.float64]

LOOK_AHEAD, COMMITTED = 48, 24  # hours that a plan of the day ahead sees, and those of it that are carried out
# Weights against 1 for a MWh unserved: the peak ranks below all energy, losses and spilling below the peak. Water ranks
# above what stores hold, for it may be wanted after all that the plan sees; none runs past a plant that can take it.
PEAK, LOST, CYCLED = 0.01, 1e-4, 1e-5
RELEASED, SPILLED = 5e-5, 3e-4


class Water(NamedTuple):
    """A reservoir: inflow over time [MW], most output [MW], size and level at the start [MWh]."""

    inflow_mw: Array
    power_mw: float
    size_mwh: float
    level_mwh: float


def foresight_dispatch(
    generation_mw: ArrayLike,
    demand_mw: ArrayLike,
    stores: Sequence[Storage],
    export_limit_mw: float = 0.0,
    day_ahead: bool = False,
    hours: float = 1.0,
    waters: Sequence[Water] = (),
) -> dict[str, Array]:
    """Flows of one mix whose stores and reservoirs are run with foresight.

    Parameters
    ----------
    generation_mw, demand_mw : array_like (time,)
        Mean power of each interval. [MW]
    stores : sequence of Storage
        Power and size as single numbers.
    export_limit_mw : float
        Limit of the line. [MW]
    day_ahead : bool
        See the next two days and carry out the first, over and over, instead of the whole series at once.
    hours : float
        Length of an interval. [hour]
    waters : sequence of Water
        Reservoirs, whose plants are not in `generation_mw`. The whole series ends with no less water than it began;
        day by day water is used after what the stores hold.

    Returns
    -------
    dict
        `exported curtailed unserved` over time and `charged discharged level` over `(store, time)` [MW; MWh]. Stores
        begin empty. Generation + discharged + released + unserved = demand + charged + exported + curtailed in every
        interval. Of reservoirs `inflow released spilled reservoir_level` over `(reservoir, time)`, `reservoir_start`.

    Raises
    ------
    GreenzoneError
        The solver finds no plan, which only input that is not finite brings about.
    """
    generation, demand = np.asarray(generation_mw, float), np.asarray(demand_mw, float)
    total = len(generation)
    seen, done = (LOOK_AHEAD, COMMITTED) if day_ahead else (total, total)
    start = np.array([own.level_mwh for own in waters], float)
    level, held, parts = np.zeros(len(stores)), start, []
    for first in range(0, total, done):
        window = slice(first, min(first + seen, total))
        seen_waters = [
            own._replace(inflow_mw=own.inflow_mw[window], level_mwh=now) for own, now in zip(waters, held, strict=True)
        ]
        flows = _plan(
            generation[window], demand[window], stores, level, export_limit_mw, hours, seen_waters, not day_ahead
        )
        kept = {name: values[..., :done] for name, values in flows.items()}
        level, held = kept["level"][:, -1], kept["reservoir_level"][:, -1]
        parts.append(kept)
    flows = {name: np.concatenate([part[name] for part in parts], -1) for name in parts[0]}
    inflow = np.array([own.inflow_mw for own in waters], float).reshape(len(waters), total)
    return flows | {"inflow": inflow, "reservoir_start": start}


def _plan(
    generation: Array, demand: Array, stores: Sequence[Storage], level: Array, export_limit: float, hours: float,
    waters: Sequence[Water], refill: bool,
) -> dict[str, Array]:  # fmt: skip
    """The programme over one window, from the levels at its start; with `refill` it leaves as much water as it found.

    Columns: exported, curtailed, unserved; charged, discharged, level of each store; released, spilled, level of each
    reservoir; the peak.
    """
    from scipy.optimize import linprog

    number, kinds, dams = len(generation), len(stores), len(waters)
    blocks = 3 + 3 * (kinds + dams)
    eye, none = sparse.identity(number, format="csr"), sparse.csr_matrix((number, 1))
    zero = sparse.csr_matrix((number, number))
    feeding = [*[-eye, -eye, eye], *[-eye, eye, zero] * kinds, *[eye, zero, zero] * dams]
    rows, right = [sparse.hstack([*feeding, none])], [demand - generation]
    before = sparse.diags_array([np.ones(number), -np.ones(number - 1)], offsets=[0, -1], format="csr")
    chains = [
        (-each.charge_efficiency * hours * eye, hours / each.discharge_efficiency * eye, np.zeros(number), now)
        for each, now in zip(stores, level, strict=True)
    ] + [(hours * eye, hours * eye, own.inflow_mw * hours, own.level_mwh) for own in waters]
    for k, (first, second, arriving, now) in enumerate(chains):
        own = [zero] * blocks
        own[3 + 3 * k : 6 + 3 * k] = [first, second, before]
        rows.append(sparse.hstack([*own, none]))
        right.append(arriving + np.r_[now, np.zeros(number - 1)])
    peak = sparse.hstack([zero, zero, eye, *[zero] * (blocks - 3), -np.ones((number, 1))])
    weights = [0.0, LOST, 1.0, *[CYCLED, CYCLED, 0.0] * kinds, *[RELEASED, SPILLED, 0.0] * dams]
    found = linprog(
        np.r_[np.repeat(weights, number), PEAK], A_ub=peak, b_ub=np.zeros(number), A_eq=sparse.vstack(rows),
        b_eq=np.concatenate(right), bounds=_bounds(demand, stores, export_limit, waters, refill),
        method="highs-ipm" if number > LOOK_AHEAD else "highs-ds",
    )  # fmt: skip
    if found.x is None:
        raise GreenzoneError(f"no dispatch with foresight was found: {found.message}")
    columns = found.x[:-1].reshape(blocks, number)
    flows = dict(zip(("exported", "curtailed", "unserved"), columns[:3], strict=True))
    stored = columns[3 : 3 + 3 * kinds].reshape(kinds, 3, number)
    held = columns[3 + 3 * kinds :].reshape(dams, 3, number)
    flows |= {"charged": stored[:, 0], "discharged": stored[:, 1], "level": stored[:, 2]}
    return flows | {"released": held[:, 0], "spilled": held[:, 1], "reservoir_level": held[:, 2]}


def _bounds(
    demand: Array, stores: Sequence[Storage], export_limit: float, waters: Sequence[Water], refill: bool
) -> Array:
    """Least and most of every column of the programme."""
    number = len(demand)
    most = [np.full(number, export_limit), np.full(number, np.inf), np.maximum(demand, 0)]
    for each in stores:
        power, size = float(np.asarray(each.power_mw)), float(np.asarray(each.size_mwh))
        most += [np.full(number, limit) for limit in (power, power, size)]
    for own in waters:
        most += [np.full(number, limit) for limit in (own.power_mw, np.inf, own.size_mwh)]
    upper = np.concatenate([*most, [np.inf]])
    lower = np.zeros(len(upper))
    if refill:
        for k, own in enumerate(waters):
            lower[(3 + 3 * (len(stores) + k + 1)) * number - 1] = own.level_mwh
    return np.column_stack([lower, upper])
