"""Plants behind dams keep water back in the plan: how much, where, and what it is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from greenzone.layers.catalogue import read_table
from greenzone.supply import Border, PlanModel, Source, System
from greenzone.supply.plan_dams import dams_in, dams_of, with_dams


def test_sarsang_holds_eighty_gigawatt_hours():
    """500 million m3 through (103 + 39) / 2 m at 0.825: 500e9 kg x 9.81 m/s2 x 71 m x 0.825 / 3.6e12 J = 79.8 GWh."""
    (sarsang,) = dams_of(read_table("reservoirs"))
    assert (sarsang.name, sarsang.district, sarsang.capacity_mw) == ("Sarsang", "Aghdara", 50.0)
    assert sarsang.energy_mwh / 1000 == pytest.approx(500e9 * 9.81 * 71 * 0.825 / 3.6e12, rel=1e-6)


def test_what_stands_is_split_and_nothing_is_lost():
    profile = np.array([0.2, 0.6, 0.4])
    stood = Source("hydro Aghdara standing", profile, 40e3, 0.0, 70.0, 70.0, carrier="hydro", place="Aghdara")
    dams = dams_of(read_table("reservoirs"))
    river, dam = with_dams(stood, dams_in(stood.place, stood.max_mw, dams))
    assert river.max_mw + dam.max_mw == 70 and river.store_hours == 0
    assert dam.min_mw == dam.max_mw == 50 and dam.peak == 0.6
    assert dam.store_hours == pytest.approx(79.8e3 / 50, rel=1e-3)


@pytest.mark.parametrize(("place", "capacity"), [("Lachin", 70.0), ("Aghdara", 40.0)])
def test_elsewhere_and_of_smaller_plants_nothing_changes(place, capacity):
    stood = Source("hydro standing", np.ones(3), 40e3, 0.0, capacity, capacity, carrier="hydro", place=place)
    dams = dams_of(read_table("reservoirs"))
    assert dams_in(stood.place, stood.max_mw, dams) == []
    assert with_dams(stood, []) == [stood]


def test_water_that_waits_saves_imports():
    """40 MW come in the first half, 20 MW are wanted always: all of it is met by a dam, half of it without."""
    hours = 48
    time = pd.date_range("2019-01-01", periods=hours, freq="h")
    profile = np.where(np.arange(hours) < hours // 2, 0.8, 0.0)
    stood = Source("hydro standing", profile, 40e3, 0.0, 50.0, 50.0, carrier="hydro", place="Aghdara")
    demand, border = np.full(hours, 20.0), [Border("outside", 100.0)]
    dry = PlanModel(System([stood], [], demand, time, border)).solve(0.0)
    kept = PlanModel(System(with_dams(stood, dams_of(read_table("reservoirs"))), [], demand, time, border)).solve(0.0)
    assert dry.imported_gwh == pytest.approx(20 * 8760 / 2 / 1000)
    assert kept.imported_gwh == pytest.approx(0.0, abs=1e-9)
    used = kept.hourly.used_mw.sum("source")
    assert float((used * kept.hourly.hours).sum()) <= 40 * 8760 / 2 + 1e-6  # no more than what came
