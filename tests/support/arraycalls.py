"""Array-level ``Call``s by NumPy itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir import nodes as n
from s2sad.rules.registry import op

_REDUCTIONS = {"sum": np.sum, "max": np.max, "min": np.min}


def evaluate(call: n.Call, values: list, extents: list[int]) -> Any:
    """The value of ``call`` on ``values`` (arrays and NumPy scalars)."""
    axis: Any = call.attr("axis")
    if call.fn in _REDUCTIONS:
        x = np.asarray(values[0])
        if call.fn == "sum":  # of the argument's dtype: NumPy would widen small integers
            return np.sum(x, axis=axis, keepdims=bool(call.attr("keepdims", False)), dtype=x.dtype)
        return _REDUCTIONS[call.fn](x, axis=axis, keepdims=bool(call.attr("keepdims", False)))
    if call.fn in ("argmax", "argmin"):
        x = np.asarray(values[0])
        f = np.argmax if call.fn == "argmax" else np.argmin
        one = axis[0] if isinstance(axis, tuple) and len(axis) == 1 and x.ndim > 1 else None
        return f(x, axis=one, keepdims=bool(call.attr("keepdims", False)))
    if call.fn == "cast":
        return np.asarray(values[0]).astype(call.target.type.dtype)
    if call.fn == "copy":
        return np.array(values[0], order="C")
    if call.fn == "arange":
        start, step = values
        return (start + np.arange(extents[0]).astype(call.target.type.dtype) * step).astype(call.target.type.dtype)
    return op(call.fn).evaluate(*values)
