"""Scenario files as trees that remember where each value stands.

Comes in: YAML files, `extends:` chains, `--set` assignments. Goes out: one merged tree of `Node`, each with its
`Place`, so that every later complaint can name file and line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from greenzone.errors import GreenzoneError

Loc = tuple[str | int, ...]

MERGE_KEY = "tag:yaml.org,2002:merge"
MAX_VALUES = 100_000  # aliases can make a small file describe an endless tree
EXTENDS = "extends"
OWN_KEYS = ("name", "description")  # say what this very file is, so a file that extends it does not inherit them


def one_line(text: str) -> str:
    """Text for a message: what would break the line or hide is written as an escape."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


@dataclass(frozen=True)
class Place:
    """Where a value was written: a line of a file, or an assignment on the command line."""

    file: Path | None
    line: int = 0
    assignment: str = ""
    rank: int = 0
    """Position of the file in reading order."""

    def __str__(self) -> str:
        return f"at line {self.line} of {self.file}" if self.file else f"in --set {one_line(self.assignment)}"

    @property
    def folder(self) -> Path:
        """Where relative paths written here start."""
        return self.file.parent if self.file else Path()


@dataclass(frozen=True)
class Node:
    """A value and its place; the items of mappings and lists are nodes again. `key` is where its key stands."""

    value: Any
    place: Place
    key: Place | None = None


def plain(node: Node) -> Any:
    """The values of a tree without their places."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def merge(base: Node, over: Node) -> Node:
    """`over` laid over `base`: mappings key by key, anything else replaced."""
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    items = dict(base.value)
    for key, node in over.value.items():
        items[key] = merge(items[key], node) if key in items else node
    return Node(items, over.place, over.key)


def read_tree(path: Path, descendants: tuple[Path, ...] = ()) -> Node:
    """The tree of a scenario file laid over the files that it extends.

    Raises
    ------
    GreenzoneError
        A file is missing, unreadable or broken, or a chain of `extends:` comes back to itself.
    """
    if any(_same(path, other) for other in descendants):
        chain = " -> ".join(str(step) for step in (*descendants, path))
        raise GreenzoneError(f"{path} extends itself: {chain}")
    tree = parse(_text(path), Place(path, rank=len(descendants)))
    if tree.value is None:
        raise GreenzoneError(f"{path} is empty: a scenario file holds at least one key, such as 'name'")
    if not isinstance(tree.value, dict):
        raise GreenzoneError(f"{path} does not hold keys and values: write lines such as 'name: my-zone'")
    own = {key: node for key, node in tree.value.items() if key != EXTENDS}
    tree, extends = Node(own, tree.place), tree.value.get(EXTENDS)
    if extends is None:
        return tree
    if not isinstance(extends.value, str):
        raise GreenzoneError(f"'{EXTENDS}' {extends.place}: must be the path of one scenario file")
    base_path = Path(os.path.normpath(path.parent / extends.value))
    if not exists(base_path):
        raise GreenzoneError(f"'{EXTENDS}' {extends.place}: {base_path} does not exist")
    base = read_tree(base_path, (*descendants, path))
    return merge(Node({key: node for key, node in base.value.items() if key not in OWN_KEYS}, base.place), tree)


def exists(path: Path) -> bool:
    """Whether something lies at `path`; a path that the system cannot even look up counts as nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise GreenzoneError(f"scenario file {path} does not exist") from None
    except IsADirectoryError:
        raise GreenzoneError(f"{path} is a folder: name a scenario file in it") from None
    except OSError as error:
        raise GreenzoneError(f"scenario file {path} cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise GreenzoneError(f"{path} is not UTF-8 text at line {line}: save it with the encoding UTF-8") from None


def parse(text: str, place: Place) -> Node:
    """YAML text as a tree; `place` says which file or assignment it is."""
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        return Node(None, place) if root is None else _Builder(loader, place).build(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Place(place.file, mark.line + 1 if mark else 1, place.assignment)
        raise GreenzoneError(f"broken YAML {at}: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        at = Place(place.file, line, place.assignment)
        raise GreenzoneError(f"broken YAML {at}: character U+{int(error.character):04X} is not allowed") from None
    except RecursionError:
        raise GreenzoneError(f"{place.file or place.assignment} is nested too deeply, or contains itself") from None


class _Builder:
    """Turns composed YAML nodes into `Node`s, and counts them."""

    def __init__(self, loader: yaml.SafeLoader, place: Place) -> None:
        self.loader, self.place, self.count = loader, place, 0
        self.checked: set[int] = set()

    def build(self, node: yaml.Node, key: Place | None = None) -> Node:
        place = self.at(node)
        self.count += 1
        if self.count > MAX_VALUES:
            raise GreenzoneError(f"{self.place.file or self.place.assignment} holds more than {MAX_VALUES:,} values")
        if isinstance(node, yaml.MappingNode):
            return Node(self.mapping(node), place, key)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.build(item) for item in node.value], place, key)
        try:
            return Node(self.loader.construct_object(node), place, key)
        except ValueError as error:
            raise GreenzoneError(
                f"'{one_line(node.value[:40])}' {place} cannot be read: {str(error).split(';')[0]}"
            ) from None

    def at(self, node: yaml.Node) -> Place:
        return Place(self.place.file, node.start_mark.line + 1, self.place.assignment, self.place.rank)

    def mapping(self, node: yaml.MappingNode) -> dict[str, Node]:
        if id(node) not in self.checked:  # an alias comes here again, with what it merges already among its keys
            self.checked.add(id(node))
            self.check_keys(node)
            self.loader.flatten_mapping(node)
        return {self.name(key): self.build(value, self.at(key)) for key, value in node.value}

    def check_keys(self, node: yaml.MappingNode) -> None:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise GreenzoneError(f"key {self.at(key)} is a list or a section: keys are text")
            if key.tag != MERGE_KEY and key.value in seen:
                word = one_line(key.value)
                raise GreenzoneError(
                    f"key '{word}' {self.at(key)} is there twice: line {seen[key.value]} has it already"
                )
            seen[key.value] = key.start_mark.line + 1

    def name(self, key: yaml.Node) -> str:
        name = self.loader.construct_object(key)
        if not isinstance(name, str):
            raise GreenzoneError(f"key {key.value!r} {self.at(key)} is not text: write it in quotes")
        return name


def assign(tree: Node, assignments: Iterable[str]) -> Node:
    """The tree with assignments like `grid.cell_size=5000` laid over it; values are YAML, list items go by number.

    Raises
    ------
    GreenzoneError
        An assignment has no `=`, an empty part, or its value is broken YAML.
    """
    for assignment in assignments:
        dotted, equals, text = assignment.partition("=")
        keys = dotted.strip().split(".")
        if not equals or not all(keys):
            raise GreenzoneError(f"'{assignment}' is no assignment: write --set KEY=VALUE, such as grid.cell_size=5000")
        if keys[0] == EXTENDS:
            raise GreenzoneError(f"--set {assignment}: '{EXTENDS}' belongs into a file, and cannot be set")
        place = Place(None, 0, assignment)
        tree = _put(tree, keys, Node(parse(text, place).value, place, place), place)
    return tree


def _put(tree: Node, keys: list[str], value: Node, place: Place) -> Node:
    if not keys:
        return merge(tree, value)
    first, rest = keys[0], keys[1:]
    if isinstance(tree.value, list):
        if not first.isdigit() or int(first) >= len(tree.value):
            raise GreenzoneError(f"'{first}' {place} is no item of a list of {len(tree.value)}: count from 0")
        items = list(tree.value)
        items[int(first)] = _put(items[int(first)], rest, value, place)
        return Node(items, tree.place, tree.key)
    known = tree.value if isinstance(tree.value, dict) else {}
    return Node(
        {**known, first: _put(known.get(first, Node(None, place, place)), rest, value, place)}, tree.place, tree.key
    )


def find(tree: Node, loc: Loc) -> tuple[Loc, Node]:
    """The deepest node on the way of `loc`, and the part of `loc` that leads there.

    Parts of `loc` that are no keys of the tree (names of the branches of a choice) are passed over.
    """
    found: list[str | int] = []
    for part in loc:
        items: dict[str | int, Node] = {}
        if isinstance(tree.value, dict):
            items = tree.value
        elif isinstance(tree.value, list):
            items = dict(enumerate(tree.value))
        if part in items:
            tree = items[part]
            found.append(part)
    return tuple(found), tree
