"""Development zones: contiguous land of good sites, grown, trimmed, dissolved and ranked.

Comes in: scores, capacities, energy and LCOE of the sites, their polygons. Goes out: one polygon per zone with what it
can give, per technology and for pairs of them.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
import xarray as xr

from greenzone.config.scoring import ScoringByTechnology
from greenzone.config.zones import Zones
from greenzone.schema import Potential
from greenzone.siting.frame import metric_crs, projected
from greenzone.siting.land import Sites
from greenzone.siting.robustness import top_probability
from greenzone.siting.scoring import Ranking

BONUS = 0.02  # score that a neighbour already in the zone is worth while it grows: rounds it
WHISKER = 2  # a site with fewer neighbours in its zone sticks out
SNAP = 1e-7  # degrees; joins the rounded corners of neighbours
TOP_SHARE = 0.25  # of the zones; counts as the best in their probability
HOURS = 8.76  # GWh per MW and year at full output


@dataclass(frozen=True, eq=False)
class Candidates:
    """Sites that zones are grown from: arrays over all sites, `good` marks those that may join.

    `values` (criterion, site) is what the criteria count, for the test of ranks.
    """

    name: str
    technologies: tuple[str, ...]
    score: np.ndarray
    capacity: np.ndarray
    energy: np.ndarray
    cost: np.ndarray
    values: np.ndarray
    good: np.ndarray


def zones_of(
    section: Zones,
    scoring: ScoringByTechnology,
    grid: Sites,
    potentials: Mapping[str, Potential],
    ranking: Mapping[str, Ranking],
    lcoe: Mapping[str, xr.DataArray],
) -> gpd.GeoDataFrame:
    """Grow, trim, dissolve and rank the development zones of a run.

    Parameters
    ----------
    section : Zones
        Smallest capacity, largest extent, compactness.
    scoring : ScoringByTechnology
        Its draws and seed test the ranks.
    grid : SiteGrid
        Sites and their polygons.
    potentials, ranking, lcoe : mapping
        Potential, scores and costs by technology.

    Returns
    -------
    GeoDataFrame
        WGS 84, valid polygons that do not overlap within a technology, best first. Columns `zone technology rank score
        top_probability district capacity_mw energy_gwh capacity_factor lcoe sites area_km2 extent_km compactness
        complementarity geometry`. `top_probability` is that of being in the first quarter of the zones whatever the
        weights; `complementarity` of a hybrid is (1 - r) / 2, r the correlation of its technologies' hourly output.
    """
    crs = metric_crs(grid.crs, float(grid.sites.lon.mean()), float(grid.sites.lat.mean()))
    shapes = projected(grid.geometry, crs)
    rows: list[dict[str, object]] = []
    for land in _all_candidates(section, potentials, ranking, lcoe):
        least = sum(section.min_mw.get(name, 0.0) for name in land.technologies)
        found = grow(land, shapes, section.max_extent * 1000, least, section.min_compactness)
        tested = _tested(land, found, scoring)
        order = sorted(range(len(found)), key=lambda k: (-_mean(land.score, land.capacity, found[k]), found[k][0]))
        for rank, k in enumerate(order, 1):
            rows.append(
                {"zone": f"{land.name}-{rank}", "technology": land.name, "rank": rank}
                | _described(land, found[k], grid, shapes)
                | {"top_probability": tested[k], "complementarity": _complementarity(land, found[k], potentials)}
            )
    return gpd.GeoDataFrame(rows, columns=[*COLUMNS, "geometry"], geometry="geometry", crs=4326)


COLUMNS = [
    "zone", "technology", "rank", "score", "top_probability", "district", "capacity_mw", "energy_gwh",
    "capacity_factor", "lcoe", "sites", "area_km2", "extent_km", "compactness", "complementarity",
]  # fmt: skip


def _all_candidates(
    section: Zones,
    potentials: Mapping[str, Potential],
    ranking: Mapping[str, Ranking],
    lcoe: Mapping[str, xr.DataArray],
) -> list[Candidates]:
    """Candidates of each technology and pair that the run has."""
    asked = [(name,) for name in section.technologies] + [tuple(pair) for pair in section.hybrids]
    return [
        _candidates(section, names, potentials, ranking, lcoe) for names in asked if all(n in potentials for n in names)
    ]


def _candidates(
    section: Zones,
    names: tuple[str, ...],
    potentials: Mapping[str, Potential],
    ranking: Mapping[str, Ranking],
    lcoe: Mapping[str, xr.DataArray],
) -> Candidates:
    """Sites where all of `names` fit; the score of a pair is the geometric mean, so that both must be good."""
    scores = np.nan_to_num([ranking[name].score.to_numpy() for name in names])
    capacities = np.array([potentials[name].sites["capacity_mw"].to_numpy() for name in names])
    energies = np.array([potentials[name].sites["energy_gwh"].to_numpy() for name in names])
    able = (capacities > 0).all(0)
    score, capacity = np.where(able, scores.prod(0) ** (1 / len(names)), 0.0), np.where(able, capacities.sum(0), 0.0)
    cost = sum(np.nan_to_num(lcoe[name].to_numpy()) * energy for name, energy in zip(names, energies, strict=True))
    order = np.lexsort((np.arange(len(score)), -score))
    held = np.cumsum(capacity[order]) - capacity[order]
    good = np.zeros(len(score), bool)
    good[order] = held < section.best_share * capacity.sum()
    values = np.concatenate([ranking[name].values.to_numpy() for name in names])
    good &= able & (score >= section.min_score)
    return Candidates("-".join(names), names, score, capacity, energies.sum(0), np.asarray(cost), values, good)


def grow(land: Candidates, shapes: np.ndarray, extent: float, least: float, compact: float) -> list[np.ndarray]:
    """Sites of each zone, found from the best site on.

    Parameters
    ----------
    land : Candidates
        Scores and capacities.
    shapes : ndarray of polygons
        Sites in a CRS in metres.
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
    members = np.flatnonzero(land.good)
    neighbours = _neighbours(members, shapes)
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    free, found = set(members.tolist()), []
    for seed in sorted(members.tolist(), key=lambda site: (-land.score[site], centre[site].tolist())):
        if seed not in free:
            continue
        grown = _grown(seed, free, neighbours, land.score, centre, extent / 2)
        if land.capacity[list(grown)].sum() < least:
            free -= grown  # whoever starts among them gets no further
            continue
        zone = _trimmed(grown, seed, neighbours)
        sites = np.array(sorted(zone))
        if land.capacity[sites].sum() >= least and compactness(shapely.union_all(shapes[sites])) >= compact:
            found.append(sites)
            free -= zone
        free.discard(seed)
    return found


def _neighbours(members: np.ndarray, shapes: np.ndarray) -> dict[int, list[int]]:
    """Sites that share an edge with each site; corners do not count."""
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


def _mean(values: np.ndarray, weight: np.ndarray, sites: np.ndarray) -> float:
    return float(np.average(values[sites], weights=weight[sites]))


def _described(land: Candidates, sites: np.ndarray, grid: Sites, shapes: np.ndarray) -> dict[str, object]:
    """Columns of one zone."""
    whole, area = shapely.union_all(shapes[sites]), grid.sites.area_km2.to_numpy()[sites]
    capacity, energy = float(land.capacity[sites].sum()), float(land.energy[sites].sum())
    districts, position = np.unique(grid.sites.district.to_numpy()[sites].astype(str), return_inverse=True)
    extent = 2 * shapely.minimum_bounding_radius(whole) / 1000
    return {
        "score": _mean(land.score, land.capacity, sites),
        "district": str(districts[np.bincount(position, area).argmax()]),
        "capacity_mw": capacity,
        "energy_gwh": energy,
        "capacity_factor": energy / HOURS / capacity,
        "lcoe": float(land.cost[sites].sum()) / energy if energy > 0 else np.nan,
        "sites": len(sites),
        "area_km2": float(area.sum()),
        "extent_km": float(extent),
        "compactness": compactness(whole),
        "geometry": dissolved(grid.geometry[sites]),
    }


def dissolved(shapes: np.ndarray) -> shapely.Geometry:
    """One clean polygon of joined cells: no inner edges, no slivers."""
    return shapely.make_valid(shapely.union_all(shapely.set_precision(shapes, SNAP), grid_size=SNAP))


def _tested(land: Candidates, found: list[np.ndarray], scoring: ScoringByTechnology) -> np.ndarray:
    """Probability of each zone of being in the first quarter, from the means of its criteria."""
    if not found:
        return np.zeros(0)
    values = np.array([[_mean(row, land.capacity, sites) for sites in found] for row in land.values])
    return top_probability(values, int(np.ceil(TOP_SHARE * len(found))), scoring.draws, scoring.seed)


def _complementarity(land: Candidates, sites: np.ndarray, potentials: Mapping[str, Potential]) -> float:
    """(1 - r) / 2 of the hourly output of a pair's technologies; NaN for a single technology."""
    if len(land.technologies) < 2:
        return np.nan
    hourly = [_hourly(potentials[name], sites) for name in land.technologies]
    if any(series.std() == 0 for series in hourly):
        return np.nan
    return float((1 - np.corrcoef(hourly)[0, 1]) / 2)


def _hourly(potential: Potential, sites: np.ndarray) -> np.ndarray:
    """Output over time of some sites, from the profiles of their groups."""
    group = potential.sites["group"].to_numpy()[sites].astype(int)
    capacity = potential.sites["capacity_mw"].to_numpy()[sites]
    weight = np.bincount(group[group >= 0], capacity[group >= 0], potential.profiles.sizes["group"])
    return np.asarray(weight @ potential.profiles["capacity_factor"].transpose("group", "time").to_numpy())
