"""``range`` expressions of loops and of reversed loops."""

from __future__ import annotations

import ast

from s2sad.backend.expressions import Expressions, binary, is_number, number, plus
from s2sad.ir import nodes as n


def forward(x: Expressions, stmt: n.For) -> ast.expr:
    """``range(start, stop, step)`` without what is 0 or 1 by default."""
    return simple(x, x.atom(stmt.start), x.atom(stmt.stop), x.atom(stmt.step))


def simple(x: Expressions, start: ast.expr, stop: ast.expr, step: ast.expr) -> ast.expr:
    if not is_number(step, 1):
        return x.call("range", start, stop, step)
    return x.call("range", stop) if is_number(start, 0) else x.call("range", start, stop)


def backward(x: Expressions, stmt: n.ReverseLoop) -> ast.expr:
    """The trips of ``range(start, stop, step)``, last first.

    With step ``s > 0`` the last trip is ``start + (stop - start - 1) // s * s``; without trips that is at most
    ``start - s``, so the reversed range is empty too. ``s < 0`` is its mirror image. A step known at run time only
    goes through the number of trips.
    """
    start, stop = x.atom(stmt.start), x.atom(stmt.stop)
    if not isinstance(stmt.step, n.Const):
        step = x.atom(stmt.step)
        trips = x.call("len", x.call("range", start, stop, step))
        last = binary(binary(plus(trips, -1), "*", step), "+", start)
        return x.call("range", last, binary(start, "-", step), ast.UnaryOp(ast.USub(), step))
    s = int(stmt.step.value)
    if s == 1:
        return x.call("range", plus(stop, -1), plus(start, -1), number(-1))
    if s == -1:
        return simple(x, plus(stop, 1), plus(start, 1), number(1))
    span = plus(_difference(stop, start) if s > 0 else _difference(start, stop), -1)
    jumps = binary(binary(span, "//", ast.Constant(abs(s))), "*", ast.Constant(abs(s)))
    if s > 0:
        last = jumps if is_number(start, 0) else binary(start, "+", jumps)
        return x.call("range", last, plus(start, -1), number(-s))
    return x.call("range", binary(start, "-", jumps), plus(start, 1), number(-s))


def _difference(a: ast.expr, b: ast.expr) -> ast.expr:
    if is_number(b, 0):
        return a
    return plus(a, -b.value) if isinstance(b, ast.Constant) else binary(a, "-", b)  # type: ignore[operator]
