"""The report in a real browser, from disk and without a network; pictures of it are kept in `artefacts/`."""

import base64
import hashlib
import itertools
import json
import os
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from greenzone.outputs.report import report_from_directory
from greenzone.outputs.write import write_outputs

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "report"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
TECHNOLOGIES = ("solar", "wind", "hydro", "geothermal", "bioenergy")
OVERLAYS = {"plants": "hydro", "zones": "solar", "routes": "solar", "exclusions": "solar"}
HOSTILE = '<img src=x onerror="window.taken=1"></script><script>window.taken=1</script>Ə'
PNG = base64.b64decode(  # one orange pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8v5ThPwAG7wKklwQ/bwAAAABJRU5ErkJggg=="
)
SHOWN = 0.006  # numbers on the page have three significant digits


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no browser: install chromium, or name one in BROWSER_PATH")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def folder(coarse, tmp_path_factory):
    return write_outputs(coarse, tmp_path_factory.mktemp("browser") / "quick")


@pytest.fixture(scope="module")
def sites(folder):
    return gpd.read_parquet(folder / "sites.parquet")


@pytest.fixture(scope="module")
def full(folder, with_plan_and_ranges, tmp_path_factory):
    """The same run with a plan and with ranges of its mixes."""
    run = with_plan_and_ranges(shutil.copytree(folder, tmp_path_factory.mktemp("browser") / "full"))
    report_from_directory(run)
    return run


class Page:
    """A page that remembers what went wrong in it; `tiles` answers what it asks of the network."""

    def __init__(self, browser, file, tiles=None, **context):
        screen = {"viewport": {"width": 1400, "height": 950}, "offline": tiles is None}
        self.context = browser.new_context(**(screen | context))
        self.page = self.context.new_page()
        if tiles:
            self.page.route(re.compile("^https?:"), tiles)
        self.trouble, self.asked = [], []
        self.page.on("console", lambda m: self.trouble.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.trouble.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("html[data-charts]", state="attached")

    def drawn(self):
        """What the map looks like, as a short number."""
        picture = self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => "
            "done(GZ.map.canvas.toDataURL()))))"
        )
        return hashlib.sha256(picture.encode()).hexdigest()

    def wait_until(self, expression, patience=30):
        """Wait for a condition; asked anew from outside, as the page's own policy forbids it to evaluate text."""
        for _ in range(patience * 20):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"after {patience} s still not: {expression}")

    def choose(self, group, value):
        self.page.check(f"input[name={group}][value={value}]")
        return self.drawn()

    def speak(self, lang):
        self.page.click(f"[data-lang={lang}]")
        self.page.wait_for_selector(f"html[data-charts={lang}]", state="attached")

    def online(self):
        """What was asked of a network."""
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]

    def picture(self, name, **options):
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", **options)


@pytest.fixture(scope="module")
def shown(browser, folder):
    page = Page(browser, folder / "report.html")
    yield page
    page.context.close()


def numbers(text):
    """Numbers in an English text."""
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*\.?\d*", text)]


def row_of(sites, technology):
    """Position of the site where a technology has most capacity."""
    return int(np.nanargmax(sites[f"{technology}_capacity_mw"].to_numpy()))


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
def test_pointing_at_a_site_shows_its_figures(shown, sites, technology):
    shown.choose("technology", technology)
    shown.choose("key", "score")
    box = shown.page.locator("input[name=overlay][value=plants]")
    box.uncheck()
    site = row_of(sites, technology)
    point_at(shown, site)
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


def test_a_click_opens_the_card_of_the_site(shown, sites):
    shown.choose("technology", "solar")
    site = row_of(sites, "solar")
    row = sites.iloc[site]
    point_at(shown, site, click=True)
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


def point_at(shown, site, click=False):
    shown.page.evaluate("GZ.map.fit()")
    shown.drawn()
    shown.page.locator("#map").scroll_into_view_if_needed()
    x, y = shown.page.evaluate(f"GZ.map.screenOf({site})")
    (shown.page.click if click else shown.page.hover)("#map", position={"x": x, "y": y})


def test_keys_walk_zoom_and_close(shown, sites):
    shown.choose("technology", "solar")
    point_at(shown, row_of(sites, "solar"), click=True)
    first = shown.page.inner_text("#card h3")
    shown.page.focus("#map")
    shown.page.keyboard.press("ArrowLeft")
    second = shown.page.inner_text("#card h3")
    east = sites.set_index("site").geometry.representative_point().x
    assert east[second] < east[first]
    scale = shown.page.evaluate("GZ.map.view.scale")
    shown.page.keyboard.press("+")
    assert shown.page.evaluate("GZ.map.view.scale") == pytest.approx(1.5 * scale)
    shown.page.keyboard.press("0")
    assert shown.page.evaluate("GZ.map.view.scale") == pytest.approx(scale)
    shown.page.keyboard.press("Escape")
    assert "Click a cell" in shown.page.inner_text("#card")


def test_all_controls_have_a_name_and_can_be_reached(shown):
    nameless = shown.page.evaluate(
        "[...document.querySelectorAll('button, select, input, canvas[tabindex]')].filter((e) => "
        "!(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels[0] && "
        "e.labels[0].textContent.trim()))).map((e) => e.outerHTML)"
    )
    assert nameless == []
    assert shown.page.evaluate("document.querySelectorAll('[tabindex]:not([tabindex=\"0\"])').length") == 0


def test_charts_show_the_figures_of_the_files(shown, folder):
    curve = pd.read_csv(folder / "supply_curve.csv")
    chosen = curve.query("mix == 'together' and technology == 'solar' and district == 'zone'")
    drawn = shown.page.evaluate(
        "Math.max(...GZ.byId('curve-chart').data.find((t) => t.name.startsWith('Solar, conn')).x)"
    )
    assert drawn == pytest.approx(chosen["connected_energy_gwh"].max(), rel=1e-5)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    bars = shown.page.evaluate("GZ.byId('ladder-chart').data.map((t) => t.x)")
    technical = [row["technical_gwh"] for row in manifest["ladder"]]
    assert bars[2] == pytest.approx(technical, rel=1e-5)  # the files hold six digits
    scenarios = pd.read_csv(folder / "scenarios.csv").query("period == 'year'")
    energy = scenarios.query("quantity == 'energy' and technology == 'hydro'")["value"].tolist()
    assert shown.page.evaluate(
        "Array.from(GZ.byId('scenario-chart').data.find((t) => t.name === 'Hydro').y)"
    ) == pytest.approx(energy, rel=1e-5)
    ratios = [row["ratio"] for row in manifest["published"] if row["ratio"]]
    assert shown.page.evaluate("Array.from(GZ.byId('published-chart').data[0].x)") == pytest.approx(ratios, rel=1e-6)


def test_choices_redraw_their_charts(shown):
    def data(chart):
        return shown.page.evaluate(f"JSON.stringify(GZ.byId('{chart}').data.map((t) => [t.x, t.y, t.z]))")

    for select, value, chart in (
        ("#hours-scenario", "existing-2025", "week-chart"),
        ("#hours-week", "hardest", "week-chart"),
        ("#heat-kind", "hours_met", "heat-chart"),
        ("#ladder-place", "Kalbajar", "ladder-chart"),
        ("#curve-place", "Lachin", "curve-chart"),
        ("#curve-mix", "alone", "curve-chart"),
        ("#curve-quantity", "capacity", "curve-chart"),
    ):
        before = data(chart)
        shown.page.select_option(select, value)
        shown.page.wait_for_timeout(300)
        assert data(chart) != before, select


def test_language_switch_changes_every_word_and_number(shown):
    shown.speak("az")
    assert shown.page.get_attribute("html", "lang") == "az"
    assert shown.page.inner_text("#map-section h2") == "Sahələrin xəritəsi"
    assert "Günəş" in shown.page.inner_text("#technologies")
    assert {"Şuşa", "Kəlbəcər", "Cəbrayıl", "Laçın"} <= set(
        shown.page.locator("#district-table td:first-child").all_inner_texts()
    )
    left = shown.page.evaluate(
        "[...document.querySelectorAll('[data-t]')].filter((e) => e.textContent === GZ.words.en[e.dataset.t] "
        "&& GZ.words.en[e.dataset.t] !== GZ.words.az[e.dataset.t]).length"
    )
    assert left == 0
    assert re.search(r"\d,\d", shown.page.inner_text("#cards"))  # 11,1 and not 11.1
    assert "Günəş" in shown.page.evaluate("GZ.byId('ladder-chart').data[0].y")
    assert shown.page.locator("#notes li").count() > 20
    assert shown.page.locator("#notes li[lang=en]").all_inner_texts() == []
    assert shown.page.locator("#findings li[lang=en]").all_inner_texts() == []
    assert "sintetik" in shown.page.inner_text("#facts")
    shown.picture("azerbaijani", full_page=True)
    shown.speak("en")
    assert shown.page.inner_text("#map-section h2") == "Map of the sites"
    assert shown.trouble == []


@pytest.mark.parametrize("width", [320, 360, 412])
def test_phone_has_no_sideways_scrolling(browser, folder, width):
    phone = Page(
        browser,
        folder / "report.html",
        viewport={"width": width, "height": 780},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )
    for lang in ("en", "az"):
        if lang == "az":
            phone.speak("az")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= width
        assert phone.page.evaluate("GZ.map.canvas.clientWidth") > 0.8 * width
        assert beyond(phone.page, width) == []
    phone.page.tap("#map", position={"x": width / 2, "y": 250})
    assert phone.page.is_visible("#tip")
    phone.picture(f"phone-{width}", full_page=True)
    assert phone.trouble == []
    phone.context.close()


def beyond(page, width):
    """Elements that reach over the right edge and can not be scrolled within their own box."""
    return page.evaluate(
        "(width) => [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > width + 1 "
        "&& !e.closest('.table-box, pre, .js-plotly-plot, .contents')).map((e) => e.outerHTML.slice(0, 120))",
        width,
    )


def test_phone_shows_plan_and_ranges_without_sideways_scrolling(browser, full):
    phone = Page(browser, full / "report.html", viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True)
    for lang in ("en", "az"):
        if lang == "az":
            phone.speak("az")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert beyond(phone.page, 320) == []
    phone.picture("phone-plan", full_page=True)
    phone.context.close()


def test_page_opens_in_the_language_asked_for(browser, folder, tmp_path):
    page = Page(browser, report_from_directory(folder, tmp_path / "az.html", "az"))
    assert page.page.inner_text("#map-section h2") == "Sahələrin xəritəsi"
    assert page.trouble == []
    page.context.close()


def test_hostile_names_are_shown_and_not_run(browser, folder, tmp_path):
    run = tmp_path / "hostile"
    shutil.copytree(folder, run)
    for name in ("hydro_plants", "zones", "connection_routes", "rivers", "districts"):
        path = run / f"{name}.geojson"
        found = json.loads(path.read_text(encoding="utf-8"))
        for feature in found["features"]:
            feature["properties"] |= {
                key: HOSTILE for key in ("name", "river", "zone", "grid_node") if key in feature["properties"]
            }
        if name == "districts":
            found["features"][0]["properties"]["district"] = HOSTILE
        path.write_text(json.dumps(found), encoding="utf-8")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["config"] |= {"name": HOSTILE, "description": HOSTILE}
    manifest["published"][0]["source"] = HOSTILE
    manifest["notes"]["wind"] = [HOSTILE]
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    scenarios = pd.read_csv(run / "scenarios.csv")
    scenarios["scenario"] = scenarios["scenario"].replace("announced", HOSTILE)
    scenarios.to_csv(run / "scenarios.csv", index=False)
    sites = gpd.read_parquet(run / "sites.parquet")
    sites["district"] = sites["district"].replace("Jabrayil", HOSTILE)
    sites.to_parquet(run / "sites.parquet")
    page = Page(browser, report_from_directory(run))
    page.choose("technology", "hydro")
    point_at(page, row_of(sites, "solar"), click=True)
    page.page.wait_for_timeout(500)
    assert page.page.evaluate("window.taken") is None
    assert page.page.evaluate("document.images.length") == 0
    assert HOSTILE in page.page.inner_text("h1")
    assert HOSTILE in page.page.inner_text("#notes")
    assert HOSTILE in page.page.inner_text("#card")
    assert page.trouble == []
    page.context.close()


def test_plan_and_ranges_show_the_figures_of_their_files(browser, full):
    page = Page(browser, full / "report.html")
    assert page.page.is_visible("#contents a[href='#plan']")
    ranges = pd.read_csv(full / "scenario_ranges.csv").query("result == 'share_met_hourly'")
    drawn = page.page.evaluate(
        "(({x, error_x}) => [x, error_x.array, error_x.arrayminus])(GZ.byId('mix-chart').data[0])"
    )
    np.testing.assert_allclose(drawn[0], 100 * ranges["p50"])
    np.testing.assert_allclose(drawn[1], 100 * (ranges["p90"] - ranges["p50"]), rtol=1e-6)
    np.testing.assert_allclose(drawn[2], 100 * (ranges["p50"] - ranges["p10"]), rtol=1e-6)
    assert page.page.evaluate("GZ.byId('driver-chart').data[0].y") == ["resource: Hydro", "demand"]
    page.page.select_option("#mix-result", "energy_gwh_hydro")
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("GZ.byId('mix-chart').data[0].x") == [823]
    assert "561" in page.page.inner_text("#mix-table")
    assert "86% – 96%" in page.page.inner_text("#scenario-table")
    capacity = page.page.evaluate("Object.fromEntries(GZ.byId('plan-chart').data.map((t) => [t.name, t.y]))")
    assert capacity == {"Solar": [120, 300], "Hydro": [100, 100], "Battery": [40, 90]}
    assert "192,900,000" in page.page.inner_text("#plan-table")
    page.page.select_option("#plan-year", "2030")
    page.page.wait_for_timeout(300)
    places = page.page.evaluate(
        "Object.fromEntries(GZ.byId('plan-places').data.map((t) => [t.name, Math.max(...t.x)]))"
    )
    assert places == {"Solar": 120, "Hydro": 100, "Battery": 40}
    assert "442,700" in page.page.inner_text("#plan-places-table")
    assert page.page.evaluate("Math.max(...GZ.byId('plan-prices').data[1].y)") == 5000
    page.speak("az")
    assert "Ən az xərc ildə 109.355.709" in page.page.inner_text("#plan-notes")
    assert page.trouble == []
    page.picture("plan", full_page=True)
    page.context.close()


def test_run_without_a_plan_shows_none(shown, folder):
    assert not (folder / "plan_notes.csv").exists()
    assert shown.page.is_hidden("#plan")
    assert shown.page.locator("#contents a[href='#plan']").count() == 0


def test_wind_and_sun_have_their_ranges_on_the_card(shown, sites):
    for technology, low, high in (("wind", 0.5, 1.5), ("solar", 0.89, 1.08)):
        shown.choose("technology", technology)
        site = row_of(sites, technology)
        point_at(shown, site, click=True)
        own = sites.iloc[site][f"{technology}_energy_gwh"]
        text = shown.page.locator("#card dd", has_text="GWh/yr").inner_text()
        found = [value / own for value in numbers(text)[:2]]
        assert found == pytest.approx([low, high], abs=0.06)  # as the zone: half either way, 1 to 11 %


def test_base_map_is_asked_for_only_while_it_is_on(browser, folder):
    def tile(route):
        route.fulfill(body=PNG, content_type="image/png", headers={"Access-Control-Allow-Origin": "*"})

    page = Page(browser, folder / "report.html", tiles=tile)
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
    page.context.close()


def test_base_map_that_does_not_come_is_told(browser, folder):
    page = Page(browser, folder / "report.html", tiles=lambda route: route.abort())
    page.page.check("input[name=overlay][value=basemap]")
    page.wait_until("GZ.map.basemap?.lost > 0")
    assert "did not come" in page.page.inner_text("#credit")
    page.context.close()


@pytest.mark.parametrize(
    ("lon", "lat", "zoom", "tile"),
    [(0, 0, 0, (0, 0)), (46.75, 39.76, 10, (644, 388)), (-0.1275, 51.5072, 12, (2046, 1362))],
)
def test_tiles_lie_where_web_mercator_has_them(shown, lon, lat, zoom, tile):
    many = 2**zoom
    place = f"[GZ.Basemap.prototype.column({lon}, {many}), GZ.Basemap.prototype.row({lat}, {many})].map(Math.floor)"
    assert tuple(shown.page.evaluate(place)) == tile
    assert shown.page.evaluate("GZ.Basemap.prototype.edge(0, 1)") == pytest.approx(85.0511, abs=1e-4)  # EPSG:3857


def test_paper_holds_all_charts(browser, full):
    page = Page(browser, full / "report.html")
    page.page.emulate_media(media="print")
    page.page.set_viewport_size({"width": 700, "height": 1000})
    page.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.page.wait_for_timeout(500)
    wide = page.page.evaluate("[...document.querySelectorAll('.main-svg')].map((e) => e.getBoundingClientRect().right)")
    assert len(wide) > 20
    assert max(wide) <= 700
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 700  # tables too
    assert overlapping(page.page) == []
    page.picture("print", full_page=True)
    paper = page.page.pdf(path=ARTEFACTS / "print.pdf", prefer_css_page_size=True)
    pages = paper.count(b"/Type /Page\n")
    assert 8 <= pages <= 40
    assert page.trouble == []
    page.context.close()


def overlapping(page):
    """Charts that reach below their own box, over what follows."""
    return page.evaluate(
        "[...document.querySelectorAll('.chart')].filter((e) => e.querySelector('.main-svg') && "
        "e.querySelector('.main-svg').getBoundingClientRect().bottom > e.getBoundingClientRect().bottom + 1)"
        ".map((e) => e.id)"
    )


def test_keyboard_reaches_the_map_and_every_control(browser, full):
    shown = Page(browser, full / "report.html")
    shown.page.keyboard.press("Tab")
    assert shown.page.evaluate("document.activeElement.className") == "skip"
    shown.page.keyboard.press("Enter")
    shown.wait_until("location.hash === '#map'")
    shown.page.reload()
    shown.page.wait_for_selector("html[data-charts]", state="attached")
    seen = set()
    for _ in range(400):
        shown.page.keyboard.press("Tab")
        at = shown.page.evaluate(
            "((e) => e === document.body ? null : e.id || e.name || e.textContent)(document.activeElement)"
        )
        if at is None:
            break
        seen.add(at)
    selects = shown.page.evaluate(
        "[...document.querySelectorAll('main select')].filter((e) => e.offsetParent).map((e) => e.id)"
    )
    assert {"map", "zoom-in", "zoom-out", "zoom-all", "technology", "key", "overlay", "print", *selects} <= seen
    shown.context.close()


def test_arrow_keys_choose_the_technology(shown):
    shown.choose("technology", "solar")
    shown.page.focus("input[name=technology][value=solar]")
    shown.page.keyboard.press("ArrowDown")
    assert shown.page.evaluate("GZ.state.technology") == "wind"
    assert shown.page.evaluate("document.activeElement.value") == "wind"
