"""One function being lowered: its names, its text, its meaning of free names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

from s2sad.errors import Loc
from s2sad.frontend.lower.liveness import Liveness, liveness, names_bound, structured
from s2sad.frontend.lower.values import Value
from s2sad.frontend.source import Source


@dataclass(frozen=True, eq=False)
class Callee:
    """A function that can be inlined: ``args`` and ``body`` of a def or lambda in ``source``.

    ``outer`` is the frame that it was defined in, ``None`` for a function object. ``defaults`` are values by parameter name.
    """

    name: str
    args: Any
    body: tuple[Any, ...]
    source: Source
    outer: Frame | None = None
    defaults: Mapping[str, Value] = field(default_factory=dict)
    live: Liveness = field(default_factory=Liveness)
    locals: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, name: str, tree: Any, source: Source, outer: Frame | None = None, defaults: Mapping[str, Value] | None = None
    ) -> Callee:
        """The callee that a ``FunctionDef`` or ``Lambda`` node defines."""
        if isinstance(tree, gast.Lambda):
            body: Sequence[Any] = [gast.copy_location(gast.Return(value=tree.body), tree.body)]
        else:
            body = structured(tree.body)
        names = {p.id for p in parameters(tree.args)} | set(names_bound(body))
        return cls(name, tree.args, tuple(body), source, outer, defaults or {}, liveness(body), frozenset(names))


def parameters(args: Any) -> list[Any]:
    """Parameter nodes that a call may bind, in order, keyword-only last."""
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


@dataclass(eq=False)
class Frame:
    """A call being lowered. ``env`` is what its names hold at the current statement."""

    callee: Callee
    env: dict[str, Value] = field(default_factory=dict)
    numba: bool = False  # Numba's dtype rules: no weak scalars, no overflow checks
    loops: int = 0  # run-time loops around the call
    texts: dict[int, str] = field(default_factory=dict)

    @property
    def source(self) -> Source:
        return self.callee.source

    def loc(self, node: Any) -> Loc:
        """The place of ``node``, its text without a comment."""
        loc = self.source.loc(node)
        text = self.texts.get(loc.line)
        if text is None:
            text = self.texts[loc.line] = code_of(loc.text)
        return Loc(loc.filename, loc.line, loc.col, text, loc.indent)


def code_of(text: str) -> str:
    """The line without its trailing comment."""
    if "#" not in text:
        return text
    quote = ""
    k = 0
    while k < len(text):
        c = text[k]
        if c == "\\":
            k += 1
        elif quote:
            if c == quote:
                quote = ""
        elif c in "'\"":
            quote = c
        elif c == "#":
            return text[:k].rstrip()
        k += 1
    return text
