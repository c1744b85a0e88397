"""The geothermal potential of the zone: schema, ladder, published bounds, conventions, parts of the zone, ranges."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone import schema
from greenzone.technologies import geothermal
from greenzone.technologies.geothermal import Options
from greenzone.zone import embedded_zone


def test_follows_the_schema(potential, zone_case):
    schema.check(potential.sites, schema.POTENTIAL)
    schema.check(potential.profiles, schema.PROFILES)
    assert potential.profiles.time.equals(zone_case[1].weather.time)
    assert set(potential.profiles.coords) >= {"district", "resource_class"}


def test_rungs_only_fall(potential):
    sites = potential.sites
    assert (sites.geographic_gwh <= sites.theoretical_gwh).all()
    assert (sites.energy_gwh <= sites.geographic_gwh).all()


def test_capacity_factor_is_a_share_or_absent(potential):
    sites = potential.sites
    assert (np.isnan(sites.capacity_factor) == (sites.capacity_mw == 0)).all()
    assert sites.capacity_factor.max() <= 1 and potential.profiles.capacity_factor.max() <= 1
    assert potential.profiles.capacity_factor.min() >= 0


def test_groups_hold_what_their_sites_hold(potential):
    sites, profiles = potential.sites, potential.profiles
    for index in range(profiles.sizes["group"]):
        members = sites.sel(site=sites.group == index)
        assert members.capacity_mw.sum() == pytest.approx(float(profiles.capacity_mw[index]))
        energy = float(profiles.capacity_factor[index].mean(dtype=float) * profiles.capacity_mw[index]) * 8.76
        assert members.energy_gwh.sum() == pytest.approx(energy, rel=1e-5)
    assert float(sites.capacity_mw.where(sites.group < 0).sum()) == 0


def test_colder_air_gives_more_hourly_output(potential, zone_case):
    winter, summer = slice(0, 720), slice(4200, 4900)
    factor = potential.profiles.capacity_factor.isel(group=0)
    assert float(factor[winter].mean()) > float(factor[summer].mean())


def test_every_site_has_a_density_and_a_rank(potential):
    """Without a proven reservoir even the lower end is nothing; the ranking follows springs and heat flow."""
    sites = potential.sites
    assert (sites.power_density_p10 <= sites.power_density_p50).all()
    assert (sites.power_density_p50 <= sites.power_density_p90).all()
    assert 0 <= float(sites.favourability.min()) < float(sites.favourability.max()) <= 1
    near = sites.favourability.where(sites.capacity_mw > 0)
    assert float(near.min()) > float(sites.favourability.mean())


def test_zone_stays_within_the_national_potential(potential):
    """571.2 MWt and 57.1 MWe for the whole country (report.az 2025-10-20), even at the upper end of the range."""
    totals = potential.totals
    assert 0 < totals["capacity_p90_mw"] < 57.1
    assert totals["heat_p90_mw"] < 571.2
    assert totals["capacity_p10_mw"] < totals["capacity_p50_mw"] < totals["capacity_p90_mw"]


def test_conventions_stand_side_by_side(potential):
    """HIP-RA-X gives several times what the USGS does; no figure of them is hidden in the other."""
    totals = potential.totals
    assert totals["hip_capacity_p50_mw"] > 2.5 * totals["usgs_capacity_p50_mw"]
    assert totals["polynomial_capacity_p50_mw"] < totals["usgs_capacity_p50_mw"]
    assert totals["capacity_p50_mw"] < totals["polynomial_capacity_p50_mw"]  # pumps
    factor = potential.features["geothermal_prospects"].set_index("prospect").method_factor
    assert factor["Istisu"] > 3 and np.isnan(factor["Shusha"])


def test_heat_flow_map_is_cool_in_the_east_and_warm_in_the_west(potential, zone_case):
    """71-97 mW/m2 in the highlands, 46 and less at the edge of the Kura plain."""
    flow, lon = potential.sites.heat_flow, zone_case[0].lon
    assert 71 < float(flow.where(lon < 45.95).mean()) < 97
    assert float(flow.where(lon > 47.4).mean()) < 52


def test_leave_one_out_error_is_told(potential):
    assert potential.totals["heat_flow_places"] == 28
    assert 10 < potential.totals["heat_flow_leave_one_out_rmse"] < 30
    assert any("28 places" in note for note in potential.notes)


def test_temperatures_have_names_of_their_depth(zone_case):
    sites = geothermal.estimate(*zone_case, Options(map_depths_km=(0.5, 4))).sites
    assert {"temperature_at_0.5km", "temperature_at_4km", "temperature_at_4km_std"} <= set(sites)
    assert (sites["temperature_at_4km"] > sites["temperature_at_0.5km"]).all()


def test_springs_are_apart_and_within_the_published_flow(potential):
    """3,093 m3/d of thermal and mineral water in Kalbajar (nuhcixan.az): 5.99 MW over 40 K are an upper bound."""
    springs = potential.features["geothermal_springs"]
    assert springs.flow_m3_per_day.sum() == pytest.approx(82 + 260 + 70 + 600)
    assert springs.flow_m3_per_day.sum() < 3093
    assert 0 < potential.totals["spring_heat_mw"] < 5.99
    assert springs.set_index("spring").heat_mw.isna()["Zuar"]


def test_springs_are_bounded_by_what_was_published(potential, zone_case):
    """3,093 m3/d in Kalbajar and 412 in Shusha over 40 K: 5.9 and 0.8 MW; springs of more flow count with no more."""
    assert potential.totals["spring_heat_highest_mw"] == pytest.approx((3093 + 412) / 3093 * 5.99 * 0.983, rel=5e-3)
    assert potential.totals["spring_heat_mw"] < potential.totals["spring_heat_highest_mw"]
    sites, layers = zone_case
    table = layers.tables["springs"]
    gushing = table.assign(flow_m3_per_day=table.flow_m3_per_day * 100)
    flooded = geothermal.estimate(sites, replace(layers, tables={**layers.tables, "springs": gushing}), Options())
    assert flooded.totals["spring_heat_mw"] == pytest.approx(5.99 * 0.983, rel=5e-3)  # 60 degC water weighs 983 kg/m3


def test_the_heat_of_the_rock_has_its_range(potential):
    """One site: 1.28 standard errors of its temperature either way; the zone: all sites err alike."""
    sites, totals = potential.sites, potential.totals
    assert sites.theoretical_p50_gwh.values == pytest.approx(sites.theoretical_gwh.values)
    assert (sites.theoretical_p10_gwh < sites.theoretical_p50_gwh).all()
    upper, lower = (abs(sites[f"theoretical_p{p}_gwh"] - sites.theoretical_p50_gwh) for p in (90, 10))
    assert upper.values == pytest.approx(lower.values, rel=0.1)
    assert totals["theoretical_p90_gwh"] == pytest.approx(float(sites.theoretical_p90_gwh.sum()))
    district = potential.features["geothermal_districts"]
    assert district.theoretical_p10_gwh.sum() == pytest.approx(totals["theoretical_p10_gwh"], rel=1e-9)


def test_the_zone_has_percentiles_of_its_energy(potential):
    totals, district = potential.totals, potential.features["geothermal_districts"]
    assert totals["energy_p10_gwh"] < totals["energy_p50_gwh"] < totals["energy_p90_gwh"]
    assert district.energy_p90_gwh.sum() > totals["energy_p90_gwh"]  # not all districts are high at once


@pytest.mark.parametrize("cell_size", [2500.0, 10000.0, 25000.0])
def test_result_hardly_depends_on_the_cells(potential, cell_size, case):
    other = geothermal.estimate(*case(cell_size), Options())
    for name in ("capacity_mw", "heat_mw", "energy_gwh", "theoretical_gwh"):
        assert float(other.sites[name].sum()) == pytest.approx(float(potential.sites[name].sum()), rel=0.05)


def test_a_part_of_the_zone_has_its_own_prospects_only(potential, case):
    part = geothermal.estimate(*case(zone=embedded_zone(["Lachin"])), Options())
    assert list(part.features["geothermal_prospects"].prospect) == ["Garagol"]
    whole = potential.features["geothermal_prospects"].set_index("prospect").capacity_mw["Garagol"]
    assert float(part.sites.capacity_mw.sum()) == pytest.approx(whole, rel=0.03)


def test_a_zone_without_prospects_has_no_groups(case):
    part = geothermal.estimate(*case(zone=embedded_zone(["Zangilan", "Fuzuli"])), Options())
    assert part.profiles.sizes["group"] == 0 and (part.sites.group == -1).all()
    assert float(part.sites.capacity_mw.sum()) == 0 and float(part.sites.theoretical_gwh.sum()) > 0


def test_a_zone_of_the_users_own_polygons(case):
    box = gpd.GeoDataFrame({"district": ["my area"]}, geometry=[shapely.box(45.9, 39.9, 46.05, 40.0)], crs=4326)
    result = geothermal.estimate(*case(2000.0, box), Options())
    assert set(result.features["geothermal_prospects"].prospect) == {"Istisu", "Goturlu"}
    assert result.profiles.district.values.tolist() == ["my area"]


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 2**31), st.floats(0, 1))
def test_more_exclusions_never_raise_the_potential(kalbajar, seed, keep):
    sites, layers = kalbajar
    rng = np.random.default_rng(seed)
    wide = rng.uniform(size=sites.sizes["site"]) * (rng.uniform(size=sites.sizes["site"]) < keep)
    narrow = wide * (rng.uniform(size=sites.sizes["site"]) < 0.5)
    options = Options(plant_area_km2=5.0)
    totals = [
        geothermal.estimate(sites.assign(eligible_fraction=("site", share)), layers, options).sites[
            ["geographic_gwh", "capacity_mw", "energy_gwh", "heat_mw"]
        ].sum()
        for share in (wide, narrow)
    ]  # fmt: skip
    for name in totals[0]:
        assert totals[1][name] <= totals[0][name] * (1 + 1e-9)


def test_without_eligible_land_nothing_stands(case):
    sites = geothermal.estimate(*case(zone=embedded_zone(["Kalbajar"]), eligible=0.0), Options()).sites
    assert float(sites.capacity_mw.sum()) == 0 and float(sites.geographic_gwh.sum()) == 0
