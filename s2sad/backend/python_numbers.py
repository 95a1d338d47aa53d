"""Which variables can hold Python's own numbers when the text runs without Numba.

Sums begin with a literal, extents are Python's ints. Python raises where it divides by zero, NumPy's numbers and
compiled code give inf or nan: a division of NumPy's meaning whose operands are both Python's needs a conversion.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.backend.sums import Blocks, arrangement
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.rules.registry import op

_FIRST = ("copy", "neg", "abs")


class PythonNumbers:
    """The variables of ``fn`` that can hold Python's numbers; over-estimated.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT, INT, const
    >>> x, m, t, u = n.Var("x", n.Array("float64", (const(2),))), n.Var("m", INT), n.Var("t", FLOAT), n.Var("u", FLOAT)
    >>> body = (n.Assign(m, "extent", (x, const(0))), n.Load(t, x, (const(0),)), n.Assign(u, "add", (t, const(1.0))))
    >>> held = PythonNumbers(n.Function("f", (n.Param("x", x),), (*body, n.Return(u))), True)
    >>> m in held, t in held, u in held, const(1.0) in held
    (True, False, False, True)
    """

    def __init__(self, fn: n.Function, fast: bool) -> None:
        self._fast = fast
        # Floats of the caller are NumPy's when they come; those of one part to another are as they are.
        params = (v for v in walk.param_vars(fn) if isinstance(v.type, n.Scalar))
        self._found = {v for v in params if fn.part is not None or not v.type.dtype.startswith("float")}
        statements = list(walk.walk(fn.body))
        size = -1
        while size < len(self._found):
            size = len(self._found)
            for stmt in statements:
                self._found.update(v for v in self._made(stmt) if isinstance(v.type, n.Scalar))

    def __contains__(self, a: n.Atom) -> bool:
        if isinstance(a, n.Const):
            return not self._fast or a.type.weak or a.type.dtype in ("float64", "int64", "bool")
        return a in self._found

    def _made(self, stmt: n.Stmt) -> Iterator[n.Var]:
        match stmt:
            case n.Assign():
                if self._computed(stmt):
                    yield stmt.target
            case n.Load() | n.Pop() | n.LibCall():
                pass
            case n.If():
                yield from (j.target for j in stmt.joins if j.then_value in self or j.else_value in self)
            case n.Map():
                yield from stmt.indices
                yield from (s.target for s in stmt.sums if self._summed(stmt, s))
            case n.For() | n.ReverseLoop():
                carried = {v for c in stmt.carries for v in (c.inner, c.outer)}
                yield from (v for v in (*walk.targets(stmt), *walk.inner_targets(stmt)) if v not in carried)
                yield from (v for c in stmt.carries if c.init in self or c.next in self for v in (c.inner, c.outer))
            case _:
                yield from (*walk.targets(stmt), *walk.inner_targets(stmt))

    def _computed(self, stmt: n.Assign) -> bool:
        if stmt.op == "extent":
            return True
        if stmt.op == "cast":
            same = stmt.args[0].type.dtype == stmt.target.type.dtype
            return stmt.args[0] in self if same else not self._fast
        if stmt.op == "select":
            return any(a in self for a in stmt.args[1:])
        entry = op(stmt.op)
        if entry.infix is not None or stmt.op in _FIRST:
            return all(a in self for a in stmt.args)
        return not entry.call.startswith("np.")

    def _summed(self, stmt: n.Map, s: n.Sum) -> bool:
        """A sum that is compensated ends in NumPy's number; one of no elements is what it began with."""
        if self._fast and s.target.type.dtype.startswith("float") and arrangement(stmt) is not Blocks.NONE:
            return False
        some = all(isinstance(e, n.Const) and e.value > 0 for e in stmt.extents)
        return s.init in self and (not some or s.value in self)
