"""What a transformation was asked for: its options, and which parameters ``argnums`` means."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import SupportsIndex, TypeAlias

from s2sad.errors import ArgumentError

ArgNums: TypeAlias = "int | str | tuple[int | str, ...]"

TARGETS = ("cpu", "python")
STYLES = ("fast", "plain")
KINKS = ("convention", "raise")


@dataclass(frozen=True)
class Options:
    """The options of one derivative object; ``argnums`` is ``None`` for every differentiable argument (vjp, jvp)."""

    mode: str
    argnums: ArgNums | None = None
    has_aux: bool = False
    target: str = "cpu"
    style: str = "fast"
    debug: bool = False
    vecmath: bool = True
    kinks: str = "convention"
    quiet: bool = False  # without what the primal prints

    def __post_init__(self) -> None:
        _one_of("target", self.target, TARGETS)
        _one_of("style", self.style, STYLES)
        _one_of("kinks", self.kinks, KINKS)

    def with_mode(self, mode: str) -> Options:
        """The options of another transformation of the same function, with respect to everything."""
        return replace(self, mode=mode, argnums=None, has_aux=False)

    def compiled(self) -> Options:
        """The same options for compiled code."""
        return replace(self, target="cpu", debug=False)


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ArgumentError(f"{name}={value!r}; it is one of {', '.join(map(repr, allowed))}")


def resolve_argnums(argnums: ArgNums | None, names: tuple[str, ...], function: str) -> tuple[str, ...]:
    """The parameter names that ``argnums`` means among ``names``; ``None`` means all.

    Raises
    ------
    ArgumentError
        For an index out of range, an unknown name, a repeated parameter, an empty tuple or anything else; it names the
        parameters.
    """
    if argnums is None:
        return names
    listed = argnums if isinstance(argnums, tuple | list) else (argnums,)
    found = tuple(_resolve(item, names, function) for item in listed)
    if not found or len(set(found)) != len(found):
        raise ArgumentError(f"argnums={argnums!r} of {function} must name at least one parameter, and none twice")
    return found


def _resolve(item: object, names: tuple[str, ...], function: str) -> str:
    have = f"{function} has the parameters {', '.join(names)}" if names else f"{function} has no parameters"
    if isinstance(item, str):
        if item not in names:
            raise ArgumentError(f"argnums: there is no parameter {item!r}; {have}")
        return item
    if isinstance(item, bool) or not isinstance(item, SupportsIndex):
        raise ArgumentError(f"argnums takes indices, names, or a tuple of them, not {item!r}")
    index = operator.index(item)
    if not -len(names) <= index < len(names):
        raise ArgumentError(f"argnums: index {index} is out of range; {have}")
    return names[index]
