"""Scalar arithmetic for derivative code: exact simplifications, and rule templates turned into statements."""

from __future__ import annotations

import math
from collections.abc import Callable

from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, const
from s2sad.rules import registry


def is_const(atom: n.Atom | None, value: float) -> bool:
    """Whether ``atom`` is the constant ``value`` (signed zeros differ)."""
    return (
        isinstance(atom, n.Const)
        and atom.value == value
        and math.copysign(1.0, float(atom.value)) == math.copysign(1.0, value)
    )


def exact(stmt: n.Assign) -> bool:
    """Whether running ``stmt`` again on the same operands gives the same bits wherever it is compiled."""
    return registry.op(stmt.op).exact or not stmt.target.type.dtype.startswith("float")


def zero(dtype: str) -> n.Const:
    """The zero of a floating dtype."""
    return const(0.0, dtype)


def neg(b: Builder, x: n.Atom) -> n.Atom:
    if isinstance(x, n.Const):
        return const(-x.value, x.type.dtype)
    return b.assign("neg", x, dtype=x.type.dtype)


def mul(b: Builder, x: n.Atom, y: n.Atom) -> n.Atom:
    """``x * y``, without multiplications by one and with minus one as a negation (both exact)."""
    for one, other in ((x, y), (y, x)):
        if is_const(one, 1.0):
            return other
        if is_const(one, -1.0):
            return neg(b, other)
    return b.assign("mul", x, y, dtype=x.type.dtype)


def div(b: Builder, x: n.Atom, y: n.Atom) -> n.Atom:
    return x if is_const(y, 1.0) else b.assign("div", x, y, dtype=x.type.dtype)


def cast(b: Builder, x: n.Atom, dtype: str) -> n.Atom:
    """``x`` as ``dtype``; no statement if it is that already."""
    if x.type.dtype == dtype:
        return x
    if isinstance(x, n.Const) and dtype.startswith("float"):
        return const(float(x.value), dtype)
    return b.assign("cast", x, dtype=dtype, hint=x.hint if isinstance(x, n.Var) else "t")


def add(b: Builder, x: n.Atom, y: n.Atom, hint: str) -> n.Atom:
    """``x + y`` in the wider of the two dtypes."""
    dtype = "float64" if "float64" in (x.type.dtype, y.type.dtype) else x.type.dtype
    x, y = cast(b, x, dtype), cast(b, y, dtype)
    return b.assign("add", x, y, dtype=dtype, hint=hint)


class Templates:
    """Turns the templates of one statement's rule into statements; ``need`` gives the primal values that they read.

    Templates share subtrees, so each is made once.
    """

    def __init__(self, b: Builder, need: Callable[[n.Atom, bool], n.Atom]) -> None:
        self.b = b
        self.need = need
        self.made: dict[tuple[registry.Template, bool], n.Atom] = {}

    def value(self, t: registry.Template, stmt: n.Assign, dtype: str, exact: bool = False) -> n.Atom:
        """The value of template ``t`` at ``stmt``; ``exact`` asks for operands bit for bit (they are compared)."""
        if (t, exact) not in self.made:
            self.made[t, exact] = self._value(t, stmt, dtype, exact)
        return self.made[t, exact]

    def _value(self, t: registry.Template, stmt: n.Assign, dtype: str, exact: bool) -> n.Atom:
        match t:
            case registry.Arg(k):
                return self.need(stmt.args[k], exact)
            case registry.Result():
                return self.need(stmt.target, exact)
            case registry.Literal(value):
                return const(float(value), dtype)
            case registry.Apply(op, args):
                rule = registry.op(op)
                steers = rule.result == "bool"
                atoms = tuple(self.value(a, stmt, dtype, exact or steers) for a in args)
                if op == "neg":
                    return neg(self.b, atoms[0])
                if op == "mul":
                    return mul(self.b, *atoms)
                if rule.result == "bool":
                    return self.b.assign(op, *atoms, dtype="bool")
                return self.b.assign(op, *atoms, dtype=atoms[-1].type.dtype)
        raise TypeError(type(t).__name__)

    def times(self, bar: n.Atom, t: registry.Template, stmt: n.Assign, dtype: str) -> n.Atom:
        """``bar * t``, so distributed that ``bar * (1 / b)`` is one division and ``bar * -x`` a negation at the end."""
        match t:
            case registry.Literal(0.0):
                return zero(dtype)
            case registry.Apply("neg", (inner,)):
                return neg(self.b, self.times(bar, inner, stmt, dtype))
            case registry.Apply("div", (top, bottom)):
                return div(self.b, self.times(bar, top, stmt, dtype), self.value(bottom, stmt, dtype))
            case registry.Apply("mul", (left, right)):
                return mul(self.b, self.times(bar, left, stmt, dtype), self.value(right, stmt, dtype))
            case registry.Apply("select", (cond, yes, no)):
                test = self.value(cond, stmt, dtype, True)
                picked = (self.times(bar, yes, stmt, dtype), self.times(bar, no, stmt, dtype))
                return self.b.assign("select", test, *picked, dtype=dtype)
        return mul(self.b, bar, self.value(t, stmt, dtype))


def pull(b: Builder, templates: Templates, stmt: n.Assign, k: int, bar: n.Atom, guarded: bool = False) -> n.Atom | None:
    """The contribution of ``stmt``'s cotangent ``bar`` to its argument ``k``; ``None`` if the rule says zero.

    Where the partial can be infinite or nan, a cotangent of exactly zero contributes zero (the strong zero of
    pitfall S10).
    """
    rule = registry.op(stmt.op)
    arg = stmt.args[k]
    if stmt.op == "cast":
        return cast(b, bar, arg.type.dtype)
    partial = rule.partials[k]
    if partial is None:
        return None
    dtype = stmt.target.type.dtype
    value = templates.times(bar, partial, stmt, dtype)
    if guarded or (rule.singular[k] and not _regular(stmt, k)):
        live = b.assign("ne", bar, zero(dtype), dtype="bool")
        return b.assign("select", live, value, zero(dtype), dtype=dtype)
    return value


def _regular(stmt: n.Assign, k: int) -> bool:
    """Whether the partial is finite because the operand that could make it singular is a constant."""
    if stmt.op == "div":
        divisor = stmt.args[1]
        return isinstance(divisor, n.Const) and divisor.value != 0 and math.isfinite(divisor.value)
    if stmt.op == "pow":
        exponent = stmt.args[1]
        return k == 0 and isinstance(exponent, n.Const) and exponent.value >= 1
    return False
