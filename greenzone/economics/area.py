"""Connection of a whole area, such as a development zone: one node for all of it, with what its spare capacity lacks.

Comes in: the connection of the sites, which of them make up the area, their capacity. Goes out: node, cost and length
of the way there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from greenzone.economics.connection import Connection


@dataclass(frozen=True)
class AreaConnection:
    """How an area reaches the grid.

    `node` is the name of the node, "" where none is reached; `capital` [currency/kW], `upkeep` [currency/kW/year] and
    `length` [km] are NaN then.
    """

    node: str
    capital: float
    upkeep: float
    length: float


NOWHERE = AreaConnection("", np.nan, np.nan, np.nan)


def connect_area(
    connection: Connection, sites: NDArray[np.int64], capacity_mw: NDArray[np.float64], sent: float = 1.0
) -> AreaConnection:
    """Connect an area to the node that is cheapest for all of it.

    Parameters
    ----------
    connection : Connection
        Cost of each site to each node, and the nodes' spare capacity.
    sites : ndarray of int
        Positions of the area's sites.
    capacity_mw : ndarray
        Capacity of each of them. [MW]
    sent : float
        Most that is sent at once over the capacity, below 1 where several plants share a line. [1]

    Returns
    -------
    AreaConnection
        The mean over the capacity of what the sites pay, and reinforcement for what the node cannot take: an area has
        the node for itself here, in the supply curve all compete for it.
    """
    choices, whole = connection.choices, float(capacity_mw.sum())
    if not choices.sizes["node"] or whole <= 0:
        return NOWHERE
    share = capacity_mw / whole
    capital, upkeep, length = (choices[name].to_numpy()[:, sites] @ share for name in ("capital", "upkeep", "length"))
    spare = choices.spare_capacity.to_numpy().astype(float)
    lacking = np.clip(1 - spare / (whole * sent), 0, None)
    capital = capital + connection.reinforcement * lacking
    best = int(np.argmin(capital))
    if not np.isfinite(capital[best]):
        return NOWHERE
    name = str(choices.node.to_numpy()[best])
    return AreaConnection(name, float(capital[best] * sent), float(upkeep[best] * sent), float(length[best]))
