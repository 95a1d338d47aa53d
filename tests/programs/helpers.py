"""Functions that programs of other files call: callees keep the globals of this file, not those of their callers."""

import numpy as np

SCALE = 0.25
WEIGHTS = np.array([0.5, -1.5, 2.5])


def scaled(x):
    """Reads this module's SCALE; the module that calls it has another one."""
    return SCALE * x * x


def weighted(x, k=1, power=2):
    """A default and a keyword argument, and a captured array."""
    return WEIGHTS[k] * x**power


def smooth(a, factor):
    """Writes its argument, returns nothing."""
    for i in range(1, len(a)):
        a[i] = a[i] + factor * a[i - 1]


def moments(x):
    """Two results, one of them through another function."""
    m = np.mean(x)
    return m, np.mean(scaled(x - m))


def dense(x, w, b):
    """One layer of a network."""
    return np.tanh(x @ w + b)
