"""Ensembles: cost, emissions and land by hand; every energy of a year is accounted for."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.economics import technology_costs
from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_table, read_tables
from greenzone.supply import Storage, ensemble, spread, yearly_costs
from greenzone.supply.ensemble import ensemble_hours

TIME = pd.date_range("2019-01-01", periods=8760, freq="h")
COSTS = pd.DataFrame(
    {"per_mw": [60e3, 150e3, 30e3], "per_mwh_stored": [0.0, 0.0, 20e3], "per_mwh": [0.0, 2.0, 0.0]},
    index=["solar", "wind", "battery"],
)
FACTORS = read_table("supply_factors")


@pytest.fixture
def groups():
    rng = np.random.default_rng(0)
    return xr.Dataset(
        {"capacity_factor": (("group", "time"), rng.uniform(0, 0.6, (3, 8760)).astype("f4"))},
        {"technology": ("group", ["solar", "solar", "wind"]), "time": TIME},
    )


def test_cost_land_and_emissions_by_hand():
    groups = xr.Dataset(
        {"capacity_factor": (("group", "time"), np.full((2, 8760), 0.25, "f4"))},
        {"technology": ("group", ["solar", "wind"]), "time": TIME},
    )
    stores = [Storage("battery", 10.0, 40.0, 0.9, 0.9)]
    result = ensemble(groups, [[100.0, 20.0]], np.full((1, 8760), 20.0), COSTS, FACTORS, stores=stores)
    wind_energy = 20 * 0.25 * 8760
    cost = 100 * 60e3 + 20 * 150e3 + 2 * wind_energy + 10 * 30e3 + 40 * 20e3
    assert result.annual_cost.item() == pytest.approx(cost, rel=1e-6)
    assert result.land_km2.item() == pytest.approx(100 * 8.02 / 240 + 20 * 0.003, rel=1e-3)  # Shafag: 802 ha, 240 MW
    assert result.met_gwh.item() == pytest.approx(175.2)
    assert result.avoided_co2_kt.item() == pytest.approx(175.2 * 56.1 * 3.6 / 0.5 / 1000, rel=1e-3)
    assert result.cost_per_mwh_met.item() == pytest.approx(cost / 175200, rel=1e-6)


def test_a_year_of_energy_is_accounted_for(groups):
    rng = np.random.default_rng(1)
    built, demand = rng.uniform(0, 60, (50, 3)), rng.uniform(5, 60, (2, 8760))
    factor = rng.dirichlet([1, 1], 50)
    stores = [Storage("battery", rng.uniform(0, 20, 50), rng.uniform(0, 80, 50), 0.95, 0.95)]
    resource = spread({"solar": rng.uniform(0.9, 1.1, 50)}, groups)
    result = ensemble(
        groups, built, demand, COSTS, FACTORS, demand_factor=factor, resource_factor=resource, stores=stores,
        export_limit_mw=10.0,
    )  # fmt: skip
    lost = (result.storage_loss_gwh + result.level_end_gwh).sum("store")
    used = result.met_gwh + result.curtailed_gwh_year + result.exported_gwh_year + lost
    assert used.to_numpy() == pytest.approx(result.energy_gwh.to_numpy(), rel=1e-6)


def test_costs_of_storage_are_annuities_in_the_money_of_the_technologies():
    tables = read_tables()
    costs = yearly_costs(
        technology_costs(tables, "EUR", 2025), tables["storage_costs"], tables["price_index"], wacc=0.07
    )
    # by hand: annuity factors of 10 and 25 years at 7 % are 0.142378 and 0.085811
    assert costs.per_mw["battery"] == pytest.approx(1000 * (213.9 * 0.142378 + 0.72), rel=1e-5)
    assert costs.per_mwh_stored["battery"] == pytest.approx(1000 * 189.9 * 0.085811, rel=1e-5)
    assert costs.per_mw["solar"] == pytest.approx(1000 * (482 * 0.075009 + 11.93), rel=1e-5)  # 40 years


def test_a_store_without_costs_is_named(groups):
    stores = [Storage("flywheel", 1.0, 1.0, 0.9, 0.9)]
    with pytest.raises(GreenzoneError, match="no costs are known for flywheel"):
        ensemble(groups, np.ones((1, 3)), np.ones((1, 8760)), COSTS, FACTORS, stores=stores)


def test_factors_of_a_technology_are_shared_by_its_groups(groups):
    factors = spread({"solar": [0.9, 1.1]}, groups)
    assert factors.tolist() == [[0.9, 0.9, 1.0], [1.1, 1.1, 1.0]]


def two_years():
    rng = np.random.default_rng(4)
    time = pd.date_range("2019-01-01", "2021-01-01", freq="h", inclusive="left")
    return xr.Dataset(
        {"capacity_factor": (("group", "time"), rng.uniform(0, 0.6, (3, len(time))).astype("f4"))},
        {
            "technology": ("group", ["solar", "solar", "wind"]),
            "district": ("group", ["Lachin", "Shusha", "Lachin"]),
            "time": time,
        },
    )


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1))
def test_weather_drawn_by_year_equals_a_loop_over_scenarios(seed):
    rng, groups = np.random.default_rng(seed), two_years()
    built, demand = rng.uniform(0, 60, (4, 3)), rng.uniform(5, 60, (2, groups.sizes["time"]))
    factor, year = rng.dirichlet([1, 1], 4), np.array([2020, 2019, 2020, 2019])
    stores = [Storage("battery", rng.uniform(0, 20, 4), rng.uniform(0, 80, 4), 0.95, 0.95)]
    limit = rng.uniform(0, 20, 4)
    together = ensemble(
        groups, built, demand, COSTS, FACTORS, demand_factor=factor, stores=stores, export_limit_mw=limit,
        weather_year=year,
    )  # fmt: skip
    for i in range(4):
        own = groups.sel(time=str(year[i]))
        mine = demand[:, pd.DatetimeIndex(groups.time).year == year[i]]
        store = [Storage("battery", stores[0].power_mw[i], stores[0].size_mwh[i], 0.95, 0.95)]
        alone = ensemble(
            own, built[i], mine, COSTS, FACTORS, demand_factor=factor[[i]], stores=store, export_limit_mw=limit[i]
        )  # fmt: skip
        for name in alone:
            one, other = together[name].isel(scenario=i).to_numpy(), alone[name].isel(scenario=0).to_numpy()
            assert one == pytest.approx(other, rel=1e-6, abs=1e-6), name


def test_a_year_without_weather_is_refused():
    with pytest.raises(GreenzoneError, match="no weather of 2031: the profiles have 2019 to 2020"):
        ensemble(two_years(), np.ones((1, 3)), np.ones((1, 17544)), COSTS, FACTORS, weather_year=[2031])


def test_energy_is_told_by_technology_and_district_and_by_hour():
    groups = two_years().sel(time="2019")
    built, demand = np.array([[10.0, 20.0, 30.0]]), np.full((1, 8760), 15.0)
    result = ensemble(groups, built, demand, COSTS, FACTORS)
    assert list(zip(result.technology.values, result.district.values, strict=True)) == [
        ("solar", "Lachin"), ("solar", "Shusha"), ("wind", "Lachin"),
    ]  # fmt: skip
    yearly = result.energy_by_source_gwh.sum("month")[0].to_numpy()
    assert yearly == pytest.approx(built[0] * groups.capacity_factor.to_numpy().astype(float).mean(1) * 8.76, rel=1e-5)
    assert yearly.sum() == pytest.approx(result.energy_gwh.item())
    hours = ensemble_hours(groups, built, demand)
    assert hours.generation_mw.sum("time")[0].to_numpy() / 1000 == pytest.approx(yearly, rel=1e-5)
    spent = demand - hours.unserved_mw + hours.exported_mw + hours.curtailed_mw
    assert spent[0].to_numpy() == pytest.approx(hours.generation_mw.sum("source")[0].to_numpy(), abs=1e-4)


def test_hours_of_deficit_and_surplus_are_counted():
    groups = two_years().sel(time="2019")
    built, demand = np.array([[10.0, 20.0, 30.0]]), np.full((1, 8760), 15.0)
    result = ensemble(groups, built, demand, COSTS, FACTORS)
    rest = built[0] @ groups.capacity_factor.to_numpy().astype(float) - 15
    for share in (0.1, 0.25, 0.5):
        counted = result.deficit_hours_over.sel(deficit_share=share).item()
        assert counted == pytest.approx((rest < -share * 15).sum(), abs=1)
    for share in (0.5, 1.0):
        assert result.surplus_hours_over.sel(surplus_share=share).item() == pytest.approx(
            (rest > share * 15).sum(), abs=1
        )
