"""The curated tables agree with their sources, with physics and with each other."""

from __future__ import annotations

import numpy as np
import pytest

from greenzone.layers.catalogue import data_path, load_districts, read_table, read_tables

TABLES = sorted(path.stem for path in data_path("tables").glob("*.csv"))


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source(name):
    assert read_table(name).source.str.strip().str.len().min() > 0


@pytest.mark.parametrize("name", TABLES)
def test_years_are_years(name):
    table = read_table(name)
    for column in {"year", "projection_year"} & set(table):
        assert table[column].dropna().between(1900, 2050).all()


def test_districts_are_spelled_alike_everywhere():
    known = set(load_districts().district)
    for name, table in read_tables().items():
        for column in {"district", "districts"} & set(table):
            assert set(table[column].dropna().str.split(";").explode()) <= known, name


def test_the_district_table_is_the_zone():
    assert set(read_table("districts").district) == set(load_districts().district)


def test_district_areas_are_those_of_geoboundaries(shared_data):
    # Areas in UTM 38N of the file itself, which our table states from its compilation.
    import geopandas as gpd

    shapes = gpd.read_file(shared_data / "districts_geoboundaries.geojson").to_crs(32638)
    areas = shapes.geometry.area / 1e6
    for published in read_table("districts").area_published_km2.dropna():
        assert (areas - published).abs().min() < 1


def test_land_cover_names_are_the_seventeen_of_igbp():
    classes = read_table("land_cover_classes").set_index("land_cover").code
    assert sorted(classes) == list(range(17))
    # MCD12C1 user guide: 0 is water, 4 deciduous broadleaf, 10 grassland, 12 cropland, 16 barren.
    picked = ["water", "deciduous_broadleaf_forest", "grassland", "cropland", "barren"]
    assert classes[picked].tolist() == [0, 4, 10, 12, 16]


def test_heat_flow_is_gradient_times_conductivity():
    # Fourier's law; the sites with all three figures measured.
    sites = read_table("heat_flow").dropna(subset=["gradient_k_per_km", "conductivity_w_per_m_k"])
    assert len(sites) >= 12
    product = sites.gradient_k_per_km * sites.conductivity_w_per_m_k
    assert (product / sites.heat_flow_mw_per_m2).to_numpy() == pytest.approx(np.ones(len(sites)), abs=0.03)


def test_sarsang_gives_its_capacity_from_flow_and_head():
    # 2 x 30 m3/s over 103 m at the implied efficiency of 0.825 are 50 MW.
    plant = read_table("hydro_plants").set_index("plant").loc["Sarsang"]
    assert 9.81e-3 * plant.design_flow_m3s * plant.head_m * 0.825 == pytest.approx(plant.capacity_mw, rel=0.002)


def test_capacity_factors_of_hydro_plants_are_the_published_ones():
    plants = read_table("hydro_plants").set_index("plant")
    factor = (plants.annual_gwh * 1000 / 8760 / plants.capacity_mw).dropna()
    # Yukhari Vang 0.335, Mishni 0.318; run-of-river in the zone 0.28 to 0.35.
    assert factor["Yukhari Vang"] == pytest.approx(0.335, abs=0.001)
    assert factor["Mishni"] == pytest.approx(0.318, abs=0.001)
    assert factor.between(0.28, 0.35).all()


def test_joint_hydro_figures_are_split_without_loss():
    energy = read_table("hydro_plants").set_index("plant").annual_gwh
    assert energy["Ashagi Vang"] + energy["Nadirkhanli"] == pytest.approx(48)
    assert energy["Mirik"] + energy["Ashagi Malibeyli"] == pytest.approx(20)
    assert energy["Khudafarin"] + energy["Giz Galasi"] == pytest.approx(358)


def test_unknown_places_are_blank_and_not_zero():
    plants = read_table("hydro_plants")
    assert (plants.lat.isna() == plants.lon.isna()).all()
    assert set(plants.status) == {"existing", "planned"}
    for name in ("hydro_plants", "springs", "grid_nodes", "gauges"):
        table = read_table(name)
        assert table.lat.dropna().between(38, 41).all()
        assert table.lon.dropna().between(45, 48.6).all()


def test_published_capacity_factors_follow_from_their_energies():
    table = read_table("published")
    projects = table[table.scope == "project"].pivot_table(index="project", columns="quantity", values="value")
    solar = projects.dropna(subset="capacity_factor")
    computed = solar.energy * 1000 / 8760 / solar.capacity
    assert computed["Shafag"] == pytest.approx(0.238, abs=0.0005)
    assert computed.to_numpy() == pytest.approx(solar.capacity_factor.to_numpy(), abs=0.0005)


def test_published_conflicts_are_kept_apart():
    table = read_table("published")
    solar = table[(table.technology == "solar") & (table.quantity == "capacity_technical")]
    assert sorted(solar.value) == [4000, 4000, 7200]


def test_grid_nodes_are_flagged_as_approximate_and_there_is_one_in_every_district():
    nodes = read_table("grid_nodes")
    assert nodes.approximate.all()
    assert set(nodes.district) == set(read_table("districts").district)
    assert nodes.set_index("node").voltage_kv["Jabrayil hub"] == 330


def test_costs_are_in_the_euro_of_2025():
    # The same catalogue in euro of 2020 gives 1376 EUR/kW for an organic Rankine cycle, 3000 EUR/kW of 2010 for
    # run-of-river and 2000 for reservoirs; raised with the price index they are the figures of our table, which
    # are therefore not to be raised again.
    prices = read_table("price_index").set_index(["currency", "year"]).price_index["EUR"]
    costs = read_table("technology_costs").set_index("technology")
    assert 1376 * prices[2025] / prices[2020] == pytest.approx(
        costs.capital_per_kw["geothermal_surface_plant"], rel=0.001
    )
    assert 3000 * prices[2025] / prices[2010] == pytest.approx(costs.capital_per_kw["hydro"], rel=0.015)
    assert 2000 * prices[2025] / prices[2010] == pytest.approx(costs.capital_per_kw["hydro_reservoir"], rel=0.015)
    assert costs.year[["geothermal_surface_plant", "hydro", "hydro_reservoir"]].tolist() == [2025] * 3


@pytest.mark.parametrize(
    ("technology", "share"),
    [("solar", 0.024757), ("wind", 0.012167), ("hydro", 0.02), ("hydro_reservoir", 0.01), ("geothermal", 0.023585),
     ("bioenergy", 0.035822), ("bioenergy_biogas", 0.077769), ("bioenergy_waste", 0.02355)],
)  # fmt: skip
def test_fixed_cost_is_the_catalogue_s_share_of_the_capital(technology, share):
    row = read_table("technology_costs").set_index("technology").loc[technology]
    assert row.fixed_om_per_kw_year == pytest.approx(share * row.capital_per_kw, rel=0.001)


def test_every_technology_has_a_cost_and_every_price_year_an_index():
    costs, prices = read_table("technology_costs"), read_table("price_index")
    assert {"solar", "wind", "hydro", "geothermal", "bioenergy"} <= set(costs.technology)
    assert costs.technology.is_unique
    known = set(zip(prices.currency, prices.year, strict=True))
    for table in (costs, read_table("storage_costs")):
        assert set(zip(table.currency, table.year, strict=True)) <= known


def test_consumer_prices_follow_published_inflation():
    prices = read_table("price_index").set_index(["currency", "year"]).price_index
    # Eurostat: EU inflation 9.2 % in 2022 and 6.4 % in 2023; BLS: CPI-U 292.655 to 304.702, 4.1 %.
    assert prices["EUR", 2022] / prices["EUR", 2021] == pytest.approx(1.092, abs=0.0002)
    assert prices["EUR", 2023] / prices["EUR", 2022] == pytest.approx(1.064, abs=0.0002)
    assert prices["USD", 2023] / prices["USD", 2022] == pytest.approx(1.041, abs=0.0005)
