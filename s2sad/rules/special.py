"""Error and gamma functions."""

import math

import numpy as np

from s2sad import runtime as rt
from s2sad.rules.registry import elementwise

TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)


@elementwise(math.erf, evaluate=rt.lift(rt.erf), call="rt.erf")
def erf(y, x):
    return TWO_OVER_SQRT_PI * np.exp(-x * x)


@elementwise(math.erfc, evaluate=rt.lift(rt.erfc), call="rt.erfc")
def erfc(y, x):
    return -TWO_OVER_SQRT_PI * np.exp(-x * x)


@elementwise(math.gamma, evaluate=rt.lift(rt.gamma), call="rt.gamma", cost=40, domain=(0.3, 5.0))
def gamma(y, x):
    return y * rt.digamma(x)


@elementwise(math.lgamma, evaluate=rt.lift(rt.lgamma), call="rt.lgamma", cost=40, domain=(0.3, 5.0))
def lgamma(y, x):
    return rt.digamma(x)


@elementwise(rt.digamma, evaluate=rt.lift(rt.digamma), call="rt.digamma", cost=40, domain=(0.3, 5.0))
def digamma(y, x):
    return rt.polygamma(1.0, x)


@elementwise(
    rt.polygamma, evaluate=rt.lift(rt.polygamma), call="rt.polygamma", cost=60, domain=((1.0, 1.0), (0.3, 5.0))
)
def polygamma(y, n, x):
    """``n`` is a whole number, 1 or more; it has no derivative."""
    return None, rt.polygamma(n + 1.0, x)
