"""Which names are read later: decides what loops carry and branches join. Purely syntactic, one backward walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

RETURN = "return"  # the name under which a function's result is kept: a keyword, so no user name


@dataclass
class Liveness:
    """Of one function: names live after a compound statement, and at the head of a loop's body."""

    after: dict[gast.AST, frozenset[str]] = field(default_factory=dict)
    head: dict[gast.AST, frozenset[str]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()  # names that inner functions read: live as long as these may be called


def liveness(body: Sequence[gast.stmt]) -> Liveness:
    """Analyse a function's body."""
    closed: set[str] = set()
    stack: list[Any] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, gast.Lambda | gast.FunctionDef):
            closed |= names_read(node)
        else:
            stack.extend(_children(node))
    facts = Liveness(closed=frozenset(closed))
    _block(body, {RETURN, *closed}, facts)
    return facts


# Expressions that bind nothing: only targets do.
_EXPRESSIONS = (
    gast.BinOp,
    gast.Call,
    gast.Compare,
    gast.BoolOp,
    gast.UnaryOp,
    gast.IfExp,
    gast.ListComp,
    gast.GeneratorExp,
    gast.DictComp,
)
_LEAVES = (gast.Constant, gast.expr_context, gast.operator, gast.unaryop, gast.cmpop, gast.boolop)


def _children(node: Any) -> Iterator[Any]:
    """The nodes below ``node``, without operators and constants (``gast.iter_child_nodes`` takes most of the time)."""
    for value in vars(node).values():
        if isinstance(value, gast.AST):
            if not isinstance(value, _LEAVES):
                yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, gast.AST) and not isinstance(item, _LEAVES):
                    yield item


def names_read(node: Any) -> set[str]:
    """Names that ``node`` reads, inner functions included."""
    found: set[str] = set()
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, gast.Name):
            if isinstance(node.ctx, gast.Load):
                found.add(node.id)
        else:
            stack.extend(_children(node))
    return found


def names_bound(stmts: Sequence[Any]) -> dict[str, None]:
    """Names that ``stmts`` bind in this function (a dict, for its order); inner functions have their own."""
    found: dict[str, None] = {}
    stack = list(reversed(stmts))
    while stack:
        node = stack.pop()
        if isinstance(node, gast.Name):
            if isinstance(node.ctx, gast.Store):
                found[node.id] = None
        elif isinstance(node, gast.FunctionDef):
            found[node.name] = None
        elif isinstance(node, gast.Return):
            found[RETURN] = None
        elif isinstance(node, gast.Assign):
            stack.extend(reversed(node.targets))
        elif isinstance(node, gast.AugAssign | gast.AnnAssign):
            stack.append(node.target)
        elif not isinstance(node, gast.Expr | gast.Subscript | gast.Attribute | gast.Lambda):
            stack.extend(reversed([n for n in _children(node) if not isinstance(n, _EXPRESSIONS)]))
    return found


def _block(stmts: Sequence[gast.stmt], live: set[str], facts: Liveness) -> set[str]:
    """Names live before ``stmts`` when ``live`` are live after them; ``live`` is consumed."""
    for stmt in reversed(stmts):
        live = _stmt(stmt, live, facts)
    return live


def _stmt(stmt: gast.stmt, live: set[str], facts: Liveness) -> set[str]:
    if isinstance(stmt, gast.If):
        facts.after[stmt] = facts.after.get(stmt, frozenset()) | live
        then = _block(stmt.body, set(live), facts)
        return then | _block(stmt.orelse, live, facts) | names_read(stmt.test)
    if isinstance(stmt, gast.For):
        return _loop(stmt, live, facts)
    if isinstance(stmt, gast.Return):
        live = set(facts.closed)
    if isinstance(stmt, gast.FunctionDef):
        live.difference_update({stmt.name} - facts.closed)
        return live | names_read(stmt)
    live.difference_update(name for name in _definitely_bound(stmt) if name not in facts.closed)
    live |= names_read(stmt)
    if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
        live.add(stmt.target.id)
    return live


def _loop(stmt: gast.For, live: set[str], facts: Liveness) -> set[str]:
    live = _block(stmt.orelse, live, facts)
    facts.after[stmt] = facts.after.get(stmt, frozenset()) | live
    targets = set(names_bound([stmt.target])) - facts.closed
    head: set[str] = set()
    while True:
        at_end = live | (head - targets)
        new = _block(stmt.body, set(at_end), facts)
        if new <= head:
            break
        head |= new
    facts.head[stmt] = facts.head.get(stmt, frozenset()) | frozenset(head - targets)
    return live | (head - targets) | names_read(stmt.iter) | names_read(stmt.target)


def _definitely_bound(stmt: gast.stmt) -> Iterator[str]:
    if isinstance(stmt, gast.Assign):
        yield from names_bound(stmt.targets)
    elif isinstance(stmt, gast.AnnAssign) and stmt.value is not None:
        yield from names_bound([stmt.target])


# ---- early returns --------------------------------------------------------------------------------------------------


def structured(body: Sequence[gast.stmt]) -> list[gast.stmt]:
    """``body`` with what follows a branch that returns moved into the branch that goes on.

    ``if c: return a`` and then ``rest`` becomes ``if c: return a`` / ``else: rest``: a result is a join, not a jump.
    """
    stmts = list(body)
    for k, stmt in enumerate(stmts):
        if isinstance(stmt, gast.Return):
            return stmts[: k + 1]
        if isinstance(stmt, gast.If) and _returns(stmt):
            rest = stmts[k + 1 :]
            then = stmt.body if _always_returns(stmt.body) else [*stmt.body, *rest]
            orelse = stmt.orelse if stmt.orelse and _always_returns(stmt.orelse) else [*stmt.orelse, *rest]
            new = gast.If(stmt.test, structured(then), structured(orelse))
            return [*stmts[:k], gast.copy_location(new, stmt)]
    return stmts


def _returns(stmt: gast.stmt) -> bool:
    return any(isinstance(s, gast.Return) for s in _own_statements([stmt]))


def _own_statements(stmts: Sequence[gast.stmt]) -> Iterator[gast.stmt]:
    """All statements in ``stmts`` and their branches (not in loops, where a return is refused, nor in functions)."""
    for stmt in stmts:
        yield stmt
        if isinstance(stmt, gast.If):
            yield from _own_statements(stmt.body)
            yield from _own_statements(stmt.orelse)


def _always_returns(stmts: Sequence[gast.stmt]) -> bool:
    if not stmts:
        return False
    last = stmts[-1]
    if isinstance(last, gast.Return | gast.Raise):
        return True
    return isinstance(last, gast.If) and _always_returns(last.body) and _always_returns(last.orelse)
