"""Random loop-level functions: valid, terminating, with values of order 1. What passes and the AD core are tested on.

``generate(seed, size, features)`` is deterministic. A program comes with its arguments: ``program.arguments(seed)``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from s2sad.ir import nodes as n
from s2sad.ir.builder import FLOAT, INT, const
from tests.support.genleaves import Leaves
from tests.support.genscope import Access, Features, nested
from tests.support.genvalues import LIMIT

__all__ = ["Features", "Program", "generate"]

ZERO, ONE = const(0), const(1)
DEEPEST = 3


@dataclass(frozen=True)
class Program:
    """A function, and what arguments it takes."""

    function: n.Function
    empty: bool
    seed: int

    def arguments(self, seed: int = 0) -> tuple[object, ...]:
        """Random arguments: fresh arrays, so that a run may write them."""
        rng = np.random.default_rng((self.seed, seed))
        extents = {"n": int(rng.integers(0 if self.empty else 2, 5)), "m": int(rng.integers(0 if self.empty else 2, 4))}
        return tuple(self._argument(p, rng, extents) for p in self.function.params)

    def _argument(self, param: n.Param, rng: np.random.Generator, extents: dict[str, int]) -> object:
        var = param.tree
        assert isinstance(var, n.Var)
        if isinstance(var.type, n.Scalar):
            return int(rng.integers(0, 5)) if var.type.dtype == "int64" else float(rng.uniform(-1.5, 1.5))
        shape = tuple(extents[e.name] for e in var.type.extents if isinstance(e, n.Var))
        return rng.integers(0, 2, shape) if var.type.dtype == "int64" else rng.uniform(-1.5, 1.5, shape)


def generate(seed: int, size: int = 25, features: Features | None = None) -> Program:
    """A random function of about ``size`` statements (expressions count once)."""
    features = features or Features()
    rng = random.Random(seed)
    return _Generator(rng, features, features.empty and rng.random() < 0.25).program(seed, size)


class _Generator(Leaves):
    """Makes statements; ``budget`` is how many more."""

    # ---- the function -------------------------------------------------------------------------------------------

    def program(self, seed: int, size: int) -> Program:
        params = self.parameters()
        self.budget = size
        while self.budget > 0:
            self.statement()
        self.backwards()
        value = self.results()
        written = tuple(v for v in self.stored if any(p.tree == v for p in params))
        body = (*self.build.out, n.Return(value))
        fn = n.Function(f"random_{seed}", params, body, written=written)
        return Program(fn, self.empty, seed)

    def parameters(self) -> tuple[n.Param, ...]:
        self.stored: list[n.Var] = []
        variables = [self.build.var(v, FLOAT) for v in ("x", "y")]
        self.scope.floats += [(v, 1.5) for v in variables]
        variables.append(self.build.var("k", INT))
        self.scope.counters.append(variables[-1])
        if self.features.arrays:
            variables += self.array_parameters()
        return tuple(n.Param(v.name, v) for v in variables)

    def array_parameters(self) -> list[n.Var]:
        e, f = self.build.var("n", INT), self.build.var("m", INT)
        self.extents = [e, f] if self.features.matrices else [e]
        shapes = {"a": (e,), "b": (e,)} | ({"c": (e, f), "d": (f,)} if self.features.matrices else {})
        arrays = [self.build.var(v, n.Array("float64", shape)) for v, shape in shapes.items()]
        if self.features.integers:
            arrays.append(self.build.var("p", n.Array("int64", (e,))))
        self.build.add(n.Assign(e, "extent", (arrays[0], ZERO)))
        if self.features.matrices:
            self.build.add(n.Assign(f, "extent", (arrays[2], ONE)))
        for v in arrays:
            write = v.type.dtype == "float64" and self.features.written and self.chance(0.5)
            self.scope.add_array(v, write=write, param=True)
            if v.hint != "a" and self.features.checks:
                self.check_extents(v)
        self.scope.counters += self.extents
        return arrays

    def check_extents(self, v: n.Var) -> None:
        assert isinstance(v.type, n.Array)
        for k, e in enumerate(v.type.extents):
            found = self.op("extent", v, const(k), dtype="int64", hint=v.hint)
            same = self.op("eq", found, e, dtype="bool", hint="ok")
            self.build.add(n.Check(same, "SizeOne", f"extent {k} of {v.name}"))

    def results(self) -> n.Tree:
        floats = [self.combination() for _ in range(self.rng.randint(1, 3))]
        arrays = [a.array for a in self.scope.arrays.values() if a.array.type.dtype == "float64" and not a.param]
        self.rng.shuffle(arrays)
        items = (*floats, *arrays[: self.rng.randint(0, 2)])
        return items[0] if len(items) == 1 and self.chance(0.5) else n.Struct(items)

    def combination(self) -> n.Atom:
        """A result that much of the program flows into: several values, and all elements of some arrays."""
        total, _ = self.known()
        for _ in range(self.rng.randint(0, 4)):
            total = self.op("add", total, self.op("mul", self.known()[0], self.literal()))
        for access in self.readable():
            if self.chance(0.3):
                total = self.total(access, total)
        return total

    def total(self, access: Access, init: n.Atom) -> n.Var:
        indices = tuple(self.build.var("i", INT) for _ in access.extents)
        with self.build.block() as body:
            value = self.op("mul", self.build.load(access.array, indices), self.literal())
        result = n.Sum(self.build.var("r", FLOAT), init, value)
        self.build.add(n.Map(indices, access.extents, tuple(body), (result,)))
        return result.target

    # ---- statements ---------------------------------------------------------------------------------------------

    def statement(self) -> None:
        self.budget -= 1
        f, scope = self.features, self.scope
        deeper = scope.depth < DEEPEST and self.budget > 1
        weights: dict[Callable[[], None], float] = {
            self.scalars: 4,
            self.load: 4 * f.arrays,
            self.store: 4 * (f.arrays and (f.stores or f.written)),
            self.accumulate: 3 * (f.arrays and f.accumulates),
            self.alloc: 1.5 * (f.arrays and f.stores),
            self.branch: 2 * (f.branches and deeper),
            self.loop: 3 * (f.loops and deeper),
            self.leaving: 5 * (f.leaves and deeper and not scope.maps),
            self.map: 3 * (f.maps and f.arrays and deeper),
            self.swap: 1 * (f.swaps and f.stores and f.arrays and deeper and not scope.maps),
            self.check: 0.5 * f.checks,
            self.view: 1 * (f.views and f.matrices and f.stores and not scope.maps and not scope.depth),
            self.library: 0.7 * (f.library and f.matrices and f.arrays and not scope.maps and scope.depth < 2),
            self.taped: 3 * (f.tapes and f.arrays and not scope.depth and deeper),
        }
        self.rng.choices(list(weights), list(weights.values()))[0]()

    def scalars(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self.expression()

    def element(self, arrays: list[Access]) -> tuple[Access, tuple[n.Atom, ...]] | None:
        """An element of one of ``arrays`` that may be accessed here."""
        if not arrays:
            return None
        access = self.rng.choice(arrays)
        at = self.index(access)
        return None if at is None else (access, at)

    def load(self) -> None:
        found = self.element(self.readable())
        if found is not None:
            self.scope.floats.append((self.build.load(found[0].array, found[1]), LIMIT))

    def store(self) -> None:
        arrays = [a for a in self.readable() if a.write]
        found = self.element(arrays)
        if found is None:
            return
        access, at = found
        value = self.tame()
        if self.chance(0.4):  # x[i] = 0.5 * x[i] + value / 2
            old = self.build.load(access.array, at)
            value = self.op("add", self.op("mul", old, const(0.5)), self.op("mul", value, const(0.5)))
        self.build.add(n.Store(access.array, at, value))
        self.touch(access)

    def touch(self, access: Access) -> None:
        if access.param and access.array not in self.stored:
            self.stored.append(access.array)

    def accumulate(self) -> None:
        arrays = [a for a in self.scope.arrays.values() if a.add and a.array.type.dtype == "float64"]
        found = self.element(arrays)
        if found is None:
            return
        access, at = found
        value = self.op("mul", self.tame(), const(self.rng.choice([0.1, -0.2, 0.05])))
        self.build.add(n.Accumulate(access.array, at, value, access.mode))
        self.touch(access)

    def alloc(self) -> None:
        extents: tuple[n.Atom, ...] = tuple(self.rng.choice(self.extents) for _ in range(self.rng.choice([1, 1, 2])))
        if not self.empty and self.chance(0.15):
            extents = (const(3),)
            for k in range(3):
                self.scope.in_range(const(k), const(3))
        if self.chance(0.5) or self.scope.depth >= DEEPEST:
            fill = self.tame() if self.chance(0.3) else self.literal()
            self.scope.add_array(self.build.alloc("w", "float64", extents, fill))
            return
        array = self.build.alloc("w", "float64", extents)
        self.fill(array, extents)
        self.scope.add_array(array)

    def fill(self, array: n.Var, extents: tuple[n.Atom, ...]) -> None:
        """Store every element, in a Map or in nested loops."""
        if self.chance(0.5):
            indices = tuple(self.build.var("i", INT) for _ in extents)
            with nested(self) as scope, self.build.block() as body:
                scope.maps += 1
                scope.arrays = {a: replace(x, write=False, add=False) for a, x in scope.arrays.items()}
                self.open_indices(indices, extents)
                self.build.add(n.Store(array, indices, self.tame()))
            self.build.add(n.Map(indices, extents, tuple(body)))
            return
        self.fill_loops(array, extents, ())

    def fill_loops(self, array: n.Var, extents: tuple[n.Atom, ...], at: tuple[n.Atom, ...]) -> None:
        if len(at) == len(extents):
            self.build.add(n.Store(array, at, self.tame()))
            return
        i, extent = self.build.var("i", INT), extents[len(at)]
        with nested(self), self.build.block() as body:
            self.open_indices((i,), (extent,))
            self.fill_loops(array, extents, (*at, i))
        self.build.add(n.For(i, ZERO, extent, ONE, (), tuple(body)))

    # ---- the rest -----------------------------------------------------------------------------------------------

    def check(self) -> None:
        k = self.rng.choice(self.scope.counters)
        self.build.add(n.Check(self.op("ge", k, ZERO, dtype="bool", hint="ok"), "ValueError", "negative"))

    def view(self) -> None:
        """A reshape of a matrix, through which it is read and written from here on."""
        fits = [a for a in self.readable() if len(a.extents) == 2 and not a.aliased]
        if not fits:
            return
        access = self.rng.choice(fits)
        size = self.op("mul", *access.extents, dtype="int64", hint="size")
        flat = self.build.var("flat", n.Array("float64", (size,)))
        self.build.add(n.View(flat, access.array, (n.Reshape(),)))
        self.scope.arrays[access.array] = replace(access, aliased=True)
        self.scope.arrays[flat] = Access(
            flat, write=access.write and not access.param, add=access.add and not access.param, param=True, aliased=True
        )
        if not self.empty:
            self.extents = [*self.extents, size] if self.chance(0.5) else self.extents

    def library(self) -> None:
        matrices = [a for a in self.readable() if len(a.extents) == 2]
        access = self.rng.choice(matrices) if matrices else None
        vectors = [a for a in self.readable() if access and a.extents == access.extents[1:]]
        if access is None or not vectors:
            return
        rows = access.extents[:1]
        out = self.build.alloc("product", "float64", rows)
        self.build.add(n.LibCall("matvec", (out,), (access.array, self.rng.choice(vectors).array)))
        i = self.build.var("i", INT)
        with self.build.block() as body:
            self.build.add(n.Store(out, (i,), self.op("mul", self.build.load(out, (i,)), const(0.125))))
        self.build.add(n.Map((i,), rows, tuple(body)))
        self.scope.add_array(out)
