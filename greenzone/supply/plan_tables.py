"""The plan of a run as tables: capacity, alternatives, sums, what to know; and its hours.

Comes in: the stages of a build-out. Goes out: DataFrames and a Dataset, ready to be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.supply.plan_parts import Source, System
from greenzone.supply.plan_solution import Plan

if TYPE_CHECKING:
    from greenzone.supply.zone_plan import Sections

CAPACITY = [
    "year", "kind", "technology", "district", "capacity_mw", "before_mw", "limit_mw", "energy_gwh", "value_per_mw",
]  # fmt: skip
ALTERNATIVES = ["year", "technology", "least_mw", "best_mw", "most_mw"]
SUMMARY = ["year", "quantity", "unit", "value"]
FULL = 0.999  # of a limit, from which it counts as reached
WORTH = 1.0  # currency per MW and year below which a limit counts as worth nothing
UTC_OFFSET = pd.Timedelta(hours=4)  # Azerbaijan has kept UTC+4 without summer time since 2016


@dataclass(frozen=True)
class Stage:
    """One year of a build-out: its plan, or the reason why there is none, or why not the one that was asked for."""

    year: int
    plan: Plan | None
    reason: str
    before_mw: NDArray[np.float64]
    max_mw: NDArray[np.float64]
    annual_cost: float
    alternatives: pd.DataFrame | None


def solved(stages: Sequence[Stage]) -> Iterator[tuple[Stage, Plan]]:
    """The years that have a plan."""
    for stage in stages:
        if stage.plan is not None:
            yield stage, stage.plan


def capacity_table(system: System, stages: Sequence[Stage]) -> pd.DataFrame:
    """What is built, one row for each technology, store, line and border of each district and year.

    Returns
    -------
    DataFrame
        Columns `year`, `kind` (source, store, line, border), `technology` (of lines and borders their name),
        `district`, `capacity_mw`, `before_mw` (stood before the year), `limit_mw` (NaN without one), `energy_gwh` in
        the year (out of stores, either way over lines), `value_per_mw`: what one more MW of the limit would save
        [currency/MW/year], of the group where it is worth most.
    """
    frames = [_parts(system, stage, plan) for stage, plan in solved(stages)]
    frames += [_grid(system, stage, plan) for stage, plan in solved(stages)]
    if not frames:
        return pd.DataFrame(columns=CAPACITY)
    order = {"source": 0, "store": 1, "line": 2, "border": 3}
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values(["year", "kind"], key=lambda c: c.map(order) if c.name == "kind" else c, kind="stable")[
        CAPACITY
    ].reset_index(drop=True)


def _parts(system: System, stage: Stage, plan: Plan) -> pd.DataFrame:
    hours = system.hours
    energy = np.concatenate([plan.hourly.used_mw.to_numpy() @ hours, plan.hourly.discharge_mw.to_numpy() @ hours])
    rows = pd.DataFrame(
        {
            "year": stage.year,
            "kind": ["source" if isinstance(part, Source) else "store" for part in system.parts],
            "technology": [part.kind for part in system.parts],
            "district": [_place(part) for part in system.parts],
            "capacity_mw": np.maximum(plan.capacity_mw.to_numpy(), 0.0),
            "before_mw": stage.before_mw,
            "limit_mw": stage.max_mw,
            "energy_gwh": energy / 1000,
            "value_per_mw": plan.value_per_mw[list(plan.capacity_mw.index)].to_numpy(),
        }
    )
    sums = dict.fromkeys(["capacity_mw", "before_mw", "limit_mw", "energy_gwh"], "sum") | {"value_per_mw": "max"}
    table = rows.groupby(["year", "kind", "technology", "district"], sort=False).agg(sums).reset_index()
    table["limit_mw"] = table.limit_mw.where(np.isfinite(table.limit_mw))
    return table


def _place(part: Any) -> str:
    return getattr(part, "place", "") or part.node


def _grid(system: System, stage: Stage, plan: Plan) -> pd.DataFrame:
    hours, hourly = system.hours, plan.hourly
    rows = [
        (stage.year, "line", line.name, line.start, line.limit_mw, float(np.abs(flow) @ hours) / 1000)
        for line, flow in zip(system.lines, hourly.carried_mw.to_numpy(), strict=True)
    ]
    both = hourly.import_mw.to_numpy() + hourly.export_mw.to_numpy()
    rows += [
        (stage.year, "border", b.name, b.node, max(b.import_limit_mw, b.export_limit_mw), float(flow @ hours) / 1000)
        for b, flow in zip(system.borders, both, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["year", "kind", "technology", "district", "limit_mw", "energy_gwh"])
    table["limit_mw"] = table.limit_mw.where(np.isfinite(table.limit_mw))
    table["capacity_mw"] = table["before_mw"] = table.limit_mw
    table["value_per_mw"] = plan.value_per_mw.reindex(table.technology).to_numpy()
    return table


def alternatives_table(stages: Sequence[Stage]) -> pd.DataFrame:
    """The least and the most of each technology in plans that cost little more, by year. [MW]"""
    frames = [
        (stage.alternatives.clip(lower=0) + 0.0).rename_axis("technology").reset_index().assign(year=stage.year)
        for stage in stages
        if stage.alternatives is not None
    ]
    return pd.concat(frames, ignore_index=True)[ALTERNATIVES] if frames else pd.DataFrame(columns=ALTERNATIVES)


def summary_of(system: System, stages: Sequence[Stage]) -> pd.DataFrame:
    """Cost, energy and prices of each year: columns `year quantity unit value`."""
    rows = [
        (stage.year, name, unit, value)
        for stage, plan in solved(stages)
        for name, (unit, value) in _sums(system, stage, plan).items()
    ]
    return pd.DataFrame(rows, columns=SUMMARY)


def _sums(system: System, stage: Stage, plan: Plan) -> dict[str, tuple[str, float]]:
    hours, hourly = system.hours, plan.hourly
    energy = {name: float((hourly[f"{name}_mw"].to_numpy() @ hours).sum()) / 1000 for name in ("demand", "curtailed")}
    used = hourly.used_mw.to_numpy() @ hours / 1000
    worth = float(((hourly.price * hourly.demand_mw).to_numpy() @ hours).sum())
    return {
        "annual_cost": ("currency year-1", stage.annual_cost),
        "cost_per_mwh": ("currency MWh-1", stage.annual_cost / energy["demand"] / 1000),
        "mean_price": ("currency MWh-1", worth / energy["demand"] / 1000),
        "highest_price": ("currency MWh-1", float(hourly.price.max())),
        "demand": ("GWh", energy["demand"]),
        "energy": ("GWh", float(used.sum()) - energy["curtailed"]),
        "curtailed": ("GWh", energy["curtailed"]),
        "imported": ("GWh", plan.imported_gwh),
        "exported": ("GWh", plan.exported_gwh),
        "green_share": ("1", plan.green_share),
        "worth_of_an_imported_mwh": ("currency MWh-1", plan.share_value),
    }


def hourly_of(system: System, stages: Sequence[Stage]) -> xr.Dataset:
    """Flows and prices of all years: generation over `(year, technology, district, time)`, the rest as in the plan."""
    found = [_hourly(system, plan).expand_dims(year=[stage.year]) for stage, plan in solved(stages)]
    return xr.concat(found, "year", data_vars="all") if found else xr.Dataset()


def _hourly(system: System, plan: Plan) -> xr.Dataset:
    technologies = list(dict.fromkeys(source.kind for source in system.sources))
    places = list(dict.fromkeys(_place(source) for source in system.sources))
    generation = np.zeros((len(technologies), len(places), system.steps))
    for source, used in zip(system.sources, plan.hourly.used_mw.to_numpy(), strict=True):
        generation[technologies.index(source.kind), places.index(_place(source))] += used
    result = plan.hourly.drop_vars(["used_mw", "source"])
    attrs = {"units": "MW", "long_name": "output before curtailment"}
    result["generation_mw"] = (("technology", "district", "time"), generation, attrs)
    return result.assign_coords(technology=np.array(technologies, str), district=np.array(places, str))


def notes_of(
    system: System, stages: Sequence[Stage], sections: Sections, years_without_land: Sequence[int]
) -> pd.DataFrame:
    """What limits each year's plan, or why there is none: columns `year topic note`."""
    rows: list[tuple[Any, str, str]] = []
    for stage in stages:
        if stage.plan is None:
            rows.append((stage.year, "no plan", stage.reason))
        else:
            rows += [(stage.year, topic, note) for topic, note in _year_notes(system, stage, stage.plan)]
            rows += [(stage.year, "method", stage.reason)] if stage.reason else []
    if sections.plan.foresight and len(stages) > 1 and not any(stage.reason for stage in stages):
        rows.append(("all", "method", _looking_ahead(sections.economics.wacc)))
    rows += [("all", topic, note) for topic, note in _method(sections, years_without_land)]
    return pd.DataFrame(rows, columns=["year", "topic", "note"])


def _year_notes(system: System, stage: Stage, plan: Plan) -> Iterator[tuple[str, str]]:
    yield "cost", f"The least cost is {stage.annual_cost:,.0f} a year for {plan.green_share:.1%} green energy."
    yield "hours", _dear_hours(system, plan)
    worth = plan.value_per_mw
    limited: dict[str, float] = {}
    for part, value in zip(system.parts, worth, strict=False):
        if value > WORTH:
            limited[part.kind] = max(limited.get(part.kind, 0.0), float(value))
    if limited:
        best = ", ".join(f"{name} ({value:,.0f})" for name, value in sorted(limited.items(), key=lambda pair: -pair[1]))
        yield "technology", f"One more MW of the best land or site would save a year: {best}."
    names = [line.name for line in system.lines] + [border.name for border in system.borders]
    jams = [(name, float(worth[name])) for name in names if worth[name] > WORTH]
    if jams:
        told = ", ".join(f"{name} ({value:,.0f})" for name, value in sorted(jams, key=lambda pair: -pair[1])[:5])
        yield "lines", f"One more MW of these lines would save a year: {told}."
    if plan.share_value > WORTH:
        yield "green share", f"One more imported MWh would save {plan.share_value:,.0f}."
    if stage.alternatives is not None:
        spans = stage.alternatives.clip(lower=0) + 0.0
        needed = ", ".join(f"{name} {row.least_mw:,.0f} to {row.most_mw:,.0f}" for name, row in spans.iterrows())
        yield "alternatives", f"Mixes that cost little more have, in MW: {needed}."


def _dear_hours(system: System, plan: Plan) -> str:
    """In which season and at which time of day energy is dear."""
    worth = (plan.hourly.price * plan.hourly.demand_mw).sum("node").to_numpy() * system.hours
    if not worth.sum() > 0:
        return "No hour has a price: energy is there in abundance at all times."
    local = system.stamps + UTC_OFFSET
    month = pd.Series(worth).groupby(local.month).sum() / worth.sum()
    hour = pd.Series(worth).groupby(local.hour).sum() / worth.sum()
    order = np.sort(worth)[::-1].cumsum() / worth.sum()
    few = (int(np.searchsorted(order, 0.5)) + 1) / len(worth)
    season = ", ".join(f"{pd.Timestamp(2001, int(m), 1):%B} {month[m]:.0%}" for m in month.nlargest(3).index)
    day = ", ".join(f"{int(h):02d} h {hour[h]:.0%}" for h in hour.nlargest(3).index)
    return (
        f"Half of what energy is worth falls into {few:.1%} of the hours; the dearest months are {season}, the "
        f"dearest hours of the day (local time) {day}."
    )


def _looking_ahead(rate: float) -> str:
    return (
        f"Years look ahead for the least cost of all, discounted by {rate:.1%} a year: what a year builds is for those "
        "after it too, and may be more than the year itself needs."
    )


def _method(sections: Sections, years_without_land: Sequence[int]) -> Iterator[tuple[str, str]]:
    plan = sections.plan
    yield (
        "method",
        (
            "Every hour of demand is known ahead (perfect foresight): no rule of dispatch can do better. What stands "
            "already costs its upkeep only. New capacity costs its plant and the cheapest connection of its sites, "
            "before sites compete for the spare capacity of nodes."
        ),
    )
    if plan.weeks is not None:
        yield (
            "method",
            (
                f"{plan.weeks} typical weeks stand for the year: stores carry nothing from season to season, "
                "and the worst week of the year may not be among them. The cost is a low estimate."
            ),
        )
    if plan.reservoirs:
        yield (
            "method",
            (
                "Plants at dams keep water back for when it is wanted, as far as the usable volume goes. In fact "
                "irrigation decides in summer when water leaves: what they save is the most they can (plan.reservoirs)."
            ),
        )
    if len(plan.years) > 1:
        yield "method", "Each year is planned without knowledge of the later ones and keeps what was built."
    if years_without_land:
        years = ", ".join(str(year) for year in years_without_land)
        yield "land", f"The land eligible in {years} is not known: that of the scenario was taken (eligibility.years)."
    if plan.network == "districts" and plan.lines is None:
        yield "lines", "Some lines between districts and all their limits are assumptions: see the table grid_lines."
