"""Compiled loops over cells, months and candidate plants. In come plain arrays, out go plain arrays."""

from __future__ import annotations

from math import erfc as math_erfc

import numpy as np

from greenzone.jit import inlined, kernel
from greenzone.technologies.hydro import model, turbine

francis = inlined(turbine.francis)
kaplan = inlined(turbine.kaplan)
propeller = inlined(turbine.propeller)
pelton = inlined(turbine.pelton)
turgo = inlined(turbine.turgo)
crossflow = inlined(turbine.crossflow)
penstock_diameter = inlined(model.penstock_diameter)
friction_loss = inlined(model.friction_loss)


@inlined
def through_ground(excess: np.ndarray, slow_share: float, keep: float, within: float) -> np.ndarray:
    """Runoff of each month when `slow_share` of its `excess` passes a store that keeps a share `keep` over a month.

    `within` is the share of a month's recharge that is still stored at its end. The year repeats until it settles.
    """
    out, ground = np.zeros(excess.size), 0.0
    for _ in range(4):
        for month in range(excess.size):
            recharge = slow_share * excess[month]
            released = ground * (1.0 - keep) + recharge * (1.0 - within)
            ground += recharge - released
            out[month] = (1.0 - slow_share) * excess[month] + released
    return out


@kernel()
def monthly_runoff(
    rain: np.ndarray,
    temp: np.ndarray,
    demand: np.ndarray,
    annual: np.ndarray,
    days: np.ndarray,
    snow_temp: float,
    temp_spread: float,
    degree_day: float,
    soil_mm: float,
    slow_share: float,
    slow_months: float,
) -> np.ndarray:
    """Regime of each cell by snow store, soil store and groundwater, scaled to its `annual` runoff.

    `rain`, `temp` and `demand` (potential evaporation) are `(month, cell)` in mm, degC and mm; `annual` is `(cell,)`
    in mm. Temperature spreads normally around its monthly mean with `temp_spread` K: the share of it below
    `snow_temp` falls as snow, its part above 0 degC melts `degree_day` mm per K and day. The result is
    `(month, cell)` in mm.
    """
    months, cells = rain.shape
    out = np.zeros((months, cells))
    excess, cold, warm = np.zeros(months), np.zeros(months), np.zeros(months)
    keep = np.exp(-1.0 / slow_months)
    within = slow_months * (1.0 - keep)  # share of a month's recharge still stored at its end
    for cell in range(cells):
        snow, soil = 0.0, soil_mm / 2.0
        for month in range(months):
            t = temp[month, cell]
            cold[month] = 0.5 * math_erfc((t - snow_temp) / (1.4142135623730951 * temp_spread))
            warm[month] = temp_spread * 0.3989422804014327 * np.exp(-0.5 * (t / temp_spread) ** 2)
            warm[month] += 0.5 * t * math_erfc(-t / (1.4142135623730951 * temp_spread))
        for _ in range(3):
            for month in range(months):
                snow += cold[month] * rain[month, cell]
                melt = min(snow, degree_day * warm[month] * days[month])
                snow -= melt
                liquid = (1.0 - cold[month]) * rain[month, cell] + melt
                direct = liquid * (soil / soil_mm) ** 2
                soil += liquid - direct
                soil = max(soil - demand[month, cell] * min(soil / soil_mm, 1.0), 0.0)
                spill = max(soil - soil_mm, 0.0)
                soil -= spill
                excess[month] = direct + spill
        total = excess.sum()
        for month in range(months):
            excess[month] = excess[month] * annual[cell] / total if total > 0 else annual[cell] / months
        out[:, cell] = through_ground(excess, slow_share, keep, within)
        total = out[:, cell].sum()
        if total > 0:
            for month in range(months):
                out[month, cell] *= annual[cell] / total
    return out


@kernel()
def river_paths(
    downstream: np.ndarray, order: np.ndarray, streams: np.ndarray, upstream_km2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rivers from source to the river they join, each link on one river only.

    At a confluence the larger catchment goes on. Returns the cells of all rivers one after another and the offset of
    each (one more than there are rivers); the last cell of a river belongs to the river it joins.
    """
    main = np.full(downstream.size, -1)
    for cell in order:
        target = downstream[cell]
        if streams[cell] and target != cell and (main[target] < 0 or upstream_km2[cell] > upstream_km2[main[target]]):
            main[target] = cell
    cells, offsets = [0][:0], [0]
    for source in order:
        if not streams[source] or main[source] >= 0 or downstream[source] == source:
            continue
        cell = source
        cells.append(cell)
        while downstream[cell] != cell:
            target = downstream[cell]
            cells.append(target)
            if main[target] != cell:
                break
            cell = target
        offsets.append(len(cells))
    return np.array(cells), np.array(offsets)


@kernel()
def spaced(offsets: np.ndarray, position_km: np.ndarray, flow: np.ndarray, spacing_km: float) -> np.ndarray:
    """Whether each node stays when nodes nearer than `spacing_km` to the one above are dropped.

    Kept are the ends of each river, and the nodes on both sides of a confluence that adds a twentieth of the flow.
    """
    keep = np.zeros(position_km.size, dtype=np.bool_)
    for river in range(offsets.size - 1):
        last = offsets[river]
        for node in range(offsets[river], offsets[river + 1]):
            ends = node == offsets[river] or node == offsets[river + 1] - 1
            far = position_km[node] - position_km[last] >= spacing_km
            joined = node > offsets[river] and flow[node] > 1.05 * flow[node - 1]
            if ends or far or joined:
                keep[node] = True
                last = node
                if joined:
                    keep[node - 1] = True
    return keep


@kernel()
def intervals(
    offsets: np.ndarray, position_km: np.ndarray, bed: np.ndarray, blocked: np.ndarray, max_km: float, min_head: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of nodes between which a plant could stand: on one river, no blocked link, short and high enough.

    `blocked[i]` is the link from node i to the next. Pairs come sorted by their lower node.
    """
    upper, lower = [0][:0], [0][:0]
    for river in range(offsets.size - 1):
        for low in range(offsets[river] + 1, offsets[river + 1]):
            for high in range(low - 1, offsets[river] - 1, -1):
                if blocked[high] or position_km[low] - position_km[high] > max_km:
                    break
                if bed[high] - bed[low] >= min_head:
                    upper.append(high)
                    lower.append(low)
    return np.array(upper), np.array(lower)


@inlined
def efficiency(kind: int, ratio: float, design_flow: float, head: float) -> float:
    """Turbine `kind`, the position in `turbine.TYPES`."""
    if kind == 0:
        return francis(ratio, design_flow, head)
    if kind == 1:
        return kaplan(ratio, design_flow, head)
    if kind == 2:
        return propeller(ratio, design_flow, head)
    if kind == 3:
        return pelton(ratio, design_flow, head)
    if kind == 4:
        return turgo(ratio, design_flow, head)
    return crossflow(ratio, design_flow, head)


@kernel()
def monthly_power(
    flows: np.ndarray,
    intake: np.ndarray,
    design_flow: np.ndarray,
    gross_head: np.ndarray,
    design_head: np.ndarray,
    kind: np.ndarray,
    units: np.ndarray,
    out: np.ndarray,
    first: int,
    last: int,
) -> None:
    """Fill `out` (plant, month) with the mean hydraulic power after the turbine [kW], for plants `first:last`.

    `flows` is `(node, month, step)`, what may be used of equally likely river flows [m3/s]; `intake` the node of each
    plant, `units` its equal turbines. Losses of head grow with the flow squared. Twin of `model.plant_energy`.
    """
    months, steps = flows.shape[1:]
    for plant in range(first, last):
        count = units[plant]
        unit_flow = design_flow[plant] / count
        lost = gross_head[plant] - design_head[plant]
        full = design_flow[plant] * design_head[plant] * efficiency(kind[plant], 1.0, unit_flow, design_head[plant])
        for month in range(months):
            total = 0.0
            for step in range(steps):
                ratio = flows[intake[plant], month, step] / design_flow[plant]
                if ratio >= 1.0:
                    total += full
                    continue
                running = max(np.ceil(ratio * count - 1e-9), 1.0)
                head = gross_head[plant] - lost * ratio * ratio
                eta = efficiency(kind[plant], ratio * count / running, unit_flow, head)
                total += ratio * design_flow[plant] * head * eta
            out[plant, month] = 9.81 * total / steps


@kernel()
def best_intervals(upper: np.ndarray, lower: np.ndarray, value: np.ndarray, nodes: int) -> np.ndarray:
    """Indices of the intervals with the largest sum of `value` of which no two share a link.

    Intervals are sorted by `lower`. Exact dynamic programme: the best up to a node either ends there with one of the
    intervals or is the best up to the node before. Rivers follow one another; no interval spans two.
    """
    best, taken = np.zeros(nodes), np.full(nodes, -1)
    index = 0
    for node in range(1, nodes):
        best[node] = best[node - 1]
        while index < lower.size and lower[index] == node:
            total = best[upper[index]] + value[index]
            if total > best[node]:
                best[node], taken[node] = total, index
            index += 1
    chosen = [0][:0]
    node = nodes - 1
    while node > 0:
        if taken[node] >= 0:
            chosen.append(taken[node])
            node = upper[taken[node]]
        else:
            node -= 1
    return np.array(chosen[::-1])
