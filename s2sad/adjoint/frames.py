"""The state of the reverse sweep in one block: cotangents, and primal values, arrays and shadows had again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from s2sad.adjoint import algebra
from s2sad.adjoint.regions import Region, Regions
from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder


class Frame:
    """The reverse of one ``Region``. ``at`` is the position of the forward statement being reversed.

    Cotangents of names that live outside the region collect here and are handed to the parent when the frame closes:
    through loop carries, branch joins or map sums.
    """

    def __init__(self, region: Region, parent: Frame | None, b: Builder, facts: Regions) -> None:
        self.region = region
        self.parent = parent
        self.b = b
        self.facts = facts
        self.out: list[n.Stmt] = []
        self.at = len(region.stmts)
        self.values: dict[str, tuple[n.Atom, bool]] = {}
        self.refs: dict[str, n.Var] = {}
        self.shadows: dict[str, n.Var] = {}
        self.trip: n.Atom | None = None
        self.place: n.Atom | None = None
        self.bars: dict[str, n.Atom] = {}
        self.outer: dict[str, n.Var] = {}
        self.inners: dict[str, n.Var] = {}

    @contextmanager
    def emitting(self) -> Iterator[None]:
        """Statements that the builder makes inside go to the end of this frame's block."""
        saved, self.b.out = self.b.out, self.out
        try:
            yield
        finally:
            self.b.out = saved

    def owns(self, v: n.Var) -> bool:
        return self.facts.home[v.name] is self.region

    def get(self, v: n.Var) -> n.Atom | None:
        """The cotangent of ``v`` so far, to be added to; a loop frame opens an accumulator for an outer ``v``."""
        if v.name in self.bars or self.owns(v):
            return self.bars.get(v.name)
        self.outer[v.name] = v
        if self.region.kind == "map":
            return None
        if self.region.kind == "loop":
            # A float32 sum of run-time length is kept in float64 and rounded once (pitfall S13).
            inner = self.b.var(v.hint + "_bar", n.Scalar("float64"))
            self.inners[v.name] = inner
            self.bars[v.name] = inner
            return inner
        return self.parent.get(v) if self.parent else None

    def add(self, v: n.Atom, contribution: n.Atom) -> None:
        """Add to the cotangent of ``v``; constants and integers take none."""
        if not isinstance(v, n.Var) or not v.type.dtype.startswith("float"):
            return
        if algebra.is_const(contribution, 0.0):
            return
        now = self.get(v)
        if now is None or algebra.is_const(now, 0.0):
            self.bars[v.name] = contribution
        else:
            self.bars[v.name] = algebra.add(self.b, now, contribution, v.hint + "_bar")

    def take(self, v: n.Atom) -> n.Atom | None:
        """The finished cotangent of ``v``, in its dtype; it is removed."""
        if not isinstance(v, n.Var):
            return None
        bar = self.bars.pop(v.name, None)
        return None if bar is None else algebra.cast(self.b, bar, v.type.dtype)

    # ---- closing ----------------------------------------------------------------------------------------------

    def contributions(self) -> list[tuple[n.Var, n.Atom]]:
        """Outer variables that this frame added to, with what it has for them now."""
        return [(v, self.bars[name]) for name, v in self.outer.items() if name in self.bars]

    def close_loop(self, parent: Frame) -> list[n.Carry]:
        """The carries that accumulate cotangents of outer variables over the reversed loop."""
        carries = []
        for v, bar in self.contributions():
            with parent.emitting():
                init = parent.widened(v)
            outer = self.b.var(v.hint + "_bar", n.Scalar("float64"))
            parent.bars[v.name] = outer
            with self.emitting():
                carries.append(n.Carry(self.inners[v.name], init, algebra.cast(self.b, bar, "float64"), outer))
        return carries

    def close_map(self, parent: Frame) -> list[n.Sum]:
        """The sums over the reversed map for outer variables."""
        sums = []
        for v, bar in self.contributions():
            with parent.emitting():
                init = parent.widened(v)
            target = self.b.var(v.hint + "_bar", n.Scalar("float64"))
            parent.bars[v.name] = target
            with self.emitting():
                sums.append(n.Sum(target, init, algebra.cast(self.b, bar, "float64")))
        return sums

    def widened(self, v: n.Var) -> n.Atom:
        """The cotangent of ``v`` so far as float64, zero if there is none."""
        init = self.get(v)
        return algebra.zero("float64") if init is None else algebra.cast(self.b, init, "float64")


def close_branches(b: Builder, parent: Frame, then: Frame, orelse: Frame) -> tuple[n.Join, ...]:
    """Joins for the cotangents of outer variables that either branch added to."""
    outer = {**then.outer, **orelse.outer}
    joins = []
    for name, v in outer.items():
        if name not in then.bars and name not in orelse.bars:
            continue
        before = parent.get(v)
        sides = []
        for frame in (then, orelse):
            bar = frame.bars.get(name, before)
            sides.append(bar if bar is not None else algebra.zero(v.type.dtype))
        wide = "float64" if any(s.type.dtype == "float64" for s in sides) else v.type.dtype
        for k, frame in enumerate((then, orelse)):
            with frame.emitting():
                sides[k] = algebra.cast(b, sides[k], wide)
        target = b.var(v.hint + "_bar", n.Scalar(wide))
        parent.bars[name] = target
        joins.append(n.Join(target, sides[0], sides[1]))
    return tuple(joins)


def path(region: Region, pos: int) -> list[tuple[int, str, int]]:
    """Positions from the top down to ``pos`` in ``region``: (region identity, kind, position)."""
    out = [(id(region), region.kind, pos)]
    while region.parent is not None:
        pos, region = region.at, region.parent
        out.append((id(region), region.kind, pos))
    return out[::-1]
