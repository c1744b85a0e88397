"""GIS files as independent readers see them: OGR, Arrow, JSON schemas, STAC's validator; names keep their letters."""

import dataclasses
import json
import sqlite3
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import geopandas as gpd
import jsonschema
import numpy as np
import pyarrow.parquet
import pyogrio
import pystac
import pytest
import shapely
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.outputs import write_outputs
from greenzone.outputs.columns import classes, meaning
from greenzone.outputs.geopackage import write_geopackage

NAMES = {
    "Lachin": "Laçın",
    "Fuzuli": "Füzuli",
    "Kalbajar": "Kəlbəcər",
    "Aghdam": "Ağdam",
    "Shusha": "Şuşa",
    "Khojaly": "Əö",
}
SCHEMAS = Path(pystac.__file__).parent / "validation" / "jsonschemas" / "geojson"


@pytest.fixture(scope="module")
def run(made_up):
    """The made-up run with names in Azerbaijani."""

    def spelt(names):
        return [NAMES.get(str(name), str(name)) for name in names]

    district = made_up.grid.sites.district
    sites = made_up.grid.sites.assign(district=("site", np.array(spelt(district.values)), district.attrs))
    grid = SimpleNamespace(sites=sites, geometry=made_up.grid.geometry, crs=made_up.grid.crs)
    zone = made_up.layers.zone.assign(district=spelt(made_up.layers.zone.district))
    layers = dataclasses.replace(made_up.layers, zone=zone)
    config = {**made_up.config, "name": "Qarabağ və Şərqi Zəngəzur"}
    return SimpleNamespace(**{**vars(made_up), "grid": grid, "layers": layers, "config": config})


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("greenzone.outputs.write.write_overview", lambda run, path: path.write_bytes(b"picture"))
        return write_outputs(run, tmp_path_factory.mktemp("runs") / "gis")


def features(path):
    return json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)["features"]


def vector_files(folder):
    return {path.stem: path for path in sorted(folder.glob("*.geojson"))}


def test_every_geojson_follows_the_schema_and_the_standard(folder):
    validator = jsonschema.Draft7Validator(json.loads((SCHEMAS / "Feature.json").read_text()))
    checked = 0
    for name, path in vector_files(folder).items():
        collection = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
        assert set(collection) <= {"type", "bbox", "features"}, name  # RFC 7946 4: no crs member
        west, south, east, north = collection["bbox"]
        for feature in collection["features"][:50]:
            validator.validate(feature)
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            assert shapely.is_valid(shape), name
            assert west <= shape.bounds[0] and shape.bounds[2] <= east
            assert south <= shape.bounds[1] and shape.bounds[3] <= north
            checked += 1
    assert checked > 60


def test_ogr_finds_the_same_layers_in_the_geopackage_as_in_the_files(folder):
    listed = dict(pyogrio.list_layers(folder / "greenzone.gpkg").tolist())
    files = vector_files(folder)
    assert set(listed) == {*files, "layer_styles"}
    for name, path in files.items():
        ours = pyogrio.read_info(folder / "greenzone.gpkg", layer=name, force_total_bounds=True)
        theirs = pyogrio.read_info(path, force_total_bounds=True)
        assert ours["features"] == theirs["features"] > 0
        assert ours["crs"] == theirs["crs"] == "EPSG:4326"
        assert ours["total_bounds"] == pytest.approx(theirs["total_bounds"], abs=1e-9)


def test_geopackage_holds_the_values_of_the_geojson(folder):
    for name, path in vector_files(folder).items():
        ours = pyogrio.read_dataframe(folder / "greenzone.gpkg", layer=name)
        for number, feature in enumerate(features(path)):
            row = ours.iloc[number]
            for key, value in feature["properties"].items():
                assert row[key] == value or (value is None and row[key] != row[key]) or row[key] is value, (
                    name,
                    key,
                )


def test_geopackage_is_sound_and_of_one_geometry_type_a_layer(folder):
    with sqlite3.connect(folder / "greenzone.gpkg") as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert database.execute("pragma application_id").fetchone() == (0x47504B47,)  # "GPKG", OGC 12-128r19, 1.1.2
        assert database.execute("pragma foreign_key_check").fetchall() == []
        types = dict(database.execute("select table_name, geometry_type_name from gpkg_geometry_columns"))
    for name, declared in types.items():
        found = set(pyogrio.read_dataframe(folder / "greenzone.gpkg", layer=name).geom_type.str.upper())
        assert found == {declared}, name


def test_every_layer_has_one_default_style_that_names_its_columns(folder):
    styles = pyogrio.read_dataframe(folder / "greenzone.gpkg", layer="layer_styles")
    assert set(styles.f_table_name) == set(vector_files(folder))
    assert (styles.groupby("f_table_name").useAsDefault.sum() == 1).all()
    assert (styles.f_geometry_column == "geom").all()
    for row in styles.itertuples():
        renderer = ElementTree.fromstring(row.styleQML.partition("\n")[2]).find("renderer-v2")
        symbols = {symbol.get("name") for symbol in renderer.find("symbols")}
        if column := renderer.get("attr"):
            assert column in pyogrio.read_info(folder / "greenzone.gpkg", layer=row.f_table_name)["fields"]
            entries = [*renderer.iter("range"), *renderer.iter("category")]
            assert {entry.get("symbol") for entry in entries} == symbols


def test_classes_of_a_style_hold_every_value(folder):
    styles = pyogrio.read_dataframe(folder / "greenzone.gpkg", layer="layer_styles")
    styles = styles[styles.f_table_name == "sites"].set_index("styleName")
    sites = gpd.read_parquet(folder / "sites.parquet")
    renderer = ElementTree.fromstring(styles.styleQML["solar: LCOE of the plant [USD/MWh]"].partition("\n")[2])
    edges = [(float(r.get("lower")), float(r.get("upper"))) for r in renderer.iter("range")]
    assert all(before[1] == after[0] for before, after in pairwise(edges))
    assert edges[0][0] <= sites.solar_lcoe.min() and sites.solar_lcoe.max() <= edges[-1][1]


def test_stac_item_passes_its_own_validator(folder):
    content = json.loads((folder / "stac.json").read_text(encoding="utf-8"))
    projection = content.pop("stac_extensions")
    item = pystac.Item.from_dict({**content, "stac_extensions": []})
    item.validate()
    assert projection == ["https://stac-extensions.github.io/projection/v2.0.0/schema.json"]
    assert item.properties["start_datetime"] == "2019-01-01T00:00:00Z"
    assert item.properties["end_datetime"] == "2019-01-02T23:00:00Z"
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.suffix != ".qml"}
    assert set(item.assets) == on_disk - {"stac.json"}
    assert all((folder / asset.href).is_file() for asset in item.assets.values())
    raster = item.assets["rasters/solar_lcoe.tif"].extra_fields
    assert raster["proj:code"] == "EPSG:32638" and raster["bands"][0]["unit"] == "USD/MWh"
    zone = gpd.read_file(folder / "districts.geojson").total_bounds
    assert item.bbox == pytest.approx(zone, abs=2e-6)


def test_geoparquet_boxes_hold_their_shapes(folder):
    table = pyarrow.parquet.read_table(folder / "sites.parquet", columns=["bbox", "geometry"])
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    covering = geo["columns"]["geometry"]["covering"]["bbox"]
    assert covering == {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    boxes = np.array([[row[side] for side in covering] for row in table["bbox"].to_pylist()])
    assert boxes == pytest.approx(shapely.bounds(shapes), abs=1e-12)
    west, south, east, north = 46.4, 39.5, 46.8, 39.9
    part = gpd.read_parquet(folder / "sites.parquet", bbox=(west, south, east, north))
    assert 0 < len(part) < len(shapes)


def test_letters_come_out_right_in_every_format(folder):
    expected = set(NAMES.values())
    spelt = {feature["properties"]["district"] for feature in features(folder / "sites.geojson")}
    assert expected <= spelt
    assert expected <= set(gpd.read_parquet(folder / "sites.parquet").district)
    assert expected <= set(pyogrio.read_dataframe(folder / "greenzone.gpkg", layer="districts").district)
    with xr.open_dataset(folder / "potential.nc", engine="h5netcdf") as potential:
        assert expected <= set(potential.district.to_numpy().astype(str))
        assert "Qarabağ və Şərqi Zəngəzur" in potential.attrs["title"]
    plants = pyogrio.read_dataframe(folder / "greenzone.gpkg", layer="hydro_plants").name
    assert plants.tolist() == ["Gözlükörpü", 'a "quoted" <b>']
    assert json.loads((folder / "stac.json").read_text(encoding="utf-8"))["id"] == "Qarabağ və Şərqi Zəngəzur"
    assert "Şərqi Zəngəzur" in (folder / "manifest.json").read_text(encoding="utf-8")  # as letters, not as escapes


def test_disk_full_while_the_geopackage_is_written_is_a_system_error(tmp_path, monkeypatch):
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(46, 39)], crs=4326)

    def full(*args, **options):
        raise pyogrio.errors.DataLayerError("sqlite3_step() failed: database or disk is full")

    monkeypatch.setattr(pyogrio, "write_dataframe", full)
    with pytest.raises(OSError, match="disk is full") as caught:
        write_geopackage({"points": frame}, tmp_path / "a.gpkg")
    assert caught.value.errno == 28
    assert not isinstance(caught.value, GreenzoneError)


@pytest.mark.parametrize(
    ("column", "label"),
    [
        ("solar_score", "solar: score"),
        ("wind_lcoe_connected", "wind: LCOE with connection [EUR/MWh]"),
        ("hydro_energy_gwh", "hydro: energy [GWh/year]"),
        ("solar_score_distance_settlement", "solar: part of the score from distance settlement"),
        ("connection_cost", "capital of the connection [EUR/kW]"),
        ("clearance_2025", "clearance 2025"),
    ],
)
def test_columns_are_named_in_words(column, label):
    assert meaning(column, "EUR").label == label


def test_class_edges_are_round_and_hold_the_range():
    edges = classes(0.0, 1.0)
    assert edges[0] <= 0 and edges[-1] >= 1 and 4 <= len(edges) <= 9
    assert np.allclose(edges * 20, np.rint(edges * 20))
