"""What pydantic found wrong, in one line a newcomer can act on.

Comes in: a ValidationError, the tree with its places, the JSON schema. Goes out: one line that names file, line and
dotted key, what is wrong, and the nearest valid key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import ErrorDetails, ValidationError

from greenzone.config import schema
from greenzone.config.source import Loc, Node, Place, find, one_line
from greenzone.errors import nearest

BOUNDS = {"greater_than": ("above", "gt"), "greater_than_equal": ("at least", "ge")} | {
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}
KINDS = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "string": "text",
    "path": "the path of a file",
    "tuple": "a list, such as [a, b]",
    "list": "a list, such as [a, b]",
    "dict": "a section of keys and values",
    "model": "a section of keys and values",
    "finite": "a finite number",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong: at which key, where that is written, and what to say of it."""

    loc: Loc
    place: Place
    text: str
    unknown_key: bool = False

    def __str__(self) -> str:
        dotted = ".".join(str(part) for part in self.loc)
        if self.unknown_key:
            return f"unknown key '{dotted}' {self.place}: {self.text}"
        return f"'{dotted}' {self.place}: {self.text}" if dotted else f"{self.place.file or self.place}: {self.text}"


def summary(problems: Sequence[Problem]) -> str:
    """The first problem in the order of the files, and how many more there are."""
    ordered = sorted(problems, key=lambda problem: (problem.place.rank, problem.place.line))
    more = f" (and {len(ordered) - 1} more)" if len(ordered) > 1 else ""
    return one_line(f"{ordered[0]}{more}")


def problems_of(error: ValidationError, tree: Node, root: Mapping[str, Any]) -> list[Problem]:
    """One problem for each key that pydantic complains of; complaints of the branches of a choice are joined."""
    found: dict[Loc, list[Problem]] = {}
    for detail in error.errors(include_url=False):
        problem = _problem(detail, tree, root)
        found.setdefault(problem.loc, []).append(problem)
    return [_joined(problems) for problems in found.values()]


def _joined(problems: list[Problem]) -> Problem:
    texts = list(dict.fromkeys(problem.text for problem in problems))
    parts = [text.removeprefix("must be ").partition(", not ") for text in texts]
    if len({end for _, _, end in parts}) == 1 and all(text.startswith("must be ") for text in texts):
        said = f"must be {' or '.join(start for start, _, _ in parts)}, not {parts[0][2]}"
    else:
        said = "; or ".join(texts)
    return replace(problems[0], text=said)


def _problem(detail: ErrorDetails, tree: Node, root: Mapping[str, Any]) -> Problem:
    loc, kind = detail["loc"], detail["type"]
    wrong_key = kind == "extra_forbidden" or loc[-1:] == ("[key]",)
    path, node = find(tree, loc[:-1] if loc[-1:] == ("[key]",) else loc)
    place = (node.key or node.place) if wrong_key or isinstance(node.value, dict | list) else node.place
    if wrong_key:
        return _wrong_key(detail, path, place, root)
    if kind == "missing":
        return Problem((*path, loc[-1]), place, "is missing")
    return Problem(path, place, _said(detail, root, path))


def _wrong_key(detail: ErrorDetails, path: Loc, place: Place, root: Mapping[str, Any]) -> Problem:
    if detail["type"] not in ("extra_forbidden", "literal_error"):
        return Problem(path, place, _said(detail, root, path))
    valid = schema.keys(root, schema.at(root, path[:-1]))
    return Problem(path, place, nearest(str(path[-1]), valid) if valid else "no key is valid here", unknown_key=True)


def _said(detail: ErrorDetails, root: Mapping[str, Any], path: Loc) -> str:
    """What is wrong with a value, in words."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind in BOUNDS:
        words, key = BOUNDS[kind]
        return f"must be {words} {context[key]:g}, not {_shown(value)}"
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])
    if kind == "literal_error":
        return _choices(str(context["expected"]), value)
    if kind == "int_from_float":
        return f"must be a whole number, not {_shown(value)}"
    if kind in ("too_short", "string_too_short"):
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        return f"{_shown(value)} does not fit. {schema.description(root, path)}"
    stem = kind.split("_", 1)[0]
    if stem in KINDS and kind.endswith(("_type", "_parsing", "_number")):
        return f"must be {KINDS[stem]}, not {_shown(value)}"
    return detail["msg"][:1].lower() + detail["msg"][1:]


def _choices(expected: str, value: object) -> str:
    names = [name.strip("'") for name in expected.replace(" or ", ", ").split(", ")]
    way_out = f": {nearest(value, names)}" if isinstance(value, str) and value and len(names) > 1 else ""
    return f"must be {expected}, not {_shown(value)}{way_out if 'did you mean' in way_out else ''}"


def _shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict | list):
        return "a section" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
