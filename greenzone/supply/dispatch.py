"""Dispatch of many scenarios by one rule: water waits behind dams, surplus fills the stores, deficit empties both.

Comes in: profiles of supply groups, capacities, demand, reservoirs and stores of each scenario. Goes out: where every
MWh went, by scenario and month. Reservoirs and stores keep energy exactly; what they cannot take is exported up to the
line's limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.supply import kernel
from greenzone.supply.tiled import (
    HOURS_PER_YEAR,
    MONTHS,
    TOLERANCE,
    Reservoir,
    Storage,
    interval_hours,
    tiled_system,
)

__all__ = [
    "HOURS_PER_YEAR",
    "MONTHS",
    "TOLERANCE",
    "Reservoir",
    "Storage",
    "dispatch",
    "hourly_dispatch",
    "interval_hours",
]

SUMS = ("exported", "curtailed", "unserved")
OF_RESERVOIR = ("inflow", "released", "spilled")


def dispatch(
    profiles: ArrayLike,
    built_mw: ArrayLike,
    demand_mw: ArrayLike,
    time: ArrayLike,
    *,
    demand_factor: ArrayLike | None = None,
    stores: Sequence[Storage] = (),
    reservoirs: Sequence[Reservoir] = (),
    export_limit_mw: ArrayLike = 0.0,
) -> xr.Dataset:
    """Balance every hour of every scenario.

    The rule: generation serves demand; surplus charges the stores in their order, then is exported up to the limit,
    then curtailed; a deficit discharges the stores in their order, the rest is unserved. Stores begin empty, so that
    no scenario is given energy; what they hold at the end is `level_end_gwh`.

    Reservoirs come before the stores, in their order: water that arrives waits while generation without it covers
    demand, and what is missing without it is released, up to the power of the plant. What a full reservoir cannot hold
    runs through the plant as far as its power allows and joins the surplus; the rest is spilled. In every interval
    inflow = released + spilled + change of level. Water comes before the stores because they are then full when the
    plant's power is not enough: of 144 mixes of the zone with its dam and a battery that left less unserved in 91, the
    other order in 28, those in which the reservoir runs dry.

    Parameters
    ----------
    profiles : array_like (group, time)
        Output over capacity. [1]
    built_mw : array_like (scenario, group)
        Capacity; a factor on the resource may be in it. [MW]
    demand_mw : array_like (path, time)
        Demand paths. [MW]
    time : array_like of datetime64 (time,)
        UTC, evenly spaced.
    demand_factor : array_like (scenario, path), optional
        Weight of each path in each scenario's demand; by default every scenario has its own path. [1]
    stores : sequence of Storage
        In the order in which they are used.
    reservoirs : sequence of Reservoir
        In the order in which they are used; those after one run as the water does while it decides.
    export_limit_mw : array_like (scenario,) or float
        Limit of the line that exports. [MW]

    Returns
    -------
    Dataset
        Per mean year, over `(scenario, month)`: `surplus_gwh deficit_gwh` (after reservoirs, before stores),
        `exported_gwh curtailed_gwh unserved_gwh loss_of_load_hours peak_unserved_mw`; over `(scenario, deficit_share)`
        and `(scenario, surplus_share)` the hours in which what is missing or left after the stores exceeds that share
        of mean demand, `deficit_hours_over surplus_hours_over`; over `(scenario, month, store)` `charged_gwh
        discharged_gwh`; over `(scenario, store)` `level_end_gwh storage_loss_gwh`; over `(reservoir, scenario, month)`
        `inflow_gwh released_gwh spilled_gwh` and `reservoir_level_gwh`, what is held on the mean; over `(reservoir,
        scenario)` `reservoir_start_gwh reservoir_end_gwh`. In every scenario surplus = charged + exported + curtailed,
        deficit = discharged + unserved, and inflow = released + spilled + end - start.

    Raises
    ------
    GreenzoneError
        Arrays of other shapes; negative or missing values; efficiencies outside (0, 1]; a plant of a reservoir that is
        larger than its group.
    """
    system = tiled_system(profiles, built_mw, demand_mw, time, demand_factor, stores, reservoirs, export_limit_mw)
    begun, sums, level, left = system.monthly()
    years = system.hours * len(system.time) / HOURS_PER_YEAR
    flows, held = _parted(sums, len(reservoirs))
    inflow = system.inflow(np.equal.outer(MONTHS, system.time.month).astype(float))
    ends = begun.water(begun.dams), left
    variables = _of_balance(flows, level / 1000, system.hours, years) | _of_reservoirs(held, inflow, ends, system.time)
    return _labelled(variables, [store.name for store in stores], [each.name for each in reservoirs])


def hourly_dispatch(
    profiles: ArrayLike,
    built_mw: ArrayLike,
    demand_mw: ArrayLike,
    time: ArrayLike,
    *,
    demand_factor: ArrayLike | None = None,
    stores: Sequence[Storage] = (),
    reservoirs: Sequence[Reservoir] = (),
    export_limit_mw: ArrayLike = 0.0,
) -> xr.Dataset:
    """Every hour of a few scenarios, by the same rule and the same kernel; arguments as of `dispatch`.

    Returns
    -------
    Dataset
        Over `(scenario, time)`: `exported_mw curtailed_mw unserved_mw`; over `(store, scenario, time)`: `charged_mw
        discharged_mw` and `level_mwh` at the end of each interval; over `(reservoir, scenario, time)`: `inflow_mw
        released_mw spilled_mw` and `reservoir_level_mwh` at the end of each interval, `reservoir_start_mwh` before the
        first.
    """
    system = tiled_system(profiles, built_mw, demand_mw, time, demand_factor, stores, reservoirs, export_limit_mw)
    begun, parts = system.hourly()
    sums, held = _parted(parts, len(reservoirs))
    flows = np.moveaxis(sums, 0, -1)
    into, kept = system.efficiency[:, :1, None], system.efficiency[:, 1:, None]
    charged = flows[kernel.ROWS :: 2]
    discharged = np.where(charged > 0, 0.0, flows[kernel.ROWS + 1 :: 2])  # reckoned from levels: else some 1e-14
    levels = np.cumsum(charged * into - discharged / kept, -1) * system.hours
    power = {f"{name}_mw": (("scenario", "time"), flows[row], {"units": "MW"}) for row, name in enumerate(SUMS)}
    dims, behind = ("store", "scenario", "time"), ("reservoir", "scenario", "time")
    return xr.Dataset(
        {
            **power,
            "charged_mw": (dims, charged, {"units": "MW"}),
            "discharged_mw": (dims, discharged, {"units": "MW"}),
            "level_mwh": (dims, np.maximum(levels, 0), {"units": "MWh"}),
            "inflow_mw": (behind, system.inflow(), {"units": "MW"}),
            "released_mw": (behind, held[kernel.RELEASED], {"units": "MW"}),
            "spilled_mw": (behind, held[kernel.SPILLED], {"units": "MW"}),
            "reservoir_level_mwh": (behind, held[kernel.LEVELS] * system.hours, {"units": "MWh"}),
            "reservoir_start_mwh": (behind[:2], begun.water(begun.dams), {"units": "MWh"}),
        },
        {
            "time": system.time,
            "store": np.array([store.name for store in stores], str),
            "reservoir": np.array([each.name for each in reservoirs], str),
        },
    )


def flows_by_month(
    flows: Mapping[str, NDArray[np.float64]],
    demand_mw: ArrayLike,
    time: ArrayLike,
    stores: list[str],
    reservoirs: Sequence[str] = (),
) -> xr.Dataset:
    """Hourly flows of one mix, planned elsewhere, summed as `dispatch` does.

    Parameters
    ----------
    flows : mapping
        `exported curtailed unserved` over time, `charged discharged level` over `(store, time)`; `inflow released
        spilled reservoir_level` over `(reservoir, time)`, and `reservoir_start` over `reservoir`. [MW; MWh]
    demand_mw : array_like (time,)
        Demand. [MW]
    time : array_like of datetime64 (time,)
        UTC, evenly spaced.
    stores, reservoirs : list of str
        Names of the stores and of the reservoirs.

    Returns
    -------
    Dataset
        As of `dispatch`, with one scenario.
    """
    stamps = pd.DatetimeIndex(np.asarray(time))
    hours = interval_hours(stamps)
    missing = np.asarray(flows["unserved"])
    mean = float(np.mean(np.asarray(demand_mw)))
    lacking = (missing > TOLERANCE * mean).astype(float)
    pairs = [flows[name][store] for store in range(len(stores)) for name in ("charged", "discharged")]
    left = flows["exported"] + flows["curtailed"]
    over = [(missing > share * mean).astype(float) for share in kernel.DEFICIT_STEPS]
    over += [(left > share * mean).astype(float) for share in kernel.SURPLUS_STEPS]
    rows = np.stack([flows["exported"], flows["curtailed"], missing, missing, lacking, *over, *pairs])
    in_month = np.equal.outer(MONTHS, stamps.month.to_numpy())
    sums = np.stack([rows @ month for month in in_month.astype(float)])
    sums[:, kernel.PEAK_UNSERVED] = [missing[month].max(initial=0.0) for month in in_month]
    level = np.array([flows["level"][store][-1:] for store in range(len(stores))]).reshape(len(stores), 1)
    years = hours * len(stamps) / HOURS_PER_YEAR
    variables = _of_balance(sums[..., None], level / 1000, hours, years)
    if not len(reservoirs):
        nothing = np.zeros((0, 1))
        none = _of_reservoirs(np.zeros((3, 0, 1, 12)), np.zeros((0, 1, 12)), (nothing, nothing), stamps)
        return _labelled(variables | none, stores, [])
    monthly = {name: flows[name] @ in_month.T for name in (*OF_RESERVOIR, "reservoir_level")}
    held = np.stack([monthly["released"], monthly["spilled"], monthly["reservoir_level"] / hours])[:, :, None]
    ends = flows["reservoir_start"][:, None], flows["reservoir_level"][:, -1:]
    return _labelled(variables | _of_reservoirs(held, monthly["inflow"][:, None], ends, stamps), stores, reservoirs)


def _parted(sums: NDArray[np.float64], reservoirs: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sums without those of reservoirs, and these over `(kernel row, reservoir, scenario, month or interval)`."""
    first = sums.shape[1] - kernel.OF_RESERVOIR * reservoirs
    held = sums[:, first:].reshape(len(sums), reservoirs, kernel.OF_RESERVOIR, sums.shape[-1])
    return sums[:, :first], held.transpose(2, 1, 3, 0)


def _of_reservoirs(
    held: NDArray[np.float64],
    inflow: NDArray[np.float64],
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    time: pd.DatetimeIndex,
) -> dict[str, tuple]:
    """Sums of reservoirs over `(reservoir, scenario, month)` [MW × intervals] and levels at start and end [MWh]."""
    hours = interval_hours(time)
    years = hours * len(time) / HOURS_PER_YEAR
    number = np.maximum(np.equal.outer(MONTHS, time.month).sum(1), 1)
    dims = ("reservoir", "scenario", "month")
    flows = dict(zip(OF_RESERVOIR, (inflow, held[kernel.RELEASED], held[kernel.SPILLED]), strict=True))
    variables: dict[str, tuple] = {
        f"{name}_gwh": (dims, values * hours / years / 1000, {"units": "GWh"}) for name, values in flows.items()
    }
    level = held[kernel.LEVELS] * hours / number / 1000
    variables["reservoir_level_gwh"] = (dims, level, {"units": "GWh"})
    for name, values in zip(("start", "end"), ends, strict=True):
        variables[f"reservoir_{name}_gwh"] = (dims[:2], values / years / 1000, {"units": "GWh"})
    return variables


def _of_balance(
    sums: NDArray[np.float64], level_gwh: NDArray[np.float64], hours: float, years: float
) -> dict[str, tuple]:
    """Sums over `(month, row of the kernel, scenario)` [MW × intervals] in their own units."""
    energy = hours / years / 1000
    monthly, by_store = ("scenario", "month"), ("store", "scenario", "month")
    flows = {name: sums[:, row] * energy for row, name in enumerate(SUMS)}
    charged, discharged = sums[:, kernel.ROWS :: 2] * energy, sums[:, kernel.ROWS + 1 :: 2] * energy
    flows["surplus"] = flows["exported"] + flows["curtailed"] + charged.sum(1)
    flows["deficit"] = flows["unserved"] + discharged.sum(1)
    variables: dict[str, tuple] = {f"{name}_gwh": (monthly, flow.T, {"units": "GWh"}) for name, flow in flows.items()}
    variables["charged_gwh"] = (by_store, charged.transpose(1, 2, 0), {"units": "GWh"})
    variables["discharged_gwh"] = (by_store, discharged.transpose(1, 2, 0), {"units": "GWh"})
    variables["loss_of_load_hours"] = (monthly, sums[:, kernel.HOURS_UNSERVED].T * (hours / years), {"units": "h"})
    variables["peak_unserved_mw"] = (monthly, sums[:, kernel.PEAK_UNSERVED].T, {"units": "MW"})
    for kind, row, steps in (
        ("deficit", kernel.DEFICIT_HOURS, kernel.DEFICIT_STEPS), ("surplus", kernel.SURPLUS_HOURS, kernel.SURPLUS_STEPS)
    ):  # fmt: skip
        counted = sums[:, row : row + len(steps)].sum(0).T * (hours / years)
        variables[f"{kind}_hours_over"] = (("scenario", f"{kind}_share"), counted, {"units": "h"})
    end = level_gwh / years
    variables["level_end_gwh"] = (("store", "scenario"), end, {"units": "GWh"})
    loss = charged.sum(0) - discharged.sum(0) - end
    variables["storage_loss_gwh"] = (("store", "scenario"), loss, {"units": "GWh"})
    return variables


def _labelled(variables: dict[str, tuple], stores: Sequence[str], reservoirs: Sequence[str]) -> xr.Dataset:
    shares = {"deficit_share": list(kernel.DEFICIT_STEPS), "surplus_share": list(kernel.SURPLUS_STEPS)}
    names = {"store": np.array(stores, str), "reservoir": np.array(reservoirs, str)}
    return xr.Dataset(variables, {"month": MONTHS, **names, **shares})
