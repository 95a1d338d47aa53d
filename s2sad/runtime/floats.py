"""Functions of numbers that Numba does not give with NumPy's value and dtype."""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload, register_jitable


def fmod(a, b):
    """C's ``fmod``: the sign is the dividend's; 0 for an integer ``b == 0``. (Numba's is wrong for ints.)"""
    return np.fmod(a, b)


@overload(fmod)
def _fmod(a, b):
    def floats(a, b):
        return np.fmod(a, b)

    def integers(a, b):
        if b == 0 or b == -1:
            return a ^ a
        r = a % b
        return r - b if r != 0 and (a < 0) != (b < 0) else r

    return floats if isinstance(a, types.Float) else integers


@register_jitable
def sinc(x):
    """NumPy's ``sin(pi x) / (pi x)``, 1 at 0. (Numba's returns float64 for float32.)"""
    if x == 0:
        return type(x)(1.0)
    t = type(x)(math.pi) * x
    return np.sin(t) / t
