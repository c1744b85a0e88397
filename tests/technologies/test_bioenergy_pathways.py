"""Sewage, landfill gas, gasification, energy crops, ranges and heat sales: reference numbers, laws, errors."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from greenzone import schema
from greenzone.errors import GreenzoneError
from greenzone.grid import SiteGrid
from greenzone.layers import catalogue
from greenzone.technologies import bioenergy
from greenzone.technologies.bioenergy import Options, all_feedstocks, conversion, model, ranges
from greenzone.zone import embedded_zone

TABLES = catalogue.read_tables()


@pytest.fixture(scope="module")
def zone_case():
    """Cells of 5 km, half grassland and half cropland."""
    zone = embedded_zone()
    sites = SiteGrid.square(zone, 5000.0).sites
    sites = sites.assign(eligible_fraction=xr.ones_like(sites.area_km2))
    classes = catalogue.read_table("land_cover_classes").land_cover.to_numpy().astype(str)
    shares = np.tile(np.isin(classes, ["grassland", "cropland"]) / 2, (sites.sizes["site"], 1))
    site = xr.Dataset({"land_cover_fraction": (("site", "land_cover"), shares)}, {"site": sites.site})
    times = pd.date_range("2019-01-01", periods=8760, freq="h")
    raster = schema.Raster(np.zeros((1, 1)), 45.0, 41.0, 1.0, 1.0)
    site = site.assign_coords(land_cover=classes)
    return sites, schema.Layers(site, xr.Dataset(coords={"time": times}), raster, TABLES, zone)


@pytest.fixture(scope="module")
def plain(zone_case):
    return bioenergy.estimate(*zone_case, Options())


def test_methane_of_a_landfill():
    """IPCC 2006 defaults: a tonne with 0.15 of carbon gives 0.15 x 0.5 x 0.5 x 16/12 = 0.05 t, 69.7 m3."""
    assert model.landfill_methane(1.0, 0.15) == pytest.approx(50.0 / 0.7175)
    assert model.landfill_methane(1.0, 0.15, 0.5) == pytest.approx(25.0 / 0.7175)


def test_methane_of_sewage():
    """20 l of gas with 64 % of methane a day (IEA Bioenergy Task 37): 4.67 m3 and 46.6 kWh a year for each person."""
    assert model.sewage_methane(1, 12.8) == pytest.approx(4.672)
    assert model.methane_energy(model.sewage_methane(1, 12.8)) * 1e6 == pytest.approx(46.6, abs=0.05)


def test_a_landfill_gives_less_than_a_fire(zone_case, plain):
    """Half of 70 m3/t at 0.36 are 0.125 MWh/t in engines of 1 MW, a little less in those that this zone feeds."""
    gas = bioenergy.estimate(*zone_case, Options(waste_pathway="landfill_gas"))
    kilotonnes = 44_000 * 0.83 * 365 / 1e6 * 0.75
    per_tonne = 50.0 / 0.7175 * 0.5 * 35.883 / 3600 * 0.36
    assert 0.9 < gas.totals["waste_energy_gwh"] / (per_tonne * kilotonnes) < 1.0
    assert gas.totals["waste_energy_gwh"] < plain.totals["waste_energy_gwh"]


def test_gasifiers_give_more_electricity_than_small_boilers(zone_case, plain):
    """0.28 in gas engines of half a megawatt, where steam plants of 1 to 5 MW make 0.19 to 0.24."""
    gas = bioenergy.estimate(*zone_case, Options(solid_pathway="gasification"))
    ratio = gas.totals["crop_residues_energy_gwh"] / plain.totals["crop_residues_energy_gwh"]
    assert 0.28 / 0.3003 < 1.1 < ratio < 0.36 / 0.19
    assert gas.totals["manure_energy_gwh"] == plain.totals["manure_energy_gwh"]


def test_energy_crops_only_where_asked_for(zone_case, plain):
    """A tenth of the grassland, half of the zone here, at 5 t/ha and 17 GJ/t."""
    assert plain.totals["energy_crops_resource_gwh"] == 0
    crops = bioenergy.estimate(*zone_case, Options(energy_crop_share=0.1))
    grass = float(zone_case[0].area_km2.sum()) / 2
    assert crops.totals["energy_crops_available_gwh"] == pytest.approx(grass * 100 * 0.1 * 5 * 17 / 3600)
    assert crops.totals["energy_gwh"] > plain.totals["energy_gwh"]


def test_ranges_lie_between_the_ends(plain):
    sites, totals = plain.sites, plain.totals
    assert (sites.energy_p10_gwh <= sites.energy_p50_gwh).all() and (sites.energy_p50_gwh <= sites.energy_p90_gwh).all()
    tiny = 1e-6 + 1e-5 * sites.energy_high_gwh
    assert (sites.energy_low_gwh <= sites.energy_p10_gwh + tiny).all()
    assert (sites.energy_p90_gwh <= sites.energy_high_gwh + tiny).all()
    assert totals["energy_low_gwh"] < totals["energy_p10_gwh"] < totals["energy_p50_gwh"] < totals["energy_p90_gwh"]
    district = plain.features["bioenergy_districts"]
    assert set(district.district) == set(TABLES["districts"].district)
    assert district.energy_gwh.sum() == pytest.approx(totals["energy_gwh"], rel=1e-9)
    assert district.energy_p10_gwh.sum() <= totals["energy_p10_gwh"]  # not all districts are low at once


def test_the_resource_has_its_range_too(plain):
    """Forests grow 0.8 to 1.5 t/ha where 1.15 is likely (54 Mt of carbon, FRA 2010); harvests are taken as counted."""
    sites, totals = plain.sites, plain.totals
    assert (sites.theoretical_p10_gwh <= sites.theoretical_p50_gwh * (1 + 1e-6)).all()
    assert totals["theoretical_p10_gwh"] < totals["theoretical_p50_gwh"] < totals["theoretical_p90_gwh"]
    counted = all_feedstocks(TABLES, Options()).query("feedstock in ('crop_residues', 'manure')").resource_gwh.sum()
    least = counted + 260_000 * 0.8 * 18 / 3600
    assert (
        least < totals["theoretical_p10_gwh"] < totals["theoretical_p90_gwh"] < counted + 260_000 * 1.5 * 18 / 3600 + 80
    )
    district = plain.features["bioenergy_districts"]
    assert district.theoretical_gwh.sum() == pytest.approx(float(sites.theoretical_gwh.sum()), rel=1e-9)


def test_draws_have_the_moments_of_their_triangles():
    """Mean (a + b + c) / 3; the rows of one feedstock move together."""
    supply = all_feedstocks(TABLES, Options())
    draws = ranges.draw(supply, Options(draws=100_000))
    mean = supply[["low_gwh", "available_gwh", "high_gwh"]].mean(axis=1).to_numpy()
    assert draws.mean(0) == pytest.approx(mean, rel=0.01, abs=1e-9)
    manure = np.flatnonzero(supply.feedstock == "manure")
    assert np.corrcoef(draws[:, manure[0]], draws[:, manure[1]])[0, 1] == pytest.approx(1.0)
    straw = int(np.flatnonzero(supply.feedstock == "crop_residues")[0])
    assert abs(np.corrcoef(draws[:, manure[0]], draws[:, straw])[0, 1]) < 0.02
    assert (ranges.draw(supply, Options(seed=1)) != ranges.draw(supply, Options())).any()
    assert (ranges.draw(supply, Options()) == ranges.draw(supply, Options())).all()


@given(st.integers(0, 2**31))
def test_percentiles_are_those_of_numpy(seed):
    rng = np.random.default_rng(seed)
    draws, weight = rng.random((101, 4)), rng.random((4, 7))
    expected = np.percentile(draws @ weight, (10, 50, 90), axis=0)
    assert ranges.percentiles_of(draws, weight) == pytest.approx(expected, rel=1e-5)


def test_selling_heat_lowers_the_cost(plain):
    """Half of the heat at 25 USD/MWh: the credit per MWh of electricity is heat over electricity times 12.5."""
    totals = plain.totals
    credit = totals["heat_gwh"] / totals["energy_gwh"] * 0.5 * 25.0
    assert totals["lcoe_usd_per_mwh"] - totals["lcoe_with_heat_usd_per_mwh"] == pytest.approx(credit)
    assert 10 < credit < 50


def test_the_credit_enters_the_sites_only_when_asked_for(zone_case, plain):
    sold = bioenergy.estimate(*zone_case, Options(heat_credit=True)).sites
    assert (np.isfinite(sold.fixed_om_per_kw_year) == (sold.capacity_mw > 0)).all()
    revenue = sold.heat_gwh * 1000 * 0.5 * 25.0 / (sold.capacity_mw * 1000)
    upkeep = plain.sites.fixed_om_per_kw_year - revenue
    assert sold.fixed_om_per_kw_year.values == pytest.approx(upkeep.values, nan_ok=True, rel=1e-9)


def test_costs_of_the_table_where_they_are_asked_for(zone_case):
    assert "capital_per_kw" not in bioenergy.estimate(*zone_case, Options(cost_basis="table")).sites


def test_a_way_that_is_missing_is_named():
    table = TABLES["bioenergy_conversion"]
    with pytest.raises(GreenzoneError, match="no row for sewage by anaerobic_digestion"):
        conversion.read_ways(table[table.feedstock != "sewage"], Options())


def test_a_year_without_prices_is_an_error(zone_case):
    with pytest.raises(GreenzoneError, match="no prices of EUR are known for 2025 and 2090"):
        bioenergy.estimate(*zone_case, Options(price_year=2090))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"sewage_connected": 0.1}, "a range must rise"),
        ({"energy_crop_yield": 2.0}, "a range must rise"),
        ({"solid_pathway": "pyrolysis"}, "'combustion' or 'gasification'"),
        ({"waste_pathway": "dump"}, "'incineration' or 'landfill_gas'"),
        ({"energy_crop_share": 1.5}, "less than or equal to 1"),
    ],
)
def test_impossible_options_are_errors(setting, message):
    with pytest.raises(ValueError, match=message):
        Options(**setting)


def test_negative_people_are_an_error(zone_case):
    sites, layers = zone_case
    tables = {**layers.tables, "population": TABLES["population"].assign(persons=-1)}
    with pytest.raises(GreenzoneError, match="persons of -1 is impossible"):
        bioenergy.estimate(sites, replace(layers, tables=tables), Options())
