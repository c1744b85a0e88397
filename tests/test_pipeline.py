"""Whole runs: laws that hold over every room, and agreement between coarse and fine grids."""

from __future__ import annotations

import filecmp
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greenzone as gz
from greenzone import pipeline, schema
from greenzone.outputs import district_table, site_table

TECHNOLOGIES = ["solar", "wind", "hydro", "geothermal", "bioenergy"]


@pytest.fixture(scope="session")
def fine(project: Path) -> pipeline.Run:
    """The baseline: the whole zone at 1 km."""
    return gz.run(gz.read_config(project / "configs" / "baseline.yaml"))


def total(run: pipeline.Run, technology: str, variable: str) -> float:
    return float(run.potentials[technology].sites[variable].sum())


def test_every_technology_answers_in_the_same_words(coarse):
    assert list(coarse.potentials) == TECHNOLOGIES
    schema.check(coarse.grid.sites, schema.SITES)
    for potential in coarse.potentials.values():
        schema.check(potential.sites, schema.POTENTIAL)
        schema.check(potential.profiles, schema.PROFILES)


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_potential_is_finite_and_within_its_bounds(coarse, technology):
    sites = coarse.potentials[technology].sites
    assert total(coarse, technology, "energy_gwh") > 0
    assert ((sites.eligible_fraction >= 0) & (sites.eligible_fraction <= 1)).all()
    factor = sites.capacity_factor.dropna("site")
    assert factor.size > 0
    assert ((factor >= 0) & (factor <= 1)).all()
    assert np.isfinite(sites.capacity_mw).all()
    assert np.isfinite(sites.energy_gwh).all()
    assert (sites.capacity_mw >= 0).all()
    score = coarse.scores[technology].dropna("site")
    assert ((score >= 0) & (score <= 1)).all()
    assert (coarse.lcoe[technology].dropna("site") > 0).all()


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_energy_is_capacity_times_its_factor(coarse, technology):
    sites = coarse.potentials[technology].sites
    expected = sites.capacity_mw * sites.capacity_factor.fillna(0) * 8.76
    np.testing.assert_allclose(sites.energy_gwh, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_the_ladder_only_goes_down(coarse, technology):
    theoretical, geographic, technical = (
        total(coarse, technology, rung) for rung in ("theoretical_gwh", "geographic_gwh", "energy_gwh")
    )
    assert theoretical >= geographic >= technical > 0


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_groups_hold_the_capacity_and_energy_of_their_sites(coarse, technology):
    potential = coarse.potentials[technology]
    assert float(potential.profiles.capacity_mw.sum()) == pytest.approx(
        total(coarse, technology, "capacity_mw"), rel=1e-6
    )
    hourly = (potential.profiles.capacity_factor.astype(float) * potential.profiles.capacity_mw).sum("group")
    years = hourly.sizes["time"] / 8760
    energy = float(hourly.sum()) / years / 1000
    assert energy == pytest.approx(total(coarse, technology, "energy_gwh"), rel=2e-3)


def test_sums_over_districts_are_those_of_the_zone(coarse):
    districts, sites = district_table(coarse), site_table(coarse)
    for technology in TECHNOLOGIES:
        for variable in (f"{technology}_capacity_mw", f"{technology}_energy_gwh"):
            assert districts[variable].sum() == pytest.approx(sites[variable].sum(), rel=1e-4)
    assert districts["area_km2"].sum() == pytest.approx(float(coarse.grid.sites.area_km2.sum()), rel=1e-4)


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_a_coarse_grid_finds_what_a_fine_one_does(coarse, fine, technology):
    for variable in ("capacity_mw", "energy_gwh"):
        assert total(coarse, technology, variable) == pytest.approx(total(fine, technology, variable), rel=0.05)


@pytest.mark.parametrize("grid", ["{kind: lonlat, cell_size: 0.1}", "{kind: h3, h3_resolution: 6, cell_size: null}"])
def test_other_kinds_of_cells_find_the_same(coarse, project, grid):
    other = gz.run(gz.read_config(project / "configs" / "baseline.yaml", [f"grid={grid}"]))
    for technology in TECHNOLOGIES:
        for variable in ("capacity_mw", "energy_gwh"):
            assert total(other, technology, variable) == pytest.approx(total(coarse, technology, variable), rel=0.05)


@pytest.mark.parametrize("technology", ["solar", "wind", "hydro", "geothermal"])
def test_a_cell_is_worth_the_same_when_only_its_district_is_looked_at(coarse, project, technology):
    crop = gz.run(gz.read_config(project / "configs" / "quick.yaml", ["zone.districts=[Lachin]"]))
    inside = {
        str(name)
        for name, area in zip(crop.grid.sites.site.values, crop.grid.sites.area_km2.values, strict=True)
        if area > 24.9
    }
    shared = [name for name in coarse.grid.sites.site.values if str(name) in inside]
    assert len(shared) > 20
    for values in ("scores", "lcoe"):
        whole = getattr(coarse, values)[technology].sel(site=shared).to_numpy()
        alone = getattr(crop, values)[technology].sel(site=shared).to_numpy()
        np.testing.assert_allclose(whole, alone, rtol=1e-4)


def test_the_same_seed_gives_the_same_bytes(project, tmp_path):
    scenario = gz.read_config(project / "configs" / "quick.yaml", ["grid.cell_size=10000"])
    for name in ("a", "b"):
        gz.run(scenario, tmp_path / name)
    files = {name: _files(tmp_path / name) for name in ("a", "b")}
    assert files["a"] == files["b"]
    tables = [name for name in files["a"] if name != "manifest.json"]
    assert {"sites.geojson", "sites.parquet", "potential.nc", "scenarios.csv"} <= set(tables)
    _, different, broken = filecmp.cmpfiles(tmp_path / "a", tmp_path / "b", tables, shallow=False)
    assert (different, broken) == ([], [])


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_files_say_what_they_hold(project, tmp_path):
    gz.run(gz.read_config(project / "configs" / "quick.yaml", ["grid.cell_size=10000"]), tmp_path / "out")
    sites = gpd.read_file(tmp_path / "out" / "sites.geojson")
    assert {"site", "district", "area_km2", "best_technology"} <= set(sites)
    for technology in TECHNOLOGIES:
        for value in ("eligible_fraction", "capacity_mw", "capacity_factor", "energy_gwh", "lcoe", "score"):
            assert f"{technology}_{value}" in sites
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    text = json.dumps(manifest)
    assert "synthetic" in text
    assert "50 %" in text
    assert manifest["config"]["weather"]["seed"] == 1


def test_shafag_lies_in_a_zone_of_the_first_quarter(fine):
    """240 MW at Jabrayil; published is no more of its place, 39.33 N 47.05 E is the weather point of the plain."""
    zones = fine.zones[fine.zones["technology"] == "solar"]
    there = zones[zones.contains(shapely.Point(47.05, 39.33))]
    assert len(there) == 1
    assert there["rank"].iloc[0] <= np.ceil(len(zones) / 4)
    assert there["capacity_mw"].iloc[0] > 240


def test_land_like_that_of_the_kalbajar_farm_lies_in_a_wind_zone_of_the_first_quarter(fine):
    """Of the farm's place no more is published than Kalbajar and about 3,100 m (report.az 2025-10-04)."""
    zones, sites = fine.zones[fine.zones["technology"] == "wind"], fine.grid.sites
    high = (sites.district == "Kalbajar") & (abs(fine.layers.site.elevation - 3100) < 50)
    places = shapely.multipoints(np.column_stack([sites.lon, sites.lat])[high.to_numpy()])
    first = zones[zones["rank"] <= np.ceil(len(zones) / 4)]
    assert first.intersects(places).any()


def test_a_zone_in_which_nothing_can_be_built_still_has_its_files(project, tmp_path):
    """Shusha's only prospect is for heat: no technology has capacity, no supply group is there."""
    off = [f"technologies.{name}=false" for name in ("solar", "wind", "hydro", "bioenergy")]
    small = ["zone.districts=[Shusha]", "grid.cell_size=5000", *off]
    run = gz.run(gz.read_config(project / "configs" / "quick.yaml", small), tmp_path / "out")
    assert total(run, "geothermal", "capacity_mw") == 0
    assert (tmp_path / "out" / "report.html").exists()
