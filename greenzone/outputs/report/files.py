"""What the report is made from: the files of a run's folder, read once.

Comes in: the folder. Goes out: `RunFiles`, or one clear error that names what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import h5py
import numpy as np
import pandas as pd
import xarray as xr

from greenzone.errors import GreenzoneError

NEEDED = ("manifest.json", "sites.parquet", "potential.nc", "districts.geojson")
TYPICAL = "typical.nc"
TABLES = (
    "scenario_ranges", "scenario_drivers", "scenario_notes", "plan", "plan_summary", "plan_notes", "plan_alternatives",
)  # fmt: skip


@dataclass(frozen=True)
class RunFiles:
    """The files of a run; what is absent is empty.

    `own` holds by name what technologies tell of the sites beyond the table, with its units; `features` the GeoJSON
    files by name, as lists; `tables` the tables in `TABLES` by name.
    """

    folder: Path
    manifest: Mapping[str, Any]
    sites: gpd.GeoDataFrame
    own: Mapping[str, tuple[np.ndarray, str]]
    features: Mapping[str, list[dict[str, Any]]]
    curve: pd.DataFrame
    scenarios: pd.DataFrame
    eligibility: pd.DataFrame
    ladder: pd.DataFrame
    typical: xr.Dataset
    tables: Mapping[str, pd.DataFrame]

    @property
    def technologies(self) -> list[str]:
        """Names in the order of the run."""
        return [str(name) for name in self.manifest.get("totals") or {}]

    @property
    def config(self) -> Mapping[str, Any]:
        """The scenario of the run after defaults."""
        return self.manifest.get("config") or {}


def read_run(folder: str | Path) -> RunFiles:
    """Read the folder of a run.

    Parameters
    ----------
    folder : path
        What `greenzone run` wrote.

    Returns
    -------
    RunFiles
        Runs of older versions, without the newer files, are read as far as they go.

    Raises
    ------
    GreenzoneError
        The folder is none of a run, or a file in it cannot be read.
    """
    folder = Path(folder)
    for name in NEEDED:
        if not (folder / name).is_file():
            raise GreenzoneError(f"{folder} holds no finished run: {name} is missing; name a folder of `greenzone run`")
    try:
        return RunFiles(
            folder,
            json.loads((folder / "manifest.json").read_text(encoding="utf-8")),
            gpd.read_parquet(folder / "sites.parquet"),
            _own(folder / "potential.nc"),
            {path.stem: _features(path) for path in sorted(folder.glob("*.geojson")) if path.stem != "sites"},
            _table(folder / "supply_curve.csv"),
            _table(folder / "scenarios.csv"),
            _table(folder / "eligibility.csv"),
            _table(folder / "ladder.csv"),
            _dataset(folder / TYPICAL) if (folder / TYPICAL).is_file() else xr.Dataset(),
            {name: _table(folder / f"{name}.csv") for name in TABLES},
        )
    except (OSError, ValueError, KeyError) as error:
        raise GreenzoneError(
            f"{folder} cannot be read: {str(error).splitlines()[0]}; run the scenario again"
        ) from error


def _own(path: Path) -> dict[str, tuple[np.ndarray, str]]:
    """Numbers over the sites that one technology tells, and their units; read by the name, which is fast."""
    with h5py.File(path) as source:
        sites = source["site"].shape[0]
        return {
            str(name): (values[()], str(values.attrs["units"]))
            for name, values in source.items()
            if values.shape == (sites,) and values.dtype.kind in "fiu" and "units" in values.attrs
        }


def _dataset(path: Path) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf") as source:
        return source.load()


def _features(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["features"])


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file() or not path.stat().st_size:
        return pd.DataFrame()
    try:
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
