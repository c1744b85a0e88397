"""Vector files of the user's own: filters, dates, and what is said of bad ones."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from greenzone.config.eligibility import FeatureFile, Nearness
from greenzone.errors import GreenzoneError
from greenzone.siting.features import read_features
from greenzone.siting.frame import Frame, projected

FRAME = Frame("EPSG:32638", 100.0, top=44_000, left=6_000, rows=60, columns=80)


def save(path, shapes, crs=4326, **columns):
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path)
    return path


SQUARES = [shapely.box(46.2 + k / 100, 39.6, 46.205 + k / 100, 39.61) for k in range(3)]


def test_a_filter_takes_values_or_lists(tmp_path):
    path = save(tmp_path / "a.gpkg", SQUARES, kind=["a", "b", "c"], lanes=[1, 2, 2])
    assert len(read_features("roads", FeatureFile(file=path, where={"kind": ("a", "c")}), FRAME).shapes) == 2
    assert len(read_features("roads", FeatureFile(file=path, where={"kind": "b", "lanes": 2}), FRAME).shapes) == 1
    expected = projected(np.array(SQUARES[:1]), FRAME.crs)[0]
    found = read_features("roads", FeatureFile(file=path, where={"kind": "a"}), FRAME).shapes[0]
    assert shapely.equals_exact(found, expected, 0.01, normalize=True)


def test_mined_land_counts_until_the_year_it_is_cleared(tmp_path):
    path = save(tmp_path / "mines.geojson", SQUARES, cleared=["2026-05-01", "2030", None])
    mines = read_features("mines", FeatureFile(file=path, until="cleared"), FRAME)
    assert [len(mines.in_year(year)) for year in (2025, 2026, 2029, 2030, 2090)] == [3, 2, 2, 1, 1]
    assert len(mines.in_year(None)) == 3


def test_invalid_polygons_are_mended(tmp_path):
    bow = shapely.Polygon([(46.2, 39.6), (46.22, 39.62), (46.22, 39.6), (46.2, 39.62)])
    path = save(tmp_path / "bow.geojson", [bow])
    assert shapely.is_valid(read_features("water", FeatureFile(file=path), FRAME).shapes).all()


def test_bad_files_are_named(tmp_path):
    def said(path, **keys) -> str:
        with pytest.raises(GreenzoneError) as error:
            read_features("roads", FeatureFile(file=path, **keys), FRAME)
        return str(error.value)

    good = save(tmp_path / "good.gpkg", SQUARES, kind=["a", "b", "c"], when=["2030", "soon", None])
    (tmp_path / "text.geojson").write_text("no vector")
    assert "does not exist" in said(tmp_path / "none.gpkg")
    assert "cannot be read as a vector file" in said(tmp_path / "text.geojson")
    assert "holds no features" in said(save(tmp_path / "empty.gpkg", []))
    assert "have no CRS" in said(save(tmp_path / "nocrs.shp", SQUARES, crs=None))
    far = [shapely.box(10, 50, 11, 51)]
    assert "do not meet the zone's surroundings" in said(save(tmp_path / "far.gpkg", far))
    metres = projected(np.array(SQUARES), FRAME.crs)
    assert "its CRS is wrong" in said(save(tmp_path / "metres.gpkg", metres))
    assert "no column 'kinds': did you mean 'kind'" in said(good, where={"kinds": "a"})
    assert "no feature has kind = z; the file has a, b, c" in said(good, where={"kind": "z"})
    assert "'soon' in column 'when' is no year or date" in said(good, until="when")
    assert "no layer 'god': did you mean 'good'" in said(good, layer="god")


def test_setbacks_grow_with_the_tip():
    assert Nearness(min_distance=100, min_tip_heights=1.5).setback(200.0) == 400.0
    assert Nearness(min_distance=0).setback(200.0) == 0.0
    assert Nearness(max_distance=500).setback(200.0) is None
