"""Copies that array level owes to its surroundings: results are fresh arrays, library operands are contiguous."""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.alias import Aliases, aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Names
from s2sad.scalarize.index import ONE, ZERO, shape


def copy_operands(fn: n.Function, names: Names) -> n.Function:
    """``fn`` with a ``copy`` before each library call of a strided view and before the return of memory of the caller.

    NumPy would return a view of an argument; here the result's value is what counts, and it must not change when the
    caller's array does.
    """
    facts = aliases(fn)
    views = {s.target: s for s in walk.walk(fn.body) if isinstance(s, n.View)}
    body, reverse_at = [], fn.reverse_at
    for k, stmt in enumerate(fn.body):
        if k == fn.reverse_at:
            reverse_at = len(body)
        body += _statement(stmt, facts, views, names)
    return replace(fn, body=tuple(body), reverse_at=reverse_at)


def _statement(stmt: n.Stmt, facts: Aliases, views: dict[n.Var, n.View], names: Names) -> list[n.Stmt]:
    copies: list[n.Stmt] = []

    def copied(a: n.Var) -> n.Var:
        array = a.type
        assert isinstance(array, n.Array)
        target = n.Var(names.fresh(a.hint), n.Array(array.dtype, array.extents))
        copies.append(n.Call(target, "copy", (a,), (), stmt.loc))
        return target

    if isinstance(stmt, n.Return):
        done: dict[n.Var, n.Var] = {}

        def result(a: n.Atom) -> n.Atom:
            if not isinstance(a, n.Var) or not isinstance(a.type, n.Array) or not _must_copy(a, facts, views):
                return a
            if a not in done:
                done[a] = copied(a)
            return done[a]

        stmt = replace(stmt, value=walk.map_tree(result, stmt.value))
    elif isinstance(stmt, n.LibCall):
        args = tuple(copied(a) if isinstance(a, n.Var) and layout(a, views) == "A" else a for a in stmt.args)
        stmt = replace(stmt, args=args)
    else:
        inner = [[s for sub in block for s in _statement(sub, facts, views, names)] for block in walk.blocks(stmt)]
        stmt = walk.with_blocks(stmt, tuple(tuple(b) for b in inner))
    return [*copies, stmt]


def _must_copy(var: n.Var, facts: Aliases, views: dict[n.Var, n.View]) -> bool:
    if facts.of_parameter(var):
        return True
    view = views.get(var)
    while view is not None and isinstance(view.items[0], n.Reshape):
        view = views.get(view.base)
    return view is not None


def layout(var: n.Var, views: dict[n.Var, n.View]) -> str:
    """``C``, ``F`` or ``A``: how the elements of ``var`` lie in memory, seen through its views."""
    view = views.get(var)
    if view is None:
        return var.type.layout if isinstance(var.type, n.Array) else "C"
    if any(isinstance(item, n.Reshape) for item in view.items):
        return "C"
    base = layout(view.base, views)
    if isinstance(view.items[0], n.Transpose):
        axes = view.items[0].perm
        if axes == tuple(range(len(axes))):
            return base
        return {"C": "F", "F": "C"}.get(base, "A") if axes == tuple(reversed(range(len(axes)))) else "A"
    if base == "C" and _is_leading_block(view):
        return "C"
    return base if all(_is_full(item, extent) for item, extent in _pairs(view)) else "A"


def _pairs(view: n.View) -> list[tuple[n.ViewItem, n.Atom]]:
    items = [item for item in view.items if not isinstance(item, n.NewAxis)]
    return list(zip(items, shape(view.base), strict=True))


def _is_full(item: n.ViewItem, extent: n.Atom) -> bool:
    return isinstance(item, n.Slice) and item.start == ZERO and item.step == ONE and item.extent == extent


def _is_leading_block(view: n.View) -> bool:
    """Indices, then at most one range of consecutive rows, then whole dimensions."""
    pairs = _pairs(view)
    k = 0
    while k < len(pairs) and isinstance(pairs[k][0], n.At):
        k += 1
    if k < len(pairs):
        first = pairs[k][0]
        k += isinstance(first, n.Slice) and first.step == ONE
    return all(_is_full(item, extent) for item, extent in pairs[k:])
