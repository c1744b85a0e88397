"""Growing of development zones: contiguous land of good sites, grown, trimmed, dissolved.

Comes in: scores and capacities of the sites, their polygons. Goes out: the sites of each zone. What a zone gives and
costs, and which comes first, is in `development.py`.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

BONUS = 0.02  # score that a neighbour already in the zone is worth while it grows: rounds it
WHISKER = 2  # a site with fewer neighbours in its zone sticks out
SNAP = 1e-7  # degrees; joins the rounded corners of neighbours


@dataclass(frozen=True, eq=False)
class Candidates:
    """Sites that zones are grown from.

    `score` and `good`, whether it may join, are over all sites; `capacities` [MW], `energies` [GWh] and `costs` (LCOE
    of the plants alone times energy) are (technology, site).
    """

    name: str
    technologies: tuple[str, ...]
    score: np.ndarray
    capacities: np.ndarray
    energies: np.ndarray
    costs: np.ndarray
    good: np.ndarray

    @property
    def capacity(self) -> np.ndarray:
        """Capacity of each site, of all its technologies. [MW]"""
        return np.asarray(self.capacities.sum(0))


def grow(
    land: Candidates,
    shapes: np.ndarray,
    neighbours: Mapping[int, list[int]],
    extent: float,
    least: float,
    compact: float,
) -> list[np.ndarray]:
    """Sites of each zone, found from the best site on.

    Parameters
    ----------
    land : Candidates
        Scores and capacities.
    shapes : ndarray of polygons
        Sites in a CRS in metres.
    neighbours : mapping
        Result of `neighbours_of`, for the candidates at least.
    extent : float
        Largest extent [m].
    least : float
        Smallest capacity [MW].
    compact : float
        Smallest compactness [1].

    Returns
    -------
    list of ndarray of int
        Positions of the sites, rising; no site is in two zones.
    """
    members, capacity = np.flatnonzero(land.good), land.capacity
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    free, found = set(members.tolist()), []
    for seed in sorted(members.tolist(), key=lambda site: (-land.score[site], centre[site].tolist())):
        if seed not in free:
            continue
        grown = _grown(seed, free, neighbours, land.score, centre, extent / 2)
        if capacity[list(grown)].sum() < least:
            free -= grown  # whoever starts among them gets no further
            continue
        zone = _trimmed(grown, seed, neighbours)
        sites = np.array(sorted(zone))
        if capacity[sites].sum() >= least and compactness(shapely.union_all(shapes[sites])) >= compact:
            found.append(sites)
            free -= zone
        free.discard(seed)
    return found


def neighbours_of(members: np.ndarray, shapes: np.ndarray) -> dict[int, list[int]]:
    """Which of the `members` (positions in `shapes`) share an edge with each of them; corners do not count."""
    one, other = shapely.STRtree(shapes[members]).query(shapes[members], predicate="dwithin", distance=0.01)
    apart = one < other
    one, other = members[one[apart]], members[other[apart]]
    overlap = shapely.intersection(shapely.buffer(shapes[one], 0.01), shapes[other])
    edge = shapely.length(overlap) > 0.01 * np.sqrt(shapely.area(shapes[one]))
    found: dict[int, list[int]] = {site: [] for site in members.tolist()}
    for a, b in zip(one[edge].tolist(), other[edge].tolist(), strict=True):
        found[a].append(b)
        found[b].append(a)
    return found


def _grown(
    seed: int,
    free: set[int],
    neighbours: Mapping[int, list[int]],
    score: np.ndarray,
    centre: np.ndarray,
    reach: float,
) -> set[int]:
    """Sites joined to the seed, within reach."""
    zone: set[int] = set()
    around = {seed: 0}
    queue = [(-float(score[seed]), *centre[seed].tolist(), seed)]
    while queue:
        site = heapq.heappop(queue)[-1]
        if site in zone:
            continue
        zone.add(site)
        for other in neighbours[site]:
            if other in free and other not in zone and np.hypot(*(centre[other] - centre[seed])) <= reach:
                around[other] = around.get(other, 0) + 1
                worth = -float(score[other]) - BONUS * around[other]
                heapq.heappush(queue, (worth, *centre[other].tolist(), other))
    return zone


def _trimmed(zone: set[int], seed: int, neighbours: Mapping[int, list[int]]) -> set[int]:
    """The zone without sites that stick out, and only what still hangs together with the seed."""
    kept = {site for site in zone if site == seed or sum(n in zone for n in neighbours[site]) >= WHISKER}
    joined, queue = {seed}, [seed]
    while queue:
        for other in neighbours[queue.pop()]:
            if other in kept and other not in joined:
                joined.add(other)
                queue.append(other)
    return joined


def compactness(shape: shapely.Geometry) -> float:
    """4 pi area / outline^2 [1]: 1 for a disc (Polsby and Popper 1991)."""
    return float(4 * np.pi * shapely.area(shape) / shapely.length(shape) ** 2)


def dissolved(shapes: np.ndarray) -> shapely.Geometry:
    """One clean polygon of joined cells: no inner edges, no slivers."""
    return shapely.make_valid(shapely.union_all(shapely.set_precision(shapes, SNAP), grid_size=SNAP))
