"""How results look in a terminal: tables of the few numbers that matter, progress with the time left, plain JSON.

Comes in: tables and names of steps. Goes out: text on stdout for results, on stderr for progress and warnings.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

WIDTH_OF_A_FILE = 140  # columns, where the output is no terminal
out = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
err = Console(stderr=True, soft_wrap=True, highlight=False)

# Seconds that the steps of the baseline take on one core, from which the time left is reckoned until it is known.
STEPS = {
    "zone and site grid": 1.0,
    "layers and weather": 2.5,
    "eligibility": 2.0,
    "solar potential": 1.5,
    "wind potential": 1.0,
    "hydro potential": 3.5,
    "geothermal potential": 1.5,
    "bioenergy potential": 1.5,
    "costs": 0.3,
    "connection and supply curve": 2.0,
    "scores": 0.7,
    "zones": 2.0,
    "supply scenarios": 1.0,
    "maps and tables": 8.0,
}
UNKNOWN_STEP = 1.0


def print_json(content: Any) -> None:
    """Print plain values as JSON, NaN as null, and nothing else."""
    from greenzone.outputs.manifest import plain

    typer.echo(json.dumps(plain(content), ensure_ascii=False, allow_nan=False, indent=2))


def print_table(title: str, frame: pd.DataFrame, signed: bool = False) -> None:
    """Print a table, numbers to the right with three significant digits."""
    drawn = Table(title=title, title_justify="left")
    for column in frame.columns:
        right = frame[column].dtype.kind in "fi" or column in ("published", "year")
        drawn.add_column(escape(str(column)), justify="right" if right else "left", no_wrap=right)
    for row in frame.itertuples(index=False):
        drawn.add_row(*(escape(shown(value, signed)) for value in row))
    out.print(drawn)


def print_ladder(ladder: pd.DataFrame, currency: str = "USD") -> None:
    """The ladder of the zone: what is there, what can stand, what it gives and costs."""
    if ladder.empty:
        return
    columns = {
        "technology": "technology",
        "theoretical_gwh": "resource\nTWh/yr",
        "geographic_gwh": "eligible\nTWh/yr",
        "technical_mw": "technical\nMW",
        "technical_gwh": "technical\nGWh/yr",
        "economic_gwh": "economic\nGWh/yr",
        "capacity_factor": "capacity\nfactor",
        "lcoe": f"LCOE\n{currency}/MWh",
    }
    table = ladder.assign(theoretical_gwh=ladder.theoretical_gwh / 1000, geographic_gwh=ladder.geographic_gwh / 1000)
    print_table("Potential of the zone", table[list(columns)].rename(columns=columns))


def print_published(published: pd.DataFrame) -> None:
    """Published figures beside ours, each with its year and source, so that two of the same thing differ."""
    if published.empty:
        return
    more = published["note"].str.contains("more than")
    shown_table = pd.DataFrame(
        {
            "technology": published["technology"],
            "quantity": published["quantity"].str.replace("_", " "),
            "where": published["scope"],
            "year": published["year"],
            "published": [
                (">" if over else "") + (shown(low) if low == high else f"{shown(low)}-{shown(high)}")
                for low, high, over in zip(published["published_low"], published["published_high"], more, strict=True)
            ],
            "ours": published["ours"],
            "ratio": published["ratio"],
            "unit": published["unit"],
            "source": published["source"],
        }
    )
    print_table("Beside what is published (the README explains the differences)", shown_table)


def print_supply(yearly: pd.DataFrame, title: str = "Supply") -> None:
    """The year of every supply scenario."""
    if yearly.empty:
        return
    columns = {
        "run": "run",
        "scenario": "scenario",
        "energy": "energy\nGWh/yr",
        "demand": "demand\nGWh/yr",
        "share_met_hourly": "share met\nhour by hour",
        "surplus": "surplus\nGWh/yr",
        "deficit": "deficit\nGWh/yr",
    }
    if len(set(yearly["run"])) == 1:
        del columns["run"]
    print_table(title, yearly[list(columns)].rename(columns=columns))


def shown(value: object, signed: bool = False) -> str:
    """A value as it stands in a table: "-" for what is missing, thousands apart, three significant digits."""
    if not isinstance(value, float):
        return str(value)
    if value != value:
        return "-"
    sign = "+" if signed and value > 0 else ""
    return sign + (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}")


class Expectation:
    """How long the steps of a run will take: as long as last time where that is known, else as the baseline's.

    What has been measured in this run scales what is still to come, so that the guess fits the machine.
    """

    def __init__(self, technologies: Iterable[str], former: Mapping[str, float] | None = None) -> None:
        left_out = {f"{name} potential" for name in _technologies()} - {f"{name} potential" for name in technologies}
        self.seconds = {step: seconds for step, seconds in (former or STEPS).items() if step not in left_out}
        self.done = 0.0

    def share(self) -> float:
        """Share of the work that is done."""
        total = sum(self.seconds.values())
        return min(1.0, self.done / total) if total else 0.0

    def finish(self, step: str) -> None:
        """Count a step as done."""
        self.done += self.seconds.get(step, UNKNOWN_STEP)

    def left(self, elapsed: float) -> float | None:
        """Seconds that are left, None before anything is known."""
        share = self.share()
        return elapsed * (1 - share) / share if share > 0 else None


@contextmanager
def progress(expected: Expectation, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A display of the steps: a bar with the time left on a terminal, plain lines elsewhere, nothing if `quiet`."""
    if quiet:
        yield lambda step: None
        return
    if not err.is_terminal:
        yield lambda step: err.print(f"- {step}")
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[left]}"), console=err, transient=True) as display:
        whole: TaskID = display.add_task("", total=1.0, left="")
        start, running = time.perf_counter(), [""]

        def report(step: str) -> None:
            if running[0]:
                expected.finish(running[0])
            running[0] = step
            left = expected.left(time.perf_counter() - start)
            text = "" if left is None else f"about {left:.0f} s left"
            display.update(whole, description=escape(step), completed=expected.share(), left=text)

        yield report


def former_timings(directory: Path) -> dict[str, float] | None:
    """Seconds of the steps of the run that lies in a folder; None where there is none."""
    try:
        found = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))["timings_s"]
        return {str(step): float(seconds) for step, seconds in found.items()} | {
            "maps and tables": STEPS["maps and tables"]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def warn(message: Warning | str, category: type[Warning], *_: object) -> None:
    """Show a warning as one line; warnings of libraries about themselves stay silent.

    So does rasterio's about scratch rasters: it gives them their place on Earth only after it has warned.
    """
    if issubclass(category, UserWarning) and category.__name__ != "NotGeoreferencedWarning":
        err.print(f"[bold yellow]warning:[/] {escape(str(message))}")


def _technologies() -> list[str]:
    return [step.removesuffix(" potential") for step in STEPS if step.endswith(" potential")]
