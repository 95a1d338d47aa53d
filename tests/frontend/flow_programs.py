"""Functions that raise and print (pytest rewrites the asserts of test files, but not of this one)."""

import numpy as np


def guarded(x, n):
    if n < 0:
        raise ValueError("negative")
    for k in range(n):
        if k == 4:
            raise KeyError("four")
        assert k != 3 or x > 0.0, "three"
        x = x * 1.1
    else:
        if n == 1:
            raise RuntimeError
    return x


def bare(x, n):
    assert n > 0
    if n > 2:
        x = x + 1.0
        raise RuntimeError("later")
    return x


def order(x, n):
    print("first")
    if n > 1:
        raise IndexError("mine")
    y = np.ones(2) * x
    print(y)
    return y[0] / n


def unassigned(x, n):
    while n > 0:
        n -= 1
        x = x * 2.0
    return x


def told(x):
    limit = 3
    if x > limit:
        raise ValueError(f"{x} is above {limit}")
    return x


def asserted(x):
    assert x > 0, "at " + str(x)
    return x
