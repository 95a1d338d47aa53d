"""Arrays of the interpreter: contents, which elements have been written, views; and the count of operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from s2sad.ir import nodes as n
from s2sad.ir import text
from s2sad.ir.trees import build


class InterpreterError(Exception):
    """The program did what valid IR never does."""


@dataclass(frozen=True)
class Unset:
    """The value of an element that nobody has written: it may be stored, not used."""

    message: str


@dataclass
class Counts:
    """Operations executed, as the bound on the adjoint's cost counts them."""

    arithmetic: int = 0
    loads: int = 0
    stores: int = 0
    library: int = 0
    flops: int = 0  # arithmetic weighted by the registry's costs

    @property
    def total(self) -> int:
        return self.arithmetic + self.loads + self.stores + self.library


@dataclass
class Memory:
    """An array and which of its elements have been written; a view shares both."""

    data: np.ndarray
    known: np.ndarray
    owner: object = field(default=None, repr=False)  # keeps the memory alive: addresses identify elements

    def view(self, f: Callable[[np.ndarray], np.ndarray]) -> Memory:
        data, known = f(self.data), f(self.known)
        if data.size and not np.shares_memory(data, self.data):
            raise InterpreterError("a view copied its base")
        return Memory(data, known, self)


def indexed(a: np.ndarray, items: tuple[n.ViewItem, ...], integer: Callable[[n.Atom], int]) -> np.ndarray:
    """``a`` seen through the items of a ``View``; ``integer`` gives the values of their atoms."""
    if items and isinstance(items[0], n.Transpose):
        return a.transpose(items[0].perm)
    key: list[Any] = []
    axis = 0
    for item in items:
        match item:
            case n.At():
                at = integer(item.index)
                if not 0 <= at < a.shape[axis]:
                    raise InterpreterError(f"index {at} outside of {a.shape[axis]}")
                key.append(at)
            case n.Slice():
                key.append(_slice(integer(item.start), integer(item.step), integer(item.extent), a.shape[axis]))
            case n.NewAxis():
                key.append(None)
                continue
        axis += 1
    return a[(*key, ...)]


def _slice(start: int, step: int, extent: int, size: int) -> slice:
    if extent == 0:
        return slice(0, 0)
    last = start + (extent - 1) * step
    if not (0 <= start < size and 0 <= last < size):
        raise InterpreterError(f"slice {start} by {step} count {extent} outside of {size}")
    stop = last + (1 if step > 0 else -1)
    return slice(start, None if stop < 0 else stop, step)


def unpack(tree: n.Tree, value: Any) -> dict[str, Any]:
    """The variables that an argument binds."""
    if isinstance(tree, n.Struct):
        if not isinstance(value, tuple) or len(value) != len(tree.items):
            raise TypeError(f"expected a tuple of {len(tree.items)}")
        parts = (unpack(item, v) for item, v in zip(tree.items, value, strict=True))
        return {name: v for part in parts for name, v in part.items()}
    return {tree.name: _argument(tree, value)} if isinstance(tree, n.Var) else {}


def _argument(var: n.Var, value: Any) -> Any:
    if isinstance(value, np.random.Generator):
        return value
    if isinstance(var.type, n.Scalar):
        return np.dtype(var.type.dtype).type(value)
    if not isinstance(value, np.ndarray) or value.dtype != var.type.dtype or value.ndim != var.type.ndim:
        raise TypeError(f"{var.name} must be an array {text.type_text(var.type)}")
    return Memory(value, np.ones_like(value, dtype=bool))


def pack(tree: n.Tree, value: Callable[[n.Atom], Any]) -> Any:
    """The result of a function: ``tree`` with the values of its leaves."""
    if isinstance(tree, n.Struct):
        items = [pack(t, value) for t in tree.items]
        return build(tree.cls, items)
    if tree is None:
        return None
    leaf = value(tree)
    return leaf.data if isinstance(leaf, Memory) else leaf
