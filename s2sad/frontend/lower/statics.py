"""Between abstract values and Python objects: what a static function of the library takes and returns."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad.errors import UnsupportedError
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, SliceOf, Static, Tup, Value, number


def to_python(value: Value) -> Any:
    """The object that ``value`` is known to be; what is not known stays an abstract value."""
    match value:
        case Num() if value.const is not None:
            return value.const if value.weak else np.dtype(value.dtype).type(value.const)
        case Tup(items=items, cls=cls, is_list=is_list):
            parts = [to_python(v) for v in items]
            if not value.is_sequence:
                return value
            return cls(*parts) if isinstance(cls, type) else parts if is_list else tuple(parts)
        case Static(value=v):
            return v
        case SliceOf():
            return slice(*(None if p is None else to_python(p) for p in (value.start, value.stop, value.step)))
    return value


def from_python(obj: Any) -> Value:
    """The inverse of `to_python`."""
    if isinstance(obj, bool | int | float | np.generic):
        return number(obj)
    if isinstance(obj, tuple | list):
        cls = type(obj) if hasattr(obj, "_fields") else None
        return Tup(tuple(from_python(v) for v in obj), cls, isinstance(obj, list))
    if isinstance(obj, slice):
        parts = [None if p is None else from_python(p) for p in (obj.start, obj.stop, obj.step)]
        return SliceOf(*parts)  # type: ignore[arg-type]
    if isinstance(obj, Value):
        return obj
    return Static(obj)


def call_static(c: State, f: Callable, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Run the static function ``f`` of the library now; what it raises is a refusal."""
    given = [to_python(a) for a in args]
    named = {k: to_python(v) for k, v in kwargs.items()}
    try:
        return from_python(f(*given, **named))
    except UnsupportedError as error:
        problem = error.problems[0]
        c.refuse(problem.reason, problem.alternative)
    except (TypeError, AttributeError, ValueError, IndexError, KeyError) as error:
        bound = inspect.signature(f).bind_partial(*given, **named).arguments
        unknown = [name for name, v in bound.items() if _is_unknown(v)]
        if unknown and not isinstance(error, ValueError):
            c.needs_static(f"{unknown[0]} must be a constant", "a literal")
        c.refuse(str(error))


def _is_unknown(obj: Any) -> bool:
    return isinstance(obj, Num) or (isinstance(obj, tuple | list) and any(_is_unknown(v) for v in obj))


def arrays_in(values: Sequence[Value]) -> list[Arr]:
    """The arrays among ``values`` and the tuples in it."""
    found: list[Arr] = []
    for v in values:
        if isinstance(v, Arr):
            found.append(v)
        elif isinstance(v, Tup):
            found += arrays_in(v.items)
    return found
