"""Types, names, literals and the trees of them that cross a function's boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from s2sad.ir.trees import Container


@dataclass(frozen=True)
class Scalar:
    """A scalar; ``weak`` marks Python's own int, float and bool, which adapt to the other operand's dtype (NEP 50)."""

    dtype: str
    weak: bool = False


@dataclass(frozen=True)
class Array:
    """An array; ``extents`` are atoms of int64, ``layout`` is ``"C"``, ``"F"`` or ``"A"`` (any strides)."""

    dtype: str
    extents: tuple[Atom, ...]
    layout: str = "C"

    @property
    def ndim(self) -> int:
        return len(self.extents)


Type: TypeAlias = Scalar | Array


@dataclass(frozen=True, eq=False)
class Var:
    """A name bound once. Unique within its function: ``x``, ``x.1``, ``x.2``; the part before the dot is the user's."""

    name: str
    type: Type

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Var) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def hint(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Const:
    """A literal. Equality looks at the type too: ``1``, ``1.0`` and ``True`` differ."""

    value: int | float | bool
    type: Scalar

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Const) and self.type.dtype == other.type.dtype and repr(self.value) == repr(other.value)
        )

    def __hash__(self) -> int:
        return hash((repr(self.value), self.type.dtype))


Atom: TypeAlias = Var | Const


@dataclass(frozen=True)
class Struct:
    """A tuple (``cls is None``) or another container (``ir.trees``), in arguments and results."""

    items: tuple[Tree, ...]
    cls: Container = None


Tree: TypeAlias = Var | Const | Struct | None
