"""The zone: which polygons are looked at, and which district each belongs to.

Comes in: names of embedded districts, or any polygon file geopandas reads. Goes out: a GeoDataFrame in WGS 84
with the columns `district` and `geometry`, valid and without overlaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio.errors
import pyproj
import shapely

from greenzone.errors import GreenzoneError, nearest
from greenzone.layers import catalogue

EDGE_STEP = 1000.0  # metres between vertices on an edge before it is projected
OVERLAP_TOLERANCE = 1e-3  # share of the zone's area by which districts may overlap before it is an error


def embedded_zone(districts: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """The embedded districts of the given names, all of them by default.

    Parameters
    ----------
    districts : sequence of str, optional
        Names as in `data/tables/districts.csv`.

    Returns
    -------
    GeoDataFrame
        Columns `district`, `geometry`, in WGS 84.

    Raises
    ------
    GreenzoneError
        A name is not among the embedded districts.
    """
    known = catalogue.load_districts()[["district", "geometry"]]
    if districts is None:
        return known
    for name in districts:
        if name not in set(known.district):
            raise GreenzoneError(f"unknown district '{name}': {nearest(name, known.district)}")
    return known[known.district.isin(districts)].reset_index(drop=True)


def read_zone(path: str | Path, name_column: str = "district") -> gpd.GeoDataFrame:
    """Read a zone of the user's own.

    Parameters
    ----------
    path : path
        Any polygon file that geopandas reads, with a CRS.
    name_column : str
        Column that names the districts; where the file lacks it, all polygons are one district, named by the file.

    Returns
    -------
    GeoDataFrame
        Columns `district`, `geometry`, in WGS 84; parts of one district joined.

    Raises
    ------
    GreenzoneError
        The file is missing, unreadable, empty, has no CRS, no polygons, or districts that overlap.
    """
    path = Path(path)
    if not path.exists():
        raise GreenzoneError(f"zone file {path} does not exist")
    try:
        frame = gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, ValueError, UnicodeDecodeError) as error:
        raise GreenzoneError(f"zone file {path} cannot be read as a vector file: {error}") from None
    if frame.crs is None:
        raise GreenzoneError(f"zone file {path} has no CRS: write it with one, for example EPSG:4326")
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if frame.empty:
        raise GreenzoneError(f"zone file {path} holds no features")
    if not set(frame.geom_type) <= {"Polygon", "MultiPolygon"}:
        raise GreenzoneError(f"zone file {path} holds {frame.geom_type.iloc[0]} features: polygons are needed")
    frame["district"] = frame[name_column].astype(str) if name_column in frame else path.stem
    frame = frame[["district", "geometry"]].to_crs(4326)
    frame["geometry"] = shapely.make_valid(frame.geometry.to_numpy())
    frame = frame.dissolve("district", as_index=False)[["district", "geometry"]]
    _check_overlap(frame, path)
    return frame


def _check_overlap(frame: gpd.GeoDataFrame, path: Path) -> None:
    shapes = frame.geometry.to_numpy()
    excess = shapely.area(shapes).sum() / shapely.area(shapely.union_all(shapes)) - 1
    if excess > OVERLAP_TOLERANCE:
        raise GreenzoneError(f"districts in {path} overlap by {excess:.1%} of the zone: mend the polygons")


def check_inside_data(zone: gpd.GeoDataFrame, bounds: tuple[float, float, float, float]) -> None:
    """Raise GreenzoneError unless the zone lies within `bounds` (west, south, east, north in degrees)."""
    west, south, east, north = zone.total_bounds
    if west < bounds[0] or south < bounds[1] or east > bounds[2] or north > bounds[3]:
        raise GreenzoneError(
            f"the zone ({west:.2f}-{east:.2f} E, {south:.2f}-{north:.2f} N) reaches outside the elevation data "
            f"({bounds[0]:.2f}-{bounds[2]:.2f} E, {bounds[1]:.2f}-{bounds[3]:.2f} N): "
            "name rasters of your own under 'layers'"
        )


def geodesic_area_km2(zone: gpd.GeoDataFrame) -> np.ndarray:
    """Area of each polygon on the WGS 84 ellipsoid, km2."""
    geod = pyproj.Geod(ellps="WGS84")
    return np.array([abs(geod.geometry_area_perimeter(shape)[0]) for shape in zone.geometry]) / 1e6


def geodesic_edges(shapes: np.ndarray, step: float = EDGE_STEP) -> np.ndarray:
    """Polygons (WGS 84) with vertices added along the geodesics between their own, so that none is further than `step`.

    An edge then is the same line in every projection, and the area that of the geodesic polygon.
    """
    return np.array([_with_rings(shape, step) for shape in shapes], object)


def _with_rings(shape: shapely.Geometry, step: float) -> shapely.Geometry:
    parts = [
        shapely.Polygon(_dense_ring(part.exterior, step), [_dense_ring(hole, step) for hole in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    return shapely.make_valid(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))


def _dense_ring(ring: shapely.LinearRing, step: float) -> np.ndarray:
    geod = pyproj.Geod(ellps="WGS84")
    start, end = (points := shapely.get_coordinates(ring))[:-1], points[1:]
    azimuth, _, length = geod.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    pieces = np.maximum(np.ceil(length / step), 1).astype(int)
    edge = np.repeat(np.arange(len(pieces)), pieces)
    piece = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    lon, lat, _ = geod.fwd(start[edge, 0], start[edge, 1], azimuth[edge], length[edge] * piece / pieces[edge])
    dense = np.column_stack([lon, lat])
    dense[piece == 0] = start  # the polygon's own vertices stay as they are, to the last digit
    return np.vstack([dense, dense[:1]])
