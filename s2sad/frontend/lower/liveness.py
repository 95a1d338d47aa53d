"""Which names are read later: decides what loops carry and branches join. Purely syntactic, one backward walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
    for stmt in body:
        for node in gast.walk(stmt):
            if isinstance(node, gast.Lambda | gast.FunctionDef):
                closed |= names_read(node)
    facts = Liveness(closed=frozenset(closed))
    _block(body, {RETURN, *closed}, facts)
    return facts


def names_read(node: gast.AST) -> set[str]:
    """Names that ``node`` reads, inner functions included."""
    return {x.id for x in gast.walk(node) if isinstance(x, gast.Name) and isinstance(x.ctx, gast.Load)}


def names_bound(stmts: Sequence[gast.AST]) -> dict[str, None]:
    """Names that ``stmts`` bind in this function (a dict, for its order); inner functions have their own."""
    found: dict[str, None] = {}
    stack = list(reversed(stmts))
    while stack:
        node = stack.pop()
        if isinstance(node, gast.FunctionDef):
            found[node.name] = None
            continue
        if isinstance(node, gast.Lambda | gast.ListComp | gast.GeneratorExp):
            continue
        if isinstance(node, gast.Return):
            found[RETURN] = None
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
            found[node.id] = None
        stack.extend(reversed(list(gast.iter_child_nodes(node))))
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
        live.discard(stmt.name)
        return live | names_read(stmt)
    for name in _definitely_bound(stmt):
        live.discard(name)
    live |= names_read(stmt)
    if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
        live.add(stmt.target.id)
    return live


def _loop(stmt: gast.For, live: set[str], facts: Liveness) -> set[str]:
    live = _block(stmt.orelse, live, facts)
    facts.after[stmt] = facts.after.get(stmt, frozenset()) | live
    targets = set(names_bound([stmt.target]))
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
