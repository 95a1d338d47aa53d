"""Constant folding and the algebraic identities that hold for every value: -0.0, nan and infinities included."""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, isfinite

import numpy as np

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.optimize.rewriter import Pieces, Rewriter, index_views, type_extents
from s2sad.rules.registry import OPS

# Ops whose value does not depend on a library: the same bits wherever they are computed.
_ARITHMETIC = frozenset(["add", "sub", "mul", "div", "add_any", "square", "reciprocal", "sqrt", "floordiv", "mod"])
_FOLDED = _ARITHMETIC | {"checked_add", "checked_sub", "checked_mul", "checked_pow"}
_LARGEST = 2**63


def fold(fn: n.Function) -> n.Function:
    """Evaluate what is constant, drop what is an identity, keep the branch that is taken.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT, const
    >>> from s2sad.ir.text import show
    >>> x, y, z, r = (n.Var(v, FLOAT) for v in "xyzr")
    >>> then, orelse = (n.Assign(y, "mul", (x, const(1.0))),), (n.Assign(z, "neg", (x,)),)
    >>> branch = n.If(const(True), then, orelse, (n.Join(r, y, z),))
    >>> fn = n.Function("f", (n.Param("x", x),), (branch, n.Return(r)))
    >>> print(show(fn))
    def f(x: float64):
        if True:
            y: float64 = mul(x, 1.0)
            -> r = y
        else:
            z: float64 = neg(x)
            -> r: float64 = z
        return r
    >>> print(show(fold(fn)))
    def f(x: float64):
        return x
    """
    return _Fold(fn).function(fn)


class _Fold(Rewriter):
    def __init__(self, fn: n.Function) -> None:
        super().__init__()
        self.kept = type_extents(fn)
        self.views = index_views(fn)
        self.grown = {s.tape for s in walk.walk(fn.body) if isinstance(s, n.Grow)}  # not of their type's extents
        self.made: dict[n.Var, n.Assign] = {}  # how each scalar was computed
        self.memories: dict[n.Var, n.Alloc] = {}

    def simple(self, stmt: n.Stmt) -> Pieces:
        match stmt:
            case n.Assign():
                return self.assign(stmt)
            case n.Alloc():
                if stmt.target not in self.grown:
                    self.memories[stmt.target] = stmt
            case n.Check(cond=n.Const(value=True)):
                return ()
        return (stmt,)

    def assign(self, stmt: n.Assign) -> Pieces:
        stmt, value = self.reduce(stmt)
        if value is not None and stmt.target not in self.kept and value.type.dtype == stmt.target.type.dtype:
            self.forget(stmt.target, value)
            return ()
        self.made[stmt.target] = stmt
        return (stmt,)

    def reduce(self, stmt: n.Assign) -> tuple[n.Assign, n.Atom | None]:
        """What ``stmt`` computes, as an atom if that is known; else a simpler statement."""
        if stmt.op == "extent":
            return stmt, self.extent(stmt)
        value = constant(stmt)
        if value is None:
            value = identity(stmt, self.made)
        if value is not None:
            return stmt, value
        simpler = strength(stmt, self.made)
        return (stmt, None) if simpler is None else self.reduce(simpler)

    def extent(self, stmt: n.Assign) -> n.Atom | None:
        array, axis = stmt.args
        if isinstance(array, n.Var) and array in self.memories and isinstance(axis, n.Const):
            return array.type.extents[int(axis.value)]  # type: ignore[union-attr]
        return None

    def before(self, stmt: n.Stmt) -> Pieces | None:
        match stmt:
            case n.If(cond=n.Const(value=taken)) if self.views.isdisjoint(_chosen(stmt)):
                body = self.block(stmt.then if taken else stmt.orelse)
                for j in stmt.joins:
                    self.forget(j.target, self.use(j.then_value if taken else j.else_value))
                return body
            case n.For() | n.ReverseLoop() if _no_trip(stmt) and self.views.isdisjoint(c.init for c in stmt.carries):
                for c in stmt.carries:
                    self.forget(c.outer, c.init)
                if isinstance(stmt, n.For) and stmt.trips is not None:
                    self.forget(stmt.trips, n.Const(0, n.Scalar("int64")))
                return ()
            case n.Map() if any(isinstance(e, n.Const) and e.value <= 0 for e in stmt.extents):
                for s in stmt.sums:
                    self.forget(s.target, s.init)
                return ()
        return None


def _chosen(stmt: n.If) -> tuple[n.Atom, ...]:
    return tuple(a for j in stmt.joins for a in (j.then_value, j.else_value))


def _no_trip(stmt: n.For | n.ReverseLoop) -> bool:
    if stmt.start == stmt.stop:
        return True
    if isinstance(stmt.step, n.Const) and stmt.step.value == 0:
        return True  # the check before the loop raises
    bounds = (stmt.start, stmt.stop, stmt.step)
    return all(isinstance(a, n.Const) for a in bounds) and not range(*(int(a.value) for a in bounds))  # type: ignore[union-attr]


def constant(stmt: n.Assign) -> n.Const | None:
    """The value of an op on constants; ``None`` where it is not certain, not finite or would raise."""
    args = [a for a in stmt.args if isinstance(a, n.Const)]
    facts = OPS.get(stmt.op)
    if facts is None or not args or len(args) < len(stmt.args):
        return None
    if not (facts.exact or stmt.op in _FOLDED or stmt.op == "cast"):
        return None
    dtype = np.dtype(stmt.target.type.dtype)
    ints = dtype.kind in "iu"
    if stmt.op in ("floordiv", "mod", "reciprocal") and ints and args[-1].value == 0:
        return None
    if stmt.op == "wrap" and not -args[1].value <= args[0].value < args[1].value:
        return None  # never run: the forward sweep raises
    if (
        ints
        and stmt.op in ("add", "sub", "mul", "neg", "square", "abs")
        and not _fits(stmt.op, [a.value for a in args], dtype)
    ):
        return None
    if stmt.op == "cast" and ints and not (isfinite(args[0].value) and abs(args[0].value) < _LARGEST):
        return None
    try:
        with np.errstate(all="ignore"):
            values = [np.dtype(a.type.dtype).type(a.value) for a in args]
            result = values[0].astype(dtype) if stmt.op == "cast" else np.asarray(facts.evaluate(*values))[()]
    except (IndexError, OverflowError, ValueError, ZeroDivisionError):
        return None  # it raises when it is run
    if result.dtype != dtype or not np.isfinite(result):
        return None
    return n.Const(result.item(), n.Scalar(stmt.target.type.dtype))


def _fits(op: str, values: list, dtype: np.dtype) -> bool:
    exact = OPS[op].evaluate(*(np.array(int(v), dtype=object) for v in values)) if op != "abs" else abs(int(values[0]))
    bounds = np.iinfo(dtype)
    return bounds.min <= int(exact) <= bounds.max


_Rule = Callable[[tuple[n.Atom, ...]], "n.Atom | None"]


def _is(a: n.Atom, value: float) -> bool:
    """Whether ``a`` is this constant, the sign of zero included."""
    return isinstance(a, n.Const) and a.value == value and copysign(1.0, a.value) == copysign(1.0, value)


_FLOAT: dict[str, _Rule] = {
    "mul": lambda a: a[0] if _is(a[1], 1.0) else a[1] if _is(a[0], 1.0) else None,
    "div": lambda a: a[0] if _is(a[1], 1.0) else None,
    "add": lambda a: a[0] if _is(a[1], -0.0) else a[1] if _is(a[0], -0.0) else None,  # x + 0.0 is not x for -0.0
    "add_any": lambda a: a[0] if _is(a[1], -0.0) else a[1] if _is(a[0], -0.0) else None,
    "sub": lambda a: a[0] if _is(a[1], 0.0) else None,  # x - -0.0 is not x for -0.0
    "maximum": lambda a: a[0] if a[0] == a[1] else None,
    "minimum": lambda a: a[0] if a[0] == a[1] else None,
    "cast": lambda a: a[0],  # dtypes are compared by the caller
    "select": lambda a: (a[1] if a[0].value else a[2]) if isinstance(a[0], n.Const) else a[1] if a[1] == a[2] else None,
}


def _zero(a: tuple[n.Atom, ...]) -> n.Const:
    return n.Const(0, n.Scalar(a[0].type.dtype))


_INT: dict[str, _Rule] = {
    "add": lambda a: a[0] if _is(a[1], 0) else a[1] if _is(a[0], 0) else None,
    "checked_add": lambda a: a[0] if _is(a[1], 0) else a[1] if _is(a[0], 0) else None,
    "sub": lambda a: a[0] if _is(a[1], 0) else _zero(a) if a[0] == a[1] else None,
    "checked_sub": lambda a: a[0] if _is(a[1], 0) else _zero(a) if a[0] == a[1] else None,
    "mul": lambda a: a[0] if _is(a[1], 1) or _is(a[0], 0) else a[1] if _is(a[0], 1) or _is(a[1], 0) else None,
    "checked_mul": lambda a: a[0] if _is(a[1], 1) or _is(a[0], 0) else a[1] if _is(a[0], 1) or _is(a[1], 0) else None,
    "floordiv": lambda a: a[0] if _is(a[1], 1) else None,
    "mod": lambda a: _zero(a) if _is(a[1], 1) else None,
    "eq": lambda a: n.Const(True, n.Scalar("bool")) if a[0] == a[1] else None,
    "ne": lambda a: n.Const(False, n.Scalar("bool")) if a[0] == a[1] else None,
    "le": lambda a: n.Const(True, n.Scalar("bool")) if a[0] == a[1] else None,
    "ge": lambda a: n.Const(True, n.Scalar("bool")) if a[0] == a[1] else None,
    "lt": lambda a: n.Const(False, n.Scalar("bool")) if a[0] == a[1] else None,
    "gt": lambda a: n.Const(False, n.Scalar("bool")) if a[0] == a[1] else None,
}
_BOOL: dict[str, _Rule] = {
    "and": lambda a: (a[1] if a[0].value else a[0]) if isinstance(a[0], n.Const) else _other(a, True),
    "or": lambda a: (a[0] if a[0].value else a[1]) if isinstance(a[0], n.Const) else _other(a, False),
}


def _other(a: tuple[n.Atom, ...], neutral: bool) -> n.Atom | None:
    if a[0] == a[1]:
        return a[0]
    return None if not isinstance(a[1], n.Const) else a[0] if a[1].value is neutral else a[1]


def identity(stmt: n.Assign, made: dict[n.Var, n.Assign]) -> n.Atom | None:
    """The operand (or constant) that ``stmt`` always equals."""
    dtype = stmt.args[0].type.dtype
    if stmt.op in ("cast", "select"):
        rule = _FLOAT[stmt.op]
    else:
        rule = (_FLOAT if dtype.startswith("float") else _BOOL if dtype == "bool" else _INT).get(stmt.op)
    inner = made.get(stmt.args[0]) if isinstance(stmt.args[0], n.Var) else None
    if stmt.op in ("neg", "not", "invert") and inner is not None and inner.op == stmt.op:
        return inner.args[0]
    return None if rule is None else rule(stmt.args)


def strength(stmt: n.Assign, made: dict[n.Var, n.Assign]) -> n.Assign | None:
    """An exactly equal, simpler statement."""
    if stmt.op not in ("add", "sub", "mul") or len(stmt.args) != 2:
        return None
    a, b = stmt.args
    if not stmt.target.type.dtype.startswith("float"):
        return _offset(stmt, made)
    if stmt.op == "mul" and (_is(b, -1.0) or _is(a, -1.0)):
        return n.Assign(stmt.target, "neg", (a if _is(b, -1.0) else b,), stmt.loc)
    negated = made.get(b) if isinstance(b, n.Var) else None
    if negated is not None and negated.op == "neg" and stmt.op != "mul":
        return n.Assign(stmt.target, "sub" if stmt.op == "add" else "add", (a, negated.args[0]), stmt.loc)
    negated = made.get(a) if isinstance(a, n.Var) else None
    if negated is not None and negated.op == "neg" and stmt.op == "add":
        return n.Assign(stmt.target, "sub", (b, negated.args[0]), stmt.loc)
    return None


def _offset(stmt: n.Assign, made: dict[n.Var, n.Assign]) -> n.Assign | None:
    """``(i + 2) - 1`` as ``i + 1``: integers wrap, so they may be regrouped."""
    a, b = stmt.args
    if stmt.op == "mul" or not isinstance(b, n.Const) or stmt.target.type.dtype != "int64":
        return None
    inner = made.get(a) if isinstance(a, n.Var) else None
    if inner is None or inner.op not in ("add", "sub") or not isinstance(inner.args[1], n.Const):
        return None
    first = inner.args[1].value if inner.op == "add" else -inner.args[1].value
    total = int(first + (b.value if stmt.op == "add" else -b.value))
    if abs(total) >= _LARGEST:
        return None
    op = "sub" if total < 0 else "add"
    return n.Assign(stmt.target, op, (inner.args[0], n.Const(abs(total), n.Scalar("int64"))), stmt.loc)
