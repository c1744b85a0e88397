"""Supply scenarios: balances close, mixes equal a plain loop, best groups are built first."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from greenzone.errors import GreenzoneError
from greenzone.schema import Potential
from greenzone.supply import allocate, hourly_balance, scenario_table, stack_groups, supply

TECHNOLOGIES = ["solar", "wind"]
POWER = arrays(float, (3, 24), elements=st.floats(0, 1e4))


def potential(name, profiles, capacity, district, time, site_energy, site_group):
    sites = xr.Dataset(
        {
            "energy_gwh": ("site", np.asarray(site_energy, float)),
            "group": ("site", np.asarray(site_group)),
        }
    )
    table = xr.Dataset(
        {"capacity_factor": (("group", "time"), np.asarray(profiles, "f4")), "capacity_mw": ("group", capacity)},
        {"district": ("group", district), "resource_class": ("group", [1] * len(district)), "time": time},
    )
    return Potential(name, sites, table)


@pytest.fixture
def groups():
    time = pd.date_range("2019-01-01", periods=8760, freq="h")
    rng = np.random.default_rng(1)
    solar = potential("solar", rng.uniform(0, 0.5, (2, 8760)), [100.0, 50.0], ["A", "B"], time, [1, 3, 4], [0, 0, 1])
    wind = potential("wind", rng.uniform(0, 0.9, (1, 8760)), [80.0], ["A"], time, [5, 2, 1], [0, -1, 0])
    costs = {
        "solar": xr.DataArray([40.0, 80.0, 50.0], dims="site"),
        "wind": xr.DataArray([60.0, 9.0, np.nan], dims="site"),
    }
    return stack_groups({"solar": solar, "wind": wind}, costs)


def test_groups_stand_in_one_table(groups):
    assert groups.technology.to_numpy().tolist() == ["solar", "solar", "wind"]
    assert groups.district.to_numpy().tolist() == ["A", "B", "A"]
    # energy-weighted by hand: (1*40 + 3*80)/4; sites outside every group and without cost do not count
    assert groups.lcoe.to_numpy() == pytest.approx([70.0, 50.0, 60.0])
    assert groups.mean_capacity_factor[0] == pytest.approx(0.25, abs=0.01)


def test_profiles_of_other_times_are_refused(groups):
    time = pd.date_range("2019-01-01", periods=24, freq="h")
    parts = {
        name: potential(name, np.zeros((1, 24)), [1.0], ["A"], time + pd.Timedelta(hours=shift), [1], [0])
        for name, shift in (("solar", 0), ("wind", 1))
    }
    with pytest.raises(GreenzoneError, match="profiles of wind are for other times than those of solar"):
        stack_groups(parts, {})


def test_best_groups_are_built_first_up_to_their_capacity():
    built = allocate(
        [[120.0, 10.0], [30.0, 0.0], [500.0, 99.0]],
        ["solar", "solar", "wind", "solar"],
        [50.0, 60.0, 20.0, 40.0],
        [0.20, 0.25, 0.30, np.nan],
        TECHNOLOGIES,
    )
    assert built.tolist() == [[50, 60, 10, 10], [0, 30, 0, 0], [50, 60, 20, 40]]


@given(
    targets=arrays(float, (4, 2), elements=st.floats(0, 1000)),
    capacity=arrays(float, 6, elements=st.floats(0, 200).map(lambda x: round(x, 3))),
    merit=arrays(float, 6, elements=st.floats(0, 1)),
)
def test_built_capacity_is_the_target_or_all_there_is(targets, capacity, merit):
    technology = np.array(["solar", "wind", "solar", "wind", "wind", "solar"])
    built = allocate(targets, technology, capacity, merit, TECHNOLOGIES)
    assert (built >= 0).all() and (built <= capacity).all()
    for column, name in enumerate(TECHNOLOGIES):
        total = capacity[technology == name].sum()
        assert built[:, technology == name].sum(1) == pytest.approx(np.minimum(targets[:, column], total), abs=1e-6)
        partly = (built > 0) & (built < capacity) & (technology == name)
        assert (partly.sum(1) <= 1).all()  # one group at the margin


@given(generation=POWER, demand=POWER)
def test_every_hour_balances(generation, demand):
    parts = hourly_balance(generation, demand)
    assert parts["met"] + parts["deficit"] == pytest.approx(demand, abs=1e-9)
    assert parts["met"] + parts["surplus"] == pytest.approx(generation, abs=1e-9)
    assert (parts["surplus"] >= 0).all() and (parts["deficit"] >= 0).all()
    assert (parts["surplus"] * parts["deficit"] == 0).all()


def test_scenarios_equal_a_plain_loop(groups):
    built = np.array([[100.0, 20.0, 0.0], [10.0, 0.0, 80.0]])
    demand = np.random.default_rng(2).uniform(5, 60, (2, 8760))
    result = supply(groups, built, demand, ["one", "two"])
    profiles = groups.capacity_factor.to_numpy().astype(float)
    month = pd.DatetimeIndex(groups.time.to_numpy()).month
    for index in range(2):
        generation = np.zeros(8760)
        energy = {name: np.zeros(12) for name in TECHNOLOGIES}
        met, hours_met = np.zeros(12), np.zeros(12)
        for group, name in enumerate(groups.technology.to_numpy()):
            generation += built[index, group] * profiles[group]
            np.add.at(energy[name], month - 1, built[index, group] * profiles[group] / 1000)
        np.add.at(met, month - 1, np.minimum(generation, demand[index]) / 1000)
        np.add.at(hours_met, month - 1, generation >= demand[index])
        assert result.met_gwh[index].to_numpy() == pytest.approx(met, rel=1e-6)
        assert result.hours_met[index].to_numpy() == pytest.approx(hours_met)
        for name in TECHNOLOGIES:
            assert result.energy_gwh_monthly[index].sel(technology=name).to_numpy() == pytest.approx(
                energy[name], rel=1e-6
            )


def test_two_years_of_profiles_give_the_mean_year(groups):
    time = pd.date_range("2018-01-01", "2020-01-01", freq="h", inclusive="left")
    twice = xr.concat([groups.drop_vars("time")] * 2, "time", data_vars="minimal").assign_coords(time=time)
    built = np.array([[10.0, 5.0, 20.0]])
    one = supply(groups, built, np.full((1, 8760), 12.0), ["s"])
    two = supply(twice, built, np.full((1, 17520), 12.0), ["s"])
    for name in ("energy_gwh", "met_gwh", "surplus_gwh", "deficit_gwh", "demand_gwh", "hours_met"):
        assert two[name].to_numpy() == pytest.approx(one[name].to_numpy(), rel=1e-9)
    assert one.demand_gwh.sum() == pytest.approx(12 * 8.76)


def test_more_capacity_never_lowers_the_share_met(groups):
    demand = np.random.default_rng(3).uniform(5, 60, 8760)
    built = np.outer(np.linspace(0, 1, 6), [100.0, 50.0, 80.0])
    result = supply(groups, built, np.tile(demand, (6, 1)), list("abcdef"))
    met = result.met_gwh.sum("month").to_numpy()
    assert met[0] == 0 and (np.diff(met) > 0).all()


@pytest.fixture
def table(groups):
    built = allocate([[100.0, 200.0]], groups.technology, groups.capacity_mw, groups.mean_capacity_factor, TECHNOLOGIES)
    result = supply(groups, built, np.full((1, 8760), 30.0), ["green"])
    return scenario_table(result, np.array([[100.0, 200.0]]))


def value(table, quantity, technology="all", period="year"):
    row = table[(table.quantity == quantity) & (table.technology == technology) & (table.period == period)]
    assert len(row) == 1
    return row.value.item()


def test_table_is_tidy_and_balances(table):
    assert list(table.columns) == ["scenario", "period", "technology", "quantity", "unit", "value"]
    assert not table.duplicated(["scenario", "period", "technology", "quantity"]).any()
    assert value(table, "demand") == pytest.approx(0.03 * 8760)
    assert value(table, "met") + value(table, "deficit") == pytest.approx(value(table, "demand"))
    assert value(table, "met") + value(table, "surplus") == pytest.approx(value(table, "energy"))
    assert value(table, "energy", "solar") + value(table, "energy", "wind") == pytest.approx(value(table, "energy"))
    months = [value(table, "energy", "wind", f"{month:02d}") for month in range(1, 13)]
    assert sum(months) == pytest.approx(value(table, "energy", "wind"))
    assert value(table, "share_met_hourly") == pytest.approx(value(table, "met") / value(table, "demand"))
    assert value(table, "share_met_hourly") < value(table, "share_met_annually") <= 1


def test_shortfall_of_capacity_is_reported(table):
    assert value(table, "capacity", "wind") == pytest.approx(80)
    assert value(table, "capacity_shortfall", "wind") == pytest.approx(120)
    assert value(table, "capacity_shortfall", "solar") == 0


@pytest.mark.parametrize(
    ("built", "demand", "message"),
    [
        ([[1.0, 1.0, 1.0]], np.full((1, 24), 1.0), "shape"),
        ([[1.0, -1.0, 1.0]], np.full((1, 8760), 1.0), "capacity in a supply scenario must be 0 or more"),
        ([[1.0, 1.0, 1.0]], np.full((1, 8760), np.nan), "demand in a supply scenario must be 0 or more"),
    ],
)
def test_impossible_input_is_named(groups, built, demand, message):
    with pytest.raises(GreenzoneError, match=message):
        supply(groups, built, demand, ["s"])
