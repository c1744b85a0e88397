"""The system of a run: its potential as sources, its grid, its demand, what they cost.

Comes in: a finished run and its `plan` section. Goes out: the `System` of the zone as one node or as districts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError, nearest
from greenzone.schema import Layers, Potential
from greenzone.supply.dispatch import HOURS_PER_YEAR
from greenzone.supply.ensemble import yearly_costs
from greenzone.supply.groups import group_lcoe, stack_groups
from greenzone.supply.mixes import cases_of, existing_fleet
from greenzone.supply.plan import PlanModel
from greenzone.supply.plan_dams import dams_in, dams_of, with_dams
from greenzone.supply.plan_network import grid_of
from greenzone.supply.plan_parts import ZONE, PlannedStore, Source, System
from greenzone.supply.plan_periods import typical_weeks
from greenzone.supply.reservoirs import daily_mean, store_hours_of
from greenzone.supply.sectors import temp_of_people

if TYPE_CHECKING:
    from greenzone.config.economics import Economics
    from greenzone.config.plan import Plan as PlanSection
    from greenzone.config.supply import Supply

STANDING = "standing"  # part of the name of a source whose plants are there already


class Connected(Protocol):
    """What of the sites on the grid is needed here."""

    @property
    def lcoe(self) -> Mapping[str, xr.DataArray]: ...


class Land(Protocol):
    """What of the eligible land is needed here."""

    @property
    def fractions_by_year(self) -> Mapping[int, Mapping[str, NDArray[np.float64]]]: ...


class Grid(Protocol):
    """What of the site grid is needed here."""

    @property
    def sites(self) -> xr.Dataset: ...


class RunView(Protocol):
    """What of a run is needed here."""

    @property
    def config(self) -> Mapping[str, Any]: ...
    @property
    def grid(self) -> Grid: ...
    @property
    def layers(self) -> Layers: ...
    @property
    def potentials(self) -> Mapping[str, Potential]: ...
    @property
    def lcoe(self) -> Mapping[str, xr.DataArray]: ...
    @property
    def connected(self) -> Connected: ...
    @property
    def land(self) -> Land: ...


@dataclass(frozen=True)
class Sections:
    """The sections of a scenario that a plan looks at."""

    plan: PlanSection
    supply: Supply
    economics: Economics


def sections_of(config: Mapping[str, Any]) -> Sections:
    """The sections from a run's configuration of plain values."""
    from greenzone.config.economics import Economics
    from greenzone.config.plan import Plan as PlanSection
    from greenzone.config.supply import Supply

    return Sections(
        PlanSection.model_validate(config.get("plan", {})),
        Supply.model_validate(config["supply"]),
        Economics.model_validate(config["economics"]),
    )


def plan_model(run: RunView) -> PlanModel:
    """The plan model of a run, under its `plan` section; `solve` then takes the section's share and limits.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    PlanModel
        One source for each supply group; what stands already is built in any case and costs its upkeep only. A MW of a
        group costs what its sites cost on the mean, connection included.

    Raises
    ------
    GreenzoneError
        No source has any capacity, lines or demand that cannot be used.
    """
    return PlanModel(zone_system(run, sections_of(run.config)))


def zone_system(run: RunView, sections: Sections) -> System:
    """The system of a run, of typical weeks where its `plan` section asks for them."""
    plan, economics, tables = sections.plan, sections.economics, run.layers.tables
    groups = stack_groups(run.potentials, run.lcoe)
    nodes = _nodes(run, plan)
    costs = costs_of_plan(run, sections)
    sources = _sources(run, groups, costs, plan)
    if not sources:
        raise GreenzoneError("there is no potential to plan with: no technology has any capacity in the zone")
    lines, borders = grid_of(plan, nodes, tables, economics.currency, economics.currency_year)
    time = groups.time.to_numpy()
    demand = np.outer(demand_weights(run, plan, nodes), zone_demand(run, sections.supply, groups))
    stores = [
        store
        for node in nodes
        for name in plan.storage
        for store in [_store(run, plan, costs, name, node, nodes)]
        if store
    ]
    kinds = {source.kind for source in sources}
    at_least = [(name, mw) for name, mw in plan.at_least_mw.items() if name in kinds]
    system = System(sources, stores, demand, time, borders, lines, nodes, at_least_mw=at_least)
    return system if plan.weeks is None else typical_weeks(system, plan.weeks)


def zone_demand(run: RunView, section: Supply, groups: xr.Dataset, year: int | None = None) -> NDArray[np.float64]:
    """Demand of the zone as the supply section has it, in its own year or another. [MW]"""
    from greenzone.config.supply import SupplyScenario

    mix = SupplyScenario(name="plan", capacity_mw={}, year=year)
    alone = section.model_copy(update={"scenarios": (mix,)})
    return cases_of(alone, groups, list(run.potentials), temp_of_people(run.layers))[0].demand_mw.sum(0)


def costs_of_plan(run: RunView, sections: Sections, cost_year: int | None = None) -> pd.DataFrame:
    """Costs per MW and year, per MWh, and `upkeep` per MW and year, by technology and store."""
    from greenzone.economics.estimate import costs_of

    economics, tables = sections.economics, run.layers.tables
    if cost_year is not None:
        economics = economics.model_copy(update={"cost_year": cost_year})
    money = costs_of(economics, tables)
    table = yearly_costs(money, tables["storage_costs"], tables["price_index"], economics.wacc)
    return table.assign(upkeep=1000 * money.fixed_om_per_kw_year.reindex(table.index))


def demand_weights(run: RunView, plan: PlanSection, nodes: list[str]) -> NDArray[np.float64]:
    """Share of each node in demand. [1]"""
    if nodes == [ZONE]:
        return np.ones(1)
    if wrong := [name for name in plan.demand_share if name not in nodes]:
        raise GreenzoneError(f"'plan.demand_share' names '{wrong[0]}': {nearest(wrong[0], nodes)}")
    people = run.layers.tables.get("district_demand")
    if plan.demand_share:
        weight = np.array([plan.demand_share.get(node, 0.0) for node in nodes])
    elif people is not None and set(nodes) <= set(people.district):
        weight = people.set_index("district").persons.loc[nodes].to_numpy(float)
    else:
        sites = run.grid.sites
        weight = np.array([float(sites.area_km2.where(sites.district == node, 0.0).sum()) for node in nodes])
    if not weight.sum() > 0:
        raise GreenzoneError("the weights of 'plan.demand_share' sum to 0: no district would use anything")
    return weight / weight.sum()


def _nodes(run: RunView, plan: PlanSection) -> list[str]:
    if plan.network == "zone":
        return [ZONE]
    return list(dict.fromkeys(run.grid.sites.district.to_numpy().astype(str).tolist()))


def _sources(run: RunView, groups: xr.Dataset, costs: pd.DataFrame, plan: PlanSection) -> list[Source]:
    """One source for each group, and one more for what stands in it already."""
    cheap = np.concatenate([_connected_lcoe(run, potential) for potential in run.potentials.values()])
    existing, found = existing_fleet(groups), []
    dams = dams_of(run.layers.tables["reservoirs"]) if plan.reservoirs else []
    time = pd.DatetimeIndex(groups.time.to_numpy())
    for number in range(groups.sizes["group"]):
        own = groups.isel(group=number)
        name = str(own.technology.item())
        profile = own.capacity_factor.to_numpy().astype(float)
        standing = float(existing[number])
        free = float(own.capacity_mw) - standing
        node = ZONE if plan.network == "zone" else str(own.district.item())
        place = str(own.district.item())
        label = f"{name} {place} {own.resource_class.item()}"
        per_mwh = float(costs.per_mwh[name])
        if standing > 0:
            stood = Source(
                f"{label} {STANDING}",
                profile,
                float(costs.upkeep[name]),
                per_mwh,
                standing,
                standing,
                node,
                name,
                place,
            )
            behind = dams_in(stood.place, stood.max_mw, dams) if name == "hydro" else []
            dams = [dam for dam in dams if dam not in behind]  # each stands once, whatever groups its district has
            found += with_dams(stood, behind)
        if free <= 0 or not np.isfinite(cheap[number]):
            continue
        if plan.lcoe_ceiling is None or cheap[number] <= plan.lcoe_ceiling:
            energy = float(own.mean_capacity_factor) * HOURS_PER_YEAR
            per_mw = max((float(cheap[number]) - per_mwh) * energy, float(costs.upkeep[name]))
            new = Source(label, profile, per_mw, per_mwh, free, 0.0, node, name, place)
            found.append(_with_fuel(new, str(own.resource_class.item()), time, run.layers.tables))
    return found


def _with_fuel(
    source: Source, resource_class: str, time: pd.DatetimeIndex, tables: Mapping[str, pd.DataFrame]
) -> Source:
    """A bioenergy plant burns its fuel when the plan likes, as far as the store of its kind of plant carries.

    Of a kind with several ways the least store counts. Fuel arrives evenly over the day: a profile that follows the
    evening peak has used the store already.
    """
    if source.kind != "bioenergy":
        return source
    hours = store_hours_of(tables["bioenergy_conversion"]).get(resource_class, 0.0)
    if not hours > 0:
        return source
    profile = np.asarray(source.profile, float)
    daily = daily_mean(profile, time.to_numpy())
    return replace(source, profile=daily, store_hours=hours, peak=min(float(profile.max()), 1.0))


def _connected_lcoe(run: RunView, potential: Potential) -> NDArray[np.float64]:
    """Mean LCOE of each group, with the connection of its sites where one is known. [currency/MWh]"""
    name = potential.technology
    plant = run.lcoe[name].to_numpy()
    joined = run.connected.lcoe[name].to_numpy() if name in run.connected.lcoe else plant
    return group_lcoe(potential, np.where(np.isfinite(joined), joined, plant))


def _store(
    run: RunView, plan: PlanSection, costs: pd.DataFrame, name: str, node: str, nodes: list[str]
) -> PlannedStore | None:
    """A kind of store at a node; None where none can be built there."""
    own, tables = plan.storage[name], run.layers.tables  # type: ignore[index]
    hours = own.hours
    if hours is None:
        hours = float(tables["plan_figures"].set_index("figure").value[f"{name}_hours"])
    limit = np.inf if own.max_mw is None else own.max_mw
    if len(nodes) > 1 and own.max_mw is not None:
        limit = own.max_mw / len(nodes)
    if name == "pumped_hydro":
        limit = _pumped_limit(run, node, limit)
    if limit <= 0:
        return None
    one_way = float(tables["storage_costs"].set_index("storage").round_trip_efficiency[name]) ** 0.5
    per_mw = costs.per_mw[name] + hours * costs.per_mwh_stored[name]
    label = name if node == ZONE else f"{name} {node}"
    return PlannedStore(label, hours, per_mw, one_way, one_way, limit, 0.0, node, name)


def _pumped_limit(run: RunView, node: str, limit: float) -> float:
    """At most the pumped-storage pairs that were found at the node; none where hydropower was left out. [MW]"""
    hydro = run.potentials.get("hydro")
    pairs = hydro.features.get("hydro_pumped_storage") if hydro is not None else None
    if pairs is None or not len(pairs):
        return 0.0
    if node == ZONE:
        return min(limit, float(pairs.capacity_mw.sum()))
    zone = run.layers.zone
    shape = zone.loc[zone.district == node, "geometry"].union_all()
    return min(limit, float(pairs.capacity_mw[pairs.geometry.representative_point().within(shape).to_numpy()].sum()))
