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
from tests.support.genscope import Access, Features, nested
from tests.support.gentapes import Tapes
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


class _Generator(Tapes):
    """Makes statements; ``budget`` is how many more."""

    budget = 0

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
            self.map: 3 * (f.maps and f.arrays and deeper),
            self.swap: 1 * (f.swaps and f.stores and f.arrays and deeper and not scope.maps),
            self.check: 0.5 * f.checks,
            self.view: 1 * (f.views and f.matrices and f.stores and not scope.maps and not scope.depth),
            self.library: 0.7 * (f.library and f.matrices and f.arrays and not scope.maps and scope.depth < 2),
            self.taped: 3 * (f.tapes and f.arrays and not scope.depth and deeper),
        }
        self.rng.choices(list(weights), list(weights.values()))[0]()

    def block(self, statements: int) -> None:
        for _ in range(statements):
            if self.budget > 0:
                self.statement()

    def scalars(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self.expression()

    def readable(self) -> list[Access]:
        return [a for a in self.scope.arrays.values() if a.read and a.array.type.dtype == "float64"]

    def load(self) -> None:
        arrays = self.readable()
        at = self.index(access := self.rng.choice(arrays)) if arrays else None
        if at is not None:
            self.scope.floats.append((self.build.load(access.array, at), LIMIT))

    def store(self) -> None:
        arrays = [a for a in self.readable() if a.write]
        at = self.index(access := self.rng.choice(arrays)) if arrays else None
        if at is None:
            return
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
        at = self.index(access := self.rng.choice(arrays)) if arrays else None
        if at is None:
            return
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

    def open_indices(self, indices: tuple[n.Var, ...], extents: tuple[n.Atom, ...]) -> None:
        for i, e in zip(indices, extents, strict=True):
            self.scope.in_range(i, e)
            self.scope.indices.append((i, e))
            self.scope.counters.append(i)

    # ---- control flow -------------------------------------------------------------------------------------------

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
        self.build.add(n.LibCall("matvec", out, (access.array, self.rng.choice(vectors).array)))
        i = self.build.var("i", INT)
        with self.build.block() as body:
            self.build.add(n.Store(out, (i,), self.op("mul", self.build.load(out, (i,)), const(0.125))))
        self.build.add(n.Map((i,), rows, tuple(body)))
        self.scope.add_array(out)
