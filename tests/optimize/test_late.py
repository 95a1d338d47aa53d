"""The passes around and after differentiation on random primal and reverse functions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from s2sad.adjoint.accumulate import modes
from s2sad.adjoint.reverse import reverse
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import FLOAT, INT, Builder, Names, const
from s2sad.ir.text import show
from s2sad.optimize.accumulation import accumulation
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.firstwrite import firstwrite
from s2sad.optimize.fold import fold
from s2sad.optimize.merge import merge
from s2sad.optimize.partials import partials
from s2sad.optimize.retarget import retarget
from s2sad.optimize.unify import unify
from s2sad.rules import OPS
from s2sad.scalarize import scalarize
from s2sad.verify import verify
from tests.optimize.test_reverse import arguments, derivative, leaves
from tests.support.interpreter import Counts, run
from tests.support.irgen import Features, Program, generate

Pass = Callable[[n.Function], n.Function]
EXACT: tuple[Pass, ...] = (unify, accumulation, retarget)  # the same bits
EQUAL: tuple[Pass, ...] = (firstwrite,)  # the same values: 0.0 + v is v, but for the sign of a zero
CLOSE: tuple[Pass, ...] = (merge, partials)  # the same up to rounding: factors and terms are grouped anew
PASSES = (*EXACT, *EQUAL, *CLOSE)
FEATURES = (Features(), Features(tapes=True), Features(clutter=True), Features(leaves=True))
SEEDS = range(300, 330)
each_pass = pytest.mark.parametrize("f", PASSES, ids=lambda f: f.__name__)


def compare(f: Pass, before: list[np.ndarray], after: list[np.ndarray]) -> None:
    for x, y in zip(before, after, strict=True):
        assert x.dtype == y.dtype and x.shape == y.shape
        if f in EXACT:
            assert x.tobytes() == y.tobytes()
        elif f in EQUAL:
            np.testing.assert_array_equal(y, x)
        else:
            np.testing.assert_allclose(y, x, rtol=1e-11, atol=1e-11)


def outcome(fn: n.Function, args: list, counts: Counts | None = None) -> list[np.ndarray]:
    """What ``fn`` returns and leaves in its arguments."""
    value = run(fn, args, counts=counts)
    return [*leaves(value), *leaves(tuple(args))]


@cache
def program(seed: int) -> Program:
    return generate(seed, 20, FEATURES[seed % len(FEATURES)])


def reversible(seed: int) -> Program:
    return generate(seed, 20, Features(leaves=seed % 3 == 0))


@cache
def reverse_function(seed: int) -> n.Function:
    """As the pipeline hands it to the late passes."""
    return cse(copies(fold(derivative(reversible(seed)))))


@pytest.mark.parametrize("seed", SEEDS)
@each_pass
def test_primal_functions(f: Pass, seed: int) -> None:
    made = program(seed)
    new = f(made.function)
    verify(new, "loop", f.__name__, OPS)
    for k in range(2):
        compare(f, outcome(made.function, list(made.arguments(k))), outcome(new, list(made.arguments(k))))
    assert show(f(new)) == show(new)


@pytest.mark.parametrize("seed", SEEDS)
@each_pass
def test_reverse_functions(f: Pass, seed: int) -> None:
    fn, made = reverse_function(seed), reversible(seed)
    new = f(fn)
    verify(new, "loop", f.__name__, OPS)
    assert new.reverse_at is not None and 0 <= new.reverse_at < len(new.body)
    before, after = Counts(), Counts()
    compare(f, outcome(fn, arguments(made), before), outcome(new, arguments(made), after))
    assert f is partials or after.total <= before.total
    assert show(f(new)) == show(new)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_order_of_the_pipeline(seed: int) -> None:
    made = generate(seed, 20)
    fn = derivative(made)
    before, after = Counts(), Counts()
    expected = outcome(fn, arguments(made), before)
    for f in (fold, copies, cse, unify, merge, firstwrite, retarget, partials):
        fn = f(fn)
        verify(fn, "loop", f.__name__, OPS)
    compare(partials, expected, outcome(fn, arguments(made), after))


def test_the_programs_give_firstwrite_something_to_do() -> None:
    functions = [reverse_function(seed) for seed in SEEDS]
    assert sum(show(firstwrite(fn)) != show(fn) for fn in functions) >= 10


# ---- programs made so that each of the other passes has something to do ----------------------------------------------


def same_extents_under_other_names(fn: n.Function, rng: random.Random) -> n.Function:
    """``fn`` with some uses of an extent replaced by another array's, which a check has found equal."""
    body = list(fn.body)
    for k, stmt in enumerate(fn.body):
        if isinstance(stmt, n.Assign) and stmt.op == "eq" and isinstance(stmt.args[1], n.Var):
            other, extent = stmt.args[0], stmt.args[1]
            for later in range(k + 2, len(body)):
                if rng.random() < 0.6 and isinstance(body[later], n.For | n.Map | n.Assign):
                    body[later] = walk.substitute(body[later], {extent: other})
    return replace(fn, body=tuple(body))


@pytest.mark.parametrize("seed", SEEDS)
def test_unify_finds_extents_under_other_names(seed: int) -> None:
    made = generate(seed, 20, Features(checks=True))
    fn = same_extents_under_other_names(made.function, random.Random(seed))
    verify(fn, "loop", "disguise", OPS)
    new = unify(fn)
    verify(new, "loop", "unify", OPS)
    assert (show(new) != show(fn)) is (show(fn) != show(made.function))
    expected = outcome(made.function, list(made.arguments()))
    compare(unify, expected, outcome(new, list(made.arguments())))


def split_additions(block: n.Block, b: Builder) -> n.Block:
    """``block`` with every addition to memory in two parts."""
    out: list[n.Stmt] = []
    for stmt in block:
        if isinstance(stmt, n.Accumulate) and stmt.array.type.dtype == "float64":
            parts = [b.var("part", n.Scalar("float64")) for _ in range(2)]
            out += [n.Assign(v, "mul", (stmt.value, const(f))) for v, f in zip(parts, (0.25, 0.75), strict=True)]
            out += [replace(stmt, value=v) for v in parts]
        else:
            out.append(walk.with_blocks(stmt, tuple(split_additions(x, b) for x in walk.blocks(stmt))))
    return tuple(out)


def additions(fn: n.Function) -> int:
    return sum(isinstance(s, n.Accumulate) for s in walk.walk(fn.body))


@pytest.mark.parametrize("seed", SEEDS)
def test_merge_adds_up_what_was_split(seed: int) -> None:
    made, fn = reversible(seed), reverse_function(seed)
    assert fn.reverse_at is not None
    forward, reverse = fn.body[: fn.reverse_at], fn.body[fn.reverse_at :]
    double = replace(fn, body=(*forward, *split_additions(reverse, Builder(Names.of(fn)))))
    new = merge(double)
    verify(new, "loop", "merge", OPS)
    assert additions(new) <= additions(fn)
    compare(merge, outcome(fn, arguments(made)), outcome(new, arguments(made)))


def recurrence(seed: int) -> n.Function:
    """``for v in a: x = ...`` with random operations on x, v and r; sometimes with a sum beside it."""
    rng = random.Random(seed)
    b = Builder(Names())
    x, r, extent = b.var("x", FLOAT), b.var("r", FLOAT), b.var("n", INT)
    a = b.var("a", n.Array("float64", (extent,)))
    b.add(n.Assign(extent, "extent", (a, const(0))))
    i, inner, outer = b.var("i", INT), b.var("x", FLOAT), b.var("x", FLOAT)
    total, total_out = b.var("s", FLOAT), b.var("s", FLOAT)
    with b.block() as body:
        known: list[n.Atom] = [b.load(a, (i,)), *([r] if seed % 3 == 0 else []), inner]
        for _ in range(rng.randint(2, 7)):
            kind = rng.choice(["mul", "mul", "add", "sub", "neg", "sin", "div", "tanh"])
            args = [known[-1], rng.choice(known)]
            if kind == "div":
                args[1] = b.assign("add", b.assign("square", args[1], dtype="float64"), const(1.5), dtype="float64")
            known.append(b.assign(kind, *args[: 1 if kind in ("neg", "sin", "tanh") else 2], dtype="float64"))
        last = b.assign("sin", known[-1], dtype="float64", hint="x")
        carries = [n.Carry(inner, x, last, outer)]
        if seed % 4 == 3:
            added = b.assign("add", total, rng.choice(known), dtype="float64", hint="s")
            carries.append(n.Carry(total, const(0.0), added, total_out))
    b.add(n.For(i, const(0), extent, const(1), tuple(carries), tuple(body)))
    result = b.assign("add", outer, total_out, dtype="float64") if seed % 4 == 3 else outer
    params = tuple(n.Param(v.name, v) for v in (x, r, a))
    return n.Function("recurrence", params, (*b.out, n.Return(result)))


@pytest.mark.parametrize("trips", [0, 1, 5])
def test_partials_of_recurrences(trips: int) -> None:
    changed = 0
    for seed in range(40):
        fn = modes(scalarize(reverse(recurrence(seed), ("x", "r", "a"), value=True, name="g", seeds="all")))
        fn = cse(copies(fold(fn)))
        new = partials(fn)
        verify(new, "loop", "partials", OPS)
        changed += show(new) != show(fn)
        args = [0.7, -1.2, np.random.default_rng(seed).normal(size=trips), 1.3]
        compare(partials, outcome(fn, list(args)), outcome(new, list(args)))
    assert changed >= 10


def test_memory_is_not_made_with_extents_that_only_a_later_check_shows():
    """``t`` is copied into ``c`` behind a check that ``m`` is 1: ``t`` keeps its own memory, of ``m`` elements."""
    b = Builder(Names())
    m, i, j = (b.var(name, INT) for name in "mij")
    a = b.var("a", n.Array("float64", (m,)))
    t = b.alloc("t", "float64", (m,))
    with b.block() as first:
        b.add(n.Store(t, (i,), b.load(a, (i,), hint="v")))
    b.add(n.Map((i,), (m,), tuple(first)))
    b.add(n.Check(b.assign("eq", m, const(1), dtype="bool", hint="same"), "ValueError", "m is not 1"))
    known = n.Var(t.name, n.Array("float64", (const(1),)))
    c = b.alloc("c", "float64", (const(1),))
    with b.block() as second:
        b.add(n.Store(c, (j,), b.load(known, (j,), hint="w")))
    b.add(n.Map((j,), (const(1),), tuple(second)))
    fn = n.Function("f", (n.Param("m", m), n.Param("a", a)), (*b.out, n.Return(c)))
    assert retarget(fn) == fn
