"""One mix under everything that is uncertain: demand, resource, costs, and the weather of different years.

Comes in: a case, supply groups, costs, the table `ensemble_ranges`. Goes out: an ensemble of draws, its percentiles and
what drives it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.supply.dispatch import Reservoir
from greenzone.supply.draws import percentiles, saltelli, sobol_indices
from greenzone.supply.ensemble import ensemble, spread
from greenzone.supply.managed import Draws, islands_together, managed_ensemble
from greenzone.supply.management import islands_of, switches_on
from greenzone.supply.mixes import Case
from greenzone.supply.reservoirs import daily_mean

if TYPE_CHECKING:
    from greenzone.config.supply import Management

LEFT_OUT = ("foresight",)  # switches whose dispatch is a linear programme: one for each of a thousand draws
DRIVEN = ("share_met_hourly", "unserved_gwh_year", "energy_gwh", "cost_per_mwh_met", "exported_gwh_year")


@dataclass(frozen=True)
class Uncertain:
    """An ensemble of draws of one mix.

    `results` is that of `greenzone.supply.ensemble` over all draws, of an islanded mix its yearly part; `draws` has one
    row for each; `percentiles` are those of every yearly result (P10, P50, P90: the value below which that share of the
    draws lies); `drivers` holds `result parameter first_order total`, the Sobol indices of the results named in
    `DRIVEN` that vary.
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
        The mix; of its switches of energy management those in `LEFT_OUT` are left out.
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
        Draws are uniform and independent, but all groups of a technology share theirs. The resource of a technology
        whose year the mix names already, as a dry one, is not drawn once more.
    """
    together = by_technology(case, groups)
    draws = saltelli(_limits(case, groups, together, ranges), number, seed)
    if drawn_switches(case.management):
        results = _managed(case, groups, draws, annual_costs, factors)
    else:
        built = np.broadcast_to(together.built_mw.to_numpy(), (len(draws), together.sizes["group"]))
        results = ensemble(
            together, built, case.demand_mw.sum(0)[None], annual_costs, factors,
            demand_factor=draws[["demand_all"]].to_numpy(), resource_factor=_factors(draws, "resource", together),
            cost_factor=_factors(draws, "cost", together), stores=case.stores, export_limit_mw=case.export_limit_mw,
            reservoirs=_reservoirs(case, together, draws), weather_year=_years(draws, groups),
        )  # fmt: skip
    indices = [sobol_indices(draws, results[name].to_numpy()).reset_index().assign(result=name) for name in DRIVEN]
    drivers = pd.concat(indices).dropna(ignore_index=True)
    return Uncertain(results, draws, percentiles(results), drivers[["result", "parameter", "first_order", "total"]])


def drawn_switches(management: Management) -> list[str]:
    """Switches that are on and that draws reckon with: all but those that are `LEFT_OUT`."""
    return [name for name in switches_on(management) if name not in LEFT_OUT]


def _managed(
    case: Case, groups: xr.Dataset, draws: pd.DataFrame, costs: pd.DataFrame, factors: pd.DataFrame
) -> xr.Dataset:
    """The draws with energy management: of an islanded mix those of each district, put together."""
    if not case.management.islanded:
        together = by_technology(case, groups)
        drawn = Draws(
            draws.demand_all.to_numpy(), _factors(draws, "resource", together), _factors(draws, "cost", together),
            _years(draws, groups),
        )  # fmt: skip
        return managed_ensemble(case, together, _reservoirs(case, together, draws), drawn, costs, factors)
    islands = []
    for island in islands_of(case, groups):
        there = tuple(each for each in island.reservoirs if each.capacity_mw > 0)
        islands.append(_managed(replace(island, reservoirs=there), groups, draws, costs, factors))
    return islands_together(islands)


def _years(draws: pd.DataFrame, groups: xr.Dataset) -> NDArray[np.int64] | None:
    """Calendar year whose weather each draw gets; None where there is but one."""
    years = np.unique(pd.DatetimeIndex(groups.time.to_numpy()).year)
    return None if len(years) == 1 else years[np.minimum(draws.weather_year.astype(int), len(years) - 1)]


def by_technology(case: Case, groups: xr.Dataset) -> xr.Dataset:
    """The groups of a mix as one of each technology, which is all that draws by technology can tell apart.

    Parameters
    ----------
    case : Case
        The mix.
    groups : Dataset
        As `greenzone.supply.stack_groups` returns it.

    Returns
    -------
    Dataset
        Over `group`, of the technologies that are built, or of all where none is: `built_mw` [MW] and
        `capacity_factor` with the weather factor of the mix in it [1]. After them the plants of each reservoir and
        fuel store of the mix, apart from their technology, with what arrives for them as `capacity_factor`; `running`
        is the same but for what they give where nothing waits.
    """
    technology = groups.technology.to_numpy().astype(str)
    found = dict.fromkeys(technology.tolist())
    names = [name for name in found if case.built_mw[technology == name].sum() > 0] or list(found)
    mw = np.equal.outer(np.array(names, str), technology) * case.built_mw
    for each in case.reservoirs:
        mw[names.index(technology[each.group])] -= each.mw
        mw, names = np.concatenate([mw, each.mw[None]]), [*names, technology[each.group]]
    built = mw.sum(1)
    part = np.divide(mw, built[:, None], out=np.zeros(mw.shape), where=built[:, None] > 0)
    share = (part * case.resource_factor).astype(np.float32)
    running = share @ groups.capacity_factor.to_numpy()
    profiles = running.copy()
    for row, each in enumerate(case.reservoirs, len(mw) - len(case.reservoirs)):
        if each.fuel:
            profiles[row] = daily_mean(profiles[row].astype(float), groups.time.to_numpy())
    return xr.Dataset(
        {
            "capacity_factor": (("group", "time"), profiles),
            "running": (("group", "time"), running),
            "built_mw": ("group", built),
        },
        {"technology": ("group", names), "time": groups.time.to_numpy()},
    )


def _reservoirs(case: Case, together: xr.Dataset, draws: pd.DataFrame) -> list[Reservoir]:
    """What of the mix can wait as the last groups of `by_technology`.

    In wet draws plants behind dams give more, up to capacity; more fuel makes no bigger engine.
    """
    factor, first = _factors(draws, "resource", together), together.sizes["group"] - len(case.reservoirs)
    return [
        Reservoir(
            each.name, group, each.capacity_mw,
            each.power_mw if each.fuel else np.minimum(each.power_mw * factor[:, group], each.capacity_mw),
            each.size_mwh,
        )
        for group, each in enumerate(case.reservoirs, first)
    ]  # fmt: skip


def _limits(
    case: Case, groups: xr.Dataset, together: xr.Dataset, ranges: pd.DataFrame
) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of each parameter of the mix."""
    given = set(groups.technology.to_numpy()[case.resource_factor != 1])
    limits = {
        f"{row.parameter}_{row.technology}": (row.low, row.high)
        for row in ranges.itertuples()
        if row.technology in {"all", *together.technology.to_numpy().tolist()}
        and not (row.parameter == "resource" and row.technology in given)
    }
    years = np.unique(pd.DatetimeIndex(groups.time.to_numpy()).year)
    return limits | ({"weather_year": (0.0, float(len(years)))} if len(years) > 1 else {})


def _factors(draws: pd.DataFrame, parameter: str, groups: xr.Dataset) -> NDArray[np.float64]:
    """Factors over `(draw, group)` of a parameter that is drawn by technology."""
    prefix = f"{parameter}_"
    drawn = {name[len(prefix) :]: draws[name].to_numpy() for name in draws if name.startswith(prefix)}
    return np.broadcast_to(spread(drawn, groups), (len(draws), groups.sizes["group"]))
