"""What figures and comparisons need of a run, whether it has just ended or lies in a folder.

Comes in: a run in memory, or the folder that `greenzone run` wrote. Goes out: the same tables from both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.outputs.summary import ladder
from greenzone.outputs.tables import site_table
from greenzone.outputs.view import RunView
from greenzone.outputs.write import raster_values, vector_layers
from greenzone.schema import Raster


class Findings(Protocol):
    """Results of a run as tables."""

    @property
    def config(self) -> Mapping[str, Any]:
        """Scenario after defaults, plain values."""

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """One row a site, as `site_table` makes it."""

    @property
    def ladder(self) -> pd.DataFrame:
        """One row a technology, as `ladder` makes it."""

    @property
    def curve(self) -> pd.DataFrame:
        """Supply curve."""

    @property
    def scenarios(self) -> pd.DataFrame:
        """Tidy results of the supply scenarios."""

    @property
    def typical(self) -> xr.Dataset:
        """Telling weeks of the supply scenarios; empty where there is none."""

    @property
    def elevation(self) -> Raster:
        """Terrain of the box."""

    def layer(self, name: str) -> gpd.GeoDataFrame | None:
        """A vector layer by name, None where there is none."""

    def layer_names(self) -> list[str]:
        """Names of the vector layers."""

    def column(self, name: str) -> np.ndarray | None:
        """Values of the sites by name, None where there are none."""

    def column_names(self) -> list[str]:
        """Names that `column` knows."""


@dataclass(frozen=True)
class InMemory:
    """Findings of a run that has just ended."""

    run: RunView

    @property
    def config(self) -> Mapping[str, Any]:
        """Scenario after defaults."""
        return self.run.config

    @property
    def curve(self) -> pd.DataFrame:
        """Supply curve."""
        return self.run.connected.curve

    @property
    def scenarios(self) -> pd.DataFrame:
        """Tidy results of the supply scenarios."""
        return self.run.scenarios

    @property
    def elevation(self) -> Raster:
        """Terrain of the box."""
        return self.run.layers.elevation

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """Site table."""
        return site_table(self.run)

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """Ladder of the zone."""
        return ladder(self.run)

    @cached_property
    def typical(self) -> xr.Dataset:
        """Telling weeks."""
        from greenzone.outputs.report import typical_hours

        return typical_hours(self.run)

    @cached_property
    def _layers(self) -> dict[str, gpd.GeoDataFrame]:
        return vector_layers(self.run)

    def layer(self, name: str) -> gpd.GeoDataFrame | None:
        """A vector layer by name, None where there is none."""
        return self._layers.get(name)

    def layer_names(self) -> list[str]:
        """Names of the vector layers."""
        return list(self._layers)

    def column(self, name: str) -> np.ndarray | None:
        """Values of the sites by name: a column of the site table, or a layer of the ground."""
        if name in self.sites:
            return self.sites[name].to_numpy()
        return raster_values(self.run).get(name)

    def column_names(self) -> list[str]:
        """Names that `column` knows."""
        columns = self.sites.columns.drop([self.sites.geometry.name, "site"])
        return list(dict.fromkeys([*columns, *raster_values(self.run)]))


@dataclass(frozen=True)
class InFolder:
    """Findings of the run in a folder; each file is read when it is first asked for."""

    folder: Path

    def __post_init__(self) -> None:
        """Raise GreenzoneError where the folder holds no finished run."""
        if not (self.folder / "manifest.json").is_file():
            raise GreenzoneError(
                f"{self.folder}: no finished run here (there is no manifest.json); run a scenario first"
            )

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        with self._reading("manifest.json") as path:
            return dict(json.loads(path.read_text(encoding="utf-8")))

    @property
    def config(self) -> Mapping[str, Any]:
        """Scenario after defaults."""
        return self.manifest.get("config") or {}

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """Site table."""
        with self._reading("sites.parquet") as path:
            return gpd.read_parquet(path).drop(columns="bbox", errors="ignore")

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """Ladder of the zone."""
        table = pd.DataFrame(self.manifest.get("ladder") or [])
        return table.astype({name: float for name in table.columns if name != "technology"})

    @cached_property
    def curve(self) -> pd.DataFrame:
        """Supply curve."""
        with self._reading("supply_curve.csv") as path:
            return pd.read_csv(path)

    @cached_property
    def scenarios(self) -> pd.DataFrame:
        """Tidy results of the supply scenarios."""
        with self._reading("scenarios.csv") as path:
            return pd.read_csv(path, dtype={"period": str})

    @cached_property
    def typical(self) -> xr.Dataset:
        """Telling weeks; empty for runs of older versions."""
        if not (self.folder / "typical.nc").is_file():
            return xr.Dataset()
        with self._reading("typical.nc") as path, xr.open_dataset(path, engine="h5netcdf") as source:
            return source.load()

    @cached_property
    def elevation(self) -> Raster:
        """Terrain that ships with greenzone."""
        return catalogue.load_elevation()

    def layer(self, name: str) -> gpd.GeoDataFrame | None:
        """A vector layer by name, None where there is none."""
        if name not in self.layer_names():
            return None
        with self._reading(f"{name}.geojson") as path:
            return gpd.read_file(path)

    def layer_names(self) -> list[str]:
        """Names of the vector layers."""
        return sorted(path.stem for path in self.folder.glob("*.geojson"))

    def column(self, name: str) -> np.ndarray | None:
        """Values of the sites by name."""
        return self.sites[name].to_numpy() if name in self.column_names() else None

    def column_names(self) -> list[str]:
        """Names that `column` knows."""
        return list(self.sites.columns.drop([self.sites.geometry.name, "site"]))

    @contextmanager
    def _reading(self, name: str) -> Iterator[Path]:
        """Turn whatever a broken file does to its reader into one line that names it."""
        path = self.folder / name
        if not path.is_file():
            raise GreenzoneError(f"{self.folder}: no finished run here (there is no {name}); run the scenario again")
        try:
            yield path
        except GreenzoneError:
            raise
        except Exception as error:
            reason = (str(error) or type(error).__name__).splitlines()[0]
            raise GreenzoneError(f"{path}: cannot be read ({reason}); run the scenario again") from error


def name_of(findings: Findings) -> str:
    """Name of the scenario."""
    return str(findings.config.get("name", "greenzone"))


def currency_of(findings: Findings) -> str:
    """Currency of the scenario's costs."""
    return str((findings.config.get("economics") or {}).get("currency", "USD"))


def ceiling_of(findings: Findings) -> float | None:
    """Cost ceiling of the scenario; None where it is not told. [currency/MWh]"""
    ceiling = (findings.config.get("economics") or {}).get("lcoe_ceiling")
    return None if ceiling is None else float(ceiling)
