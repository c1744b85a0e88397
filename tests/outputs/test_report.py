"""The report as text: what it holds, that it is whole, and that data in it can not become script."""

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.outputs.report import page, read_run, report_from_directory
from greenzone.outputs.report.hours import by_month_and_hour, pick_weeks, typical_hours
from greenzone.outputs.report.pack import json_for_script, pack
from greenzone.outputs.report.page import BASEMAP, SCRIPTS, plotly_source, texts
from greenzone.outputs.write import write_outputs, write_report

HOSTILE = "</script><script>alert('Ə')</script><img src=x onerror=alert(1)>"
LARGEST = 15e6  # bytes, asked for of the report of 12,000 sites
TYPES = {"Float32Array": "<f4", "Int32Array": "<i4", "Int16Array": "<i2", "Uint8Array": "u1"}


@pytest.fixture(scope="module")
def folder(made_up, tmp_path_factory):
    return write_outputs(made_up, tmp_path_factory.mktemp("report") / "run")


@pytest.fixture(scope="module")
def text(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Every element with its attributes, and the text of every script by its id."""

    def __init__(self):
        super().__init__()
        self.found, self.scripts, self.inside = [], {}, None

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self.inside = dict(attrs).get("id", "code")
            self.scripts[self.inside] = ""

    def handle_endtag(self, tag):
        if tag == "script":
            self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.scripts[self.inside] += data


def parsed(text):
    found = Elements()
    found.feed(text)
    return found


def content(text):
    return json.loads(parsed(text).scripts["content"])


def arrays(text):
    data = gzip.decompress(base64.b64decode(parsed(text).scripts["data"]))
    found = {}
    for name, (kind, offset, length) in content(text)["entries"].items():
        if kind == "text":
            found[name] = data[offset : offset + length].decode()
        else:
            found[name] = np.frombuffer(data, TYPES[kind], length, offset)
    return found


def test_values_of_the_page_are_those_of_the_parquet_file(folder, text):
    sites, found = gpd.read_parquet(folder / "sites.parquet"), arrays(text)
    assert found["site"].split("\n") == sites["site"].tolist()
    for name in content(text)["sites"]["columns"]:
        if name in sites:
            np.testing.assert_allclose(found[name], sites[name].to_numpy(float), rtol=1e-6, err_msg=name)
    words = content(text)["sites"]["words"]["district"]
    assert [words[number] for number in found["district"]] == sites["district"].tolist()


def test_outlines_of_the_page_are_those_of_the_sites(folder, text):
    sites, found = gpd.read_parquet(folder / "sites.parquet"), arrays(text)
    degrees = found["ring_xy"].reshape(-1, 2) / content(text)["scale"]
    np.testing.assert_allclose([*degrees.min(0), *degrees.max(0)], sites.total_bounds, atol=1e-5)
    assert found["ring_start"][-1] == len(degrees)
    assert sorted(set(found["ring_site"].tolist())) == list(range(len(sites)))


def test_page_needs_nothing_from_outside(text):
    for tag, attributes in parsed(text).found:
        assert not {"src", "srcset", "background", "action"} & attributes.keys(), (tag, attributes)
        if tag == "link":
            pytest.fail("a style sheet of its own would be fetched")
        if "href" in attributes:
            assert attributes["href"].startswith("#")
    policy = next(a["content"] for t, a in parsed(text).found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert re.findall(r"https?:[^ ;]*", policy) == [BASEMAP["url"]]  # tiles, where the reader asks for them
    assert "unsafe" not in policy.partition("script-src")[2].partition(";")[0]


def test_policy_lets_only_the_scripts_of_the_page_run(text):
    code = parsed(text).scripts["code"]
    for script in (code, plotly_source()):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in text
    bundle = gzip.decompress(base64.b64decode(parsed(text).scripts["plotly"])).decode()
    assert bundle == plotly_source()


def test_scripts_never_make_markup_of_data():
    from importlib import resources

    for name in SCRIPTS:
        code = (resources.files("greenzone.outputs.report") / "assets" / name).read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", code), (
            name
        )
        assert "</script" not in code


def test_report_stays_small(text):
    assert len(text.encode()) < LARGEST / 3  # of 200 sites


def test_hostile_names_stay_names(folder, tmp_path):
    run = tmp_path / "hostile"
    run.mkdir()
    for path in folder.iterdir():
        if path.is_file():
            (run / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["config"] |= {"name": HOSTILE, "description": HOSTILE}
    manifest["notes"]["solar"] = [HOSTILE]
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    plants = json.loads((run / "hydro_plants.geojson").read_text(encoding="utf-8"))
    plants["features"][0]["properties"]["name"] = HOSTILE
    (run / "hydro_plants.geojson").write_text(json.dumps(plants), encoding="utf-8")
    sites = gpd.read_parquet(run / "sites.parquet")
    sites["district"] = HOSTILE
    sites.to_parquet(run / "sites.parquet")
    text = report_from_directory(run).read_text(encoding="utf-8")
    elements = parsed(text)
    assert len([tag for tag, _ in elements.found if tag == "script"]) == 5
    assert not [tag for tag, _ in elements.found if tag == "img"]
    assert content(text)["name"] == HOSTILE
    assert content(text)["sites"]["words"]["district"] == [HOSTILE]
    assert HOSTILE in [plant["p"]["title"] for plant in content(text)["vectors"]["plants"]]


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_in_a_script_is_the_same_json_without_markup(value):
    text = json_for_script(value)
    assert not set("<>&") & set(text)
    assert json.loads(text) == value


def test_packed_arrays_come_out_as_they_went_in():
    entries = {"a": np.array([1.5, np.nan], "f4"), "t": "Şuşa", "b": np.array([7], "u1"), "c": np.array([-3, 4], "i4")}
    text, directory = pack(entries)
    data = gzip.decompress(base64.b64decode(text))
    for name, (kind, offset, length) in directory.items():
        assert offset % 4 == 0
        if kind == "text":
            assert data[offset : offset + length].decode() == entries[name]
        else:
            np.testing.assert_array_equal(np.frombuffer(data, TYPES[kind], length, offset), entries[name])


def test_both_languages_say_everything():
    words = texts()
    assert words["en"].keys() == words["az"].keys()
    assert all(text.strip() for lang in words.values() for text in lang.values())
    holes = {lang: {key: set(re.findall(r"\{\w+\}", t)) for key, t in words[lang].items()} for lang in words}
    assert holes["en"] == holes["az"]
    assert "ə" in words["az"]["overview"]


def test_every_word_that_the_page_asks_for_is_there(text):
    from importlib import resources

    assets = resources.files("greenzone.outputs.report") / "assets"
    asked = set(re.findall(r'data-t(?:-label)?="(\w+)"', (assets / "report.html").read_text(encoding="utf-8")))
    for name in SCRIPTS:
        asked |= set(re.findall(r'GZ\.t\("(\w+)"', (assets / name).read_text(encoding="utf-8")))
    missing = {key for key in asked if key not in texts()["en"] and not key.endswith("_")}
    assert not missing


def test_district_names_come_out_in_azerbaijani(text):
    names = content(text)["names_az"]
    assert names["Shusha"] == "Şuşa"
    assert names["Aghdara"] == "Ağdərə"


def test_language_is_that_asked_for(folder, tmp_path):
    path = report_from_directory(folder, tmp_path / "az.html", "az")
    text = path.read_text(encoding="utf-8")
    assert '<html lang="az">' in text
    assert content(text)["lang"] == "az"
    with pytest.raises(GreenzoneError, match="no report in 'fr': choose one of en, az"):
        report_from_directory(folder, tmp_path / "fr.html", "fr")


def test_report_of_a_run_in_memory_is_that_of_its_folder(made_up, text, tmp_path):
    path = write_report(made_up, tmp_path / "one.html")
    assert path.read_text(encoding="utf-8") == text


def test_folder_that_is_no_run_is_named(tmp_path):
    with pytest.raises(GreenzoneError, match=r"holds no finished run: manifest\.json is missing"):
        report_from_directory(tmp_path)


def test_file_that_cannot_be_written_is_named(folder, tmp_path):
    with pytest.raises(GreenzoneError, match=r"cannot be written.*name another file with -o"):
        report_from_directory(folder, tmp_path / "nowhere" / "report.html")


def test_run_of_an_older_version_is_shown_as_far_as_it_goes(folder, tmp_path):
    for name in ("manifest.json", "sites.parquet", "potential.nc", "districts.geojson"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    found = content(page(read_run(tmp_path)))
    assert found["curve"] == found["scenarios"] == []
    assert found["hours"] == {}


def test_ladder_of_the_districts_adds_up_to_that_of_the_zone(text):
    ladders = content(text)["ladders"]
    for name, zone in ladders["zone"].items():
        inside = sum(ladders[place][name]["technical_gwh"] for place in ladders if place != "zone")
        assert inside == pytest.approx(zone["technical_gwh"], rel=1e-4)


def test_daily_profile_is_the_mean_of_its_hours():
    local = pd.date_range("2019-01-01", periods=8760, freq="h")
    values = np.random.default_rng(1).uniform(size=(3, 8760)).astype(np.float32)
    found = by_month_and_hour(values, local)
    expected = values[:, (local.month == 7) & (local.hour == 13)].mean(1)
    np.testing.assert_allclose(found[:, 6, 13], expected, rtol=1e-5)
    assert np.isnan(by_month_and_hour(values[:, :24], local[:24])[:, 1:]).all()


def test_weeks_are_the_median_and_the_worst():
    local = pd.date_range("2019-01-01", periods=8760, freq="h")
    starts = np.arange(0, 8760 - 168 + 1, 168)
    week = np.repeat(np.arange(53), 168)[:8760]
    generation = week[None, :] * 1.0  # grows from week to week
    unserved = np.where(week == 20, 5.0, 0.0)[None, :]
    picked = pick_weeks(generation, unserved, local, starts, 168)[0]
    months = local.month[picked + 84]
    assert [int(m) for m in months[1:4]] == [4, 7, 10]  # the middle of spring, summer and autumn
    assert picked[4] == 20 * 168


def test_flows_balance_hour_by_hour(made_up_weeks):
    hours = typical_hours(made_up_weeks)
    supply = hours.generation_mw.sum("technology_name") + hours.discharged_mw + hours.unserved_mw
    use = hours.demand_mw + hours.charged_mw + hours.exported_mw + hours.curtailed_mw
    np.testing.assert_allclose(supply, use, rtol=1e-4, atol=1e-2)
    assert float(hours.share_met.max()) <= 1.0


def test_command_writes_the_report_of_a_finished_run(folder, tmp_path):
    from typer.testing import CliRunner

    from greenzone.cli import app

    file = tmp_path / "hesabat.html"
    done = CliRunner().invoke(app, ["report", str(folder), "--lang", "az", "-o", str(file)])
    assert done.exit_code == 0, done.output
    assert content(file.read_text(encoding="utf-8"))["lang"] == "az"
