"""Programs that are Numba dispatchers: Numba's semantics are theirs."""

import math

import numpy as np
from numba import njit

from tests.programs.registry import normal, program


@njit
def square_plus(x, c):
    return x * x + c


@program(lambda rng: (0.3, 1.7, 6), primal="bitwise", tags="spread")
@njit
def jitted_scalar_loop(x, r, n):
    for i in range(n):
        x = square_plus(x * r, 0.1) / (1.0 + x * x)
    return x


@program(lambda rng: (normal(rng, 6),), written=("a",), tags="spread")
@njit
def jitted_in_place(a):
    s = 0.0
    for i in range(1, a.size):
        a[i] = math.sin(a[i]) * a[i - 1]
        s += a[i] * a[i]
    return s


@program(lambda rng: (normal(rng, 4).astype(np.float32),), fd=False, float32=False)
@njit
def jitted_float32_sum(x):
    s = 0.0
    for i in range(x.size):
        s += x[i] * x[i] * 2.0
    return s


@program(lambda rng: (1.3,), primal="bitwise")
@njit(error_model="numpy")
def jitted_numpy_error_model(x):
    return x / (x - 0.3) + 1.0 / x
