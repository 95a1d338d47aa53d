"""Checking seeds and tangents: they have the structure, the dtype and the shape of what they belong to."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.api import layout as lay
from s2sad.errors import ArgumentError
from s2sad.ir import trees

_ABSENT = object()


def check(layout: lay.Layout, value: Any, name: str, like: Any = _ABSENT) -> Any:
    """``value`` as generated code takes it: floats as scalars of their dtype, arrays C-contiguous.

    ``like`` is the value that the seed belongs to; with it, shapes are compared.

    Raises
    ------
    ArgumentError
        For another structure, dtype or shape than ``layout`` (and ``like``) have. Seeds are not broadcast.
    """
    if layout is None:
        if is_zero(value) or isinstance(value, str) or callable(value):  # a constant field of a dataclass
            return None
        raise ArgumentError(f"{name} must be None or 0: what it belongs to is not differentiable")
    if isinstance(layout, lay.Group):
        return _check_group(layout, value, name, like)
    return _check_array(layout, value, name, like) if layout.is_array else _check_scalar(layout, value, name)


def _check_group(layout: lay.Group, value: Any, name: str, like: Any) -> Any:
    values = _parts(layout, value, name)
    likes = [_ABSENT] * len(values) if like is _ABSENT or like is None else layout.parts(like)
    parts = zip(layout.items, values, likes, layout.labels(), strict=True)
    return layout.build([check(item, v, name + label, o) for item, v, o, label in parts])


def _parts(layout: lay.Group, value: Any, name: str) -> Any:
    """What is in ``value``, which must be the container that ``layout`` says."""
    if isinstance(layout.cls, trees.Keys):
        if type(value) is not dict or set(value) != set(layout.cls.names):
            found = f"one with {_listed(value)}" if type(value) is dict else type(value).__name__
            raise ArgumentError(f"{name} must be a dict with the keys {_listed(layout.cls.names)}, not {found}")
    elif isinstance(layout.cls, trees.Record):
        if not isinstance(value, layout.cls.cls):
            raise ArgumentError(f"{name} must be a {layout.cls.cls.__name__}, not {type(value).__name__}")
    else:
        kind = list if layout.cls is list else tuple
        if not isinstance(value, kind) or len(value) != len(layout.items):
            found = f"a {kind.__name__} of {len(value)}" if isinstance(value, kind) else type(value).__name__
            raise ArgumentError(f"{name} must be a {kind.__name__} of {len(layout.items)}, not {found}")
    return layout.parts(value)


def _listed(keys: Any) -> str:
    return ", ".join(map(repr, keys)) or "no keys"


def _check_scalar(leaf: lay.Leaf, value: Any, name: str) -> Any:
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.name == leaf.dtype:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        found = f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__
        raise ArgumentError(f"{name} must be a {leaf.dtype} scalar, not {found}")
    if isinstance(value, np.generic) and value.dtype.name != leaf.dtype:
        raise ArgumentError(f"{name} must have dtype {leaf.dtype}, not {value.dtype}")
    return lay.scalar(leaf.dtype, float(value))


def _check_array(leaf: lay.Leaf, value: Any, name: str, like: Any) -> Any:
    shape = None if like is _ABSENT or like is None else like.shape
    wanted = f"an array of dtype {leaf.dtype} and " + (
        f"shape {shape}" if shape is not None else f"{leaf.ndim} dimensions"
    )
    if not isinstance(value, np.ndarray):
        if leaf.ndim == 0 and isinstance(value, np.generic) and value.dtype.name == leaf.dtype:
            return np.array(value)
        raise ArgumentError(f"{name} must be {wanted}, not {type(value).__name__}")
    if value.dtype.name != leaf.dtype or not value.dtype.isnative:
        raise ArgumentError(f"{name} must be {wanted}, not one of dtype {value.dtype}")
    if value.ndim != leaf.ndim or (shape is not None and value.shape != shape):
        raise ArgumentError(f"{name} must be {wanted}, not one of shape {value.shape}; seeds are not broadcast")
    return value if value.flags.c_contiguous else np.array(value, order="C")


def is_zero(value: Any) -> bool:
    """Whether ``value`` says "no tangent": ``None`` or the number 0."""
    return value is None or (type(value) in (int, float) and value == 0)


def tangent(layout: lay.Layout, value: Any, primal: Any, name: str) -> Any:
    """The tangent ``value`` of the argument ``primal``: ``None`` and 0 mean zero, wherever they stand."""
    if is_zero(value):
        return lay.map_value(lay.zeros_of, layout, primal)
    if isinstance(layout, lay.Group):
        parts = zip(layout.items, _parts(layout, value, name), layout.parts(primal), layout.labels(), strict=True)
        return layout.build([tangent(item, v, p, name + label) for item, v, p, label in parts])
    return check(layout, value, name, primal)
