"""Scenario files read and validated: what a good one gives, and the one line that a bad one gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.config import Scenario, as_dict, read_config, validate_files
from greenzone.errors import GreenzoneError
from greenzone.technologies import TECHNOLOGIES


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Read a scenario of the given text, written as x.yaml into the working directory."""
    monkeypatch.chdir(tmp_path)

    def reader(text: str, *overrides: str) -> Scenario:
        Path("x.yaml").write_text(text, encoding="utf-8")
        return read_config("x.yaml", overrides)

    return reader


@pytest.fixture
def complaint(read):
    """The line that a scenario of the given text gets."""

    def told(text: str, *overrides: str) -> str:
        with pytest.raises(GreenzoneError) as error:
            read(text, *overrides)
        assert "\n" not in str(error.value)
        return str(error.value)

    return told


MISTAKES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["told"][:50])
def test_every_mistake_gets_its_line(complaint, case):
    assert case["told"] in complaint(case["scenario"])


def test_of_several_mistakes_the_first_is_told_and_the_others_counted(complaint):
    text = "weather:\n  years: x\ngrid:\n  cell_size: -1\n  kid: h3\n"
    assert complaint(text) == "'weather.years' at line 2 of x.yaml: must be a whole number, not 'x' (and 2 more)"


def test_a_value_that_fits_no_branch_of_a_choice_is_one_mistake(complaint):
    said = complaint("technologies:\n  solar:\n    tilt: steep\n")
    assert said.startswith("'technologies.solar.tilt' at line 3 of x.yaml: must be ")
    assert "'optimal'" in said
    assert "a number" in said
    assert "more" not in said


def test_a_mistake_in_an_extended_file_names_that_file(complaint, tmp_path):
    (tmp_path / "base.yaml").write_text("name: base\ngrid:\n  cell_size: -3\n")
    assert complaint("extends: base.yaml\n") == "'grid.cell_size' at line 3 of base.yaml: must be above 0, not -3"


def test_a_mistake_in_an_assignment_names_the_assignment(complaint):
    assert complaint("name: a\n", "grid.cell_siz=3") == (
        "unknown key 'grid.cell_siz' in --set grid.cell_siz=3: did you mean 'cell_size'?"
    )
    assert complaint("name: a\n", "grid.cell_size=[").startswith("broken YAML in --set grid.cell_size=[: ")
    assert complaint("name: a\n", "extends=b.yaml") == (
        "--set extends=b.yaml: 'extends' belongs into a file, and cannot be set"
    )


def test_assignments_override_the_file(read):
    scenario = read(
        "grid: {cell_size: 1000}\n", "grid.cell_size=5e3", "zone.districts=[Shusha]", "technologies.wind=false"
    )
    assert scenario.grid.cell_size == 5000
    assert scenario.zone.districts == ("Shusha",)
    assert "wind" not in scenario.enabled_technologies()


def test_the_name_is_that_of_the_file_unless_given_and_is_not_inherited(tmp_path):
    (tmp_path / "base.yaml").write_text("name: other\n")
    (tmp_path / "my zone (2).yaml").write_text("extends: base.yaml\n")
    assert read_config(tmp_path / "base.yaml").name == "other"
    assert read_config(tmp_path / "my zone (2).yaml").name == "my-zone-2"


def test_paths_start_from_the_file_that_names_them(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    for path in ("deep/zone.geojson", "mines.tif", "weather.nc"):
        (tmp_path / path).write_text("")
    (tmp_path / "deep" / "base.yaml").write_text(
        "zone: {file: zone.geojson}\nlayers: {rasters: {mines: {file: ../mines.tif}}}\n"
    )
    (tmp_path / "x.yaml").write_text("extends: deep/base.yaml\n")
    monkeypatch.chdir(tmp_path)
    scenario = read_config(tmp_path / "x.yaml", ["weather.file=weather.nc"])
    assert scenario.zone.file.samefile(tmp_path / "deep" / "zone.geojson")
    assert scenario.layers.rasters["mines"].file.samefile(tmp_path / "mines.tif")
    assert scenario.weather.file == Path("weather.nc")


def test_an_empty_section_is_all_defaults(read):
    empty = read("zone:\ngrid:\nweather:\ntechnologies:\n  solar:\neligibility:\n  wind:\nsupply:\n")
    assert empty == read("name: x\n")


def test_zone_is_all_eleven_districts_by_default(read):
    assert len(read("name: x\n").zone.districts) == 11


@pytest.mark.parametrize(
    ("written", "district"),
    [("lachin", "Lachin"), ("Laçın", "Lachin"), ("LAÇIN", "Lachin"), ("ZƏNGİLAN", "Zangilan"), ("qubadlı", "Gubadli")],
)
def test_districts_are_known_in_both_languages_and_any_case(read, written, district):
    assert read(f"zone: {{districts: [{written}]}}\n").zone.districts == (district,)


def test_a_file_in_place_of_districts(read):
    zone = read("zone: {districts: null, file: x.yaml}\n").zone
    assert zone.districts is None
    assert zone.file == Path("x.yaml")


@pytest.mark.parametrize(("kind", "size"), [("square", 1000.0), ("lonlat", 0.01), ("h3", None)])
def test_the_default_size_is_that_of_the_kind_of_cell(read, kind, size):
    assert read(f"grid: {{kind: {kind}}}\n").grid.cell_size == size


def test_naming_a_weather_file_is_enough_to_use_it(read):
    assert read("weather: {file: x.yaml}\n").weather.source == "file"


def test_land_cover_shares_change_only_the_classes_named(read):
    default = read("name: x\n").eligibility_rules()["solar"].land_cover
    changed = read("eligibility: {solar: {land_cover: {cropland: 0.5, barren: 0.3}}}\n").eligibility_rules()["solar"]
    assert changed.land_cover == {**default, "cropland": 0.5, "barren": 0.3}
    assert default["mixed_forest"] == 0


def test_only_what_is_switched_on_has_options_rules_and_criteria(read):
    scenario = read("technologies: {wind: false}\n")
    others = [name for name in TECHNOLOGIES if name != "wind"]
    assert list(scenario.enabled_technologies()) == others
    assert list(scenario.eligibility_rules()) == others
    assert list(scenario.scoring_criteria()) == others


def test_published_slope_limits_and_excluded_classes_are_the_defaults(read):
    """Tröndle et al. 2019, doi:10.1016/j.esr.2019.100388: 10 degrees for PV, 20 for wind, no water, no towns."""
    rules = read("name: x\n").eligibility_rules()
    assert (rules["solar"].max_slope, rules["wind"].max_slope) == (10, 20)
    for name in ("solar", "wind"):
        assert {rules[name].land_cover[cover] for cover in ("water", "urban", "snow_ice", "wetland")} == {0}


def test_default_mixes_are_the_published_figures(read):
    """307 MW of hydro in 2025 (azernews 252937), 1.6 GW planned, 7,200 MW of sun, 2,000 of wind (menafn 1107471018)."""
    mixes = {mix.name: mix.capacity_mw for mix in read("name: x\n").supply.scenarios}
    assert mixes["existing-2025"] == {"hydro": 292}  # mean of 2025: 270 MW until 29 May, 307 MW after
    assert sum(mixes["plan-1600"].values()) == 1600
    assert mixes["published-potential"] == {"solar": 7200, "wind": 2000, "hydro": 500}


def test_plants_are_reckoned_at_the_cost_of_capital_of_the_scenario(read):
    """The list of plants and the sites they stand on tell one cost; what a technology names itself stays."""
    found = read(
        "economics: {wacc: 0.05, lcoe_ceiling: 70, currency_year: 2020}\n"
        "technologies: {geothermal: {wacc: 0.12}, bioenergy: false}"
    ).technologies
    assert (found.hydro.wacc, found.hydro.lcoe_ceiling, found.hydro.price_year) == (0.05, 70.0, 2020)
    assert (found.geothermal.wacc, found.geothermal.price_year) == (0.12, 2020)
    assert found.bioenergy is False
    assert read("name: x", "economics.wacc=0.07").technologies.bioenergy.wacc == 0.07


def test_dollars_of_a_technology_do_not_follow_a_scenario_in_other_money(read):
    hydro = read("economics: {wacc: 0.05, lcoe_ceiling: 70, currency: EUR, currency_year: 2020}").technologies.hydro
    assert (hydro.wacc, hydro.lcoe_ceiling, hydro.price_year) == (0.05, 100.0, 2024)


def test_a_scenario_does_not_change(read):
    with pytest.raises(ValueError, match="frozen"):
        read("name: x\n").grid.cell_size = 5


def test_the_configuration_after_defaults_is_json_and_gives_the_same_scenario(read):
    scenario = read("zone: {districts: [Shusha]}\ntechnologies: {solar: {tilt: 30}, wind: false}\n")
    config = json.loads(json.dumps(as_dict(scenario), allow_nan=False))
    assert Scenario.model_validate(config) == scenario
    assert config["technologies"]["wind"] is False
    assert config["technologies"]["solar"]["tilt"] == 30
    assert config["grid"]["crs"] == "EPSG:32638"


def test_validate_files_tells_of_each(tmp_path):
    (tmp_path / "good.yaml").write_text("name: good\n")
    (tmp_path / "bad.yaml").write_text("nam: bad\n")
    told = validate_files([tmp_path / "good.yaml", tmp_path / "bad.yaml"])
    assert told[tmp_path / "good.yaml"] is None
    assert "did you mean 'name'?" in told[tmp_path / "bad.yaml"]


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]) | st.just({})
places = st.sampled_from(
    [
        *("name", "zone", "zone.districts", "zone.file", "grid.kind", "grid.cell_size", "grid.crs", "weather.years"),
        *("weather.seed", "layers.rasters", "layers.elevation", "eligibility.solar", "eligibility.wind.max_slope"),
        *("eligibility.wind.land_cover", "technologies", "technologies.solar", "technologies.solar.tilt"),
        *("economics.wacc", "economics.costs", "scoring.wind", "supply.scenarios", "outputs.directory"),
    ]
)


@settings(deadline=None)
@given(places, values)
def test_any_value_anywhere_is_taken_or_refused_in_one_line(place, value):
    base = Path(__file__).parent.parent.parent / "configs" / "baseline.yaml"
    try:
        scenario = read_config(base, [f"{place}={json.dumps(value)}"])
    except GreenzoneError as error:
        assert "\n" not in str(error)
        assert f"--set {place}" in str(error) or f"'{place.split('.')[0]}" in str(error)
    else:
        json.dumps(as_dict(scenario), allow_nan=False)
