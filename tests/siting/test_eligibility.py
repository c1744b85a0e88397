"""Eligibility: hand-computed cases, and the law that more rules never leave more land."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.config.eligibility import EligibilityRules
from greenzone.errors import GreenzoneError
from greenzone.layers.rasters import Coverage
from greenzone.layers.surface import Surface, land_cover_codes
from greenzone.layers.terrain import share_below_slope
from greenzone.schema import Raster
from greenzone.siting import account, eligible_fraction, rule_weights

CODES = land_cover_codes()
ROWS, COLUMNS = 20, 30


def surface(seed: int = 0) -> Surface:
    """Random land of 20 x 30 pixels with 6 sites of 10 x 10, west to east, north to south."""
    generator = np.random.default_rng(seed)
    like = Raster(generator.uniform(0, 3500, (ROWS, COLUMNS)), 46.0, 40.0, 0.01, 0.01)
    west, north = (corner.ravel() for corner in np.meshgrid([46.0, 46.1, 46.2], [40.0, 39.9]))
    return Surface(
        elevation=like,
        slope=generator.uniform(0, 40, like.values.shape),
        aspect=generator.uniform(0, 360, like.values.shape),
        land_cover=generator.choice([10.0, 12.0, 5.0, np.nan], like.values.shape),
        wind_speed=generator.uniform(2, 9, like.values.shape),
        distance_settlement=generator.uniform(0, 10, like.values.shape),
        coverage=Coverage.of(shapely.box(west, north - 0.1, west + 0.1, north), like),
        extra={"mines": generator.choice([0.0, 1.0, np.nan], like.values.shape)},
    )


def fraction(land: Surface, rules: EligibilityRules) -> np.ndarray:
    return eligible_fraction(land, rule_weights(land, rules, CODES))


def test_without_rules_all_land_is_eligible():
    assert fraction(surface(), EligibilityRules()) == pytest.approx(1.0)


def test_the_share_is_that_of_a_pixel_count():
    land = surface()
    rules = EligibilityRules(max_elevation=2000, min_distance_settlement=1.0, land_cover={"cropland": 0.25})
    kept = (land.elevation.values <= 2000) & (land.distance_settlement >= 1.0)
    weight = kept * np.where(land.land_cover == CODES["cropland"], 0.25, 1.0)
    area = np.repeat(np.cos(np.radians(land.elevation.lat))[:, None], COLUMNS, 1)
    first = (slice(0, 10), slice(0, 10))
    expected = (weight * area)[first].sum() / area[first].sum()
    assert fraction(land, rules)[0] == pytest.approx(expected, abs=1e-4)


def test_a_slope_limit_takes_the_steep_part_of_each_pixel():
    land = surface()
    weights = rule_weights(land, EligibilityRules(max_slope=10), CODES)
    assert (weights["slope"] == share_below_slope(land.slope, 10)).all()


def test_missing_data_exclude_nothing():
    land = surface()
    land.land_cover[:] = np.nan
    rules = EligibilityRules(default_share=0.0, rasters={"mines": {"max": 0.5}})
    expected = np.where(land.extra["mines"] == 1, 0.0, 1.0)
    weights = rule_weights(land, rules, CODES)
    assert (weights["land_cover"] == 1).all()
    assert (weights["mines"] == expected).all()


def test_a_raster_that_is_not_defined_is_named():
    with pytest.raises(GreenzoneError, match="names the raster 'roads'"):
        rule_weights(surface(), EligibilityRules(rasters={"roads": {"min": 1}}), CODES)


limit = st.one_of(st.none(), st.floats(0.5, 40))


@settings(max_examples=40, deadline=None)
@given(
    slope=limit,
    tighter=st.floats(0.1, 1.0),
    top=st.floats(100, 3500),
    near=st.floats(0, 9),
    share=st.floats(0, 1),
    seed=st.integers(0, 3),
)
def test_more_exclusion_never_raises_the_eligible_share(slope, tighter, top, near, share, seed):
    land = surface(seed)
    loose = EligibilityRules(max_slope=slope, max_elevation=top)
    strict = EligibilityRules(
        max_slope=None if slope is None else slope * tighter,
        max_elevation=top * tighter,
        min_distance_settlement=near,
        land_cover={"grassland": share},
        rasters={"mines": {"max": 0.5}},
    )
    before, after = fraction(land, loose), fraction(land, strict)
    assert (after <= before + 1e-12).all()
    assert ((after >= 0) & (before <= 1)).all()


def test_the_account_adds_up():
    land = surface()
    rules = EligibilityRules(max_elevation=2000, min_distance_settlement=3.0)
    area = np.full(6, 100.0)
    weights = rule_weights(land, rules, CODES)
    table = account(land, weights, area).set_index("rule")
    left = eligible_fraction(land, weights) @ area
    assert table.loc["all rules", "removed_alone_km2"] == pytest.approx(600 - left)
    assert (table["removed_last_km2"] <= table["removed_alone_km2"] + 1e-9).all()
    assert table.loc["land_cover", "removed_alone_km2"] == pytest.approx(0.0)
    # with two rules, what one removes alone and the other last make up the whole
    both = table.loc["elevation", "removed_alone_km2"] + table.loc["settlement", "removed_last_km2"]
    assert both == pytest.approx(600 - left)
