"""Indices and checked integers, un-jitted and compiled alike."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from s2sad import runtime as rt

LOW, HIGH = -(2**63), 2**63 - 1


def compiled(f):
    return numba.njit(lambda a, b: f(a, b))


FUNCTIONS = {
    f.__name__: (f, compiled(f))
    for f in (rt.index, rt.wrap, rt.checked_add, rt.checked_sub, rt.checked_mul, rt.checked_pow)
}


@pytest.fixture(params=[0, 1], ids=["plain", "compiled"])
def variant(request):
    return lambda name: FUNCTIONS[name][request.param]


def test_index(variant):
    index, wrap = variant("index"), variant("wrap")
    for n in (1, 3):
        for i in range(-n, n):
            assert index(i, n) == wrap(i, n) == range(n)[i]
    for i, n in ((3, 3), (-4, 3), (0, 0), (-1, 0), (HIGH, 3), (LOW, 3)):
        with pytest.raises(IndexError):
            index(i, n)


@pytest.mark.parametrize(
    ("name", "a", "b"),
    [
        ("checked_add", 2, 3),
        ("checked_add", HIGH, -1),
        ("checked_add", HIGH, 1),
        ("checked_add", LOW, -1),
        ("checked_sub", LOW, 1),
        ("checked_sub", LOW + 1, 1),
        ("checked_sub", -1, LOW),
        ("checked_sub", 0, LOW),
        ("checked_mul", 2**31, 2**31),
        ("checked_mul", 2**32, 2**31),
        ("checked_mul", -(2**32), 2**31),
        ("checked_mul", LOW, -1),
        ("checked_mul", 0, LOW),
        ("checked_pow", 2, 62),
        ("checked_pow", 2, 63),
        ("checked_pow", -2, 63),
        ("checked_pow", -2, 64),
        ("checked_pow", 3, 39),
        ("checked_pow", 3, 40),
        ("checked_pow", 10, 400),
        ("checked_pow", 0, 0),
        ("checked_pow", 0, 9),
        ("checked_pow", 1, 10**6),
        ("checked_pow", -1, 10**6 + 1),
        ("checked_pow", 3037000499, 2),
        ("checked_pow", 3037000500, 2),
    ],
)
def test_checked_arithmetic_is_pythons_or_raises(variant, name, a, b):
    f = variant(name)
    python = {"add": a.__add__, "sub": a.__sub__, "mul": a.__mul__, "pow": a.__pow__}[name.partition("_")[2]](b)
    if LOW <= python <= HIGH:
        assert f(a, b) == python
    else:
        with pytest.raises(OverflowError):
            f(a, b)


def test_negative_power(variant):
    with pytest.raises(ValueError, match="negative power"):
        variant("checked_pow")(2, -1)


def test_numpy_scalars_do_not_wrap_unjitted():
    with pytest.raises(OverflowError):
        rt.checked_mul(np.int64(2**40), np.int64(2**40))
