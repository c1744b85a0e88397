"""The map of the report and the card of a site: layers, switches, what pointing and clicking show, the base map."""

import base64
import itertools

import numpy as np
import pytest

TECHNOLOGIES = ("solar", "wind", "hydro", "geothermal", "bioenergy")
OVERLAYS = {"plants": "hydro", "zones": "solar", "routes": "solar", "exclusions": "solar"}
PNG = base64.b64decode(  # one orange pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8v5ThPwAG7wKklwQ/bwAAAABJRU5ErkJggg=="
)
SHOWN = 0.006  # numbers on the page have three significant digits


def test_page_loads_without_a_network_and_without_a_complaint(shown, sites):
    assert shown.trouble == []
    assert shown.online() == []
    assert shown.page.inner_text("h1") == "Green energy zone: quick"
    assert shown.page.get_attribute("#map-box", "data-sites") == str(len(sites))
    assert shown.page.is_hidden("#trouble")
    shown.picture("page", full_page=True)


def test_every_layer_of_every_technology_changes_the_map(shown, sites):
    pictures = {}
    for technology in TECHNOLOGIES:
        shown.choose("technology", technology)
        for key in shown.page.eval_on_selector_all("input[name=key]", "all => all.map((one) => one.value)"):
            pictures[technology, key] = shown.choose("key", key)
            legend = shown.page.inner_text("#legend")
            assert legend.startswith(shown.page.inner_text(f"label:has(input[value={technology}])").strip())
    assert len(pictures) >= 5 * 7
    for (one, first), (other, second) in itertools.combinations(pictures, 2):
        if pictures[one, first] == pictures[other, second]:  # only where one is the other in another unit
            ratio = sites[f"{one}_{first}"] / sites[f"{other}_{second}"]
            assert ratio.max() == pytest.approx(ratio.min(), rel=1e-3), (one, first, second)
    assert shown.choose("technology", "best") not in pictures.values()
    shown.picture("best")


@pytest.mark.parametrize(
    "overlay", ["terrain", "districts", "rivers", "settlements", "grid", "plants", "zones", "routes", "exclusions"]
)
def test_every_switch_changes_the_map_and_changes_it_back(shown, overlay):
    shown.choose("technology", OVERLAYS.get(overlay, "wind"))
    before = shown.drawn()
    box = shown.page.locator(f"input[name=overlay][value={overlay}]")
    box.click()
    assert shown.drawn() != before
    box.click()
    assert shown.drawn() == before


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_pointing_at_a_site_shows_its_figures(shown, sites, technology, row_of, numbers):
    shown.choose("technology", technology)
    shown.choose("key", "score")
    box = shown.page.locator("input[name=overlay][value=plants]")
    box.uncheck()
    site = row_of(sites, technology)
    shown.point_at(site)
    text = shown.page.inner_text("#tip")
    box.check()
    row = sites.iloc[site]
    assert row["site"] in text
    assert row["district"] in text
    columns = ("capacity_mw", "energy_gwh", "lcoe", "score")
    expected = [row[f"{technology}_{column}"] for column in columns]
    parts = sorted((row[name] for name in sites if name.startswith(f"{technology}_score_")), reverse=True)
    found = numbers(text.replace(row["site"], ""))
    assert found == pytest.approx([*expected, *parts], rel=SHOWN, abs=1e-9)
    assert sum(parts) == pytest.approx(row[f"{technology}_score"], rel=1e-3)


def test_a_click_opens_the_card_of_the_site(shown, sites, row_of, numbers):
    shown.choose("technology", "solar")
    site = row_of(sites, "solar")
    row = sites.iloc[site]
    shown.point_at(site, click=True)
    shown.page.wait_for_selector("#card-days .main-svg")
    assert shown.page.inner_text("#card h3") == row["site"]
    lines = shown.page.locator("#card-table tbody tr").all_inner_texts()
    for technology, line in zip(TECHNOLOGIES, lines, strict=True):
        found = [None if cell.strip() == "–" else numbers(cell)[0] for cell in line.split("\t")[1:]]
        columns = ("capacity_mw", "energy_gwh", "capacity_factor", "lcoe", "score")
        for value, column in zip(found, columns, strict=True):
            true = row[f"{technology}_{column}"] * (100 if column == "capacity_factor" else 1)
            assert (value is None) == bool(np.isnan(true)), (technology, column)
            if value is not None and true < 0.01:
                assert value == (0.01 if true else 0)  # shown as less than that
            elif value is not None:
                assert value == pytest.approx(true, rel=SHOWN, abs=0.06 if column == "capacity_factor" else 1e-9)
    months = shown.page.evaluate("Array.from(GZ.byId('card-months').data[0].y)")
    assert len(months) == 12
    assert sum(months) == pytest.approx(row["solar_energy_gwh"], rel=1e-3)
    assert months[6] > months[11]  # more sun in July than in December
    noon = shown.page.evaluate("GZ.byId('card-days').data.map((line) => line.y[12])")
    night = shown.page.evaluate("GZ.byId('card-days').data.map((line) => line.y[1])")
    assert min(noon) > 20
    assert max(night) == pytest.approx(0, abs=1e-6)
    shown.picture("card")


def test_wind_and_sun_have_their_ranges_on_the_card(shown, sites, row_of, numbers):
    for technology, low, high in (("wind", 0.5, 1.5), ("solar", 0.89, 1.08)):
        shown.choose("technology", technology)
        site = row_of(sites, technology)
        shown.point_at(site, click=True)
        own = sites.iloc[site][f"{technology}_energy_gwh"]
        text = shown.page.locator("#card dd", has_text="GWh/yr").inner_text()
        found = [value / own for value in numbers(text)[:2]]
        assert found == pytest.approx([low, high], abs=0.06)  # as the zone: half either way, 1 to 11 %


def test_base_map_is_asked_for_only_while_it_is_on(open_page, folder):
    def tile(route):
        route.fulfill(body=PNG, content_type="image/png", headers={"Access-Control-Allow-Origin": "*"})

    page = open_page(folder / "report.html", tiles=tile)
    box = page.page.locator("input[name=overlay][value=basemap]")
    assert page.online() == []
    assert not box.is_checked()
    page.page.evaluate("GZ.map.fit()")
    before = page.drawn()
    box.click()
    page.wait_until("GZ.map.basemap?.tiles.size > 0 && [...GZ.map.basemap.tiles.values()].every((t) => t.naturalWidth)")
    assert page.drawn() != before
    assert {url.rsplit("/", 3)[0] for url in page.online()} == {"https://tile.openstreetmap.org"}
    assert "OpenStreetMap" in page.page.inner_text("#credit")
    page.picture("basemap")
    box.click()
    asked = len(page.online())
    page.page.evaluate("GZ.map.zoom(3)")
    page.drawn()
    page.page.evaluate("GZ.map.fit()")
    assert page.drawn() == before
    assert len(page.online()) == asked
    assert page.page.is_hidden("#credit")
    assert page.trouble == []


def test_base_map_that_does_not_come_is_told(open_page, folder):
    page = open_page(folder / "report.html", tiles=lambda route: route.abort())
    page.page.check("input[name=overlay][value=basemap]")
    page.wait_until("GZ.map.basemap?.lost > 0")
    assert "did not come" in page.page.inner_text("#credit")


@pytest.mark.parametrize(
    ("lon", "lat", "zoom", "tile"),
    [(0, 0, 0, (0, 0)), (46.75, 39.76, 10, (644, 388)), (-0.1275, 51.5072, 12, (2046, 1362))],
)
def test_tiles_lie_where_web_mercator_has_them(shown, lon, lat, zoom, tile):
    many = 2**zoom
    place = f"[GZ.Basemap.prototype.column({lon}, {many}), GZ.Basemap.prototype.row({lat}, {many})].map(Math.floor)"
    assert tuple(shown.page.evaluate(place)) == tile
    assert shown.page.evaluate("GZ.Basemap.prototype.edge(0, 1)") == pytest.approx(85.0511, abs=1e-4)  # EPSG:3857
