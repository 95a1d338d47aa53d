"""Values and derivatives at ties, kinks, poles, nan and infinity: the conventions that the rules' docstrings state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from s2sad.rules import OPS, reads_args, reads_result
from tests.support.templates import evaluate

NAN, INF = np.nan, np.inf


def partials(name: str, *args: float) -> tuple[Any, ...]:
    """The partials' values, ``None`` where an argument has none."""
    entry = OPS[name]
    values = tuple(np.float64(a) for a in args)
    with np.errstate(all="ignore"):
        y = entry.evaluate(*values)
        return tuple(None if p is None else float(evaluate(p, y, values)) for p in entry.partials)


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("maximum", (2, 2), (1, 0)),
        ("maximum", (0.0, -0.0), (1, 0)),
        ("maximum", (NAN, 1), (1, 0)),
        ("maximum", (1, NAN), (1, 0)),
        ("maximum", (1, 2), (0, 1)),
        ("minimum", (2, 2), (1, 0)),
        ("minimum", (1, 2), (1, 0)),
        ("minimum", (NAN, 1), (1, 0)),
        ("fmax", (2, 2), (1, 0)),
        ("fmax", (NAN, 1), (0, 1)),
        ("fmax", (1, NAN), (1, 0)),
        ("fmin", (NAN, 1), (0, 1)),
        ("fmin", (1, NAN), (1, 0)),
        ("pymax", (2, 2), (1, 0)),
        ("pymax", (NAN, 1), (1, 0)),
        ("pymax", (1, NAN), (1, 0)),
        ("pymin", (NAN, 1), (1, 0)),
        ("clip", (1, 1, 2), (1, 0, 0)),
        ("clip", (2, 1, 2), (1, 0, 0)),
        ("clip", (0, 1, 2), (0, 1, 0)),
        ("clip", (3, 1, 2), (0, 0, 1)),
        ("clip", (1.5, 2, 1), (0, 0, 1)),
        ("abs", (0.0,), (0,)),
        ("abs", (-0.0,), (0,)),
        ("abs", (-3,), (-1,)),
        ("fabs", (0.0,), (0,)),
        ("copysign", (0.0, -1), (0, None)),
        ("copysign", (-2, -1), (1, None)),
        ("copysign", (2, -0.0), (-1, None)),
        ("heaviside", (0, 0.5), (None, 1)),
        ("heaviside", (1, 0.5), (None, 0)),
        ("hypot", (0, 0), (0, 0)),
        ("sinc", (0.0,), (0,)),
        ("sqrt", (0.0,), (INF,)),
        ("cbrt", (0.0,), (INF,)),
        ("mod", (-5.5, 2), (1, 3)),
        ("fmod", (-5.5, 2), (1, 2)),
        ("mod", (1e17, 3), (1, -1e17 / 3)),
    ],
)
def test_convention(name, args, expected):
    assert partials(name, *args) == expected


@pytest.mark.parametrize(
    ("x", "p", "in_x", "in_p"),
    [
        (0.0, 2.0, 0.0, 0.0),
        (0.0, 1.0, 1.0, 0.0),
        (0.0, 0.5, INF, 0.0),
        (0.0, 0.0, 0.0, 0.0),
        (-2.0, 2.0, -4.0, NAN),
        (-2.0, 3.0, 12.0, NAN),
        (INF, -1.0, 0.0, 0.0),
        (0.0, -1.0, -INF, -INF),
        (2.0, 0.0, 0.0, np.log(2.0)),
        (NAN, 0.0, 0.0, NAN),
    ],
)
def test_power(x, p, in_x, in_p):
    for name in ("pow", "float_power"):
        np.testing.assert_allclose(partials(name, x, p), (in_x, in_p), rtol=1e-15)


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("expm1", (-50.0,), (np.exp(-50.0),)),
        ("log1p", (1e-20,), (1.0,)),
        ("arctan2", (1e200, 1e200), (5e-201, -5e-201)),
        ("arctan2", (1e-200, 0.0), (0.0, -1e200)),
        ("hypot", (1e200, 1e200), (np.sqrt(0.5), np.sqrt(0.5))),
        ("hypot", (3e-320, 4e-320), (0.6, 0.8)),
        ("arcsinh", (1e200,), (1e-200,)),
        ("arccosh", (1e200,), (1e-200,)),
        ("arcsin", (1 - 2.0**-53,), (2.0**26,)),
        ("arctanh", (1 - 2.0**-53,), (2.0**52,)),
        ("logaddexp", (1e300, 0.0), (1.0, 0.0)),
        ("logaddexp", (INF, 0.0), (1.0, 0.0)),
        ("logaddexp", (-INF, 0.0), (0.0, 1.0)),
        ("logaddexp", (1e8, 1e8 - 1), (1 / (1 + np.exp(-1.0)), 1 / (1 + np.exp(1.0)))),
        ("logaddexp2", (2000.0, 2000.0), (0.5, 0.5)),
        ("div", (1e300, 1e300), (1e-300, -1e-300)),
        ("reciprocal", (1e150,), (-1e-300,)),
        ("tanh", (1000.0,), (0.0,)),
        ("arctan", (1e200,), (0.0,)),
        ("erf", (100.0,), (0.0,)),
        ("sinc", (1e-9,), (-(np.pi**2) * 1e-9 / 3.0,)),
        ("digamma", (1e300,), (1e-300,)),
    ],
)
def test_huge_and_tiny_arguments(name, args, expected):
    np.testing.assert_allclose(partials(name, *args), expected, rtol=1e-6 if name in ("hypot",) else 1e-14)


def test_sinc_derivative_is_accurate_where_its_formula_cancels():
    for t in np.geomspace(1e-8, 2.0, 60):  # sum of the series in t = pi x with many terms
        term, total = 1.0, 0.0
        for k in range(1, 25):
            term *= -t * t / ((2 * k) * (2 * k + 1))
            total += 2 * k * term / t
        np.testing.assert_allclose(partials("sinc", t / np.pi), np.pi * total, rtol=2e-14)


def test_singular_partials_are_declared():
    """Wherever a partial is inf or nan beside a finite result at a special point, the op says so (strong zero)."""
    points = (0.0, -0.0, 1.0, -1.0, 2.0)
    for entry in OPS.values():
        if not entry.differentiable or entry.name in ("select", "polygamma"):
            continue
        for a in points:
            for b in points if entry.arity > 1 else (0.0,):
                args = tuple(np.float64(v) for v in (a, b, 1.0)[: entry.arity])
                with np.errstate(all="ignore"):
                    if not np.isfinite(entry.evaluate(*args)):
                        continue
                for partial, singular in zip(partials(entry.name, *args), entry.singular):
                    assert partial is None or singular or np.isfinite(partial), (entry.name, args, partial)


def test_what_partials_read():
    assert reads_args(OPS["mul"].partials[0]) == {1}
    assert reads_result(OPS["exp"].partials[0]) and not reads_args(OPS["exp"].partials[0])
    assert not reads_args(OPS["add"].partials[0]) and not reads_result(OPS["add"].partials[0])
    assert reads_args(None) == frozenset() and not reads_result(None)
