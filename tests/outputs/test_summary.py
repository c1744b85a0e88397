"""Our figures beside the published ones."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from greenzone.layers import catalogue
from greenzone.outputs import published_comparison

ROW = {
    "quantity": "capacity_technical",
    "technology": "wind",
    "scope": "zone",
    "districts": np.nan,
    "project": np.nan,
    "value": np.nan,
    "low": np.nan,
    "high": np.nan,
    "unit": "MW",
    "year": 2021,
    "source": "a paper",
    "note": np.nan,
}


def compare(run, *rows, **tables):
    table = pd.DataFrame([{**ROW, **row} for row in rows])
    layers = dataclasses.replace(run.layers, tables={"published": table, **tables})
    return published_comparison(SimpleNamespace(**{**vars(run), "layers": layers}))


def capacity(run, name, *districts):
    inside = np.isin(run.grid.sites.district.to_numpy(), districts or run.grid.sites.district.to_numpy())
    return float(run.potentials[name].sites.capacity_mw.to_numpy()[inside].sum())


def test_districts_count_where_the_figure_names_them(made_up):
    found = compare(made_up, {"scope": "districts", "districts": "Lachin;Kalbajar", "value": 2000.0})
    row = found.iloc[0]
    assert row.ours == pytest.approx(capacity(made_up, "wind", "Lachin", "Kalbajar"))
    assert row.ratio == pytest.approx(row.ours / 2000)
    assert row["scope"] == "districts: Lachin, Kalbajar"
    assert (row.published_low, row.published_high) == (2000, 2000)


@pytest.mark.parametrize(("low", "high", "expected"), [(0.5, 2.0, 1.0), (2.0, 4.0, 0.5), (0.1, 0.5, 2.0)])
def test_ratio_to_a_range_is_to_its_nearer_end(made_up, low, high, expected):
    ours = capacity(made_up, "wind")
    found = compare(made_up, {"low": low * ours, "high": high * ours})
    assert found.ratio.item() == pytest.approx(expected)


def test_all_technologies_are_summed(made_up):
    found = compare(made_up, {"technology": "all", "value": 10_000.0})
    assert found.ours.item() == pytest.approx(sum(capacity(made_up, name) for name in made_up.potentials))


def test_capacity_factor_is_energy_over_capacity(made_up):
    found = compare(made_up, {"quantity": "capacity_factor", "value": 0.3, "unit": "1"})
    wind = made_up.potentials["wind"].sites
    assert found.ours.item() == pytest.approx(float(wind.energy_gwh.sum() / wind.capacity_mw.sum() / 8.76))


def test_lcoe_is_compared_per_kwh(made_up):
    found = compare(made_up, {"quantity": "lcoe", "scope": "world", "value": 0.034, "unit": "USD kWh-1"})
    energy, lcoe = made_up.potentials["wind"].sites.energy_gwh, made_up.lcoe["wind"]
    assert found.ours.item() == pytest.approx(float((lcoe * energy).sum() / energy.where(lcoe > 0).sum()) / 1000)


def test_what_a_technology_tells_in_its_totals_is_used(made_up):
    hydro = dataclasses.replace(made_up.potentials["hydro"], totals={"existing_gwh": 600.0})
    run = SimpleNamespace(**{**vars(made_up), "potentials": {**made_up.potentials, "hydro": hydro}})
    found = compare(run, {"quantity": "energy", "technology": "hydro", "value": 750.0, "unit": "GWh"})
    assert found.ratio.item() == pytest.approx(0.8)


def test_country_figures_stand_only_where_the_zone_has_none(made_up):
    country = {"scope": "country", "value": 57.1}
    found = compare(made_up, {**country, "technology": "geothermal"}, country, {"value": 500.0})
    assert found.technology.tolist() == ["geothermal", "wind"]
    assert found["scope"].tolist() == ["country", "zone"]


def test_figures_that_the_run_does_not_cover_are_left_out(made_up):
    other = {"scope": "districts", "districts": "Lachin;Baku", "value": 1.0}
    assert compare(made_up, other, {"technology": "tidal", "value": 1.0}).empty
    wider = pd.DataFrame({"district": ["Lachin", "Baku"]})
    assert compare(made_up, {"value": 1.0}, districts=wider).empty
    assert compare(made_up, {"technology": "all", "value": 1.0}, {"technology": "tidal", "value": 1.0}).empty


def test_findings_in_words_are_left_out(made_up):
    assert compare(made_up, {"technology": "geothermal", "scope": "country"}).empty


def test_run_without_the_table_compares_nothing(made_up):
    found = published_comparison(made_up)
    assert found.empty and "ratio" in found.columns


def test_embedded_figures_are_found_for_the_whole_zone(made_up):
    table = catalogue.read_table("published")
    layers = dataclasses.replace(
        made_up.layers, tables={"published": table, "districts": catalogue.read_table("districts")}
    )
    found = published_comparison(SimpleNamespace(**{**vars(made_up), "layers": layers}))
    solar = found[(found.technology == "solar") & (found.quantity == "capacity_technical")]
    assert 7200 in solar.published_low.to_numpy()  # Zangilan, Gubadli, Jabrayil, Fuzuli (menafn 1107471018)
    assert 2000 in found[found.technology == "wind"].published_low.to_numpy()  # Lachin, Kalbajar
    assert np.isfinite(found.ratio).all()
