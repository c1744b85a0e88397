"""Frames: aligned, exact in area, the same pixels whatever is in view."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from greenzone.grid import SiteGrid
from greenzone.schema import Raster
from greenzone.siting.frame import Frame, metric_crs, pixel_index, projected, site_coverage
from greenzone.zone import embedded_zone


def test_sites_are_covered_exactly():
    """Areas by pixels equal shapely's for whole cells and for those cut at the zone's edge."""
    grid = SiteGrid.square(embedded_zone(["Shusha"]), 1000.0)
    shapes = projected(grid.geometry, grid.crs)
    frame = Frame.around(tuple(shapely.total_bounds(shapes)), grid.crs, 150.0)  # does not divide 1000
    matrix = site_coverage(shapes, frame)
    assert np.asarray(matrix.sum(1)).ravel() == pytest.approx(1.0)
    x, _ = frame.centres()
    west = (x[None, :] < x[40]) * np.ones(frame.shape)
    half = shapely.box(0, 0, x[40] - 75, 1e8)
    expected = shapely.area(shapely.intersection(shapes, half)) / shapely.area(shapes)
    assert matrix @ west.ravel() == pytest.approx(expected, abs=2e-5)


def test_a_frame_is_aligned_with_its_crs():
    frame = Frame.around((1050.0, 2010.0, 1890.0, 2990.0), "EPSG:32638", 100.0)
    assert frame.bounds == (1000.0, 2000.0, 1900.0, 3000.0)
    assert frame.shape == (10, 9)
    assert frame.strip(2, 5).bounds == (1000.0, 2500.0, 1900.0, 2800.0)
    assert frame.grown(1).bounds == (900.0, 1900.0, 2000.0, 3100.0)


def test_positions_do_not_depend_on_the_frame():
    raster = Raster(np.zeros((360, 432)), 45.0, 41.0, 1 / 120, 1 / 120)
    frame = Frame("EPSG:32638", 100.0, 44_017, 6_003, 300, 400)
    whole = pixel_index(frame, raster)
    assert (pixel_index(frame.strip(113, 202), raster) == whole[113:202]).all()


def test_pixels_outside_a_raster_are_told():
    raster = Raster(np.zeros((10, 10)), 46.0, 40.0, 0.01, 0.01)
    assert (pixel_index(Frame("EPSG:32638", 100.0, 40_000, 6_000, 5, 5), raster) == 100).all()


def test_degrees_make_way_for_the_utm_zone():
    assert metric_crs("EPSG:4326", 46.5, 39.5) == "EPSG:32638"
    assert metric_crs("EPSG:4326", -70.0, -30.0) == "EPSG:32719"
    assert metric_crs("EPSG:3035", 46.5, 39.5) == "EPSG:3035"
