"""Choice between numbers: NumPy's and Python's maxima and minima, clip, heaviside."""

from __future__ import annotations

from numba.extending import register_jitable


@register_jitable
def maximum(a, b):
    """NumPy's ``maximum``: a nan in either is the result; of equal ones (zeros of both signs) the second."""
    return a if a > b or a != a else b


@register_jitable
def minimum(a, b):
    """NumPy's ``minimum``: a nan in either is the result; of equal ones the second."""
    return a if a < b or a != a else b


@register_jitable
def fmax(a, b):
    """NumPy's ``fmax``: a nan beside a number is ignored; which of two zeros is the result varies in NumPy itself."""
    return a if a >= b or b != b else b


@register_jitable
def fmin(a, b):
    """NumPy's ``fmin``: a nan beside a number is ignored; which of two zeros is the result varies in NumPy itself."""
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
    """NumPy's ``clip``: lower bound first, nan in any argument is the result, ``x`` itself on a bound."""
    raised = x if x >= lo or x != x else lo
    return raised if raised <= hi or raised != raised else hi


@register_jitable
def sign(x):
    """NumPy's ``sign``: 0.0 for both zeros, nan stays."""
    return type(x)(1) if x > 0 else type(x)(-1) if x < 0 else x if x != x else type(x)(0)


@register_jitable
def heaviside(x, h):
    """NumPy's ``heaviside``: 0 below zero, ``h`` at zero, 1 above; a nan stays."""
    return type(x)(1) if x > 0 else type(x)(0) if x < 0 else x if x != x else h
