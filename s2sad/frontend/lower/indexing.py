"""Subscripts: elements, views, stores, augmented stores."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from s2sad.frontend.lower import containers, operators
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.slices import bounds, position
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, Range, SliceOf, Static, Tup, Value, describe, integer
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

Item: TypeAlias = "Num | SliceOf | None"  # an index, a slice, a new axis


def index_number(c: State, value: Value) -> Num:
    """``value`` as an int scalar."""
    if isinstance(value, Arr) and value.ndim == 0:
        value = Num(ew.load(c, value, ()))
    if not isinstance(value, Num) or not value.dtype.startswith(("int", "uint")):
        c.refuse(f"{describe(value)} as an index", "an int or a slice")
    return value


def get_item(c: State, base: Value, index: Value, hint: str = "t") -> Value:
    """``base[index]``."""
    if isinstance(base, Tup) and base.is_dict:
        return containers.dict_item(c, base, index)
    if isinstance(base, Tup) and base.is_sequence:
        return _tuple_item(c, base, index)
    if isinstance(base, Range) and isinstance(index, Num):
        c.refuse("a range is not subscripted", "start + step * k")
    if not isinstance(base, Arr):
        c.refuse(f"subscript of {describe(base)}")
    items, whole = _items(c, base, index)
    if whole:
        return Num(ew.load(c, base, _positions(c, base, items), hint))
    return view_of(c, base, items, hint)


def _tuple_item(c: State, base: Tup, index: Value) -> Value:
    if isinstance(index, SliceOf):
        parts = [None if p is None else p.const for p in (index.start, index.stop, index.step)]
        if any(p is not None and v is None for p, v in zip((index.start, index.stop, index.step), parts, strict=True)):
            c.needs_static("a slice of a tuple with run-time bounds", "constant bounds")
        return Tup(base.items[slice(*(None if p is None else int(p) for p in parts))], None, base.is_list)
    if not isinstance(index, Num):
        c.refuse(f"{describe(index)} as an index of a tuple")
    if index.const is None:
        c.needs_static("a tuple is indexed by a run-time value", "a loop over the tuple, or an array")
    try:
        return base.items[int(index.const)]
    except IndexError:
        c.refuse(f"index {index.const} of a tuple of {len(base.items)}")


def _items(c: State, base: Arr, index: Value) -> tuple[list[Item], bool]:
    """One item per axis and new axis; whether they name one element (no ``...`` among them)."""
    given = list(index.items) if isinstance(index, Tup) and index.is_plain else [index]
    ellipses = [k for k, v in enumerate(given) if isinstance(v, Static) and v.value is Ellipsis]
    if len(ellipses) > 1:
        c.refuse("an index can only have a single ellipsis ('...')")
    items: list[Any] = [_item(c, v) for v in given]
    axes = sum(i is not None and i is not Ellipsis for i in items)
    if axes > base.ndim:
        c.refuse(f"{axes} indices for {describe(base)} ({base.var.hint})")
    at = ellipses[0] if ellipses else len(items)
    full = [SliceOf(None, None, None)] * (base.ndim - axes)
    items[at : at + 1] = full
    return items, not ellipses and all(isinstance(i, Num) for i in items)


def _item(c: State, value: Value) -> Any:
    match value:
        case Static(value=None):
            return None
        case Static(value=v) if v is Ellipsis:
            return Ellipsis
        case SliceOf():
            return value
        case Num(dtype="bool"):
            c.refuse("a bool as an index", "an if, or np.where")
        case Arr() if value.ndim > 0:
            what = "a mask" if value.dtype == "bool" else "an array"
            c.refuse(
                f"{what} as an index (advanced indexing) is not supported yet", "np.where, or a loop over the indices"
            )
        case Tup():
            c.refuse("a list as an index (advanced indexing) is not supported yet", "a loop over the indices")
    return index_number(c, value)


def _positions(c: State, base: Arr, items: list[Item]) -> tuple[n.Atom, ...]:
    return tuple(position(c, i, e) for i, e in zip(items, base.extents, strict=True) if isinstance(i, Num))


def view_of(c: State, base: Arr, items: list[Item], hint: str = "t") -> Arr:
    """The view that ``items`` select; ``base`` itself if they select all of it."""
    parts: list[n.ViewItem] = []
    extents: list[n.Atom] = []
    axis = 0
    for item in items:
        if item is None:
            parts.append(n.NewAxis())
            extents.append(const(1))
            continue
        extent = base.extents[axis]
        if isinstance(item, Num):
            parts.append(n.At(position(c, item, extent)))
        else:
            part = bounds(c, item, extent)
            parts.append(part)
            extents.append(part.extent)
        axis += 1
    if all(_is_full(p, e) for p, e in zip(parts, base.extents, strict=False)) and len(parts) == base.ndim:
        return base
    hint = base.var.hint if hint == "t" else hint
    return c.view(base, tuple(parts), tuple(extents), layout(base, parts), hint)


def _is_full(part: n.ViewItem, extent: n.Atom) -> bool:
    return isinstance(part, n.Slice) and part.extent == extent and part.start == const(0) and part.step == const(1)


def layout(base: Arr, parts: list[n.ViewItem]) -> str:
    """C if the view is contiguous by construction: indices, then one slice of step 1, then whole axes."""
    if base.type.layout != "C":
        return "A"
    state = 0  # 0: only indices so far, 1: after the slice
    axis = 0
    for part in parts:
        if isinstance(part, n.NewAxis):
            continue
        if isinstance(part, n.At) and state > 0:
            return "A"
        if isinstance(part, n.Slice):
            if state > 0 and not _is_full(part, base.extents[axis]):
                return "A"
            if part.step != const(1):
                return "A"
            state = 1
        axis += 1
    return "C"


def row(c: State, base: Arr, index: Num, hint: str = "t") -> Value:
    """``base[index]`` for an int."""
    return get_item(c, base, index, hint)


# ---- stores ---------------------------------------------------------------------------------------------------------


def set_item(c: State, base: Value, index: Value, value: Value) -> None:
    """``base[index] = value``."""
    array = _stored(c, base)
    items, whole = _items(c, array, index)
    if whole:
        store_element(c, array, _positions(c, array, items), value)
    else:
        store_whole(c, view_of(c, array, items), value)


def _stored(c: State, base: Value) -> Arr:
    if isinstance(base, Tup) and not base.is_plain:
        c.refuse(
            f"this changes {describe(base)} that is an argument or captured",
            "a new one: [*items, value], {**table, key: value}, dataclasses.replace",
        )
    if not isinstance(base, Arr):
        c.refuse(f"assignment to an element of {describe(base)}", "an array")
    return base


def store_element(c: State, array: Arr, index: tuple[n.Atom, ...], value: Value) -> None:
    """``array[index] = value`` for one element, cast as NumPy does."""
    stored = ew.operand(c, value)
    if isinstance(stored, Arr):
        c.refuse(f"{describe(stored)} is stored into one element of {array.var.hint}", "index the array")
    atom = c.scalar(stored, array.dtype)
    c.mark_written(array.root)
    c.emit(n.Store(array.var, index, atom, -1, c.b.loc))


def store_whole(c: State, target: Arr, value: Value) -> None:
    """``target[...] = value``, broadcast and cast as NumPy does."""
    if isinstance(value, Tup):
        value = stack(c, value)
    stored = ew.operand(c, value)
    atom = ew.cast_value(c, stored, target.dtype)
    if isinstance(stored, Arr):
        atom = _fitted(c, target, Arr(_var(atom), stored.root))
    c.mark_written(target.root)
    c.emit(n.Store(target.var, (), atom, -1, c.b.loc))


def _var(atom: n.Atom) -> n.Var:
    assert isinstance(atom, n.Var)
    return atom


def _fitted(c: State, target: Arr, value: Arr) -> n.Var:
    """``value`` with at most the target's dimensions, its extents checked against the target's."""
    while value.ndim > target.ndim:
        if not ew.is_one(value.extents[0]):
            c.refuse(f"could not broadcast {describe(value)} into {describe(target)}", "index the value")
        value = row(c, value, integer(0))  # type: ignore[assignment]
    for axis in range(-value.ndim, 0):
        value = ew.one_on(c, value, axis, [target.extents[axis]])
        mine, theirs = target.extents[axis], value.extents[axis]
        if ew.is_one(theirs):
            continue
        one_possible = not isinstance(theirs, n.Const)
        message = f"could not broadcast input array: axis {axis} of {value.var.hint} and of {target.var.hint} differ"
        c.check_equal(mine, theirs, "SizeOne" if one_possible else "ValueError", message)
    return value.var


def augment_item(c: State, base: Value, index: Value, function: Callable, rhs: Callable[[], Value]) -> None:
    """``base[index] <function>= rhs()``."""
    array = _stored(c, base)
    items, whole = _items(c, array, index)
    if not whole:
        view = view_of(c, array, items)
        in_place(c, view, function, rhs())
        return
    where = _positions(c, array, items)
    mark, stores = len(c.b.out), c.stores
    value = ew.operand(c, rhs())
    if isinstance(value, Num) and c.stores == stores and accumulates(c, array, function, value):
        c.mark_written(array.root)
        c.emit(n.Accumulate(array.var, where, c.scalar(value, array.dtype), "plain", -1, c.b.loc))
        return
    old = n.Var(c.b.names.fresh(array.var.hint), n.Scalar(array.dtype))
    c.b.out.insert(mark, n.Load(old, array.var, where, -1, c.b.loc))  # Python reads it before the right-hand side
    c.declare(old)
    store_element(c, array, where, operators.binary(c, function, Num(old), value))


def accumulates(c: State, array: Arr, function: Callable, value: Num | Arr) -> bool:
    """Whether ``array += value`` happens in the array's own dtype, so that it is an ``Accumulate``."""
    if function is not operator.add or array.dtype == "bool":
        return False
    return ew.result_kind(c, operator.add, (Num(n.Const(0, n.Scalar(array.dtype))), value)).dtype == array.dtype


def in_place(c: State, target: Arr, function: Callable, value: Value) -> None:
    """``target <function>= value`` into the target's memory."""
    if function is operator.matmul:
        c.refuse("@= in place", "a = a @ b")
    operand = ew.operand(c, value)
    own: Num | Arr = target if target.ndim else Num(n.Const(0, n.Scalar(target.dtype)))
    result = ew.result_kind(c, function, (own, operand)).dtype
    if not np.can_cast(result, target.dtype, "same_kind"):
        c.refuse(f"cannot cast from {result} to {target.dtype} in place", f"{target.var.hint} = ... (a new array)")
    if accumulates(c, target, function, operand):
        atom = ew.cast_value(c, operand, target.dtype)
        if isinstance(operand, Arr):
            atom = _fitted(c, target, Arr(_var(atom), operand.root))
        c.mark_written(target.root)
        c.emit(n.Accumulate(target.var, (), atom, "plain", -1, c.b.loc))
        return
    store_whole(c, target, operators.binary(c, function, target, operand))


def stack(c: State, value: Tup, dtype: str | None = None, hint: str = "t") -> Arr:
    """``np.array`` of a tuple or list of scalars (or of equal tuples of them)."""
    if not value.is_sequence:
        c.refuse(f"{describe(value)} as an array", "its values")
    rows = [stack(c, item, dtype) if isinstance(item, Tup) else ew.operand(c, item) for item in value.items]
    if not rows:
        return c.alloc(dtype or "float64", (const(0),), None, hint)
    dtype = dtype or ew.common_dtype(ew.kinds_of(rows))
    first = rows[0]
    inner = first.extents if isinstance(first, Arr) else ()
    if any((r.extents if isinstance(r, Arr) else ()) != inner for r in rows):
        c.refuse("an array of rows of different shapes", "rows of one known shape")
    result = c.alloc(dtype, (const(len(rows)), *inner), None, hint)
    for k, r in enumerate(rows):
        if isinstance(r, Num):
            store_element(c, result, (const(k),), r)
        else:
            part = row(c, result, integer(k))
            assert isinstance(part, Arr)
            store_whole(c, part, r)
    return result
