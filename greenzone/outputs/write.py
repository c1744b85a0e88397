"""All files of a run, in one go.

Comes in: a run and a folder. Goes out: every file, or one clear error and none of them.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from greenzone.outputs.geojson import write_geojson, write_prepared
from greenzone.outputs.manifest import checksum, manifest, write_json
from greenzone.outputs.maps import write_overview
from greenzone.outputs.netcdf import potential_dataset, profiles_dataset, write_netcdf
from greenzone.outputs.rasters import write_rasters
from greenzone.outputs.store import staged
from greenzone.outputs.tables import district_table, site_table
from greenzone.outputs.view import RunView


def write_outputs(run: RunView, directory: str | Path) -> Path:
    """Write all files of a run into a folder, whole or not at all.

    Parameters
    ----------
    run : RunView
        A finished run.
    directory : path
        Folder for the files; made where it does not exist.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    GreenzoneError
        The folder cannot be written or the disk is full; nothing is left behind then.
    """
    directory = Path(directory)
    sites = site_table(run)
    with staged(directory) as stage:
        write_prepared(sites, stage / "sites.geojson")
        write_parquet(sites, stage / "sites.parquet")
        write_prepared(district_table(run), stage / "districts.geojson")
        for name, features in _features(run).items():
            write_geojson(features, stage / f"{name}.geojson")
        write_netcdf(potential_dataset(run), stage / "potential.nc")
        if (run.config.get("outputs") or {}).get("profiles"):
            write_netcdf(profiles_dataset(run), stage / "profiles.nc")
        write_csv(run.scenarios, stage / "scenarios.csv")
        write_csv(run.connected.curve, stage / "supply_curve.csv")
        write_geojson(run.connected.routes, stage / "connection_routes.geojson")
        write_csv(run.removed, stage / "eligibility.csv")
        write_geojson(run.zones, stage / "zones.geojson")
        if len(run.land.by_year):
            write_csv(run.land.by_year, stage / "eligibility_by_year.csv")
        write_rasters(run.land, run.scores, stage / "rasters")
        write_overview(run, stage / "overview.png")
        files = {path.relative_to(stage).as_posix(): checksum(path) for path in sorted(stage.rglob("*.*"))}
        write_json(manifest(run, files), stage / "manifest.json")
    return directory


def write_parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GeoParquet 1.1 with a bounding box per row."""
    frame.to_parquet(path, index=False, compression="zstd", schema_version="1.1.0", write_covering_bbox=True)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, UTF-8, six significant digits."""
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n", encoding="utf-8")


def _features(run: RunView) -> dict[str, gpd.GeoDataFrame]:
    """Vector results of all technologies by file name; a name that is taken gets its technology before it."""
    found: dict[str, gpd.GeoDataFrame] = {}
    for technology, potential in run.potentials.items():
        for name, frame in potential.features.items():
            found[f"{technology}_{name}" if name in (*found, "sites", "districts") else name] = frame
    return found
