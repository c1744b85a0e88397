"""Kriging of heat flow: exact at the measurements, honest between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_table
from greenzone.technologies.geothermal import heatflow
from greenzone.technologies.geothermal.heatflow import Variogram

variograms = st.builds(Variogram, st.floats(0, 500), st.floats(1, 5000), st.floats(5, 500))
fields = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.floats(20, 160)), min_size=2, max_size=25,
    unique_by=lambda point: point[:2],
)  # fmt: skip


def as_points(field):
    column, row, flow = np.array(field, float).T
    return heatflow.merge_places(45 + column / 20, 38 + row / 20, flow)


@pytest.fixture(scope="module")
def embedded():
    table = read_table("heat_flow")
    return heatflow.merge_places(table.lon, table.lat, table.heat_flow_mw_per_m2)


def test_known_distance():
    """One degree along a great circle of a sphere of 6371 km is 111.19 km."""
    assert heatflow.distance_km(46.0, 0.0, 47.0, 0.0) == pytest.approx(111.195, abs=0.01)
    assert heatflow.distance_km(46.0, 39.0, 46.0, 40.0) == pytest.approx(111.195, abs=0.01)


def test_boreholes_of_one_place_become_one(embedded):
    """40 rows of the compilation lie at 28 places; the mean of the nine of Kazanbulag is 79.8 mW/m2."""
    assert embedded.heat_flow.size == 28 and embedded.number.sum() == 40
    assert embedded.heat_flow[embedded.number == 9] == pytest.approx([79.78], abs=0.01)


@settings(deadline=None)
@given(fields, variograms)
def test_exact_at_the_points(field, variogram):
    points = as_points(field)
    estimate, error = heatflow.krige(points, points.lon, points.lat, variogram)
    assert estimate == pytest.approx(points.heat_flow, abs=1e-4)
    assert error == pytest.approx(np.zeros(len(points.lon)), abs=1e-2)


@settings(deadline=None)
@given(fields, variograms)
def test_standard_error_is_real_and_at_least_the_nugget_between_points(field, variogram):
    points = as_points(field)
    lon, lat = np.meshgrid(np.linspace(44.513, 48.611, 9), np.linspace(37.713, 41.211, 9))
    _, error = heatflow.krige(points, lon.ravel(), lat.ravel(), variogram)
    assert np.isfinite(error).all() and (error >= 0).all()
    away = heatflow.distance_km(lon.ravel(), lat.ravel(), points.lon[:, None], points.lat[:, None]).min(0) > 0.1
    assert (error[away] ** 2 >= variogram.nugget * (1 - 1e-9) - 1e-6).all()


@settings(deadline=None)
@given(fields, variograms, st.floats(-15, 100))
def test_a_shift_of_all_values_shifts_the_estimate(field, variogram, shift):
    points = as_points(field)
    raised = points._replace(heat_flow=points.heat_flow + shift)
    here = heatflow.krige(points, [46.123], [39.123], variogram)[0]
    assert heatflow.krige(raised, [46.123], [39.123], variogram)[0] == pytest.approx(here + shift, abs=1e-5)


@settings(deadline=None)
@given(fields, variograms)
def test_the_order_of_points_does_not_matter(field, variogram):
    one, other = as_points(field), as_points(field[::-1])
    a, b = (heatflow.krige(points, [46.123, 47.5], [39.123, 40.2], variogram) for points in (one, other))
    assert a[0] == pytest.approx(b[0], abs=1e-5) and a[1] == pytest.approx(b[1], abs=1e-5)


def test_far_away_the_estimate_is_the_mean_of_least_variance(embedded):
    """Ordinary kriging beyond the range returns the generalised mean, with more than the whole variance."""
    variogram = Variogram(100.0, 400.0, 5.0)
    estimate, error = heatflow.krige(embedded, [0.0], [0.0], variogram)
    assert estimate == pytest.approx([embedded.heat_flow.mean()], rel=0.05)
    assert error[0] ** 2 > 500.0


def test_leave_one_out_is_what_hiding_each_point_gives(embedded):
    variogram = heatflow.fit_variogram(embedded)
    error, foretold = heatflow.leave_one_out(embedded, variogram)
    for index in (0, 7, 20):
        rest = heatflow.Points(*(np.delete(column, index) for column in embedded))
        estimate, std = heatflow.krige(rest, embedded.lon[[index]], embedded.lat[[index]], variogram)
        assert estimate - embedded.heat_flow[index] == pytest.approx(error[index])
        assert std == pytest.approx(foretold[index])


def test_fitted_variogram_foretells_its_own_errors(embedded):
    """The spread of standardised leave-one-out errors of a sound variogram is near 1, their mean near 0."""
    error, foretold = heatflow.leave_one_out(embedded, heatflow.fit_variogram(embedded))
    assert 0.8 < np.std(error / foretold) < 1.2
    assert abs(np.mean(error / foretold)) < 0.15
    assert np.sqrt(np.mean(error**2)) < embedded.heat_flow.std(ddof=1)


def test_fit_finds_a_known_range():
    """A dense sample of a field of range 60 km and no nugget: the range is found within a factor of two."""
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(45, 48.6, 150), rng.uniform(38, 41, 150)
    apart = heatflow.distance_km(lon[:, None], lat[:, None], lon, lat)
    values = 70 + np.linalg.cholesky(200 * np.exp(-apart / 60) + 1e-6 * np.eye(150)) @ rng.normal(size=150)
    fitted = heatflow.fit_variogram(heatflow.merge_places(lon, lat, values))
    assert 30 < fitted.range_km < 120
    assert fitted.nugget < 0.2 * fitted.sill


def test_two_points_are_enough():
    points = heatflow.merge_places([46.0, 47.0], [39.5, 39.5], [40.0, 80.0])
    estimate, _ = heatflow.krige(points, [46.5], [39.5], heatflow.fit_variogram(points))
    assert estimate == pytest.approx([60.0])


def test_plain_is_cool_and_highland_warm(embedded):
    """34-46 mW/m2 were measured in the Kura plain, 71-97 in the highlands of the Lesser Caucasus."""
    estimate, _ = heatflow.krige(embedded, [48.0, 45.75], [40.05, 39.85], heatflow.fit_variogram(embedded))
    assert 34 <= estimate[0] <= 46
    assert 71 <= estimate[1] <= 97


@pytest.mark.parametrize(
    ("lon", "lat", "flow", "message"),
    [
        ([46.0, 47.0], [39.0, 39.0], [50.0, -5.0], "heat flow of -5 mW/m2 is impossible"),
        ([46.0, 47.0], [39.0, 39.0], [50.0, 0.0], "heat flow of 0 mW/m2 is impossible"),
        ([46.0, 47.0], [39.0, 39.0], [50.0, 80000.0], "check its unit"),
        ([46.0], [39.0], [50.0], r"known at 1 place\(s\): between places at least two"),
        ([46.0, 46.0], [39.0, 39.0], [50.0, 60.0], r"known at 1 place\(s\)"),
        ([46.0, 47.0], [39.0, 39.0], [50.0, np.nan], r"known at 1 place\(s\)"),
        ([46.0, np.nan], [39.0, 39.0], [50.0, 60.0], "has no position"),
    ],
)
def test_unusable_measurements_are_named(lon, lat, flow, message):
    with pytest.raises(GreenzoneError, match=message):
        heatflow.merge_places(lon, lat, flow)


def test_the_same_as_a_gaussian_process_of_scikit_learn():
    """Ordinary kriging is a Gaussian process whose mean is unknown: one with a constant of very large variance.

    Points along one meridian, so that the distances are the same on the sphere and on its line.
    """
    processes = pytest.importorskip("sklearn.gaussian_process", reason="scikit-learn is not installed")
    kernels = pytest.importorskip("sklearn.gaussian_process.kernels")
    rng = np.random.default_rng(0)
    lat, flow = np.sort(rng.uniform(38, 41, 20)), rng.uniform(30, 110, 20)
    points = heatflow.merge_places(np.full(20, 46.0), lat, flow)
    variogram, wanted = Variogram(50.0, 400.0, 60.0), np.linspace(37.5, 41.5, 31)
    estimate, error = heatflow.krige(points, np.full(31, 46.0), wanted, variogram)
    kernel = kernels.ConstantKernel(1e6, "fixed") + 400.0 * kernels.Matern(60.0, "fixed", nu=0.5)
    km = np.radians(heatflow.EARTH_RADIUS_KM)
    process = processes.GaussianProcessRegressor(kernel, alpha=50.0, optimizer=None).fit(lat[:, None] * km, flow)
    other, spread = process.predict(wanted[:, None] * km, return_std=True)
    assert estimate == pytest.approx(other, abs=0.05)
    assert error == pytest.approx(np.sqrt(spread**2 + 50.0), rel=2e-3)
