"""Which parts of a system a plan is likely to build, from the same system at a coarser time step.

Comes in: parts, and their capacities, reduced costs and costs in the coarse plan. Goes out: a choice of parts to begin
with; the others join where prices of the fine plan say that they would pay.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from greenzone.supply.plan_parts import PlannedStore, Source

NEAR = 0.05  # share of its cost that a part may miss and still be likely
BUILT = 1e-7  # capacity above which a part counts as built [mean demands]


def likely_parts(
    parts: Sequence[Source | PlannedStore],
    built: NDArray[np.float64],
    missed: NDArray[np.float64],
    free: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Whether each part is one to begin with.

    Parameters
    ----------
    parts : sequence
        Sources and stores.
    built, missed : ndarray (part,)
        Capacity in the coarse plan [mean demands], and what the part would cost too much there over its cost. [1]
    free : ndarray (part,) of bool
        Whether the capacity of the part is not given already.
    """
    likely = free & ((built > BUILT) | (missed < NEAR) | np.array([isinstance(part, PlannedStore) for part in parts]))
    # Of all that share rows of the programme one must be there: rows without a capacity have no meaning as prices.
    shared: dict[Hashable, list[int]] = {}
    for number in np.flatnonzero(free).tolist():
        part = parts[number]
        shared.setdefault(part.kind, []).append(number)
        if isinstance(part, Source):
            shared.setdefault(part.pool, []).append(number)
    for members in shared.values():
        likely[min(members, key=lambda number: float(missed[number]))] = True
    return likely
