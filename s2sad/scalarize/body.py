"""Emission of elements: the loop around an array expression and the scalar statements of one of its elements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from s2sad.analysis.alias import Aliases
from s2sad.analysis.dependence import Nests
from s2sad.ir import nodes as n
from s2sad.ir.builder import INT, Builder, const
from s2sad.scalarize.index import ONE, Index, Scalars, compose, is_index_view, shape, stretched
from s2sad.scalarize.plan import Plan

_LETTERS = "ijklmpqrsuvwxyz"


@dataclass
class Context:
    """What emission needs to know of the function.

    ``views`` and ``deferred`` fill as their statements are passed; ``enclosing`` are the loops around the current one.
    """

    builder: Builder
    plan: Plan
    aliases: Aliases
    views: dict[n.Var, n.View] = field(default_factory=dict)
    deferred: dict[n.Var, n.Call] = field(default_factory=dict)
    enclosing: list[n.Var] = field(default_factory=list)
    nests: Nests = field(default_factory=Nests)

    @contextmanager
    def inside(self, *indices: n.Var) -> Iterator[None]:
        """What is emitted meanwhile stands in the loops over ``indices``."""
        self.enclosing += indices
        yield
        del self.enclosing[len(self.enclosing) - len(indices) :]

    def index_variables(self, count: int) -> list[n.Var]:
        """Fresh loop indices: i, j, k as far as the loops around do not use them."""
        taken = {v.hint for v in self.enclosing}
        free = [letter for letter in _LETTERS if letter not in taken]
        return [self.builder.var(free[min(k, len(free) - 1)], INT) for k in range(count)]


@dataclass(frozen=True)
class Box:
    """The iterations over ``extents``: loop indices for all dimensions but those of extent 1, which have index 0."""

    index: tuple[Index, ...]
    indices: tuple[n.Var, ...]
    extents: tuple[n.Atom, ...]


def box(context: Context, extents: tuple[n.Atom, ...]) -> Box:
    """The iterations over an array of these extents, with fresh loop indices."""
    looped = [e for e in extents if e != ONE]
    variables = context.index_variables(len(looped))
    rest = iter(variables)
    index = tuple(Index() if e == ONE else Index.of(next(rest)) for e in extents)
    return Box(index, tuple(variables), tuple(looped))


def close(context: Context, iterations: Box, body: list[n.Stmt], sums: tuple[n.Sum, ...] = ()) -> None:
    """Add the ``Map`` over ``iterations``; one iteration without a loop needs none."""
    builder = context.builder
    if iterations.indices:
        builder.add(n.Map(iterations.indices, iterations.extents, tuple(body), sums, builder.loc))
        return
    builder.out += body
    for s in sums:
        builder.add(n.Assign(s.target, "copy", (s.value,), builder.loc))


class Body:
    """The scalar statements of one iteration; equal elements and indices are computed once."""

    def __init__(self, context: Context, parent: Body | None = None) -> None:
        self.context = context
        self.builder = context.builder
        self.scalars = Scalars(context.builder, parent.scalars if parent else None)
        self.loads: list[n.Load] = []

    def atoms(self, index: tuple[Index, ...]) -> tuple[n.Atom, ...]:
        return tuple(self.scalars.atom(i) for i in index)

    def locate(self, array: n.Var, index: tuple[Index, ...]) -> tuple[n.Var, tuple[Index, ...]]:
        """The memory or the deferred value behind ``array``, and the index there."""
        views = self.context.views
        while array in views and is_index_view(views[array]):
            index = compose(views[array], index, self.scalars)
            array = views[array].base
        return array, index

    def element(self, array: n.Atom, index: tuple[Index, ...]) -> n.Atom:
        """The value of ``array[index]``; a scalar is its own element."""
        if not isinstance(array, n.Var) or not isinstance(array.type, n.Array):
            return array
        array, index = self.locate(array, index)
        key = ("element", array, index)
        found = self.scalars.known(key)
        if found is not None:
            return found
        call = self.context.deferred.get(array)
        return self.scalars.remember(key, self._load(array, index) if call is None else self.evaluate(call, index))

    def _load(self, array: n.Var, index: tuple[Index, ...]) -> n.Var:
        target = self.builder.load(array, self.atoms(index))
        load = self.builder.out[-1]
        assert isinstance(load, n.Load)
        self.loads.append(load)
        return target

    def evaluate(self, call: n.Call, index: tuple[Index, ...]) -> n.Atom:
        """The element ``index`` of an elementwise ``call``."""
        dtype = call.target.type.dtype
        if call.fn == "arange":
            return self._arange(call, index[0])
        args = [self.element(a, stretched(index, shape(a))) for a in call.args]
        saved, self.builder.loc = self.builder.loc, call.loc
        try:
            if call.fn == "copy" or (call.fn == "cast" and args[0].type.dtype == dtype):
                return args[0]
            return self.builder.assign(call.fn, *args, dtype=dtype, hint=call.target.hint)
        finally:
            self.builder.loc = saved

    def _arange(self, call: n.Call, index: Index) -> n.Atom:
        """``start + k*delta`` as NumPy fills it, where ``delta`` is the difference of its first two elements."""
        dtype = call.target.type.dtype
        start, step = call.args
        assign = self.builder.assign
        k: n.Atom = self.scalars.atom(index)
        if dtype != "int64":
            k = assign("cast", k, dtype=dtype)
        if dtype.startswith("float"):
            step = assign("sub", assign("add", start, step, dtype=dtype), start, dtype=dtype)
        if step != ONE:
            k = assign("mul", k, step, dtype=dtype)
        return k if start == const(0) else assign("add", start, k, dtype=dtype, hint=call.target.hint)


def fill(context: Context, target: n.Var, call: n.Call) -> None:
    """``target[...] = call``, element by element, into fresh memory."""
    iterations = box(context, shape(target))
    body = Body(context)
    with context.builder.block() as out:
        value = body.evaluate(call, iterations.index)
        context.builder.add(n.Store(target, body.atoms(iterations.index), value, -1, context.builder.loc))
    close(context, iterations, out)
