"""Skylines, the sky they leave and the beam they hide."""

import numpy as np
import pandas as pd
import pvlib
import pytest
import shapely
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from greenzone.layers.horizon import (
    BINS,
    EARTH_RADIUS,
    REFRACTION,
    beam_below,
    beam_shaded,
    horizon_angles,
    horizon_layers,
    look_distances,
    pixel_horizons,
    seen_from_pixels,
    sky_view,
)
from greenzone.layers.rasters import Coverage
from greenzone.layers.terrain import pixel_size
from greenzone.schema import Raster

STEP = 1 / 120


def plain(rows=60, columns=60, value=100.0) -> Raster:
    return Raster(np.full((rows, columns), value), 46.0, 40.0, STEP, STEP)


def test_level_ground_has_a_free_horizon():
    assert (horizon_angles(plain(), [30], [30]) == 0).all()


@pytest.mark.parametrize(("down", "right", "azimuth"), [(-10, 0, 0), (0, 10, 8), (10, 0, 16), (0, -10, 24)])
def test_a_wall_stands_where_it_stands_and_as_high_as_it_is(down, right, azimuth):
    """A wall 1,000 m above the eye, 10 cells away in one of the four directions."""
    raster = plain()
    if right == 0:
        raster.values[30 + down] = 1100.0
    else:
        raster.values[:, 30 + right] = 1100.0
    angle = horizon_angles(raster, [30], [30])[:, 0]
    width, height = pixel_size(raster)
    far = abs(down) * height + abs(right) * width[30]
    expected = np.degrees(np.arctan((1000 - far**2 * (1 - REFRACTION) / (2 * EARTH_RADIUS)) / far))
    assert angle.argmax() == azimuth
    # A ray is looked at every cell: the crest may lie up to half a step of it aside.
    assert expected * 0.93 <= angle[azimuth] <= expected
    assert angle[(azimuth + 16) % 32] == 0


def test_a_cone_of_a_peak_seen_from_a_fine_model():
    """From the middle of a crater 2 km wide with a rim of 500 m, the skyline is the rim's all around."""
    step = 1 / 3600
    raster = plain(141, 141, 0.0)
    raster = Raster(raster.values, 46.0, 0.02, step, step)  # at the equator cells are square
    row, column = np.indices(raster.values.shape) - 70
    away = np.hypot(row, column) * step * 111_195
    raster.values[:] = np.where(away < 1000, 0, np.where(away < 1600, 500, 0))
    angle = horizon_angles(raster, [70], [70])
    # The rim's first cell may begin a cell before or a diagonal behind 1,000 m, and a ray is looked at every 31 m.
    nearest, farthest = 1000 - 31, 1000 + 31 + 44
    assert (angle <= np.degrees(np.arctan(500 / nearest))).all()
    assert (angle >= np.degrees(np.arctan(500 / farthest))).all()
    assert np.cos(np.arctan(500 / nearest)) ** 2 <= sky_view(angle)[0] <= np.cos(np.arctan(500 / farthest)) ** 2


def test_the_earth_hides_what_is_far():
    distance = look_distances(1000.0)
    assert distance[0] == 1000
    assert (np.diff(distance) >= 1000).all()
    raster = plain(10, 120)
    raster.values[:, 60] = 100 + 60.0  # 43 km away the ground lies 126 m lower: a hill of 60 m is below the plane
    assert horizon_angles(raster, [5], [0], 32)[8, 0] == 0


@given(
    heights=hnp.arrays(float, (12, 12), elements=st.floats(0, 3000)),
    more=st.floats(0, 500),
    place=st.tuples(st.integers(0, 11), st.integers(0, 11)),
)
def test_higher_mountains_never_free_the_sky(heights, more, place):
    lower = Raster(heights, 46.0, 40.0, STEP, STEP)
    raised = heights + more
    raised[place] = heights[place]
    higher = Raster(raised, 46.0, 40.0, STEP, STEP)
    before, after = (horizon_angles(raster, [place[0]], [place[1]]) for raster in (lower, higher))
    assert (before >= 0).all()
    assert (before < 90).all()
    assert (after >= before).all()
    assert (sky_view(after) <= sky_view(before)).all()


def test_unknown_ground_hides_nothing_and_sees_nothing():
    raster = plain()
    raster.values[20] = np.nan
    raster.values[10] = 2000
    angle = horizon_angles(raster, [30, 20], [30, 30])
    assert angle[0, 0] > 0  # the wall behind the gap
    assert np.isnan(angle[:, 1]).all()


def test_sky_of_a_ring_of_mountains():
    # Dozier and Frew 1990: V = cos2 h for a skyline of h all around.
    assert sky_view(np.full((32, 1), 30.0))[0] == pytest.approx(0.75)
    assert sky_view(np.zeros((32, 1)))[0] == 1.0


@pytest.fixture(scope="module")
def weather():
    time = pd.date_range("2019-01-01", periods=8760, freq="h")
    noon = pvlib.solarposition.get_solarposition(time + pd.Timedelta(minutes=30), 39.8, 46.7)
    dni = np.where(noon["apparent_elevation"] > 0, 700.0, 0.0)
    data = {"dni": (("time", "cell"), dni[:, None].astype("f4"))}
    coords = {"time": time, "lat": ("cell", [39.8]), "lon": ("cell", [46.7])}
    return xr.Dataset(data, coords, {"interval": "start"})


def test_beam_behind_the_skyline_is_that_of_pvlibs_sun(weather):
    """Mountains of 20 degrees in the south-west: summed hour by hour with pvlib's positions."""
    horizon = np.zeros(32)
    horizon[18:23] = 20.0  # 202.5 to 247.5 degrees
    found = beam_shaded(horizon[:, None], beam_below(weather), [0])[0]
    sun = pvlib.solarposition.get_solarposition(weather.indexes["time"] + pd.Timedelta(minutes=30), 39.8, 46.7)
    beam = weather.dni.to_numpy()[:, 0] * np.sin(np.radians(sun["elevation"].clip(lower=0)))
    edge = 360 / 64
    behind = (sun["azimuth"].between(202.5 - edge, 247.5 + edge)) & (sun["elevation"] < 20)
    assert found == pytest.approx((beam * behind).sum() / beam.sum(), rel=0.03)


def test_shares_of_the_beam_are_shares(weather):
    below = beam_below(weather)
    assert below.shape == (1, 32, BINS + 1)
    assert below[..., -1].sum() == pytest.approx(1.0)
    angles = np.column_stack([np.zeros(32), np.full(32, 90.0), np.full(32, np.nan)])
    assert beam_shaded(angles, below, [0, 0, 0]) == pytest.approx([0.0, 1.0, np.nan], nan_ok=True)
    dark = weather.assign(dni=weather.dni * 0)
    assert (beam_shaded(angles[:, 1:2], beam_below(dark), [0]) == 0).all()


def test_sites_take_the_mean_of_their_ground(weather):
    raster = plain()
    raster.values[:20] = 1500.0
    shapes = np.array([shapely.box(46.1, 39.7, 46.15, 39.8), shapely.box(46.2, 39.55, 46.25, 39.6)], object)
    coverage = Coverage.of(shapes, raster)
    skylines = pixel_horizons(raster, coverage)
    seen = seen_from_pixels(skylines, coverage, beam_below(weather), np.zeros(2, np.int64))
    names = xr.DataArray(["near", "far"], dims="site", name="site")
    site = horizon_layers(seen, skylines.pixel, coverage, names)
    assert site.horizon.dims == ("azimuth", "site")
    assert site.azimuth.values[:3].tolist() == [0, 11.25, 22.5]
    assert site.horizon.sel(azimuth=0)[0] > site.horizon.sel(azimuth=0)[1] > 0
    assert (site.horizon.sel(azimuth=180) == 0).all()
    assert (site.sky_view < 1).all()
    assert (site.beam_shaded < 0.001).all()  # a wall in the north hides no sun at 40 N
    none = np.zeros(raster.values.shape)
    same = horizon_layers(seen, skylines.pixel, coverage, names, none)
    xr.testing.assert_allclose(same, site)  # without any ground that counts, all of it does
