"""What limits each capacity mix: the season and the hours in which energy is missing, and which technology would help.

Comes in: the `supply` and `economics` sections, the potentials, their costs. Goes out: the table `scenario_notes.csv`,
one finding a row, in figures and in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.economics.estimate import costs_of
from greenzone.schema import Layers, Potential
from greenzone.supply.dispatch import HOURS_PER_YEAR, dispatch, hourly_dispatch
from greenzone.supply.ensemble import yearly_costs
from greenzone.supply.management import reaching_grid, served_demand
from greenzone.supply.mixes import Case, Mixes, build, mixes_of, storage
from greenzone.supply.reservoirs import beside_generation

if TYPE_CHECKING:
    from greenzone.config.economics import Economics
    from greenzone.config.supply import Supply

Array = NDArray[np.float64]

COLUMNS = ["scenario", "topic", "item", "value", "unit", "note"]
STEP_MW = 10.0  # added of each technology, one after the other, to see what it does
STORE_HOURS = 4.0  # of the battery that is added
MET = 1e-4  # share of demand below which nothing counts as missing
SHORT = 0.5  # MW of a mix that do not fit, from which that is told
UTC_OFFSET = pd.Timedelta(hours=4)  # Azerbaijan has kept UTC+4 without summer time since 2016
SEASONS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}


def what_limits(
    section: Supply, economics: Economics, potentials: Mapping[str, Potential], lcoe: Mapping[str, xr.DataArray],
    layers: Layers, mixes: Mixes | None = None,
) -> pd.DataFrame:  # fmt: skip
    """What keeps each mix from meeting demand hour by hour.

    Parameters
    ----------
    section, economics : Supply, Economics
        Mixes and demand; currency and cost of capital.
    potentials, lcoe : mapping
        Potential and LCOE over `site` by technology.
    layers : Layers
        Weather and curated tables.
    mixes : Mixes, optional
        What `greenzone.supply.mixes_of` made of all these, where that is known.

    Returns
    -------
    DataFrame
        Columns `scenario topic item value unit note`. Topics: `season` and `hour` (share of what is missing in each),
        `technology` (GWh less missing for each MW more, on the sites that come next; `battery` holds 4 hours),
        `cost` (what a MWh less missing costs that way), `land` (MW that do not fit), `summary`. Lines
        between districts, foresight and islands are left out of account.
    """
    mixes = mixes or mixes_of(section, potentials, lcoe, layers)
    if mixes is None:
        return pd.DataFrame(columns=COLUMNS)
    tables = layers.tables
    costs = yearly_costs(
        costs_of(economics, tables), tables["storage_costs"], tables["price_index"], economics.wacc
    )  # fmt: skip
    rows = [
        (case.name, *finding)
        for case, target in zip(mixes.cases, mixes.targets_mw, strict=True)
        for finding in _findings(case, mixes.groups, target, mixes.technologies, costs, tables["storage_costs"])
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _findings(
    case: Case, groups: xr.Dataset, target: Array, wanted: list[str], costs: pd.DataFrame, stores: pd.DataFrame
) -> Iterator[tuple[str, str, float, str, str]]:
    time = pd.DatetimeIndex(groups.time.to_numpy())
    missing = missing_mw(case, groups)
    scale = HOURS_PER_YEAR / len(time) / 1000  # GWh a year for each MW in every interval
    lost, needed = float(missing.sum()) * scale, float(case.demand_mw.sum()) * scale
    yield from _land(case, groups, target, wanted)
    if lost <= MET * needed:
        yield "summary", "all", lost / needed, "1", _nearly_met(lost, missing)
        return
    local = time + UTC_OFFSET
    season = {name: float(missing[local.month.isin(months)].sum() * scale / lost) for name, months in SEASONS.items()}
    hour = pd.Series(missing).groupby(local.hour).sum() * scale / lost
    helped = _helped(case, groups, target, wanted, stores)
    price = {name: _price(name, gain, costs) for name, gain in helped.items() if gain > 1e-9}
    yield "summary", "all", lost / needed, "1", _sentence(lost, needed, missing, season, hour, helped, price, time)
    for name, share in season.items():
        yield "season", name, share, "1", f"{share:.0%} of what is missing falls into {name}."
    for at, share in hour.items():
        yield (
            "hour",
            f"{at:02d}",
            float(share),
            "1",
            f"{share:.1%} of what is missing falls between {at} and {at + 1} h.",
        )
    for name, gain in helped.items():
        yield "technology", name, gain, "GWh MW-1 year-1", f"One more MW of {name} leaves {gain:.2f} GWh less missing."
    for name, cost in price.items():
        yield "cost", name, cost, f"{costs.attrs['currency']} MWh-1", f"Through {name} a missing MWh costs {cost:,.0f}."


def _nearly_met(lost: float, missing: Array) -> str:
    """Of a mix that lacks nothing, or so little that no limit can be told from it."""
    if lost <= 0:
        return "Demand is met in every hour: nothing limits this mix."
    hours = float((missing > 0).mean()) * HOURS_PER_YEAR
    return (
        f"Demand is met but for {1000 * lost:,.2f} MWh a year in {hours:,.0f} hours, at worst {missing.max():,.2f} MW: "
        "too little to say what limits this mix."
    )


def missing_mw(case: Case, groups: xr.Dataset) -> Array:
    """Demand of a case that is not served, over time, with its energy management but without foresight. [MW]"""
    generation, _ = reaching_grid(case, groups)
    demand, time = served_demand(case, generation), groups.time.to_numpy()
    if not case.stores and not case.reservoirs:
        return np.maximum(demand - generation, 0.0)
    supplied = beside_generation(generation[None], [case.reservoirs], groups, case.resource_factor)
    flows = hourly_dispatch(demand_mw=demand[None], time=time, stores=case.stores, **supplied)
    return flows.unserved_mw.to_numpy()[0]


def missing_gwh(cases: Sequence[Case], groups: xr.Dataset) -> Array:
    """The same in a year, of cases with the same weather and kinds of stores in one order, all at once. [GWh]"""
    generation = np.stack([reaching_grid(case, groups)[0] for case in cases])
    demand = np.stack([served_demand(case, own) for case, own in zip(cases, generation, strict=True)])
    stores = [
        replace(
            alike[0],
            power_mw=np.array([float(np.asarray(store.power_mw)) for store in alike]),
            size_mwh=np.array([float(np.asarray(store.size_mwh)) for store in alike]),
        )
        for alike in zip(*(case.stores for case in cases), strict=True)
    ]
    supplied = beside_generation(generation, [case.reservoirs for case in cases], groups, cases[0].resource_factor)
    flows = dispatch(demand_mw=demand, time=groups.time.to_numpy(), stores=stores, **supplied)
    return flows.unserved_gwh.sum("month").to_numpy()


def _helped(case: Case, groups: xr.Dataset, target: Array, wanted: list[str], stores: pd.DataFrame) -> dict[str, float]:
    """GWh less missing a year for each MW more of each technology that can still be built, and of a battery."""
    more = target + STEP_MW * np.eye(len(wanted))
    built = build(more, groups, wanted)
    added = built.sum(1) - case.built_mw.sum()
    table = stores.set_index("storage")
    none, battery = (storage("battery", mw, mw * STORE_HOURS, table) for mw in (0.0, STEP_MW))
    as_is = replace(case, stores=(*case.stores, none))
    with_battery = replace(case, stores=(*case.stores, battery))
    fitting = np.flatnonzero(added > 1e-6)
    before, stored, *others = missing_gwh(
        [as_is, with_battery, *(as_is.rebuilt(built[column], groups) for column in fitting)], groups
    )
    helped = {wanted[at]: float(before - after) / float(added[at]) for at, after in zip(fitting, others, strict=True)}
    return helped | {"battery": float(before - stored) / STEP_MW}


def _price(name: str, gain: float, costs: pd.DataFrame) -> float:
    """What a MWh less missing costs by more of a technology. [currency/MWh]"""
    row = costs.loc[name]
    return float((row.per_mw + STORE_HOURS * row.per_mwh_stored) / (gain * 1000) + row.per_mwh)


def _land(
    case: Case, groups: xr.Dataset, target: Array, wanted: list[str]
) -> Iterator[tuple[str, str, float, str, str]]:
    technology = groups.technology.to_numpy()
    for name, mw in zip(wanted, target, strict=True):
        short = float(mw - case.built_mw[technology == name].sum())
        if short > SHORT:
            yield "land", name, short, "MW", f"{short:,.0f} of {mw:,.0f} MW of {name} do not fit on eligible land."


def _sentence(
    lost: float, needed: float, missing: Array, season: Mapping[str, float], hour: pd.Series,
    helped: Mapping[str, float], price: Mapping[str, float], time: pd.DatetimeIndex,
) -> str:  # fmt: skip
    worst = max(season, key=lambda name: season[name])
    evening = ", ".join(f"{at} h" for at in sorted(hour.nlargest(4).index))
    peak = time[int(missing.argmax())] + UTC_OFFSET
    text = (
        f"{lost:,.3g} of {needed:,.0f} GWh a year are missing ({lost / needed:.1%}), in {(missing > 0).mean():.0%} of "
        f"the hours: {season[worst]:.0%} of it in {worst}, most at {evening} local time; at worst "
        f"{missing.max():,.0f} MW on {peak:%d %B} at {peak:%H} h."
    )
    most = max(helped, key=lambda name: helped[name])
    text += f" A MW of {most} helps most ({helped[most]:.2f} GWh a year)"
    if price:
        least = min(price, key=lambda name: price[name])
        text += f"; the cheapest help is {least}, at {price[least]:,.0f} a missing MWh"
    return text + "."
