"""What passes between the rooms: the sites, the layers known of them, the potential on them.

Every room takes and gives these; `check` holds a dataset against its schema in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Annotated, Any, NamedTuple, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from pydantic import AfterValidator, BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from greenzone.docstrings import docstrings


class Variable(NamedTuple):
    """What a variable is: its CF units and its name in words."""

    units: str
    long_name: str


SITES = {
    "x": Variable("m", "easting of the site in the grid's CRS (degrees for longitude-latitude cells)"),
    "y": Variable("m", "northing of the site in the grid's CRS (degrees for longitude-latitude cells)"),
    "lon": Variable("degrees_east", "longitude of the site"),
    "lat": Variable("degrees_north", "latitude of the site"),
    "area_km2": Variable("km2", "ellipsoidal area of the site inside the zone"),
    "district": Variable("1", "district with the largest share of the site"),
}

POTENTIAL = {
    "eligible_fraction": Variable("1", "share of the site's area where the technology may stand"),
    "theoretical_gwh": Variable("GWh", "energy per year in the resource itself, before land and machines"),
    "geographic_gwh": Variable("GWh", "energy per year in the resource on eligible land"),
    "capacity_mw": Variable("MW", "capacity that fits on the eligible land"),
    "capacity_factor": Variable("1", "mean output over capacity, after losses; NaN without a resource"),
    "energy_gwh": Variable("GWh", "energy per year, after losses"),
}

PROFILES = {
    "capacity_factor": Variable("1", "output over capacity of the group in each interval"),
    "capacity_mw": Variable("MW", "capacity of the group"),
}


def _rising(bounds: tuple[float, ...]) -> tuple[float, ...]:
    if any(after <= before for before, after in pairwise(bounds)):
        raise ValueError(f"bounds of classes must rise: {', '.join(f'{bound:g}' for bound in bounds)}")
    return bounds


ClassBounds = Annotated[tuple[float, ...], AfterValidator(_rising)]


class Options(BaseModel):
    """Base of every options model: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema with what stands below each field as its description."""
        schema = handler(core)
        for name, text in docstrings(cls).items():
            field = handler.resolve_ref_schema(schema).get("properties", {}).get(name, {})
            field.setdefault("description", text)
        return schema


@dataclass(frozen=True)
class Raster:
    """A north-up WGS 84 raster in memory: values `(row, column)` with NaN for missing, bounds in degrees."""

    values: np.ndarray
    west: float
    north: float
    step_lon: float
    step_lat: float

    @property
    def lon(self) -> np.ndarray:
        """Longitudes of the column centres."""
        return self.west + (np.arange(self.values.shape[1]) + 0.5) * self.step_lon

    @property
    def lat(self) -> np.ndarray:
        """Latitudes of the row centres, north first."""
        return self.north - (np.arange(self.values.shape[0]) + 0.5) * self.step_lat


@dataclass(frozen=True)
class Layers:
    """All that is known of the sites.

    `site` has one value (or one per month, or per land-cover class) for each site; `weather` is hourly over
    `(time, cell)`; `elevation` is the terrain of the whole box, wider than the zone; `tables` are the curated
    tables by name; `zone` holds the districts' polygons in WGS 84 with the column `district`.
    """

    site: xr.Dataset
    weather: xr.Dataset
    elevation: Raster
    tables: Mapping[str, pd.DataFrame]
    zone: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Draws:
    """Random draws of the parts that a technology's energy is made of, such as reservoirs or feedstocks.

    `energy_gwh` is `(part, draw)` [GWh/year], `share` `(part, site)` what of each part falls on each site [1].
    """

    energy_gwh: np.ndarray
    share: np.ndarray

    def percentiles(self, taken: np.ndarray, which: tuple[int, ...]) -> np.ndarray:
        """Percentiles of the energy of all sites together, of each of which the share `taken` `(site,)` counts
        [GWh/year]."""
        return np.percentile((self.share @ taken) @ self.energy_gwh, which)


@dataclass(frozen=True)
class Potential:
    """What one technology can give.

    `sites` follows `POTENTIAL` over `site`, with `group` (the supply group of each site, -1 for none) and
    whatever else the technology wants to show. `profiles` follows `PROFILES` over `(group, time)` with the
    coordinates `district` and `resource_class` of each group. `features` are vector results by name, in WGS 84.
    `totals` are single figures worth printing, `notes` are caveats for the reader, `draws` what stands behind ranges,
    where the technology draws any.
    """

    technology: str
    sites: xr.Dataset
    profiles: xr.Dataset
    features: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    draws: Draws | None = None

    def _repr_html_(self) -> str:
        """Name, sums, caveats and dataset, for notebooks."""
        sums = ", ".join(
            f"{float(self.sites[name].sum()):,.0f} {POTENTIAL[name].units}" for name in ("capacity_mw", "energy_gwh")
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<h4>{escape(self.technology)}: {sums} a year</h4><ul>{notes}</ul>{self.sites._repr_html_()}"


class Technology(Protocol):
    """The face every technology shows: a module with its `Options`, a subclass of ours, and one function."""

    Options: Any

    def estimate(self, sites: xr.Dataset, layers: Layers, options: Any) -> Potential:
        """Potential of the technology on `sites`, which carry `eligible_fraction` for it."""


def label(dataset: xr.Dataset, schema: Mapping[str, Variable]) -> xr.Dataset:
    """Give the variables of `dataset` that stand in `schema` their units and names."""
    for name, variable in schema.items():
        if name in dataset:
            dataset[name].attrs = {"units": variable.units, "long_name": variable.long_name} | dataset[name].attrs
    return dataset


def check(dataset: xr.Dataset, schema: Mapping[str, Variable]) -> None:
    """Raise ValueError where a variable of `schema` is missing, unlabelled or in other units."""
    for name, variable in schema.items():
        if name not in dataset:
            raise ValueError(f"{name} is missing")
        if dataset[name].attrs.get("units") != variable.units:
            raise ValueError(f"{name} has units {dataset[name].attrs.get('units')!r}, not {variable.units!r}")
    for name_found, values in dataset.data_vars.items():
        if not {"units", "long_name"} <= values.attrs.keys():
            raise ValueError(f"{name_found} lacks units or long_name")
