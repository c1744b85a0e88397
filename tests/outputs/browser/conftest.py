"""The report in a real browser, from disk and without a network; pictures of it are kept in `artefacts/report/`."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from greenzone.outputs.report import report_from_directory
from greenzone.outputs.write import write_outputs

ARTEFACTS = Path(__file__).parents[3] / "artefacts" / "report"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="package")
def browser():
    """One browser for all tests of this folder, and no longer: its event loop would be in the way of other tests."""
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


@pytest.fixture(scope="package")
def folder(coarse, tmp_path_factory):
    return write_outputs(coarse, tmp_path_factory.mktemp("browser") / "quick")


@pytest.fixture(scope="package")
def sites(folder):
    return gpd.read_parquet(folder / "sites.parquet")


@pytest.fixture(scope="package")
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

    def point_at(self, site, click=False):
        """Move the pointer to a site on the map of the whole zone."""
        self.page.evaluate("GZ.map.fit()")
        self.drawn()
        self.page.locator("#map").scroll_into_view_if_needed()
        x, y = self.page.evaluate(f"GZ.map.screenOf({site})")
        (self.page.click if click else self.page.hover)("#map", position={"x": x, "y": y})

    def speak(self, lang):
        self.page.click(f"[data-lang={lang}]")
        self.page.wait_for_selector(f"html[data-charts={lang}]", state="attached")

    def online(self):
        """What was asked of a network."""
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]

    def picture(self, name, **options):
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", **options)

    def paper(self, name):
        """The page as a PDF of its own paper size."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        return self.page.pdf(path=ARTEFACTS / f"{name}.pdf", prefer_css_page_size=True)


@pytest.fixture
def open_page(browser):
    """What opens a file as a page of its own: `open_page(file, tiles=None, **context)`."""
    opened = []

    def opening(file, tiles=None, **context):
        opened.append(Page(browser, file, tiles, **context))
        return opened[-1]

    yield opening
    for page in opened:
        page.context.close()


@pytest.fixture(scope="module")
def shown(browser, folder):
    """The report, opened once for all tests of a module; after the last of them nothing may have gone wrong in it."""
    page = Page(browser, folder / "report.html")
    yield page
    trouble, online = page.trouble, page.online()
    page.context.close()
    assert trouble == []
    assert online == []


@pytest.fixture(scope="session")
def numbers():
    """What reads the numbers in an English text."""

    def read(text):
        return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*\.?\d*", text)]

    return read


@pytest.fixture(scope="session")
def row_of():
    """What gives the position of the site where a technology has most capacity."""

    def position(sites, technology):
        return int(np.nanargmax(sites[f"{technology}_capacity_mw"].to_numpy()))

    return position
