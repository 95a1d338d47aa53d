"""The part of a call's arguments that a specialisation depends on: kinds, dtypes, dimensions, structure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from s2sad.errors import ArgumentError
from s2sad.ir.trees import Container, Keys, Record, children, is_record


@dataclass(frozen=True)
class ScalarArg:
    """A number; ``weak`` for Python's int, float and bool; ``known`` is an int's value where it is fixed."""

    dtype: str
    weak: bool
    known: int | None = None


@dataclass(frozen=True)
class ArrayArg:
    """An array; ``known[k]`` is the extent of axis k where the specialisation fixes it, else ``None``."""

    dtype: str
    ndim: int
    layout: str
    known: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class TupleArg:
    """A tuple, or another container (``ir.trees``)."""

    items: tuple[ArgSpec, ...]
    cls: Container = None


@dataclass(frozen=True)
class StaticArg:
    """A value that is part of the specialisation: ``None``, a string, a function, a type."""

    value: object


@dataclass(frozen=True)
class GeneratorArg:
    """A ``numpy.random.Generator``: draws advance it."""


ArgSpec: TypeAlias = GeneratorArg | ScalarArg | ArrayArg | TupleArg | StaticArg


def layout_of(array: np.ndarray) -> str:
    """``"C"``, ``"F"`` or ``"A"``; what is both counts as C."""
    return "C" if array.flags.c_contiguous else "F" if array.flags.f_contiguous else "A"


def spec_of(value: object, name: str = "argument") -> ArgSpec:
    """The specification of one argument.

    Raises
    ------
    ArgumentError
        For dtypes other than bool, integers, float32 and float64, and for values of types that no specialisation knows.
    """
    if isinstance(value, bool):
        return ScalarArg("bool", True)
    if type(value) is int:
        return ScalarArg("int64", True)
    if type(value) is float:
        return ScalarArg("float64", True)
    if isinstance(value, np.ndarray):
        _check_dtype(value.dtype, name)
        return ArrayArg(value.dtype.name, value.ndim, layout_of(value), (None,) * value.ndim)
    if isinstance(value, np.generic):
        _check_dtype(value.dtype, name)
        return ScalarArg(value.dtype.name, False)
    if isinstance(value, np.random.Generator):
        if "[" in name or "." in name:
            raise ArgumentError(f"{name} is a Generator inside of another argument; pass it as an argument of its own")
        return GeneratorArg()
    if isinstance(value, tuple | list | dict) or is_record(type(value)):
        return _container(value, name)
    if value is None or isinstance(value, str | type) or callable(value):
        return StaticArg(value)
    raise ArgumentError(f"{name} is of type {type(value).__name__}, which s2sad does not take; {_advice(value, name)}")


_TAKEN = "pass numbers, NumPy arrays, or tuples, lists, dicts and dataclasses of them"
_INSTEAD = {
    "torch": "pass {}.detach().numpy()",
    "pandas": "pass {}.to_numpy()",
    "jax": "pass np.asarray({})",
    "jaxlib": "pass np.asarray({})",
    "numba": "pass a NumPy array or a tuple",
    "decimal": "pass float({})",
    "fractions": "pass float({})",
}


def _advice(value: object, name: str) -> str:
    """What to pass instead of ``value``."""
    if isinstance(value, complex):
        return "complex numbers are not supported yet: pass real and imaginary part"
    package = type(value).__module__.partition(".")[0]
    return _INSTEAD.get(package, _TAKEN).format(name)


def _container(value: object, name: str) -> TupleArg:
    found = children(value)
    if found is None:
        kind = "list" if isinstance(value, list) else "dict"
        raise ArgumentError(f"{name} is of type {type(value).__name__}; pass a plain {kind}: {kind}({name})")
    container, items = found
    if isinstance(container, Keys):
        labels = [f"{name}[{k!r}]" for k in container.names]
    elif isinstance(container, Record):
        labels = [f"{name}.{k}" for k in container.names]
    else:
        labels = [f"{name}[{k}]" for k in range(len(items))]
    specs = tuple(map(spec_of, items, labels))
    if isinstance(container, Record):
        pairs = zip(container.names, specs, strict=True)
        container = replace(container, constants=tuple((k, s.value) for k, s in pairs if isinstance(s, StaticArg)))
    return TupleArg(specs, container)


def _check_dtype(dtype: np.dtype, name: str) -> None:
    if dtype.kind == "c":
        raise ArgumentError(f"{name} has dtype {dtype}; complex numbers are not supported yet")
    if dtype.kind not in "biuf" or dtype.itemsize > 8 or dtype == np.float16 or not dtype.isnative:
        raise ArgumentError(f"{name} has dtype {dtype}; use float64, float32, an integer dtype or bool")
