"""What prospects cost: wells by depth, plant by temperature and size, upkeep, wells added as the water cools.

Comes in: depth, temperature, flow and output of a reservoir, the table `geothermal_costs`. Goes out: US dollars of one
year's prices; levelised cost of electricity, and of heat alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.geothermal.options import Options
from greenzone.technologies.geothermal.reservoirs import net_specific_power

Array = NDArray[np.float64]

BASE_YEAR = 2016  # of the GEOPHIRES correlations, to which their plant and labour costs are raised
DEPTH_RANGE = (500.0, 7000.0)  # m, for which the cost of wells was fitted
HEAT_PER_ELECTRICITY = 5.0  # MW of heat whose plant needs the labour of 1 MW of electricity
LABOUR_STEP = 2.5  # MW of electricity, up to which labour is the same


@dataclass(frozen=True)
class Prices:
    """Cost functions by parameter, and by how much prices rose from `BASE_YEAR` to the year of the result."""

    value: Mapping[str, float]
    rise: float

    @classmethod
    def read(cls, tables: Mapping[str, pd.DataFrame], year: int) -> Prices:
        """From the tables `geothermal_costs` and `price_index`, in US dollars of `year`.

        Raises
        ------
        GreenzoneError
            A year without prices.
        """
        table = tables["geothermal_costs"].set_index("parameter")["value"].astype(float)
        index = tables["price_index"]
        dollars = index[index["currency"] == "USD"].set_index("year")["price_index"].astype(float)
        if year not in dollars.index:
            raise GreenzoneError(
                f"no prices are known for {year}: choose a price_year from {dollars.index.min()} to"
                f" {dollars.index.max()}"
            )
        return cls(table.to_dict(), float(dollars[year] / dollars[BASE_YEAR]))


class Bill(NamedTuple):
    """What a plant costs: exploration, wells, surface plant [USD], upkeep and wells added later [USD/year]."""

    exploration: Array
    wells: Array
    plant: Array
    upkeep: Array
    added_wells: Array

    @property
    def capital(self) -> Array:
        """Exploration, wells and plant. [USD]"""
        return self.exploration + self.wells + self.plant

    @property
    def yearly(self) -> Array:
        """Upkeep and wells added. [USD/year]"""
        return self.upkeep + self.added_wells


def annuity(rate: float, years: float) -> float:
    """Share of the capital to be paid back each year. [1/year]"""
    return 1.0 / years if rate == 0 else rate / -float(np.expm1(-years * np.log1p(rate)))


def well_cost(depth: ArrayLike, prices: Prices) -> Array:
    """Cost of one well, drilled and completed: a quadratic in its depth [m]; level above 500 m. [USD]

    Raises
    ------
    GreenzoneError
        A depth below 7 km, for which no well of the correlation was drilled.

    References
    ----------
    Lowry et al. (2017), Sandia National Laboratories, for the GeoVision study; as in GEOPHIRES-X,
    https://github.com/NREL/GEOPHIRES-X
    """
    metres = np.maximum(np.asarray(depth, float), DEPTH_RANGE[0])
    if np.any(metres > DEPTH_RANGE[1]):
        raise GreenzoneError(f"no cost is known for a well of {np.nanmax(metres) / 1000:g} km: at most 7 km")
    value = prices.value
    cost = value["well_quadratic"] * metres**2 + value["well_linear"] * metres + value["well_fixed"]
    return cost * prices.rise


def orc_cost_per_kw(temperature: ArrayLike, capacity_mw: ArrayLike, prices: Prices) -> Array:
    """Capital of a binary plant by the temperature of its water [degC] and its size [MW]. [USD/kW]

    A cubic up to 150 degC, a straight line above; before indirect costs and contingency.

    References
    ----------
    Beckers and McCabe (2019), doi:10.1186/s40517-019-0119-6; as in GEOPHIRES-X
    """
    hot = np.asarray(temperature, float)
    cubic = -1.458333e-3 * hot**3 + 7.6875e-1 * hot**2 - 1.347917e2 * hot + 1.0075e4
    base = np.where(hot < 150.0, cubic, 2231.0 - 2.0 * (hot - 150.0))
    power = np.asarray(capacity_mw, float)
    known = np.where(power > 0, power, prices.value["orc_reference"])
    size = (known / prices.value["orc_reference"]) ** prices.value["orc_size_exponent"]
    return base * size * prices.value["plant_escalation"] * prices.rise


def labour_cost(capacity_mw: ArrayLike, prices: Prices) -> Array:
    """Wages of a year at a plant of a size [MW of electricity]. [USD/year]"""
    power, value = np.asarray(capacity_mw, float), prices.value
    large = value["labour_slope"] * np.log(np.maximum(power, LABOUR_STEP)) + value["labour_intercept"]
    wages = np.where(power < LABOUR_STEP, value["labour_small"], large)
    return wages * value["labour_escalation"] * prices.rise


def decline_rate(temperature: ArrayLike, ambient: ArrayLike, options: Options) -> Array:
    """Share of its power that a flow loses each year as its water cools by `options.drawdown`. [1/year]

    The water cools towards the temperature at which it is injected, taken as `options.heat_return`.
    """
    hot = np.asarray(temperature, float)
    fall = options.drawdown * np.maximum(hot - options.heat_return, 0.0)
    before = net_specific_power(hot, ambient, options)
    after = net_specific_power(np.maximum(hot - fall, 1.0), ambient, options)
    return np.divide(before - after, before, out=np.zeros(np.shape(before)), where=before > 0)


def wells_needed(flow: ArrayLike, options: Options) -> Array:
    """Production and injection wells for a flow [kg/s], those that fail counted with them."""
    return 2.0 * np.ceil(np.asarray(flow, float) / options.well_flow) / options.well_success


def _field_cost(depth: ArrayLike, flow: ArrayLike, options: Options, prices: Prices) -> tuple[Array, Array]:
    """Exploration, borne also by prospects that come to nothing, and wells with their pipes. [USD]"""
    value, one = prices.value, well_cost(depth, prices)
    search = value["exploration_fixed"] * prices.rise + value["exploration_wells"] * one
    search = search * value["plant_indirect"] * value["contingency"] / max(options.chance_of_success, 1e-9)
    pipes = value["gathering"] * value["plant_indirect"] * value["contingency"] * prices.rise
    number = wells_needed(flow, options)
    return np.broadcast_to(search, number.shape), number * (one * value["well_indirect"] + pipes)


def electricity_bill(
    depth: ArrayLike,
    temperature: ArrayLike,
    flow: ArrayLike,
    capacity_mw: ArrayLike,
    ambient: ArrayLike,
    options: Options,
    prices: Prices,
) -> Bill:
    """What a binary plant with its wells costs.

    Parameters
    ----------
    depth : array_like
        Middle of the reservoir. [m]
    temperature, ambient : array_like
        Of the water and of the air. [degC]
    flow : array_like
        Of all production wells. [kg/s]
    capacity_mw : array_like
        Net electric power. [MW]
    options : Options
        `well_flow`, `well_success`, `chance_of_success`, `drawdown` and what the pumps need.
    prices : Prices
        Cost functions.

    Returns
    -------
    Bill
        NaN where an input is NaN. [USD, USD/year]
    """
    value = prices.value
    search, wells = _field_cost(depth, flow, options, prices)
    plant = orc_cost_per_kw(temperature, capacity_mw, prices) * np.asarray(capacity_mw, float) * 1000.0
    plant = plant * value["plant_indirect"] * value["contingency"]
    upkeep = value["plant_om"] * plant + value["well_om"] * wells + labour_cost(capacity_mw, prices)
    return Bill(search, wells, plant, upkeep, wells * decline_rate(temperature, ambient, options))


def heat_bill(depth: ArrayLike, flow: ArrayLike, heat_mw: ArrayLike, options: Options, prices: Prices) -> Bill:
    """What direct use of all the heat [MW] costs, without electricity; heat falls as fast as the water cools."""
    value, heat = prices.value, np.asarray(heat_mw, float)
    search, wells = _field_cost(depth, flow, options, prices)
    plant = value["heat_plant"] * heat * 1000.0 * value["plant_indirect"] * value["contingency"] * prices.rise
    labour = labour_cost(heat / HEAT_PER_ELECTRICITY, prices)
    return Bill(
        search, wells, plant, value["plant_om"] * plant + value["well_om"] * wells + labour, wells * options.drawdown
    )


def share_of_wells(bill: Bill, options: Options) -> Array:
    """Share of the levelised cost that goes under ground: search, wells, wells added; draws by their sums. [1]"""
    rate = annuity(options.wacc, options.lifetime)
    below = (bill.exploration + bill.wells) * rate + bill.added_wells
    whole = bill.capital * rate + bill.yearly
    return np.asarray(below.sum(-1) / whole.sum(-1))


def levelised_cost(bill: Bill, energy_mwh: ArrayLike, options: Options) -> Array:
    """Cost over energy of a year [MWh]; NaN without energy. [USD/MWh]"""
    energy = np.asarray(energy_mwh, float)
    yearly = bill.capital * annuity(options.wacc, options.lifetime) + bill.yearly
    return np.divide(
        yearly, energy, out=np.full(np.broadcast_shapes(yearly.shape, energy.shape), np.nan), where=energy > 0
    )
