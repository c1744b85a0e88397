"""Solar on land or water that keeps its use: floats on reservoirs, rows between crops.

Comes in: the scenario, the land that the rules of each use leave, the ground, the connection. Goes out: `Contenders`
for development zones. They are no technologies of their own: neither the ladder nor the supply curve counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd
import xarray as xr

from greenzone.config.economics import Economics
from greenzone.config.scenario import Scenario
from greenzone.config.zones import DUAL_USES
from greenzone.economics import Connection, annuities_of, connected_lcoe, costs_of, technology_lcoe
from greenzone.economics.estimate import with_site_costs
from greenzone.layers.catalogue import read_table
from greenzone.schema import Layers, Potential
from greenzone.siting.development import Contenders
from greenzone.siting.land import Eligibility
from greenzone.siting.scoring import known_of, rank
from greenzone.technologies import solar

INHERITED = (
    "dc_ac_ratio", "losses", "degradation", "lifetime", "module", "temperature_coefficient", "inverter_efficiency",
    "sky", "iam", "resource_classes",
)  # fmt: skip
LEVEL = ("floating_solar",)  # uses whose slope is that of water, whatever the terrain model says of the banks
NO_LAND = {"eligible_fraction": 0.0, "theoretical_gwh": 0.0, "geographic_gwh": 0.0, "capacity_mw": 0.0}
NOTHING = {**NO_LAND, "energy_gwh": 0.0, "group": -1}


class GroundView(Protocol):
    """The part of the ground that dual uses look at."""

    def layers(self, weight: np.ndarray | None = None) -> Layers:
        """Everything known of the sites, averaged over their land."""


def dual_uses_of(
    scenario: Scenario, sites: xr.Dataset, ground: GroundView, land: Eligibility, connection: Connection
) -> Contenders:
    """Potential, scores and costs of the dual uses that the scenario names and that have land.

    Parameters
    ----------
    scenario : Scenario
        Its sections `zones`, `technologies`, `economics` and `scoring` are used; criteria are those of solar.
    sites : Dataset
        Sites schema.
    ground : Ground
        Where the layers of the sites come from.
    land : Eligibility
        The land of each use.
    connection : Connection
        How the sites reach the grid.

    Returns
    -------
    Contenders
        By use, over all sites; empty where solar is switched off.
    """
    found = Contenders({}, {}, {}, {})
    options = cast("solar.Options | None", scenario.technologies.enabled().get("solar"))
    for use in scenario.zones.dual_uses:
        if options is None or not float(land.fractions[use].sum()) > 0:
            continue
        layers = ground.layers(land.pixels[use])
        if use in LEVEL:
            layers = replace(layers, site=layers.site.assign(slope=layers.site.slope * 0))
        potential = potential_of(sites, layers, land.fractions[use], dual_options(options, use))
        found = found.joined(contender(scenario, use, potential, layers, sites, connection))
    return found


def dual_options(options: solar.Options, use: str) -> solar.Options:
    """Options of a dual use: equipment as the scenario's solar has it, mounting and density those of the variant."""
    variant: Any = DUAL_USES[use]
    table = read_table("solar_variants")
    own = set(table.loc[table["variant"] == variant, "field"])
    given: dict[str, Any] = {
        name: getattr(options, name) for name in INHERITED if name in options.model_fields_set - own
    }
    return solar.Options(**given, variant=variant)


def potential_of(sites: xr.Dataset, layers: Layers, share: xr.DataArray, options: solar.Options) -> Potential:
    """Solar potential on the land of a dual use, reckoned where there is some, given for all sites."""
    some = np.flatnonzero(share.to_numpy() > 0)
    few = sites.assign(eligible_fraction=share).isel(site=some)
    found = solar.estimate(few, replace(layers, site=layers.site.isel(site=some)), options)
    return replace(found, sites=found.sites.reindex(site=sites.site, fill_value=NOTHING | _missing(found.sites)))


def _missing(sites: xr.Dataset) -> dict[str, float]:
    return {str(name): np.nan for name in sites.data_vars if name not in NOTHING}


def contender(
    scenario: Scenario, use: str, potential: Potential, layers: Layers, sites: xr.Dataset, connection: Connection
) -> Contenders:
    """Costs and scores of one dual use."""
    section = scenario.economics
    costs = costs_of(section, layers.tables)
    priced = priced_use(use, potential, section, layers.tables, sites.merge(layers.site))
    lcoe = technology_lcoe(priced, costs, section.wacc)
    on_grid = connected_lcoe(lcoe, potential, connection, section.wacc, float(costs.loc["solar", "lifetime_years"]))
    known = known_of(potential, lcoe, on_grid, layers.site.merge(connection.distances))
    scores = rank(known, scenario.scoring.criteria("solar"), potential.sites.capacity_mw, scenario.scoring, "solar")
    annuity = annuities_of(section, layers.tables, ["solar"])["solar"]
    return Contenders({use: potential}, {use: scores}, {use: lcoe}, {use: annuity})


def priced_use(
    use: str,
    potential: Potential,
    section: Economics,
    tables: Mapping[str, pd.DataFrame],
    ground: xr.Dataset | None = None,
) -> Potential:
    """The potential with `capital_per_kw` over the sites: that of solar on the same ground, whoever named it, times the
    factor of the use."""
    costs = costs_of(section, tables)
    priced = with_site_costs(section, potential, costs, tables, ground)
    on_land = xr.full_like(potential.sites.capacity_mw, float(costs.loc["solar", "capital_per_kw"]))
    capital = priced.sites.get("capital_per_kw", on_land) * capital_factor(tables, use)
    return replace(priced, sites=priced.sites.assign(capital_per_kw=capital))


def capital_factor(tables: Mapping[str, pd.DataFrame], use: str) -> float:
    """Capital of a dual use over that of solar on land, from the table `economics_dual_use`. [1]"""
    return float(tables["economics_dual_use"].set_index("use")["capital_factor"][use])
