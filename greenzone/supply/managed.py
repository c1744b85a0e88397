"""Draws of a mix with its switches of energy management on: each draw has its own hours of demand and generation.

Comes in: the mix by technology, factors of every draw. Goes out: an ensemble of the draws. The dispatch knows nothing
of the future: foresight is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.supply.dispatch import HOURS_PER_YEAR, Reservoir, dispatch
from greenzone.supply.ensemble import energy_by_source, sources_of, summed_up, weather_years
from greenzone.supply.kernel import TILE
from greenzone.supply.management import battery_of, served_demand, through_connection
from greenzone.supply.mixes import Case
from greenzone.supply.reservoirs import held_back

Array = NDArray[np.float64]

ADDED_UP = (
    "demand_gwh", "energy_gwh", "met_gwh", "annual_cost", "avoided_co2_kt", "land_km2", "unserved_gwh_year",
    "curtailed_gwh_year", "exported_gwh_year", "discharged_gwh_year", "peak_unserved_mw_year",
)  # fmt: skip


@dataclass(frozen=True)
class Draws:
    """Factors of every draw: on demand over `draw`, on output and on cost over `(draw, group)` [1]; the calendar year
    whose weather each gets, if there are several."""

    demand: Array
    resource: Array
    cost: Array
    weather_year: NDArray[np.int64] | None = None

    def rows(self, chosen: NDArray[np.int64]) -> Draws:
        """Some of the draws; their years are told already."""
        return Draws(self.demand[chosen], self.resource[chosen], self.cost[chosen])


def managed_ensemble(
    case: Case, together: xr.Dataset, waiting: Sequence[Reservoir], draws: Draws, costs: pd.DataFrame,
    factors: pd.DataFrame,
) -> xr.Dataset:  # fmt: skip
    """An ensemble of draws of one mix with demand that waits and plants that share a connection.

    Parameters
    ----------
    case : Case
        The mix; of its switches foresight and islands are left out.
    together : Dataset
        The same by technology, as `greenzone.supply.uncertain.by_technology` returns it.
    waiting : sequence of Reservoir
        The last groups of `together`, of which what arrives can wait; power over `draw` or one for all.
    draws : Draws
        Factors of the groups of `together`.
    costs, factors : DataFrame
        As `greenzone.supply.ensemble` takes them.

    Returns
    -------
    Dataset
        As `greenzone.supply.ensemble` returns it. What is lost behind a shared connection counts as generated, as in
        the table of scenarios.
    """
    year = np.zeros(len(draws.demand)) if draws.weather_year is None else draws.weather_year
    rows = np.column_stack([draws.demand, draws.resource, year])
    _, first, again = np.unique(rows, axis=0, return_index=True, return_inverse=True)  # costs change no hour
    years, parts, order = None if draws.weather_year is None else year[first], [], []
    for chosen, hours in weather_years(together, len(first), years):
        for at in range(0, len(chosen), TILE):
            batch = chosen[at : at + TILE]
            own = [replace(each, power_mw=_rows(each.power_mw, first[batch])) for each in waiting]
            parts.append(_of_batch(_in_hours(case, hours), _in_hours(together, hours), own, draws.rows(first[batch])))
            order.append(batch)
    place = np.argsort(np.concatenate(order))[again.ravel()]
    result = xr.concat(parts, "scenario", data_vars="minimal").isel(scenario=place)
    built = np.broadcast_to(together.built_mw.to_numpy(), draws.cost.shape)
    battery = battery_of(case.management.hybrid)
    stores = [*case.stores, *([battery] if battery else [])]
    technology = together.technology.to_numpy().astype(str)
    return summed_up(result, built, built * draws.cost, technology, stores, costs, factors)


def _of_batch(case: Case, together: xr.Dataset, waiting: Sequence[Reservoir], draws: Draws) -> xr.Dataset:
    """Flows, demand and energy by source of some draws that run through the same hours."""
    built, time = together.built_mw.to_numpy(), together.time.to_numpy()
    running, technology = together.running.to_numpy().astype(float), together.technology.to_numpy()
    effective = built * draws.resource
    generation, _ = through_connection(case.management.hybrid, effective, running, technology, time)
    served = np.stack(
        [
            served_demand(replace(case, demand_mw=factor * case.demand_mw), own)
            for factor, own in zip(draws.demand, generation, strict=True)
        ]
    )
    last, number = slice(len(built) - len(waiting), None), len(served)
    arriving = together.capacity_factor.to_numpy()[last].astype(float)
    alone = np.maximum(generation - effective[:, last] @ running[last], 0.0)
    own = [replace(each, group=number + k, capacity_mw=effective[:, each.group]) for k, each in enumerate(waiting)]
    flows = dispatch(
        np.concatenate([alone, arriving]), np.concatenate([np.eye(number), effective[:, last]], 1), served, time,
        stores=case.stores, reservoirs=own, export_limit_mw=case.export_limit_mw,
    )  # fmt: skip
    energy = energy_by_source(together, effective)
    if waiting:
        energy += held_back(flows, waiting, sources_of(together)[0].argmax(0), range(energy.sizes["source"]))
    needed = served.mean(1) * HOURS_PER_YEAR / 1000
    return flows.assign(energy_by_source_gwh=energy, demand_gwh=("scenario", needed))


def islands_together(islands: Sequence[xr.Dataset]) -> xr.Dataset:
    """Draws of districts that stand alone as those of the zone.

    As in the table of scenarios: sums, for the highest deficit too; hours are the mean weighted by demand.
    """
    every = xr.concat([island[[*ADDED_UP, "loss_of_load_hours_year"]] for island in islands], "island")
    total = every[list(ADDED_UP)].sum("island", keep_attrs=True)
    hours = every.loss_of_load_hours_year.weighted(every.demand_gwh).mean("island", keep_attrs=True)
    some = total.demand_gwh.where(total.demand_gwh > 0)
    energy = xr.concat([_by_technology(island) for island in islands], "island", join="outer", fill_value=0.0)
    found = total.assign(
        loss_of_load_hours_year=hours,
        share_met_hourly=(total.met_gwh / some).assign_attrs(units="1"),
        share_met_annually=(total.energy_gwh / some).clip(max=1).assign_attrs(units="1"),
        cost_per_mwh_met=(total.annual_cost / (1000 * total.met_gwh.where(total.met_gwh > 0))).assign_attrs(
            units="currency MWh-1"
        ),
        energy_by_source_gwh=energy.sum("island", keep_attrs=True).rename(technology="source"),
    )
    return found.assign_coords(technology=("source", found.source.to_numpy())).drop_vars("source")


def _by_technology(island: xr.Dataset) -> xr.DataArray:
    return island.energy_by_source_gwh.groupby("technology").sum()


def _in_hours(whole: Any, hours: NDArray[np.bool_]) -> Any:
    """A case or groups in some of the hours."""
    if isinstance(whole, Case):
        return replace(whole, demand_mw=whole.demand_mw[:, hours])
    return whole.isel(time=np.flatnonzero(hours))


def _rows(values: Any, rows: NDArray[np.int64]) -> Any:
    return np.asarray(values)[rows] if np.ndim(values) else values
