"""Mantissa and exponent, neighbours, remainders to the nearest, fused products, errors of rounding, closeness."""

import math

import numpy as np

from s2sad import runtime as rt
from s2sad.rules.registry import elementwise, zero_derivative

WHOLE = (3.0, 3.0)


@elementwise(rt.fraction, evaluate=rt.lift(rt.fraction), call="rt.fraction", cost=2, exact=True)
def fraction(y, x):
    """1, also at whole numbers (the fractional part of ``modf``)."""
    return 1.0


@elementwise(
    rt.frexp_mantissa, evaluate=rt.lift(rt.frexp_mantissa), call="rt.frexp_mantissa", cost=4, exact=True, singular=True
)
def frexp_mantissa(y, x):
    """A power of 2, also at powers of 2; 0 at 0."""
    return np.where(x == 0.0, 0.0, y / x)


zero_derivative(
    rt.frexp_exponent,
    name="frexp_exponent",
    evaluate=rt.lift(rt.frexp_exponent, "int64"),
    result="int64",
    call="rt.frexp_exponent",
    cost=4,
)


@elementwise(rt.ldexp, evaluate=rt.lift(rt.ldexp), call="rt.ldexp", cost=4, singular=True, domain=((-3.0, 3.0), WHOLE))
def ldexp(y, x, i):
    """``i`` is a whole number; it has no derivative."""
    return rt.ldexp(1.0, i), None


@elementwise(np.nextafter, math.nextafter, call="np.nextafter", cost=4, exact=True)
def nextafter(y, x, to):
    """1 in x: the neighbour moves with it."""
    return 1.0, None


@elementwise(
    math.remainder,
    evaluate=rt.lift(rt.remainder),
    call="rt.remainder",
    cost=30,
    domain=((-3.0, 3.0), (0.2, 4.0)),
    name="remainder",
)
def remainder_(y, a, b):
    """Half way between multiples of b (a jump): that of the smooth piece that the value belongs to."""
    return 1.0, -np.rint((a - y) / b)


@elementwise(rt.fma, *filter(None, [getattr(math, "fma", None)]), evaluate=rt.lift(rt.fma), call="rt.fma", cost=2)
def fma(y, a, b, c):
    return b, a, 1.0


zero_derivative(np.spacing, call="rt.spacing", cost=4)
zero_derivative(math.ulp, name="ulp", evaluate=rt.lift(rt.ulp), call="rt.ulp", cost=4)
zero_derivative(rt.sum_error, name="sum_error", arity=2, evaluate=rt.lift(rt.sum_error), call="rt.sum_error", cost=6)
zero_derivative(
    rt.product_error,
    name="product_error",
    arity=2,
    operands="float64",
    evaluate=rt.lift(rt.product_error),
    call="rt.product_error",
    cost=16,
)
zero_derivative(
    rt.isclose,
    name="isclose",
    arity=4,
    result="bool",
    operands="float64",
    evaluate=rt.lift(rt.isclose, "bool"),
    call="rt.isclose",
    cost=6,
    raises=True,
)
