"""Choices and tests: any, all, nans left out, closeness, select, interpolation from a table."""

# What is an array and what a number is decided call by call, which these checks cannot follow.
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false

from __future__ import annotations

import numpy as np

from s2sad.library.axes import axes_of, common, counting, is_float, is_number, reduced, static
from s2sad.library.joining import as_array
from s2sad.library.registry import implements, match, places, refuse, require
from s2sad.library.statistics import folded, mean, rows_of, std, var


@implements(np.any, method="any")
def any_(a, axis=None, *, keepdims=False):
    """Whether an element is not 0."""
    if is_number(a):
        return np.not_equal(a, 0)
    return np.sum(a != 0, axis=axis, keepdims=keepdims) > 0


@implements(np.all, method="all")
def all_(a, axis=None, *, keepdims=False):
    """Whether no element is 0."""
    if is_number(a):
        return np.not_equal(a, 0)
    return np.sum(a == 0, axis=axis, keepdims=keepdims) == 0


@implements(np.nansum)
def nansum(a, axis=None, dtype=None, *, keepdims=False):
    """The sum of what is no nan."""
    if not is_float(a):
        return np.sum(a, axis=axis, dtype=dtype, keepdims=keepdims)
    return np.sum(np.where(np.isnan(a), np.zeros_like(a), a), axis=axis, dtype=dtype, keepdims=keepdims)


@implements(np.nanmean)
def nanmean(a, axis=None, dtype=None, *, keepdims=False):
    """The mean of what is no nan."""
    if not is_float(a):
        return np.mean(a, axis=axis, dtype=dtype, keepdims=keepdims)
    return mean(a, axis, dtype, keepdims=keepdims, where=np.logical_not(np.isnan(a)))


@implements(np.nanvar)
def nanvar(a, axis=None, dtype=None, *, ddof=0, keepdims=False):
    """`var` of what is no nan."""
    number = np.logical_not(np.isnan(a))
    return var(np.where(number, a, np.zeros_like(a)), axis, dtype, ddof=ddof, keepdims=keepdims, where=number)


@implements(np.nanstd)
def nanstd(a, axis=None, dtype=None, *, ddof=0, keepdims=False):
    """`std` of what is no nan."""
    number = np.logical_not(np.isnan(a))
    return std(np.where(number, a, np.zeros_like(a)), axis, dtype, ddof=ddof, keepdims=keepdims, where=number)


@static
def _no_identity(name):
    return f"zero-size array to reduction operation {name} which has no identity"


def _nan_extremum(function, name, a, axis, keepdims):
    axes = axes_of(axis, a.ndim)
    rows = rows_of(a, axes)
    require(len(rows) > 0, _no_identity(name))
    return folded(function, rows, np.nan, reduced(a.shape, axes, keepdims), a.dtype)


@implements(np.nanmax)
def nanmax(a, axis=None, *, keepdims=False):
    """The largest number; nan if there is none."""
    if not is_float(a):
        return np.max(a, axis=axis, keepdims=keepdims)
    return _nan_extremum(np.fmax, "fmax", a, axis, keepdims)


@implements(np.nanmin)
def nanmin(a, axis=None, *, keepdims=False):
    """The smallest number; nan if there is none."""
    if not is_float(a):
        return np.min(a, axis=axis, keepdims=keepdims)
    return _nan_extremum(np.fmin, "fmin", a, axis, keepdims)


@implements(np.isclose)
def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """``|a - b| <= atol + rtol * |b|``, equal infinities, and nans if asked for."""
    a, b = as_array(a), as_array(b)
    near = np.logical_and(np.abs(a - b) <= atol + rtol * np.abs(b), np.isfinite(b))
    near = np.logical_or(near, np.equal(a, b))
    if equal_nan:
        near = np.logical_or(near, np.logical_and(np.isnan(a), np.isnan(b)))
    return near


@implements(np.allclose)
def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all are close."""
    return bool(all_(isclose(a, b, rtol, atol, equal_nan)))


@implements(np.array_equal)
def array_equal(a1, a2, equal_nan=False):
    """Whether shapes and elements are equal."""
    a, b = as_array(a1), as_array(a2)
    if np.ndim(a) != np.ndim(b):
        return False
    alike = True
    for k in counting(np.ndim(a)):
        alike = alike and a.shape[k] == b.shape[k]
    if not alike:
        return False
    if equal_nan:
        return bool(all_(np.logical_or(a == b, np.logical_and(np.isnan(a), np.isnan(b)))))
    return bool(all_(np.equal(a, b)))


@static
def _largest(x):
    return float(np.finfo(np.dtype(x.dtype)).max)


@implements(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    """Numbers for what is none; the derivative of those is 0."""
    if not copy:
        refuse("copy=False", "x[...] = np.nan_to_num(x)")
    if not is_float(x):
        return np.copy(x)
    top = _largest(x) if posinf is None else posinf
    bottom = -_largest(x) if neginf is None else neginf
    if is_number(x):
        return np.array((x,), x.dtype)[0] if x - x == 0 else _number(x, nan, top, bottom)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == np.inf, top, x)
    return np.where(x == -np.inf, bottom, x)


def _number(x, nan, top, bottom):
    return np.array((nan if x != x else top if x > 0 else bottom,), x.dtype)[0]


@implements(np.select)
def select(condlist, choicelist, default=0):
    """For each element the first choice whose condition holds."""
    if len(condlist) != len(choicelist) or len(condlist) == 0:
        refuse("list of cases must be same length as list of conditions")
    dtype = common(*choicelist, default)
    result = default
    for k in counting(len(condlist))[::-1]:
        result = np.where(condlist[k], choicelist[k], result)
    return result.astype(dtype)


@implements(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    """Linear interpolation in the table ``fp`` at the increasing ``xp``; at a point of the table, to its right."""
    if period is not None:
        refuse("the argument period of interp", "np.interp(x % period, xp, fp)")
    xp, fp = as_array(xp), as_array(fp)
    match(xp.shape[0], fp.shape[0], "fp and xp are not of the same length.")
    n = len(xp)
    require(n > 0, "array of sample points is empty")
    v = (np.array((x,)) if is_number(x) else x.flatten()).astype(np.float64)
    xp, fp = xp.astype(np.float64), fp.astype(np.float64)
    below, above = fp[0] if left is None else left, fp[n - 1] if right is None else right
    place = places(xp, v, True)
    out = np.empty(len(v))
    for k in range(len(v)):
        if v[k] < xp[0]:
            out[k] = below
        elif v[k] > xp[n - 1]:
            out[k] = above
        else:
            i = min(max(place[k] - 1, 0), max(n - 2, 0))
            j = min(i + 1, n - 1)
            if j > i:
                out[k] = (fp[j] - fp[i]) / (xp[j] - xp[i]) * (v[k] - xp[i]) + fp[i]
            else:
                out[k] = fp[i] + 0.0 * v[k]
    return out[0] if is_number(x) else np.reshape(out, x.shape)
