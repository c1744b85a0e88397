"""Notes of a run in Azerbaijani: every sentence is known, and its figures stay what they are."""

import re
from importlib import resources
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.outputs.notes import technology_notes, uncertainty
from greenzone.outputs.report.translate import azerbaijani
from greenzone.supply import plan_tables
from greenzone.supply.build_out import WITHOUT_FORESIGHT


@pytest.fixture(scope="module")
def table():
    with resources.as_file(resources.files("greenzone.outputs.report") / "notes.csv") as path:
        return pd.read_csv(path, keep_default_na=False)


def figures(text, decimal):
    """Numbers in a text, whatever its language; powers of units are none."""
    other = {".": ",", ",": "."}[decimal]
    found = re.findall(r"(?<!\w)\d[\d.,]*", text)
    return sorted(float(one.rstrip(".,").replace(other, "").replace(decimal, ".")) for one in found)


def test_both_languages_keep_the_same_places(table):
    for row in table.itertuples():
        assert set(re.findall(r"\{\w+\}", row.en)) == set(re.findall(r"\{\w+\}", row.az)), row.en
    assert table["en"].is_unique
    assert not (table["en"] == table["az"]).any()


def test_every_note_of_a_run_is_known(coarse):
    notes = coarse.scenario_notes
    said = [*uncertainty(coarse), *(note for of in technology_notes(coarse).values() for note in of)]
    said += notes[notes["topic"].isin(["summary", "land"])]["note"].tolist()
    found = azerbaijani(said)
    assert [sentence for sentence in said if sentence not in found] == []


def test_every_note_on_the_method_of_a_plan_is_known():
    plan = SimpleNamespace(weeks=8, years=(2030, 2040), network="districts", lines=None, reservoirs=True)
    said = [note for _, note in plan_tables._method(SimpleNamespace(plan=plan), (2030, 2040))]
    said += [plan_tables._looking_ahead(0.075), WITHOUT_FORESIGHT]
    assert len(said) == 8
    assert azerbaijani(said).keys() == set(said)


def test_figures_and_names_of_a_sentence_are_kept():
    sentence = (
        "16.8 of 1,229 GWh a year are missing (7.3%), in 16% of the hours: 85% of it in winter, most at 9 h, 10 h local"
        " time; at worst 31 MW on 14 February at 11 h. A MW of bioenergy helps most (1.01 GWh a year); the cheapest"
        " help is solar, at 5,225 a missing MWh."
    )
    found = azerbaijani([sentence])[sentence]
    for part in (
        "1.229 GVt·saat",
        "16,8",
        "7,3 %",
        "qışda",
        "saat 9, saat 10",
        "14 fevral",
        "bioenerji",
        "günəş",
        "5.225",
    ):
        assert part in found
    spans = azerbaijani(["Mixes that cost little more have, in MW: solar 0 to 1,106, pumped_hydro 3 to 4."])
    assert next(iter(spans.values())).endswith("günəş 0 – 1.106, nasoslu su anbarı 3 – 4.")


def test_district_names_are_written_in_azerbaijani():
    found = azerbaijani(
        ["Only part of Shusha, Aghdara lies in the zone: it gets the share of matching land cover inside."]
    )
    assert "Şuşa, Ağdərə" in next(iter(found.values()))


def test_figures_of_every_note_stay_the_same(coarse):
    said = [*uncertainty(coarse), *(note for of in technology_notes(coarse).values() for note in of)]
    for sentence, words in azerbaijani(said).items():
        theirs, ours = figures(sentence, "."), figures(words, ",")
        left = [value for value in theirs if value not in ours]
        assert left == [], (sentence, words)


@given(st.text())
def test_unknown_sentences_are_left_alone(text):
    unknown = text + " (no such note)"
    assert azerbaijani([unknown]) == {}
