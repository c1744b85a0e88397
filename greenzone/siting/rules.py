"""Rules: what each limit of a scenario leaves of a piece of land.

Comes in: the limits of one technology, the surface, raster files, features. Goes out: for each rule a function that
takes a frame and gives the usable share of each of its pixels, 0 to 1. A rule looks at nothing but its own layer, so
the same pixel gets the same share in every frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial

import numpy as np
import pandas as pd
import pyproj
import rasterio
import shapely
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform, transform_bounds
from rasterio.windows import Window

from greenzone.config.eligibility import EligibilityRules, Limits, Nearness
from greenzone.config.layers import UserRaster
from greenzone.errors import GreenzoneError
from greenzone.layers.rasters import opened
from greenzone.layers.surface import Surface
from greenzone.layers.terrain import share_below_slope
from greenzone.schema import Raster
from greenzone.siting.distance import share_within
from greenzone.siting.features import Features
from greenzone.siting.frame import Frame, pixel_index

Rule = Callable[[Frame], np.ndarray]
MOST_PARTS = 8  # places along a pixel's edge at which a finer raster is looked at


def rules_of(
    rules: EligibilityRules,
    surface: Surface,
    classes: Mapping[str, int],
    rasters: Mapping[str, UserRaster],
    features: Mapping[str, Features],
    year: int | None = None,
    tip_height: float = 0.0,
) -> dict[str, Rule]:
    """All rules of a technology by name, those that could bar nothing left out.

    Parameters
    ----------
    rules : EligibilityRules
        Limits of one technology.
    surface : Surface
        Terrain, land cover, wind and settlements of the box.
    classes : mapping of str to int
        Code of each land-cover class.
    rasters, features : mapping
        The user's layers by name; a rule about features that are not among them is left out.
    year : int, optional
        Year for which land is judged.
    tip_height : float
        Height of blade tips, where the rules name none. [m]

    Raises
    ------
    GreenzoneError
        A rule names a raster that is not there, or asks for a year that the scenario does not name.
    """
    found: dict[str, Rule] = {
        name: partial(_sampled, _padded(weights), surface.elevation)
        for name, weights in surface_weights(surface, rules, classes).items()
    }
    near = _kilometres(rules.min_distance_settlement, rules.max_distance_settlement)
    if near is not None:
        found["settlement"] = partial(_of_points, surface.settlements, near)
    for name, limits in rules.rasters.items():
        if name not in rasters:
            raise GreenzoneError(f"eligibility names the raster '{name}', which 'layers.rasters' does not define")
        smooth = "year" not in (limits.min, limits.max)
        share = partial(raster_share, rasters[name], _dated(name, limits, year), smooth=smooth)
        found[f"rasters: {name}"] = share  # a raster may bear the name of a built-in rule, such as land_cover
    tip = rules.tip_height or tip_height
    for name, nearness in rules.features.items():
        if name in features:
            shapes, setback = features[name].in_year(year), nearness.setback(tip)
            found[f"features: {name}"] = partial(feature_share, shapes, setback, nearness.max_distance, nearness.share)
    return found


def surface_weights(surface: Surface, rules: EligibilityRules, classes: Mapping[str, int]) -> dict[str, np.ndarray]:
    """Share of each pixel of the surface that terrain, land cover and wind leave; 1 where nothing is known."""
    weights = {"land_cover": _class_shares(surface.land_cover, rules, classes)}
    if rules.min_elevation is not None or rules.max_elevation is not None:
        weights["elevation"] = _within(surface.elevation.values, rules.min_elevation, rules.max_elevation)
    if rules.max_slope is not None:
        weights["slope"] = np.nan_to_num(share_below_slope(surface.slope, rules.max_slope), nan=1.0)
    if rules.max_north_slope is not None:
        northward = surface.slope * np.cos(np.radians(np.nan_to_num(surface.aspect, nan=90.0)))
        weights["north_slope"] = _within(northward, None, rules.max_north_slope)
    if rules.min_wind_speed is not None:
        weights["wind_speed"] = _within(surface.wind_speed, rules.min_wind_speed, None)
    return weights


def _within(values: np.ndarray, lower: float | None, upper: float | None) -> np.ndarray:
    outside = np.zeros(values.shape, bool)
    if lower is not None:
        outside |= values < lower
    if upper is not None:
        outside |= values > upper
    return np.where(outside, 0.0, 1.0)


def _class_shares(land_cover: np.ndarray, rules: EligibilityRules, classes: Mapping[str, int]) -> np.ndarray:
    shares = np.full(256, rules.default_share)
    shares[255] = 1.0
    for name, share in rules.land_cover.items():
        shares[classes[name]] = share
    return shares[np.nan_to_num(land_cover, nan=255).astype(int)]


def _padded(weights: np.ndarray) -> np.ndarray:
    """Weights in a row, with a last one for what lies outside: unknown, so kept."""
    return np.append(weights.astype(np.float32).ravel(), np.float32(1.0))


@lru_cache(maxsize=4)
def _index(frame: Frame, west: float, north: float, steps: tuple[float, float], shape: tuple[int, int]) -> np.ndarray:
    return pixel_index(frame, Raster(np.broadcast_to(np.float32(0), shape), west, north, *steps))


def surface_index(frame: Frame, raster: Raster) -> np.ndarray:
    """`pixel_index`, remembered for the frames looked at last."""
    return _index(frame, raster.west, raster.north, (raster.step_lon, raster.step_lat), raster.values.shape)


def _sampled(padded: np.ndarray, raster: Raster, frame: Frame) -> np.ndarray:
    return padded.take(surface_index(frame, raster))


def _kilometres(lower: float | None, upper: float | None) -> Nearness | None:
    if lower is None and upper is None:
        return None
    metres = [None if limit is None else limit * 1000 for limit in (lower, upper)]
    return Nearness(min_distance=metres[0], max_distance=metres[1])


def _of_points(points: pd.DataFrame, near: Nearness, frame: Frame) -> np.ndarray:
    forward = pyproj.Transformer.from_crs(4326, pyproj.CRS.from_user_input(frame.crs), always_xy=True).transform
    shapes = shapely.points(*forward(points["lon"].to_numpy(float), points["lat"].to_numpy(float)))
    return feature_share(shapes, near.min_distance, near.max_distance, near.share, frame)


def feature_share(
    shapes: np.ndarray, nearest: float | None, furthest: float | None, barred: float, frame: Frame
) -> np.ndarray:
    """Usable share of each pixel by its distance from features.

    Parameters
    ----------
    shapes : ndarray of geometries
        In the frame's CRS.
    nearest, furthest : float or None
        Land nearer than `nearest` [m] or further than `furthest` [m] is barred; None sets no limit.
    barred : float
        Usable share of barred land [1].
    frame : Frame
        The pixels.
    """
    usable = share_within(frame, shapes, nearest) if nearest is not None else np.zeros(frame.shape, np.float32)
    np.subtract(np.float32(1), usable, out=usable)
    if furthest is not None:
        usable *= share_within(frame, shapes, furthest)
    return usable if barred == 0 else np.float32(barred) + np.float32(1 - barred) * usable


def _dated(name: str, limits: Limits, year: int | None) -> Limits:
    """The limits with the year put in where they ask for it."""
    asked = {key: year for key in ("min", "max") if getattr(limits, key) == "year"}
    if asked and year is None:
        raise GreenzoneError(f"the limits of raster '{name}' ask for the year: set 'eligibility.year'")
    return limits.model_copy(update={key: float(value) for key, value in asked.items() if value is not None})


def raster_share(source: UserRaster, limits: Limits, frame: Frame, smooth: bool = True) -> np.ndarray:
    """Usable share of each pixel by the values of a raster file.

    Parameters
    ----------
    source : UserRaster
        File and band.
    limits : Limits
        Which values are usable.
    frame : Frame
        The pixels.
    smooth : bool
        Whether values between pixels mean something; those of years and classes do not.

    Returns
    -------
    ndarray (rows, columns), float32
        Where the raster is finer than the frame, the share of its pixels that are usable, looked at in up to
        `MOST_PARTS` squared places of each pixel. Where it is coarser, numbers (floats under `min` or `max` alone) are
        interpolated between its pixels; whole numbers and classes are those of the pixel under the centre.
    """
    path = str(source.file)
    parts = _parts(path, frame.crs, frame.resolution)
    by_class = limits.values is not None or limits.excluded or limits.shares
    values, known = read_window(path, source.band, frame.divided(parts), smooth and not by_class)
    share = limits_share(values, known, limits)
    if parts == 1:
        return share
    return np.asarray(share.reshape(frame.rows, parts, frame.columns, parts).mean((1, 3)), np.float32)


def _parts(path: str, crs: str, resolution: float) -> int:
    """In how many parts the edge of a pixel is cut, so that none of a finer raster's pixels is passed over."""
    with opened(path) as source:
        step = abs(source.transform.a)
        if not _same_crs(source.crs.to_wkt(), crs):
            box = source.width, source.height, *source.bounds
            step = abs(calculate_default_transform(source.crs, crs, *box)[0].a)
    return int(np.clip(np.ceil(resolution / step - 0.05), 1, MOST_PARTS))


def limits_share(values: np.ndarray, known: np.ndarray, limits: Limits) -> np.ndarray:
    """Usable share by value: barred outside the limits, and by the policy for what is unknown."""
    usable = np.ones(values.shape, bool)
    whole = np.issubdtype(values.dtype, np.integer)  # whole numbers are compared as such, which is many times faster
    if limits.min is not None:
        usable &= values >= (math.ceil(float(limits.min)) if whole else float(limits.min))
    if limits.max is not None:
        usable &= values <= (math.floor(float(limits.max)) if whole else float(limits.max))
    if limits.values is not None:
        usable &= np.isin(values, limits.values)
    if limits.excluded:
        usable &= ~np.isin(values, limits.excluded)
    share = usable.astype(np.float32)
    if limits.share > 0:
        share = np.maximum(share, np.float32(limits.share))
    for value, part in limits.shares.items():
        share[values == value] = part
    if not known.all():
        share[~known] = 1.0 if limits.unknown == "keep" else 0.0
    return share


def read_window(path: str, band: int, frame: Frame, smooth: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Values of a raster file at the pixel centres of a frame, and where they are known.

    A file on the frame's own pixels is read as it is. Any other is warped: the nearest pixel, or between pixels where
    `smooth` asks for it and the values are floats.

    Raises
    ------
    GreenzoneError
        See `read_raster` in the layers.
    """
    with opened(path) as source:
        if band > source.count:
            raise GreenzoneError(f"raster {path} has {source.count} band(s), not {band}")
        offset = _offset(source, frame)
        if offset is not None:
            window = Window(offset[1], offset[0], frame.columns, frame.rows)
            if offset[0] >= 0 and offset[1] >= 0 and _holds(source, window):
                return _known(source.read(band, window=window), source, band)
        options = {"crs": frame.crs, "transform": frame.transform, "width": frame.columns, "height": frame.rows}
        between = smooth and np.issubdtype(source.dtypes[band - 1], np.floating)
        how = Resampling.bilinear if between else Resampling.nearest
        with WarpedVRT(source, resampling=how, add_alpha=source.nodata is None, **options) as warped:
            values = warped.read(band)
            mask = warped.read_masks(band) > 0
    if np.issubdtype(values.dtype, np.floating):
        mask &= ~np.isnan(values)
    return values, mask


def _known(values: np.ndarray, source: rasterio.DatasetReader, band: int) -> tuple[np.ndarray, np.ndarray]:
    nodata = source.nodatavals[band - 1]
    if np.issubdtype(values.dtype, np.floating):
        return values, ~np.isnan(values) if nodata is None or np.isnan(nodata) else values != nodata
    return values, np.ones(values.shape, bool) if nodata is None else values != nodata


def _offset(source: rasterio.DatasetReader, frame: Frame) -> tuple[int, int] | None:
    """Row and column of the file at the frame's corner; None where its pixels are not those of the frame."""
    own, step = source.transform, frame.resolution
    if (own.a, own.b, own.d, own.e) != (step, 0.0, 0.0, -step) or not _same_crs(source.crs.to_wkt(), frame.crs):
        return None
    column, row = (frame.left * step - own.c) / step, (own.f - frame.top * step) / step
    near = abs(column - round(column)) < 1e-6 and abs(row - round(row)) < 1e-6
    return (round(row), round(column)) if near else None


def _holds(source: rasterio.DatasetReader, window: Window) -> bool:
    return window.row_off + window.height <= source.height and window.col_off + window.width <= source.width


@cache
def _same_crs(one: str, other: str) -> bool:
    return bool(pyproj.CRS.from_user_input(one).equals(pyproj.CRS.from_user_input(other), ignore_axis_order=True))


def check_raster_meets(name: str, source: UserRaster, frame: Frame) -> None:
    """Raise GreenzoneError where a raster file does not meet the frame at all."""
    with opened(source.file) as file:
        west, south, east, north = transform_bounds(file.crs, frame.crs, *file.bounds)
    box = frame.bounds
    if west > box[2] or east < box[0] or south > box[3] or north < box[1]:
        raise GreenzoneError(f"raster '{name}' ({source.file}) does not meet the zone: is its CRS right?")
