"""Random branches, loops and maps."""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir.builder import FLOAT, INT, const
from tests.support.genscope import Access, nested
from tests.support.gentapes import Tapes
from tests.support.genvalues import LIMIT

ZERO, ONE = const(0), const(1)


class Flow(Tapes):
    """Compound statements, around blocks of what ``statement`` makes; ``budget`` is how many more."""

    budget = 0

    def statement(self) -> None:
        """Add one random statement."""
        raise TypeError("the generator decides what statements there are")

    def block(self, statements: int) -> None:
        for _ in range(statements):
            if self.budget > 0:
                self.statement()

    def readable(self) -> list[Access]:
        return [a for a in self.scope.arrays.values() if a.read and a.array.type.dtype == "float64"]

    def open_indices(self, indices: tuple[n.Var, ...], extents: tuple[n.Atom, ...]) -> None:
        for i, e in zip(indices, extents, strict=True):
            self.scope.in_range(i, e)
            self.scope.indices.append((i, e))
            self.scope.counters.append(i)

    def branch(self) -> None:
        cond = self.condition()
        sides: list[tuple[list[n.Stmt], list[n.Atom]]] = []
        joins = self.rng.choice([0, 1, 1, 2])
        for k in range(2):
            with nested(self), self.build.block() as body:
                if k == 0 or self.chance(0.6):
                    self.block(self.rng.randint(1, 4))
                sides.append((body, [self.tame() for _ in range(joins)]))
        targets = [self.build.var("z", FLOAT) for _ in range(joins)]
        joined = tuple(n.Join(t, a, b) for t, a, b in zip(targets, sides[0][1], sides[1][1], strict=True))
        self.build.add(n.If(cond, tuple(sides[0][0]), tuple(sides[1][0]), joined))
        self.scope.floats += [(t, LIMIT) for t in targets]

    def bounds(self) -> tuple[n.Atom, n.Atom, n.Atom, n.Atom | None]:
        """``start, stop, step`` of a loop, and the extent that its index is in range of."""
        if not self.features.arrays:
            stop = self.rng.choice([const(3), const(1), ZERO, self.rng.choice(self.scope.counters[:1])])
            return ZERO, stop, ONE, None
        e = self.rng.choice(self.extents)
        kinds = ["all"] * 3 + ["down", "stride", "inner", "tail", "free"]
        usable = [(i, x) for i, x in self.scope.indices]
        kinds += ["lower", "upper", "above"] * bool(self.features.triangular and usable)
        match self.rng.choice(kinds):
            case "all":
                return ZERO, e, ONE, e
            case "down":
                return self.op("sub", e, ONE, dtype="int64", hint="last"), const(-1), const(-1), e
            case "stride":
                return ZERO, e, const(2), e
            case "inner":
                return ONE, self.op("sub", e, ONE, dtype="int64", hint="stop"), ONE, e
            case "tail":
                return ONE, e, ONE, e
            case "free":
                return ZERO, self.rng.choice([const(2), ZERO, self.scope.counters[0]]), ONE, None
            case "lower":
                i, x = self.rng.choice(usable)
                return ZERO, i, ONE, x
            case "upper":
                i, x = self.rng.choice(usable)
                return i, x, ONE, x
            case _:
                i, x = self.rng.choice(usable)
                return self.op("add", i, ONE, dtype="int64", hint="start"), x, ONE, x

    def loop(self) -> None:
        start, stop, step, extent = self.bounds()
        i = self.build.var("i", INT)
        inits = [self.tame() for _ in range(self.rng.choice([0, 1, 1, 2]))]
        counter = (self.build.var("count", INT), self.build.var("count", INT)) if self.chance(0.2) else None
        inner = [self.build.var("s", FLOAT) for _ in inits]
        with nested(self) as scope, self.build.block() as body:
            scope.floats += [(v, LIMIT) for v in inner]
            scope.counters += [counter[0]] if counter else []
            self.index_in_scope(i, extent, start, stop)
            self.block(self.rng.randint(1, 5))
            nexts: list[n.Atom] = [self.tame() for _ in inner]
            if len(inner) == 2 and self.chance(0.2):
                nexts[0] = inner[1]  # the value of the trip before
            more = self.op("add", counter[0], ONE, dtype="int64", hint="count") if counter else ZERO
        outers = [self.build.var("s", FLOAT) for _ in inits]
        carries = [n.Carry(*c) for c in zip(inner, inits, nexts, outers, strict=True)]
        if counter:
            carries.append(n.Carry(counter[0], ZERO, more, counter[1]))
            self.scope.counters.append(counter[1])
        self.build.add(n.For(i, start, stop, step, tuple(carries), tuple(body)))
        self.scope.floats += [(v, LIMIT) for v in outers]

    def index_in_scope(self, i: n.Var, extent: n.Atom | None, start: n.Atom, stop: n.Atom) -> None:
        self.scope.counters.append(i)
        if extent is None:
            return
        self.scope.in_range(i, extent)
        self.scope.indices.append((i, extent))
        if start == ONE and self.chance(0.7):
            before = self.op("sub", i, ONE, dtype="int64", hint="k")
            self.scope.in_range(before, extent)
            if stop != extent:
                self.scope.in_range(self.op("add", i, ONE, dtype="int64", hint="k"), extent)

    def map(self) -> None:
        extents = tuple(self.rng.choice(self.extents) for _ in range(self.rng.choice([1, 1, 2])))
        indices = tuple(self.build.var("i", INT) for _ in extents)
        inits = [self.tame() for _ in range(self.rng.choice([0, 0, 1, 1, 2]))]
        with nested(self) as scope, self.build.block() as body:
            self.open_indices(indices, extents)
            scope.enter_map(indices, extents, self.rng, self.features.accumulates)
            self.block(self.rng.randint(1, 5))
            values = [self.op("mul", self.tame(), const(0.25)) for _ in inits]
        sums = tuple(n.Sum(self.build.var("r", FLOAT), a, b) for a, b in zip(inits, values, strict=True))
        self.build.add(n.Map(indices, extents, tuple(body), sums))
        self.scope.floats += [(s.target, 4 * LIMIT) for s in sums]

    def swap(self) -> None:
        """A loop that exchanges two arrays after each trip."""
        free = [a for a in self.readable() if a.write and not a.aliased and not a.param]
        pairs = [(a, b) for a in free for b in free if a.array.name < b.array.name and a.extents == b.extents]
        if not pairs:
            e = self.extents[0]
            a, b = (self.build.alloc("w", "float64", (e,), self.literal()) for _ in range(2))
        else:
            a, b = (x.array for x in self.rng.choice(pairs))
        inner = [self.build.var(x.hint, x.type) for x in (a, b)]
        outer = [self.build.var(x.hint, x.type) for x in (a, b)]
        start, stop, step, extent = self.bounds()
        i = self.build.var("i", INT)
        for x in (a, b):
            self.scope.arrays.pop(x, None)
        with nested(self) as scope, self.build.block() as body:
            for x in inner:
                scope.add_array(x)
            self.index_in_scope(i, extent, start, stop)
            self.block(self.rng.randint(2, 5))
        carries = tuple(n.Carry(x, init, y, o) for x, init, y, o in zip(inner, (a, b), inner[::-1], outer, strict=True))
        self.build.add(n.For(i, start, stop, step, carries, tuple(body)))
        for x in outer:
            self.scope.add_array(x)
