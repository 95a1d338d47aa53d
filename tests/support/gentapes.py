"""Random pairs of a loop that pushes and a reversed loop that pops, as a reverse sweep has them."""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir.builder import FLOAT, INT, const
from tests.support.genscope import nested
from tests.support.genvalues import LIMIT, Values

ZERO, ONE = const(0), const(1)


class Tapes(Values):
    """Loops whose carried value goes on a tape; ``backwards`` emits the loops that read the tapes, last first."""

    extents: list[n.Var]

    def taped(self) -> None:
        """A loop, sometimes of two levels, that pushes the value it carries."""
        depth = self.rng.choice([1, 1, 2])
        extents = tuple(self.rng.choice(self.extents[:2]) for _ in range(depth))
        tape = self.build.alloc("x_tape", "float64", extents, role="tape")
        outer = self._push_loop(tape, extents, (), self.tame())
        self.scope.floats.append((outer, LIMIT))
        self.tapes = [*getattr(self, "tapes", []), (tape, extents)]

    def _push_loop(self, tape: n.Var, extents: tuple[n.Var, ...], at: tuple[n.Var, ...], init: n.Atom) -> n.Var:
        i, inner, outer = self.build.var("i", INT), self.build.var("x", FLOAT), self.build.var("x", FLOAT)
        extent = extents[len(at)]
        with nested(self) as scope, self.build.block() as body:
            scope.floats.append((inner, LIMIT))
            scope.in_range(i, extent)
            if len(at) + 1 < len(extents):
                value: n.Atom = self._push_loop(tape, extents, (*at, i), inner)
            else:
                self.build.add(n.Push(tape, (*at, i), inner))
                value = self.op("sin", self.op("mul", inner, self.known()[0]))
        self.build.add(n.For(i, ZERO, extent, ONE, (n.Carry(inner, init, value, outer),), tuple(body)))
        return outer

    def backwards(self) -> None:
        """The reversed loops of all tapes."""
        for tape, extents in reversed(getattr(self, "tapes", [])):
            shadow = self.build.alloc("x_bar", "float64", extents[:1], const(0.0), role="shadow")
            bar = self._pop_loop(tape, shadow, extents, (), self.tame())
            self.scope.floats.append((bar, LIMIT))
            self.scope.add_array(shadow)

    def _pop_loop(
        self, tape: n.Var, shadow: n.Var, extents: tuple[n.Var, ...], at: tuple[n.Var, ...], init: n.Atom
    ) -> n.Var:
        i, inner, outer = self.build.var("i", INT), self.build.var("x_bar", FLOAT), self.build.var("x_bar", FLOAT)
        with nested(self), self.build.block() as body:
            if len(at) + 1 < len(extents):
                value: n.Atom = self._pop_loop(tape, shadow, extents, (*at, i), inner)
            else:
                x = self.build.var("x", FLOAT)
                self.build.add(n.Pop(x, tape, (*at, i)))
                value = self.op("mul", inner, self.op("cos", x))
                self.build.add(n.Accumulate(shadow, (*at, i)[:1], self.op("mul", value, const(0.1))))
        carry = n.Carry(inner, init, value, outer)
        self.build.add(n.ReverseLoop(i, ZERO, extents[len(at)], ONE, (carry,), tuple(body)))
        return outer
