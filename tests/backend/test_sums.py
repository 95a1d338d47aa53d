"""Sums of a Map: accurate in the fast style, plain in the plain style."""

import math

import numpy as np
import pytest

from s2sad.backend.cpu import compile_cpu
from s2sad.backend.emit import emit
from s2sad.ir import nodes as n
from tests.backend.build import FLOAT, Program, array, const
from tests.backend.test_random import executed

ZERO = const(0)


def summed(dtype: str = "float64", rank: int = 1, last: n.Atom | None = None, init: float = 0.0) -> n.Function:
    """The sum of the squares of an array."""
    p = Program()
    extents = tuple(p.var(name, n.Scalar("int64")) for name in "nm"[:rank])
    shape = extents[:-1] + (last,) if last is not None else extents
    x = p.param("x", array(*shape, dtype=dtype))
    for k, e in enumerate(shape):
        if isinstance(e, n.Var):
            p.add(n.Assign(e, "extent", (x, const(k))))
    indices = tuple(p.var(name, n.Scalar("int64")) for name in "ij"[:rank])
    with p.block() as body:
        v = p.load(x, indices, hint="t")
        t = p.op("mul", v, v, dtype=dtype)
    total = p.var("s", n.Scalar(dtype))
    p.add(n.Map(indices, shape, tuple(body), (n.Sum(total, const(init, dtype), t),)))
    p.returns(total)
    return p.function("squares")


def test_texts():
    assert emit(summed(), "plain").text == (
        "def squares(x):\n    n = x.shape[0]\n    s = 0.0\n    for i in range(n):\n        t = x[i]\n"
        "        s += t * t\n    return s\n"
    )
    assert emit(summed()).text == (
        "def squares(x):\n    n = x.shape[0]\n    s = 0.0\n    s_low = 0.0\n"
        "    for block in range((n + 127) // 128):\n        part = 0.0\n"
        "        for k in range(min(128, n - 128 * block)):\n            i = 128 * block + k\n            t = x[i]\n"
        "            part = rt.add_any(part, t * t)\n        s, s_low = rt.compensated_add(s, s_low, part)\n"
        "    s = rt.compensated_value(s, s_low)\n    return s\n"
    )


@pytest.mark.parametrize("size", [0, 1, 127, 128, 129, 5000])
@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_accuracy(size, rank, dtype):
    f = executed(emit(summed(dtype, rank, init=2.5)))
    x = np.random.default_rng(size).normal(size=(size,) if rank == 1 else (3, size)).astype(dtype)
    exact = math.fsum([2.5, *(float(v * v) for v in x.ravel())])
    got = f(x)
    assert np.asarray(got).dtype == dtype
    assert abs(float(got) - exact) <= 4 * np.finfo(dtype).eps * exact


@pytest.mark.parametrize("last", [const(3), const(100), None])
def test_short_and_long_rows(last):
    f = executed(emit(summed(rank=2, last=last)))
    x = np.random.default_rng(1).normal(size=(50, 3 if last is None else int(last.value)))
    assert np.isclose(f(x), (x * x).sum(), rtol=1e-15)


def test_infinite_terms():
    f = executed(emit(summed()))
    with np.errstate(invalid="ignore"):
        assert f(np.array([1.0, np.inf, 2.0])) == np.inf
        assert np.isnan(f(np.array([1.0, np.nan, 2.0])))


def test_millions_of_float32_ones():
    compiled = compile_cpu(emit(summed("float32"))).dispatcher
    assert compiled(np.ones(2**25, np.float32)) == 2**25


def test_jitted_is_as_accurate_as_numpy():
    compiled = compile_cpu(emit(summed())).dispatcher
    x = np.random.default_rng(0).random(1_000_003)
    exact = math.fsum(x * x)
    assert abs(compiled(x) - exact) <= max(abs((x * x).sum() - exact), 2e-16 * exact)


def test_several_sums_and_an_integer_one():
    p = Program()
    x = p.param("x", array(p.var("n", n.Scalar("int64"))))
    size = p.op("extent", x, ZERO, hint="m", dtype="int64")
    i = p.var("i", n.Scalar("int64"))
    with p.block() as body:
        v = p.load(x, (i,), hint="t")
    a, b, c = p.var("a", FLOAT), p.var("b", FLOAT), p.var("c", n.Scalar("int64"))
    sums = (n.Sum(a, const(0.0), v), n.Sum(b, const(1.0), const(2.0)), n.Sum(c, ZERO, i))
    p.add(n.Map((i,), (size,), tuple(body), sums))
    p.returns(n.Struct((a, b, c)))
    for style in ("fast", "plain"):
        assert executed(emit(p.function(), style))(np.arange(1000.0)) == (499500.0, 2001.0, 499500)
