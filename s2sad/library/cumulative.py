"""Running sums and products, differences, and their relatives."""

from __future__ import annotations

import numpy as np

from s2sad.library.axes import along, at, axes_of, axis_of, counting, dtype_by, floating, is_number, replaced, static
from s2sad.library.registry import implements, require


def accumulated(function, a, axis, dtype):
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
        return accumulated(np.add, a.flatten(), 0, dtype)
    return accumulated(np.add, a, axis_of(axis, a.ndim), dtype)


@implements(np.cumprod, method="cumprod")
def cumprod(a, axis=None, dtype=None):
    """Running products, of all elements or along ``axis``."""
    dtype = dtype_by(np.cumprod, a, dtype=dtype)
    if axis is None:
        return accumulated(np.multiply, a.flatten(), 0, dtype)
    return accumulated(np.multiply, a, axis_of(axis, a.ndim), dtype)


@implements(np.nancumsum)
def nancumsum(a, axis=None, dtype=None):
    """``cumsum`` with nans as zeros."""
    return cumsum(np.where(np.isnan(a), np.zeros_like(a), a), axis, dtype)


@static
def is_bool(a):
    """Whether ``a`` has the dtype bool."""
    return np.dtype(a.dtype) == np.bool_


def _slab(a, value, axis):
    """``value`` as an array that can be put before or after ``a`` along ``axis``."""
    if is_number(value):
        return np.full(replaced(a.shape, axis, 1), value)
    return value


@implements(np.diff)
def diff(a, n=1, axis=-1, prepend=None, append=None):
    """Differences of neighbours along ``axis``, ``n`` times."""
    if n == 0:
        return a
    axis = axis_of(axis, a.ndim)
    if prepend is not None:
        a = np.concatenate((_slab(a, prepend, axis), a), axis)
    if append is not None:
        a = np.concatenate((a, _slab(a, append, axis)), axis)
    for _ in counting(n):
        later, earlier = a[at(a.ndim, axis, slice(1, None))], a[at(a.ndim, axis, slice(None, -1))]
        a = np.not_equal(later, earlier) if is_bool(a) else later - earlier
    return a


@implements(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    """Differences of neighbours of all elements, with values put before and behind."""
    x = ary.flatten()
    result = x[1:] - x[:-1]
    if to_begin is not None:
        result = np.concatenate((_slab(x, to_begin, 0).flatten().astype(x.dtype), result))
    if to_end is not None:
        result = np.concatenate((result, _slab(x, to_end, 0).flatten().astype(x.dtype)))
    return result


def _gradient_uniform(rows, out, h, edge_order):
    out[1:-1] = (rows[2:] - rows[:-2]) / (2.0 * h)
    if edge_order == 1:
        out[0] = (rows[1] - rows[0]) / h
        out[-1] = (rows[-1] - rows[-2]) / h
    else:
        out[0] = (-1.5 * rows[0] + 2.0 * rows[1] - 0.5 * rows[2]) / h
        out[-1] = (1.5 * rows[-1] - 2.0 * rows[-2] + 0.5 * rows[-3]) / h


def _gradient_at(rows, out, x, edge_order):
    """Second order at uneven points ``x`` (Fornberg 1988, as NumPy's)."""
    require(len(x) == len(rows), "when 1d, distances must match the length of the corresponding dimension")
    d = x[1:] - x[:-1]
    s, t = d[:-1][along(rows.ndim, 0)], d[1:][along(rows.ndim, 0)]
    out[1:-1] = -t / (s * (s + t)) * rows[:-2] + (t - s) / (s * t) * rows[1:-1] + s / (t * (s + t)) * rows[2:]
    if edge_order == 1:
        out[0] = (rows[1] - rows[0]) / d[0]
        out[-1] = (rows[-1] - rows[-2]) / d[-1]
    else:
        s, t = d[0], d[1]
        out[0] = -(2.0 * s + t) / (s * (s + t)) * rows[0] + (s + t) / (s * t) * rows[1] - s / (t * (s + t)) * rows[2]
        s, t = d[-2], d[-1]
        out[-1] = t / (s * (s + t)) * rows[-3] - (t + s) / (s * t) * rows[-2] + (2.0 * t + s) / (t * (s + t)) * rows[-1]


def _gradient(f, h, axis, edge_order):
    out = np.empty(f.shape, floating(f))
    rows, target = np.moveaxis(f, axis, 0), np.moveaxis(out, axis, 0)
    require(len(rows) > edge_order, "gradient: at least (edge_order + 1) elements are required")
    if is_number(h):
        _gradient_uniform(rows, target, h, edge_order)
    else:
        _gradient_at(rows, target, h, edge_order)
    return out


@static
def _check_gradient(edge_order, given, axes):
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if given not in (0, 1, axes):
        raise TypeError("invalid number of arguments")


@implements(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    """Central differences, one-sided at the ends; ``varargs`` are spacings or coordinates, one or one per axis."""
    axes = axes_of(axis, f.ndim) if axis is None or is_number(axis) else tuple(axis_of(a, f.ndim) for a in axis)
    _check_gradient(edge_order, len(varargs), len(axes))
    spacings = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    parts = tuple(_gradient(f, spacings[k], axes[k], edge_order) for k in counting(len(axes)))
    return parts[0] if len(parts) == 1 else parts


@implements(*(getattr(np, name) for name in ("trapezoid", "trapz") if hasattr(np, name)))
def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The trapezoidal rule along ``axis``."""
    axis = axis_of(axis, y.ndim)
    both = y[at(y.ndim, axis, slice(1, None))] + y[at(y.ndim, axis, slice(None, -1))]
    if x is None:
        return np.sum(dx * both / 2.0, axis=axis)
    step = diff(x)[along(y.ndim, axis)] if x.ndim == 1 else diff(x, axis=axis)
    return np.sum(step * both / 2.0, axis=axis)


@implements(np.unwrap)
def unwrap(p, discont=None, axis=-1, *, period=6.283185307179586):
    """Jumps of more than ``discont`` (half a period) taken out; the derivative is 1."""
    axis = axis_of(axis, p.ndim)
    half = period / 2
    limit = half if discont is None else discont
    steps = diff(p, axis=axis)
    wrapped = np.mod(steps + half, period) - half
    wrapped = np.where(np.logical_and(wrapped == -half, steps > 0), half, wrapped)
    correction = np.where(np.abs(steps) < limit, 0.0, wrapped - steps)
    out = np.empty(p.shape, floating(p))
    out[...] = p
    out[at(p.ndim, axis, slice(1, None))] += cumsum(correction, axis)
    return out
