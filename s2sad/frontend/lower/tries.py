"""``try`` to branches: what is tried is done, and the handler is for what lowering already sees to fail.

``try: body except E: handler else: more finally: last`` becomes ``if <attempt>: body; more else: handler``, then
``last``. While lowering, the attempt is true unless a statement of the body certainly raises: an attribute that
numbers do not have, a store into a number (`attempts`). What fails at run time raises: no handler runs then.
"""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gast

from s2sad.frontend.paths import inner_blocks, jumps

if TYPE_CHECKING:
    from s2sad.frontend.lower.state import State


_RESULT = "result.tried"  # no user name has a dot


class Attempt(gast.expr):
    """The condition of a ``try`` that has become a branch.

    ``kinds`` are the expressions of its handlers' classes, ``None`` one that catches everything; the handlers are
    branches in the other branch. The first ``count`` statements are what is tried, or ``None``: some of them jump, and
    what follows the ``try`` may stand among them.
    """

    _fields = ()

    def __init__(self, kinds: list[gast.expr | None], count: int | None) -> None:
        super().__init__()
        self.kinds, self.count = kinds, count


class Handled(gast.expr):
    """The condition of the branch that was handler ``number`` of ``attempt``."""

    _fields = ()

    def __init__(self, attempt: Attempt, number: int) -> None:
        super().__init__()
        self.attempt, self.number = attempt, number


def without_try(block: Sequence[gast.stmt]) -> list[gast.stmt]:
    """``block`` with branches instead of ``try``; what has none stays as it is."""
    out: list[gast.stmt] = []
    for stmt in block:
        if isinstance(stmt, gast.Try):
            out += _branch(stmt)
        elif _tries(stmt):
            out.append(_copied(stmt, without_try))
        else:
            out.append(stmt)
    return out


def _tries(stmt: gast.stmt) -> bool:
    if isinstance(stmt, gast.Try):
        return True
    return any(_tries(s) for inner in inner_blocks(stmt) for s in inner)


def _copied(stmt: gast.stmt, change: Callable[[list[gast.stmt]], list[gast.stmt]]) -> gast.stmt:
    """``stmt`` with other blocks."""
    new = copy.copy(stmt)
    if isinstance(new, gast.Match):
        new.cases = [copy.copy(case) for case in new.cases]
        for case in new.cases:
            case.body = change(case.body)
    elif any(True for _ in inner_blocks(stmt)):
        for name in ("body", "orelse"):
            if isinstance(getattr(new, name, None), list):
                setattr(new, name, change(getattr(new, name)))
    return new


def _branch(stmt: gast.Try) -> list[gast.stmt]:
    tried, more = _computed_first(without_try(stmt.body)), without_try(stmt.orelse)
    steps = tried[:-1] if tried and isinstance(tried[-1], gast.Return) else tried
    test = gast.copy_location(Attempt([h.type for h in stmt.handlers], None if jumps(steps) else len(steps)), stmt)
    other: list[gast.stmt] = []
    for k in reversed(range(len(stmt.handlers))):
        this = gast.copy_location(Handled(test, k), stmt)
        other = [gast.copy_location(gast.If(this, without_try(stmt.handlers[k].body), other), stmt)]
    return [gast.copy_location(gast.If(test, [*tried, *more], other), stmt), *without_try(stmt.finalbody)]


def _computed_first(block: list[gast.stmt]) -> list[gast.stmt]:
    """``block`` with ``return e`` as ``result = e; return result``: what may fail in it belongs to the ``try``.

    Not in loops: what they return is computed when they have been left.
    """
    out: list[gast.stmt] = []
    for stmt in block:
        if isinstance(stmt, gast.Return) and not isinstance(stmt.value, gast.Name | gast.Constant | None):
            made = gast.Assign([gast.Name(_RESULT, gast.Store(), None, None)], stmt.value)
            again = gast.Return(gast.Name(_RESULT, gast.Load(), None, None))
            for new in (made, again):
                for node in (new, *gast.iter_child_nodes(new)):
                    if not hasattr(node, "lineno"):
                        gast.copy_location(node, stmt)
            out += [made, again]
        elif isinstance(stmt, gast.For | gast.While):
            out.append(stmt)
        else:
            out.append(_copied(stmt, _computed_first))
    return out


_SAFE = frozenset(
    (
        math.fabs, math.copysign, math.atan, math.atan2, math.degrees, math.radians, math.hypot, math.erf, math.erfc,
        math.isnan, math.isinf, math.isfinite, math.tanh, math.asinh, math.isclose, math.gcd,
    )
)  # fmt: skip


_QUIET = (ValueError, OverflowError, ZeroDivisionError)  # raised by Python where IEEE arithmetic may go on


def is_caught(c: State, raised: type) -> bool:
    """Whether a handler around waits for ``raised``."""
    return any(issubclass(raised, cls) for cls in c.caught)


def check_quiet(c: State, f: Any) -> None:
    """Refuse ``math.log`` and its like where a handler waits for what they raise: here they give nan or infinity."""
    quiet = {cls for cls in _QUIET if is_caught(c, cls)}
    if not quiet:
        return
    power = f in (pow, math.pow, operator.pow, operator.ipow)
    partial = f in (int, round) or (getattr(f, "__module__", None) == "math" and f not in _SAFE)
    if power or (partial and quiet & {ValueError, OverflowError}):
        module = "math." if getattr(f, "__module__", None) == "math" else ""
        name = "**" if f in (operator.pow, operator.ipow) else module + f.__name__
        reason = f"{name} in a `try` with a handler for what it raises: outside of its domain it goes on here"
        c.refuse(reason, "a test of its argument with `if`")
