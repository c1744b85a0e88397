"""Streams: the river cells of a drainage, blocks of fine terrain, what users know better than the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import from_origin

from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue
from greenzone.schema import Raster
from greenzone.technologies.hydro import drainage, kernel_terrain, measured, streams
from greenzone.technologies.hydro.model import annual_mean
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.water import water

STEP = 1 / 120


def fork():
    """Two valleys that meet at row 10 and run on to the south edge."""
    row, column = np.mgrid[:21, :21]
    apart = np.where(row < 10, np.minimum(np.abs(column - 5), np.abs(column - 15)), np.abs(column - 10))
    meeting = np.where((row >= 10) & (row < 12), 0.5 * apart, apart)
    return Raster(1000.0 - 10.0 * row + 30.0 * meeting, 46.0, 40.0, STEP, STEP)


@pytest.fixture(scope="module")
def forked():
    network = drainage.derive(fork())
    return network, *streams.streams_of(network, network.upstream_km2 > 20.0)


@pytest.fixture(scope="module")
def box():
    """A part of the zone around Kalbajar and the upper Hakari."""
    whole = catalogue.load_elevation()
    return Raster(whole.values[60:200, 90:240], whole.west + 90 * STEP, whole.north - 60 * STEP, STEP, STEP)


def test_streams_are_numbered_from_the_sources_and_lead_out(forked):
    network, rivers, node = forked
    moving = rivers.downstream != rivers.order
    assert np.all(rivers.downstream[moving] > rivers.order[moving])
    np.testing.assert_array_equal(rivers.cell[rivers.downstream], network.downstream[rivers.cell])
    np.testing.assert_array_equal(node[rivers.cell], rivers.order)
    below = node[network.downstream]
    off = np.setdiff1d(np.arange(node.size), rivers.cell)
    np.testing.assert_array_equal(node[off], below[off])


def test_strahler_rises_where_equals_meet(forked):
    """Two streams of order 1 join into one of order 2 (Strahler 1957)."""
    _, rivers, _ = forked
    order = rivers.strahler(np.ones(rivers.cell.size, dtype=bool))
    assert order[rivers.snap(46.0 + 10.5 * STEP, 40.0 - 20.5 * STEP)] == 2
    assert order[0] == 1 and order.max() == 2
    assert rivers.strahler(np.zeros(rivers.cell.size, dtype=bool)).max() == 0


def test_land_beside_the_streams_adds_up(forked):
    network, rivers, node = forked
    row, column = streams.blocks(network.raster)
    volume = kernel_terrain.node_discharge(
        np.ones((21, 21, 12)), network.row_area_km2, row, column, node, rivers.cell.size
    )
    np.testing.assert_allclose(rivers.accumulate(volume.T)[0], rivers.upstream_km2, rtol=1e-6)


def test_blocks_of_a_fine_terrain_are_its_means():
    fine = Raster(np.arange(7 * 6, dtype=float).reshape(7, 6), 46.0, 40.0, STEP / 3, STEP / 2)
    fine.values[0, 0] = np.nan
    whole = streams.coarse(fine)
    assert whole.values.shape == (4, 2) and whole.step_lon == pytest.approx(STEP)
    assert whole.values[0, 0] == pytest.approx(np.nanmean(fine.values[:2, :3]))
    assert whole.values[3, 1] == pytest.approx(fine.values[6, 3:].mean())


def test_a_finer_terrain_carries_the_same_water(box):
    """Each cell cut in 3 x 3 (smooth in between): the same rivers carry the same flow within 5 %."""
    tables, climate = catalogue.read_tables(), catalogue.load_climate()
    once = water(box, tables, climate)
    fine = np.kron(box.values, np.ones((3, 3)))
    row, column = np.mgrid[: fine.shape[0], : fine.shape[1]]
    fine = fine + 1e-3 * np.hypot(row % 3 - 1, column % 3 - 1)
    thrice = water(Raster(fine, box.west, box.north, STEP / 3, STEP / 3), tables, climate)
    for place in [(46.238, 40.154, 509.0), (46.196, 40.188, 366.0), (46.317, 40.204, 1350.0)]:  # Tutgu, Lev, Tartar
        pair = [each.mean[each.streams.snap(*place)] for each in (once, thrice)]
        assert pair[1] == pytest.approx(pair[0], rel=0.05)


def write(path, values, crs="EPSG:4326", west=45.5, north=40.7, step=0.05):
    bands = np.atleast_3d(values.T).T
    with rasterio.open(
        path, "w", driver="GTiff", height=bands.shape[1], width=bands.shape[2], count=len(bands), dtype="float32",
        crs=crs, transform=from_origin(west, north, step, step), nodata=-9999.0,
    ) as file:  # fmt: skip
        file.write(bands.astype("float32"))
    return path


def test_own_runoff_replaces_the_models(box, tmp_path):
    """300 mm a year everywhere: every river carries 300 mm times its catchment; the regime stays the model's."""
    file = write(tmp_path / "runoff.tif", np.full((60, 60), 300.0))
    tables, climate = catalogue.read_tables(), catalogue.load_climate()
    own, model = (water(box, tables, climate, Options(runoff_file=name)) for name in (file, None))
    expected = own.streams.upstream_km2 * 300.0 * 1000.0 / (365.25 * 86400)
    np.testing.assert_allclose(own.mean, expected, rtol=1e-4)
    node, same = own.mean.argmax(), model.mean.argmax()
    shares = own.discharge[:, node] / own.mean[node], model.discharge[:, same] / model.mean[same]
    np.testing.assert_allclose(*shares, atol=0.25)


def test_own_monthly_runoff_sets_the_regime(box, tmp_path):
    monthly = np.full((12, 60, 60), 10.0)
    monthly[4] = 100.0
    file = write(tmp_path / "runoff.tif", monthly)
    found = water(box, catalogue.read_tables(), catalogue.load_climate(), Options(runoff_file=file))
    assert np.all(found.discharge.argmax(axis=0) == 4)


@pytest.mark.parametrize(
    ("values", "crs", "west", "text"),
    [
        (np.full((60, 60), -5.0), "EPSG:4326", 45.5, "negative runoff"),
        (np.full((3, 60, 60), 5.0), "EPSG:4326", 45.5, "3 bands"),
        (np.full((60, 60), 5.0), None, 45.5, "no CRS"),
        (np.full((60, 60), 5.0), "EPSG:4326", 5.0, "no runoff on the terrain"),
    ],
)
def test_a_runoff_raster_that_cannot_be_used_is_refused(box, tmp_path, values, crs, west, text):
    file = write(tmp_path / "runoff.tif", values, crs, west)
    with pytest.raises(GreenzoneError, match=text):
        water(box, catalogue.read_tables(), catalogue.load_climate(), Options(runoff_file=file))


def test_a_file_that_is_not_there_is_named(box, tmp_path):
    tables, climate = catalogue.read_tables(), catalogue.load_climate()
    with pytest.raises(GreenzoneError, match=r"missing\.tif cannot be read"):
        water(box, tables, climate, Options(runoff_file=tmp_path / "missing.tif"))
    with pytest.raises(GreenzoneError, match=r"missing\.csv cannot be read"):
        water(box, tables, climate, Options(discharge_file=tmp_path / "missing.csv"))


def gauge_file(path, **columns):
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_rivers_carry_what_was_measured(box, tmp_path):
    """The Tutgu 5 and, below it, the Tartar 20 m3/s: both come out, and the months keep their shares."""
    tables, climate = catalogue.read_tables(), catalogue.load_climate()
    places = {"lon": [46.238, 46.317], "lat": [40.154, 40.204], "catchment_km2": [509.0, 1350.0]}
    before = water(box, tables, climate)
    nodes = [before.streams.snap(*place) for place in zip(*places.values(), strict=True)]
    file = gauge_file(tmp_path / "gauges.csv", **places, mean_discharge_m3s=[5.0, 20.0])
    after = water(box, tables, climate, Options(discharge_file=file))
    np.testing.assert_allclose(after.mean[nodes], [5.0, 20.0], rtol=1e-9)
    assert after.mean.max() > 20.0
    months = {f"m{month + 1:02d}": before.discharge[month, nodes] * 1.5 for month in range(12)}
    file = gauge_file(tmp_path / "months.csv", **places, **months)
    monthly = water(box, tables, climate, Options(discharge_file=file))
    np.testing.assert_allclose(monthly.discharge[:, nodes], 1.5 * before.discharge[:, nodes], rtol=1e-9)


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"lon": [46.2]}, "lacks lat, mean_discharge_m3s"),
        ({"lon": [46.238], "lat": [40.154], "mean_discharge_m3s": [-1.0]}, "negative flow"),
        (
            {"lon": [46.238], "lat": [40.154], "catchment_km2": [5000.0], "mean_discharge_m3s": [5.0]},
            "no river of about",
        ),
        ({"lon": [10.0], "lat": [50.0], "mean_discharge_m3s": [5.0]}, "no terrain within"),
        (
            {"lon": [46.238, 46.317], "lat": [40.154, 40.204], "catchment_km2": [509.0, 1350.0]}
            | {"mean_discharge_m3s": [9.0, 3.0]},
            "falls downstream",
        ),
    ],
)
def test_gauges_that_cannot_be_used_are_refused(box, tmp_path, columns, text):
    file = gauge_file(tmp_path / "gauges.csv", **columns)
    with pytest.raises(GreenzoneError, match=text):
        water(box, catalogue.read_tables(), catalogue.load_climate(), Options(discharge_file=file))


def test_correction_between_gauges_touches_only_what_lies_between(forked):
    _, rivers, _ = forked
    local = np.ones((12, rivers.cell.size))
    upper, lower = 2, rivers.cell.size - 1
    gauges = pd.DataFrame(
        {
            "lon": rivers.lon[[upper, lower]], "lat": rivers.lat[[upper, lower]],
            "catchment_km2": rivers.upstream_km2[[upper, lower]], "mean_discharge_m3s": [100.0, 500.0],
        }
    )  # fmt: skip
    found = rivers.accumulate(measured.corrected(local, rivers, gauges))
    np.testing.assert_allclose(annual_mean(found)[[upper, lower]], [100.0, 500.0])
