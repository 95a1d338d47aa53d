"""Stores of whole arrays, overlaps, results that must be fresh, library operands."""

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.ir.builder import const
from s2sad.ir.text import show
from s2sad.scalarize import scalarize
from tests.scalarize.building import ONE, Program, count, dims, same
from tests.support.interpreter import run

RNG = np.random.default_rng(1)


def shifted(p: Program, x: n.Var, start: int, stop: int) -> n.Var:
    return p.view(x, p.part(dims(x)[0], start, stop))


@pytest.mark.parametrize("extent", [1, 2, 9])
@pytest.mark.parametrize("to", [0, 1])
def test_overlapping_stores_evaluate_first(extent, to):
    p = Program()
    x = p.array("x", 1, written=True)
    value = p.call("mul", shifted(p, x, 1 - to, to), const(2.0))
    p.store(shifted(p, x, to, 1 - to), value)
    loops, _ = same(p.function(), RNG.normal(size=extent))
    assert count(loops, n.Alloc) == 1


def test_an_update_in_place_needs_no_temporary():
    p = Program()
    x, y = p.array("x", 1, written=True), p.array("y", 1)
    inner = shifted(p, x, 1, 1)
    p.store(inner, p.call("mul", p.call("add", shifted(p, x, 1, 1), shifted(p, y, 0, 2)), const(0.5)))
    p.accumulate(x, p.call("mul", x, x))
    loops, _ = same(p.function(), RNG.normal(size=6), RNG.normal(size=6))
    assert count(loops, n.Alloc) == 0


def test_accumulating_a_neighbour():
    p = Program()
    x = p.array("x", 1, written=True)
    p.accumulate(shifted(p, x, 1, 0), shifted(p, x, 0, 1))
    loops, _ = same(p.function(), RNG.normal(size=6))
    assert count(loops, n.Alloc) == 1


def test_reversing_and_transposing_in_place():
    p = Program()
    a = p.array("a", 2, written=True)
    n0, n1 = dims(a)
    p.store(a, p.view(a, p.backwards(n0), p.part(n1)))
    p.store(a, p.call("add", p.view(a, n.Transpose((1, 0))), a))
    same(p.function(), RNG.normal(size=(4, 4)))


def test_rows_that_cannot_meet_need_no_temporary():
    p = Program()
    a = p.array("a", 2, written=True)
    n1 = dims(a)[1]
    p.store(p.view(a, n.At(const(0)), p.part(n1, 1, 0)), p.call("neg", p.view(a, n.At(const(1)), p.part(n1, 0, 1))))
    loops, _ = same(p.function(), RNG.normal(size=(3, 4)))
    assert count(loops, n.Alloc) == 0


def test_scalars_broadcast_and_single_elements():
    p = Program()
    a, c = p.array("a", 2, written=True), p.scalar("c")
    n0, n1 = dims(a)
    p.store(p.view(a, p.part(n0), n.At(const(1))), c)
    p.store(p.view(a, n.At(const(0)), n.At(const(0))), c)
    row = p.view(a, n.At(const(2)), p.part(n1))
    p.store(row, const(4.0), (const(1),))
    p.store(a, p.view(row, n.NewAxis(), p.part(n1)))
    same(p.function(p.load(row, (const(0),))), RNG.normal(size=(3, 4)), 7.5)


def test_swapped_buffers_need_no_temporary():
    p = Program()
    x, steps = p.array("x", 1), p.scalar("steps", "int64")
    (e,) = dims(x)
    a = p.alloc("a", "float64", (e,), const(0.0))
    b = p.alloc("b", "float64", (e,), const(0.0))
    p.store(a, x)
    kind = n.Array("float64", (e,))
    a1, b1, a2, b2 = (p.var(h, kind) for h in "abab")
    with p.block() as body:
        p.store(shifted(p, b1, 1, 1), p.call("add", shifted(p, a1, 0, 2), shifted(p, a1, 2, 0)))
    carries = (n.Carry(a1, a, b1, a2), n.Carry(b1, b, a1, b2))
    p.add(n.For(p.var("t", n.Scalar("int64")), const(0), steps, ONE, carries, tuple(body)))
    fn = p.function(a2)
    for steps in (0, 1, 4):
        loops, _ = same(fn, RNG.normal(size=7), steps)
    assert count(loops, n.Alloc) == 2
    assert count(loops, n.Map) == 2


def test_results_are_not_the_callers_memory():
    p = Program()
    x, y = p.array("x", 1, written=True), p.array("y", 2)
    p.store(x, const(3.0), (const(0),))
    fn = p.function(n.Struct((x, p.view(y, n.Transpose((1, 0))), x)))
    loops, _ = same(fn, RNG.normal(size=3), RNG.normal(size=(2, 3)))
    assert count(loops, n.Alloc) == 2


def test_a_result_that_is_a_view_of_a_value_is_one_loop():
    p = Program()
    x = p.array("x", 2)
    loops, _ = same(p.function(p.view(p.call("exp", x), n.Transpose((1, 0)))), RNG.normal(size=(2, 3)))
    assert (count(loops, n.Map), count(loops, n.View)) == (1, 0)


def matmul(p: Program, a: n.Var, b: n.Var) -> n.Var:
    out = p.alloc("c", "float64", (*dims(a)[:-1], *dims(b)[1:]))
    p.add(n.LibCall("matmul" if len(dims(b)) == 2 else "matvec", (out,), (a, b)))
    return out


def test_library_operands_are_contiguous():
    p = Program()
    a, b = p.array("a", 2), p.array("b", 2)
    n0, m1 = dims(a)[0], dims(b)[1]
    c = matmul(p, p.view(a, n.Transpose((1, 0))), b)
    strided = p.view(a, p.part(n0), n.Slice(const(0), const(2), const(2)))
    rows = p.view(b, n.Slice(const(1), ONE, const(2)), n.Slice(const(0), ONE, m1))
    d = matmul(p, strided, rows)
    column = p.view(b, n.Slice(const(0), ONE, const(3)), n.At(const(1)))
    e = matmul(p, p.call("exp", p.view(a, n.Transpose((1, 0)))), column)
    loops, _ = same(p.function(c, d, e), RNG.normal(size=(3, 4)), RNG.normal(size=(3, 5)), rtol=1e-14)
    assert count(loops, n.View) == 2
    assert count(loops, n.Map) == 3


def test_storing_a_product_of_the_array_itself():
    p = Program()
    a, b = p.array("a", 2, written=True), p.array("b", 2)
    p.store(a, matmul(p, p.view(a, n.Transpose((1, 0))), b))
    same(p.function(), RNG.normal(size=(4, 4)), RNG.normal(size=(4, 4)), rtol=1e-14)


def test_arrays_of_no_dimensions():
    p = Program()
    x = p.array("x", 1, written=True)
    one = p.view(x, n.At(const(1)))
    t = n.Var("t", n.Array("float64", ()))
    p.add(n.Call(t, "mul", (one, const(2.0))))
    p.store(p.view(x, n.At(const(0))), t)
    a = np.array([1.0, 2.0, 3.0])
    run(scalarize(p.function()), [a])
    assert a[0] == 4.0


def test_branches_and_joins_of_values():
    p = Program()
    x, c = p.array("x", 1), p.scalar("c", "bool")
    with p.block() as then:
        a = p.call("mul", x, const(2.0))
    with p.block() as orelse:
        b = p.call("exp", x)
    r = p.var("r", x.type)
    p.add(n.If(c, tuple(then), tuple(orelse), (n.Join(r, a, b),)))
    fn = p.function(p.call("neg", r))
    for taken in (True, False):
        same(fn, RNG.normal(size=3), taken)


def test_the_reverse_sweep_keeps_its_place():
    p = Program()
    x = p.array("x", 1, written=True)
    p.store(x, p.call("exp", x))
    fn = p.function()
    marked = n.Function(fn.name, fn.params, fn.body, written=fn.written, reverse_at=2)
    loops, _ = same(marked, RNG.normal(size=3))
    assert loops.reverse_at == 1
    assert "# reverse sweep" in show(loops)


def test_a_call_of_scalars_is_a_scalar_statement():
    p = Program()
    c = p.scalar("c")
    loops, _ = same(p.function(p.call("add", c, p.call("exp", c))), 0.3)
    assert count(loops, n.Assign) == 2
