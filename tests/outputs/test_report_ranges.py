"""Ranges of technologies and mixes, and the plan, as the report holds them."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from greenzone.outputs.report import read_run
from greenzone.outputs.report.page import payload, unwrapped
from greenzone.outputs.report.plan import _duration, plan_content
from greenzone.outputs.report.ranges import scenario_ranges, stated_shares
from greenzone.outputs.write import write_outputs


@pytest.fixture(scope="module")
def plain(made_up, tmp_path_factory):
    return write_outputs(made_up, tmp_path_factory.mktemp("ranges") / "run")


@pytest.fixture(scope="module")
def full(plain, with_plan_and_ranges, tmp_path_factory):
    return with_plan_and_ranges(shutil.copytree(plain, tmp_path_factory.mktemp("ranges") / "full"))


def test_runs_without_plan_and_draws_show_none(plain):
    run = read_run(plain)
    assert scenario_ranges(run) == []
    assert plan_content(run) is None


def test_ranges_of_a_mix_are_those_of_its_file(full):
    found = {mix["name"]: mix for mix in scenario_ranges(read_run(full))}
    assert list(found) == ["existing-2025", "announced"]
    one = found["existing-2025"]
    assert one["results"]["share_met_hourly"] == {"unit": "1", "p10": 0.86, "p50": 0.92, "p90": 0.96}
    assert (one["draws"], one["switches_left_out"], one["left_out"]) == (640, 1, ["foresight"])
    assert not {"draws", "switches_left_out", "left_out_foresight"} & one["results"].keys()
    assert found["announced"]["left_out"] == []
    assert [row["parameter"] for row in one["drivers"]["share_met_hourly"]] == ["resource_hydro", "demand_all"]
    assert found["announced"]["drivers"] == {}


def test_ranges_without_drivers_are_still_ranges(full, tmp_path):
    run = shutil.copytree(full, tmp_path / "run")
    (run / "scenario_drivers.csv").unlink()
    assert [mix["drivers"] for mix in scenario_ranges(read_run(run))] == [{}, {}]


def test_wind_states_half_either_way_for_every_place():
    spread = [
        {
            "technology": "wind",
            "quantity": "energy",
            "ours": 2729.0,
            "kind": "wind_speed",
            "low": 1357.0,
            "high": 4205.0,
        },
        {"technology": "hydro", "quantity": "energy", "ours": 3726.0, "kind": "years", "low": 1731.0, "high": 6033.0},
        {"technology": "solar", "quantity": "energy", "ours": 0.0, "kind": "irradiation", "low": 0.0, "high": 0.0},
    ]
    shares = stated_shares(spread)
    assert list(shares) == ["wind"]  # the rivers of a district have dry years of their own
    assert shares["wind"]["low"] == pytest.approx(0.5, abs=0.05)  # half either way, as the zone is known
    assert shares["wind"]["high"] == pytest.approx(1.5, abs=0.05)


def test_plan_is_that_of_its_files(full):
    plan = plan_content(read_run(full))
    assert plan["years"] == [2030, 2040]
    assert plan["summary"]["2040"]["annual_cost"] == 1.92861e8
    assert "worth_of_an_imported_mwh" not in plan["summary"]["2040"]
    built = pd.DataFrame(plan["capacity"]).groupby(["year", "technology"])["capacity_mw"].sum()
    assert built[2040, "solar"] == 300
    assert plan["alternatives"][1] == {
        "year": 2040, "technology": "solar", "least_mw": 138.0, "best_mw": 300.0, "most_mw": 1002.0,
    }  # fmt: skip


def test_prices_of_a_plan_begin_with_the_dearest_hour(full):
    prices = plan_content(read_run(full))["prices"]
    assert prices["2030"][0] == 99
    assert prices["2030"][-1] == 0
    assert prices["2030"][len(prices["2030"]) // 2] == pytest.approx(50, abs=1)
    assert sum(price > 0 for price in prices["2040"]) / len(prices["2040"]) == pytest.approx(0.01, abs=0.003)


def test_prices_count_by_demand():
    price, demand = np.array([[10.0, 20.0]]), np.array([[3.0, 1.0]])
    curve = _duration(price, demand)
    assert (curve == 20).mean() == pytest.approx(0.25, abs=0.01)
    assert (np.diff(curve) <= 0).all()


def test_plan_that_could_not_be_made_shows_its_reason(full, tmp_path):
    run = shutil.copytree(full, tmp_path / "run")
    for name in ("plan.csv", "plan_summary.csv", "plan_alternatives.csv", "plan_hourly.nc"):
        (run / name).unlink()
    _, meta = payload(read_run(run))
    assert meta["plan"]["years"] == []
    assert meta["plan_notes"][0]["of"] == "2030"
    assert json.loads(json.dumps(meta["plan"])) == meta["plan"]


def test_wrapper_of_a_bundle_is_taken_off_and_nothing_else():
    head = "/**\n* some licence\n*/\n"
    wrapper = (
        '(\n function(root, factory) {\n  if (typeof module === "object" && module.exports) {\n'
        "   module.exports = factory();\n  } else {\n   root.moduleName = factory();\n  }\n"
        '} (typeof self !== "undefined" ? self : this, () => {\n'
    )
    body = '"use strict";var Plotly=(()=>{return {}})();\nwindow.Plotly = Plotly;\n'
    assert unwrapped(head + wrapper + body + "return Plotly;\n}));") == head + body
    for other in (head + body, head + wrapper + body + "});", "var Plotly = {};"):
        assert unwrapped(other) == other
