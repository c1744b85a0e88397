"""Questions to the JSON schema: which keys and what kinds of value are valid at a place of the scenario.

Comes in: a JSON schema. Goes out: the part of it that holds for a key, the valid keys, whether a kind fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]


def branches(root: Schema, part: Schema) -> Iterator[Schema]:
    """The plain schemas that `part` allows: references followed, alternatives taken apart."""
    if "$ref" in part:
        yield from branches(root, root["$defs"][part["$ref"].rsplit("/", 1)[-1]])
    alternatives = [*part.get("anyOf", ()), *part.get("oneOf", ()), *part.get("allOf", ())]
    for alternative in alternatives:
        yield from branches(root, alternative)
    if "$ref" not in part and not alternatives:
        yield part


def child(root: Schema, part: Schema, key: str | int) -> Schema:
    """The schema of an item of `part`: a key of a mapping or a position of a list; empty where none holds."""
    found: list[Schema] = []
    for branch in branches(root, part):
        if isinstance(key, int):
            found += [branch["items"]] if isinstance(branch.get("items"), Mapping) else []
        elif key in branch.get("properties", {}):
            found.append(branch["properties"][key])
        else:  # keys of the user's own choosing: any, or those of a pattern
            found += [branch["additionalProperties"]] if isinstance(branch.get("additionalProperties"), Mapping) else []
            found += branch.get("patternProperties", {}).values()
    return found[0] if len(found) == 1 else {"anyOf": found} if found else {}


def keys(root: Schema, part: Schema) -> list[str]:
    """The keys that `part` names, in their order."""
    named = []
    for branch in branches(root, part):
        named += branch.get("properties", ())
        for choice in branches(root, branch.get("propertyNames", {})):
            named += choice.get("enum", ())
    return list(dict.fromkeys(named))


def allows(root: Schema, part: Schema, kind: str) -> bool:
    """Whether a value of a JSON type may stand at `part`; where the schema says nothing, anything may."""
    return any(branch.get("type", kind) == kind for branch in branches(root, part))


def is_free_text(root: Schema, part: Schema) -> bool:
    """Whether any text may stand at `part`, not only one of a few words."""
    return any(
        branch.get("type", "string") == "string" and not {"const", "enum"} & branch.keys()
        for branch in branches(root, part)
    )


def at(root: Schema, loc: Iterable[str | int]) -> Schema:
    """The schema of the value at a place of the scenario; empty where none holds."""
    part = root
    for step in loc:
        part = child(root, part, step)
    return part


def description(root: Schema, loc: Sequence[str | int]) -> str:
    """What the schema says of the value at `loc`, or of the nearest section around it that it describes."""
    for end in range(len(loc), 0, -1):
        part = at(root, loc[:end])
        if "description" in part:
            return str(part["description"])
    return ""


def is_path(root: Schema, part: Schema) -> bool:
    """Whether a text at `part` is the path of a file."""
    return any(branch.get("format") == "path" for branch in branches(root, part))
