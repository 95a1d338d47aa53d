"""Random loops that can be left: a break under a condition, a while; and loops whose trips are computed from floats."""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir.builder import FLOAT, INT, const
from tests.support.genflow import ONE, ZERO, Flow
from tests.support.genscope import nested
from tests.support.genvalues import LIMIT

ENDLESS = const(2**63 - 1)


class Leaves(Flow):
    """Adds to the compound statements those that ``Features.leaves`` asks for."""

    def bounds(self) -> tuple[n.Atom, n.Atom, n.Atom, n.Atom | None]:
        if not self.features.leaves or self.scope.maps or self.chance(0.7):
            return super().bounds()
        size = self.op("abs", self.tame())
        trips = self.op("cast", size, dtype="int64", hint="trips")  # 0, 1 or 2
        match self.rng.choice(["up", "up", "down", "from"]):
            case "up":
                return ZERO, trips, ONE, None
            case "down":
                return trips, ZERO, const(-1), None
            case _:
                return ONE, self.op("add", trips, const(2), dtype="int64", hint="stop"), const(2), None

    def leaving(self) -> None:
        """A loop that is left under a condition, after which the rest of the trip does not run."""
        endless = self.chance(0.4)
        start, stop, step, extent = (ZERO, ENDLESS, ONE, None) if endless else self.bounds()
        i, trips = self.build.var("i", INT), self.build.var("trips", INT)
        inits = [self.tame() for _ in range(self.rng.choice([0, 1, 1, 2]))]
        inner = [self.build.var("s", FLOAT) for _ in inits]
        swapped = self.arrays_to_swap() if self.chance(0.25) else []
        rows = [self.build.var(x.hint, x.type) for x in swapped]
        with nested(self) as scope, self.build.block() as body:
            scope.floats += [(v, LIMIT) for v in inner]
            for x in rows:
                scope.add_array(x)
            self.index_in_scope(i, extent, start, stop)
            self.block(self.rng.randint(0, 2))
            stays = self.stays(i if endless else None)
            nexts, leave = self.rest(stays, inner)
        outers = [self.build.var("s", FLOAT) for _ in inits]
        carries = [n.Carry(*c) for c in zip(inner, inits, nexts, outers, strict=True)]
        after = [self.build.var(x.hint, x.type) for x in swapped]
        carries += [n.Carry(*c) for c in zip(rows, swapped, rows[::-1], after, strict=True)]
        self.build.add(n.For(i, start, stop, step, tuple(carries), tuple(body), leave=leave, trips=trips))
        self.scope.floats += [(v, LIMIT) for v in outers]
        self.scope.counters.append(trips)
        for x in after:
            self.scope.add_array(x)

    def stays(self, index: n.Var | None) -> n.Atom:
        """A condition under which the loop goes on; an endless one has few trips at most."""
        cond = self.condition()
        if index is not None:
            few = self.op("lt", index, const(self.rng.randint(0, 4)), dtype="bool", hint="few")
            cond = self.op("and", cond, few, dtype="bool", hint="c") if self.chance(0.7) else few
        return cond

    def rest(self, stays: n.Atom, inner: list[n.Var]) -> tuple[list[n.Atom], n.Atom]:
        """What runs only if the loop goes on; the carried values at the end of the trip, and whether it is left."""
        before = [self.tame() if self.chance(0.3) else v for v in inner]
        with nested(self), self.build.block() as then:
            self.block(self.rng.randint(1, 4))
            values = [self.tame() for _ in inner]
            breaks = self.condition() if self.chance(0.3) else None
        joins = [n.Join(self.build.var("s", FLOAT), a, b) for a, b in zip(values, before, strict=True)]
        nexts: list[n.Atom] = [j.target for j in joins]
        leave = self.op("not", stays, dtype="bool", hint="leave")
        if breaks is not None:
            target = self.build.var("leave", n.Scalar("bool"))
            joins.append(n.Join(target, breaks, const(True)))
            leave = target
        self.build.add(n.If(stays, tuple(then), (), tuple(joins)))
        return nexts, leave

    def arrays_to_swap(self) -> list[n.Var]:
        """Two local arrays of one shape, no longer to be used by their names."""
        if not self.features.swaps or not self.features.stores or not self.features.arrays:
            return []
        free = [a for a in self.readable() if a.write and not a.aliased and not a.param]
        pairs = [(a, b) for a in free for b in free if a.array.name < b.array.name and a.extents == b.extents]
        if not pairs:
            return [self.build.alloc("w", "float64", (self.extents[0],), self.literal()) for _ in range(2)]
        found = [x.array for x in self.rng.choice(pairs)]
        for x in found:
            self.scope.arrays.pop(x, None)
        return found
