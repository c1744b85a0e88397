"""Colours of the report stay apart for people who do not see red, green or blue, and ramps rise in lightness."""

import itertools
import re
from importlib import resources

import numpy as np
import pytest

# Linear RGB as seen without one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1.0,
# doi:10.1109/TVCG.2009.113
SEEN = {
    "all": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
APART = 15  # CIE 1976 difference; about 2 can just be seen side by side


@pytest.fixture(scope="module")
def code():
    return (resources.files("greenzone.outputs.report") / "assets" / "colours.js").read_text(encoding="utf-8")


def linear(colour):
    value = np.array([int(colour[k : k + 2], 16) for k in (0, 2, 4)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB of linear sRGB under D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", SEEN)
def test_technologies_stay_apart(code, eyes):
    line = re.search(r"GZ\.palette = \{(.*?)\}", code)[1]
    palette = dict(re.findall(r'(\w+): "#(\w{6})"', line))
    assert {"solar", "wind", "hydro", "geothermal", "bioenergy", "battery", "pumped_hydro"} <= palette.keys()
    seen = {name: lab(np.array(SEEN[eyes]) @ linear(colour)) for name, colour in palette.items()}
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > APART, (one, other)


@pytest.mark.parametrize("eyes", SEEN)
def test_ramps_rise_in_lightness(code, eyes):
    ramps = re.findall(r"(\w+): \[([^\]]*)\]", code)
    assert len(ramps) >= 2
    for name, stops in ramps:
        lightness = [lab(np.array(SEEN[eyes]) @ linear(stop))[0] for stop in re.findall(r'"(\w{6})"', stops)]
        assert (np.diff(lightness) > 0).all(), name
