"""Orders and places, as ints: a stable sort of indices, and binary search; a nan is behind every number."""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload, register_jitable


def argsort(x):
    """The indices that sort the 1-d array ``x``; equal elements keep their order (NumPy's ``kind="stable"``)."""
    return np.argsort(x, kind="stable")


def searchsorted_left(a, v):
    """For each element of the 1-d array ``v``, how many of the sorted 1-d array ``a`` are before it."""
    return np.searchsorted(a, v, side="left")


def searchsorted_right(a, v):
    """For each element of the 1-d array ``v``, how many of the sorted 1-d array ``a`` are not after it."""
    return np.searchsorted(a, v, side="right")


@register_jitable
def _before(a, b):
    return a < b or (b != b and a == a)


@register_jitable
def _merge(x, order, spare, start, middle, stop):
    """Merge the sorted runs ``order[start:middle]`` and ``order[middle:stop]``."""
    for k in range(start, stop):
        spare[k] = order[k]
    i, j = start, middle
    for k in range(start, stop):
        if i < middle and (j >= stop or not _before(x[spare[j]], x[spare[i]])):
            order[k] = spare[i]
            i += 1
        else:
            order[k] = spare[j]
            j += 1


@overload(argsort)
def _argsort(x):
    def merge_sort(x):
        n = x.size
        order, spare = np.arange(n), np.empty(n, np.int64)
        width = 1
        while width < n:
            for start in range(0, n - width, 2 * width):
                _merge(x, order, spare, start, start + width, min(start + 2 * width, n))
            width *= 2
        return order

    return merge_sort if isinstance(x, types.Array) else None


@register_jitable
def _place(a, value, right):
    low, high = 0, a.size
    while low < high:
        middle = (low + high) // 2
        inside = not _before(value, a[middle]) if right else _before(a[middle], value)
        if inside:
            low = middle + 1
        else:
            high = middle
    return low


@register_jitable
def _places(a, v, right):
    out = np.empty(v.size, np.int64)
    for k in range(v.size):
        out[k] = _place(a, v[k], right)
    return out


@overload(searchsorted_left)
def _searchsorted_left(a, v):
    return lambda a, v: _places(a, v, False)


@overload(searchsorted_right)
def _searchsorted_right(a, v):
    return lambda a, v: _places(a, v, True)
