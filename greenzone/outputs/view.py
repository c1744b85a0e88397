"""What the outputs need of a run, without knowing the pipeline that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from greenzone.economics import Connected
from greenzone.outputs.rasters import LandView
from greenzone.schema import Layers, Potential
from greenzone.supply import Ranges, ZonePlan


class GridView(Protocol):
    """The part of a site grid that outputs show."""

    @property
    def sites(self) -> xr.Dataset:
        """Sites schema over `site`."""

    @property
    def geometry(self) -> np.ndarray:
        """Polygons in WGS 84, in the order of `site`."""

    @property
    def crs(self) -> str:
        """CRS of the cells."""


class RunView(Protocol):
    """The part of a run that outputs show; `greenzone.pipeline.Run` is one."""

    @property
    def config(self) -> Mapping[str, Any]:
        """Scenario after defaults, plain values."""

    @property
    def grid(self) -> GridView:
        """The site grid."""

    @property
    def layers(self) -> Layers:
        """What is known of the sites."""

    @property
    def potentials(self) -> Mapping[str, Potential]:
        """Potential by technology."""

    @property
    def lcoe(self) -> Mapping[str, xr.DataArray]:
        """LCOE over `site` by technology."""

    @property
    def connected(self) -> Connected:
        """The sites on the grid."""

    @property
    def scores(self) -> Mapping[str, xr.DataArray]:
        """Score over `site` by technology."""

    @property
    def contributions(self) -> Mapping[str, xr.DataArray]:
        """Contributions over `(criterion, site)` by technology."""

    @property
    def top_probability(self) -> Mapping[str, xr.DataArray]:
        """Probability over `site` of being among the best whatever the weights, by technology."""

    @property
    def removed(self) -> pd.DataFrame:
        """What each eligibility rule removes."""

    @property
    def land(self) -> LandView:
        """Eligible land on its raster."""

    @property
    def zones(self) -> gpd.GeoDataFrame:
        """Development zones, ranked."""

    @property
    def scenarios(self) -> pd.DataFrame:
        """Tidy results of the supply scenarios."""

    @property
    def scenario_notes(self) -> pd.DataFrame:
        """What limits each supply scenario."""

    @property
    def ranges(self) -> Ranges | None:
        """Ranges of each supply scenario and what drives them, where they were asked for."""

    @property
    def plan(self) -> ZonePlan | None:
        """The least-cost plan, where one was asked for."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Seconds by step."""
