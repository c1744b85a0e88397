"""The supply scenarios of a scenario file, evaluated together.

Comes in: the `supply` section, the potentials and their costs. Goes out: the tidy table of `scenarios.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.schema import Layers, Potential
from greenzone.supply.management import outcomes, worth_table
from greenzone.supply.mixes import Mixes, mixes_of
from greenzone.supply.scenarios import scenario_table

if TYPE_CHECKING:
    from greenzone.config.supply import Supply

EMPTY = pd.DataFrame(columns=["scenario", "period", "technology", "quantity", "unit", "value"])


def evaluate(
    section: Supply,
    potentials: Mapping[str, Potential],
    lcoe: Mapping[str, xr.DataArray],
    layers: Layers | None = None,
    mixes: Mixes | None = None,
) -> pd.DataFrame:
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
    layers : Layers, optional
        Their weather drives heat pumps; without it nobody heats.
    mixes : Mixes, optional
        What `greenzone.supply.mixes_of` made of all these, where that is known.

    Returns
    -------
    DataFrame
        As `scenario_table` returns it, with the worth of each switch of energy management; an islanded mix has a
        scenario for each district beside their sum. Empty where there is no mix or no technology.

    Raises
    ------
    GreenzoneError
        A demand file that cannot be used, or profiles of different times.
    """
    mixes = mixes or mixes_of(section, potentials, lcoe, layers)
    if mixes is None:
        return EMPTY.copy()
    results, worths, targets = [], [], []
    for case, target in zip(mixes.cases, mixes.targets_mw, strict=True):
        found = [each.reindex(technology=mixes.technologies, fill_value=0) for each in outcomes(case, mixes.groups)]
        worths.append(worth_table(case, mixes.groups, found[0], section.deficit_price))
        results += found
        targets += [target, *(each.capacity_mw.to_numpy()[0] for each in found[1:])]
    every = {
        dim: list(dict.fromkeys(name for each in results for name in each[dim].values))
        for dim in ("store", "reservoir")
    }
    results = [each.reindex(every, fill_value=0) for each in results]
    return scenario_table(xr.concat(results, "scenario"), np.array(targets), pd.concat(worths, ignore_index=True))
