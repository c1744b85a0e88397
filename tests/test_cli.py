"""The command line: what goes to stdout, what to stderr, exit codes, help; runs, figures and comparisons end to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from rasterio.errors import NotGeoreferencedWarning

from greenzone import cli, terminal
from greenzone.outputs import staged
from greenzone.terminal import Expectation, shown

SMALL = ["zone.districts=[Shusha]", "grid.cell_size=4000"]
OFF = [f"technologies.{name}=false" for name in ("hydro", "geothermal", "bioenergy")]
SETTINGS = [word for setting in SMALL + OFF for word in ("--set", setting)]


@pytest.fixture
def greenzone(monkeypatch, capsys):
    """Call the command in this process; gives exit code, stdout and stderr."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["greenzone", *map(str, words)])
        monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        found = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), found.out, found.err

    return call


@pytest.fixture(scope="module")
def runs(project, tmp_path_factory):
    """Two small runs of the same grid at another cost of capital, written by the command itself."""
    folder = tmp_path_factory.mktemp("runs")
    for name, wacc in (("cheap", 0.04), ("dear", 0.12)):
        words = ["run", str(project / "configs" / "quick.yaml"), *SETTINGS, "--set", f"economics.wacc={wacc}"]
        with (
            pytest.MonkeyPatch.context() as patch,
            (folder / "out.txt").open("a") as out,
            (folder / "err.txt").open("a") as err,
        ):
            patch.setattr(sys, "argv", ["greenzone", *words, "--quiet", "--out", str(folder / name)])
            patch.setattr(warnings, "showwarning", warnings.showwarning)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        assert not ended.value.code
    return folder


def test_run_as_json_prints_nothing_else_and_agrees_with_the_files(greenzone, project, tmp_path):
    code, out, err = greenzone(
        "run", project / "configs" / "quick.yaml", *SETTINGS, "--json", "--out", tmp_path / "Şuşa"
    )
    found = json.loads(out, parse_constant=pytest.fail)
    assert code == 0
    assert "- scores" not in err  # progress is for people
    assert found["directory"].endswith("Şuşa")
    manifest = json.loads((tmp_path / "Şuşa" / "manifest.json").read_text(encoding="utf-8"))
    assert found["ladder"] == manifest["ladder"]
    assert [row["technology"] for row in found["ladder"]] == ["solar", "wind"]
    assert {row["scenario"] for row in found["supply"]} >= {"existing-2025", "announced"}


def test_run_prints_tables_without_colours_where_the_output_is_no_terminal(greenzone, project, tmp_path):
    code, out, err = greenzone("run", project / "configs" / "quick.yaml", *SETTINGS, "--out", tmp_path / "a")
    assert code == 0
    assert "\x1b" not in out + err
    assert "Potential of the zone" in out and "USD/MWh" in out
    assert "- maps and tables" in err
    assert str(tmp_path) in out.replace("\n", "")


def test_a_warning_is_one_line_and_scratch_rasters_are_silent(capsys, monkeypatch):
    monkeypatch.setattr(terminal, "err", terminal.Console(stderr=True, soft_wrap=True, highlight=False))
    terminal.warn("judgements contradict each other", UserWarning)
    terminal.warn("no geotransform", NotGeoreferencedWarning)
    terminal.warn("old name", DeprecationWarning)
    assert capsys.readouterr().err == "warning: judgements contradict each other\n"


def test_quiet_run_prints_nothing_but_warnings(runs):
    assert (runs / "out.txt").read_text() == ""
    assert not [line for line in (runs / "err.txt").read_text().splitlines() if not line.startswith("warning:")]
    assert (runs / "cheap" / "manifest.json").is_file()


def test_rows_of_published_figures_tell_themselves_apart(capsys):
    row = {"technology": "solar", "quantity": "capacity_technical", "scope": "zone", "unit": "MW", "ours": 12642.0}
    row |= {"published_low": 4000.0, "published_high": 4000.0, "ratio": 3.16}
    early = row | {"year": "2021", "source": "abc.az 65183", "note": "stated as more than; earlier figure"}
    late = row | {"year": "2023", "source": "trend 3756542", "note": ""}
    terminal.print_published(pd.DataFrame([early, late]))
    lines = [line for line in capsys.readouterr().out.splitlines() if "solar" in line]
    assert len(lines) == len(set(lines)) == 2
    assert ">4,000" in lines[0] and "2021" in lines[0] and "abc.az" in lines[0]
    assert "trend 3756542" in lines[1] and ">" not in lines[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "no-such.yaml"], "no-such.yaml"),
        (["compare", "no-such-a", "no-such-b"], "no finished run here"),
        (["compare", "only-one"], "name two or more"),
        (["figure", "no-such", "ladder", "-o", "a.png"], "no finished run here"),
        (["report", "no-such"], "no finished run"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(greenzone, words, message):
    code, out, err = greenzone(*words)
    assert (code, out) == (2, "")
    assert message in err and err.startswith("error:")
    assert len(err.strip().splitlines()) == 1


def test_interrupt_is_exit_code_130(greenzone, monkeypatch, project):
    def interrupt(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("greenzone.config.read_config", interrupt)
    assert greenzone("validate", project / "configs" / "quick.yaml")[0] == 130


def test_command_that_is_told_to_end_leaves_nothing_half_made(greenzone, monkeypatch, project, tmp_path):
    def told_to_end(source, target):
        with staged(target) as stage:
            (stage / "half.txt").write_text("half")
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()

    monkeypatch.setattr("greenzone.config.read_config", lambda file, overrides: told_to_end(file, tmp_path))
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert greenzone("validate", project / "configs" / "quick.yaml")[0] == 143
    finally:
        signal.signal(signal.SIGTERM, before)
    assert list(tmp_path.iterdir()) == []


def test_help_shows_examples_and_exit_codes(greenzone):
    code, out, _ = greenzone("--help")
    assert code == 0 and "Exit codes" in out and "130" in out
    for command in ("run", "figure", "compare", "report", "validate"):
        code, out, _ = greenzone(command, "--help")
        assert code == 0 and f"$ greenzone {command}" in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell):
    environment = {**os.environ, "_GREENZONE_COMPLETE": f"source_{shell}"}
    code = "import sys; sys.argv = ['greenzone']; from greenzone.cli import app; app(prog_name='greenzone')"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert f"complete_{shell}" in done.stdout


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_figures_are_written_in_every_format(greenzone, runs, tmp_path, ending):
    path = tmp_path / f"Şəkil.{ending}"
    code, out, _ = greenzone("figure", runs / "cheap", "ladder", "-o", path)
    assert code == 0 and out.replace("\n", "").endswith(path.name)
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-")


def test_figure_of_an_unknown_column_names_near_ones(greenzone, runs, tmp_path):
    code, _, err = greenzone("figure", runs / "cheap", "map", "--column", "solar_scor", "-o", tmp_path / "a.png")
    assert code == 2 and "solar_score" in err
    code, _, err = greenzone("figure", runs / "cheap", "map", "-o", tmp_path / "a.gif")
    assert code == 2 and ".png, .svg or .pdf" in err


def test_compare_tells_what_differs(greenzone, runs, tmp_path):
    words = ["compare", runs / "cheap", runs / "dear", "--json"]
    code, out, _ = greenzone(
        *words, "--figure", tmp_path / "side.svg", "--map", tmp_path / "change.geojson", "--column", "solar_lcoe"
    )
    found = json.loads(out)
    assert code == 0 and found["runs"] == ["cheap", "dear"]
    change = {row["technology"]: row for row in found["differences"]}
    assert change["solar"]["technical_mw"] == 0  # the cost of capital moves no land
    # Capital recovery over 25 years: 0.1275 a year at 12 %, 0.0640 at 4 % (annuity tables); O&M is the same.
    ours = {row["run"]: row["lcoe"] for row in found["potential"] if row["technology"] == "solar"}
    assert ours["dear"] / ours["cheap"] == pytest.approx(0.1275 / 0.0640, rel=0.2)
    assert change["solar"]["lcoe"] == pytest.approx(ours["dear"] - ours["cheap"])
    sites = gpd.read_file(tmp_path / "change.geojson")
    assert (sites["change"].dropna() > 0).all()
    assert np.allclose(sites["change"], sites["last"] - sites["first"], rtol=1e-4, equal_nan=True)
    assert (tmp_path / "side.svg").read_text(encoding="utf-8").count("cheap") >= 1


def test_compare_prints_signed_differences(greenzone, runs):
    code, out, _ = greenzone("compare", runs / "cheap", runs / "dear")
    assert code == 0 and "dear less cheap" in out and "+" in out


def test_compare_takes_scenario_files_and_refuses_a_map_of_other_sites(greenzone, runs, tmp_path, project):
    lines = ["extends: " + str(project / "configs" / "quick.yaml"), "name: wide", "zone: {districts: [Shusha]}"]
    lines += ["grid: {cell_size: 8000}", "technologies: {hydro: false, geothermal: false, bioenergy: false}"]
    (tmp_path / "wide.yaml").write_text("\n".join(lines))
    code, out, err = greenzone(
        "compare", runs / "cheap", tmp_path / "wide.yaml", "--map", tmp_path / "a.png", "--quiet"
    )
    assert (code, out) == (2, "")
    assert "have different sites" in err and "leave out --map" in err
    assert not (tmp_path / "a.png").exists()


def test_compare_refuses_the_same_run_twice(greenzone, runs):
    code, _, err = greenzone("compare", runs / "cheap", runs / "cheap", runs / "cheap")
    assert code == 2 and "named twice" in err


def test_time_left_follows_what_was_measured():
    expected = Expectation(["solar"], {"grid": 1.0, "solar potential": 2.0, "hydro potential": 5.0, "maps": 1.0})
    assert expected.left(3.0) is None
    expected.finish("grid")
    assert expected.left(10.0) == pytest.approx(30.0)  # a quarter took 10 s; hydro is switched off
    expected.finish("solar potential")
    assert expected.left(30.0) == pytest.approx(10.0)
    expected.finish("maps")
    assert expected.left(40.0) == 0
    assert expected.share() == 1


def test_bar_on_a_terminal_tells_the_time_left(monkeypatch, capsys):
    from rich.console import Console

    monkeypatch.setattr(terminal, "err", Console(stderr=True, force_terminal=True, width=120))
    with terminal.progress(Expectation(["solar"], {"grid": 1.0, "maps": 1.0})) as report:
        report("grid")
        report("maps")
    assert "s left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "text"),
    [(float("nan"), "-"), (12642.4, "12,642"), (0.18812, "0.188"), (41.97, "42"), ("Şuşa", "Şuşa"), (3, "3")],
)
def test_values_have_three_significant_digits(value, text):
    assert shown(value) == text


def test_signs_are_shown_where_asked():
    assert shown(1.5, signed=True) == "+1.5"
    assert shown(-1.5, signed=True) == "-1.5"
    assert shown(0.0, signed=True) == "0"
