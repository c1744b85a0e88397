"""Values worked on many at a time: lanes, for kernels in which one step waits for the other or a table is looked up.

Inside a kernel `read` gives `LANES` neighbouring float32 of an array, `take` `DOUBLES` neighbouring float64, as one
thing that can be added, multiplied, compared and written back. LLVM makes vectors of plain loops too, but not of these:
short tables it keeps in memory, where a look-up is one load per value, and long formulas it works out one vector at a
time, so that each step waits for the one before. Here every step is done on `ROWS` vectors in turn, and on AVX-512 a
short table stays in registers. All else works on any processor.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.core.registry import cpu_target
from numba.extending import intrinsic as _intrinsic
from numba.extending import register_model

from greenzone.jit import generic

intrinsic: Any = _intrinsic  # for the type checker: what it decorates is called without the typing context

HAS_AVX512 = "+avx512f" in cpu_target.target_context.codegen().magic_tuple()[2].split(",")
WIDTH = 16 if HAS_AVX512 else 8  # of a vector of float32
ROWS = 4 if HAS_AVX512 else 2  # vectors worked on together
LANES = ROWS * WIDTH
DOUBLES = LANES // 2
LINE = 16  # values that memory gives at once
AHEAD = 128  # values by which `stream` asks for memory in advance; the processor alone does so too late

FLOAT, DOUBLE, INT, BIT = ir.FloatType(), ir.DoubleType(), ir.IntType(32), ir.IntType(1)
VECTOR, NUMBERS, MASK = (ir.VectorType(kind, WIDTH) for kind in (FLOAT, INT, BIT))
LONG_VECTOR, SHORT_VECTOR = ir.VectorType(DOUBLE, WIDTH // 2), ir.VectorType(FLOAT, WIDTH // 2)


class Lanes(types.Type):
    """Type of `LANES` values of float32, or of `DOUBLES` of float64."""

    def __init__(self, kind: types.Float) -> None:
        self.kind = kind
        super().__init__(name=f"Lanes({kind})")


lanes, doubles = Lanes(types.float32), Lanes(types.float64)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.ArrayType(VECTOR if kind == lanes else LONG_VECTOR, ROWS))


@intrinsic
def wide_vectors(typingctx: Any) -> Any:
    """Let the loops of this kernel use vectors of 512 bits where the processor has them; LLVM halves them by itself."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        with contextlib.suppress(TypeError, AttributeError):  # a hint: without it the kernel is only slower
            set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def base(typingctx: Any, array: Any) -> Any:
    """Where a contiguous array begins, for the functions below; the array must live on elsewhere.

    Arrays themselves would be counted as used in every turn of a loop, which takes longer than what is done there.
    """
    if array.layout != "C":
        raise TypingError(f"{array} is not contiguous")

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.make_array(array)(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), generate


@intrinsic
def read(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
    """Values of an array from `start`; zeros from `end` on."""
    return lanes(array, types.intp, types.intp), _reader(array, ahead=False)


@intrinsic
def stream(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
    """The same of an array that is gone through once, from memory."""
    return lanes(array, types.intp, types.intp), _reader(array, ahead=True)


def _reader(array: Any, *, ahead: bool) -> Callable[..., Any]:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = builder.gep(args[0], [args[1]])
        if ahead:
            for line in range(0, LANES, LINE):
                address = builder.gep(place, [ir.Constant(INT, line + AHEAD)])
                flags = [ir.Constant(INT, flag) for flag in (0, 3, 1)]  # to read, into the nearest cache, data
                _call(builder, "llvm.prefetch.p0", ir.VoidType(), [address, *flags])
        whole = builder.icmp_signed("<=", builder.add(args[1], args[1].type(LANES)), args[2])
        with builder.if_else(whole, likely=True) as (then, otherwise):
            with then:
                all_of = [builder.load(_row(builder, place, row), align=4) for row in range(ROWS)]
                then_block = builder.block
            with otherwise:
                rest = []
                for row, mask in enumerate(_masks(builder, args[1], args[2])):
                    values = [_row(builder, place, row), ir.Constant(INT, 4), mask, ir.Constant(VECTOR, None)]
                    rest.append(_call(builder, f"llvm.masked.load.v{WIDTH}f32.p0", VECTOR, values))
                other_block = builder.block
        merged = []
        for one, other in zip(all_of, rest, strict=True):
            phi = builder.phi(VECTOR)
            phi.add_incoming(one, then_block)
            phi.add_incoming(other, other_block)
            merged.append(phi)
        return _pack(builder, merged)

    return generate


@intrinsic
def write(typingctx: Any, array: Any, start: Any, end: Any, values: Any, past: Any) -> Any:
    """Write values into an array from `start`, none from `end` on. No table lies where anything is written.

    With `past`, where the place is at the beginning of a line, past the nearest caches: a large array that is read
    later need not be fetched to be written.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place, rows, past = builder.gep(args[0], [args[1]]), _unpack(builder, args[3]), args[4]
        at_line = builder.and_(builder.ptrtoint(place, args[1].type), args[1].type(4 * LINE - 1))
        past = builder.and_(past, builder.icmp_unsigned("==", at_line, args[1].type(0)))
        once = builder.module.add_metadata([INT(1)])
        whole = builder.icmp_signed("<=", builder.add(args[1], args[1].type(LANES)), args[2])
        with builder.if_else(whole, likely=True) as (then, otherwise):
            with then, builder.if_else(past) as (beyond, near):
                for branch in (beyond, near):
                    with branch:
                        for row, value in enumerate(rows):
                            align = 4 * LINE if branch is beyond else 4
                            stored = builder.store(value, _row(builder, place, row), align=align)
                            stored.set_metadata("noalias", _table_scope(builder.module))
                            if branch is beyond:
                                stored.set_metadata("nontemporal", once)
            with otherwise:
                for row, mask in enumerate(_masks(builder, args[1], args[2])):
                    values = [rows[row], _row(builder, place, row), ir.Constant(INT, 4), mask]
                    stored = _call(builder, f"llvm.masked.store.v{WIDTH}f32.p0", ir.VoidType(), values)
                    stored.set_metadata("noalias", _table_scope(builder.module))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, lanes, types.boolean), generate


@intrinsic
def until_line(typingctx: Any, array: Any, start: Any) -> Any:
    """How many values of an array of float32 stand from `start` on before a line begins."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = context.get_value_type(types.intp)
        into = builder.and_(builder.ptrtoint(builder.gep(args[0], [args[1]]), word), word(4 * LINE - 1))
        return builder.and_(builder.lshr(builder.sub(word(4 * LINE), into), word(2)), word(LINE - 1))

    return types.intp(array, types.intp), generate


@intrinsic
def take(typingctx: Any, array: Any, start: Any) -> Any:
    """`DOUBLES` values of an array of float64 or float32 from `start`; all of them must be there."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = builder.gep(args[0], [args[1]])
        if place.type.pointee == DOUBLE:
            return _pack(builder, [builder.load(_row(builder, place, row), align=8) for row in range(ROWS)])
        rows = [builder.load(_short_row(builder, place, row), align=4) for row in range(ROWS)]
        return _pack(builder, [builder.fpext(value, LONG_VECTOR) for value in rows])

    return doubles(array, types.intp), generate


@intrinsic
def put(typingctx: Any, array: Any, start: Any, values: Any) -> Any:
    """Write `DOUBLES` values into an array of float64 or float32 from `start`; there must be room for all."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = builder.gep(args[0], [args[1]])
        for row, value in enumerate(_unpack(builder, args[2])):
            if place.type.pointee == DOUBLE:
                builder.store(value, _row(builder, place, row), align=8)
            else:
                builder.store(builder.fptrunc(value, SHORT_VECTOR), _short_row(builder, place, row), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, doubles), generate


@intrinsic
def look_up(typingctx: Any, table: Any, row: Any, lifted: Any) -> Any:
    """Entries of a row of a table that stays in registers, of shape (rows, 2, 16); only where `HAS_AVX512`.

    The last bits of `lifted` are the numbers of the entries.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = builder.mul(args[1], args[1].type(2 * WIDTH))
        place = builder.gep(args[0], [start])
        halves = [builder.load(_row(builder, place, half), align=4) for half in range(2)]
        for half in halves:
            half.set_metadata("alias.scope", _table_scope(builder.module))
        name = "llvm.x86.avx512.vpermi2var.ps.512"
        numbers = [builder.bitcast(value, NUMBERS) for value in _unpack(builder, args[2])]
        return _pack(builder, [_call(builder, name, VECTOR, [halves[0], n, halves[1]]) for n in numbers])

    return lanes(table, types.intp, lanes), generate


@intrinsic
def look_up_halves(typingctx: Any, table: Any, size: Any, lifted: Any) -> Any:
    """Entries of a table of `size` = 2^n of int32, as two numbers: the entry itself, and the lower half of its bits.

    The last bits of `lifted` are the numbers of the entries.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        last = _splat(builder, builder.trunc(builder.sub(args[1], args[1].type(1)), INT))
        half = ir.Constant(NUMBERS, [0xFFFF] * WIDTH)
        numbers = [builder.and_(builder.bitcast(value, NUMBERS), last) for value in _unpack(builder, args[2])]
        entries = [_gather(builder, args[0], number) for number in numbers]
        whole = _pack(builder, [builder.sitofp(entry, VECTOR) for entry in entries])
        lower = _pack(builder, [builder.sitofp(builder.and_(entry, half), VECTOR) for entry in entries])
        return context.make_tuple(builder, signature.return_type, [whole, lower])

    return types.UniTuple(lanes, 2)(table, types.intp, lanes), generate


@intrinsic
def in_step(typingctx: Any, values: Any) -> Any:
    """The same values; no vector of them is worked on further before all are at hand.

    LLVM, to spare registers, would work out one vector from beginning to end and then the next, each instruction
    waiting for the one before. An empty piece of assembler that takes all vectors and gives them back forbids it.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if not HAS_AVX512:
            return args[0]
        rows = _unpack(builder, args[0])
        kinds = [value.type for value in rows]
        constraints = ",".join(["=v"] * ROWS + [str(row) for row in range(ROWS)])
        step = ir.InlineAsm(ir.FunctionType(ir.LiteralStructType(kinds), kinds), "", constraints)
        found = builder.call(step, rows)
        return _pack(builder, [builder.extract_value(found, row) for row in range(ROWS)])

    return values(values), generate


@intrinsic
def where_less(typingctx: Any, one: Any, other: Any, yes: Any, no: Any) -> Any:
    """`yes` where `one` is less than `other`, else `no`, as where either is NaN. Lanes or numbers."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = zip(*_all_lanes(context, builder, signature, args), strict=True)
        return _pack(builder, [builder.select(builder.fcmp_ordered("<", a, b), c, d) for a, b, c, d in rows])

    return _kind_of(one, other, yes, no)(one, other, yes, no), generate


@intrinsic
def fused(typingctx: Any, one: Any, other: Any, third: Any) -> Any:
    """one * other + third, rounded once. Lanes or numbers."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = zip(*_all_lanes(context, builder, signature, args), strict=True)
        kind = VECTOR if signature.return_type == lanes else LONG_VECTOR
        name = f"llvm.fma.v{kind.count}f{32 if kind is VECTOR else 64}"
        return _pack(builder, [_call(builder, name, kind, list(row)) for row in rows])

    return _kind_of(one, other, third)(one, other, third), generate


@intrinsic
def smaller(typingctx: Any, one: Any, other: Any) -> Any:
    """The smaller of two, the second where either is NaN. Lanes or numbers."""
    return _kind_of(one, other)(one, other), _picker("<")


@intrinsic
def larger(typingctx: Any, one: Any, other: Any) -> Any:
    """The larger of two, the second where either is NaN. Lanes or numbers."""
    return _kind_of(one, other)(one, other), _picker(">")


def _picker(order: str) -> Callable[..., Any]:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = zip(*_all_lanes(context, builder, signature, args), strict=True)
        return _pack(builder, [builder.select(builder.fcmp_ordered(order, a, b), a, b) for a, b in rows])

    return generate


def _kind_of(*kinds: Any) -> Lanes:
    """The type of lanes among the arguments."""
    return next(kind for kind in kinds if isinstance(kind, Lanes))


def _arithmetic(method: str) -> Callable[..., Any]:
    """Implementation of an operator for lanes with lanes or with numbers; products melt into sums."""

    @intrinsic
    def combine(typingctx: Any, one: Any, other: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            rows = zip(*_all_lanes(context, builder, signature, args), strict=True)
            return _pack(builder, [getattr(builder, method)(a, b, flags=("contract",)) for a, b in rows])

        return _kind_of(one, other)(one, other), generate

    def choose(one, other):  # type: ignore[no-untyped-def]
        numbers = {type(kind) for kind in (one, other) if not isinstance(kind, Lanes)}
        if numbers - {types.Float, types.Integer, types.IntegerLiteral} or len({one, other} & {lanes, doubles}) != 1:
            return None
        return lambda one, other: combine(one, other)

    return choose


generic(operator.add)(_arithmetic("fadd"))
generic(operator.sub)(_arithmetic("fsub"))
generic(operator.mul)(_arithmetic("fmul"))


def _row(builder: Any, place: Any, row: int) -> Any:
    """Address of one of the vectors there."""
    vector = LONG_VECTOR if place.type.pointee == DOUBLE else VECTOR
    return builder.bitcast(builder.gep(place, [ir.Constant(INT, row * vector.count)]), vector.as_pointer())


def _short_row(builder: Any, place: Any, row: int) -> Any:
    """Address of one of the vectors that become or were float64."""
    place = builder.gep(place, [ir.Constant(INT, row * SHORT_VECTOR.count)])
    return builder.bitcast(place, SHORT_VECTOR.as_pointer())


def _pack(builder: Any, rows: list[Any]) -> Any:
    packed = ir.Constant(ir.ArrayType(rows[0].type, ROWS), ir.Undefined)
    for row, value in enumerate(rows):
        packed = builder.insert_value(packed, value, row)
    return packed


def _unpack(builder: Any, packed: Any) -> list[Any]:
    return [builder.extract_value(packed, row) for row in range(ROWS)]


def _all_lanes(context: Any, builder: Any, signature: Any, args: Any) -> list[list[Any]]:
    """The vectors of each argument; a number fills them."""
    rows, number = [], _kind_of(*signature.args).kind
    for kind, value in zip(signature.args, args, strict=True):
        if isinstance(kind, Lanes):
            rows.append(_unpack(builder, value))
        else:
            rows.append([_splat(builder, context.cast(builder, value, kind, number))] * ROWS)
    return rows


def _splat(builder: Any, value: Any) -> Any:
    kind = LONG_VECTOR if value.type == DOUBLE else ir.VectorType(value.type, WIDTH)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(INT, 0))
    zeros = ir.Constant(ir.VectorType(INT, kind.count), None)
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), zeros)


def _masks(builder: Any, start: Any, end: Any) -> list[Any]:
    """Which lanes lie before `end`."""
    left = _splat(builder, builder.trunc(builder.sub(end, start), INT))
    counts = [ir.Constant(NUMBERS, [row * WIDTH + i for i in range(WIDTH)]) for row in range(ROWS)]
    return [builder.icmp_unsigned("<", count, left) for count in counts]


def _gather(builder: Any, data: Any, numbers: Any) -> Any:
    """Entries of a table of int32."""
    if HAS_AVX512:
        values = [ir.Constant(NUMBERS, None), data, numbers, ir.Constant(MASK, [1] * WIDTH), ir.Constant(INT, 4)]
        return _call(builder, "llvm.x86.avx512.mask.gather.dpi.512", NUMBERS, values)
    found = ir.Constant(NUMBERS, ir.Undefined)
    for lane in range(WIDTH):
        index = builder.zext(builder.extract_element(numbers, ir.Constant(INT, lane)), ir.IntType(64))
        entry = builder.load(builder.gep(data, [index]))
        entry.set_metadata("alias.scope", _table_scope(builder.module))
        found = builder.insert_element(found, entry, ir.Constant(INT, lane))
    return found


def _call(builder: Any, name: str, result: Any, values: list[Any]) -> Any:
    function = builder.module.globals.get(name)
    if function is None:
        function = ir.Function(builder.module, ir.FunctionType(result, [value.type for value in values]), name)
    return builder.call(function, values)


def _table_scope(module: ir.Module) -> Any:
    domain = module.add_metadata(["greenzone"])
    return module.add_metadata([module.add_metadata(["greenzone.table", domain])])
