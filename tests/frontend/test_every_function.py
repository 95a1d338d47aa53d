"""Every name of ``math`` and every real universal function: right on the running version, or refused by name."""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from s2sad import UnsupportedError, vjp

ARGUMENTS: dict[str, str] = {
    "acosh": "1.7 * x", "atan2": "x, 0.3", "comb": "7, 3", "copysign": "x, -1.0", "dist": "(x, 0.2), (0.1, x * x)",
    "factorial": "5", "fma": "x, x, 0.3", "fmod": "x, 0.4", "fsum": "(x, 0.3, x * x)", "gcd": "12, 18", "lcm": "4, 6",
    "hypot": "x, 0.3, x * x", "isclose": "x, 0.7", "isqrt": "17", "ldexp": "x, 3", "log": "x, 3.0", "pow": "x, 1.3",
    "nextafter": "x, 1.0", "perm": "7, 3", "prod": "(x, 0.3, x)", "remainder": "x, 0.4",
    "sumprod": "(x, 0.3), (x, 2.0)",
}  # fmt: skip
MATH = sorted(name for name in dir(math) if not name.startswith("_"))
UFUNCS = sorted({f.__name__: f for f in vars(np).values() if isinstance(f, np.ufunc)}.items())
DOMAIN = {"arccosh": 1.7}
OF_INTS = ("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "lcm", "left_shift", "right_shift", "invert", "ldexp")
OF_INTS += ("bitwise_count", "bitwise_left_shift", "bitwise_right_shift")


def define(expression: str) -> Callable[..., Any]:
    """``def f(x, k): return <expression>``, with a source that can be read."""
    text = f"def f(x, k):\n    return {expression}\n"
    filename = f"<function {expression}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    scope: dict[str, Any] = {"math": math, "np": np}
    exec(compile(text, filename, "exec"), scope)
    return scope["f"]


def slope(f: Callable[[float], float], x: float, h: float = 1e-4) -> float:
    """Central differences, extrapolated once."""
    coarse, fine = (f(x + h) - f(x - h)) / (2.0 * h), (f(x + h / 2.0) - f(x - h / 2.0)) / h
    return (4.0 * fine - coarse) / 3.0


def right_or_refused(f: Callable[..., Any], name: str, *args: Any) -> None:
    """Value and derivative in the first argument agree with the function's own, or the refusal names it."""
    try:
        out, pullback = vjp(f, *args, target="python")
    except UnsupportedError as error:
        assert name in str(error)
        return
    expected = f(*args)
    assert np.all(np.isclose(out, expected, rtol=1e-14, atol=0.0, equal_nan=True)), (out, expected)
    pairs = isinstance(out, tuple)
    parts = list(out) if pairs else [out]
    for k, value in enumerate(parts):
        if not np.issubdtype(np.asarray(value).dtype, np.floating):
            continue
        seed: Any = tuple(1.0 if j == k else 0.0 for j in range(len(parts))) if pairs else 1.0
        part = lambda v, k=k: float(f(v, *args[1:])[k] if pairs else f(v, *args[1:]))
        assert pullback(seed)[0] == pytest.approx(slope(part, args[0]), rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("name", MATH)
def test_math(name):
    if not callable(getattr(math, name)):
        f = define(f"x * math.{name}")
        np.testing.assert_equal(vjp(f, 0.7, 2, target="python")[0], f(0.7, 2))
        return
    right_or_refused(define(f"math.{name}({ARGUMENTS.get(name, 'x')})"), name, 0.7, 2)


def test_all_of_math_is_taken():
    """What is refused here is listed here: nothing."""
    refused = []
    for name in MATH:
        if callable(getattr(math, name)):
            try:
                vjp(define(f"math.{name}({ARGUMENTS.get(name, 'x')})"), 0.7, 2, target="python")
            except UnsupportedError:
                refused.append(name)
    assert refused == []


def call_of(name: str, f: np.ufunc) -> tuple[str, float]:
    """A call of ``f`` and the first argument of its function."""
    if name in ("matmul", "vecdot", "matvec", "vecmat"):
        second = "np.ones((2, 2))" if name in ("matmul", "vecdot") else "np.ones(2)"
        args = f"{second}, x * np.ones((2, 2))" if name == "vecmat" else f"x * np.ones((2, 2)), {second}"
        return f"np.sum(np.{name}({args}))", 0.7
    if name in OF_INTS:
        args = "x, k" if name == "ldexp" else ", ".join(["k", "3"][: f.nin])
    else:
        args = ", ".join(["x", "0.4"][: f.nin])
    return f"np.{name}({args})", DOMAIN.get(name, 0.7)


@pytest.mark.parametrize("name, f", UFUNCS, ids=lambda v: v if isinstance(v, str) else "")
def test_ufuncs(name, f):
    call, x = call_of(name, f)
    right_or_refused(define(call), name, x, 2)


def test_which_ufuncs_are_refused():
    refused = set()
    for name, f in UFUNCS:
        call, x = call_of(name, f)
        try:
            vjp(define(call), x, 2, target="python")
        except UnsupportedError:
            refused.add(name)
    assert refused <= {"bitwise_count", "isnat", "vecdot", "matvec", "vecmat"}
