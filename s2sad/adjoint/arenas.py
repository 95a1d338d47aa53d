"""Tapes of loops whose trips nothing counts beforehand: those that can be left, those bounded by what loops compute.

Such a tape has one dimension for all loops down to that loop, in the order of execution, and grows as the forward sweep
needs rows. The place of a trip is how many trips of the loop came before it: a count that is kept in memory beside the
sweep, and whose value at each entry of the loop, its base, is on a tape of the region that the loop stands in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from s2sad.adjoint.bounds import numbered_by_index
from s2sad.adjoint.regions import Region
from s2sad.errors import InternalError
from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, const

if TYPE_CHECKING:
    from s2sad.adjoint.tapes import Tapes

START = 32  # rows of a tape of numbers before it grows
START_WIDE = 4  # rows of a tape of arrays


def left(r: Region) -> bool:
    """Whether ``r`` is the body of a loop that can be left."""
    return isinstance(r.owner, n.For) and r.owner.leave is not None


def places(b: Builder, loop: n.For | n.ReverseLoop, start: n.Atom, stop: n.Atom, step: n.Atom) -> n.Atom:
    """How many places one entry of ``loop`` (not one that can be left) takes on its tapes, for these bounds."""
    if numbered_by_index(loop):
        last = stop if step == const(1) else b.assign("add", start, const(1), dtype="int64")
    else:
        span = b.assign("sub", stop, start, dtype="int64")
        up = b.assign("gt", step, const(0), dtype="bool")
        one = b.assign("select", up, const(1), const(-1), dtype="int64")
        more = b.assign("add", span, step, dtype="int64")
        last = b.assign("floordiv", b.assign("sub", more, one, dtype="int64"), step, dtype="int64")
    return b.assign("pymax", const(0), last, dtype="int64", hint="trips")


class Arenas:
    """The places of such loops in one function; statements go into the forward sweep, unless said otherwise."""

    def __init__(self, tapes: Tapes) -> None:
        self.tapes = tapes
        self._bases: dict[int, tuple[n.Atom, n.Var | None]] = {}  # in the forward sweep; the tape that has them
        self._rows: dict[int, n.Atom] = {}

    @contextmanager
    def _located(self, r: Region) -> Iterator[None]:
        """What is made inside belongs to the loop's line, not to the statement that asked for it."""
        assert r.owner is not None
        saved, self.b.loc = self.b.loc, r.owner.loc
        try:
            yield
        finally:
            self.b.loc = saved

    @property
    def b(self) -> Builder:
        return self.tapes.b

    def rows(self, inner: int) -> n.Atom:
        """The rows that a tape with so many dimensions in each row starts with."""
        return const(START_WIDE if inner else START)

    def around(self, region: Region) -> Region | None:
        """The arena loop, if any, whose place is the first index of the tapes of ``region``."""
        found = [r for r in self.tapes.loops(region) if self.tapes.dimensions(r) is None]
        return found[-1] if found and self.tapes.uncounted(found[-1]) else None

    def base(self, r: Region, index: tuple[n.Atom, ...]) -> n.Atom:
        """In the reverse sweep: the count at the entry of ``r``'s loop with ``index``, one of the region around it."""
        _, bases = self._forward_base(r)
        if bases is None:
            return const(0)
        assert r.owner is not None
        target = self.b.var("base", n.Scalar("int64"))
        self.b.add(n.Pop(target, bases, index, r.owner.loc))
        return target

    def forward(self, r: Region) -> n.Atom:
        """The place of a trip, or of an iteration of a Map, in the forward sweep."""
        base, _ = self._forward_base(r)
        numbers = self.tapes.forward_numbers(r)
        extents = r.owner.extents if isinstance(r.owner, n.Map) else ()
        with self._located(r), self.tapes.at_start(r):
            return self.tapes.ragged.place(base, numbers, extents)

    def grow(self, tape: n.Var, region: Region) -> None:
        """Give ``tape``, of ``region``, its rows: at each trip of a loop that can be left, else before the loop."""
        r = self.around(region)
        if r is None:
            return
        assert r.owner is not None
        place = self.tapes.forward_place(r)
        base, _ = self._forward_base(r)
        with self._located(r), self.tapes.at_start(r) if left(r) else self.tapes.in_front(r.owner):
            if id(r) not in self._rows:
                if left(r):
                    rows = self.b.assign("add", place, const(1), dtype="int64", hint="rows")
                else:
                    rows = self._places(r)
                    if base != const(0):
                        rows = self.b.assign("add", base, rows, dtype="int64", hint="rows")
                self._rows[id(r)] = rows
            self.b.add(n.Grow(tape, self._rows[id(r)], r.owner.loc))

    def _forward_base(self, r: Region) -> tuple[n.Atom, n.Var | None]:
        """The count of trips at the entry of ``r``'s loop, and the tape that it is on; 0 and none outside all loops."""
        if id(r) not in self._bases:
            with self._located(r):
                self._bases[id(r)] = self._made_base(r)
        return self._bases[id(r)]

    def _made_base(self, r: Region) -> tuple[n.Atom, n.Var | None]:
        assert r.parent is not None and r.owner is not None
        around = self.tapes.loops(r.parent)
        if any(p.kind == "map" for p in around):
            raise InternalError("reverse: a loop of unknown length inside a Map")
        if not around:
            return const(0), None
        zero, loc = (const(0),), r.owner.loc
        with self.tapes.prologue_of(r):
            count = self.b.alloc("count", "int64", (const(1),), const(0))
        bases = self.tapes.allocate("base_tape", "int64", r.parent, loc)
        index = self.tapes.index(r.parent)
        with self.tapes.in_front(r.owner):
            base = self.b.load(count, zero, "base")
            self.b.add(n.Push(bases, index, base, loc))
        trips = r.owner.trips if isinstance(r.owner, n.For) else None  # of a loop that can be left
        with self.tapes.in_front(r.owner) if trips is None else self.tapes.behind(r.owner):
            total = self.b.assign("add", base, trips or self._places(r), dtype="int64", hint="count")
            self.b.add(n.Store(count, zero, total, loc=loc))
        return base, bases

    def _places(self, r: Region) -> n.Atom:
        owner = r.owner
        if isinstance(owner, n.Map):
            size: n.Atom = const(1)
            for e in owner.extents:
                size = e if size == const(1) else self.b.assign("mul", size, e, dtype="int64", hint="trips")
            return size
        assert isinstance(owner, n.For | n.ReverseLoop)
        return places(self.b, owner, owner.start, owner.stop, owner.step)
