"""The `greenzone` command: parse, call, print; nothing is computed here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
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
out = Console(soft_wrap=not sys.stdout.isatty())
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
    from greenzone import pipeline
    from greenzone.config import read_config

    scenario = read_config(config, overrides or ())
    directory = out_dir or Path(scenario.outputs.directory or f"runs/{scenario.name}")
    with _progress() as report:
        finished = pipeline.run(scenario, directory, report)
    for table in pipeline.summary_tables(finished):
        out.print(_rich(table))
    out.print(f"Results in {directory}")


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

    out.print(_rich(("Embedded data", list_data())))


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


def _rich(table: tuple[str, object]) -> Table:
    title, frame = table
    drawn = Table(title=title, title_justify="left")
    for column in frame.columns:  # type: ignore[attr-defined]
        numeric = frame[column].dtype.kind in "fi"  # type: ignore[index]
        drawn.add_column(str(column), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):  # type: ignore[attr-defined]
        drawn.add_row(*(_shown(value) for value in row))
    return drawn


def _shown(value: object) -> str:
    if isinstance(value, float):
        if value != value:
            return "-"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)


@contextmanager
def _progress() -> Iterator:
    """A display of the steps: a spinner with times on a terminal, plain lines elsewhere."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    if not err.is_terminal:
        yield lambda step: err.print(f"- {step}")
        return
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err) as display:
        tasks: list = []

        def report(step: str) -> None:
            for task in tasks:
                display.update(task, total=1, completed=1)
            tasks.append(display.add_task(step, total=None))

        yield report
        for task in tasks:
            display.update(task, total=1, completed=1)


def main() -> None:
    """Entry point: user errors become one line on stderr and exit code 2."""
    try:
        app()
    except GreenzoneError as error:
        err.print(f"[bold red]error:[/] {str(error)!s}", markup=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
