"""Trees of scenario files: what YAML says, where it stands, how files are laid over one another."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.config.source import Node, Place, assign, find, merge, parse, plain, read_tree
from greenzone.errors import GreenzoneError

HERE = Place(Path("x.yaml"))
scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
keys = st.text("abcdefgh_", min_size=1, max_size=3)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12
)
sections = st.dictionaries(keys, trees, max_size=4)
two_deep = st.dictionaries(keys, st.dictionaries(keys, scalars, max_size=3), max_size=3)


def node(value: object) -> Node:
    """A tree of plain values, all at one place."""
    if isinstance(value, dict):
        return Node({key: node(item) for key, item in value.items()}, HERE)
    return Node([node(item) for item in value], HERE) if isinstance(value, list) else Node(value, HERE)


@settings(deadline=None)
@given(trees)
def test_the_tree_holds_what_yaml_says(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    assert plain(parse(text, HERE)) == yaml.safe_load(text)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.text(" \n\t:-[]{}&*<>!|'\"#,a1~%@`", max_size=30))
def test_any_text_is_a_tree_or_one_clear_line(text):
    try:
        parse(text, HERE)
    except GreenzoneError as error:
        assert "\n" not in str(error)
        assert "x.yaml" in str(error)


def test_every_value_knows_its_line():
    tree = parse("a:\n  b: 1\n\n  c:\n  - 2\n  - d: 3\n", HERE)
    lines = {loc: find(tree, loc)[1].place.line for loc in [("a", "b"), ("a", "c", 0), ("a", "c", 1, "d")]}
    assert lines == {("a", "b"): 2, ("a", "c", 0): 5, ("a", "c", 1, "d"): 6}
    assert find(tree, ("a", "c"))[1].key.line == 4


def test_names_of_branches_on_the_way_are_passed_over():
    tree = parse("solar:\n  tilt: 3\n", HERE)
    found, value = find(tree, ("(options)", "solar", "Options", "tilt", "float"))
    assert found == ("solar", "tilt")
    assert value.value == 3


def test_anchors_and_merge_keys_work():
    tree = plain(parse("base: &base {a: 1, b: 2}\nover: &over {<<: *base, b: 3}\nagain: *over\n", HERE))
    assert tree["over"] == tree["again"] == {"a": 1, "b": 3}


@settings(deadline=None)
@given(sections, sections)
def test_merging_keeps_what_only_one_has_and_prefers_the_upper(base, over):
    merged = plain(merge(node(base), node(over)))
    assert set(merged) == set(base) | set(over)
    for key, value in merged.items():
        if key not in over:
            assert value == base[key]
        elif key not in base or not (isinstance(base[key], dict) and isinstance(over[key], dict)):
            assert value == over[key]
        else:
            assert value == plain(merge(node(base[key]), node(over[key])))


@settings(deadline=None)
@given(two_deep, two_deep, two_deep)
def test_a_chain_of_files_does_not_depend_on_where_it_is_joined(first, second, third):
    a, b, c = node(first), node(second), node(third)
    assert plain(merge(merge(a, b), c)) == plain(merge(a, merge(b, c)))


@settings(deadline=None)
@given(sections)
def test_merging_a_tree_with_nothing_or_itself_leaves_it(tree):
    assert plain(merge(node(tree), node({}))) == tree
    assert plain(merge(node({}), node(tree))) == tree
    assert plain(merge(node(tree), node(tree))) == tree


def test_lists_are_replaced_not_joined():
    assert plain(merge(node({"a": [1, 2, 3]}), node({"a": [4]}))) == {"a": [4]}


def test_assignments_are_laid_over_in_their_order():
    tree = assign(node({"a": {"b": 1, "c": 2}}), ["a.b=5", "a.d.e=[1, 2]", "a.b=x", "f=null"])
    assert plain(tree) == {"a": {"b": "x", "c": 2, "d": {"e": [1, 2]}}, "f": None}


def test_an_assignment_of_a_section_is_merged():
    assert plain(assign(node({"a": {"b": 1, "c": 2}}), ["a={c: 3}"])) == {"a": {"b": 1, "c": 3}}


def test_an_assignment_may_hold_an_equals_sign():
    assert plain(assign(node({}), ["description=a=b"])) == {"description": "a=b"}


def test_an_assignment_reaches_into_a_list_by_number():
    assert plain(assign(node({"a": [{"b": 1}, {"b": 2}]}), ["a.1.b=5"])) == {"a": [{"b": 1}, {"b": 5}]}
    with pytest.raises(GreenzoneError, match=r"'2' in --set a\.2\.b=5 is no item of a list of 2: count from 0"):
        assign(node({"a": [1, 2]}), ["a.2.b=5"])


@pytest.mark.parametrize("assignment", ["a.b", "=3", "a..b=3", ".a=3"])
def test_what_is_no_assignment_is_refused(assignment):
    with pytest.raises(GreenzoneError, match="is no assignment: write --set KEY=VALUE"):
        assign(node({}), [assignment])


def test_extends_chains_and_the_nearer_file_wins(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "base.yaml").write_text("name: base\ngrid: {cell_size: 1, crs: EPSG:3857}\nlist: [1, 2]\n")
    (tmp_path / "middle.yaml").write_text("extends: deep/base.yaml\ngrid: {cell_size: 2}\n")
    (tmp_path / "top.yaml").write_text("extends: middle.yaml\nlist: [3]\n")
    assert plain(read_tree(tmp_path / "top.yaml")) == {"grid": {"cell_size": 2, "crs": "EPSG:3857"}, "list": [3]}


def test_a_file_does_not_inherit_name_and_description(tmp_path):
    (tmp_path / "base.yaml").write_text("name: base\ndescription: of the base\nseed: 1\n")
    (tmp_path / "top.yaml").write_text("extends: base.yaml\n")
    assert plain(read_tree(tmp_path / "top.yaml")) == {"seed": 1}


def test_a_file_that_extends_itself_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: ./a.yaml\n")
    with pytest.raises(GreenzoneError, match=r"a\.yaml extends itself: .*a\.yaml -> .*b\.yaml -> .*a\.yaml"):
        read_tree(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a: 1\nb: 2\na: 3\n", "key 'a' at line 3 of x.yaml is there twice: line 1 has it already"),
        ("s:\n  a: 1\n  'a': 3\n", "key 'a' at line 3 of x.yaml is there twice: line 2 has it already"),
        ("a: [1\nb: 2\n", "broken YAML at line 2 of x.yaml: expected ',' or ']', but got ':'"),
        ("a:\n\t- b\n", "broken YAML at line 2 of x.yaml: found character '\\t' that cannot start any token"),
        ("a: 1\n---\nb: 2\n", "broken YAML at line 2 of x.yaml: but found another document"),
        ("a: 1\nb: \x07\n", "broken YAML at line 2 of x.yaml: character U+0007 is not allowed"),
        ("a: !!python/name:os.system\n", "broken YAML at line 1 of x.yaml: could not determine a constructor"),
        ("a: *b\n", "broken YAML at line 1 of x.yaml: found undefined alias 'b'"),
        ("a: &a [*a]\n", "x.yaml is nested too deeply, or contains itself"),
        ("a: " + "[" * 3000, "x.yaml is nested too deeply, or contains itself"),
        ("a: 2020-13-01\n", "'2020-13-01' at line 1 of x.yaml cannot be read: month must be in 1..12"),
        ("a: " + "9" * 5000, "at line 1 of x.yaml cannot be read: Exceeds the limit"),
        ("? [a]\n: 1\n", "key at line 1 of x.yaml is a list or a section: keys are text"),
        ("on: 1\n", "key 'on' at line 1 of x.yaml is not text: write it in quotes"),
        ("", "x.yaml is empty: a scenario file holds at least one key, such as 'name'"),
        ("# nothing\n", "x.yaml is empty"),
        ("- a\n", "x.yaml does not hold keys and values: write lines such as 'name: my-zone'"),
        ("extends: [a]\n", "'extends' at line 1 of x.yaml: must be the path of one scenario file"),
        ("\nextends: no.yaml\n", "'extends' at line 2 of x.yaml: no.yaml does not exist"),
        (b"a: 1\nb: \xff\n", "x.yaml is not UTF-8 text at line 2: save it with the encoding UTF-8"),
    ],
)
def test_broken_files_get_one_line(tmp_path, monkeypatch, content, complaint):
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(GreenzoneError) as error:
        read_tree(Path("x.yaml"))
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(GreenzoneError, match=r"scenario file .*no\.yaml does not exist"):
        read_tree(tmp_path / "no.yaml")
    with pytest.raises(GreenzoneError, match="is a folder: name a scenario file in it"):
        read_tree(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfname: a\n")
    assert plain(read_tree(tmp_path / "x.yaml")) == {"name": "a"}


def test_aliases_cannot_make_an_endless_tree():
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(GreenzoneError, match="holds more than 100,000 values"):
        parse("\n".join(lines), HERE)
