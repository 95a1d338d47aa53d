"""Hyperbolic functions and their inverses."""

import math

import numpy as np

from s2sad.rules.registry import elementwise


@elementwise(np.sinh, math.sinh)
def sinh(y, x):
    return np.cosh(x)


@elementwise(np.cosh, math.cosh)
def cosh(y, x):
    return np.sinh(x)


@elementwise(np.tanh, math.tanh)
def tanh(y, x):
    return 1.0 - y * y


@elementwise(np.arcsinh, math.asinh)
def arcsinh(y, x):
    """By hypot, because x*x + 1 overflows."""
    return 1.0 / np.hypot(x, 1.0)


@elementwise(np.arccosh, math.acosh, singular=True, domain=(1.1, 5.0))
def arccosh(y, x):
    """Two roots, because x*x - 1 overflows, and cancels near 1."""
    return 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))


@elementwise(np.arctanh, math.atanh, singular=True, domain=(-0.9, 0.9))
def arctanh(y, x):
    return 1.0 / ((1.0 - x) * (1.0 + x))
