"""Frames: where the pixels of an eligibility raster lie, and which of them lie in which site.

Comes in: a CRS in metres, a resolution, site polygons. Goes out: `Frame`, an immutable grid aligned with the origin of
its CRS, so that a pixel is the same whatever else is in view, and the exact share of every pixel in every site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from rasterio.transform import Affine
from scipy import sparse

from greenzone.errors import GreenzoneError
from greenzone.schema import Raster

MAX_PIXELS = 500_000_000
NODE_STEP = 3200.0  # metres between the points that are projected exactly; those between are off by less than 0.2 m
SLIVER = 1e-5  # shares of a pixel below this come from rounded coordinates, not from land


@dataclass(frozen=True)
class Frame:
    """Square pixels of `resolution` metres in a projected CRS; `top` and `left` count pixels from its origin.

    The frame's northern edge lies at `top * resolution`, its western edge at `left * resolution`.
    """

    crs: str
    resolution: float
    top: int
    left: int
    rows: int
    columns: int

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float], crs: str, resolution: float) -> Frame:
        """The smallest frame that holds `bounds` (west, south, east, north in metres of `crs`).

        Raises
        ------
        GreenzoneError
            It would have more than `MAX_PIXELS` pixels.
        """
        left, bottom = (int(np.floor(round(edge / resolution, 6))) for edge in bounds[:2])
        right, top = (int(np.ceil(round(edge / resolution, 6))) for edge in bounds[2:])
        if (pixels := (right - left) * (top - bottom)) > MAX_PIXELS:
            raise GreenzoneError(
                f"eligibility at {resolution:g} m makes {pixels:.2g} pixels, more than {MAX_PIXELS:.1g}: "
                "raise 'eligibility.resolution'"
            )
        return cls(crs, float(resolution), top, left, top - bottom, right - left)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def transform(self) -> Affine:
        """From column and row to x and y, as rasterio wants it."""
        step = self.resolution
        return Affine(step, 0.0, self.left * step, 0.0, -step, self.top * step)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        step = self.resolution
        return self.left * step, (self.top - self.rows) * step, (self.left + self.columns) * step, self.top * step

    def strip(self, start: int, stop: int) -> Frame:
        """The rows from `start` to `stop` as a frame of its own."""
        return replace(self, top=self.top - start, rows=min(stop, self.rows) - start)

    def grown(self, pixels: int) -> Frame:
        """The frame with a margin of `pixels` on every side."""
        return replace(
            self,
            top=self.top + pixels,
            left=self.left - pixels,
            rows=self.rows + 2 * pixels,
            columns=self.columns + 2 * pixels,
        )

    def divided(self, parts: int) -> Frame:
        """The same land with every pixel cut into `parts` by `parts`."""
        return Frame(
            self.crs,
            self.resolution / parts,
            self.top * parts,
            self.left * parts,
            self.rows * parts,
            self.columns * parts,
        )

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Eastings of the columns' and northings of the rows' centres [m]."""
        x = (self.left + np.arange(self.columns) + 0.5) * self.resolution
        return x, (self.top - np.arange(self.rows) - 0.5) * self.resolution


def metric_crs(crs: str, lon: float, lat: float) -> str:
    """`crs` where it is projected in metres, else the UTM zone of a place."""
    parsed = pyproj.CRS.from_user_input(crs)
    if parsed.is_projected and all(axis.unit_name == "metre" for axis in parsed.axis_info[:2]):
        return crs
    zone = int(np.clip(np.floor((lon + 180) / 6) + 1, 1, 60))
    return f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"


def projected(geometry: np.ndarray, crs: str) -> np.ndarray:
    """WGS 84 shapes in another CRS."""
    forward = pyproj.Transformer.from_crs(4326, pyproj.CRS.from_user_input(crs), always_xy=True).transform
    return shapely.transform(np.asarray(geometry, object), forward, interleaved=False)


def pixel_index(frame: Frame, raster: Raster) -> np.ndarray:
    """Flat index of the pixel of `raster` (WGS 84) under each pixel centre; `raster.values.size` outside it.

    Positions are projected at every n-th pixel, counted from the origin of the CRS, and interpolated between.
    """
    nodes = max(1, int(NODE_STEP / frame.resolution))
    first_row, first_column = -(-frame.top // nodes) * nodes, frame.left // nodes * nodes
    last_row, last_column = frame.top - frame.rows, frame.left + frame.columns
    row_nodes = np.arange(first_row, (last_row // nodes - 1) * nodes, -nodes)
    column_nodes = np.arange(first_column, last_column + 2 * nodes, nodes)
    inverse = pyproj.Transformer.from_crs(pyproj.CRS.from_user_input(frame.crs), 4326, always_xy=True).transform
    lon, lat = inverse(*np.meshgrid(column_nodes * frame.resolution, row_nodes * frame.resolution))
    rows, columns = raster.values.shape
    along = (frame.left + np.arange(frame.columns) + 0.5 - first_column) / nodes
    down = (first_row - (frame.top - np.arange(frame.rows) - 0.5)) / nodes
    column = np.floor((_between(lon, down, along) - raster.west) / raster.step_lon).astype(np.int32)
    row = np.floor((raster.north - _between(lat, down, along)) / raster.step_lat).astype(np.int32)
    outside = (row < 0) | (row >= rows) | (column < 0) | (column >= columns)
    return np.where(outside, np.int32(raster.values.size), row * np.int32(columns) + column)


def _between(nodes: np.ndarray, down: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Bilinear values between nodes at positions counted in nodes."""
    row, column = np.floor(down).astype(int), np.floor(along).astype(int)
    in_row = nodes[row] + (nodes[row + 1] - nodes[row]) * (down - row)[:, None]
    return in_row[:, column] + (in_row[:, column + 1] - in_row[:, column]) * (along - column)


def site_coverage(shapes: np.ndarray, frame: Frame) -> sparse.csr_matrix:
    """Share of each site that lies on each pixel, exactly; rows sum to 1.

    Parameters
    ----------
    shapes : ndarray of polygons
        Sites in the frame's CRS, all inside the frame.
    frame : Frame
        The pixels.

    Returns
    -------
    csr_matrix (site, pixel)
        Rectangles along the axes, such as whole square cells, are reckoned at once; others by exactextract.
    """
    west, south, east, north = shapely.bounds(shapes).T
    whole = np.abs((east - west) * (north - south) / np.maximum(shapely.area(shapes), 1e-12) - 1) < 1e-6
    parts = [_of_rectangles(np.flatnonzero(whole), shapely.bounds(shapes[whole]), frame)]
    if not whole.all():
        parts.append(_of_polygons(np.flatnonzero(~whole), shapes[~whole], frame))
    site, pixel, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = share > SLIVER
    matrix = sparse.csr_matrix(
        (share[kept], (site[kept], pixel[kept])), shape=(len(shapes), frame.rows * frame.columns)
    )
    total = np.asarray(matrix.sum(1)).ravel()
    return sparse.csr_matrix(sparse.diags(1 / np.where(total > 0, total, 1)) @ matrix)


def site_of_pixel(coverage: sparse.csr_matrix, area: np.ndarray) -> np.ndarray:
    """Position of the site that covers most of each pixel, -1 where none does; `area` is that of each site."""
    site = np.repeat(np.arange(coverage.shape[0]), np.diff(coverage.indptr))
    order = np.argsort(coverage.data * area[site], kind="stable")
    found = np.full(coverage.shape[1], -1, np.int32)
    found[coverage.indices[order]] = site[order]
    return found


Triples = tuple[np.ndarray, np.ndarray, np.ndarray]


def _of_rectangles(site: np.ndarray, bounds: np.ndarray, frame: Frame) -> Triples:
    """Site, pixel and covered share of the pixel, for rectangles along the axes."""
    step = frame.resolution
    left, right = bounds[:, 0] / step - frame.left, bounds[:, 2] / step - frame.left
    upper, lower = frame.top - bounds[:, 3] / step, frame.top - bounds[:, 1] / step
    first_column, columns = _span(left, right, frame.columns)
    first_row, rows = _span(upper, lower, frame.rows)
    count = rows * columns
    rectangle = np.repeat(np.arange(len(site)), count)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row = first_row[rectangle] + number // columns[rectangle]
    column = first_column[rectangle] + number % columns[rectangle]
    across = np.minimum(right[rectangle], column + 1) - np.maximum(left[rectangle], column)
    down = np.minimum(lower[rectangle], row + 1) - np.maximum(upper[rectangle], row)
    return site[rectangle], row * frame.columns + column, across * down


def _span(start: np.ndarray, stop: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """First pixel and number of pixels that an interval touches by more than a sliver."""
    first = np.clip(np.floor(start + SLIVER), 0, limit - 1).astype(int)
    return first, np.clip(np.ceil(stop - SLIVER), 1, limit).astype(int) - first


def _of_polygons(site: np.ndarray, shapes: np.ndarray, frame: Frame) -> Triples:
    west, south, east, north = frame.bounds
    wkt = pyproj.CRS.from_user_input(frame.crs).to_wkt()
    blank = np.broadcast_to(np.float32(0), frame.shape)
    source = NumPyRasterSource(blank, xmin=west, xmax=east, ymin=south, ymax=north, srs_wkt=wkt)
    vector = gpd.GeoDataFrame(geometry=shapes, crs=wkt)
    found = exact_extract(source, vector, ["cell_id", "coverage"], output="pandas")
    count = found["cell_id"].map(len).to_numpy()
    share = np.concatenate(found["coverage"].to_numpy()).astype(float)
    return np.repeat(site, count), np.concatenate(found["cell_id"].to_numpy()).astype(int), share
