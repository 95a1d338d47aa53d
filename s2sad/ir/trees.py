"""The containers that arguments and results are made of: tuples, named tuples, lists, dicts, dataclasses.

Generated code knows tuples only. What a container was is kept beside them as a ``Kind``: ``None`` for a tuple, the
class of a named tuple, ``list``, the ``Keys`` of a dict, or a dataclass's ``Record``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Keys:
    """A dict with these keys, in this order."""

    names: tuple[Any, ...]

    @property
    def __name__(self) -> str:
        return "dict"


@dataclass(frozen=True)
class Record:
    """A dataclass; ``constants`` are the fields that no generated code sees: text, functions, ``None``."""

    cls: type
    names: tuple[str, ...]
    constants: tuple[tuple[str, Any], ...] = ()

    @property
    def __name__(self) -> str:
        return self.cls.__name__


Container: TypeAlias = "type | Keys | Record | None"


def is_record(cls: object) -> bool:
    """Whether ``cls`` is a dataclass (and no named tuple)."""
    return isinstance(cls, type) and dataclasses.is_dataclass(cls)


def record_fields(cls: Any) -> tuple[str, ...]:
    """The names of the fields of a dataclass."""
    return tuple(f.name for f in dataclasses.fields(cls))


def children(value: Any) -> tuple[Container, list[Any]] | None:
    """The container that ``value`` is and what is in it; ``None`` for what is no container."""
    if isinstance(value, tuple):
        return (type(value) if hasattr(value, "_fields") else None), list(value)
    if type(value) is list:
        return list, value
    if type(value) is dict:
        return Keys(tuple(value)), list(value.values())
    if is_record(type(value)):
        names = record_fields(value)
        return Record(type(value), names), [getattr(value, name, None) for name in names]
    return None


def parts(container: Container, value: Any) -> Sequence[Any]:
    """What is in ``value``, in the order of ``container``."""
    if isinstance(container, Keys):
        return [value[name] for name in container.names]
    if isinstance(container, Record):
        return [getattr(value, name, None) for name in container.names]
    return value


def build(container: Container, values: Sequence[Any]) -> Any:
    """The container with ``values`` in it; a dataclass without its ``__init__``, whose rules are not for gradients."""
    if container is None:
        return tuple(values)
    if isinstance(container, Keys):
        return dict(zip(container.names, values, strict=True))
    if isinstance(container, Record):
        made = object.__new__(container.cls)
        constants = dict(container.constants)
        for name, value in zip(container.names, values, strict=True):
            object.__setattr__(made, name, constants.get(name) if value is None else value)
        return made
    return list(values) if container is list else container(*values)


def rebuilt(value: Any, values: Sequence[Any]) -> Any:
    """A container like ``value`` with ``values`` in it."""
    found = children(value)
    assert found is not None
    return build(found[0], values)
