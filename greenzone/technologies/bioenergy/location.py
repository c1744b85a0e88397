"""Where plants stand and whom they draw from: a facility location solved to a proven gap.

Comes in: supply of blocks, road distance to candidate places, cost of plants by the fuel they burn. Goes out: which
places get a plant and the share of each block that goes to each of them. No share is given twice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from greenzone.errors import GreenzoneError

Array = NDArray[np.float64]
Index = NDArray[np.integer]

NODES = 100  # of the branch and bound: a hard case ends with a stated gap and the same result every time
KEPT = 1e-6  # share of the largest supply that the second step may give up to stay solvable in floating point


class Lines(NamedTuple):
    """Cost of a plant in a year, the lowest of straight lines over the fuel burnt: `fixed + slope * fuel`."""

    fixed: Array
    slope: Array


class Limits(NamedTuple):
    """Relative gap to which cost is to be proven [1], and longest time for each of the two steps [s]."""

    gap: float = 0.05
    seconds: float = 60.0


DEFAULT = Limits()


class Choice(NamedTuple):
    """Share of each block that goes to each candidate `(block, candidate)`, fuel used [GWh], the proven gaps of the
    largest supply and of its least cost. [1]"""

    share: Array
    fuel_gwh: float
    supply_gap: float
    cost_gap: float


def locate(
    supply: Array, distance: Array, radius: float, least: float, haul: Array, lines: Lines, limits: Limits = DEFAULT
) -> Choice:
    """Plants that use as much of the supply as they can reach, and among those the ones that cost least.

    The first step finds the largest supply, so that a larger radius can never lower it: every choice within the smaller
    radius is still there. The second step keeps it and minimises cost.

    Parameters
    ----------
    supply : ndarray (block,)
        Fuel in a year, 0 or more. [GWh]
    distance : ndarray (block, candidate)
        By road; infinite where there is no way. [km]
    radius : float
        Farther than this nothing is carried. [km]
    least : float
        Fuel of the smallest plant that is built. [GWh]
    haul : ndarray (block,)
        Cost of carrying the block's fuel over 1 km. [USD/(GWh km)]
    lines : Lines
        Cost of plants. [USD/year, USD/GWh]
    limits : Limits
        When to stop; what is proven by then stands in the result.

    Returns
    -------
    Choice
        Shares sum to at most 1 for each block.

    Raises
    ------
    GreenzoneError
        A negative supply or radius, or a solver without a solution.
    """
    if np.any(supply < 0) or radius < 0:
        raise GreenzoneError("supply and transport radius of plants cannot be negative")
    block, place = np.nonzero((distance <= radius) & (supply > 0)[:, None])
    fuel = supply[block]
    reach = np.bincount(place, fuel, minlength=distance.shape[1])
    kept = (reach >= least)[place] & (reach > 0)[place]
    block, place, fuel = block[kept], place[kept], fuel[kept]
    share = np.zeros(distance.shape)
    if not block.size:
        return Choice(share, 0.0, 0.0, 0.0)
    open_places, at = np.unique(place, return_inverse=True)
    largest, first_gap = _most_fuel(block, at, fuel, least, limits)
    cost = haul[block] * distance[block, place] * fuel
    flows, second_gap = _least_cost((block, at, fuel), largest, least, cost, lines, limits)
    share[block, open_places[at]] = flows
    return Choice(share, float(flows @ fuel), first_gap, second_gap)


def _rows(count: int, *parts: tuple[NDArray[Any], NDArray[Any], NDArray[Any]], width: int) -> coo_array:
    row, column, value = (np.concatenate([part[axis] for part in parts]) for axis in range(3))
    return coo_array((value, (row, column)), shape=(count, width))


def _solve(
    cost: Array, constraints: list[LinearConstraint], integer: Array, upper: Array, limits: Limits
) -> tuple[Array, float]:
    """Solution, and the relative gap within which it is proven to be the best."""
    options = {"mip_rel_gap": limits.gap, "node_limit": NODES, "time_limit": limits.seconds}
    result = milp(cost, integrality=integer, bounds=Bounds(0.0, upper), constraints=constraints, options=options)
    if result.x is None:
        raise GreenzoneError(
            f"no bioenergy plants were sited within {limits.seconds:g} s: raise siting_seconds or lower candidates"
            f" ({result.message.strip()})"
        )
    return result.x, float(result.mip_gap or 0.0)


def _most_fuel(block: Index, place: Index, fuel: Array, least: float, limits: Limits) -> tuple[float, float]:
    """Largest fuel that plants of at least `least` can use, and the gap to which that is proven.

    Shares of blocks come first among the variables, then whether a place has a plant.
    """
    pairs, places = block.size, int(place.max()) + 1
    width, arc = pairs + places, np.arange(pairs)
    once = _rows(int(block.max()) + 1, (block, arc, np.ones(pairs)), width=width)
    built = _rows(pairs, (arc, arc, np.ones(pairs)), (arc, pairs + place, -np.ones(pairs)), width=width)
    number = np.arange(places)
    size = _rows(places, (place, arc, fuel), (number, pairs + number, np.full(places, -least)), width=width)
    constraints = [
        LinearConstraint(once.tocsr(), -np.inf, 1.0),
        LinearConstraint(built.tocsr(), -np.inf, 0.0),
        LinearConstraint(size.tocsr(), 0.0, np.inf),
    ]
    integer = np.concatenate([np.zeros(pairs), np.ones(places)])
    solution, gap = _solve(
        np.concatenate([-fuel, np.zeros(places)]), constraints, integer, np.ones(width), limits._replace(gap=0.0)
    )
    return float(fuel @ solution[:pairs]), gap


def _least_cost(
    arcs: tuple[Index, Index, Array], largest: float, least: float, haul: Array, lines: Lines, limits: Limits
) -> tuple[Array, float]:
    """Shares that use the largest fuel at least cost.

    Beside shares the variables are, for each place and each line of the cost, whether it is built so and its fuel.
    """
    block, place, fuel = arcs
    pairs, places, kinds = block.size, int(place.max()) + 1, lines.fixed.size
    many = places * kinds
    width, arc, slot = pairs + 2 * many, np.arange(pairs), np.arange(many)
    owner = slot // kinds
    reach = np.asarray(np.bincount(place, fuel, minlength=places), dtype=np.float64)
    spread = (np.repeat(arc, kinds), (pairs + place[:, None] * kinds + np.arange(kinds)).ravel())
    built, burnt, ones = pairs + slot, pairs + many + slot, np.ones(many)
    once = _rows(int(block.max()) + 1, (block, arc, np.ones(pairs)), width=width)
    linked = _rows(pairs, (arc, arc, np.ones(pairs)), (*spread, -np.ones(pairs * kinds)), width=width)
    balance = _rows(places, (place, arc, fuel), (owner, burnt, -ones), width=width)
    most = _rows(many, (slot, burnt, ones), (slot, built, -reach[owner]), width=width)
    enough = _rows(many, (slot, burnt, ones), (slot, built, np.full(many, -least, float)), width=width)
    single = _rows(places, (owner, built, ones), width=width)
    supplied = _rows(1, (np.zeros(pairs, int), arc, fuel), width=width)
    constraints = [
        LinearConstraint(matrix.tocsr(), low, high)
        for matrix, low, high in (
            (once, -np.inf, 1.0), (linked, -np.inf, 0.0), (balance, 0.0, 0.0), (most, -np.inf, 0.0),
            (enough, 0.0, np.inf), (single, -np.inf, 1.0), (supplied, largest * (1.0 - KEPT), np.inf),
        )
    ]  # fmt: skip
    cost = np.concatenate([haul, np.tile(lines.fixed, places), np.tile(lines.slope, places)])
    integer = np.concatenate([np.zeros(pairs), ones, np.zeros(many)])
    upper = np.concatenate([np.ones(pairs + many), np.repeat(reach, kinds)])
    scale = max(float(np.abs(cost).max()), 1.0)
    solution, proven = _solve(cost / scale, constraints, integer, upper, limits)
    return np.clip(solution[:pairs], 0.0, 1.0), proven
