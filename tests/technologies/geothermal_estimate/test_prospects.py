"""Geothermal prospects: those of the user, what each costs, and the range of what they give."""

import numpy as np
import pytest
from pydantic import ValidationError

from greenzone.technologies import geothermal
from greenzone.technologies.geothermal import Options

ISTISU = {"name": "Istisu", "lon": 45.962, "lat": 39.948, "temperature": {"low": 100, "likely": 122.5, "high": 150}}


def test_electricity_only_where_more_than_80_degrees_are_thought_possible(potential):
    """Water of 100-150 degC is thought possible at Istisu, Garagol and Zuar (report.az, interfax 107943)."""
    prospects = potential.features["geothermal_prospects"].set_index("prospect")
    assert set(prospects.index[prospects.capacity_mw > 0]) == {"Istisu", "Garagol", "Zuar"}
    assert (prospects.heat_mw > 0).all()


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


def test_own_prospects_take_the_place_of_the_embedded(zone_case):
    hot = geothermal.estimate(*zone_case, Options(prospects=[ISTISU]))
    assert list(hot.features["geothermal_prospects"].prospect) == ["Istisu"]
    assert float(hot.sites.capacity_mw.sum()) == pytest.approx(3.7, abs=0.5)
    assert geothermal.estimate(*zone_case, Options(prospects=[])).profiles.sizes["group"] == 0


def test_own_prospects_outside_the_zone_are_named(zone_case):
    far = {"name": "Far away", "lon": 40.0, "lat": 39.9}
    result = geothermal.estimate(*zone_case, Options(prospects=[ISTISU, far]))
    assert "Prospects outside the zone count for nothing: Far away." in result.notes
    assert not any("UNU-GTP" in note for note in result.notes)  # which speaks of the embedded ones


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


def test_two_prospects_of_one_name_are_refused():
    """Draws follow from the name: the two would rise and fall together."""
    with pytest.raises(ValidationError, match="prospect 'Istisu' is there twice"):
        Options(prospects=[ISTISU, ISTISU])


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


def test_draws_hold_the_range_of_the_zone(zone_case):
    result = geothermal.estimate(*zone_case, Options(prospects=[ISTISU]))
    found = result.draws.percentiles(np.ones(result.sites.sizes["site"]), (10, 50, 90))
    assert found == pytest.approx([result.totals[f"energy_p{p}_gwh"] for p in (10, 50, 90)])
    half = result.draws.percentiles(np.full(result.sites.sizes["site"], 0.5), (90,))
    assert half == pytest.approx(found[2] / 2)


def test_a_chance_below_a_half_has_a_median_of_nothing(zone_case):
    result = geothermal.estimate(*zone_case, Options(prospects=[ISTISU], chance_of_success=0.3))
    assert float(result.sites.energy_p50_gwh.max()) == 0 < float(result.sites.energy_p90_gwh.max())
