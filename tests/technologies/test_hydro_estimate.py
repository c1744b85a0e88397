"""The zone's hydropower: schema, sums, plausibility against published plants and figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from greenzone import schema
from greenzone.layers import catalogue
from greenzone.technologies import hydro
from greenzone.technologies.hydro import profiles

STEP = 0.02


def make_sites(zone):
    """Cells of 0.02 degree whose centre lies in the zone."""
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.arange(45.4, 48.0, STEP), np.arange(38.7, 40.6, STEP)))
    district = np.full(lon.size, "", dtype=object)
    for row in zone.itertuples():
        district[shapely.contains_xy(row.geometry, lon, lat)] = row.district
    keep = district != ""
    columns = {"x": lon, "y": lat, "lon": lon, "lat": lat, "district": district.astype(str)}
    columns |= {"area_km2": np.full(lon.size, 3.8), "eligible_fraction": np.ones(lon.size)}
    names = [f"E{x:.2f}N{y:.2f}" for x, y in zip(lon[keep], lat[keep], strict=True)]
    return xr.Dataset({name: ("site", values[keep]) for name, values in columns.items()}, {"site": names})


@pytest.fixture(scope="module")
def zone():
    return catalogue.load_districts()


@pytest.fixture(scope="module")
def sites(zone):
    return make_sites(zone)


@pytest.fixture(scope="module")
def layers(zone):
    weather = xr.Dataset(coords={"time": pd.date_range("2018-01-01", "2018-12-31 23:00", freq="h")})
    return schema.Layers(xr.Dataset(), weather, catalogue.load_elevation(), catalogue.read_tables(), zone)


@pytest.fixture(scope="module")
def potential(sites, layers):
    return hydro.estimate(sites, layers, hydro.Options())


@pytest.fixture(scope="module")
def plants(potential):
    return potential.features["hydro_plants"]


def test_every_plant_takes_the_turbines_that_pay(sites, layers, plants):
    """One to four: Peltons, whose efficiency hardly falls with the flow, take fewer than Francis turbines."""
    new = plants[plants.status == "candidate"]
    assert set(new.units) == {1, 2, 3, 4}
    mean = new.groupby("turbine").units.mean()
    assert mean["pelton"] < mean["francis"]
    two = hydro.estimate(sites, layers, hydro.Options(units=2)).features["hydro_plants"].query("status == 'candidate'")
    assert set(two.units) == {2} and len(two) == len(new)
    paid = [100.0 - found.lcoe_usd_mwh.to_numpy() for found in (new, two)]  # energy is worth 100 USD/MWh
    benefit = [worth * found.energy_gwh.to_numpy() for worth, found in zip(paid, (new, two), strict=True)]
    assert (np.sort(benefit[0]) >= np.sort(benefit[1]) - 0.01).all()


def test_result_follows_the_schema(potential):
    schema.check(potential.sites, schema.POTENTIAL)
    schema.check(potential.profiles, schema.PROFILES)
    assert potential.sites["group"].max() == potential.profiles.sizes["group"] - 1
    for frame in potential.features.values():
        assert frame.crs.to_epsg() == 4326 and frame.geometry.is_valid.all()


def test_plants_and_sites_agree(potential, plants):
    counted = plants[plants.status.isin(["existing", "candidate"])]
    assert float(potential.sites["capacity_mw"].sum()) == pytest.approx(counted.capacity_mw.sum(), rel=1e-4)
    assert float(potential.sites["energy_gwh"].sum()) == pytest.approx(counted.energy_gwh.sum(), rel=1e-4)
    existing = counted[counted.status == "existing"].capacity_mw.sum()
    assert float(potential.sites["existing_mw"].sum()) == pytest.approx(existing)


def test_profiles_give_the_energy_of_the_sites(potential):
    """Hours sum to the year's energy (the profile's February has 28 days, the model's 28.25)."""
    hours = (potential.profiles["capacity_factor"] * potential.profiles["capacity_mw"]).sum() / 1000
    assert float(hours) == pytest.approx(float(potential.sites["energy_gwh"].sum()), rel=2e-3)
    assert float(potential.profiles["capacity_factor"].min()) >= 0
    assert float(potential.profiles["capacity_factor"].max()) <= 1
    by_month = potential.profiles["capacity_factor"].groupby("time.month").mean()
    assert set(by_month.mean("group").argsort()[-3:].to_numpy() + 1) <= {4, 5, 6, 7}  # snow melts


def test_capacity_factors_are_those_of_run_of_river(potential, plants):
    """0.28 to 0.40 in the median (plants of the zone 0.28 to 0.335); sites within 0 and 1, NaN without plants."""
    candidates = plants[plants.status == "candidate"]
    assert 0.28 <= candidates.capacity_factor.median() <= 0.40
    factor = potential.sites["capacity_factor"]
    has = potential.sites["capacity_mw"] > 0
    assert np.array_equal(np.isfinite(factor), has)
    assert float(factor.min()) > 0 and float(factor.max()) < 1


def test_design_for_q30_nearly_doubles_the_capacity_factor(sites, layers, potential):
    """RETScreen's Q30 beside the default Q5: smaller plants at capacity factors of 0.5 to 0.7."""
    other = hydro.estimate(sites, layers, hydro.Options(design_exceedance=0.30)).totals
    assert 0.5 < other["candidate_capacity_factor"] < 0.7
    assert other["candidate_mw"] < 0.5 * potential.totals["candidate_mw"]


def test_plants_for_net_benefit_cost_less_than_energy_is_worth(sites, layers):
    """At the cost of American stream-reach plants and 100 USD/MWh something stays, far below the 500 MW target."""
    found = hydro.estimate(sites, layers, hydro.Options(objective="net_benefit"))
    new = found.features["hydro_plants"].query("status == 'candidate'")
    assert len(new) > 0 and (new.lcoe_usd_mwh <= 100.0).all()
    assert found.totals["economic_candidate_mw"] == pytest.approx(found.totals["candidate_mw"])
    assert found.totals["candidate_mw"] < 500


def test_published_energy_of_existing_plants(plants):
    """From MW, river and district alone, within 30 % in the median of the published GWh."""
    table = catalogue.read_table("hydro_plants").set_index("plant")
    old = plants[plants.status == "existing"].set_index("name")
    published = table.annual_gwh[old.index].dropna()
    assert len(published) >= 7
    assert (old.modelled_gwh[published.index] / published - 1).abs().median() <= 0.30


def test_existing_capacity_is_complete(potential, plants):
    """Every existing plant of the table with a capacity is there with it; 307 MW are published for all 38."""
    table = catalogue.read_table("hydro_plants")
    table = table[(table.status == "existing") & table.capacity_mw.notna()]
    old = plants[plants.status == "existing"]
    assert set(old.name) == set(table.plant)
    assert potential.totals["existing_mw"] == pytest.approx(table.capacity_mw.sum())
    assert potential.totals["existing_mw"] < 307
    assert any("Chaykend" in note for note in potential.notes)


def test_sarsang_stands_at_its_reservoir(plants):
    """50 MW, 2 x 30 m3/s, 103 m at 40.181 N 46.617 E; 0.2 to 0.35 of the year at the river's 20 m3/s."""
    sarsang = plants.set_index("name").loc["Sarsang"]
    assert (sarsang.capacity_mw, sarsang.design_flow_m3s, sarsang.gross_head_m) == (50.0, 60.0, 103.0)
    assert 0.2 < sarsang.capacity_factor < 0.35
    assert sarsang.river == "Tartar" and sarsang.district == "Aghdara"


def test_candidates_stand_inside_the_zone_and_off_the_araz(plants, zone):
    candidates = plants[plants.status == "candidate"]
    whole = shapely.union_all(zone.geometry.to_numpy())
    assert shapely.contains(whole, candidates.geometry.to_numpy()).all()
    assert shapely.contains_xy(whole, candidates.intake_lon.to_numpy(), candidates.intake_lat.to_numpy()).all()
    assert (candidates.river != "Araz").all()


def test_uncertainty_brackets_the_estimate(plants):
    """P10 < P50 < P90. On a high head 1.28 times at most the root of 21 % of runoff, 20 m of head and 3 % squared."""
    low, middle, high = (plants[f"energy_p{share}_gwh"] / plants.energy_gwh for share in (10, 50, 90))
    assert (low < middle).all() and (middle < high).all()
    steep = (plants.status == "candidate") & (plants.gross_head_m > 150)
    error = 1.2816 * np.sqrt(0.211**2 + (20 / plants.gross_head_m) ** 2 + 0.03**2)[steep]
    assert steep.sum() > 5
    assert ((1 - low)[steep] < 1.05 * error).all() and ((high - 1)[steep] < 1.05 * error).all()
    assert middle[steep].to_numpy() == pytest.approx(1.0, abs=0.05)


def test_candidates_cost_what_the_reach_model_says(plants):
    """9,605,710 USD of 2014 · P^0.977 · H^-0.126 (ft), O&M at most 2.5 % (ORNL), CPI 313.689 / 236.736, 10 %, 50 a."""
    row = plants[(plants.status == "candidate") & (plants.units == 2)].iloc[0]
    rise = 313.689 / 236.736
    capital = 9_605_710 * rise * row.capacity_mw**0.977 * (row.gross_head_m / 0.3048) ** -0.126
    operation = min(225_417 * rise * row.capacity_mw**0.547, 0.025 * capital)
    assert row.capital_cost_musd == pytest.approx(capital / 1e6, rel=1e-3)
    recovery = 0.1 / (1 - 1.1**-50)
    assert row.lcoe_usd_mwh == pytest.approx((capital * recovery + operation) / row.energy_gwh / 1000, rel=1e-3)
    assert plants[plants.status == "existing"].lcoe_usd_mwh.isna().all()


def test_the_ladder_descends(potential):
    """Technical energy is a part of what falls; the country's ratio is 16 of 40 TWh (azpromo.az)."""
    gross, used = float(potential.sites["theoretical_gwh"].sum()), float(potential.sites["energy_gwh"].sum())
    assert 0.15 < used / gross < 0.5
    assert float(potential.sites["geographic_gwh"].sum()) <= gross


def test_rivers_of_the_zone(potential):
    """The Tartar's mean flow at Madagiz is 22.1 m3/s, its catchment 2460 km2 (state water cadastre)."""
    rivers = potential.features["rivers"]
    tartar = rivers[(rivers.river == "Tartar") & (rivers.upstream_km2 < 2600)]
    assert tartar.upstream_km2.max() == pytest.approx(2460, rel=0.05)
    assert tartar.mean_flow_m3s.max() == pytest.approx(22.1, rel=0.2)
    assert (rivers.theoretical_mw >= 0).all() and rivers.strahler.between(1, 7).all()
    assert {"Hakari", "Bargushad", "Okhchuchay", "Zabukh", "Hochaz", "Lev", "Tutgu", "Araz"} <= set(rivers.river)


def test_closed_land_bars_candidates_but_not_existing_plants(sites, layers, potential):
    closed = sites.assign(eligible_fraction=xr.zeros_like(sites["eligible_fraction"]))
    nothing = hydro.estimate(closed, layers, hydro.Options())
    assert nothing.totals["candidate_mw"] == 0
    assert nothing.totals["existing_mw"] == potential.totals["existing_mw"]
    assert float(nothing.sites["geographic_gwh"].sum()) == 0
    half = sites.assign(eligible_fraction=(sites["lat"] > 39.6).astype(float))
    assert 0 < hydro.estimate(half, layers, hydro.Options()).totals["candidate_mw"] < potential.totals["candidate_mw"]


def test_a_district_alone_is_a_part_of_the_whole(layers, potential, zone):
    lachin = zone[zone.district == "Lachin"]
    alone = hydro.estimate(
        make_sites(lachin),
        schema.Layers(layers.site, layers.weather, layers.elevation, layers.tables, lachin),
        hydro.Options(),
    )
    whole = potential.features["hydro_plants"]
    both = whole[(whole.district == "Lachin")].capacity_mw.sum()
    assert float(alone.sites["capacity_mw"].sum()) == pytest.approx(both, rel=0.15)


def test_unknown_option_is_refused():
    with pytest.raises(ValueError, match="design_flow"):
        hydro.Options(design_flow=1.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"exceedances": ()}, "at least 1 item"),
        ({"exceedances": (0.2, 1.5)}, "less than 1"),
        ({"dam_heights_m": (-40.0,)}, "greater than 0"),
        ({"class_bounds": (0.34, 0.30)}, r"must rise: 0\.34, 0\.3"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        hydro.Options(**options)


def test_hourly_profile_keeps_months_and_bounds():
    monthly = np.array([[0.0, 0.05, 0.3, 0.9, 1.0, 0.8, 0.5, 0.3, 0.2, 0.1, 0.1, 0.0]])
    time = pd.date_range("2023-01-01", "2024-12-31 23:00", freq="h")
    hours = profiles.hourly(monthly, time)
    assert hours.min() >= 0 and hours.max() <= 1
    mean = pd.Series(hours[0], time).groupby([time.year, time.month]).mean().to_numpy()
    np.testing.assert_allclose(mean, np.tile(monthly[0], 2), atol=1e-9)
    assert np.abs(np.diff(hours[0])).max() < 0.4


def test_sites_without_plants_have_no_group():
    frame = profiles.groups(["A", "A", "B"], np.array([0.0, 2.0, 3.0]), np.array([np.nan, 0.2, 0.5]), (0.3, 0.34))
    assert frame["group"].tolist() == [-1, 0, 1]
    assert frame["resource_class"].tolist()[1:] == [0, 2]


def test_a_zone_elsewhere_lists_only_its_own_plants(layers, zone):
    """Gubadli has no existing plant in the table; its neighbours' do not move in."""
    gubadli = zone[zone.district == "Gubadli"]
    alone = hydro.estimate(
        make_sites(gubadli),
        schema.Layers(layers.site, layers.weather, layers.elevation, layers.tables, gubadli),
        hydro.Options(),
    )
    assert alone.totals["existing_mw"] == 0 and alone.totals["candidate_mw"] > 0
    assert not any("without a place" in note for note in alone.notes)
