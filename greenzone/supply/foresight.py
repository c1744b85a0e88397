"""Dispatch of stores that knows what is to come: a day ahead, or the whole year.

Comes in: hourly generation and demand of one mix, its stores. Goes out: flows of every hour. A linear programme that
leaves least demand unserved, and at equal energy the lowest peak of what is unserved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import Storage

Array = NDArray[np.float64]

LOOK_AHEAD, COMMITTED = 48, 24  # hours that a plan of the day ahead sees, and those of it that are carried out
# Weights against 1 for a MWh unserved: the peak ranks below all energy, losses and spilling below the peak.
PEAK, LOST, CYCLED = 0.01, 1e-4, 1e-5


def foresight_dispatch(
    generation_mw: ArrayLike,
    demand_mw: ArrayLike,
    stores: Sequence[Storage],
    export_limit_mw: float = 0.0,
    day_ahead: bool = False,
    hours: float = 1.0,
) -> dict[str, Array]:
    """Flows of one mix whose stores are run with foresight.

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

    Returns
    -------
    dict
        `exported curtailed unserved` over time and `charged discharged level` over `(store, time)` [MW; MWh]. Stores
        begin empty. Generation + discharged + unserved = demand + charged + exported + curtailed in every interval.

    Raises
    ------
    GreenzoneError
        The solver finds no plan, which only input that is not finite brings about.
    """
    generation, demand = np.asarray(generation_mw, float), np.asarray(demand_mw, float)
    total = len(generation)
    seen, done = (LOOK_AHEAD, COMMITTED) if day_ahead else (total, total)
    level, parts = np.zeros(len(stores)), []
    for first in range(0, total, done):
        window = slice(first, min(first + seen, total))
        flows = _plan(generation[window], demand[window], stores, level, export_limit_mw, hours)
        kept = {name: values[..., :done] for name, values in flows.items()}
        level = kept["level"][:, -1]
        parts.append(kept)
    return {name: np.concatenate([part[name] for part in parts], -1) for name in parts[0]}


def _plan(
    generation: Array, demand: Array, stores: Sequence[Storage], level: Array, export_limit: float, hours: float
) -> dict[str, Array]:
    """The programme over one window, from the levels at its start."""
    from scipy.optimize import linprog

    number, kinds = len(generation), len(stores)
    power = np.array([float(np.asarray(store.power_mw)) for store in stores])
    size = np.array([float(np.asarray(store.size_mwh)) for store in stores])
    into = np.array([store.charge_efficiency for store in stores])
    out_of = np.array([store.discharge_efficiency for store in stores])
    eye, none = sparse.identity(number, format="csr"), sparse.csr_matrix((number, 1))
    zero = sparse.csr_matrix((number, number))
    before = sparse.diags_array([np.ones(number), -np.ones(number - 1)], offsets=[0, -1], format="csr")
    # Columns: exported, curtailed, unserved; charged, discharged, level of each store; the peak.
    balance = sparse.hstack([-eye, -eye, eye, *[block for _ in stores for block in (-eye, eye, zero)], none])
    rows, right = [balance], [demand - generation]
    for k in range(kinds):
        own = [zero] * (3 + 3 * kinds)
        own[3 + 3 * k : 6 + 3 * k] = [-into[k] * hours * eye, hours / out_of[k] * eye, before]
        rows.append(sparse.hstack([*own, none]))
        right.append(np.concatenate([[level[k]], np.zeros(number - 1)]))
    peak = sparse.hstack([zero, zero, eye, *[zero] * (3 * kinds), -np.ones((number, 1))])
    cost = np.concatenate(
        [np.zeros(number), np.full(number, LOST), np.ones(number)]
        + [np.full(number, weight) for _ in stores for weight in (CYCLED, CYCLED, 0.0)]
        + [[PEAK]]
    )
    most = [np.full(number, export_limit), np.full(number, np.inf), np.maximum(demand, 0)]
    for k in range(kinds):
        most += [np.full(number, power[k]), np.full(number, power[k]), np.full(number, size[k])]
    bounds = np.column_stack([np.zeros(len(cost)), np.concatenate([*most, [np.inf]])])
    found = linprog(
        cost, A_ub=peak, b_ub=np.zeros(number), A_eq=sparse.vstack(rows), b_eq=np.concatenate(right), bounds=bounds,
        method="highs-ipm" if number > LOOK_AHEAD else "highs-ds",
    )  # fmt: skip
    if found.x is None:
        raise GreenzoneError(f"no dispatch with foresight was found: {found.message}")
    columns = found.x[:-1].reshape(3 + 3 * kinds, number)
    stored = columns[3:].reshape(kinds, 3, number)
    names = ("exported", "curtailed", "unserved")
    flows = dict(zip(names, columns[:3], strict=True))
    return flows | {"charged": stored[:, 0], "discharged": stored[:, 1], "level": stored[:, 2]}
