"""Development zones: what each gives, how it reaches the grid, and which comes first.

Comes in: potential, scores and costs of the sites by technology, their connection. Goes out: one row for each zone, and
the route of each to the grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr

from greenzone.config.scoring import ScoringByTechnology
from greenzone.config.zones import ZoneCriteria, Zones
from greenzone.economics.area import AreaConnection, connect_area
from greenzone.economics.connection import Connection, route_lines
from greenzone.economics.supply_curve import connection_lcoe
from greenzone.schema import Potential
from greenzone.siting.frame import metric_crs, projected
from greenzone.siting.land import Sites
from greenzone.siting.robustness import top_probability
from greenzone.siting.scoring import Ranking, linear_value
from greenzone.siting.weights import scaled
from greenzone.siting.zones import Candidates, compactness, dissolved, grow, neighbours_of

TOP_SHARE = 0.25  # of the zones; counts as the best in their probability
HOURS = 8.76  # GWh per MW and year at full output
ALL_OF_IT = ("floating_solar",)  # kinds whose sites all count as good: their land is scarce
PARTNER = {"floating_solar": "hydro"}  # whose output in the district complementarity is reckoned against
COLUMNS = [
    "zone", "technology", "rank", "zone_score", "score", "top_probability", "district", "districts", "capacity_mw",
    "energy_gwh", "capacity_factor", "lcoe", "lcoe_connected", "connection_cost", "connection_km", "grid_node",
    "sites", "area_km2", "extent_km", "compactness", "complementarity",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Contenders:
    """What zones are grown from, by technology or dual use: potential, scores, LCOE of the plants, annuities [1]."""

    potentials: Mapping[str, Potential]
    ranking: Mapping[str, Ranking]
    lcoe: Mapping[str, xr.DataArray]
    annuities: Mapping[str, float]

    def joined(self, other: Contenders) -> Contenders:
        """Both together."""
        return Contenders(**{name: {**values, **vars(other)[name]} for name, values in vars(self).items()})


def zones_of(
    section: Zones, scoring: ScoringByTechnology, grid: Sites, contenders: Contenders, connection: Connection
) -> gpd.GeoDataFrame:
    """Grow, trim, dissolve, connect and rank the development zones of a run.

    Parameters
    ----------
    section : Zones
        Smallest capacity, largest extent, compactness, criteria.
    scoring : ScoringByTechnology
        Its draws and seed test the ranks.
    grid : SiteGrid
        Sites and their polygons.
    contenders : Contenders
        Technologies and dual uses.
    connection : Connection
        How the sites reach the grid.

    Returns
    -------
    GeoDataFrame
        WGS 84, valid polygons that do not overlap within a kind, best first: `COLUMNS`. `zone_score` is the weighted
        sum of the criteria of zones, `score` the mean of the sites'; `top_probability` that of being in the first
        quarter of its kind whatever the weights; `connection_cost` [currency/kW] and `connection_km` are those of the
        whole zone's way to `grid_node`, with reinforcement for what the node cannot take, a node to each zone alone;
        `complementarity` is (1 - r) / 2, r the correlation of the hourly output of a hybrid's technologies, or of
        floating solar and the district's hydropower.
    """
    crs = metric_crs(grid.crs, float(grid.sites.lon.mean()), float(grid.sites.lat.mean()))
    shapes = projected(grid.geometry, crs)
    parts = [pd.DataFrame(columns=[*COLUMNS, "geometry"])]
    lands = all_candidates(section, contenders)
    good = np.flatnonzero(np.any([land.good for land in lands], axis=0)) if lands else np.zeros(0, int)
    beside = neighbours_of(good, shapes)
    for land in lands:
        least = section.min_mw.get(land.name, max(section.min_mw.get(name, 0.0) for name in land.technologies))
        found = grow(land, shapes, beside, section.max_extent * 1000, least, section.min_compactness)
        rows = [described(land, sites, grid, shapes, contenders, connection) for sites in found]
        if rows:
            parts.append(ranked(pd.DataFrame(rows), section.criteria, scoring))
    table = pd.concat([part.astype(object) for part in parts], ignore_index=True).infer_objects()
    return gpd.GeoDataFrame(table[[*COLUMNS, "geometry"]], geometry="geometry", crs=4326)


def zone_routes(zones: gpd.GeoDataFrame, grid: Sites, connection: Connection) -> gpd.GeoDataFrame:
    """Route of each zone from its middle to its node, as `route_lines` draws it; zones without a node are left out."""
    reached = zones[zones["grid_node"] != ""]
    if reached.empty:
        return gpd.GeoDataFrame({"zone": []}, geometry=[], crs=4326)
    middle = shapely.get_coordinates(shapely.point_on_surface(reached.geometry.to_numpy()))
    kept = ["zone", "technology", "district", "grid_node", "capacity_mw", "connection_cost", "lcoe_connected"]
    return route_lines(connection, pd.DataFrame(reached[kept]).assign(lon=middle[:, 0], lat=middle[:, 1]))


def all_candidates(section: Zones, contenders: Contenders) -> list[Candidates]:
    """Candidates of each technology, pair and dual use that the run has."""
    asked = [*((name,) for name in section.technologies), *map(tuple, section.hybrids)]
    asked += [(name,) for name in section.dual_uses]
    return [candidates(section, names, contenders) for names in asked if set(names) <= set(contenders.potentials)]


def candidates(section: Zones, names: tuple[str, ...], contenders: Contenders) -> Candidates:
    """Sites where all of `names` fit; the score of a pair is the geometric mean, so that both must be good."""
    scores = np.nan_to_num([contenders.ranking[name].score.to_numpy() for name in names])
    tables = [contenders.potentials[name].sites for name in names]
    capacities = np.array([table["capacity_mw"].to_numpy().astype(float) for table in tables])
    able = (capacities > 0).all(0)
    score, capacities = np.where(able, scores.prod(0) ** (1 / len(names)), 0.0), np.where(able, capacities, 0.0)
    energies = np.where(able, [table["energy_gwh"].to_numpy().astype(float) for table in tables], 0.0)
    lcoe = np.nan_to_num([contenders.lcoe[name].to_numpy() for name in names])
    capacity = capacities.sum(0)
    order = np.lexsort((np.arange(len(score)), -score))
    held = np.cumsum(capacity[order]) - capacity[order]
    share = 1.0 if set(names) & set(ALL_OF_IT) else section.best_share
    good = np.zeros(len(score), bool)
    good[order] = held < share * capacity.sum()
    good &= able & (score >= section.min_score)
    return Candidates("-".join(names), names, score, capacities, energies, lcoe * energies, good)


def described(
    land: Candidates,
    sites: np.ndarray,
    grid: Sites,
    shapes: np.ndarray,
    contenders: Contenders,
    connection: Connection,
) -> dict[str, object]:
    """Columns of one zone, without its rank."""
    whole, area = shapely.union_all(shapes[sites]), grid.sites.area_km2.to_numpy()[sites]
    capacity, energy = float(land.capacity[sites].sum()), float(land.energies[:, sites].sum())
    factor = energy / HOURS / capacity
    districts, position = np.unique(grid.sites.district.to_numpy()[sites].astype(str), return_inverse=True)
    by_area = districts[np.argsort(-np.bincount(position, area), kind="stable")]
    hourly = [hourly_output(contenders.potentials[name], sites) for name in land.technologies]
    way = connect_area(connection, sites, land.capacity[sites], sent_at_once(hourly))
    annuity = float(
        np.average([contenders.annuities[name] for name in land.technologies], weights=land.capacities[:, sites].sum(1))
    )
    plant = float(land.costs[:, sites].sum()) / energy if energy > 0 else np.nan
    return {
        "technology": land.name,
        "score": float(np.average(land.score[sites], weights=land.capacity[sites])),
        "district": str(by_area[0]),
        "districts": "; ".join(by_area),
        "capacity_mw": capacity,
        "energy_gwh": energy,
        "capacity_factor": factor,
        "lcoe": plant,
        "lcoe_connected": plant + added_by(way, factor, annuity),
        "connection_cost": way.capital,
        "connection_km": way.length,
        "grid_node": way.node,
        "sites": len(sites),
        "area_km2": float(area.sum()),
        "extent_km": float(2 * shapely.minimum_bounding_radius(whole) / 1000),
        "compactness": compactness(whole),
        "complementarity": complementarity(land.technologies, hourly, contenders, str(by_area[0])),
        "geometry": dissolved(grid.geometry[sites]),
    }


def ranked(table: pd.DataFrame, criteria: ZoneCriteria, scoring: ScoringByTechnology) -> pd.DataFrame:
    """The zones of one kind in order, with `zone`, `rank`, `zone_score` and `top_probability`.

    What is not known counts 0; criteria that no zone of the kind has, such as complementarity, do not count.
    """
    known = {name: criterion for name, criterion in criteria if table[name].notna().any() and criterion.weight > 0}
    values = np.array(
        [np.nan_to_num(linear_value(table[name].to_numpy(float), one.worst, one.best)) for name, one in known.items()]
    )
    score = scaled(np.array([one.weight for one in known.values()])) @ values
    top = int(np.ceil(TOP_SHARE * len(table)))
    table = table.assign(zone_score=score, top_probability=top_probability(values, top, scoring.draws, scoring.seed))
    order = np.lexsort((-table["capacity_mw"], -score))
    table = table.iloc[order].reset_index(drop=True)
    rank = np.arange(1, len(table) + 1)
    return table.assign(rank=rank, zone=[f"{name}-{k}" for name, k in zip(table["technology"], rank, strict=True)])


def added_by(way: AreaConnection, factor: float, annuity: float) -> float:
    """What the connection of a zone adds to each MWh [currency/MWh], NaN without a node."""
    return float(connection_lcoe(np.array([way.capital]), np.array([way.upkeep]), np.array([factor]), annuity)[0])


def sent_at_once(hourly: list[np.ndarray]) -> float:
    """Highest joint output over the sum of the highest of each: the line that several plants share. [1]"""
    each = sum(float(series.max()) for series in hourly)
    return float(sum(hourly).max()) / each if len(hourly) > 1 and each > 0 else 1.0  # type: ignore[union-attr]


def complementarity(names: tuple[str, ...], hourly: list[np.ndarray], contenders: Contenders, district: str) -> float:
    """(1 - r) / 2 of two hourly outputs, see `zones_of`; NaN for a single technology, or where one never changes."""
    partner = contenders.potentials.get(PARTNER.get(names[0], ""))
    if partner is not None:
        profiles = partner.profiles
        there = (profiles["district"].to_numpy().astype(str) == district) * profiles["capacity_mw"].to_numpy()
        hourly = [*hourly, there @ profiles["capacity_factor"].transpose("group", "time").to_numpy()]
    if len(hourly) < 2 or any(series.std() == 0 for series in hourly):
        return np.nan
    return float((1 - np.corrcoef(hourly[:2])[0, 1]) / 2)


def hourly_output(potential: Potential, sites: np.ndarray) -> np.ndarray:
    """Output over time of some sites, from the profiles of their groups. [MW]"""
    group = potential.sites["group"].to_numpy()[sites].astype(int)
    capacity = potential.sites["capacity_mw"].to_numpy()[sites]
    weight = np.bincount(group[group >= 0], capacity[group >= 0], potential.profiles.sizes["group"])
    return np.asarray(weight @ potential.profiles["capacity_factor"].transpose("group", "time").to_numpy())
