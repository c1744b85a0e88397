"""How fast a run becomes files: all GIS files and the report of the 1 km baseline, and how fast the report opens.

Comes in: a scenario file. Goes out: medians of wall-clock and CPU seconds, printed.

    python tests/benchmarks/bench_outputs.py                                   # the baseline: under 20 s asked for
    python tests/benchmarks/bench_outputs.py --stored runs/baseline            # only the report of a finished run
    python tests/benchmarks/bench_outputs.py --set grid.cell_size=500 --times 1
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import greenzone as gz
from greenzone.outputs.report import report_from_directory
from greenzone.outputs.write import write_outputs

BASELINE = Path(__file__).parents[2] / "configs" / "baseline.yaml"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# When the map can be used and when the last chart is drawn, in milliseconds from the page's beginning.
WATCH = """new MutationObserver(() => {
  const seen = document.documentElement?.dataset ?? {};
  window.mapAt ??= seen.ready && performance.now(); window.chartsAt ??= seen.charts && performance.now();
}).observe(document, { attributes: true, subtree: true, childList: true })"""


def main() -> None:
    """Run the scenario once, write its files several times, open its report several times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=Path, help="folder of a finished run, in place of a new one")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.stored or Path(scratch) / "run"
        if asked.stored is None:
            run = gz.run(gz.read_config(BASELINE, asked.set))
            print(f"{run.grid.sites.sizes['site']:,} sites")
            show("all files and the report", measure(lambda: write_outputs(run, folder), asked.times))
        report = Path(scratch) / "report.html"
        show("the report alone, from the files", measure(lambda: report_from_directory(folder, report), asked.times))
        print(f"report: {report.stat().st_size / 1e6:.1f} MB")
        open_report(report, asked.times)


def measure(work: Callable[[], Any], times: int) -> list[tuple[float, float]]:
    """Seconds on the clock and of the processor, of each time."""
    found = []
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - clock, time.process_time() - processor))
    return found


def show(what: str, seconds: list[tuple[float, float]]) -> None:
    """Print the medians."""
    clock, processor = (statistics.median(column) for column in zip(*seconds, strict=True))
    print(f"{what}: {clock:.1f} s, {processor:.1f} s of CPU (median of {len(seconds)})")


def open_report(file: Path, times: int) -> None:
    """Print how long a browser without a network takes to show the map and all charts."""
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        print("no browser: how fast the report opens is not measured")
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        found = [_opened(browser, file) for _ in range(times)]
        browser.close()
    for what, column in zip(("map", "all charts", "main thread"), zip(*found, strict=True), strict=True):
        print(f"{what}: {statistics.median(column):.2f} s (least {min(column):.2f} s)")


def _opened(browser: Any, file: Path) -> tuple[float, float, float]:
    """Seconds until the map and the charts stand, and of CPU of the page's main thread."""
    context = browser.new_context(offline=True, viewport={"width": 1400, "height": 950})
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-charts]", state="attached", timeout=60_000)
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    at = page.evaluate("[window.mapAt, window.chartsAt]")
    context.close()
    return at[0] / 1000, at[1] / 1000, metrics["TaskDuration"]


if __name__ == "__main__":
    main()
