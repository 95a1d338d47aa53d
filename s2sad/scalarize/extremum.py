"""``max``, ``min``, ``argmax`` and ``argmin``: a serial search for the place, then one load of the value there.

The place is integers found by comparisons, so the derivative of the value goes to exactly one element. NumPy's order:
the first of equal extrema, and the first nan before everything.
"""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir.builder import BOOL, INT
from s2sad.scalarize.body import Body, Context, box, close
from s2sad.scalarize.index import ONE, ZERO, Index, shape
from s2sad.scalarize.reduce import kept_axes, reduce_axes, result_index

_WHOLE = {"max": "maximum", "min": "minimum"}


def lower_extremum(context: Context, call: n.Call) -> None:
    """Emit ``call``; its operand is memory or a view of memory."""
    builder = context.builder
    operand = call.args[0]
    assert isinstance(operand, n.Var)
    _check_not_empty(context, call)
    if not isinstance(call.target.type, n.Array):
        _result(context, call, operand, (), Body(context), call.target)
        return
    kept = kept_axes(call)
    builder.add(n.Alloc(call.target, None, "local", call.loc))
    iterations = box(context, tuple(shape(operand)[k] for k in kept))
    body = Body(context)
    with builder.block() as out, context.inside(*iterations.indices):
        result = _result(context, call, operand, iterations.index, body, None)
        index = body.atoms(result_index(call, iterations.index))
        builder.add(n.Store(call.target, index, result, -1, call.loc))
    close(context, iterations, out)


def _check_not_empty(context: Context, call: n.Call) -> None:
    """NumPy's error for an extremum over no elements (none is needed if there is no result either)."""
    extents = shape(call.args[0])
    conditions: list[tuple[str, n.Atom]] = [
        ("gt", extents[k]) for k in reduce_axes(call) if not isinstance(extents[k], n.Const) or extents[k] == ZERO
    ]
    if not conditions:
        return
    builder = context.builder
    ok: n.Atom | None = None
    for op, extent in conditions:
        positive = builder.assign(op, extent, ZERO, dtype="bool")
        ok = positive if ok is None else builder.assign("and", ok, positive, dtype="bool")
    for k in kept_axes(call):
        if not isinstance(extents[k], n.Const):
            empty = builder.assign("eq", extents[k], ZERO, dtype="bool")
            ok = builder.assign("or", ok, empty, dtype="bool") if ok is not None else empty
    if call.fn in _WHOLE:
        message = f"zero-size array to reduction operation {_WHOLE[call.fn]} which has no identity"
    else:
        message = f"attempt to get {call.fn} of an empty sequence"
    assert ok is not None
    builder.add(n.Check(ok, "ValueError", message, call.loc))


def _result(
    context: Context, call: n.Call, operand: n.Var, kept: tuple[Index, ...], body: Body, target: n.Var | None
) -> n.Atom:
    """The extremum, or its place, of ``operand`` over the reduced axes at ``kept``; bound to ``target`` if given."""
    builder = context.builder
    reduced = reduce_axes(call)
    place = _search(context, call, operand, kept, body)
    if call.fn in _WHOLE:
        array, index = body.locate(operand, _merge(reduced, kept, tuple(Index.of(p) for p in place)))
        value = target or builder.var(call.target.hint, n.Scalar(call.target.type.dtype))
        builder.add(n.Load(value, array, body.atoms(index), -1, call.loc))
        return value
    flat: n.Atom = place[0]
    for axis, p in zip(reduced[1:], place[1:], strict=True):
        flat = builder.assign("mul", flat, shape(operand)[axis], dtype="int64")
        flat = builder.assign("add", flat, p, dtype="int64")
    if target is not None:
        builder.add(n.Assign(target, "copy", (flat,), call.loc))
    return flat


def _merge(reduced: tuple[int, ...], kept: tuple[Index, ...], place: tuple[Index, ...]) -> tuple[Index, ...]:
    rest, found = iter(kept), iter(place)
    return tuple(next(found) if k in reduced else next(rest) for k in range(len(kept) + len(place)))


def _search(context: Context, call: n.Call, operand: n.Var, kept: tuple[Index, ...], body: Body) -> tuple[n.Atom, ...]:
    """Index of the extremum in each reduced axis: nested serial loops that carry the best element and its place."""
    builder = context.builder
    reduced = reduce_axes(call)
    looped = [axis for axis in reduced if shape(operand)[axis] != ONE]
    loops = context.index_variables(len(looped))
    first = body.element(operand, _merge(reduced, kept, tuple(Index() for _ in reduced)))
    best: list[n.Atom] = [first, *(ZERO for _ in looped)]

    def nest(depth: int, state: list[n.Atom], scope: Body) -> list[n.Atom]:
        if depth == len(looped):
            at = iter(loops)
            index = tuple(Index.of(next(at)) if axis in looped else Index() for axis in reduced)
            value = scope.element(operand, _merge(reduced, kept, index))
            better = _better(context, call, value, state[0])
            taken = [value, *loops]
            return [_select(context, better, new, old) for new, old in zip(taken, state, strict=True)]
        inner = [builder.var(_hint(a, k, loops), _type(a)) for k, a in enumerate(state)]
        outer = [builder.var(v.hint, v.type) for v in inner]
        with builder.block() as out:
            done = nest(depth + 1, list(inner), Body(context, scope))
        carries = tuple(n.Carry(i, a, d, o) for i, a, d, o in zip(inner, state, done, outer, strict=True))
        stop = shape(operand)[looped[depth]]
        builder.add(n.For(loops[depth], ZERO, stop, ONE, carries, tuple(out), builder.loc))
        return list(outer)

    places = iter(nest(0, best, body)[1:])
    return tuple(next(places) if axis in looped else ZERO for axis in reduced)


def _hint(state: n.Atom, k: int, loops: list[n.Var]) -> str:
    return "best" if k == 0 else f"{loops[k - 1].hint}_best"


def _type(a: n.Atom) -> n.Scalar:
    return n.Scalar(a.type.dtype) if a.type.dtype != "int64" else INT


def _select(context: Context, condition: n.Atom, new: n.Atom, old: n.Atom) -> n.Var:
    return context.builder.assign("select", condition, new, old, dtype=new.type.dtype)


def _better(context: Context, call: n.Call, value: n.Atom, best: n.Atom) -> n.Atom:
    """Whether ``value`` replaces ``best``: beyond it, or the first nan."""
    assign = context.builder.assign
    if value.type.dtype == BOOL.dtype:
        value, best = assign("cast", value, dtype="int64"), assign("cast", best, dtype="int64")
    beyond = assign("gt" if call.fn in ("max", "argmax") else "lt", value, best, dtype="bool")
    if not value.type.dtype.startswith("float"):
        return beyond
    is_nan = assign("ne", value, value, dtype="bool")
    was_number = assign("eq", best, best, dtype="bool")
    return assign("or", beyond, assign("and", is_nan, was_number, dtype="bool"), dtype="bool")
