"""Norms and condition numbers; where a norm vanishes its derivative is taken as zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.library import triangles as m
from s2sad.library.axes import axes_of
from s2sad.library.linalg import inv, svdvals
from s2sad.library.registry import implements, refuse, static
from s2sad.rules.custom import custom_vjp


@custom_vjp
def root(s: Any) -> Any:
    """The square root, with derivative 0 at 0."""
    return np.sqrt(s)


@root.defvjp
def _root_vjp(y: Any, s: Any, *, y_bar: Any) -> Any:
    return np.where(y > 0.0, y_bar * (0.5 / np.where(y > 0.0, y, 1.0)), 0.0)


@root.defjvp
def _root_jvp(y: Any, s: Any, *, s_dot: Any) -> Any:
    return np.where(y > 0.0, s_dot * (0.5 / np.where(y > 0.0, y, 1.0)), 0.0)


@static
def _kind(order: Any) -> str:
    """What ``ord`` means."""
    if order is None or isinstance(order, str):
        return order or ""
    if not isinstance(order, int | float | np.number):
        raise TypeError("ord must be a constant")
    if order in (np.inf, -np.inf):
        return "inf" if order > 0 else "-inf"
    return str(int(order)) if order in (0, 1, 2, -1, -2) else "p"


def _vector_norm(x: Any, order: Any, axes: Any, keepdims: Any) -> Any:
    kind = _kind(order)
    if kind in ("", "2"):
        return root(np.sum(x * x, axis=axes, keepdims=keepdims))
    if kind == "1":
        return np.sum(np.abs(x), axis=axes, keepdims=keepdims)
    if kind == "inf":
        return np.max(np.abs(x), axis=axes, keepdims=keepdims)
    if kind == "-inf":
        return np.min(np.abs(x), axis=axes, keepdims=keepdims)
    if kind == "0":
        return np.sum((x != 0.0).astype(x.dtype), axis=axes, keepdims=keepdims)
    if kind not in ("p", "-1", "-2"):
        refuse("Invalid norm order for vectors", "a number")
    if order < 0.0:
        return np.sum(np.abs(x) ** order, axis=axes, keepdims=keepdims) ** (1.0 / order)
    # where an element, or all, are 0, so are their derivatives: the powers there are those of 1
    size = np.abs(x)
    some = size > 0.0
    total = np.sum(np.where(some, np.where(some, size, 1.0) ** order, 0.0), axis=axes, keepdims=keepdims)
    return np.where(total > 0.0, np.where(total > 0.0, total, 1.0) ** (1.0 / order), 0.0)


def _matrix_norm(x: Any, order: Any, axes: Any, keepdims: Any) -> Any:
    kind = _kind(order)
    rows, columns = axes
    if kind in ("", "fro"):
        return root(np.sum(x * x, axis=axes, keepdims=keepdims))
    if kind in ("1", "-1", "inf", "-inf"):
        sums, rest = (rows, columns) if kind in ("1", "-1") else (columns, rows)
        totals = np.sum(np.abs(x), axis=sums, keepdims=True)
        extreme = (
            np.max(totals, axis=rest, keepdims=True) if kind in ("1", "inf") else np.min(totals, rest, keepdims=True)
        )
        return extreme if keepdims else np.squeeze(extreme, (rows, columns))
    if kind not in ("2", "-2", "nuc"):
        refuse("Invalid norm order for matrices", "fro, nuc, 1, 2 or inf")
    s = svdvals(np.moveaxis(x, (rows, columns), (-2, -1)))
    if kind == "nuc":
        value = np.sum(s, axis=-1, keepdims=keepdims)
    elif kind == "2":
        value = np.max(s, axis=-1, keepdims=keepdims)
    else:
        value = np.min(s, axis=-1, keepdims=keepdims)
    if keepdims:
        return np.moveaxis(np.expand_dims(value, -1), (-2, -1), (rows, columns))
    return value


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """Norms of vectors and matrices; 0 where it vanishes, as is its derivative there."""
    x = m.floats(x)
    if axis is None and (ord is None or x.ndim == 1):
        if ord is None:
            return root(np.sum(x * x, keepdims=keepdims))
        return _vector_norm(x, ord, (0,), keepdims)
    axes = axes_of(axis, x.ndim) if axis is None else _axes(axis, x.ndim)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes, keepdims)
    if len(axes) != 2:
        refuse("Improper number of dimensions to norm", "axis=k, or axis=(i, j)")
    return _matrix_norm(x, ord, axes, keepdims)


@static
def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes, in the order given."""
    return tuple(axes_of(a, ndim)[0] for a in (axis if isinstance(axis, tuple | list) else (axis,)))


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """Condition numbers."""
    a = m.stack_of(x)
    kind = _kind(p)
    if kind in ("", "2", "-2"):
        s = svdvals(a)
        return s[..., -1] / s[..., 0] if kind == "-2" else s[..., 0] / s[..., -1]
    return norm(a, p, (-2, -1)) * norm(inv(a), p, (-2, -1))
