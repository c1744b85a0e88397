"""The plan of a run: its system, its years, its tables and notes, what limits a mix; on a made-up zone."""

from dataclasses import replace
from types import MappingProxyType, SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from greenzone.config import Scenario, as_dict
from greenzone.config.economics import Economics
from greenzone.config.supply import Supply, SupplyScenario
from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_tables
from greenzone.outputs.plan import plan_dataset, plan_tables, profile_tables
from greenzone.schema import Potential
from greenzone.supply import Source, least_cost_plan, limits, plan_model, to_pypsa, what_limits
from greenzone.supply.plan_network import grid_of, read_lines
from greenzone.supply.plan_years import weights_of
from greenzone.supply.zone_plan import _with_fuel, sections_of, zone_system

TIME = pd.date_range("2019-01-01", periods=24 * 7 * 4, freq="h")
DISTRICTS = ["Fuzuli", "Jabrayil"]
DAY = np.clip(np.sin((np.arange(len(TIME)) % 24 - 2) / 12 * np.pi), 0, None)  # UTC: the sun rises at 2 h


def potential(name, profiles, capacity, existing=(0.0, 0.0)):
    factors = np.asarray(profiles, "f4")
    energy = factors.mean(1) * capacity * 8.76
    sites = xr.Dataset(
        {
            "energy_gwh": ("site", energy),
            "capacity_mw": ("site", np.array(capacity, float)),
            "existing_mw": ("site", np.array(existing, float)),
            "eligible_fraction": ("site", [0.5, 0.5]),
            "group": ("site", [0, 1]),
        }
    )
    coords = {"district": ("group", DISTRICTS), "resource_class": ("group", ["1", "1"]), "time": TIME}
    groups = {"capacity_factor": (("group", "time"), factors), "capacity_mw": ("group", np.array(capacity, float))}
    return Potential(name, sites, xr.Dataset(groups, coords))


def run(lcoe=(45.0, 40.0), by_year=MappingProxyType({}), **sections):
    """Sun in both districts, a standing hydropower plant of 10 MW in the first."""
    potentials = {
        "solar": potential("solar", [DAY * 0.7, DAY * 0.8], [60.0, 200.0]),
        "hydro": potential("hydro", np.full((2, len(TIME)), 0.4), [30.0, 5.0], (10.0, 0.0)),
    }
    costs = {name: xr.DataArray(np.array(values), dims="site") for name, values in
             {"solar": lcoe, "hydro": (120.0, 130.0)}.items()}  # fmt: skip
    zone = gpd.GeoDataFrame(
        {"district": DISTRICTS},
        geometry=[shapely.box(47, 39.4, 47.2, 39.6), shapely.box(46.8, 39.2, 47, 39.4)],
        crs=4326,
    )
    grid_sites = xr.Dataset(
        {
            "district": ("site", DISTRICTS), "area_km2": ("site", [300.0, 100.0]),
            "lon": ("site", [47.1, 46.9]), "lat": ("site", [39.5, 39.3]),
        }
    )  # fmt: skip
    site = xr.Dataset({"cell": ("site", [0, 0]), "temp_offset": ("site", [0.0, 0.0])})
    weather = xr.Dataset({"temp_air": (("time", "cell"), np.full((len(TIME), 1), 5.0))}, {"time": TIME})
    scenario = Scenario.model_validate({"plan": {"slack": 0.0}} | sections)
    return SimpleNamespace(
        config=as_dict(scenario),
        grid=SimpleNamespace(sites=grid_sites),
        layers=SimpleNamespace(site=site, weather=weather, tables=read_tables(), zone=zone),
        potentials=potentials,
        lcoe=costs,
        connected=SimpleNamespace(lcoe={name: values + 10.0 for name, values in costs.items()}),
        land=SimpleNamespace(fractions_by_year=by_year),
    )


def part(system, name):
    return next(part for part in system.parts if part.name == name)


def test_a_mw_costs_what_its_sites_cost_with_their_connection():
    """LCOE is yearly cost over yearly energy, so a MW costs LCOE times its energy: 55 USD/MWh x 8760 h x its factor."""
    made = run()
    solar = part(zone_system(made, sections_of(made.config)), "solar Fuzuli 1")
    assert solar.per_mw == pytest.approx(55.0 * 8760 * (DAY * 0.7).mean(), rel=1e-5)
    assert (solar.max_mw, solar.kind, solar.place) == (60.0, "solar", "Fuzuli")


def test_what_stands_is_built_at_the_price_of_its_upkeep():
    made = run()
    system = zone_system(made, sections_of(made.config))
    standing = part(system, "hydro Fuzuli 1 standing")
    assert standing.min_mw == standing.max_mw > 0
    new = part(system, "hydro Fuzuli 1")
    assert standing.max_mw + new.max_mw == pytest.approx(30.0)
    assert 0 < standing.per_mw < new.per_mw / 3  # capital is most of what hydropower costs


def test_bioenergy_burns_its_fuel_when_it_is_wanted():
    """Biogas has a gas holder of 8 h (table bioenergy_conversion); the fuel arrives evenly over the day."""
    evening = np.where(np.arange(len(TIME)) % 24 < 12, 1.0, 0.4)
    plant = Source("a", evening, 1e5, 20.0, 5.0, carrier="bioenergy")
    stored = _with_fuel(plant, "biogas", TIME, read_tables())
    assert (stored.store_hours, stored.peak) == (8.0, 1.0)
    assert np.asarray(stored.profile) == pytest.approx(0.7)
    assert _with_fuel(plant, "waste", TIME, read_tables()) is plant  # landfill gas has no holder
    sun = replace(plant, carrier="solar")
    assert _with_fuel(sun, "1", TIME, read_tables()) is sun


def test_groups_above_the_ceiling_are_not_built_on():
    made = run(plan={"lcoe_ceiling": 52.0})
    names = [source.name for source in zone_system(made, sections_of(made.config)).sources]
    assert "solar Jabrayil 1" in names and "solar Fuzuli 1" not in names


def test_demand_is_shared_by_weights_and_only_districts_can_have_one():
    made = run(plan={"network": "districts", "demand_share": {"Fuzuli": 3, "Jabrayil": 1}})
    demand = zone_system(made, sections_of(made.config)).demand
    assert demand[0].sum() == pytest.approx(3 * demand[1].sum())
    made = run(plan={"network": "districts", "demand_share": {"Fuzul": 3}})
    with pytest.raises(GreenzoneError, match=r"'plan.demand_share' names 'Fuzul'.*Fuzuli"):
        zone_system(made, sections_of(made.config))


def test_lines_and_borders_of_districts_come_from_the_table():
    """Fuzuli-Jabrayil lies inside, one line of 92 MW leaves Fuzuli and two of 192 MW leave Jabrayil."""
    made = run(plan={"network": "districts", "export_limit_mw": None})
    lines, borders = grid_of(sections_of(made.config).plan, DISTRICTS, made.layers.tables, "USD", 2024)
    assert [(line.start, line.end, line.limit_mw) for line in lines] == [("Fuzuli", "Jabrayil", 92.0)]
    assert lines[0].loss == pytest.approx(0.32 * 0.033)
    assert sum(border.export_limit_mw for border in borders) == 92 + 2 * 192
    assert borders[0].import_price == pytest.approx(62.3 * 313.689 / 321.943)  # US CPI-U of 2024 over 2025


def test_limits_of_the_zone_are_shared_by_what_its_lines_carry():
    made = run(plan={"network": "districts", "export_limit_mw": 47.6, "import_limit_mw": 0.0})
    _, borders = grid_of(sections_of(made.config).plan, DISTRICTS, made.layers.tables, "USD", 2024)
    assert {b.name: b.export_limit_mw for b in borders} == pytest.approx(
        {"Fuzuli-Imishli": 9.2, "Jabrayil-Aghjabadi": 19.2, "Jabrayil-Imishli": 19.2}
    )
    assert all(border.import_limit_mw == 0 for border in borders)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("line,start,end\na,b,c\n", "no column 'limit_mw'"),
        ("line,start,end,limit_mw\na,b,c,-1\n", "limit_mw of a must be a number of 0 or more"),
        ("line,start,end,limit_mw\na,b,c,many\n", "limit_mw of a must be a number of 0 or more"),
        ("line,start,end,limit_mw\na,b,c,\n", "limit_mw of a must be a number of 0 or more"),
        ("line,start,end,limit_mw\na,b,c,1\na,c,b,1\n", "the line 'a' is there twice"),
    ],
)
def test_files_of_lines_that_cannot_be_used_are_named(tmp_path, text, message):
    (tmp_path / "lines.csv").write_text(text, encoding="utf-8")
    with pytest.raises(GreenzoneError, match=message):
        read_lines(tmp_path / "lines.csv")


def test_districts_without_any_line_are_refused():
    plan = sections_of(run(plan={"network": "districts"}).config).plan
    with pytest.raises(GreenzoneError, match="no line connects the districts of this zone"):
        grid_of(plan, ["Elsewhere", "Nowhere"], read_tables(), "USD", 2024)


def test_years_keep_what_was_built_and_land_opens_with_clearance():
    """Of the solar land a half of Jabrayil and a tenth of Fuzuli are eligible in 2026, all in 2030; demand doubles."""
    by_year = {
        2026: {"solar": np.array([0.05, 0.25]), "hydro": np.array([0.5, 0.5])},
        2030: {"solar": np.array([0.5, 0.5]), "hydro": np.array([0.5, 0.5])},
    }
    plan = {"years": [2026, 2030], "demand_gwh": {2026: 150, 2030: 300}, "green_share": 0.6, "slack": 0.0}
    found = least_cost_plan(run(by_year=by_year, plan=plan))
    built = found.capacity.pivot_table(index=["technology", "district"], columns="year", values="capacity_mw")
    before = found.capacity.pivot_table(index=["technology", "district"], columns="year", values="before_mw")
    limit = found.capacity.pivot_table(index=["technology", "district"], columns="year", values="limit_mw")
    assert (built[2030] >= built[2026] - 1e-6).all() and built[2030].sum() > built[2026].sum() + 1
    np.testing.assert_allclose(before[2030], built[2026])
    assert limit.loc[("solar", "Jabrayil")].tolist() == pytest.approx([100.0, 200.0])
    assert limit.loc[("solar", "Fuzuli")].tolist() == pytest.approx([6.0, 60.0])
    assert limit.loc[("hydro", "Fuzuli")].tolist() == pytest.approx([30.0, 30.0])
    demand = found.summary[found.summary.quantity == "demand"].set_index("year").value
    assert demand.tolist() == pytest.approx([150, 300])
    assert found.hourly.year.to_numpy().tolist() == [2026, 2030]


def test_a_plan_costs_the_same_in_one_step_as_in_two_of_the_same_year_of_costs():
    """Nothing grows between the years, so the second builds nothing and pays what the first pays."""
    plan = {"years": [2030, 2031], "demand_gwh": {2030: 200}, "green_share": 0.7, "slack": 0.0}
    found = least_cost_plan(run(plan=plan))
    cost = found.summary[found.summary.quantity == "annual_cost"].value
    assert cost.iloc[1] <= cost.iloc[0] * (1 + 1e-6)
    assert cost.iloc[1] == pytest.approx(cost.iloc[0], rel=1e-3)


def test_foresight_is_never_dearer_and_says_so():
    plan = {"years": [2026, 2030], "demand_gwh": {2026: 150, 2030: 300}, "green_share": 0.6, "slack": 0.0}
    after, ahead = (least_cost_plan(run(plan=plan | {"foresight": foresight})) for foresight in (False, True))
    built = ahead.capacity.pivot_table(index=["technology", "district"], columns="year", values="capacity_mw")
    assert (built[2030] >= built[2026] - 1e-6).all()
    weights = weights_of([2026, 2030], sections_of(run().config).economics.wacc)
    cost = [weights @ made.summary[made.summary.quantity == "annual_cost"].value.to_numpy() for made in (after, ahead)]
    assert cost[1] <= cost[0] * (1 + 1e-6)
    looking, not_cheaper = (ahead.notes.note.str.startswith(text).any() for text in ("Years look ahead", "No cheaper"))
    assert looking == (cost[1] < cost[0])
    assert not_cheaper != looking
    assert not after.notes.note.str.contains("Years look ahead|foresight: each").any()


@pytest.mark.parametrize("foresight", [False, True])
def test_a_share_out_of_reach_is_told_and_ends_the_build_out(foresight):
    plan = {"years": [2030, 2040], "storage": {}, "slack": 0.0, "demand_gwh": {2030: 300}, "foresight": foresight}
    found = least_cost_plan(run(plan=plan))
    told = found.notes[found.notes.topic == "no plan"]
    assert told.year.tolist() == [2030]
    assert "a green share of 1 over the year cannot be reached: at most 0." in told.note.item()
    assert len(found.capacity) == 0 and not found.hourly.sizes
    assert list(plan_tables(found)) == ["plan", "plan_summary", "plan_notes"]


def test_tables_and_hours_of_a_plan_tell_the_same():
    found = least_cost_plan(run(plan={"green_share": 0.8, "network": "districts", "slack": 0.05}))
    assert set(plan_tables(found)) == {"plan", "plan_summary", "plan_notes", "plan_alternatives"}
    hourly, sums = plan_dataset(found, "USD"), found.summary.set_index("quantity").value
    flows = (hourly.generation_mw.sum(["technology", "district"]) * hourly.hours).sum() / 1000
    assert float(flows) - sums["curtailed"] == pytest.approx(sums["energy"], rel=1e-6)
    assert sums["green_share"] == pytest.approx(1 - sums["imported"] / sums["demand"], rel=1e-6)
    assert hourly.price.attrs["units"] == "MW-1 h-1" and hourly.price.attrs["currency"] == "USD"
    assert {"line", "border", "source", "store"} == set(found.capacity.kind)
    assert found.notes.topic.tolist().count("cost") == 1


def test_announced_capacity_is_built_in_any_case():
    found = least_cost_plan(run(plan={"green_share": 0.0, "at_least_mw": {"solar": 120, "wind": 50}, "slack": 0.0}))
    solar = found.capacity[found.capacity.technology == "solar"].capacity_mw.sum()
    assert solar == pytest.approx(120, rel=1e-6)


def test_pypsa_finds_the_cost_of_the_run():
    pytest.importorskip("pypsa")
    made = run(plan={"green_share": 0.8, "network": "districts", "slack": 0.0})
    network = to_pypsa(made)
    network.optimize(solver_name="highs", solver_options={"output_flag": False}, include_objective_constant=False)
    assert network.objective == pytest.approx(plan_model(made).solve(0.8).cost, rel=1e-3)
    assert network.buses.loc["Fuzuli", ["x", "y"]].tolist() == [47.1, 39.5]


def test_sun_alone_is_limited_at_night():
    """Sun from 6 to 18 h local time and no store: all that is missing falls into the other hours."""
    made = run()
    mixes = (SupplyScenario(name="sun", capacity_mw={"solar": 250}, demand_gwh=100),)
    section = Supply(scenarios=mixes)
    notes = what_limits(section, Economics(), made.potentials, made.lcoe, made.layers)
    hours = notes[notes.topic == "hour"].set_index("item").value
    assert hours.sum() == pytest.approx(1)
    assert hours[[f"{hour:02d}" for hour in (9, 12, 15)]].max() < 0.01
    helped = notes[notes.topic == "technology"].set_index("item").value
    assert helped["hydro"] > helped["solar"] and helped["battery"] > helped["solar"]
    assert "of 100 GWh a year are missing" in notes[notes.topic == "summary"].note.item()


def test_what_one_more_mw_of_a_steady_source_helps_is_its_energy():
    """Nothing is built and demand is far above: a MW of hydropower at 0.4 makes 3.504 GWh less missing."""
    made = run()
    section = Supply(demand_gwh=1000, scenarios=(SupplyScenario(name="none", capacity_mw={}),))
    notes = what_limits(section, Economics(), made.potentials, made.lcoe, made.layers)
    helped = notes[notes.topic == "technology"].set_index("item").value
    assert helped["hydro"] == pytest.approx(0.4 * 8.76, rel=1e-5)
    assert helped["battery"] == 0


def test_what_does_not_fit_and_what_is_met_is_told():
    made = run()
    mixes = (
        SupplyScenario(name="large", capacity_mw={"hydro": 100}),
        SupplyScenario(name="met", capacity_mw={"hydro": 30}, demand_gwh=20),
    )
    section = Supply(scenarios=mixes)
    notes = what_limits(section, Economics(), made.potentials, made.lcoe, made.layers)
    land = notes[notes.topic == "land"]
    assert land.scenario.tolist() == ["large"] and land.value.item() == pytest.approx(65.0)
    assert "met in every hour" in notes[(notes.scenario == "met") & (notes.topic == "summary")].note.item()


def test_profiles_as_tables_are_those_of_the_groups():
    tables = profile_tables(run())
    assert tables["profile_groups"].group.tolist() == list(tables["profiles"].columns[1:])
    assert tables["profiles"].columns[1] == "solar_Fuzuli_1"
    assert tables["profiles"].time.iloc[1] == "2019-01-01T01:00:00Z"
    assert tables["profiles"].solar_Jabrayil_1.to_numpy() == pytest.approx(DAY * 0.8, abs=1e-5)
    assert tables["profile_groups"].capacity_mw.tolist() == [60, 200, 30, 5]


def test_a_mix_that_lacks_next_to_nothing_says_how_much():
    """3 and 1 MW in two hours of a year: 4 MWh."""
    missing = np.zeros(8760)
    missing[[5, 6]] = 3.0, 1.0
    told = limits._nearly_met(0.004, missing)
    assert told.startswith("Demand is met but for 4.00 MWh a year in 2 hours, at worst 3.00 MW")
    assert limits._nearly_met(0.0, np.zeros(8760)) == "Demand is met in every hour: nothing limits this mix."
