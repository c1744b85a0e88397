"""Are the embedded data what they should be? Checksums, georeferencing, value ranges, sources.

Comes in: the files of `data/` and the tables that say what to expect of them. Goes out: one line for each fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.schema import Raster

BOX = (45.0, 38.0, 48.6, 41.0)  # west, south, east, north: what the layers cover
AREA_SPREAD = 0.25  # boundary sets at 1:10 million differ from the published areas by up to this (Jabrayil, Shusha)
READ_ERRORS = (GreenzoneError, OSError, ValueError, KeyError, AttributeError, RuntimeError)


class Problem(NamedTuple):
    """What is wrong with an embedded layer or table, in one line."""

    layer: str
    message: str


def list_data() -> pd.DataFrame:
    """What ships, one row per file: layer, publisher, package with version, licence, units, years and size [kB]."""
    sources = catalogue.read_sources().fillna("")
    size = [round(catalogue.data_path(file).stat().st_size / 1000) for file in sources.file]
    package = (sources.package + " " + sources.version.astype(str)).str.strip()
    columns = ["layer", "publisher", "package", "licence", "units", "years"]
    return sources.assign(package=package)[columns].assign(kB=size)


def check_data() -> list[Problem]:
    """Verify every embedded file.

    Returns
    -------
    list of Problem
        Changed, missing or unreadable files; a raster that is shifted; values, months or units out of place;
        districts whose area is far from the published one; table rows without a source. Empty if all is well.
    """
    checks: list[tuple[str, Callable[[], Iterable[Problem]]]] = [
        ("sources", _checksums),
        ("elevation", lambda: check_elevation(catalogue.load_elevation(), catalogue.read_table("known_places"))),
        ("land_cover", lambda: check_land_cover(catalogue.load_land_cover(), _land_cover_codes())),
        ("climate", lambda: check_climate(catalogue.load_climate(), catalogue.load_districts())),
        ("daily_ghi", lambda: check_months("daily_ghi", catalogue.load_daily_ghi())),
        ("districts", lambda: check_areas(district_areas(catalogue.load_districts()))),
        ("settlements", lambda: check_settlements(catalogue.load_settlements(), catalogue.read_table("districts"))),
        ("ranges", _ranges),
        ("tables", lambda: check_tables(catalogue.read_tables())),
    ]
    return [problem for layer, check in checks for problem in _guarded(layer, check)]


def _guarded(layer: str, check: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """A check that cannot even read its layer says so in place of stopping the others."""
    try:
        return list(check())
    except READ_ERRORS as error:
        return [Problem(layer, f"cannot be read: {' '.join(str(error).split())}")]


def _checksums() -> Iterator[Problem]:
    """Changed and missing files, and tables that nobody listed."""
    sources = catalogue.read_sources()
    for row in sources.itertuples():
        path = catalogue.data_path() / row.file
        if not path.exists():
            yield Problem(row.layer, f"{row.file} is missing: install greenzone again")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
            yield Problem(row.layer, f"{row.file} was changed: its SHA-256 is not the one in sources.csv")
    listed = set(sources.file)
    for path in sorted((catalogue.data_path() / "tables").glob("*.csv")):
        if f"tables/{path.name}" not in listed:
            yield Problem(f"tables/{path.stem}", f"tables/{path.name} is not listed in sources.csv")


def check_elevation(elevation: Raster, places: pd.DataFrame) -> Iterator[Problem]:
    """Compare elevation with places of known altitude, where a shifted raster shows.

    Parameters
    ----------
    elevation : Raster
        Elevation. [m]
    places : DataFrame
        `place`, `lat`, `lon`, `expected_m` (what a cell of 30 arc-seconds reads there), `tolerance_m`.
    """
    yield from check_bounds("elevation", elevation)
    for place in places.itertuples():
        row = int((elevation.north - place.lat) / elevation.step_lat)
        column = int((place.lon - elevation.west) / elevation.step_lon)
        inside = 0 <= row < elevation.values.shape[0] and 0 <= column < elevation.values.shape[1]
        read = elevation.values[row, column] if inside else np.nan
        if not abs(read - place.expected_m) <= place.tolerance_m:
            yield Problem(
                "elevation",
                f"georeferencing: {place.place} ({place.lat} N {place.lon} E) reads {read:.0f} m, "
                f"not {place.expected_m} ± {place.tolerance_m} m",
            )


def check_bounds(layer: str, raster: Raster) -> Iterator[Problem]:
    """A raster that does not cover the box exactly."""
    rows, columns = raster.values.shape
    bounds = (
        raster.west,
        raster.north - rows * raster.step_lat,
        raster.west + columns * raster.step_lon,
        raster.north,
    )
    if not np.allclose(bounds, BOX, rtol=0, atol=1e-6):
        found, wanted = (f"{w:g}-{e:g} E {s:g}-{n:g} N" for w, s, e, n in (bounds, BOX))
        yield Problem(layer, f"georeferencing: covers {found}, not {wanted}")


def check_land_cover(land_cover: Raster, codes: set[int]) -> Iterator[Problem]:
    """Codes that are no land-cover class."""
    yield from check_bounds("land_cover", land_cover)
    found = {int(code) for code in np.unique(land_cover.values[np.isfinite(land_cover.values)])}
    if found - codes:
        yield Problem("land_cover", f"unknown classes {sorted(found - codes)}")


def _land_cover_codes() -> set[int]:
    return set(catalogue.read_table("land_cover_classes").code)


def check_climate(climate: xr.Dataset, districts: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Months out of order, and cells that touch the zone without a value."""
    yield from check_months("climate", climate)
    half = float(climate.lat[1] - climate.lat[0]) / 2
    lon, lat = np.meshgrid(climate.lon, climate.lat)
    cells = shapely.box(lon - half, lat - half, lon + half, lat + half)
    zone = xr.DataArray(shapely.intersects(districts.union_all(), cells), dims=("lat", "lon"))
    for name, values in climate.items():
        missing = int(zone.sum()) - int(values.where(zone).count(("lat", "lon")).min())
        if missing:
            yield Problem("climate", f"{name} is missing in {missing} cells of the zone")


def check_months(layer: str, dataset: xr.Dataset) -> Iterator[Problem]:
    """A month coordinate that is not 1 to 12."""
    months = dataset["month"].values.tolist()
    if months != list(range(1, 13)):
        yield Problem(layer, f"months are {months}, not 1 to 12")


def district_areas(districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Area of the embedded districts on the ellipsoid beside the published one.

    Returns
    -------
    DataFrame
        Indexed by district: `area_km2`, `area_published_km2`, `ratio` (NaN where none was published).
    """
    geod = pyproj.Geod(ellps="WGS84")
    area = [abs(geod.geometry_area_perimeter(shape)[0]) / 1e6 for shape in districts.geometry]
    table = pd.DataFrame({"area_km2": area}, index=pd.Index(districts.district, name="district"))
    table["area_published_km2"] = catalogue.read_table("districts").set_index("district").area_published_km2
    return table.assign(ratio=table.area_km2 / table.area_published_km2)


def check_areas(areas: pd.DataFrame) -> Iterator[Problem]:
    """Districts whose area is further from the published one than boundary sets differ."""
    for row in areas[(areas.ratio - 1).abs() > AREA_SPREAD].itertuples():
        yield Problem(
            "districts", f"{row.Index} covers {row.area_km2:.0f} km2, published are {row.area_published_km2:.0f} km2"
        )


def check_settlements(settlements: pd.DataFrame, districts: pd.DataFrame) -> Iterator[Problem]:
    """Places outside the box, populations that are none, and district centres that are not among the places."""
    inside = settlements.lon.between(BOX[0], BOX[2]) & settlements.lat.between(BOX[1], BOX[3])
    if not inside.all():
        yield Problem(
            "settlements",
            f"{int((~inside).sum())} places lie outside the box, first {settlements.name[~inside].iloc[0]}",
        )
    if (settlements.population <= 0).any():
        yield Problem("settlements", "populations of 0 or less: leave the unknown ones blank")
    for centre in sorted(set(districts.centre) - set(settlements.name)):
        yield Problem("settlements", f"the district centre {centre} is missing")


def _ranges() -> Iterator[Problem]:
    """Units and values of every gridded variable against `layer_ranges`."""
    gridded = {"climate": catalogue.load_climate, "daily_ghi": catalogue.load_daily_ghi}
    for layer, limits in catalogue.read_table("layer_ranges").groupby("layer", sort=False):
        for row in limits.itertuples():
            values = catalogue.load_elevation().values if layer == "elevation" else gridded[str(layer)]()[row.variable]
            yield from check_range(str(layer), str(row.variable), values, row.minimum, row.maximum)
            units = getattr(values, "attrs", {}).get("units", row.units)
            if units != row.units:
                yield Problem(str(layer), f"{row.variable} is in {units}, not {row.units}")


def check_range(
    layer: str, name: str, values: np.ndarray | xr.DataArray, minimum: float, maximum: float
) -> Iterator[Problem]:
    """Values below `minimum` or above `maximum`; NaN does not count."""
    lowest, highest = float(np.nanmin(values)), float(np.nanmax(values))
    if lowest < minimum or highest > maximum:
        yield Problem(layer, f"{name} spans {lowest:g} to {highest:g}, outside {minimum:g} to {maximum:g}")


def check_tables(tables: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Rows of curated tables without a source, and districts that do not exist."""
    known = set(tables["districts"].district)
    for name, table in tables.items():
        if name == "sources":
            continue
        if "source" not in table or table.source.isna().any():
            rows = len(table) if "source" not in table else int(table.source.isna().sum())
            yield Problem(f"tables/{name}", f"{rows} row(s) have no source")
        for column in {"district", "districts"} & set(table.columns):
            strange = set(table[column].dropna().str.split(";").explode()) - known
            if strange:
                yield Problem(f"tables/{name}", f"unknown districts {sorted(strange)}")
