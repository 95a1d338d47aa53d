"""Products of vectors and matrices."""

from __future__ import annotations

import operator

import numpy as np

from s2sad.analysis.types import Kind
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower import operators
from s2sad.frontend.lower.reductions import reduce
from s2sad.frontend.lower.shaping import expand, ravel, transpose
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, Value, describe, ordered
from s2sad.ir import nodes as n
from s2sad.rules.registry import op


def matmul(c: State, a: Value, b: Value, hint: str = "t") -> Value:
    """``a @ b``."""
    if not isinstance(a, Arr) or not isinstance(b, Arr) or 0 in (a.ndim, b.ndim):
        c.refuse(f"@ of {describe(a)} and {describe(b)}", "*")
    dtype = ew.result_kind(c, np.matmul, (a, b)).dtype
    if dtype == "bool":
        c.refuse("@ of bool arrays", "a.astype(float) @ b")
    a, b = _as(c, a, dtype), _as(c, b, dtype)
    if a.ndim == b.ndim == 1:
        return inner(c, a, b, hint)
    inner_b = b.extents[-2] if b.ndim > 1 else b.extents[0]
    message = f"matmul: axis {a.ndim - 1} of {a.var.hint} and axis {max(b.ndim - 2, 0)} of {b.var.hint} differ"
    c.check_equal(a.extents[-1], inner_b, "ValueError", message)
    if not dtype.startswith("float") or max(a.ndim, b.ndim) > 2:
        return _by_sum(c, a, b, hint)
    if b.ndim == 1:
        return _library(c, "matvec", a, b, (a.extents[0],), hint)
    if a.ndim == 1:
        return _library(c, "matvec", transpose(c, b, (1, 0)), a, (b.extents[1],), hint)
    return _library(c, "matmul", a, b, (a.extents[0], b.extents[1]), hint)


def _as(c: State, a: Arr, dtype: str) -> Arr:
    if a.dtype == dtype:
        return a
    return c.array_call("cast", (a.var,), dtype, a.extents, a.var.hint, ordered(a))


def _library(c: State, fn: str, a: Arr, b: Arr, extents: tuple[n.Atom, ...], hint: str) -> Arr:
    out = c.alloc(a.dtype, extents, None, hint)
    c.emit(n.LibCall(fn, (out.var,), (a.var, b.var), -1, c.b.loc))
    return out


def inner(c: State, a: Arr, b: Arr, hint: str) -> Value:
    """Sum of the products of two vectors (of one dtype)."""
    message = f"shapes not aligned: {a.var.hint} and {b.var.hint} have different lengths"
    c.check_equal(a.extents[0], b.extents[0], "ValueError", message)
    product = ew.emit(c, "mul", [a, b], a.dtype, Kind(a.dtype))
    assert isinstance(product, Arr)
    return reduce(c, "sum", product, None, False, hint)


def _by_sum(c: State, a: Arr, b: Arr, hint: str) -> Value:
    """The general product, as a sum over a broadcast product: stacks of matrices, ints."""
    left = expand(c, a, a.ndim)  # (..., i, k, 1)
    if b.ndim == 1:
        return reduce(c, "sum", _product(c, a, b), (a.ndim - 1,), False, hint)
    right = expand(c, b, b.ndim - 2) if a.ndim > 1 else b  # (..., 1, k, j)
    product = _product(c, left, right)
    return reduce(c, "sum", product, (product.ndim - 2,), False, hint)


def _product(c: State, a: Arr, b: Arr) -> Arr:
    result = ew.apply(c, op("mul"), operator.mul, [a, b])
    assert isinstance(result, Arr)
    return result


def dot(c: State, a: Value, b: Value, hint: str = "t") -> Value:
    """``np.dot``."""
    if any(isinstance(v, Num) or (isinstance(v, Arr) and v.ndim == 0) for v in (a, b)):
        return _scaled(c, a, b, hint)
    if isinstance(a, Arr) and isinstance(b, Arr) and max(a.ndim, b.ndim) > 2 and b.ndim > 1:
        c.refuse("np.dot of arrays of more than 2 dimensions", "@, or a sum of products")
    return matmul(c, a, b, hint)


def _scaled(c: State, a: Value, b: Value, hint: str) -> Value:
    """A product with a scalar: to these functions a Python float is a float64 array."""
    x, y = (Num(v.atom) if isinstance(v := ew.operand(c, w), Num) else v for w in (a, b))
    return operators.binary(c, operator.mul, x, y, hint)


def outer(c: State, a: Value, b: Value, hint: str = "t") -> Value:
    """``np.outer``."""
    x, y = _vector(c, a), _vector(c, b)
    return operators.binary(c, operator.mul, expand(c, x, 1), expand(c, y, 0), hint)


def _vector(c: State, a: Value) -> Arr:
    if not isinstance(a, Arr):
        c.refuse(f"outer product of {describe(a)}", "arrays")
    return a if a.ndim == 1 else ravel(c, a)


def vdot(c: State, a: Value, b: Value, hint: str = "t") -> Value:
    """``np.vdot``: of all elements."""
    return matmul(c, _vector(c, a), _vector(c, b), hint)


def inner_product(c: State, a: Value, b: Value, hint: str = "t") -> Value:
    """``np.inner``: over the last axes."""
    if isinstance(a, Num) or isinstance(b, Num):
        return _scaled(c, a, b, hint)
    if isinstance(b, Arr) and b.ndim == 2:
        return matmul(c, a, transpose(c, b, (1, 0)), hint)
    if isinstance(b, Arr) and b.ndim > 2:
        c.refuse("np.inner of arrays of more than 2 dimensions", "a sum of products")
    return matmul(c, a, b, hint)
