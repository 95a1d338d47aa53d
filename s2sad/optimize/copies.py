"""Copy propagation: copies, joins of equal values and carries that never change become the value itself."""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.optimize.rewriter import Pieces, Rewriter, index_views, type_extents


def copies(fn: n.Function) -> n.Function:
    """Replace every variable that is another name for a value by that value.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT, INT, const
    >>> from s2sad.ir.text import show
    >>> x, y, s, t = (n.Var(v, FLOAT) for v in ("x", "y", "s", "s.1"))
    >>> carry = n.Carry(s, y, s, t)
    >>> loop = n.For(n.Var("i", INT), const(0), const(3), const(1), (carry,), ())
    >>> fn = n.Function("f", (n.Param("x", x),), (n.Assign(y, "copy", (x,)), loop, n.Return(t)))
    >>> print(show(fn))
    def f(x: float64):
        y: float64 = copy(x)
        for i: int64 in range(0, 3, 1) with s: float64 = y:
            next s = s
        -> s.1: float64 = last s
        return s.1
    >>> print(show(copies(fn)))
    def f(x: float64):
        for i: int64 in range(0, 3, 1):
        return x
    """
    same = _Same(fn)
    return _Copies(same).function(fn)


class _Same:
    """Which variables are other names, and of what; found by one walk that visits a statement's blocks first."""

    def __init__(self, fn: n.Function) -> None:
        self.table: dict[n.Var, n.Atom] = {}
        self.kept = type_extents(fn)
        self.views = index_views(fn)
        # A carry that turns out unchanged can make a join inside equal, which can make another carry unchanged.
        count = -1
        while count != len(self.table):
            count = len(self.table)
            self.block(fn.body)

    def find(self, a: n.Atom) -> n.Atom:
        chain: list[n.Var] = []
        while isinstance(a, n.Var) and a in self.table:
            chain.append(a)
            a = self.table[a]
        for var in chain:
            self.table[var] = a
        return a

    def same(self, var: n.Var, value: n.Atom) -> None:
        if var not in self.kept and value not in self.views and var.type.dtype == value.type.dtype:
            self.table[var] = value

    def block(self, block: n.Block) -> None:
        for stmt in block:
            if isinstance(stmt, n.Assign) and stmt.op == "copy":
                self.same(stmt.target, self.find(stmt.args[0]))
            inner = walk.blocks(stmt)
            if not inner:
                continue
            for b in inner:
                self.block(b)
            if isinstance(stmt, n.If):
                for j in stmt.joins:
                    if self.find(j.then_value) == self.find(j.else_value):
                        self.same(j.target, self.find(j.then_value))
            elif isinstance(stmt, n.For | n.ReverseLoop):
                self.carries(stmt)

    def carries(self, stmt: n.For | n.ReverseLoop) -> None:
        for c in stmt.carries:
            init, after = self.find(c.init), self.find(c.next)
            if after == c.inner or after == init:
                self.same(c.inner, init)
                self.same(c.outer, init)


class _Copies(Rewriter):
    def __init__(self, same: _Same) -> None:
        super().__init__()
        self.same = same

    def use(self, a: n.Atom) -> n.Atom:
        a = self.same.find(a)
        return self.table.get(a, a) if isinstance(a, n.Var) else a  # the table: arrays whose types changed

    def simple(self, stmt: n.Stmt) -> Pieces:
        return () if isinstance(stmt, n.Assign) and stmt.target in self.same.table else (stmt,)

    def branch(self, stmt: n.If) -> Pieces:
        return (replace(stmt, joins=tuple(j for j in stmt.joins if j.target not in self.same.table)),)

    def loop(self, stmt: n.For | n.ReverseLoop) -> Pieces:
        return (replace(stmt, carries=tuple(c for c in stmt.carries if c.inner not in self.same.table)),)
