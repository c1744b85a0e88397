"""Buffers: round, exact to the raster's resolution, the same across borders; held against shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.siting import distance
from greenzone.siting.distance import share_within
from greenzone.siting.frame import Frame

FRAME = Frame("EPSG:32638", 50.0, top=88_000, left=12_000, rows=90, columns=110)
WEST, SOUTH, EAST, NORTH = FRAME.bounds


def centres(frame: Frame) -> np.ndarray:
    x, y = frame.centres()
    return shapely.points(*np.meshgrid(x, y))


@pytest.mark.parametrize("cells", [10, 11, 12, 13.7, 20, 37.5])
def test_the_buffer_of_a_point_has_the_area_of_a_circle(cells):
    """A diamond would have 2 / pi of it, 64 %; counting whole pixels misses by up to 2.5 % (441 for 452 at r = 12)."""
    place = shapely.Point(WEST + 54.5 * 50, SOUTH + 44.5 * 50)
    area = share_within(FRAME, np.array([place]), cells * 50).sum()
    assert area == pytest.approx(np.pi * cells**2, rel=0.01)


def test_the_buffer_of_a_point_reaches_as_far_diagonally_as_along_the_axes():
    place = shapely.Point(WEST + 54.5 * 50, SOUTH + 44.5 * 50)
    share = share_within(FRAME, np.array([place]), 20 * 50)
    middle = 90 - 45, 54
    assert share[middle[0], middle[1] + 19] == 1
    assert share[middle[0] - 13, middle[1] + 13] == 1  # 18.4 pixels away
    assert share[middle[0] - 15, middle[1] + 15] == 0  # 21.2 pixels away: inside a square, not a circle
    assert share[middle[0] - 12, middle[1] + 12] == 1  # 24 steps along the axes: outside a diamond of 20


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), metres=st.floats(60, 1500), kind=st.sampled_from(["polygon", "line", "point"]))
def test_it_agrees_with_shapely_to_the_resolution(seed, metres, kind):
    generator = np.random.default_rng(seed)
    margin = 1000
    points = generator.uniform([WEST - margin, SOUTH - margin], [EAST + margin, NORTH + margin], (6, 2))
    shape = {
        "polygon": lambda: shapely.convex_hull(shapely.MultiPoint(points[:4])),
        "line": lambda: shapely.LineString(points),
        "point": lambda: shapely.MultiPoint(points),
    }[kind]()
    share = share_within(FRAME, np.array([shape]), metres)
    apart = shapely.distance(centres(FRAME), shape)
    assert (share[apart < metres - 75] == 1).all()
    assert (share[apart > metres + 75] == 0).all()
    exact = shapely.area(shapely.intersection(shapely.buffer(shape, metres, quad_segs=64), shapely.box(*FRAME.bounds)))
    outline = shapely.length(shapely.boundary(shapely.buffer(shape, metres)))
    # Half a pixel, as promised. A line or an edge touches pixels whose centres lie 0.2 of a pixel outside on the mean;
    # of 1,500 shapes the worst lay 0.36 outside.
    assert share.sum() * 2500 == pytest.approx(exact, abs=0.5 * 50 * outline + 5000)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_without_a_distance_a_polygon_is_its_pixels_centres(seed):
    points = np.random.default_rng(seed).uniform([WEST, SOUTH], [EAST, NORTH], (5, 2))
    shape = shapely.convex_hull(shapely.MultiPoint(points))
    assert (share_within(FRAME, np.array([shape]), 0.0) == shapely.contains(shape, centres(FRAME))).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), metres=st.floats(0, 2500))
def test_a_window_sees_what_the_whole_sees(seed, metres):
    """Features beyond the border of a tile, or of the zone, count."""
    generator = np.random.default_rng(seed)
    points = generator.uniform([WEST - 2000, SOUTH - 2000], [EAST + 2000, NORTH + 2000], (8, 2))
    shapes = np.array(
        [shapely.LineString(points[:3]), shapely.Point(points[3]), shapely.convex_hull(shapely.MultiPoint(points[4:]))]
    )
    whole = share_within(FRAME.grown(30), shapes, metres)[30:-30, 30:-30]
    np.testing.assert_allclose(share_within(FRAME, shapes, metres), whole, atol=2e-6)  # roots in single precision
    np.testing.assert_allclose(share_within(FRAME.strip(20, 45), shapes, metres), whole[20:45], atol=2e-6)


def test_polygons_smaller_than_a_pixel_are_not_lost():
    """No pixel has its centre in a house of 10 m."""
    x, y = WEST + 54 * 50 + 1, SOUTH + 44 * 50 + 1
    house = shapely.box(x, y, x + 10, y + 10)
    assert share_within(FRAME, np.array([house]), 0.0).sum() == 0
    assert share_within(FRAME, np.array([house]), 500.0).sum() == pytest.approx(np.pi * 100, rel=0.03)


def test_overlapping_polygons_count_once():
    one, two = shapely.box(WEST, SOUTH, WEST + 2000, NORTH), shapely.box(WEST + 1000, SOUTH, WEST + 3000, NORTH)
    assert share_within(FRAME, np.array([one, two]), 0.0).sum() == 60 * 90


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), metres=st.floats(1, 2500))
def test_both_ways_to_measure_agree(seed, metres):
    points = np.random.default_rng(seed).uniform([WEST - 999, SOUTH - 999], [EAST + 999, NORTH + 999], (9, 2))
    shapes = np.array([shapely.LineString(points[:4]), shapely.convex_hull(shapely.MultiPoint(points[4:]))])
    near = share_within(FRAME, shapes, metres)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distance, "BAND", 0)
        np.testing.assert_allclose(share_within(FRAME, shapes, metres), near, atol=2e-5)


def test_without_features_nothing_is_near():
    assert (share_within(FRAME, np.array([], object), 500.0) == 0).all()
    far = np.array([shapely.Point(EAST + 5000, NORTH)])
    assert (share_within(FRAME, far, 500.0) == 0).all()
