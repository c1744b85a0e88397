"""What hydropower plants cost: capital, operation, levelised cost; the penstock that costs least.

Comes in: capacity [MW], head [m], energy [GWh], the table `hydro_costs`. Goes out: US dollars of one year's prices. The
scenario's `economics` section reckons all technologies alike; these figures tell plants apart, because head decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.hydro import model
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.turbine import TYPES

Array = NDArray[np.float64]

FOOT = 0.3048  # m
STEEL = 7850.0  # kg m-3
FRICTION = 0.012  # Darcy's factor of a wide smooth pipe; the diameter varies with its seventh root


@dataclass(frozen=True)
class Prices:
    """Cost functions in US dollars of one year: see `read` for the source."""

    capital_coefficient: float
    capital_power_exponent: float
    capital_head_exponent: float
    om_coefficient: float
    om_power_exponent: float
    om_share_limit: float
    recovery: float
    steel: float
    energy: float
    stress: float
    slenderness: float
    local_capital: float
    machines: Mapping[str, tuple[float, float, float]]

    @classmethod
    def read(cls, table: pd.DataFrame, index: pd.DataFrame, options: Options) -> Prices:
        """From the tables `hydro_costs` and `price_index`, in prices of `options.price_year`.

        References
        ----------
        O'Connor, P. W. et al. (2015), Hydropower Baseline Cost Modeling, Version 2, ORNL/TM-2015/471,
        https://doi.org/10.2172/1244193: new stream-reach development.
        """
        rows = table.set_index("parameter")
        value = rows["value"].astype(float)
        dollars = index[index["currency"] == "USD"].set_index("year")["price_index"].astype(float)
        if options.price_year not in dollars.index:
            raise GreenzoneError(
                f"no prices are known for {options.price_year}: choose a price_year from {dollars.index.min()} to "
                f"{dollars.index.max()}"
            )
        rise = {
            name: dollars[options.price_year] / dollars[int(rows.loc[name, "year"])]
            for name in ("capital_coefficient", "om_coefficient", "penstock_steel", "local_capital")
        }
        return cls(
            value["capital_coefficient"] * rise["capital_coefficient"] * options.capital_factor,
            value["capital_power_exponent"],
            value["capital_head_exponent"],
            value["om_coefficient"] * rise["om_coefficient"],
            value["om_power_exponent"],
            value["om_share_limit"],
            annuity(options.wacc, options.lifetime_years),
            value["penstock_steel"] * rise["penstock_steel"],
            options.energy_value,
            value["penstock_stress"] * value["penstock_joint"],
            value["penstock_slenderness"],
            value["local_capital"] * rise["local_capital"],
            machine_costs(
                value, euro_factor(index, rows.loc["machine_coefficient_francis", "year"], options.price_year)
            ),
        )


def annuity(rate: float, years: float) -> float:
    """Share of the capital to be paid back each year. [1/year]"""
    return 1.0 / years if rate == 0 else rate / -float(np.expm1(-years * np.log1p(rate)))


def capital_cost(capacity_mw: ArrayLike, head_m: ArrayLike, prices: Prices) -> Array:
    """Capital cost of a plant on a reach of a river that has none, C = a · P^b · H^c with H in feet. [USD]"""
    power, head = np.asarray(capacity_mw, dtype=float), np.asarray(head_m, dtype=float) / FOOT
    return prices.capital_coefficient * power**prices.capital_power_exponent * head**prices.capital_head_exponent


def operating_cost(capacity_mw: ArrayLike, capital: ArrayLike, prices: Prices) -> Array:
    """Operation and maintenance of a year, at most a share of the capital [USD]. [USD/year]"""
    power = np.asarray(capacity_mw, dtype=float)
    return np.minimum(
        prices.om_coefficient * power**prices.om_power_exponent, prices.om_share_limit * np.asarray(capital)
    )


def euro_factor(index: pd.DataFrame, year: float, to_year: int) -> float:
    """US dollars of `to_year` for a euro of `year`: prices rise first, then the sum is changed."""
    euros = index[index["currency"] == "EUR"].set_index("year")
    rise = float(euros["price_index"][to_year]) / float(euros["price_index"][int(year)])
    return rise * float(euros["usd_per_unit"][to_year])


def machine_costs(value: pd.Series, dollars: float) -> dict[str, tuple[float, float, float]]:
    """Coefficient [USD/kW], exponents of power [kW] and head [m] of the machines' cost for each turbine."""
    return {
        kind: (
            float(value[f"machine_coefficient_{kind}"]) * dollars,
            float(value[f"machine_power_exponent_{kind}"]),
            float(value[f"machine_head_exponent_{kind}"]),
        )
        for kind in TYPES
    }


def machines_cost(
    turbine: ArrayLike, units: ArrayLike, capacity_mw: ArrayLike, head_m: ArrayLike, prices: Prices
) -> Array:
    """What machines cost beyond those of a plant with two, below 0 for one. [USD]

    Parameters
    ----------
    turbine : array_like of str
        Of `turbine.TYPES`.
    units : array_like of int
        How many share the power equally.
    capacity_mw, head_m : array_like
        Of the whole plant. [MW, m]
    prices : Prices
        Cost of machines.

    Notes
    -----
    A machine costs a P^b H^c per kW, so n that share the power P cost a P^(1 + b) H^c n^-b.

    References
    ----------
    Ogayar, B. and Vidal, P. G. (2009), Renewable Energy 34, 6-13, https://doi.org/10.1016/j.renene.2008.04.039.
    """
    kinds = np.ravel(np.asarray(turbine, dtype=object))
    coefficient, by_power, by_head = np.array([prices.machines[str(kind)] for kind in kinds]).reshape(-1, 3).T
    power, head = np.asarray(capacity_mw, dtype=float) * 1000.0, np.asarray(head_m, dtype=float)
    more = np.asarray(units, dtype=float) ** -by_power - 2.0**-by_power
    return coefficient * power ** (1.0 + by_power) * head**by_head * more


def yearly_cost(capacity_mw: ArrayLike, head_m: ArrayLike, prices: Prices, more: ArrayLike = 0.0) -> Array:
    """Capital, and `more` of it [USD], paid back and operation together. [USD/year]"""
    capital = capital_cost(capacity_mw, head_m, prices) + np.asarray(more)
    return capital * prices.recovery + operating_cost(capacity_mw, capital, prices)


def levelised_cost(
    capacity_mw: ArrayLike, head_m: ArrayLike, energy_gwh: ArrayLike, prices: Prices, more: ArrayLike = 0.0
) -> Array:
    """Cost, with `more` capital [USD], over energy, NaN without energy. [USD/MWh]"""
    energy = np.asarray(energy_gwh, dtype=float)
    return yearly_cost(capacity_mw, head_m, prices, more) / np.where(energy > 0, energy * 1000.0, np.nan)


def net_benefit(
    capacity_mw: ArrayLike, head_m: ArrayLike, energy_gwh: ArrayLike, prices: Prices, more: ArrayLike = 0.0
) -> Array:
    """What a year's energy is worth less what it costs, with `more` capital [USD]. [USD/year]"""
    worth = np.asarray(energy_gwh, dtype=float) * 1000.0 * prices.energy
    return worth - yearly_cost(capacity_mw, head_m, prices, more)


def economic_diameter(flow: Any, head: Any, load: Any, prices: Prices) -> Any:
    """Diameter of the penstock whose steel and lost energy together cost least.

    Parameters
    ----------
    flow : array_like
        Design flow. [m3/s]
    head : array_like
        Gross head. [m]
    load : array_like
        Mean over the year of the cube of flow over design flow; about 0.2 at a capacity factor of 0.3. [1]
    prices : Prices
        Of steel and energy.

    Returns
    -------
    array_like
        Inner diameter, NaN where an input is. [m]

    Notes
    -----
    Steel weighs a·D² per metre, with a wall of D·max(p/2σ, 1/400); friction loses b/D⁵. The sum is least at
    D = (5 b / 2 a)^(1/7). The wall is reckoned for static pressure without surge.

    References
    ----------
    European Small Hydropower Association (2004), Guide on How to Develop a Small Hydropower Plant, section 5.7.
    """
    wall = np.maximum(model.WATER_DENSITY * model.GRAVITY * head / (2 * prices.stress), 1.0 / prices.slenderness)
    steel = np.pi * wall * STEEL * prices.steel * prices.recovery
    lost_head = 8.0 * FRICTION / (np.pi**2 * model.GRAVITY) * flow**2
    lost = model.power(flow, lost_head, 0.85) * load * model.HOURS / 1000.0 * prices.energy
    return (2.5 * lost / steel) ** (1.0 / 7.0)
