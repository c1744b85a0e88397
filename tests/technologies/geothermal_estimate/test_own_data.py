"""Geothermal potential with the user's own heat flow, temperatures and faults; impossible data and options."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from greenzone.errors import GreenzoneError
from greenzone.technologies import geothermal
from greenzone.technologies.geothermal import Options


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
