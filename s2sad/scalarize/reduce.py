"""Sums over all axes or some.

Over all axes: one ``Map`` with a ``Sum``. Over trailing axes: a ``Map`` over the kept ones around a ``Map`` with a
``Sum``. Over any other axes: a ``Map`` over all in memory order that accumulates into a zeroed array. float32 is
accumulated in float64 and rounded once (a float32 running sum of 2**25 ones stops at 2**24).
"""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir.builder import const
from s2sad.scalarize.body import Body, Box, Context, box, close
from s2sad.scalarize.index import ONE, Index, shape


def reduce_axes(call: n.Call) -> tuple[int, ...]:
    """The axes that ``call`` reduces, sorted; all of them without the attribute."""
    axis = call.attr("axis")
    if isinstance(axis, tuple):
        return axis
    return tuple(range(len(shape(call.args[0])))) if axis is None else (int(axis),)  # type: ignore[call-overload]


def kept_axes(call: n.Call) -> tuple[int, ...]:
    reduced = reduce_axes(call)
    return tuple(k for k in range(len(shape(call.args[0]))) if k not in reduced)


def result_index(call: n.Call, kept: tuple[Index, ...]) -> tuple[Index, ...]:
    """The index into ``call``'s result for the indices of the kept axes."""
    if not call.attr("keepdims", False):
        return kept
    rest = iter(kept)
    reduced = reduce_axes(call)
    return tuple(Index() if k in reduced else next(rest) for k in range(len(shape(call.args[0]))))


def accumulator(dtype: str) -> str:
    """The dtype that sums of ``dtype`` run in."""
    return "float64" if dtype in ("float32", "float16") else dtype


def lower_sum(context: Context, call: n.Call) -> None:
    """Emit ``call``, a ``sum``."""
    kept = kept_axes(call)
    if not isinstance(call.target.type, n.Array):
        _full_sum(context, call, call.target)
    elif kept == tuple(range(len(kept))):
        _trailing_sum(context, call, kept)
    else:
        _scattered_sum(context, call, kept)


def _cast(context: Context, value: n.Atom, dtype: str) -> n.Atom:
    return value if value.type.dtype == dtype else context.builder.assign("cast", value, dtype=dtype)


def _zero(dtype: str) -> n.Const:
    kind = float if dtype.startswith("float") else int
    return const(kind(0), dtype)


def _full_sum(context: Context, call: n.Call, target: n.Var) -> None:
    """``target`` = the sum over all of the operand, in the block that is open."""
    operand = call.args[0]
    iterations = box(context, shape(operand))
    _inner_sum(context, Body(context), operand, iterations, iterations.index, target)


def _inner_sum(
    context: Context, body: Body, operand: n.Atom, iterations: Box, index: tuple[Index, ...], target: n.Var
) -> None:
    """``target`` = the sum of ``operand[index]`` over ``iterations``."""
    builder = context.builder
    dtype = target.type.dtype
    running = accumulator(dtype)
    total = target if running == dtype else builder.var(target.hint, n.Scalar(running))
    with builder.block() as out:
        value = _cast(context, body.element(operand, index), running)
    close(context, iterations, out, (n.Sum(total, _zero(running), value),))
    if total is not target:
        builder.add(n.Assign(target, "cast", (total,), builder.loc))


def _trailing_sum(context: Context, call: n.Call, kept: tuple[int, ...]) -> None:
    builder = context.builder
    target = call.target
    extents = shape(call.args[0])
    builder.add(n.Alloc(target, None, "local", call.loc))
    outer = box(context, extents[: len(kept)])
    body = Body(context)
    with builder.block() as out, context.inside(*outer.indices):
        inner = box(context, extents[len(kept) :])
        total = builder.var(target.hint, n.Scalar(target.type.dtype))
        _inner_sum(context, Body(context, body), call.args[0], inner, outer.index + inner.index, total)
        builder.add(n.Store(target, body.atoms(result_index(call, outer.index)), total, -1, call.loc))
    close(context, outer, out)


def _scattered_sum(context: Context, call: n.Call, kept: tuple[int, ...]) -> None:
    builder = context.builder
    target, dtype = call.target, call.target.type.dtype
    running = accumulator(dtype)
    if running == dtype:
        sums = target
        builder.add(n.Alloc(target, _zero(dtype), "local", call.loc))
    else:
        sums = builder.alloc(target.hint, running, shape(target), _zero(running))
    iterations = box(context, shape(call.args[0]))
    body = Body(context)
    with builder.block() as out:
        value = _cast(context, body.element(call.args[0], iterations.index), running)
        index = body.atoms(result_index(call, tuple(iterations.index[k] for k in kept)))
        builder.add(n.Accumulate(sums, index, value, "reduced", -1, call.loc))
    alone = all(shape(call.args[0])[k] == ONE for k in reduce_axes(call))
    close(context, iterations, _plain(out) if alone else out)
    if sums is not target:
        builder.add(n.Alloc(target, None, "local", call.loc))
        rounded = box(context, shape(target))
        body = Body(context)
        with builder.block() as out:
            at = body.atoms(rounded.index)
            value = _cast(context, builder.load(sums, at, target.hint), dtype)
            builder.add(n.Store(target, at, value, -1, call.loc))
        close(context, rounded, out)


def _plain(body: list[n.Stmt]) -> list[n.Stmt]:
    """No two iterations meet where the reduced axes have one element."""
    last = body[-1]
    assert isinstance(last, n.Accumulate)
    return [*body[:-1], n.Store(last.array, last.index, last.value, -1, last.loc)]
