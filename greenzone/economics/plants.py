"""Costs of single hydropower plants, which depend on their head, brought to the sites they stand on.

Comes in: the plants as features, the cost model of new stream-reach development. Goes out: capital and O&M per kW of
each site, in the currency and year of the run.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from greenzone.economics.costs import price_factor
from greenzone.schema import Potential

NEEDED = {"status", "capacity_mw", "gross_head_m"}
FEET = 0.3048  # m


def stream_reach_capital(
    capacity_mw: ArrayLike, head_m: ArrayLike, coefficient: float, power_exponent: float, head_exponent: float
) -> NDArray[np.float64]:
    r"""Capital of a new plant on a river without a dam.

    Parameters
    ----------
    capacity_mw : array_like
        Capacity. [MW]
    head_m : array_like
        Gross head. [m]
    coefficient, power_exponent, head_exponent : float
        Of the model: 9,605,710 USD of 2014, 0.977 and -0.126.

    Returns
    -------
    ndarray
        Capital in the money of `coefficient`; NaN where an argument is NaN. [currency]

    Notes
    -----
    .. math:: C = a P^b H^c

    with P in MW and H in feet.

    References
    ----------
    O'Connor et al. (2015), Hydropower Baseline Cost Modeling, Version 2, Oak Ridge National Laboratory,
    ORNL/TM-2015/471, https://doi.org/10.2172/1244193

    Examples
    --------
    >>> round(float(stream_reach_capital(1.0, 0.3048, 9605710, 0.977, -0.126)))
    9605710
    """
    feet = np.asarray(head_m, float) / FEET
    return coefficient * np.asarray(capacity_mw, float) ** power_exponent * feet**head_exponent


def stream_reach_om(
    capacity_mw: ArrayLike, capital: ArrayLike, coefficient: float, power_exponent: float, share_limit: float
) -> NDArray[np.float64]:
    r"""Yearly operation and maintenance of such a plant, `a P^b` but at most a share of the capital.

    Parameters
    ----------
    capacity_mw : array_like
        Capacity. [MW]
    capital : array_like
        Capital in the money of `coefficient`. [currency]
    coefficient, power_exponent, share_limit : float
        Of the model: 225,417 USD of 2014 a year, 0.547 and 0.025 a year.

    Returns
    -------
    ndarray
        Cost. [currency/year]

    References
    ----------
    As `stream_reach_capital`.
    """
    return np.minimum(
        coefficient * np.asarray(capacity_mw, float) ** power_exponent, share_limit * np.asarray(capital, float)
    )


def plant_costs(
    potential: Potential,
    sites: xr.Dataset,
    row: pd.Series,
    tables: Mapping[str, pd.DataFrame],
    money: tuple[str, int],
    multiplier: float = 1.0,
) -> xr.Dataset:
    """Capital and O&M of the sites where single plants stand, weighted by their capacity.

    Candidates cost what the stream-reach model says; plants that stand already cost what `row` says, for what they
    did cost is not known.

    Parameters
    ----------
    potential : Potential
        Its feature `hydro_plants` holds points with `status`, `capacity_mw`, `gross_head_m` of each plant.
    sites : Dataset
        `lon` and `lat` over `site`; a plant stands on the nearest one.
    row : Series
        `capital_per_kw` and `fixed_om_per_kw_year` of the technology.
    tables : mapping
        `hydro_costs` and `price_index`.
    money : tuple
        Currency and year of the prices of `row` and of the result.
    multiplier : float
        On the capital of candidates, as the country's; that of `row` holds it already. [1]

    Returns
    -------
    Dataset
        `capital_per_kw` [currency/kW] and `fixed_om_per_kw_year` [currency/kW/year] over `site`, NaN without plants;
        empty where the potential has no such feature.
    """
    plants = potential.features.get("hydro_plants")
    if plants is None or not set(plants.columns) >= NEEDED or "hydro_costs" not in tables:
        return xr.Dataset(coords={"site": potential.sites.site})
    plants = plants[plants["status"].isin(["existing", "candidate"]) & (plants["capacity_mw"] > 0)]
    capacity = plants["capacity_mw"].to_numpy(float)
    capital, upkeep = _of_candidates(plants, tables, money)
    new = (plants["status"] == "candidate").to_numpy() & np.isfinite(capital)
    values = {
        "capital_per_kw": np.where(new, multiplier * capital / capacity / 1000, row.capital_per_kw),
        "fixed_om_per_kw_year": np.where(new, upkeep / capacity / 1000, row.fixed_om_per_kw_year),
    }
    at, size = nearest_site(sites, plants), sites.sizes["site"]
    means = {name: ("site", _mean_by_site(value, capacity, at, size)) for name, value in values.items()}
    return xr.Dataset(means, {"site": potential.sites.site})


def nearest_site(sites: xr.Dataset, points: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of the site whose centre is nearest to each point (WGS 84), as the technology itself assigns them."""
    shrink = np.cos(np.radians(float(sites.lat.mean())))
    tree = cKDTree(np.column_stack([sites.lon.to_numpy() * shrink, sites.lat.to_numpy()]))
    place = np.column_stack([points.geometry.x.to_numpy() * shrink, points.geometry.y.to_numpy()])
    return tree.query(place)[1].astype(np.int64)


def _of_candidates(
    plants: pd.DataFrame, tables: Mapping[str, pd.DataFrame], money: tuple[str, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Capital [currency] and O&M [currency/year] of each plant as if it were new."""
    model = tables["hydro_costs"].set_index("parameter")
    value = model["value"].astype(float)
    of = model.loc["capital_coefficient"]
    factor = price_factor(tables["price_index"], str(of["currency"]), int(of["year"]), *money)
    capacity = plants["capacity_mw"].to_numpy(float)
    capital = stream_reach_capital(
        capacity,
        plants["gross_head_m"].to_numpy(float),
        value["capital_coefficient"],
        value["capital_power_exponent"],
        value["capital_head_exponent"],
    )
    upkeep = stream_reach_om(
        capacity, capital, value["om_coefficient"], value["om_power_exponent"], value["om_share_limit"]
    )
    return capital * factor, upkeep * factor


def _mean_by_site(values: np.ndarray, weight: np.ndarray, at: np.ndarray, size: int) -> NDArray[np.float64]:
    total = np.bincount(at, weight, minlength=size)
    summed = np.bincount(at, values * weight, minlength=size)
    return np.divide(summed, total, out=np.full(size, np.nan), where=total > 0)
