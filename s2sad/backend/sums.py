"""Sums of a ``Map`` that are no less accurate than NumPy's pairwise ones and vectorize: how the loops are arranged.

Within a block the order of additions is free (``rt.add_any``); the blocks' sums are added with compensation, so
the error does not grow with the number of elements. Measured (dot product of 1e5, AVX-512): serial 54 us, blocks
of 128 by ``for k in range(min(128, n - 128 * block))`` 21.9 us, the same by ``range(start, min(start + 128, n))``
63 us, because the latter's trip count keeps LLVM from vectorizing.
"""

from __future__ import annotations

from enum import Enum

from s2sad.ir import nodes as n
from s2sad.ir import walk

BLOCK = 128
SMALL = 64  # an extent known to be at most this needs no blocks


class Blocks(Enum):
    """How a ``Map``'s sums are added up."""

    NONE = "one accumulator"
    INNER = "the innermost loop in blocks, compensated between blocks"
    ROWS = "a short innermost loop in one accumulator, compensated between its runs"
    EACH = "compensated in each iteration, whose own loops cost more"


def arrangement(stmt: n.Map) -> Blocks:
    """How the sums of ``stmt`` are added up in the fast style."""
    small = [isinstance(e, n.Const) and e.value <= SMALL for e in stmt.extents]
    if all(small) or not any(s.target.type.dtype.startswith("float") for s in stmt.sums):
        return Blocks.NONE
    if any(not isinstance(s, n.If) and walk.blocks(s) for s in walk.walk(stmt.body)):
        return Blocks.EACH
    return Blocks.ROWS if small[-1] else Blocks.INNER
