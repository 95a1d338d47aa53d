"""What the passes around differentiation must leave alone, and what they must find."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import BOOL, FLOAT, INT, Builder, Names, const
from s2sad.ir.text import show, show_block
from s2sad.optimize.accumulation import accumulation
from s2sad.optimize.firstwrite import firstwrite
from s2sad.optimize.merge import merge
from s2sad.optimize.partials import partials
from s2sad.optimize.retarget import retarget
from s2sad.optimize.unify import unify
from s2sad.verify import verify
from tests.support.interpreter import run

X, V, W = (n.Var(v, FLOAT) for v in "xvw")
I, J, M, N = (n.Var(v, INT) for v in "ijmn")
ZERO, ONE = const(0), const(1)
NONE = const(0.0)
A = n.Var("a", n.Array("float64", (N,)))
S = n.Var("s", n.Array("float64", (N,)))
EXTENT = n.Assign(N, "extent", (A, ZERO))
PARAMS = (n.Param("x", X), n.Param("a", A), n.Param("m", M))
ADD = n.Accumulate(S, (I,), X)
EACH = n.Map((I,), (N,), (ADD,))
SHADOW = n.Alloc(S, NONE, "shadow")


def function(*body: n.Stmt, result: n.Tree = S, written: tuple[n.Var, ...] = ()) -> n.Function:
    fn = n.Function("f", PARAMS, (EXTENT, *body, n.Return(result)), written=written, reverse_at=0)
    verify(fn)
    return fn


def unset(fn: n.Function) -> bool:
    """Whether the pass has taken the zeros away."""
    return any(isinstance(s, n.Alloc) and s.target == S and s.fill is None for s in walk.walk(firstwrite(fn).body))


def test_a_covering_first_addition_is_a_store() -> None:
    assert unset(function(SHADOW, EACH))
    second = n.Map((J,), (N,), (n.Accumulate(S, (J,), X),))
    fn = function(SHADOW, EACH, second)
    assert unset(fn) and "s[j] += x" in show(firstwrite(fn))


K = n.Var("k", INT)
PARTS = {
    "not every element": (n.Assign(K, "sub", (N, ONE)), n.Map((I,), (K,), (ADD,))),
    "one element": (n.Map((I,), (N,), (n.Accumulate(S, (ZERO,), X, "reduced"),)),),
    "twice each": (n.Map((I,), (N,), (ADD, ADD)),),
    "several trips": (n.For(J, ZERO, M, ONE, (), (EACH,)),),
    "perhaps not": (n.Assign(n.Var("c", BOOL), "gt", (M, ZERO)), n.If(n.Var("c", BOOL), (EACH,), ())),
    "read before": (n.Load(V, S, (ZERO,)), EACH),
    "under another name before": (
        n.View(n.Var("t", n.Array("float64", (N,))), S, (n.Reshape(),)),
        n.Load(V, n.Var("t", n.Array("float64", (N,))), (ZERO,)),
        EACH,
    ),
    "read in the same iteration": (n.Map((I,), (N,), (ADD, n.Load(V, S, (I,)))),),
    "a serial loop": (n.For(I, ZERO, N, ONE, (), (ADD,)),),
}


@pytest.mark.parametrize("name", PARTS)
def test_an_addition_that_does_not_cover_keeps_its_zeros(name: str) -> None:
    fn = function(SHADOW, *PARTS[name])
    if unset(fn):  # then every element must have been assigned all the same
        for m in range(3):
            np.testing.assert_array_equal(run(firstwrite(fn), (1.5, np.ones(3), m)), run(fn, (1.5, np.ones(3), m)))
    else:
        assert name != "a serial loop" or show(firstwrite(fn)) == show(fn)


def test_a_matrix_is_covered_in_any_order_of_its_indices() -> None:
    s = n.Var("s", n.Array("float64", (N, M)))
    add = n.Accumulate(s, (I, J), X)
    nests = [n.Map((I, J), (N, M), (add,)), n.Map((J,), (M,), (n.Map((I,), (N,), (add,)),))]
    for nest in nests:
        new = firstwrite(function(n.Alloc(s, NONE, "shadow"), nest, result=s))
        assert any(isinstance(x, n.Store) for x in walk.walk(new.body))
    diagonal = n.Map((I,), (N,), (n.Accumulate(s, (I, I), X),))
    fn = function(n.Alloc(s, NONE, "shadow"), diagonal, result=s)
    assert show(firstwrite(fn)) == show(fn)


def additions(fn: n.Function) -> list[str]:
    return [show_block((s,)) for s in walk.walk(fn.body) if isinstance(s, n.Accumulate)]


AT, NEXT = n.Accumulate(A, (ZERO,), V), n.Accumulate(A, (ZERO,), W)
DEFINE = (n.Assign(V, "sin", (X,)), n.Assign(W, "cos", (X,)))
SEPARATE = {
    "another element": (AT, n.Accumulate(A, (ONE,), W)),
    "a load between": (AT, n.Load(n.Var("y", FLOAT), A, (M,)), NEXT),
    "a store between": (AT, n.Store(A, (M,), X), NEXT),
    "an access in a branch between": (
        AT,
        n.Assign(n.Var("c", BOOL), "gt", (M, ZERO)),
        n.If(n.Var("c", BOOL), (n.Load(n.Var("y", FLOAT), A, (ZERO,)),), ()),
        NEXT,
    ),
    "one of them in a loop": (AT, n.For(I, ZERO, M, ONE, (), (NEXT,))),
}


@pytest.mark.parametrize("name", SEPARATE)
def test_additions_stay_apart(name: str) -> None:
    fn = function(*DEFINE, *SEPARATE[name], result=X, written=(A,))
    assert additions(merge(fn)) == additions(fn)


def test_additions_of_the_forward_sweep_stay_apart() -> None:
    fn = function(*DEFINE, AT, NEXT, result=X, written=(A,))
    assert len(additions(merge(fn))) == 1
    for later in (None, len(fn.body) - 1):
        forward = n.Function("f", fn.params, fn.body, written=fn.written, reverse_at=later)
        assert additions(merge(forward)) == additions(fn)


def test_scalar_work_between_additions_is_no_obstacle() -> None:
    y = n.Var("y", FLOAT)
    fn = function(*DEFINE, AT, n.Assign(y, "exp", (X,)), NEXT, result=y, written=(A,))
    new = merge(fn)
    verify(new)
    assert additions(new) == ["a[0] += t"]


def copied(*after: n.Stmt, between: tuple[n.Stmt, ...] = (), transposed: bool = False) -> n.Function:
    """``c[...] = matmul(d, d)`` by way of a temporary."""
    b = Builder(Names())
    extent = b.var("n", INT)
    d = b.var("d", n.Array("float64", (extent, extent)))
    b.add(n.Assign(extent, "extent", (d, ZERO)))
    c, t = b.alloc("c", "float64", (extent, extent)), b.alloc("t", "float64", (extent, extent))
    b.add(n.LibCall("matmul", (t,), (d, d)))
    b.out += between
    i, j = b.var("i", INT), b.var("j", INT)
    with b.block() as body:
        b.add(n.Store(c, (i, j), b.load(t, (j, i) if transposed else (i, j))))
    b.add(n.Map((i, j), (extent, extent), tuple(body)))
    b.out += after
    return n.Function("f", (n.Param("d", d),), (*b.out, n.Return(c)))


C2, T2 = (n.Var(v, n.Array("float64", (N, N))) for v in "ct")


@pytest.mark.parametrize(
    ("fn", "found"),
    [
        (copied(), True),
        (copied(transposed=True), False),
        (copied(n.Store(T2, (ZERO, ZERO), const(2.0))), False),
        (copied(between=(n.Store(T2, (ZERO, ZERO), const(2.0)),)), True),
        (copied(between=(n.Store(C2, (ZERO, ZERO), const(2.0)),)), False),
        (copied(n.Store(C2, (ZERO, ZERO), const(2.0))), True),
    ],
)
def test_the_temporary_of_a_library_call(fn: n.Function, found: bool) -> None:
    verify(fn)
    new = retarget(fn)
    verify(new)
    assert (sum(isinstance(s, n.Alloc) for s in new.body) == 1) is found
    d = np.random.default_rng(3).normal(size=(3, 3))
    np.testing.assert_array_equal(run(new, (d.copy(),)), run(fn, (d.copy(),)))


N1, N2 = n.Var("n1", INT), n.Var("n2", INT)
P, Q = n.Var("p", n.Array("float64", (N1,))), n.Var("q", n.Array("float64", (N2,)))
SAME = n.Var("same", BOOL)
SIZES = (n.Assign(N1, "extent", (P, ZERO)), n.Assign(N2, "extent", (Q, ZERO)), n.Assign(SAME, "eq", (N1, N2)))
CHECK = n.Check(SAME, "ValueError", "sizes")


def names_after(*body: n.Stmt) -> str:
    params = (n.Param("p", P), n.Param("q", Q))
    z = n.Alloc(n.Var("z", n.Array("float64", (N2,))), NONE)
    return show(unify(n.Function("f", params, (*SIZES, *body, z, n.Return(z.target)))))


def test_extents_are_one_only_after_their_check() -> None:
    assert "z: float64[n1]" in names_after(CHECK)
    assert "z: float64[n2]" in names_after()
    inside = n.For(I, ZERO, N1, ONE, (), (CHECK,))  # there may be no trip
    assert "z: float64[n2]" in names_after(inside)
    assert "z: float64[n2]" in names_after(n.If(SAME, (CHECK,), ()))


def test_a_constant_wins_over_a_name() -> None:
    three = (n.Assign(SAME, "eq", (N2, const(3))), CHECK)
    params = (n.Param("p", P), n.Param("q", Q))
    z = n.Alloc(n.Var("z", n.Array("float64", (N2,))), NONE)
    text = show(unify(n.Function("f", params, (*SIZES[:2], *three, z, n.Return(z.target)))))
    assert "z: float64[3]" in text


def reversed_loop(*body: n.Stmt, carries: tuple[n.Carry, ...], result: n.Tree) -> n.Function:
    loop = n.ReverseLoop(I, ZERO, M, ONE, carries, body)
    return n.Function("f", PARAMS, (EXTENT, loop, n.Return(result)), reverse_at=1)


BAR, T, U, LAST = (n.Var(v, FLOAT) for v in ("x_bar", "t", "u", "last"))


def test_what_is_not_linear_in_the_cotangent_stays() -> None:
    body = (n.Assign(T, "sin", (BAR,)), n.Assign(U, "mul", (T, X)))
    fn = reversed_loop(*body, carries=(n.Carry(BAR, const(1.0), U, LAST),), result=LAST)
    verify(fn)
    assert show(partials(fn)) == show(fn)
    square = (n.Assign(T, "mul", (BAR, X)), n.Assign(U, "mul", (T, BAR)))
    fn = reversed_loop(*square, carries=(n.Carry(BAR, const(1.0), U, LAST),), result=LAST)
    assert show(partials(fn)) == show(fn)


def test_two_cotangents_that_depend_on_each_other_stay() -> None:
    other, out = n.Var("y_bar", FLOAT), n.Var("out", FLOAT)
    body = (n.Assign(T, "mul", (BAR, X)), n.Assign(U, "mul", (other, X)))
    carries = (n.Carry(BAR, const(1.0), U, LAST), n.Carry(other, const(0.5), T, out))
    fn = reversed_loop(*body, carries=carries, result=n.Struct((LAST, out)))
    verify(fn)
    assert show(partials(fn)) == show(fn)


def test_a_chain_becomes_one_multiplication() -> None:
    body = (n.Assign(T, "mul", (BAR, X)), n.Assign(V, "mul", (T, X)), n.Assign(U, "div", (V, const(3.0))))
    fn = reversed_loop(*body, carries=(n.Carry(BAR, const(1.0), U, LAST),), result=LAST)
    new = partials(fn)
    verify(new)
    readers = [s for s in walk.walk(new.body) if BAR in walk.uses(s)]
    assert len(readers) == 1
    for m in range(4):
        assert run(new, (1.7, np.ones(2), m)) == pytest.approx(run(fn, (1.7, np.ones(2), m)), rel=1e-14)


def test_an_addition_to_memory_reads_the_element_that_it_stores() -> None:
    old, total = n.Var("old", FLOAT), n.Var("total", FLOAT)
    plus = (n.Load(old, A, (ZERO,)), n.Assign(total, "add", (old, X)), n.Store(A, (ZERO,), total))
    assert additions(accumulation(function(*plus, result=X, written=(A,)))) == ["a[0] += x"]
    elsewhere = (*plus[:2], n.Store(A, (ONE,), total))
    minus = (plus[0], n.Assign(total, "sub", (X, old)), plus[2])
    overwritten = (plus[0], n.Store(A, (M,), X), *plus[1:])
    for body in (elsewhere, minus, overwritten):
        assert not additions(accumulation(function(*body, result=X, written=(A,))))
    kept = function(*plus, result=n.Struct((X, old)), written=(A,))
    assert not additions(accumulation(kept))
