"""Files appear whole or not at all: they are made in a hidden folder and moved into place when all are done.

Comes in: the folder for the results. Goes out: a folder to write into, or one clear error and nothing left behind.
"""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from greenzone.errors import GreenzoneError

PREFIX = ".greenzone-"
LAST = "manifest.json"  # moved last: a folder that has it is complete
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_writable(directory: str | Path) -> None:
    """Raise GreenzoneError where `directory` could not be written; leaves nothing behind.

    Parameters
    ----------
    directory : path
        Folder for the results; neither it nor its parents need exist.
    """
    directory = Path(directory)
    with _explained(directory), tempfile.TemporaryDirectory(prefix=PREFIX, dir=_existing(directory)) as probe:
        (Path(probe) / "probe").write_bytes(b"x")


@contextmanager
def staged(directory: str | Path) -> Iterator[Path]:
    """A folder to write into, whose files move to `directory` when the block ends, and vanish when it fails.

    Files that an earlier run left in `directory`, as its manifest lists them, go when this run does not replace
    them; files of others stay.

    Parameters
    ----------
    directory : path
        Folder for the results; made where it does not exist.

    Yields
    ------
    Path
        A new folder on the same file system.

    Raises
    ------
    GreenzoneError
        The folder cannot be written, or the disk is full.
    """
    directory = Path(directory)
    base = _existing(directory)
    with _explained(directory):
        stage = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        try:
            yield stage
            _publish(stage, directory)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def _existing(directory: Path) -> Path:
    """The folder itself where it exists, else the nearest that does above it."""
    directory = directory.absolute()
    base = next(folder for folder in (directory, *directory.parents) if folder.exists())
    if not base.is_dir():
        raise GreenzoneError(f"cannot write to {directory}: {base} is a file; choose another folder with --out")
    return base


def _publish(stage: Path, directory: Path) -> None:
    """Move the files into place; where that fails, everything is as it was before."""
    made = sorted(_files_below(stage), key=lambda name: (name == LAST, name))
    former = stage / "former"
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    moved: list[str] = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        former.mkdir()
        for name in sorted(_listed(directory) | set(made) | {LAST}):
            if (directory / name).is_file():
                _move(directory / name, former / name)
        for name in made:
            _move(stage / name, directory / name)
            moved.append(name)
    except BaseException:
        for name in moved:
            (directory / name).unlink()
        for name in _files_below(former) if former.exists() else ():
            _move(former / name, directory / name)
        _drop_empty(directory, [*made, *moved])
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        raise
    _drop_empty(directory, _files_below(former))


def _files_below(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def _move(source: Path, goal: Path) -> None:
    goal.parent.mkdir(parents=True, exist_ok=True)
    source.replace(goal)


def _drop_empty(directory: Path, names: Iterable[str]) -> None:
    """Remove the folders below `directory` in which such files lie or lay, where nothing is left in them."""
    folders = {folder for name in names for folder in PurePosixPath(name).parents if folder.name}
    for folder in sorted(folders, key=lambda folder: -len(folder.parts)):
        with suppress(OSError):
            (directory / folder).rmdir()


def _listed(directory: Path) -> set[str]:
    """Names of the files of an earlier run, only those that lie inside the folder."""
    inside = directory.resolve()
    try:
        names = json.loads((directory / LAST).read_text(encoding="utf-8"))["files"]
        return {name for name in names if (inside / name).resolve().is_relative_to(inside)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


@contextmanager
def _explained(directory: Path) -> Iterator[None]:
    """Turn the system's error into one line that names the folder and the way out."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL or "No space left" in str(error):
            reason, way_out = "the disk is full", "free some space or choose a folder on another disk with --out"
        else:
            reason, way_out = error.strerror or str(error), "choose a folder that you may write to with --out"
        raise GreenzoneError(f"cannot write to {directory}: {reason}; {way_out}. Nothing was left there") from error
