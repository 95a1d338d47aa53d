"""Conversion, choice between values, and rounding.

Ties of maxima and minima belong to the first argument, and so does a nan result of ``maximum`` and ``minimum``.
"""

import math

import numpy as np

from s2sad.rules.registry import elementwise, zero_derivative


@elementwise(
    evaluate=lambda x, dtype="float64": np.asarray(x).astype(dtype)[()], operands="any", call="", cost=0, name="cast"
)
def cast(y, x):
    """1 between floating dtypes (the consumer converts the cotangent back); casts from or to int and bool have none."""
    return 1.0


@elementwise(np.where, evaluate=lambda c, a, b: np.where(c, a, b)[()], operands="any", call="", cost=1, exact=True)
def select(y, c, a, b):
    return None, np.where(c, 1.0, 0.0), np.where(c, 0.0, 1.0)


@elementwise(np.maximum, operands="any", call="rt.maximum", cost=1, exact=True)
def maximum(y, a, b):
    """At a tie, and where either is nan, to the first argument."""
    return np.where(a < b, 0.0, 1.0), np.where(a < b, 1.0, 0.0)


@elementwise(np.minimum, operands="any", call="rt.minimum", cost=1, exact=True)
def minimum(y, a, b):
    """At a tie, and where either is nan, to the first argument."""
    return np.where(a > b, 0.0, 1.0), np.where(a > b, 1.0, 0.0)


@elementwise(np.fmax, operands="any", call="rt.fmax", cost=1, exact=True)
def fmax(y, a, b):
    """At a tie to the first argument; a nan beside a number is ignored, so the derivative goes to the number."""
    return np.where((a >= b) | (b != b), 1.0, 0.0), np.where((a >= b) | (b != b), 0.0, 1.0)


@elementwise(np.fmin, operands="any", call="rt.fmin", cost=1, exact=True)
def fmin(y, a, b):
    """At a tie to the first argument; a nan beside a number is ignored, so the derivative goes to the number."""
    return np.where((a <= b) | (b != b), 1.0, 0.0), np.where((a <= b) | (b != b), 0.0, 1.0)


@elementwise(
    max, evaluate=lambda a, b: np.where(np.greater(b, a), b, a)[()], operands="any", call="rt.pymax", cost=1, exact=True
)
def pymax(y, a, b):
    """Python's ``max(a, b)``: b if b > a else a, whatever is nan."""
    return np.where(b > a, 0.0, 1.0), np.where(b > a, 1.0, 0.0)


@elementwise(
    min, evaluate=lambda a, b: np.where(np.less(b, a), b, a)[()], operands="any", call="rt.pymin", cost=1, exact=True
)
def pymin(y, a, b):
    """Python's ``min(a, b)``: b if b < a else a, whatever is nan."""
    return np.where(b < a, 0.0, 1.0), np.where(b < a, 1.0, 0.0)


@elementwise(
    np.clip, operands="any", call="rt.clip", cost=2, exact=True, domain=((-3.0, 3.0), (-2.0, -1.0), (1.0, 2.0))
)
def clip(y, x, lo, hi):
    """1 in x between the bounds and on them; where lo > hi the result is hi."""
    return (
        np.where((lo <= x) & (x <= hi), 1.0, 0.0),
        np.where((x < lo) & (lo <= hi), 1.0, 0.0),
        np.where((x > hi) | (lo > hi), 1.0, 0.0),
    )


@elementwise(np.copysign, math.copysign, call="np.copysign", cost=2, exact=True)
def copysign(y, a, b):
    """0 in a at a = 0, as abs; none in b."""
    return np.sign(a) * np.copysign(1.0, b), None


@elementwise(np.heaviside, call="rt.heaviside", cost=2, exact=True)
def heaviside(y, x, h):
    """0 in x also at the jump; in h 1 there."""
    return None, np.where(x == 0.0, 1.0, 0.0)


zero_derivative(np.sign, operands="any", call="rt.sign")
zero_derivative(np.floor, call="np.floor")
zero_derivative(np.ceil, call="np.ceil")
zero_derivative(np.trunc, np.fix, call="np.trunc")
zero_derivative(np.rint, np.round, np.around, call="np.rint")
