"""Scalar functions on arrays, for the interpreter and for tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def lift(f: Callable, dtype: str | None = None) -> Callable:
    """``f`` applied elementwise to broadcast arguments; the result has ``dtype``, or else the arguments' common one."""

    def lifted(*args):
        arrays = np.broadcast_arrays(*args)
        kind = dtype or np.result_type(*args)
        out = np.empty(arrays[0].shape, kind)
        for k in np.ndindex(out.shape):
            out[k] = f(*(a[k] for a in arrays))
        return out[()]

    return lifted
