"""Ranges of every mix of a scenario file, and what drives them.

Comes in: the `supply` and `economics` sections, the potentials, their costs. Goes out: the tables
`scenario_ranges.csv` and `scenario_drivers.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.economics.estimate import costs_of
from greenzone.schema import Layers, Potential
from greenzone.supply.draws import PERCENTILES
from greenzone.supply.ensemble import yearly_costs
from greenzone.supply.management import switches_on
from greenzone.supply.mixes import Case, Mixes, mixes_of
from greenzone.supply.uncertain import Uncertain, drawn_switches, uncertain

if TYPE_CHECKING:
    from greenzone.config.economics import Economics
    from greenzone.config.supply import Supply

PERCENT = [f"p{level}" for level in PERCENTILES]
RANGES = ["scenario", "result", "unit", *PERCENT]
DRIVERS = ["scenario", "result", "parameter", "first_order", "total"]


@dataclass(frozen=True)
class Ranges:
    """What is uncertain about the mixes of a scenario file.

    `results`: columns `scenario result unit p10 p50 p90`, every yearly result of a mix, then the energy of each
    technology, then how many `draws` there were, how many switches of energy management of the mix were left out
    (`switches_left_out`) and which (a row `left_out_foresight` for foresight). `drivers`: columns `scenario result
    parameter first_order total`, the share of the variance of a result that a parameter explains alone and with all
    that it interacts in [1]. Estimates: from seed to seed nine in ten of them scatter by less than 0.05 with 128 base
    draws, below 0 too; those of what is missing by up to 0.15 where a mix lacks next to nothing.
    """

    results: pd.DataFrame
    drivers: pd.DataFrame


def ranges_of(
    section: Supply, economics: Economics, potentials: Mapping[str, Potential], lcoe: Mapping[str, xr.DataArray],
    layers: Layers, mixes: Mixes | None = None,
) -> Ranges | None:  # fmt: skip
    """Ranges of each mix under draws of demand, resource and costs; None where they are not wanted.

    Parameters
    ----------
    section, economics : Supply, Economics
        Mixes, demand, number of draws; currency and cost of capital.
    potentials, lcoe : mapping
        Potential and LCOE over `site` by technology.
    layers : Layers
        Weather and curated tables.
    mixes : Mixes, optional
        What `greenzone.supply.mixes_of` made of all these, where that is known.

    Returns
    -------
    Ranges
        Of the mixes as `greenzone.supply.uncertain.uncertain` draws them: with energy management but for foresight.
    """
    if not section.ranges.enabled:
        return None
    mixes = mixes or mixes_of(section, potentials, lcoe, layers)
    if mixes is None or mixes.groups.sizes["group"] == 0:
        return Ranges(pd.DataFrame(columns=RANGES), pd.DataFrame(columns=DRIVERS))
    tables = layers.tables
    costs = yearly_costs(
        costs_of(economics, tables), tables["storage_costs"], tables["price_index"], economics.wacc
    )  # fmt: skip
    results, drivers = [], []
    for case in mixes.cases:
        own = section.ranges
        number = min(own.island_draws, own.draws) if case.management.islanded else own.draws
        found = uncertain(
            case, mixes.groups, costs, tables["supply_factors"], tables["ensemble_ranges"], number, own.seed
        )  # fmt: skip
        results.append(_results(case, found, economics.currency))
        drivers.append(found.drivers.assign(scenario=case.name))
    return Ranges(pd.concat(results, ignore_index=True)[RANGES], pd.concat(drivers, ignore_index=True)[DRIVERS])


def _results(case: Case, found: Uncertain, currency: str) -> pd.DataFrame:
    """Rows of one mix."""
    table = found.percentiles.set_axis(PERCENT, axis=1).rename_axis("result").reset_index()
    table["unit"] = [found.results[name].attrs["units"].replace("currency", currency) for name in table.result]
    energy = found.results.energy_by_source_gwh.sum("month")
    rows = [
        [f"energy_gwh_{name}", "GWh", *np.percentile(values, PERCENTILES)]
        for name, values in zip(energy.technology.to_numpy(), energy.transpose("source", ...).to_numpy(), strict=True)
    ]
    rows.append(["draws", "1", *[len(found.draws)] * len(PERCENT)])
    left_out = [name for name in switches_on(case.management) if name not in drawn_switches(case.management)]
    rows.append(["switches_left_out", "1", *[len(left_out)] * len(PERCENT)])
    rows += [[f"left_out_{name}", "1", *[1] * len(PERCENT)] for name in left_out]
    told = pd.DataFrame(rows, columns=["result", "unit", *PERCENT])
    return pd.concat([table, told], ignore_index=True).assign(scenario=case.name)
