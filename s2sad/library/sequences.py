"""The functions of ``math`` that take sequences, in the language that is compiled: arrays, tuples and lists of numbers.

``fsum`` and ``sumprod`` keep the errors of rounding in two more floats, as if computed with three times the precision
and rounded once (Ogita, Rump & Oishi 2005); Python's are exact. The errors of rounding have no derivative.
"""

from __future__ import annotations

import math
from typing import Any

from s2sad import runtime as rt


def dist(p: Any, q: Any) -> Any:
    """``math.dist``: the distance between two points of the same number of coordinates; derivative 0 where it is 0."""
    length = 0.0
    for k in range(len(p)):
        length = math.hypot(length, p[k] - q[k])
    return length


def prod(iterable: Any, start: Any = 1) -> Any:
    """``math.prod``."""
    product = start
    for value in iterable:
        product = product * value
    return product


def fsum(seq: Any) -> Any:
    """``math.fsum``."""
    total, low, lowest = 0.0, 0.0, 0.0
    for item in seq:
        value = float(item)
        lost = rt.sum_error(total, value)
        total = total + value
        lowest = lowest + rt.sum_error(low, lost)
        low = low + lost
    return float(total + (low + lowest))


def sumprod(p: Any, q: Any) -> Any:
    """``math.sumprod`` of floats."""
    total, low, lowest = 0.0, 0.0, 0.0
    for k in range(len(p)):
        a, b = float(p[k]), float(q[k])
        value = a * b
        lost = rt.sum_error(total, value)
        total = total + value
        lowest = lowest + rt.sum_error(low, lost)
        low = low + lost
        lost = rt.product_error(a, b)
        lowest = lowest + rt.sum_error(low, lost)
        low = low + lost
    return float(total + (low + lowest))


def sumprod_ints(p: Any, q: Any) -> Any:
    """``math.sumprod`` of ints."""
    total = 0
    for k in range(len(p)):
        total = total + int(p[k]) * int(q[k])
    return total
