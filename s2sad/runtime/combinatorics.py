"""Divisors, roots and counts of ints: Python's unbounded results where int64 holds them, OverflowError elsewhere."""

from __future__ import annotations

import math

import numpy as np
from numba.extending import overload, register_jitable

from s2sad.runtime.integers import checked_mul

_LOW, _HIGH = -(2**63), 2**63


def _held(value: int):
    if not _LOW <= value < _HIGH:
        raise OverflowError("a Python int does not fit 64 bits")
    return value


@register_jitable
def gcd(a, b):
    """The greatest common divisor, not negative; ``gcd(0, 0) == 0``. (Of -2**63 with itself or 0 it is that.)"""
    while b != 0:
        a, b = b, (a % b if b != -1 else b - b)
    return type(a)(-a) if a < 0 else a


@register_jitable
def lcm(a, b):
    """The least common multiple, not negative, as NumPy's: it wraps around."""
    if a == 0 or b == 0:
        return a - a
    shared = gcd(a, b)
    rest = a // shared
    return type(a)((type(a)(-rest) if (rest < 0) != (shared < 0) else rest) * (type(a)(-b) if b < 0 else b))


def int_lcm(a, b):
    """The least common multiple of Python ints."""
    return _held(math.lcm(int(a), int(b)))


@overload(int_lcm)
def _int_lcm(a, b):
    def int_lcm(a, b):
        if a == 0 or b == 0:
            return np.int64(0)
        value = checked_mul(a // gcd(a, b), b)
        return checked_mul(value, np.int64(-1)) if value < 0 else value

    return int_lcm


def isqrt(n):
    """The root of ``n``, rounded down; ValueError for a negative one."""
    return math.isqrt(int(n))


@overload(isqrt)
def _isqrt(n):
    def isqrt(n):
        if n < 0:
            raise ValueError("isqrt() argument must be nonnegative")
        root = np.int64(math.sqrt(np.float64(n)))
        if root > 3037000499:  # the root of 2**63 - 1
            root = np.int64(3037000499)
        while root * root > n:
            root -= 1
        while root < 3037000499 and (root + 1) * (root + 1) <= n:
            root += 1
        return root

    return isqrt


def factorial(n):
    """``n!``; ValueError for a negative ``n``."""
    if n > 20:
        raise OverflowError("a Python int does not fit 64 bits")
    return math.factorial(int(n))


@overload(factorial)
def _factorial(n):
    def factorial(n):
        if n < 0:
            raise ValueError("factorial() not defined for negative values")
        value = np.int64(1)
        for k in range(2, min(n, np.int64(21)) + 1):
            value = checked_mul(value, np.int64(k))
        return value

    return factorial


def perm(n, k):
    """The number of ordered choices of ``k`` among ``n``; ValueError for negative arguments."""
    if k <= n and k > 63 and n > 0:
        raise OverflowError("a Python int does not fit 64 bits")
    return _held(math.perm(int(n), int(k)))


@overload(perm)
def _perm(n, k):
    def perm(n, k):
        if n < 0:
            raise ValueError("n must be a non-negative integer")
        if k < 0:
            raise ValueError("k must be a non-negative integer")
        value = np.int64(1)
        if k > n:
            return np.int64(0)
        for j in range(k):
            value = checked_mul(value, n - np.int64(j))
        return value

    return perm


def comb(n, k):
    """The number of choices of ``k`` among ``n``; ValueError for negative arguments."""
    if 63 < k < n - 63:
        raise OverflowError("a Python int does not fit 64 bits")
    return _held(math.comb(int(n), int(k)))


@overload(comb)
def _comb(n, k):
    def comb(n, k):
        if n < 0:
            raise ValueError("n must be a non-negative integer")
        if k < 0:
            raise ValueError("k must be a non-negative integer")
        if k > n:
            return np.int64(0)
        value = np.int64(1)
        few = min(k, n - k)
        for j in range(1, few + 1):
            # value * factor / j is whole; what value and j share goes first, so that only the result can overflow
            shared = gcd(value, np.int64(j))
            value = checked_mul(value // shared, (n - few + np.int64(j)) // (np.int64(j) // shared))
        return value

    return comb
