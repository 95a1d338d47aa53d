"""What a ``View`` does to the dimensions of its base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from s2sad.ir.types import Atom


@dataclass(frozen=True)
class At:
    """View item: take one index (the dimension goes)."""

    index: Atom


@dataclass(frozen=True)
class Slice:
    """View item: ``extent`` elements from ``start`` (in range, non-negative) by ``step`` (non-zero)."""

    start: Atom
    step: Atom
    extent: Atom


@dataclass(frozen=True)
class NewAxis:
    """View item: a new dimension of extent 1."""


@dataclass(frozen=True)
class Transpose:
    """View item (the only one): axes permuted, result axis k is base axis ``perm[k]``."""

    perm: tuple[int, ...]


@dataclass(frozen=True)
class Reshape:
    """View item (the only one): same elements in C order with ``target``'s extents; the base is C-contiguous."""


ViewItem: TypeAlias = At | Slice | NewAxis | Transpose | Reshape
