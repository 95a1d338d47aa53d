"""Binding a call's arguments to the user's parameters, and what comes after them (seeds, tangents)."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from s2sad.api.fingerprint import plain_function


class Binder:
    """The parameters of a function: names, default values, and positions.

    ``names`` leaves out ``*args`` and ``**kwargs``, which no differentiable function has (the fence refuses them).
    """

    def __init__(self, fn: Any) -> None:
        plain = plain_function(fn)
        self.function = getattr(plain, "__name__", repr(plain))
        self.signature = inspect.signature(plain)
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        self.parameters = tuple(p for p in self.signature.parameters.values() if p.kind not in kinds)
        self.names = tuple(p.name for p in self.parameters)
        self.keyword_only = any(p.kind is inspect.Parameter.KEYWORD_ONLY for p in self.parameters)

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
        """One value per parameter, defaults filled in; Python's ``TypeError`` for a wrong call."""
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.function}() {error}") from None
        bound.apply_defaults()
        return [bound.arguments[name] for name in self.names]

    def split(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[list[Any], tuple[Any, ...], dict[str, Any]]:
        """The user's arguments, then further positional ones, then further keywords."""
        positional = [p for p in self.parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
        own = {k: v for k, v in kwargs.items() if k in self.names}
        extra = {k: v for k, v in kwargs.items() if k not in self.names}
        count = len(positional)
        return self.bind(args[:count], own), args[count:], extra
