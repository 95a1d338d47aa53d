"""How a variable is held inside a loop that rebinds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from s2sad.analysis.shapes import Form
from s2sad.analysis.types import Kind
from s2sad.frontend.lower import columns, kinds_of_items, optional
from s2sad.frontend.lower.kinds_of_items import Cell, Cells
from s2sad.frontend.lower.sized import shrunk
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Bad, Column, Num, Root, Tup, Value, integer
from s2sad.ir import nodes as n
from s2sad.ir.builder import const
from s2sad.ir.trees import Keys


@dataclass(frozen=True)
class ScalarPlan:
    """A scalar of one kind."""

    kind: Kind


@dataclass(frozen=True)
class FixedPlan:
    """What every trip leaves as it was."""

    value: Value


@dataclass(frozen=True)
class PermPlan:
    """One of a set of arrays that the loop permutes."""

    array: Arr


@dataclass(frozen=True)
class SlotPlan:
    """An array of a fixed shape, copied at the end of each trip."""

    dtype: str
    extents: tuple[n.Atom, ...]
    in_order: bool


@dataclass(frozen=True)
class SizedPlan(SlotPlan):
    """A slot whose array may shrink on the axes in ``varying``; ``extents`` are those before the loop."""

    varying: tuple[int, ...] = ()


@dataclass(frozen=True)
class AbsentPlan:
    """Unassigned before the loop."""


@dataclass(frozen=True)
class BadPlan:
    """Cannot be carried; refused where it is used."""

    value: Bad


@dataclass(frozen=True)
class TupPlan:
    """A tuple, item by item."""

    items: tuple[Plan, ...]
    cls: type | Keys | None
    is_list: bool
    tokens: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class GrowPlan:
    """A list to which each trip appends ``per`` numbers, or arrays of one shape; it had ``first`` items.

    ``counted``: at most ``per``, and the loop carries how many there are.
    """

    kind: Cell | Cells
    first: int
    per: int
    tokens: frozenset[Any]
    inner: frozenset[Any] = frozenset()
    counted: bool = False
    trips: n.Atom | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ListPlan:
    """A list in memory that grows with it: the loop carries how many items it has. ``inner``: tokens of lists in it."""

    kind: Cell | Cells
    tokens: frozenset[Any]
    inner: frozenset[Any]


Plan: TypeAlias = "ScalarPlan | FixedPlan | PermPlan | SlotPlan | AbsentPlan | BadPlan | TupPlan | GrowPlan | ListPlan"


@dataclass
class Leaf:
    """One scalar or array of a carried variable."""

    name: str
    plan: Plan
    init: Value | None
    value: Value | None = None
    inner: n.Var | None = None
    end: Value | None = None
    next: n.Atom | None = None
    outer: Value | None = None
    buffer: n.Var | None = None  # of a slot whose array shrinks: all of its memory
    sizes: tuple[n.Var, ...] = ()  # and the carried extents
    head: tuple[n.Stmt, ...] = ()  # statements at the start of a trip
    tail: tuple[n.Stmt, ...] = ()  # statements after the loop
    stores: int = 0  # how many stores there were before the loop


@dataclass
class Carried:
    """A name that the loop rebinds; ``value`` is what it holds at the start of a trip."""

    name: str
    plan: Plan
    value: Value | None
    leaves: list[Leaf] = field(default_factory=list)


def initial(value: Value | None) -> Plan:
    """The plan to try first: scalars are carried, everything else stays."""
    match value:
        case None:
            return AbsentPlan()
        case Num():
            return ScalarPlan(value.kind)
        case Tup():
            return TupPlan(tuple(initial(v) for v in value.items), value.cls, value.is_list, value.tokens)
        case Column() if value.grows:
            return ListPlan(kinds_of_items.kind_of_column(value), value.tokens, value.inner)
        case Bad(none=Num() as none) if value.held is not None:
            return TupPlan((initial(none), initial(value.held)), optional.Maybe, False)
        case Bad():
            return BadPlan(value)
    return FixedPlan(value)


def inside(c: State, name: str, plan: Plan, init: Value | None) -> Carried:
    """The variable ``name`` as the body sees it."""
    carried = Carried(name, plan, None)
    carried.value = _inside(c, name, plan, init, carried.leaves)
    if init is None and name not in c.frame.callee.safe:
        carried.value = None  # the first trip must not read it
    return carried


def _inside(c: State, name: str, plan: Plan, init: Value | None, leaves: list[Leaf]) -> Value | None:
    if isinstance(plan, TupPlan):
        init = optional.carried(plan.cls, init)
        parts = init.items if isinstance(init, Tup) else (None,) * len(plan.items)
        items = [
            _inside(c, f"{name}_{k}", p, v, leaves) for k, (p, v) in enumerate(zip(plan.items, parts, strict=True))
        ]
        made = Tup(tuple(i if i is not None else Bad() for i in items), plan.cls, plan.is_list, plan.tokens)
        return optional.unpaired(name, made)
    leaf = Leaf(name, plan, init, stores=c.stores)
    leaves.append(leaf)
    depth = init.open if isinstance(init, Column) and init.open else len(c.loops) + 1
    match plan:
        case ScalarPlan(kind=kind):
            leaf.inner = c.b.var(name, n.Scalar(kind.dtype))
            leaf.value = Num(leaf.inner, kind.weak, 63, kind.weak and kind.dtype == "int64")
        case FixedPlan(value=value):
            leaf.value = value
        case PermPlan(array=array):
            layout = "C" if array.type.layout == "C" else "A"
            leaf.inner = c.b.var(name, n.Array(array.dtype, array.extents, layout))
            leaf.value = Arr(leaf.inner, c.root(name), array.in_order)
        case SizedPlan():
            leaf.buffer = c.b.var(name, n.Array(plan.dtype, plan.extents))
            leaf.sizes = tuple(c.b.var(f"{name}_n", n.Scalar("int64")) for _ in plan.varying)
            leaf.value, leaf.head = shrunk(c, leaf.buffer, dict(zip(plan.varying, leaf.sizes)), plan.in_order)
        case SlotPlan(dtype=dtype, extents=extents, in_order=in_order):
            leaf.value = c.fresh(c.b.var(name, n.Array(dtype, extents)), in_order)
        case GrowPlan(trips=trips):
            assert trips is not None
            room = c.int_op("add", c.int_op("mul", trips, const(plan.per)), const(plan.first))
            rows = columns.memory(c, plan.kind, room, name)
            count = integer(plan.first)
            if plan.counted:
                leaf.inner = c.b.var(f"{name}_n", n.Scalar("int64"))
                c.shapes.bound(leaf.inner, Form(0), c.shapes.form(room))
                count = Num(leaf.inner, True, 32)
            leaf.value = Column(rows, count, 0, depth, plan.tokens, inner=plan.inner)
        case ListPlan():
            leaf.inner = c.b.var(f"{name}_n", n.Scalar("int64"))
            first = columns.count_of(c, init)
            c.shapes.bound(leaf.inner, c.shapes.form(first), None)  # a list only grows
            if isinstance(init, Column) and init.grows:
                rows = init.rows
            else:
                room = c.int_op("add", first, const(columns.ROOM), "room")
                rows = columns.memory(c, plan.kind, room, name, grows=True)
            count = Num(leaf.inner, True, 32)
            leaf.value = Column(rows, count, 0, depth, plan.tokens, grows=True, inner=plan.inner)
        case BadPlan(value=value):
            leaf.value = replace(value, none=None, held=None)  # the flag of another place
    return leaf.value


def leaves_of(carried: list[Carried], kind: type) -> Iterator[Leaf]:
    """The leaves whose plan is of ``kind``."""
    for item in carried:
        for leaf in item.leaves:
            if isinstance(leaf.plan, kind):
                yield leaf


def root_of(leaf: Leaf) -> Root:
    """The memory that a leaf is inside the loop."""
    assert isinstance(leaf.value, Arr)
    return leaf.value.root
