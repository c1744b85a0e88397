"""Supply curve: sites compete for the grid's spare capacity, the cheapest first.

Comes in: LCOE and capacity of the sites, what each would pay to reach each node. Goes out: who is connected where and
at what cost, and the cumulative curves.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone.economics.connection import Connection
from greenzone.economics.kernel import allot
from greenzone.economics.lcoe import HOURS_PER_YEAR, capital_recovery_factor
from greenzone.schema import Potential

ALLOCATION = ["technology", "site", "district", "grid_node", "reinforced", "capacity_mw", "energy_gwh", "lcoe"]
STEP = 1.0  # currency/MWh between the points of a curve
ZONE = "zone"


def connection_lcoe(
    capital: NDArray[np.float64], upkeep: NDArray[np.float64], capacity_factor: NDArray[np.float64], annuity: float
) -> NDArray[np.float64]:
    """What a connection adds to each MWh.

    Parameters
    ----------
    capital : ndarray
        Of line, substation and road. [currency/kW]
    upkeep : ndarray
        Operation and maintenance. [currency/kW/year]
    capacity_factor : ndarray
        Mean output over capacity. [1]
    annuity : float
        Capital recovery factor. [1/year]

    Returns
    -------
    ndarray
        NaN where the capacity factor is NaN or 0. [currency/MWh]
    """
    energy = HOURS_PER_YEAR * np.where(capacity_factor > 0, capacity_factor, np.nan)
    return 1000 * (capital * annuity + upkeep) / energy


def connected_lcoe(
    lcoe: xr.DataArray, potential: Potential, connection: Connection, wacc: float, lifetime_years: float
) -> xr.DataArray:
    """LCOE of each site with its cheapest connection, before sites compete for it.

    Parameters
    ----------
    lcoe : DataArray
        LCOE of the plant over `site`. [currency/MWh]
    potential : Potential
        Its capacity factor spreads the connection over energy.
    connection : Connection
        Cost of the sites' connection.
    wacc, lifetime_years : float
        Of the plant; its connection is paid back over the same years.

    Returns
    -------
    DataArray
        Over `site`, NaN where there is no LCOE or no connection. [currency/MWh]
    """
    annuity = float(capital_recovery_factor(wacc, lifetime_years))
    sites = connection.sites
    added = connection_lcoe(
        sites.connection_cost.to_numpy(),
        sites.connection_om.to_numpy(),
        potential.sites.capacity_factor.to_numpy().astype(float),
        annuity,
    )
    name = "levelised cost of energy with the site's cheapest connection to grid and road"
    return (lcoe + added).rename("lcoe_connected").assign_attrs(units=lcoe.attrs["units"], long_name=name)


def compete(
    lcoe: Mapping[str, xr.DataArray],
    potentials: Mapping[str, Potential],
    connection: Connection,
    annuities: Mapping[str, float],
    district: NDArray[np.object_],
) -> pd.DataFrame:
    """Connect the sites of some technologies, the cheapest offer first.

    Every site offers its capacity to every node at its LCOE with that connection; the offers are taken in the order of
    cost, each as far as the site has capacity left and the node takes more. What finds no spare capacity may reach its
    cheapest node all the same if it pays for its reinforcement.

    Parameters
    ----------
    lcoe, potentials : mapping
        LCOE of the plant and potential by technology; all technologies named compete with each other.
    connection : Connection
        Cost of each site to each node, and the nodes' spare capacity.
    annuities : mapping
        Capital recovery factor by technology. [1/year]
    district : ndarray
        District of each site.

    Returns
    -------
    DataFrame
        `ALLOCATION` and `lcoe_connected`, in the order of connection: one row for each part of a site's capacity that
        goes to one node. `lcoe` is that of the plant alone.
    """
    plants = plants_of(lcoe, potentials, annuities, district)
    choices = connection.choices
    nodes = choices.node.to_numpy().astype(object)
    if plants.empty or not nodes.size:
        nothing = pd.DataFrame(columns=[*ALLOCATION, "lcoe_connected"])
        return nothing.astype(dict.fromkeys(("capacity_mw", "energy_gwh", "lcoe", "lcoe_connected"), float))
    at = plants["place"].to_numpy()
    capital, upkeep = choices.capital.to_numpy()[:, at], choices.upkeep.to_numpy()[:, at]
    nearest = capital.argmin(axis=0)
    each = np.arange(len(plants))
    capital = np.vstack([capital, capital[nearest, each] + connection.reinforcement])
    upkeep = np.vstack([upkeep, upkeep[nearest, each]])
    with np.errstate(invalid="ignore"):
        added = connection_lcoe(capital, upkeep, plants["capacity_factor"].to_numpy(), plants["annuity"].to_numpy())
    total = plants["lcoe"].to_numpy() + added
    offers = np.flatnonzero(np.isfinite(total.ravel()))
    offers = offers[np.argsort(total.ravel()[offers], kind="stable")]
    node, plant = np.divmod(offers, len(plants))
    given = np.zeros(offers.size)
    spare = np.append(choices.spare_capacity.to_numpy().astype(float), np.inf)
    allot(plant, node, plants["capacity_mw"].to_numpy().copy(), spare, given)
    taken = np.flatnonzero(given > 0)
    plant, node = plant[taken], node[taken]
    reinforced = node == nodes.size
    table = plants.iloc[plant].reset_index(drop=True)
    share = given[taken] / table["capacity_mw"].to_numpy()
    return table.assign(
        grid_node=nodes[np.where(reinforced, nearest[plant], node)],
        reinforced=reinforced,
        capacity_mw=given[taken],
        energy_gwh=table["energy_gwh"].to_numpy() * share,
        lcoe_connected=total.ravel()[offers[taken]],
    )[[*ALLOCATION, "lcoe_connected"]]


def supply_curve(alone: pd.DataFrame, together: pd.DataFrame, plants: pd.DataFrame, step: float = STEP) -> pd.DataFrame:
    """Cumulative capacity and energy against LCOE, with and without connection.

    Parameters
    ----------
    alone, together : DataFrame
        Results of `compete`: each technology by itself (joined), and all of them competing.
    plants : DataFrame
        Result of `plants_of`: everything that could be connected.
    step : float
        Width of the steps of LCOE. [currency/MWh]

    Returns
    -------
    DataFrame
        `mix` ("alone" or "together"), `technology` ("all" in the mix), `district` ("zone" for all), `lcoe` (upper end
        of the step) and, up to there, `capacity_mw`, `energy_gwh` by the LCOE of the plant alone and
        `connected_capacity_mw`, `connected_energy_gwh` by that with connection. Steps in which nothing is added are
        left out.
    """
    parts = []
    for mix, allocation in (("alone", alone), ("together", together)):
        sides = [_by_step(plants, "lcoe", step), _by_step(allocation, "lcoe_connected", step).add_prefix("connected_")]
        joined = pd.concat(sides, axis=1).fillna(0.0).sort_index()
        parts.append(pd.concat({mix: joined}, names=["mix"]))
    table = pd.concat(parts)
    if table.empty:
        return table.reset_index()
    table = table[
        ~((table.index.get_level_values("mix") == "alone") & (table.index.get_level_values("technology") == "all"))
    ]
    return table.groupby(["mix", "technology", "district"]).cumsum().reset_index()


def plants_of(
    lcoe: Mapping[str, xr.DataArray],
    potentials: Mapping[str, Potential],
    annuities: Mapping[str, float],
    district: NDArray[np.object_],
) -> pd.DataFrame:
    """One row per technology and site with capacity and an LCOE."""
    parts = []
    for name, potential in potentials.items():
        sites = potential.sites
        table = pd.DataFrame(
            {
                "technology": name,
                "place": np.arange(sites.sizes["site"]),
                "site": sites.site.to_numpy().astype(object),
                "district": district,
                "capacity_mw": sites.capacity_mw.to_numpy().astype(float),
                "energy_gwh": sites.energy_gwh.to_numpy().astype(float),
                "capacity_factor": sites.capacity_factor.to_numpy().astype(float),
                "lcoe": lcoe[name].to_numpy().astype(float),
                "annuity": annuities[name],
            }
        )
        parts.append(table[(table["capacity_mw"] > 0) & np.isfinite(table["lcoe"])])
    return pd.concat(parts, ignore_index=True)


def economic_potential(allocation: pd.DataFrame, technologies: list[str], ceiling: float) -> pd.DataFrame:
    """Capacity and energy of each technology that is connected at no more than `ceiling`: the economic rung.

    Parameters
    ----------
    allocation : DataFrame
        Result of `compete`.
    technologies : list of str
        Rows of the result.
    ceiling : float
        Highest LCOE with connection that counts as economic. [currency/MWh]

    Returns
    -------
    DataFrame
        Indexed by technology: `capacity_mw` [MW] and `energy_gwh` [GWh], 0 where nothing is connected.
    """
    cheap = allocation[allocation["lcoe_connected"] <= ceiling]
    sums = cheap.groupby("technology")[["capacity_mw", "energy_gwh"]].sum()
    return sums.reindex(technologies, fill_value=0.0).rename_axis("technology").astype(float)


def _by_step(table: pd.DataFrame, cost: str, step: float) -> pd.DataFrame:
    """Capacity and energy in each step of `cost`, by technology, district and the sums of both."""
    steps = table.assign(lcoe=np.ceil(table[cost].to_numpy(float) / step) * step)
    steps = pd.concat([steps, steps.assign(technology="all")])
    steps = pd.concat([steps, steps.assign(district=ZONE)])
    return steps.groupby(["technology", "district", "lcoe"])[["capacity_mw", "energy_gwh"]].sum()
