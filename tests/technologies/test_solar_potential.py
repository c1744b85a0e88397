"""What the zone can hold of solar: the schema, sums and laws, on a small made-up world."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone import schema
from greenzone.technologies import solar
from greenzone.technologies.solar.potential import with_variant

_spec = importlib.util.spec_from_file_location(
    "solar_chain", Path(__file__).parents[1] / "reference" / "solar" / "chain.py"
)
chain = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(chain)
YEARS = [chain.hourly_year(39.3, 46.9, 500.0, seed=1), chain.hourly_year(40.1, 46.0, 2000.0, seed=2)]
CELLS = xr.concat([year.drop_vars("site") for year in YEARS], "site", coords="minimal").rename(site="cell")
SITES = 60


def world(seed: int = 0) -> tuple[xr.Dataset, SimpleNamespace]:
    """Sixty square kilometres of three districts in two weather cells; layers hold what solar asks for."""
    random = np.random.default_rng(seed)
    cell = random.integers(0, 2, SITES)
    sites = {
        "lat": CELLS["lat"].values[cell] + random.uniform(-0.1, 0.1, SITES),
        "lon": CELLS["lon"].values[cell] + random.uniform(-0.1, 0.1, SITES),
        "area_km2": random.uniform(0.3, 1.0, SITES),
        "eligible_fraction": random.uniform(0, 1, SITES) * (random.random(SITES) < 0.7),
        "district": random.choice(["Fuzuli", "Jabrayil", "Kalbajar"], SITES),
    }
    layers = {
        "elevation": random.uniform(100, 3000, SITES),
        "cell": cell,
        "ghi_factor": random.uniform(0.9, 1.1, SITES),
        "temp_offset": random.uniform(-8, 3, SITES),
    }
    names = {"site": [f"s{i}" for i in range(SITES)]}
    dataset = xr.Dataset({name: ("site", value) for name, value in sites.items()}, names)
    return dataset, SimpleNamespace(
        site=xr.Dataset({name: ("site", value) for name, value in layers.items()}, names), weather=CELLS
    )


def estimate(sites: xr.Dataset, layers: SimpleNamespace, **options) -> schema.Potential:
    return solar.estimate(sites, layers, solar.Options(**options))


@pytest.fixture(scope="module")
def potential() -> schema.Potential:
    return estimate(*world())


def test_schema(potential):
    schema.check(potential.sites, schema.POTENTIAL)
    schema.check(potential.profiles, schema.PROFILES)
    assert potential.profiles["capacity_factor"].dims == ("group", "time")
    assert potential.technology == "solar"


def test_ladder_goes_down(potential):
    sites = potential.sites
    assert (sites["geographic_gwh"] <= sites["theoretical_gwh"]).all()
    assert (sites["energy_gwh"] <= sites["geographic_gwh"] + 1e-12).all()
    assert sites["capacity_factor"].min() > 0.05
    assert sites["capacity_factor"].max() < 1


def test_theoretical_energy_is_irradiation_times_area():
    """1,612 kWh/m2 a year, PVGIS at Jabrayil, on one square kilometre are 1,612 GWh."""
    sites, layers = world()
    weather = layers.weather.copy(deep=True)
    weather["ghi"].values[:] = 1612.0e3 / 8760
    layers = SimpleNamespace(site=layers.site, weather=weather)
    ladder = estimate(sites, layers, tilt=30.0).sites
    expected = 1612.0 * sites["area_km2"] * layers.site["ghi_factor"]
    np.testing.assert_allclose(ladder["theoretical_gwh"], expected, rtol=1e-5)


def test_capacity_is_land_times_density():
    """Shafag's own figures: 240 MW on 8.02 km2, so a wholly used square kilometre holds 29.9 MW."""
    sites, layers = world()
    sites = sites.assign(eligible_fraction=xr.ones_like(sites["eligible_fraction"]))
    capacity = estimate(sites, layers, land_share=1.0, tilt=30.0).sites["capacity_mw"]
    np.testing.assert_allclose(capacity / sites["area_km2"], 240 / 8.02, rtol=2e-3)


def test_groups_hold_all_capacity_and_energy(potential):
    sites, profiles = potential.sites, potential.profiles
    built = sites["capacity_mw"] > 0
    assert ((sites["group"] >= 0) == built).all()
    assert float(profiles["capacity_mw"].sum()) == pytest.approx(float(sites["capacity_mw"].sum()), rel=1e-12)
    energy = (profiles["capacity_factor"].astype(float).mean("time") * profiles["capacity_mw"]).sum() * 8.760
    assert float(energy) == pytest.approx(float(sites["energy_gwh"].sum()), rel=1e-5)
    assert potential.totals["energy_gwh"] == pytest.approx(float(sites["energy_gwh"].sum()))


def test_group_of_a_site_is_its_district_and_class(potential):
    sites, _ = world()
    bounds = (0.0, *solar.Options().resource_classes, 1.0)
    for i in np.flatnonzero(potential.sites["group"] >= 0):
        group = int(potential.sites["group"][i])
        level = int(potential.profiles["resource_class"][group])
        assert str(potential.profiles["district"][group].item()) == str(sites["district"][i].item())
        assert bounds[level] <= float(potential.sites["capacity_factor"][i]) < bounds[level + 1]


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, SITES - 1), min_size=5, max_size=40, unique=True))
def test_a_site_is_what_it_is_whatever_else_is_in_view(kept):
    """With the tilt fixed, a site's yield and class do not depend on the others."""
    sites, layers = world()
    whole = estimate(sites, layers, tilt=32.0)
    part = estimate(sites.isel(site=kept), SimpleNamespace(site=layers.site.isel(site=kept), weather=CELLS), tilt=32.0)
    np.testing.assert_allclose(part.sites["capacity_factor"], whole.sites["capacity_factor"].isel(site=kept), rtol=1e-6)

    def level(potential: schema.Potential, index: np.ndarray) -> list[int]:
        group = potential.sites["group"].values[index]
        return [int(potential.profiles["resource_class"][g]) if g >= 0 else -1 for g in group]

    assert level(part, np.arange(len(kept))) == level(whole, np.array(kept))


def test_less_land_never_gives_more():
    sites, layers = world()
    half = sites.assign(eligible_fraction=sites["eligible_fraction"] * 0.5)
    assert (
        estimate(half, layers, tilt=30.0).sites["energy_gwh"] <= estimate(sites, layers, tilt=30.0).sites["energy_gwh"]
    ).all()


def test_no_eligible_land_at_all():
    sites, layers = world()
    none = estimate(sites.assign(eligible_fraction=sites["eligible_fraction"] * 0), layers)
    assert none.totals["capacity_mw"] == 0
    assert none.profiles.sizes["group"] == 0
    assert (none.sites["group"] == -1).all()


def test_optimum_of_the_cell_is_as_good_as_the_sites_own():
    """The tilt sought once per weather cell costs each site less than 0.1 % against its own optimum."""
    sites, layers = world()
    common = estimate(sites, layers).sites
    for i in range(0, SITES, 10):
        one = layers.site.isel(site=i)
        year = YEARS[int(one["cell"])].copy(deep=True)
        for name in ("ghi", "dni", "dhi"):
            year[name] = year[name] * float(one["ghi_factor"])
        year["temp_air"] = year["temp_air"] + float(one["temp_offset"])
        place = {"lat": float(sites["lat"][i]), "lon": float(sites["lon"][i]), "elevation": float(one["elevation"])}
        own = solar.mean_capacity_factor(year.assign_coords({k: ("site", [v]) for k, v in place.items()}))
        assert float(common["capacity_factor"][i]) == pytest.approx(float(own[0]), rel=1e-3)


def test_trackers_and_variants():
    sites, layers = world()
    yields = {
        name: estimate(sites, layers, **options).totals["capacity_factor"]
        for name, options in {
            "fixed": {},
            "tracking": {"mounting": "single_axis"},
            "agrivoltaic": {"variant": "agrivoltaic"},
            "vertical": {"variant": "vertical"},
            "floating": {"variant": "floating"},
        }.items()
    }
    assert yields["vertical"] < yields["floating"] < yields["fixed"] < yields["tracking"]
    assert yields["fixed"] < yields["agrivoltaic"]  # turns, and sees light from behind


def test_what_a_scenario_sets_wins_over_its_variant():
    options = with_variant(solar.Options(variant="floating", tilt=8.0))
    assert options.tilt == 8.0
    assert options.albedo == 0.06  # of the table
    assert with_variant(solar.Options()) == solar.Options()
