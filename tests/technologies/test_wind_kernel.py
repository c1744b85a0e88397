"""Kernels against the exact model, at the table's knots, at cut-out, for every turbine; and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.simd import HAS_AVX512
from greenzone.technologies.wind import blocks, custom_turbine, kernel, model, storm_ramp, turbine, turbine_names
from greenzone.technologies.wind.assemble import hub_terms
from greenzone.technologies.wind.correction import density_terms
from greenzone.technologies.wind.curve import CornerTable, EdgeTable, LongTable, prepare_curve
from greenzone.technologies.wind.output import Terms

TABLES = sorted({False, HAS_AVX512})  # whether short
LARGEST_DEVIATION = 1e-4  # of nominal power, in air of 0.68 to 1.55 kg/m3


def plain_terms(sites, pressure):
    """Terms of sites at that pressure where weather is that of the hub and nothing is lost."""
    values = 1.0, -np.inf, 1.0, *density_terms(0.0, pressure)
    return Terms(*(np.full(sites, value, np.float32) for value in values))


def output(turbine_, speed, density, *, short=HAS_AVX512):
    """Kernel output at hub speeds and densities of any shape."""
    speed = np.atleast_2d(np.asarray(speed, dtype=np.float32))
    density = np.broadcast_to(np.asarray(density, dtype=float), speed.shape)
    # as warm or cold as it takes at sea level, and beyond 45 degC at a lower pressure
    kelvin = np.clip(model.STANDARD_PRESSURE / (model.GAS_CONSTANT * density), 203.0, 318.0)
    pressure = (density * model.GAS_CONSTANT * kelvin).astype(np.float32)
    terms = plain_terms(speed.shape[1], model.STANDARD_PRESSURE)
    weather = speed, (kelvin - model.KELVIN).astype(np.float32), pressure
    result = np.empty_like(speed)
    blocks.series(blocks.Hours(*weather, terms, prepare_curve(turbine_, short=short)), result)
    return result


def away_from_steps(turbine_, speed, density):
    """Whether a speed is more than 1e-3 m/s from where the exact output jumps (cut-in and cut-out)."""
    ends = model.density_corrected_speed(turbine_.wind_speed[[0, -1]], np.asarray(density)[..., None])
    return (np.abs(np.asarray(speed)[..., None] - ends) > 1e-3).all(-1)


@pytest.mark.parametrize("short", TABLES)
@pytest.mark.parametrize("name", turbine_names())
def test_every_turbine_as_the_exact_model(name, short):
    chosen = turbine(name)
    rng = np.random.default_rng(5)
    density = rng.uniform(0.71, 1.49, (64, 700))
    knots = model.density_corrected_speed(rng.choice(chosen.wind_speed, (64, 300)), density[:, :300])
    speed = np.concatenate([knots, rng.uniform(0, 36, (64, 400))], axis=1).astype(np.float32)
    expected = model.density_corrected_output(speed, density, chosen.wind_speed, chosen.output)
    sure = away_from_steps(chosen, speed, density)
    assert sure.mean() > 0.9
    assert np.abs(output(chosen, speed, density, short=short) - expected)[sure].max() < LARGEST_DEVIATION


@pytest.mark.parametrize("short", TABLES)
@pytest.mark.parametrize("name", turbine_names())
def test_cut_out_is_a_step(name, short):
    chosen = turbine(name)
    density = np.linspace(0.71, 1.49, 40)
    last = model.density_corrected_speed(chosen.cut_out_speed, density)
    at_end = chosen.output[-1]
    assert output(chosen, last - 1e-3, density, short=short) == pytest.approx(np.full((1, 40), at_end), abs=1e-3)
    assert (output(chosen, last + 1e-3, density, short=short) == 0).all()


@pytest.mark.parametrize(
    ("speeds", "powers"),
    [
        ([3.0, 5.0, 7.0, 8.0, 9.5, 11.0], [0, 200, 600, 900, 1000, 1000]),  # ends inside the zone of the correction
        ([4.0, 5.0, 6.0], [300, 400, 500]),  # ends below it, starts above zero
        ([0.0, 9.0, 30.0], [0, 1000, 0]),  # two long pieces across it
        ([8.0, 10.3, 14.7, 15.0, 40.0], [10, 700, 1000, 900, 900]),  # starts inside it, falls and stays
        ([0.0, 6.9, 7.1, 12.4, 12.6, 25.0], [0, 300, 310, 990, 1000, 1000]),  # knots beside its ends
    ],
)
def test_curves_of_any_shape(speeds, powers):
    mine = custom_turbine("mine", speeds, powers, 1000.0)
    rng = np.random.default_rng(6)
    density, speed = rng.uniform(0.71, 1.49, (40, 500)), rng.uniform(0, 45, (40, 500)).astype(np.float32)
    sure = away_from_steps(mine, speed, density)
    expected = model.density_corrected_output(speed, density, mine.wind_speed, mine.output)
    assert np.abs(output(mine, speed, density) - expected)[sure].max() < 3e-4


def made_curve(rng):
    """A turbine of a made-up curve with corners at whole or half m/s, some left out, flat or falling at its end."""
    step = rng.choice([0.5, 1.0])
    count = rng.integers(8, 28)
    speeds = step * (rng.integers(0, 6 / step) + np.arange(count))
    powers = np.minimum(np.cumsum(rng.uniform(0, 0.38 * step, count)), rng.uniform(0.5, 1.0))
    powers -= powers[0] * (rng.random() < 0.7)
    powers[-1] *= rng.choice([0.0, 0.7, 1.0], p=[0.1, 0.1, 0.8])
    kept = rng.random(count) < rng.choice([0.8, 1.0])
    kept[[0, -2, -1]] = True
    return custom_turbine("made", speeds[kept], powers[kept] / powers.max() * 1e6, 1e6)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32 - 1))
def test_made_up_curves(seed):
    rng = np.random.default_rng(seed)
    made = made_curve(rng)
    density = rng.uniform(0.71, 1.49, (8, 600))
    corners = model.density_corrected_speed(rng.choice(made.wind_speed, (8, 300)), density[:, :300])
    others = rng.uniform(0, made.cut_out_speed * 1.3, (8, 300))
    speed = np.concatenate([corners * (1 + 1e-3 * rng.standard_normal((8, 300))), others], axis=1).astype(np.float32)
    result = output(made, speed, density)
    assert (result >= 0).all()
    assert (result <= np.float32(made.output.max())).all()
    expected = model.density_corrected_output(speed, density, made.wind_speed, made.output)
    sure = away_from_steps(made, speed, density)
    largest = 3 * LARGEST_DEVIATION if isinstance(prepare_curve(made).table, LongTable) else LARGEST_DEVIATION
    steepest = np.abs(np.diff(made.output) / np.diff(made.wind_speed)).max()
    assert np.abs(result - expected)[sure].max() < largest * max(1.0, 4 * steepest)


def test_error_outside_the_usual_densities_stays_small():
    # 0.6 kg/m3: 5,500 m and 20 degC; 1.75: -70 degC at sea level
    chosen = turbine("E-126/4200")
    speed = np.linspace(0, 24, 500, dtype=np.float32)
    for density in (0.6, 1.75):
        expected = model.density_corrected_output(speed, density, chosen.wind_speed, chosen.output)
        assert np.abs(output(chosen, speed, density) - expected).max() < 5e-3


def test_storm_ramp_passes_through_the_kernel():
    ramped = storm_ramp(turbine("E-126/4200"), 22.0, 34.0)
    assert output(ramped, [28.0, 34.5], 1.225)[0] == pytest.approx([0.5, 0.0], abs=0.5 / 2**15)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(0, 45, width=32), min_size=1, max_size=600),
    st.floats(0.6, 1.7),
    st.sampled_from(turbine_names()),
)
def test_output_lies_between_zero_and_the_highest_of_the_curve(speeds, density, name):
    chosen = turbine(name)
    result = output(chosen, speeds, density)
    assert (result >= 0).all()
    assert (result <= np.float32(chosen.output.max())).all()


@pytest.mark.parametrize("name", turbine_names())
def test_output_keeps_its_limits_near_corners(name):
    chosen = turbine(name)
    density = np.linspace(0.6, 1.7, 200)[:, None]
    near = np.linspace(-2e-3, 2e-3, 21)
    speed = model.density_corrected_speed(chosen.wind_speed, density)[..., None] * (1 + near)
    result = output(chosen, speed.reshape(200, -1), density)
    assert (result >= 0).all()
    assert (result <= np.float32(chosen.output.max())).all()


@settings(deadline=None, max_examples=60)
@given(st.floats(0.6, 1.7), st.floats(0, 11), st.floats(0, 11))
def test_output_rises_with_speed_below_rated(density, one, other):
    slow, fast = sorted((one, other))
    result = output(turbine("V126/3300"), [slow, fast], density)[0]
    assert result[0] <= result[1] + 1e-6


@pytest.mark.parametrize("short", TABLES)
def test_nan_stays_where_it_is(short):
    chosen = turbine("V126/3300")
    rng = np.random.default_rng(7)
    speed = rng.uniform(0, 30, (3, 700)).astype(np.float32)
    density = rng.uniform(0.8, 1.3, (3, 700))
    # rows of 700 end amid the lanes
    clean = output(chosen, speed, density, short=short)
    holes = rng.random((3, 700)) < 0.01
    speed[holes] = np.where(rng.random(holes.sum()) < 0.5, np.nan, -np.float32(np.nan))
    result = output(chosen, speed, density, short=short)
    assert np.isnan(result[holes]).all()
    assert (result[~holes] == clean[~holes]).all()
    density[1, 5] = np.nan
    assert np.isnan(output(chosen, np.full((3, 700), 8.0), density, short=short)[1, 5])


def test_most_curves_fit_short_tables():
    long = [name for name in turbine_names() if isinstance(prepare_curve(turbine(name), short=True).table, LongTable)]
    assert long == ["ENO114/3500"]  # corners at 13.3 m/s
    assert isinstance(prepare_curve(turbine("V126/3300"), short=True).table, EdgeTable)  # corners each half m/s
    assert isinstance(prepare_curve(turbine("E-126/4200"), short=True).table, CornerTable)  # each m/s
    assert not isinstance(prepare_curve(storm_ramp(turbine("E-126/4200"), 22.0, 34.0), short=True).table, LongTable)


def weather(times=300, sites=530, seed=8):
    rng = np.random.default_rng(seed)
    wind = (rng.weibull(2, (times, sites)) * 7).astype(np.float32)
    return wind, rng.uniform(-25, 30, (times, sites)).astype(np.float32)


def work_of_hours(wind, temp, pressure=None, cold_stop=-20.0):
    sites = wind.shape[1]
    ground = model.standard_pressure(np.linspace(0, 4000, sites)) if pressure is None else model.STANDARD_PRESSURE
    terms = hub_terms(sites, 120.0, np.linspace(0.8, 1.4, sites), ground, 0.0, cold_stop, 0.9)
    streams = (wind, temp, pressure)
    return blocks.Hours(*streams, terms, prepare_curve(turbine("E-126/4200")))


def test_sums_are_those_of_the_series():
    wind, temp = weather()
    work = work_of_hours(wind, temp)
    full = np.empty_like(wind)
    blocks.series(work, full)
    bins = np.arange(300) % 24
    by_hour = np.stack([full[bins == hour].sum(0, dtype=float) for hour in range(24)])
    assert blocks.bin_sums(work, bins, 24) == pytest.approx(by_hour, rel=1e-12)
    group = np.arange(530) % 5 - 1
    weight = np.linspace(1, 2, 530)
    expected = np.stack([(full[:, group == g].astype(float) * weight[group == g]).sum(1) for g in range(4)])
    assert blocks.group_sums(work, group, weight, 4) == pytest.approx(expected, rel=1e-12)


def test_cells_give_what_their_sites_would():
    rng = np.random.default_rng(9)
    wind, temp = weather(times=700, sites=6)
    cell = rng.integers(0, 6, 150)
    offset, factor = rng.uniform(-6, 6, 150), rng.uniform(0.6, 1.5, 150)
    pressure = rng.uniform(65_000, 101_000, 150)
    curve = prepare_curve(turbine("V126/3300"))
    coarse = hub_terms(150, 117.0, factor, pressure, offset, -20.0, 0.85)
    cells = blocks.Cells(wind.T.copy(), temp.T.copy(), None, cell, coarse, curve)
    hours = blocks.Hours(wind[:, cell].copy("C"), temp[:, cell].copy("C"), None, coarse, curve)
    full, of_cells = np.empty((700, 150), np.float32), np.empty((700, 150), np.float32)
    blocks.series(hours, full)
    blocks.cell_series(cells, of_cells)
    assert of_cells == pytest.approx(full, abs=1e-6)
    assert blocks.cell_means(cells) == pytest.approx(full.mean(0, dtype=float), abs=1e-7)
    bins = np.arange(700) % 7
    assert blocks.cell_bin_sums(cells, bins, 7) == pytest.approx(blocks.bin_sums(hours, bins, 7), rel=1e-6)
    group, weight = rng.integers(-1, 3, 150), rng.uniform(1, 2, 150)
    assert blocks.cell_group_sums(cells, group, weight, 3) == pytest.approx(
        blocks.group_sums(hours, group, weight, 3), rel=1e-5, abs=1e-5
    )


def test_hourly_pressure_counts_as_that_of_the_site():
    wind, temp = weather(100, 40)
    constant = model.standard_pressure(np.linspace(0, 4000, 40))
    hourly = np.ascontiguousarray(np.broadcast_to(constant, (100, 40)), dtype=np.float32)
    one, other = np.empty_like(wind), np.empty_like(wind)
    blocks.series(work_of_hours(wind, temp), one)
    blocks.series(work_of_hours(wind, temp, hourly), other)
    assert other == pytest.approx(one, abs=2e-5)


def test_cold_stop():
    wind = np.full((1, 3), 12.0, np.float32)
    # the hub at 120 m is 0.78 K colder than the ground
    temp = np.array([[-19.0, -19.3, np.nan]], np.float32)
    result = np.empty_like(wind)
    blocks.series(work_of_hours(wind, temp), result)
    assert result[0, 0] > 0.5
    assert result[0, 1] == 0
    assert np.isnan(result[0, 2])


def test_results_do_not_depend_on_threads(monkeypatch):
    work = work_of_hours(*weather())
    bins = np.zeros(300, np.int64)
    many = blocks.bin_sums(work, bins, 1)
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 1)
    assert (blocks.bin_sums(work, bins, 1) == many).all()


def test_density_at_the_hub_is_that_of_the_model():
    # the kernels take density as pressure at the ground over temperature plus a constant
    for hub in (80.0, 117.0, 200.0):
        terms = hub_terms(1, hub, 1.0, 75_000.0)
        for temp in (-40.0, 0.0, 40.0):
            b = 1 + sum(term[0] * temp**power for power, term in enumerate(terms[3:]))
            density = model.STANDARD_DENSITY * b**3
            assert density == pytest.approx(model.density_at_hub(75_000.0, temp, hub), rel=1e-4)


@pytest.mark.parametrize("sites", [8192, 8201])
def test_large_series_as_its_small_parts(sites):
    hours = 2 * kernel.LARGE // sites
    rng = np.random.default_rng(8)
    wind = rng.uniform(0, 30, (hours, sites)).astype(np.float32)
    temp = rng.uniform(-20, 40, (hours, sites)).astype(np.float32)
    terms = plain_terms(sites, 95_000.0)
    curve = prepare_curve(turbine("V126/3300"))
    large, small = np.empty_like(wind), np.empty_like(wind)
    assert large.size > kernel.LARGE  # written past the caches
    kernel.series_of_hours(wind, temp, None, terms, curve, large)
    for hour in range(hours):
        part = slice(hour, hour + 1)
        kernel.series_of_hours(wind[part], temp[part], None, terms, curve, small[part])
    np.testing.assert_array_equal(large, small)
