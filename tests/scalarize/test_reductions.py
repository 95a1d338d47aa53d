"""Sums, extrema and their places."""

import itertools

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.ir.builder import const
from s2sad.scalarize import scalarize
from tests.scalarize.building import Program, count, dims, same
from tests.support.interpreter import run

RNG = np.random.default_rng(2)
AXES = [a for k in (1, 2, 3) for a in itertools.combinations(range(3), k)]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES)
def test_sums_over_any_axes(axis, keepdims):
    p = Program()
    x = p.array("x", 3)
    fn = p.function(p.call("sum", p.call("mul", x, x), axis=axis, keepdims=keepdims))
    for shape in ((2, 3, 4), (1, 3, 1), (2, 0, 3), (0, 1, 2)):
        same(fn, RNG.normal(size=shape), rtol=1e-14)


def test_a_sum_of_an_expression_makes_no_array():
    p = Program()
    x, y = p.array("x", 1), p.array("y", 1)
    loops, _ = same(p.function(p.call("sum", p.call("mul", x, y))), *RNG.normal(size=(2, 9)), rtol=1e-15)
    assert (count(loops, n.Map), count(loops, n.Alloc)) == (1, 0)


@pytest.mark.parametrize("axis", [(0,), (1,), (0, 1)])
def test_float32_sums_are_rounded_once(axis):
    p = Program()
    x = p.array("x", 2, "float32")
    loops = scalarize(p.function(p.call("sum", x, axis=axis)))
    a = RNG.uniform(0, 1e4, size=(40, 30)).astype("float32")
    expected = np.sum(a.astype("float64"), axis=axis).astype("float32")
    np.testing.assert_array_equal(run(loops, [a]), expected)


@pytest.mark.parametrize("dtype", ["float64", "int64"])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("fn", ["max", "min"])
def test_extrema(fn, axis, keepdims, dtype):
    p = Program()
    x = p.array("x", 3, dtype)
    program = p.function(p.call(fn, x, axis=axis, keepdims=keepdims))
    for shape in ((2, 3, 4), (1, 3, 1)):
        same(program, RNG.integers(-3, 3, size=shape).astype(dtype))


@pytest.mark.parametrize("fn", ["argmax", "argmin"])
@pytest.mark.parametrize("axis", [(0,), (1,), (0, 1)])
def test_places_of_extrema(fn, axis):
    p = Program()
    x = p.array("x", 2)
    program = p.function(p.call(fn, x, axis=axis))
    for shape in ((4, 5), (1, 3), (3, 1)):
        same(program, RNG.integers(-2, 2, size=shape).astype("float64"))
    a = RNG.normal(size=(3, 4))
    a[1, 2] = a[2, 1] = a[1, 3] = np.nan
    same(program, a)


def test_the_derivative_of_a_maximum_goes_to_one_load():
    p = Program()
    x = p.array("x", 1)
    loops, _ = same(p.function(p.call("max", p.call("exp", x))), np.array([1.0, np.nan, 3.0, np.nan]))
    load = loops.body[-2]
    assert isinstance(load, n.Load)
    assert isinstance(load.index[0], n.Var)


def test_a_maximum_of_a_view():
    p = Program()
    x = p.array("x", 2)
    v = p.view(x, p.backwards(dims(x)[0]), n.At(const(1)))
    loops, _ = same(p.function(p.call("max", v), p.call("argmax", v)), RNG.normal(size=(4, 3)))
    assert count(loops, n.Alloc) == 0


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        ("max", "zero-size array to reduction operation maximum which has no identity"),
        ("min", "zero-size array to reduction operation minimum which has no identity"),
        ("argmax", "attempt to get argmax of an empty sequence"),
    ],
)
def test_extrema_of_nothing(fn, message):
    p = Program()
    x = p.array("x", 2)
    loops = scalarize(p.function(p.call(fn, x, axis=(0,))))
    with pytest.raises(ValueError, match=message):
        run(loops, [np.zeros((0, 3))])
    if fn != "argmax":
        assert np.asarray(run(loops, [np.zeros((0, 0))])).shape == (0,)
