"""Jumps to structure: after this no ``break``, ``continue`` or early ``return`` is left, only branches and flags.

What follows a branch that may jump stands in the branch that goes on. A jump out of a loop sets a flag, and the loop
(its node has the names of its flags) is left at the end of the trip; what ``return e`` returns is computed after the
loop, where nothing has changed since. ``while c: body`` is an endless loop whose trips are ``if c: body``, left where
``c`` is false. ``match`` becomes branches, ``with np.errstate(...)`` its body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import gast

from s2sad.frontend.lower.matching import branches_of
from s2sad.frontend.paths import endless, ends, inner_blocks, leaves_loop

_COPIES = 4_000  # statements that may stand twice because a jump may or may not happen before them


class Forget(gast.stmt):
    """Where a trip leaves its loop: arrays that are not read after it are as good as unassigned from here on.

    ``value`` is what is returned then; ``None``: what the liveness after ``loop.node`` says.
    """

    _fields = ()

    def __init__(self, loop: _Loop, value: gast.expr | None) -> None:
        super().__init__()
        self.loop, self.value = loop, value


class TooManyPaths(Exception):
    """The statement from where on what follows would stand too often."""

    def __init__(self, statement: gast.stmt) -> None:
        super().__init__(statement)
        self.statement = statement


@dataclass
class _Loop:
    """The flags of the loop around a block: to leave it; by a ``break``, if that is asked; by each ``return``."""

    leave: str
    broke: str | None = None
    sites: list[tuple[str, gast.Return]] = field(default_factory=list)
    left: bool = False
    node: gast.stmt | None = None


def structured(body: Sequence[gast.stmt]) -> list[gast.stmt]:
    """A function's body without jumps; trees that are structured already stay as they are."""
    return _Jumps().block(list(body), None)


def flags_of(loop: gast.stmt) -> tuple[str, ...]:
    """The flags of a structured loop: false at the start of each trip."""
    return getattr(loop, "flags", ())


def leave_flag(loop: gast.stmt) -> str | None:
    """The flag that ends a structured loop after the trip that set it."""
    return getattr(loop, "leave", None)


def jumps(stmt: gast.stmt) -> bool:
    """Whether ``stmt`` may jump to elsewhere than what follows it: a ``raise`` needs no place to go to."""
    if isinstance(stmt, gast.Return | gast.Break | gast.Continue):
        return True
    if isinstance(stmt, gast.For | gast.While):
        return any(map(_returns, stmt.body)) or any(map(jumps, stmt.orelse))
    return any(jumps(s) for inner in inner_blocks(stmt) for s in inner)


def _returns(stmt: gast.stmt) -> bool:
    return isinstance(stmt, gast.Return) or any(_returns(s) for inner in inner_blocks(stmt) for s in inner)


class _Jumps:
    """The rewriting of one function; nothing is changed in place, as trees are shared."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.copies = 0

    def flag(self, hint: str) -> str:
        return f"{hint}.{next(self.numbers)}"  # no user name has a dot

    def block(self, stmts: list[gast.stmt], loop: _Loop | None) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for k, stmt in enumerate(stmts):
            rest = stmts[k + 1 :]
            match stmt:
                case gast.Return() if loop is None:
                    return [*out, stmt]
                case gast.Return() | gast.Break() | gast.Continue():
                    return out + self.jump(stmt, loop)
                case gast.Raise():
                    return [*out, stmt]
                case gast.With():
                    return out + self.block([*stmt.body, *rest], loop)
                case gast.Match():
                    return out + self.block([*branches_of(stmt, self.flag("subject")), *rest], loop)
                case gast.If() if jumps(stmt):
                    return [*out, self.branch(stmt, rest, loop)]
                case gast.If():
                    out.append(_if(stmt, self.block(stmt.body, loop), self.block(stmt.orelse, loop)))
                case gast.For() | gast.While() if not hasattr(stmt, "flags"):
                    before, after = self.loop(stmt)
                    out += before
                    if after:
                        return out + self.block([*after, *rest], loop)
                case _:
                    out.append(stmt)
        return out

    def branch(self, stmt: gast.If, rest: list[gast.stmt], loop: _Loop | None) -> gast.If:
        """``stmt`` with ``rest`` where it goes on."""
        then, orelse = ends(stmt.body), ends(stmt.orelse)
        if rest and not then and not orelse:
            self.copies += sum(map(_size, rest))
            if self.copies > _COPIES:
                raise TooManyPaths(stmt)
        return _if(
            stmt,
            self.block(stmt.body if then else [*stmt.body, *rest], loop),
            self.block(stmt.orelse if orelse else [*stmt.orelse, *rest], loop),
        )

    def jump(self, stmt: gast.stmt, loop: _Loop | None) -> list[gast.stmt]:
        """What a jump inside ``loop`` leaves to be done in this trip."""
        assert loop is not None
        if isinstance(stmt, gast.Continue):
            return []
        loop.left = True
        made = [_set(loop.leave, True, stmt)]
        if isinstance(stmt, gast.Return):
            site = self.flag("returned")
            loop.sites.append((site, stmt))
            made.append(_set(site, True, stmt))
            return [*made, gast.copy_location(Forget(loop, stmt.value), stmt)]
        elif loop.broke is not None:
            made.append(_set(loop.broke, True, stmt))
        return [*made, gast.copy_location(Forget(loop, None), stmt)]

    def loop(self, stmt: gast.For | gast.While) -> tuple[list[gast.stmt], list[gast.stmt]]:
        """The structured loop with what precedes it, and what comes after it, still with jumps."""
        broken = leaves_loop(stmt.body)
        own = _Loop(self.flag("leave"), self.flag("broke") if stmt.orelse and broken else None)
        if isinstance(stmt, gast.While):
            own.left = not endless(stmt)
            stop = [_set(own.leave, True, stmt), gast.copy_location(Forget(own, None), stmt)]
            inner = self.block(stmt.body, own)
            body = inner if endless(stmt) else [_if_test(stmt.test, inner, stop, stmt)]
            new = gast.While(stmt.test, body, [])
        else:
            body = self.block(stmt.body, own)
            new = gast.For(stmt.target, stmt.iter, body, [], None)
        own.node = gast.copy_location(new, stmt)
        asked = [flag for flag in (own.broke, *(site for site, _ in own.sites)) if flag is not None]
        new.flags = (own.leave, *asked) if own.left else ()
        new.leave = own.leave if own.left else None
        before = [_set(flag, False, stmt) for flag in asked]
        after = list(stmt.orelse)
        if own.broke is not None:
            after = [_if_test(_name(own.broke, stmt), [], after, stmt)]
        only = endless(stmt) and not broken
        for k, (site, found) in enumerate(reversed(own.sites)):
            after = [found] if only and k == 0 else [_if_test(_name(site, found), [found], after, found)]
        return [*before, new], after


def _name(flag: str, place: gast.AST) -> gast.Name:
    return gast.copy_location(gast.Name(flag, gast.Load(), None, None), place)


def _set(flag: str, value: bool, place: gast.AST) -> gast.stmt:
    target = gast.copy_location(gast.Name(flag, gast.Store(), None, None), place)
    constant = gast.copy_location(gast.Constant(value, None), place)
    return gast.copy_location(gast.Assign([target], constant, None), place)


def _if(stmt: gast.If, then: list[gast.stmt], orelse: list[gast.stmt]) -> gast.If:
    return gast.copy_location(gast.If(stmt.test, then, orelse), stmt)


def _if_test(test: gast.expr, then: list[gast.stmt], orelse: list[gast.stmt], place: gast.AST) -> gast.If:
    return gast.copy_location(gast.If(test, then, orelse), place)


def _size(stmt: gast.stmt) -> int:
    return 1 + sum(_size(s) for inner in inner_blocks(stmt) for s in inner)
