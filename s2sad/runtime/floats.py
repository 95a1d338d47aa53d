"""Floating-point functions that Numba does not give with NumPy's value, dtype and nan."""

from __future__ import annotations

import math

import numpy as np
from numba.extending import register_jitable

DEGREE = math.pi / 180.0
RADIAN = 180.0 / math.pi
LOG2_E = 1.0 / math.log(2.0)


@register_jitable
def cbrt(x):
    """The real cube root."""
    return type(x)(np.cbrt(x))


@register_jitable
def deg2rad(x):
    """Degrees to radians."""
    return x * type(x)(DEGREE)


@register_jitable
def rad2deg(x):
    """Radians to degrees."""
    return x * type(x)(RADIAN)


@register_jitable
def fmod(a, b):
    """C's ``fmod``: the sign is the dividend's; nan for ``b == 0`` and for an infinite ``a``."""
    if b == 0.0 or math.isinf(a):
        return type(a)(math.nan)
    return type(a)(math.fmod(a, b))


@register_jitable
def logaddexp(a, b):
    """``log(exp(a) + exp(b))`` without overflow."""
    if a == b:  # also equal infinities, whose difference is nan
        return a + type(a)(math.log(2.0))
    d = a - b
    return a + np.log1p(np.exp(-d)) if d > 0 else b + np.log1p(np.exp(d))


@register_jitable
def logaddexp2(a, b):
    """``log2(2**a + 2**b)`` without overflow."""
    if a == b:
        return a + type(a)(1.0)
    d = a - b
    scale = type(a)(LOG2_E)
    return a + scale * np.log1p(np.exp2(-d)) if d > 0 else b + scale * np.log1p(np.exp2(d))


@register_jitable
def sinc(x):
    """NumPy's ``sin(pi x) / (pi x)``, 1 at 0."""
    if x == 0:
        return type(x)(1.0)
    t = type(x)(math.pi) * x
    return np.sin(t) / t
