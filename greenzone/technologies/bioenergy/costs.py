"""What electricity from biomass costs, with and without the sale of heat.

Comes in: the tables of costs and prices, electricity and heat of a year. Goes out: US dollars of one year's prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.bioenergy.options import Options

Array = NDArray[np.float64]

HOURS_PER_YEAR = 8760.0


class Market(NamedTuple):
    """The reference plant of the cost table [USD/kW, USD/kW/year, USD/MWh, years], and dollars per unit of the prices
    of a currency and year."""

    capital: float
    upkeep: float
    variable: float
    lifetime: float
    index: pd.DataFrame
    year: int

    @classmethod
    def read(cls, tables: Mapping[str, pd.DataFrame], options: Options) -> Market:
        """From the tables `technology_costs` and `price_index`, in US dollars of `options.price_year`."""
        row = tables["technology_costs"].set_index("technology").loc["bioenergy"]
        index, year = tables["price_index"], options.price_year
        factor = dollars(index, str(row.currency), int(row.year), year)
        capital, upkeep, variable = (
            float(row[name]) * factor for name in ("capital_per_kw", "fixed_om_per_kw_year", "variable_om_per_mwh")
        )
        return cls(capital, upkeep, variable, float(row.lifetime_years), index, year)


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


def annuity(rate: float, years: float) -> float:
    """Share of the capital to be paid back each year. [1/year]"""
    return 1.0 / years if rate == 0 else rate / -float(np.expm1(-years * np.log1p(rate)))


def heat_revenue(heat_mwh: Array, options: Options) -> Array:
    """What the heat of a year [MWh] brings, of which a share finds a buyer. [USD/year]"""
    return np.asarray(heat_mwh, float) * options.heat_sold * options.heat_price


def zone_costs(data: xr.Dataset, market: Market, options: Options) -> dict[str, float]:
    """Levelised cost of all electricity from reference plants, without and with the sale of heat. [USD/MWh]"""
    energy, heat = float(data.energy_gwh.sum()), float(data.heat_gwh.sum())
    if energy == 0:
        return {}
    yearly = market.capital * annuity(options.wacc, market.lifetime) + market.upkeep
    cost = yearly / (options.capacity_factor * HOURS_PER_YEAR / 1000.0) + market.variable
    credit = float(heat_revenue(np.array(heat), options)) / energy
    return {"lcoe_usd_per_mwh": cost, "lcoe_with_heat_usd_per_mwh": cost - credit}


def upkeep_after_heat(data: xr.Dataset, market: Market, options: Options) -> Array:
    """Fixed operation and maintenance of the sites less what their heat brings; NaN without capacity. [USD/kW/year]"""
    kilowatts = data.capacity_mw.to_numpy() * 1000.0
    revenue = heat_revenue(data.heat_gwh.to_numpy() * 1000.0, options)
    credit = np.divide(revenue, kilowatts, out=np.full(kilowatts.shape, np.nan), where=kilowatts > 0)
    return market.upkeep - credit
