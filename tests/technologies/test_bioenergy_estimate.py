"""The bioenergy potential of the zone: sums kept, published bounds, parts of districts, own tables, errors."""

from dataclasses import replace

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
from greenzone.grid import SiteGrid
from greenzone.layers import catalogue
from greenzone.technologies import bioenergy
from greenzone.technologies.bioenergy import Options, all_feedstocks, spread
from greenzone.zone import embedded_zone, geodesic_area_km2


def layers_of(sites, zone):
    """The embedded land cover read at each site's point; a year of hours without weather."""
    cover, classes = catalogue.load_land_cover(), catalogue.read_table("land_cover_classes")
    column = ((sites.lon.to_numpy() - cover.west) / cover.step_lon).astype(int)
    row = ((cover.north - sites.lat.to_numpy()) / cover.step_lat).astype(int)
    code = cover.values[row, column]
    shares = (code[:, None] == classes.code.to_numpy()).astype(float)
    site = xr.Dataset({"land_cover_fraction": (("site", "land_cover"), shares)}, {"site": sites.site})
    site = site.assign_coords(land_cover=classes.land_cover.to_numpy().astype(str))
    times = pd.date_range("2019-01-01", periods=8760, freq="h")
    raster = schema.Raster(np.zeros((1, 1)), 45.0, 41.0, 1.0, 1.0)
    return schema.Layers(site, xr.Dataset(coords={"time": times}), raster, catalogue.read_tables(), zone)


def case(cell_size=2500.0, zone=None, eligible=1.0):
    zone = embedded_zone() if zone is None else zone
    sites = SiteGrid.square(zone, cell_size).sites
    return sites.assign(eligible_fraction=xr.full_like(sites.area_km2, eligible)), layers_of(sites, zone)


def half_of(district, side):
    """The western or eastern half of a district's box, under the district's name."""
    zone = embedded_zone([district])
    west, south, east, north = zone.total_bounds
    middle = (west + east) / 2
    box = shapely.box(west, south, middle, north) if side == "west" else shapely.box(middle, south, east, north)
    return zone.assign(geometry=zone.intersection(box))


@pytest.fixture(scope="module")
def zone_case():
    return case()


@pytest.fixture(scope="module")
def potential(zone_case):
    return bioenergy.estimate(*zone_case, Options())


@pytest.fixture(scope="module")
def supply():
    return all_feedstocks(catalogue.read_tables(), Options()).set_index(["area", "feedstock"])


def test_follows_the_schema(potential, zone_case):
    schema.check(potential.sites, schema.POTENTIAL)
    schema.check(potential.profiles, schema.PROFILES)
    assert potential.profiles.time.equals(zone_case[1].weather.time)


def test_spread_keeps_the_totals(potential, supply):
    """All of every district's statistics lies on its sites, to 1e-9."""
    assert float(potential.sites.theoretical_gwh.sum()) == pytest.approx(supply.resource_gwh.sum(), rel=1e-9)
    for name, rows in supply.groupby("feedstock"):
        assert potential.totals[f"{name}_available_gwh"] == pytest.approx(rows.available_gwh.sum(), rel=1e-9)


def test_productive_land_gets_more_of_the_same_total(potential, zone_case):
    """Twice the rain in the west: more straw there, as much in each district; without climate all land is alike."""
    sites, layers = zone_case
    wet = sites.lon < 47.1
    rain = xr.where(wet, 600.0, 300.0).expand_dims(month=range(1, 13)) / 12
    climate = layers.site.assign(temp_air=xr.full_like(sites.lon, 12.0), rain=rain)
    result = bioenergy.estimate(sites, replace(layers, site=climate), Options()).sites.theoretical_gwh
    before, fuzuli = potential.sites.theoretical_gwh, sites.district == "Fuzuli"
    for name in set(sites.district.values.tolist()):
        here = sites.district == name
        assert float(result.where(here).sum()) == pytest.approx(float(before.where(here).sum()), rel=0.15)
    assert float(result.sum()) == pytest.approx(float(before.sum()), rel=1e-9)
    assert float(result.where(fuzuli & wet).sum()) > 1.1 * float(before.where(fuzuli & wet).sum())


def test_straw_of_a_district_lies_in_that_district(zone_case):
    sites, layers = zone_case
    none = {"livestock": 0, "population": 0, "bioenergy_forest": 0}
    tables = {name: table.iloc[:0] if name in none else table for name, table in layers.tables.items()}
    straw = bioenergy.estimate(sites, replace(layers, tables=tables), Options()).sites.theoretical_gwh
    fuzuli = float(straw.where(sites.district == "Fuzuli").sum())
    assert fuzuli * 0.4 == pytest.approx(210.6, abs=0.05)
    assert float(straw.where(sites.district == "Lachin").sum()) == 0


def test_available_energy_of_fuzuli_and_of_a_herd(supply):
    """110,159 t of cereals give 210.6 GWh; 13,705 dairy cows of 2024 give 3.93 MWh each, half of it collected."""
    assert supply.available_gwh["Fuzuli", "crop_residues"] == pytest.approx(210.6, abs=0.05)
    cows, others = 13_705 * 3.93e-3, (14_070 - 13_705) * 2.7 * 365 * 0.17 * 9.97e-6
    assert supply.resource_gwh["Fuzuli", "manure"] == pytest.approx(cows + others, rel=2e-3)
    assert supply.available_gwh["Fuzuli", "manure"] == pytest.approx((cows + others) / 2, rel=2e-3)


def test_waste_gives_at_most_what_the_baku_plant_gives(potential):
    """0.46 MWh/t at 37 MW (Baku): the 10,000 t collected here feed half a megawatt, which makes less of each."""
    kilotonnes = 44_000 * 0.83 * 365 / 1e6 * 0.75
    per_tonne = potential.totals["waste_energy_gwh"] / kilotonnes
    assert 0.2 < per_tonne < 0.46 * (1.0 / 20.0) ** 0.08


def test_waste_of_a_large_town_gives_what_the_baku_plant_gives(zone_case):
    """Half a million tonnes a year: 0.46 MWh/t, whatever the plants' table would let larger ones make."""
    sites, layers = zone_case
    people = layers.tables["population"].assign(persons=2_300_000)
    tables = {**layers.tables, "population": people}
    options = Options(transport_radius_km=300.0, candidates=1)
    result = bioenergy.estimate(sites, replace(layers, tables=tables), options)
    kilotonnes = 2_300_000 * 0.83 * 365 / 1e6 * 0.75
    assert result.totals["waste_energy_gwh"] / kilotonnes == pytest.approx(0.46, rel=1e-6)


def test_straw_by_both_methods(supply):
    """Khojavend: 13,184 t (54.9 GWh) by the share, nothing above the floor."""
    assert supply.available_gwh["Khojavend", "crop_residues"] == pytest.approx(13_184 * 15 / 3600, rel=1e-4)
    assert supply.floor_gwh["Khojavend", "crop_residues"] == 0
    by_floor = all_feedstocks(catalogue.read_tables(), Options(residue_method="floor"))
    by_floor = by_floor.set_index(["area", "feedstock"])
    assert by_floor.available_gwh["Khojavend", "crop_residues"] == 0


def test_both_methods_stand_beside_each_other_in_the_districts(potential, zone_case):
    sites, _ = zone_case
    districts = potential.features["bioenergy_districts"].set_index("district")
    assert (sites.eligible_fraction == 1).all()
    assert districts.straw_share_gwh["Khojavend"] == pytest.approx(13_184 * 15 / 3600, rel=1e-4)
    assert districts.straw_floor_gwh["Khojavend"] == 0
    assert districts.straw_floor_gwh["Aghdam"] > 0
    assert districts.straw_share_gwh.sum() == pytest.approx(potential.totals["crop_residues_by_share_gwh"], rel=1e-9)


def test_ranges_enclose(supply, potential):
    assert (supply.low_gwh <= supply.available_gwh + 1e-12).all()
    assert (supply.available_gwh <= supply.high_gwh + 1e-12).all()
    assert (supply.high_gwh <= supply.resource_gwh * (140 / 44)).all()  # people: 44,000 now, 140,000 as the target
    totals = potential.totals
    assert totals["energy_low_gwh"] < totals["energy_gwh"] < totals["energy_high_gwh"]


def test_zone_stays_within_the_country(potential):
    """380 MW of economic bioenergy in all of Azerbaijan, about a third of all sources in the zone (caliber.az)."""
    assert 5 < float(potential.sites.capacity_mw.sum()) < 380 / 3


def test_rungs_only_fall_and_energy_is_conserved(potential):
    sites = potential.sites
    assert (sites.geographic_gwh <= sites.theoretical_gwh).all()
    assert (sites.energy_gwh + sites.heat_gwh <= sites.geographic_gwh * (1 + 1e-12)).all()
    assert (sites.energy_low_gwh <= sites.energy_gwh).all() and (sites.energy_gwh <= sites.energy_high_gwh).all()


def test_the_proven_gap_and_what_rests_on_few_data_are_told(potential):
    gap = potential.totals["plants_cost_gap"]
    assert 0 <= gap <= 0.05 and potential.totals["plants_supply_gap"] == 0
    assert any(f"proven to a gap of 0.00% of the fuel and {gap:.1%} of the cost" in note for note in potential.notes)
    assert any("rest on few data" in note and "sheep" in note for note in potential.notes)
    plants = potential.features["bioenergy_plants"]
    assert plants.cost_gap.max() == pytest.approx(gap) and (plants.cost_gap >= 0).all()


def test_groups_hold_what_their_sites_hold(potential):
    sites, profiles = potential.sites, potential.profiles
    assert float(profiles.capacity_factor.min()) >= 0 and float(profiles.capacity_factor.max()) <= 1
    for index in range(profiles.sizes["group"]):
        members = sites.sel(site=sites.group == index)
        assert members.capacity_mw.sum() == pytest.approx(float(profiles.capacity_mw[index]))
        energy = float(profiles.capacity_factor[index].mean(dtype=float) * profiles.capacity_mw[index]) * 8.76
        assert members.energy_gwh.sum() == pytest.approx(energy, rel=1e-5)


def test_plants_follow_the_seasons(potential):
    """Stored straw and the manure of housed herds give more in January than in July."""
    month = potential.profiles.time.dt.month
    january, july = (potential.profiles.capacity_factor.sel(time=month == number).mean("time") for number in (1, 7))
    heated = potential.profiles.resource_class != "waste"
    assert (january > july).where(heated, True).all()


def test_plants_run_for_the_evening(potential, zone_case):
    """17 to 22 o'clock in Baku are 13 to 18 UTC; each day gives the same energy as without a peak."""
    factor = potential.profiles.capacity_factor
    july = factor.sel(time=factor.time.dt.month == 7)
    evening = july.time.dt.hour.isin(range(13, 19))
    assert (july.where(evening, drop=True).mean("time") > 1.05 * july.where(~evening, drop=True).mean("time")).all()
    steady = bioenergy.estimate(*zone_case, Options(peak_hours=())).profiles.capacity_factor
    assert factor.values.reshape(-1, 365, 24).mean(2) == pytest.approx(
        steady.values.reshape(-1, 365, 24).mean(2), abs=1e-6
    )
    assert float(steady.isel(time=slice(0, 24)).std("time").max()) == pytest.approx(0.0, abs=1e-6)


def test_halves_of_a_district_add_up_to_the_whole():
    """Neither half takes all the straw: each gets what its cropland says, and together they hold the whole."""
    halves = [bioenergy.estimate(*case(1000.0, half_of("Fuzuli", side)), Options()) for side in ("west", "east")]
    straw = [half.totals["crop_residues_available_gwh"] for half in halves]
    assert sum(straw) == pytest.approx(210.6, rel=1e-3)
    assert min(straw) > 0.1 * sum(straw)
    assert any("Only part of Fuzuli" in note for note in halves[0].notes)


def test_one_district_alone_keeps_its_own_total(supply):
    alone = bioenergy.estimate(*case(zone=embedded_zone(["Fuzuli"])), Options())
    assert alone.totals["crop_residues_available_gwh"] == pytest.approx(210.6, abs=0.05)
    assert alone.totals["manure_available_gwh"] == pytest.approx(supply.available_gwh["Fuzuli", "manure"], rel=1e-9)
    assert alone.totals["forest_residues_available_gwh"] < 0.1 * supply.available_gwh["zone", "forest_residues"]
    assert any("left out: Aghdam" in note for note in alone.notes)


def test_a_district_without_cropland_in_the_land_cover_keeps_its_harvest(potential, zone_case, supply):
    """Shusha harvested 3,601 t of cereals; the land cover of 5 km shows it no cropland."""
    assert spread.embedded_land().loc["Shusha", "cropland"] == 0
    alone = bioenergy.estimate(*case(zone=embedded_zone(["Shusha"])), Options())
    straw = supply.available_gwh["Shusha", "crop_residues"]
    assert alone.totals["crop_residues_available_gwh"] == pytest.approx(straw, rel=1e-9)


@pytest.mark.parametrize("cell_size", [1000.0, 5000.0, 30000.0])
def test_result_hardly_depends_on_the_cells(potential, cell_size):
    """Fuel not at all; electricity by the blocks in which plants gather it."""
    other = bioenergy.estimate(*case(cell_size), Options())
    assert float(other.sites.theoretical_gwh.sum()) == pytest.approx(float(potential.sites.theoretical_gwh.sum()))
    assert other.totals["heat_gwh"] == pytest.approx(potential.totals["heat_gwh"], rel=1e-9)
    assert float(other.sites.energy_gwh.sum()) == pytest.approx(float(potential.sites.energy_gwh.sum()), rel=0.03)


def test_a_polygon_under_another_name_gets_the_districts_part():
    """The zone of the user's own is known by its place: the same land as Fuzuli has the same straw."""
    renamed = embedded_zone(["Fuzuli"]).assign(district="my zone")
    result = bioenergy.estimate(*case(zone=renamed), Options())
    assert result.totals["crop_residues_available_gwh"] == pytest.approx(210.6, rel=0.01)
    assert set(result.profiles.district.values) == {"my zone"}


def test_a_zone_without_statistics_says_so():
    box = gpd.GeoDataFrame({"district": ["Ganja"]}, geometry=[shapely.box(46.2, 40.6, 46.5, 40.8)], crs=4326)
    result = bioenergy.estimate(*case(zone=box), Options())
    assert float(result.sites.energy_gwh.sum()) == 0 and np.isnan(result.sites.capacity_factor).all()
    assert result.profiles.sizes["group"] == 0
    assert any("No district with statistics" in note for note in result.notes)


def test_own_statistics_for_own_districts():
    box = gpd.GeoDataFrame({"district": ["Ganja"]}, geometry=[shapely.box(46.2, 40.6, 46.5, 40.8)], crs=4326)
    sites, layers = case(zone=box)
    crops = pd.DataFrame(
        {"district": ["Ganja"], "crop": ["wheat"], "production_t": [110_159.0], "yield_t_per_ha": [3.54]}
    )
    result = bioenergy.estimate(sites, replace(layers, tables={**layers.tables, "crops": crops}), Options())
    assert result.totals["crop_residues_available_gwh"] == pytest.approx(210.6, abs=0.05)


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 2**31))
def test_more_exclusions_never_raise_the_potential(zone_case, seed):
    sites, layers = zone_case
    rng = np.random.default_rng(seed)
    wide = rng.uniform(size=sites.sizes["site"])
    narrow = wide * rng.uniform(size=wide.size)
    first, second = (
        bioenergy.estimate(sites.assign(eligible_fraction=("site", share)), layers, Options(candidates=1)).sites
        for share in (wide, narrow)
    )
    for name in ("geographic_gwh", "capacity_mw", "energy_gwh", "heat_gwh"):
        assert (second[name] <= first[name] + 1e-12).all()
    assert (second.theoretical_gwh == first.theoretical_gwh).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31))
def test_shares_sum_to_one_for_any_land_cover(zone_case, seed):
    """Totals are kept to 1e-9 whatever the land cover says of complete districts, even nothing at all."""
    sites, layers = zone_case
    rng = np.random.default_rng(seed)
    cover = layers.site.land_cover_fraction.copy(data=rng.uniform(size=layers.site.land_cover_fraction.shape))
    cover = cover * (rng.uniform(size=cover.sizes["land_cover"]) < 0.3)
    areas = spread.areas_of(["Fuzuli", "Shusha", "zone"], sites, layers.zone, cover.land_cover.to_numpy())
    weights = layers.tables["bioenergy_land"]
    for name in ("crop_residues", "manure", "forest_residues"):
        yields = rng.uniform(0, 1000, sites.sizes["site"]) * (rng.uniform(size=sites.sizes["site"]) < 0.8)
        own = weights[weights.feedstock == name]
        shares = spread.land_shares(areas, cover, sites.area_km2.to_numpy(), own, yields)
        assert shares.sum(1) == pytest.approx(np.ones(3), rel=1e-9)
        assert (shares >= 0).all()


def test_embedded_land_is_the_districts_area():
    """The polygons' own geodesic areas, within half a percent of the flat sum over land-cover cells."""
    zone = embedded_zone()
    assert spread.embedded_land().sum(axis=1).to_numpy() == pytest.approx(geodesic_area_km2(zone), rel=5e-3)


def with_table(layers, name, **changes):
    return replace(layers, tables={**layers.tables, name: layers.tables[name].assign(**changes)})


def test_unknown_crop_is_named(zone_case):
    sites, layers = zone_case
    with pytest.raises(GreenzoneError, match="unknown crop 'wheet': did you mean 'wheat'"):
        bioenergy.estimate(sites, with_table(layers, "crops", crop="wheet"), Options())


def test_missing_yields_take_the_mean_of_their_crop_or_are_an_error(zone_case):
    sites, layers = zone_case
    with pytest.raises(GreenzoneError, match="no yield is known for 'cereals'"):
        bioenergy.estimate(sites, with_table(layers, "crops", yield_t_per_ha=np.nan), Options())


def test_impossible_statistics_are_errors(zone_case):
    sites, layers = zone_case
    with pytest.raises(GreenzoneError, match="yield of 0 t/ha is impossible"):
        bioenergy.estimate(sites, with_table(layers, "crops", yield_t_per_ha=0.0), Options())
    with pytest.raises(GreenzoneError, match="heads of -5 is impossible"):
        bioenergy.estimate(sites, with_table(layers, "livestock", dairy_cow_heads=-5), Options())
    with pytest.raises(GreenzoneError, match="more than its energy"):
        bioenergy.estimate(sites, with_table(layers, "bioenergy_conversion", heat_efficiency=0.9), Options())


def test_unknown_livestock_year_is_an_error(zone_case):
    with pytest.raises(GreenzoneError, match="the livestock table has no year 1990: choose from"):
        bioenergy.estimate(*zone_case, Options(livestock_year=1990))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"removal_share": 0.6}, "a range must rise"),
        ({"manure_collected": 0.1, "manure_collected_low": 0.3}, "a range must rise"),
        ({"waste_electricity": 0.9, "waste_heating_value": 2.5}, "more than the waste's heating value"),
        ({"residue_method": "all"}, "'share' or 'floor'"),
        ({"peak_hours": [24]}, "must lie between 0 and 23"),
        ({"removal": 0.4}, "Extra inputs"),
    ],
)
def test_impossible_options_are_errors(setting, message):
    with pytest.raises(ValueError, match=message):
        Options(**setting)
