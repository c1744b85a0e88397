"""What electricity from biomass costs, with and without the sale of heat.

Comes in: the table of prices, costs, electricity and heat of a year. Goes out: US dollars of one year's prices.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.bioenergy.options import Options

Array = NDArray[np.float64]

SITE_COSTS = ("capital_per_kw", "fixed_om_per_kw_year", "variable_om_per_mwh", "lifetime_years")


def dollars(index: pd.DataFrame, currency: str, year: int, to_year: int) -> float:
    """US dollars of `to_year` for one unit of a currency of `year`: its prices rise first, then it is changed.

    Raises
    ------
    GreenzoneError
        A year without prices.
    """
    known = index[index["currency"] == currency].set_index("year")
    if year not in known.index or to_year not in known.index:
        raise GreenzoneError(
            f"no prices of {currency} are known for {year} and {to_year}: choose a price_year from {known.index.min()}"
            f" to {known.index.max()}"
        )
    rise = known.price_index[to_year] / known.price_index[year]
    return float(rise * known.usd_per_unit[to_year])


def capital_share(rate: float, years: ArrayLike) -> Array:
    """Share of the capital to be paid back each year over a lifetime [years]. [1/year]"""
    time = np.asarray(years, float)
    return np.asarray(1.0 / time if rate == 0 else rate / -np.expm1(-time * np.log1p(rate)))


def heat_revenue(heat_mwh: Array, options: Options) -> Array:
    """What the heat of a year [MWh] brings, of which a share finds a buyer. [USD/year]"""
    return np.asarray(heat_mwh, float) * options.heat_sold * options.heat_price


def zone_costs(data: xr.Dataset, site: xr.Dataset, options: Options) -> dict[str, float]:
    """Levelised cost of all electricity, without and with the sale of heat, from the costs of the sites. [USD/MWh]"""
    energy, heat = float(data.energy_gwh.sum()), float(data.heat_gwh.sum())
    if energy == 0:
        return {}
    known = data.capacity_mw.to_numpy() > 0
    capital, upkeep, variable, years = (site[name].to_numpy()[known] for name in SITE_COSTS)
    yearly = (capital * capital_share(options.wacc, years) + upkeep) * data.capacity_mw.to_numpy()[known]
    cost = (float(yearly.sum()) + float(variable @ data.energy_gwh.to_numpy()[known])) / energy
    credit = float(heat_revenue(np.array(heat), options)) / energy
    return {"lcoe_usd_per_mwh": cost, "lcoe_with_heat_usd_per_mwh": cost - credit}


def upkeep_after_heat(data: xr.Dataset, upkeep: Array, options: Options) -> Array:
    """Fixed operation and maintenance of the sites less what their heat brings; NaN without capacity. [USD/kW/year]"""
    kilowatts = data.capacity_mw.to_numpy() * 1000.0
    revenue = heat_revenue(data.heat_gwh.to_numpy() * 1000.0, options)
    credit = np.divide(revenue, kilowatts, out=np.full(kilowatts.shape, np.nan), where=kilowatts > 0)
    return upkeep - credit
