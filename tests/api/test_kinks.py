"""``kinks="raise"``: every kink that a call comes to is an error with its place; without it, the convention."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest

from s2sad import ArgumentError, KinkError, KinkWarning, S2SADError, grad, jvp, value_and_grad, vjp
from s2sad.rules import OPS
from s2sad.rules.kinks import KINKS
from tests.support.templates import evaluate

RAMP = np.arange(6.0)


def helper(x):
    return np.abs(x)


def absolute(x):
    return np.sum(helper(x) * 2.0)


def rows(x):
    return np.max(x) + np.sum(np.min(x.reshape(2, 3), axis=1))


def branch(s):
    if s > 1.0:
        return s * s
    return s


def loop(x, y):
    t = 0.0
    for i in range(len(x)):
        t += max(x[i], y[i]) + math.sqrt(x[i] - 1.0)
    return t


def choice(x):
    return np.sum(np.where(x > 0.5, x, 0.5)) + np.sum(np.clip(x, 0.05, 3.0))


def powers(x, p):
    return np.sum(x**p) + np.floor(x[0] + 0.5) * np.hypot(x[1], x[2]) + x[3] % 0.7


def equality(s):
    if s == 0.0:
        return 1.0
    return math.sin(s) / s


def inactive(x, k):
    if k == 0:
        return np.sum(x * np.abs(k - 1) + max(k, 0) * np.floor(2.0))
    first = x[0]
    return np.sum(x) if first != first else np.sum(x * x)


SMOOTH_AND_NOT: tuple[tuple[Any, tuple, tuple, str], ...] = (
    (absolute, (RAMP + 1.0,), (RAMP,), "abs at 0, in helper ("),
    (rows, (RAMP,), (np.array([1.0, 2.0, 0.0, 3.0, 5.0, 5.0]),), "max over equal values, in rows ("),
    (rows, (RAMP,), (np.array([1.0, 1.0, 2.0, 3.0, 4.0, 5.0]),), "min over equal values, in rows ("),
    (branch, (2.0,), (1.0,), "a branch on the comparison of equal values, in branch ("),
    (loop, (RAMP + 1.5, -RAMP), (RAMP + 1.5, RAMP + 1.5), "max of equal values, in loop ("),
    (loop, (RAMP + 1.5, -RAMP), (RAMP + 1.0, -RAMP), "sqrt at 0, in loop ("),
    (equality, (1.0,), (0.0,), "a branch on the comparison of equal values, in equality ("),
    (choice, (RAMP * 0.3 + 0.11,), (RAMP * 0.5 + 0.1 - 0.1 + 0.5 - 0.5,), "equal values, in choice ("),
    (choice, (RAMP * 0.3 + 0.11,), (RAMP * 0.3 + 0.05,), "clip on a bound, in choice ("),
    (powers, (RAMP + 0.1, 2), (np.array([0.0, 1.0, 1.1, 1.2]), 0.5), "pow at a base of 0, in powers ("),
    (powers, (RAMP + 0.1, 2), (np.array([0.5, 1.0, 1.1, 1.2]), 2), "floor at a whole number, in powers ("),
    (powers, (RAMP + 0.1, 2), (np.array([0.1, 0.0, 0.0, 1.2]), 2), "hypot at the origin, in powers ("),
    (powers, (RAMP + 0.1, 2), (np.array([0.1, 1.0, 1.0, 0.7]), 2), "mod at a multiple of the divisor, in powers ("),
)


@pytest.mark.parametrize("f, smooth, kink, message", SMOOTH_AND_NOT, ids=lambda v: v if isinstance(v, str) else "")
def test_raises_at_a_kink_and_only_there(f, smooth, kink, message):
    checked = grad(f, kinks="raise", target="python")
    np.testing.assert_array_equal(checked(*smooth), grad(f, target="python")(*smooth))
    with pytest.raises(KinkError) as caught:
        checked(*kink)
    text = str(caught.value)
    assert message in text
    assert f"{__file__}:" in text
    assert isinstance(caught.value, S2SADError)
    grad(f, target="python")(*kink)  # the convention


def test_what_is_inactive_has_no_kinks():
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(grad(inactive, kinks="raise", target="python")(x, 0), [1.0, 1.0])
    np.testing.assert_array_equal(grad(inactive, kinks="raise", target="python")(x, 1), 2.0 * x)


@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_compiled(transform):
    f = transform(loop, kinks="raise")
    f(RAMP + 1.5, -RAMP)
    for _ in range(2):  # the first and the direct way of a call
        with pytest.raises(KinkError, match=r"sqrt at 0, in loop \(.*test_kinks.py:\d+: t \+= "):
            f(RAMP + 1.0, -RAMP)


def test_from_compiled_code():
    f = grad(branch, kinks="raise")

    @numba.njit
    def call(s):
        return f(s)

    assert call(2.0) == 4.0
    with pytest.raises(ArithmeticError, match="a branch on the comparison of equal values"):
        call(1.0)


def test_other_modes():
    with pytest.raises(KinkError):
        vjp(branch, 1.0, kinks="raise", target="python")
    with pytest.raises(KinkError):
        jvp(branch, (1.0,), (1.0,), kinks="raise", target="python")
    _, pullback = vjp(branch, 2.0, kinks="raise", target="python")
    assert pullback(1.0) == (4.0,)
    with pytest.raises(ArgumentError, match="kinks='never'; it is one of 'convention', 'raise'"):
        grad(branch, kinks="never")


def test_no_cost_when_off():
    assert "Kink" not in grad(loop, target="python").inspect_source(RAMP, RAMP)


def test_equality_branches_warn():
    with pytest.warns(KinkWarning, match="if s == 0.0.* branches on the equality"):
        grad(lambda s: equality(s) * 1.0, target="python", style="plain")(2.0)


@pytest.mark.parametrize("name", KINKS)
def test_conditions_are_those_of_their_rule(name):
    entry = KINKS[name]
    for args in ((0.0, 0.0, 1.0), (1.0, 1.0, 2.0), (0.5, 2.0, 3.0), (-1.0, 0.3, 0.7)):
        given = args[: OPS[name].arity]
        with np.errstate(all="ignore"):
            y = OPS[name].evaluate(*map(np.float64, given))
            returned = entry.rule(y, *given)
            conditions = returned if isinstance(returned, tuple) else (returned,)
            for condition, template in zip(conditions, entry.conditions, strict=True):
                if template is not None:
                    assert bool(condition) == bool(evaluate(template, y, given))
