"""Costs in one currency and the prices of one year.

Comes in: the curated tables of technology costs and of prices and exchange rates. Goes out: one row of costs per
technology.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.errors import GreenzoneError, nearest

MONEY = ("capital_per_kw", "fixed_om_per_kw_year", "variable_om_per_mwh")


def price_factor(index: pd.DataFrame, currency: str, year: int, to_currency: str, to_year: int) -> float:
    """What an amount in `currency` of `year` is multiplied by to stand in `to_currency` of `to_year`.

    Prices rise first, with the index of the currency they were stated in; the sum is then changed at the rate of
    the target year. Changing first would let swings of the exchange rate between the years into the result.

    Parameters
    ----------
    index : DataFrame
        One row per `currency` and `year`, with `price_index` and `usd_per_unit` (US dollars for one unit of the
        currency, mean of the year).
    currency, to_currency : str
        ISO codes, such as "EUR".
    year, to_year : int
        Years of the prices.

    Returns
    -------
    float
        Factor. [to_currency/currency]

    Raises
    ------
    GreenzoneError
        Where the table has no row for a currency and year.
    """
    start = _prices(index, currency, year)
    risen = _prices(index, currency, to_year)
    target = _prices(index, to_currency, to_year)
    return float(risen.price_index / start.price_index * risen.usd_per_unit / target.usd_per_unit)


def technology_costs(tables: Mapping[str, pd.DataFrame], currency: str = "USD", year: int = 2024) -> pd.DataFrame:
    """The cost table in one currency and the prices of one year.

    Parameters
    ----------
    tables : mapping
        `technology_costs` (one row per technology with its own currency and year) and `price_index`.
    currency : str
        ISO code of the currency wanted.
    year : int
        Year of the prices wanted.

    Returns
    -------
    DataFrame
        Indexed by technology: `capital_per_kw`, `fixed_om_per_kw_year`, `variable_om_per_mwh` in the currency and
        year asked for, `lifetime_years`, `projection_year` (for which the figures are), `source`; attrs `currency`
        and `year`.

    Raises
    ------
    GreenzoneError
        Where the price table knows nothing of a currency or year.
    """
    costs = tables["technology_costs"].set_index("technology")
    factors = [
        price_factor(tables["price_index"], row.currency, int(row.year), currency, year) for row in costs.itertuples()
    ]
    kept = [*MONEY, "lifetime_years", *(name for name in ("projection_year", "source") if name in costs)]
    result = costs[kept].copy()
    result[list(MONEY)] = result[list(MONEY)].mul(factors, axis=0)
    result.attrs = {"currency": currency, "year": year}
    return result


def site_costs_in(
    sites: xr.Dataset, named: Mapping[str, object], index: pd.DataFrame, currency: str, year: int
) -> xr.Dataset:
    """The costs that a technology knows of its own sites, in one currency and the prices of one year.

    Parameters
    ----------
    sites : Dataset
        May hold `capital_per_kw`, `fixed_om_per_kw_year`, `variable_om_per_mwh`, each with the attributes `currency`
        and `price_year`, without which they count as the money wanted, and `lifetime_years`.
    named : mapping
        Costs that the scenario file names: the sites keep none of their own for them.
    index : DataFrame
        As for `price_factor`.
    currency, year
        Wanted.

    Returns
    -------
    Dataset
        Equal to `sites` but for these variables.
    """
    sites = sites.drop_vars([name for name in (*MONEY, "lifetime_years") if name in sites and name in named])
    for name in MONEY:
        if name in sites and "currency" in sites[name].attrs:
            attrs = sites[name].attrs
            factor = price_factor(index, attrs["currency"], int(attrs["price_year"]), currency, year)
            units = str(attrs["units"]).replace(attrs["currency"], currency)
            kept = {key: value for key, value in attrs.items() if key not in ("currency", "price_year")}
            sites = sites.assign({name: (sites[name] * factor).assign_attrs(kept | {"units": units})})
    return sites


def _prices(index: pd.DataFrame, currency: str, year: int) -> pd.Series:
    currencies, years = index["currency"].to_numpy(), index["year"].to_numpy()
    known = currencies == currency
    if not known.any():
        raise GreenzoneError(
            f"no prices are known for the currency '{currency}': {nearest(currency, set(index.currency))}"
        )
    rows = np.flatnonzero(known & (years == year))
    if not rows.size:
        first, last = years[known].min(), years[known].max()
        raise GreenzoneError(f"no prices are known for {currency} of {year}: choose a year from {first} to {last}")
    return index.iloc[rows[0]]
