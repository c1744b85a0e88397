"""The least-cost plan and the ranges of capacity mixes as files, and profiles for other models.

Comes in: a run. Goes out: tables by file name, and datasets ready for netCDF.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.outputs.netcdf import udunits
from greenzone.outputs.view import RunView
from greenzone.supply import Ranges, ZonePlan, stack_groups

TIME = {
    "standard_name": "time",
    "long_name": "time (UTC), start of the interval",
    "units_metadata": "leap_seconds: none",
}


def range_tables(ranges: Ranges | None) -> dict[str, pd.DataFrame]:
    """Tables of what is uncertain about the mixes by file name; none where it was not asked for.

    `scenario_ranges` holds P10, P50 and P90 of every yearly result, `scenario_drivers` the Sobol indices of what drives
    them.
    """
    return {} if ranges is None else {"scenario_ranges": ranges.results, "scenario_drivers": ranges.drivers}


def plan_tables(plan: ZonePlan | None) -> dict[str, pd.DataFrame]:
    """Tables of a plan by file name; none where no plan was made.

    `plan` holds what is built, `plan_summary` cost, energy and prices, `plan_notes` what limits it or why there is
    none, `plan_alternatives` the span of mixes that cost little more.
    """
    if plan is None:
        return {}
    tables = {"plan": plan.capacity, "plan_summary": plan.summary, "plan_notes": plan.notes}
    return tables | ({"plan_alternatives": plan.alternatives} if len(plan.alternatives) else {})


def plan_dataset(plan: ZonePlan, currency: str) -> xr.Dataset:
    """Flows and prices of every hour, with units that UDUNITS knows."""
    dataset = plan.hourly.copy()
    for values in dataset.data_vars.values():
        values.attrs |= udunits(values.attrs["units"].replace("currency", currency))
    for name in ("technology", "district", "store", "border", "line", "node", "year"):
        dataset[name].attrs["long_name"] = name
    dataset["time"].attrs = dict(TIME)
    title = "Least-cost plan: flows and prices"
    return dataset.assign_attrs({"Conventions": "CF-1.11", "title": title, "source": "greenzone"})


def profile_tables(run: RunView) -> dict[str, pd.DataFrame]:
    """Hourly profiles of the supply groups as plain tables, for models that read CSV.

    `profiles`: `time` (UTC) and a column for each group, output over capacity [1]; `profile_groups`: a row for each
    column, with technology, district, resource class, `capacity_mw` (most that fits), `existing_mw`, mean capacity
    factor and LCOE.
    """
    groups = stack_groups(run.potentials, run.lcoe)
    parts = [groups[name].to_numpy().astype(str) for name in ("technology", "district", "resource_class")]
    names = ["_".join(group) for group in zip(*parts, strict=True)]
    hourly = pd.DataFrame(np.round(groups.capacity_factor.to_numpy().astype(float).T, 5), columns=names)
    hourly.insert(0, "time", pd.DatetimeIndex(groups.time.to_numpy()).strftime("%Y-%m-%dT%H:%M:%SZ"))
    described = pd.DataFrame(dict(zip(("technology", "district", "resource_class"), parts, strict=True)))
    described.insert(0, "group", names)
    for name in ("capacity_mw", "existing_mw", "mean_capacity_factor", "lcoe"):
        described[name] = groups[name].to_numpy()
    return {"profiles": hourly, "profile_groups": described}
