"""Extents that a check at the top of the function found equal become one name after it."""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.optimize.rewriter import Pieces, Rewriter


def unify(fn: n.Function) -> n.Function:
    """Replace, after ``Check(a == b)`` on integers outside all loops and branches, the later of the two by the earlier.

    A second check of the same condition goes.

    Examples
    --------
    >>> from s2sad.ir.builder import BOOL, INT, const
    >>> from s2sad.ir.text import show
    >>> n1, n2 = n.Var("n1", INT), n.Var("n2", INT)
    >>> x, y, ok = n.Var("x", n.Array("float64", (n1,))), n.Var("y", n.Array("float64", (n2,))), n.Var("ok", BOOL)
    >>> sizes = (n.Assign(n1, "extent", (x, const(0))), n.Assign(n2, "extent", (y, const(0))))
    >>> check = (n.Assign(ok, "eq", (n1, n2)), n.Check(ok, "ValueError", "shapes"))
    >>> z = n.Alloc(n.Var("z", n.Array("float64", (n2,))))
    >>> body = (*sizes, *check, z, n.Return(z.target))
    >>> print(show(unify(n.Function("f", (n.Param("x", x), n.Param("y", y)), body))))
    def f(x: float64[n1], y: float64[n2]):
        n1: int64 = extent(x, 0)
        n2: int64 = extent(y, 0)
        ok: bool = eq(n1, n2)
        check ok else ValueError('shapes')
        z: float64[n1] = alloc empty (local)
        return z
    """
    return _Unify(fn).function(fn)


class _Unify(Rewriter):
    def __init__(self, fn: n.Function) -> None:
        super().__init__()
        self.depth = 0
        self.held: list[set[n.Var]] = [set()]  # conditions that a check found true, in the blocks around here
        self.equal: dict[n.Var, tuple[n.Atom, n.Atom]] = {}
        self.order: dict[n.Var, int] = {}
        self.arrays: dict[n.Var, n.Var] = {v: v for v in walk.param_vars(fn) if isinstance(v.type, n.Array)}

    def enter(self, stmt: n.Stmt, block: int) -> None:
        self.depth += 1
        self.held.append(set())

    def leave(self, stmt: n.Stmt, block: int) -> None:
        self.depth -= 1
        self.held.pop()
        if self.depth == 0:
            for v in walk.targets(stmt):  # a count of true elements, which may be an extent too
                self.order.setdefault(v, len(self.order))

    def simple(self, stmt: n.Stmt) -> Pieces:
        if self.depth == 0:
            for v in walk.targets(stmt):
                self.order[v] = len(self.order)
                if isinstance(v.type, n.Array):
                    self.arrays[v] = v
            match stmt:
                case n.Assign(op="eq", args=(a, b)) if a.type.dtype == b.type.dtype == "int64":
                    self.equal[stmt.target] = (a, b)
                case n.Check(cond=n.Var() as cond) if cond in self.equal and cond not in self.held[0]:
                    self._merge(*self.equal[cond])
                case _:
                    pass
        if isinstance(stmt, n.Check) and isinstance(stmt.cond, n.Var):
            if any(stmt.cond in block for block in self.held):
                return ()
            self.held[-1].add(stmt.cond)
        return (stmt,)

    def _merge(self, a: n.Atom, b: n.Atom) -> None:
        if isinstance(a, n.Var) and (isinstance(b, n.Const) or self.order.get(b, -1) < self.order.get(a, -1)):
            a, b = b, a
        if not isinstance(b, n.Var) or a == b:
            return
        for old, new in tuple(self.table.items()):
            if new == b:
                self.table[old] = a
        self.forget(b, a)
        for array, now in tuple(self.arrays.items()):
            assert isinstance(now.type, n.Array)
            if b in now.type.extents:
                extents = tuple(a if e == b else e for e in now.type.extents)
                self.arrays[array] = self.table[array] = n.Var(array.name, replace(now.type, extents=extents))
