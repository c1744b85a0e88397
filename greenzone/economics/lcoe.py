"""Levelised cost of energy, of the plant and of its grid and road connection, and the potential under a ceiling.

Comes in: costs per kW, capacity factors, distances. Goes out: cost per MWh, NaN where there is no energy.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from greenzone.errors import GreenzoneError
from greenzone.schema import Options, Potential

HOURS_PER_YEAR = 8760.0


def capital_recovery_factor(wacc: ArrayLike, lifetime_years: ArrayLike) -> NDArray[np.float64]:
    r"""Share of the capital to be paid back each year so that it and its interest are paid over the lifetime.

    Parameters
    ----------
    wacc : array_like
        Real weighted average cost of capital, 0.1 for 10 %. At 0 the factor is one over the lifetime. [1]
    lifetime_years : array_like
        Years over which the capital is paid back. [year]

    Returns
    -------
    ndarray
        Capital recovery factor; NaN where an argument is NaN. [1/year]

    Notes
    -----
    .. math:: CRF = \frac{i}{1 - (1 + i)^{-n}}

    References
    ----------
    Short, Packey, Holt (1995), A Manual for the Economic Evaluation of Energy Efficiency and Renewable Energy
    Technologies, NREL/TP-462-5173, https://doi.org/10.2172/35391

    Examples
    --------
    >>> round(float(capital_recovery_factor(0.1, 25)), 8)
    0.11016807
    """
    rate, years = np.asarray(wacc, float), np.asarray(lifetime_years, float)
    safe = np.where(rate == 0, 1.0, rate)
    return np.where(rate == 0, 1 / years, safe / -np.expm1(-years * np.log1p(safe)))[()]


def lcoe(
    capital_per_kw: ArrayLike,
    fixed_om_per_kw_year: ArrayLike,
    variable_om_per_mwh: ArrayLike,
    capacity_factor: ArrayLike,
    wacc: ArrayLike,
    lifetime_years: ArrayLike,
) -> NDArray[np.float64]:
    r"""Levelised cost of the energy of a plant with the same output every year. Arrays broadcast.

    Parameters
    ----------
    capital_per_kw : array_like
        Overnight capital cost. [currency/kW]
    fixed_om_per_kw_year : array_like
        Fixed operation and maintenance. [currency/kW/year]
    variable_om_per_mwh : array_like
        Variable operation and maintenance, fuel included. [currency/MWh]
    capacity_factor : array_like
        Mean output over capacity. [1]
    wacc : array_like
        Real weighted average cost of capital. [1]
    lifetime_years : array_like
        Economic lifetime. [year]

    Returns
    -------
    ndarray
        Levelised cost, NaN where the capacity factor is NaN or 0. [currency/MWh]

    Notes
    -----
    .. math:: LCOE = \frac{1000\,(C \cdot CRF + O_f)}{8760\,cf} + O_v

    References
    ----------
    Short, Packey, Holt (1995), NREL/TP-462-5173, https://doi.org/10.2172/35391

    Examples
    --------
    >>> round(float(lcoe(2000, 40, 4, 0.2, 0.1, 25)), 5)
    152.59369
    """
    yearly = np.asarray(capital_per_kw, float) * capital_recovery_factor(wacc, lifetime_years)
    yearly = yearly + np.asarray(fixed_om_per_kw_year, float)
    return 1000 * yearly / _mwh_per_mw(capacity_factor) + np.asarray(variable_om_per_mwh, float)


class ZoningCosts(Options):
    """Cost parameters of the World Bank's renewable energy zoning tool, in US dollars."""

    capital_per_kw: float = Field(default=2000.0, ge=0)
    """Capital cost of generation [USD/kW] (World Bank REZoning, default)."""
    fixed_om_per_kw_year: float = Field(default=40.0, ge=0)
    """Fixed operation and maintenance of generation [USD/kW/year] (World Bank REZoning, default)."""
    variable_om_per_mwh: float = Field(default=4.0, ge=0)
    """Variable operation and maintenance of generation [USD/MWh] (World Bank REZoning, default)."""
    line_capital_per_mw_km: float = Field(default=1000.0, ge=0)
    """Capital cost of the line to the grid [USD/MW/km] (World Bank REZoning, default)."""
    line_om_per_mw_km_year: float = Field(default=1.0, ge=0)
    """Operation and maintenance of the line [USD/MW/km/year] (World Bank REZoning, default)."""
    substation_capital_per_mw: float = Field(default=70_000.0, ge=0)
    """Capital cost of the substation [USD/MW] (World Bank REZoning, default)."""
    road_capital_per_km: float = Field(default=40_000.0, ge=0)
    """Capital cost of the access road [USD/km] (World Bank REZoning, default)."""
    road_om_per_km_year: float = Field(default=1.0, ge=0)
    """Operation and maintenance of the road [USD/km/year] (World Bank REZoning, default)."""
    road_plant_mw: float = Field(default=50.0, gt=0)
    """Capacity of the plant that one road serves [MW] (World Bank REZoning, default)."""
    wacc: float = Field(default=0.1, ge=0, le=1)
    """Real weighted average cost of capital [1] (World Bank REZoning, default)."""
    lifetime_years: float = Field(default=25.0, gt=0, le=200)
    """Economic lifetime of plant, line and road [year] (World Bank REZoning, default)."""


def grid_lcoe(capacity_factor: ArrayLike, distance_km: ArrayLike, costs: ZoningCosts) -> NDArray[np.float64]:
    """Levelised cost of line and substation for a plant `distance_km` from the grid.

    Parameters
    ----------
    capacity_factor : array_like
        Mean output over capacity of the plant. [1]
    distance_km : array_like
        Length of the line. [km]
    costs : ZoningCosts
        Cost parameters.

    Returns
    -------
    ndarray
        Cost per energy delivered, NaN where the capacity factor is NaN or 0, or the length NaN. [USD/MWh]

    Raises
    ------
    GreenzoneError
        A length below 0.

    References
    ----------
    World Bank / ESMAP, REZoning: methodology, https://rezoning.energydata.info
    """
    crf = capital_recovery_factor(costs.wacc, costs.lifetime_years)
    line = _length(distance_km, "line to the grid") * (
        costs.line_capital_per_mw_km * crf + costs.line_om_per_mw_km_year
    )
    return (line + costs.substation_capital_per_mw * crf) / _mwh_per_mw(capacity_factor)


def road_lcoe(capacity_factor: ArrayLike, distance_km: ArrayLike, costs: ZoningCosts) -> NDArray[np.float64]:
    """Levelised cost of the access road of a plant of `costs.road_plant_mw`, `distance_km` from a road.

    Arguments, result and source as in `grid_lcoe`, with the road's length [km] for the line's.
    """
    crf = capital_recovery_factor(costs.wacc, costs.lifetime_years)
    road = _length(distance_km, "road") * (costs.road_capital_per_km * crf + costs.road_om_per_km_year)
    return road / (costs.road_plant_mw * _mwh_per_mw(capacity_factor))


def _length(distance_km: ArrayLike, what: str) -> NDArray[np.float64]:
    length = np.asarray(distance_km, float)
    if (length < 0).any():
        raise GreenzoneError(f"a {what} of {np.nanmin(length):g} km cannot be: give distances of 0 km or more")
    return length


def zoning_lcoe(
    capacity_factor: ArrayLike, grid_km: ArrayLike, road_km: ArrayLike, costs: ZoningCosts | None = None
) -> NDArray[np.float64]:
    """Levelised cost of generation, grid connection and road together, as the World Bank's zoning tool adds them.

    Parameters
    ----------
    capacity_factor : array_like
        Mean output over capacity. [1]
    grid_km, road_km : array_like
        Distances to the grid and to a road. [km]
    costs : ZoningCosts, optional
        Cost parameters; the tool's defaults where not given.

    Returns
    -------
    ndarray
        Cost per energy delivered, NaN where the capacity factor is NaN or 0, or a distance NaN. [USD/MWh]

    Raises
    ------
    GreenzoneError
        A distance below 0.

    References
    ----------
    World Bank / ESMAP, REZoning: methodology, https://rezoning.energydata.info

    Examples
    --------
    >>> round(float(zoning_lcoe(0.2, 10, 5)), 6)
    157.881485
    """
    c = costs or ZoningCosts()
    generation = lcoe(
        c.capital_per_kw, c.fixed_om_per_kw_year, c.variable_om_per_mwh, capacity_factor, c.wacc, c.lifetime_years
    )
    return generation + grid_lcoe(capacity_factor, grid_km, c) + road_lcoe(capacity_factor, road_km, c)


def potential_under_ceiling(
    potentials: Mapping[str, Potential], costs: Mapping[str, xr.DataArray], ceiling: float
) -> pd.DataFrame:
    """Capacity and energy of each technology at sites whose LCOE is at most `ceiling`: the economic rung.

    Parameters
    ----------
    potentials : mapping
        Potential by technology.
    costs : mapping
        LCOE over `site` by technology. [currency/MWh]
    ceiling : float
        Highest LCOE that counts as economic. [currency/MWh]

    Returns
    -------
    DataFrame
        Indexed by technology: `capacity_mw` [MW] and `energy_gwh` [GWh]; sites without an LCOE do not count.
    """
    rows = {}
    for name, potential in potentials.items():
        cheap = costs[name] <= ceiling
        rows[name] = {
            column: float(potential.sites[column].where(cheap, 0.0).sum()) for column in ("capacity_mw", "energy_gwh")
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["capacity_mw", "energy_gwh"]).rename_axis("technology")


def _mwh_per_mw(capacity_factor: ArrayLike) -> NDArray[np.float64]:
    """Energy per capacity and year, NaN where there is none."""
    factor = np.asarray(capacity_factor, float)
    return HOURS_PER_YEAR * np.where(factor > 0, factor, np.nan)
