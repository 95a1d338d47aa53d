"""Sums that are as accurate as NumPy's pairwise ones and as fast as vectorized loops."""

from __future__ import annotations

import numba
from numba.extending import overload


def add_any(a, b):
    """``a + b`` in a sum of ours: the compiler may change the order of a chain of these, of nothing else."""
    return a + b


@numba.njit(fastmath={"reassoc", "nsz"})
def _add_reassociable(a, b):
    return a + b


@overload(add_any)
def _add_any(a, b):
    # The flags stay on this one addition when LLVM inlines the helper; inline="always" would lose them.
    return lambda a, b: _add_reassociable(a, b)
