"""A run in a notebook: its summary, its interactive map, and a clear word where folium is missing."""

import builtins
import dataclasses
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from greenzone.errors import GreenzoneError
from greenzone.outputs import notebook
from greenzone.pipeline import Run

HOSTILE = "<script>alert('Ə')</script>"


@pytest.fixture(scope="module")
def hostile(made_up):
    """The made-up run with a name and a district that would like to be markup."""
    sites = made_up.grid.sites
    names = np.array([HOSTILE, *sites.district.to_numpy()[1:]], object)
    grid = SimpleNamespace(
        sites=sites.assign(district=("site", names, sites.district.attrs)),
        geometry=made_up.grid.geometry,
        crs=made_up.grid.crs,
    )
    return SimpleNamespace(**{**vars(made_up), "grid": grid, "config": {**made_up.config, "name": HOSTILE}})


def test_summary_holds_the_numbers_and_no_markup_from_the_config(hostile):
    text = notebook.summary_html(hostile)
    root = ElementTree.fromstring(text)
    rows = [[cell.text for cell in row] for row in root.iter("tr")]
    solar = next(row for row in rows if row[0] == "solar")
    capacity = float(hostile.potentials["solar"].sites.capacity_mw.sum())
    assert solar[1] == f"{capacity:,.0f}"
    assert "<script>" not in text and HOSTILE in "".join(root.itertext())


def test_run_shows_itself_as_text_and_html(made_up):
    ranking = {
        name: SimpleNamespace(score=score, parts=made_up.contributions[name], top_probability=score * 0)
        for name, score in made_up.scores.items()
    }
    known = {**vars(made_up), "ranking": ranking}
    run = Run(**{field.name: known.get(field.name, ()) for field in dataclasses.fields(Run)})
    assert repr(run).splitlines()[0].startswith("Run 'made up'")
    assert "wind:" in repr(run) and len(repr(run)) < 1000
    assert run._repr_html_() == notebook.summary_html(made_up)
    assert isinstance(run.plot("wind_score"), Figure)
    assert isinstance(run.plot("ladder"), Figure)


def test_potential_shows_its_sums_its_notes_and_its_dataset(made_up):
    potential = dataclasses.replace(made_up.potentials["wind"], notes=(HOSTILE,))
    text = potential._repr_html_()
    assert f"{float(potential.sites.capacity_mw.sum()):,.0f} MW" in text
    assert "<script>" not in text.split("</ul>")[0] and "capacity that fits on the eligible land" in text


def test_interactive_map_shows_the_sites_that_have_a_value(hostile):
    pytest.importorskip("folium")
    shown = notebook.explore(hostile, "solar_score", tiles=None).get_root().render()
    known = int(np.isfinite(hostile.scores["solar"]).sum())
    assert shown.count('"solar_score":') == known
    assert HOSTILE not in shown and "solar: score" in shown


def test_interactive_map_of_names_uses_their_colours(made_up):
    pytest.importorskip("folium")
    shown = notebook.explore(made_up, "best_technology", tiles=None).get_root().render()
    assert "#E69F00".lower() in shown.lower()


def test_missing_folium_is_told_with_the_way_out(made_up, monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest):
        if name == "folium":
            raise ImportError("no folium")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(GreenzoneError, match=r"pip install 'greenzone\[notebook\]'.*run\.plot\('solar_score'\)"):
        notebook.explore(made_up, "solar_score")


def test_unknown_column_is_named(made_up):
    pytest.importorskip("folium")
    with pytest.raises(GreenzoneError, match="no column 'nothing'"):
        notebook.explore(made_up, "nothing")


def test_layers_of_the_ground_are_columns_too(made_up):
    pytest.importorskip("folium")
    number = made_up.grid.sites.sizes["site"]
    site = xr.Dataset({"ghi": ("site", np.linspace(4, 5, number))})
    layers = SimpleNamespace(**{**vars(made_up.layers), "site": site})
    run = SimpleNamespace(**{**vars(made_up), "layers": layers})
    shown = notebook.explore(run, "ghi", tiles=None).get_root().render()
    assert "global horizontal irradiation [kWh/m2/day]" in shown
