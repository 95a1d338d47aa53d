"""Products, moments, orders: reductions beyond sum, mean, max and min."""

# What is an array and what a number is decided call by call, which these checks cannot follow.
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false

from __future__ import annotations

import numpy as np

from s2sad.library.axes import (
    along,
    axes_of,
    axis_of,
    common,
    counting,
    dtype_by,
    floating,
    front,
    is_number,
    is_true,
    reduced,
    static,
)  # fmt: skip
from s2sad.library.joining import as_array
from s2sad.library.ordering import argsort
from s2sad.library.registry import given, implements, match, refuse, require


def merged(a, axes):
    """A copy of ``a`` with ``axes`` merged into the first one."""
    moved = np.transpose(a, front(a.ndim, axes))
    count = 1
    for k in axes:
        count = count * a.shape[k]
    return np.reshape(moved.copy(), (count, *moved.shape[len(axes) :]))


def rows_of(a, axes):
    """What a reduction over ``axes`` runs over: a view for one axis."""
    return np.moveaxis(a, axes[0], 0) if len(axes) == 1 else merged(a, axes)


def folded(function, rows, start, shape, dtype):
    """``function(... function(start, rows[0]) ..., rows[-1])``, in ``shape``."""
    if rows.ndim == 1:
        total = np.full(1, start, dtype)[0]
        for k in range(len(rows)):
            total = function(total, rows[k])
        return total if len(shape) == 0 else np.full(shape, total)
    out = np.full(rows.shape[1:], start, dtype)
    for k in range(len(rows)):
        out[...] = function(out, rows[k])
    return np.reshape(out, shape)


def _chosen(a, where, other):
    return a if is_true(where) else np.where(where, a, other)


@implements(np.prod, method="prod")
def prod(a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    """Products; right also where factors are 0."""
    a = as_array(a)
    if is_number(a):
        return np.multiply(a, initial)
    axes = axes_of(axis, a.ndim)
    dtype = dtype_by(np.prod, a) if dtype is None else dtype
    a = _chosen(a.astype(dtype), where, np.ones(1, dtype)[0])
    if len(axes) == 0:
        return a * initial
    return folded(np.multiply, rows_of(a, axes), initial, reduced(a.shape, axes, keepdims), dtype)


@implements(np.nanprod)
def nanprod(a, axis=None, dtype=None, *, keepdims=False):
    """Products of what is no nan."""
    return prod(np.where(np.isnan(a), np.ones_like(a), a), axis, dtype, keepdims=keepdims)


@implements(np.sum, when=given("initial", "where"))
def total(a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    """Sums with a start, or of what ``where`` selects."""
    zero = np.zeros(1, a.dtype)[0]
    summed = np.sum(_chosen(a, where, zero), axis=axis, dtype=dtype, keepdims=keepdims)
    return summed + np.full(1, initial, summed.dtype)[0]


@implements(np.mean, when=given("where"))
def mean(a, axis=None, dtype=None, *, keepdims=False, where=True):
    """Means of what ``where`` selects."""
    dtype = floating(a) if dtype is None else dtype
    zero = np.zeros(1, a.dtype)[0]
    chosen = np.where(where, np.ones(a.shape, np.int64), 0)
    summed = np.sum(np.where(where, a, zero), axis=axis, dtype=dtype, keepdims=keepdims)
    return summed / np.sum(chosen, axis=axis, keepdims=keepdims).astype(dtype)


def _extremum(function, name, a, axis, keepdims, initial, where):
    if initial is None:
        refuse("where without initial", f"{name}(a, where=w, initial=...)")
    axes = axes_of(axis, a.ndim)
    dtype = common(a, initial)
    start = np.full(1, initial, dtype)[0]
    rows = rows_of(_chosen(a, where, start), axes)
    return folded(function, rows, start, reduced(a.shape, axes, keepdims), dtype)


@implements(np.max, when=given("initial", "where"))
def max_from(a, axis=None, *, keepdims=False, initial=None, where=True):
    """The largest of ``initial`` and what ``where`` selects; at a tie the derivative goes to the first."""
    return _extremum(np.maximum, "max", a, axis, keepdims, initial, where)


@implements(np.min, when=given("initial", "where"))
def min_from(a, axis=None, *, keepdims=False, initial=None, where=True):
    """The smallest of ``initial`` and what ``where`` selects; at a tie the derivative goes to the first."""
    return _extremum(np.minimum, "min", a, axis, keepdims, initial, where)


@implements(np.ptp)
def ptp(a, axis=None, *, keepdims=False):
    """Largest less smallest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@implements(np.var, method="var")
def var(a, axis=None, dtype=None, *, ddof=0, keepdims=False, correction=None, where=True):
    """The mean of the squares of the deviations (``ddof`` or ``correction`` less in the count)."""
    a = as_array(a)
    ddof = ddof if correction is None else correction
    dtype = floating(a) if dtype is None else dtype
    a = a.astype(dtype)
    axes = axes_of(axis, a.ndim)
    if is_true(where):
        count = 1
        for k in axes:
            count = count * a.shape[k]
        deviations = a - np.mean(a, axis=axes, keepdims=True)
        return np.sum(deviations * deviations, axis=axes, keepdims=keepdims) / max(count - ddof, 0)
    chosen = np.where(where, np.ones(a.shape, dtype), np.zeros(1, dtype)[0])
    deviations = (a - mean(a, axes, keepdims=True, where=where)) * chosen
    count = np.sum(chosen, axis=axes, keepdims=keepdims)
    return np.sum(deviations * deviations, axis=axes, keepdims=keepdims) / np.maximum(count - ddof, 0)


@implements(np.std, method="std")
def std(a, axis=None, dtype=None, *, ddof=0, keepdims=False, correction=None, where=True):
    """The square root of `var`; its derivative is 0 where all elements are equal."""
    return root(var(a, axis, dtype, ddof=ddof, keepdims=keepdims, correction=correction, where=where))


def root(v):
    """``sqrt`` of sums of squares: derivative 0 at 0, the only symmetric choice there."""
    if is_number(v):
        return np.sqrt(v) if v > 0 else v
    return np.where(v > 0, np.sqrt(v), v)


@implements(np.average)
def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """The mean, weighted."""
    a = as_array(a)
    if weights is None:
        value = np.mean(a, axis=axis, keepdims=keepdims)
        if not returned:
            return value
        return value, np.zeros_like(value) + a.size / max(np.size(value), 1)
    w = as_array(weights)
    if w.ndim != a.ndim:
        if w.ndim != 1 or axis is None:
            refuse("weights of another shape than a", "1-d weights and an axis")
        match(w.shape[0], a.shape[axis_of(axis, a.ndim)], "Length of weights not compatible with specified axis.")
        w = np.broadcast_to(w[along(a.ndim, axis_of(axis, a.ndim))], a.shape)
    elif axis is None:
        for k in counting(a.ndim):
            match(w.shape[k], a.shape[k], "Axis must be specified when shapes of a and weights differ.", TypeError)
    else:
        for k in counting(a.ndim):
            match(w.shape[k], a.shape[k], "Shape of weights must be consistent with shape of a along specified axis.")
    dtype = dtype_by(np.average, a, weights=_one(w))
    scale = np.sum(w, axis=axis, dtype=dtype, keepdims=keepdims)
    value = np.sum(a * w, axis=axis, dtype=dtype, keepdims=keepdims) / scale
    return (value, scale) if returned else value


@static
def _one(w):
    return np.ones((1,) * w.ndim, np.dtype(w.dtype))


@implements(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None, *, dtype=None):
    """The covariance matrix of the rows."""
    x = np.atleast_2d(m).astype(common(m, np.float64(0)) if dtype is None else dtype)
    if not rowvar and np.ndim(m) != 1:
        x = x.T
    if y is not None:
        other = np.atleast_2d(y)
        x = np.concatenate((x, other.T if not rowvar and np.ndim(y) != 1 else other))
    less = ddof if ddof is not None else 0 if bias else 1
    x = x - np.mean(x, axis=1, keepdims=True)
    return np.squeeze(x @ x.T / max(x.shape[1] - less, 0)) if _is_one(x.shape[0]) else x @ x.T / (x.shape[1] - less)


@static
def _is_one(n):
    return isinstance(n, int) and n == 1


@implements(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """Correlation coefficients of the rows, between -1 and 1."""
    c = cov(x, y, rowvar, dtype=dtype)
    if is_number(c):
        return c / c
    n = c.shape[0]
    d = np.empty(n, c.dtype)
    for k in range(n):
        d[k] = np.sqrt(c[k, k])
    return np.clip(c / d[:, None] / d[None, :], -1.0, 1.0)


def _in_order(a, axes):
    """The sorted elements along the merged ``axes``, first."""
    rows = merged(a, axes)
    order = argsort(rows, axis=0)
    out = np.empty(rows.shape, a.dtype)
    if rows.ndim == 1:
        for k in range(len(rows)):
            out[k] = rows[order[k]]
        return out
    flat, places = np.reshape(rows, (rows.shape[0], -1)), np.reshape(order, (rows.shape[0], -1))
    target = np.reshape(out, (rows.shape[0], -1))
    for k in range(flat.shape[0]):
        for j in range(flat.shape[1]):
            target[k, j] = flat[places[k, j], j]
    return out


@implements(np.median)
def median(a, axis=None, *, keepdims=False):
    """The middle one, or the mean of the two; a tie goes to the first in order, a nan is the result."""
    a = as_array(a)
    return _quantiles(a, 0.5, axis, "linear", keepdims, floating(a))


@static
def _method(method):
    if method not in ("linear", "lower", "higher", "midpoint"):
        raise ValueError(f"method={method!r} is not supported")
    return method


def _quantile(rows, q, method):
    """The ``q``-quantile of sorted rows."""
    n = len(rows)
    require(n > 0, "a quantile of no elements")
    place = q * (n - 1)
    low = int(np.floor(place))
    high = min(low + 1, n - 1)
    if method == "lower":
        value = rows[low]
    elif method == "higher":
        value = rows[int(np.ceil(place))]
    else:
        t = (0.5 if place > low else 0.0) if method == "midpoint" else place - low
        value = rows[low] + (rows[high] - rows[low]) * t
    last = rows[n - 1]
    if is_number(last):
        return value if last == last else last
    return np.where(last == last, value, last)


def _quantiles(a, q, axis, method, keepdims, dtype):
    axes = axes_of(axis, a.ndim)
    rows = _in_order(a.astype(dtype), axes)
    shape = reduced(a.shape, axes, keepdims)
    if is_number(q):
        value = _quantile(rows, q, _method(method))
        if is_number(value):
            return np.full(1, value, dtype)[0] if len(shape) == 0 else np.full(shape, value, dtype)
        return np.reshape(value, shape).astype(dtype)
    out = np.empty((len(q), *shape), dtype)
    for k in range(len(q)):
        value = _quantile(rows, q[k], _method(method))
        out[k] = value if is_number(value) else np.reshape(value, shape)
    return out


@static
def _quantile_dtype(a, q):
    weak = getattr(q, "weak", isinstance(q, float | int))
    half = 0.5 if weak else np.full((1,) * getattr(q, "ndim", 0), 0.5, floating(q))
    return np.asarray(np.quantile(np.ones(1, np.dtype(a.dtype)), half)).dtype


@implements(np.quantile)
def quantile(a, q, axis=None, *, method="linear", keepdims=False):
    """Quantiles by linear interpolation of the order."""
    a, q = as_array(a), as_array(q)
    require(np.all(np.logical_and(q >= 0, q <= 1)), "Quantiles must be in the range [0, 1]")
    return _quantiles(a, q, axis, method, keepdims, _quantile_dtype(a, q))


@implements(np.percentile)
def percentile(a, q, axis=None, *, method="linear", keepdims=False):
    """``quantile`` of ``q / 100``."""
    a, q = as_array(a), as_array(q)
    require(np.all(np.logical_and(q >= 0, q <= 100)), "Percentiles must be in the range [0, 100]")
    return _quantiles(a, q / 100, axis, method, keepdims, _quantile_dtype(a, q))
