"""The JSON schema describes every key, and every technology of a registry has its place in it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic import Field, ValidationError

from greenzone.config import json_schema, schema
from greenzone.config.eligibility import EligibilityRules, eligibility_section
from greenzone.config.scoring import scoring_section
from greenzone.config.technologies import technology_options
from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES

SECTIONS = (
    "name description zone grid weather layers eligibility technologies economics scoring zones supply plan outputs "
    "extends"
)
OWN_MODELS = {
    *("Scenario", "Zone", "Grid", "Weather", "UserRaster", "LayerFiles", "Economics", "Costs", "Criterion", "Supply"),
    *("SupplyScenario", "Outputs", "Limits", "EligibilityRules", "SolarRules", "WindRules", "HydroRules"),
    *("GeothermalRules", "BioenergyRules"),
}


def described_keys():
    """Each key of each model, with its schema."""
    root = json_schema()
    for model, definition in [("Scenario", root), *root["$defs"].items()]:
        for key, part in definition.get("properties", {}).items():
            yield f"{model}.{key}", part


def described(part) -> bool:
    return bool(part.get("description")) or any(
        branch.get("description") for branch in schema.branches(json_schema(), part)
    )


def test_every_key_and_every_section_is_described():
    bare = [name for name, part in described_keys() if not described(part)]
    assert bare == []
    assert [name for name, part in json_schema()["$defs"].items() if not part.get("description")] == []


def test_every_number_has_its_unit():
    """Those of the technologies are theirs to test."""
    own = [(name, part) for name, part in described_keys() if name.split(".")[0] in OWN_MODELS]
    numbers = [(name, part) for name, part in own if any(kind in str(part) for kind in ("'number'", "'integer'"))]
    assert len(numbers) > 20
    assert [name for name, part in numbers if "[" not in part["description"]] == []


def test_the_sections_are_all_there():
    assert set(json_schema()["properties"]) == set(SECTIONS.split())


def test_every_technology_has_options_rules_and_criteria():
    root = json_schema()
    for section in ("technologies", "eligibility", "scoring"):
        keys = schema.keys(root, root["properties"][section])
        assert [key for key in keys if key in TECHNOLOGIES] == list(TECHNOLOGIES)


def test_unknown_keys_are_refused_by_the_schema_too():
    root = json_schema()
    assert root["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in root["$defs"].values() if "properties" in part)


@pytest.mark.parametrize(
    "loc",
    [("zone", "file"), ("weather", "file"), ("layers", "elevation"), ("layers", "land_cover"),
     ("layers", "rasters", "mines", "file"), ("supply", "demand_file")],
)  # fmt: skip
def test_files_are_told_from_other_text(loc):
    root = json_schema()
    assert schema.is_path(root, schema.at(root, loc))
    assert not schema.is_path(root, schema.at(root, ("outputs", "directory")))


def test_the_schema_knows_which_kinds_of_value_fit():
    root = json_schema()
    slope = schema.at(root, ("eligibility", "solar", "max_slope"))
    assert schema.allows(root, slope, "number")
    assert schema.allows(root, slope, "null")
    assert not schema.allows(root, slope, "boolean")
    assert schema.allows(root, schema.at(root, ("technologies", "solar")), "boolean")
    assert not schema.allows(root, schema.at(root, ("grid",)), "null")


class Tidal(Options):
    """Power of the tides."""

    head: float = Field(3.0, gt=0)
    """Difference of the levels [m]."""


def test_a_sixth_technology_needs_no_change_of_config():
    registry = {**TECHNOLOGIES, "tidal": SimpleNamespace(Options=Tidal)}
    options = technology_options(registry)
    assert options().enabled()["tidal"] == Tidal(head=3)
    assert "tidal" not in options.model_validate({"tidal": False}).enabled()
    assert options.model_validate({"tidal": {"head": 5}}).enabled()["tidal"].head == 5
    with pytest.raises(ValidationError, match="greater than 0"):
        options.model_validate({"tidal": {"head": -5}})
    assert eligibility_section(registry)().rules("tidal") == EligibilityRules()
    assert {criterion.layer for criterion in scoring_section(registry)().criteria("tidal")} == {
        "capacity_factor",
        "lcoe_connected",
    }
