"""Terrain against planes and cones whose slope is known, and the laws of its scaling."""

from __future__ import annotations

import numpy as np
import pytest

from greenzone.layers import terrain
from greenzone.schema import Raster

STEP = 1 / 120


def plane(rise_east: float, rise_north: float) -> Raster:
    """A plane of the given rise, m/m, near 39.5 N."""
    raster = Raster(np.zeros((60, 60)), 46.0, 40.0, STEP, STEP)
    width, height = terrain.pixel_size(raster)
    columns, rows = np.meshgrid(np.arange(60), np.arange(60))
    return Raster(rise_east * columns * width[:, None] - rise_north * rows * height, 46.0, 40.0, STEP, STEP)


@pytest.mark.parametrize(
    ("rise_east", "rise_north", "aspect"), [(0.1, 0, 270), (-0.1, 0, 90), (0, 0.2, 180), (0, -0.2, 0)]
)
def test_a_plane_has_its_slope_and_faces_downhill(rise_east, rise_north, aspect):
    slope, facing = terrain.slope_and_aspect(plane(rise_east, rise_north))
    middle = (slice(2, -2), slice(2, -2))
    expected = np.degrees(np.arctan(np.hypot(rise_east, rise_north)))
    assert slope[middle] == pytest.approx(expected, rel=0.02)
    turned = (facing[middle] - aspect + 180) % 360 - 180
    assert np.abs(turned).max() < 3


def test_level_ground_has_no_slope_no_aspect_and_no_scaling():
    raster = plane(0, 0)
    slope, aspect = terrain.slope_and_aspect(raster)
    assert (slope == 0).all()
    assert np.isnan(aspect).all()
    assert terrain.slope_exponent(raster) == 0
    assert (terrain.scale_slope(slope, raster) == 0).all()


def test_a_plane_is_not_steepened_but_rough_ground_is():
    smooth = plane(0.1, 0.0)
    slope, _ = terrain.slope_and_aspect(smooth)
    assert terrain.scale_slope(slope, smooth)[30, 30] == pytest.approx(slope[30, 30], rel=0.02)
    rough = Raster(np.random.default_rng(1).normal(1000, 100, (60, 60)), 46.0, 40.0, STEP, STEP)
    slope, _ = terrain.slope_and_aspect(rough)
    assert (terrain.scale_slope(slope, rough) >= slope).all()
    assert terrain.slope_exponent(rough) == -0.5  # white noise: steepness falls as fast as is allowed


def test_the_share_below_a_slope_is_that_of_a_rayleigh_distribution():
    generator = np.random.default_rng(2)
    drawn = generator.rayleigh(scale=0.1 / np.sqrt(np.pi / 2), size=200_000)  # mean steepness 0.1
    for limit in (3.0, 5.7, 12.0):
        share = terrain.share_below_slope(np.array([np.degrees(np.arctan(0.1))]), limit)[0]
        assert share == pytest.approx((drawn < np.tan(np.radians(limit))).mean(), abs=0.005)
    assert terrain.share_below_slope(np.array([0.0]), 1.0)[0] == 1


def test_distance_to_places_is_the_great_circle():
    raster = Raster(np.zeros((240, 240)), 46.0, 40.5, STEP, STEP)
    distance = terrain.distance_km(raster, np.array([46.75]), np.array([39.76]))
    row, column = round((40.5 - 39.40) / STEP), round((47.03 - 46.0) / STEP)
    # Shusha to Jabrayil, haversine by hand on a sphere of 6371 km: 46.7 km
    assert distance[row, column] == pytest.approx(46.7, abs=0.8)
    assert np.isinf(terrain.distance_km(raster, np.array([]), np.array([]))).all()


def test_relief_and_exposure_of_a_single_peak():
    values = np.zeros((61, 61))
    values[30, 30] = 490.0
    raster = Raster(values, 46.0, 40.0, STEP, STEP)
    rows, columns = terrain.window(raster, 5000)
    assert terrain.relief(raster)[30, 30] == 490
    assert terrain.relief(raster)[30 + rows, 30] == 0
    assert terrain.exposure(raster)[30, 30] == pytest.approx(490 * (1 - 1 / (rows * columns)))
    assert terrain.exposure(raster)[31, 31] < 0
