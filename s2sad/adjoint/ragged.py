"""Tapes of loops whose trips are known only entry by entry: one dimension, with an offset per entry of the loop.

Before the outermost loop the entries are counted: its loops (and the branches around the ragged loop) run once over
nothing but
the integers that bound the ragged loop, and each entry's offset is recorded. So a tape is allocated once, never
grown, and the place of a
trip is ``offset + number``: nothing is carried, in either sweep. It needs bounds that do not depend on what the
loops compute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s2sad.adjoint import algebra
from s2sad.adjoint.arenas import places
from s2sad.adjoint.regions import Region, Regions
from s2sad.errors import Loc, Problem, refuse
from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, const

if TYPE_CHECKING:
    from s2sad.adjoint.tapes import Tapes


class Unknown(Exception):
    """A bound depends on something that the counting loops cannot evaluate."""


def unbounded(loc: Loc, what: str) -> Exception:
    """The refusal of a tape whose size nothing bounds."""
    return refuse(
        Problem(
            loc,
            f"{what} depends on what the loops around it compute, so what the reverse sweep needs of it cannot be "
            "given room before they start",
            "let it depend only on arguments and on integer arrays that the outermost loop does not write",
        )
    )


class Ragged:
    """Offsets and sizes of the ragged loops of one function."""

    def __init__(self, tapes: Tapes) -> None:
        self.tapes = tapes
        self._counted: dict[int, tuple[n.Var, n.Atom] | None] = {}

    @property
    def b(self) -> Builder:
        return self.tapes.b

    def countable(self, r: Region) -> bool:
        """Whether the trips of the loop with body ``r`` can be counted before the outermost loop; none around grows."""
        if id(r) in self._counted:
            return self._counted[id(r)] is not None
        assert r.parent is not None and r.owner is not None
        extents = self.tapes.extents(r.parent, r.owner.loc)
        path = [p for p in reversed(r.parent.ancestors()) if p.kind != "top"]
        with self.tapes.prologue_of(r):
            mark = len(self.b.out)
            offsets = self.b.alloc("base_tape", "int64", extents, role="tape")
            try:
                self._counted[id(r)] = (offsets, _Counting(self.tapes, r, path, offsets).run())
            except Unknown:
                del self.b.out[mark:]
                self._counted[id(r)] = None
        return self._counted[id(r)] is not None

    def size(self, r: Region, loc: Loc) -> n.Atom:
        """How many trips the loop with body ``r`` makes over all its entries."""
        return self._count(r, loc)[1]

    def base(self, r: Region, index: tuple[n.Atom, ...]) -> n.Atom:
        """The offset of the entry with ``index``, which is of the region that the loop stands in."""
        assert r.owner is not None
        offsets = self._count(r, r.owner.loc)[0]
        target = self.b.var("base", n.Scalar("int64"))
        self.b.add(n.Pop(target, offsets, index, r.owner.loc))
        return target

    def place(self, base: n.Atom, numbers: tuple[n.Atom, ...], extents: tuple[n.Atom, ...]) -> n.Atom:
        """``base`` plus the row-major number of the trip."""
        number = numbers[0]
        for k, extent in zip(numbers[1:], extents[1:], strict=True):
            number = self.b.assign("mul", number, extent, dtype="int64", hint="k")
            number = self.b.assign("add", number, k, dtype="int64", hint="k")
        return number if base == const(0) else self.b.assign("add", base, number, dtype="int64", hint="k")

    def _count(self, r: Region, loc: Loc) -> tuple[n.Var, n.Atom]:
        counted = self._counted[id(r)] if self.countable(r) else None
        if counted is None:
            raise unbounded(loc, "how often this loop runs")
        return counted


class _Counting:
    """The loops around one ragged loop, run for their integers alone."""

    def __init__(self, tapes: Tapes, r: Region, path: list[Region], offsets: n.Var) -> None:
        self.tapes = tapes
        self.facts: Regions = tapes.facts
        self.b = tapes.b
        self.r = r
        self.path = path
        self.offsets = offsets
        self.env: dict[str, n.Atom] = {}
        self.places: dict[int, n.Atom] = {}
        self.forced = 0
        top = self.facts.top.stmts[tapes.outermost(r)]
        self.written = {self.facts.klass(w.array) for w in self.facts.writes_by_stmt[id(top)]}

    def run(self) -> n.Atom:
        return self.level(0, const(0))

    def level(self, k: int, total: n.Atom) -> n.Atom:
        """Count everything inside ``path[k:]``, from ``total`` on."""
        if k == len(self.path):
            index = self.tapes.flat(self.path[-1], self.numbers, lambda r: self.places[id(r)])
            self.b.add(n.Push(self.offsets, index, total, self.loc))
            return self.b.assign("add", total, self.trips(), dtype="int64", hint="total")
        region = self.path[k]
        owner = region.owner
        if isinstance(owner, n.If):
            return self.branch(k, owner, region.kind == "then", total)
        base = None
        if self.tapes.dimensions(region) is None:
            assert region.parent is not None
            base = self.tapes.ragged.base(
                region, self.tapes.flat(region.parent, self.numbers, lambda r: self.places[id(r)])
            )
        if isinstance(owner, n.Map):
            triples = [(i, const(0), e, const(1)) for i, e in zip(owner.indices, owner.extents, strict=True)]
        else:
            assert isinstance(owner, n.For | n.ReverseLoop)
            triples = [(owner.index, owner.start, owner.stop, owner.step)]
        return self.loops(k, triples, base, total)

    @property
    def loc(self) -> Loc:
        assert self.r.owner is not None
        return self.r.owner.loc

    def loops(self, k: int, triples: list, base: n.Atom | None, total: n.Atom) -> n.Atom:
        if not triples:
            region = self.path[k]
            if base is not None:
                extents = region.owner.extents if isinstance(region.owner, n.Map) else ()
                sliced = tuple(self.value(e) for e in extents)
                self.places[id(region)] = self.tapes.ragged.place(base, self.numbers(region), sliced)
            return self.level(k + 1, total)
        (index, start, stop, step), *rest = triples
        first, end, by = self.value(start), self.value(stop), self.value(step)
        mine = self.b.var(index.hint, n.Scalar("int64"))
        inner, outer = (self.b.var("total", n.Scalar("int64")) for _ in range(2))
        saved = dict(self.env)
        self.env[index.name] = mine
        with self.b.block() as body:
            after = self.loops(k, rest, base, inner)
        self.env = saved
        self.b.add(n.For(mine, first, end, by, (n.Carry(inner, total, after, outer),), tuple(body), self.loc))
        return outer

    def branch(self, k: int, owner: n.If, taken: bool, total: n.Atom) -> n.Atom:
        try:
            cond = self.value(owner.cond)
        except Unknown:
            # Room for a loop that may not run: count it always, reading with indices that are forced into range.
            self.forced += 1
            after = self.level(k + 1, total)
            self.forced -= 1
            return after
        saved = dict(self.env)
        with self.b.block() as body:
            after = self.level(k + 1, total)
        self.env = saved
        target = self.b.var("total", n.Scalar("int64"))
        sides = (tuple(body), ()) if taken else ((), tuple(body))
        join = n.Join(target, after, total) if taken else n.Join(target, total, after)
        self.b.add(n.If(cond, *sides, (join,), self.loc))
        return target

    def numbers(self, r: Region) -> tuple[n.Atom, ...]:
        if isinstance(r.owner, n.Map):
            return tuple(self.env[i.name] for i in r.owner.indices)
        assert isinstance(r.owner, n.For | n.ReverseLoop)
        start, step = self.value(r.owner.start), self.value(r.owner.step)
        return (self.tapes.trip(r.owner, self.env[r.owner.index.name], start, step),)

    def trips(self) -> n.Atom:
        """How many places one entry of the ragged loop takes."""
        owner = self.r.owner
        if isinstance(owner, n.Map):
            size: n.Atom = const(1)
            for e in owner.extents:
                size = self.b.assign("mul", size, self.value(e), dtype="int64", hint="trips")
            return size
        assert isinstance(owner, n.For | n.ReverseLoop)
        start, stop, step = (self.value(a) for a in (owner.start, owner.stop, owner.step))
        return places(self.b, owner, start, stop, step)

    def value(self, atom: n.Atom) -> n.Atom:
        """``atom`` in the counting loops: from integers, booleans and memory that the loops do not write."""
        if isinstance(atom, n.Const) or self.facts.home[atom.name].kind == "top":
            return atom
        if atom.name not in self.env:
            d = self.facts.definition[atom.name]
            target = self.b.var(atom.hint, atom.type)
            if isinstance(d, n.Assign) and algebra.exact(d):
                args = tuple(a if isinstance(a.type, n.Array) else self.value(a) for a in d.args)
                if d.op == "index" and self.forced:
                    wrapped = self.b.assign("wrap", *args, dtype="int64")
                    last = self.b.assign("sub", args[1], const(1), dtype="int64")
                    below = self.b.assign("pymin", wrapped, last, dtype="int64")
                    self.b.add(n.Assign(target, "pymax", (below, const(0)), d.loc))
                else:
                    self.b.add(n.Assign(target, d.op, args, d.loc))
            elif isinstance(d, n.Load) and self._steady(d.array):
                self.load(d, target)
            else:
                raise Unknown
            self.env[atom.name] = target
        return self.env[atom.name]

    def load(self, d: n.Load, target: n.Var) -> None:
        index = tuple(self.value(i) for i in d.index)
        if not self.forced:
            self.b.add(n.Load(target, d.array, index, d.version, d.loc))
            return
        assert isinstance(d.array.type, n.Array)
        some: n.Atom = const(True)
        for e in d.array.type.extents:
            more = self.b.assign("gt", e, const(0), dtype="bool")
            some = self.b.assign("and", some, more, dtype="bool")
        with self.b.block() as body:
            value = self.b.load(d.array, index, version=d.version)
        self.b.add(n.If(some, tuple(body), (), (n.Join(target, value, const(0, target.type.dtype)),), d.loc))

    def _steady(self, array: n.Var) -> bool:
        return self.facts.home[array.name].kind == "top" and self.facts.klass(array) not in self.written
