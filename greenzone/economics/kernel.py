"""The loop of the competition for the grid, compiled: plain arrays in, capacity connected out."""

# mypy: allow-untyped-defs

from __future__ import annotations

from greenzone.jit import kernel


@kernel(relaxed=False)
def allot(plant, node, wanted, spare, out):
    """Give each offer, in its order, what its plant still wants and its node can still take.

    `plant` and `node` (offer,) index `wanted` [MW] and `spare` [MW, infinite where nothing limits], which are used
    up; `out` (offer,) takes the capacity [MW].
    """
    for offer in range(plant.size):
        capacity = min(wanted[plant[offer]], spare[node[offer]])
        if capacity > 0.0:
            wanted[plant[offer]] -= capacity
            spare[node[offer]] -= capacity
            out[offer] = capacity
