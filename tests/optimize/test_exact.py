"""What each pass must not do, on the values and programs where the tempting shortcut is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import BOOL, FLOAT, INT, const
from s2sad.ir.text import show
from s2sad.optimize.bounds import bounds
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.dead import dead
from s2sad.optimize.fold import fold
from s2sad.optimize.hoist import hoist
from s2sad.verify import verify
from tests.support.interpreter import run
from tests.support.work import assert_near_linear

X, Y, Z, R = (n.Var(v, FLOAT) for v in "xyzr")
I, J, K, M, N = (n.Var(v, INT) for v in "ijkmn")
A = n.Var("a", n.Array("float64", (N,)))
ZERO, ONE = const(0), const(1)
PARAMS = (n.Param("x", X), n.Param("a", A), n.Param("m", M))
EXTENT = n.Assign(N, "extent", (A, ZERO))


def function(*body: n.Stmt, result: n.Tree = X) -> n.Function:
    return n.Function("f", PARAMS, (EXTENT, *body, n.Return(result)), written=(A,))


def ops(fn: n.Function) -> list[str]:
    return [s.op for s in walk.walk(fn.body) if isinstance(s, n.Assign) and s.op != "extent"]


VALUES = [0.0, -0.0, 1.5, -2.0, np.inf, -np.inf, np.nan]
IDENTITIES = {  # op, operands, whether it is one
    "x * 1.0": ("mul", (X, const(1.0)), True),
    "1.0 * x": ("mul", (const(1.0), X), True),
    "x / 1.0": ("div", (X, const(1.0)), True),
    "x - 0.0": ("sub", (X, const(0.0)), True),
    "x + -0.0": ("add", (X, const(-0.0)), True),
    "x + 0.0": ("add", (X, const(0.0)), False),
    "0.0 + x": ("add", (const(0.0), X), False),
    "x - -0.0": ("sub", (X, const(-0.0)), False),
    "x * 0.0": ("mul", (X, const(0.0)), False),
    "x - x": ("sub", (X, X), False),
    "0.0 - x": ("sub", (const(0.0), X), False),
    "x / x": ("div", (X, X), False),
    "x == x": ("eq", (X, X), False),
    "maximum(x, x)": ("maximum", (X, X), True),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_float_identities(name):
    op, args, holds = IDENTITIES[name]
    target = n.Var("y", BOOL if op == "eq" else FLOAT)
    fn = function(n.Assign(target, op, args), result=target)
    new = fold(fn)
    assert (not ops(new)) is holds
    for x in VALUES:
        before, after = (run(f, (x, np.zeros(2), 1)) for f in (fn, new))
        assert before.tobytes() == after.tobytes()


def test_folding_leaves_what_raises_or_is_not_finite():
    body = (
        n.Assign(Y, "div", (const(1.0), const(0.0))),
        n.Assign(I, "floordiv", (ONE, ZERO)),
        n.Assign(J, "index", (const(5), const(3))),
        n.Assign(K, "mul", (const(2**62), const(4))),
        n.Assign(Z, "exp", (const(1.0),)),
    )
    assert ops(fold(function(*body))) == ["div", "floordiv", "index", "mul", "exp"]


def test_folding_regroups_integers_only():
    body = (
        n.Assign(I, "add", (M, const(2))),
        n.Assign(J, "sub", (I, const(2))),
        n.Assign(Y, "add", (X, const(0.1))),
        n.Assign(Z, "sub", (Y, const(0.1))),
    )
    new = fold(function(*body, result=n.Struct((J, Z))))
    assert new.body[-1].value.items == (M, Z)  # type: ignore[union-attr]


def test_loads_are_reused_only_while_memory_stays():
    at = (ZERO,)
    body = (
        n.Load(Y, A, at),
        n.Store(A, (M,), X),  # may be element 0
        n.Load(Z, A, at),
        n.Load(R, A, at),
    )
    new = cse(function(*body, result=n.Struct((Y, Z, R))))
    assert new.body[-1].value == n.Struct((Y, Z, Z))  # type: ignore[union-attr]
    stored = cse(function(n.Store(A, at, X), n.Load(Y, A, at), result=Y))
    assert stored.body[-1].value == X  # type: ignore[union-attr]


def test_a_loop_that_writes_ends_reuse():
    inner = (n.Load(Z, A, (ZERO,)), n.Store(A, (I,), Z))
    loop = n.For(I, ZERO, N, ONE, (), inner)
    new = cse(function(n.Load(Y, A, (ZERO,)), loop, n.Load(R, A, (ZERO,)), result=n.Struct((Y, R))))
    assert sum(isinstance(s, n.Load) for s in walk.walk(new.body)) == 3


def test_a_carry_that_is_restored_each_trip_is_no_carry():
    join = n.If(const(True), (), (), (n.Join(Z, Y, Y),))
    loop = n.For(I, ZERO, N, ONE, (n.Carry(Y, X, Z, R),), (join,))
    new = copies(function(loop, result=R))
    assert new.body[-1].value == X and not new.body[1].carries  # type: ignore[union-attr]


def test_dead_code_keeps_checks_written_parameters_and_errors():
    w = n.Var("w", n.Array("float64", (N,)))
    ok = n.Var("ok", BOOL)
    body = (
        n.Alloc(w, const(0.0)),
        n.Store(w, (ZERO,), X),
        n.Store(A, (ZERO,), X),
        n.Assign(ok, "gt", (M, ZERO)),
        n.Check(ok, "ValueError", "m"),
        n.Assign(K, "index", (M, N)),
        n.For(I, ZERO, N, ONE, (n.Carry(Y, X, Z, R),), (n.Assign(Z, "sin", (Y,)),)),
    )
    kept = [type(s).__name__ for s in dead(function(*body)).body]
    assert kept == ["Assign", "Store", "Assign", "Check", "Assign", "Return"]


def test_dead_extents_go_last():
    assert len(dead(function()).body) == 2
    assert len(dead(function(), keep_extents=False).body) == 1


def test_hoisting_leaves_what_may_raise_and_branches():
    c = n.Var("c", BOOL)
    body = (
        n.Assign(K, "index", (M, N)),
        n.Assign(c, "lt", (I, M)),
        n.If(c, (n.Assign(Y, "exp", (X,)), n.Store(A, (ZERO,), Y)), ()),
        n.Load(Z, A, (M,)),
    )
    fn = function(n.For(I, ZERO, N, ONE, (), body))
    assert show(hoist(fn)) == show(fn)


@pytest.mark.parametrize(("divisor", "moves"), [(M, False), (ZERO, False), (const(2), True)])
@pytest.mark.parametrize("op", ["floordiv", "mod"])
def test_an_integer_division_is_hoisted_only_by_what_is_not_zero(op, divisor, moves):
    fn = function(n.For(I, ZERO, N, ONE, (), (n.Assign(K, op, (M, divisor)), n.Store(A, (I,), X))))
    assert (show(hoist(fn)) != show(fn)) is moves


def bounded(stop: n.Atom, by: int, *before: n.Stmt) -> n.Function:
    """A loop to ``stop`` that stores at ``index(i + by, n)``."""
    inner = (n.Assign(J, "add", (I, const(by))), n.Assign(K, "index", (J, N)), n.Store(A, (K,), X))
    return function(*before, n.For(I, ZERO, stop, ONE, (), inner))


LESS = n.Var("less", INT)


@pytest.mark.parametrize(
    ("fn", "left"),
    [
        (bounded(N, 0), []),
        (bounded(LESS, 1, n.Assign(LESS, "sub", (N, ONE))), []),
        (bounded(N, -1), ["wrap"]),  # periodic: proven above -n only by the check
        (bounded(N, 1), []),  # checked before the loop
        (bounded(M, 0), []),
        (bounded(M, -1), ["wrap"]),
    ],
)
def test_bounds_of_a_loop(fn, left):
    new = bounds(fn)
    verify(new)
    assert [o for o in ops(new) if o in ("index", "wrap")] == left
    for extent in range(4):
        for m in range(-1, 6):
            outcomes = []
            for f in (fn, new):
                a = np.zeros(extent)
                try:
                    run(f, (2.0, a, m))
                    outcomes.append(a.tolist())
                except IndexError:
                    outcomes.append("IndexError")
            assert outcomes[0] == outcomes[1], (extent, m)


def test_triangular_bounds_are_proven():
    inner = n.For(J, ZERO, I, ONE, (), (n.Assign(K, "index", (J, N)), n.Store(A, (K,), X)))
    new = bounds(function(n.For(I, ZERO, N, ONE, (), (inner,))))
    assert "index" not in ops(new) and not any(isinstance(s, n.Check) for s in walk.walk(new.body))


def test_gathered_indices_keep_their_check():
    p = n.Var("p", n.Array("int64", (N,)))
    body = (n.Load(J, p, (I,)), n.Assign(K, "index", (J, N)), n.Store(A, (K,), X))
    fn = function(n.For(I, ZERO, N, ONE, (), body))
    fn = n.Function("f", (*PARAMS, n.Param("p", p)), fn.body, written=(A,))
    assert ops(bounds(fn)) == ["index"]


@pytest.mark.parametrize("f", [fold, copies, cse, dead, hoist, bounds])
def test_the_work_grows_with_the_number_of_statements(f):
    f(*chain(4000))
    assert_near_linear(f, chain, 300)


def chain(length: int) -> tuple[n.Function]:
    body, last = [], X
    for k in range(length):
        y, z = n.Var(f"v.{k}", FLOAT), n.Var(f"w.{k}", FLOAT)
        body += [n.Assign(y, "sin", (last,)), n.Assign(z, "mul", (y, const(1.0)))]
        last = z
    return (function(*body, result=last),)
