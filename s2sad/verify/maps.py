"""The iterations of a ``Map`` do not collide: a necessary condition that costs one walk.

Whether two iterations meet in an element is not decidable. But a ``Store`` (or a plain ``Accumulate``) into an array
from outside certainly meets itself if some index of the ``Map`` has no influence on which element is stored: neither
on its index atoms nor on a condition around it. That is checked. Influence is over-estimated: what depends on unknown
memory counts as depending on everything.
"""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.verify.failure import Context
from s2sad.verify.intervals import Intervals


def check_maps(context: Context) -> None:
    """Check all stores inside ``Map``s."""
    _Maps(context).block(context.fn.body)


class _Maps:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.open: list[n.Map] = []
        self.depends: dict[n.Var, frozenset[n.Var]] = {}  # Map indices that a variable depends on
        self.depth: dict[n.Var, int] = {}  # how many Maps were open where an array was allocated
        self.control: frozenset[n.Var] = frozenset()
        self.ints = Intervals()  # one iteration alone collides with none

    def block(self, block: n.Block) -> None:
        for stmt in block:
            self.stmt(stmt)

    def of(self, *atoms: n.Atom) -> frozenset[n.Var]:
        none: frozenset[n.Var] = frozenset()
        return none.union(*(self.depends.get(a, none) for a in atoms if isinstance(a, n.Var)))

    def everything(self) -> frozenset[n.Var]:
        return frozenset(i for m in self.open for i in m.indices)

    def stmt(self, stmt: n.Stmt) -> None:
        if isinstance(stmt, n.Store | n.Accumulate | n.Push) and self.open:
            self.store(stmt)
        outer = [v for v in walk.written(stmt) if self.depth.get(v, 0) < len(self.open)]
        if isinstance(stmt, n.LibCall | n.Custom | n.Invoke) and outer:
            self.context.fail(stmt, "a LibCall inside a Map writes an array of its own iteration")
        if isinstance(stmt, n.Grow) and self.open:
            self.context.fail(stmt, "a tape does not grow inside a Map")
        if isinstance(stmt, n.For) and stmt.leave is not None and self.open:
            self.context.fail(stmt, "no loop inside a Map can be left")
        saved = self.control
        if isinstance(stmt, n.Map):
            self.open.append(stmt)
            for i in stmt.indices:
                self.depends[i] = frozenset((i,))
            self.block(stmt.body)
            self.open.pop()
        elif isinstance(stmt, n.If):
            self.control = saved | self.of(stmt.cond)
            self.block(stmt.then)
            self.block(stmt.orelse)
        elif isinstance(stmt, n.For | n.ReverseLoop):
            bounds = self.of(stmt.start, stmt.stop, stmt.step)
            self.control = saved | bounds
            self.depends[stmt.index] = bounds
            for c in stmt.carries:  # not yet known what is carried round: everything
                self.depends[c.inner] = self.everything()
                self.depth[c.inner] = self.carried_depth(stmt)
            self.block(stmt.body)
        self.control = saved
        self.targets(stmt)

    def carried_depth(self, stmt: n.For | n.ReverseLoop) -> int:
        arrays = [c.init for c in stmt.carries if isinstance(c.init.type, n.Array)]
        return min((self.depth.get(a, 0) for a in arrays if isinstance(a, n.Var)), default=0)

    def targets(self, stmt: n.Stmt) -> None:
        self.ints.note(stmt)
        if not self.open:
            return
        match stmt:
            case n.Assign():
                self.depends[stmt.target] = self.of(*stmt.args)
            case n.Alloc():
                self.depth[stmt.target] = len(self.open)
            case n.View():
                self.depth[stmt.target] = self.depth.get(stmt.base, 0)
                self.depends[stmt.target] = self.of(*walk.uses(stmt))  # storing through the view, its place counts
            case n.For() | n.ReverseLoop():
                for c in stmt.carries:
                    self.depends[c.outer] = self.everything()
                    self.depth[c.outer] = self.carried_depth(stmt)
            case n.If():
                for j in stmt.joins:
                    self.depends[j.target] = self.of(stmt.cond, j.then_value, j.else_value)
                    both = [self.depth.get(a, 0) for a in (j.then_value, j.else_value) if isinstance(a, n.Var)]
                    self.depth[j.target] = min(both, default=0)
            case _:
                for var in walk.targets(stmt):
                    self.depends[var] = self.everything()

    def store(self, stmt: n.Store | n.Accumulate | n.Push) -> None:
        if isinstance(stmt, n.Accumulate) and stmt.mode != "plain":
            return
        array = stmt.tape if isinstance(stmt, n.Push) else stmt.array
        influences = self.of(array, *stmt.index) | self.control
        for m in self.open[self.depth.get(array, 0) :]:
            for i, extent in zip(m.indices, m.extents, strict=True):
                if i not in influences and self.ints.of(extent)[1] > 1:
                    self.context.fail(stmt, f"all iterations of the Map over {i.name} store into one element")
