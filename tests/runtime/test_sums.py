"""Whole-array sums: every layout and dtype, and no less accurate than NumPy's."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest

from s2sad import runtime as rt


@numba.njit(error_model="numpy", nogil=True)
def total(x):
    return rt.total(x)


@numba.njit
def kahan_beside_a_sum_of_ours(x):
    s, c, q = 0.0, 0.0, 0.0
    for i in range(x.size):
        y = x[i] - c
        t = s + y
        c = (t - s) - y
        s = t
        q = rt.add_any(q, x[i] * x[i])
    return s, q


RNG = np.random.default_rng(11)
ARRAYS = {
    "0d": np.array(3.5),
    "empty": np.zeros((0, 3)),
    "1d": RNG.standard_normal(1001),
    "negative stride": RNG.standard_normal(1001)[::-3],
    "C": RNG.standard_normal((7, 130)),
    "F": np.asfortranarray(RNG.standard_normal((300, 5))),
    "strided 3d": RNG.standard_normal((6, 40, 5))[::2, :, 1:4],
    "4d": RNG.standard_normal((2, 3, 4, 5)),
    "broadcast": np.broadcast_to(RNG.standard_normal(5), (4, 5)),
    "float32": RNG.standard_normal(1001).astype(np.float32),
    "float32 strided": RNG.standard_normal((30, 30)).astype(np.float32)[:, ::2],
    "int64": np.arange(-5, 300),
    "int32": np.arange(12, dtype=np.int32).reshape(3, 4).T,
    "bool": np.arange(9) % 2 == 0,
}


@pytest.mark.parametrize("name", ARRAYS)
def test_layouts_and_dtypes(name):
    x = ARRAYS[name]
    exact = math.fsum(float(v) for v in x.ravel())
    plain, fast = rt.total(x), total(x)
    assert plain.dtype == (x.dtype if x.dtype.kind == "f" else np.int64)
    eps = float(np.finfo(x.dtype if x.dtype.kind == "f" else float).eps)
    for value in (plain, fast):
        assert abs(float(value) - exact) <= eps * float(np.sum(np.abs(x)))
    result = total.overloads[(numba.typeof(x),)].signature.return_type
    assert str(result) == plain.dtype.name


@pytest.mark.parametrize("values", [[1, np.inf], [np.inf, -np.inf], [np.nan, 1], [1e308] * 3, [-np.inf, 1, 2], [-0.0]])
def test_special_values(values):
    x = np.array(values)
    with np.errstate(all="ignore"):
        np.testing.assert_equal(total(x), np.sum(x))
        np.testing.assert_equal(rt.total(x), np.sum(x))


def test_float32_ones():
    assert total(np.ones(2**25, np.float32)) == 2**25


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [1, 7, 100, 129, 5000, 10**6])
def test_no_less_accurate_than_numpy(n, dtype):
    x = np.random.default_rng(n).random(n).astype(dtype)
    exact = math.fsum(x.tolist())
    ours = abs(float(total(x)) - exact)
    assert ours <= max(abs(float(np.sum(x)) - exact), float(np.spacing(x.dtype.type(exact))))


def test_cancelling_blocks():
    x = np.zeros(128 * 3)
    x[0], x[128], x[256] = 1e16, 1.0, -1e16
    assert total(x) == 1.0


def test_only_sums_of_ours_are_reassociated():
    x = np.concatenate([[1e16], np.ones(1000), [-1e16]])
    assert kahan_beside_a_sum_of_ours(x)[0] == 1000.0
    assert rt.add_any(1.5, 2.0) == 3.5


def test_compensated_steps():
    for add, value in (
        (rt.compensated_add, rt.compensated_value),
        (numba.njit(lambda s, c, v: rt.compensated_add(s, c, v)), numba.njit(lambda s, c: rt.compensated_value(s, c))),
    ):
        s, c = 0.0, 0.0
        for v in (1e16, 1.0, 1.0, -1e16):
            s, c = add(s, c, v)
        assert value(s, c) == 2.0
