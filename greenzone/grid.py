"""The site grid: which cells cover the zone, where they lie, how large their parts inside the zone are.

Comes in: the zone's polygons, the kind and size of cells. Goes out: an immutable `SiteGrid`; nobody else computes
cell positions, areas or districts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import h3
import numpy as np
import pyproj
import shapely
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.schema import SITES, label
from greenzone.zone import geodesic_edges

MAX_CELLS = 5_000_000
MIN_PART = 1e-5  # parts below this share of a cell are slivers of arithmetic, not land
EDGE_STEP_DEGREES = 0.02  # edges are given vertices this close before they are projected, so that they bend rightly
EDGE_STEP_METRES = 2000.0


@dataclass(frozen=True, eq=False)
class SiteGrid:
    """Cells that cover a zone, each cut at the zone's edge.

    Build it with `square`, `lonlat` or `h3_cells`.

    Attributes
    ----------
    kind : str
        "square", "lonlat" or "h3".
    crs : str
        CRS of the cells' edges and of `x`, `y`.
    cell_size : float
        Metres, degrees, or the H3 resolution.
    sites : Dataset
        The sites schema: `x y lon lat area_km2 district` over `site`. `x y lon lat` are the centroid of the part
        inside the zone; the coordinate `site` names the cell and does not depend on the zone's extent.
    geometry : ndarray of polygons
        The part of each cell inside the zone, in WGS 84, in the order of `site`.
    """

    kind: str
    crs: str
    cell_size: float
    sites: xr.Dataset
    geometry: np.ndarray

    @classmethod
    def square(cls, zone: gpd.GeoDataFrame, cell_size: float = 1000.0, crs: str = "EPSG:32638") -> SiteGrid:
        """Square cells of `cell_size` metres in a projected CRS, aligned with its origin."""
        unit = _parsed(crs).axis_info[0].unit_name
        if unit != "metre":
            raise GreenzoneError(f"square cells need a projected CRS in metres; {crs} is in {unit}s")
        return cls._rectangles("square", zone, cell_size, crs)

    @classmethod
    def lonlat(cls, zone: gpd.GeoDataFrame, cell_size: float = 0.01) -> SiteGrid:
        """Cells of `cell_size` degrees of longitude and latitude."""
        return cls._rectangles("lonlat", zone, cell_size, "EPSG:4326")

    @classmethod
    def h3_cells(cls, zone: gpd.GeoDataFrame, resolution: int = 8) -> SiteGrid:
        """H3 hexagons of a resolution (8 is about 0.7 km2)."""
        expected = _zone_km2(zone) / h3.average_hexagon_area(resolution, unit="km^2")
        _check_count(expected, f"H3 resolution {resolution}")
        names = {
            name
            for shape in zone.geometry
            for name in h3.polygon_to_cells_experimental(h3.geo_to_h3shape(shape), resolution, contain="overlap")
        }
        ids = np.array(sorted(names))
        rings = [[(lon, lat) for lat, lon in h3.cell_to_boundary(name)] for name in ids]
        return cls._cut("h3", zone, float(resolution), "EPSG:4326", ids, shapely.polygons(rings) if rings else [])

    @classmethod
    def _rectangles(cls, kind: str, zone: gpd.GeoDataFrame, size: float, crs: str) -> SiteGrid:
        if not size > 0:
            raise GreenzoneError(f"cell size {size} must be above 0")
        forward = _transformer("EPSG:4326", crs)
        outline = shapely.union_all(_moved(geodesic_edges(zone.geometry.to_numpy()), forward, step=None))
        west, south, east, north = shapely.bounds(outline)
        _check_count((east - west) / size * ((north - south) / size), f"cell size {size:g}")
        columns = np.arange(np.floor(west / size), np.ceil(east / size))
        rows = np.arange(np.floor(south / size), np.ceil(north / size))
        column, row = (index.ravel() for index in np.meshgrid(columns, rows[::-1]))
        cells = shapely.box(column * size, row * size, (column + 1) * size, (row + 1) * size)
        shapely.prepare(outline)
        touched = shapely.intersects(outline, cells)
        column, row, cells = column[touched], row[touched], cells[touched]
        ids = np.array([_cell_name(kind, x * size, y * size, size) for x, y in zip(column, row, strict=True)])
        return cls._cut(kind, zone, size, crs, ids, cells)

    @classmethod
    def _cut(
        cls, kind: str, zone: gpd.GeoDataFrame, size: float, crs: str, ids: np.ndarray, cells: np.ndarray
    ) -> SiteGrid:
        """Cut the cells, given in `crs`, at the zone's edge and measure what is left."""
        forward, inverse = _transformer("EPSG:4326", crs), _transformer(crs, "EPSG:4326")
        shapes = _moved(geodesic_edges(zone.geometry.to_numpy()), forward, step=None)
        shares = np.zeros((len(cells), len(shapes)))
        for index, shape in enumerate(shapes):
            shares[:, index] = _overlap_area(shape, cells)
        keep = shares.sum(1) > MIN_PART * np.maximum(shapely.area(cells), 1e-12) if len(cells) else np.zeros(0, bool)
        if not keep.any():
            raise GreenzoneError("the zone is empty: none of its area falls on the grid")
        cells, ids, shares = np.asarray(cells)[keep], ids[keep], shares[keep]
        parts = _clip(shapely.union_all(shapes), cells)
        geometry = shapely.orient_polygons(_moved(parts, inverse, step=_edge_step(crs)))
        centre = shapely.get_coordinates(shapely.centroid(parts))
        lon, lat = inverse(centre[:, 0], centre[:, 1])
        sites = xr.Dataset(
            {
                "x": ("site", centre[:, 0]),
                "y": ("site", centre[:, 1]),
                "lon": ("site", lon),
                "lat": ("site", lat),
                "area_km2": ("site", _ellipsoidal_km2(parts, inverse, _edge_step(crs))),
                "district": ("site", zone.district.to_numpy(dtype=str)[shares.argmax(1)]),
            },
            {"site": ("site", ids, {"long_name": "name of the grid cell"})},
        )
        return cls(kind, crs, size, label(sites, SITES), _without_slits(_moved(geometry, _rounded, step=None)))


def _parsed(crs: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise GreenzoneError(f"'{crs}' is not a CRS: write it like EPSG:32638") from None


def _transformer(source: str, target: str) -> Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    return pyproj.Transformer.from_crs(_parsed(source), _parsed(target), always_xy=True).transform


def _moved(shapes: np.ndarray, move: Callable, step: float | None) -> np.ndarray:
    """Transform shapes after adding vertices so that no edge is longer than `step`."""
    dense = shapely.segmentize(shapes, step) if step else shapes
    return shapely.transform(dense, move, interleaved=False)


def _rounded(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.round(x, 9), np.round(y, 9)


def _without_slits(shapes: np.ndarray) -> np.ndarray:
    """Close holes between neighbours of a zone that are thinner than the rounding, which makes lines of them."""
    slit = ~shapely.is_valid(shapes)
    closed = _polygons_only(shapely.set_precision(shapely.make_valid(shapes[slit]), 1e-9))
    shapes[slit] = shapely.orient_polygons(closed)
    return shapes


def _edge_step(crs: str) -> float:
    return EDGE_STEP_DEGREES if _parsed(crs).is_geographic else EDGE_STEP_METRES


def _overlap_area(shape: shapely.Geometry, cells: np.ndarray) -> np.ndarray:
    """Area of each cell inside `shape`, in the units of both."""
    return shapely.area(_clip(shape, cells))


def _clip(shape: shapely.Geometry, cells: np.ndarray) -> np.ndarray:
    """Part of each cell inside `shape`; only cells on its edge are really cut."""
    shapely.prepare(shape)
    parts = np.full(len(cells), shapely.Polygon(), object)
    inside = shapely.contains_properly(shape, cells)
    edge = shapely.intersects(shape, cells) & ~inside
    parts[inside] = np.asarray(cells)[inside]
    parts[edge] = _polygons_only(shapely.intersection(np.asarray(cells)[edge], shape))
    return parts


def _polygons_only(shapes: np.ndarray) -> np.ndarray:
    """Drop the points and lines that an intersection along an edge leaves behind."""
    mixed = shapely.get_type_id(shapes) == 7
    if mixed.any():
        pieces = [[p for p in shapely.get_parts(shape) if shapely.area(p) > 0] for shape in shapes[mixed]]
        shapes[mixed] = [shapely.union_all(kept) for kept in pieces]
    return shapes


def _ellipsoidal_km2(parts: np.ndarray, inverse: Callable, step: float) -> np.ndarray:
    """True areas: the parts drawn in an equal-area projection centred on them, edges densified first."""
    west, south, east, north = shapely.total_bounds(_moved(parts, inverse, step=None))
    lon, lat = (west + east) / 2, (south + north) / 2
    equal_area = _transformer("EPSG:4326", f"+proj=laea +lon_0={lon} +lat_0={lat} +ellps=WGS84 +units=m +type=crs")
    return shapely.area(_moved(parts, lambda x, y: equal_area(*inverse(x, y)), step=step)) / 1e6


def _zone_km2(zone: gpd.GeoDataFrame) -> float:
    return float(zone.to_crs("+proj=cea +ellps=WGS84 +units=m +type=crs").area.sum() / 1e6)


def _check_count(expected: float, what: str) -> None:
    if not expected <= MAX_CELLS:
        raise GreenzoneError(f"{what} makes about {expected:.2g} cells, more than {MAX_CELLS:,}: take larger cells")


def _cell_name(kind: str, x: float, y: float, size: float) -> str:
    """Name of a cell by its south-west corner, the same in every zone."""
    if kind == "lonlat":
        digits = max(0, int(np.ceil(-np.log10(size))) + 2)
        return f"{x:.{digits}f}E{y:.{digits}f}N"
    return f"E{round(x)}N{round(y)}"
