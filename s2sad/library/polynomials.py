"""Polynomials by their coefficients, the highest power first."""

# What is an array and what a number is decided call by call, which these checks cannot follow.
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false

from __future__ import annotations

import numpy as np

from s2sad.library.axes import common, is_number, static
from s2sad.library.joining import as_array
from s2sad.library.registry import implements, refuse, require


@implements(np.polyval)
def polyval(p, x):
    """The polynomial with coefficients ``p``, the highest power first, by Horner's rule."""
    p, x = as_array(p), as_array(x)
    dtype = common(p, x)
    if is_number(x):
        y = np.zeros(1, dtype)[0]
        for k in range(len(p)):
            y = y * x + p[k]
        return y
    out = np.zeros(x.shape, dtype)
    for k in range(len(p)):
        out[...] = out * x + p[k]
    return out


def _sum(a, b, sign):
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    out = np.zeros(max(len(a), len(b)), common(a, b))
    out[len(out) - len(a) :] = a
    out[len(out) - len(b) :] += sign * b
    return out


@implements(np.polyadd)
def polyadd(a1, a2):
    """Sums."""
    return _sum(a1, a2, 1)


@implements(np.polysub)
def polysub(a1, a2):
    """Differences."""
    return _sum(a1, a2, -1)


@implements(np.polymul)
def polymul(a1, a2):
    """Products. NumPy drops leading zeros, and with them decides on the shape by values: an error here."""
    p, q = np.atleast_1d(a1), np.atleast_1d(a2)
    for factor in (p, q):
        require(len(factor) < 2 or factor[0] != 0, "polymul drops leading zeros; np.convolve keeps them")
    return np.convolve(p, q)


@static
def _order(m):
    if not isinstance(m, int) or m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    return m


@implements(np.polyder)
def polyder(p, m=1):
    """Derivatives."""
    p = np.atleast_1d(p)
    for _ in range(_order(m)):
        n = max(len(p) - 1, 0)
        p = p[:n] * np.arange(n, 0, -1)
    return p


@implements(np.polyint)
def polyint(p, m=1, k=None):
    """The integral that is 0, or ``k``, at 0."""
    if m != 1:
        refuse("polyint more than once", "np.polyint(np.polyint(p))")
    p = np.atleast_1d(p)
    n = len(p)
    out = np.zeros(n + 1)
    out[:n] = p / np.arange(n, 0, -1)
    if k is not None:
        if not is_number(k):
            refuse("several constants of integration", "a number")
        out[n] = k
    return out
