"""What Numba does not tell its compiler about loops: that vectors may be wide, and that tables stay as they are.

For kernels that look up a table for every value. LLVM makes vector code of such a loop only where it knows that what
the loop writes is not the table; `read`, `look_up` and `write` say so. They take what plain indexing takes, but count
no negative index from the end and check no bounds. Everywhere else plain indexing does as well and reads better.
"""

from __future__ import annotations

import contextlib
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.extending import intrinsic as _intrinsic

intrinsic: Any = _intrinsic  # for the type checker: what it decorates is called without the typing context


@intrinsic
def wide_vectors(typingctx: Any) -> Any:
    """Let the loops of this kernel use vectors of 512 bits where the processor has them; LLVM halves them by itself."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        with contextlib.suppress(TypeError, AttributeError):  # a hint: without it the kernel is only slower
            set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def look_up(typingctx: Any, table: Any, index: Any) -> Any:
    """`table[index]` of a table that no `write` of the kernel goes to."""
    _check_contiguous(table)
    return table.dtype(table, index), _loader("alias.scope")


@intrinsic
def read(typingctx: Any, array: Any, index: Any) -> Any:
    """`array[index]` of an array that is no table."""
    _check_contiguous(array)
    return array.dtype(array, index), _loader("noalias")


@intrinsic
def write(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """`array[index] = value` in an array that is no table."""
    _check_contiguous(array)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        stored = builder.store(args[2], _address(context, builder, signature, args))
        stored.set_metadata("noalias", _table_scope(builder.module))
        return context.get_dummy_value()

    return types.void(array, index, array.dtype), generate


def _check_contiguous(array: Any) -> None:
    if array.layout != "C" or array.ndim != 1:
        raise TypingError(f"{array} is no contiguous array of one dimension")


def _loader(kind: str) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        loaded = builder.load(_address(context, builder, signature, args))
        loaded.set_metadata(kind, _table_scope(builder.module))
        return loaded

    return generate


def _address(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Address of an element of a one-dimensional contiguous array."""
    array = context.make_array(signature.args[0])(context, builder, args[0])
    index = context.cast(builder, args[1], signature.args[1], types.uint64)
    return builder.gep(array.data, [index], inbounds=True)


def _table_scope(module: ir.Module) -> Any:
    domain = module.add_metadata(["greenzone"])
    return module.add_metadata([module.add_metadata(["greenzone.table", domain])])
