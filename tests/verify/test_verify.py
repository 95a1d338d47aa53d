"""Every rule of ``verify`` has a function that breaks it and nothing else."""

from __future__ import annotations

import pytest

from s2sad.errors import InternalError
from s2sad.ir import nodes as n
from s2sad.ir.builder import BOOL, FLOAT, INT, const
from s2sad.rules import OPS
from s2sad.verify import verify
from tests.support.work import assert_near_linear

X, Y, Z, C, I, J, K, N, M = (
    n.Var(name, t)
    for name, t in zip(
        ["x", "y", "z", "c", "i", "j", "k", "n", "m"], (FLOAT, FLOAT, FLOAT, BOOL, INT, INT, INT, INT, INT), strict=True
    )
)
A = n.Var("a", n.Array("float64", (N,)))
B = n.Var("b", n.Array("float64", (N,)))
T = n.Var("tape", n.Array("float64", (N,)))
ZERO, ONE, TWO = const(0), const(1), const(2.0)
EXTENT = n.Assign(N, "extent", (A, ZERO))


def function(*body: n.Stmt, result: n.Tree = X, written: tuple[n.Var, ...] = (A,)) -> n.Function:
    params = (n.Param("x", X), n.Param("c", C), n.Param("k", K), n.Param("a", A))
    return n.Function("f", params, (EXTENT, *body, n.Return(result)), written=written)


def loop(*body: n.Stmt, carries: tuple[n.Carry, ...] = ()) -> n.For:
    return n.For(I, ZERO, N, ONE, carries, body)


def map_(*body: n.Stmt, sums: tuple[n.Sum, ...] = ()) -> n.Map:
    return n.Map((I,), (N,), body, sums)


def left(*body: n.Stmt, leave: n.Atom | None = C, trips: n.Var | None = M) -> n.For:
    return n.For(J, ZERO, N, ONE, (), body, leave=leave, trips=trips)


VALID = {
    "assign": [n.Assign(Y, "mul", (X, TWO))],
    "branch": [n.If(C, (n.Assign(Y, "neg", (X,)),), (), (n.Join(Z, Y, X),))],
    "carry": [loop(n.Assign(Z, "sin", (Y,)), carries=(n.Carry(Y, X, Z, n.Var("y.1", FLOAT)),))],
    "map": [map_(n.Load(Y, A, (I,)), n.Store(A, (I,), Y))],
    "sum": [map_(n.Load(Y, A, (I,)), sums=(n.Sum(Z, X, Y),))],
    "reduced": [map_(n.Accumulate(A, (ZERO,), X, "reduced"))],
    "local": [map_(n.Alloc(B, TWO), n.Store(B, (ZERO,), X))],
    "tape": [
        n.Alloc(T, None, "tape"),
        loop(n.Push(T, (I,), X)),
        n.ReverseLoop(J, ZERO, N, ONE, (), (n.Pop(Y, T, (J,)),)),
    ],
    "left": [left()],
    "grow": [n.Alloc(T, None, "tape"), left(n.Grow(T, K))],
    "swap": [
        n.Alloc(B, TWO),
        loop(
            carries=(
                n.Carry(n.Var("p", A.type), A, n.Var("q", A.type), n.Var("p.1", A.type)),
                n.Carry(n.Var("q", A.type), B, n.Var("p", A.type), n.Var("q.1", A.type)),
            )
        ),
    ],
}

INVALID = {
    "counts its trips": [left(trips=None)],
    "leave is a bool": [left(leave=K)],
    "no loop inside a Map can be left": [map_(left())],
    "does not grow inside a Map": [n.Alloc(T, None, "tape"), map_(n.Grow(T, K))],
    "was made by an Alloc": [n.Grow(A, K)],
    "to an int of rows": [n.Alloc(T, None, "tape"), n.Grow(T, X)],
    "is bound twice": [n.Assign(Y, "neg", (X,)), n.Assign(Y, "neg", (X,))],
    "is used before it is bound": [n.Assign(Y, "neg", (Z,))],
    "is not visible here": [n.If(C, (n.Assign(Y, "neg", (X,)),), ()), n.Assign(Z, "neg", (Y,))],
    "i is not visible here": [loop(), n.Assign(Y, "cast", (I,))],
    "used with another type": [n.Assign(Y, "cast", (n.Var("k", FLOAT),))],
    "Return is only the last": [n.Return(X)],
    "the index has 2": [n.Load(Y, A, (ZERO, ZERO))],
    "index atoms are ints": [n.Load(Y, A, (X,))],
    "an index is not negative": [n.Load(Y, A, (const(-1),))],
    "the condition is a bool": [n.If(K, (), ())],
    "mul takes 2 operands": [n.Assign(Y, "mul", (X,))],
    "one dtype": [n.Assign(Y, "mul", (X, K))],
    "the result of lt is bool": [n.Assign(Y, "lt", (X, X))],
    "no_such_op is not an op": [n.Assign(Y, "no_such_op", (X,))],
    "operands of sin are floats": [n.Assign(J, "sin", (K,))],
    "the constant 1 of dtype float64": [n.Assign(Y, "mul", (X, n.Const(1, FLOAT)))],
    "z and k have one type": [n.If(C, (), (), (n.Join(Z, X, K),))],
    "y and k have one type": [loop(carries=(n.Carry(Y, X, K, n.Var("y.1", FLOAT)),))],
    "bounds of a loop are ints": [n.For(I, X, N, ONE, (), ())],
    "step of a loop is not zero": [n.For(I, ZERO, N, ZERO, (), ())],
    "carried arrays are permuted": [
        n.Alloc(B, TWO),
        loop(carries=(n.Carry(n.Var("p", A.type), A, B, n.Var("p.1", A.type)),)),
    ],
    "an element of a is float64": [n.Store(A, (ZERO,), K)],
    "store into one element": [map_(n.Store(A, (ZERO,), X))],
    "Map over i store": [map_(n.Accumulate(A, (K,), X))],
    "a Call is of the array level": [n.Call(B, "sin", (A,))],
    "the index has 0": [n.Store(A, (), X)],
    "composed into the indices": [
        n.View(B, A, (n.Slice(ZERO, ONE, N),)),
        n.Load(Y, B, (ZERO,)),
    ],
    "pushed before": [n.Alloc(T, None, "tape"), n.Pop(Y, T, (ZERO,))],
    "pushed once": [n.Alloc(T, None, "tape"), n.Push(T, (ZERO,), X), n.Push(T, (ZERO,), X)],
    "only Push and Pop": [n.Alloc(T, None, "tape"), n.Load(Y, T, (ZERO,))],
    "is not a tape": [n.Alloc(B), n.Push(B, (ZERO,), X)],
    "m is used before": [n.Alloc(n.Var("d", n.Array("float64", (M,))))],
    "no such mode": [n.Accumulate(A, (ZERO,), X, "quick")],
}


@pytest.mark.parametrize("name", VALID)
def test_accepts(name):
    verify(function(*VALID[name]), "loop", "test", OPS)


@pytest.mark.parametrize("rule", INVALID)
def test_refuses(rule):
    with pytest.raises(InternalError, match=rule) as caught:
        verify(function(*INVALID[rule]), "loop", "the test", OPS)
    assert "after the test" in str(caught.value)


def test_written_parameters_are_declared():
    with pytest.raises(InternalError, match="listed as written"):
        verify(function(n.Store(A, (ZERO,), X), written=()))
    with pytest.raises(InternalError, match="x is not visible|names parameters"):
        verify(function(written=(B,)))


def test_array_level_takes_whole_arrays():
    body = [n.Call(B, "sin", (A,)), n.Store(A, (), B), n.Store(A, (), X)]
    verify(function(*body), "array", ops=OPS)
    with pytest.raises(InternalError, match="axis is a sorted tuple"):
        verify(function(n.Call(Y, "sum", (A,))), "array", ops=OPS)


def chain(length: int) -> tuple[n.Function, str]:
    body, last = [], X
    for k in range(length):
        y = n.Var(f"v.{k}", FLOAT)
        body.append(n.Assign(y, "sin", (last,)))
        last = y
    return function(*body, result=last), "loop"


def test_the_work_grows_with_the_number_of_statements():
    verify(*chain(5000), ops=OPS)
    assert_near_linear(verify, chain, 400)
