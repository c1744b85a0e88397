"""Drainage: synthetic terrain, bad terrain, published catchments and an independent river network."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyflwdir
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Geod

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.schema import Raster
from greenzone.technologies.hydro import drainage

STEP = 1 / 120


def raster(values):
    return Raster(np.asarray(values, dtype=float), 46.0, 40.0, STEP, STEP)


def valley(rows=21, columns=15):
    """A valley that falls to the south with its river in the middle column."""
    row, column = np.mgrid[:rows, :columns]
    return 1000.0 - 10.0 * row + 30.0 * np.abs(column - columns // 2)


@pytest.fixture(scope="module")
def network():
    return drainage.derive(catalogue.load_elevation(), catalogue.read_table("hydro_inflow"))


def test_a_valley_drains_to_its_mouth():
    terrain = raster(valley())
    found = drainage.derive(terrain)
    mouth = 20 * 15 + 7
    assert found.downstream[mouth] == mouth
    assert found.downstream[10 * 15 + 7] == 11 * 15 + 7
    assert found.upstream_km2[mouth] > 0.8 * found.area_km2.sum()
    assert np.nansum(found.upstream_km2[found.downstream == np.arange(315)]) == pytest.approx(found.area_km2.sum())


def test_areas_are_those_of_the_ellipsoid():
    """Against pyproj's geodesic polygon area of the box."""
    elevation = catalogue.load_elevation()
    cells = drainage.cell_area_km2(elevation).sum() * elevation.values.shape[1]
    box = shapely.segmentize(shapely.box(45.0, 38.0, 48.6, 41.0), 0.01)
    assert cells == pytest.approx(abs(Geod(ellps="WGS84").geometry_area_perimeter(box)[0]) / 1e6, rel=1e-6)


def test_link_lengths_are_geodesic():
    found = drainage.derive(raster(valley()))
    lon, lat, cell = found.lon, found.lat, 10 * 15 + 7
    target = found.downstream[cell]
    metres = Geod(ellps="WGS84").inv(lon[cell], lat[cell], lon[target], lat[target])[2]
    length = drainage.link_length_km(found.raster, np.array([cell]), np.array([target]))
    assert length[0] == pytest.approx(metres / 1000, rel=1e-4)


def test_bed_never_rises_and_strays_little_on_a_clean_slope(network):
    down = network.downstream
    linked = down >= 0
    assert np.all(network.bed[linked] >= network.bed[down[linked]])
    clean = drainage.derive(raster(valley()))
    river = np.arange(21) * 15 + 7
    np.testing.assert_allclose(clean.bed[river], valley()[:, 7])


def test_small_holes_are_filled_and_large_ones_swallow_water():
    small, large = valley(), valley()
    small[10, 7] = np.nan
    large[7:13, 4:11] = np.nan
    mouth = 20 * 15 + 7
    whole = drainage.derive(raster(valley())).upstream_km2[mouth]
    assert drainage.derive(raster(small)).upstream_km2[mouth] == pytest.approx(whole, rel=0.05)
    holed = drainage.derive(raster(large))
    assert holed.downstream[10 * 15 + 7] == -1 and np.isnan(holed.upstream_km2[10 * 15 + 7])
    assert holed.upstream_km2[mouth] < 0.7 * whole


def test_catchments_that_reach_the_edge_are_told():
    inner = valley()
    inner[[0, -1], :], inner[:, [0, -1]] = 2000.0, 2000.0
    inner[-1, 7] = 700.0
    found = drainage.derive(raster(inner))
    assert not found.touches_edge(found.catchment(5 * 15 + 7) & (inner.ravel() < 1900))
    assert found.touches_edge(found.catchment(20 * 15 + 7))


@pytest.mark.parametrize(
    ("terrain", "text"),
    [
        (raster(np.full((5, 5), 700.0)), "flat"),
        (raster(np.full((5, 5), np.nan)), "no value"),
        (Raster(valley(), 500_000.0, 4_400_000.0, 1000.0, 1000.0), "EPSG:4326"),
        (raster(np.where(valley() == valley().max(), -9999.0, valley())), "nodata value"),
        (raster(valley() * 100.0), "its unit"),
    ],
)
def test_terrain_that_cannot_drain_is_refused(terrain, text):
    with pytest.raises(GreenzoneError, match=text):
        drainage.derive(terrain)


def test_a_wholly_closed_edge_is_refused():
    closed = pd.DataFrame({"river": ["X"], "lon": [46.05], "lat": [39.9], "closed_km": [500.0]})
    with pytest.raises(GreenzoneError, match="no water can leave"):
        drainage.derive(raster(valley()), closed)


def test_the_flood_drains_as_pyflwdir_does(network):
    """The same algorithm (Wang and Liu 2006, doi:10.1080/13658810500433453), cell for cell, on real terrain."""
    values = network.raster.values
    _, directions = pyflwdir.dem.fill_depressions(values, nodata=np.float32(-9999.0))
    other = pyflwdir.from_array(directions, ftype="d8")
    plain = drainage.derive(network.raster)
    np.testing.assert_array_equal(plain.downstream, other.idxs_ds)


@settings(deadline=None, max_examples=50)
@given(arrays(np.float32, (9, 8), elements=st.integers(-5, 20).map(float) | st.just(np.nan)))
def test_water_always_finds_its_way_out(values):
    """Every cell with elevation reaches an outlet, sources come first, the bed never rises."""
    known = np.unique(values[np.isfinite(values)])
    assume(known.size > 1)
    found = drainage.derive(raster(values))
    assert sorted(found.order) == np.flatnonzero(found.downstream >= 0).tolist()
    position = np.empty(values.size, dtype=int)
    position[found.order] = np.arange(found.order.size)
    moving = found.order[found.downstream[found.order] != found.order]
    assert np.all(position[moving] < position[found.downstream[moving]])
    assert np.all(found.bed[found.order] >= found.bed[found.downstream[found.order]])
    outlets = found.order[found.downstream[found.order] == found.order]
    assert found.upstream_km2[outlets].sum() == pytest.approx(found.area_km2[found.order].sum(), rel=1e-5)


def test_elevations_sort_as_their_ranks():
    values = np.array([[-430.5, -0.5, 0.0], [0.25, 12.0, 5165.0]], dtype=np.float32)
    assert np.all(np.diff(drainage.rank(values).astype(np.int64)) > 0)


def test_a_gauge_off_its_river_is_refused(network):
    """The Tartar's gauge with 2460 km2, set 30 km aside in the plain, where no such river runs."""
    with pytest.raises(GreenzoneError, match="no river of about 2460 km2 within 5"):
        network.snap(47.1, 40.15, 2460.0)


def test_a_point_outside_finds_no_river(network):
    with pytest.raises(GreenzoneError, match="no terrain within"):
        network.snap(10.0, 50.0)


def test_inflow_outside_the_terrain_is_passed_over():
    found = drainage.derive(raster(valley()))
    assert drainage.inflow_by_month(found, catalogue.read_table("hydro_inflow")) == {}


def test_accumulation_is_linear_and_conserves(network):
    ones = network.accumulate(network.area_km2)
    np.testing.assert_allclose(ones, network.upstream_km2, rtol=1e-6)
    both = network.accumulate(np.stack([network.area_km2, 2 * network.area_km2]))
    np.testing.assert_allclose(both[1], 2 * both[0])


def test_catchments_of_the_gauges(network, shared_data):
    """Areas of the Caucasus sediment-yield compilation (2021): within 10 % after snapping, all eleven."""
    gauges = pd.read_csv(shared_data / "gauges.csv")
    cells = [network.snap(row.lon, row.lat, row.catchment_km2) for row in gauges.itertuples()]
    error = network.upstream_km2[cells] / gauges.catchment_km2.to_numpy() - 1
    assert np.abs(error).max() <= 0.10


def test_the_araz_crosses_the_box_from_west_to_east(network):
    """Its catchment grows from Julfa over Khudafarin to the Kura; plain D8 lets it out at the box's west edge."""
    points = [(45.63, 38.95), (46.93, 39.17), (47.80, 39.79)]
    julfa, khudafarin, mouth = (network.upstream_km2[network.snap(*point, radius_km=4.0)] for point in points)
    assert 10_000 < julfa < khudafarin < mouth


def test_rivers_lie_where_efas_has_them(network, shared_data):
    """EFAS drainage lines (about 5 km): a reach of the same catchment area (25 %) within 6 km, for 85 % of them."""
    lines = gpd.read_file(shared_data / "drainage_efas.geojson")
    zone = shapely.union_all(catalogue.load_districts().geometry.to_numpy())
    start = shapely.get_point(lines.geometry.to_numpy(), 0)
    lines = lines[lines.upArea.between(300, 6000) & shapely.contains(zone, start)]
    agree = []
    for line in lines.itertuples():
        lon, lat = line.geometry.coords[0]
        area = network.upstream_km2[network.window(lon, lat, 6.0)]
        agree.append(np.abs(np.log(area / line.upArea)).min() < np.log(1.25))
    assert len(agree) > 50 and np.mean(agree) >= 0.85


def test_filling_leaves_the_given_raster_alone():
    terrain = raster(valley())
    terrain.values[10, 7] = np.nan
    drainage.derive(replace(terrain))
    assert np.isnan(terrain.values[10, 7])
