"""Hand-built loop-level functions for the back end's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import contextmanager

from s2sad.errors import NOWHERE, Loc
from s2sad.ir import nodes as n
from s2sad.ir.builder import BOOL, FLOAT, INT, Builder, Names, const

__all__ = ["BOOL", "FLOAT", "INT", "Program", "array", "const", "line"]


def line(number: int, text: str) -> Loc:
    """A place in a made-up user file."""
    return Loc("user.py", number, 4, text)


def array(*extents: n.Atom, dtype: str = "float64", layout: str = "C") -> n.Array:
    return n.Array(dtype, extents, layout)


class Program(Builder):
    """A builder that also keeps parameters and makes the function."""

    def __init__(self) -> None:
        super().__init__(Names())
        self.params: list[n.Param] = []

    def param(self, name: str, type: n.Type, default: str | None = None) -> n.Var:
        var = self.var(name, type)
        self.params.append(n.Param(name, var, default))
        return var

    def op(self, op: str, *args: n.Atom, hint: str = "t", dtype: str = "float64") -> n.Var:
        return self.assign(op, *args, dtype=dtype, hint=hint)

    @contextmanager
    def loop(
        self,
        start: n.Atom,
        stop: n.Atom,
        step: n.Atom,
        carried: Iterable[tuple[str, n.Atom, n.Type]] = (),
        reverse: bool = False,
        index: str = "i",
    ):
        """Yields ``(index, inners, close)``; ``close(*nexts)`` ends the body and returns the outers."""
        i = self.var(index, INT)
        carried = list(carried)
        inners = [self.var(h, t) for h, _, t in carried]
        outers: list[n.Var] = []
        nexts: list[n.Atom] = []
        loc = self.loc

        def close(*values: n.Atom) -> list[n.Var]:
            nexts.extend(values)
            outers.extend(self.var(h, t) for h, _, t in carried)
            return outers

        with self.block() as body:
            yield i, inners, close
        if not carried and not nexts:
            close()
        carries = tuple(
            n.Carry(inner, init, after, outer)
            for inner, (_, init, _), after, outer in zip(inners, carried, nexts, outers, strict=True)
        )
        kind = n.ReverseLoop if reverse else n.For
        self.add(kind(i, start, stop, step, carries, tuple(body), loc=loc))

    def branch(
        self, cond: n.Atom, then: Callable[[], n.Atom], orelse: Callable[[], n.Atom], hint: str, type: n.Type = FLOAT
    ) -> n.Var:
        """An ``If`` whose sides are made by two functions that return the joined values."""
        loc = self.loc
        with self.block() as first:
            a = then()
        with self.block() as second:
            b = orelse()
        target = self.var(hint, type)
        self.add(n.If(cond, tuple(first), tuple(second), (n.Join(target, a, b),), loc))
        return target

    def returns(self, value: n.Tree, loc: Loc = NOWHERE) -> None:
        self.add(n.Return(value, loc))

    def function(self, name: str = "f", **options) -> n.Function:
        return n.Function(name, tuple(self.params), tuple(self.out), **options)
