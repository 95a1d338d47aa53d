"""What a for loop runs over, and the assignment of one value to a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

from s2sad.frontend.lower import columns, containers, indexing
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import (
    Arr,
    Column,
    Enumerate,
    Iterated,
    Num,
    Range,
    Reversed,
    Tup,
    Value,
    Zip,
    describe,
    integer,
)  # fmt: skip
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

Item = Callable[[], Value]
_LISTED = 100  # the ints of a range that become a list of their own


@dataclass(frozen=True)
class Trips:
    """A run-time loop: the range of its index, and what the target gets for an index."""

    start: Num
    stop: Num
    step: Num
    item: Callable[[Num], Value]


def static_items(c: State, value: Value) -> list[Value] | None:
    """The values that iterating over ``value`` gives, if they are known; ``None`` for arrays and ranges."""
    match value:
        case Tup() if value.is_dict:
            return [containers.of_key(k) for k in containers.names_of(value)]
        case Tup() if value.is_sequence:
            return list(value.items)
        case Zip() | Enumerate():
            made = static_trips(c, value)
            return None if made is None else [item() for item in made]
        case Reversed():
            items = static_items(c, value.base)
            return None if items is None else items[::-1]
        case Iterated():
            return static_items(c, value.base)
    return None


def static_trips(c: State, value: Value) -> list[Item] | None:
    """As ``static_items``; each is computed when its trip begins: a trip may write what the loop runs over."""
    match value:
        case Zip():
            return _static_zip(c, value)
        case Enumerate():
            items = static_trips(c, value.base)
            if items is None:
                return None
            counts = [_plus(c, value.start, integer(k)) for k in range(len(items))]
            return [lambda k=k, item=item: Tup((k, item())) for k, item in zip(counts, items, strict=True)]
        case Iterated():
            return static_trips(c, value.base)
    items = static_items(c, value)
    return None if items is None else [lambda v=v: v for v in items]


def counted_items(c: State, value: Value) -> list[Value] | None:
    """The values that iterating over ``value`` gives, if they are known: of ranges too, where it is to be a list."""
    items = static_items(c, value)
    base = value.base if isinstance(value, Reversed) else value
    if items is not None or not isinstance(base, Range) or base.step.const is None:
        return items
    found = trips(c, value)
    count = trip_count(c, found)
    if not isinstance(count, n.Const) or count.value > _LISTED:
        return None
    return [_nth(c, found, integer(k)) for k in range(int(count.value))]


def _static_zip(c: State, value: Zip) -> list[Item] | None:
    parts = [static_trips(c, v) for v in value.items]
    lengths = [len(p) for p in parts if p is not None]
    if not lengths:
        return None
    columns: list[list[Item]] = []
    for given, items in zip(value.items, parts, strict=True):
        if items is None:
            t = trips(c, given)
            length = trip_count(c, t)
            if not isinstance(length, n.Const):
                c.refuse("zip of a tuple and of something of run-time length", "index the array: x[k]")
            lengths.append(int(length.value))
            items = [lambda k=k, t=t: _nth(c, t, integer(k)) for k in range(min(lengths))]
        columns.append(items)
    return [lambda row=row: Tup(tuple(item() for item in row)) for row in zip(*columns, strict=False)]


def trips(c: State, value: Value) -> Trips:
    """The run-time loop over ``value``."""
    match value:
        case Range():
            return Trips(value.start, value.stop, value.step, lambda i: i)
        case Arr() if value.ndim > 0:
            return _counted(value.extents[0], lambda k: indexing.row(c, value, k))
        case Column():
            held = columns.copied(c, value)
            return _counted(held.count.atom, lambda k: columns.item(c, held, k))
        case Reversed(base=Range() as r):
            return _reversed_range(c, r)
        case Reversed():
            inner = trips(c, value.base)
            length = trip_count(c, inner)
            last = Num(c.int_op("sub", length, const(1)), True, 32)
            return _counted(length, lambda k: _nth(c, inner, _minus(c, last, k)))
        case Enumerate():
            base, start = trips(c, value.base), value.start
            return _counted(trip_count(c, base), lambda k: Tup((_plus(c, k, start), _nth(c, base, k))))
        case Zip():
            parts = [trips(c, v) for v in value.items]
            length: n.Atom = trip_count(c, parts[0])
            for p in parts[1:]:
                length = c.int_min(length, trip_count(c, p), "n")
            return _counted(length, lambda k: Tup(tuple(_nth(c, p, k) for p in parts)))
    c.refuse(f"a loop over {describe(value)}", "a loop over range(...), an array or a tuple")


def _counted(length: n.Atom, item: Callable[[Num], Value]) -> Trips:
    return Trips(integer(0), ew.extent(length), integer(1), item)


def _plus(c: State, a: Num, b: Num) -> Num:
    atom = c.int_op("add", c.scalar(a, "int64"), c.scalar(b, "int64"))
    return integer(int(atom.value)) if isinstance(atom, n.Const) else Num(atom, True, min(63, max(a.bits, b.bits) + 1))


def _minus(c: State, a: Num, b: Num) -> Num:
    return Num(c.int_op("sub", c.scalar(a, "int64"), c.scalar(b, "int64")), True, min(63, max(a.bits, b.bits) + 1))


def _nth(c: State, t: Trips, k: Num) -> Value:
    """The item of trip ``k``."""
    atom = c.int_op("mul", c.scalar(k, "int64"), c.scalar(t.step, "int64"))
    offset = Num(atom, True, min(63, k.bits + t.step.bits))
    return t.item(_plus(c, t.start, offset))


def trip_count(c: State, t: Trips) -> n.Atom:
    """The number of trips."""
    step = t.step.const
    if step is None:
        c.refuse("the length of a range whose step is not a constant", "a constant step")
    start, stop = c.scalar(t.start, "int64"), c.scalar(t.stop, "int64")
    span = c.int_op("sub", stop, start) if step > 0 else c.int_op("sub", start, stop)
    size = abs(int(step))
    if size > 1:
        span = c.int_op("add", span, const(size - 1))
        if isinstance(span, n.Const):
            span = const(int(span.value) // size)
        else:
            span = c.assign("floordiv", (span, const(size)), "int64", "n")
    return c.int_max(const(0), span, "n")


def length_of(c: State, value: Range) -> n.Atom:
    """``len`` of a range."""
    return trip_count(c, trips(c, value))


def _reversed_range(c: State, r: Range) -> Trips:
    step = r.step.const
    if step is None:
        c.refuse("reversed of a range whose step is not a constant", "range with the bounds written out")
    one = integer(int(step))
    if step == 1:
        return Trips(_minus(c, r.stop, one), _minus(c, r.start, one), integer(-1), lambda i: i)
    if step == -1:
        return Trips(_minus(c, r.stop, one), _minus(c, r.start, one), integer(1), lambda i: i)
    length = trip_count(c, Trips(r.start, r.stop, r.step, lambda i: i))
    last = c.int_op("mul", c.int_op("sub", length, const(1)), const(int(step)))
    first = Num(c.int_op("add", c.scalar(r.start, "int64"), last), True)
    return Trips(first, _minus(c, r.start, one), integer(-int(step)), lambda i: i)


# ---- targets --------------------------------------------------------------------------------------------------------


def bind_target(c: State, target: Any, value: Value) -> None:
    """``target = value``: a name, an element or slice, or a tuple of targets."""
    if isinstance(target, gast.Name):
        c.env[target.id] = lasting(c, value)
    elif isinstance(target, gast.Tuple | gast.List):
        _unpack(c, target, value)
    elif isinstance(target, gast.Subscript):
        base = c.expr(target.value)
        with c.at(target):
            store_item(c, target, base, columns.derefed(c, c.expr(target.slice)), value)
    else:
        with c.at(target):
            c.refuse(f"assignment to {type(target).__name__.lower()}", "assign to a name or an element")


def store_item(c: State, target: Any, base: Value, index: Value, value: Value) -> None:
    """``target = value`` where ``target`` is ``base[index]``."""
    changes = isinstance(base, Column) or (isinstance(base, Tup) and (base.is_list or base.is_dict))
    if changes and isinstance(target.value, gast.Name) and c.env.get(target.value.id) is base:
        c.set_list_item(target.value.id, base, index, lasting(c, value))
        return
    indexing.set_item(c, base, index, value)


def lasting(c: State, value: Value) -> Value:
    """``value``, which is given a name; what can be gone through once only is refused."""
    if isinstance(value, Zip | Enumerate | Reversed | Iterated):
        c.refuse("an iterator, which can be gone through once, is kept", "list(...) of it, or use it where it is made")
    return value


def _unpack(c: State, target: Any, value: Value) -> None:
    with c.at(target):
        stars = [k for k, e in enumerate(target.elts) if isinstance(e, gast.Starred)]
        count = len(target.elts)
        items = unpacked(c, value, count, bool(stars))
        if stars:
            at, extra = stars[0], len(items) - count + 1
            if extra < 0:
                c.refuse(f"not enough values to unpack (expected at least {count - 1}, got {len(items)})")
            items = [*items[:at], Tup(tuple(items[at : at + extra]), None, True), *items[at + extra :]]
        if len(items) != count:
            c.refuse(f"{len(items)} values for {count} targets")
    for element, item in zip(target.elts, items, strict=True):
        bind_target(c, element.value if isinstance(element, gast.Starred) else element, item)


def unpacked(c: State, value: Value, count: int, starred: bool = False) -> list[Value]:
    """The items of ``value`` for ``count`` targets; the first axis of an array must have just as many.

    With a star among the targets its extent must be known.
    """
    items = static_items(c, value)
    if items is not None:
        return items
    if isinstance(value, Arr) and value.ndim > 0:
        extent = value.extents[0]
        if starred and not isinstance(extent, n.Const):
            c.refuse("* among the targets of an array, whose length the call tells", "slices: x[0], x[1:-1], x[-1]")
        count = int(extent.value) if starred and isinstance(extent, n.Const) else count
        message = f"the number of values to unpack is not {count}"
        c.check_equal(value.extents[0], const(count), "ValueError", message)
        return [indexing.row(c, value, integer(k)) for k in range(count)]
    c.refuse(f"{describe(value)} cannot be unpacked", "a tuple")
