"""Choice between numbers: NumPy's and Python's maxima and minima, clip, heaviside."""

from __future__ import annotations

from numba.extending import register_jitable


@register_jitable
def maximum(a, b):
    """NumPy's ``maximum``: a nan in either is the result."""
    return a if a >= b or a != a else b


@register_jitable
def minimum(a, b):
    """NumPy's ``minimum``: a nan in either is the result."""
    return a if a <= b or a != a else b


@register_jitable
def fmax(a, b):
    """NumPy's ``fmax``: a nan beside a number is ignored."""
    return a if a >= b or b != b else b


@register_jitable
def fmin(a, b):
    """NumPy's ``fmin``: a nan beside a number is ignored."""
    return a if a <= b or b != b else b


@register_jitable
def pymax(a, b):
    """Python's ``max(a, b)``."""
    return b if b > a else a


@register_jitable
def pymin(a, b):
    """Python's ``min(a, b)``."""
    return b if b < a else a


@register_jitable
def clip(x, lo, hi):
    """NumPy's ``clip``: ``minimum(maximum(x, lo), hi)``."""
    return minimum(maximum(x, lo), hi)


@register_jitable
def heaviside(x, h):
    """NumPy's ``heaviside``: 0 below zero, ``h`` at zero, 1 above; a nan stays."""
    one = type(x)(1)
    return h if x == 0 else x if x != x else one if x > 0 else one - one
