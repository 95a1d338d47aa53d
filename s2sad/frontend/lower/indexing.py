"""Subscripts: elements, views, stores, augmented stores."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from s2sad.frontend.lower import advanced, containers, operators, shaping
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.arguments import array_of
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, Range, SliceOf, Tup, Value, describe, integer
from s2sad.frontend.lower.views import Item as Item
from s2sad.frontend.lower.views import fitted, given_items, items_of, positions
from s2sad.frontend.lower.views import index_number as index_number
from s2sad.frontend.lower.views import is_advanced as is_advanced
from s2sad.frontend.lower.views import view_of as view_of
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

_LANES = (operator.add, operator.sub, operator.mul, operator.truediv)  # harmless where a mask is false


def get_item(c: State, base: Value, index: Value, hint: str = "t") -> Value:
    """``base[index]``."""
    if isinstance(base, Tup) and base.is_dict:
        return containers.dict_item(c, base, index)
    if isinstance(base, Tup) and base.is_sequence:
        return _tuple_item(c, base, index)
    if isinstance(base, Range) and isinstance(index, Num):
        c.refuse("a range is not subscripted", "start + step * k")
    if not isinstance(base, Arr):
        raised = (TypeError if base.weak else IndexError) if isinstance(base, Num) else None
        c.refuse(f"subscript of {describe(base)}", raises=raised)
    if is_advanced(index):
        return advanced.read(c, advanced.select(c, base, arrays_of(c, index)), hint)
    items, whole = items_of(c, base, index)
    if whole:
        return Num(ew.load(c, base, positions(c, base, items), hint))
    view = view_of(c, base, items, hint)
    copies = any(isinstance(v, Arr) for v in given_items(index))  # NumPy: a 0-d array as an index makes a copy
    return shaping.copied(c, view, hint) if copies else view


def _tuple_item(c: State, base: Tup, index: Value) -> Value:
    if isinstance(index, SliceOf):
        parts = [None if p is None else p.const for p in (index.start, index.stop, index.step)]
        if any(p is not None and v is None for p, v in zip((index.start, index.stop, index.step), parts, strict=True)):
            c.needs_static("a slice of a tuple with run-time bounds", "constant bounds")
        picked = Tup(base.items[slice(*(None if p is None else int(p) for p in parts))], None, base.is_list)
        return containers.made(c, picked) if base.is_list else picked
    if not isinstance(index, Num):
        c.refuse(f"{describe(index)} as an index of a tuple")
    if index.const is None:
        if not c.unrollable and len({v.kind for v in base.items if isinstance(v, Num)}) == 1:
            return _picked_number(c, base, index)
        c.needs_static("a tuple is indexed by a run-time value", "a loop over the tuple, or an array")
    try:
        return base.items[int(index.const)]
    except IndexError:
        c.refuse(f"index {index.const} of a tuple of {len(base.items)}")


def _picked_number(c: State, base: Tup, index: Num) -> Value:
    """An item of a tuple or list of numbers of one kind: of the array of them."""
    if not all(isinstance(v, Num) for v in base.items):
        c.refuse("a tuple is indexed by a run-time value", "a loop over the tuple, or an array")
    item = get_item(c, stack(c, base, hint="items"), index)
    assert isinstance(item, Num) and isinstance(base.items[0], Num)
    return Num(item.atom, base.items[0].weak)


def row(c: State, base: Arr, index: Num, hint: str = "t") -> Value:
    """``base[index]`` for an int."""
    return get_item(c, base, index, hint)


# ---- stores ---------------------------------------------------------------------------------------------------------


def set_item(c: State, base: Value, index: Value, value: Value) -> None:
    """``base[index] = value``."""
    array = _stored(c, base)
    if is_advanced(index):
        _set_picked(c, array, index, value)
        return
    items, whole = items_of(c, array, index)
    if whole:
        store_element(c, array, positions(c, array, items), value)
    else:
        store_whole(c, view_of(c, array, items), value)


def arrays_of(c: State, index: Value) -> list[Value]:
    """The items of ``index``, lists made arrays."""
    items = [array_of(c, v, "range") if isinstance(v, Range) else v for v in given_items(index)]
    return [stack(c, v, None if v.items else "int64") if isinstance(v, Tup) else v for v in items]


def _set_picked(c: State, array: Arr, index: Value, value: Value) -> None:
    """``array[index] = value`` for an index with arrays in it."""
    stored = stack(c, value) if isinstance(value, Tup) else ew.operand(c, value)
    items = arrays_of(c, index)
    mask = advanced.only_mask(c, array, items) if isinstance(stored, Num) else None
    if mask is None:
        advanced.write(c, advanced.select(c, array, items), stored)
    else:
        store_where(c, array, mask, Num(c.scalar(stored, array.dtype)))  # type: ignore[arg-type]


def store_where(c: State, array: Arr, mask: Arr, value: Num | Arr) -> None:
    """``array = value`` where ``mask`` is true; both broadcast to ``array`` and ``value`` has its dtype."""
    store_whole(c, array, ew.emit(c, "select", [mask, value, array], array.dtype, array.kind))


def _augment_picked(c: State, array: Arr, index: Value, function: Callable, rhs: Callable[[], Value]) -> None:
    """``array[index] <function>= rhs()``: all are read, then all are stored (the last of equal indices wins)."""
    items = arrays_of(c, index)
    mask = advanced.only_mask(c, array, items) if function in _LANES and array.dtype.startswith("float") else None
    stores = c.stores
    value = None if mask is None else ew.operand(c, rhs())
    if mask is not None and isinstance(value, Num) and c.stores == stores:
        check_in_place(c, array, function, value)
        new = operators.binary(c, function, array, value)
        assert isinstance(new, Arr)
        store_where(c, array, mask, replace(new, var=_var(ew.cast_value(c, new, array.dtype))))
        return
    if c.stores != stores:
        c.refuse("the right-hand side of this augmented store writes an array", "compute it on a line before")
    picked = advanced.select(c, array, items)
    values = advanced.read(c, picked, array.var.hint)
    in_place(c, values, function, rhs() if value is None else value)
    advanced.write(c, picked, values)


def _stored(c: State, base: Value) -> Arr:
    if isinstance(base, Tup) and not base.is_plain and base.tokens:
        c.refuse(
            f"this changes {describe(base)} that another container holds",
            "an array of two axes, a[i, j] = value, or a list that has a name of its own",
        )
    if isinstance(base, Tup) and not base.is_plain:
        c.refuse(
            f"this changes {describe(base)} that is an argument or captured",
            "a new one: [*items, value], {**table, key: value}, dataclasses.replace",
        )
    if not isinstance(base, Arr):
        raised = TypeError if isinstance(base, Num) else None
        c.refuse(f"assignment to an element of {describe(base)}", "an array", raised)
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
        atom = fitted(c, target.extents, target.var.hint, Arr(_var(atom), stored.root))
    c.mark_written(target.root)
    c.emit(n.Store(target.var, (), atom, -1, c.b.loc))


def _var(atom: n.Atom) -> n.Var:
    assert isinstance(atom, n.Var)
    return atom


def augment_item(c: State, base: Value, index: Value, function: Callable, rhs: Callable[[], Value]) -> None:
    """``base[index] <function>= rhs()``."""
    array = _stored(c, base)
    if is_advanced(index):
        _augment_picked(c, array, index, function, rhs)
        return
    items, whole = items_of(c, array, index)
    if not whole:
        view = view_of(c, array, items)
        in_place(c, view, function, rhs())
        return
    where = positions(c, array, items)
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
    check_in_place(c, target, function, operand)
    if accumulates(c, target, function, operand):
        atom = ew.cast_value(c, operand, target.dtype)
        if isinstance(operand, Arr):
            atom = fitted(c, target.extents, target.var.hint, Arr(_var(atom), operand.root))
        c.mark_written(target.root)
        c.emit(n.Accumulate(target.var, (), atom, "plain", -1, c.b.loc))
        return
    store_whole(c, target, operators.binary(c, function, target, operand))


def check_in_place(c: State, target: Arr, function: Callable, operand: Num | Arr) -> None:
    """Refuse what NumPy refuses: a result that the target's dtype does not hold."""
    own: Num | Arr = target if target.ndim else Num(n.Const(0, n.Scalar(target.dtype)))
    result = ew.result_kind(c, function, (own, operand)).dtype
    if not np.can_cast(result, target.dtype, "same_kind"):
        c.refuse(f"cannot cast from {result} to {target.dtype} in place", f"{target.var.hint} = ... (a new array)")


def stack(c: State, value: Tup, dtype: str | None = None, hint: str = "t") -> Arr:
    """``np.array`` of a tuple or list of scalars (or of equal tuples of them)."""
    if not value.is_sequence:
        c.refuse(f"{describe(value)} as an array", "its values")
    rows = [stack(c, item, dtype) if isinstance(item, Tup) else ew.operand(c, item) for item in value.items]
    if not rows:
        return c.alloc(dtype or "float64", (const(0),), None, hint)
    dtype = dtype or ew.common_dtype(tuple(replace(k, weak=False) for k in ew.kinds_of(rows)))
    first = rows[0]
    inner = first.extents if isinstance(first, Arr) else ()
    for r in rows[1:]:
        shape = r.extents if isinstance(r, Arr) else ()
        if len(shape) != len(inner):
            c.refuse("an array of rows of different shapes", "rows of one shape")
        for mine, theirs in zip(inner, shape, strict=True):
            c.check_equal(mine, theirs, "ValueError", "an array of rows of different shapes")
    result = c.alloc(dtype, (const(len(rows)), *inner), None, hint)
    for k, r in enumerate(rows):
        if isinstance(r, Num):
            store_element(c, result, (const(k),), r)
        else:
            part = row(c, result, integer(k))
            assert isinstance(part, Arr)
            store_whole(c, part, r)
    return result
