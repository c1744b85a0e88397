"""The report on a phone, on paper and by keyboard, and with names that try to break out of their place."""

import json
import shutil

import geopandas as gpd
import pandas as pd
import pytest

from greenzone.outputs.report import report_from_directory

HOSTILE = '<img src=x onerror="window.taken=1"></script><script>window.taken=1</script>Ə'


@pytest.mark.parametrize("width", [320, 360, 412])
def test_phone_has_no_sideways_scrolling(open_page, folder, width):
    phone = open_page(
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


def beyond(page, width):
    """Elements that reach over the right edge and can not be scrolled within their own box."""
    return page.evaluate(
        "(width) => [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > width + 1 "
        "&& !e.closest('.table-box, pre, .js-plotly-plot, .contents')).map((e) => e.outerHTML.slice(0, 120))",
        width,
    )


def test_phone_shows_plan_and_ranges_without_sideways_scrolling(open_page, full):
    phone = open_page(full / "report.html", viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True)
    for lang in ("en", "az"):
        if lang == "az":
            phone.speak("az")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert beyond(phone.page, 320) == []
    phone.picture("phone-plan", full_page=True)


def test_paper_holds_all_charts(open_page, full):
    page = open_page(full / "report.html")
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
    paper = page.paper("print")
    pages = paper.count(b"/Type /Page\n")
    assert 8 <= pages <= 40
    assert page.trouble == []


def overlapping(page):
    """Charts that reach below their own box, over what follows."""
    return page.evaluate(
        "[...document.querySelectorAll('.chart')].filter((e) => e.querySelector('.main-svg') && "
        "e.querySelector('.main-svg').getBoundingClientRect().bottom > e.getBoundingClientRect().bottom + 1)"
        ".map((e) => e.id)"
    )


def test_keys_walk_zoom_and_close(shown, sites, row_of):
    shown.choose("technology", "solar")
    shown.point_at(row_of(sites, "solar"), click=True)
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


def test_keyboard_reaches_the_map_and_every_control(open_page, full):
    shown = open_page(full / "report.html")
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


def test_arrow_keys_choose_the_technology(shown):
    shown.choose("technology", "solar")
    shown.page.focus("input[name=technology][value=solar]")
    shown.page.keyboard.press("ArrowDown")
    assert shown.page.evaluate("GZ.state.technology") == "wind"
    assert shown.page.evaluate("document.activeElement.value") == "wind"


def test_hostile_names_are_shown_and_not_run(open_page, folder, tmp_path, row_of):
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
    page = open_page(report_from_directory(run))
    page.choose("technology", "hydro")
    page.point_at(row_of(sites, "solar"), click=True)
    page.page.wait_for_timeout(500)
    assert page.page.evaluate("window.taken") is None
    assert page.page.evaluate("document.images.length") == 0
    assert HOSTILE in page.page.inner_text("h1")
    assert HOSTILE in page.page.inner_text("#notes")
    assert HOSTILE in page.page.inner_text("#card")
    assert page.trouble == []
