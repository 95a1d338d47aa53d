"""Pieces of memory while a function is lowered: who may write them, and what stands for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from s2sad.ir import nodes as n


@dataclass(eq=False)
class Root:
    """A piece of memory that arrays refer to. Mutable while lowering: stores and joins leave their marks.

    ``frozen`` says why no store may follow (another name may, or may not, refer to the same memory). ``may`` are the
    pieces that this name stands for where a loop permutes them; ``copies`` those that Python would alias here and the
    IR copies; ``heirs`` what the IR goes on with in its place where nothing else refers to it (``sharing.inherits``).
    """

    name: str
    kind: str = "local"  # "param", "capture", "local"
    serial: int = 0
    var: n.Var | None = None
    written: bool = False
    stores: int = 0
    last: int = 0  # which store of all was the last one into it
    frozen: str | None = None
    fork: tuple[Any, Any] | None = None  # the frame and the statement whose branches could take in what follows
    may: tuple[Root, ...] = ()
    copies: tuple[Root, ...] = ()
    heirs: tuple[Root, ...] = ()
    grows: bool = False  # it may have more rows than its type says
    group: Any = None  # what a loop left that permuted arrays: different names of one group are different memory

    def all(self) -> Iterator[Root]:
        yield self
        for root in self.may:
            yield from root.all()

    def lineage(self) -> Iterator[Root]:
        """These pieces, what took their place, and so on."""
        return _reached((self,), lambda root: (*root.may, *root.heirs))

    def originals(self) -> Iterator[Root]:
        """What Python would alias where this is a copy, of copies too."""
        return _reached(self.copies, lambda root: root.copies)

    def freeze(self, reason: str, fork: tuple[Any, Any] | None = None) -> None:
        for root in self.lineage():
            if root.frozen is None:
                root.frozen, root.fork = reason, fork


def _reached(start: tuple[Root, ...], further: Callable[[Root], tuple[Root, ...]]) -> Iterator[Root]:
    """``start`` and what ``further`` leads to; each once: branches that exchange arrays make 2**n ways to it."""
    seen: set[Root] = set()
    stack = [*reversed(start)]
    while stack:
        root = stack.pop()
        if root not in seen:
            seen.add(root)
            yield root
            stack += reversed(further(root))
