"""Loops that are left: where a trip ends, as a ``break``, or as the condition of a ``while``.

A side of the trip's last branch that leaves is printed as ``break``, and what follows it without a branch around it; an
endless loop that begins by leaving where ``c`` is false is ``while c:``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s2sad.backend import ranges
from s2sad.backend.exits import Pairs, constants, endless, side_of, through
from s2sad.backend.expressions import name, plus
from s2sad.ir import nodes as n
from s2sad.ir import walk

if TYPE_CHECKING:
    from s2sad.backend.statements import Statements


def left_loop(s: Statements, stmt: n.For) -> list[ast.stmt]:
    """The loop with the copies of its carries around it and the counting of its trips."""
    return _Loop(s, stmt).made()


@dataclass
class _Loop:
    s: Statements
    stmt: n.For

    def __post_init__(self) -> None:
        used = self.s.names.used
        trips, index = self.stmt.trips, self.stmt.index
        self.carries = [c for c in self.stmt.carries if c.inner.name in used or c.outer.name in used]
        self.asked = trips is not None and trips.name in used
        self.endless = endless(self.stmt)
        self.idle = constants(self.stmt)
        self.counted = self.endless and (self.asked or index.name in used)

    def made(self) -> list[ast.stmt]:
        s, stmt = self.s, self.stmt
        out = s.copies([(c.inner, c.init) for c in self.carries], stmt.loc)
        pairs: Pairs = tuple((c.inner, c.next) for c in self.carries)
        trips = s.names[stmt.trips] if self.asked and stmt.trips is not None else ""
        assert stmt.leave is not None
        if self.endless:
            if self.counted:
                out += s.bound(stmt.index, ast.Constant(0), stmt.loc, False)
            loop: ast.stmt = self.while_(pairs)
        else:
            body = self.tail(stmt.body, stmt.leave, pairs)
            if self.asked:
                out.append(_set(trips, ast.Constant(0)))
                body.insert(0, ast.AugAssign(ast.Name(trips, ast.Store()), ast.Add(), ast.Constant(1)))
            loop = s.for_(s.names[stmt.index], ranges.forward(s.x, stmt), body)
        out += s.noted(loop, stmt.loc)
        out += s.copies([(c.outer, c.inner) for c in self.carries if c.outer.name in s.names.used], stmt.loc)
        if self.asked and self.endless:
            out.append(_set(trips, plus(name(s.names[stmt.index]), 1)))
        return out

    def while_(self, pairs: Pairs) -> ast.While:
        """``while c:`` if that is how each trip begins, else ``while True:``."""
        stmt, s = self.stmt, self.s
        last = stmt.body[-1] if stmt.body else None
        if isinstance(last, n.If) and not s.block(stmt.body[:-1]):
            for inside, outside in ((0, 1), (1, 0)):
                flag = side_of(last, stmt.leave, outside)
                idle = not walk.blocks(last)[outside] and not s.copies(list(through(last, pairs, outside)), stmt.loc)
                if isinstance(flag, n.Const) and flag.value and idle:
                    test = s.x.negated(last.cond) if inside else s.x.atom(last.cond)
                    leave = side_of(last, stmt.leave, inside)
                    assert leave is not None
                    body = self.tail(walk.blocks(last)[inside], leave, through(last, pairs, inside))
                    return ast.While(test, body or [ast.Pass()], [])
        assert stmt.leave is not None
        return ast.While(ast.Constant(True), self.tail(stmt.body, stmt.leave, pairs), [])

    def tail(self, block: n.Block, leave: n.Atom, pairs: Pairs) -> list[ast.stmt]:
        """``block``, which ends a trip: what is carried, and the ``break``."""
        s, loc = self.s, self.stmt.loc
        if isinstance(leave, n.Const):
            if leave.value:
                return [*s.block(block), *s.copies(list(pairs), loc), ast.Break()]
            moved = [pair for pair in pairs if pair[0] not in self.idle]
            return [*s.block(block), *s.copies(moved, loc), *self.count()]
        last = block[-1] if block else None
        if isinstance(last, n.If) and side_of(last, leave, 0) is not None:
            return [*s.block(block[:-1]), *self.branch(last, leave, pairs)]
        copies = s.copies(list(pairs), loc)
        test = s.x.atom(leave)
        out = s.block(block)
        if _reads(test) & {target for made in copies for target in _writes(made)}:
            stop = s.scratch_name("stop")
            out.append(_set(stop, test))
            test = name(stop)
        return [*out, *copies, ast.If(test, [ast.Break()], []), *self.count()]

    def branch(self, stmt: n.If, leave: n.Atom, pairs: Pairs) -> list[ast.stmt]:
        s = self.s
        sides = [side_of(stmt, leave, k) for k in (0, 1)]
        made: list[list[ast.stmt]] = []
        for k, flag in enumerate(sides):
            assert flag is not None
            made.append(self.tail(walk.blocks(stmt)[k], flag, through(stmt, pairs, k)))
        leaves = [isinstance(flag, n.Const) and bool(flag.value) for flag in sides]
        if leaves[0]:
            return [*s.noted(ast.If(s.x.atom(stmt.cond), made[0], []), stmt.loc), *made[1]]
        if leaves[1]:
            return [*s.noted(ast.If(s.x.negated(stmt.cond), made[1], []), stmt.loc), *made[0]]
        if not made[0]:
            return s.noted(ast.If(s.x.negated(stmt.cond), made[1], []), stmt.loc) if made[1] else []
        return s.noted(ast.If(s.x.atom(stmt.cond), made[0], made[1]), stmt.loc)

    def count(self) -> list[ast.stmt]:
        """The end of a trip that another one follows."""
        if not self.counted:
            return []
        index = ast.Name(self.s.names[self.stmt.index], ast.Store())
        return [ast.AugAssign(index, ast.Add(), ast.Constant(1))]


def _set(target: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(target, ast.Store())], value, lineno=0)


def _reads(expr: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expr) if isinstance(node, ast.Name)}


def _writes(stmt: ast.stmt) -> Iterable[str]:
    return {node.id for node in ast.walk(stmt) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
