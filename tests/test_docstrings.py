"""Strings below the fields of a class: read from the source, those of its bases too."""

from pydantic import BaseModel

from greenzone.config import Scenario
from greenzone.docstrings import docstrings
from greenzone.schema import Layers, Options


def test_strings_are_those_below_the_fields():
    found = docstrings(Scenario)
    assert set(found) <= set(Scenario.model_fields)
    assert found["outputs"] == "Where results go, and how much of them."


def test_fields_without_a_string_have_none():
    assert docstrings(Layers) == {}


def test_bases_lend_theirs_and_foreign_classes_have_none():
    class Longer(Scenario):
        pass

    assert docstrings(Longer) == docstrings(Scenario)
    assert docstrings(BaseModel) == {}


def test_the_schema_tells_them():
    assert Scenario.model_json_schema()["properties"]["grid"]["description"] == docstrings(Scenario)["grid"]
    assert issubclass(Scenario, Options)
