"""The build script makes the embedded layers again, bit for bit."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest


@pytest.fixture
def script(project) -> ModuleType:
    """The build script as a module."""
    spec = importlib.util.spec_from_file_location("build_layers", project / "data" / "build_layers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_places_of_the_box_are_kept(script):
    # Baku lies east of the box, Tbilisi north of it.
    places = pd.DataFrame(
        {"name": ["Baku", "Shusha", "Tbilisi"], "lat": [40.38, 39.76, 41.69], "lon": [49.89, 46.75, 44.83]}
    )
    assert script.inside_box(places).name.tolist() == ["Shusha"]


def test_checksums_follow_the_files_and_new_tables_get_their_rows(script, tmp_path, monkeypatch):
    for folder in ("layers", "tables"):
        (tmp_path / folder).mkdir()
    (tmp_path / "layers" / "a.tif").write_bytes(b"abc")
    (tmp_path / "tables" / "t.csv").write_text("district,year,source\nShusha,2008,x\nLachin,2024,x\n")
    (tmp_path / "sources.csv").write_text(
        "layer,file,publisher,licence,sha256\na,layers/a.tif,NOAA,public domain,old\n"
    )
    monkeypatch.setattr(script, "HERE", tmp_path)
    script.write_checksums()
    first = (tmp_path / "sources.csv").read_bytes()
    script.write_checksums()
    assert (tmp_path / "sources.csv").read_bytes() == first
    table = pd.read_csv(tmp_path / "sources.csv").set_index("layer")
    # FIPS 180-2 gives the SHA-256 of "abc".
    assert table.sha256["a"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert table.publisher["a"] == "NOAA"
    assert table.years["tables/t"] == "2008-2024"


@pytest.mark.slow
def test_the_layers_are_reproduced_bit_for_bit(script, tmp_path, monkeypatch, project):
    cache = os.environ.get("GREENZONE_PACKAGES")
    if cache is None:
        pytest.skip("GREENZONE_PACKAGES names no folder with the packages that data/build_layers.py downloads")
    monkeypatch.setattr(script, "LAYERS", tmp_path)
    script.build(Path(cache))
    made, shipped = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        for folder in (tmp_path, project / "data" / "layers")
    )
    assert made == shipped
