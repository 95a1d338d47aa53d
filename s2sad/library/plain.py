"""Python's builtin functions: ``round`` to a number of digits; ``sum`` of rows, ``any``, ``all``; ``sorted``.

``round`` gives the float nearest to the decimal that is nearest to the number.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad import runtime as rt
from s2sad.library.registry import require
from s2sad.rules.custom import stop_gradient


def rounded(number: Any, factor: Any) -> Any:
    """To a multiple of ``1 / factor``, a power of ten up to 1e22; ties, which need all bits to be seen, to even."""
    x = stop_gradient(number)
    a = abs(x)
    scaled = a * factor
    if not scaled < 9007199254740992.0:  # 2**53: every float from here on is nearest to such a multiple
        return x
    low = math.floor(scaled) * 1.0
    rest = ((scaled - low) - 0.5) + rt.product_error(a, factor)
    if rest > 0.0 or (rest == 0.0 and low % 2.0 == 1.0):
        low = low + 1.0
    return math.copysign(low / factor, x)


def rounded_to_tens(number: Any, unit: Any) -> Any:
    """To a multiple of ``unit``, a power of ten up to 1e22."""
    x = stop_gradient(number)
    a = abs(x)
    if not a < math.inf:
        return x
    rest = math.fmod(a, unit)
    half = 0.5 * unit
    if rest > half or (rest == half and ((a - rest) / unit) % 2.0 == 1.0):
        return math.copysign(a + (unit - rest), x)
    return math.copysign(a - rest, x)


def summed(x: Any, start: Any) -> Any:
    """``sum`` of the rows of an array."""
    return np.sum(x, axis=0) + start


def some(x: Any) -> Any:
    """``any``."""
    return bool(np.any(x != 0))


def every(x: Any) -> Any:
    """``all``."""
    return bool(np.all(x != 0))


def in_order(x: Any, falling: Any) -> Any:
    """``sorted`` of a vector; ``falling``: the largest first, equal ones in the order that they are given in."""
    require(bool(np.all(x == x)), "sorted: nan has no place in an order")
    return np.sort(x[::-1])[::-1] if falling else np.sort(x)
