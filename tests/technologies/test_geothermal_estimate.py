"""The geothermal potential of the zone: schema, ladder, published bounds, the user's own data, errors."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from greenzone import schema
from greenzone.errors import GreenzoneError
from greenzone.grid import SiteGrid
from greenzone.layers import catalogue
from greenzone.technologies import geothermal
from greenzone.technologies.geothermal import Options
from greenzone.zone import embedded_zone

ISTISU = {"name": "Istisu", "lon": 45.962, "lat": 39.948, "temperature": {"low": 100, "likely": 122.5, "high": 150}}


def layers_of(sites, zone):
    """Air that is colder away from the plain, one weather cell with a warm and a cold half-year."""
    number = sites.sizes["site"]
    air = 14.0 - 6.0 * (47.5 - sites.lon.to_numpy())
    site = xr.Dataset(
        {"temp_air": ("site", air), "cell": ("site", np.zeros(number, int)), "temp_offset": ("site", air - 10.0)},
        {"site": sites.site},
    )
    times = pd.date_range("2019-01-01", periods=8760, freq="h")
    yearly = 10.0 - 12.0 * np.cos(2 * np.pi * np.arange(8760) / 8760)
    weather = xr.Dataset({"temp_air": (("time", "cell"), yearly[:, None].astype("float32"))}, {"time": times})
    raster = schema.Raster(np.zeros((1, 1)), 45.0, 41.0, 1.0, 1.0)
    return schema.Layers(site, weather, raster, catalogue.read_tables(), zone)


def case(cell_size=5000.0, zone=None, eligible=1.0):
    zone = embedded_zone() if zone is None else zone
    sites = SiteGrid.square(zone, cell_size).sites
    return sites.assign(eligible_fraction=xr.full_like(sites.area_km2, eligible)), layers_of(sites, zone)


@pytest.fixture(scope="module")
def zone_case():
    return case()


@pytest.fixture(scope="module")
def kalbajar():
    return case(zone=embedded_zone(["Kalbajar"]))


@pytest.fixture(scope="module")
def potential(zone_case):
    return geothermal.estimate(*zone_case, Options())


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


def test_zone_stays_within_the_national_potential(potential):
    """571.2 MWt and 57.1 MWe for the whole country (report.az 2025-10-20), even at the upper end of the range."""
    totals = potential.totals
    assert 0 < totals["capacity_p90_mw"] < 57.1
    assert totals["heat_p90_mw"] < 571.2
    assert totals["capacity_p10_mw"] < totals["capacity_p50_mw"] < totals["capacity_p90_mw"]


def test_electricity_only_where_more_than_80_degrees_are_thought_possible(potential):
    """Water of 100-150 degC is thought possible at Istisu, Garagol and Zuar (report.az, interfax 107943)."""
    prospects = potential.features["geothermal_prospects"].set_index("prospect")
    assert set(prospects.index[prospects.capacity_mw > 0]) == {"Istisu", "Garagol", "Zuar"}
    assert (prospects.heat_mw > 0).all()


def test_heat_flow_map_is_cool_in_the_east_and_warm_in_the_west(potential, zone_case):
    """71-97 mW/m2 in the highlands, 46 and less at the edge of the Kura plain."""
    flow, lon = potential.sites.heat_flow, zone_case[0].lon
    assert 71 < float(flow.where(lon < 45.95).mean()) < 97
    assert float(flow.where(lon > 47.4).mean()) < 52


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


def test_leave_one_out_error_is_told(potential):
    assert potential.totals["heat_flow_places"] == 28
    assert 10 < potential.totals["heat_flow_leave_one_out_rmse"] < 30
    assert any("28 places" in note for note in potential.notes)


def test_temperatures_have_names_of_their_depth(zone_case):
    sites = geothermal.estimate(*zone_case, Options(map_depths_km=(0.5, 4))).sites
    assert {"temperature_at_0.5km", "temperature_at_4km", "temperature_at_4km_std"} <= set(sites)
    assert (sites["temperature_at_4km"] > sites["temperature_at_0.5km"]).all()


@pytest.mark.parametrize("cell_size", [2500.0, 10000.0, 25000.0])
def test_result_hardly_depends_on_the_cells(potential, cell_size):
    other = geothermal.estimate(*case(cell_size), Options())
    for name in ("capacity_mw", "heat_mw", "energy_gwh", "theoretical_gwh"):
        assert float(other.sites[name].sum()) == pytest.approx(float(potential.sites[name].sum()), rel=0.05)


def test_a_part_of_the_zone_has_its_own_prospects_only(potential):
    part = geothermal.estimate(*case(zone=embedded_zone(["Lachin"])), Options())
    assert list(part.features["geothermal_prospects"].prospect) == ["Garagol"]
    whole = potential.features["geothermal_prospects"].set_index("prospect").capacity_mw["Garagol"]
    assert float(part.sites.capacity_mw.sum()) == pytest.approx(whole, rel=0.03)


def test_a_zone_without_prospects_has_no_groups():
    part = geothermal.estimate(*case(zone=embedded_zone(["Zangilan", "Fuzuli"])), Options())
    assert part.profiles.sizes["group"] == 0 and (part.sites.group == -1).all()
    assert float(part.sites.capacity_mw.sum()) == 0 and float(part.sites.theoretical_gwh.sum()) > 0


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


def test_without_eligible_land_nothing_stands():
    sites = geothermal.estimate(*case(zone=embedded_zone(["Kalbajar"]), eligible=0.0), Options()).sites
    assert float(sites.capacity_mw.sum()) == 0 and float(sites.geographic_gwh.sum()) == 0


def test_own_prospects_take_the_place_of_the_embedded(zone_case):
    hot = geothermal.estimate(*zone_case, Options(prospects=[ISTISU]))
    assert list(hot.features["geothermal_prospects"].prospect) == ["Istisu"]
    assert float(hot.sites.capacity_mw.sum()) == pytest.approx(3.7, abs=0.5)
    assert geothermal.estimate(*zone_case, Options(prospects=[])).profiles.sizes["group"] == 0


def test_own_points_join_or_replace_the_embedded(zone_case):
    point = {"lon": 46.8, "lat": 39.8, "heat_flow": 300.0}
    joined = geothermal.estimate(*zone_case, Options(heat_flow_points=[point]))
    assert joined.totals["heat_flow_places"] == 29
    pair = [point, {"lon": 46.0, "lat": 40.0, "heat_flow": 300.0}]
    alone = geothermal.estimate(*zone_case, Options(heat_flow_points=pair, use_embedded_heat_flow=False))
    assert alone.sites.heat_flow.to_numpy() == pytest.approx(300.0)


def test_own_layers_override_where_they_have_data(zone_case):
    sites, layers = zone_case
    west = sites.lon < 46.5
    layers.site["measured_flow"] = xr.where(west, 120.0, np.nan)
    layers.site["measured_gradient"] = xr.where(west, np.nan, 30.0)
    result = geothermal.estimate(
        sites, layers, Options(heat_flow_layer="measured_flow", gradient_layer="measured_gradient")
    ).sites
    assert (result.heat_flow.where(west, drop=True) == 120).all()
    assert (result.heat_flow_std.where(west, drop=True) == 0).all()
    east = ~west
    expected = layers.site.temp_air + 90.0
    assert result["temperature_at_3km"].where(east, drop=True).values == pytest.approx(expected.where(east, drop=True))


def test_own_temperatures_shift_the_curve(zone_case):
    """A map of 3 km is met there, half of its difference at 1.5 km, all of it below; elsewhere nothing changes."""
    sites, layers = zone_case
    depths = (1.5, 3.0, 5.0)
    before = geothermal.estimate(sites, layers, Options(map_depths_km=depths)).sites
    west = sites.lon < 46.5
    layers.site["at_3km"] = xr.where(west, before["temperature_at_3km"] + 30.0, np.nan)
    options = Options(map_depths_km=depths, temperature_layers={"at_3km": 3.0})
    after = geothermal.estimate(sites, layers, options).sites
    for depth, shift in zip(depths, (15.0, 30.0, 30.0), strict=True):
        difference = after[f"temperature_at_{depth:g}km"] - before[f"temperature_at_{depth:g}km"]
        assert difference.values == pytest.approx(np.where(west, shift, 0.0))
    assert (after["temperature_at_3km_std"].where(west, drop=True) == 0).all()


def test_every_site_has_a_density_and_a_rank(potential):
    """Without a proven reservoir even the lower end is nothing; the ranking follows springs and heat flow."""
    sites = potential.sites
    assert (sites.power_density_p10 <= sites.power_density_p50).all()
    assert (sites.power_density_p50 <= sites.power_density_p90).all()
    assert 0 <= float(sites.favourability.min()) < float(sites.favourability.max()) <= 1
    near = sites.favourability.where(sites.capacity_mw > 0)
    assert float(near.min()) > float(sites.favourability.mean())


def test_unknown_or_impossible_layers_are_errors(zone_case):
    sites, layers = zone_case
    layers.site["flow_in_watts"] = xr.zeros_like(sites.lon) - 0.08
    with pytest.raises(GreenzoneError, match=r"'flow_in_watts' has -0\.08 where"):
        geothermal.estimate(sites, layers, Options(heat_flow_layer="flow_in_watts"))
    with pytest.raises(GreenzoneError, match="names the layer 'flow_in_wats', which is not there: did you mean"):
        geothermal.estimate(sites, layers, Options(heat_flow_layer="flow_in_wats"))


@pytest.mark.parametrize(
    ("options", "values", "message"),
    [
        ({"heat_flow_layer": "own"}, 0.08, r"layer 'own' has 0\.08 where 1 to 1000 mW/m2 is possible"),
        ({"gradient_layer": "own"}, 0.035, r"layer 'own' has 0\.035 where 1 to 300 K/km is possible"),
        ({"temperature_layers": {"own": 3.0}}, 390.0, r"layer 'own' is surely in kelvin: subtract 273\.15"),
    ],
)
def test_layers_in_other_units_are_errors(zone_case, options, values, message):
    sites, layers = zone_case
    layers.site["own"] = xr.zeros_like(sites.lon) + values
    with pytest.raises(GreenzoneError, match=message):
        geothermal.estimate(sites, layers, Options(**options))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"heat_flow_points": [{"lon": 46, "lat": 40, "heat_flow": -5}]}, "greater than 0"),
        ({"heat_flow_points": [{"lon": 46, "lat": 40, "heat_flow": 0.08}]}, "surely in W/m2: multiply it by 1000"),
        ({"porosity": {"low": 3, "likely": 10, "high": 20}}, "porosity must lie between 0 and 1"),
        (
            {"use_embedded_heat_flow": False, "heat_flow_points": [{"lon": 46, "lat": 40, "heat_flow": 60}]},
            "at least two",
        ),
        ({"map_depths_km": [12]}, "at most at 10 km"),
        ({"temperature_layers": {"deep": 12}}, "at most at 10 km"),
        ({"fairway_weights": [0.5, -0.1, 0.6]}, "must not be negative"),
        ({"fairway_heat_flow": [100, 40]}, "must rise: 100, 40"),
        ({"resource_depth_km": 12}, "less than or equal to 10"),
        ({"depth": 3}, "Extra inputs"),
    ],
)
def test_impossible_options_are_errors(setting, message):
    with pytest.raises(ValueError, match=message):
        Options(**setting)


def test_a_zone_of_the_users_own_polygons():
    box = gpd.GeoDataFrame({"district": ["my area"]}, geometry=[shapely.box(45.9, 39.9, 46.05, 40.0)], crs=4326)
    result = geothermal.estimate(*case(2000.0, box), Options())
    assert set(result.features["geothermal_prospects"].prospect) == {"Istisu", "Goturlu"}
    assert result.profiles.district.values.tolist() == ["my area"]


def test_colder_air_gives_more_hourly_output(potential, zone_case):
    winter, summer = slice(0, 720), slice(4200, 4900)
    factor = potential.profiles.capacity_factor.isel(group=0)
    assert float(factor[winter].mean()) > float(factor[summer].mean())


def test_a_prospect_may_be_a_polygon(zone_case):
    """2 km by 2 km: its area is the reservoir's, it is drawn as such, and its sites are those around it."""
    north, east = 1.0 / 111.2, 1.0 / (111.2 * np.cos(np.radians(39.948)))
    west, south = 45.962 - east, 39.948 - north
    corners = [[west, south], [west + 2 * east, south], [west + 2 * east, south + 2 * north], [west, south + 2 * north]]
    outline = {"name": "Istisu", "polygon": corners, "temperature": ISTISU["temperature"]}
    sized = {**ISTISU, "area_km2": {"low": 4, "likely": 4, "high": 4}}
    drawn, point = (geothermal.estimate(*zone_case, Options(prospects=[one])) for one in (outline, sized))
    feature = drawn.features["geothermal_prospects"]
    assert feature.geometry.iloc[0].geom_type == "Polygon"
    assert feature.capacity_mw.iloc[0] == pytest.approx(
        point.features["geothermal_prospects"].capacity_mw.iloc[0], rel=0.01
    )
    assert float(drawn.sites.capacity_mw.sum()) == pytest.approx(float(point.sites.capacity_mw.sum()), rel=0.02)


@pytest.mark.parametrize(
    ("prospect", "message"),
    [
        ({"name": "x"}, "'x' needs either lon and lat or a polygon"),
        ({"name": "x", "lon": 46.0}, "'x' needs either lon and lat or a polygon"),
        ({"name": "x", "lon": 46.0, "lat": 40.0, "polygon": [[0, 0], [0, 1], [1, 1]]}, "either lon and lat or"),
        ({"name": "x", "polygon": [[46, 40], [46.1, 40]]}, "needs three corners or more"),
        ({**ISTISU, "thickness_m": {"low": 1, "likely": 1.5, "high": 2.5}}, r"at most 2\.5 m: it is surely in km"),
        ({**ISTISU, "area_km2": {"low": 1e6, "likely": 2e6, "high": 3e6}}, "impossible for prospect 'Istisu'"),
        ({**ISTISU, "area_km2": {"low": -1, "likely": 2, "high": 3}}, "impossible for prospect 'Istisu'"),
        ({**ISTISU, "depth_km": 1500}, "less than or equal to 10"),
        ({"name": "x", "polygon": [[46, 40], [46.1, 40.1], [46.1, 40], [46, 40.1]]}, "no crossing sides"),
        ({"name": "x", "polygon": [[562000, 4392000], [563000, 4392000], [563000, 4393000]]}, "not in degrees"),
    ],
)
def test_impossible_prospects_are_errors(prospect, message):
    with pytest.raises(ValueError, match=message):
        Options(prospects=[prospect])


def test_conventions_stand_side_by_side(potential):
    """HIP-RA-X gives several times what the USGS does; no figure of them is hidden in the other."""
    totals = potential.totals
    assert totals["hip_capacity_p50_mw"] > 2.5 * totals["usgs_capacity_p50_mw"]
    assert totals["polynomial_capacity_p50_mw"] < totals["usgs_capacity_p50_mw"]
    assert totals["capacity_p50_mw"] < totals["polynomial_capacity_p50_mw"]  # pumps
    factor = potential.features["geothermal_prospects"].set_index("prospect").method_factor
    assert factor["Istisu"] > 3 and np.isnan(factor["Shusha"])


def test_own_layers_speak_for_a_reservoir(zone_case):
    """Faults given as a layer raise the favourability where they are, in proportion to their weight."""
    sites, layers = zone_case
    west = sites.lon < 46.5
    layers.site["slip_tendency"] = xr.where(west, 1.0, 0.0)
    before = geothermal.estimate(sites, layers, Options()).sites.favourability
    after = geothermal.estimate(sites, layers, Options(fairway_layers={"slip_tendency": 1.0})).sites.favourability
    assert after.values == pytest.approx(before.values / 2 + np.where(west, 0.5, 0.0))
    layers.site["slip_tendency"] = xr.where(west, 7.0, 0.0)
    with pytest.raises(GreenzoneError, match="layer 'slip_tendency' has 7 where 0 to 1"):
        geothermal.estimate(sites, layers, Options(fairway_layers={"slip_tendency": 1.0}))


def test_every_prospect_has_its_costs(potential):
    """Electricity where it is hot enough, heat everywhere; the range encloses the median, hot water is cheaper heat."""
    prospects = potential.features["geothermal_prospects"].set_index("prospect")
    electric = prospects.capacity_mw > 0
    assert (prospects.lcoe_p50_usd_per_mwh.notna() == electric).all()
    assert prospects.lcoh_p50_usd_per_mwh.notna().all()
    assert (prospects.lcoh_p10_usd_per_mwh < prospects.lcoh_p50_usd_per_mwh).all()
    assert (prospects.lcoe_p50_usd_per_mwh < prospects.lcoe_p90_usd_per_mwh)[electric].all()
    assert prospects.lcoh_p50_usd_per_mwh["Istisu"] < prospects.lcoh_p50_usd_per_mwh["Shusha"]


def test_the_share_of_wells_is_told(potential):
    prospects = potential.features["geothermal_prospects"].set_index("prospect")
    assert 0.5 < prospects.lcoe_share_of_wells["Istisu"] < 0.9 and np.isnan(prospects.lcoe_share_of_wells["Shusha"])
    assert any("goes into wells" in note for note in potential.notes)
    assert any("rest on few data" in note for note in potential.notes)


def test_sites_carry_the_capital_of_their_prospect(potential, zone_case):
    sites = potential.sites
    assert (np.isfinite(sites.capital_per_kw) == (sites.capacity_mw > 0)).all()
    assert sites.capital_per_kw.attrs["units"] == "USD kW-1"
    one = geothermal.estimate(*zone_case, Options(prospects=[ISTISU]))
    expected = one.features["geothermal_prospects"].capital_per_kw.iloc[0]
    assert one.sites.capital_per_kw.dropna("site").values == pytest.approx(expected)
    assert "capital_per_kw" not in geothermal.estimate(*zone_case, Options(cost_basis="table")).sites


def test_ranges_of_sites_districts_and_zone_agree(zone_case):
    """With one prospect that is surely there the range of its sites adds up to that of the district and the zone."""
    result = geothermal.estimate(*zone_case, Options(prospects=[ISTISU], chance_of_success=1.0))
    district = result.features["geothermal_districts"].set_index("district")
    for percentile in (10, 50, 90):
        of_sites = float(result.sites[f"energy_p{percentile}_gwh"].sum())
        assert of_sites == pytest.approx(district[f"energy_p{percentile}_gwh"].sum(), rel=1e-6)
        in_zone = result.totals[f"capacity_p{percentile}_mw"]
        factor = float(result.sites.energy_gwh.sum() / result.sites.capacity_mw.sum())
        assert of_sites == pytest.approx(in_zone * factor, rel=1e-6)
    assert (district.energy_p50_gwh > 0).sum() == 1


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


def test_a_chance_below_a_half_has_a_median_of_nothing(zone_case):
    result = geothermal.estimate(*zone_case, Options(prospects=[ISTISU], chance_of_success=0.3))
    assert float(result.sites.energy_p50_gwh.max()) == 0 < float(result.sites.energy_p90_gwh.max())


def test_own_prospects_outside_the_zone_are_named(zone_case):
    far = {"name": "Far away", "lon": 40.0, "lat": 39.9}
    result = geothermal.estimate(*zone_case, Options(prospects=[ISTISU, far]))
    assert "Prospects outside the zone count for nothing: Far away." in result.notes
    assert not any("UNU-GTP" in note for note in result.notes)  # which speaks of the embedded ones


def test_two_prospects_of_one_name_are_refused():
    """Draws follow from the name: the two would rise and fall together."""
    with pytest.raises(ValidationError, match="prospect 'Istisu' is there twice"):
        Options(prospects=[ISTISU, ISTISU])


def test_draws_hold_the_range_of_the_zone(zone_case):
    result = geothermal.estimate(*zone_case, Options(prospects=[ISTISU]))
    found = result.draws.percentiles(np.ones(result.sites.sizes["site"]), (10, 50, 90))
    assert found == pytest.approx([result.totals[f"energy_p{p}_gwh"] for p in (10, 50, 90)])
    half = result.draws.percentiles(np.full(result.sites.sizes["site"], 0.5), (90,))
    assert half == pytest.approx(found[2] / 2)


def test_a_layer_of_heat_flow_with_gaps_needs_something_for_them(zone_case):
    """Without heat flow under a prospect neither its temperature nor its heat is known: no sum could be trusted."""
    sites, layers = zone_case
    own = np.where(np.arange(sites.sizes["site"]) < 3, np.nan, 80.0)
    layers = replace(layers, site=layers.site.assign(own=("site", own)))
    alone = Options(use_embedded_heat_flow=False, heat_flow_layer="own", draws=100)
    with pytest.raises(GreenzoneError, match=r"layer 'own' leaves 3 of \d+ sites without a heat flow: fill it"):
        geothermal.estimate(sites, layers, alone)
    beside = geothermal.estimate(sites, layers, Options(heat_flow_layer="own", draws=100))
    assert np.isfinite(list(beside.totals.values())).all()
