"""What hydropower plants cost: capital, operation, levelised cost; the penstock that costs least.

Comes in: capacity [MW], head [m], energy [GWh], the table `hydro_costs`. Goes out: US dollars of one year's prices. The
scenario's `economics` section reckons all technologies alike; these figures tell plants apart, because head decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.hydro import model
from greenzone.technologies.hydro.options import Options

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


def yearly_cost(capacity_mw: ArrayLike, head_m: ArrayLike, prices: Prices) -> Array:
    """Capital paid back and operation together. [USD/year]"""
    capital = capital_cost(capacity_mw, head_m, prices)
    return capital * prices.recovery + operating_cost(capacity_mw, capital, prices)


def levelised_cost(capacity_mw: ArrayLike, head_m: ArrayLike, energy_gwh: ArrayLike, prices: Prices) -> Array:
    """Cost over energy, NaN without energy. [USD/MWh]"""
    energy = np.asarray(energy_gwh, dtype=float)
    return yearly_cost(capacity_mw, head_m, prices) / np.where(energy > 0, energy * 1000.0, np.nan)


def net_benefit(capacity_mw: ArrayLike, head_m: ArrayLike, energy_gwh: ArrayLike, prices: Prices) -> Array:
    """What a year's energy is worth less what it costs. [USD/year]"""
    return np.asarray(energy_gwh, dtype=float) * 1000.0 * prices.energy - yearly_cost(capacity_mw, head_m, prices)


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
