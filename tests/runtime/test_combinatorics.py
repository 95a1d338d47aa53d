"""Counts, divisors and roots of ints, compiled and not, against ``math``: the value, or the same error."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from s2sad import runtime as rt
from s2sad.library import sequences

SMALL = (0, 1, 2, 3, 5, 7, 12, 20, 21, 61, 62, 66, 67, 100, 10**6, -1, -4)
LARGE = (2**31, 3037000499, 3037000500, 2**62, 2**63 - 1, -(2**63) + 1)


def outcome(f: Callable[..., Any], *args: int) -> Any:
    """The value, or the error's type; a value that 64 bits do not hold is an ``OverflowError``."""
    try:
        value = int(f(*args))
    except (ValueError, OverflowError) as error:
        return type(error)
    return value if -(2**63) <= value < 2**63 else OverflowError


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: function(*map(np.int64, args))


CASES = (
    ("comb", math.comb, 2, SMALL), ("perm", math.perm, 2, SMALL), ("factorial", math.factorial, 1, SMALL),
    ("isqrt", math.isqrt, 1, (*SMALL, *LARGE)), ("gcd", math.gcd, 2, (*SMALL, *LARGE)),
    ("int_lcm", math.lcm, 2, (*SMALL, *LARGE)),
)  # fmt: skip


@pytest.mark.parametrize("name, reference, arity, values", CASES, ids=lambda v: v if isinstance(v, str) else "")
@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_as_in_math(name, reference, arity, values, compiled):
    function = getattr(rt, name)
    if compiled:
        inner = function
        function = numba.njit(lambda n: inner(n)) if arity == 1 else numba.njit(lambda n, k: inner(n, k))
    for args in itertools.product(values, repeat=arity):
        if name == "perm" and args[1] > 10**5 and args[0] > 10**5:
            continue  # math.perm would take its time
        assert outcome(plain(function), *args) == outcome(reference, *args), (name, args)


def test_sums_of_three_times_the_precision():

    rng = np.random.default_rng(5)
    for _ in range(50):
        x = rng.normal(size=40) * 10.0 ** rng.integers(-12, 12, 40)
        x = np.concatenate([x, -x[:20], [1e-30]])
        assert sequences.fsum(x) == pytest.approx(math.fsum(x), rel=1e-15)
        y = rng.permutation(x)
        exact = math.fsum(float(v) for a, b in zip(x, y, strict=True) for v in (a * b, rt.product_error(a, b)))
        assert sequences.sumprod(x, y) == pytest.approx(exact, rel=1e-15)
    assert sequences.sumprod_ints((2, 3), (5, 7)) == 31
