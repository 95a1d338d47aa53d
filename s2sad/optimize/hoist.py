"""Loop-invariant code motion of scalar ops that cannot raise."""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.optimize.rewriter import Pieces, Rewriter
from s2sad.rules.registry import raises

_MAY_RAISE = frozenset(["floordiv", "mod", "pow", "lshift", "rshift"])


def hoist(fn: n.Function) -> n.Function:
    """Move what every trip of a loop computes alike to before the loop.

    Only statements directly in the loop's body (or in loops directly in it) move: those under an ``If`` may never run.
    Loads stay: they may be in range only because the loop runs.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT, INT, const
    >>> from s2sad.ir.text import show
    >>> x, y, z, s, r = (n.Var(v, FLOAT) for v in "xyzsr")
    >>> body = (n.Assign(y, "sin", (x,)), n.Assign(z, "mul", (s, y)))
    >>> loop = n.For(n.Var("i", INT), const(0), const(3), const(1), (n.Carry(s, x, z, r),), body)
    >>> fn = n.Function("f", (n.Param("x", x),), (loop, n.Return(r)))
    >>> print(show(fn))
    def f(x: float64):
        for i: int64 in range(0, 3, 1) with s: float64 = x:
            y: float64 = sin(x)
            z: float64 = mul(s, y)
            next s = z
        -> r: float64 = last s
        return r
    >>> print(show(hoist(fn)))
    def f(x: float64):
        y: float64 = sin(x)
        for i: int64 in range(0, 3, 1) with s: float64 = x:
            z: float64 = mul(s, y)
            next s = z
        -> r: float64 = last s
        return r
    """
    return _Hoist().function(fn)


class _Hoist(Rewriter):
    """Inner loops come first, so that what they give up can leave the next loop too."""

    def loop(self, stmt: n.For | n.ReverseLoop) -> Pieces:
        return _split(stmt)

    def map(self, stmt: n.Map) -> Pieces:
        return _split(stmt)


def _split(stmt: n.For | n.ReverseLoop | n.Map) -> Pieces:
    varying = set(walk.inner_targets(stmt))
    moved: list[n.Stmt] = []
    kept: list[n.Stmt] = []
    for inner in stmt.body:
        if isinstance(inner, n.Assign) and _safe(inner) and varying.isdisjoint(inner.args):
            moved.append(inner)
        else:
            kept.append(inner)
            varying.update(walk.targets(inner))
    return (*moved, replace(stmt, body=tuple(kept)) if moved else stmt)


def _safe(stmt: n.Assign) -> bool:
    """Whether ``stmt`` raises nothing, whatever its operands are."""
    if stmt.op in ("floordiv", "mod"):
        divisor = stmt.args[1]
        return stmt.args[0].type.dtype.startswith("float") or (isinstance(divisor, n.Const) and divisor.value != 0)
    if stmt.op == "pow":
        return stmt.args[0].type.dtype.startswith("float")
    return stmt.op not in _MAY_RAISE and not raises(stmt.op)
