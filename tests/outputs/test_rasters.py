"""Rasters as independent readers see them: valid COGs, values, units, colours, overviews of values."""

from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import rasterio
import xarray as xr
from rasterio.transform import Affine
from rio_cogeo import cog_validate

from greenzone.outputs import write_outputs
from greenzone.outputs.rasters import OUTSIDE, write_rasters

FRAME = SimpleNamespace(crs="EPSG:32638", transform=Affine(100.0, 0.0, 6e5, 0.0, -100.0, 4.4e6))
SIDE = 1200  # pixels, so that overviews are needed


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two sites side by side in a frame of 1200 x 1200 pixels, nothing in its last row."""
    site = np.zeros((SIDE, SIDE), int)
    site[:, SIDE // 2 :] = 1
    site[-1] = -1
    share = np.tile(np.array([1.0, 0.5], np.float32), (SIDE, SIDE // 2))
    land = SimpleNamespace(frame=FRAME, site=site, shares={"solar": share}, by_year=pd.DataFrame())
    scores = {"solar": xr.DataArray([0.25, np.nan], dims="site")}
    values = {"ghi": np.array([4.123, 4.5]), "solar_lcoe": np.array([41.5, np.nan])}
    folder = tmp_path_factory.mktemp("rasters") / "rasters"
    write_rasters(land, scores, np.array(["solar", None], object), values, folder, "EUR")
    return folder


def test_every_raster_is_a_valid_cog(folder):
    files = sorted(folder.glob("*.tif"))
    assert len(files) == 5
    for file in files:
        valid, errors, warnings = cog_validate(file, strict=True, quiet=True)
        assert (valid, errors, warnings) == (True, [], []), file.name


def test_rasters_of_a_run_are_valid_cogs(made_up, tmp_path, monkeypatch):
    monkeypatch.setattr("greenzone.outputs.write.write_overview", lambda run, path: path.write_bytes(b"picture"))
    for file in (write_outputs(made_up, tmp_path / "a") / "rasters").glob("*.tif"):
        assert cog_validate(file, strict=True, quiet=True)[0], file.name


def test_shares_and_scores_are_per_cent_with_a_colour_table(folder):
    with rasterio.open(folder / "solar_eligibility.tif") as file:
        assert file.descriptions == ("solar: eligible share of the pixel",)
        assert file.units == ("%",) and file.nodata == OUTSIDE
        assert file.read(1)[0, :4].tolist() == [100, 50, 100, 50]
        assert (file.read(1)[-1] == OUTSIDE).all()
        # Both ends of viridis, as its authors publish it: #440154 and #fde725.
        assert file.colormap(1)[0] == (68, 1, 84, 255)
        assert file.colormap(1)[100] == (253, 231, 37, 255)
    with rasterio.open(folder / "solar_score.tif") as file:
        assert file.read(1)[0, 0] == 25
        assert file.read(1)[0, -1] == OUTSIDE  # no score there


def test_overviews_average_values_and_not_colours(folder):
    with rasterio.open(folder / "solar_eligibility.tif") as file:
        assert file.overviews(1) == [2, 4]
        smaller = file.read(1, out_shape=(SIDE // 2, SIDE // 2))
    assert set(np.unique(smaller[:-1])) <= {75}  # the mean of 100 and 50


def test_best_technology_keeps_its_classes_and_tells_their_names(folder):
    with rasterio.open(folder / "best_technology.tif") as file:
        assert file.tags(1)["0"] == "solar"
        assert set(np.unique(file.read(1, out_shape=(SIDE // 4, SIDE // 4)))) == {0, OUTSIDE}
        assert file.colormap(1)[0] == (230, 159, 0, 255)  # Okabe and Ito's orange


def test_values_keep_their_numbers_units_and_places(folder):
    with rasterio.open(folder / "solar_lcoe.tif") as file:
        assert file.units == ("EUR/MWh",)
        assert file.crs.to_epsg() == 32638
        assert next(iter(file.sample([(6e5 + 10_000, 4.4e6 - 10_000)])))[0] == np.float32(41.5)
        assert np.isnan(next(iter(file.sample([(6e5 + 110_000, 4.4e6 - 10_000)])))[0])
    with rasterio.open(folder / "ghi.tif") as file:
        assert file.read(1)[0, 0] == np.float32(4.123)
        assert max(file.shape) < 20  # two sites need no more pixels
        assert file.bounds.left == 6e5 and file.bounds.top == 4.4e6


def test_styles_of_values_are_read_as_qgis_writes_them(folder):
    renderer = ElementTree.parse(folder / "ghi.qml").getroot().find("pipe/rasterrenderer")
    assert renderer.get("type") == "singlebandpseudocolor"
    values = [float(item.get("value")) for item in renderer.iter("item")]
    assert len(values) == 11 and np.diff(values).min() > 0
    assert values[0] >= 4.123 and values[-1] <= 4.5
