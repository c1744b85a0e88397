"""One mix under everything that is uncertain: demand, resource, costs, and the weather of different years.

Comes in: a case, supply groups, costs, the table `ensemble_ranges`. Goes out: an ensemble of draws, its percentiles and
what drives it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.supply.draws import percentiles, saltelli, sobol_indices
from greenzone.supply.ensemble import ensemble, spread
from greenzone.supply.mixes import Case

DRIVEN = ("share_met_hourly", "unserved_gwh_year", "energy_gwh", "cost_per_mwh_met", "exported_gwh_year")


@dataclass(frozen=True)
class Uncertain:
    """An ensemble of draws of one mix.

    `results` is that of `greenzone.supply.ensemble` over all draws; `draws` has one row for each; `percentiles` are
    those of every yearly result (P10, P50, P90: the value below which that share of the draws lies); `drivers` holds
    `result parameter first_order total`, the Sobol indices of the results named in `DRIVEN`.
    """

    results: xr.Dataset
    draws: pd.DataFrame
    percentiles: pd.DataFrame
    drivers: pd.DataFrame


def uncertain(
    case: Case,
    groups: xr.Dataset,
    annual_costs: pd.DataFrame,
    factors: pd.DataFrame,
    ranges: pd.DataFrame,
    number: int = 256,
    seed: int = 0,
) -> Uncertain:
    """Draw what is uncertain about a mix and reckon all draws in one go.

    Parameters
    ----------
    case : Case
        The mix; its switches of energy management are left out.
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it; of several years of weather each draw gets one.
    annual_costs, factors : DataFrame
        As `greenzone.supply.ensemble` takes them.
    ranges : DataFrame
        The table `ensemble_ranges`: `parameter` (demand, resource or cost), `technology`, `low`, `high`.
    number : int
        Base draws, best a power of two; there are `number × (parameters + 2)` in all.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    Uncertain
        Draws are uniform and independent, but all groups of a technology share theirs.
    """
    present = set(groups.technology.values[case.built_mw > 0])
    own = ranges[(ranges.technology == "all") | ranges.technology.isin(present)]
    years = np.unique(pd.DatetimeIndex(groups.time.to_numpy()).year)
    limits = {f"{row.parameter}_{row.technology}": (row.low, row.high) for row in own.itertuples()}
    if len(years) > 1:
        limits["weather_year"] = (0.0, float(len(years)))
    draws = saltelli(limits, number, seed)
    total = case.demand_mw.sum(0)[None]
    results = ensemble(
        groups, np.broadcast_to(case.built_mw, (len(draws), len(case.built_mw))), total, annual_costs, factors,
        demand_factor=draws[["demand_all"]].to_numpy(),
        resource_factor=_factors(draws, "resource", groups) * case.resource_factor,
        cost_factor=_factors(draws, "cost", groups), stores=case.stores, export_limit_mw=case.export_limit_mw,
        weather_year=None if len(years) == 1 else years[np.minimum(draws.weather_year.astype(int), len(years) - 1)],
    )  # fmt: skip
    drivers = pd.concat(
        [sobol_indices(draws, results[name].to_numpy()).reset_index().assign(result=name) for name in DRIVEN]
    )
    named = drivers[["result", "parameter", "first_order", "total"]].reset_index(drop=True)
    return Uncertain(results, draws, percentiles(results), named)


def _factors(draws: pd.DataFrame, parameter: str, groups: xr.Dataset) -> NDArray[np.float64]:
    """Factors over `(draw, group)` of a parameter that is drawn by technology."""
    prefix = f"{parameter}_"
    by_technology = {name[len(prefix) :]: draws[name].to_numpy() for name in draws if name.startswith(prefix)}
    return spread(by_technology, groups)
