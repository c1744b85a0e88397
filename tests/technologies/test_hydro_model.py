"""Hydraulics, flow-duration curves and energy: published numbers, laws, errors."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.errors import GreenzoneError
from greenzone.technologies import hydro
from greenzone.technologies.hydro import kernel, model, turbine

flows = st.lists(st.floats(0.0, 500.0), min_size=12, max_size=12).map(np.array)
TARTAR = 22.14 * np.array([0.5, 0.5, 0.7, 1.4, 1.8, 1.7, 1.3, 1.0, 0.9, 0.8, 0.8, 0.6])


def test_power_of_the_textbook_case():
    """10 m3/s over 50 m at 0.7 (design figure of the project, = 1000 · 9.81 · 10 · 50 · 0.7 W)."""
    assert model.power(10.0, 50.0, 0.7) == pytest.approx(3433.5)


def test_sarsang_follows_from_two_units_of_30_m3s_and_103_m():
    """50 MW published (press); they imply 0.825 in all; the curves may claim a little more for new machines."""
    assert model.power(60.0, 103.0, 0.825) / 1000 == pytest.approx(50.0, rel=0.01)
    assert model.diversion_power(60.0, 103.0, 150.0, "francis", units=2) / 1000 == pytest.approx(50.0, rel=0.1)


def test_diversion_of_2_m3s_and_250_m_gives_4_mw():
    """HydroGenerate's diversion example: 2 m3/s, 250 m gross, 1000 m of pipe, Pelton: about 4.0 MW."""
    assert model.diversion_power(2.0, 250.0, 1000.0, "pelton") / 1000 == pytest.approx(4.0, rel=0.02)


def test_penstock_loses_about_four_percent():
    """The ESHA guide's diameter is made for a loss of 4 % of the head."""
    for flow, head, length in [(0.5, 80.0, 300.0), (2.0, 250.0, 1000.0), (20.0, 100.0, 400.0)]:
        diameter = model.penstock_diameter(flow, head, length)
        assert 0.025 < model.friction_loss(flow, diameter, length, 5e-5) / head < 0.05


@settings(deadline=None)
@given(st.floats(5e3, 1e8), st.floats(1e-6, 1e-2))
def test_friction_agrees_with_colebrook(reynolds, relative):
    """Swamee and Jain (1976): within 3 % of the Colebrook-White equation for these ranges (1 to 3 % claimed)."""
    diameter = 1.0
    velocity = reynolds * model.VISCOSITY / diameter
    flow = velocity * np.pi / 4
    factor = model.friction_loss(flow, diameter, 1.0, relative) / (velocity**2 / 2 / model.GRAVITY)
    exact = 0.02
    for _ in range(100):
        exact = (-2 * np.log10(relative / 3.7 + 2.51 / (reynolds * np.sqrt(exact)))) ** -2
    assert factor == pytest.approx(exact, rel=0.035)


def test_still_water_loses_nothing():
    assert model.friction_loss(0.0, 1.0, 1000.0, 5e-5) == 0.0


@settings(deadline=None)
@given(flows, st.floats(0.0, 1.2))
def test_daily_flows_keep_every_month(monthly, variability):
    np.testing.assert_allclose(model.daily_flows(monthly, variability).mean(axis=-1), monthly, rtol=1e-9)


@settings(deadline=None)
@given(flows, st.floats(0.0, 1.2))
def test_flow_duration_curve_falls(monthly, variability):
    curve = model.flow_duration_curve(monthly, np.linspace(0, 1, 21), variability)
    assert np.all(np.diff(curve) <= 1e-9)


def test_flow_duration_curve_of_a_steady_river_is_flat():
    np.testing.assert_allclose(model.flow_duration_curve(np.full(12, 7.0), [0.0, 0.3, 1.0], 0.0), 7.0)


def test_flow_duration_curve_of_two_seasons():
    """Half the year at 1, half at 3 m3/s: 3 is passed less than half of the year, 1 always."""
    curve = model.flow_duration_curve(np.repeat([1.0, 3.0], 6), [0.25, 0.75], 0.0)
    np.testing.assert_allclose(curve, [3.0, 1.0])


@pytest.mark.parametrize(
    ("monthly", "exceedance", "text"),
    [(np.full(11, 1.0), 0.3, "12 values"), (-np.ones(12), 0.3, "negative"), (np.ones(12), 1.5, "between 0 and 1")],
)
def test_flow_duration_curve_names_bad_input(monthly, exceedance, text):
    with pytest.raises(GreenzoneError, match=text):
        model.flow_duration_curve(monthly, exceedance)


@settings(deadline=None)
@given(st.floats(0.0, 10.0), st.floats(0.0, 10.0))
def test_more_left_in_the_river_never_gives_more(first, second):
    flow = model.daily_flows(TARTAR, 0.45).ravel()
    less, more = sorted([first, second])
    energies = [model.plant_energy(flow, kept, 20.0, 100.0, 95.0, "francis", 2) for kept in (less, more)]
    assert energies[1] <= energies[0] + 1e-9


@settings(deadline=None)
@given(st.floats(1.0, 60.0), st.sampled_from(turbine.TYPES), st.integers(1, 4))
def test_energy_lies_between_nothing_and_full_load(design, kind, units):
    energy = model.plant_energy(model.daily_flows(TARTAR, 0.45).ravel(), 4.0, design, 60.0, 57.0, kind, units)
    assert 0 <= energy <= model.power(design, 60.0, turbine.BEST) * model.HOURS / 1e6


@settings(deadline=None)
@given(st.floats(1.0, 60.0), st.integers(0, 5), st.integers(1, 4))
def test_compiled_power_equals_the_model(design, kind, units):
    river = model.daily_flows(TARTAR, 0.45)
    used = model.available_flow(river, 4.0, np.inf)
    parts = (np.array([design]), np.array([60.0]), np.array([57.0]), np.array([kind]))
    kw = np.zeros((1, 12))
    kernel.monthly_power(used[None], np.array([0]), *parts, np.array([units]), kw, 0, 1)
    energy = model.plant_energy(river.ravel(), 4.0, design, 60.0, 57.0, turbine.TYPES[kind], units)
    assert kw.mean() * model.HOURS / 1e6 == pytest.approx(float(energy), rel=1e-6)


def test_xarray_keeps_labels_and_units():
    flow = xr.DataArray([1.0, 2.0], dims="plant", coords={"plant": ["a", "b"]})
    head = xr.DataArray([50.0, 100.0, 150.0], dims="head")
    power = hydro.power(flow, head, efficiency=0.7)
    assert power.dims == ("plant", "head") and power.attrs["units"] == "kW"
    assert float(power.sel(plant="b")[0]) == pytest.approx(686.7)
    river = xr.DataArray(np.tile(TARTAR, (2, 1)), dims=("river", "month"), coords={"river": ["x", "y"]})
    curve = hydro.flow_duration_curve(river, [0.3, 0.9])
    assert curve.dims == ("river", "exceedance") and curve.attrs["units"] == "m3 s-1"
    assert curve.sel(exceedance=0.3, river="x") == pytest.approx(model.flow_duration_curve(TARTAR, 0.3)[0])
    efficiency = hydro.turbine_efficiency("pelton", xr.DataArray([0.5, 1.0], dims="load"), 2.0, 250.0)
    assert efficiency.dims == ("load",) and efficiency.attrs["units"] == "1"


def test_what_cannot_be_is_no_number():
    """Python's own floats would raise ZeroDivisionError, or make a complex diameter of a negative head."""
    assert np.isnan(hydro.penstock_diameter(1.0, -5.0, 100.0))
    assert np.isinf(hydro.penstock_diameter(1.0, 0.0, 100.0))
    assert np.isnan(hydro.friction_loss(0.0, 0.0, 10.0, 5e-5))
    assert hydro.power([10.0, np.nan], 50.0, 0.7) == pytest.approx([3433.5, np.nan], nan_ok=True)
    assert hydro.flow_duration_curve(np.zeros((0, 12)), [0.3, 0.5]).shape == (0, 2)


def test_a_plant_without_units_is_refused():
    with pytest.raises(GreenzoneError, match="a plant of 0 units gives nothing"):
        hydro.turbine_efficiency("kaplan", 0.5, 10.0, 10.0, 0)
