"""Exponentials, logarithms and roots."""

import math

import numpy as np

from s2sad.rules.registry import elementwise

LN2 = math.log(2.0)
LOG2_E = 1.0 / math.log(2.0)
LOG10_E = 1.0 / math.log(10.0)
POSITIVE = (0.1, 5.0)


@elementwise(np.exp, math.exp)
def exp(y, x):
    return y


@elementwise(np.expm1, math.expm1)
def expm1(y, x):
    """Not y + 1, which loses all digits for very negative x."""
    return np.exp(x)


@elementwise(np.exp2, *filter(None, [getattr(math, "exp2", None)]), call="np.exp2")
def exp2(y, x):
    return LN2 * y


@elementwise(np.log, math.log, singular=True, domain=POSITIVE)
def log(y, x):
    return 1.0 / x


@elementwise(np.log1p, math.log1p, singular=True, domain=(-0.9, 5.0))
def log1p(y, x):
    return 1.0 / (1.0 + x)


@elementwise(np.log2, math.log2, singular=True, domain=POSITIVE)
def log2(y, x):
    return LOG2_E / x


@elementwise(np.log10, math.log10, singular=True, domain=POSITIVE)
def log10(y, x):
    return LOG10_E / x


@elementwise(np.sqrt, math.sqrt, cost=5, singular=True, domain=POSITIVE)
def sqrt(y, x):
    """inf at 0."""
    return 0.5 / y


@elementwise(np.cbrt, *filter(None, [getattr(math, "cbrt", None)]), singular=True, domain=POSITIVE)
def cbrt(y, x):
    """inf at 0."""
    return 1.0 / (3.0 * y * y)


@elementwise(np.logaddexp, cost=40, singular=True)
def logaddexp(y, a, b):
    """In terms of the difference, which is exact where it matters; exp(a - y) loses the digits of a large y."""
    return 1.0 / (1.0 + np.exp(b - a)), 1.0 / (1.0 + np.exp(a - b))


@elementwise(np.logaddexp2, cost=40, singular=True)
def logaddexp2(y, a, b):
    return 1.0 / (1.0 + np.exp2(b - a)), 1.0 / (1.0 + np.exp2(a - b))
