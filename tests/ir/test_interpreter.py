"""The interpreter itself: results by NumPy, and each misuse of memory noticed."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.ir.builder import BOOL, FLOAT, INT, Builder, Names, const
from tests.support.interpreter import Counts, InterpreterError, SizeOneError, run
from tests.support.races import RaceError

X, C = n.Var("x", FLOAT), n.Var("c", BOOL)
I, J, K, N = (n.Var(name, INT) for name in "ijkn")
A = n.Var("a", n.Array("float64", (N,)))
ZERO, ONE = const(0), const(1)
EXTENT = n.Assign(N, "extent", (A, ZERO))


def var(name: str, type: n.Type = FLOAT) -> n.Var:
    return n.Var(name, type)


def array(name: str, *extents: n.Atom) -> n.Var:
    return n.Var(name, n.Array("float64", extents))


def call(*body: n.Stmt, result: n.Tree, args: tuple = (), seed: int = 0, counts: Counts | None = None):
    params = (n.Param("x", X), n.Param("a", A))
    fn = n.Function("f", params, (EXTENT, *body, n.Return(result)), written=(A,))
    return run(fn, args or (2.0, np.arange(4.0)), seed=seed, counts=counts)


def test_scalars_have_their_dtypes():
    result = call(n.Assign(var("y"), "mul", (X, X)), result=n.Struct((var("y"), N)))
    assert result == (4.0, 4)
    assert [type(r) for r in result] == [np.float64, np.int64]


def test_loop_carries_and_branches():
    s, t, u, out = (var(v) for v in ("s", "t", "u", "out"))
    body = (
        n.Load(var("v"), A, (I,)),
        n.Assign(var("odd", BOOL), "gt", (var("v"), const(1.0))),
        n.If(
            var("odd", BOOL),
            (n.Assign(t, "add", (s, var("v"))),),
            (n.Assign(var("w"), "neg", (s,)),),
            (n.Join(u, t, var("w")),),
        ),
    )
    loop = n.For(I, ZERO, N, ONE, (n.Carry(s, X, u, out),), body)
    assert call(loop, result=out) == 2.0 + 2 + 3  # the sign changes twice
    backwards = n.ReverseLoop(I, ZERO, N, ONE, loop.carries, body)
    assert call(backwards, result=out) == 2.0 + 3 + 2
    nothing = n.For(I, N, ZERO, ONE, loop.carries, body)
    assert call(nothing, result=out) == 2.0


def test_swapped_arrays():
    b, p, q, p1, q1 = (array(v, N) for v in ("b", "p", "q", "p.1", "q.1"))
    stmts = (
        n.Alloc(b, const(7.0)),
        n.For(I, ZERO, const(3), ONE, (n.Carry(p, A, q, p1), n.Carry(q, b, p, q1)), ()),
    )
    first, second = call(*stmts, result=n.Struct((p1, q1)))
    assert first.tolist() == [7.0] * 4 and second.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_map_sums_and_counts():
    counts = Counts()
    body = (n.Load(var("v"), A, (I,)), n.Assign(var("w"), "mul", (var("v"), X)), n.Store(A, (I,), var("w")))
    total = n.Map((I,), (N,), body, (n.Sum(var("s"), X, var("w")),))
    assert call(total, result=var("s"), counts=counts) == 14.0
    assert (counts.loads, counts.stores, counts.arithmetic) == (4, 4, 8)


def test_array_level():
    b, c, s = array("b", N), array("c", N), var("s")
    view = n.View(c, A, (n.Slice(const(3), const(-1), N),))
    stmts = (view, n.Call(b, "mul", (c, X)), n.Store(A, (), b), n.Call(s, "sum", (A,), (("axis", (0,)),)))
    x, total = call(*stmts, result=n.Struct((A, s)))
    assert x.tolist() == [6.0, 4.0, 2.0, 0.0] and total == 12.0


def test_overlapping_store_evaluates_first():
    m, left, right = var("m", INT), array("left", var("m", INT)), array("right", var("m", INT))
    stmts = (
        n.Assign(m, "sub", (N, ONE)),
        n.View(left, A, (n.Slice(ZERO, ONE, m),)),
        n.View(right, A, (n.Slice(ONE, ONE, m),)),
        n.Store(right, (), left),
    )
    assert call(*stmts, result=A).tolist() == [0.0, 0.0, 1.0, 2.0]


def test_matmul_and_views():
    two = const(2)
    m, t, out = array("m", two, two), array("t", two, two), array("out", two, two)
    counts = Counts()
    stmts = (
        n.View(m, A, (n.Reshape(),)),
        n.View(t, m, (n.Transpose((1, 0)),)),
        n.Alloc(out),
        n.LibCall("matmul", (out,), (m, t)),
    )
    expected = np.arange(4.0).reshape(2, 2)
    assert np.array_equal(call(*stmts, result=out, counts=counts), expected @ expected.T)
    assert counts.library == 16


T = array("tape", N)


def pushes(times: int) -> tuple[n.Stmt, ...]:
    return (n.Alloc(T, None, "tape"), n.For(J, ZERO, const(times), ONE, (), (n.Push(T, (ZERO,), X),)))


USED = n.Assign(var("w"), "neg", (var("v"),))
MISUSES = {
    "read before it is written": (n.Alloc(array("b", N)), n.Load(var("v"), array("b", N), (ZERO,)), USED),
    "added to before": (n.Alloc(array("b", N)), n.Accumulate(array("b", N), (ZERO,), X)),
    "outside of": (n.Load(var("v"), A, (N,)),),
    "pushed twice": pushes(2),
    "before it is written": (*pushes(1), n.Pop(var("v"), T, (ONE,)), USED),
    "index .-1,. outside": (n.Assign(K, "sub", (ZERO, ONE)), n.Store(A, (K,), X)),
    "its value is int64": (n.Assign(var("v"), "copy", (N,)),),
}


@pytest.mark.parametrize("what", MISUSES)
def test_misuse_is_noticed(what):
    with pytest.raises(InterpreterError, match=what):
        call(*MISUSES[what], result=X)


def test_what_nobody_has_written_may_be_saved_and_restored():
    b, v, w = array("b", N), var("v"), var("w")
    saved = (n.Alloc(b), n.Alloc(T, None, "tape"), n.Load(v, b, (ZERO,)), n.Push(T, (ZERO,), v), n.Store(b, (ZERO,), X))
    assert call(*saved, n.Pop(w, T, (ZERO,)), n.Store(b, (ZERO,), w), result=X) == call(result=X)
    with pytest.raises(InterpreterError, match="read before"):
        call(*saved, n.Pop(w, T, (ZERO,)), n.Store(b, (ZERO,), w), n.Load(u := var("u"), b, (ZERO,)), result=u)


def test_dependent_iterations_are_noticed():
    before = n.Assign(K, "index", (const(-1), N))
    for body in (
        (n.Store(A, (K,), X),),
        (n.Accumulate(A, (K,), X),),
        (n.Load(var("v"), A, (K,)), n.Store(A, (I,), var("v"))),
    ):
        with pytest.raises(RaceError):
            call(before, n.Map((I,), (N,), body), result=X)
    call(before, n.Map((I,), (N,), (n.Accumulate(A, (K,), X, "reduced"),)), result=X)


def test_checks_raise_what_they_say():
    false = const(False)
    with pytest.raises(ZeroDivisionError, match="zero"):
        call(n.Check(false, "ZeroDivisionError", "zero"), result=X)
    with pytest.raises(SizeOneError):
        call(n.Check(false, "SizeOne", "extents"), result=X)
    with pytest.raises(IndexError):
        call(n.Assign(K, "index", (const(9), N)), result=X)


def test_trees_of_arguments_and_results():
    fn = n.Function(
        "f", (n.Param("p", n.Struct((X, n.Struct((C,))))), n.Param("q", None)), (n.Return(n.Struct((C, None, X))),)
    )
    assert run(fn, ((1.5, (True,)), None)) == (True, None, 1.5)


def test_builder_makes_what_runs():
    names = Names()
    build = Builder(names)
    x = build.var("x", FLOAT)
    y = build.assign("mul", x, const(3.0), dtype="float64")
    fn = n.Function("f", (n.Param("x", x),), (*build.out, n.Return(y)))
    assert run(fn, (2.0,)) == 6.0
