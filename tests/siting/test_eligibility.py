"""Eligibility: hand-computed cases, agreement with shapely, and the laws of rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from greenzone.config.eligibility import Eligibility, EligibilityRules, Limits, SolarRules
from greenzone.config.layers import UserRaster
from greenzone.errors import GreenzoneError
from greenzone.layers.rasters import Coverage
from greenzone.layers.surface import Surface, land_cover_codes
from greenzone.layers.terrain import share_below_slope
from greenzone.schema import Raster
from greenzone.siting.eligibility import STRIP, account, assess, keep_patches
from greenzone.siting.frame import Frame, projected
from greenzone.siting.rules import check_raster_meets, feature_share, limits_share, rules_of, surface_weights

CODES = land_cover_codes()
ROWS, COLUMNS = 20, 30
CRS = "EPSG:32638"
FRAME = Frame(CRS, 100.0, top=44_000, left=6_000, rows=60, columns=80)


def surface(seed: int = 0) -> Surface:
    """Random land of 20 x 30 pixels of 0.01 degree."""
    generator = np.random.default_rng(seed)
    like = Raster(generator.uniform(0, 3500, (ROWS, COLUMNS)), 46.0, 40.0, 0.01, 0.01)
    return Surface(
        elevation=like,
        slope=generator.uniform(0, 40, like.values.shape),
        aspect=generator.uniform(0, 360, like.values.shape),
        land_cover=generator.choice([10.0, 12.0, 5.0, np.nan], like.values.shape),
        distance_settlement=generator.uniform(0, 10, like.values.shape),
        wind_speed=generator.uniform(2, 9, like.values.shape),
        coverage=Coverage.of(np.array([shapely.box(46.0, 39.8, 46.3, 40.0)]), like),
        settlements=pd.DataFrame({"lon": [46.15], "lat": [39.9]}),
    )


def frame_of(land: Surface) -> Frame:
    box = shapely.box(46.0, 39.8, 46.3, 40.0)
    return Frame.around(tuple(shapely.total_bounds(projected([box], CRS))), CRS, 500.0)


def shares(land: Surface, rules: EligibilityRules) -> np.ndarray:
    frame = frame_of(land)
    return assess(rules_of(rules, land, CODES, {}, {}), frame, np.ones(frame.shape)).share


def constant(value: float):
    return lambda frame: np.full(frame.shape, value, np.float32)


def test_without_rules_all_land_is_eligible():
    assert (shares(surface(), EligibilityRules()) == 1).all()


def test_a_slope_limit_takes_the_steep_part_of_each_pixel():
    land = surface()
    weights = surface_weights(land, EligibilityRules(max_slope=10), CODES)
    assert (weights["slope"] == share_below_slope(land.slope, 10)).all()


def test_a_north_slope_limit_bars_what_falls_north():
    land = surface()
    land.slope[:] = 10.0
    land.aspect[0, :4] = [0, 59, 61, 180]  # cos 60 = 0.5
    weights = surface_weights(land, EligibilityRules(max_north_slope=5), CODES)
    assert weights["north_slope"][0, :4].tolist() == [0, 0, 1, 1]


def test_land_of_unknown_class_stays():
    land = surface()
    land.land_cover[:] = np.nan
    assert (shares(land, EligibilityRules(default_share=0.0)) == 1).all()


def test_pixels_take_the_value_under_their_centre():
    land = surface()
    found = shares(land, EligibilityRules(max_elevation=2000))
    frame = frame_of(land)
    x, y = frame.centres()
    inverse = rasterio.warp.transform(CRS, "EPSG:4326", *(axis.ravel() for axis in np.meshgrid(x, y)))
    column, row = np.floor((np.array(inverse[0]) - 46.0) / 0.01), np.floor((40.0 - np.array(inverse[1])) / 0.01)
    inside = (row >= 0) & (row < ROWS) & (column >= 0) & (column < COLUMNS)
    expected = land.elevation.values[row[inside].astype(int), column[inside].astype(int)] <= 2000
    # positions between nodes are off by up to 0.2 m: a pixel of thousands may fall to its neighbour
    assert (found.ravel()[inside] == expected).mean() > 0.999


def test_the_setback_from_a_settlement_is_a_circle():
    land = surface()
    frame = Frame.around(frame_of(land).bounds, CRS, 100.0)
    rules = rules_of(EligibilityRules(min_distance_settlement=3.0), land, CODES, {}, {})
    removed = assess(rules, frame, np.full(frame.shape, 0.01)).removed["settlement"]
    assert removed == pytest.approx((np.pi * 9, np.pi * 9), rel=0.01)


limit = st.one_of(st.none(), st.floats(0.5, 40))


@settings(max_examples=25, deadline=None)
@given(
    slope=limit, tighter=st.floats(0.1, 1), top=st.floats(100, 3500), near=st.floats(0, 9), share=st.floats(0, 1),
    seed=st.integers(0, 3),
)  # fmt: skip
def test_more_exclusion_never_raises_the_eligible_share(slope, tighter, top, near, share, seed):
    land = surface(seed)
    loose = EligibilityRules(max_slope=slope, max_elevation=top)
    strict = EligibilityRules(
        max_slope=None if slope is None else slope * tighter,
        max_elevation=top * tighter,
        min_distance_settlement=near,
        land_cover={"grassland": share},
        min_wind_speed=near,
    )
    before, after = shares(land, loose), shares(land, strict)
    assert (after <= before + 1e-6).all()
    assert ((after >= 0) & (before <= 1)).all()


@settings(max_examples=25, deadline=None)
@given(st.permutations(list("abcde")), st.integers(0, 5))
def test_the_order_of_rules_does_not_matter(order, seed):
    def random(name: str):
        values = np.random.default_rng([seed, ord(name)]).choice([0, 0.3, 0.77, 1], FRAME.shape).astype(np.float32)
        return lambda frame: values

    area = np.random.default_rng(seed).uniform(0, 1, FRAME.shape)
    first = assess({name: random(name) for name in "abcde"}, FRAME, area)
    second = assess({name: random(name) for name in order}, FRAME, area)
    assert (first.share == second.share).all()
    assert first.removed == second.removed


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_the_account_is_what_leaving_rules_out_gives(seed):
    generator = np.random.default_rng(seed)
    values = {name: generator.choice([0, 0.25, 1], FRAME.shape).astype(np.float32) for name in "abc"}
    rules = {name: (lambda frame, kept=kept: kept) for name, kept in values.items()}
    area = generator.uniform(0, 2, FRAME.shape)
    found = assess(rules, FRAME, area)
    together = values["a"] * values["b"] * values["c"]
    assert found.left == pytest.approx((together * area).sum(), rel=1e-6)
    assert found.removed["a"][0] == pytest.approx(((1 - values["a"]) * area).sum(), rel=1e-6)
    assert found.removed["a"][1] == pytest.approx(((values["b"] * values["c"] - together) * area).sum(), rel=1e-5)
    table = account(found, area.sum()).set_index("rule")
    assert table.loc["all rules", "removed_alone_km2"] == pytest.approx(((1 - together) * area).sum(), rel=1e-6)


def test_strips_join_without_a_seam():
    tall = Frame(CRS, 100.0, 44_000, 6_000, 2 * STRIP + 7, 40)
    seam = 44_000 * 100 - STRIP * 100
    shapes = np.array([shapely.Point(602_000, seam + 40), shapely.box(600_500, seam - 52_000, 600_900, seam - 51_000)])
    rules = {"near": lambda frame: feature_share(shapes, 950.0, None, 0.0, frame)}
    found = assess(rules, tall, np.ones(tall.shape)).share
    np.testing.assert_allclose(found, feature_share(shapes, 950.0, None, 0.0, tall), atol=2e-6)
    assert 0 < (found < 1).sum() < found.size


def test_patches_below_the_least_area_go_and_diagonals_do_not_join():
    share = np.zeros((6, 6), np.float32)
    share[0, 0:3] = 1.0  # 3 pixels
    share[1, 3] = 1.0  # touches the first only by a corner
    share[4, 0:4] = 0.5  # 4 half pixels: 2
    kept = keep_patches(share, np.ones((6, 6)), 2.0)
    assert kept.sum() == 3 + 2
    assert kept[1, 3] == 0
    found = assess({"given": lambda frame: share}, Frame(CRS, 1.0, 6, 0, 6, 6), np.ones((6, 6)), 2.5)
    assert found.left == 3
    assert found.removed["min_area"] == (0.0, 3.0)


def test_limits_of_rasters_by_hand():
    values, known = np.array([0.0, 1, 2, 3, 4]), np.array([True, True, True, True, False])
    assert limits_share(values, known, Limits(min=1, max=2)).tolist() == [0, 1, 1, 0, 1]
    assert limits_share(values, known, Limits(values=(0, 3), share=0.5)).tolist() == [1, 0.5, 0.5, 1, 1]
    assert limits_share(values, known, Limits(excluded=(2,), unknown="exclude")).tolist() == [1, 1, 0, 1, 0]
    assert limits_share(values, known, Limits(shares={1: 0.25})).tolist() == [1, 0.25, 1, 1, 1]


def write(path, values, frame: Frame, nodata=None):
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "crs": frame.crs}
    with rasterio.open(path, "w", **profile, dtype=values.dtype, transform=frame.transform, nodata=nodata) as file:
        file.write(values, 1)
    return UserRaster(file=path)


@pytest.mark.parametrize("nodata", [None, 255])
def test_land_without_data_is_barred_only_when_asked(tmp_path, nodata):
    """A peer reads missing pixels as 255 or 0 and so bars, or lets through, whatever lies beyond the file."""
    part = FRAME.strip(10, 30)
    values = np.ones(part.shape, np.uint8)
    values[5] = 255 if nodata else 0
    source = write(tmp_path / "a.tif", values, part, nodata)

    def left(unknown: str) -> np.ndarray:
        limits = EligibilityRules(rasters={"clear": Limits(min=1, unknown=unknown)})
        return assess(rules_of(limits, surface(), CODES, {"clear": source}, {}), FRAME, np.ones(FRAME.shape)).share

    kept, barred = left("keep"), left("exclude")
    assert (kept[:10] == 1).all()
    assert (kept[30:] == 1).all()
    assert (barred[:10] == 0).all()
    assert (barred[30:] == 0).all()
    assert (kept[10:15] == 1).all()
    assert (barred[10:15] == 1).all()
    assert (kept[15] == (1 if nodata else 0)).all()
    assert (barred[15] == 0).all()


def test_a_file_on_the_frames_own_pixels_and_a_warped_one_agree(tmp_path):
    wide = FRAME.grown(20)
    values = np.random.default_rng(1).integers(0, 5, wide.shape).astype(np.uint8)
    own = write(tmp_path / "own.tif", values, wide)
    with rasterio.open(tmp_path / "own.tif") as file:
        profile = file.profile | {
            "transform": file.transform @ rasterio.Affine.scale(0.25),
            "width": wide.columns * 4,
            "height": wide.rows * 4,
        }
    with rasterio.open(tmp_path / "fine.tif", "w", **profile) as file:
        file.write(np.kron(values, np.ones((4, 4), np.uint8)), 1)
    limits = EligibilityRules(rasters={"class": Limits(values=(1, 3))})
    for source in (own, UserRaster(file=tmp_path / "fine.tif")):
        found = rules_of(limits, surface(), CODES, {"class": source}, {})["rasters: class"](FRAME)
        assert (found == np.isin(values[20:-20, 20:-20], (1, 3))).all()


def resampled(frame: Frame, factor: float) -> Frame:
    """A frame over about the same land with pixels `factor` times as wide."""
    return Frame.around(frame.bounds, frame.crs, frame.resolution * factor)


def test_of_a_finer_raster_every_pixel_counts(tmp_path):
    """A fifth of the frame's pixel: a classes' share is counted, not taken from the pixel in the middle."""
    fine = resampled(FRAME, 0.2)
    values = np.random.default_rng(2).integers(0, 5, fine.shape).astype(np.uint8)
    source = write(tmp_path / "fine.tif", values, fine)
    found = rules_of(
        EligibilityRules(rasters={"class": Limits(values=(1, 3))}), surface(), CODES, {"class": source}, {}
    )["rasters: class"](FRAME)
    expected = np.isin(values, (1, 3)).reshape(FRAME.rows, 5, FRAME.columns, 5).mean((1, 3))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(("kind", "limit", "smooth"), [("f4", 1234.0, True), ("i2", 1234.0, False)])
def test_between_the_pixels_of_a_coarser_raster(tmp_path, kind, limit, smooth):
    """A plane of numbers is cut where the plane is; whole numbers, which may be classes, stay those of their pixel."""
    coarse = resampled(FRAME.grown(30), 10)
    x, _ = coarse.centres()
    plane = np.broadcast_to(np.rint((x - x[0]) / coarse.resolution * 200), coarse.shape).astype(kind)
    source = write(tmp_path / f"{kind}.tif", plane, coarse)
    rules = EligibilityRules(rasters={"rise": Limits(min=limit, unknown="exclude")})
    found = rules_of(rules, surface(), CODES, {"rise": source}, {})["rasters: rise"](FRAME)
    own, _ = FRAME.centres()
    true = (own - x[0]) / coarse.resolution * 200 >= limit
    assert 0 < true.sum() < true.size
    assert ((found == true).all() and smooth) or (not smooth and (found != true).any())


def test_years_are_not_interpolated(tmp_path):
    coarse = resampled(FRAME.grown(30), 10)
    years = np.where(np.arange(coarse.columns) < coarse.columns // 2, 2020, 2040) * np.ones((coarse.rows, 1))
    source = write(tmp_path / "years.tif", years.astype("f4"), coarse)
    rules = EligibilityRules(rasters={"cleared": Limits(max="year", unknown="exclude")})
    counts = [
        rules_of(rules, surface(), CODES, {"cleared": source}, {}, year)["rasters: cleared"](FRAME).sum()
        for year in (2021, 2030, 2039)
    ]
    assert counts[0] == counts[1] == counts[2] > 0


def test_land_cleared_by_year(tmp_path):
    years = np.full(FRAME.shape, 2030, np.float32)
    years[:30] = 2025
    source = write(tmp_path / "years.tif", years, FRAME)
    limits = EligibilityRules(rasters={"cleared": Limits(max="year", unknown="exclude")})
    left = [
        assess(rules_of(limits, surface(), CODES, {"cleared": source}, {}, year), FRAME, np.ones(FRAME.shape)).left
        for year in (2024, 2025, 2029, 2030)
    ]
    assert left == [0, 2400, 2400, 4800]
    with pytest.raises(GreenzoneError, match=r"set 'eligibility\.year'"):
        rules_of(limits, surface(), CODES, {"cleared": source}, {})


@pytest.mark.parametrize("name", ["land_cover", "wind_speed", "north_slope", "settlement"])
def test_a_raster_may_bear_the_name_of_a_built_in_rule(tmp_path, name):
    """Both rules hold: the raster takes the place of none."""
    source = write(tmp_path / "own.tif", np.ones(FRAME.shape, np.uint8), FRAME)
    strict = EligibilityRules(
        default_share=0.0, min_wind_speed=50, max_north_slope=0, min_distance_settlement=900, rasters={name: {"min": 1}}
    )
    land = surface()
    land.land_cover[:], land.slope[:], land.aspect[:] = 10.0, 10.0, 0.0
    found = rules_of(strict, land, CODES, {name: source}, {})
    assert {"land_cover", "wind_speed", "north_slope", "settlement", f"rasters: {name}"} <= set(found)


def test_a_raster_that_is_not_defined_is_named():
    with pytest.raises(GreenzoneError, match="names the raster 'roads'"):
        rules_of(EligibilityRules(rasters={"roads": {"min": 1}}), surface(), CODES, {}, {})


def test_too_fine_a_resolution_is_refused():
    with pytest.raises(GreenzoneError, match=r"raise 'eligibility\.resolution'"):
        Frame.around((0, 0, 1e6, 1e6), CRS, 5.0)


def test_rules_that_leave_nothing_are_refused():
    for wrong, said in (
        ({"rasters": {"a": {"min": 2, "max": 1}}}, "'min' 2 is above 'max' 1: no land is left"),
        ({"rasters": {"a": {"values": [1], "excluded": [1, 2]}}}, "'excluded' names all of 'values'"),
        ({"features": {"roads": {"min_distance": 100, "max_distance": 50}}}, "is not below 'max_distance' 50"),
    ):
        with pytest.raises(ValidationError, match=said):
            EligibilityRules.model_validate(wrong)
    with pytest.raises(ValidationError, match="names the features 'raods', which have no file: did you mean 'roads'"):
        Eligibility.model_validate({"solar": {"features": {"raods": {"min_distance": 1}}}})


def test_feature_rules_named_keep_the_other_defaults():
    rules = SolarRules.model_validate({"features": {"roads": {"min_distance": 75}}})
    assert rules.features["roads"].min_distance == 75
    assert rules.features["heritage"].min_distance == 500


def test_a_raster_of_elsewhere_is_refused(tmp_path):
    """Metres read as degrees, or another UTM zone: the file does not meet the frame."""
    source = write(tmp_path / "elsewhere.tif", np.ones(FRAME.shape, np.uint8), FRAME)
    with rasterio.open(source.file, "r+") as file:
        file.crs = "EPSG:32610"
    with pytest.raises(GreenzoneError, match=r"raster 'clear' .* does not meet the zone: is its CRS right\?"):
        check_raster_meets("clear", source, FRAME)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 100_000), metres=st.floats(120, 900), far=st.floats(1500, 4000))
def test_rules_together_leave_what_shapely_leaves(seed, metres, far):
    """Overlapping polygons with a setback, a road with another, a greatest distance from a town: pixel by pixel, and in
    area to a third of a pixel along the outlines."""
    generator = np.random.default_rng(seed)
    box = shapely.box(*FRAME.bounds)
    spots = generator.uniform(FRAME.bounds[:2], FRAME.bounds[2:], (12, 2))
    parks = np.array([shapely.convex_hull(shapely.MultiPoint(spots[k : k + 4])) for k in (0, 3, 6)])
    road, town = np.array([shapely.LineString(spots[6:9])]), np.array([shapely.Point(spots[9])])
    rules = {
        "parks": lambda frame: feature_share(parks, metres, None, 0.0, frame),
        "road": lambda frame: feature_share(road, 200.0, None, 0.0, frame),
        "town": lambda frame: feature_share(town, None, far, 0.0, frame),
    }
    found = assess(rules, FRAME, np.full(FRAME.shape, FRAME.resolution**2))
    buffers = [
        shapely.buffer(shapes, reach, quad_segs=64) for shapes, reach in ((parks, metres), (road, 200.0), (town, far))
    ]
    near_parks, near_road, near_town = (shapely.union_all(buffer) for buffer in buffers)
    open_ = shapely.difference(shapely.intersection(near_town, box), shapely.union(near_parks, near_road))
    x, y = FRAME.centres()
    inside = shapely.contains_xy(open_, *np.meshgrid(x, y))
    edges = shapely.union_all(shapely.boundary([near_parks, near_road, near_town]))
    # Where two parks' buffers meet, a pixel may lie near the edge of both and deep inside the two together.
    each = shapely.union_all(shapely.boundary(np.concatenate(buffers)))
    clear = shapely.distance(shapely.points(*np.meshgrid(x, y)), each) > 1.5 * FRAME.resolution
    assert (found.share[clear & inside] == 1).all()
    assert (found.share[clear & ~inside] == 0).all()
    assert found.left == pytest.approx(shapely.area(open_), abs=0.35 * FRAME.resolution * shapely.length(edges))
