"""Exact means over sites, and rasters of the user's own."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from greenzone.errors import GreenzoneError
from greenzone.layers.rasters import Coverage, onto, read_elevation, read_raster
from greenzone.schema import Raster

LIKE = Raster(np.zeros((40, 50)), 46.0, 40.0, 0.01, 0.01)


def test_a_mean_is_the_area_weighted_mean_of_the_covered_parts():
    values = np.zeros((40, 50))
    values[0, 0], values[0, 1] = 10.0, 20.0
    half_and_whole = shapely.box(46.005, 39.99, 46.02, 40.0)
    coverage = Coverage.of(np.array([half_and_whole]), LIKE)
    assert coverage.mean(values)[0] == pytest.approx((0.5 * 10 + 1.0 * 20) / 1.5)


def test_missing_pixels_do_not_count_and_a_site_of_them_is_missing():
    values = np.full((40, 50), np.nan)
    values[0, 0] = 4.0
    sites = np.array([shapely.box(46.0, 39.9, 46.1, 40.0), shapely.box(46.2, 39.8, 46.3, 39.9)])
    mean = Coverage.of(sites, LIKE).mean(values)
    assert mean[0] == 4.0
    assert np.isnan(mean[1])


def test_means_agree_with_brute_force_on_random_polygons():
    generator = np.random.default_rng(3)
    values = generator.normal(size=(40, 50))
    for _ in range(5):
        ring = np.column_stack([46.25 + 0.2 * generator.uniform(-1, 1, 5), 39.8 + 0.15 * generator.uniform(-1, 1, 5)])
        shape = shapely.convex_hull(shapely.MultiPoint(ring))
        pixels = shapely.box(
            *np.meshgrid(LIKE.lon - 0.005, LIKE.lat - 0.005), *np.meshgrid(LIKE.lon + 0.005, LIKE.lat + 0.005)
        )
        weight = shapely.area(shapely.intersection(pixels, shape)) * np.cos(np.radians(LIKE.lat))[:, None]
        expected = (weight * values).sum() / weight.sum()
        assert Coverage.of(np.array([shape]), LIKE).mean(values)[0] == pytest.approx(expected, abs=1e-5)


def write(path, values, crs="EPSG:4326", west=46.0, north=40.0, step=0.02, nodata=-1.0):
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float64"}
    with rasterio.open(
        path, "w", **profile, crs=crs, transform=from_origin(west, north, step, step), nodata=nodata
    ) as file:
        file.write(values, 1)
    return path


def test_a_user_raster_lands_on_our_pixels_with_its_gaps(tmp_path):
    values = np.arange(20.0 * 25).reshape(20, 25)
    values[0, 0] = -1.0
    read = read_raster(write(tmp_path / "a.tif", values), LIKE, resampling="nearest")
    assert read.values[10, 11] == values[5, 5]
    assert np.isnan(read.values[0, 0])


def test_bad_rasters_are_named(tmp_path):
    with pytest.raises(GreenzoneError, match="does not exist"):
        read_raster(tmp_path / "none.tif", LIKE)
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(GreenzoneError, match="cannot be read as a raster"):
        read_raster(tmp_path / "text.tif", LIKE)
    values = np.ones((20, 25))
    with pytest.raises(GreenzoneError, match="has no CRS"):
        read_raster(write(tmp_path / "nocrs.tif", values, crs=None), LIKE)
    with pytest.raises(GreenzoneError, match=r"has 1 band\(s\), not 3"):
        read_raster(write(tmp_path / "b.tif", values), LIKE, band=3)
    with pytest.raises(GreenzoneError, match="has no value in the zone's surroundings: are its CRS and nodata right"):
        read_raster(write(tmp_path / "far.tif", values, west=10.0), LIKE)
    with pytest.raises(GreenzoneError, match="has no value in the zone's surroundings"):
        read_raster(write(tmp_path / "blank.tif", -values, nodata=-1.0), LIKE)
    with pytest.raises(GreenzoneError, match="has no CRS"):
        read_elevation(tmp_path / "nocrs.tif")


def test_elevation_in_another_crs_is_warped(tmp_path):
    values = np.full((300, 300), 700.0)
    path = write(tmp_path / "utm.tif", values, crs="EPSG:32638", west=620_000.0, north=4.42e6, step=30.0)
    elevation = read_elevation(path)
    assert 46.3 < elevation.west < 46.5
    assert elevation.values[np.isfinite(elevation.values)] == pytest.approx(700)


def test_onto_takes_the_nearest_pixel_and_leaves_the_outside_missing():
    coarse = Raster(np.array([[1.0, 2.0], [3.0, 4.0]]), 46.0, 40.0, 0.05, 0.05)
    fine = onto(coarse, LIKE)
    assert fine.values[0, 0] == 1.0
    assert fine.values[7, 7] == 4.0
    assert np.isnan(fine.values[20, 20])


def test_sites_whose_edges_lie_on_pixel_edges_are_covered():
    like = Raster(np.arange(360.0 * 432).reshape(360, 432), 45.0, 41.0, 1 / 120, 1 / 120)
    west, south = (corner.ravel() for corner in np.meshgrid(np.arange(45.5, 48, 0.1), np.arange(38.5, 40.5, 0.1)))
    mean = Coverage.of(shapely.box(west, south, west + 0.1, south + 0.1), like).mean(like.values)
    row, column = (41.0 - south - 0.05) * 120 - 0.5, (west + 0.05 - 45.0) * 120 - 0.5
    np.testing.assert_allclose(mean, row * 432 + column, rtol=1e-3)
