"""Demand: energy is kept, shapes are as stated, bad files are named."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.supply import DemandShape, read_demand, shaped_demand

YEAR = pd.date_range("2019-01-01", periods=8760, freq="h")


@given(annual=st.floats(0, 1e4), year=st.integers(1990, 2050), offset=st.integers(-12, 14))
def test_every_calendar_year_sums_to_the_annual_energy(annual, year, offset):
    time = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left")
    demand = shaped_demand(time, annual, DemandShape(utc_offset_hours=offset))
    assert demand.sum() / 1000 == pytest.approx(annual, rel=1e-12)


def test_a_winter_week_is_above_the_mean():
    week = pd.date_range("2019-01-10", periods=168, freq="h")
    assert shaped_demand(week, 8.76, DemandShape()).mean() == pytest.approx(1.20 / np.average(
        DemandShape().months, weights=[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    ))  # fmt: skip


def test_evening_peak_comes_in_local_time():
    day = pd.date_range("2019-03-05", periods=24, freq="h")
    demand = shaped_demand(day, 100.0, DemandShape())
    assert int(day[demand.argmax()].hour) == 19 - 4  # 19 h local is 15 h UTC


def write(path, time, demand, name="demand_mw"):
    pd.DataFrame({"time": time, name: demand}).to_csv(path, index=False)
    return path


def test_file_on_the_times_of_the_profiles_is_taken_as_it_is(tmp_path):
    values = np.random.default_rng(0).uniform(10, 50, 8760)
    assert read_demand(write(tmp_path / "d.csv", YEAR, values), YEAR) == pytest.approx(values, abs=1e-12)


def test_file_of_another_year_is_repeated_by_its_order(tmp_path):
    path = write(tmp_path / "d.csv", YEAR, np.arange(8760.0))
    leap = pd.date_range("2020-01-01", "2021-01-01", freq="h", inclusive="left")
    demand = read_demand(path, leap)
    assert demand[0] == 0 and demand[-1] == 8759
    february = demand[(leap.month == 2) & (leap.day >= 28)]
    assert (february[:24] == february[24:]).all()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f.rename(columns={"demand_mw": "demand_gwh"}), "no column 'demand_mw'"),
        (lambda f: f.drop(index=100), "gap after 2019-01-05 03:00:00"),
        (lambda f: f.assign(demand_mw=f.demand_mw.where(f.index != 5)), "2019-01-01 05:00:00 is nan"),
        (lambda f: f.assign(demand_mw=f.demand_mw - 2), "is -1.0: it must be 0 or more, in MW"),
        (lambda f: f.iloc[:100], "has 100 hours, neither"),
        (lambda f: f.iloc[::-1], "times must rise"),
        (lambda f: f.assign(time="yesterday-ish"), "d.csv: "),
    ],
)
def test_spoilt_files_are_refused(tmp_path, spoil, message):
    frame = spoil(pd.DataFrame({"time": YEAR.astype(str), "demand_mw": 1.0}))
    frame.to_csv(tmp_path / "d.csv", index=False)
    with pytest.raises(GreenzoneError, match=message):
        read_demand(tmp_path / "d.csv", YEAR)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(GreenzoneError, match=r"none\.csv: no such demand file"):
        read_demand(tmp_path / "none.csv", YEAR)
