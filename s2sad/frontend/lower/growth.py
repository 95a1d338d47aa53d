"""Lists that a loop appends to: the memory made before it, and what it carries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sad.analysis.shapes import Form
from s2sad.frontend.lower import columns, kinds_of_items
from s2sad.frontend.lower.kinds_of_items import Cell, Cells
from s2sad.frontend.lower.plans import BadPlan, GrowPlan, Leaf, ListPlan, Plan, TupPlan
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Bad, Column, Num, Tup
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

_APPENDS = "appends in one for loop; or, in any loops, to a list that is made outside of loops and branches"


def longer(end: Tup, plan: TupPlan) -> bool:
    """Whether ``end`` is the list of ``plan``, with more items."""
    return plan.is_list and len(end.items) > len(plan.items) and bool(plan.tokens) and end.tokens == plan.tokens


def growing(c: State, name: str, plan: TupPlan, end: Tup, counted: bool, inner: frozenset[Any]) -> Plan:
    """The plan of a list that a trip has appended to; ``counted``: maybe."""
    kind = kinds_of_items.kind_of(c, end.items)
    loop = c.frame.loop
    if loop is None or not loop.bounded():
        return list_plan(c, name, kind, plan.tokens, inner)
    outer = _outer_kind(c, kind)
    if outer is None:
        return _of_unknown_shape(name)
    per, counted = len(end.items) - len(plan.items), counted or not loop.countable()
    return GrowPlan(outer, len(plan.items), per, plan.tokens, inner, counted)


def list_plan(c: State, name: str, kind: Cell | Cells, tokens: frozenset[Any], inner: frozenset[Any]) -> Plan:
    """The plan of a list whose memory grows."""
    outer = _outer_kind(c, kind)
    if outer is None:
        return _of_unknown_shape(name)
    if c.depth > 2:  # memory that grows is made in the outermost block
        return BadPlan(Bad(f"how often {name} is appended to is not known when the loop starts", _APPENDS, unroll=True))
    return ListPlan(outer, tokens, inner)


def list_again(c: State, name: str, plan: GrowPlan | ListPlan, end: Column, value: Column) -> Plan:
    """The plan after another attempt, for what the list is at the end of a trip."""
    kind = kinds_of_items.kind_of_column(end)
    if end.rows.arrays != value.rows.arrays:
        if end.tokens == plan.tokens and isinstance(plan, GrowPlan):
            return list_plan(c, name, kind, plan.tokens, end.inner)
        return BadPlan(Bad(f"{name} becomes another list of run-time length in the loop", _APPENDS))
    if isinstance(plan, ListPlan):
        return replace(plan, kind=kind, inner=plan.inner | end.inner)
    counted = plan.counted or end.most != end.added
    per = max(plan.per, end.most) if counted else end.added
    return replace(plan, kind=kind, per=per, counted=counted, inner=plan.inner | end.inner)


def _of_unknown_shape(name: str) -> BadPlan:
    reason = f"the shape of what {name} gets is not known when the loop starts"
    return BadPlan(Bad(reason, "arrays of one shape, or an array made before: np.empty(shape)", unroll=True))


def _outer_kind(c: State, kind: Cell | Cells) -> Cell | Cells | None:
    """``kind`` with extents that are known before the loop."""
    if isinstance(kind, Cells):
        items = [_outer_kind(c, part) for part in kind.items]
        return None if None in items else replace(kind, items=tuple(i for i in items if i is not None))
    shape = [outer_atom(c, e) for e in kind.shape]
    return None if None in shape else replace(kind, shape=tuple(e for e in shape if e is not None))


def outer_atom(c: State, extent: n.Atom) -> n.Atom | None:
    """An atom that is visible before the loop and equals ``extent``."""
    if c.available(extent, outside=1):
        return extent
    heads = (stmt.target for stmt in c.head if isinstance(stmt, n.Assign))
    return next((v for v in heads if c.shapes.equal(v, extent)), None)


# ---- after the loop -------------------------------------------------------------------------------------------------


def left_list(c: State, leaf: Leaf, plan: GrowPlan | ListPlan, carries: list[n.Carry]) -> Column:
    """The memory before the loop, with what the list has then, and the list after it."""
    assert isinstance(leaf.value, Column)
    kept = isinstance(leaf.init, Column) and leaf.init.grows
    if not kept:
        columns.store_items(c, leaf.value.rows, leaf.init, leaf.name, ((c.serial, leaf.stores),))
    since = leaf.init.open if isinstance(leaf.init, Column) and kept else 0
    if isinstance(plan, ListPlan):
        assert leaf.inner is not None and leaf.next is not None
        first = columns.count_of(c, leaf.init)
        outer = c.b.var(leaf.inner.hint, leaf.inner.type)
        c.declare(outer)
        carries.append(n.Carry(leaf.inner, first, leaf.next, outer))
        c.shapes.bound(outer, c.shapes.form(first), None)
        return replace(leaf.value, count=Num(outer, True, 32), added=0, open=since)
    room = leaf.value.rows.arrays[0].extents[0]
    count = _left_count(c, leaf, plan, carries) if plan.counted else room
    return replace(leaf.value, count=Num(count, True, 32), added=0, open=0, most=0)


def _left_count(c: State, leaf: Leaf, plan: GrowPlan, carries: list[n.Carry]) -> n.Var:
    """How many items a list has after the loop: at most as many as there is room for, which is said again."""
    assert leaf.inner is not None and leaf.next is not None and isinstance(leaf.value, Column)
    outer, count = (c.b.var(leaf.inner.hint, leaf.inner.type) for _ in range(2))
    c.declare(outer)
    carries.append(n.Carry(leaf.inner, const(plan.first), leaf.next, outer))
    room = leaf.value.rows.arrays[0].extents[0]
    leaf.tail = (n.Assign(count, "pymin", (outer, room), c.b.loc),)
    c.shapes.bound(outer, Form(0), c.shapes.form(room))
    c.shapes.define(count, "pymin", (outer, room))
    return count
