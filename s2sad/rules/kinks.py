"""Where primitives have no derivative: the conditions that ``kinks="raise"`` checks.

A rule has the name of its op (with an underscore where Python's is taken) and returns, for each argument, whether the
op has a kink, a jump or a pole of its derivative in that argument at the values given; ``None`` for never. Its
docstring is what the error says.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from s2sad.rules.registry import condition_of
from s2sad.rules.template import Template


@dataclass(frozen=True)
class Kink:
    """One condition per argument, and what is said where it holds."""

    conditions: tuple[Template | None, ...]
    reason: str
    rule: Callable


KINKS: dict[str, Kink] = {}
# A branch that is taken or not at equal values; with one condition for both operands.
COMPARISONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))


def kink(*names: str) -> Callable[[Callable], Callable]:
    """Register the decorated rule for the ops ``names`` (its own name without them)."""

    def decorate(rule: Callable) -> Callable:
        entry = Kink(condition_of(rule), inspect.getdoc(rule) or "", rule)
        for name in names or (rule.__name__.rstrip("_"),):
            KINKS[name] = entry
        return rule

    return decorate


@kink("abs", "fabs", "sign", "signbit", "sqrt", "cbrt")
def at_zero(y, x):
    """at 0"""
    return x == 0.0


@kink("pow", "float_power")
def power(y, x, p):
    """at a base of 0"""
    return (x == 0.0) & (p < 1.0) & (p != 0.0), (x == 0.0) & (p <= 0.0)


@kink("maximum", "minimum", "fmax", "fmin", "pymax", "pymin")
def tie(y, a, b):
    """of equal values"""
    return a == b, a == b


@kink()
def clip(y, x, lo, hi):
    """on a bound"""
    return (x == lo) | (x == hi), (x == lo) | (lo == hi), (x == hi) | (lo == hi)


@kink()
def hypot(y, a, b):
    """at the origin"""
    return y == 0.0, y == 0.0


@kink()
def arctan2(y, a, b):
    """at the origin"""
    return (a == 0.0) & (b == 0.0), (a == 0.0) & (b == 0.0)


@kink("arcsin", "arccos")
def arc(y, x):
    """at 1 or -1"""
    return np.abs(x) == 1.0


@kink()
def arccosh(y, x):
    """at 1"""
    return x == 1.0


@kink()
def heaviside(y, x, h):
    """at 0"""
    return x == 0.0, None


@kink()
def copysign(y, a, b):
    """at 0"""
    return a == 0.0, b == 0.0


@kink("floor", "ceil")
def whole(y, x):
    """at a whole number"""
    return x == y


@kink()
def trunc(y, x):
    """at a whole number"""
    return (x == y) & (x != 0.0)


@kink()
def rint(y, x):
    """half way between whole numbers"""
    return np.abs(x - y) == 0.5


@kink("mod", "fmod")
def remainder_at_multiple(y, a, b):
    """at a multiple of the divisor"""
    return y == 0.0, y == 0.0


@kink()
def floordiv(y, a, b):
    """at a multiple of the divisor"""
    return y * b == a, y * b == a


@kink("remainder")
def remainder_half_way(y, a, b):
    """half way between multiples of the divisor"""
    return np.abs(y + y) == np.abs(b), np.abs(y + y) == np.abs(b)


@kink()
def fraction(y, x):
    """at a whole number"""
    return (y == 0.0) & (x != 0.0)


@kink("frexp_mantissa")
def power_of_two(y, x):
    """at 0 or a power of 2"""
    return (x == 0.0) | (np.abs(y) == 0.5)
