"""Plants by the fuel within reach: sizes and efficiencies by hand, laws of scale, the same cost as a sited plant."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.layers import catalogue
from greenzone.technologies.bioenergy import Options, conversion, costs, logistics, plants, scale

TABLES = catalogue.read_tables()
SOLID = TABLES["bioenergy_plants"].iloc[0]
EURO = costs.dollars(TABLES["price_index"], "EUR", 2025, 2024)


def line_of_sites(number, apart_km=6.3):
    """Sites of 1 km2 on a line from west to east, each in a block of its own."""
    lon = 46.0 + np.arange(number) * apart_km / (111.2 * np.cos(np.radians(39.5)))
    data = {"lon": lon, "lat": np.full(number, 39.5), "area_km2": np.ones(number), "district": np.full(number, "one")}
    return xr.Dataset({name: ("site", values) for name, values in data.items()}, {"site": np.arange(number)})


def scale_of(straw, options):
    sites = line_of_sites(len(straw))
    ways = conversion.read_ways(TABLES["bioenergy_conversion"], options)
    fuel = np.zeros((ways.kind.size, len(straw)))
    fuel[0] = straw
    blocks = logistics.make_blocks(sites, np.zeros(len(straw)), options.block_km)
    return scale.plant_scale(blocks, fuel, ways, TABLES, options), blocks, fuel, ways, sites


def test_a_place_counts_with_all_fuel_within_its_radius():
    """Three heaps of 60 GWh in a row and a road of 7 km: the ends reach two of them, the middle all three.

    Obernberger and Thek (2008): 0.15 to 0.18 at 1 MW; here 0.3003 (MW / 24)^0.14, so that 120 GWh feed 4.0 MW at 0.234.
    """
    options = Options(transport_radius_km=7.0, road_winding=1.0, block_km=6.0)
    found = scale_of([60.0, 60.0, 60.0], options)[0]
    solid = found.size[found.kind == "solid"][0]
    by_hand = [(fuel / 7.008 * 0.3003 / 24**0.14) ** (1 / 0.86) for fuel in (120.0, 180.0, 120.0)]
    assert solid == pytest.approx(by_hand)
    assert found.electric[0] == pytest.approx(0.3003 * (solid / 24) ** 0.14)
    assert found.electric[0] == pytest.approx([0.234, 0.250, 0.234], abs=1e-3)


def test_too_little_fuel_counts_with_the_smallest_plant():
    found = scale_of([1.0, 0.0], Options())[0]
    assert (found.size[found.kind == "solid"] == 1.0).all()
    assert found.electric[0] == pytest.approx(0.3003 / 24**0.14)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 80), min_size=4, max_size=9), st.floats(1, 40), st.floats(0, 40), st.floats(0, 50))
def test_more_fuel_or_a_larger_radius_never_lowers_what_a_place_gives(straw, radius, farther, more):
    here = scale_of(straw, Options(transport_radius_km=radius))[0]
    wider = scale_of(straw, Options(transport_radius_km=radius + farther))[0]
    richer = scale_of([heap + more for heap in straw], Options(transport_radius_km=radius))[0]
    for other in (wider, richer):
        assert (other.electric >= here.electric - 1e-12).all()
        assert (other.capital <= here.capital * (1 + 1e-12)).all()


def test_costs_of_a_site_are_those_of_the_plant_that_it_feeds():
    """One heap far from all others: its own LCOE is that of the candidate plant sited on it."""
    options = Options()
    found, blocks, fuel, ways, sites = scale_of([90.0], options)
    points = plants.site_plants(sites, blocks, fuel, ways, TABLES, options)[0]
    site = scale.site_costs(found, fuel * found.electric, ways).isel(site=0)
    capital = float(site.capital_per_kw) * float(costs.capital_share(0.10, site.lifetime_years))
    lcoe = (capital + float(site.fixed_om_per_kw_year)) / 7.008 + float(site.variable_om_per_mwh)
    assert len(points) == 1
    assert points.lcoe_usd_per_mwh.iloc[0] == pytest.approx(lcoe, rel=1e-5)
    assert site.capital_per_kw == pytest.approx(4288 * EURO * (points.capacity_mw.iloc[0] / 24) ** -0.3, rel=1e-5)


def test_biogas_of_a_farm_costs_what_the_biogas_association_says():
    """World Bioenergy Association, fact sheet of 2013: about 5,000 EUR/kW at 150 kW, less above and more below."""
    plant = TABLES["bioenergy_plants"].set_index("resource_class").loc["biogas"]
    index = TABLES["price_index"].query("currency == 'EUR'").set_index("year").price_index
    at_150_kw = scale.capital_per_kw(0.15, plant) * index[2013] / index[2025]
    assert at_150_kw == pytest.approx(5000.0, rel=0.15)
    assert scale.capital_per_kw(0.075, plant) > scale.capital_per_kw(0.15, plant) > scale.capital_per_kw(1.0, plant)


def test_sites_without_fuel_have_no_costs():
    found, _, fuel, ways, _ = scale_of([5.0, 0.0], Options())
    costs_of = scale.site_costs(found, fuel * found.electric, ways)
    assert np.isnan(costs_of.capital_per_kw.values).tolist() == [False, True]
