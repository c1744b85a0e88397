"""LCOE of every technology at every site, as the scenario file asks for it.

Comes in: the `economics` section, the potentials, the curated tables. Goes out: labelled LCOE over the sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.economics.costs import technology_costs
from greenzone.economics.lcoe import lcoe
from greenzone.errors import GreenzoneError
from greenzone.schema import Potential

if TYPE_CHECKING:
    from greenzone.config.economics import Costs, Economics


def lcoe_of(
    section: Economics, potentials: Mapping[str, Potential], tables: Mapping[str, pd.DataFrame]
) -> dict[str, xr.DataArray]:
    """LCOE over `site` by technology.

    Parameters
    ----------
    section : Economics
        Cost of capital, currency and year, costs that take the place of the table's.
    potentials : mapping
        Potential by technology.
    tables : mapping
        Curated tables; `technology_costs` and `price_index` are used.

    Returns
    -------
    dict of DataArray
        As `technology_lcoe` returns them.

    Raises
    ------
    GreenzoneError
        A currency or year without prices, or a technology without costs.
    """
    costs = technology_costs(tables, section.currency, section.currency_year)
    costs = with_own_costs(costs, section.costs)
    return {name: technology_lcoe(potential, costs, section.wacc) for name, potential in potentials.items()}


def with_own_costs(costs: pd.DataFrame, own: Mapping[str, Costs]) -> pd.DataFrame:
    """The cost table with the figures of the scenario file in place of its own."""
    costs = costs.copy()
    for name, figures in own.items():
        for key, value in figures.model_dump(exclude_none=True).items():
            costs.loc[name, key] = value
            costs.loc[name, "source"] = "scenario file"
    return costs


def technology_lcoe(potential: Potential, costs: pd.DataFrame, wacc: float) -> xr.DataArray:
    """LCOE of one technology at every site, from its capacity factor and its row of the cost table.

    Parameters
    ----------
    potential : Potential
        What the technology gives; a variable `capital_per_kw` over `site` in `potential.sites`, in the currency
        and year of `costs`, takes the place of the table's figure where it is not NaN.
    costs : DataFrame
        Result of `greenzone.economics.technology_costs`.
    wacc : float
        Real weighted average cost of capital. [1]

    Returns
    -------
    DataArray
        Over `site`, NaN where the technology has no capacity or no energy. [currency/MWh]

    Raises
    ------
    GreenzoneError
        The cost table has no complete row for the technology.
    """
    row = _complete_row(costs, potential.technology)
    capital: ArrayLike = row.capital_per_kw
    if "capital_per_kw" in potential.sites:
        own = potential.sites.capital_per_kw.to_numpy()
        capital = np.where(np.isnan(own), row.capital_per_kw, own)
    factor = potential.sites.capacity_factor.where(potential.sites.capacity_mw > 0)
    values = lcoe(
        capital, row.fixed_om_per_kw_year, row.variable_om_per_mwh, factor.to_numpy(), wacc, row.lifetime_years
    )
    currency, year = costs.attrs["currency"], costs.attrs["year"]
    return xr.DataArray(
        values,
        {"site": potential.sites.site},
        ("site",),
        "lcoe",
        {
            "units": f"{currency} MWh-1",
            "long_name": f"levelised cost of energy of the plant, without its connection, in {currency} of {year}",
        },
    )


def _complete_row(costs: pd.DataFrame, technology: str) -> pd.Series:
    needed = ["capital_per_kw", "fixed_om_per_kw_year", "variable_om_per_mwh", "lifetime_years"]
    if technology not in costs.index or costs.loc[technology, needed].isna().any():
        raise GreenzoneError(
            f"no complete costs are known for {technology}: give them under economics.costs.{technology}"
        )
    return costs.loc[technology]
