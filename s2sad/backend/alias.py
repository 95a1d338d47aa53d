"""Which array variables may share memory: views, loop carries and branch joins of arrays put them in one class."""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir import walk


class AliasClasses:
    """Classes of array variables of one function that may share memory.

    Parameter arrays are taken to be disjoint: the entry guard refuses overlap where one is written.
    """

    def __init__(self, fn: n.Function) -> None:
        self._parent: dict[str, str] = {}
        for stmt in walk.walk(fn.body):
            if isinstance(stmt, n.View):
                self._join(stmt.target, stmt.base)
            elif isinstance(stmt, n.If):
                for j in stmt.joins:
                    self._join(j.target, j.then_value)
                    self._join(j.target, j.else_value)
            elif isinstance(stmt, n.For | n.ReverseLoop):
                for c in stmt.carries:
                    for other in (c.init, c.next, c.outer):
                        self._join(c.inner, other)

    def of(self, var: n.Var) -> str:
        """The representative of ``var``'s class."""
        return self._find(var.name)

    def _find(self, name: str) -> str:
        parent = self._parent
        root = name
        while parent.get(root, root) != root:
            root = parent[root]
        while parent.get(name, name) != root:
            parent[name], name = root, parent[name]
        return root

    def _join(self, a: n.Var, b: n.Atom) -> None:
        if isinstance(b, n.Var) and isinstance(a.type, n.Array):
            self._parent[self._find(a.name)] = self._find(b.name)
