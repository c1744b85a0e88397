"""Statistics of the user's own: animals by IPCC values, districts that are not there, tables that cannot be."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from greenzone import schema
from greenzone.errors import GreenzoneError
from greenzone.grid import SiteGrid
from greenzone.layers import catalogue
from greenzone.technologies import bioenergy
from greenzone.technologies.bioenergy import Options, all_feedstocks
from greenzone.zone import embedded_zone

TABLES = catalogue.read_tables()


def own(tmp_path, name, **columns):
    file = tmp_path / name
    pd.DataFrame(columns).to_csv(file, index=False)
    return file


def estimate(zone, options):
    """On cells of 10 km that are all grassland."""
    sites = SiteGrid.square(zone, 10_000.0).sites
    sites = sites.assign(eligible_fraction=xr.ones_like(sites.area_km2))
    classes = TABLES["land_cover_classes"].land_cover.to_numpy().astype(str)
    shares = np.tile((classes == "grassland").astype(float), (sites.sizes["site"], 1))
    site = xr.Dataset({"land_cover_fraction": (("site", "land_cover"), shares)}, {"site": sites.site})
    times = pd.date_range("2019-01-01", periods=8760, freq="h")
    raster = schema.Raster(np.zeros((1, 1)), 45.0, 41.0, 1.0, 1.0)
    site = site.assign_coords(land_cover=classes)
    layers = schema.Layers(site, xr.Dataset(coords={"time": times}), raster, TABLES, zone)
    return bioenergy.estimate(sites, layers, options)


def test_animals_by_the_values_of_the_ipcc(tmp_path):
    """IPCC 2019 Refinement: a sheep 8.2 kg per 1000 kg and day, 40 kg, 0.19 m3/kg: 22.7 m3 and 0.227 MWh a year; a hen
    9.4, 1.9 and 0.39: 2.5 m3. A fifth of the sheep's and seven tenths of the hens' manure can be collected."""
    file = own(tmp_path, "herds.csv", district=["Lachin"], sheep_heads=[100_000], hen_heads=[200_000])
    found = (
        all_feedstocks(TABLES, Options(livestock_file=file)).set_index(["feedstock", "area"]).loc["manure", "Lachin"]
    )
    sheep, hens = (0.0082 * 40 * 0.19 * 365 * 100_000, 0.0094 * 1.9 * 0.39 * 365 * 200_000)
    gwh = 35.883 / 3600 / 1000
    assert found.resource_gwh == pytest.approx((sheep + hens) * gwh, rel=5e-3)
    assert found.available_gwh == pytest.approx((0.2 * sheep + 0.7 * hens) * gwh, rel=5e-3)
    assert found.low_gwh < found.available_gwh < found.high_gwh


def test_shares_of_the_options_hold_for_all_animals(tmp_path):
    file = own(tmp_path, "herds.csv", district=["Lachin"], sheep_heads=[100_000])
    options = Options(livestock_file=file, manure_collected_low=0.4, manure_collected=0.5, manure_collected_high=0.6)
    found = all_feedstocks(TABLES, options).set_index(["feedstock", "area"]).loc["manure", "Lachin"]
    shares = found[["low_gwh", "available_gwh", "high_gwh"]].astype(float) / found.resource_gwh
    assert shares.to_numpy() == pytest.approx([0.4, 0.5, 0.6])


def test_own_harvests_take_the_place_of_the_embedded(tmp_path):
    crops = own(
        tmp_path, "crops.csv", district=["Fuzuli"], crop=["wheat"], production_t=[1000.0], yield_t_per_ha=[3.54]
    )
    found = estimate(embedded_zone(), Options(crops_file=crops))
    assert found.totals["crop_residues_resource_gwh"] == pytest.approx(1000 * 1.147 * 15 / 3600, rel=1e-3)


def test_a_known_district_outside_the_zone_is_left_out_and_named():
    found = estimate(embedded_zone(["Lachin", "Kalbajar"]), Options())
    left_out = next(note for note in found.notes if "outside the zone are left out" in note)
    assert "Fuzuli" in left_out and "Lachin" not in left_out
    assert found.totals["crop_residues_resource_gwh"] < 2.0  # Kalbajar's 293 t alone


def test_a_district_that_nobody_knows_is_an_error(tmp_path):
    crops = own(tmp_path, "crops.csv", district=["Fizuli"], crop=["wheat"], production_t=[1000.0], yield_t_per_ha=[3.5])
    message = (
        "statistics name 'Fizuli', which is no district of the zone nor any other that is known: did you mean 'Fuzuli'"
    )
    with pytest.raises(GreenzoneError, match=message):
        estimate(embedded_zone(), Options(crops_file=crops))


def test_a_district_of_the_users_own_zone_is_known(tmp_path):
    zone = gpd.GeoDataFrame({"district": ["Ganja"]}, geometry=[shapely.box(46.2, 40.6, 46.5, 40.8)], crs=4326)
    crops = own(tmp_path, "crops.csv", district=["Ganja"], crop=["wheat"], production_t=[1000.0], yield_t_per_ha=[3.54])
    found = estimate(zone, Options(crops_file=crops))
    assert found.totals["crop_residues_resource_gwh"] == pytest.approx(1000 * 1.147 * 15 / 3600, rel=1e-3)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"crop": ["wheat"], "production_t": [5]}, "no column 'district'"),
        (
            {"district": ["Fuzuli"], "crop": ["wheat"], "production": [5]},
            "no column 'production_t': did you mean 'production'",
        ),
        (
            {"district": ["Fuzuli"], "crop": ["wheat"], "production_t": ["many"]},
            "production_t is 'many' where a number",
        ),
        ({"district": ["Fuzuli"], "crop": ["wheat"], "production_t": [-5]}, "production_t of -5 is impossible"),
        ({"district": ["Fuzuli", None], "crop": ["wheat"] * 2, "production_t": [5, 6]}, "row 3 has no district"),
        (
            {"district": ["Fuzuli"], "crop": ["wheat"], "production_t": [5], "yield_t_per_ha": [35.4]},
            r"yield of 35\.4 t/ha is impossible: check its unit",
        ),
        (
            {"district": ["Fuzuli"], "crop": ["wheet"], "production_t": [5], "yield_t_per_ha": [3]},
            "did you mean 'wheat'",
        ),
    ],
)
def test_harvests_that_cannot_be_are_named(tmp_path, columns, message):
    with pytest.raises(GreenzoneError, match=message):
        all_feedstocks(TABLES, Options(crops_file=own(tmp_path, "crops.csv", **columns)))


def test_more_dairy_cows_than_cattle_are_an_error(tmp_path):
    file = own(tmp_path, "herds.csv", district=["Lachin"], cattle_heads=[18.7], dairy_cow_heads=[17_648])
    with pytest.raises(GreenzoneError, match=r"Lachin has 17648 dairy cows among 18\.7 cattle: check their units"):
        all_feedstocks(TABLES, Options(livestock_file=file))


@pytest.mark.parametrize(
    ("more", "message"),
    [({}, "two rows for Lachin: add them up"), ({"year": [2020, 2020]}, "two rows for Lachin in 2020: add them up")],
)
def test_a_herd_that_is_there_twice_is_an_error(tmp_path, more, message):
    """One of the two would be counted, and nobody would be told of the other."""
    file = own(tmp_path, "herds.csv", district=["Lachin"] * 2, cattle_heads=[100, 300], **more)
    with pytest.raises(GreenzoneError, match=message):
        all_feedstocks(TABLES, Options(livestock_file=file))


def test_two_fields_of_one_crop_add_up(tmp_path):
    columns = {"district": ["Fuzuli"] * 2, "crop": ["wheat"] * 2, "yield_t_per_ha": [3.54] * 2}
    crops = own(tmp_path, "crops.csv", production_t=[400.0, 600.0], **columns)
    found = all_feedstocks(TABLES, Options(crops_file=crops)).set_index(["feedstock", "area"]).resource_gwh
    assert found["crop_residues", "Fuzuli"] == pytest.approx(1000 * 1.147 * 15 / 3600, rel=1e-3)


def test_a_file_that_is_no_table_is_named(tmp_path):
    with pytest.raises(GreenzoneError, match=r"nothing\.csv: cannot be read as a table"):
        all_feedstocks(TABLES, Options(population_file=tmp_path / "nothing.csv"))


def test_own_people_and_forest(tmp_path):
    people = own(tmp_path, "people.csv", area=["Lachin"], persons=[10_000])
    wood = {"area": ["Lachin"], "forest_ha": [1000.0], "lhv_gj_per_t": [18.0]}
    growth = {f"increment{name}_t_per_ha": [value] for name, value in (("", 1.0), ("_low", 0.5), ("_high", 2.0))}
    forest = own(tmp_path, "forest.csv", **wood, **growth)
    found = all_feedstocks(TABLES, Options(population_file=people, forest_file=forest)).set_index(["feedstock", "area"])
    assert found.resource_gwh["waste", "Lachin"] == pytest.approx(10_000 * 0.83 * 365 / 1000 * 8 / 3600)
    assert found.available_gwh["forest_residues", "Lachin"] == pytest.approx(1000 * 0.25 * 18 / 3600)
