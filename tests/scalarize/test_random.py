"""Random array-level programs: views of views, overlapping stores, loops and branches, against NumPy's evaluation."""

import random

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.ir.builder import const
from tests.scalarize.building import ONE, Program, dims, same


class Generator:
    """Grows a program; every array comes with its shape in the run that follows, so that all of it is in range."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.p = Program()
        sizes = (self.rng.choice([1, 2, 4, 5]), self.rng.choice([1, 3, 4]))
        shapes = [sizes, sizes, sizes[:1], sizes[1:], sizes[::-1]]
        names = "abxyc"
        self.memory = [(self.p.array(v, len(s), written=True), s) for v, s in zip(names, shapes, strict=True)]
        self.known = list(self.memory)
        self.arguments = [np.random.default_rng(seed).uniform(-1, 1, s) for s in shapes]

    def pick(self, pool: list | None = None) -> tuple[n.Var, tuple[int, ...]]:
        return self.rng.choice((pool or self.known)[-12:])

    def view(self, base: n.Var, shape: tuple[int, ...]) -> tuple[n.Var, tuple[int, ...]]:
        if len(shape) == 2 and self.rng.random() < 0.3:
            return self.p.view(base, n.Transpose((1, 0))), shape[::-1]
        items: list[n.ViewItem] = []
        out: list[int] = []
        for extent, size in zip(dims(base), shape, strict=True):
            kind = self.rng.choice(["all", "part", "back", "stride", "at", "new"])
            if kind == "new" and len(shape) + items.count(n.NewAxis()) < 2:
                items.append(n.NewAxis())
                out.append(1)
            if kind == "at" and size and len(shape) > 1:
                items.append(n.At(const(self.rng.randrange(size))))
                continue
            start = self.rng.randrange(size) if kind == "part" and size else 0
            if kind == "back":
                items.append(self.p.backwards(extent))
                out.append(size)
            elif kind == "stride" and size > 1:
                items.append(n.Slice(const(0), const(2), const((size + 1) // 2)))
                out.append((size + 1) // 2)
            else:
                items.append(self.p.part(extent, start) if start else n.Slice(const(0), ONE, extent))
                out.append(size - start)
        if not out:
            return base, shape
        return self.p.view(base, *items), tuple(out)

    def fits(self, shape: tuple[int, ...]) -> tuple[n.Var, tuple[int, ...]] | None:
        """Something of exactly ``shape``."""
        found = [k for k in self.known if k[1] == shape]
        return self.rng.choice(found[-8:]) if found else None

    def step(self) -> None:
        p, kind = (
            self.p,
            self.rng.choice(["view", "unary", "binary", "binary", "scalar", "sum", "store", "store", "max"]),
        )
        a, shape = self.pick()
        if kind == "view":
            self.known.append(self.view(a, shape))
        elif kind == "unary":
            self.known.append((p.call(self.rng.choice(["sin", "neg", "exp"]), p.call("sin", a)), shape))
        elif kind == "scalar":
            self.known.append((p.call("mul", a, const(0.5)), shape))
        elif kind == "binary":
            other = self.fits(shape)
            if other is not None:
                self.known.append((p.call(self.rng.choice(["add", "mul", "maximum"]), a, other[0]), shape))
        elif kind in ("sum", "max") and len(shape) == 2 and shape[0] * shape[1]:
            axis = self.rng.randrange(2)
            scaled = p.call(kind, a, axis=(axis,))
            self.known.append((scaled, shape[:axis] + shape[axis + 1 :]))
        elif kind == "store":
            self.store()

    def store(self) -> None:
        target, shape = self.pick(self.memory)
        if self.rng.random() < 0.7:
            target, shape = self.view(target, shape)
        value = self.fits(shape)
        if value is None:
            self.p.store(target, const(0.25))
        elif self.rng.random() < 0.6:
            self.p.store(target, self.p.call("sin", value[0]) if self.rng.random() < 0.5 else value[0])
        else:
            self.p.accumulate(target, value[0])

    def nested(self) -> None:
        """A loop or a branch around some steps; what they define stays inside."""
        saved = list(self.known)
        with self.p.block() as body:
            for _ in range(self.rng.randint(1, 5)):
                self.step()
        self.known = saved
        if self.rng.random() < 0.5:
            self.p.add(n.For(self.p.var("t", n.Scalar("int64")), const(0), const(2), ONE, (), tuple(body)))
        else:
            self.p.add(n.If(const(self.rng.random() < 0.5), tuple(body), ()))

    def function(self) -> n.Function:
        for _ in range(self.rng.randint(4, 14)):
            if self.rng.random() < 0.15:
                self.nested()
            else:
                self.step()
        return self.p.function(n.Struct((self.pick()[0], self.pick()[0])))


@pytest.mark.parametrize("seed", range(250))
def test_random_programs(seed):
    generator = Generator(seed)
    same(generator.function(), *generator.arguments, rtol=1e-11)
