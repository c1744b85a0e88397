"""All files of a run, in one go.

Comes in: a run and a folder. Goes out: every file, or one clear error and none of them.
"""

from __future__ import annotations

import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from greenzone.outputs.geojson import prepare, write_prepared
from greenzone.outputs.geopackage import write_geopackage
from greenzone.outputs.manifest import checksum, manifest, write_json
from greenzone.outputs.maps import write_overview
from greenzone.outputs.netcdf import potential_dataset, profiles_dataset, write_netcdf
from greenzone.outputs.plan import plan_dataset, plan_tables, profile_tables, range_tables
from greenzone.outputs.rasters import write_rasters
from greenzone.outputs.report import report_from_directory, typical_hours
from greenzone.outputs.rungs import ladder_table
from greenzone.outputs.stac import stac_item
from greenzone.outputs.store import staged
from greenzone.outputs.summary import currency
from greenzone.outputs.tables import district_table, site_table
from greenzone.outputs.view import RunView
from greenzone.supply.mixes import demand_assumptions

MANIFEST = "manifest.json"
UNDERGROUND = re.compile(r"temperature_at_[\d.]+km|heat_flow|favourability")
GROUND = ("elevation", "slope", "ghi", "wind_speed_100m", "temp_air", "distance_settlement")


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
    layers = vector_layers(run)
    with staged(directory) as stage, ThreadPoolExecutor(1) as beside:
        pictures = beside.submit(_write_pictures, run, layers, stage)
        for name, frame in layers.items():
            write_prepared(frame, stage / f"{name}.geojson")
        write_parquet(layers["sites"], stage / "sites.parquet")
        write_geopackage(layers, stage / "greenzone.gpkg", currency(run))
        write_netcdf(potential_dataset(run), stage / "potential.nc")
        write_netcdf(typical_hours(run), stage / "typical.nc")
        if (run.config.get("outputs") or {}).get("profiles"):
            write_netcdf(profiles_dataset(run), stage / "profiles.nc")
            for name, table in profile_tables(run).items():
                write_csv(table, stage / f"{name}.csv")
        if run.plan is not None and run.plan.hourly.sizes:
            write_netcdf(plan_dataset(run.plan, currency(run)), stage / "plan_hourly.nc")
        for name, table in _tables(run).items():
            write_csv(table, stage / f"{name}.csv")
        pictures.result()
        told = manifest(run, {})
        write_json(told, stage / MANIFEST)
        report_from_directory(stage)
        write_json(stac_item(run, stage), stage / "stac.json")
        written = (path for path in sorted(stage.rglob("*.*")) if path.name != MANIFEST)
        files = {path.relative_to(stage).as_posix(): checksum(path) for path in written}
        write_json(told | {"files": files}, stage / MANIFEST)
    return directory


def _write_pictures(run: RunView, layers: dict[str, gpd.GeoDataFrame], stage: Path) -> None:
    """Rasters and the overview: mostly compiled code, which runs beside the writing of tables."""
    best = layers["sites"]["best_technology"].to_numpy(object)
    write_rasters(run.land, run.scores, best, raster_values(run), stage / "rasters", currency(run))
    write_overview(run, stage / "overview.png")


def write_report(run: RunView, path: str | Path, lang: str = "en") -> Path:
    """Write only the report of a run that was not written to a folder.

    Parameters
    ----------
    run : RunView
        A finished run.
    path : path
        HTML file to write.
    lang : {"en", "az"}
        Language in which the page opens.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    GreenzoneError
        As `write_outputs` and `greenzone.outputs.report.report_from_directory`.
    """
    with tempfile.TemporaryDirectory() as folder:
        return report_from_directory(write_outputs(run, folder), path, lang)


def vector_layers(run: RunView) -> dict[str, gpd.GeoDataFrame]:
    """All vector results of a run by name, as its GeoJSON files and its GeoPackage hold them.

    Parameters
    ----------
    run : RunView
        A finished run.

    Returns
    -------
    dict
        `sites`, `districts`, `zones`, `connection_routes`, and what each technology found; a name that is taken gets
        its technology before it. WGS 84, prepared for writing.
    """
    found = {"sites": site_table(run), "districts": district_table(run), "zones": prepare(run.zones)}
    found["connection_routes"] = prepare(run.connected.routes)
    for technology, potential in run.potentials.items():
        for name, frame in potential.features.items():
            found[f"{technology}_{name}" if name in found else name] = prepare(frame)
    return found


def raster_values(run: RunView) -> dict[str, np.ndarray]:
    """Numbers of the sites that get a raster of their own, by name: the resource, and what it gives and costs."""
    known = run.layers.site
    values = {name: known[name].to_numpy().astype(float) for name in GROUND if name in known}
    for name, potential in run.potentials.items():
        values[f"{name}_capacity_factor"] = potential.sites.capacity_factor.to_numpy().astype(float)
        values[f"{name}_lcoe"] = run.lcoe[name].to_numpy().astype(float)
        mapped = [key for key in map(str, potential.sites) if UNDERGROUND.fullmatch(key)]
        values |= {f"{name}_{key}": potential.sites[key].to_numpy().astype(float) for key in mapped}
    return values


def write_parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GeoParquet 1.1 with a bounding box per row."""
    frame.to_parquet(path, index=False, compression="zstd", schema_version="1.1.0", write_covering_bbox=True)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, UTF-8, six significant digits."""
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n", encoding="utf-8")


def _tables(run: RunView) -> dict[str, pd.DataFrame]:
    found = {
        "ladder": ladder_table(run),
        "scenarios": run.scenarios,
        "demand_assumptions": demand_assumptions(run.config.get("supply") or {}, run.layers),
        "scenario_notes": run.scenario_notes,
        **range_tables(run.ranges),
        **plan_tables(run.plan),
        "supply_curve": run.connected.curve,
        "eligibility": run.removed,
    }
    return found | ({"eligibility_by_year": run.land.by_year} if len(run.land.by_year) else {})
