"""Laws of the clearness models and of the random field."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.layers.weather import clearness, solar
from greenzone.layers.weather.random_field import autoregressive, field, wave_numbers
from greenzone.layers.weather.temperature import through_the_day
from greenzone.layers.weather.wind import course, standardised, weibull_quantile

RATIO = np.linspace(0.2, 1.4, 33)[None, :, None].repeat(12, 0)  # evenly spread days


@given(st.floats(0.45, 0.9))
@settings(max_examples=30, deadline=None)
def test_daily_distribution_has_the_mean_it_is_given(mean: float) -> None:
    spread = clearness.DailyDistribution.of(RATIO, np.full((12, 1), mean), (0.15, 1.05), anchor=0.75, knee=15)
    ranks = (np.arange(5000) + 0.5)[:, None] / 5000
    days = spread.at(ranks, np.zeros(5000, int))
    assert days.mean() == pytest.approx(mean, abs=0.005)
    assert (np.diff(days[:, 0]) >= 0).all()
    assert days.min() >= 0.149
    assert days.max() <= 1.05


@given(st.floats(0.5, 0.95))
@settings(max_examples=30, deadline=None)
def test_months_add_up_to_the_year_and_keep_their_order(share: float) -> None:
    clear_sky = np.array([95, 118, 178, 212, 244, 243, 240, 214, 171, 134, 94, 81.0])[:, None]
    ratio = 1 + 0.4 * np.array([1, 0.9, 0.8, 0.6, 0.4, 0.2, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9])
    mean = clearness.monthly_clearness(ratio, clear_sky, share * clear_sky.sum(0))
    assert (mean * clear_sky).sum() == pytest.approx(share * clear_sky.sum(), rel=1e-6)
    assert mean[6] > mean[0]  # the month whose brightest days stand out least is the clearest


def test_hours_add_up_to_their_day() -> None:
    rng = np.random.default_rng(0)
    clear = np.maximum(np.sin(np.linspace(0, 2 * np.pi, 24, endpoint=False)), 0)[:, None] * np.full(2, 900.0)
    clear = np.tile(clear, (50, 1))
    daily = rng.uniform(0.2, 1.0, (50, 2))
    spread = clearness.hourly_spread(daily, 0.6, 1.05)
    hourly = clearness.hourly_irradiance(daily, clear, rng.standard_normal(clear.shape), spread)
    np.testing.assert_allclose(clearness.daily_sum(hourly), daily * clearness.daily_sum(clear), rtol=1e-9)
    assert hourly.min() >= 0
    assert (hourly[clear == 0] == 0).all()


def test_ranks_are_even_within_each_month() -> None:
    month = np.repeat(np.arange(12), 30)
    ranks = clearness.typical_ranks(np.random.default_rng(1).standard_normal((360, 3)), month)
    for each in range(12):
        np.testing.assert_allclose(np.sort(ranks[month == each], axis=0)[:, 0], (np.arange(30) + 0.5) / 30)


def test_harmonic_takes_the_yearly_wave_and_leaves_the_rest() -> None:
    angle = 2 * np.pi * (np.arange(12) + 0.5) / 12
    wave = 3 + 0.7 * np.cos(angle - 1.0)
    noisy = wave + 0.5 * np.cos(3 * angle)
    np.testing.assert_allclose(clearness.harmonic(noisy[:, None], angle)[:, 0], wave, atol=1e-12)


def test_sun_agrees_with_pvlib_at_any_place() -> None:
    times = pd.date_range("2023-03-01", periods=48, freq="h", tz="UTC")
    sun = solar.sun_path(times)
    for lat, lon in ((39.33, 47.05), (-33.0, -70.0), (65.0, 25.0)):
        zenith = pvlib.solarposition.get_solarposition(times, lat, lon)["zenith"].to_numpy()
        ours = solar.cos_zenith(sun, np.array([lat]), np.array([lon]))[:, 0]
        np.testing.assert_allclose(ours, np.cos(np.radians(zenith)), atol=1e-4)


def test_clear_sky_agrees_with_pvlib() -> None:
    times = pd.date_range("2023-06-21", periods=24, freq="h", tz="UTC")
    place = pvlib.location.Location(39.33, 47.05, altitude=1000)
    expected = place.get_clearsky(times, model="ineichen", linke_turbidity=3.0)
    sun = solar.sun_path(times)
    cos_z = solar.cos_zenith(sun, np.array([39.33]), np.array([47.05]))
    ours = solar.clear_sky(cos_z, sun.dni_extra, np.full((24, 1), 3.0), np.array([1000.0]))
    high = expected["ghi"].to_numpy() > 50  # near the horizon pvlib's refraction makes the difference
    np.testing.assert_allclose(ours.ghi[high, 0], expected["ghi"][high], rtol=0.01)
    np.testing.assert_allclose(ours.dni[high, 0], expected["dni"][high], rtol=0.02)


def test_series_persists_as_asked() -> None:
    series = autoregressive(np.random.default_rng(2), 20000, 2, 0.8)
    assert series.std() == pytest.approx(1, abs=0.05)
    assert np.corrcoef(series[1:, 0], series[:-1, 0])[0, 1] == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("bearing", [0, 45, 90, 135])
def test_field_correlation_is_exponential_in_every_direction(bearing: float) -> None:
    towards = np.array([np.cos(np.radians(bearing)), np.sin(np.radians(bearing))])
    for distance in (10, 50, 100, 200):
        correlation = np.cos(wave_numbers(100.0) @ towards * distance).mean()
        assert correlation == pytest.approx(np.exp(-distance / 100), abs=0.1)


def test_field_is_standard_normal_and_local() -> None:
    lat, lon = np.array([39.0, 40.0, 39.0]), np.array([46.0, 47.0, 46.01])
    drawn = field(np.random.default_rng(3), 4000, lat, lon, 100.0, 0.5)
    np.testing.assert_allclose(drawn.std(0), 1, atol=0.06)
    assert np.corrcoef(drawn[:, 0], drawn[:, 2])[0, 1] > 0.95
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.5


@given(st.floats(1.3, 2.6), st.floats(1.0, 9.0))
@settings(max_examples=20, deadline=None)
def test_weibull_quantiles_have_their_mean(shape: float, mean: float) -> None:
    normal = standardised(np.random.default_rng(4).standard_normal((50000, 1)))
    speed = weibull_quantile(normal, np.array([mean]), np.array([shape]))
    assert speed.mean() == pytest.approx(mean, rel=0.02)
    assert speed.min() >= 0


def test_days_pass_into_each_other_and_keep_their_mean() -> None:
    daily = np.random.default_rng(5).standard_normal((40, 2))
    hourly = through_the_day(daily)
    assert hourly.shape == (960, 2)
    np.testing.assert_allclose(hourly.mean(0), daily.mean(0), atol=1e-12)
    assert np.abs(np.diff(hourly, axis=0)).max() <= np.abs(np.diff(daily, axis=0)).max() / 24 + 1e-12


def test_valleys_are_windiest_in_summer_and_ridges_in_winter() -> None:
    from greenzone.layers.weather.parameters import parameters

    angle = 2 * np.pi * (np.arange(8760) + 0.5) / 8760
    hours = np.tile(np.arange(24) + 0.5, 365)[:, None]
    relative = course(np.array([300.0, 3000.0]), angle, hours, parameters()).reshape(365, 24, 2).mean(1)
    july, january = relative[181:212].mean(0), relative[:31].mean(0)
    assert july[0] > 1 > january[0]
    assert january[1] > 1 > july[1]
    np.testing.assert_allclose(relative.mean(0), 1, atol=1e-6)
