"""Common subexpressions: what has been computed or loaded on the way here is not computed or loaded again."""

from __future__ import annotations

from typing import TypeAlias

from s2sad.analysis.versions import memory_versions
from s2sad.ir import nodes as n
from s2sad.optimize.rewriter import Pieces, Rewriter, type_extents

_COMMUTES = frozenset(
    ["add", "mul", "add_any", "eq", "ne", "and", "or", "xor", "bitand", "bitor", "bitxor", "checked_add", "checked_mul"]
)
Key: TypeAlias = tuple


def cse(fn: n.Function) -> n.Function:
    """Reuse scalars computed by the same op on the same operands, and elements whose memory did not change since.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT
    >>> from s2sad.ir.text import show
    >>> x, a, b, c = (n.Var(v, FLOAT) for v in "xabc")
    >>> body = (n.Assign(a, "sin", (x,)), n.Assign(b, "sin", (x,)), n.Assign(c, "mul", (a, b)), n.Return(c))
    >>> fn = n.Function("f", (n.Param("x", x),), body)
    >>> print(show(fn))
    def f(x: float64):
        a: float64 = sin(x)
        b: float64 = sin(x)
        c: float64 = mul(a, b)
        return c
    >>> print(show(cse(fn)))
    def f(x: float64):
        a: float64 = sin(x)
        c: float64 = mul(a, a)
        return c
    """
    return _Reuse(fn).function(fn)


class _Reuse(Rewriter):
    """``available`` maps what was computed to the variable that has it; a block's end forgets what it added."""

    def __init__(self, fn: n.Function) -> None:
        super().__init__()
        self.kept = type_extents(fn)
        self.versions = memory_versions(fn)
        self.position = -1  # of the statement being visited, in the order of walk
        self.available: dict[Key, n.Atom] = {}
        self.added: list[Key] = []
        self.marks: list[int] = []

    def statement(self, stmt: n.Stmt) -> Pieces:
        self.position += 1
        here = self.position
        state = None
        if isinstance(stmt, n.Load):
            state = self.versions.before(here, stmt.array)
        elif isinstance(stmt, n.Store):
            state = self.versions.after(here, stmt.array)
        pieces = super().statement(stmt)
        if state is None:
            return pieces
        (new,) = pieces
        if isinstance(new, n.Load):
            return self.reuse(new, ("load", new.array, state, new.index))
        if isinstance(new, n.Store) and new.index:
            self.offer(("load", new.array, state, new.index), new.value)
        return pieces

    def simple(self, stmt: n.Stmt) -> Pieces:
        match stmt:
            case n.Assign():
                args = tuple(sorted(stmt.args, key=repr)) if stmt.op in _COMMUTES else stmt.args
                return self.reuse(stmt, (stmt.op, stmt.target.type.dtype, *args))
            case n.Pop():
                return self.reuse(stmt, ("pop", stmt.tape, stmt.index))
            case _:
                return (stmt,)

    def reuse(self, stmt: n.Assign | n.Load | n.Pop, key: Key) -> Pieces:
        known = self.available.get(key)
        if known is None or stmt.target in self.kept:
            self.offer(key, stmt.target)
            return (stmt,)
        self.forget(stmt.target, known)
        return ()

    def offer(self, key: Key, value: n.Atom) -> None:
        if key not in self.available:
            self.available[key] = value
            self.added.append(key)

    def enter(self, stmt: n.Stmt, block: int) -> None:
        self.marks.append(len(self.added))

    def leave(self, stmt: n.Stmt, block: int) -> None:
        mark = self.marks.pop()
        for key in self.added[mark:]:
            del self.available[key]
        del self.added[mark:]
