"""Sums of a ``Map`` that are as accurate as NumPy's and vectorize: which loops get blocks."""

from __future__ import annotations

from enum import Enum

from s2sad.ir import nodes as n
from s2sad.ir import walk

SMALL = 64  # an innermost extent known to be at most this has no blocks


class Blocked(Enum):
    """How a ``Map``'s sums are added up."""

    NO = "one accumulator"
    INNER = "innermost loop in blocks"


def blocked(stmt: n.Map) -> Blocked:
    """How the sums of ``stmt`` are added up in the fast style."""
    if not any(s.target.type.dtype.startswith("float") for s in stmt.sums):
        return Blocked.NO
    last = stmt.extents[-1]
    if isinstance(last, n.Const) and last.value <= SMALL or any(walk.blocks(s) for s in stmt.body):
        return Blocked.NO
    return Blocked.INNER
