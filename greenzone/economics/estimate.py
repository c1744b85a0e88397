"""LCOE of every technology at every site, as the scenario file asks for it.

Comes in: the `economics` section, the potentials, the curated tables. Goes out: labelled LCOE over the sites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from greenzone.economics.costs import site_costs_in, technology_costs
from greenzone.economics.lcoe import capital_recovery_factor, lcoe
from greenzone.economics.learning import learned_costs
from greenzone.economics.plants import plant_costs
from greenzone.economics.terrain import terrain_multiplier
from greenzone.errors import GreenzoneError
from greenzone.schema import Potential

if TYPE_CHECKING:
    from greenzone.config.economics import Costs, Economics


def lcoe_of(
    section: Economics,
    potentials: Mapping[str, Potential],
    tables: Mapping[str, pd.DataFrame],
    ground: Mapping[str, xr.Dataset] | None = None,
) -> dict[str, xr.DataArray]:
    """LCOE over `site` by technology.

    Parameters
    ----------
    section : Economics
        Cost of capital, currency and year, year of purchase, multipliers, costs that take the place of the table's.
    potentials : mapping
        Potential by technology.
    tables : mapping
        Curated tables; `technology_costs`, `price_index`, and where they are there those of `economics_...`.
    ground : mapping, optional
        `lon`, `lat`, `slope` and `elevation` of the sites by technology, on the land it uses; without it the ground is
        level and low, and a plant of known head costs what the table says.

    Returns
    -------
    dict of DataArray
        As `technology_lcoe` returns them.

    Raises
    ------
    GreenzoneError
        A currency or year without prices, or a technology without costs.
    """
    costs = costs_of(section, tables)
    ground = ground or {}
    return {
        name: technology_lcoe(with_site_costs(section, potential, costs, tables, ground.get(name)), costs, section.wacc)
        for name, potential in potentials.items()
    }


def costs_of(section: Economics, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The cost table in the scenario's currency, prices and year of purchase, with its own figures in place.

    A figure of the scenario file is taken as it stands: neither learning nor the country's multiplier is applied to it.
    """
    costs = technology_costs(tables, section.currency, section.currency_year)
    if "economics_learning" in tables:
        costs = learned_costs(costs, tables["economics_learning"], section.cost_year)
    for name, factor in section.country_multiplier.items():
        if name in costs.index:
            costs.loc[name, "capital_per_kw"] *= factor
    return with_own_costs(costs, section.costs)


def annuities_of(
    section: Economics, tables: Mapping[str, pd.DataFrame], technologies: Iterable[str]
) -> dict[str, float]:
    """Capital recovery factor of each technology over its lifetime. [1/year]"""
    lifetimes = costs_of(section, tables)["lifetime_years"].astype(float)
    return {name: float(capital_recovery_factor(section.wacc, lifetimes[name])) for name in technologies}


def with_site_costs(
    section: Economics,
    potential: Potential,
    costs: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    ground: xr.Dataset | None,
) -> Potential:
    """The potential with `capital_per_kw` and `fixed_om_per_kw_year` of the sites where they differ from the table's.

    What a technology knows of its own plants is brought to the scenario's money, and gives way to what the scenario
    file names. Plants of known head cost by their head, unless the scenario file names the capital; steep and high
    ground multiplies the capital of the technologies that `economics_terrain` knows, unless it is switched off.
    """
    name = potential.technology
    own = section.costs.get(name)
    if name not in costs.index:
        return potential
    named = {} if own is None else own.model_dump(exclude_none=True)
    sites = site_costs_in(potential.sites, named, tables["price_index"], section.currency, section.currency_year)
    if "capital_per_kw" in sites:
        sites = sites.assign(capital_per_kw=sites["capital_per_kw"] * section.country_multiplier.get(name, 1.0))
    if ground is None:
        return replace(potential, sites=sites)
    if own is None or own.capital_per_kw is None:
        money = (costs.attrs["currency"], costs.attrs["year"])
        factor = section.country_multiplier.get(name, 1.0)
        by_plant = plant_costs(potential, ground, costs.loc[name], tables, money, factor)
        sites = sites.assign({key: value for key, value in by_plant.items() if key not in sites})
    if section.terrain and "economics_terrain" in tables:
        steep = terrain_multiplier(name, ground.slope.to_numpy(), ground.elevation.to_numpy(), tables)
        capital = sites["capital_per_kw"] if "capital_per_kw" in sites else xr.full_like(sites.capacity_mw, np.nan)
        sites = sites.assign(capital_per_kw=capital.fillna(costs.loc[name, "capital_per_kw"]) * steep)
    return replace(potential, sites=sites)


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
        What the technology gives; variables `capital_per_kw`, `fixed_om_per_kw_year`, `variable_om_per_mwh` over `site`
        in `potential.sites`, in the currency and year of `costs`, and `lifetime_years` take the place of the table's
        where they are not NaN.
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
    names = ("capital_per_kw", "fixed_om_per_kw_year", "variable_om_per_mwh", "lifetime_years")
    capital, upkeep, variable, lifetime = (_at_sites(potential.sites, name, row) for name in names)
    factor = potential.sites.capacity_factor.where(potential.sites.capacity_mw > 0)
    values = lcoe(capital, upkeep, variable, factor.to_numpy(), wacc, lifetime)
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


def _at_sites(sites: xr.Dataset, name: str, row: pd.Series) -> ArrayLike:
    """A cost of the sites, that of the table where they have none of their own."""
    if name not in sites:
        return float(row[name])
    own = sites[name].to_numpy()
    return np.where(np.isnan(own), row[name], own)


def _complete_row(costs: pd.DataFrame, technology: str) -> pd.Series:
    needed = ["capital_per_kw", "fixed_om_per_kw_year", "variable_om_per_mwh", "lifetime_years"]
    if technology not in costs.index or costs.loc[technology, needed].isna().any():
        raise GreenzoneError(
            f"no complete costs are known for {technology}: give them under economics.costs.{technology}"
        )
    return costs.loc[technology]
