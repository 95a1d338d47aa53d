"""Functions that several test files differentiate; at module level, so that they can be pickled and found again."""

from typing import NamedTuple

import numpy as np
from numba import njit

FACTOR = 2.0
TABLE = np.array([1.0, 2.0, 3.0])


class Layer(NamedTuple):
    w: np.ndarray
    b: float


def logistic(x, n, r):
    """The logistic map, n times."""
    for _ in range(n):
        x = r * x * (1 - x)
    return x


def squares(x):
    return np.sum(x * x)


def norm_and_size(x):
    return np.sum(x * x), len(x)


def scaled(x):
    return FACTOR * x * x


def looked_up(x):
    return x * x * TABLE[1]


def helper(x):
    return x * x


def calls_helper(x):
    return 3.0 * helper(x)


def affine(layer, x):
    return np.sum(layer.w * x) + layer.b


def pair(p):
    return p[0] * p[0] * p[1]


def two(x, y):
    return x * y, x + y


def doubled(x, n):
    return 2.0 * x, n + 1


def with_defaults(x, scale=2.0, *, power=2):
    s = 1.0
    for _ in range(power):
        s = s * x
    return scale * s


def fill(x, y):
    """Writes x, returns nothing."""
    for i in range(len(x)):
        x[i] = x[i] * y[i]


def running(x):
    """Writes its argument and returns a number."""
    for i in range(1, len(x)):
        x[i] = x[i] * x[i - 1]
    return x[-1]


def at(x, k):
    return x[k] * x[k]


def added(x, y):
    return np.sum((x + y) * (x + y))


@njit
def jitted(x, y):
    return x * x * y
