"""The overview map: every site at its place, readable panels for any number of technologies."""

from types import SimpleNamespace

import matplotlib.image
import numpy as np
import pytest
import shapely

from greenzone.outputs.maps import hillshade, labelled_places, overview, site_raster, write_overview
from greenzone.schema import Raster


def test_pixels_belong_to_the_site_that_holds_them(made_up):
    geometry = made_up.grid.geometry
    index, (west, east, south, north) = site_raster(geometry)
    height, width = index.shape
    rng = np.random.default_rng(0)
    for row, column in zip(rng.integers(0, height, 200), rng.integers(0, width, 200), strict=True):
        point = shapely.Point(
            west + (column + 0.5) * (east - west) / width, north - (row + 0.5) * (north - south) / height
        )
        holders = np.flatnonzero(shapely.contains(geometry, point))
        assert index[row, column] == (holders[0] if len(holders) else -1)
    assert 0.2 < (index >= 0).mean() < 0.8


def test_slopes_to_the_north_west_are_lit():
    ramp = np.add.outer(np.arange(20.0), np.arange(20.0)) * 300  # rises to the south-east
    shade, _ = hillshade(Raster(ramp, 46.0, 40.0, 0.01, 0.01), (46.0, 46.2, 39.8, 40.0))
    dark, _ = hillshade(Raster(-ramp, 46.0, 40.0, 0.01, 0.01), (46.0, 46.2, 39.8, 40.0))
    assert shade.mean() > dark.mean() + 0.3


def test_shade_lies_where_the_terrain_lies():
    raster = Raster(np.random.default_rng(0).normal(size=(300, 360)), 45.0, 41.0, 0.01, 0.01)
    shade, (west, east, south, north) = hillshade(raster, (46.0, 47.0, 39.0, 40.0))
    assert shade.shape == (100, 100)
    assert (west, east, south, north) == pytest.approx((46.0, 47.0, 39.0, 40.0), abs=1e-9)


def test_labels_are_settlements_inside_the_zone_and_do_not_collide(made_up):
    places = labelled_places(made_up.layers.zone)
    names = [name for name, _, _ in places]
    assert {"Shusha", "Aghdam", "Zangilan"} <= set(names)
    assert len(set(names)) == len(names)
    zone = shapely.union_all(made_up.layers.zone.geometry.to_numpy())
    assert all(shapely.contains_xy(zone, lon, lat) for _, lon, lat in places)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_one_panel_per_technology_and_one_for_the_best(made_up, count):
    names = list(made_up.potentials)[:count]
    parts = {key: {name: getattr(made_up, key)[name] for name in names} for key in ("potentials", "scores")}
    figure = overview(SimpleNamespace(**{**vars(made_up), **parts}))
    titles = [axes.get_title() for axes in figure.axes if axes.get_visible() and axes.get_title()]
    assert [title.split(":")[0] for title in titles] == [*names, "best technology by score"]
    capacity = float(made_up.potentials["solar"].sites.capacity_mw.sum())
    assert f"{capacity:,.0f} MW" in titles[0]


def test_picture_is_large_enough_to_read(made_up, tmp_path):
    write_overview(made_up, tmp_path / "a.png")
    picture = matplotlib.image.imread(tmp_path / "a.png")
    assert picture.shape[1] > 1500
    assert picture[..., :3].std() > 0.1
