"""Reading scenario files, and what goes with it: the JSON schema, the examples, the configuration after defaults.

Comes in: paths of YAML files and assignments. Goes out: a validated `Scenario`, or one clear line.
"""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenzone.config import schema, source
from greenzone.config.messages import Problem, problems_of, summary
from greenzone.config.scenario import Scenario
from greenzone.config.source import Loc, Node
from greenzone.errors import GreenzoneError
from greenzone.layers import catalogue


def read_config(path: str | Path, overrides: Iterable[str] = ()) -> Scenario:
    """Read and validate a scenario file.

    Parameters
    ----------
    path : path
        A YAML file; `extends:` in it names a file that it is laid over. File paths in it start from its folder.
    overrides : iterable of str
        Assignments such as `grid.cell_size=5000`, laid over the file in their order; their file paths start from
        the working directory.

    Returns
    -------
    Scenario
        Frozen, with all defaults; file paths in it are ready to open.

    Raises
    ------
    GreenzoneError
        The first thing wrong, with its file, line and key.

    Examples
    --------
    >>> from greenzone.layers.catalogue import configs_path
    >>> read_config(configs_path("baseline.yaml"), ["grid.cell_size=5000"]).grid.cell_size
    5000.0
    """
    path = Path(path)
    tree = source.assign(source.read_tree(path), overrides)
    root = json_schema()
    problems: list[Problem] = []
    tree = _prepared(tree, root, root, (), problems)
    values = {"name": _name_of(path), **source.plain(tree)}
    try:
        scenario = Scenario.model_validate(values)
    except ValidationError as error:
        known = {problem.loc for problem in problems}
        problems += [problem for problem in problems_of(error, tree, root) if problem.loc not in known]
    if problems:
        raise GreenzoneError(summary(problems))
    return scenario


def _name_of(path: Path) -> str:
    """A name for the scenario from that of its file."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-") or "scenario"


def _prepared(node: Node, root: Mapping[str, Any], part: Mapping[str, Any], loc: Loc, problems: list[Problem]) -> Node:
    """The tree with paths resolved and empty sections filled; what pydantic would let pass goes to `problems`."""
    value = node.value
    if isinstance(value, dict):
        items = {
            key: _prepared(item, root, schema.child(root, part, key), (*loc, key), problems)
            for key, item in value.items()
        }
        return Node(items, node.place, node.key)
    if isinstance(value, list):
        listed = [
            _prepared(item, root, schema.child(root, part, index), (*loc, index), problems)
            for index, item in enumerate(value)
        ]
        return Node(listed, node.place, node.key)
    if value is None and schema.allows(root, part, "object") and not schema.allows(root, part, "null"):
        return Node({}, node.place, node.key)
    if isinstance(value, bool) and not schema.allows(root, part, "boolean"):
        problems.append(Problem(loc, node.place, f"{str(value).lower()} is no value here: write null for none"))
    if _not_finite(value) and schema.allows(root, part, "number") and not schema.is_free_text(root, part):
        problems.append(Problem(loc, node.place, f"must be a finite number, not {value}"))
    if isinstance(value, str) and schema.is_path(root, part):
        file = node.place.folder / value
        if not value or not source.exists(file):
            problems.append(Problem(loc, node.place, f"file {file} does not exist" if value else "names no file"))
        return Node(str(file), node.place, node.key)
    return node


def _not_finite(value: object) -> bool:
    try:
        return isinstance(value, float | str) and not math.isfinite(float(value))
    except ValueError:
        return False


@cache
def json_schema() -> dict[str, Any]:
    """The JSON schema of scenario files, which editors complete from."""
    described = Scenario.model_json_schema()
    extends = {"type": "string", "description": "Scenario file that this one is laid over; path from this file."}
    described["properties"] = {source.EXTENDS: extends, **described["properties"]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def validate_files(paths: Iterable[str | Path]) -> dict[Path, str | None]:
    """What is wrong with each file, None where nothing is."""
    found: dict[Path, str | None] = {}
    for path in paths:
        try:
            read_config(path)
            found[Path(path)] = None
        except GreenzoneError as error:
            found[Path(path)] = str(error)
    return found


def as_dict(scenario: Scenario) -> dict[str, Any]:
    """The whole configuration after defaults, as plain values that JSON can hold."""
    return scenario.model_dump(mode="json")


def init(directory: str | Path) -> list[Path]:
    """Copy the example scenarios into a folder, which is made where it is missing.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    GreenzoneError
        One of the files is there already (then nothing is copied), or the folder cannot be written.
    """
    directory, examples = Path(directory), catalogue.configs_path()
    names = sorted(path.relative_to(examples) for path in examples.rglob("*") if path.is_file())
    for name in names:
        if (directory / name).exists():
            raise GreenzoneError(f"{directory / name} is there already: name another folder, nothing was copied")
    try:
        for name in names:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(examples / name, directory / name)
    except OSError as error:
        raise GreenzoneError(f"examples cannot be copied into {directory}: {error.strerror}") from None
    return [directory / name for name in names]
