"""The `greenzone` command: parse, call, print; nothing is computed here."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from greenzone.errors import GreenzoneError

app = typer.Typer(
    help="Where in a zone solar, wind, hydro, geothermal and bioenergy can stand, how much they give and at what cost.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(help="The data that ship with greenzone.", no_args_is_help=True)
app.add_typer(data_app, name="data")
WIDTH_OF_A_FILE = 140  # columns, where the output is no terminal
out = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
err = Console(stderr=True, soft_wrap=True, highlight=False)

Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value, e.g. grid.cell_size=2000.")
]


@app.command()
def run(
    config: Annotated[Path, typer.Argument(help="Scenario file, e.g. configs/baseline.yaml.")],
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder for the results; default runs/<name>.")] = None,
    overrides: Overrides = None,
) -> None:
    """Run a scenario: potential, maps and tables of the five technologies."""
    from greenzone import outputs, pipeline
    from greenzone.config import read_config

    scenario = read_config(config, overrides or ())
    directory = out_dir or Path(scenario.outputs.directory or f"runs/{scenario.name}")
    with _progress() as report:
        finished = pipeline.run(scenario, directory, report)
    _print_ladder(outputs.ladder(finished))
    _print_published(outputs.published_comparison(finished))
    _print_supply(finished.scenarios)
    out.print(f"Results in {directory}; open report.html first.", highlight=False)


@app.command()
def report(
    run_dir: Annotated[Path, typer.Argument(help="Folder of a finished run, e.g. runs/baseline.")],
    lang: Annotated[str, typer.Option("--lang", help="Language in which the page opens: en or az.")] = "en",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write; default report.html in the folder.")
    ] = None,
) -> None:
    """Write the report of a finished run again: one page that opens from disk, with map, charts and sources."""
    from greenzone.outputs.report import report_from_directory

    out.print(f"Report in {report_from_directory(run_dir, output, lang)}", highlight=False)


@app.command()
def validate(files: Annotated[list[Path], typer.Argument(help="Scenario files.")], overrides: Overrides = None) -> None:
    """Check scenario files without running them."""
    from greenzone.config import read_config

    for file in files:
        read_config(file, overrides or ())
        out.print(f"{file}: valid")


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files."""
    from greenzone.config import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
def init(directory: Annotated[Path, typer.Argument(help="Folder to copy the example scenarios into.")]) -> None:
    """Copy the example scenario files into a folder."""
    from greenzone.config import init as copy_examples

    for path in copy_examples(directory):
        out.print(str(path))


@data_app.command("list")
def data_list() -> None:
    """Print the embedded layers and tables with their sources."""
    from greenzone.layers.checks import list_data

    for row in list_data().itertuples():
        out.print(f"[bold]{row.layer}[/]  {row.kB} kB, {row.years}, units {row.units}", highlight=False)
        out.print(f"    {escape(row.publisher)}; {escape(row.package)}; {escape(row.licence)}", highlight=False)


@data_app.command("check")
def data_check() -> None:
    """Verify checksums, georeferencing and value ranges of the embedded data."""
    from greenzone.layers.checks import check_data

    problems = check_data()
    for problem in problems:
        err.print(f"{problem.layer}: {problem.message}")
    if problems:
        raise GreenzoneError(f"{len(problems)} problem(s) in the embedded data")
    out.print("All embedded data are as they should be.")


def _print_ladder(ladder: pd.DataFrame) -> None:
    columns = {
        "technology": "technology",
        "theoretical_gwh": "theoretical\nGWh/yr",
        "geographic_gwh": "geographic\nGWh/yr",
        "technical_mw": "technical\nMW",
        "technical_gwh": "technical\nGWh/yr",
        "economic_gwh": "economic\nGWh/yr",
        "capacity_factor": "capacity\nfactor",
        "lcoe": "LCOE\nper MWh",
    }
    _print_table("Potential of the zone", ladder[list(columns)].rename(columns=columns))


def _print_published(published: pd.DataFrame) -> None:
    if published.empty:
        return
    shown = pd.DataFrame(
        {
            "technology": published["technology"],
            "quantity": published["quantity"].str.replace("_", " "),
            "where": published["scope"],
            "unit": published["unit"],
            "published": [
                _shown(low) if low == high else f"{_shown(low)}-{_shown(high)}"
                for low, high in zip(published["published_low"], published["published_high"], strict=True)
            ],
            "ours": published["ours"],
            "ratio": published["ratio"],
        }
    )
    _print_table("Beside what is published (the README explains the differences)", shown)


def _print_supply(scenarios: pd.DataFrame) -> None:
    wanted = {"energy": "energy\nGWh/yr", "demand": "demand\nGWh/yr", "share_met_hourly": "share met\nhour by hour"}
    wanted |= {"surplus": "surplus\nGWh/yr", "deficit": "deficit\nGWh/yr"}
    yearly = scenarios[(scenarios["period"] == "year") & (scenarios["technology"] == "all")]
    if yearly.empty:
        return
    table = yearly.pivot_table(index="scenario", columns="quantity", values="value").loc[yearly["scenario"].unique()]
    _print_table("Supply", table[list(wanted)].rename(columns=wanted).reset_index())


def _print_table(title: str, frame: pd.DataFrame) -> None:
    drawn = Table(title=title, title_justify="left")
    for column in frame.columns:
        drawn.add_column(str(column), justify="right" if frame[column].dtype.kind in "fi" else "left")
    for row in frame.itertuples(index=False):
        drawn.add_row(*(escape(_shown(value)) for value in row))
    out.print(drawn)


def _shown(value: object) -> str:
    if isinstance(value, float):
        if value != value:
            return "-"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A display of the steps: a spinner with times on a terminal, plain lines elsewhere."""
    if not err.is_terminal:
        yield lambda step: err.print(f"- {step}")
        return
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err) as display:
        tasks: list[TaskID] = []

        def report(step: str) -> None:
            for task in tasks:
                display.update(task, total=1, completed=1)
            tasks.append(display.add_task(step, total=None))

        yield report
        for task in tasks:
            display.update(task, total=1, completed=1)


def _warn(message: Warning | str, category: type[Warning], *_: object) -> None:
    if issubclass(category, UserWarning):
        err.print(f"[bold yellow]warning:[/] {escape(str(message))}")


def main() -> None:
    """Entry point: user errors become one line on stderr and exit code 2, warnings one line each."""
    warnings.showwarning = _warn  # type: ignore[assignment]
    try:
        app()
    except GreenzoneError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}")
        sys.exit(2)


if __name__ == "__main__":
    main()
