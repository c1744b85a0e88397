"""Laws of the solar kernels: NaN, darkness, odd weather, clocks, cells, groups, threads, caches."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.technologies import solar
from greenzone.technologies.solar import position, reduce
from greenzone.technologies.solar.assemble import VARIABLES, Link, Place, job, without_skyline

_spec = importlib.util.spec_from_file_location(
    "solar_chain", Path(__file__).parents[1] / "reference" / "solar" / "chain.py"
)
chain = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(chain)

SOUTH = {"kind": "fixed", "tilt": 30.0, "azimuth": 180.0}


def hours(count: int = 96, sites: int = 3, start: str = "2019-06-20", seed: int = 1) -> xr.Dataset:
    """Days with sun, cloud and night on sites of Karabakh; values are drawn, not modelled."""
    random = np.random.default_rng(seed)
    times = pd.date_range(start, periods=count, freq="h")
    height = np.clip(np.cos((times.hour.to_numpy() + 47.0 / 15 - 12) / 12 * np.pi), 0, None)[:, None]
    draw = lambda low, high: random.uniform(low, high, (count, sites)).astype("float32")  # noqa: E731
    values = {
        "ghi": draw(100, 900) * height,
        "dni": draw(0, 900) * height,
        "dhi": draw(50, 300) * height,
        "temp_air": draw(-10, 40),
        "wind_speed": draw(0, 12),
    }
    return xr.Dataset(
        {name: (("time", "site"), value.astype("float32")) for name, value in values.items()},
        {
            "time": times,
            "site": np.arange(sites),
            "lat": ("site", np.linspace(38.8, 40.4, sites)),
            "lon": ("site", np.linspace(46, 48, sites)),
            "elevation": ("site", np.linspace(100, 3100, sites)),
        },
    )


@settings(deadline=None)
@given(st.sampled_from(VARIABLES), st.integers(0, 95), st.integers(0, 2))
def test_nan_in_nan_out_and_nowhere_else(name, t, i):
    """By day and by night, in the one value it was put."""
    weather = hours()
    weather[name][t, i] = np.nan
    unknown = np.isnan(solar.capacity_factor(weather, 30).values)
    assert unknown[t, i]
    assert unknown.sum() == 1


def test_nan_by_day_makes_the_mean_unknown():
    weather = hours()
    weather["wind_speed"][9, 1] = np.nan
    assert np.isnan(solar.mean_capacity_factor(weather, 30).values).tolist() == [False, True, False]


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 90), st.floats(0, 360), st.integers(0, 10_000))
def test_capacity_factors_lie_between_0_and_1(tilt, azimuth, seed):
    values = solar.capacity_factor(hours(48, seed=seed), tilt, azimuth, dc_ac_ratio=2.5).values
    assert values.dtype == np.float32
    assert values.min() >= 0.0
    assert values.max() <= 1.0


@pytest.mark.parametrize(("low", "high"), [(-20.0, 0.0), (0.0, 1800.0), (-20.0, 1800.0)])
def test_odd_irradiance_is_treated_as_pvlib_does(low, high):
    """Negative offsets of instruments, and cloud enhancement above 1,500 W/m2."""
    random = np.random.default_rng(3)
    weather = hours(240)
    for name in ("ghi", "dni", "dhi"):
        weather[name].values[:] = random.uniform(low, high, weather[name].shape) * (weather["ghi"].values > 0)
    ours = solar.capacity_factor(weather, 30, 180).values
    theirs = np.stack([chain.chain(weather.isel(site=i), SOUTH, {}) for i in range(3)], axis=1)
    assert np.abs(ours - theirs).max() <= 1e-4


@pytest.mark.parametrize(("day", "dni", "dhi"), [("2019-12-10", 0.0, 15.0), ("2019-06-10", 400.0, 100.0)])
def test_polar_night_and_polar_day(day, dni, dhi):
    """At 70 N the sun stays down from late November to mid January, with some twilight, and up from mid May to July."""
    weather = hours(240, start=day).assign_coords(lat=("site", np.full(3, 70.0)), lon=("site", np.full(3, 47.0)))
    seen_from = chain.pvlib.solarposition.get_solarposition(weather.indexes["time"], 70.0, 47.0)
    seen = (seen_from["elevation"].to_numpy() > -5.0)[:, None]
    for name, value in {"ghi": dni / 4 + dhi, "dni": dni, "dhi": dhi}.items():
        weather[name].values[:] = value * seen
    ours = solar.capacity_factor(weather, 30, 180).values
    theirs = np.stack([chain.chain(weather.isel(site=i), SOUTH, {}) for i in range(3)], axis=1)
    assert np.abs(ours - theirs).max() <= 1e-4
    assert ours[seen[:, 0]].min() > 0.005
    assert (ours[~seen[:, 0]] == 0).all()


def test_light_far_below_the_horizon_counts_as_dark():
    """Where the sun is more than half a step below the horizon, offsets of instruments make no power."""
    weather = hours(24, start="2019-12-20")
    for name in ("ghi", "dni", "dhi"):
        weather[name].values[:] = 200.0
    values = solar.capacity_factor(weather, 30).values
    assert (values[18:24] == 0).all()  # 21 to 3 o'clock local time
    assert (values[6:11] > 0.1).all()


def test_no_energy_is_lost_in_hours_called_dark(shared_data):
    """PVGIS-SARAH3 sees no light at Jabrayil in any hour whose middle the kernels take for dark."""
    table = pd.read_csv(shared_data / "pvgis_tmy_jabrayil.csv")
    times = pd.date_range("2018-01-01", periods=8760, freq="h")
    up = position.up_vectors(np.array([39.33]), np.array([47.05]))
    centres, dark = position.dark_limits(up, np.array([0]), 1.0)
    sun = position.sun(times)
    skipped = centres[0, 0] * sun.x + centres[1, 0] * sun.y + centres[2, 0] * sun.z < dark[0]
    assert 0.3 < skipped.mean() < 0.5
    assert table.loc[skipped, ["GHI", "DNI", "DHI"]].to_numpy().max() == 0


@pytest.mark.parametrize(("interval", "minutes"), [("start", 30), ("end", -30), ("mid", 0), ("instant", 0)])
def test_averages_are_taken_at_the_middle_of_their_interval(interval, minutes):
    """Half an hour of the stamps' meaning is half an hour of the sun."""
    weather = hours()
    stamped = solar.capacity_factor(weather.assign_attrs(interval=interval), 30, sky="isotropic")
    moved = weather.assign_coords(time=weather.indexes["time"] + pd.Timedelta(minutes=minutes))
    shifted = chain.chain(moved.isel(site=1), SOUTH, {"sky": "isotropic"})
    assert np.abs(stamped.values[:, 1] - shifted).max() <= 1e-4


@pytest.mark.parametrize("step", ["15min", "30min", "3h"])
def test_other_steps_than_an_hour(step):
    times = pd.date_range("2019-06-20", periods=96, freq=step)
    weather = hours().assign_coords(time=times)
    ours = solar.capacity_factor(weather, 30, 180).values
    theirs = np.stack([chain.chain(weather.isel(site=i), SOUTH, {}) for i in range(3)], axis=1)
    lit = chain.pvlib.solarposition.get_solarposition(times, 39.6, 47.0)["elevation"].to_numpy() > 0
    assert np.abs(ours - theirs)[lit].max() <= 1e-4


def test_flat_panels_under_an_isotropic_sky_see_the_horizontal_irradiance():
    """Without tilt the plane of the panel is the ground: poa = dni cos z + dhi, whatever the azimuth."""
    weather = hours()
    poa = solar.plane_of_array(weather, 0.0, 123.0, sky="isotropic")
    seen_from = chain.pvlib.solarposition.get_solarposition(weather.indexes["time"], 38.8, 46.0, altitude=100.0)
    beam = weather["dni"].values[:, 0] * np.cos(np.radians(seen_from["apparent_zenith"].to_numpy()))
    assert poa.values[:, 0] == pytest.approx(np.maximum(beam, 0) + weather["dhi"].values[:, 0], abs=0.02)


def test_mean_climatology_and_groups_are_sums_of_the_series():
    weather = hours(24 * 40)
    series = solar.capacity_factor(weather, 30).astype(float)
    np.testing.assert_allclose(solar.mean_capacity_factor(weather, 30), series.mean("time"), rtol=1e-6)
    monthly = solar.climatology(weather, 30, utc_offset=4.0)
    local = series.assign_coords(time=series.indexes["time"] + pd.Timedelta(hours=4))
    june = local.sel(time=local["time"].dt.month == 6).groupby("time.hour").mean()
    np.testing.assert_allclose(monthly.sel(month=6), june, rtol=1e-6, atol=1e-9)
    assert np.isnan(monthly.sel(month=1)).all()
    weights = np.array([1.0, 2.0, 3.0])
    grouped = solar.grouped_capacity_factor(weather, ["south", "north", "south"], weights, 30)
    expected = (series[:, 0] * 1.0 + series[:, 2] * 3.0) / 4.0
    np.testing.assert_allclose(grouped.sel(group="south"), expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(grouped.sel(group="north"), series[:, 1], rtol=1e-6, atol=1e-9)


def test_coarse_weather_equals_weather_spread_over_the_sites():
    """Cells with each site's adjustments give what the same numbers give as one column per site."""
    random = np.random.default_rng(5)
    cells, sites = hours(72, sites=4), 5000
    cell = np.sort(random.integers(0, 4, sites))
    link = Link(cell, random.uniform(0.8, 1.2, sites), random.uniform(-8, 3, sites))
    place = Place(random.uniform(38.8, 40.4, sites), random.uniform(46, 48, sites), random.uniform(0, 3000, sites))
    mount, system = solar.FixedTilt(random.uniform(0, 60, sites), np.full(sites, 180.0)), solar.System()
    coarse = reduce.series(job(cells, place, mount, system, link))
    spread = cells.isel(site=cell)
    factor, offset = link.ghi_factor.astype("float32"), link.temp_offset.astype("float32")
    spread = spread.assign({name: spread[name] * factor for name in ("ghi", "dni", "dhi")})
    spread = spread.assign(temp_air=spread["temp_air"] + offset)
    fine = reduce.series(job(spread, place, mount, system))
    np.testing.assert_allclose(coarse, fine, atol=2e-6)


def test_one_thread_gives_the_same_bytes_and_needs_no_cache_folder(tmp_path):
    """A folder that cannot be written and a single thread: the result does not change by a bit."""
    script = (
        "import json, numpy as np, runpy;"
        f"tests = runpy.run_path({__file__!r});"
        "from greenzone.technologies import solar;"
        "from greenzone.technologies.solar import reduce;"
        "w = tests['hours'](24 * 9);"
        "levels = reduce.Levels(np.arange(90) % 2, np.ones(90), [0.1]);"
        "means, sums = reduce.levelled(tests['mountains'](90)[0], levels);"
        "values = [solar.mean_capacity_factor(w, 30).values, solar.capacity_factor(w, 30).values, means];"
        "values += [sums[key] for key in sorted(sums)];"
        "print(json.dumps([value.tobytes().hex() for value in values]))"
    )
    locked = tmp_path / "locked"
    locked.write_text("a file where the cache folder should be")
    outputs = []
    for threads, cache in (("1", str(locked / "cache")), ("2", str(tmp_path / "cache"))):
        environment = os.environ | {"NUMBA_NUM_THREADS": threads, "NUMBA_CACHE_DIR": cache}
        ran = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        outputs.append(json.loads(ran.stdout))
    assert outputs[0] == outputs[1]
    assert any((tmp_path / "cache").rglob("*.nbc"))


def mountains(sites: int = 300):
    """Two cells of sites under skylines of 0 to 40 degrees, one of them in unknown weather: a job and its series."""
    random = np.random.default_rng(7)
    cells = hours(24 * 20, sites=3)
    cells["temp_air"][:, 2] = np.nan
    cell = np.sort(random.integers(0, 3, sites))
    lat, lon = cells["lat"].values[cell], cells["lon"].values[cell]
    near = random.uniform(-0.1, 0.1, (2, sites))
    place = Place(lat + near[0], lon + near[1], random.uniform(0, 3000, sites), random.uniform(0, 40, (32, sites)))
    link = Link(cell, random.uniform(0.8, 1.2, sites), random.uniform(-8, 3, sites))
    work = job(cells, place, solar.FixedTilt(30.0, 180.0), solar.System(), link)
    return work, reduce.series(work).astype(float)


def test_a_tile_is_only_surveyed_when_its_skyline_can_matter():
    """Limits that no sun passes make the kernel look at every site in every hour: the same to the last bit."""
    work, values = mountains()
    up = work.tiles.x[:, None] * work.sun.x + work.tiles.y[:, None] * work.sun.y + work.tiles.z[:, None] * work.sun.z
    assert 0.1 < (up > work.tiles.clear[:, None]).mean() < 0.5
    assert (up < work.tiles.shut[:, None]).mean() > 0.3
    never = np.full(work.tiles.x.size, 2.0, np.float32)
    watchful = work._replace(tiles=work.tiles._replace(clear=never, shut=-never))
    np.testing.assert_array_equal(reduce.series(watchful), values.astype(np.float32))
    open_ground = reduce.series(without_skyline(work))
    assert (values <= open_ground + 1e-6)[np.isfinite(values)].all()
    assert np.nanmean(values) < 0.95 * np.nanmean(open_ground)


def test_tiles_without_a_skyline_of_their_own_are_never_skipped():
    """NaN in a skyline gives limits that no sun passes."""
    up = position.up_vectors(np.array([39.0, 40.0]), np.array([46.0, 47.0]))
    shut, clear = position.skyline_limits(up, np.array([0, 1]), up, np.array([[10.0, np.nan]]))
    assert shut[0] == pytest.approx(np.sin(np.radians(10.0)) - position.LIFT - 1e-4)
    assert clear[0] == pytest.approx(np.sin(np.radians(10.0)) + 1e-4)
    assert (shut[1], clear[1]) == (-2.0, 2.0)


@pytest.mark.parametrize("room", [10**7, 1])
def test_levels_are_means_and_sums_of_the_series(monkeypatch, room):
    """In wide tiles and in the narrowest; a site of unknown weather or without weight is in no group."""
    monkeypatch.setattr(reduce, "ROOM", room)
    work, values = mountains()
    random = np.random.default_rng(8)
    stratum, weight = random.integers(0, 2, 300), random.uniform(0, 2, 300) * (random.random(300) < 0.8)
    bounds = np.nanquantile(values.mean(axis=0), [0.3, 0.6])
    means, sums = reduce.levelled(work, reduce.Levels(stratum, weight, bounds.tolist()))
    lit = np.nan_to_num(values)  # the dark counts as zero, whatever the weather
    known = np.isfinite(means)
    assert (known == np.isfinite(values).any(axis=0)).all()
    np.testing.assert_allclose(means[known], lit.mean(axis=0)[known], rtol=1e-6)
    level = np.searchsorted(bounds, means, side="right")
    for (district, kind), total in sums.items():
        members = known & (stratum == district) & (level == kind)
        np.testing.assert_allclose(total, lit[:, members] @ weight[members], rtol=1e-6, atol=1e-9)
    whole = lit[:, known] @ weight[known]
    np.testing.assert_allclose(sum(sums.values()), whole, rtol=1e-6, atol=1e-9)
