"""Dead code: what no result, check or written parameter depends on goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from s2sad.analysis.alias import aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.draws import is_draw
from s2sad.ir.opaque import is_opaque
from s2sad.optimize.rewriter import type_extents
from s2sad.rules.registry import raises


def dead(fn: n.Function, keep_extents: bool = True) -> n.Function:
    """Remove unused scalars, joins, carries and sums, arrays only written, tapes never popped, empty loops.

    ``keep_extents=False`` also removes unused definitions of the parameters' extents (later passes may still name
    them).

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT, INT, const
    >>> from s2sad.ir.text import show
    >>> x, y = n.Var("x", FLOAT), n.Var("y", FLOAT)
    >>> w = n.Var("w", n.Array("float64", (const(3),)))
    >>> body = (n.Alloc(w), n.Store(w, (const(0),), x), n.Assign(y, "sin", (x,)), n.Return(x))
    >>> fn = n.Function("f", (n.Param("x", x),), body)
    >>> print(show(fn))
    def f(x: float64):
        w: float64[3] = alloc empty (local)
        w[0] = x
        y: float64 = sin(x)
        return x
    >>> print(show(dead(fn)))
    def f(x: float64):
        return x
    """
    while True:  # without a dead swap or joined reference, fewer arrays can be the same memory
        marks = _Marks(fn)
        marks.start(fn, type_extents(fn) if keep_extents else ())
        marks.close()
        at = len(fn.body) if fn.reverse_at is None else fn.reverse_at
        forward = marks.sweep(fn.body[:at])
        body = forward + marks.sweep(fn.body[at:])
        fn = replace(fn, body=body, reverse_at=None if fn.reverse_at is None else len(forward))
        if not marks.parted:
            return fn


class _Marks:
    """Marks statements and variables that are needed, from the roots backwards along definitions and memory."""

    def __init__(self, fn: n.Function) -> None:
        self.aliases = aliases(fn)
        self.statements: list[n.Stmt] = list(walk.walk(fn.body))
        self.number = {id(s): k for k, s in enumerate(self.statements)}
        self.parent: dict[int, int] = {}
        self.definition: dict[n.Var, int] = {}
        self.writers: dict[n.Var, list[int]] = {}
        self.needed: set[n.Var] = set()
        self.live: set[int] = set()
        self.memories: set[n.Var] = set()
        self.todo: list[n.Var] = []
        for k, stmt in enumerate(self.statements):
            for block in walk.blocks(stmt):
                for inner in block:
                    self.parent[self.number[id(inner)]] = k
            for var in (*walk.targets(stmt), *walk.inner_targets(stmt)):
                self.definition[var] = k
            arrays = (stmt.tape,) if isinstance(stmt, n.Push | n.Grow) else walk.written(stmt)
            for array in arrays:
                self.writers.setdefault(self.aliases.class_of(array), []).append(k)

    def start(self, fn: n.Function, extents: Iterable[n.Var]) -> None:
        for var in extents:
            self.need(var)
        for var in walk.param_vars(fn):
            if isinstance(var.type, n.Array):
                self.memory(var)
        for k, stmt in enumerate(self.statements):
            if (
                # Also an empty Recall says that the part takes tapes.
                isinstance(stmt, n.Check | n.Print | n.Return | n.Recall)
                or (isinstance(stmt, n.Assign) and raises(stmt.op))
                or (isinstance(stmt, n.LibCall) and (is_draw(stmt.fn) or is_opaque(stmt.fn)))
                or (isinstance(stmt, n.Invoke) and stmt.raises)
            ):
                self.keep(k)

    def need(self, a: n.Atom) -> None:
        if isinstance(a, n.Var) and a not in self.needed:
            self.needed.add(a)
            self.todo.append(a)

    def close(self) -> None:
        """Follow definitions until nothing new is needed."""
        while self.todo:
            var = self.todo.pop()
            if isinstance(var.type, n.Array):
                self.memory(var)
                for e in var.type.extents:
                    self.need(e)
            k = self.definition.get(var)
            if k is not None:
                self.keep(k)
                self.value(self.statements[k], var)

    def value(self, stmt: n.Stmt, var: n.Var) -> None:
        """What ``var``, bound by the compound ``stmt``, is made of."""
        match stmt:
            case n.If():
                for j in stmt.joins:
                    if j.target == var:
                        self.all((j.then_value, j.else_value))
            case n.For() | n.ReverseLoop():
                for c in stmt.carries:
                    if var in (c.inner, c.outer):
                        self.all((c.inner, c.init, c.next))
            case n.Map():
                for s in stmt.sums:
                    if s.target == var:
                        self.all((s.init, s.value))

    def all(self, atoms: Iterable[n.Atom]) -> None:
        for a in atoms:
            self.need(a)

    def keep(self, k: int) -> None:
        """Statement ``k`` is executed: what its head reads is needed, and what encloses it is kept."""
        while k not in self.live:
            self.live.add(k)
            stmt = self.statements[k]
            match stmt:
                case n.If():
                    self.need(stmt.cond)
                case n.For() | n.ReverseLoop():
                    self.all((stmt.start, stmt.stop, stmt.step))
                    if isinstance(stmt, n.For) and stmt.leave is not None:
                        self.need(stmt.leave)  # how often everything else in the loop runs
                case n.Map():
                    self.all(stmt.extents)
                case _:
                    self.all(walk.uses(stmt))
            if k not in self.parent:
                return
            k = self.parent[k]

    def memory(self, array: n.Var) -> None:
        """The contents of ``array``'s memory matter: so do all writes to it."""
        cls = self.aliases.class_of(array)
        if cls not in self.memories:
            self.memories.add(cls)
            for k in self.writers.get(cls, ()):
                self.keep(k)

    @property
    def parted(self) -> bool:
        """Whether some reference that made arrays one alias class is not needed."""
        references = (v for s in self.statements for v in _references(s))
        return any(isinstance(v.type, n.Array) and v not in self.needed for v in references)

    def sweep(self, block: n.Block) -> n.Block:
        return tuple(self.clean(s) for s in block if self.number[id(s)] in self.live)

    def clean(self, stmt: n.Stmt) -> n.Stmt:
        match stmt:
            case n.If():
                joins = tuple(j for j in stmt.joins if j.target in self.needed)
                return replace(stmt, then=self.sweep(stmt.then), orelse=self.sweep(stmt.orelse), joins=joins)
            case n.For() | n.ReverseLoop():
                carries = tuple(c for c in stmt.carries if c.inner in self.needed)
                return replace(stmt, carries=carries, body=self.sweep(stmt.body))
            case n.Map():
                sums = tuple(s for s in stmt.sums if s.target in self.needed)
                return replace(stmt, sums=sums, body=self.sweep(stmt.body))
            case _:
                return stmt


def _references(stmt: n.Stmt) -> tuple[n.Var, ...]:
    match stmt:
        case n.View():
            return (stmt.target,)
        case n.If():
            return walk.targets(stmt)
        case n.For() | n.ReverseLoop():
            return tuple(c.inner for c in stmt.carries)
        case _:
            return ()
