"""What is known while lowering: axes, permutations, index tuples, dtypes by NumPy's own word."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from s2sad.library.registry import static

_PYTHON: dict[str, Any] = {"bool": True, "int64": 1, "float64": 1.0}


@static
def axis_of(axis: Any, ndim: int) -> int:
    """``axis`` from 0 up; NumPy's AxisError outside."""
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


@static
def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The sorted axes that ``axis`` (an int, a tuple, or None for all) names."""
    if axis is None:
        return tuple(range(ndim))
    axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    axes = tuple(axis_of(a, ndim) for a in axes)
    if len(set(axes)) < len(axes):
        raise ValueError("duplicate value in 'axis'")
    return tuple(sorted(axes))


@static
def moved(ndim: int, source: Any, destination: Any) -> tuple[int, ...]:
    """The permutation of ``np.moveaxis``."""
    sources = source if isinstance(source, tuple | list) else (source,)
    targets = destination if isinstance(destination, tuple | list) else (destination,)
    sources = [axis_of(a, ndim) for a in sources]
    targets = [axis_of(a, ndim) for a in targets]
    if len(sources) != len(targets):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    if len(set(sources)) < len(sources) or len(set(targets)) < len(targets):
        raise ValueError("repeated axis")
    order = [k for k in range(ndim) if k not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return tuple(order)


@static
def at(ndim: int, axis: int, item: Any) -> tuple[Any, ...]:
    """The index that has ``item`` on ``axis`` and takes everything else whole."""
    whole: list[Any] = [slice(None)] * ndim
    whole[axis] = item
    return tuple(whole)


@static
def replaced(values: tuple[Any, ...], k: int, value: Any) -> tuple[Any, ...]:
    """``values`` with ``value`` at ``k``."""
    return (*values[:k], value, *values[k + 1 :])


@static
def counting(n: int) -> tuple[int, ...]:
    """``(0, 1, ..., n - 1)``: a loop over it is unrolled."""
    return tuple(range(n))


@static
def is_number(x: Any) -> bool:
    """Whether ``x`` is a scalar or a 0-d array."""
    if isinstance(x, bool | int | float | np.generic):
        return True
    return hasattr(x, "dtype") and not isinstance(x, np.dtype) and getattr(x, "ndim", 0) == 0


@static
def is_sequence(x: Any) -> bool:
    """Whether ``x`` is a tuple or a list."""
    return isinstance(x, tuple | list)


def example(x: Any) -> Any:
    """A tiny operand of the kind of ``x``, for NumPy to tell a dtype by."""
    if isinstance(x, bool | int | float) and not isinstance(x, np.generic):
        return type(x)(1)
    if getattr(x, "weak", False):
        return _PYTHON[str(x.dtype)]
    dtype = np.dtype(x.dtype)
    ndim = getattr(x, "ndim", 0)
    return np.ones((1,) * ndim, dtype) if ndim else dtype.type(1)


@static
def dtype_by(function: Any, *operands: Any, **keywords: Any) -> np.dtype:
    """The dtype of ``function(*operands)``, by calling it on tiny ones."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return np.asarray(function(*(example(x) for x in operands), **keywords)).dtype


@static
def common(*operands: Any) -> np.dtype:
    """The dtype in which NumPy joins ``operands``."""
    return np.result_type(*(example(x) for x in operands))


@static
def floating(*operands: Any) -> np.dtype:
    """``common``, or float64 where that is an integer or bool dtype."""
    dtype = np.result_type(*(example(x) for x in operands))
    return dtype if dtype.kind == "f" else np.dtype("float64")


@static
def is_float(x: Any) -> bool:
    """Whether ``x`` has a floating dtype."""
    return np.dtype(getattr(x, "dtype", type(x))).kind == "f"


@static
def along(ndim: int, axis: int) -> tuple[Any, ...]:
    """The index that makes a 1-d array one of ``ndim`` dimensions that lies along ``axis``."""
    items: list[Any] = [None] * ndim
    items[axis] = slice(None)
    return tuple(items)


@static
def reduced(shape: tuple[Any, ...], axes: tuple[int, ...], keepdims: bool) -> tuple[Any, ...]:
    """The shape of a reduction over ``axes``."""
    return tuple(1 if k in axes else e for k, e in enumerate(shape) if keepdims or k not in axes)


@static
def front(ndim: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The permutation with ``axes`` first."""
    return (*axes, *(k for k in range(ndim) if k not in axes))


@static
def pairs_of(value: Any, count: int) -> tuple[tuple[Any, Any], ...]:
    """``value`` as ``count`` pairs, as `np.pad` broadcasts them."""
    if not isinstance(value, tuple | list):
        return ((value, value),) * count
    if not any(isinstance(v, tuple | list) for v in value):
        first, last = (value[0], value[0]) if len(value) == 1 else value
        return ((first, last),) * count
    rows = [tuple(v) if isinstance(v, tuple | list) else (v,) for v in value]
    rows = [r * 2 if len(r) == 1 else r for r in rows]
    rows = rows * count if len(rows) == 1 else rows
    if len(rows) != count:
        raise ValueError(f"operands could not be broadcast together: {len(rows)} pairs for {count} axes")
    return tuple(rows)  # type: ignore[return-value]


@static
def tuple_of(value: Any) -> tuple[Any, ...]:
    """``value`` as a tuple, of itself if it is none."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


@static
def all_numbers(*values: Any) -> bool:
    """Whether all ``values`` are scalars."""
    return all(is_number(v) for v in values)


@static
def is_true(value: Any) -> bool:
    """Whether ``value`` is the constant True."""
    return value is True
