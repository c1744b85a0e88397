"""Figures show what the tables hold: pixels, bars, curves, weeks; every kind in every format, names as they are."""

from types import SimpleNamespace

import geopandas as gpd
import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from matplotlib.collections import PolyCollection

from greenzone.errors import GreenzoneError
from greenzone.outputs.figures import KINDS, draw, save_figure
from greenzone.outputs.figures.difference import comparison_figure, difference_map
from greenzone.outputs.figures.ladder import LEAST
from greenzone.outputs.figures.supply_curve import energy_by_cost
from greenzone.outputs.findings import InFolder, InMemory

CURVE = pd.DataFrame(
    [
        ("together", "solar", "Lachin", 40.0, 10.0),
        ("together", "solar", "zone", 40.0, 30.0),
        ("together", "solar", "zone", 60.0, 50.0),
        ("together", "wind", "zone", 50.0, 7.0),
        ("together", "all", "zone", 60.0, 57.0),
        ("alone", "wind", "zone", 50.0, 99.0),
    ],
    columns=["mix", "technology", "district", "lcoe", "connected_energy_gwh"],
)


@pytest.fixture(scope="module")
def findings(made_up):
    return InMemory(made_up)


def week(stores=False):
    """A week of three-hour steps: wind gives 10 MW, demand is 12 MW, so 2 MW are missed or come out of a store."""
    steps = 56
    power = np.zeros((1, 2, 1, steps))
    power[:, 1] = 10.0
    flows = dict.fromkeys(("charged_mw", "discharged_mw", "exported_mw", "curtailed_mw", "unserved_mw"), 0.0)
    flows |= {"demand_mw": 12.0, "discharged_mw" if stores else "unserved_mw": 2.0}
    dims = ("scenario", "week", "step")
    return xr.Dataset(
        {
            "generation_mw": (("scenario", "technology_name", "week", "step"), power),
            "week_start": (("scenario", "week"), [["2019-01-07T00:00"]]),
            **{name: (dims, np.full((1, 1, steps), value)) for name, value in flows.items()},
        },
        {"scenario": ["plan"], "week": ["hardest"], "technology_name": ["solar", "wind"]},
    )


def with_changes(findings, **changes):
    names = ("config", "sites", "ladder", "curve", "scenarios", "typical", "elevation")
    kept = {name: changes.get(name, getattr(findings, name)) for name in names if name not in ("typical",)}
    kept["typical"] = changes.get("typical", xr.Dataset())
    calls = {name: getattr(findings, name) for name in ("layer", "layer_names", "column", "column_names")}
    return SimpleNamespace(**kept, **calls)


def image_of(figure, order=1):
    """The picture of the sites in the first axes."""
    return next(image for image in figure.axes[0].images if image.get_zorder() == order)


def test_map_shows_the_value_of_the_site_at_every_pixel(made_up, findings):
    image = image_of(draw(findings, "map", "solar_capacity_mw"))
    west, east, south, north = image.get_extent()
    values = np.ma.filled(image.get_array().astype(float), np.nan)
    expected = made_up.potentials["solar"].sites.capacity_mw.to_numpy()
    for number in range(0, len(expected), 17):
        point = shapely.point_on_surface(made_up.grid.geometry[number])
        row = int((north - point.y) / (north - south) * values.shape[0])
        column = int((point.x - west) / (east - west) * values.shape[1])
        assert values[row, column] == pytest.approx(expected[number], rel=1e-5)


def test_map_of_a_score_has_fixed_bounds_and_costs_have_units(findings):
    figure = draw(findings, "map", "wind_score")
    assert image_of(figure).get_clim() == (0, 1)
    bar = draw(findings, "map", "wind_lcoe_connected").axes[1]
    assert bar.get_ylabel() == "wind: LCOE with connection [USD/MWh]"


def test_map_of_names_has_a_legend_of_them(findings):
    legend = draw(findings, "map", "best_technology").axes[0].get_legend()
    assert {text.get_text() for text in legend.get_texts()} <= {"solar", "wind", "hydro", "geothermal", "bioenergy"}
    districts = draw(findings, "map", "district").axes[0].get_legend()
    assert "Lachin" in {text.get_text() for text in districts.get_texts()}


def test_map_of_a_layer_draws_its_shapes(findings):
    axes = draw(findings, "map", "zones").axes[0]
    drawn = [part for part in axes.collections if isinstance(part, PolyCollection) and len(part.get_paths())]
    assert drawn
    assert draw(findings, "map", "hydro_plants").axes[0].collections


def test_unknown_names_are_answered_with_near_ones(findings):
    with pytest.raises(GreenzoneError, match=r"no column or layer 'solar_scor'.*solar_score"):
        draw(findings, "map", "solar_scor")
    with pytest.raises(GreenzoneError, match=r"no figure 'pie'.*ladder"):
        draw(findings, "pie")


def test_bars_of_the_ladder_end_at_their_energy(findings):
    axes = draw(findings, "ladder").axes[0]
    rungs = ["theoretical_gwh", "geographic_gwh", "technical_gwh", "economic_gwh"]
    expected = findings.ladder[rungs].to_numpy().ravel()
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert ends == pytest.approx(np.maximum(expected, LEAST), rel=1e-9)
    assert [label.get_text() for label in axes.get_yticklabels()] == findings.ladder.technology.tolist()


def test_supply_curve_counts_the_zone_once_and_never_falls():
    steps = energy_by_cost(CURVE)
    assert steps.index.tolist() == [40, 50, 60]
    assert steps.solar.tolist() == [30, 30, 50]  # neither the district nor the sum of all technologies counts again
    assert steps.wind.tolist() == [0, 7, 7]
    assert list(steps) == ["solar", "wind"]
    assert energy_by_cost(pd.DataFrame()).empty


def test_supply_curve_ends_at_all_energy(findings):
    figure = draw(with_changes(findings, curve=CURVE), "supply-curve")
    assert figure.axes[0].get_ylim()[1] * 1000 >= 57
    assert figure.axes[1].get_lines()[0].get_ydata()[-1] == 50
    with pytest.raises(GreenzoneError, match="no supply curve"):
        draw(with_changes(findings, curve=CURVE.iloc[:0]), "supply-curve")


def test_week_stacks_generation_and_tells_what_is_missed(findings):
    figure = draw(with_changes(findings, typical=week()), "dispatch-week")
    assert "336 MWh missed" in figure.get_suptitle()  # 2 MW for 168 hours
    assert {text.get_text() for text in figure.legends[0].get_texts()} == {"wind", "demand", "missed"}
    stored = draw(with_changes(findings, typical=week(stores=True)), "dispatch-week", scenario="plan", week="hardest")
    assert "0 MWh missed" in stored.get_suptitle()
    assert "out of stores" in {text.get_text() for text in stored.legends[0].get_texts()}


def test_week_that_is_not_there_is_named(findings):
    with pytest.raises(GreenzoneError, match="keeps no week of dispatch"):
        draw(with_changes(findings), "dispatch-week")
    with pytest.raises(GreenzoneError, match=r"no scenario 'other' in this run; it has plan"):
        draw(with_changes(findings, typical=week()), "dispatch-week", scenario="other")


@pytest.mark.parametrize(
    ("kind", "ending"), [*((kind, ".svg") for kind in KINDS), ("ladder", ".png"), ("ladder", ".pdf")]
)
def test_every_kind_and_every_format_is_the_same_file_twice(findings, tmp_path, kind, ending):
    named = {**findings.config, "name": "Şərqi Zəngəzur: ğ ı ö ü ç Ə $x^"}
    shown = with_changes(findings, curve=CURVE, typical=week(), config=named)
    files = [save_figure(draw(shown, kind, "district"), tmp_path / f"{number}{ending}") for number in (1, 2)]
    assert files[0].read_bytes() == files[1].read_bytes()
    if ending == ".svg":
        assert "Şərqi Zəngəzur: ğ ı ö ü ç Ə $x^" in files[0].read_text(encoding="utf-8")
    if ending == ".png":
        assert matplotlib.image.imread(files[0]).shape[1] > 1200


def test_letters_are_in_the_font():
    from matplotlib import font_manager, ft2font

    face = ft2font.FT2Font(font_manager.findfont("DejaVu Sans"))
    assert all(face.get_char_index(ord(letter)) for letter in "ƏəıİşŞğĞöÖüÜçÇ")


def test_figures_are_saved_only_where_and_as_they_can(findings, tmp_path):
    figure = draw(findings, "ladder")
    with pytest.raises(GreenzoneError, match=r"\.png, \.svg or \.pdf, not as '\.gif'"):
        save_figure(figure, tmp_path / "a.gif")
    with pytest.raises(GreenzoneError, match=r"a\.png: cannot be written: No such file"):
        save_figure(figure, tmp_path / "no" / "a.png")


def moved(findings, by):
    sites = findings.sites.assign(solar_score=findings.sites["solar_score"] + by)
    values = {"column": lambda name: sites[name].to_numpy() if name in sites else None}
    return SimpleNamespace(**{**vars(with_changes(findings, sites=sites)), **values})


def test_map_of_differences_shows_the_change_with_zero_in_the_middle(findings):
    runs = {"a": findings, "b": moved(findings, 0.25)}
    image = image_of(difference_map(runs, "solar_score"))
    values = np.ma.compressed(np.ma.masked_invalid(image.get_array()))
    assert values == pytest.approx(0.25)
    low, high = image.get_clim()
    assert low == -high < 0


def test_figure_of_a_comparison_has_a_bar_for_each_run(findings):
    scenarios = pd.DataFrame(columns=["scenario", "period", "technology", "quantity", "unit", "value"])
    one = with_changes(findings, scenarios=scenarios)
    figure = comparison_figure({"$a": one, "b": one, "c": one})
    capacity = [bar.get_height() for bar in figure.axes[0].patches]
    assert capacity == pytest.approx(np.tile(findings.ladder.technical_mw, 3))


def test_folder_without_a_run_or_with_a_broken_file_is_named(tmp_path):
    with pytest.raises(GreenzoneError, match="no finished run here"):
        InFolder(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "sites.parquet").write_text("no parquet")
    with pytest.raises(GreenzoneError, match=r"sites\.parquet: cannot be read"):
        _ = InFolder(tmp_path).sites
    with pytest.raises(GreenzoneError, match=r"there is no supply_curve\.csv"):
        _ = InFolder(tmp_path).curve


def test_rivers_without_an_order_are_all_drawn(made_up, findings):
    rivers = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.LineString([(46, 39.5), (47, 39.6)])], crs=4326)
    shown = with_changes(findings)
    shown.layer = lambda name: rivers if name == "rivers" else findings.layer(name)
    before = sum(len(part.get_paths()) for part in draw(findings, "map", "solar_score").axes[0].collections)
    after = sum(len(part.get_paths()) for part in draw(shown, "map", "solar_score").axes[0].collections)
    assert after == before + 1
