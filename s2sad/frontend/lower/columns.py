"""Lists of run-time length: the items are rows of arrays, one per number or array in an item.

A ``for`` loop that appends makes room before it starts. Where nothing says how often a list is appended to (``while``,
loops inside one another, a second loop), its memory grows with it, as a tape does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from s2sad.frontend.lower import containers, indexing, slices
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.kinds_of_items import Cell, Cells, holds, kind_of, kind_of_column, one_kind
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import (
    Arr,
    Column,
    Fields,
    Iterated,
    Num,
    Rows,
    SliceOf,
    Tup,
    Value,
    describe,
    integer,
)  # fmt: skip
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

ROOM = 4  # items for which a list that grows has room at first


def memory(c: State, kind: Cell | Cells, room: n.Atom, name: str, grows: bool = False) -> Rows | Fields:
    """Variables for ``room`` items, whose ``Alloc`` is yet to be made (``allocate``)."""
    if isinstance(kind, Cells):
        parts = tuple(memory(c, part, room, f"{name}_{k}", grows) for k, part in enumerate(kind.items))
        return Fields(parts, kind.cls, kind.is_list)
    array = c.fresh(c.b.var(name, n.Array(kind.dtype, (room, *kind.shape))))
    array.root.grows = grows
    array.root.freeze(f"it holds the items of the list {name.partition('.')[0]}")
    return Rows(array, kind.weak)


def allocate(c: State, rows: Rows | Fields) -> None:
    """Make the memory of ``rows``."""
    for array in rows.arrays:
        c.emit(n.Alloc(array.var, None, "local", c.b.loc))


# ---- storing --------------------------------------------------------------------------------------------------------


def store(
    c: State, rows: Rows | Fields, at: n.Atom, item: Value, name: str, loops: Sequence[tuple[int, int]] = ()
) -> None:
    """Put ``item`` into the memory of a list. An array in it is copied, so it must not be written any more.

    ``loops`` of which each trip comes here (``State.loops``): their next trip would write what they have written.
    """
    if isinstance(rows, Fields):
        if not isinstance(item, Tup) or (item.cls, item.is_list, len(item.items)) != (
            rows.cls, rows.is_list, len(rows.items),
        ):  # fmt: skip
            c.refuse(f"{name} holds tuples of one kind and gets {describe(item)}", "items of one kind")
        for part, value in zip(rows.items, item.items, strict=True):
            store(c, part, at, value, name, loops)
        return
    column = rows.array
    if isinstance(item, Num) and column.ndim == 1:
        if item.dtype != column.dtype and not holds(column.dtype, item):
            c.refuse(f"{name} holds {column.dtype} and gets {describe(item)}", "float(x)")
        c.emit(n.Store(column.var, (at,), c.scalar(item, column.dtype), -1, c.b.loc))
        return
    if not isinstance(item, Arr) or item.ndim != column.ndim - 1 or item.dtype != column.dtype:
        c.refuse(f"{name} holds {describe(column)}s' rows and gets {describe(item)}", "items of one kind")
    for a, b in zip(column.extents[1:], item.extents, strict=True):
        c.check_equal(a, b, "ValueError", f"the items of {name} must have one shape")
    if any(r.written and r.serial <= serial and r.last > stores for r in item.root.all() for serial, stores in loops):
        c.refuse(f"{item.root.name} is written and is an item of {name}", f"{name}.append({item.root.name}.copy())")
    item.root.freeze(f"since line {c.b.loc.line} it is an item of the list {name}")
    whole = tuple(n.Slice(const(0), const(1), e) for e in column.extents[1:])
    row = c.view(column, (n.At(at), *whole), column.extents[1:], "C")
    c.emit(n.Store(row.var, (), item.var, -1, c.b.loc))


def appended(c: State, name: str, value: Column, item: Value, inner: frozenset) -> Column:
    """``value`` with ``item`` at its end; ``inner`` are the tokens of the lists in ``item``."""
    closed = not value.grows and not value.open
    if closed:
        value = _with_room(c, name, value)
    at = length(c, value).atom
    value = replace(value, rows=_strengthened(value.rows, item), inner=value.inner | inner)
    loops = c.loops[value.open - 1 :] if value.open else ()
    if value.grows:
        rows = c.int_op("add", at, const(1))
        for array in value.rows.arrays:
            c.emit(n.Grow(array.var, rows, c.b.loc))
        store(c, value.rows, at, item, name, loops)
        return replace(value, count=Num(rows, True, 32))
    store(c, value.rows, at, item, name, loops)
    if closed:
        return replace(value, count=ew.extent(value.rows.arrays[0].extents[0]))
    return replace(value, added=value.added + 1, most=value.most + 1)


def _strengthened(rows: Rows | Fields, item: Value) -> Rows | Fields:
    """``rows`` that hold ``item`` too: numbers of which one is NumPy's are not weak any more."""
    if isinstance(rows, Fields):
        items = item.items if isinstance(item, Tup) and len(item.items) == len(rows.items) else ()
        return replace(rows, items=tuple(map(_strengthened, rows.items, items))) if items else rows
    return replace(rows, weak=rows.weak and isinstance(item, Num) and item.weak)


def _with_room(c: State, name: str, value: Column) -> Column:
    """``value`` in memory of its own, with room for one more item."""
    count = length(c, value).atom
    rows = memory(c, kind_of_column(value), c.int_op("add", count, const(1)), name)
    store_items(c, rows, value, name)
    return replace(value, rows=rows, count=Num(count, True, 32), added=0)


def copy_items(c: State, rows: Rows | Fields, value: Column) -> None:
    """Store the items of ``value`` at the start of ``rows``."""
    count = length(c, value).atom
    for new, old in zip(rows.arrays, value.rows.arrays, strict=True):
        c.emit(n.Store(_first(c, new, count).var, (), _first(c, old, count).var, -1, c.b.loc))


# ---- reading --------------------------------------------------------------------------------------------------------


def length(c: State, value: Column) -> Num:
    """``len`` of a list of run-time length."""
    return ew.extent(c.int_op("add", value.count.atom, const(value.added)))


def _count(c: State, value: Column) -> n.Atom:
    """How many items there are, as the extent of an array of them."""
    count = length(c, value).atom
    if value.open and not value.grows and isinstance(count, n.Var):
        count = c.int_min(count, value.rows.arrays[0].extents[0])  # for those who count the room of tapes
    return count


def _first(c: State, array: Arr, count: n.Atom) -> Arr:
    """The first ``count`` rows."""
    if count == array.extents[0] and not array.root.grows:
        return array
    rest = tuple(n.Slice(const(0), const(1), e) for e in array.extents[1:])
    items = (n.Slice(const(0), const(1), count), *rest)
    return c.view(array, items, (count, *array.extents[1:]), "C", array.var.hint)


def as_array(c: State, value: Column) -> Arr:
    """The items as one array, which is not written."""
    count = _count(c, value)
    if isinstance(value.rows, Rows):
        return _first(c, value.rows.array, count)
    return _stacked(c, value.rows, count)


def _stacked(c: State, rows: Fields, count: n.Atom) -> Arr:
    """The array of items that are tuples: one more axis for what is in them."""
    parts = [_first(c, p.array, count) if isinstance(p, Rows) else _stacked(c, p, count) for p in rows.items]
    first = parts[0]
    if len({(p.dtype, p.ndim) for p in parts}) > 1:
        c.refuse("an array of a list of tuples whose items are of several kinds", "an array of each: [a for a, b in l]")
    result = c.alloc(first.dtype, (count, const(len(parts)), *first.extents[1:]), None, first.var.hint)
    whole = SliceOf(None, None, None)
    for k, part in enumerate(parts):
        for a, b in zip(first.extents[1:], part.extents[1:], strict=True):
            c.check_equal(a, b, "ValueError", "the items of a list that becomes an array must have one shape")
        view = indexing.view_of(c, result, [whole, integer(k), *[whole] * (part.ndim - 1)])
        c.emit(n.Store(view.var, (), part.var, -1, c.b.loc))
    return result


def item(c: State, value: Column, index: Value, hint: str = "t") -> Value:
    """``value[index]``."""
    if isinstance(index, SliceOf):
        rows = _sliced(c, value.rows, _count(c, value), index, hint)
        return containers.made(c, Column(rows, ew.extent(rows.arrays[0].extents[0]), inner=value.inner))
    return _item(c, value.rows, _count(c, value), index, hint)


def _item(c: State, rows: Rows | Fields, count: n.Atom, index: Value, hint: str) -> Value:
    if isinstance(rows, Fields):
        parts = (_item(c, part, count, index, f"{hint}_{k}") for k, part in enumerate(rows.items))
        return Tup(tuple(parts), rows.cls, rows.is_list)
    found = indexing.get_item(c, _first(c, rows.array, count), index, hint)
    return Num(found.atom, rows.weak) if isinstance(found, Num) else found


def _sliced(c: State, rows: Rows | Fields, count: n.Atom, index: SliceOf, hint: str) -> Rows | Fields:
    if isinstance(rows, Fields):
        parts = (_sliced(c, part, count, index, f"{hint}_{k}") for k, part in enumerate(rows.items))
        return Fields(tuple(parts), rows.cls, rows.is_list)
    found = indexing.get_item(c, _first(c, rows.array, count), index, hint)
    assert isinstance(found, Arr)
    return Rows(found, rows.weak)


def copied(c: State, value: Column) -> Column:
    """``list(value)``: a list of its own, of the same items."""
    new = Column(value.rows, length(c, value), inner=value.inner)
    return containers.made(c, new)


def transposed(c: State, value: Value) -> Iterated | None:
    """``zip(*value)`` of a list of tuples; ``None`` for other values."""
    if not isinstance(value, Column) or not isinstance(value.rows, Fields):
        return None
    count = length(c, value)
    ok = c.assign("gt", (count.atom, const(0)), "bool", "ok")
    c.check(ok, "ValueError", "zip(*l) of an empty list has nothing to unpack")
    return Iterated(Tup(tuple(Column(part, count, inner=value.inner) for part in value.rows.items)))


def derefed(c: State, value: Value) -> Value:
    """``value`` as NumPy's functions take it."""
    if isinstance(value, Iterated):
        return value.base
    return as_array(c, value) if isinstance(value, Column) else value


def picked(c: State, items: tuple[Value, ...], index: Num, hint: str) -> Value | None:
    """The one of ``items`` that a run-time ``index`` says, ``None`` if they are not of one kind."""
    if not items or not one_kind(items):
        return None
    rows = memory(c, kind_of(c, items), const(len(items)), hint)
    store_items(c, rows, Tup(items), hint, ((c.serial, 0),))
    return _item(c, rows, const(len(items)), index, hint)


def count_of(c: State, value: Value | None) -> n.Atom:
    """How many items a list has, of run-time length or not."""
    if isinstance(value, Column):
        return length(c, value).atom
    return const(len(value.items) if isinstance(value, Tup) else 0)


def store_items(
    c: State, rows: Rows | Fields, value: Value | None, name: str, loops: Sequence[tuple[int, int]] = ()
) -> None:
    """Make the memory ``rows`` and put the items of the list ``value`` into it."""
    allocate(c, rows)
    if isinstance(value, Column):
        copy_items(c, rows, value)
    elif isinstance(value, Tup):
        for k, one in enumerate(value.items):
            store(c, rows, const(k), one, name, loops)


def get(c: State, base: Value, index: Value, hint: str = "t") -> Value:
    """``base[index]`` of a list or tuple, of run-time length or not."""
    if isinstance(base, Column):
        return item(c, base, index, hint)
    if isinstance(base, Tup) and base.is_sequence and isinstance(index, Num) and index.const is None:
        found = None if c.unrollable else picked(c, base.items, index, hint)
        if found is not None:
            return found
    return indexing.get_item(c, base, index, hint)


def with_item(c: State, name: str, value: Column, index: Value, item: Value) -> Column:
    """``value`` with another item, in memory of its own: what was read from it stays as it is."""
    if not isinstance(index, Num):
        c.refuse("a part of a list of run-time length is assigned", "its items one by one")
    count = length(c, value).atom
    rows = memory(c, kind_of_column(value), count, name)
    store_items(c, rows, value, name)
    store(c, rows, slices.position(c, index, count), item, name, ((c.serial, 0),))
    return replace(value, rows=rows, count=ew.extent(count), added=0, most=0, open=0, grows=False)


def joined(a: Rows | Fields, b: Rows | Fields) -> Rows | Fields:
    """The same memory with numbers that are weak if they are so in both."""
    if isinstance(a, Fields) and isinstance(b, Fields):
        return replace(a, items=tuple(joined(x, y) for x, y in zip(a.items, b.items, strict=True)))
    assert isinstance(a, Rows) and isinstance(b, Rows)
    return replace(a, weak=a.weak and b.weak)
