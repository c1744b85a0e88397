"""Parts of `parts.py` without what counts how often their arrays are used.

An array that is handed from function to function inside a kernel is counted up and down, by operations that all threads
wait for: for small tiles of sites that took longer than the sun, the sky and the panels. A kernel keeps its arguments
alive anyway, so the functions it is built of get only where the arrays begin.
"""

# mypy: allow-untyped-defs
# The types of kernels are Numba's, found when they are compiled.

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.core.errors import TypingError
from numba.core.imputils import impl_ret_borrowed

from greenzone.simd import intrinsic


@intrinsic
def bare(typingctx: Any, part: Any) -> Any:
    """The same named tuple with the address of the first value in place of each array of one dimension.

    Its values are read and written by number as before; it has no size. All else in it stays.
    """
    if not issubclass(type(part), types.BaseNamedTuple):
        raise TypingError(f"{part} is no named tuple")
    kinds = [types.CPointer(kind.dtype) if _is_row(kind) else kind for kind in part]
    same = all(kind == kinds[0] for kind in kinds)
    if same:
        result: Any = types.NamedUniTuple(kinds[0], len(kinds), part.instance_class)
    else:
        result = types.NamedTuple(kinds, part.instance_class)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = []
        for number, kind in enumerate(part):
            value = builder.extract_value(args[0], number)
            values.append(context.make_array(kind)(context, builder, value).data if _is_row(kind) else value)
        return impl_ret_borrowed(context, builder, result, context.make_tuple(builder, result, values))

    return result(part), generate


def _is_row(kind: Any) -> bool:
    """Whether it is the type of an array of one dimension; it must be contiguous."""
    if not isinstance(kind, types.Array) or kind.ndim != 1:
        return False
    if kind.layout != "C":
        raise TypingError(f"{kind} is not contiguous")
    return True
