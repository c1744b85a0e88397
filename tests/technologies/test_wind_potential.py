"""Wind potential of a small made-up zone: schema, sums, laws, and the figures of the options."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone import schema
from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_table
from greenzone.technologies import wind
from greenzone.technologies.wind import climate, model
from greenzone.technologies.wind.plant import choose

COUNT, HOURS, CELLS = 40, 24 * 90, 3


def made_zone(seed=21):
    rng = np.random.default_rng(seed)
    cell = rng.integers(0, CELLS, COUNT)
    elevation = rng.uniform(200, 3300, COUNT)
    speed = 3.0 + elevation / 800 + rng.uniform(0, 3, COUNT)
    hourly = rng.weibull(2, (HOURS, CELLS)) * 6
    hourly *= 6 * climate.weibull_scale(1.0, 2.0) / hourly.mean(0)
    weather = xr.Dataset(
        {
            "wind_speed": (("time", "cell"), hourly.astype(np.float32), {"units": "m s-1", "height": 100.0}),
            "temp_air": (
                ("time", "cell"),
                rng.uniform(-15, 25, (HOURS, CELLS)).astype(np.float32),
                {"units": "degC"},
            ),
        },
        {"time": pd.date_range("2019-01-01", periods=HOURS, freq="h")},
        {"interval": "start"},
    )
    mean = weather["wind_speed"].mean("time", dtype=float).values
    site = xr.Dataset(
        {
            "elevation": ("site", elevation),
            "temp_air": ("site", 15 - 0.0065 * elevation),
            "temp_offset": ("site", rng.uniform(-5, 5, COUNT)),
            "pressure": ("site", model.standard_pressure(elevation)),
            "wind_speed_100m": ("site", speed),
            "wind_factor": ("site", speed / mean[cell]),
            "weibull_k": ("site", np.full(COUNT, 1.9)),
            "cell": ("site", cell),
        },
        {"site": [f"S{i}" for i in range(COUNT)]},
    )
    sites = xr.Dataset(
        {
            "area_km2": ("site", rng.uniform(0.5, 1, COUNT)),
            "district": ("site", rng.choice(["Kalbajar", "Lachin"], COUNT)),
            "eligible_fraction": ("site", rng.uniform(0, 1, COUNT)),
        },
        {"site": site["site"]},
    )
    tables = {name: read_table(name) for name in ("wind_iec_classes", "wind_icing_classes")}
    zone = gpd.GeoDataFrame({"district": ["Kalbajar"]}, geometry=[shapely.box(46, 39, 47, 40)], crs="EPSG:4326")
    raster = schema.Raster(np.zeros((2, 2)), 45.0, 41.0, 0.5, 0.5)
    return sites, schema.Layers(site, weather, raster, tables, zone)


@pytest.fixture(scope="module")
def zone():
    return made_zone()


@pytest.fixture(scope="module")
def potential(zone):
    return wind.estimate(*zone, wind.Options())


def test_follows_the_schema(potential):
    schema.check(potential.sites, schema.POTENTIAL)
    schema.check(potential.profiles, schema.PROFILES)
    assert potential.technology == "wind"
    assert set(potential.profiles["capacity_factor"].dims) == {"group", "time"}


def test_capacity_is_eligible_land_times_share_times_density(zone, potential):
    sites, _ = zone
    expected = sites["area_km2"] * sites["eligible_fraction"] * 0.3 * 5.0
    assert potential.sites["capacity_mw"].values == pytest.approx(expected.values)


def test_energy_is_capacity_times_factor_and_sums_to_the_totals(potential):
    sites = potential.sites
    energy = sites["capacity_mw"] * sites["capacity_factor"] * 8.76
    assert sites["energy_gwh"].values == pytest.approx(energy.values)
    assert potential.totals["energy_gwh"] == pytest.approx(float(energy.sum()))
    assert potential.totals["energy_gwh_low"] < potential.totals["energy_gwh"] < potential.totals["energy_gwh_high"]


def test_each_site_as_by_hand(zone, potential):
    layers = zone[1]
    chosen, options = wind.turbine("V126/3300"), wind.Options()
    for index in (0, 7, 23):
        site = layers.site.isel(site=index)
        hourly = layers.weather.isel(cell=int(site["cell"]))
        speed = hourly["wind_speed"].values.astype(float) * float(site["wind_factor"]) * 1.17**0.143
        temp = hourly["temp_air"].values.astype(float) + float(site["temp_offset"])
        density = model.density_at_hub(float(site["pressure"]), temp, 117.0, temp_height=0.0)
        output = model.density_corrected_output(speed, density, chosen.wind_speed, chosen.output)
        output[temp - 0.0065 * 117 < -20] = 0
        expected = output.mean() * options.remaining
        assert float(potential.sites["capacity_factor"][index]) == pytest.approx(expected, abs=3e-5)
        assert float(potential.sites["wind_speed_hub"][index]) == pytest.approx(speed.mean(), rel=1e-5)


def test_losses_of_the_defaults():
    # 0.92 * 0.945 * 0.98 * 0.961 * 0.98, the figures of the options with their sources; 10 to 25 % in reviews
    assert wind.Options().remaining == pytest.approx(0.80240, abs=1e-5)


def test_profiles_hold_the_energy_of_their_sites(potential):
    sites, profiles = potential.sites, potential.profiles
    hours = profiles.sizes["time"]
    for group in range(profiles.sizes["group"]):
        of_group = sites.where(sites["group"] == group, drop=True)
        capacity = float(of_group["capacity_mw"].sum())
        assert float(profiles["capacity_mw"][group]) == pytest.approx(capacity)
        energy = float((of_group["capacity_mw"] * of_group["capacity_factor"]).sum()) * hours
        assert float(profiles["capacity_factor"][group].sum(dtype=float)) * capacity == pytest.approx(energy, rel=1e-5)
    assert (sites["group"] >= 0).sum() == (sites["capacity_mw"] > 0).sum()


def test_a_sites_class_is_its_own_affair(zone):
    sites, layers = zone
    few = layers.site.isel(site=slice(0, 20))
    alone = wind.estimate(sites.isel(site=slice(0, 20)), schema.Layers(few, *_rest(layers)), wind.Options())
    whole = wind.estimate(sites, layers, wind.Options())
    classes = [p.profiles["resource_class"].values[p.sites["group"].values[:20]] for p in (alone, whole)]
    assert (classes[0] == classes[1]).all()


def _rest(layers):
    return layers.weather, layers.elevation, layers.tables, layers.zone


def test_kinetic_energy_lies_above_what_turbines_take(zone, potential):
    sites, _ = zone
    taken = potential.sites["capacity_factor"] * 8.76 * 5.0 * sites["area_km2"]
    # no turbine takes more than 16/27 of the wind (Betz)
    assert (taken < potential.sites["theoretical_gwh"] * 16 / 27).all()
    geographic = potential.sites["theoretical_gwh"] * sites["eligible_fraction"]
    assert potential.sites["geographic_gwh"].values == pytest.approx(geographic.values)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.floats(0, 1), min_size=COUNT, max_size=COUNT))
def test_less_land_never_raises_potential(shares):
    sites, layers = made_zone()
    full = wind.estimate(sites, layers, wind.Options()).sites
    less = sites.assign(eligible_fraction=sites["eligible_fraction"] * np.array(shares))
    cut = wind.estimate(less, layers, wind.Options()).sites
    for name in ("geographic_gwh", "capacity_mw", "energy_gwh"):
        assert (cut[name] <= full[name] + 1e-12).all()


def test_site_without_weather_or_land(zone):
    sites, layers = zone
    blind = layers.site.assign(wind_factor=layers.site["wind_factor"].where(np.arange(COUNT) != 3))
    result = wind.estimate(sites, schema.Layers(blind, *_rest(layers)), wind.Options()).sites
    assert np.isnan(result["capacity_factor"][3])
    assert result["capacity_mw"][3] == 0
    assert result["energy_gwh"][3] == 0
    assert result["group"][3] == -1
    assert np.isfinite(result["energy_gwh"]).all()


def test_no_land_at_all(zone):
    sites, layers = zone
    none = wind.estimate(sites.assign(eligible_fraction=sites["eligible_fraction"] * 0), layers, wind.Options())
    assert none.totals["capacity_mw"] == 0
    assert none.profiles.sizes["group"] == 0


def test_alternatives_are_chosen_by_class_then_by_output():
    turbines = [wind.turbine(name) for name in ("V126/3300", "E-141/4200", "E-126/4200")]
    means = np.array([[0.4, 0.4, 0.4, 0.4], [0.35, 0.35, 0.35, 0.35], [0.3, 0.3, 0.3, 0.3]])
    assert choose(means, turbines, np.array([3, 2, 1, 0])).tolist() == [0, 1, 2, 2]


def test_alternatives_in_a_zone(zone):
    options = wind.Options(alternatives=("E-126/4200", "N117/2400"))
    mixed = wind.estimate(*zone, options)
    single = wind.estimate(*zone, wind.Options())
    weak = mixed.sites["iec_class"] == 3
    assert weak.any()
    assert (mixed.sites["capacity_factor"] >= single.sites["capacity_factor"]).where(weak, True).all()
    strong = (mixed.sites["iec_class"] < 3) & (mixed.sites["iec_class"] >= 0)
    assert (mixed.sites["turbine"] == 1).where(strong, True).all()
    energy = (mixed.profiles["capacity_factor"].mean("time") * mixed.profiles["capacity_mw"]).sum() * 8.76
    assert float(energy) == pytest.approx(mixed.totals["energy_gwh"], rel=1e-5)


def test_wakes_from_the_layout(zone):
    dense, loose = (
        wind.estimate(*zone, wind.Options(wake_loss=None, capacity_density_mw_km2=density)).sites["capacity_factor"]
        for density in (12.0, 3.0)
    )
    free = wind.estimate(*zone, wind.Options(wake_loss=0.0)).sites["capacity_factor"]
    assert (dense < loose).all()
    assert (loose < free).all()


def test_icing_from_the_weather(zone):
    sites, layers = zone
    with pytest.raises(GreenzoneError, match="needs relative_humidity"):
        wind.estimate(sites, layers, wind.Options(icing_loss=None))
    damp = layers.weather["temp_air"] * 0 + 99.0
    damp.attrs = {"units": "%"}
    humid = layers.weather.assign(relative_humidity=damp)
    icy = wind.estimate(sites, schema.Layers(layers.site, humid, *_rest(layers)[1:]), wind.Options(icing_loss=None))
    clear = wind.estimate(sites, layers, wind.Options(icing_loss=0.0))
    # well over a tenth of the hours are below zero in air near saturation: the last IEA class, 20 %
    ratio = icy.sites["capacity_factor"] / clear.sites["capacity_factor"]
    assert ratio.values == pytest.approx(np.full(COUNT, 0.8), rel=1e-5)


def test_notes_state_uncertainty_and_classes(potential):
    assert any("50% either way" in note for note in potential.notes)
    assert any("stronger IEC class" in note for note in potential.notes)


def test_unknown_turbine_in_the_options(zone):
    with pytest.raises(GreenzoneError, match="did you mean 'V126/3300'"):
        wind.estimate(*zone, wind.Options(turbine="V126/3301"))


def test_turbine_of_a_file(zone, tmp_path):
    chosen = wind.turbine("V126/3300")
    rows = [f"{v},{p}" for v, p in zip(chosen.wind_speed, chosen.output * chosen.nominal_power, strict=True)]
    path = tmp_path / "V126.csv"
    path.write_text("\n".join(["wind_speed,power", *rows]))
    with pytest.raises(GreenzoneError, match="rotor_diameter"):
        wind.estimate(*zone, wind.Options(turbine=str(path)))
    own = wind.estimate(*zone, wind.Options(turbine=str(path), rotor_diameter=126.0)).sites
    known = wind.estimate(*zone, wind.Options()).sites
    assert own["capacity_factor"].values == pytest.approx(known["capacity_factor"].values, rel=1e-6)
    assert own["theoretical_gwh"].values == pytest.approx(known["theoretical_gwh"].values, rel=1e-6)
