"""Sources that store their fuel: burnt when it is wanted, no more than has arrived, and PyPSA agrees."""

import numpy as np
import pandas as pd
import pytest

from greenzone.errors import GreenzoneError
from greenzone.supply import Border, PlanModel, Source, System, to_pypsa

HOURS = 24 * 10
TIME = pd.date_range("2019-01-01", periods=HOURS, freq="h")
NIGHT = (np.arange(HOURS) % 24 < 12).astype(float)


def system(store_hours, max_mw=10.0, demand=10 * NIGHT, price=500.0, **options):
    plant = Source(
        "plant", np.full(HOURS, 0.5), 100e3, 20.0, max_mw, carrier="bioenergy", store_hours=store_hours, **options
    )
    return System([plant], [], demand, TIME, [Border("outside", price)])


def test_a_store_of_half_a_day_carries_the_fuel_of_the_day_into_the_night():
    """10 MW for 12 h need 120 MWh; the fuel of 10 MW at 0.5 is 120 MWh a day, and 10 MW x 12 h wait in the store."""
    plan = PlanModel(system(12.0)).solve(1.0)
    assert plan.capacity_mw["plant"] == pytest.approx(10.0)
    assert plan.hourly.used_mw.to_numpy()[0] == pytest.approx(10 * NIGHT)
    energy = 10 * 12 * 365.0
    assert plan.cost == pytest.approx(10 * 100e3 + 20 * energy)


def test_a_small_store_carries_only_what_fits():
    """The day's fuel of 5 MW fills 2 h of 10 MW: the night has 12 h of 5 MW and those 20 MWh."""
    plan = PlanModel(system(2.0)).solve(0.0)
    served = float(plan.hourly.used_mw.to_numpy()[0][:24].sum())
    assert served == pytest.approx(12 * 5 + 20)


def test_no_more_is_burnt_than_arrives_and_no_more_given_than_the_peak():
    plan = PlanModel(system(240.0, demand=np.full(HOURS, 8.0), peak=0.9)).solve(0.0)
    used = plan.hourly.used_mw.to_numpy()[0]
    assert used.mean() == pytest.approx(5.0, rel=1e-6)  # all fuel that arrives, 10 MW at 0.5
    assert used.max() <= 0.9 * plan.capacity_mw["plant"] + 1e-6
    assert plan.capacity_mw["plant"] == pytest.approx(5.0 / 0.9)  # a smaller plant burns the fuel of all at its peak


@pytest.mark.parametrize("store_hours", [2.0, 12.0, 720.0])
def test_pypsa_agrees(store_hours):
    pytest.importorskip("pypsa")
    rng = np.random.default_rng(0)
    base = system(store_hours, demand=rng.uniform(2, 12, HOURS), price=90.0, peak=0.95)
    sun = Source("solar", np.clip(np.sin(np.arange(HOURS) / 12 * np.pi), 0, None), 60e3)
    made = System([*base.sources, sun], [], base.demand_mw, TIME, base.borders)
    network = to_pypsa(PlanModel(made), 0.7)
    network.optimize(solver_name="highs", solver_options={"output_flag": False}, include_objective_constant=False)
    assert network.objective == pytest.approx(PlanModel(made).solve(0.7).cost, rel=1e-6)


def test_fuel_without_a_limit_is_refused():
    with pytest.raises(GreenzoneError, match="plant stores fuel: it needs a limit in MW"):
        PlanModel(system(12.0, max_mw=np.inf))
