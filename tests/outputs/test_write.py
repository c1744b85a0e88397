"""What a run leaves behind: the same values in every file, the same bytes each time."""

import dataclasses
import errno
import json
import time
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pyarrow.parquet
import pyogrio
import pytest
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.outputs import district_table, ladder, site_table, write_outputs
from greenzone.outputs.netcdf import udunits
from greenzone.outputs.tables import best_technology, district_values
from greenzone.schema import POTENTIAL

FILES = {
    "greenzone.gpkg",
    "stac.json",
    "rasters/best_technology.tif",
    "sites.geojson",
    "sites.parquet",
    "districts.geojson",
    "zones.geojson",
    "hydro_plants.geojson",
    "potential.nc",
    "report.html",
    "typical.nc",
    "scenarios.csv",
    "demand_assumptions.csv",
    "scenario_notes.csv",
    "eligibility.csv",
    "supply_curve.csv",
    "ladder.csv",
    "connection_routes.geojson",
    "overview.png",
    "manifest.json",
}
BY_TECHNOLOGY = ("eligibility.tif", "score.tif", "capacity_factor.tif", "capacity_factor.qml", "lcoe.tif", "lcoe.qml")
FILES |= {
    f"rasters/{name}_{what}" for name in ("solar", "wind", "hydro", "geothermal", "bioenergy") for what in BY_TECHNOLOGY
}
PROPERTIES = (
    "eligible_fraction", "capacity_mw", "capacity_factor", "energy_gwh", "lcoe", "lcoe_connected", "score",
    "top_probability",
)  # fmt: skip
CONNECTION = {"distance_grid", "connection_cost", "grid_node"}


@pytest.fixture(scope="module")
def folder(made_up, tmp_path_factory):
    return write_outputs(made_up, tmp_path_factory.mktemp("runs") / "made-up")


@pytest.fixture
def no_picture(monkeypatch):
    """For tests that write again and do not look at the picture, which takes the longest."""
    monkeypatch.setattr("greenzone.outputs.write.write_overview", lambda run, path: path.write_bytes(b"picture"))


def read_features(path):
    return json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)["features"]


def written(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}


def test_all_files_are_there(folder):
    assert written(folder) == FILES


def test_same_run_gives_the_same_bytes(made_up, folder, tmp_path):
    time.sleep(1.1)  # formats that stamp the time do so in seconds
    again = write_outputs(made_up, tmp_path / "again")
    for name in sorted(FILES):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_sites_carry_the_promised_properties(made_up, folder):
    promised = {"site", "district", "area_km2", "best_technology"} | CONNECTION
    promised |= {f"{name}_{item}" for name in made_up.potentials for item in PROPERTIES}
    promised |= {f"{name}_score_{item}" for name in made_up.potentials for item in ("capacity_factor", "lcoe")}
    features = read_features(folder / "sites.geojson")
    assert len(features) == made_up.grid.sites.sizes["site"]
    assert all(set(feature["properties"]) == promised for feature in features)


def test_geojson_and_geoparquet_hold_the_same_values(folder):
    table = gpd.read_parquet(folder / "sites.parquet")
    features = read_features(folder / "sites.geojson")
    columns = [name for name in table.columns if name not in ("geometry", "bbox")]
    assert len(columns) > 40
    for name in columns:
        values = [None if value != value or value is None else value for value in table[name].tolist()]
        assert values == [feature["properties"][name] for feature in features], name
    shapes = gpd.GeoDataFrame.from_features(features, crs=4326).geometry
    assert shapes.geom_equals_exact(table.geometry, 0).all()
    assert table.crs.equals("OGC:CRS84") or table.crs.to_epsg() == 4326


def test_geoparquet_declares_its_version_and_boxes(folder):
    geo = json.loads(pyarrow.parquet.read_metadata(folder / "sites.parquet").metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert "bbox" in geo["columns"]["geometry"]["covering"]


def test_gdal_reads_every_vector_file_with_its_extent(made_up, folder):
    counts = {"sites": made_up.grid.sites.sizes["site"], "districts": len(made_up.layers.zone), "hydro_plants": 2}
    for name, count in counts.items():
        info = pyogrio.read_info(folder / f"{name}.geojson", force_total_bounds=True)
        assert info["features"] == count
        assert info["crs"] == "EPSG:4326"
    extent = pyogrio.read_info(folder / "districts.geojson", force_total_bounds=True)["total_bounds"]
    assert extent == pytest.approx(made_up.layers.zone.total_bounds, abs=1e-6)


def test_values_are_those_of_the_run(made_up, folder):
    table = gpd.read_parquet(folder / "sites.parquet")
    assert table.site.tolist() == made_up.grid.sites.site.to_numpy().tolist()
    for name, potential in made_up.potentials.items():
        for item in PROPERTIES[:4]:
            expected = potential.sites[item].to_numpy()
            assert table[f"{name}_{item}"].to_numpy() == pytest.approx(expected, rel=1e-5, nan_ok=True)
    assert table.solar_score.to_numpy() == pytest.approx(made_up.scores["solar"].to_numpy(), rel=1e-5, nan_ok=True)


def test_best_technology_has_the_highest_score_and_capacity(made_up):
    table = site_table(made_up)
    names = list(made_up.potentials)
    for row in table.itertuples():
        able = {n: getattr(row, f"{n}_score") for n in names if getattr(row, f"{n}_capacity_mw") > 0}
        assert row.best_technology == (max(able, key=able.get) if able else None)
    assert table.best_technology.notna().any()


def test_site_without_any_capacity_has_no_best_technology(made_up):
    bare = {
        name: dataclasses.replace(potential, sites=potential.sites.assign(capacity_mw=potential.sites.capacity_mw * 0))
        for name, potential in made_up.potentials.items()
    }
    run = SimpleNamespace(**{**vars(made_up), "potentials": bare})
    assert set(best_technology(run)) == {None}


def test_districts_sum_to_the_zone(made_up):
    sums = district_values(made_up)
    for name, potential in made_up.potentials.items():
        for item in ("theoretical_gwh", "geographic_gwh", "capacity_mw", "energy_gwh"):
            assert sums[f"{name}_{item}"].sum() == pytest.approx(float(potential.sites[item].sum()), rel=1e-12)
    assert sums.area_km2.sum() == pytest.approx(float(made_up.grid.sites.area_km2.sum()), rel=1e-12)
    assert sums.sites.sum() == made_up.grid.sites.sizes["site"]


def test_means_of_districts_are_weighted(made_up):
    row = district_table(made_up).set_index("district").loc["Lachin"]
    inside = made_up.grid.sites.district.to_numpy() == "Lachin"
    wind = made_up.potentials["wind"].sites
    energy, capacity = wind.energy_gwh.to_numpy()[inside], wind.capacity_mw.to_numpy()[inside]
    assert row.wind_capacity_factor == pytest.approx(energy.sum() / capacity.sum() / 8.76, rel=1e-5)
    lcoe, score = made_up.lcoe["wind"].to_numpy()[inside], made_up.scores["wind"].to_numpy()[inside]
    assert row.wind_lcoe == pytest.approx(np.nansum(lcoe * energy) / energy.sum(), rel=1e-5)
    assert row.wind_score == pytest.approx(np.nansum(score * capacity) / capacity.sum(), rel=1e-5)


def test_netcdf_follows_cf_and_carries_units(made_up, folder):
    with xr.open_dataset(folder / "potential.nc", engine="h5netcdf") as potential:
        potential.load()
    assert potential.attrs["Conventions"].startswith("CF-1.")
    assert "synthetic" in potential.attrs["source"]
    assert "50 %" in potential.attrs["comment"]
    for name, meaning in POTENTIAL.items():
        assert potential[name].dims == ("technology", "site")
        assert potential[name].attrs["units"] == meaning.units.replace("GWh", "GW h")  # UDUNITS knows no Wh
        assert potential[name].attrs["long_name"]
    assert potential.lcoe.attrs["units"] == "MW-1 h-1" and potential.lcoe.attrs["currency"] == "USD"
    mapping = potential.capacity_mw.encoding.get("grid_mapping") or potential.capacity_mw.attrs["grid_mapping"]
    assert potential[mapping].attrs["grid_mapping_name"] == "latitude_longitude"
    assert potential[mapping].attrs["semi_major_axis"] == 6378137.0
    assert potential.lon.attrs["standard_name"] == "longitude" and potential.lat.attrs["units"] == "degrees_north"
    assert potential.technology.to_numpy().tolist() == list(made_up.potentials)
    energy = made_up.potentials["hydro"].sites.energy_gwh.to_numpy()
    assert potential.energy_gwh.sel(technology="hydro").to_numpy() == pytest.approx(energy, rel=1e-12)
    assert potential.site.to_numpy().tolist() == made_up.grid.sites.site.to_numpy().tolist()
    assert set(potential.district.to_numpy()) == set(made_up.layers.zone.district)
    for values in potential.data_vars.values():
        assert values.name == mapping or {"units", "long_name"} <= values.attrs.keys()


@pytest.mark.parametrize(
    ("ours", "units"),
    [
        ("GWh", {"units": "GW h"}),
        ("kWh m-2 d-1", {"units": "kW h m-2 d-1"}),
        ("USD MWh-1", {"units": "MW-1 h-1", "currency": "USD"}),
        ("EUR", {"units": "1", "currency": "EUR"}),
        ("m s-1", {"units": "m s-1"}),
        ("degC", {"units": "degC"}),
        ("W m-2", {"units": "W m-2"}),
        ("MW", {"units": "MW"}),
        ("1", {"units": "1"}),
    ],
)
def test_units_become_those_of_udunits(ours, units):
    assert udunits(ours) == units


def test_run_without_technologies_writes_its_sites(made_up, tmp_path, no_picture):
    bare = {name: {} for name in ("potentials", "lcoe", "scores", "contributions")}
    folder = write_outputs(SimpleNamespace(**{**vars(made_up), **bare}), tmp_path / "a")
    assert set(read_features(folder / "sites.geojson")[0]["properties"]) == {
        "site",
        "district",
        "area_km2",
        "best_technology",
        *CONNECTION,
    }


def test_profiles_are_written_where_the_scenario_asks_for_them(made_up, tmp_path, no_picture):
    asked = SimpleNamespace(**{**vars(made_up), "config": {**made_up.config, "outputs": {"profiles": True}}})
    folder = write_outputs(asked, tmp_path / "a")
    with xr.open_dataset(folder / "profiles.nc", engine="h5netcdf") as profiles:
        profiles.load()
    wind = profiles.isel(group=profiles.technology.to_numpy() == "wind")
    expected = made_up.potentials["wind"].profiles
    assert wind.capacity_factor.to_numpy() == pytest.approx(expected.capacity_factor.to_numpy())
    assert wind.district.to_numpy().tolist() == expected.district.to_numpy().tolist()
    assert (wind.time.to_numpy() == expected.time.to_numpy()).all()
    again = write_outputs(asked, tmp_path / "b")
    assert (again / "profiles.nc").read_bytes() == (folder / "profiles.nc").read_bytes()


def test_manifest_tells_the_whole_run(made_up, folder):
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=pytest.fail)
    assert found["config"] == {**made_up.config, "ceiling": None}  # NaN is no JSON
    assert [row["technology"] for row in found["ladder"]] == list(made_up.potentials)
    assert found["weather"]["source"] == "synthetic"
    assert found["notes"]["hydro"] == ["hydro made up"]
    assert any("50 %" in statement for statement in found["uncertainty"])
    assert any("229 GWh a year" in statement for statement in found["uncertainty"])
    assert found["timings_s"] == {"sites": 0.1}
    assert found["versions"]["numpy"] == np.__version__
    assert set(found["files"]) == FILES - {"manifest.json"}


def test_checksums_of_the_manifest_hold(folder):
    import hashlib

    for name, expected in json.loads((folder / "manifest.json").read_text())["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected


def test_only_timings_differ_between_manifests(made_up, tmp_path, no_picture):
    slower = SimpleNamespace(**{**vars(made_up), "timings": {"sites": 99.0}})
    first = json.loads((write_outputs(made_up, tmp_path / "a") / "manifest.json").read_text())
    second = json.loads((write_outputs(slower, tmp_path / "b") / "manifest.json").read_text())
    assert {key for key in first if first[key] != second[key]} == {"timings_s"}


def test_run_of_one_technology_writes_only_its_own(made_up, tmp_path, no_picture):
    def only(mapping):
        return {"solar": mapping["solar"]}

    parts = {name: only(getattr(made_up, name)) for name in ("potentials", "lcoe", "scores", "contributions")}
    folder = write_outputs(SimpleNamespace(**{**vars(made_up), **parts}), tmp_path / "solar")
    others = {
        name
        for name in FILES
        if name.startswith("rasters/") and not name.startswith(("rasters/solar_", "rasters/best"))
    }
    assert written(folder) == FILES - {"hydro_plants.geojson"} - others
    properties = read_features(folder / "sites.geojson")[0]["properties"]
    assert not any(name.startswith("wind") for name in properties)


@pytest.mark.parametrize(
    "writer",
    [
        "write_prepared",
        "write_parquet",
        "write_geopackage",
        "write_csv",
        "write_netcdf",
        "write_overview",
        "write_json",
    ],
)
def test_disk_full_in_any_writer_leaves_nothing(made_up, tmp_path, monkeypatch, no_picture, writer):
    def full(content, path, *rest):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"greenzone.outputs.write.{writer}", full)
    with pytest.raises(GreenzoneError, match=r"cannot write to .*runs: the disk is full"):
        write_outputs(made_up, tmp_path / "runs")
    assert list(tmp_path.iterdir()) == []


def test_ladder_narrows_step_by_step(made_up):
    steps = ladder(made_up, ceiling=150.0).set_index("technology")
    assert (steps.theoretical_gwh >= steps.geographic_gwh).all()
    assert (steps.geographic_gwh >= steps.technical_gwh).all()
    assert (steps.technical_gwh >= steps.economic_gwh).all()
    assert (steps.economic_gwh > 0).all()
    assert ladder(made_up, ceiling=0.0).economic_gwh.sum() == 0
    wind = made_up.potentials["wind"].sites
    assert steps.capacity_factor["wind"] == pytest.approx(float(wind.energy_gwh.sum() / wind.capacity_mw.sum() / 8.76))
