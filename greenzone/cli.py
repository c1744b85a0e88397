"""The `greenzone` command: parse, call, print; nothing is computed here."""

from __future__ import annotations

import gc
import json
import signal
import sys
import warnings
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from greenzone.errors import GreenzoneError
from greenzone.terminal import (
    Expectation,
    err,
    former_timings,
    out,
    print_json,
    print_ladder,
    print_published,
    print_supply,
    print_table,
    progress,
    warn,
)

if TYPE_CHECKING:
    from greenzone.outputs.findings import Findings

EXIT_CODES = (
    "Exit codes: 0 all went well; 1 a fault of greenzone itself; 2 input that cannot be used, told in one line; "
    "130 interrupted; 143 told to end. Results go to stdout, progress and warnings to stderr; "
    "colours only on a terminal, and never with NO_COLOR set."
)
app = typer.Typer(
    help="Where in a zone solar, wind, hydro, geothermal and bioenergy can stand, how much they give and at what cost.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
data_app = typer.Typer(help="The data that ship with greenzone.", no_args_is_help=True)
app.add_typer(data_app, name="data")

Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value, e.g. grid.cell_size=2000.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but warnings and errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the results as JSON on stdout, and nothing else there.")]
RunDirectory = Annotated[Path, typer.Argument(help="Folder of a finished run, e.g. runs/baseline.")]


class FigureKind(StrEnum):
    """Figures that `greenzone figure` draws."""

    MAP = "map"
    SUPPLY_CURVE = "supply-curve"
    DISPATCH_WEEK = "dispatch-week"
    LADDER = "ladder"


def _examples(*lines: str) -> str:
    return "[bold]Examples[/]\n\n" + "\n\n".join(f"  [cyan]$[/] {escape(line)}" for line in lines)


@app.command(
    epilog=_examples(
        "greenzone run configs/baseline.yaml",
        "greenzone run configs/quick.yaml --set grid.cell_size=2000 --out runs/2km",
        "greenzone run configs/quick.yaml --json | jq '.ladder[] | {technology, technical_mw}'",
    )
)
def run(
    config: Annotated[Path, typer.Argument(help="Scenario file, e.g. configs/baseline.yaml.")],
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder for the results; default runs/<name>.")] = None,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a scenario: potential, maps and tables of the five technologies."""
    from greenzone import outputs, pipeline
    from greenzone.config import read_config
    from greenzone.supply.compare import yearly

    scenario = read_config(config, overrides or ())
    directory = out_dir or Path(scenario.outputs.directory or f"runs/{scenario.name}")
    expected = Expectation(scenario.technologies.enabled(), former_timings(directory))
    with progress(expected, quiet or as_json) as report:
        finished = pipeline.run(scenario, directory, report)
    ladder, published = outputs.ladder(finished), outputs.published_comparison(finished)
    supply = yearly(finished.scenarios, scenario.name)
    if as_json:
        tables = {"ladder": ladder, "published": published, "supply": supply}
        records = {name: table.to_dict("records") for name, table in tables.items()}
        print_json({"directory": str(directory), **records, "timings_s": finished.timings})
    elif not quiet:
        print_ladder(ladder, scenario.economics.currency)
        print_published(published)
        print_supply(supply)
        out.print(f"Results in {directory}; open report.html first.", highlight=False, markup=False)


@app.command(epilog=_examples("greenzone report runs/baseline", "greenzone report runs/baseline --lang az"))
def report(
    run_dir: RunDirectory,
    lang: Annotated[str, typer.Option("--lang", help="Language in which the page opens: en or az.")] = "en",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write; default report.html in the folder.")
    ] = None,
) -> None:
    """Write the report of a finished run again: one page that opens from disk, with map, charts and sources."""
    from greenzone.outputs.report import report_from_directory

    out.print(f"Report in {report_from_directory(run_dir, output, lang)}", highlight=False, markup=False)


@app.command(
    epilog=_examples(
        "greenzone figure runs/baseline map --column solar_score -o solar.png",
        "greenzone figure runs/baseline map --column hydro_plants -o plants.svg",
        "greenzone figure runs/baseline supply-curve -o curve.pdf",
        "greenzone figure runs/baseline dispatch-week --scenario announced --week hardest -o week.pdf",
        "greenzone figure runs/baseline ladder -o ladder.png",
    )
)
def figure(
    run_dir: RunDirectory,
    kind: Annotated[FigureKind, typer.Argument(help="What to draw.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .png, .svg or .pdf.")],
    column: Annotated[
        str, typer.Option("--column", help="For a map: a column of sites.parquet, or a GeoJSON file's name.")
    ] = "best_technology",
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="For a week: the supply scenario; default the last.")
    ] = None,
    week: Annotated[
        str | None,
        typer.Option("--week", help="For a week: dec_feb, mar_may, jun_aug, sep_nov or hardest; default hardest."),
    ] = None,
) -> None:
    """Draw a figure of a finished run for a paper: a map of any layer, supply curve, week of dispatch, ladder."""
    from greenzone.outputs.figures import draw, save_figure
    from greenzone.outputs.findings import InFolder

    path = save_figure(draw(InFolder(run_dir), kind.value, column, scenario, week), output)
    out.print(str(path), highlight=False, markup=False)


@app.command(
    epilog=_examples(
        "greenzone compare runs/baseline runs/green-2030",
        "greenzone compare configs/quick.yaml configs/green-2030.yaml --json",
        "greenzone compare runs/a runs/b --figure compare.png --map change.png --column solar_lcoe",
    )
)
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs, or scenario files, which are run.")],
    figure_file: Annotated[
        Path | None, typer.Option("--figure", help="Draw the runs side by side into a file.")
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Draw where two runs on the same grid differ; .geojson for the values.")
    ] = None,
    column: Annotated[str, typer.Option("--column", help="What the map shows, a column of the sites.")] = "solar_score",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Compare runs: potential, costs and supply side by side, and where two of them differ on the map."""
    from greenzone.outputs import comparison
    from greenzone.outputs.figures import save_figure
    from greenzone.outputs.figures.difference import comparison_figure, difference_map
    from greenzone.outputs.geojson import write_geojson

    found = _findings(runs, quiet or as_json)
    potential, supply, change = (
        table(found) for table in (comparison.potential_table, comparison.supply_table, comparison.differences)
    )
    if map_file and map_file.suffix == ".geojson":
        write_geojson(comparison.site_differences(found, column), map_file)
    elif map_file:
        save_figure(difference_map(found, column), map_file)
    if figure_file:
        save_figure(comparison_figure(found), figure_file)
    if as_json:
        tables = {"potential": potential, "supply": supply, "differences": change}
        print_json({"runs": list(found), **{name: table.to_dict("records") for name, table in tables.items()}})
    elif not quiet:
        first, *_, last = found
        print_table("Potential", potential.rename(columns=comparison.HEADINGS))
        print_table(f"{last} less {first}", change.rename(columns=comparison.HEADINGS), signed=True)
        print_supply(supply)


def _findings(paths: Sequence[Path], quiet: bool) -> dict[str, Findings]:
    """What each path holds or gives when it is run, by a name of its own."""
    from greenzone import pipeline
    from greenzone.config import read_config
    from greenzone.outputs.findings import InFolder, InMemory

    if len(paths) < 2:
        raise GreenzoneError("nothing to compare with: name two or more folders of runs, or scenario files")
    found: dict[str, Findings] = {}
    for path in paths:
        name = path.stem if path.is_file() else path.resolve().name
        name = str(path) if name in found else name
        if path.is_file():
            scenario = read_config(path)
            with progress(Expectation(scenario.technologies.enabled()), quiet) as report:
                found[name] = InMemory(pipeline.run(scenario, report=report))
        else:
            found[name] = InFolder(path)
    if len(found) < len(paths):
        raise GreenzoneError("the same run is named twice: name different ones")
    return found


@app.command(
    epilog=_examples("greenzone validate configs/*.yaml", "greenzone validate my.yaml --set grid.cell_size=500")
)
def validate(
    files: Annotated[list[Path], typer.Argument(help="Scenario files.")],
    overrides: Overrides = None,
    quiet: Quiet = False,
) -> None:
    """Check scenario files without running them."""
    from greenzone.config import read_config

    for file in files:
        read_config(file, overrides or ())
        if not quiet:
            out.print(f"{file}: valid", markup=False)


@app.command(epilog=_examples("greenzone schema > scenario.schema.json"))
def schema() -> None:
    """Print the JSON schema of scenario files."""
    from greenzone.config import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command(epilog=_examples("greenzone init my-scenarios"))
def init(directory: Annotated[Path, typer.Argument(help="Folder to copy the example scenarios into.")]) -> None:
    """Copy the example scenario files into a folder."""
    from greenzone.config import init as copy_examples

    for path in copy_examples(directory):
        out.print(str(path), markup=False)


@data_app.command("list", epilog=_examples("greenzone data list", "greenzone data list --json"))
def data_list(as_json: AsJson = False) -> None:
    """Print the embedded layers and tables with their sources."""
    from greenzone.layers.checks import list_data

    if as_json:
        print_json(list_data().to_dict("records"))
        return
    for row in list_data().itertuples():
        out.print(f"[bold]{row.layer}[/]  {row.kB} kB, {row.years}, units {row.units}", highlight=False)
        out.print(f"    {escape(row.publisher)}; {escape(row.package)}; {escape(row.licence)}", highlight=False)


@data_app.command("check", epilog=_examples("greenzone data check"))
def data_check(quiet: Quiet = False) -> None:
    """Verify checksums, georeferencing and value ranges of the embedded data."""
    from greenzone.layers.checks import check_data

    problems = check_data()
    for problem in problems:
        err.print(f"{problem.layer}: {problem.message}", markup=False)
    if problems:
        raise GreenzoneError(f"{len(problems)} problem(s) in the embedded data")
    if not quiet:
        out.print("All embedded data are as they should be.")


def main() -> None:
    """Entry point: user errors become one line on stderr and exit code 2, warnings one line each."""
    warnings.showwarning = warn  # type: ignore[assignment]
    gc.set_threshold(200_000, 20, 20)  # what a run makes it keeps to its end: looking for waste costs a tenth of it
    # Told to end, leave through the same doors as when interrupted, so that no half-made files stay behind.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        app()
    except GreenzoneError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}")
        sys.exit(2)


if __name__ == "__main__":
    main()
