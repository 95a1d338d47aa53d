"""Shapes of nested values at the boundary: what a parameter or result of generated code is made of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from s2sad.analysis.signature import ArgSpec, ArrayArg, GeneratorArg, ScalarArg, TupleArg
from s2sad.errors import InternalError
from s2sad.ir import nodes as n

GENERATOR = "generator"  # the dtype of a random generator's leaf


@dataclass(frozen=True)
class Leaf:
    """A scalar (``ndim == -1``) or an array of ``ndim`` dimensions; ``written`` if generated code stores into it."""

    dtype: str
    ndim: int = -1
    written: bool = False

    @property
    def is_array(self) -> bool:
        return self.ndim >= 0

    @property
    def is_float(self) -> bool:
        return self.dtype.startswith("float")


@dataclass(frozen=True)
class Group:
    """A tuple, or a named tuple of ``cls``."""

    items: tuple[Layout, ...]
    cls: type | None = None

    def build(self, values: tuple[Any, ...] | list[Any]) -> Any:
        return tuple(values) if self.cls is None else self.cls(*values)


Layout: TypeAlias = "Leaf | Group | None"


def of_tree(tree: n.Tree, written: frozenset[str] = frozenset()) -> Layout:
    """The layout of an IR tree; ``written`` names the variables that are stored into."""
    if tree is None:
        return None
    if isinstance(tree, n.Struct):
        return Group(tuple(of_tree(item, written) for item in tree.items), tree.cls)
    name = tree.name if isinstance(tree, n.Var) else ""
    if isinstance(tree.type, n.Array):
        return Leaf(tree.type.dtype, tree.type.ndim, name in written)
    return Leaf(tree.type.dtype)


def of_spec(spec: ArgSpec) -> Layout:
    """The layout of an argument's specification."""
    if isinstance(spec, TupleArg):
        return Group(tuple(of_spec(item) for item in spec.items), spec.cls)
    if isinstance(spec, ArrayArg):
        return Leaf(spec.dtype, spec.ndim)
    if isinstance(spec, GeneratorArg):
        return Leaf(GENERATOR)
    return Leaf(spec.dtype) if isinstance(spec, ScalarArg) else None


def leaves(layout: Layout) -> Iterator[Leaf]:
    """All leaves, left to right."""
    if isinstance(layout, Group):
        for item in layout.items:
            yield from leaves(item)
    elif layout is not None:
        yield layout


def has_float(layout: Layout) -> bool:
    """Whether there is anything to differentiate with respect to."""
    return any(leaf.is_float for leaf in leaves(layout))


def paired(layout: Layout, value: Any, name: str) -> Iterator[tuple[Leaf, Any, str]]:
    """Every leaf of ``value`` with its layout and its name (``params[0][1]``)."""
    if isinstance(layout, Group):
        for k, (item, part) in enumerate(zip(layout.items, value, strict=True)):
            yield from paired(item, part, f"{name}[{k}]")
    elif layout is not None:
        yield layout, value, name


def map_value(f: Callable[[Leaf, Any], Any], layout: Layout, value: Any) -> Any:
    """``value`` with every leaf replaced by ``f(layout leaf, leaf)``; structure and named tuples stay."""
    if isinstance(layout, Group):
        return layout.build([map_value(f, item, part) for item, part in zip(layout.items, value, strict=True)])
    return None if layout is None else f(layout, value)


def converter(layout: Layout) -> Callable[[Any], Any] | None:
    """What makes of a value that compiled code returned one with NumPy's types; ``None`` if nothing has to be done.

    Numba returns scalars of every dtype as Python's ``float``, ``int`` and ``bool``, and knows no user's named tuple.
    """
    if isinstance(layout, Group):
        parts = [converter(item) for item in layout.items]
        if layout.cls is None and not any(parts):
            return None
        return lambda value: layout.build(
            [v if part is None else part(v) for part, v in zip(parts, value, strict=True)]
        )
    if layout is None or layout.is_array or layout.dtype in ("float64", "int64", "bool"):
        return None
    return np.dtype(layout.dtype).type


# ---- to and from JSON, for the index of the cache -------------------------------------------------------------------


def to_json(layout: Layout) -> Any:
    """``layout`` as lists and strings."""
    if layout is None:
        return None
    if isinstance(layout, Leaf):
        return [layout.dtype, layout.ndim, layout.written]
    cls = None if layout.cls is None else [layout.cls.__module__, layout.cls.__qualname__]
    return {"items": [to_json(item) for item in layout.items], "cls": cls}


def from_json(data: Any) -> Layout:
    """The layout that ``to_json`` wrote; a ``LookupError`` if a named tuple's class is no longer where it was."""
    if data is None:
        return None
    if isinstance(data, list):
        return Leaf(*data)
    return Group(tuple(from_json(item) for item in data["items"]), data["cls"] and find_class(*data["cls"]))


def find_class(module: str, qualname: str) -> type:
    """The class of that name, if its module is loaded and still has it."""
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type):
        raise LookupError(f"{module}.{qualname}")
    return found


def zeros_of(leaf: Leaf, value: Any) -> Any:
    """A zero of the dtype of ``leaf`` and the shape of ``value``."""
    if leaf.is_array:
        return np.zeros(value.shape, leaf.dtype)
    return scalar(leaf.dtype, 0.0)


def example(layout: Layout) -> Any:
    """A value with this layout: arrays are empty, scalars 1."""
    if isinstance(layout, Group):
        return layout.build([example(item) for item in layout.items])
    if layout is None:
        return None
    return np.zeros((0,) * layout.ndim, layout.dtype) if layout.is_array else scalar(layout.dtype, 1.0)


def scalar(dtype: str, value: float) -> Any:
    """``value`` as a scalar of ``dtype``: a Python float for float64, so that Numba and NumPy take it as such."""
    if dtype == "float64":
        return float(value)
    if dtype == "float32":
        return np.float32(value)
    raise InternalError(f"no scalar of dtype {dtype} is a seed")
