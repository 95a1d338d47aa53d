"""Arithmetic: the operators, absolute values, powers, remainders, and addition as sums use it."""

import math
import operator

import numpy as np

from s2sad import runtime as rt
from s2sad.rules.registry import elementwise, zero_derivative

POSITIVE = (0.2, 4.0)


@elementwise(np.add, operator.add, operands="any", infix="+", cost=1)
def add(y, a, b):
    return 1.0, 1.0


@elementwise(np.subtract, operator.sub, operands="any", infix="-", cost=1)
def sub(y, a, b):
    return 1.0, -1.0


@elementwise(np.multiply, operator.mul, operands="any", infix="*", cost=1)
def mul(y, a, b):
    return b, a


@elementwise(np.divide, operator.truediv, infix="/", cost=4, singular=True, domain=((-3.0, 3.0), POSITIVE))
def div(y, a, b):
    return 1.0 / b, -y / b


@elementwise(np.negative, operator.neg, operands="any", infix="-", cost=1, exact=True)
def neg(y, x):
    return -1.0


@elementwise(np.absolute, abs, operator.abs, operands="any", call="abs", cost=1, exact=True)
def abs_(y, x):
    """0 at x = 0."""
    return np.sign(x)


@elementwise(np.fabs, math.fabs, call="np.fabs", cost=1, exact=True)
def fabs(y, x):
    """0 at x = 0."""
    return np.sign(x)


@elementwise(np.positive, operator.pos, np.conjugate, evaluate=lambda x: x, operands="any", call="", cost=0, exact=True)
def copy(y, x):
    return 1.0


@elementwise(np.square, operands="any", call="np.square", cost=1)
def square(y, x):
    return 2.0 * x


@elementwise(np.reciprocal, call="np.reciprocal", cost=4, singular=True, domain=POSITIVE)
def reciprocal(y, x):
    return -y * y


@elementwise(
    np.power, operator.pow, pow, operands="any", infix="**", cost=40, singular=True, domain=(POSITIVE, (-3.0, 3.0))
)
def pow_(y, x, p):
    """In x: 0 for p = 0 (also at x = 0). In p: 0 where y = 0 and at 0**0; nan for x < 0, where there is none."""
    return (
        np.where(p == 0.0, 0.0, p * x ** (p - 1.0)),
        np.where((y == 0.0) | ((x == 0.0) & (p == 0.0)), 0.0, y * np.log(x)),
    )


@elementwise(
    np.float_power, math.pow, operands="float64", infix="**", cost=40, singular=True, domain=(POSITIVE, (-3.0, 3.0))
)
def float_power(y, x, p):
    """As ``pow``; its operands are float64 always."""
    return (
        np.where(p == 0.0, 0.0, p * x ** (p - 1.0)),
        np.where((y == 0.0) | ((x == 0.0) & (p == 0.0)), 0.0, y * np.log(x)),
    )


@elementwise(np.remainder, operator.mod, operands="any", infix="%", cost=20, domain=((-3.0, 3.0), POSITIVE))
def mod(y, a, b):
    """At a multiple of b (a jump): that of the smooth piece that the value belongs to."""
    return 1.0, -np.rint((a - y) / b)


@elementwise(np.fmod, math.fmod, operands="any", call="rt.fmod", cost=20, domain=((-3.0, 3.0), POSITIVE))
def fmod(y, a, b):
    """At a multiple of b (a jump): that of the smooth piece that the value belongs to."""
    return 1.0, -np.rint((a - y) / b)


zero_derivative(np.floor_divide, operator.floordiv, name="floordiv", arity=2, operands="any", infix="//", cost=20)


@elementwise(evaluate=np.add, operands="any", call="rt.add_any", cost=1)
def add_any(y, a, b):
    return 1.0, 1.0


zero_derivative(
    name="checked_add",
    arity=2,
    evaluate=rt.lift(rt.checked_add, "int64"),
    operands="int",
    call="rt.checked_add",
    raises=True,
)
zero_derivative(
    name="checked_sub",
    arity=2,
    evaluate=rt.lift(rt.checked_sub, "int64"),
    operands="int",
    call="rt.checked_sub",
    raises=True,
)
zero_derivative(
    name="checked_mul",
    arity=2,
    evaluate=rt.lift(rt.checked_mul, "int64"),
    operands="int",
    call="rt.checked_mul",
    raises=True,
)
zero_derivative(
    name="checked_pow",
    arity=2,
    evaluate=rt.lift(rt.checked_pow, "int64"),
    operands="int",
    call="rt.checked_pow",
    cost=10,
    raises=True,
)
