"""A small builder of array-level functions, and the comparison of a function with its scalarized form."""

from __future__ import annotations

import numpy as np

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, Names, const
from s2sad.ir.text import show
from s2sad.rules.registry import OPS
from s2sad.scalarize import scalarize
from s2sad.scalarize.index import shape as dims
from s2sad.verify import verify
from tests.support.interpreter import Counts, run

ONE = const(1)


class Program(Builder):
    """An array-level function in the making."""

    def __init__(self) -> None:
        super().__init__(Names())
        self.params: list[n.Param] = []
        self.written: list[n.Var] = []

    def array(self, name: str, ndim: int, dtype: str = "float64", written: bool = False, layout: str = "C") -> n.Var:
        """A parameter; its extents are defined before the body (``function`` puts them there)."""
        extents = tuple(self.var(f"n_{name}{k}", n.Scalar("int64")) for k in range(ndim))
        param = n.Var(self.names.fresh(name), n.Array(dtype, extents, layout))
        self.params.append(n.Param(name, param))
        if written:
            self.written.append(param)
        return param

    def scalar(self, name: str, dtype: str = "float64") -> n.Var:
        param = n.Var(self.names.fresh(name), n.Scalar(dtype))
        self.params.append(n.Param(name, param))
        return param

    def call(self, fn: str, *args: n.Atom, dtype: str | None = None, hint: str = "t", **attrs: object) -> n.Var:
        shapes = [dims(a) for a in args if isinstance(a.type, n.Array)]
        shape = broadcast(shapes)
        if fn in ("sum", "max", "min", "argmax", "argmin"):
            axis = attrs.setdefault("axis", tuple(range(len(shape))))
            assert isinstance(axis, tuple)
            if attrs.get("keepdims"):
                shape = tuple(ONE if k in axis else e for k, e in enumerate(shape))
            else:
                shape = tuple(e for k, e in enumerate(shape) if k not in axis)
        kind = dtype or ("int64" if fn.startswith("arg") else args[0].type.dtype)
        target = self.var(hint, n.Array(kind, shape) if shape else n.Scalar(kind))
        self.add(n.Call(target, fn, args, tuple(attrs.items())))
        return target

    def range(self, extent: n.Atom, start: n.Atom, step: n.Atom) -> n.Var:
        target = self.var("r", n.Array(start.type.dtype, (extent,)))
        self.add(n.Call(target, "arange", (start, step)))
        return target

    def view(self, base: n.Var, *items: n.ViewItem, shape: tuple[n.Atom, ...] | None = None, hint: str = "v") -> n.Var:
        extents = dims(base) if shape is None else shape
        if shape is None and items and isinstance(items[0], n.Transpose):
            extents = tuple(extents[k] for k in items[0].perm)
        elif shape is None:
            extents = tuple(i.extent if isinstance(i, n.Slice) else ONE for i in items if not isinstance(i, n.At))
        target = self.var(hint, n.Array(base.type.dtype, extents, "A"))
        self.add(n.View(target, base, items))
        return target

    def part(self, extent: n.Atom, start: int = 0, stop: int = 0) -> n.Slice:
        """The items ``start : extent - stop``."""
        return n.Slice(const(start), ONE, self.assign("sub", extent, const(start + stop), dtype="int64", hint="m"))

    def backwards(self, extent: n.Atom) -> n.Slice:
        return n.Slice(self.assign("sub", extent, ONE, dtype="int64", hint="last"), const(-1), extent)

    def store(self, array: n.Var, value: n.Atom, index: tuple[n.Atom, ...] = ()) -> None:
        self.add(n.Store(array, index, value))

    def accumulate(self, array: n.Var, value: n.Atom) -> None:
        self.add(n.Accumulate(array, (), value))

    def function(self, *results: n.Tree) -> n.Function:
        heads: list[n.Stmt] = []
        for var in (v for p in self.params for v in walk.leaves(p.tree)):
            if isinstance(var.type, n.Array):
                heads += [
                    n.Assign(e, "extent", (var, const(k))) for k, e in enumerate(dims(var)) if isinstance(e, n.Var)
                ]
        value = results[0] if len(results) == 1 else n.Struct(results) if results else None
        body = (*heads, *self.out, n.Return(value))
        return n.Function("f", tuple(self.params), body, written=tuple(self.written))


def broadcast(shapes: list[tuple[n.Atom, ...]]) -> tuple[n.Atom, ...]:
    ndim = max((len(s) for s in shapes), default=0)
    padded = [(ONE,) * (ndim - len(s)) + s for s in shapes]
    return tuple(next((e for e in axis if e != ONE), ONE) for axis in zip(*padded, strict=True))


def leaves(value: object) -> list:
    return [x for item in value for x in leaves(item)] if isinstance(value, tuple) else [] if value is None else [value]


def same(fn: n.Function, *args: object, rtol: float = 0.0) -> tuple[n.Function, Counts]:
    """Scalarize ``fn``, compare both on ``args`` (results, written arguments): bit for bit unless ``rtol`` is given."""
    verify(fn, level="array", ops=OPS)
    loops = scalarize(fn)
    verify(loops, level="loop", ops=OPS)
    assert show(scalarize(loops)) == show(loops)
    counts = Counts()
    expected_args, actual_args = (
        [a.copy(order="K") if isinstance(a, np.ndarray) else a for a in args] for _ in range(2)
    )
    expected = [*leaves(run(fn, expected_args)), *expected_args]
    actual = [*leaves(run(loops, actual_args, counts=counts)), *actual_args]
    for e, a in zip(expected, actual, strict=True):
        e, a = np.asarray(e), np.asarray(a)
        assert e.dtype == a.dtype and e.shape == a.shape
        if rtol:
            np.testing.assert_allclose(a, e, rtol=rtol)
        else:
            np.testing.assert_array_equal(a, e)
            assert e.dtype.kind != "f" or np.array_equal(np.signbit(a), np.signbit(e))
    return loops, counts


def count(fn: n.Function, kind: type) -> int:
    """How many statements of ``kind`` there are."""
    return sum(isinstance(s, kind) for s in walk.walk(fn.body))


def operations(fn: n.Function, *ops: str) -> int:
    """How many scalar statements compute one of ``ops``."""
    return sum(isinstance(s, n.Assign) and s.op in ops for s in walk.walk(fn.body))
