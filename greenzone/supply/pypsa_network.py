"""The plan as a PyPSA network, for those who go on from here with other tools.

Comes in: a plan model or a finished run. Goes out: a `pypsa.Network` that solves as it is, to the same cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from greenzone.errors import GreenzoneError
from greenzone.supply.plan import PlanModel
from greenzone.supply.plan_parts import ZONE, Source, System, fuels_of
from greenzone.supply.zone_plan import RunView, sections_of, zone_system

if TYPE_CHECKING:
    import pypsa

CENTRE_LON, CENTRE_LAT = 46.75, 39.76  # Shusha: where a node without coordinates of its own is drawn
AMPLE = 100.0  # times the highest demand: the power of a border without a limit


def to_pypsa(run: RunView | PlanModel, green_share: float | None = None) -> pypsa.Network:
    """A PyPSA network with the nodes, sources, stores, lines, demand and share of green energy of a plan.

    Parameters
    ----------
    run : Run or PlanModel
        A finished run, whose potential becomes sources as its `plan` section says, over every hour; or a model of
        one's own.
    green_share : float, optional
        Least share of demand over the year that is not imported [1]; by default that of the run's section, or 1.

    Returns
    -------
    pypsa.Network
        `network.optimize(solver_name="highs")` finds the cost of `PlanModel.solve(green_share)`. Buses carry
        coordinates; sources, stores and what comes over the border have carriers.

    Raises
    ------
    GreenzoneError
        PyPSA is not installed, or the model is one of typical weeks, whose stores PyPSA would link.
    """
    try:
        import pypsa
    except ImportError:
        raise GreenzoneError("PyPSA is not installed: pip install 'greenzone[pypsa]'") from None
    system, places, share = _of(run)
    share = share if green_share is None else green_share
    if system.periods > 1:
        raise GreenzoneError("a plan of typical weeks cannot become a PyPSA network: give a model of every hour")
    network: Any = pypsa.Network()
    network.set_snapshots(system.stamps)
    weights = {"objective": system.hours, "generators": system.hours, "stores": system.interval}
    network.snapshot_weightings = pd.DataFrame(weights, network.snapshots, dtype=float)
    for node in system.nodes:
        lon, lat = places.get(node, (CENTRE_LON, CENTRE_LAT))
        network.add("Bus", node, carrier="AC", x=lon, y=lat)
    network.add("Load", [f"demand {node}" for node in system.nodes], bus=list(system.nodes))
    network.loads_t.p_set = pd.DataFrame(
        system.demand.T, network.snapshots, [f"demand {node}" for node in system.nodes]
    )
    network.add("Carrier", ["AC", "export", *dict.fromkeys(part.kind for part in system.parts)])
    network.add("Carrier", "import", co2_emissions=1.0)
    _add_fuels(network, system)
    _add_parts(network, system)
    _add_grid(network, system)
    # What is imported is counted as one "emission" a MWh, so that PyPSA's own constraint keeps the green share.
    network.add(
        "GlobalConstraint", "green_share", type="primary_energy", carrier_attribute="co2_emissions", sense="<=",
        constant=(1 - share) * float((system.demand.sum(0) * system.hours).sum()),
    )  # fmt: skip
    for kind, least in system.at_least_mw:
        network.add(
            "GlobalConstraint", f"at least {kind}", type="tech_capacity_expansion_limit", carrier_attribute=kind,
            sense=">=", constant=least,
        )  # fmt: skip
    return network


def _of(run: RunView | PlanModel) -> tuple[System, dict[str, tuple[float, float]], float]:
    """System, coordinates of its nodes, green share."""
    if isinstance(run, PlanModel):
        return run.system, {}, 1.0
    sections = sections_of(run.config)
    if sections.plan.every_hour and 0 < sections.plan.green_share < 1:
        raise GreenzoneError("PyPSA knows no share of every hour: set 'plan.every_hour: false', or the share to 0 or 1")
    hourly = sections.plan.model_copy(update={"weeks": None})
    system = zone_system(run, type(sections)(hourly, sections.supply, sections.economics))
    sites = run.grid.sites
    district = sites.district.to_numpy().astype(str)
    inside = {node: district == node if node != ZONE else np.full(len(district), True) for node in system.nodes}
    lon, lat = sites.lon.to_numpy(), sites.lat.to_numpy()
    places = {node: (float(lon[at].mean()), float(lat[at].mean())) for node, at in inside.items() if at.any()}
    return system, places, sections.plan.green_share


def _fuel_bus(source: Source) -> str:
    node, kind, per_mwh, store_hours = source.pool
    return f"fuel of {kind} {node} {per_mwh:g} {store_hours:g}"


def _add_fuels(network: Any, system: System) -> None:
    """Fuel that arrives at a bus of its own, where some of it waits; the plants are links from there."""
    buses = {source.pool: _fuel_bus(source) for source in system.sources}
    network.add("Carrier", "fuel")
    for pool, fuel in fuels_of(system.sources).items():
        bus, most = buses[pool], max(float(fuel.arriving.max()), 1e-9)
        network.add("Bus", bus, carrier="fuel")
        network.add("Generator", f"{bus} arriving", bus=bus, carrier="fuel", p_nom=most, p_max_pu=fuel.arriving / most)
        network.add("Store", f"{bus} store", bus=bus, carrier="fuel", e_nom=fuel.store_mwh, e_cyclic=True)


def _add_parts(network: Any, system: System) -> None:
    profiles = {source.name: np.asarray(source.profile, float) for source in system.sources}
    for part in system.parts:
        common = {
            "bus": part.node, "carrier": part.kind, "p_nom_extendable": True, "p_nom_min": part.min_mw,
            "p_nom_max": part.max_mw, "capital_cost": part.per_mw,
        }  # fmt: skip
        if isinstance(part, Source) and part.store_hours > 0:
            common |= {"bus0": _fuel_bus(part), "bus1": common.pop("bus")}
            network.add("Link", part.name, marginal_cost=part.per_mwh, p_max_pu=part.peak, **common)
        elif isinstance(part, Source):
            network.add("Generator", part.name, marginal_cost=part.per_mwh, p_max_pu=profiles[part.name], **common)
        else:
            network.add(
                "StorageUnit", part.name, max_hours=part.hours, efficiency_store=part.charge_efficiency,
                efficiency_dispatch=part.discharge_efficiency, cyclic_state_of_charge=True, **common,
            )  # fmt: skip


def _add_grid(network: Any, system: System) -> None:
    """Lines as two links each, since what is lost is lost either way; borders as generators."""
    for line in system.lines:
        for name, start, end in ((line.name, line.start, line.end), (f"{line.name} back", line.end, line.start)):
            network.add("Link", name, bus0=start, bus1=end, p_nom=line.limit_mw, efficiency=1 - line.loss)
    ample = AMPLE * float(system.demand.sum(0).max())
    for border in system.borders:
        network.add(
            "Generator", f"{border.name} import", bus=border.node, carrier="import",
            p_nom=min(border.import_limit_mw, ample), marginal_cost=border.import_price,
        )  # fmt: skip
        if border.export_limit_mw > 0:
            network.add(
                "Generator", f"{border.name} export", bus=border.node, carrier="export", sign=-1,
                p_nom=min(border.export_limit_mw, ample), marginal_cost=-border.export_price,
            )  # fmt: skip
