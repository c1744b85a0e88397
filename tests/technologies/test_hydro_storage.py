"""Waterways on the map, storage dams and pumped storage: made-up ground with known answers, and the Sarsang lake."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from greenzone.layers import catalogue
from greenzone.schema import Raster
from greenzone.technologies.hydro import drainage, kernel_terrain, storage, waterways
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.water import water

STEP = 1 / 1200  # 3 arc-seconds: about 70 by 93 m


def everywhere(lon, lat):
    return np.ones(np.shape(lon), dtype=bool)


def gorge(rows=60, columns=41):
    """A valley that falls 2 m a row to the south between slopes that rise 30 m a column."""
    row, column = np.mgrid[:rows, :columns]
    return Raster(1000.0 - 2.0 * row + 30.0 * np.abs(column - columns // 2), 46.0, 40.0, STEP, STEP)


def test_the_canal_keeps_its_height_and_the_penstock_falls():
    """On an even slope beside a river that falls 100 m the canal stays within one cell's rise of its contour."""
    row, column = np.mgrid[:60, :60]
    ground = 1000.0 - 10.0 * row + 10.0 * column  # contours run to the south-east
    raster = Raster(ground, 46.0, 40.0, STEP, STEP)
    intake, outlet = (raster.lon[10], raster.lat[10]), (raster.lon[30], raster.lat[40])
    points, height = waterways.trace(raster, intake, outlet)
    np.testing.assert_allclose(points[[0, -1]], [intake, outlet])
    assert height[0] == 1000.0 and height[-1] == 900.0
    level = np.abs(height - 1000.0) <= 20.0
    assert level[: int(0.6 * level.size)].all() and np.all(np.diff(height[~level]) < 0)


def test_lines_join_intake_and_powerhouse():
    raster = gorge()
    plants = pd.DataFrame(
        {
            "name": ["a"], "status": ["candidate"], "river": ["X"], "design_flow_m3s": [2.0], "gross_head_m": [60.0],
            "intake_lon": [raster.lon[20]], "intake_lat": [raster.lat[10]],
        }
    )  # fmt: skip
    frame = waterways.lines(raster, plants, raster.lon[[20]], raster.lat[[40]])
    assert frame["part"].tolist() == ["headrace", "penstock"] and frame.crs.to_epsg() == 4326
    first, second = frame.geometry
    assert first.coords[-1] == second.coords[0]
    assert first.coords[0] == (raster.lon[20], raster.lat[10]) and second.coords[-1] == (raster.lon[20], raster.lat[40])
    metres = gpd.GeoSeries(frame.geometry).to_crs(32638).length / 1000
    np.testing.assert_allclose(frame.length_km, metres, rtol=5e-3)
    assert shapely.Point(raster.lon[20], raster.lat[10]) == waterways.intakes(plants).geometry.iloc[0]


def test_an_island_of_ground_is_crossed_straight():
    ground = gorge().values
    ground[30] = np.nan
    raster = Raster(ground, 46.0, 40.0, STEP, STEP)
    points, _ = waterways.trace(raster, (raster.lon[20], raster.lat[5]), (raster.lon[20], raster.lat[55]))
    assert len(points) == 2


def test_a_lake_behind_a_dam():
    """In the gorge a 40 m dam at row 50 floods upstream where the bed lies lower: 20 rows of 2 m."""
    raster = gorge()
    network = drainage.derive(raster)
    dam = 50 * 41 + 20
    crest = float(raster.values[50, 20]) + 40.0
    lake = kernel_terrain.flooded(network.downstream, raster.values.ravel(), 41, dam, crest, 1000)
    rows, columns = np.divmod(lake, 41)
    assert lake[0] == dam and rows.min() == 31 and rows.max() == 50
    assert set(columns) <= {19, 20, 21}
    assert kernel_terrain.flooded(network.downstream, raster.values.ravel(), 41, dam, crest, 5).size == 0


def test_the_crest_spans_the_valley():
    """40 m over the bed with sides of 30 m a column: the middle with 40 m, one cell of 10 m on each side."""
    raster = gorge()
    crest = float(raster.values[50, 20]) + 40.0
    heights = kernel_terrain.crest_line(raster.values.ravel(), 41, 50 * 41 + 20, 41, crest, 10)
    assert sorted(heights.tolist()) == pytest.approx([10.0, 10.0, 40.0])
    assert kernel_terrain.crest_line(raster.values.ravel(), 41, 50 * 41 + 20, 41, crest + 900.0, 10).size == 0


@pytest.fixture(scope="module")
def flow():
    return water(catalogue.load_elevation(), catalogue.read_tables(), catalogue.load_climate())


def test_the_lake_of_sarsang(flow):
    """Dam of 125 m at 40.15 N 46.63 E: 560 hm3, 14 km2 (press); a 30 arc-second terrain is right within a factor 2."""
    near = np.hypot((flow.streams.lon - 46.63) * 0.76, flow.streams.lat - 40.17) < 0.06
    nodes = np.flatnonzero(near & (flow.streams.upstream_km2 > 2000))
    lakes = [storage.dam_at(flow, int(node), 125.0) for node in nodes]
    volumes = [lake[0]["storage_hm3"] for lake in lakes if lake is not None]
    assert volumes and 280 < max(volumes) < 1120


def test_dams_of_the_zone_do_not_share_water(flow):
    zone = shapely.box(45.8, 39.0, 47.0, 40.4)
    names = np.full(flow.streams.cell.size, "")

    def inside(lon, lat):
        return shapely.contains_xy(zone, lon, lat)

    found = storage.dams(flow, names, inside, Options(storage_sites=8))
    assert 3 <= len(found) <= 8 and list(found.columns[:-1]) == storage.DAM
    assert (found.storage_hm3 >= 10).all() and found.water_per_dam.is_monotonic_decreasing
    assert (found.storage_hm3 <= found.lake_km2 * found.height_m).all()
    assert shapely.contains(zone, found.geometry.to_numpy()).all()
    assert len(set(zip(found.geometry.x, found.geometry.y, strict=True))) == len(found)
    assert len(storage.dams(flow, names, inside, Options(storage_sites=0))) == 0


def test_two_terraces_make_one_pair_of_ponds():
    """Two flat terraces 500 m apart in height: 1 hm3 · 9.81 · 500 m · √0.75 is 1180 MWh, 197 MW over 6 hours."""
    ground = np.where(np.arange(12)[:, None] < 4, 2000.0, 1500.0) + 0.0 * np.arange(3)
    ground[4:7] = np.array([1900.0, 1750.0, 1600.0])[:, None]
    raster = Raster(ground, 46.0, 40.0, 1 / 120, 1 / 120)
    found = storage.pumped(raster, everywhere, Options())
    assert len(found) > 0 and (found.head_m == 500.0).all() and (found.separation_km <= 5.0).all()
    first = found.iloc[0]
    assert first.storage_mwh == pytest.approx(1e9 * 9.81 * 500 * 0.75**0.5 / 3.6e9, rel=1e-6)
    assert first.capacity_mw == pytest.approx(first.storage_mwh / 6, rel=1e-4)
    ponds = [(row.upper_lon, row.upper_lat) for row in found.itertuples()]
    ponds += [(row.lower_lon, row.lower_lat) for row in found.itertuples()]
    assert len(set(ponds)) == len(ponds)


@pytest.mark.parametrize("options", [Options(pumped_min_head_m=5000.0), Options(storage_sites=0)])
def test_no_pairs_is_an_empty_list(options):
    raster = Raster(np.arange(25.0).reshape(5, 5), 46.0, 40.0, 1 / 120, 1 / 120)
    found = storage.pumped(raster, everywhere, options)
    assert len(found) == 0 and list(found.columns[:-1]) == storage.PAIR
    nowhere = storage.pumped(raster, lambda lon, lat: np.zeros(np.shape(lon), dtype=bool), Options())
    assert len(nowhere) == 0
