"""Live ranges over the printed text: for each variable, the intervals of positions where its value is still needed.

Positions number what happens in the text, in order: a statement reads at ``t`` and writes at ``t + 1``. Structured
code needs no fixed point: a use inside a loop of a variable from outside keeps it alive through the whole loop, a
use in one branch leaves the other free.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from s2sad.backend.exits import constants, endless
from s2sad.backend.fold import Plan
from s2sad.ir import nodes as n
from s2sad.ir import walk

Interval = tuple[int, int]


@dataclass(eq=False)
class _Frame:
    """One block: where it starts, the block around it, where its statement was entered, and its loop's span."""

    start: int
    parent: _Frame | None = None
    entry: int = 0
    loop: bool = False
    end: int = 0


@dataclass
class Ranges:
    """``of[name]`` are the sorted closed intervals of the variable, ``vars`` the variables in order of definition."""

    of: dict[str, list[Interval]] = field(default_factory=dict)
    vars: dict[str, n.Var] = field(default_factory=dict)


class _Walker:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now = 0
        self.vars: dict[str, n.Var] = {}
        self.home: dict[str, tuple[_Frame, int]] = {}
        self.reach: dict[str, dict[_Frame, int]] = {}
        self.extra: dict[str, list[Interval]] = {}

    def define(self, var: n.Var, frame: _Frame, at: int) -> None:
        self.vars[var.name] = var
        self.home[var.name] = (frame, at)
        self.reach[var.name] = {frame: at}
        self.extra[var.name] = []

    def read(self, atoms: Iterable[n.Atom], frame: _Frame, at: int) -> None:
        for var in self.plan.atoms(atoms):
            home, _ = self.home[var.name]
            reach = self.reach[var.name]
            here, place = frame, at
            while True:
                if reach.get(here, -1) >= place:
                    break
                reach[here] = place
                if here is home or here.parent is None:
                    break
                here, place = here.parent, here.entry

    def block(self, block: n.Block, frame: _Frame) -> None:
        for stmt in block:
            if not self.plan.skips(stmt):
                self.statement(stmt, frame)

    def statement(self, stmt: n.Stmt, frame: _Frame) -> None:
        match stmt:
            case n.If():
                self.branches(stmt, frame)
            case n.For() | n.ReverseLoop():
                self.loop(stmt, frame)
            case n.Map():
                self.map(stmt, frame)
            case n.LibCall() if stmt.outs[0].name in self.plan.fused:
                self.simple(tuple(a for a in walk.uses(stmt) if a not in stmt.outs), stmt.outs, frame)
            case n.Keep() | n.Recall():  # several statements: what is read is needed until the last one
                for target in walk.targets(stmt):
                    self.define(target, frame, self.now)
                self.read(walk.uses(stmt), frame, self.now + 1)
                self.now += 2
            case _:
                self.simple(walk.uses(stmt), walk.targets(stmt), frame)

    def simple(self, uses: tuple[n.Atom, ...], targets: tuple[n.Var, ...], frame: _Frame) -> None:
        self.read(uses, frame, self.now)
        for target in targets:
            self.define(target, frame, self.now + 1)
        self.now += 2

    def branches(self, stmt: n.If, frame: _Frame) -> None:
        entry = self.now
        self.read((stmt.cond,), frame, entry)
        pieces: list[Interval] = []
        for side, ends in zip(walk.blocks(stmt), walk.end_uses(stmt), strict=True):
            inner = _Frame(self.now + 1, frame, entry)
            self.now += 1
            self.block(side, inner)
            self.read(ends, inner, self.now)
            pieces.append((self.now + 1, self.now + 2))
            self.now += 2
        self.now += 1
        for j in stmt.joins:
            self.define(j.target, frame, self.now)
            self.extra[j.target.name] += pieces
        self.now += 1

    def loop(self, stmt: n.For | n.ReverseLoop, frame: _Frame) -> None:
        entry = self.now
        self.read((c.init for c in stmt.carries), frame, entry)
        self.read((stmt.start, stmt.stop, stmt.step), frame, entry + 2)
        body = _Frame(entry + 3, frame, entry + 2, loop=True)
        for c in stmt.carries:
            self.define(c.inner, body, entry + 1)
        self.define(stmt.index, body, entry + 3)
        self.now = entry + 4
        self.block(stmt.body, body)
        self.read((c.next for c in stmt.carries), body, self.now)
        if isinstance(stmt, n.For) and stmt.leave is not None:
            self.read((stmt.leave,), body, self.now)
        if endless(stmt):  # its index is counted
            self.extra[stmt.index.name].append((entry + 1, self.now + 3))
        self.extra[stmt.index.name].append((entry + 3, self.now))  # no inner loop takes its name, though it might
        body.end = self.now + 2
        kept = constants(stmt)
        for c in stmt.carries:
            self.extra[c.inner.name].append((entry + 1 if c.inner in kept else self.now + 1, body.end))
            self.define(c.outer, frame, body.end + 1)
        if isinstance(stmt, n.For) and stmt.trips is not None:  # counted in the loop
            self.define(stmt.trips, frame, entry + 1)
            self.extra[stmt.trips.name].append((entry + 1, body.end + 1))
        self.now = body.end + 2

    def map(self, stmt: n.Map, frame: _Frame) -> None:
        entry = self.now
        self.read((s.init for s in stmt.sums), frame, entry)
        self.read(stmt.extents, frame, entry + 2)
        body = _Frame(entry + 3, frame, entry + 2, loop=True)
        for index in stmt.indices:
            self.define(index, body, entry + 3)
        self.now = entry + 4
        self.block(stmt.body, body)
        self.read((*(s.value for s in stmt.sums), *stmt.extents[1:]), body, self.now)
        body.end = self.now + 1
        for index in stmt.indices:  # an outer index is read again for the next trip of the inner loop
            self.extra[index.name].append((entry + 3, body.end))
        for s in stmt.sums:
            self.define(s.target, frame, entry + 1)
            self.extra[s.target.name].append((entry + 1, body.end + 1))
        self.now = body.end + 2

    def intervals(self, name: str) -> list[Interval]:
        home, start = self.home[name]
        found = list(self.extra[name])
        for frame, last in self.reach[name].items():
            if frame is home:
                found.append((start, last))
            elif frame.loop:
                found.append((frame.entry, frame.end))
            else:
                found.append((frame.start, last))
        return merged(found)


def merged(intervals: list[Interval]) -> list[Interval]:
    """``intervals`` sorted, with overlapping ones joined."""
    out: list[Interval] = []
    for low, high in sorted(intervals):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return out


def overlap(a: list[Interval], b: list[Interval]) -> bool:
    """Whether two sorted lists of closed intervals have a common position."""
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i][1] < b[j][0]:
            i += 1
        elif b[j][1] < a[i][0]:
            j += 1
        else:
            return True
    return False


def live_ranges(fn: n.Function, plan: Plan) -> Ranges:
    """Live ranges of every variable of ``fn`` that is printed under a name."""
    walker = _Walker(plan)
    root = _Frame(0)
    for var in walk.param_vars(fn):
        walker.define(var, root, 0)
    walker.now = 1
    walker.block(fn.body, root)
    return Ranges({name: walker.intervals(name) for name in walker.vars}, walker.vars)
