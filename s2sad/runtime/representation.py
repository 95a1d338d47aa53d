"""Functions of the binary representation: mantissa, exponent, neighbours, exact remainders, errors of rounding.

The formulas of ``sum_error`` and ``product_error`` are Knuth's (1969) and Dekker's (1971).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, overload, register_jitable

_SPLITTER = 134217729.0  # 2**27 + 1
_LARGE = 6.69e299  # a product with the splitter is finite below
_SHIFT = 5000  # scaling by more than this gives 0 or inf for every float


def fraction(x):
    """The part of ``x`` behind the point, with the sign of ``x``: ``np.modf(x)[0]``."""
    return np.modf(x)[0]


@overload(fraction)
def _fraction(x):
    def impl(x):
        return np.copysign(type(x)(0.0) if np.isinf(x) else x - np.trunc(x), x)

    return impl


def frexp_mantissa(x):
    """``np.frexp(x)[0]``: ``x = m * 2**e`` with ``0.5 <= abs(m) < 1``."""
    return np.frexp(x)[0]


@overload(frexp_mantissa)
def _frexp_mantissa(x):
    return lambda x: type(x)(math.frexp(np.float64(x))[0])


def frexp_exponent(x):
    """``np.frexp(x)[1]``; 0 for 0, inf and nan."""
    return np.int64(np.frexp(x)[1]) if np.isfinite(x) else np.int64(0)


@overload(frexp_exponent)
def _frexp_exponent(x):
    def impl(x):
        return np.int64(math.frexp(np.float64(x))[1]) if np.isfinite(x) else np.int64(0)

    return impl


def ldexp(x, i):
    """``x * 2**i`` for a whole number ``i`` given as a float, rounded once; 0 or inf where no float holds it."""
    if i != i:
        return x + i
    return np.ldexp(x, int(min(max(i, -_SHIFT), _SHIFT)))


@overload(ldexp)
def _ldexp(x, i):
    def wide(x, i):
        if i != i:
            return x + i
        return math.ldexp(x, np.intc(min(max(i, -_SHIFT), _SHIFT)))  # type: ignore[arg-type]

    def narrow(x, i):
        if i != i:
            return x + i
        # float64 holds every float32 scaled by 2**-400 exactly, so that only the conversion rounds.
        return np.float32(math.ldexp(np.float64(x), np.intc(min(max(i, np.float32(-400.0)), np.float32(400.0)))))  # type: ignore[arg-type]

    return narrow if x == types.float32 else wide


@register_jitable
def remainder(a, b):
    """IEEE 754's remainder ``a - n * b``, ``n`` the whole number nearest to ``a / b`` (the even one of two)."""
    if not np.isfinite(a) or b == 0 or b != b:
        return a * type(a)(math.nan)
    if np.isinf(b):
        return a
    size, divisor = abs(a), abs(b)
    rest = np.fmod(size, divisor)
    other = divisor - rest
    if rest > other:
        rest = -other
    elif rest == other:  # half way: whether the quotient below is odd decides
        half = np.fmod(type(a)(0.5) * (size - rest), divisor)
        rest = rest - type(a)(2.0) * half
    return np.copysign(type(a)(1.0), a) * rest


@register_jitable
def ulp(x):
    """``math.ulp``: the distance to the next float away from zero (towards it for the largest one)."""
    size = abs(x)
    if size != size or np.isinf(size):
        return size
    above = np.nextafter(size, type(x)(math.inf))
    return size - np.nextafter(size, type(x)(0.0)) if np.isinf(above) else above - size


def spacing(x):
    """``np.spacing``: the distance to the next float away from zero, with the sign of ``x``,
    positive for both zeros.
    """
    return np.spacing(x)


@overload(spacing)
def _spacing(x):
    def impl(x):
        if x == 0:
            return np.nextafter(type(x)(0.0), type(x)(1.0))
        return np.nextafter(x, np.copysign(type(x)(math.inf), x)) - x

    return impl


def isclose(a, b, rel_tol, abs_tol):
    """``math.isclose(a, b, rel_tol=rel_tol, abs_tol=abs_tol)``; ValueError for negative tolerances."""
    return math.isclose(a, b, rel_tol=rel_tol, abs_tol=abs_tol)


@overload(isclose)
def _isclose(a, b, rel_tol, abs_tol):
    def isclose(a, b, rel_tol, abs_tol):
        if rel_tol < 0.0 or abs_tol < 0.0:
            raise ValueError("tolerances must be non-negative")
        if a == b:
            return True
        if np.isinf(a) or np.isinf(b):
            return False
        gap = abs(b - a)
        return gap <= abs(rel_tol * b) or gap <= abs(rel_tol * a) or gap <= abs_tol

    return isclose


@register_jitable
def sum_error(a, b):
    """What rounding ``a + b`` has lost, exactly; 0 where the sum is not finite."""
    s = a + b
    if not np.isfinite(s):
        return type(a)(0.0)
    c = s - a
    return (a - (s - c)) + (b - c)


@register_jitable
def product_error(a, b):
    """What rounding ``a * b`` has lost, exactly but near under- and overflow; 0 where the product is not finite."""
    p = a * b
    if not np.isfinite(p) or abs(a) > _LARGE or abs(b) > _LARGE:
        return type(a)(0.0)
    ca, cb = _SPLITTER * a, _SPLITTER * b
    ha, hb = ca - (ca - a), cb - (cb - b)
    la, lb = a - ha, b - hb
    return ((ha * hb - p) + ha * lb + la * hb) + la * lb


def fma(a, b, c):
    """``a * b + c``, rounded once."""
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return a * b + c
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    if exact == 0:
        return a * b + c  # the sign of zero
    try:
        return type(a)(float(exact))
    except OverflowError:
        return type(a)(math.copysign(math.inf, exact))


@intrinsic
def _fused(typingctx, a, b, c):
    def codegen(context, builder, signature, args):
        return builder.fma(*args)

    return a(a, a, a), codegen


@overload(fma)
def _fma(a, b, c):
    fused: Any = _fused  # an intrinsic takes no typing context
    return lambda a, b, c: fused(a, b, c)


__all__ = [
    "fma",
    "fraction",
    "frexp_exponent",
    "frexp_mantissa",
    "isclose",
    "ldexp",
    "product_error",
    "remainder",
    "spacing",
    "sum_error",
    "ulp",
]
