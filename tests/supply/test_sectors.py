"""Demand by sector: energies from their drivers, shapes that keep them, cold that costs power."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.config.supply import Supply
from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_table
from greenzone.schema import Layers
from greenzone.supply.mixes import demand_assumptions
from greenzone.supply.sectors import (
    SECTORS,
    SectorDemand,
    cop,
    heat_pump_power,
    profile_shape,
    quantities,
    sector_energy,
    sector_shapes,
    temp_of_people,
)

TABLE, SHAPES = read_table("demand_sectors"), read_table("demand_shapes")
TIME = pd.date_range("2019-01-01", periods=8760, freq="h")
TEMP = 11 - 13 * np.cos(2 * np.pi * (np.arange(8760) / 8760 - 0.05)) - 4 * np.cos(2 * np.pi * np.arange(8760) / 24)


@given(base=st.floats(150, 500), path=st.sampled_from(["low", "reference", "high"]))
def test_sectors_of_2025_sum_to_the_published_use(base, path):
    assert sum(sector_energy(TABLE, 2025, path, base, TEMP).values()) == pytest.approx(base, rel=1e-9)


def test_households_by_hand():
    # 140,000 people of 900 kWh in 2030 and 9 % lost in the grid.
    energy = sector_energy(TABLE, 2030, "reference", 229, TEMP)
    assert energy["households"] == pytest.approx(140_000 * 900 / 1e6 / 0.91)
    # 60,000 ha, three tenths pumped, 6,000 m3 each lifted by 50 m at 60 %: 9.81 * 50 / 0.6 kJ a m3.
    assert energy["irrigation"] == pytest.approx(60e3 * 0.3 * 6000 * 9.81 * 50 / 0.6 / 3600 / 1e6 / 0.91)


def test_years_between_those_of_the_table_lie_on_a_straight_line():
    assert quantities(TABLE, 2035)["all", "population"] == pytest.approx(180_000)


@pytest.mark.parametrize("year", [2024, 2051])
def test_years_outside_the_table_are_refused(year):
    with pytest.raises(GreenzoneError, match=f"known from 2025 to 2050, not for {year}"):
        quantities(TABLE, year)


def test_an_unknown_path_is_refused():
    with pytest.raises(GreenzoneError, match="no population path 'huge'"):
        quantities(TABLE, 2030, "huge")


def test_a_sector_of_the_user_replaces_that_of_the_table():
    energy = sector_energy(TABLE, 2040, "reference", 229, TEMP, {"mining": 93.0})
    assert energy["mining"] == pytest.approx(93 / 0.93)


@settings(max_examples=10)
@given(energy=st.lists(st.floats(0, 100), min_size=9, max_size=9), start=st.sampled_from(["2019-01-01", "2023-01-01"]))
def test_every_sector_keeps_its_energy_over_a_year(energy, start):
    time = pd.date_range(start, periods=8760, freq="h")
    demand = SectorDemand(np.array(energy), sector_shapes(SHAPES, time, TEMP))
    assert demand.mw.sum(1) / 1000 == pytest.approx(energy, rel=1e-9)
    assert (demand.mw >= 0).all()


@pytest.mark.parametrize("profile", ["households", "services", "shifts", "agriculture", "charging", "irrigation"])
def test_profiles_have_a_mean_of_one(profile):
    # The mean of a year depends on which day it begins with: less than a percent.
    assert profile_shape(SHAPES, profile, TIME).mean() == pytest.approx(1, abs=0.01)


def test_profiles_are_read_in_local_time_and_by_day_of_week():
    own = SHAPES[(SHAPES.profile == "households") & (SHAPES.month == 3)].set_index("day")
    sunday = profile_shape(SHAPES, "households", pd.DatetimeIndex(["2019-03-10 15:00"]))  # 19 h in Azerbaijan
    assert sunday == pytest.approx([own.h19["sunday"]])
    monday = profile_shape(SHAPES, "households", pd.DatetimeIndex(["2019-03-10 21:00"]))  # 1 h of the next day
    assert monday == pytest.approx([own.h01["workday"]])


def test_a_profile_that_lacks_is_named():
    with pytest.raises(GreenzoneError, match="for 'ships'"):
        profile_shape(SHAPES, "ships", TIME)


def test_efficiency_of_heat_pumps_by_hand():
    # Ruhnau et al. 2019: 6.08 - 0.09 x 40 + 0.0005 x 1600 at 0 degC and 40 degC of flow, times 0.85.
    assert float(cop(0.0)) == pytest.approx(0.85 * (6.08 - 3.6 + 0.8))
    assert (np.diff(cop(np.linspace(-25, 12, 50))) > 0).all()


@given(colder=st.floats(0, 15))
def test_colder_never_takes_less_power(colder):
    assert (heat_pump_power(TEMP - colder, 30, 15) >= heat_pump_power(TEMP, 30, 15) - 1e-9).all()


def test_nobody_heats_in_summer():
    power = heat_pump_power(TEMP, 30, 15)
    assert power[(TIME.month == 7)].max() == 0
    assert power[(TIME.month == 1)].min() > 0


def test_temperature_is_that_of_built_up_land():
    weather = xr.Dataset({"temp_air": (("time", "cell"), [[1.0, 11.0], [2.0, 12.0]])})
    site = xr.Dataset(
        {
            "cell": ("site", [0, 1, 1]),
            "temp_offset": ("site", [0.0, 1.0, 3.0]),
            "land_cover_fraction": (("site", "land_cover"), [[0.0], [0.3], [0.1]]),
        },
        {"land_cover": ["urban"]},
    )
    found = temp_of_people(Layers(site, weather, None, {}, None))
    assert found == pytest.approx([11 + 0.75 * 1 + 0.25 * 3, 12 + 0.75 * 1 + 0.25 * 3])


def test_every_assumption_has_its_source():
    section = Supply(scenarios=({"name": "a", "capacity_mw": {}, "year": 2040, "population": "high"},))
    table = demand_assumptions(section.model_dump())
    assert set(zip(table.year, table.population, strict=True)) == {(2025, "reference"), (2040, "high")}
    assert (table.source.str.len() > 5).all()
    energy = table[(table.year == 2025) & (table.quantity == "energy")]
    assert list(energy.sector) == list(SECTORS)
    assert energy.value.sum() == pytest.approx(229)


def test_a_demand_file_is_the_one_assumption(tmp_path):
    table = demand_assumptions(Supply(demand_file=tmp_path / "mine.csv").model_dump())
    assert len(table) == 1
    assert table.source[0].endswith("mine.csv")
