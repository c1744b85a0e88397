"""Files appear whole or not at all."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from greenzone.errors import GreenzoneError
from greenzone.outputs import check_writable, staged


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_files_and_parents_appear_when_all_is_written(tmp_path):
    target = tmp_path / "runs" / "base"
    with staged(target) as stage:
        (stage / "a.txt").write_text("a")
        assert not target.exists()
    assert below(tmp_path) == ["runs", "runs/base", "runs/base/a.txt"]


@pytest.mark.parametrize("exists", [False, True])
def test_failure_leaves_nothing(tmp_path, exists):
    target = tmp_path / "runs"
    if exists:
        target.mkdir()
        (target / "a.txt").write_text("old")
    before = below(tmp_path)
    with pytest.raises(ZeroDivisionError), staged(target) as stage:
        (stage / "a.txt").write_text("new")
        raise ZeroDivisionError
    assert below(tmp_path) == before
    assert not exists or (target / "a.txt").read_text() == "old"


def test_interrupt_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), staged(tmp_path / "runs") as stage:
        (stage / "a.txt").write_text("new")
        raise KeyboardInterrupt
    assert below(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "the disk is full; free some space or choose a folder on another disk with --out"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "Permission denied; choose a folder that you may write to with --out"),
        (errno.EROFS, "Read-only file system; choose a folder"),
    ],
)
def test_system_errors_become_one_line_with_the_way_out(tmp_path, number, message):
    with pytest.raises(GreenzoneError) as caught, staged(tmp_path / "runs") as stage:
        (stage / "a.txt").write_text("new")
        raise OSError(number, os.strerror(number))
    assert str(caught.value).startswith(f"cannot write to {tmp_path / 'runs'}: {message}")
    assert "\n" not in str(caught.value)
    assert below(tmp_path) == []


@pytest.mark.parametrize("exists", [False, True])
def test_failure_while_moving_leaves_all_as_it_was(tmp_path, monkeypatch, exists):
    target = tmp_path / "runs" / "deep"
    if exists:
        with staged(target) as stage:
            (stage / "rasters").mkdir()
            for name in ("a.txt", "b.txt", "manifest.json", "rasters/c.txt"):
                (stage / name).write_text(f"old {name}")
    before = {path: path.read_text() for path in tmp_path.rglob("*.*")}
    move = Path.replace

    def refuse_b(source, goal):
        if goal == target / "b.txt" and source.parent.name != "former":
            raise OSError(errno.ENOSPC, "No space left on device")
        return move(source, goal)

    monkeypatch.setattr(Path, "replace", refuse_b)
    with pytest.raises(GreenzoneError, match="disk is full"), staged(target) as stage:
        (stage / "more").mkdir()
        for name in ("a.txt", "b.txt", "manifest.json", "more/a.txt"):
            (stage / name).write_text("new")
    assert {path: path.read_text() for path in tmp_path.rglob("*.*")} == before
    assert not (target / "more").exists()
    assert exists or below(tmp_path) == []


def test_files_of_an_earlier_run_go_and_those_of_others_stay(tmp_path):
    target = tmp_path / "runs"
    with staged(target) as stage:
        (stage / "hydro_plants.geojson").write_text("{}")
        (stage / "manifest.json").write_text(json.dumps({"files": {"hydro_plants.geojson": "", "../keep": ""}}))
    (target / "mine.txt").write_text("mine")
    (tmp_path / "keep").write_text("keep")
    with staged(target) as stage:
        (stage / "sites.geojson").write_text("{}")
        (stage / "manifest.json").write_text("{}")
    assert below(tmp_path) == ["keep", "runs", "runs/manifest.json", "runs/mine.txt", "runs/sites.geojson"]


def test_rasters_of_an_earlier_run_go_with_their_folder(tmp_path):
    target = tmp_path / "runs"
    with staged(target) as stage:
        (stage / "rasters").mkdir()
        for name in ("rasters/wind.tif", "rasters/solar.tif"):
            (stage / name).write_text("old")
        (stage / "manifest.json").write_text(json.dumps({"files": {"rasters/wind.tif": "", "rasters/solar.tif": ""}}))
    (target / "rasters" / "mine.tif").write_text("mine")
    with staged(target) as stage:
        (stage / "rasters").mkdir()
        (stage / "rasters" / "solar.tif").write_text("new")
        (stage / "manifest.json").write_text(json.dumps({"files": {"rasters/solar.tif": ""}}))
    assert below(target) == ["manifest.json", "rasters", "rasters/mine.tif", "rasters/solar.tif"]
    assert (target / "rasters" / "solar.tif").read_text() == "new"
    (target / "rasters" / "mine.tif").unlink()
    with staged(target) as stage:
        (stage / "manifest.json").write_text("{}")
    assert below(target) == ["manifest.json"]


@pytest.mark.parametrize("name", ["../keep", "/etc/hostname", "link/keep", "", ".", "\0"])
def test_a_manifest_cannot_name_files_outside_its_folder(tmp_path, name):
    target = tmp_path / "runs"
    target.mkdir()
    (tmp_path / "keep").write_text("keep")
    (target / "link").symlink_to(tmp_path)
    (target / "manifest.json").write_text(json.dumps({"files": {name: ""}}))
    with staged(target) as stage:
        (stage / "manifest.json").write_text("{}")
    assert (tmp_path / "keep").read_text() == "keep"
    assert below(target) == ["link", "manifest.json"]


def test_a_file_in_the_way_is_named_before_the_work_begins(tmp_path):
    (tmp_path / "file").write_text("x")
    for target in (tmp_path / "file", tmp_path / "file" / "runs"):
        with pytest.raises(GreenzoneError, match=r"file is a file; choose another folder with --out"):
            check_writable(target)


def test_check_leaves_nothing_behind(tmp_path):
    check_writable(tmp_path / "a" / "b")
    check_writable(tmp_path)
    assert below(tmp_path) == []


def test_folder_without_permission_is_named(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(GreenzoneError, match=r"cannot write to .*runs: Permission denied; choose a folder"):
        check_writable(tmp_path / "runs")


FILL_THE_DISK = """
import resource, signal, sys
sys.path.insert(0, {here!r})
from conftest import made_up_run
from greenzone.errors import GreenzoneError
from greenzone.outputs import write_outputs
run = made_up_run(8000)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    write_outputs(run, {target!r})
except GreenzoneError as error:
    sys.stdout.write(str(error))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("limit", [10_000, 200_000])
def test_every_writer_meets_a_full_disk_with_grace(tmp_path, limit):
    """The operating system itself stops the writing, at whichever file first grows beyond the limit."""
    code = FILL_THE_DISK.format(here=str(Path(__file__).parent), limit=limit, target=str(tmp_path / "runs"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"cannot write to {tmp_path / 'runs'}: the disk is full" in done.stdout
    assert "Traceback" not in done.stderr
    assert below(tmp_path) == []
