"""Floating-point functions that Numba does not give with NumPy's value, dtype and nan."""

from __future__ import annotations

import math

import numpy as np
from numba.extending import register_jitable


@register_jitable
def sinc(x):
    """NumPy's ``sin(pi x) / (pi x)``, 1 at 0. (Numba's returns float64 for float32.)"""
    if x == 0:
        return type(x)(1.0)
    t = type(x)(math.pi) * x
    return np.sin(t) / t
