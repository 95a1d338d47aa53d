"""Elementwise expressions, views and fusion."""

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import const
from s2sad.scalarize import scalarize
from tests.scalarize.building import ONE, Program, count, dims, operations, same
from tests.support.interpreter import run
from tests.support.work import assert_near_linear

RNG = np.random.default_rng(0)


def maps(fn: n.Function) -> int:
    return count(fn, n.Map)


@pytest.mark.parametrize("extent", [0, 1, 2, 7])
def test_a_chain_is_one_loop_without_temporaries(extent):
    p = Program()
    x, y, c = p.array("x", 1), p.array("y", 1), p.scalar("c")
    t = p.call("mul", x, c)
    fn = p.function(p.call("sub", p.call("exp", p.call("add", t, y)), const(1.0)))
    loops, _ = same(fn, RNG.normal(size=extent), RNG.normal(size=extent), 0.7)
    assert (maps(loops), count(loops, n.Alloc)) == (1, 1)


def test_equal_elements_are_loaded_once():
    p = Program()
    x = p.array("x", 1)
    t = p.call("sin", x)
    loops, counts = same(p.function(p.call("mul", p.call("mul", t, t), x)), RNG.normal(size=5))
    assert (maps(loops), counts.loads) == (1, 5)


def test_two_consumers_get_an_array():
    p = Program()
    x = p.array("x", 1)
    t = p.call("sin", x)
    loops, _ = same(p.function(p.call("mul", t, x), p.call("add", t, x)), RNG.normal(size=5))
    assert (maps(loops), count(loops, n.Alloc)) == (3, 3)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 4), (4, 1), (3, 5)])
def test_broadcasting_leaves_indices_out(shape):
    p = Program()
    a, r = p.array("a", 2), p.array("r", 1)
    (e2,) = dims(r)
    column = p.view(r, p.part(e2), n.NewAxis())
    inner = p.call("mul", a, column)
    total = p.call("add", p.call("sum", inner, axis=(1,), keepdims=True), inner)
    same(p.function(total), RNG.normal(size=shape), RNG.normal(size=shape[0]), rtol=1e-14)


def test_an_expensive_producer_is_not_repeated_by_broadcasting():
    p = Program()
    x, w = p.array("x", 1), p.array("w", 2)
    whole = p.part(dims(x)[0])
    row = p.view(p.call("exp", x), n.NewAxis(), whole)
    cheap = p.view(p.call("mul", x, const(2.0)), n.NewAxis(), whole)
    f = p.call("sum", p.call("mul", row, w), axis=(1,))
    g = p.call("mul", cheap, w)
    loops, _ = same(p.function(f, g), RNG.normal(size=4), RNG.normal(size=(3, 4)), rtol=1e-14)
    exps = [s for s in loops.body if isinstance(s, n.Map) and any(getattr(t, "op", "") == "exp" for t in s.body)]
    assert len(exps) == 1 and len(exps[0].indices) == 1
    assert count(loops, n.Alloc) == 3


def test_views_of_views_are_one_index():
    p = Program()
    a = p.array("a", 2)
    n0, n1 = dims(a)
    t = p.view(a, n.Transpose((1, 0)))
    rows = p.view(t, p.part(n1, 1), p.part(n0))
    m = dims(rows)[0]
    back = p.view(rows, p.backwards(m), p.part(n0))
    even = p.view(back, p.part(m), n.Slice(const(0), const(2), const(2)))
    one = p.view(even, n.At(const(1)), p.part(const(2)))
    element = p.load(even, (const(0), const(1)))
    fn = p.function(p.call("neg", even), p.call("neg", one), element)
    loops, _ = same(fn, RNG.normal(size=(4, 6)))
    assert count(loops, n.View) == 0


def test_symbolic_step():
    p = Program()
    x, step = p.array("x", 1), p.scalar("step", "int64")
    v = p.view(x, n.Slice(const(1), step, const(3)))
    w = p.view(v, p.backwards(const(3)))
    same(p.function(p.call("neg", w)), RNG.normal(size=12), 4)


def test_inserted_and_dropped_ones_are_indices_other_reshapes_stay():
    p = Program()
    x = p.array("x", 1)
    (e,) = dims(x)
    column = p.view(x, n.Reshape(), shape=(e, ONE))
    matrix = p.view(x, n.Reshape(), shape=(const(2), const(3)))
    fn = p.function(p.call("neg", column), p.call("exp", p.view(matrix, n.Transpose((1, 0)))))
    loops, _ = same(fn, RNG.normal(size=6))
    assert count(loops, n.View) == 1


def test_a_reshaped_value_is_an_array():
    p = Program()
    x = p.array("x", 1)
    t = p.call("exp", x)
    matrix = p.view(t, n.Reshape(), shape=(const(2), const(3)))
    same(p.function(p.call("neg", matrix), matrix), RNG.normal(size=6))


def test_no_value_is_computed_from_memory_that_was_written_since():
    p = Program()
    x = p.array("x", 1, written=True)
    t = p.call("mul", x, const(2.0))
    p.store(x, const(5.0), (const(0),))
    fn = p.function(p.call("sum", t))
    loops, _ = same(fn, np.array([1.0, 2.0]))
    assert count(loops, n.Alloc) == 1


def test_no_value_crosses_a_loop_that_writes_what_it_reads():
    p = Program()
    x, i = p.array("x", 1, written=True), n.Var("i0", n.Scalar("int64"))
    t = p.call("mul", x, const(2.0))
    with p.block() as body:
        p.store(x, const(5.0), (i,))
    p.add(n.For(i, const(0), const(2), ONE, (), tuple(body)))
    loops, _ = same(p.function(p.call("neg", t)), np.array([1.0, 2.0]))
    assert count(loops, n.Alloc) == 2


def test_no_value_moves_into_a_loop():
    p = Program()
    x, y, i = p.array("x", 1), p.array("y", 1, written=True), n.Var("i0", n.Scalar("int64"))
    t = p.call("exp", x)
    with p.block() as body:
        p.add(n.Accumulate(y, (), t))
    p.add(n.For(i, const(0), const(3), ONE, (), tuple(body)))
    loops, _ = same(p.function(), RNG.normal(size=4), RNG.normal(size=4))
    assert operations(loops, "exp") == 1
    assert maps(loops) == 2


def test_chained_stencils_do_not_grow():
    p = Program()
    b = p.array("b", 1)
    (e,) = dims(b)
    for _ in range(10):
        inner = p.part(e, 0, 2)
        e = inner.extent
        left = p.view(b, inner)
        middle, right = (p.view(b, n.Slice(const(k), ONE, e)) for k in (1, 2))
        terms = [p.call("mul", v, const(c)) for v, c in ((left, 0.25), (middle, 0.5), (right, 0.25))]
        b = p.call("add", p.call("add", terms[0], terms[1]), terms[2])
    loops, _ = same(p.function(b), RNG.normal(size=30))
    assert maps(loops) == 10
    assert operations(loops, "mul", "add") < 10 * 9


def test_long_bodies_are_cut():
    p = Program()
    x = p.array("x", 1)
    t = x
    for _ in range(200):
        t = p.call("sin", t)
    loops, _ = same(p.function(t), RNG.normal(size=3))
    assert 200 // 60 <= maps(loops) <= 5


def test_many_arrays_are_cut():
    p = Program()
    arrays = [p.array(f"x{k}", 1) for k in range(40)]
    t = arrays[0]
    for a in arrays[1:]:
        t = p.call("add", t, a)
    loops, _ = same(p.function(t), *RNG.normal(size=(40, 3)))
    for m in walk.walk(loops.body):
        if isinstance(m, n.Map):
            assert len({s.array for s in m.body if isinstance(s, n.Load)}) <= 12


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64"])
def test_arange_has_numpys_bits(dtype):
    kind = np.dtype(dtype).type
    for start, step, extent in [(0, 1, 5), (3, -2, 4), (0.1, 0.3, 50), (1e6, 1e-3, 40), (7.0, 0.1, 0)]:
        if dtype == "int64" and not isinstance(start, int):
            continue
        a, s = kind(start), kind(step)
        p = Program()
        scalars = [p.scalar("start", dtype), p.scalar("step", dtype)]
        loops = scalarize(p.function(p.range(const(extent), *scalars)))
        from_zero = Program()
        step_only = from_zero.scalar("step", dtype)
        zero = scalarize(from_zero.function(from_zero.range(const(extent), const(kind(0).item(), dtype), step_only)))
        stop = a + s * (kind(extent) - kind(0.5) * (dtype != "int64"))
        np.testing.assert_array_equal(run(loops, [a, s]), np.arange(a, stop, s, dtype=dtype)[:extent])
        np.testing.assert_array_equal(run(zero, [s]), np.arange(0, s * kind(extent), s, dtype=dtype)[:extent])


def test_select_cast_and_comparisons():
    p = Program()
    x, y = p.array("x", 1), p.array("y", 1, "float32")
    wide = p.call("cast", y, dtype="float64")
    mask = p.call("gt", x, wide, dtype="bool")
    same(p.function(p.call("select", mask, x, wide, dtype="float64"), mask), RNG.normal(size=9), np.ones(9, "float32"))


def chain(length: int) -> tuple[n.Function]:
    p = Program()
    t = p.array("x", 1)
    for k in range(length):
        t = p.call(("sin", "neg")[k % 2], t)
    return (p.function(t),)


def test_near_linear():
    scalarize(*chain(3000))
    assert_near_linear(scalarize, chain, 400)
