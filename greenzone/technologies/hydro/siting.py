"""Where run-of-river plants stand: every diversion a river allows, and the set of them that gives the most.

Comes in: the network of streams, its monthly discharge, what is closed to plants. Goes out: the rivers as chains of
nodes, and plants as intervals on them that never share a metre of fall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from greenzone.technologies.hydro import costs, kernel, model, turbine
from greenzone.technologies.hydro.costs import Prices
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.streams import Streams
from greenzone.threads import in_threads

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
SUMMER = slice(3, 9)  # April to September
MOST_UNITS = 4  # turbines of a plant that are tried


@dataclass(frozen=True)
class Rivers:
    """Rivers as chains of nodes, one after another.

    `stream` is the position in `Streams` of each node, `offsets` the first node of each river (and the end),
    `position_km` the way along the river, `bed` the elevation [m]. `used` is what plants may use of equally likely
    flows, `(node, month, step)`, `mean_flow` the river's mean, `design_flow` the flow for which plants are built
    [m3/s]. The last node of a river lies on the river it joins.
    """

    stream: Indices
    offsets: Indices
    position_km: Array
    bed: Array
    used: Array
    mean_flow: Array
    design_flow: Array

    @property
    def last(self) -> NDArray[np.bool_]:
        """Whether a node ends its river: no link starts there."""
        ends = np.zeros(self.stream.size, dtype=bool)
        ends[self.offsets[1:] - 1] = True
        return ends


@dataclass(frozen=True)
class Plants:
    """Diversion plants: nodes of intake and powerhouse, flows [m3/s], heads [m], waterway [km], energy [GWh a-1].

    `diameter_m` is that of the penstock, `monthly_gwh` is `(plant, month)`, `turbine` the position in `turbine.TYPES`,
    `units` how many of them there are.
    """

    intake: Indices
    outlet: Indices
    design_flow: Array
    gross_head: Array
    net_head: Array
    waterway_km: Array
    diameter_m: Array
    turbine: Indices
    units: Indices
    capacity_mw: Array
    monthly_gwh: Array

    @property
    def energy_gwh(self) -> Array:
        """Energy of the year."""
        return self.monthly_gwh.sum(axis=1)

    def take(self, which: Indices | NDArray[np.bool_]) -> Plants:
        """Some of the plants."""
        return Plants(**{name: values[which] for name, values in vars(self).items()})


def rivers(streams: Streams, discharge: Array, variability: float, options: Options) -> Rivers:
    """Rivers with more than the least mean flow, and what of their water plants may use.

    Parameters
    ----------
    streams : Streams
        The network of river cells.
    discharge : ndarray
        Mean flow of each month, `(12, stream node)`. [m3/s]
    variability : float
        See `model.daily_shape`. [1]
    options : Options
        Least flow, spacing of the nodes, environmental flow, abstraction, design exceedance.

    Returns
    -------
    Rivers
    """
    mean = model.annual_mean(discharge)
    carry = np.nan_to_num(mean) >= options.min_mean_flow_m3s
    stream, offsets = kernel.river_paths(streams.downstream, streams.order, carry, streams.upstream_km2)
    position = np.concatenate([[0.0], np.cumsum(streams.length_km[stream])[:-1]]) if stream.size else np.zeros(0)
    keep = kernel.spaced(offsets, position, mean[stream], options.node_spacing_km)
    offsets = np.concatenate([[0], np.cumsum(keep)])[offsets]
    stream, position = stream[keep], position[keep]
    monthly = discharge[:, stream].T.copy()
    monthly[:, SUMMER] *= 1.0 - options.abstraction
    flows = model.daily_flows(monthly, variability)
    used = np.maximum(flows - options.environmental_flow * mean[stream][:, None, None], 0.0)
    design = exceeded(used, options.design_exceedance)
    return Rivers(stream, offsets, position, streams.bed[stream], used, mean[stream], design)


def exceeded(used: Array, share: float) -> Array:
    """Flow that `used` `(node, month, step)` reaches or passes for a share of the year, `(node,)`. [m3/s]"""
    ranked = np.sort(used.reshape(len(used), 12 * model.STEPS), axis=1)
    place = (1.0 - share) * ranked.shape[1] - 0.5
    below = int(np.clip(np.floor(place), 0, ranked.shape[1] - 2))
    part = float(np.clip(place - below, 0.0, 1.0))
    return ranked[:, below] * (1 - part) + ranked[:, below + 1] * part


def plants_between(
    rivers: Rivers,
    upper: Indices,
    lower: Indices,
    design_flow: Array,
    chart: pd.DataFrame,
    prices: Prices,
    options: Options,
) -> Plants:
    """Plants from the nodes `upper` to the nodes `lower` with the given design flows [m3/s].

    Plants whose head or flow suits no turbine of the application chart are left out.
    """
    gross = rivers.bed[upper] - rivers.bed[lower]
    waterway = rivers.position_km[lower] - rivers.position_km[upper]
    penstock = np.minimum(gross / options.penstock_slope, waterway * 1000.0)
    canal = waterway * 1000.0 - penstock
    remaining = gross - options.canal_slope * canal
    diameter = penstock_width(rivers, upper, design_flow, remaining, penstock, prices, options)
    roughness = options.roughness_mm / 1000.0
    net = model.net_head(gross, canal, options.canal_slope, penstock, design_flow, roughness, diameter)
    kind = turbine_kind(chart, net, design_flow, options.units_compared)
    keep = (kind >= 0) & (net > 0)
    upper, lower, gross, net, flow = upper[keep], lower[keep], gross[keep], net[keep], design_flow[keep]
    kind, waterway, diameter = kind[keep], waterway[keep], diameter[keep]
    efficiency = np.zeros(kind.size)
    for code in np.unique(kind):
        on = kind == code
        efficiency[on] = turbine.turbine_efficiency(turbine.TYPES[code], 1.0, flow[on], net[on], options.units_compared)
    capacity = model.power(flow, net, efficiency * options.electrical_efficiency) / 1000.0
    empty = np.zeros((kind.size, 12))
    units = np.full(kind.size, options.units_compared)
    return Plants(upper, lower, flow, gross, net, waterway, diameter, kind, units, capacity, empty)


def penstock_width(
    rivers: Rivers, intake: Indices, flow: Array, head: Array, length: Array, prices: Prices, options: Options
) -> Array:
    """Diameter of each plant's penstock by the option `penstock`. [m]"""
    if options.penstock == "four_percent":
        return model.penstock_diameter(flow, np.maximum(head, 0.01), length)
    cubes = np.minimum(rivers.used[intake] / flow[:, None, None], 1.0) ** 3
    return costs.economic_diameter(flow, np.maximum(head, 0.01), cubes.mean(axis=(1, 2)), prices)


def turbine_kind(chart: pd.DataFrame, head: Array, flow: Array, units: int) -> Indices:
    """Position in `turbine.TYPES` of the turbine for each head [m] and plant flow [m3/s], -1 where none suits."""
    names = turbine.choose_turbine(chart, head, flow, units)
    codes = {name: code for code, name in enumerate(turbine.TYPES)} | {"": -1}
    unique, inverse = np.unique(names, return_inverse=True)
    return np.array([codes[name] for name in unique.tolist()], dtype=np.int64)[inverse]


def with_energy(plants: Plants, rivers: Rivers, options: Options) -> Plants:
    """The plants with their energy of each month, from the flows at their intakes."""
    heads = (plants.gross_head, plants.net_head)
    kind, units = plants.turbine, plants.units
    given = (rivers.used, plants.intake, plants.design_flow, *heads, kind, units)
    kw = np.zeros((plants.intake.size, rivers.used.shape[1]))
    in_threads(lambda first, last: kernel.monthly_power(*given, kw, first, last), plants.intake.size)
    hours = model.DAYS / model.DAYS.sum() * model.HOURS
    return replace(plants, monthly_gwh=kw * hours * options.electrical_efficiency * options.availability / 1e6)


def candidates(
    rivers: Rivers, blocked: NDArray[np.bool_], chart: pd.DataFrame, prices: Prices, options: Options
) -> Plants:
    """Every plant for `options.design_exceedance` that the rivers allow, with its energy, sorted by its powerhouse.

    `blocked` closes the link from each node to the next.
    """
    return diversions(rivers, blocked, rivers.design_flow, chart, prices, options)


def diversions(
    rivers: Rivers,
    blocked: NDArray[np.bool_],
    design_flow: Array,
    chart: pd.DataFrame,
    prices: Prices,
    options: Options,
) -> Plants:
    """Every plant that the rivers and the options allow, built for the `design_flow` at its intake `(node,)` [m3/s]."""
    closed = blocked | (rivers.mean_flow > options.max_mean_flow_m3s)
    max_km, min_head = options.max_waterway_km, options.min_head_m
    upper, lower = kernel.intervals(rivers.offsets, rivers.position_km, rivers.bed, closed, max_km, min_head)
    # More than ρgQH no plant gives: drops the small ones before the costly steps.
    most = model.power(design_flow[upper], rivers.bed[upper] - rivers.bed[lower], turbine.BEST) / 1000.0
    upper, lower = upper[most >= options.min_capacity_mw], lower[most >= options.min_capacity_mw]
    plants = plants_between(rivers, upper, lower, design_flow[upper], chart, prices, options)
    return with_energy(plants.take(plants.capacity_mw >= options.min_capacity_mw), rivers, options)


def optimised(
    rivers: Rivers, blocked: NDArray[np.bool_], chart: pd.DataFrame, prices: Prices, options: Options
) -> Plants:
    """Every plant that the rivers allow, for that one of `options.exceedances` that brings most; sorted as before."""
    pools = [
        diversions(rivers, blocked, exceeded(rivers.used, share), chart, prices, options)
        for share in options.exceedances
    ]
    every = joined(pools)
    return first_of_each(every, worth(every, prices, options))


def first_of_each(plants: Plants, value: Array) -> Plants:
    """Of plants between the same nodes the one of highest value, sorted by powerhouse and intake."""
    order = np.lexsort([-value, plants.intake, plants.outlet])
    ordered = plants.take(order)
    first = np.ones(order.size, dtype=bool)
    first[1:] = (np.diff(ordered.intake) != 0) | (np.diff(ordered.outlet) != 0)
    return ordered.take(first)


def with_best_units(plants: Plants, rivers: Rivers, chart: pd.DataFrame, prices: Prices, options: Options) -> Plants:
    """The plants with the number of turbines that is worth most, where the options leave it open."""
    if options.units != "optimal" or not plants.intake.size:
        return plants
    pools = [plants]
    for count in range(1, MOST_UNITS + 1):
        asked = options.model_copy(update={"units": count})
        pool = plants_between(rivers, plants.intake, plants.outlet, plants.design_flow, chart, prices, asked)
        pools.append(with_energy(pool, rivers, asked))
    every = joined(pools)
    kinds = np.array(turbine.TYPES)[every.turbine]
    more = costs.machines_cost(kinds, every.units, every.capacity_mw, every.gross_head, prices)
    value = costs.net_benefit(every.capacity_mw, every.gross_head, every.energy_gwh, prices, more)
    return first_of_each(every, value)


def joined(pools: list[Plants]) -> Plants:
    """Plants of several lists in one."""
    return Plants(**{name: np.concatenate([getattr(pool, name) for pool in pools]) for name in vars(pools[0])})


def worth(plants: Plants, prices: Prices, options: Options) -> Array:
    """What each plant counts for the objective: million dollars, or GWh above what it must earn for itself."""
    if options.objective == "net_benefit":
        return costs.net_benefit(plants.capacity_mw, plants.gross_head, plants.energy_gwh, prices) / 1e6
    return plants.energy_gwh - options.min_gwh_per_km * plants.waterway_km - options.min_gwh_per_plant


def best(plants: Plants, nodes: int, prices: Prices, options: Options) -> Plants:
    """The plants that together are `worth` most.

    Notes
    -----
    Exact: on each river a dynamic programme over all sets of intervals that share no link (weighted interval
    scheduling). Water returns to the river below each powerhouse and rivers share no link, so each river is solved
    alone and each metre of fall is used once.

    References
    ----------
    Kleinberg, J. and Tardos, E. (2005), Algorithm Design, section 6.1: weighted interval scheduling.
    """
    value = worth(plants, prices, options)
    return plants.take(kernel.best_intervals(plants.intake, plants.outlet, value, nodes))


def block(blocked: NDArray[np.bool_], intake: int, outlet: int) -> None:
    """Close the links from `intake` to `outlet`, in place."""
    blocked[intake:outlet] = True
