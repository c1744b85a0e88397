"""Ranges of the mixes of a scenario file: every result, every draw told, the same at the same seed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from greenzone.config.economics import Economics
from greenzone.config.supply import Ranges, Supply, SupplyScenario
from greenzone.layers.catalogue import read_tables
from greenzone.outputs.plan import range_tables
from greenzone.schema import Potential
from greenzone.supply import evaluate, ranges_of

TIME = pd.date_range("2019-01-01", periods=8760, freq="h")
DAY = np.clip(np.sin((np.arange(8760) % 24 - 2) / 12 * np.pi), 0, None)
MIXES = (
    SupplyScenario(name="rivers", capacity_mw={"hydro": 300}, demand_gwh=300),
    SupplyScenario(name="both", capacity_mw={"hydro": 50, "solar": 100}, export_limit_mw=20, demand_gwh=300),
    SupplyScenario(name="managed", capacity_mw={"solar": 60}, management={"foresight": "day_ahead"}),
    SupplyScenario(name="none", capacity_mw={}),
    SupplyScenario(
        name="islands", capacity_mw={"solar": 60}, demand_gwh=300,
        management={"islanded": True, "demand_response": {"share": 0.1}},
    ),
)  # fmt: skip


def potential(name, profile):
    sites = xr.Dataset({"energy_gwh": ("site", [profile.mean() * 8.76]), "group": ("site", [0])})
    values = {"capacity_factor": (("group", "time"), profile[None].astype("f4")), "capacity_mw": ("group", [500.0])}
    coords = {"district": ("group", ["Lachin"]), "resource_class": ("group", ["1"]), "time": TIME}
    return Potential(name, sites, xr.Dataset(values, coords))


@pytest.fixture(scope="module")
def inputs():
    potentials = {"solar": potential("solar", DAY * 0.7), "hydro": potential("hydro", np.full(8760, 0.4))}
    lcoe = {name: xr.DataArray([50.0], dims="site") for name in potentials}
    weather = xr.Dataset({"temp_air": (("time", "cell"), np.full((8760, 1), 5.0))}, {"time": TIME})
    site = xr.Dataset({"cell": ("site", [0]), "temp_offset": ("site", [0.0])})
    return potentials, lcoe, SimpleNamespace(site=site, weather=weather, tables=read_tables())


def ranges(inputs, draws=64, **section):
    return ranges_of(Supply(scenarios=MIXES, ranges=Ranges(draws=draws, **section)), Economics(), *inputs)


@pytest.fixture(scope="module")
def found(inputs):
    return ranges(inputs)


def test_every_mix_has_its_ranges_in_order(found):
    table = found.results
    assert list(table) == ["scenario", "result", "unit", "p10", "p50", "p90"]
    assert set(table.scenario) == {mix.name for mix in MIXES}
    known = table.dropna()
    assert ((known.p10 <= known.p50) & (known.p50 <= known.p90)).all()
    assert not table.duplicated(["scenario", "result"]).any()
    assert set(table[table.result == "annual_cost"].unit) == {"USD year-1"}


def test_energy_of_rivers_is_spread_as_the_table_says(found):
    """Uniform from 0.6 to 1.4 of 300 MW at 0.4: P10 is 0.68 of it, P90 1.32."""
    energy = found.results.set_index(["scenario", "result"]).loc[("rivers", "energy_gwh_hydro")]
    assert energy[["p10", "p50", "p90"]].to_list() == pytest.approx(
        [300 * 0.4 * 8.76 * part for part in (0.68, 1.0, 1.32)], rel=0.01
    )


def test_draws_and_what_was_left_out_are_told(found):
    told = found.results.set_index(["scenario", "result"]).p50
    # demand; resource and cost of each technology that is built; 64 base draws twice and once for each of these
    assert told["rivers", "draws"] == 64 * (2 + 3)
    assert told["both", "draws"] == 64 * (2 + 5)
    assert told["managed", "switches_left_out"] == told["managed", "left_out_foresight"] == 1
    assert told["both", "switches_left_out"] == told["islands", "switches_left_out"] == 0
    assert told["islands", "draws"] == 32 * (2 + 3)  # fewer, for each is reckoned for every district


def test_the_middle_of_the_draws_is_near_the_mix_itself(inputs, found):
    """Demand is drawn from 0.8 to 1.3, so its P50 is 1.05 of the mix's."""
    table = evaluate(Supply(scenarios=MIXES[:1]), *inputs)
    demand = table[(table.quantity == "demand") & (table.period == "year")].value.item()
    drawn = found.results.set_index(["scenario", "result"]).p50["rivers", "demand_gwh"]
    assert drawn == pytest.approx(1.05 * demand, rel=0.01)


def test_only_what_varies_has_drivers(found):
    assert list(found.drivers) == ["scenario", "result", "parameter", "first_order", "total"]
    by_mix = found.drivers.groupby("scenario").result.unique()
    assert "exported_gwh_year" in by_mix["both"] and "exported_gwh_year" not in by_mix["rivers"]
    energy = found.drivers[(found.drivers.scenario == "rivers") & (found.drivers.result == "energy_gwh")]
    total = energy.set_index("parameter").total
    assert total["resource_hydro"] == pytest.approx(1, abs=0.1) and total["cost_hydro"] == 0


def test_the_same_seed_gives_the_same_file_and_another_one_does_not(inputs, found):
    again, other = ranges(inputs), ranges(inputs, seed=2)
    assert again.results.to_csv() == found.results.to_csv() and again.drivers.to_csv() == found.drivers.to_csv()
    assert other.results.to_csv() != found.results.to_csv()


def test_the_files_are_these_two(found):
    tables = range_tables(found)
    assert tables["scenario_ranges"] is found.results and tables["scenario_drivers"] is found.drivers
    assert range_tables(None) == {}


def test_nothing_is_drawn_where_it_is_not_wanted(inputs):
    assert ranges(inputs, enabled=False) is None
