"""The supply scenarios of a scenario file, evaluated together.

Comes in: the `supply` section, the potentials and their costs. Goes out: the tidy table of `scenarios.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.layers.catalogue import read_table
from greenzone.schema import Potential
from greenzone.supply.demand import DemandShape, read_demand, shaped_demand
from greenzone.supply.dispatch import Storage
from greenzone.supply.groups import allocate, stack_groups
from greenzone.supply.scenarios import HOURS_PER_YEAR, scenario_table, supply

if TYPE_CHECKING:
    from greenzone.config.supply import Supply, SupplyScenario

EMPTY = pd.DataFrame(columns=["scenario", "period", "technology", "quantity", "unit", "value"])


def evaluate(section: Supply, potentials: Mapping[str, Potential], lcoe: Mapping[str, xr.DataArray]) -> pd.DataFrame:
    """Hold every capacity mix against demand, hour by hour.

    Each technology's capacity counts the plants that stand already first, then goes to its groups of lowest LCOE, or
    of highest capacity factor where LCOE is not known, each group up to its own capacity.

    Parameters
    ----------
    section : Supply
        Demand and mixes.
    potentials : mapping
        Potential by technology. A technology of a mix that is not here counts as shortfall.
    lcoe : mapping
        LCOE over `site` by technology. [currency/MWh]

    Returns
    -------
    DataFrame
        As `scenario_table` returns it; empty where there is no mix or no technology.

    Raises
    ------
    GreenzoneError
        A demand file that cannot be used, or profiles of different times.
    """
    if not section.scenarios or not potentials:
        return EMPTY.copy()
    groups = stack_groups(potentials, lcoe)
    wanted = list(dict.fromkeys([*potentials, *(name for mix in section.scenarios for name in mix.capacity_mw)]))
    targets = np.array([[mix.capacity_mw.get(name, 0.0) for name in wanted] for mix in section.scenarios])
    built = build(targets, groups, wanted)
    demand = demand_of(section, groups.time.to_numpy())
    names = [mix.name for mix in section.scenarios]
    export = [mix.export_limit_mw for mix in section.scenarios]
    result = supply(groups, built, demand, names, stores_of(section.scenarios), export)
    result = result.reindex(technology=wanted, fill_value=0)
    return scenario_table(result, targets)


def stores_of(mixes: Sequence[SupplyScenario]) -> list[Storage]:
    """Every kind of store that some mix has, in the order of their first use, 0 where a mix has none."""
    table = read_table("storage_costs").set_index("storage")
    kinds = list(dict.fromkeys(kind for mix in mixes for kind in mix.storage))
    stores = []
    for kind in kinds:
        sizes = [mix.storage.get(kind) for mix in mixes]
        one_way = float(table.round_trip_efficiency[kind]) ** 0.5  # the same loss is assumed on either way
        stores.append(
            Storage(
                kind,
                [size.power_mw if size else 0.0 for size in sizes],
                [size.energy_mwh if size else 0.0 for size in sizes],
                one_way,
                one_way,
            )
        )
    return stores


def build(targets: NDArray[np.float64], groups: xr.Dataset, technologies: list[str]) -> NDArray[np.float64]:
    """Capacity over `(scenario, group)`: existing plants first, then new ones by merit. [MW]"""
    existing = np.minimum(groups.existing_mw, groups.capacity_mw).to_numpy()
    rank = merit(groups)
    halves = allocate(
        targets,
        np.tile(groups.technology.to_numpy(), 2),
        np.concatenate([existing, groups.capacity_mw.to_numpy() - existing]),
        np.concatenate([rank + len(rank), rank]),
        technologies,
    )
    return halves[:, : len(rank)] + halves[:, len(rank) :]


def merit(groups: xr.Dataset) -> NDArray[np.float64]:
    """Rank of each group: highest for the lowest LCOE, then by capacity factor where LCOE is not known."""
    order = np.lexsort((-groups.mean_capacity_factor.to_numpy(), groups.lcoe.to_numpy()))  # NaN sorts last
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order), 0, -1)
    return rank


def demand_of(section: Supply, time: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Demand of every mix over `(scenario, time)` [MW]; a mix with its own energy scales the section's series."""
    if section.demand_file is None:
        base = shaped_demand(time, section.demand_gwh, DemandShape())
    else:
        base = read_demand(section.demand_file, time)
    energy = float(base.mean()) * HOURS_PER_YEAR / 1000
    scale = [1.0 if mix.demand_gwh is None or not energy else mix.demand_gwh / energy for mix in section.scenarios]
    return np.outer(scale, base)
