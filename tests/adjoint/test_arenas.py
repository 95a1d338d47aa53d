"""Loops that can be left, in both modes: hand-made functions at no trip, one trip, many trips; nested; with swaps.

Every tape starts with no rows at all: the interpreter gives a tape exactly the rows that it is asked for, so that a
missing one is an index out of range.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from s2sad.adjoint import arenas
from s2sad.adjoint.accumulate import modes
from s2sad.adjoint.forward import forward
from s2sad.adjoint.reverse import reverse
from s2sad.errors import InternalError
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import BOOL, FLOAT, INT, Builder, Names, const
from s2sad.optimize.bounds import bounds
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.dead import dead
from s2sad.optimize.fold import fold
from s2sad.optimize.hoist import hoist
from s2sad.rules import OPS
from s2sad.scalarize import scalarize
from s2sad.verify import verify
from tests.support.interpreter import run

ZERO, ONE = const(0), const(1)
ENDLESS = const(2**63 - 1)
PASSES = (fold, copies, cse, bounds, hoist, dead)


@pytest.fixture(autouse=True, params=[0, 1, 32])
def rows(request, monkeypatch):
    """With how many rows tapes start."""
    monkeypatch.setattr(arenas, "START", request.param)
    monkeypatch.setattr(arenas, "START_WIDE", request.param)


class Making(Builder):
    """A builder of small functions of ``x`` (a number) and ``a`` (an array of extent ``n``)."""

    def __init__(self) -> None:
        super().__init__(Names())
        self.x, self.n = self.var("x", FLOAT), self.var("n", INT)
        self.a = self.var("a", n.Array("float64", (self.n,)))
        self.add(n.Assign(self.n, "extent", (self.a, ZERO)))

    def f(self, op: str, *args: n.Atom) -> n.Var:
        return self.assign(op, *args, dtype="float64")

    def test(self, op: str, *args: n.Atom) -> n.Var:
        return self.assign(op, *args, dtype="bool", hint="c")

    def int(self, op: str, *args: n.Atom) -> n.Var:
        return self.assign(op, *args, dtype="int64", hint="k")

    def while_(
        self, init: n.Atom, cond: Callable[[n.Var, n.Var], n.Atom], body: Callable[[n.Var, n.Var], n.Atom]
    ) -> n.Var:
        """``while cond(s, k): s = body(s, k)``, with ``k`` the number of the trip; ``s`` after it."""
        k, s, after, joined = self.var("k", INT), *(self.var("s", FLOAT) for _ in range(3))
        with self.block() as trip:
            c = cond(s, k)
            with self.block() as then:
                value = body(s, k)
            self.add(n.If(c, tuple(then), (), (n.Join(joined, value, s),)))
            leave = self.test("not", c)
        carry = n.Carry(s, init, joined, after)
        self.add(n.For(k, ZERO, ENDLESS, ONE, (carry,), tuple(trip), leave=leave, trips=self.var("trips", INT)))
        return after

    def for_(
        self, init: n.Atom, bounds: tuple[n.Atom, n.Atom, n.Atom], body: Callable[[n.Var, n.Var], n.Atom | tuple]
    ) -> n.Var:
        """``for k in range(*bounds): s = body(s, k)``; a body that returns ``(s, leave)`` may leave the loop."""
        k, s, after = self.var("k", INT), self.var("s", FLOAT), self.var("s", FLOAT)
        with self.block() as trip:
            value = body(s, k)
        leave, trips = None, None
        if isinstance(value, tuple):
            (value, leave), trips = value, self.var("trips", INT)
        carry = n.Carry(s, init, value, after)
        self.add(n.For(k, *bounds, (carry,), tuple(trip), leave=leave, trips=trips))
        return after

    def function(self, result: n.Atom) -> n.Function:
        fn = n.Function("f", (n.Param("x", self.x), n.Param("a", self.a)), (*self.out, n.Return(result)))
        verify(fn, ops=OPS)
        return fn


def polynomial(m: Making, s: n.Atom, by: n.Atom) -> n.Var:
    return m.f("add", m.f("mul", m.f("mul", s, s), by), const(0.3))


def escape(m: Making) -> n.Var:
    """``while s < 3: s = s*s*x + 0.3``: no trip if x starts above."""
    return m.while_(m.x, lambda s, k: m.test("lt", s, const(3.0)), lambda s, k: polynomial(m, s, const(0.9)))


def while_in_for_in_while(m: Making) -> n.Var:
    """Inner loops of lengths that depend on all before; the outer while is counted by its index."""

    def inner(s: n.Var, k: n.Atom) -> n.Var:
        by = m.load(m.a, (m.int("mod", k, m.n),))
        most = m.int("add", k, ONE)
        return m.while_(
            m.f("mul", s, by),
            lambda t, j: m.test("and", m.test("lt", t, const(1.5)), m.test("le", j, most)),
            lambda t, j: m.f("add", m.f("mul", m.f("sin", t), const(1.3)), m.f("mul", by, const(0.2))),
        )

    def middle(s: n.Var, k: n.Var) -> n.Var:
        return m.for_(s, (ZERO, m.n, ONE), lambda t, i: inner(t, m.int("add", i, k)))

    return m.while_(m.x, lambda s, k: m.test("lt", k, const(3)), middle)


def break_in_the_inner_of_two(m: Making) -> n.Var:
    """Downwards from the end, by two, left once the sum is large; values nonlinear before and after the test."""

    def trip(t: n.Var, j: n.Var) -> tuple[n.Var, n.Atom]:
        t = polynomial(m, t, m.load(m.a, (j,)))
        leave = m.test("gt", t, const(1.2))
        with m.block() as rest:
            more = m.f("mul", m.f("exp", m.f("neg", t)), t)
        kept = m.var("t", FLOAT)
        m.add(n.If(leave, (), tuple(rest), (n.Join(kept, t, more),)))
        return kept, leave

    def outer(s: n.Var, i: n.Var) -> n.Var:
        last = m.int("sub", m.n, ONE)
        t = m.for_(s, (last, const(-1), const(-2)), trip)
        return m.f("add", m.f("mul", s, const(0.4)), m.f("sin", t))

    return m.for_(m.x, (const(1), m.int("add", m.n, const(2)), ONE), outer)


def ragged_and_triangular_inside(m: Making) -> n.Var:
    """Loops whose trips are the index of a loop that is left, or computed from floats."""

    def trip(s: n.Var, k: n.Var) -> tuple[n.Var, n.Atom]:
        s = m.for_(s, (ZERO, k, ONE), lambda t, j: polynomial(m, t, const(0.5)))
        some = m.int("cast", m.f("abs", m.f("mul", s, const(2.5))))
        s = m.for_(s, (some, ONE, const(-1)), lambda t, j: m.f("sin", m.f("mul", t, const(1.1))))
        s = m.for_(s, (const(2), m.int("add", some, const(3)), const(2)), lambda t, j: polynomial(m, t, const(0.3)))
        return s, m.test("or", m.test("ge", k, const(5)), m.test("gt", s, const(0.55)))

    return m.for_(m.x, (ZERO, const(1000000), ONE), trip)


def row_of_its_own_each_trip(m: Making) -> n.Var:
    """An array made in each trip, filled by a Map, read by a Map: one row of a tape of arrays that grows."""

    def trip(s: n.Var, k: n.Var) -> n.Var:
        row = m.alloc("row", "float64", (m.n,), const(0.5))
        i, j, total = m.var("i", INT), m.var("j", INT), m.var("total", FLOAT)
        with m.block() as fill:
            value = m.f("mul", m.f("sin", m.f("mul", m.load(m.a, (i,)), s)), m.load(row, (i,)))
            m.add(n.Store(row, (i,), value))
        m.add(n.Map((i,), (m.n,), tuple(fill)))
        with m.block() as add:
            square = m.f("square", m.load(row, (j,)))
        m.add(n.Map((j,), (m.n,), tuple(add), (n.Sum(total, const(0.4), square),)))
        return m.f("mul", total, m.f("add", s, const(0.6)))

    return m.while_(m.x, lambda s, k: m.test("lt", k, const(5)), trip)


def swap(m: Making) -> n.Var:
    """``b[:], c[:]`` exchanged after each trip, as often as the loop runs."""
    b, c = (m.alloc("b", "float64", (m.n,), v) for v in (m.x, const(0.7)))
    p, q, b2, c2 = (m.var(v, b.type) for v in ("p", "q", "b", "c"))
    k, i, j, r = m.var("k", INT), m.var("i", INT), m.var("j", INT), m.var("r", FLOAT)
    with m.block() as trip:
        with m.block() as fill:
            old = m.load(p, (i,))
            m.add(n.Store(q, (i,), m.f("add", m.f("mul", m.f("sin", old), m.load(m.a, (i,))), m.load(q, (i,)))))
        m.add(n.Map((i,), (m.n,), tuple(fill)))
        leave = m.test("or", m.test("ge", k, const(6)), m.test("gt", m.load(q, (ZERO,)), const(1.6)))
    carries = (n.Carry(p, b, q, b2), n.Carry(q, c, p, c2))
    m.add(n.For(k, ZERO, ENDLESS, ONE, carries, tuple(trip), leave=leave, trips=m.var("trips", INT)))
    with m.block() as add:
        term = m.f("mul", m.f("square", m.load(b2, (j,))), m.load(c2, (j,)))
    m.add(n.Map((j,), (m.n,), tuple(add), (n.Sum(r, const(0.0), term),)))
    return r


FUNCTIONS = (
    escape,
    while_in_for_in_while,
    break_in_the_inner_of_two,
    ragged_and_triangular_inside,
    row_of_its_own_each_trip,
    swap,
)


def gradients(fn: n.Function, x: float, a: np.ndarray) -> tuple[float, float]:
    """The derivative along one direction, by each mode; the reverse function also after the passes."""
    tangent = modes(scalarize(forward(fn, ("x", "a"), name="jvp")))
    bars = modes(scalarize(reverse(fn, ("x", "a"), value=False, name="vjp")))
    dot = np.cos(np.arange(len(a)))
    pulled = []
    late = bars
    for f in (None, *PASSES):
        late = late if f is None else f(late)
        verify(late, ops=OPS)
        x_bar, a_bar = run(late, (x, a.copy(), 1.0))
        pulled.append(float(x_bar * 0.7 + a_bar @ dot))
    np.testing.assert_allclose(pulled, pulled[0], rtol=1e-12)
    return float(run(tangent, (x, a.copy(), 0.7, dot))[1]), pulled[0]


@pytest.mark.parametrize("make", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", [-0.4, 0.62, 1.45, 3.5])
@pytest.mark.parametrize("size", [1, 4])
def test_against_differences(make: Callable[[Making], n.Var], x: float, size: int) -> None:
    m = Making()
    fn = m.function(make(m))
    a = np.linspace(0.35, 0.95, size)
    dot, h = np.cos(np.arange(size)), 1e-6
    difference = (run(fn, (x + 0.7 * h, a + h * dot)) - run(fn, (x - 0.7 * h, a - h * dot))) / (2 * h)
    pushed, pulled = gradients(fn, x, a)
    assert pulled == pytest.approx(pushed, rel=1e-11, abs=1e-12)
    assert pushed == pytest.approx(difference, rel=2e-6, abs=2e-7)


def test_the_number_of_trips_is_a_value() -> None:
    """No trip, left on the first, run to its end: ``trips`` counts what ran."""
    for stop, limit, expected in ((0, 5, 0), (4, -1, 1), (4, 2, 4), (4, 9, 4), (9, 2, 4)):
        m = Making()
        k, trips = m.var("k", INT), m.var("trips", INT)
        with m.block() as body:
            leave = m.test("gt", k, const(limit))
        m.add(n.For(k, ZERO, const(stop), ONE, (), tuple(body), leave=leave, trips=trips))
        fn = m.function(m.f("cast", trips))
        for f in (lambda fn: fn, *PASSES):
            fn = f(fn)
            assert run(fn, (0.0, np.zeros(1))) == expected


def test_no_check_for_trips_that_do_not_run() -> None:
    """An index that is out of range only after the loop was left raises nothing, before and after the passes."""
    m = Making()

    def trip(s: n.Var, k: n.Var) -> tuple[n.Var, n.Atom]:
        at = m.int("index", k, m.n)
        return m.f("add", s, m.load(m.a, (at,))), m.test("gt", s, const(1.0))

    fn = m.function(m.for_(m.x, (ZERO, const(50), ONE), trip))
    for f in (lambda fn: fn, *PASSES):
        fn = f(fn)
        assert run(fn, (0.0, np.full(4, 0.6))) == pytest.approx(1.8)
        with pytest.raises(IndexError):
            run(fn, (0.0, np.full(2, 0.4)))


def test_a_loop_outside_all_others_needs_no_count() -> None:
    """Its places are the numbers of its trips."""
    m = Making()
    made = reverse(m.function(escape(m)), ("x",), value=False, name="vjp")
    names = {s.target.hint for s in walk.walk(made.body) if isinstance(s, n.Alloc)}
    assert "count" not in names and "base_tape" not in names
    assert any(isinstance(s, n.Grow) for s in walk.walk(made.body))


def test_no_loop_inside_a_map_can_be_left() -> None:
    m = Making()
    i, r, s = m.var("i", INT), m.var("r", FLOAT), m.var("s", FLOAT)
    c, after = m.var("c", BOOL), m.var("s", FLOAT)
    with m.block() as body:
        with m.block() as trip:
            value = polynomial(m, s, const(0.5))
            m.add(n.Assign(c, "gt", (value, const(1.0))))
        carry = n.Carry(s, m.x, value, after)
        trips = m.var("trips", INT)
        m.add(n.For(m.var("k", INT), ZERO, m.n, ONE, (carry,), tuple(trip), leave=c, trips=trips))
    m.add(n.Map((i,), (m.n,), tuple(body), (n.Sum(r, const(0.0), after),)))
    fn = n.Function("f", (n.Param("x", m.x), n.Param("a", m.a)), (*m.out, n.Return(r)))
    with pytest.raises(InternalError, match="inside a Map can be left"):
        verify(fn)
    with pytest.raises(InternalError, match="inside a Map can be left"):
        reverse(fn, ("x",), value=False, name="vjp")
