"""Running sums and products, differences, and their relatives."""

from __future__ import annotations

import numpy as np

from s2sad.library.axes import axis_of, dtype_by
from s2sad.library.registry import implements


def _accumulated(function, a, axis, dtype):
    """``function.accumulate(a, axis)`` in ``dtype``."""
    out = np.empty(a.shape, dtype)
    rows = np.moveaxis(a, axis, 0)
    target = np.moveaxis(out, axis, 0)
    if len(rows) > 0:
        target[0] = rows[0]
    for k in range(1, len(rows)):
        target[k] = function(target[k - 1], rows[k])
    return out


@implements(np.cumsum, method="cumsum")
def cumsum(a, axis=None, dtype=None):
    """Running sums, of all elements or along ``axis``."""
    dtype = dtype_by(np.cumsum, a, dtype=dtype)
    if axis is None:
        return _accumulated(np.add, np.ravel(a), 0, dtype)
    return _accumulated(np.add, a, axis_of(axis, a.ndim), dtype)


@implements(np.cumprod, method="cumprod")
def cumprod(a, axis=None, dtype=None):
    """Running products, of all elements or along ``axis``."""
    dtype = dtype_by(np.cumprod, a, dtype=dtype)
    if axis is None:
        return _accumulated(np.multiply, np.ravel(a), 0, dtype)
    return _accumulated(np.multiply, a, axis_of(axis, a.ndim), dtype)
