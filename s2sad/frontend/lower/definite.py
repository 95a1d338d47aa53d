"""Definite assignment: which names are certainly bound wherever they are read.

What such a name holds on a path that does not bind it is read by nobody, so branches and loops may leave anything in
it there. Of other names Python raises UnboundLocalError on some path, and they are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import gast

from s2sad.frontend.paths import endless, irrefutable

_SCOPES = (gast.Lambda, gast.FunctionDef, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)
Names = set[str] | None  # bound on every path to here; None: no path comes here


def definitely_bound(parameters: Iterable[str], body: Sequence[gast.stmt], names: frozenset[str]) -> frozenset[str]:
    """The names of ``names`` that are bound at each of their reads in ``body`` (as written, jumps included)."""
    walk = _Walk(names)
    walk.block(body, set(parameters))
    return names - walk.unsafe


class _Walk:
    """One pass along the paths; loops need no second one, as a trip only binds more."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.unsafe: set[str] = set()
        self.breaks: list[Names] = []

    # ---- expressions ----

    def known(self, name: str, bound: Names) -> None:
        """Note a read of ``name``."""
        if bound is not None and name not in bound:
            self.unsafe.add(name)

    def read(self, node: Any, bound: Names) -> None:
        """Note the reads of ``node``; names that it binds by ``:=`` are added to ``bound`` where that is certain."""
        match node:
            case None:
                return
            case gast.Name():
                if isinstance(node.ctx, gast.Load):
                    self.known(node.id, bound)
            case gast.NamedExpr():
                self.read(node.value, bound)
                if bound is not None:
                    bound.add(node.target.id)
            case gast.BoolOp():
                self.read(node.values[0], bound)
                for value in node.values[1:]:
                    self.read(value, _copy(bound))
            case gast.IfExp():
                self.read(node.test, bound)
                self.read(node.body, _copy(bound))
                self.read(node.orelse, _copy(bound))
            case _ if isinstance(node, _SCOPES):
                self.scope(node, bound)
            case _:
                for child in gast.iter_child_nodes(node):
                    self.read(child, bound)

    def scope(self, node: Any, bound: Names) -> None:
        """A function inside may be called at any time later: it reads what is bound when it is made, or is unsafe."""
        own = {n.id for n in gast.walk(node) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
        for inner in gast.walk(node):
            if isinstance(inner, gast.Name) and isinstance(inner.ctx, gast.Load) and inner.id not in own:
                self.known(inner.id, bound)

    # ---- statements ----

    def block(self, stmts: Sequence[gast.stmt], bound: Names) -> Names:
        for stmt in stmts:
            bound = self.statement(stmt, bound)
        return bound

    def statement(self, stmt: Any, bound: Names) -> Names:
        match stmt:
            case gast.If():
                self.read(stmt.test, bound)
                return _both(self.block(stmt.body, _copy(bound)), self.block(stmt.orelse, _copy(bound)))
            case gast.For() | gast.While():
                return self.loop(stmt, bound)
            case gast.Match():
                return self.match(stmt, bound)
            case gast.With():
                for item in stmt.items:
                    self.read(item.context_expr, bound)
                return self.block(stmt.body, bound)
            case gast.Return() | gast.Raise():
                for child in gast.iter_child_nodes(stmt):
                    self.read(child, bound)
                return None
            case gast.Break():
                self.breaks.append(_copy(bound))
                return None
            case gast.Continue():
                return None
            case gast.FunctionDef():
                self.read(stmt, bound)
                return None if bound is None else bound | {stmt.name}
            case gast.Delete():
                gone = {target.id for target in stmt.targets if isinstance(target, gast.Name)}
                self.unsafe |= gone  # a loop may come back to before it
                return None if bound is None else bound - gone
        return self.simple(stmt, bound)

    def simple(self, stmt: Any, bound: Names) -> Names:
        """Assignments and expressions: what is computed is read first, targets from left to right."""
        value = getattr(stmt, "value", None)
        self.read(value, bound)
        if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
            self.known(stmt.target.id, bound)
        for child in gast.iter_child_nodes(stmt):
            if child is not value:
                self.read(child, bound)
        if bound is not None and not (isinstance(stmt, gast.AnnAssign) and stmt.value is None):
            bound |= set(_stored(stmt))
        return bound

    def loop(self, stmt: Any, bound: Names) -> Names:
        outer, self.breaks = self.breaks, []
        if isinstance(stmt, gast.For):
            self.read(stmt.iter, bound)
            inside = _copy(bound)
            if inside is not None:
                inside |= set(_stored(stmt.target))
        else:
            self.read(stmt.test, bound)
            inside = _copy(bound)
        self.block(stmt.body, inside)
        left, self.breaks = self.breaks, outer
        after = self.block(stmt.orelse, None if endless(stmt) else _copy(bound))
        for state in left:
            after = _both(after, state)
        return after

    def match(self, stmt: Any, bound: Names) -> Names:
        self.read(stmt.subject, bound)
        after: Names = None
        total = any(irrefutable(case) for case in stmt.cases)
        for case in stmt.cases:
            inside = _copy(bound)
            for node in gast.walk(case.pattern):
                name = getattr(node, "name", None)
                if isinstance(node, gast.MatchAs | gast.MatchStar) and name and inside is not None:
                    inside.add(name)
                elif isinstance(node, gast.MatchValue):
                    self.read(node.value, bound)
            self.read(case.guard, inside)
            after = _both(after, self.block(case.body, inside))
        return after if total else _both(after, bound)


def _stored(node: Any) -> Iterator[str]:
    if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
        yield node.id
    elif isinstance(node, gast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, gast.stmt | gast.Tuple | gast.List | gast.Starred):
        for inner in gast.iter_child_nodes(node):
            yield from _stored(inner)


def _copy(bound: Names) -> Names:
    return None if bound is None else set(bound)


def _both(a: Names, b: Names) -> Names:
    if a is None or b is None:
        return b if a is None else a
    return a & b
