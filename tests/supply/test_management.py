"""Switches of a mix: each by its name, its worth the difference it makes, islands as the sum of districts."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pydantic import ValidationError

from greenzone.config.supply import Supply
from greenzone.layers.catalogue import read_table
from greenzone.schema import Potential
from greenzone.supply import evaluate

TIME = pd.date_range("2019-01-01", periods=8760, freq="h")
HOUR = np.arange(8760) % 24
DAY = np.where((HOUR >= 6) & (HOUR < 18), 0.5, 0.0)


def potential(name, profiles, capacity, district):
    sites = {"energy_gwh": ("site", np.mean(profiles, 1) * capacity * 8.76)}
    sites["group"] = ("site", np.arange(len(capacity)))
    stacked = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), np.array(profiles, "f4")),
            "capacity_mw": ("group", np.array(capacity, float)),
        },
        {"district": ("group", district), "resource_class": ("group", range(len(capacity))), "time": TIME},
    )
    return Potential(name, xr.Dataset(sites), stacked)


SUN = {"solar": potential("solar", [DAY, DAY], [200, 200], ["Lachin", "Shusha"])}


def table_of(management, **mix):
    scenario = {"name": "mix", "capacity_mw": {"solar": 200}, "management": management} | mix
    return evaluate(Supply(scenarios=(scenario,)), SUN, {})


def value(table, quantity, technology="all", scenario="mix"):
    rows = table[(table.quantity == quantity) & (table.technology == technology) & (table.scenario == scenario)]
    return rows[rows.period == "year"].value.item()


@pytest.mark.parametrize(
    ("switch", "management"),
    [
        ("demand_response", {"demand_response": {"share": 0.2, "window_hours": 6}}),
        ("ev_charging", {"ev_charging": "smart"}),
        ("foresight", {"foresight": "day_ahead"}),
    ],
)
def test_the_worth_of_a_switch_is_the_difference_it_makes(switch, management):
    battery = {"storage": {"battery": {"power_mw": 20, "energy_mwh": 60}}, "year": 2050}
    on, off = table_of(management, **battery), table_of({}, **battery)
    saved = value(off, "deficit") - value(on, "deficit")
    assert value(on, "worth_deficit", switch) == pytest.approx(saved, abs=1e-9)
    assert value(on, "worth_purchases", switch) == pytest.approx(saved * 1000 * 60, abs=1e-3)
    share = value(on, "share_met_hourly") - value(off, "share_met_hourly")
    assert value(on, "worth_share_met_hourly", switch) == pytest.approx(share, abs=1e-9)
    assert saved >= -1e-6
    assert value(on, "demand") == pytest.approx(value(off, "demand"))
    assert off.quantity.str.startswith("worth").sum() == 0


def test_a_hybrid_saves_connection_and_loses_what_exceeds_it():
    table = table_of({"hybrid": {"technologies": ["solar"], "connection_mw": 60}})
    # 200 MW give 100 MW for 12 hours a day, of which 40 do not pass.
    assert value(table, "lost_at_connection", "hybrid") == pytest.approx(40 * 12 * 365 / 1000, rel=1e-6)
    assert value(table, "connection_saved", "hybrid") == 140
    battery = {"technologies": ["solar"], "connection_mw": 60, "battery": {"power_mw": 40, "energy_mwh": 1000}}
    table = table_of({"hybrid": battery})
    assert value(table, "lost_at_connection", "hybrid") == pytest.approx(0, abs=1e-3)
    assert value(table, "worth_deficit", "hybrid") > 0


def test_islands_sum_to_the_mix_and_share_demand_by_people():
    table = table_of({"islanded": True})
    people = read_table("district_demand").set_index("district").persons
    share = people["Lachin"] / (people["Lachin"] + people["Shusha"])
    assert value(table, "demand", scenario="mix: Lachin") == pytest.approx(229 * share, rel=1e-9)
    for quantity in ("demand", "met", "deficit", "surplus"):
        parts = [value(table, quantity, scenario=f"mix: {name}") for name in ("Lachin", "Shusha")]
        assert value(table, quantity) == pytest.approx(sum(parts))
    assert value(table, "worth_share_met_hourly", "islanded") <= 1e-9


def test_a_dry_year_takes_its_share_of_water():
    hydro = {"hydro": potential("hydro", [np.full(8760, 0.4)], [100], ["Lachin"])}
    mix = {"name": "mix", "capacity_mw": {"hydro": 100}}
    energy = [
        value(evaluate(Supply(scenarios=(mix | dry,)), hydro, {}), "energy", "hydro")
        for dry in ({}, {"dry_year": 0.5}, {"dry_year": 0.9})
    ]
    assert energy[1] == pytest.approx(energy[0])
    # The standard normal quantile of 0.9 is 1.2816, the spread 0.3.
    assert energy[2] == pytest.approx(energy[0] * np.exp(-1.2816 * 0.3), rel=1e-4)


def test_reserve_that_lacks_is_told():
    table = table_of({"reserve_margin": 0.2}, storage={"battery": {"power_mw": 10, "energy_mwh": 40}})
    firm = value(table, "firm_capacity", "reserve_margin")
    peak = firm / (1 + value(table, "reserve_margin", "reserve_margin"))
    assert value(table, "reserve_shortfall", "reserve_margin") == pytest.approx(max(1.2 * peak - firm, 0))


def test_smart_charging_needs_to_know_of_cars():
    with pytest.raises(ValidationError, match="a demand file does not tell of cars"):
        Supply(
            demand_file="d.csv",
            scenarios=({"name": "a", "capacity_mw": {}, "management": {"ev_charging": "smart"}},),
        )


def test_a_later_year_asks_for_more():
    early, late = (value(table_of({}, year=year), "demand") for year in (2025, 2040))
    assert early == pytest.approx(229)
    assert late > 3 * early
