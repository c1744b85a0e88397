"""What the fields of a class mean: the strings that stand below them in its source.

Comes in: a class. Goes out: texts by field. pydantic can read them too, but does so for each class alone, whenever one
is made, which takes longer than all else when greenzone is imported.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from inspect import cleandoc
from itertools import pairwise
from pathlib import Path


def docstrings(of: type) -> dict[str, str]:
    """The string below each field of a class and of the classes that it is made from.

    Parameters
    ----------
    of : type
        A class of a module with a file.

    Returns
    -------
    dict
        By name of the field; fields without a string are not in it.
    """
    found: dict[str, str] = {}
    for each in reversed(of.__mro__):
        found |= _of_module(each.__module__).get(each.__qualname__, {})
    return found


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    """The strings below the fields of all classes of a module, by name of the class."""
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None or not name.startswith(__name__.partition(".")[0]):
        return {}
    classes = [node for node in ast.parse(Path(file).read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
    return {each.name: dict(_of_fields(each.body)) for each in classes}


def _of_fields(body: list[ast.stmt]) -> list[tuple[str, str]]:
    return [
        (field.target.id, cleandoc(below.value.value))
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    ]  # fmt: skip
