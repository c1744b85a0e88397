"""The story of a run: which step follows which. Every step is one call into the room that knows how.

Comes in: a validated scenario. Goes out: a `Run`, and its files in a folder where one is named.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from greenzone import economics, outputs, siting, supply, zone
from greenzone.config import Scenario, as_dict
from greenzone.config.grid import Grid
from greenzone.config.zone import Zone
from greenzone.grid import SiteGrid
from greenzone.ground import Ground, survey
from greenzone.outputs import notebook
from greenzone.schema import Layers, Options, Potential
from greenzone.technologies import TECHNOLOGIES

Report = Callable[[str], None]


@dataclass(frozen=True, repr=False)
class Run:
    """All that a run has found; see `greenzone.outputs` for how it is written."""

    config: Mapping[str, Any]
    grid: SiteGrid
    layers: Layers
    potentials: Mapping[str, Potential]
    lcoe: Mapping[str, xr.DataArray]
    connected: economics.Connected
    ranking: Mapping[str, siting.Ranking]
    land: siting.Eligibility
    zones: gpd.GeoDataFrame
    scenarios: pd.DataFrame
    scenario_notes: pd.DataFrame
    ranges: supply.Ranges | None = None
    plan: supply.ZonePlan | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def scores(self) -> dict[str, xr.DataArray]:
        """Score of every site by technology."""
        return {name: found.score for name, found in self.ranking.items()}

    @property
    def contributions(self) -> dict[str, xr.DataArray]:
        """Each criterion's part of the score by technology."""
        return {name: found.parts for name, found in self.ranking.items()}

    @property
    def top_probability(self) -> dict[str, xr.DataArray]:
        """Probability of every site of being among the best whatever the weights, by technology."""
        return {name: found.top_probability for name, found in self.ranking.items()}

    @property
    def removed(self) -> pd.DataFrame:
        """What each rule of each technology removes [km2]."""
        return self.land.removed

    def __repr__(self) -> str:
        """The numbers that matter, a line for each technology."""
        return notebook.summary_text(self)

    def _repr_html_(self) -> str:
        """The same as a table, for notebooks."""
        return notebook.summary_html(self)

    def plot(self, what: str = "best_technology", **options: Any) -> Figure:
        """A figure: "supply-curve", "dispatch-week", "ladder", or the map of a column or layer of that name."""
        return notebook.plot(self, what, **options)

    def explore(self, column: str = "best_technology", **options: Any) -> Any:
        """A map of the sites to move about in, coloured by a column; see `greenzone.outputs.notebook.explore`."""
        return notebook.explore(self, column, **options)


def run(scenario: Scenario, directory: str | Path | None = None, report: Report = lambda step: None) -> Run:
    """Run a scenario from its zone to its supply.

    Parameters
    ----------
    scenario : Scenario
        As `greenzone.read_config` returns it.
    directory : path, optional
        Folder for the files; without it nothing is written.
    report : callable
        Told the name of each step as it begins.

    Returns
    -------
    Run
        Sites, layers, potentials, costs, scores and supply.

    Raises
    ------
    GreenzoneError
        The input cannot be used, or the folder cannot be written.
    """
    if directory is not None:
        outputs.check_writable(Path(directory))
    clock = _Clock(report)
    technologies = scenario.technologies.enabled()
    with clock("zone and site grid"):
        polygons = read_zone(scenario.zone)
        grid = build_grid(scenario.grid, polygons)
    with clock("layers and weather"):
        ground = survey(scenario, polygons, grid)
        layers = ground.layers()
    with clock("eligibility"):
        rules, rasters, shared = scenario.eligibility, scenario.layers.rasters, scenario.zones.dual_uses
        land = siting.eligibility_of(rules, technologies, ground.surface, grid, rasters, shared)
    potentials, own_land = {}, {}
    for name, options in technologies.items():
        with clock(f"{name} potential"):
            potentials[name], own_land[name] = estimate(name, options, grid, ground, land)
    with clock("costs"):
        lcoe = economics.lcoe_of(scenario.economics, potentials, layers.tables, own_land)
    with clock("connection and supply curve"):
        connection = economics.connect(scenario.economics, ground.surface, grid.sites, layers.tables)
        connected = economics.put_on_grid(scenario.economics, potentials, lcoe, connection, grid.sites, layers.tables)
    with clock("scores"):
        known = layers.site.merge(connection.distances)
        ranking = siting.scores_of(scenario.scoring, potentials, lcoe, connected.lcoe, known)
    with clock("zones"):
        annuities = economics.annuities_of(scenario.economics, layers.tables, potentials)
        contenders = siting.Contenders(potentials, ranking, lcoe, annuities)
        contenders = contenders.joined(siting.dual_uses_of(scenario, grid.sites, ground, land, connection))
        zones = siting.zones_of(scenario.zones, scenario.scoring, grid, contenders, connection)
        connected = connected.with_routes(siting.zone_routes(zones, grid, connection))
    with clock("supply scenarios"):
        mixes = supply.mixes_of(scenario.supply, potentials, lcoe, layers)
        scenarios = supply.evaluate(scenario.supply, potentials, lcoe, layers, mixes)
        limits = supply.what_limits(scenario.supply, scenario.economics, potentials, lcoe, layers, mixes)
        ranges = supply.ranges_of(scenario.supply, scenario.economics, potentials, lcoe, layers, mixes)
    finished = Run(
        config=as_dict(scenario),
        grid=grid,
        layers=layers,
        potentials=potentials,
        lcoe=lcoe,
        connected=connected,
        ranking=ranking,
        land=land,
        zones=zones,
        scenarios=scenarios,
        scenario_notes=limits,
        ranges=ranges,
        timings=clock.timings,
    )
    if scenario.plan.enabled:
        with clock("least-cost plan"):
            finished = replace(finished, plan=supply.least_cost_plan(finished))
    if directory is not None:
        with clock("maps and tables"):
            outputs.write_outputs(finished, Path(directory))
    return finished


def read_zone(section: Zone) -> gpd.GeoDataFrame:
    """The polygons of the scenario's zone."""
    if section.file is not None:
        return zone.read_zone(section.file, section.name_column)
    return zone.embedded_zone(section.districts)


def estimate(
    name: str, options: Options, grid: SiteGrid, ground: Ground, land: siting.Eligibility
) -> tuple[Potential, xr.Dataset]:
    """Potential of one technology on the land where it may stand, and the sites with the layers of that land."""
    sites = grid.sites.assign(eligible_fraction=land.fractions[name])
    own = ground.layers(land.pixels[name])
    return TECHNOLOGIES[name].estimate(sites, own, options), grid.sites.merge(own.site)


def build_grid(section: Grid, polygons: gpd.GeoDataFrame) -> SiteGrid:
    """The site grid of the scenario's kind over the polygons."""
    if section.kind == "h3":
        return SiteGrid.h3_cells(polygons, section.h3_resolution)
    size = float(section.cell_size or 0.0)  # the section fills it in; the grid refuses 0
    if section.kind == "lonlat":
        return SiteGrid.lonlat(polygons, size)
    return SiteGrid.square(polygons, size, section.crs)


class _Clock:
    """Tells the reader which step begins and remembers how long each took."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.timings: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        self.report(step)
        start = time.perf_counter()
        yield
        self.timings[step] = time.perf_counter() - start
