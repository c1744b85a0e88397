"""GeoJSON by RFC 7946: what a strict reader must find, and what it must not."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.outputs import write_geojson
from greenzone.outputs.geojson import geometry_tokens, round_geometry, round_significant

CLOCKWISE_WITH_HOLE = shapely.Polygon(
    [(46, 39), (46, 40), (47, 40), (47, 39)], [[(46.2, 39.2), (46.4, 39.2), (46.4, 39.4), (46.2, 39.4)]]
)


def written(frame, path):
    write_geojson(frame, path)
    text = path.read_text(encoding="utf-8")
    # json.loads accepts NaN and Infinity unless told not to
    return text, json.loads(text, parse_constant=lambda token: pytest.fail(f"{token} is not JSON"))


def frame(*shapes, crs="EPSG:4326", **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def signed_area(ring):
    x, y = np.array(ring).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def rings(geometry):
    """Exterior and interior rings of a polygon or multipolygon object."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [(number > 0, ring) for polygon in polygons for number, ring in enumerate(polygon)]


def test_rings_are_closed_and_follow_the_right_hand_rule(tmp_path):
    moved = shapely.transform(CLOCKWISE_WITH_HOLE, lambda points: points + 1)
    _, found = written(frame(CLOCKWISE_WITH_HOLE, shapely.MultiPolygon([CLOCKWISE_WITH_HOLE, moved])), tmp_path / "a")
    checked = 0
    for feature in found["features"]:
        for is_hole, ring in rings(feature["geometry"]):
            assert ring[0] == ring[-1] and len(ring) >= 4
            assert (signed_area(ring) < 0) == is_hole  # RFC 7946 3.1.6
            checked += 1
    assert checked == 6


def test_longitude_comes_first_in_wgs84_from_any_crs(tmp_path):
    # Shusha stands at 46.75 E 39.76 N.
    shusha = gpd.GeoSeries([shapely.Point(46.75, 39.76)], crs=4326).to_crs(32638)
    text, found = written(frame(shusha[0], crs="EPSG:32638", name=["Şuşa"]), tmp_path / "a")
    assert found["features"][0]["geometry"]["coordinates"] == [46.75, 39.76]
    assert found["features"][0]["properties"] == {"name": "Şuşa"}
    assert "crs" not in found and "Şuşa" in text  # no escapes, no crs member (RFC 7946 4)
    assert found["bbox"] == [46.75, 39.76, 46.75, 39.76]


def test_coordinates_have_at_most_six_digits(tmp_path):
    rng = np.random.default_rng(0)
    points = shapely.points(rng.uniform(38, 49, (5000, 2)))
    text, _ = written(frame(*points), tmp_path / "a")
    for line in text.splitlines()[1:-1]:
        pair = line.split('"coordinates":[')[1].split("]")[0].split(",")
        assert all(len(number.split(".")[1]) <= 6 for number in pair)


def test_missing_values_are_null(tmp_path):
    values = {"a": [np.nan, 1.5], "b": [np.inf, -np.inf], "c": [None, "x"], "n": np.array([1, 2]), "t": [True, False]}
    text, found = written(frame(shapely.Point(1, 2), shapely.Point(3, 4), **values), tmp_path / "a")
    first, second = (feature["properties"] for feature in found["features"])
    assert first == {"a": None, "b": None, "c": None, "n": 1, "t": True}
    assert second == {"a": 1.5, "b": None, "c": "x", "n": 2, "t": False}
    assert "NaN" not in text and "Infinity" not in text


def test_hostile_text_stays_text(tmp_path):
    hostile = '</script>"\\\n%s%d Ə'
    _, found = written(frame(shapely.Point(1, 2), **{hostile: [hostile]}), tmp_path / "a")
    assert found["features"][0]["properties"] == {hostile: hostile}


def test_slivers_that_vanish_have_no_geometry(tmp_path):
    sliver = shapely.box(46.0000001, 39, 46.0000003, 39.1)
    _, found = written(frame(sliver, CLOCKWISE_WITH_HOLE, None), tmp_path / "a")
    kinds = [feature["geometry"] and feature["geometry"]["type"] for feature in found["features"]]
    assert kinds == [None, "Polygon", None]


def test_rounding_leaves_polygons_valid():
    bow = shapely.Polygon([(46, 39), (46.1, 39.0000004), (46.1, 39.1), (46.05, 39.0000003), (46, 39.1)])
    clean = round_geometry(np.array([bow]))[0]
    assert shapely.is_valid(clean)
    assert shapely.area(clean) == pytest.approx(shapely.area(bow), rel=1e-4)


def test_empty_frame_is_an_empty_collection(tmp_path):
    _, found = written(frame(), tmp_path / "a")
    assert found == {"type": "FeatureCollection", "features": []}


def test_every_geometry_type_reads_back_as_it_was():
    shapes = np.array(
        [
            shapely.Point(1, 2),
            shapely.LineString([(1, 2), (3, 4)]),
            shapely.orient_polygons(CLOCKWISE_WITH_HOLE),
            shapely.MultiPoint([(1, 2), (3, 4)]),
            shapely.MultiLineString([[(1, 2), (3, 4)], [(5, 6), (7, 8), (9, 9)]]),
            shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
        ]
    )
    back = shapely.from_geojson(geometry_tokens(shapes))
    assert shapely.equals_exact(back, shapes).all()
    assert [json.loads(token)["type"] for token in geometry_tokens(shapes)] == [shape.geom_type for shape in shapes]


def test_layer_without_crs_or_of_mixed_collections_is_refused(tmp_path):
    with pytest.raises(GreenzoneError, match="without CRS"):
        write_geojson(frame(shapely.Point(1, 2), crs=None), tmp_path / "a")
    collection = shapely.GeometryCollection([shapely.Point(1, 2), shapely.LineString([(1, 2), (3, 4)])])
    with pytest.raises(GreenzoneError, match="geometry collections"):
        write_geojson(frame(collection), tmp_path / "a")


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False, min_value=-1e12, max_value=1e12))
def test_floats_keep_six_significant_digits_of_their_decimal(value):
    rounded = float(round_significant(np.array([value]))[0])
    if abs(value) < 1e-15:
        assert rounded == pytest.approx(value, rel=1e-5)
        return
    assert rounded == pytest.approx(value, rel=5.1e-6)
    assert len(repr(rounded).split("e")[0].replace("-", "").replace(".", "").strip("0")) <= 6


def test_rounded_floats_keep_what_is_not_a_number():
    assert np.isnan(round_significant(np.array([np.nan]))[0])
    assert round_significant(np.array([0.0, np.inf])).tolist() == [0.0, np.inf]
    assert round_significant(np.array([123456789.0, 0.1234564, 1 / 3])).tolist() == [123457000.0, 0.123456, 0.333333]
