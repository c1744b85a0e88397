"""Where the sun stands, against the Solar Position Algorithm and against what must hold of any sun."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.technologies.solar import position

PLACES = [(-60.0, -65.0), (0.0, -78.5), (39.4, 47.05), (70.0, -150.0), (89.0, 10.0)]


def elevation(times: pd.DatetimeIndex, lat: float, lon: float) -> np.ndarray:
    """True elevation [degree] from the vectors, parallax included."""
    sun = position.sun(times)
    up = position.up_vectors(np.array([lat]), np.array([lon]))[:, 0]
    sine = up[0] * sun.x.astype(float) + up[1] * sun.y + up[2] * sun.z
    return np.degrees(np.arcsin(sine - position.PARALLAX * (1.0 - sine**2)))


@pytest.mark.parametrize(("lat", "lon"), PLACES)
@pytest.mark.parametrize("start", ["1979-01-01", "2024-02-01", "2049-06-01"])
def test_elevation_is_that_of_the_algorithm(lat, lon, start):
    """Issue: below 0.01 degrees. Reda and Andreas (2004) state 0.0003 for the algorithm."""
    times = pd.date_range(start, periods=800, freq="37min")
    reference = pvlib.solarposition.get_solarposition(times, lat, lon)["elevation"].to_numpy()
    assert np.abs(elevation(times, lat, lon) - reference).max() < 2e-4


def test_refraction_is_that_of_the_algorithm():
    """Over all apparent elevations of a year at sea level; the fit states 3.2e-5 degrees."""
    times = pd.date_range("2019-01-01", periods=8760, freq="h")
    reference = pvlib.solarposition.get_solarposition(times, 39.4, 47.05, altitude=0.0)
    true, apparent = np.radians(reference["elevation"]), reference["apparent_elevation"]
    c0, c1, c2 = position.REFRACTION
    sine = np.sin(true)
    rise = np.degrees(np.arctan(np.cos(true) * c0 / (sine + c1 / (sine + c2))))
    up = reference["elevation"] > -0.83
    assert np.abs(np.degrees(true) + rise - apparent)[up].max() < 5e-5


def test_extraterrestrial_irradiance_is_pvlibs():
    times = pd.date_range("2020-01-01", periods=366, freq="D")
    assert position.sun(times).extra == pytest.approx(np.asarray(pvlib.irradiance.get_extra_radiation(times)), rel=1e-6)


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 180), st.floats(0, 360))
def test_normals_have_unit_length_and_the_asked_tilt(lat, lon, tilt, azimuth):
    normal = position.tilted(np.array([lat]), np.array([lon]), np.array([tilt]), np.array([azimuth]))[:, 0]
    up = position.up_vectors(np.array([lat]), np.array([lon]))[:, 0]
    assert np.linalg.norm(normal) == pytest.approx(1.0, abs=1e-12)
    assert normal @ up == pytest.approx(np.cos(np.radians(tilt)), abs=1e-12)


def test_a_panel_to_the_south_faces_the_noon_sun_at_the_equinox():
    """At 39.4 N a panel tilted by the latitude looks along the equator's plane, where the equinox sun is at noon."""
    normal = position.tilted(np.array([39.4]), np.array([0.0]), np.array([39.4]), np.array([180.0]))[:, 0]
    assert normal == pytest.approx([1.0, 0.0, 0.0], abs=1e-9)


@settings(deadline=None)
@given(st.floats(-60, 70), st.floats(-180, 180), st.integers(1, 40), st.sampled_from([0.5, 1.0, 3.0]))
def test_nothing_with_light_is_called_dark(lat, lon, count, step):
    """Whenever pvlib sees the sun of any site of a tile within half a step, the tile is not dark."""
    lats, lons = lat + np.linspace(0, 3, count), lon + np.linspace(0, 4, count)
    centres, dark = position.dark_limits(position.up_vectors(lats, lons), np.array([0]), step)
    times = pd.date_range("2019-06-10", periods=48, freq="53min")
    sun = position.sun(times)
    skipped = centres[0, 0] * sun.x + centres[1, 0] * sun.y + centres[2, 0] * sun.z < dark[0]
    for i in {0, count - 1}:
        for shift in (-step / 2, 0.0, step / 2):
            moved = pvlib.solarposition.get_solarposition(times + pd.Timedelta(hours=shift), lats[i], lons[i])
            assert not (skipped & (moved["apparent_elevation"].to_numpy() > 0)).any()


def test_night_is_skipped_at_all():
    """At 39.4 N about four hours in ten are too dark to look at."""
    up = position.up_vectors(np.array([39.4]), np.array([47.05]))
    centres, dark = position.dark_limits(up, np.array([0]), 1.0)
    sun = position.sun(pd.date_range("2019-01-01", periods=8760, freq="h"))
    share = (centres[0, 0] * sun.x + centres[1, 0] * sun.y + centres[2, 0] * sun.z < dark[0]).mean()
    assert 0.38 < share < 0.45
