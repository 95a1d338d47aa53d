"""Sorting and searching: ints decide, and the values are gathered by them."""

from __future__ import annotations

import numpy as np

from s2sad.library.axes import axis_of, common, is_number, static
from s2sad.library.registry import argsorted, implements, places, refuse, require


def _rows(a, axis):
    """A copy of ``a`` with ``axis`` as its rows: 2-d, C-contiguous."""
    moved = np.moveaxis(a, axis, -1)
    count = 1
    for extent in moved.shape[:-1]:
        count *= extent
    return np.reshape(moved.copy(), (count, a.shape[axis]))


def _from_rows(rows, a, axis):
    """The array that `_rows` made ``rows`` of."""
    if a.ndim == 1:
        return rows[0]
    moved = np.moveaxis(a, axis, -1)
    result = np.moveaxis(np.reshape(rows, moved.shape), -1, axis)
    return result if axis == a.ndim - 1 else result.copy()


@static
def _check_kind(kind):
    if kind not in (None, "quicksort", "heapsort", "mergesort", "stable"):
        raise ValueError(f"sort kind must be one of 'quick', 'heap', or 'stable' (got {kind!r})")


@implements(np.argsort, method="argsort")
def argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    """The order of the elements; equal ones keep their order (as NumPy's ``kind="stable"``), nans are last."""
    _check_kind(kind)
    if order is not None:
        refuse("the argument order of argsort", "argsort(a, axis)")
    if axis is None:
        return argsorted(a.flatten())
    if a.ndim == 1:
        axis_of(axis, 1)
        return argsorted(a)
    rows = _rows(a, axis_of(axis, a.ndim))
    result = np.empty(rows.shape, np.int64)
    for r in range(len(rows)):
        result[r] = argsorted(rows[r])
    return _from_rows(result, a, axis_of(axis, a.ndim))


def _sorted(a):
    """The sorted elements of a 1-d array."""
    order = argsorted(a)
    out = np.empty(a.shape, a.dtype)
    for k in range(len(a)):
        out[k] = a[order[k]]
    return out


@implements(np.sort)
def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    """Sorted along ``axis``: a gather, so the derivative of each place goes to the element that it shows."""
    _check_kind(kind)
    if order is not None:
        refuse("the argument order of sort", "sort(a, axis)")
    if axis is None:
        return _sorted(a.flatten())
    if a.ndim == 1:
        axis_of(axis, 1)
        return _sorted(a)
    rows = _rows(a, axis_of(axis, a.ndim))
    result = np.empty(rows.shape, a.dtype)
    for r in range(len(rows)):
        result[r] = _sorted(rows[r])
    return _from_rows(result, a, axis_of(axis, a.ndim))


@implements(np.ndarray.sort, method="sort")
def sort_in_place(a, axis=-1, kind=None, order=None, *, stable=None):
    """The method: sorted in its own memory."""
    a[...] = sort(a, axis, kind, order)


@static
def _is_right(side):
    if side not in ("left", "right"):
        raise ValueError(f"search side must be one of 'left' or 'right' (got {side!r})")
    return side == "right"


@implements(np.searchsorted, method="searchsorted")
def searchsorted(a, v, side="left", sorter=None):
    """Where each element of ``v`` belongs in the sorted 1-d array ``a``: ints, without a derivative."""
    if sorter is not None:
        refuse("the argument sorter of searchsorted", "np.sort(a)")
    dtype = common(a, v)
    if is_number(v):
        return places(a.astype(dtype), np.array((v,), dtype), _is_right(side))[0]
    found = places(a.astype(dtype), v.astype(dtype).flatten(), _is_right(side))
    return np.reshape(found, v.shape)


@implements(np.digitize)
def digitize(x, bins, right=False):
    """The bin of each element of ``x``: ints, without a derivative. The bins increase."""
    for k in range(1, len(bins)):
        require(bins[k - 1] <= bins[k], "digitize: the bins must increase")
    return searchsorted(bins, x, "left" if right else "right")
