"""How large the ints of a function can be: what follows from how each is computed, without what checks tell."""

from __future__ import annotations

import math
from typing import TypeAlias

from s2sad.ir import nodes as n

Interval: TypeAlias = tuple[float, float]  # both ends included

_ANY: Interval = (-math.inf, math.inf)


class Intervals:
    """Bounds of int variables, noted in the order of the text.

    Examples
    --------
    >>> from s2sad.ir.builder import INT, const
    >>> stop, count = n.Var("stop", INT), n.Var("count", INT)
    >>> known = Intervals()
    >>> known.note(n.Assign(stop, "pymin", (n.Var("k", INT), const(1))))
    >>> known.note(n.Assign(count, "sub", (const(1), stop)))
    >>> known.of(stop), known.of(count)
    ((-inf, 1), (0, inf))
    >>> known.note(n.Assign(count, "floordiv", (count, const(2))))
    >>> known.of(count)
    (0, inf)
    """

    def __init__(self) -> None:
        self._known: dict[n.Var, Interval] = {}

    def of(self, a: n.Atom) -> Interval:
        """The smallest and the largest value that ``a`` may have."""
        if isinstance(a, n.Const):
            return int(a.value), int(a.value)
        if a.type.dtype == "bool":
            return 0, 1
        return self._known.get(a, _ANY)

    def note(self, stmt: n.Stmt) -> None:
        """Note what ``stmt`` says of its targets."""
        if isinstance(stmt, n.If):
            for j in stmt.joins:
                if j.target.type.dtype == "int64":
                    self._known[j.target] = _either(self.of(j.then_value), self.of(j.else_value))
        elif isinstance(stmt, n.Assign) and stmt.target.type.dtype == "int64":
            self._known[stmt.target] = self._computed(stmt)

    def _computed(self, stmt: n.Assign) -> Interval:
        if stmt.op == "extent":
            return 0, math.inf
        if not all(isinstance(a.type, n.Scalar) and a.type.dtype in ("int64", "bool") for a in stmt.args):
            return _ANY
        found = [self.of(a) for a in stmt.args]
        match stmt.op, found:
            case (("cast" | "copy"), [a]):
                return a
            case "pymin", [(a, b), (c, d)]:
                return min(a, c), min(b, d)
            case "pymax", [(a, b), (c, d)]:
                return max(a, c), max(b, d)
            case "add", [(a, b), (c, d)]:
                return a + c, b + d
            case "sub", [(a, b), (c, d)]:
                return a - d, b - c
            case "select", [_, a, b]:
                return _either(a, b)
            case "floordiv", [(a, b), (c, d)] if c == d > 0:
                return _quotient(a, c), _quotient(b, c)
        return _ANY


def _either(a: Interval, b: Interval) -> Interval:
    return min(a[0], b[0]), max(a[1], b[1])


def _quotient(a: float, by: float) -> float:
    return a if math.isinf(a) else a // by
